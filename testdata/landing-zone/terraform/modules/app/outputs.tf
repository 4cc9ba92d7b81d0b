output "name" {
  description = "Name of the site."
  value       = one(concat(azurerm_linux_web_app.this[*].name, azurerm_linux_function_app.this[*].name))
}
