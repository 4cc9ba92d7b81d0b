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

resource "azurerm_storage_account" "it" {
  name                             = "stfour0001"
  resource_group_name              = "rg-four"
  location                         = "westeurope"
  account_tier                     = "Standard"
  account_replication_type         = "LRS"
  https_traffic_only_enabled       = false
  min_tls_version                  = "TLS1_0"
  public_network_access_enabled    = true
  allow_nested_items_to_be_public  = true
  cross_tenant_replication_enabled = true
  is_hns_enabled                   = true
  sftp_enabled                     = true

  network_rules {
    default_action = "Allow"
    bypass         = ["None"]
  }
}
