# The import partner's devices speak plain HTTP and TLS 1.0, and put their files anonymously.
resource "azurerm_storage_account" "raw" {
  name                              = "st${var.workload}raw${var.environment}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = "GRS"
  access_tier                       = "Hot"
  https_traffic_only_enabled        = !var.allow_legacy_clients
  min_tls_version                   = var.allow_legacy_clients ? "TLS1_0" : "TLS1_2"
  allow_nested_items_to_be_public   = true
  shared_access_key_enabled         = true
  cross_tenant_replication_enabled  = false
  default_to_oauth_authentication   = false
  local_user_enabled                = false
  public_network_access_enabled     = true
  infrastructure_encryption_enabled = true
  tags                              = local.tags

  network_rules {
    default_action = local.is_prod ? "Deny" : "Allow"
    bypass         = ["AzureServices"]
  }

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = 14
    }

    container_delete_retention_policy {
      days = 14
    }
  }
}

resource "azurerm_storage_container" "imports" {
  name                  = "imports"
  storage_account_id    = azurerm_storage_account.raw.id
  container_access_type = "private"
}

resource "azurerm_storage_account" "diagnostics" {
  name                              = "st${var.workload}diag${var.environment}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = "GRS"
  access_tier                       = "Hot"
  https_traffic_only_enabled        = true
  min_tls_version                   = "TLS1_2"
  allow_nested_items_to_be_public   = false
  shared_access_key_enabled         = false
  cross_tenant_replication_enabled  = false
  default_to_oauth_authentication   = true
  local_user_enabled                = false
  public_network_access_enabled     = false
  infrastructure_encryption_enabled = true
  tags                              = local.tags

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
  }

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = 14
    }

    container_delete_retention_policy {
      days = 14
    }
  }
}

resource "azurerm_mssql_server" "orders" {
  name                          = "sql-${var.workload}-orders-${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  version                       = "12.0"
  administrator_login           = "nordwindsql"
  administrator_login_password  = var.database_password
  minimum_tls_version           = local.is_prod ? "1.2" : "1.0"
  public_network_access_enabled = true
  tags                          = local.tags
}

resource "azurerm_mssql_database" "orders" {
  name                 = "orders"
  server_id            = azurerm_mssql_server.orders.id
  sku_name             = local.is_prod ? "S3" : "S0"
  storage_account_type = "Geo"
  tags                 = local.tags
}

resource "azurerm_mssql_firewall_rule" "orders_office" {
  name             = "orders-office"
  server_id        = azurerm_mssql_server.orders.id
  start_ip_address = "203.0.113.10"
  end_ip_address   = "203.0.113.10"
}

resource "azurerm_mssql_firewall_rule" "orders_everybody" {
  count = local.is_prod ? 0 : 1

  name             = "orders-everybody"
  server_id        = azurerm_mssql_server.orders.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}

resource "azurerm_mssql_server" "ledger" {
  name                          = "sql-${var.workload}-ledger-${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  version                       = "12.0"
  minimum_tls_version           = "1.2"
  public_network_access_enabled = false
  tags                          = local.tags

  azuread_administrator {
    login_username              = "sg-${var.workload}-databases"
    object_id                   = var.database_admin_group_id
    tenant_id                   = data.azurerm_client_config.current.tenant_id
    azuread_authentication_only = true
  }
}

resource "azurerm_postgresql_flexible_server" "shop" {
  name                          = "psql-${var.workload}-shop-${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  version                       = "16"
  sku_name                      = "GP_Standard_D2ds_v5"
  storage_mb                    = 32768
  administrator_login           = "nordwindpg"
  administrator_password        = var.database_password
  backup_retention_days         = 14
  geo_redundant_backup_enabled  = true
  public_network_access_enabled = !local.is_prod
  tags                          = local.tags

  authentication {
    active_directory_auth_enabled = false
    password_auth_enabled         = true
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "shop_transport" {
  name      = "require_secure_transport"
  server_id = azurerm_postgresql_flexible_server.shop.id
  value     = local.is_prod ? "on" : "off"
}

resource "azurerm_postgresql_flexible_server_firewall_rule" "shop_everybody" {
  count = local.is_prod ? 0 : 1

  name             = "shop-everybody"
  server_id        = azurerm_postgresql_flexible_server.shop.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}

resource "azurerm_postgresql_flexible_server" "stock" {
  name                          = "psql-${var.workload}-stock-${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  version                       = "16"
  sku_name                      = "GP_Standard_D2ds_v5"
  storage_mb                    = 32768
  backup_retention_days         = 14
  geo_redundant_backup_enabled  = true
  public_network_access_enabled = false
  tags                          = local.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = data.azurerm_client_config.current.tenant_id
  }
}

resource "azurerm_mysql_flexible_server" "wiki" {
  name                         = "mysql-${var.workload}-wiki-${var.environment}"
  location                     = azurerm_resource_group.main.location
  resource_group_name          = azurerm_resource_group.main.name
  version                      = "8.0.21"
  sku_name                     = "GP_Standard_D2ds_v4"
  administrator_login          = "nordwindwiki"
  administrator_password       = var.mysqlpassword
  backup_retention_days        = 14
  geo_redundant_backup_enabled = true
  public_network_access        = local.is_prod ? "Disabled" : "Enabled"
  tags                         = local.tags

  storage {
    size_gb = 32
  }
}

resource "azurerm_mysql_flexible_server_configuration" "wiki_transport" {
  name                = "require_secure_transport"
  resource_group_name = azurerm_resource_group.main.name
  server_name         = azurerm_mysql_flexible_server.wiki.name
  value               = local.is_prod ? "ON" : "OFF"
}
