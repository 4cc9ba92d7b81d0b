locals {
  admin_name = "nwoperator"

  machines = {
    jump = {
      public    = true
      passwords = !local.is_prod
      encrypted = local.is_prod
    }
    build = {
      public    = false
      passwords = false
      encrypted = true
    }
  }
}

resource "azurerm_public_ip" "jump" {
  name                = "pip-${var.workload}-jump-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  allocation_method   = "Static"
  ip_version          = "IPv4"
  tags                = local.tags
}

resource "azurerm_network_interface" "machine" {
  for_each = local.machines

  name                  = "nic-${var.workload}-${each.key}-${var.environment}"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  ip_forwarding_enabled = false
  tags                  = local.tags

  ip_configuration {
    name                          = "primary"
    subnet_id                     = azurerm_subnet.hub["mgmt"].id
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id          = each.value.public ? azurerm_public_ip.jump.id : null
  }
}

resource "azurerm_linux_virtual_machine" "machine" {
  for_each = local.machines

  name                            = "vm-${var.workload}-${each.key}-${var.environment}"
  location                        = azurerm_resource_group.main.location
  resource_group_name             = azurerm_resource_group.main.name
  size                            = "Standard_D2s_v5"
  computer_name                   = "${each.key}-${var.environment}"
  admin_username                  = local.admin_name
  admin_password                  = each.value.passwords ? var.machine_password : null
  disable_password_authentication = !each.value.passwords
  encryption_at_host_enabled      = each.value.encrypted
  secure_boot_enabled             = true
  vtpm_enabled                    = true
  allow_extension_operations      = true
  provision_vm_agent              = true
  patch_mode                      = "AutomaticByPlatform"
  patch_assessment_mode           = "AutomaticByPlatform"
  network_interface_ids           = [azurerm_network_interface.machine[each.key].id]
  tags                            = local.tags

  admin_ssh_key {
    username   = local.admin_name
    public_key = var.ssh_public_key
  }

  identity {
    type = "SystemAssigned"
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts-gen2"
    version   = "latest"
  }

  boot_diagnostics {}
}

resource "azurerm_container_registry" "legacy" {
  name                          = "cr${var.workload}legacy${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  sku                           = "Premium"
  admin_enabled                 = true
  anonymous_pull_enabled        = false
  public_network_access_enabled = true
  tags                          = local.tags

  network_rule_set {
    default_action = "Allow"
  }
}

resource "azurerm_container_registry" "core" {
  name                          = "cr${var.workload}core${var.environment}"
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  sku                           = "Premium"
  admin_enabled                 = false
  anonymous_pull_enabled        = false
  public_network_access_enabled = false
  tags                          = local.tags

  network_rule_set {
    default_action = "Deny"
  }
}

resource "azurerm_kubernetes_cluster" "legacy" {
  name                              = "aks-${var.workload}-legacy-${var.environment}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  dns_prefix                        = "${var.workload}-legacy-${var.environment}"
  sku_tier                          = "Standard"
  role_based_access_control_enabled = local.is_prod
  local_account_disabled            = false
  private_cluster_enabled           = false
  azure_policy_enabled              = true
  tags                              = local.tags

  api_server_access_profile {
    authorized_ip_ranges = ["203.0.113.10/32"]
  }

  default_node_pool {
    name                    = "system"
    node_count              = 2
    vm_size                 = "Standard_D2s_v5"
    vnet_subnet_id          = azurerm_subnet.hub["aks"].id
    host_encryption_enabled = true
    node_public_ip_enabled  = false
  }

  identity {
    type = "SystemAssigned"
  }

  network_profile {
    network_plugin    = "azure"
    network_policy    = "azure"
    load_balancer_sku = "standard"
    service_cidr      = "172.16.0.0/16"
    dns_service_ip    = "172.16.0.10"
  }

  oms_agent {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id
  }
}

resource "azurerm_kubernetes_cluster" "core" {
  name                                = "aks-${var.workload}-core-${var.environment}"
  location                            = azurerm_resource_group.main.location
  resource_group_name                 = azurerm_resource_group.main.name
  dns_prefix                          = "${var.workload}-core-${var.environment}"
  sku_tier                            = "Standard"
  role_based_access_control_enabled   = true
  local_account_disabled              = true
  private_cluster_enabled             = true
  private_cluster_public_fqdn_enabled = false
  azure_policy_enabled                = true
  tags                                = local.tags

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = [var.owner_group_id]
    tenant_id              = data.azurerm_client_config.current.tenant_id
  }

  default_node_pool {
    name                    = "system"
    node_count              = 2
    vm_size                 = "Standard_D2s_v5"
    vnet_subnet_id          = azurerm_subnet.hub["aks"].id
    host_encryption_enabled = true
    node_public_ip_enabled  = false
  }

  identity {
    type = "SystemAssigned"
  }

  network_profile {
    network_plugin    = "azure"
    network_policy    = "azure"
    load_balancer_sku = "standard"
    service_cidr      = "172.17.0.0/16"
    dns_service_ip    = "172.17.0.10"
  }

  oms_agent {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id
  }
}
