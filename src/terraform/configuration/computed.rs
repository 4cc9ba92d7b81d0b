//! What is known of attributes that only a data source gives: how ids begin.

use std::sync::Arc;

use crate::value::{Facts, Kind, Piece, Unknown, Value};

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
}
