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

resource "azurerm_kubernetes_cluster" "it" {
  name                              = "aks-four"
  resource_group_name               = "rg-four"
  location                          = "westeurope"
  dns_prefix                        = "four"
  kubernetes_version                = "1.24.0"
  sku_tier                          = "Free"
  role_based_access_control_enabled = false
  local_account_disabled            = false
  http_application_routing_enabled  = true
  azure_policy_enabled              = false
  private_cluster_enabled           = false

  api_server_access_profile {
    authorized_ip_ranges = ["0.0.0.0/0"]
  }

  default_node_pool {
    name                   = "system"
    node_count             = 1
    vm_size                = "Standard_B2s"
    node_public_ip_enabled = true
  }

  network_profile {
    network_plugin = "kubenet"
  }

  identity {
    type = "SystemAssigned"
  }
}
