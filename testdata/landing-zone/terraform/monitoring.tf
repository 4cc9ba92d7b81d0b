resource "azurerm_log_analytics_workspace" "main" {
  name                         = "log-${var.workload}-${var.environment}"
  location                     = azurerm_resource_group.main.location
  resource_group_name          = azurerm_resource_group.main.name
  sku                          = "PerGB2018"
  retention_in_days            = local.is_prod ? 365 : 30
  internet_ingestion_enabled   = true
  internet_query_enabled       = true
  local_authentication_enabled = false
  tags                         = local.tags
}
