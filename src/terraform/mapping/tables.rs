//! The compiled tables and how they are found.

use super::format::{Absent, Child, Const, ItemOf, Name, Part, Relation, Rule, Step, Table, Transform};

include!(concat!(env!("OUT_DIR"), "/mappings.rs"));

/// The table of an `azurerm_*` type.
pub(super) fn table(resource_type: &str) -> Option<&'static Table> {
    let index = TABLES.binary_search_by(|table| table.name.cmp(resource_type)).ok()?;
    TABLES.get(index)
}

/// The GUID of a built-in role, by its name without regard to case.
pub(super) fn role(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let index = ROLES.binary_search_by(|(role, _)| (*role).cmp(name.as_str())).ok()?;
    ROLES.get(index).map(|(_, id)| *id)
}
