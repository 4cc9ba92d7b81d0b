terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.ContainerRegistry/registries@2023-07-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "crfour"
  location  = "westeurope"

  body = {
    sku = {
      name = "Premium"
    }
    properties = {
      adminUserEnabled         = true
      anonymousPullEnabled     = true
      publicNetworkAccess      = "Enabled"
      dataEndpointEnabled      = false
      zoneRedundancy           = "Disabled"
      networkRuleBypassOptions = "AzureServices"
      policies = {
        quarantinePolicy = {
          status = "disabled"
        }
        trustPolicy = {
          type   = "Notary"
          status = "disabled"
        }
        retentionPolicy = {
          days   = 7
          status = "disabled"
        }
        exportPolicy = {
          status = "enabled"
        }
      }
      networkRuleSet = {
        defaultAction = "Allow"
        ipRules       = []
      }
    }
  }
}
