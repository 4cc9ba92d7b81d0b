//! Finds the mapped resource that an attribute means, by reference, by id or by name.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::Resource;
use crate::value::{Kind, Target, Value};

use super::ids::{self, Id};

/// The resources of a root by address and by type and name.
pub(super) struct Index {
    by_address: FxHashMap<Arc<str>, usize>,
    /// The first instance of a repeated resource, by the address without its last `[…]`.
    by_block: FxHashMap<String, usize>,
    /// Type and name in small letters; an unknown name goes by its identity.
    by_name: FxHashMap<(String, String), usize>,
}

impl Index {
    pub(super) fn new(resources: &[Resource]) -> Self {
        let mut index = Index {
            by_address: FxHashMap::default(),
            by_block: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        for (position, resource) in resources.iter().enumerate() {
            index.by_address.entry(Arc::clone(&resource.address)).or_insert(position);
            if let Some(block) = block_address(&resource.address) {
                index.by_block.entry(block.to_owned()).or_insert(position);
            }
            if let Some(name) = name_key(&resource.name) {
                let key = (resource.resource_type.as_str().to_ascii_lowercase(), name);
                index.by_name.entry(key).or_insert(position);
            }
        }
        index
    }

    /// The resource of an address; for a repeated resource without index its first instance.
    fn address(&self, address: &str) -> Option<usize> {
        self.by_address.get(address).or_else(|| self.by_block.get(address)).copied()
    }

    /// The resource of type `wanted`, or of one that lies above it, that `value` means: a reference to it, its id, or its name.
    pub(super) fn find(&self, resources: &[Resource], value: &Value, wanted: &str) -> Option<usize> {
        match &value.kind {
            Kind::Reference(reference) => match &reference.target {
                Target::Declared { address, .. } => {
                    let found = self.address(address)?;
                    resources
                        .get(found)
                        .is_some_and(|resource| is_or_above(resource.resource_type.as_str(), wanted))
                        .then_some(found)
                }
                Target::Id { resource_type, names, .. } => {
                    let name = name_key(names.last()?)?;
                    self.named(resource_type, &name).filter(|_| is_or_above(resource_type, wanted))
                }
                Target::Scope { .. } => None,
            },
            Kind::String(text) if text.starts_with('/') => {
                let Some(Id::Resource { resource_type, names, .. }) = ids::parse(text) else { return None };
                let name = names.last()?.to_ascii_lowercase();
                self.named(&resource_type, &name).filter(|_| is_or_above(&resource_type, wanted))
            }
            _ => {
                let name = name_key(value)?;
                above(wanted).find_map(|resource_type| self.named(resource_type, &name))
            }
        }
    }

    fn named(&self, resource_type: &str, name: &str) -> Option<usize> {
        self.by_name.get(&(resource_type.to_ascii_lowercase(), name.to_owned())).copied()
    }

    /// The address of the parent of the resource at `child`, which one of `values` says.
    pub(super) fn parent(&self, resources: &[Resource], child: usize, values: &[Value]) -> Option<Arc<str>> {
        let resource = resources.get(child)?;
        let wanted = resource.resource_type.parent()?;
        let found = values
            .iter()
            .find_map(|value| self.find(resources, value, wanted))
            .or_else(|| self.by_reference(resources, resource, wanted))?;
        let found = resources.get(found).filter(|found| found.address != resource.address)?;
        // a container lies in its account's blob service where that is in the model
        let between = wanted.rsplit_once('/').map(|(_, segment)| format!("{}/{segment}", found.address));
        let between = between.filter(|_| !found.resource_type.is(wanted)).and_then(|address| {
            self.by_address.get(address.as_str()).and_then(|position| resources.get(*position))
        });
        Some(Arc::clone(&between.unwrap_or(found).address))
    }

    /// The address of the parent, where the attribute names another child of it: the assessment of a server names its alert policy.
    pub(super) fn parent_of_sibling(
        &self,
        resources: &[Resource],
        child: usize,
        values: &[Value],
    ) -> Option<Arc<str>> {
        let wanted = resources.get(child)?.resource_type.parent()?;
        values.iter().find_map(|value| {
            let Kind::Reference(reference) = &value.kind else { return None };
            let Target::Declared { address, .. } = &reference.target else { return None };
            let sibling = resources.get(self.address(address)?)?;
            sibling.parent.clone().filter(|_| sibling.resource_type.parent() == Some(wanted))
        })
    }

    /// The parent among the resources that the attributes refer to by an id or name, for types whose table names no attribute.
    fn by_reference(&self, resources: &[Resource], resource: &Resource, wanted: &str) -> Option<usize> {
        let attributes = resource.attributes.as_ref()?.as_object()?;
        attributes
            .members()
            .filter(|(key, _)| key.as_str().ends_with("_id") || key.as_str().ends_with("_name"))
            .filter(|(_, member)| matches!(member.value.kind, Kind::Reference(_)))
            .find_map(|(_, member)| self.find(resources, &member.value, wanted))
    }
}

/// `a.b` of `a.b["x"]`.
fn block_address(address: &str) -> Option<&str> {
    let before = address.strip_suffix(']')?;
    // a key may hold brackets itself, but it stands in quotes then
    let start = if before.ends_with('"') { before.rfind("[\"") } else { before.rfind('[') }?;
    before.get(..start)
}

/// What a name is found by; `None` for one of which nothing is known.
pub(super) fn name_key(name: &Value) -> Option<String> {
    match &name.kind {
        Kind::String(text) => Some(text.to_ascii_lowercase()),
        Kind::Unknown(unknown) => unknown.identity.as_ref().map(|identity| format!("\0{identity}")),
        Kind::Reference(reference) => match (&reference.target, &reference.property) {
            (Target::Declared { address, .. }, Some(property)) => Some(format!("\0{address}.{property}")),
            _ => None,
        },
        _ => None,
    }
}

/// The type itself, then those above it.
fn above(resource_type: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(resource_type), |current| {
        current.rsplit_once('/').map(|(parent, _)| parent).filter(|parent| parent.contains('/'))
    })
}

fn is_or_above(found: &str, wanted: &str) -> bool {
    above(wanted).any(|candidate| candidate.eq_ignore_ascii_case(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_belongs_to_its_block() {
        assert_eq!(block_address("azurerm_subnet.s[0]"), Some("azurerm_subnet.s"));
        assert_eq!(
            block_address(r#"module.m["a"].azurerm_subnet.s["x[1]"]"#),
            Some(r#"module.m["a"].azurerm_subnet.s"#)
        );
        assert_eq!(block_address("azurerm_subnet.s"), None);
    }

    #[test]
    fn a_type_lies_below_those_before_its_slashes() {
        let types: Vec<&str> = above("Microsoft.Storage/storageAccounts/blobServices").collect();
        assert_eq!(
            types,
            ["Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts"]
        );
        assert!(is_or_above(
            "microsoft.storage/storageaccounts",
            "Microsoft.Storage/storageAccounts/blobServices"
        ));
        assert!(!is_or_above(
            "Microsoft.Storage/storageAccounts/blobServices",
            "Microsoft.Storage/storageAccounts"
        ));
    }
}
