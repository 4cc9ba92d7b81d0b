data "azurerm_client_config" "current" {}

locals {
  is_prod = var.environment == "prod"

  tags = {
    workload    = var.workload
    environment = var.environment
    costCenter  = local.is_prod ? "4200" : "4210"
  }
}

resource "azurerm_resource_group" "main" {
  name     = "rg-${var.workload}-${var.environment}"
  location = var.location
  tags     = local.tags
}

resource "azurerm_security_center_subscription_pricing" "plan" {
  for_each = { for plan in var.defender_plans : plan.name => plan }

  resource_type = each.key
  tier          = each.value.tier
  subplan       = each.value.subplan
}

resource "azurerm_role_assignment" "ownership" {
  name                 = "3c7e5f0a-62f1-4f0b-9a55-0d6f2f6f8a11"
  scope                = "/subscriptions/${var.subscription_id}"
  role_definition_name = "Owner"
  principal_id         = var.owner_group_id
  principal_type       = "Group"
}
