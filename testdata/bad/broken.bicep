// The second statement does not parse; the first and the third do.
param location string = 'westeurope'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-broken-0001'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 
  }
}

resource after 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stafter0001'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    supportsHttpsTrafficOnly: false
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    networkAcls: {
      defaultAction: 'Deny'
    }
  }
}
