resource it 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stfour0001'
  location: 'westeurope'
  sku: {
    name: 'Standard_LRS'
  }
  kind: 'StorageV2'
  properties: {
    supportsHttpsTrafficOnly: false
    minimumTlsVersion: 'TLS1_0'
    allowBlobPublicAccess: true
    allowSharedKeyAccess: true
    publicNetworkAccess: 'Enabled'
    allowCrossTenantReplication: true
    defaultToOAuthAuthentication: false
    isLocalUserEnabled: true
    isSftpEnabled: true
    isHnsEnabled: true
    isNfsV3Enabled: false
    accessTier: 'Hot'
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'None'
      ipRules: []
      virtualNetworkRules: []
    }
  }
}
