//! `terraform show -json` → resources in the provider's shape.
