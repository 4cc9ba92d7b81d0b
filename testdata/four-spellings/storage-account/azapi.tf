terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.Storage/storageAccounts@2023-05-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "stfour0001"
  location  = "westeurope"

  body = {
    sku = {
      name = "Standard_LRS"
    }
    kind = "StorageV2"
    properties = {
      supportsHttpsTrafficOnly     = false
      minimumTlsVersion            = "TLS1_0"
      allowBlobPublicAccess        = true
      allowSharedKeyAccess         = true
      publicNetworkAccess          = "Enabled"
      allowCrossTenantReplication  = true
      defaultToOAuthAuthentication = false
      isLocalUserEnabled           = true
      isSftpEnabled                = true
      isHnsEnabled                 = true
      isNfsV3Enabled               = false
      accessTier                   = "Hot"
      networkAcls = {
        defaultAction       = "Allow"
        bypass              = "None"
        ipRules             = []
        virtualNetworkRules = []
      }
    }
  }
}
