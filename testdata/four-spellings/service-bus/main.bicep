resource it 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-four'
  location: 'westeurope'
  sku: {
    name: 'Premium'
    tier: 'Premium'
    capacity: 1
  }
  properties: {
    minimumTlsVersion: '1.0'
    disableLocalAuth: false
    publicNetworkAccess: 'Enabled'
    premiumMessagingPartitions: 1
  }
}
