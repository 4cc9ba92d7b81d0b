using 'main.bicep'

param environment = 'dev'
param location = 'westeurope'
param addressPrefix = '10.10.0.0/16'
param managementPrefixes = [
  '198.51.100.0/24'
  '0.0.0.0/0'
]
param allowLegacyClients = true

param defenderPlans = [
  { name: 'VirtualMachines', tier: 'Standard', subPlan: 'P2' }
  { name: 'StorageAccounts', tier: 'Standard', subPlan: 'DefenderForStorageV2' }
  { name: 'AppServices', tier: 'Standard' }
  { name: 'Containers', tier: 'Standard' }
  { name: 'KeyVaults', tier: 'Standard' }
  { name: 'Arm', tier: 'Standard' }
  { name: 'SqlServers', tier: 'Free' }
  { name: 'OpenSourceRelationalDatabases', tier: 'Free' }
]

param ownerGroupId = '5d8f2a37-1f0c-4b52-9f5b-3a1c7e6d2b90'
param databaseAdminGroupId = 'a2c94e15-77d3-4a08-bb6e-8c0f5d1e3f42'
param sshPublicKey = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7MqJ9eeJSc2q5g7LDicmi6Mlx8eYrOs5uRkdaqJxlgrjGxZXQUFGGGqKVycc9EGCaT12j8dnsq6hD8veasHb3raEuck2Eqb+nZCc0JsuD+EcVerE7fQN+FFN2VJ45RG4gN6ZEXS0O5sTkubjOG+6S7AHVrY46Vd6UyECkhDgZqjY2p+WzLVLOOjoah8UjXc+sEGkvsQSRQy+0pkftJ5g9Kl4QIl9tS3YfRBSmAais9Odpsz4j+kgySCdoOQQ/y1BP9EFsXFEV5tHsy4te54UjvcPQTdIocrOsA342qFVW+Jp77x8BYZUNAKR8HNL2TIlbbTIyWbXGb8fan+Ftwlsd operators@nordwind.example'

param machinePassword = getSecret('7b1d6c52-3c1e-4d38-9f0a-5e2f1c9a4d10', 'rg-nordwind-deploy', 'kv-nordwind-deploy', 'machine-password')
param databasePassword = getSecret('7b1d6c52-3c1e-4d38-9f0a-5e2f1c9a4d10', 'rg-nordwind-deploy', 'kv-nordwind-deploy', 'database-password')
param mysqlpassword = 'Winter-in-Bergen-7'
