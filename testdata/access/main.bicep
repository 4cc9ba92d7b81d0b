param readers array
param team string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-shop'
  location: resourceGroup().location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: 'app-shop'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: { httpsOnly: true }
}

// A resource: the scope that the assignment extends.
resource appReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'app')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// The resource group that is deployed to; whom and how many is not known.
resource reading 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(resourceGroup().id, reader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
    principalId: reader
  }
}]

// The scope that the module is deployed to.
module subscriptionRoles 'modules/roles.bicep' = {
  name: 'roles'
  scope: subscription()
  params: { principalId: app.identity.principalId, team: team }
}
