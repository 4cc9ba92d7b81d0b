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

resource "azurerm_container_registry" "it" {
  name                          = "crfour"
  resource_group_name           = "rg-four"
  location                      = "westeurope"
  sku                           = "Premium"
  admin_enabled                 = true
  anonymous_pull_enabled        = true
  public_network_access_enabled = true

  network_rule_set {
    default_action = "Allow"
  }
}
