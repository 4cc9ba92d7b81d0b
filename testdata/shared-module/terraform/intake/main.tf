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

resource "azurerm_resource_group" "intake" {
  name     = "rg-nordwind-intake"
  location = "westeurope"
}

module "store" {
  source = "../modules/store"

  name                = "stnordwindintake"
  location            = azurerm_resource_group.intake.location
  resource_group_name = azurerm_resource_group.intake.name
}

output "store_id" {
  value = module.store.id
}
