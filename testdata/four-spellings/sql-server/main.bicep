resource it 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-four'
  location: 'westeurope'
  properties: {
    administratorLogin: 'admin'
    administratorLoginPassword: 'Four-Sins-1234'
    version: '12.0'
    minimalTlsVersion: '1.0'
    publicNetworkAccess: 'Enabled'
    restrictOutboundNetworkAccess: 'Disabled'
  }
}
