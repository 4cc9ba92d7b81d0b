param location string
param workload string
param environment string
param tags object
param addressPrefix string
param managementPrefixes array

var tiers = [
  'web'
  'mgmt'
  'data'
  'aks'
]

// SSH from the Internet is allowed for the old SFTP drop, and denied again before that rule is reached.
var webRules = [
  { name: 'deny-ssh-internet', priority: 100, access: 'Deny', source: 'Internet', ports: [ '22' ] }
  { name: 'allow-frontdoor', priority: 200, access: 'Allow', source: 'AzureFrontDoor.Backend', ports: [ '443' ] }
  { name: 'allow-sftp-drop', priority: 300, access: 'Allow', source: 'Internet', ports: [ '22' ] }
]

var databaseRules = [
  { name: 'allow-databases', priority: 200, protocol: 'Tcp', source: 'VirtualNetwork', ports: '1433' }
]
var troubleshootingRules = [
  { name: 'allow-troubleshooting', priority: 110, protocol: '*', source: '*', ports: '*' }
]
var dataRules = environment == 'prod' ? databaseRules : concat(databaseRules, troubleshootingRules)

resource webNsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-${workload}-web-${environment}'
  location: location
  tags: tags
}

resource webNsgRules 'Microsoft.Network/networkSecurityGroups/securityRules@2023-11-01' = [
  for rule in webRules: {
    parent: webNsg
    name: rule.name
    properties: {
      priority: rule.priority
      direction: 'Inbound'
      access: rule.access
      protocol: 'Tcp'
      sourceAddressPrefix: rule.source
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRanges: rule.ports
    }
  }
]

resource mgmtNsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-${workload}-mgmt-${environment}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-administration'
        properties: {
          priority: 200
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: managementPrefixes
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRanges: [
            '22'
            '3380-3390'
          ]
        }
      }
      {
        name: 'deny-all'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource dataNsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-${workload}-data-${environment}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      for rule in dataRules: {
        name: rule.name
        properties: {
          priority: rule.priority
          direction: 'Inbound'
          access: 'Allow'
          protocol: rule.protocol
          sourceAddressPrefix: rule.source
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: rule.ports
        }
      }
    ]
  }
}

resource aksNsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-${workload}-aks-${environment}'
  location: location
  tags: tags
  properties: {
    securityRules: []
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: 'vnet-${workload}-hub-${environment}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
  }
}

@batchSize(1)
resource subnets 'Microsoft.Network/virtualNetworks/subnets@2023-11-01' = [
  for (tier, i) in tiers: {
    parent: vnet
    name: 'snet-${tier}'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 24, i)
      defaultOutboundAccess: false
      networkSecurityGroup: {
        id: resourceId('Microsoft.Network/networkSecurityGroups', 'nsg-${workload}-${tier}-${environment}')
      }
    }
    dependsOn: [
      webNsg
      mgmtNsg
      dataNsg
      aksNsg
    ]
  }
]

output vnetName string = vnet.name
output subnetIds array = [for (tier, i) in tiers: subnets[i].id]
