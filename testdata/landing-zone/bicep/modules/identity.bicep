param location string
param workload string
param environment string
param tags object

@description('Object id of the group whose members may list the secrets of the legacy vault.')
param operatorGroupId string

param workspaceId string

var secretsUserRoleId = '4633458b-17de-408a-b874-0445c86b69e6'

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${workload}-${environment}'
  location: location
  tags: tags
}

resource coreVault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${workload}-core-${environment}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
    }
  }
}

resource legacyVault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${workload}-legacy-${environment}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: false
    enablePurgeProtection: environment == 'prod' ? true : null
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: environment == 'prod' ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
    accessPolicies: [
      {
        tenantId: tenant().tenantId
        objectId: operatorGroupId
        permissions: {
          secrets: [
            'get'
            'list'
          ]
        }
      }
    ]
  }
}

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: coreVault
  name: 'b0a6c1f4-5d0e-4f58-8a44-6a3f3f2c9e02'
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUserRoleId)
    principalId: appIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource coreVaultAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: coreVault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

output vaultName string = coreVault.name
output vaultUri string = coreVault.properties.vaultUri
output identityId string = appIdentity.id
