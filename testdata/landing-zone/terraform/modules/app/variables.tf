variable "name" {
  description = "Name of the site."
  type        = string
}

variable "kind" {
  description = "A web app or a function app."
  type        = string

  validation {
    condition     = contains(["web", "function"], var.kind)
    error_message = "The kind is web or function."
  }
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "service_plan_id" {
  type = string
}

variable "storage_account_name" {
  description = "Account that a function app keeps its state in."
  type        = string
}

variable "storage_account_access_key" {
  description = "Key of that account, for a function app that has no identity to open it with."
  type        = string
  default     = null
  sensitive   = true
}

variable "managed_identity" {
  description = "Whether the site gets an identity of its own."
  type        = bool
  default     = true
}

variable "legacy_clients" {
  description = "Lets clients of the old protocols in: plain HTTP, TLS before 1.2, FTP."
  type        = bool
  default     = false
}

variable "remote_debugging" {
  type    = bool
  default = false
}

variable "app_settings" {
  type    = map(string)
  default = {}
}

variable "connection_strings" {
  type = map(object({
    type  = string
    value = string
  }))
  default = {}
}

variable "tags" {
  type    = map(string)
  default = {}
}
