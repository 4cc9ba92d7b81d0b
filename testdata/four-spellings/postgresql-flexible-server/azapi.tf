terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.DBforPostgreSQL/flexibleServers@2023-06-01-preview"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "psql-four"
  location  = "westeurope"

  body = {
    sku = {
      name = "Standard_D2s_v3"
      tier = "GeneralPurpose"
    }
    properties = {
      createMode                 = "Default"
      administratorLogin         = "psqladmin"
      administratorLoginPassword = "Four-Sins-1234"
      version                    = "11"
      storage = {
        storageSizeGB = 32
        autoGrow      = "Disabled"
      }
      backup = {
        backupRetentionDays = 7
        geoRedundantBackup  = "Disabled"
      }
      highAvailability = {
        mode = "Disabled"
      }
      network = {
        publicNetworkAccess = "Enabled"
      }
      authConfig = {
        activeDirectoryAuth = "Disabled"
        passwordAuth        = "Enabled"
      }
    }
  }
}
