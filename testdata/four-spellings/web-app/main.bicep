resource it 'Microsoft.Web/sites@2023-12-01' = {
  name: 'app-four'
  location: 'westeurope'
  kind: 'app,linux'
  properties: {
    serverFarmId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four/providers/Microsoft.Web/serverFarms/plan-four'
    httpsOnly: false
    clientAffinityEnabled: false
    clientCertEnabled: false
    publicNetworkAccess: 'Enabled'
    enabled: true
    siteConfig: {
      minTlsVersion: '1.0'
      scmMinTlsVersion: '1.2'
      ftpsState: 'AllAllowed'
      http20Enabled: false
      remoteDebuggingEnabled: true
      remoteDebuggingVersion: 'VS2022'
      linuxFxVersion: 'PYTHON|3.7'
      alwaysOn: true
      cors: {
        allowedOrigins: [
          '*'
        ]
        supportCredentials: false
      }
    }
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01' = {
  parent: it
  name: 'ftp'
  properties: {
    allow: true
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01' = {
  parent: it
  name: 'scm'
  properties: {
    allow: true
  }
}
