locals {
  https_only  = !var.legacy_clients
  minimum_tls = var.legacy_clients ? "1.0" : "1.2"
  ftps_state  = var.legacy_clients ? "AllAllowed" : "FtpsOnly"
}

resource "azurerm_linux_web_app" "this" {
  count = var.kind == "web" ? 1 : 0

  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  service_plan_id               = var.service_plan_id
  https_only                    = local.https_only
  public_network_access_enabled = true
  client_affinity_enabled       = false
  client_certificate_enabled    = false
  app_settings                  = var.app_settings
  tags                          = var.tags

  site_config {
    always_on                = true
    http2_enabled            = true
    minimum_tls_version      = local.minimum_tls
    scm_minimum_tls_version  = "1.2"
    ftps_state               = local.ftps_state
    remote_debugging_enabled = var.remote_debugging
    remote_debugging_version = "VS2022"
    use_32_bit_worker        = false

    application_stack {
      dotnet_version = "8.0"
    }
  }

  dynamic "identity" {
    for_each = var.managed_identity ? ["SystemAssigned"] : []

    content {
      type = identity.value
    }
  }

  dynamic "connection_string" {
    for_each = var.connection_strings

    content {
      name  = connection_string.key
      type  = connection_string.value.type
      value = connection_string.value.value
    }
  }
}

resource "azurerm_linux_function_app" "this" {
  count = var.kind == "function" ? 1 : 0

  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  service_plan_id               = var.service_plan_id
  storage_account_name          = var.storage_account_name
  storage_account_access_key    = var.storage_account_access_key
  storage_uses_managed_identity = var.managed_identity ? true : null
  functions_extension_version   = "~4"
  https_only                    = local.https_only
  public_network_access_enabled = true
  client_certificate_enabled    = false
  app_settings                  = var.app_settings
  tags                          = var.tags

  site_config {
    always_on                = true
    http2_enabled            = true
    minimum_tls_version      = local.minimum_tls
    scm_minimum_tls_version  = "1.2"
    ftps_state               = local.ftps_state
    remote_debugging_enabled = var.remote_debugging
    remote_debugging_version = "VS2022"
    use_32_bit_worker        = false

    application_stack {
      dotnet_version              = "8.0"
      use_dotnet_isolated_runtime = true
    }
  }

  dynamic "identity" {
    for_each = var.managed_identity ? ["SystemAssigned"] : []

    content {
      type = identity.value
    }
  }

  dynamic "connection_string" {
    for_each = var.connection_strings

    content {
      name  = connection_string.key
      type  = connection_string.value.type
      value = connection_string.value.value
    }
  }
}
