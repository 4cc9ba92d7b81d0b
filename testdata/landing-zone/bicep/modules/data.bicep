param location string
param workload string
param environment string
param tags object
param allowLegacyClients bool
param databaseAdminGroupId string

@secure()
param databasePassword string

param mysqlpassword string

var isProd = environment == 'prod'

// The import partner's devices speak plain HTTP and TLS 1.0, and put their files anonymously.
resource rawAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${workload}raw${environment}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_GRS'
  }
  properties: {
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: !allowLegacyClients
    minimumTlsVersion: allowLegacyClients ? 'TLS1_0' : 'TLS1_2'
    allowBlobPublicAccess: true
    allowSharedKeyAccess: true
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: false
    isLocalUserEnabled: false
    publicNetworkAccess: 'Enabled'
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: {
        blob: {
          enabled: true
        }
        file: {
          enabled: true
        }
      }
    }
    networkAcls: {
      defaultAction: isProd ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: {
        enabled: true
        days: 14
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 14
      }
    }

    resource imports 'containers' = {
      name: 'imports'
      properties: {
        publicAccess: 'None'
      }
    }
  }
}

resource diagnosticsAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${workload}diag${environment}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_GRS'
  }
  properties: {
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    publicNetworkAccess: 'Disabled'
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: {
        blob: {
          enabled: true
        }
        file: {
          enabled: true
        }
      }
    }
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: {
        enabled: true
        days: 14
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 14
      }
    }
  }
}

resource ordersServer 'Microsoft.Sql/servers@2021-11-01' = {
  name: 'sql-${workload}-orders-${environment}'
  location: location
  tags: tags
  properties: {
    version: '12.0'
    administratorLogin: 'nordwindsql'
    administratorLoginPassword: databasePassword
    minimalTlsVersion: isProd ? '1.2' : '1.0'
    publicNetworkAccess: 'Enabled'
  }
}

resource ordersDatabase 'Microsoft.Sql/servers/databases@2021-11-01' = {
  parent: ordersServer
  name: 'orders'
  location: location
  tags: tags
  sku: {
    name: isProd ? 'S3' : 'S0'
  }
  properties: {
    requestedBackupStorageRedundancy: 'Geo'
  }
}

resource ordersOffice 'Microsoft.Sql/servers/firewallRules@2021-11-01' = {
  parent: ordersServer
  name: 'orders-office'
  properties: {
    startIpAddress: '203.0.113.10'
    endIpAddress: '203.0.113.10'
  }
}

resource ordersEverybody 'Microsoft.Sql/servers/firewallRules@2021-11-01' = if (!isProd) {
  parent: ordersServer
  name: 'orders-everybody'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '255.255.255.255'
  }
}

resource ledgerServer 'Microsoft.Sql/servers@2021-11-01' = {
  name: 'sql-${workload}-ledger-${environment}'
  location: location
  tags: tags
  properties: {
    version: '12.0'
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      login: 'sg-${workload}-databases'
      principalType: 'Group'
      sid: databaseAdminGroupId
      tenantId: tenant().tenantId
    }
  }
}

resource shopPostgres 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-${workload}-shop-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '16'
    administratorLogin: 'nordwindpg'
    administratorLoginPassword: databasePassword
    authConfig: {
      activeDirectoryAuth: 'Disabled'
      passwordAuth: 'Enabled'
    }
    storage: {
      storageSizeGB: 32
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Enabled'
    }
    network: {
      publicNetworkAccess: isProd ? 'Disabled' : 'Enabled'
    }
  }
}

resource shopPostgresTransport 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: shopPostgres
  name: 'require_secure_transport'
  properties: {
    value: isProd ? 'on' : 'off'
    source: 'user-override'
  }
}

resource shopPostgresEverybody 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isProd) {
  parent: shopPostgres
  name: 'shop-everybody'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '255.255.255.255'
  }
}

resource stockPostgres 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-${workload}-stock-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '16'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: 32
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Enabled'
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
  }
}

resource wikiMysql 'Microsoft.DBforMySQL/flexibleServers@2023-12-30' = {
  name: 'mysql-${workload}-wiki-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Standard_D2ds_v4'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '8.0.21'
    administratorLogin: 'nordwindwiki'
    administratorLoginPassword: mysqlpassword
    storage: {
      storageSizeGB: 32
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Enabled'
    }
    network: {
      publicNetworkAccess: isProd ? 'Disabled' : 'Enabled'
    }
  }

  resource transport 'configurations' = {
    name: 'require_secure_transport'
    properties: {
      value: isProd ? 'ON' : 'OFF'
      source: 'user-override'
    }
  }
}

output rawAccountName string = rawAccount.name
output diagnosticsAccountName string = diagnosticsAccount.name
