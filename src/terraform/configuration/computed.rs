//! What is known of attributes that only a data source gives: how ids begin, and which built-in role a name means.

use std::sync::Arc;

use crate::model::BuiltInRole;
use crate::value::{Facts, Kind, Object, Piece, Unknown, Value};

/// How the id of a data source begins, where that says what kind of thing it is: the scope of a role assignment hangs on it.
fn id_prefix(resource_type: &str) -> Option<&'static str> {
    match resource_type {
        "azurerm_subscription" => Some("/subscriptions/"),
        "azurerm_management_group" => Some("/providers/Microsoft.Management/managementGroups/"),
        _ => None,
    }
}

/// What is known of an attribute that a data source reads: `unknown` is what nothing is known of.
pub(super) fn read(resource_type: &str, attribute: &str, unknown: Unknown) -> Value {
    let mut facts = Facts { not_null: attribute == "id", ..Facts::default() };
    if let (Some(prefix), "id") = (id_prefix(resource_type), attribute) {
        let rest = Value::new(Kind::Unknown(Arc::new(Unknown { identity: None, ..unknown.clone() })));
        facts.pieces = Some(Arc::new([Piece::Text(prefix.into()), Piece::Hole(rest)]));
    }
    Value::new(Kind::Unknown(Arc::new(unknown.with_facts(facts))))
}

/// An attribute of `data.azurerm_role_definition`, where the name that is looked up is one of Azure's own roles: its GUID, or the id that
/// ends in it. `attributes` are those that are configured.
pub(super) fn role_definition(attributes: &Object, attribute: &str, unknown: Unknown) -> Option<Value> {
    let role = BuiltInRole::by_name(attributes.value("name")?.as_str()?)?;
    match attribute {
        "role_definition_id" => Some(Value::string(role.id)),
        "id" => {
            let scope = Value::new(Kind::Unknown(Arc::new(Unknown { identity: None, ..unknown.clone() })));
            let end = format!("/providers/Microsoft.Authorization/roleDefinitions/{}", role.id);
            let pieces = Arc::new([Piece::Hole(scope), Piece::Text(end.into())]);
            let facts = Facts { not_null: true, pieces: Some(pieces), ..Facts::default() };
            Some(Value::new(Kind::Unknown(Arc::new(unknown.with_facts(facts)))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Reason, ReasonKind};

    #[test]
    fn the_id_of_a_subscription_begins_with_what_it_is() {
        let read = |resource_type: &str, attribute: &str| {
            let unknown = Unknown::new(Reason::new(ReasonKind::DataSource, "read from Azure"));
            read(resource_type, attribute, unknown)
        };
        assert_eq!(
            read("azurerm_subscription", "id").as_unknown().unwrap().prefix(),
            Some("/subscriptions/")
        );
        assert_eq!(read("azurerm_subscription", "display_name").as_unknown().unwrap().prefix(), None);
        assert_eq!(read("azurerm_key_vault", "id").as_unknown().unwrap().prefix(), None);
    }
    #[test]
    fn a_role_that_is_looked_up_by_name_is_known() {
        let unknown = || Unknown::new(Reason::new(ReasonKind::DataSource, "read from Azure"));
        let named = |name: &str| [("name", Value::string(name))].into_iter().collect::<Object>();
        let id = role_definition(&named("Owner"), "id", unknown()).unwrap();
        let end = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
        assert_eq!(id.as_unknown().unwrap().suffix(), Some(end));
        let guid = role_definition(&named("Reader"), "role_definition_id", unknown()).unwrap();
        assert_eq!(guid.as_str(), Some("acdd72a7-3385-48ef-bd42-f606fba81ae7"));
        assert!(role_definition(&named("Of Our Own"), "id", unknown()).is_none());
    }
}
