terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.81"
    }
  }
}

provider "azurerm" {
  features {}
}

resource "azurerm_resource_group" "reports" {
  name     = "rg-nordwind-reports"
  location = "westeurope"
}

module "store" {
  source = "../modules/store"

  name                = "stnordwindreports"
  location            = azurerm_resource_group.reports.location
  resource_group_name = azurerm_resource_group.reports.name
}

output "store_id" {
  value = module.store.id
}
