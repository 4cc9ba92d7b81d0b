resource it 'Microsoft.DocumentDB/databaseAccounts@2024-05-15' = {
  name: 'cosmos-four'
  location: 'westeurope'
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    consistencyPolicy: {
      defaultConsistencyLevel: 'Session'
      maxIntervalInSeconds: 5
      maxStalenessPrefix: 100
    }
    locations: [
      {
        locationName: 'westeurope'
        failoverPriority: 0
        isZoneRedundant: false
      }
    ]
    publicNetworkAccess: 'Enabled'
    disableLocalAuth: false
    isVirtualNetworkFilterEnabled: false
    enableAutomaticFailover: false
    ipRules: [
      {
        ipAddressOrRange: '0.0.0.0'
      }
    ]
    virtualNetworkRules: []
    disableKeyBasedMetadataWriteAccess: false
    minimalTlsVersion: 'Tls'
    networkAclBypass: 'None'
    enableMultipleWriteLocations: false
  }
}
