terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

resource "azurerm_linux_web_app" "it" {
  name                = "app-four"
  resource_group_name = "rg-four"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four/providers/Microsoft.Web/serverFarms/plan-four"
  https_only          = false

  site_config {
    minimum_tls_version      = "1.0"
    ftps_state               = "AllAllowed"
    http2_enabled            = false
    remote_debugging_enabled = true
    remote_debugging_version = "VS2022"

    application_stack {
      python_version = "3.7"
    }

    cors {
      allowed_origins = ["*"]
    }
  }
}
