//! What evaluation hands to the mapping: resources in the provider's own shape.

use std::sync::Arc;

use crate::model::{Call, Loop};
use crate::source::Span;
use crate::value::Value;

/// An instance of a managed resource, or of a data source whose type ARM knows, in the provider's shape.
#[derive(Clone, Debug)]
pub struct TerraformResource {
    /// Terraform's own address: `module.a["x"].azurerm_key_vault.kv[0]`, `data.azurerm_key_vault.kv`.
    pub address: Arc<str>,
    /// `azurerm_key_vault`.
    pub resource_type: Arc<str>,
    /// `kv`.
    pub label: Arc<str>,
    /// Its place in `count` or `for_each`.
    pub loop_instance: Option<Loop>,
    /// `count`/`for_each` depends on something that is not known: it may not be there.
    pub conditional: bool,
    /// The attributes as configured: an object in the provider's spelling. A nested block is a [`Uniform`](crate::value::Collection::Uniform)
    /// array of objects under its type, one an instance of the block, expanded from `dynamic` too; an array that may have more blocks
    /// (a `dynamic` over an unknown) is open. Meta-arguments (`count`, `lifecycle`, `depends_on`, `provider`) are not in it.
    /// Each member's `site` is the attribute or block as written.
    pub attributes: Value,
    /// It is read and not deployed: a data source.
    pub existing: bool,
    /// What its `connection` and `provisioner` blocks hold that may be a secret: an object of these blocks, in the shape of `attributes`.
    /// `None` where there are none.
    pub operations: Option<Value>,
    /// The provider's major and minor version that the code pins, as read from `required_providers` or the lock file; `None` where none is.
    pub provider_version: Option<(u32, u32)>,
    /// The whole block.
    pub span: Span,
    /// `resource "azurerm_key_vault" "kv"`.
    pub header: Span,
    /// The module calls that led here, the innermost last.
    pub calls: Arc<[Call]>,
    /// Whether the block is in a file that the user owns; false for `.terraform/modules`.
    pub owned: bool,
}
