using 'main.bicep'

param environment = 'prod'
param location = 'westeurope'
param addressPrefix = '10.20.0.0/16'
param managementPrefixes = [
  '10.0.0.0/8'
]
param allowLegacyClients = false

param defenderPlans = [
  { name: 'VirtualMachines', tier: 'Standard', subPlan: 'P2' }
  { name: 'StorageAccounts', tier: 'Standard', subPlan: 'DefenderForStorageV2' }
  { name: 'AppServices', tier: 'Standard' }
  { name: 'Containers', tier: 'Standard' }
  { name: 'KeyVaults', tier: 'Standard' }
  { name: 'Arm', tier: 'Standard' }
  { name: 'SqlServers', tier: 'Free' }
  { name: 'OpenSourceRelationalDatabases', tier: 'Standard' }
]

param ownerGroupId = '5d8f2a37-1f0c-4b52-9f5b-3a1c7e6d2b90'
param databaseAdminGroupId = 'a2c94e15-77d3-4a08-bb6e-8c0f5d1e3f42'
param sshPublicKey = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7MqJ9eeJSc2q5g7LDicmi6Mlx8eYrOs5uRkdaqJxlgrjGxZXQUFGGGqKVycc9EGCaT12j8dnsq6hD8veasHb3raEuck2Eqb+nZCc0JsuD+EcVerE7fQN+FFN2VJ45RG4gN6ZEXS0O5sTkubjOG+6S7AHVrY46Vd6UyECkhDgZqjY2p+WzLVLOOjoah8UjXc+sEGkvsQSRQy+0pkftJ5g9Kl4QIl9tS3YfRBSmAais9Odpsz4j+kgySCdoOQQ/y1BP9EFsXFEV5tHsy4te54UjvcPQTdIocrOsA342qFVW+Jp77x8BYZUNAKR8HNL2TIlbbTIyWbXGb8fan+Ftwlsd operators@nordwind.example'

param machinePassword = getSecret('c41f0e8d-90b7-4a6d-8f55-2a7b3d6e9c21', 'rg-nordwind-deploy', 'kv-nordwind-deploy', 'machine-password')
param databasePassword = getSecret('c41f0e8d-90b7-4a6d-8f55-2a7b3d6e9c21', 'rg-nordwind-deploy', 'kv-nordwind-deploy', 'database-password')
param mysqlpassword = 'Frost-over-Bodo-42'
