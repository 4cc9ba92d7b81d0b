terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.Web/sites@2023-12-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "app-four"
  location  = "westeurope"

  body = {
    kind = "app,linux"
    properties = {
      serverFarmId        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four/providers/Microsoft.Web/serverFarms/plan-four"
      httpsOnly           = false
      clientAffinityEnabled = false
      clientCertEnabled   = false
      publicNetworkAccess = "Enabled"
      enabled             = true
      siteConfig = {
        minTlsVersion          = "1.0"
        scmMinTlsVersion       = "1.2"
        ftpsState              = "AllAllowed"
        http20Enabled          = false
        remoteDebuggingEnabled = true
        remoteDebuggingVersion = "VS2022"
        linuxFxVersion         = "PYTHON|3.7"
        alwaysOn               = true
        cors = {
          allowedOrigins = [
            "*",
          ]
          supportCredentials = false
        }
      }
    }
  }
}

resource "azapi_resource" "ftp" {
  type      = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01"
  name      = "ftp"
  parent_id = azapi_resource.it.id
  body = {
    properties = {
      allow = true
    }
  }
}

resource "azapi_resource" "scm" {
  type      = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01"
  name      = "scm"
  parent_id = azapi_resource.it.id
  body = {
    properties = {
      allow = true
    }
  }
}
