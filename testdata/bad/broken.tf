# The second block does not parse; the first and the third do.
variable "location" {
  type    = string
  default = "westeurope"
}

resource "azurerm_key_vault" "broken" {
  name     = "kv-broken-0001"
  location = var.location
  sku_name = = "standard"
  network_acls {
    default_action "Deny"
  }
}

resource "azurerm_storage_account" "after" {
  name                            = "stafter0001"
  location                        = var.location
  resource_group_name             = "rg-bad"
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  https_traffic_only_enabled      = false
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false

  network_rules {
    default_action = "Deny"
  }
}
