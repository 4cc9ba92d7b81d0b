param location string
param workload string
param environment string
param tags object
param vnetName string
param workspaceId string
param clusterAdminGroupId string
param sshPublicKey string

@secure()
param machinePassword string

var isProd = environment == 'prod'
var adminName = 'nwoperator'

var machines = [
  {
    name: 'jump'
    public: true
    passwords: !isProd
    encrypted: isProd
  }
  {
    name: 'build'
    public: false
    passwords: false
    encrypted: true
  }
]

resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' existing = {
  name: vnetName

  resource mgmt 'subnets' existing = {
    name: 'snet-mgmt'
  }

  resource aks 'subnets' existing = {
    name: 'snet-aks'
  }
}

resource jumpAddress 'Microsoft.Network/publicIPAddresses@2023-11-01' = {
  name: 'pip-${workload}-jump-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

resource nics 'Microsoft.Network/networkInterfaces@2023-11-01' = [
  for machine in machines: {
    name: 'nic-${workload}-${machine.name}-${environment}'
    location: location
    tags: tags
    properties: {
      enableIPForwarding: false
      ipConfigurations: [
        {
          name: 'primary'
          properties: {
            privateIPAllocationMethod: 'Dynamic'
            subnet: {
              id: vnet::mgmt.id
            }
            publicIPAddress: machine.public
              ? {
                  id: jumpAddress.id
                }
              : null
          }
        }
      ]
    }
  }
]

resource vms 'Microsoft.Compute/virtualMachines@2024-03-01' = [
  for (machine, i) in machines: {
    name: 'vm-${workload}-${machine.name}-${environment}'
    location: location
    tags: tags
    identity: {
      type: 'SystemAssigned'
    }
    properties: {
      hardwareProfile: {
        vmSize: 'Standard_D2s_v5'
      }
      osProfile: {
        computerName: '${machine.name}-${environment}'
        adminUsername: adminName
        adminPassword: machine.passwords ? machinePassword : null
        allowExtensionOperations: true
        linuxConfiguration: {
          disablePasswordAuthentication: !machine.passwords
          provisionVMAgent: true
          patchSettings: {
            patchMode: 'AutomaticByPlatform'
            assessmentMode: 'AutomaticByPlatform'
          }
          ssh: {
            publicKeys: [
              {
                path: '/home/${adminName}/.ssh/authorized_keys'
                keyData: sshPublicKey
              }
            ]
          }
        }
      }
      storageProfile: {
        imageReference: {
          publisher: 'Canonical'
          offer: '0001-com-ubuntu-server-jammy'
          sku: '22_04-lts-gen2'
          version: 'latest'
        }
        osDisk: {
          createOption: 'FromImage'
          caching: 'ReadWrite'
          managedDisk: {
            storageAccountType: 'Premium_LRS'
          }
        }
      }
      securityProfile: {
        encryptionAtHost: machine.encrypted
        securityType: 'TrustedLaunch'
        uefiSettings: {
          secureBootEnabled: true
          vTpmEnabled: true
        }
      }
      networkProfile: {
        networkInterfaces: [
          {
            id: nics[i].id
          }
        ]
      }
      diagnosticsProfile: {
        bootDiagnostics: {
          enabled: true
        }
      }
    }
  }
]

resource legacyRegistry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'cr${workload}legacy${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Premium'
  }
  properties: {
    adminUserEnabled: true
    anonymousPullEnabled: false
    publicNetworkAccess: 'Enabled'
    networkRuleSet: {
      defaultAction: 'Allow'
    }
  }
}

resource coreRegistry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'cr${workload}core${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Premium'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: 'Disabled'
    networkRuleSet: {
      defaultAction: 'Deny'
    }
  }
}

resource legacyCluster 'Microsoft.ContainerService/managedClusters@2024-02-01' = {
  name: 'aks-${workload}-legacy-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Base'
    tier: 'Standard'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    dnsPrefix: '${workload}-legacy-${environment}'
    enableRBAC: isProd
    disableLocalAccounts: false
    apiServerAccessProfile: {
      enablePrivateCluster: false
      authorizedIPRanges: [
        '203.0.113.10/32'
      ]
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 2
        vmSize: 'Standard_D2s_v5'
        vnetSubnetID: vnet::aks.id
        enableEncryptionAtHost: true
        enableNodePublicIP: false
      }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPolicy: 'azure'
      loadBalancerSku: 'standard'
      serviceCidr: '172.16.0.0/16'
      dnsServiceIP: '172.16.0.10'
    }
    addonProfiles: {
      azurepolicy: {
        enabled: true
      }
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
        }
      }
    }
  }
}

resource coreCluster 'Microsoft.ContainerService/managedClusters@2024-02-01' = {
  name: 'aks-${workload}-core-${environment}'
  location: location
  tags: tags
  sku: {
    name: 'Base'
    tier: 'Standard'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    dnsPrefix: '${workload}-core-${environment}'
    enableRBAC: true
    disableLocalAccounts: true
    aadProfile: {
      managed: true
      enableAzureRBAC: true
      adminGroupObjectIDs: [
        clusterAdminGroupId
      ]
      tenantID: tenant().tenantId
    }
    apiServerAccessProfile: {
      enablePrivateCluster: true
      enablePrivateClusterPublicFQDN: false
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 2
        vmSize: 'Standard_D2s_v5'
        vnetSubnetID: vnet::aks.id
        enableEncryptionAtHost: true
        enableNodePublicIP: false
      }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPolicy: 'azure'
      loadBalancerSku: 'standard'
      serviceCidr: '172.17.0.0/16'
      dnsServiceIP: '172.17.0.10'
    }
    addonProfiles: {
      azurepolicy: {
        enabled: true
      }
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
        }
      }
    }
  }
}

output registryServer string = coreRegistry.properties.loginServer
output jumpMachineId string = vms[0].id
