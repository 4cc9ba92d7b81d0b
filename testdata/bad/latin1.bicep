// Speicher für Größen: this file is ISO 8859-1, not UTF-8.
resource umlaut 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stumlaut0001'
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
