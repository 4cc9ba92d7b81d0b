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

resource "azurerm_mssql_server" "it" {
  name                          = "sql-four"
  resource_group_name           = "rg-four"
  location                      = "westeurope"
  version                       = "12.0"
  administrator_login           = "admin"
  administrator_login_password  = "Four-Sins-1234"
  minimum_tls_version           = "1.0"
  public_network_access_enabled = true
}
