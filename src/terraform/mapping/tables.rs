//! The compiled tables and how they are found.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::format::{Absent, Child, Const, ItemOf, Name, Part, Relation, Rule, Step, Table, Transform};

include!(concat!(env!("OUT_DIR"), "/mappings.rs"));

/// The table of an `azurerm_*` type.
pub(super) fn table(resource_type: &str) -> Option<&'static Table> {
    let index = TABLES.binary_search_by(|table| table.name.cmp(resource_type)).ok()?;
    TABLES.get(index)
}

/// The types of all tables, and those above them, by their text in small letters.
static SPELLINGS: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    let of_table = |table: &'static Table| {
        std::iter::once(table.arm).chain(table.children.iter().map(|child| child.arm))
    };
    let mut spellings = FxHashMap::default();
    for arm in TABLES.iter().flat_map(of_table) {
        let ends = arm.match_indices('/').map(|(at, _)| at).chain([arm.len()]);
        for known in ends.filter_map(|end| arm.get(..end)) {
            spellings.entry(known.to_ascii_lowercase()).or_insert(known);
        }
    }
    spellings
});

/// A namespace or type as Azure spells it, where a table knows it.
pub(super) fn spelling(resource_type: &str) -> Option<&'static str> {
    SPELLINGS.get(&resource_type.to_ascii_lowercase()).copied()
}
