terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

data "azurerm_client_config" "current" {}

resource "azurerm_management_group" "platform" {
  display_name = "platform"
}

resource "azurerm_user_assigned_identity" "pipeline" {
  name                = "id-pipeline"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_linux_web_app" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/plan"

  identity {
    type = "SystemAssigned"
  }

  site_config {}
}

resource "azurerm_role_assignment" "pipeline" {
  scope                = azurerm_management_group.platform.id
  role_definition_name = "User Access Administrator"
  principal_id         = azurerm_user_assigned_identity.pipeline.principal_id
}

resource "azurerm_role_assignment" "shop" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = azurerm_linux_web_app.shop.identity[0].principal_id
}

data "azurerm_role_definition" "contributor" {
  name = "Contributor"
}

resource "azurerm_role_assignment" "looked_up" {
  scope              = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id = data.azurerm_role_definition.contributor.id
  principal_id       = azurerm_user_assigned_identity.pipeline.principal_id
}

resource "azurerm_role_assignment" "me" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000"
  role_definition_name = "Of Our Own"
  principal_id         = data.azurerm_client_config.current.object_id
}
