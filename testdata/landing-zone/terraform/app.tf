locals {
  # portal and jobs are the old sites, api and events are what replaces them.
  sites = {
    portal = {
      name   = "app-${var.workload}-portal-${var.environment}"
      kind   = "web"
      legacy = true
      keyed  = false
      settings = {
        ASPNETCORE_ENVIRONMENT   = var.environment
        Orders__ConnectionString = "Server=tcp:sql-${var.workload}-orders-${var.environment}.database.windows.net,1433;Database=orders;User ID=portal;Password=Vinter-Hav-2019!;Encrypt=true"
      }
      connection_strings = {
        Wiki = {
          type  = "MySql"
          value = "Server=mysql-${var.workload}-wiki-${var.environment}.mysql.database.azure.com;Uid=portal;Pwd=Sommer-Fjord-2019!;SslMode=Required"
        }
      }
    }

    api = {
      name   = "app-${var.workload}-api-${var.environment}"
      kind   = "web"
      legacy = false
      keyed  = false
      settings = {
        ASPNETCORE_ENVIRONMENT = var.environment
        Orders__Password       = "@Microsoft.KeyVault(VaultName=${azurerm_key_vault.core.name};SecretName=orders-password)"
      }
      connection_strings = {}
    }

    jobs = {
      name   = "func-${var.workload}-jobs-${var.environment}"
      kind   = "function"
      legacy = true
      keyed  = true
      settings = {
        Partner__ConnectionString = "Endpoint=sb://sb-${var.workload}-partner.servicebus.windows.net/;SharedAccessKeyName=jobs;SharedAccessKey=bm90LWEtcmVhbC1rZXktanVzdC10ZXN0LWRhdGEtMDE="
      }
      connection_strings = {}
    }

    events = {
      name   = "func-${var.workload}-events-${var.environment}"
      kind   = "function"
      legacy = false
      keyed  = false
      settings = {
        Partner__ConnectionString = "@Microsoft.KeyVault(VaultName=${azurerm_key_vault.core.name};SecretName=partner-connection)"
      }
      connection_strings = {}
    }
  }
}

resource "azurerm_service_plan" "main" {
  name                     = "asp-${var.workload}-${var.environment}"
  location                 = azurerm_resource_group.main.location
  resource_group_name      = azurerm_resource_group.main.name
  os_type                  = "Linux"
  sku_name                 = local.is_prod ? "P1v3" : "S1"
  worker_count             = 2
  per_site_scaling_enabled = false
  zone_balancing_enabled   = false
  tags                     = local.tags
}

module "app" {
  source   = "./modules/app"
  for_each = local.sites

  name                       = each.value.name
  kind                       = each.value.kind
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  service_plan_id            = azurerm_service_plan.main.id
  storage_account_name       = each.value.keyed ? azurerm_storage_account.raw.name : azurerm_storage_account.diagnostics.name
  storage_account_access_key = each.value.keyed ? azurerm_storage_account.raw.primary_access_key : null
  managed_identity           = !each.value.legacy
  legacy_clients             = each.value.legacy && var.allow_legacy_clients
  remote_debugging           = each.value.legacy && !local.is_prod
  app_settings               = each.value.settings
  connection_strings         = each.value.connection_strings
  tags                       = local.tags
}
