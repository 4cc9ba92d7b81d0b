targetScope = 'subscription'

@description('Which of the two copies of the landing zone this is.')
@allowed([
  'dev'
  'prod'
])
param environment string = 'dev'

@description('Region of everything that has one.')
param location string = 'westeurope'

@description('Part of every name.')
@minLength(3)
@maxLength(8)
param workload string = 'nordwind'

@description('Address space of the hub; every subnet takes one /24 of it.')
param addressPrefix string = '10.10.0.0/16'

@description('From where administrators may reach SSH and RDP.')
param managementPrefixes array = [
  '10.0.0.0/8'
]

@description('Lets clients of the old protocols in: plain HTTP, TLS before 1.2, FTP.')
param allowLegacyClients bool = false

@description('Defender for Cloud plans of the subscription.')
param defenderPlans array = [
  { name: 'StorageAccounts', tier: 'Standard', subPlan: 'DefenderForStorageV2' }
]

@description('Object id of the group that owns the subscription.')
param ownerGroupId string

@description('Object id of the group that administers the databases.')
param databaseAdminGroupId string

@description('Public key of the administrators of the machines.')
param sshPublicKey string

@description('Password of the administrator of the machines that still take one.')
@secure()
param machinePassword string

@description('Password of the administrators of the SQL and PostgreSQL servers.')
@secure()
param databasePassword string

@description('Password of the administrator of the MySQL server.')
param mysqlpassword string

var resourceGroupName = 'rg-${workload}-${environment}'
var ownerRoleId = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
var tags = {
  workload: workload
  environment: environment
  costCenter: environment == 'prod' ? '4200' : '4210'
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

resource plans 'Microsoft.Security/pricings@2024-01-01' = [
  for plan in defenderPlans: {
    name: plan.name
    properties: {
      pricingTier: plan.tier
      subPlan: plan.?subPlan
    }
  }
]

resource ownership 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: '3c7e5f0a-62f1-4f0b-9a55-0d6f2f6f8a11'
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ownerRoleId)
    principalId: ownerGroupId
    principalType: 'Group'
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
  }
}

module network 'modules/network.bicep' = {
  scope: group
  name: 'network'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
    addressPrefix: addressPrefix
    managementPrefixes: managementPrefixes
  }
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
    operatorGroupId: databaseAdminGroupId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module data 'modules/data.bicep' = {
  scope: group
  name: 'data'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
    allowLegacyClients: allowLegacyClients
    databaseAdminGroupId: databaseAdminGroupId
    databasePassword: databasePassword
    mysqlpassword: mysqlpassword
  }
}

module app 'modules/app.bicep' = {
  scope: group
  name: 'app'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
    allowLegacyClients: allowLegacyClients
    vaultName: identity.outputs.vaultName
    stateAccountName: data.outputs.diagnosticsAccountName
    legacyAccountName: data.outputs.rawAccountName
  }
}

module compute 'modules/compute.bicep' = {
  scope: group
  name: 'compute'
  params: {
    location: location
    workload: workload
    environment: environment
    tags: tags
    vnetName: network.outputs.vnetName
    workspaceId: monitoring.outputs.workspaceId
    clusterAdminGroupId: ownerGroupId
    sshPublicKey: sshPublicKey
    machinePassword: machinePassword
  }
}

// Read back for the import job, which still signs in with the account's key.
resource rawAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  scope: group
  name: 'st${workload}raw${environment}'
}

output resourceGroupName string = group.name
output vaultUri string = identity.outputs.vaultUri
output storageconnection string = 'DefaultEndpointsProtocol=https;AccountName=${rawAccount.name};AccountKey=${rawAccount.listKeys().keys[0].value}'
