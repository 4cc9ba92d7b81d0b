use std::sync::Arc;

use super::{Reason, ReasonKind, Value};

/// A resource's id, or a property of it that is only known after deployment, kept symbolic so that it links resources.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Which resource.
    pub target: Target,
    /// The property read at run time (`outputs.endpoint`, `principal_id`); `None` for the id itself.
    pub property: Option<Arc<str>>,
}

/// Which resource a [`Reference`] means.
#[derive(Clone, Debug)]
pub enum Target {
    /// A resource of the same root, by its address in the model.
    Declared {
        /// The address, as in `Resource::address`.
        address: Arc<str>,
        /// Its ARM type if known, else the type as written.
        resource_type: Arc<str>,
    },
    /// A resource by its id: `resourceId('Microsoft.KeyVault/vaults', 'kv')`.
    Id {
        /// The ARM type as written: `Microsoft.Storage/storageAccounts/blobServices`.
        resource_type: Arc<str>,
        /// One name a type segment; they may be unknown.
        names: Vec<Value>,
        /// The scope it lies in, where one was given: subscription id, resource group name, or the id that it extends.
        scope: Vec<Value>,
    },
    /// A scope itself: `resourceGroup().id`, `subscription().id`, `tenant()`, `managementGroup('x').id`.
    Scope {
        /// `Microsoft.Resources/resourceGroups`, `Microsoft.Resources/subscriptions`, `Microsoft.Management/managementGroups`,
        /// `Microsoft.Resources/tenants`.
        resource_type: Arc<str>,
        /// Name or id; empty for the scope that is deployed to.
        names: Vec<Value>,
    },
}

impl Target {
    /// The ARM type of what is referred to.
    pub fn resource_type(&self) -> &Arc<str> {
        match self {
            Target::Declared { resource_type, .. }
            | Target::Id { resource_type, .. }
            | Target::Scope { resource_type, .. } => resource_type,
        }
    }
}

impl Reference {
    /// The id of a declared resource.
    pub fn to_declared(address: impl Into<Arc<str>>, resource_type: impl Into<Arc<str>>) -> Self {
        Reference {
            target: Target::Declared { address: address.into(), resource_type: resource_type.into() },
            property: None,
        }
    }

    /// The same resource's property.
    #[must_use]
    pub fn with_property(&self, property: impl Into<Arc<str>>) -> Self {
        Reference { target: self.target.clone(), property: Some(property.into()) }
    }

    /// Why its text is not known.
    pub fn reason(&self) -> Reason {
        match self.target {
            Target::Scope { .. } => Reason::new(
                ReasonKind::Environment,
                format!("{} is known only where it is deployed", self.describe()),
            ),
            _ => {
                let text = format!("{} is known only after deployment", self.describe());
                Reason::new(ReasonKind::Runtime, text)
            }
        }
    }

    /// What a person calls it: "the id of Microsoft.KeyVault/vaults 'kv'".
    pub fn describe(&self) -> String {
        let what = self.property.as_deref().unwrap_or("id");
        match &self.target {
            Target::Declared { address, .. } => format!("{what} of '{address}'"),
            Target::Scope { resource_type, names } if names.is_empty() => {
                let kind = resource_type.rsplit('/').next().unwrap_or_default();
                let kind = match kind.to_ascii_lowercase().as_str() {
                    "resourcegroups" => "resource group",
                    "subscriptions" => "subscription",
                    "managementgroups" => "management group",
                    "tenants" => "tenant",
                    _ => kind,
                };
                format!("{what} of the {kind} deployed to")
            }
            Target::Id { resource_type, names, .. } | Target::Scope { resource_type, names } => {
                let known: Vec<&str> = names.iter().map(|name| name.as_str().unwrap_or("?")).collect();
                if known.is_empty() {
                    format!("{what} of the {resource_type}")
                } else {
                    format!("{what} of {resource_type} '{}'", known.join("/"))
                }
            }
        }
    }
}
