resource it 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-four'
  location: 'westeurope'
  properties: {
    tenantId: '00000000-0000-0000-0000-000000000000'
    sku: {
      family: 'A'
      name: 'standard'
    }
    enabledForDeployment: true
    enabledForDiskEncryption: true
    enabledForTemplateDeployment: true
    enableRbacAuthorization: false
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'AzureServices'
      ipRules: [
        {
          value: '0.0.0.0/0'
        }
      ]
      virtualNetworkRules: []
    }
    accessPolicies: [
      {
        tenantId: '00000000-0000-0000-0000-000000000000'
        objectId: '11111111-1111-1111-1111-111111111111'
        permissions: {
          keys: [
            'all'
            'purge'
          ]
          secrets: [
            'all'
          ]
          certificates: []
          storage: []
        }
      }
    ]
  }
}
