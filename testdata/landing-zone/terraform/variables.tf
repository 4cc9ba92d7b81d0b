variable "subscription_id" {
  description = "Subscription that everything goes to."
  type        = string
}

variable "environment" {
  description = "Which of the two copies of the landing zone this is."
  type        = string
  default     = "dev"

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "The environment is dev or prod."
  }
}

variable "location" {
  description = "Region of everything that has one."
  type        = string
  default     = "westeurope"
}

variable "workload" {
  description = "Part of every name."
  type        = string
  default     = "nordwind"

  validation {
    condition     = length(var.workload) >= 3 && length(var.workload) <= 8
    error_message = "The workload has 3 to 8 letters."
  }
}

variable "address_prefix" {
  description = "Address space of the hub; every subnet takes one /24 of it."
  type        = string
  default     = "10.10.0.0/16"
}

variable "management_prefixes" {
  description = "From where administrators may reach SSH and RDP."
  type        = list(string)
  default     = ["10.0.0.0/8"]
}

variable "allow_legacy_clients" {
  description = "Lets clients of the old protocols in: plain HTTP, TLS before 1.2, FTP."
  type        = bool
  default     = false
}

variable "defender_plans" {
  description = "Defender for Cloud plans of the subscription."
  type = list(object({
    name    = string
    tier    = string
    subplan = optional(string)
  }))
  default = [
    { name = "StorageAccounts", tier = "Standard", subplan = "DefenderForStorageV2" },
  ]
}

variable "owner_group_id" {
  description = "Object id of the group that owns the subscription."
  type        = string
}

variable "database_admin_group_id" {
  description = "Object id of the group that administers the databases."
  type        = string
}

variable "ssh_public_key" {
  description = "Public key of the administrators of the machines."
  type        = string
}

variable "machine_password" {
  description = "Password of the administrator of the machines that still take one (TF_VAR_machine_password)."
  type        = string
  sensitive   = true
}

variable "database_password" {
  description = "Password of the administrators of the SQL and PostgreSQL servers (TF_VAR_database_password)."
  type        = string
  sensitive   = true
}

variable "mysqlpassword" {
  description = "Password of the administrator of the MySQL server."
  type        = string
}
