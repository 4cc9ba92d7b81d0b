//! Terraform and OpenTofu: configuration and plan files → deployments.
//!
//! - [`ast`]: files, bodies, blocks, expressions, with spans.
//! - `syntax`: HCL (and its JSON form) → [`ast`].
//! - `expression`: evaluation of expressions with Terraform's types, conversions and functions.
//! - `configuration`: a module's files, variables, locals, repetition, module calls → [`resource::TerraformResource`]s.
//! - `plan`: `terraform show -json` → the same.
//! - `schema`: what attributes the provider's resource types have.
//! - `mapping`: `azurerm_*` (and `azapi_*`) → ARM-shaped [`Resource`](crate::model::Resource)s, by the tables in `mappings/azurerm`.

pub mod ast;
pub mod configuration;
pub mod expression;
pub mod mapping;
pub mod plan;
pub mod resource;
mod schema;
pub mod syntax;
