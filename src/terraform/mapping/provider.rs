//! The tables against the provider's schema: a misspelt attribute would silently map nothing.

use std::collections::BTreeSet;

use super::format::{Name, Part, Step, Transform};
use super::tables;
use crate::terraform::schema::{self, Element, Schema};

/// What every resource may have and few list in a schema of ours.
const META: [&str; 1] = ["timeouts"];

/// What only versions before 3.117 had, and older code still says: by type, or by type and attribute with all that is in it.
const OLDER: [&str; 18] = [
    "azurerm_data_lake_store",
    "azurerm_key_vault.soft_delete_enabled",
    "azurerm_key_vault_access_policy.vault_name",
    "azurerm_kubernetes_cluster.addon_profile",
    "azurerm_kubernetes_cluster.default_node_pool.availability_zones",
    "azurerm_kubernetes_cluster.role_based_access_control",
    "azurerm_mssql_database.extended_auditing_policy",
    "azurerm_mssql_server.extended_auditing_policy",
    "azurerm_network_interface.network_security_group_id",
    "azurerm_sql_database.extended_auditing_policy",
    "azurerm_sql_server.extended_auditing_policy",
    "azurerm_storage_account_network_rules.storage_account_name",
    "azurerm_subnet.address_prefix",
    "azurerm_subnet.network_security_group_id",
    "azurerm_subnet.route_table_id",
    // the schema that we have is without the services of analytics, which the provider has in all versions
    "azurerm_data_factory",
    "azurerm_synapse_",
    // there is no such attribute: as an item without a name is the first one, the group goes into the interface's first configuration
    "azurerm_network_interface_application_security_group_association.ip_configuration_name",
];

/// Whether some major version of the provider has what a path leads to.
fn has(schema: &Schema, path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    if META.contains(name) {
        return true;
    }
    match schema.attribute(name) {
        None => false,
        Some(attribute) => match &attribute.element {
            Element::Block(inside) => has(inside, rest),
            // an attribute without blocks in it, or one that the schema does not describe
            Element::Other => true,
            Element::String | Element::Bool | Element::Number => rest.is_empty(),
        },
    }
}

/// Whether a path is the known one or begins with it: `a.b` is in `a`, and `a_b` in `a_`.
fn is_within(path: &str, known: &str) -> bool {
    path.strip_prefix(known)
        .is_some_and(|rest| known.ends_with('_') || rest.is_empty() || rest.starts_with(['.', ':']))
}

/// Every attribute that a table reads, as a path.
fn attributes(table: &'static super::Table) -> BTreeSet<Vec<&'static str>> {
    let path = |steps: &'static [Step]| steps.iter().map(|step| step.name).collect::<Vec<_>>();
    let mut all = BTreeSet::new();
    for rule in table.rules {
        all.insert(path(rule.source));
        for transform in rule.transforms {
            let Transform::Format(parts) = transform else { continue };
            let block = rule.source.split_last().map_or(&[][..], |(_, block)| block);
            for part in *parts {
                let Part::Attribute(name) = part else { continue };
                // from the same block or, failing that, from the top
                let mut inside = path(block);
                inside.push(name);
                let schema = schema::of(table.name);
                let there = schema.is_some_and(|schema| has(&schema, &inside));
                all.insert(if there { inside } else { vec![name] });
            }
        }
    }
    all.extend(table.parents.iter().chain(table.scopes).map(|name| name.split('.').collect()));
    match table.name_rule {
        // `name` stands for all types that have no other
        Name::Attribute("name") | Name::Constant(_) => {}
        Name::Attribute(name) | Name::AttributeOr(name, _) => {
            all.insert(name.split('.').collect());
        }
    }
    all.extend(table.item.as_ref().map(|item| vec![item.name]));
    all
}

#[test]
fn every_mapped_attribute_exists_in_the_provider() {
    let mut wrong = Vec::new();
    for table in tables::TABLES {
        let Some(schema) = schema::of(table.name) else {
            // The schema is that of azurerm alone.
            if table.mapped && !table.name.starts_with("azuread_") {
                wrong.push(format!("{}: no such type", table.name));
            }
            continue;
        };
        for path in attributes(table) {
            // they stand for all types, whether these have them or not
            if !matches!(path[..], ["location" | "tags" | "zones" | "identity", ..]) && !has(&schema, &path) {
                wrong.push(format!("{}.{}", table.name, path.join(".")));
            }
        }
    }
    let mut excused: BTreeSet<&str> = BTreeSet::new();
    wrong.retain(|path| {
        let known = OLDER.iter().find(|known| is_within(path, known));
        excused.extend(known);
        known.is_none()
    });
    let idle: Vec<_> = OLDER.iter().filter(|known| !excused.contains(**known)).collect();
    assert!(idle.is_empty(), "nothing maps these any more: {idle:?}");
    assert!(wrong.is_empty(), "{} attributes are in no version:\n{}", wrong.len(), wrong.join("\n"));
}
