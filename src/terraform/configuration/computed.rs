//! What is known of attributes that only the provider or the deployment gives: that they are secrets, and how ids begin.

use std::sync::Arc;

use crate::value::{Facts, Kind, Piece, Unknown, Value};

/// Attributes that providers compute and declare sensitive, in whichever resource type or data source they stand
/// (azurerm 3 to 5, `random` and `tls`). Sorted.
const SECRET_ATTRIBUTES: [&str; 58] = [
    "access_key",
    "admin_password",
    "authorization_key",
    "client_key",
    "client_secret",
    "connection_string",
    "default_function_key",
    "default_primary_connection_string",
    "default_primary_connection_string_alias",
    "default_primary_key",
    "default_secondary_connection_string",
    "default_secondary_connection_string_alias",
    "default_secondary_key",
    "docker_registry_password",
    "dsc_primary_access_key",
    "dsc_secondary_access_key",
    "event_grid_extension_config_key",
    "event_grid_extension_key",
    "express_route_authorization_key",
    "host_key",
    "kube_admin_config",
    "kube_admin_config_raw",
    "kube_config",
    "kube_config_raw",
    "primary_access_key",
    "primary_blob_connection_string",
    "primary_connection_string",
    "primary_connection_string_alias",
    "primary_key",
    "primary_mongodb_connection_string",
    "primary_readonly_key",
    "primary_readonly_mongodb_connection_string",
    "primary_readonly_sql_connection_string",
    "primary_shared_key",
    "primary_sql_connection_string",
    "private_key",
    "private_key_openssh",
    "private_key_pem",
    "private_key_pem_pkcs8",
    "query_keys",
    "sas",
    "sas_url",
    "secondary_access_key",
    "secondary_blob_connection_string",
    "secondary_connection_string",
    "secondary_connection_string_alias",
    "secondary_key",
    "secondary_mongodb_connection_string",
    "secondary_readonly_key",
    "secondary_readonly_mongodb_connection_string",
    "secondary_readonly_sql_connection_string",
    "secondary_shared_key",
    "secondary_sql_connection_string",
    "site_credential",
    "storage_account_access_key",
    "token_secret",
    "user_accounts",
    "webpubsub_extension_key",
];

/// Attributes whose name alone does not tell, with the type that they are secrets of. Sorted.
const SECRETS_OF_TYPES: [(&str, &str); 5] = [
    ("azuread_application_password", "value"),
    ("azuread_service_principal_password", "value"),
    ("azurerm_key_vault_secret", "value"),
    ("azurerm_static_web_app", "api_key"),
    ("random_password", "result"),
];

/// Whether an attribute that is not configured is a secret.
pub(super) fn is_secret(resource_type: &str, attribute: &str) -> bool {
    SECRET_ATTRIBUTES.binary_search(&attribute).is_ok()
        || SECRETS_OF_TYPES.binary_search(&(resource_type, attribute)).is_ok()
}

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
        .tainted(is_secret(resource_type, attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_as_the_search_needs_them() {
        assert!(SECRET_ATTRIBUTES.is_sorted());
        assert!(SECRETS_OF_TYPES.is_sorted());
    }

    #[test]
    fn a_name_that_many_types_use_is_a_secret_of_some_only() {
        assert!(is_secret("azurerm_storage_account", "primary_access_key"));
        assert!(is_secret("azurerm_key_vault_secret", "value"));
        assert!(!is_secret("azurerm_app_configuration_key", "value"));
        assert!(!is_secret("azurerm_storage_account", "primary_blob_endpoint"));
    }
}
