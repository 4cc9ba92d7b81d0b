terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
  }
}

resource "azapi_resource" "it" {
  type      = "Microsoft.ContainerService/managedClusters@2024-05-01"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-four"
  name      = "aks-four"
  location  = "westeurope"

  identity {
    type = "SystemAssigned"
  }

  body = {
    sku = {
      name = "Base"
      tier = "Free"
    }
    properties = {
      dnsPrefix            = "four"
      enableRBAC           = false
      disableLocalAccounts = false
      kubernetesVersion    = "1.24.0"
      publicNetworkAccess  = "Enabled"
      apiServerAccessProfile = {
        enablePrivateCluster = false
        authorizedIPRanges = [
          "0.0.0.0/0",
        ]
      }
      networkProfile = {
        networkPlugin   = "kubenet"
        loadBalancerSku = "standard"
        outboundType    = "loadBalancer"
      }
      addonProfiles = {
        httpApplicationRouting = {
          enabled = true
        }
        azurepolicy = {
          enabled = false
        }
      }
      agentPoolProfiles = [
        {
          name                   = "system"
          mode                   = "System"
          type                   = "VirtualMachineScaleSets"
          count                  = 1
          vmSize                 = "Standard_B2s"
          enableNodePublicIP     = true
          enableAutoScaling      = false
          enableEncryptionAtHost = false
          enableFIPS             = false
          osType                 = "Linux"
          osDiskType             = "Managed"
        },
      ]
    }
  }
}
