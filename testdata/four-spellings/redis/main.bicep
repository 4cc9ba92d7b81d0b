resource it 'Microsoft.Cache/redis@2024-03-01' = {
  name: 'redis-four'
  location: 'westeurope'
  properties: {
    sku: {
      name: 'Premium'
      family: 'P'
      capacity: 1
    }
    enableNonSslPort: true
    minimumTlsVersion: '1.0'
    publicNetworkAccess: 'Enabled'
    redisVersion: '6'
    redisConfiguration: {
      'maxmemory-policy': 'volatile-lru'
    }
  }
}
