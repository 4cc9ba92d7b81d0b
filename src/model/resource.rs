use std::sync::Arc;

use crate::source::Span;
use crate::value::Value;

use super::Scope;

/// An ARM resource type: `Microsoft.Storage/storageAccounts`. Compared without regard to case.
#[derive(Clone, Debug)]
pub struct ResourceType(Arc<str>);

impl ResourceType {
    /// The type as written.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        ResourceType(text.into())
    }

    /// The type as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shared text.
    pub fn text(&self) -> &Arc<str> {
        &self.0
    }

    /// Whether it is this type, without regard to case.
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }

    /// The parent's type: `Microsoft.Storage/storageAccounts` of `Microsoft.Storage/storageAccounts/blobServices`.
    pub fn parent(&self) -> Option<&str> {
        let (parent, _) = self.0.rsplit_once('/')?;
        parent.contains('/').then_some(parent)
    }

    /// Whether `child` is a type directly below this one.
    pub fn is_parent_of(&self, child: &ResourceType) -> bool {
        child.parent().is_some_and(|parent| self.is(parent))
    }
}

impl PartialEq for ResourceType {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for ResourceType {}

impl std::fmt::Display for ResourceType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A resource of a deployment.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The address in its root, unique there (CONTRACT: symbolic names, `module/`, `[index]`, `parent::child`; Terraform's own).
    pub address: Arc<str>,
    /// ARM type; for a Terraform type without mapping that type itself (`azurerm_x`, `random_password`).
    pub resource_type: ResourceType,
    /// API version as written. `None` for Terraform's mapped resources: the newest shape is meant.
    pub api_version: Option<Arc<str>>,
    /// The type as written in the source.
    pub source_type: Arc<str>,
    /// The name: with the names of its parents (`account/default`) for Bicep and ARM, however the child is spelt; one segment for Terraform.
    pub name: Value,
    /// Declared as existing: it is not deployed, only referred to.
    pub existing: bool,
    /// Deployed only under a condition that is not known.
    pub conditional: bool,
    /// Where it stands in a loop.
    pub loop_instance: Option<Loop>,
    /// The resource that it extends or the scope it is deployed to, when that is given.
    pub scope: Option<Value>,
    /// The address of its parent in the same root.
    pub parent: Option<Arc<str>>,
    /// The whole declaration.
    pub span: Span,
    /// Its header (`resource sa 'type@version'`, the `type` property in JSON, `resource "type" "name"`): where a finding
    /// about a missing property points.
    pub header: Span,
    /// Everything but type, apiVersion and name, in ARM's shape: an object.
    pub body: Value,
    /// Terraform: the attributes as configured, in the provider's spelling.
    pub attributes: Option<Value>,
    /// What is a password, secret or key and `body` does not have: of a Terraform type without a mapping of its attributes, and of
    /// `connection` and `provisioner` blocks.
    pub secrets: Arc<[Secret]>,
    /// The module calls that led here, the innermost last.
    pub calls: Arc<[Call]>,
    /// Whether the declaration is in a file that the user owns; false for a restored registry module.
    pub owned: bool,
    /// Only a part of the resource is here, the rest is declared elsewhere (a Terraform companion such as network rules of an
    /// account that is not in this configuration): nothing that is absent may be concluded from.
    pub partial: bool,
    /// A provider sends a part of its parent a second time as this resource: what is wrong with it is told of the parent, so
    /// rules do not look at it.
    pub repeats: bool,
}

/// Values that are secrets by their name or by their provider's word.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The object that holds them.
    pub within: Value,
    /// The path in it: `credentials[*].password`.
    pub path: Arc<str>,
}

/// Where an instance stands in a loop.
#[derive(Clone, Debug, PartialEq)]
pub enum Loop {
    /// The instance of this index, or of this key for Terraform's `for_each`.
    Known(LoopKey),
    /// The one symbolic instance of a loop over something that is not known.
    Unknown,
}

/// An index or a key.
#[derive(Clone, Debug, PartialEq)]
pub enum LoopKey {
    /// From 0.
    Index(usize),
    /// A `for_each` key.
    Key(Arc<str>),
}

/// A module call on the way from the root to a resource.
#[derive(Clone, Debug)]
pub struct Call {
    /// The call as it stands in addresses: `net`, `module.app["x"]`.
    pub name: Arc<str>,
    /// The whole call.
    pub span: Span,
    /// Its header (`module net './net.bicep'`).
    pub header: Span,
    /// The arguments, with their places: an object of the values passed.
    pub arguments: Value,
    /// Whether the called module's files belong to the user.
    pub owned: bool,
    /// Whether the called template is evaluated in its caller's scope: its expressions are worked out, secrets included, before it is
    /// deployed.
    pub outer: bool,
    /// What a nested deployment keeps of its requests and responses: `debugSetting.detailLevel`.
    pub debug: Option<Value>,
    /// What kind of scope the called template is deployed to; `None` where the language has none (Terraform).
    pub target: Option<Scope>,
    /// The scope that the call names: a subscription, a resource group. Without one it is the caller's.
    pub scope: Option<Value>,
}

impl Resource {
    /// The last segment of the name if it is known.
    pub fn short_name(&self) -> Option<&str> {
        self.name.as_str().map(|name| name.rsplit('/').next().unwrap_or(name))
    }

    /// What to call it in a message: its name, or its address where the name is not known.
    pub fn display_name(&self) -> &str {
        self.name.as_str().unwrap_or(&self.address)
    }
}
