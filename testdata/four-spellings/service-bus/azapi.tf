terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.ServiceBus/namespaces@2024-01-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "sb-four"
  location  = "westeurope"

  body = {
    sku = {
      name     = "Premium"
      tier     = "Premium"
      capacity = 1
    }
    properties = {
      minimumTlsVersion          = "1.0"
      disableLocalAuth           = false
      publicNetworkAccess        = "Enabled"
      premiumMessagingPartitions = 1
    }
  }
}
