terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

resource "azurerm_redis_cache" "it" {
  name                 = "redis-four"
  resource_group_name  = "rg-four"
  location             = "westeurope"
  sku_name             = "Premium"
  family               = "P"
  capacity             = 1
  non_ssl_port_enabled = true
  minimum_tls_version  = "1.0"
}
