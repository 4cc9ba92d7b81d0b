//! The compiled tables and how they are found.

use super::format::{Absent, Child, Const, ItemOf, Name, Part, Relation, Rule, Step, Table, Transform};

include!(concat!(env!("OUT_DIR"), "/mappings.rs"));

/// The table of an `azurerm_*` type.
pub(super) fn table(resource_type: &str) -> Option<&'static Table> {
    let index = TABLES.binary_search_by(|table| table.name.cmp(resource_type)).ok()?;
    TABLES.get(index)
}
