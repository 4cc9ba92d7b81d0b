locals {
  tiers = ["web", "mgmt", "data", "aks"]

  # SSH from the Internet is allowed for the old SFTP drop, and denied again before that rule is reached.
  web_rules = [
    { name = "deny-ssh-internet", priority = 100, access = "Deny", source = "Internet", ports = ["22"] },
    { name = "allow-frontdoor", priority = 200, access = "Allow", source = "AzureFrontDoor.Backend", ports = ["443"] },
    { name = "allow-sftp-drop", priority = 300, access = "Allow", source = "Internet", ports = ["22"] },
  ]

  database_rules = [
    { name = "allow-databases", priority = 200, protocol = "Tcp", source = "VirtualNetwork", ports = "1433" },
  ]
  troubleshooting_rules = [
    { name = "allow-troubleshooting", priority = 110, protocol = "*", source = "*", ports = "*" },
  ]
  data_rules = local.is_prod ? local.database_rules : concat(local.database_rules, local.troubleshooting_rules)

  nsg_ids = {
    web  = azurerm_network_security_group.web.id
    mgmt = azurerm_network_security_group.mgmt.id
    data = azurerm_network_security_group.data.id
    aks  = azurerm_network_security_group.aks.id
  }
}

resource "azurerm_network_security_group" "web" {
  name                = "nsg-${var.workload}-web-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
}

resource "azurerm_network_security_rule" "web" {
  for_each = { for rule in local.web_rules : rule.name => rule }

  name                        = each.key
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.web.name
  priority                    = each.value.priority
  direction                   = "Inbound"
  access                      = each.value.access
  protocol                    = "Tcp"
  source_address_prefix       = each.value.source
  source_port_range           = "*"
  destination_address_prefix  = "*"
  destination_port_ranges     = each.value.ports
}

resource "azurerm_network_security_group" "mgmt" {
  name                = "nsg-${var.workload}-mgmt-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags

  security_rule {
    name                       = "allow-administration"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_address_prefixes    = var.management_prefixes
    source_port_range          = "*"
    destination_address_prefix = "VirtualNetwork"
    destination_port_ranges    = ["22", "3380-3390"]
  }

  security_rule {
    name                       = "deny-all"
    priority                   = 4096
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_address_prefix      = "*"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_range     = "*"
  }
}

resource "azurerm_network_security_group" "data" {
  name                = "nsg-${var.workload}-data-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags

  dynamic "security_rule" {
    for_each = local.data_rules
    iterator = rule

    content {
      name                       = rule.value.name
      priority                   = rule.value.priority
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = rule.value.protocol
      source_address_prefix      = rule.value.source
      source_port_range          = "*"
      destination_address_prefix = "*"
      destination_port_range     = rule.value.ports
    }
  }
}

resource "azurerm_network_security_group" "aks" {
  name                = "nsg-${var.workload}-aks-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
}

resource "azurerm_virtual_network" "hub" {
  name                = "vnet-${var.workload}-hub-${var.environment}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  address_space       = [var.address_prefix]
  tags                = local.tags
}

resource "azurerm_subnet" "hub" {
  for_each = { for i, tier in local.tiers : tier => i }

  name                            = "snet-${each.key}"
  resource_group_name             = azurerm_resource_group.main.name
  virtual_network_name            = azurerm_virtual_network.hub.name
  address_prefixes                = [cidrsubnet(var.address_prefix, 8, each.value)]
  default_outbound_access_enabled = false
}

resource "azurerm_subnet_network_security_group_association" "hub" {
  for_each = local.nsg_ids

  subnet_id                 = azurerm_subnet.hub[each.key].id
  network_security_group_id = each.value
}
