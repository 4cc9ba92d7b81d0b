terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.KeyVault/vaults@2023-07-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "kv-four"
  location  = "westeurope"

  body = {
    properties = {
      tenantId = "00000000-0000-0000-0000-000000000000"
      sku = {
        family = "A"
        name   = "standard"
      }
      enabledForDeployment         = true
      enabledForDiskEncryption     = true
      enabledForTemplateDeployment = true
      enableRbacAuthorization      = false
      enableSoftDelete             = true
      softDeleteRetentionInDays    = 7
      publicNetworkAccess          = "Enabled"
      networkAcls = {
        defaultAction = "Allow"
        bypass        = "AzureServices"
        ipRules = [
          {
            value = "0.0.0.0/0"
          },
        ]
        virtualNetworkRules = []
      }
      accessPolicies = [
        {
          tenantId = "00000000-0000-0000-0000-000000000000"
          objectId = "11111111-1111-1111-1111-111111111111"
          permissions = {
            keys = [
              "all",
              "purge",
            ]
            secrets = [
              "all",
            ]
            certificates = []
            storage      = []
          }
        },
      ]
    }
  }
}
