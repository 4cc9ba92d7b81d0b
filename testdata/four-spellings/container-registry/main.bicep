resource it 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'crfour'
  location: 'westeurope'
  sku: {
    name: 'Premium'
  }
  properties: {
    adminUserEnabled: true
    anonymousPullEnabled: true
    publicNetworkAccess: 'Enabled'
    dataEndpointEnabled: false
    zoneRedundancy: 'Disabled'
    networkRuleBypassOptions: 'AzureServices'
    policies: {
      quarantinePolicy: {
        status: 'disabled'
      }
      trustPolicy: {
        type: 'Notary'
        status: 'disabled'
      }
      retentionPolicy: {
        days: 7
        status: 'disabled'
      }
      exportPolicy: {
        status: 'enabled'
      }
    }
    networkRuleSet: {
      defaultAction: 'Allow'
      ipRules: []
    }
  }
}
