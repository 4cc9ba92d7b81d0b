param location string
param workload string
param environment string
param tags object
param allowLegacyClients bool

@description('Vault that holds the secrets of the sites that read them at run time.')
param vaultName string

@description('Account that the functions keep their state in, by their identity.')
param stateAccountName string

@description('Account that the functions without an identity keep their state in, by its key.')
param legacyAccountName string

var isProd = environment == 'prod'

// portal and jobs are the old sites, api and events are what replaces them.
var sites = [
  {
    name: 'app-${workload}-portal-${environment}'
    kind: 'app,linux'
    stack: 'DOTNETCORE|8.0'
    legacy: true
    keyed: false
    settings: [
      { name: 'ASPNETCORE_ENVIRONMENT', value: environment }
      { name: 'Orders__ConnectionString', value: 'Server=tcp:sql-${workload}-orders-${environment}.database.windows.net,1433;Database=orders;User ID=portal;Password=Vinter-Hav-2019!;Encrypt=true' }
    ]
    connectionStrings: [
      { name: 'Wiki', type: 'MySql', connectionString: 'Server=mysql-${workload}-wiki-${environment}.mysql.database.azure.com;Uid=portal;Pwd=Sommer-Fjord-2019!;SslMode=Required' }
    ]
  }
  {
    name: 'app-${workload}-api-${environment}'
    kind: 'app,linux'
    stack: 'DOTNETCORE|8.0'
    legacy: false
    keyed: false
    settings: [
      { name: 'ASPNETCORE_ENVIRONMENT', value: environment }
      { name: 'Orders__Password', value: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=orders-password)' }
    ]
    connectionStrings: []
  }
  {
    name: 'func-${workload}-jobs-${environment}'
    kind: 'functionapp,linux'
    stack: 'DOTNET-ISOLATED|8.0'
    legacy: true
    keyed: true
    settings: [
      { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
      { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'dotnet-isolated' }
      { name: 'Partner__ConnectionString', value: 'Endpoint=sb://sb-${workload}-partner.servicebus.windows.net/;SharedAccessKeyName=jobs;SharedAccessKey=bm90LWEtcmVhbC1rZXktanVzdC10ZXN0LWRhdGEtMDE=' }
    ]
    connectionStrings: []
  }
  {
    name: 'func-${workload}-events-${environment}'
    kind: 'functionapp,linux'
    stack: 'DOTNET-ISOLATED|8.0'
    legacy: false
    keyed: false
    settings: [
      { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
      { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'dotnet-isolated' }
      { name: 'AzureWebJobsStorage__accountName', value: stateAccountName }
      { name: 'Partner__ConnectionString', value: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=partner-connection)' }
    ]
    connectionStrings: []
  }
]

resource legacyAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: legacyAccountName
}

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'asp-${workload}-${environment}'
  location: location
  tags: tags
  kind: 'linux'
  sku: {
    name: isProd ? 'P1v3' : 'S1'
    capacity: 2
  }
  properties: {
    reserved: true
    perSiteScaling: false
    zoneRedundant: false
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = [
  for item in sites: {
    name: item.name
    location: location
    tags: tags
    kind: item.kind
    identity: item.legacy
      ? null
      : {
          type: 'SystemAssigned'
        }
    properties: {
      serverFarmId: plan.id
      httpsOnly: !(item.legacy && allowLegacyClients)
      publicNetworkAccess: 'Enabled'
      clientAffinityEnabled: false
      clientCertEnabled: false
      siteConfig: {
        linuxFxVersion: item.stack
        alwaysOn: true
        http20Enabled: true
        minTlsVersion: item.legacy && allowLegacyClients ? '1.0' : '1.2'
        scmMinTlsVersion: '1.2'
        ftpsState: item.legacy && allowLegacyClients ? 'AllAllowed' : 'FtpsOnly'
        remoteDebuggingEnabled: item.legacy && !isProd
        remoteDebuggingVersion: 'VS2022'
        use32BitWorkerProcess: false
        appSettings: concat(
          item.settings,
          item.keyed
            ? [
                {
                  name: 'AzureWebJobsStorage'
                  value: 'DefaultEndpointsProtocol=https;AccountName=${legacyAccount.name};AccountKey=${legacyAccount.listKeys().keys[0].value}'
                }
              ]
            : []
        )
        connectionStrings: item.connectionStrings
      }
    }
  }
]

output siteNames array = [for (item, i) in sites: site[i].name]
