terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.Sql/servers@2023-08-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "sql-four"
  location  = "westeurope"

  body = {
    properties = {
      administratorLogin            = "admin"
      administratorLoginPassword    = "Four-Sins-1234"
      version                       = "12.0"
      minimalTlsVersion             = "1.0"
      publicNetworkAccess           = "Enabled"
      restrictOutboundNetworkAccess = "Disabled"
    }
  }
}
