use serde_json::json;

use super::*;
use crate::value::{Array, Collection as ValueCollection, Kind, Object, Origin, Value, to_json};

fn object(members: impl IntoIterator<Item = (&'static str, Value)>) -> Object {
    members.into_iter().collect()
}

#[test]
fn every_type_is_read() {
    let names: Vec<&str> = TEXT.lines().filter(|line| !line.starts_with('\t')).collect();
    assert!(names.len() > 1_000 && names.is_sorted());
    assert_eq!(names.len(), TYPES.len());
    for name in names {
        let schema = of(name).unwrap();
        for (attribute, known) in schema.attributes() {
            let understood =
                !matches!(known.element, Element::Other) || known.collection != Collection::Single;
            assert!(!attribute.is_empty() && (understood || name == "terraform_data"), "{name}.{attribute}");
        }
    }
    assert!(of("azurerm_nothing").is_none());
}

#[test]
fn versions_differ() {
    let schema = of("azurerm_storage_account").unwrap();
    let public = schema.attribute("allow_nested_items_to_be_public").unwrap();
    assert_eq!(
        [3, 4, 5, 6].map(|major| public.state(major)),
        ["true", "true", "false", "false"].map(State::Default)
    );
    let old = schema.attribute("enable_https_traffic_only").unwrap();
    assert_eq!((old.state(3), old.state(4)), (State::Computed, State::Missing));
}

#[test]
fn values_take_the_types_of_the_schema() {
    let rules = Value::object(object([
        ("default_action", Value::string("Deny")),
        ("ip_rules", Value::array(["b", "a", "b"].map(Value::string).into_iter().collect())),
    ]));
    let attributes = object([
        ("https_traffic_only_enabled", Value::string("false").tainted(true)),
        ("min_tls_version", Value::string("TLS1_2")),
        ("name", Value::int(42)),
        ("tags", Value::object(object([("n", Value::int(1))]))),
        ("network_rules", rules),
        ("sftp_enabled", Value::string("yes")),
    ]);
    let conformed = conform(&attributes, &of("azurerm_storage_account").unwrap());
    assert!(conformed.value("https_traffic_only_enabled").unwrap().secret);
    let conformed = Value::object(conformed);
    let mut shown = to_json(&conformed);
    assert_eq!(shown["https_traffic_only_enabled"]["$secret"], json!("secret"));
    shown["https_traffic_only_enabled"] = json!(null);
    assert_eq!(
        shown,
        json!({"https_traffic_only_enabled": null, "min_tls_version": "TLS1_2", "name": "42", "tags": {"n": "1"},
            "network_rules": [{"default_action": "Deny", "ip_rules": ["a", "b"]}], "sftp_enabled": "yes"})
    );
    let rules = conformed.as_object().unwrap().value("network_rules").unwrap();
    assert_eq!(rules.as_array().unwrap().collection, ValueCollection::Uniform);
}

#[test]
fn nested_blocks_are_completed_and_the_resource_is_not() {
    let policy = Value::object(object([("days", Value::int(30))]));
    let blob = Value::object(object([("delete_retention_policy", Value::array(Array::from_iter([policy])))]));
    let attributes = object([("blob_properties", Value::array(Array::from_iter([blob])))]);
    let completed = complete(&attributes, &of("azurerm_storage_account").unwrap(), 4, &Origin::default());
    assert_eq!(
        to_json(&Value::new(Kind::Object(Arc::new(completed)))),
        json!({"blob_properties": [{
            "delete_retention_policy": [{"days": 30, "permanent_delete_enabled": false}],
            "change_feed_enabled": false, "change_feed_retention_in_days": null, "container_delete_retention_policy": [],
            "cors_rule": [], "last_access_time_enabled": false, "restore_policy": [], "versioning_enabled": false}]})
    );
}

#[test]
fn nulls_take_defaults_and_empty_collections_are_nothing() {
    let rules =
        object([("default_action", Value::string("Deny")), ("ip_rules", Value::array(Array::default()))]);
    let attributes = object([
        ("min_tls_version", Value::null()),
        ("access_tier", Value::null()),
        ("tags", Value::object(Object::new())),
        ("network_rules", Value::array(Array::from_iter([Value::object(rules)]))),
    ]);
    let completed = complete(&attributes, &of("azurerm_storage_account").unwrap(), 4, &Origin::default());
    assert_eq!(
        to_json(&Value::object(completed)),
        json!({"min_tls_version": "TLS1_2", "access_tier": null, "tags": null,
            "network_rules": [{"default_action": "Deny", "private_link_access": []}]})
    );
}
