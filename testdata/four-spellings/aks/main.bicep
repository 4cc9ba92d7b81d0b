resource it 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-four'
  location: 'westeurope'
  identity: {
    type: 'SystemAssigned'
  }
  sku: {
    name: 'Base'
    tier: 'Free'
  }
  properties: {
    dnsPrefix: 'four'
    enableRBAC: false
    disableLocalAccounts: false
    kubernetesVersion: '1.24.0'
    publicNetworkAccess: 'Enabled'
    apiServerAccessProfile: {
      enablePrivateCluster: false
      authorizedIPRanges: [
        '0.0.0.0/0'
      ]
    }
    networkProfile: {
      networkPlugin: 'kubenet'
      loadBalancerSku: 'standard'
      outboundType: 'loadBalancer'
    }
    addonProfiles: {
      httpApplicationRouting: {
        enabled: true
      }
      azurepolicy: {
        enabled: false
      }
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        type: 'VirtualMachineScaleSets'
        count: 1
        vmSize: 'Standard_B2s'
        enableNodePublicIP: true
        enableAutoScaling: false
        enableEncryptionAtHost: false
        enableFIPS: false
        osType: 'Linux'
        osDiskType: 'Managed'
      }
    ]
  }
}
