terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.Cache/redis@2024-03-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "redis-four"
  location  = "westeurope"

  body = {
    properties = {
      sku = {
        name     = "Premium"
        family   = "P"
        capacity = 1
      }
      enableNonSslPort    = true
      minimumTlsVersion   = "1.0"
      publicNetworkAccess = "Enabled"
      redisVersion        = "6"
      redisConfiguration = {
        maxmemory-policy = "volatile-lru"
      }
    }
  }
}
