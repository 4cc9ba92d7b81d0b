output "resource_group_name" {
  value = azurerm_resource_group.main.name
}

output "vault_uri" {
  value = azurerm_key_vault.core.vault_uri
}

# Read back for the import job, which still signs in with the account's key.
output "storageconnection" {
  value = azurerm_storage_account.raw.primary_connection_string
}
