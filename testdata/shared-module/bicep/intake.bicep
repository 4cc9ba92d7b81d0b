param location string = resourceGroup().location

module store 'modules/store.bicep' = {
  name: 'intake-store'
  params: {
    location: location
    name: 'stnordwindintake'
  }
}

output storeId string = store.outputs.id
