terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.Network/networkSecurityGroups@2023-11-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "nsg-four"
  location  = "westeurope"

  body = {
    properties = {
      securityRules = [
        {
          name = "ssh"
          properties = {
            priority                 = 100
            direction                = "Inbound"
            access                   = "Allow"
            protocol                 = "Tcp"
            sourcePortRange          = "*"
            destinationPortRange     = "22"
            sourceAddressPrefix      = "*"
            destinationAddressPrefix = "*"
          }
        },
        {
          name = "rdp"
          properties = {
            priority                 = 110
            direction                = "Inbound"
            access                   = "Allow"
            protocol                 = "*"
            sourcePortRange          = "*"
            destinationPortRange     = "3380-3390"
            sourceAddressPrefix      = "Internet"
            destinationAddressPrefix = "*"
          }
        },
        {
          name = "sql"
          properties = {
            priority                 = 120
            direction                = "Inbound"
            access                   = "Allow"
            protocol                 = "Tcp"
            sourcePortRange          = "*"
            destinationPortRange     = "1433"
            sourceAddressPrefix      = "0.0.0.0/0"
            destinationAddressPrefix = "*"
          }
        },
      ]
    }
  }
}
