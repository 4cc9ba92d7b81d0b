// A jump host on a public address, web servers behind a load balancer with NAT to one of them, a worker that a second group shields,
// and an account that is open.
param adminPrefix string

resource nsgWeb 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-web'
  location: 'westeurope'
  properties: {
    securityRules: [
      { name: 'https', properties: { priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: 'Internet', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '443' } }
      { name: 'ssh', properties: { priority: 110, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' } }
      { name: 'admin', properties: { priority: 120, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: adminPrefix, sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '8443' } }
    ]
  }
}

resource nsgWorker 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-worker'
  location: 'westeurope'
  properties: {
    securityRules: [
      { name: 'deny-ssh', properties: { priority: 100, direction: 'Inbound', access: 'Deny', protocol: '*', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' } }
      { name: 'rest', properties: { priority: 200, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '198.51.100.0/24', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRanges: ['22', '443'] } }
    ]
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      { name: 'web', properties: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: { id: nsgWeb.id } } }
    ]
  }
}

resource pips 'Microsoft.Network/publicIPAddresses@2024-05-01' = [for name in ['lb', 'jump', 'worker']: {
  name: 'pip-${name}'
  location: 'westeurope'
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}]

resource lb 'Microsoft.Network/loadBalancers@2024-05-01' = {
  name: 'lb'
  location: 'westeurope'
  sku: { name: 'Standard' }
  properties: {
    frontendIPConfigurations: [{ name: 'public', properties: { publicIPAddress: { id: pips[0].id } } }]
    backendAddressPools: [{ name: 'web' }]
    loadBalancingRules: [
      {
        name: 'https'
        properties: {
          frontendIPConfiguration: { id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'lb', 'public') }
          backendAddressPool: { id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'lb', 'web') }
          protocol: 'Tcp'
          frontendPort: 443
          backendPort: 443
        }
      }
    ]
    inboundNatRules: [
      {
        name: 'ssh-web'
        properties: {
          frontendIPConfiguration: { id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'lb', 'public') }
          protocol: 'Tcp'
          frontendPort: 50001
          backendPort: 22
        }
      }
    ]
  }
}

resource web 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nic-web'
  location: 'westeurope'
  properties: {
    ipConfigurations: [
      {
        name: 'internal'
        properties: {
          subnet: { id: '${vnet.id}/subnets/web' }
          loadBalancerBackendAddressPools: [{ id: lb.properties.backendAddressPools[0].id }]
          loadBalancerInboundNatRules: [{ id: resourceId('Microsoft.Network/loadBalancers/inboundNatRules', 'lb', 'ssh-web') }]
        }
      }
    ]
  }
}

resource webServer 'Microsoft.Compute/virtualMachines@2024-07-01' = {
  name: 'vm-web'
  location: 'westeurope'
  properties: { networkProfile: { networkInterfaces: [{ id: web.id }] } }
}

resource worker 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nic-worker'
  location: 'westeurope'
  properties: {
    networkSecurityGroup: { id: nsgWorker.id }
    ipConfigurations: [
      {
        name: 'internal'
        properties: {
          subnet: { id: vnet.properties.subnets[0].id }
          publicIPAddress: { id: pips[2].id }
        }
      }
    ]
  }
}

resource jump 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nic-jump'
  location: 'westeurope'
  properties: {
    ipConfigurations: [
      {
        name: 'internal'
        properties: {
          subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'web') }
          publicIPAddress: { id: pips[1].id }
        }
      }
    ]
  }
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stexposed'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.7' }] } }
}
