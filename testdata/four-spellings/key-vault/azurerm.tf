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

resource "azurerm_key_vault" "it" {
  name                            = "kv-four"
  resource_group_name             = "rg-four"
  location                        = "westeurope"
  tenant_id                       = "00000000-0000-0000-0000-000000000000"
  sku_name                        = "standard"
  enabled_for_deployment          = true
  enabled_for_disk_encryption     = true
  enabled_for_template_deployment = true
  soft_delete_retention_days      = 7
  public_network_access_enabled   = true

  network_acls {
    default_action = "Allow"
    bypass         = "AzureServices"
    ip_rules       = ["0.0.0.0/0"]
  }

  access_policy {
    tenant_id          = "00000000-0000-0000-0000-000000000000"
    object_id          = "11111111-1111-1111-1111-111111111111"
    key_permissions    = ["all", "purge"]
    secret_permissions = ["all"]
  }
}
