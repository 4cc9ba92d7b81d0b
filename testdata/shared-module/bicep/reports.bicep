param location string = resourceGroup().location

module store 'modules/store.bicep' = {
  name: 'reports-store'
  params: {
    location: location
    name: 'stnordwindreports'
  }
}

output storeId string = store.outputs.id
