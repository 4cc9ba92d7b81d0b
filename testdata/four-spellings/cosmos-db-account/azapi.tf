terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.DocumentDB/databaseAccounts@2024-05-15"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "cosmos-four"
  location  = "westeurope"

  body = {
    kind = "GlobalDocumentDB"
    properties = {
      databaseAccountOfferType = "Standard"
      consistencyPolicy = {
        defaultConsistencyLevel = "Session"
        maxIntervalInSeconds    = 5
        maxStalenessPrefix      = 100
      }
      locations = [
        {
          locationName     = "westeurope"
          failoverPriority = 0
          isZoneRedundant  = false
        },
      ]
      publicNetworkAccess           = "Enabled"
      disableLocalAuth              = false
      isVirtualNetworkFilterEnabled = false
      enableAutomaticFailover       = false
      ipRules = [
        {
          ipAddressOrRange = "0.0.0.0"
        },
      ]
      virtualNetworkRules                = []
      disableKeyBasedMetadataWriteAccess = false
      minimalTlsVersion                  = "Tls"
      networkAclBypass                   = "None"
      enableMultipleWriteLocations       = false
    }
  }
}
