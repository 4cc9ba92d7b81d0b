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

resource "azurerm_postgresql_flexible_server" "it" {
  name                          = "psql-four"
  resource_group_name           = "rg-four"
  location                      = "westeurope"
  version                       = "11"
  administrator_login           = "psqladmin"
  administrator_password        = "Four-Sins-1234"
  sku_name                      = "GP_Standard_D2s_v3"
  storage_mb                    = 32768
  auto_grow_enabled             = false
  backup_retention_days         = 7
  geo_redundant_backup_enabled  = false
  public_network_access_enabled = true
}
