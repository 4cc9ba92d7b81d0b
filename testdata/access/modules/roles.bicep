targetScope = 'subscription'

param principalId string
param team string

resource deployer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'deployer')
  properties: {
    roleName: 'Deployer'
    type: 'CustomRole'
    permissions: [
      {
        actions: ['Microsoft.Web/*', 'Microsoft.Authorization/roleAssignments/write']
      }
    ]
    assignableScopes: [subscription().id]
  }
}

resource deploying 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, 'deploying')
  properties: {
    roleDefinitionId: deployer.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource owning 'Microsoft.Authorization/roleEligibilityScheduleRequests@2022-04-01-preview' = {
  name: guid(subscription().id, 'owning')
  properties: {
    requestType: 'AdminAssign'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')
    principalId: team
  }
}
