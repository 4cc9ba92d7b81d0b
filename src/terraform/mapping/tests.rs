use serde_json::{Value as Json, json};

use super::*;
use crate::source::Sources;
use crate::value::{Array, Collection, Kind, Member, Number, Reference, to_json};

/// A value out of JSON, every member and item written somewhere of its own.
fn value(json: &Json, at: &mut u32, file: crate::source::FileId) -> Value {
    *at += 10;
    let span = Span { file, start: *at, end: *at + 5 };
    match json {
        Json::Null => Value::null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => Number::parse(&number.to_string())
            .map_or_else(Value::null, |number| Value::new(Kind::Number(number))),
        // a word in angle brackets is a reference
        Json::String(text) => match text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
            Some(address) => Value::reference(Reference::to_declared(address, "x")),
            None if text == "?" => Value::unknown(Reason::new(ReasonKind::Parameter, "var.x is not set")),
            None => Value::string(text.as_str()),
        },
        Json::Array(items) => {
            let mut array: Array = items.iter().map(|item| value(item, at, file)).collect();
            array.collection = Collection::Uniform;
            Value::array(array)
        }
        Json::Object(members) => {
            let mut object = Object::new();
            for (key, json) in members {
                let value = value(json, at, file);
                object.insert(key.as_str(), Member { site: Some(span), key_span: None, value });
            }
            Value::object(object)
        }
    }
    .at(span)
}

fn resource(address: &str, attributes: &Json) -> TerraformResource {
    let file = Sources::new().add_text("main.tf", "x".repeat(4000));
    let header = Span { file, start: 0, end: 9 };
    let (resource_type, label) = address.split_once('.').unwrap();
    TerraformResource {
        address: address.into(),
        resource_type: resource_type.into(),
        label: label.into(),
        loop_instance: None,
        conditional: false,
        attributes: value(attributes, &mut 10, file),
        existing: false,
        operations: None,
        provider_version: None,
        span: Span { file, start: 0, end: 4000 },
        header,
        calls: Arc::new([]),
        owned: true,
    }
}

fn map(resources: &[(&str, Json)]) -> Vec<Resource> {
    let resources = resources.iter().map(|(address, attributes)| resource(address, attributes)).collect();
    map_resources(resources).resources
}

fn find<'a>(resources: &'a [Resource], address: &str) -> &'a Resource {
    resources.iter().find(|resource| &*resource.address == address).unwrap()
}

fn at<'a>(resource: &'a Resource, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(&resource.body, |value, name| match name.parse::<usize>() {
        Ok(index) => value.as_array()?.items.get(index).map(|item| &item.value),
        Err(_) => value.as_object()?.value(name),
    })
}

fn shown(resource: &Resource, path: &str) -> Json {
    at(resource, path).map_or(Json::Null, to_json)
}

#[test]
fn an_attribute_goes_to_its_place_and_keeps_where_it_was_written() {
    let mapped = map(&[(
        "azurerm_storage_account.sa",
        json!({"name": "st1", "location": "West Europe", "account_tier": "Standard",
               "account_replication_type": "GRS", "https_traffic_only_enabled": "false",
               "public_network_access_enabled": false}),
    )]);
    let account = &mapped[0];
    assert_eq!(account.resource_type.as_str(), "Microsoft.Storage/storageAccounts");
    assert_eq!(account.name.as_str(), Some("st1"));
    assert_eq!(shown(account, "location"), "westeurope");
    assert_eq!(shown(account, "sku/name"), "Standard_GRS");
    assert_eq!(shown(account, "properties/supportsHttpsTrafficOnly"), false);
    assert_eq!(shown(account, "properties/publicNetworkAccess"), "Disabled");
    let properties = at(account, "properties").and_then(Value::as_object).unwrap();
    let member = properties.get("publicNetworkAccess").unwrap();
    assert!(member.site.is_some());
    assert!(!member.value.origin.is_provider_default());
    assert!(member.value.origin.span.is_some());
}

#[test]
fn what_is_absent_is_the_default_of_the_providers_major() {
    let account = |version| {
        let mut account =
            resource("azurerm_storage_account.sa", &json!({"name": "st1", "min_tls_version": null}));
        account.provider_version = version;
        map_resources(vec![account]).resources.remove(0)
    };
    let public = |version| shown(&account(version), "properties/allowBlobPublicAccess");
    assert_eq!(public(Some((3, 117))), true);
    assert_eq!(public(None), true);
    assert_eq!(public(Some((5, 2))), false);
    let account = account(None);
    let tls = at(&account, "properties/minimumTlsVersion").unwrap();
    assert_eq!(tls.as_str(), Some("TLS1_2"));
    assert!(tls.origin.is_provider_default());
    assert_eq!(tls.origin.span, Some(account.header));
    assert_eq!(tls.origin.via.as_ref().map(|step| &*step.name), Some("min_tls_version"));
    let properties = at(&account, "properties").and_then(Value::as_object).unwrap();
    assert_eq!(properties.get("minimumTlsVersion").and_then(|member| member.site), None);
}

#[test]
fn old_spellings_mean_the_same_and_hold_the_default_off() {
    let mapped = map(&[
        ("azurerm_storage_account.a", json!({"enable_https_traffic_only": false})),
        ("azurerm_cosmosdb_account.b", json!({"local_authentication_disabled": true})),
        ("azurerm_cosmosdb_account.c", json!({"local_authentication_enabled": true})),
    ]);
    assert_eq!(shown(&mapped[0], "properties/supportsHttpsTrafficOnly"), false);
    assert_eq!(shown(&mapped[1], "properties/disableLocalAuth"), true);
    assert_eq!(shown(&mapped[2], "properties/disableLocalAuth"), false);
}

#[test]
fn blocks_and_lists_become_arrays_item_by_item() {
    let mapped = map(&[(
        "azurerm_network_security_group.nsg",
        json!({"name": "nsg", "security_rule": [
            {"name": "ssh", "priority": 100, "destination_port_ranges": ["22", "3389"]},
            {"name": "web", "priority": 110, "destination_port_range": "443"}]}),
    )]);
    assert_eq!(
        shown(&mapped[0], "properties/securityRules"),
        json!([
            {"name": "ssh", "properties": {"priority": 100, "destinationPortRanges": ["22", "3389"]}},
            {"name": "web", "properties": {"destinationPortRange": "443", "priority": 110}}])
    );
    let mapped = map(&[(
        "azurerm_key_vault.kv",
        json!({"network_acls": [{"default_action": "Deny", "bypass": "None", "ip_rules": ["1.2.3.4", "5.6.7.8"]}]}),
    )]);
    assert_eq!(
        shown(&mapped[0], "properties/networkAcls/ipRules"),
        json!([{"value": "1.2.3.4"}, {"value": "5.6.7.8"}])
    );
}

#[test]
fn further_resources_hang_below_the_first() {
    let mapped = map(&[
        (
            "azurerm_storage_account.sa",
            json!({"name": "st1", "blob_properties": [{"versioning_enabled": true}]}),
        ),
        ("azurerm_storage_container.c", json!({"name": "c", "storage_account_name": "ST1"})),
        (
            "azurerm_storage_container.d",
            json!({"name": "d", "storage_account_id": "<azurerm_storage_account.sa>"}),
        ),
    ]);
    let assessment = map(&[
        (
            "azurerm_mssql_server_vulnerability_assessment.a",
            json!({"server_security_alert_policy_id": "<azurerm_mssql_server_security_alert_policy.p>"}),
        ),
        ("azurerm_mssql_server_security_alert_policy.p", json!({"server_name": "sql1"})),
        ("azurerm_mssql_server.s", json!({"name": "sql1"})),
    ]);
    let assessment = find(&assessment, "azurerm_mssql_server_vulnerability_assessment.a");
    assert_eq!(assessment.parent.as_deref(), Some("azurerm_mssql_server.s"));
    let service = find(&mapped, "azurerm_storage_account.sa/blobServices");
    assert_eq!(service.resource_type.as_str(), "Microsoft.Storage/storageAccounts/blobServices");
    assert_eq!(service.parent.as_deref(), Some("azurerm_storage_account.sa"));
    assert_eq!(shown(service, "properties/isVersioningEnabled"), true);
    for container in ["azurerm_storage_container.c", "azurerm_storage_container.d"] {
        let container = find(&mapped, container);
        assert_eq!(container.parent.as_deref(), Some("azurerm_storage_account.sa/blobServices"));
        assert_eq!(shown(container, "properties/publicAccess"), "None");
    }
}

#[test]
fn a_part_is_folded_into_what_it_belongs_to() {
    let mapped = map(&[
        ("azurerm_storage_account.sa", json!({"name": "st1"})),
        (
            "azurerm_storage_account_network_rules.r",
            json!({"storage_account_id": "<azurerm_storage_account.sa>", "default_action": "Deny", "ip_rules": ["1.2.3.4"]}),
        ),
        ("azurerm_key_vault.kv", json!({"name": "kv", "access_policy": [{"object_id": "a"}]})),
        (
            "azurerm_key_vault_access_policy.p",
            json!({"key_vault_id": "<azurerm_key_vault.kv>", "object_id": "b", "secret_permissions": ["Get", "List"]}),
        ),
    ]);
    assert_eq!(mapped.len(), 4);
    let part = find(&mapped, "azurerm_storage_account_network_rules.r");
    assert!(part.partial && part.resource_type.is("azurerm_storage_account_network_rules"));
    assert_eq!(shown(&mapped[0], "properties/networkAcls/defaultAction"), "Deny");
    assert_eq!(
        shown(&mapped[0], "properties/networkAcls/ipRules"),
        json!([{"value": "1.2.3.4", "action": "Allow"}])
    );
    let vault = find(&mapped, "azurerm_key_vault.kv");
    assert_eq!(
        shown(vault, "properties/accessPolicies"),
        json!([{"objectId": "a"}, {"objectId": "b", "permissions": {"secrets": ["Get", "List"]}}])
    );
}

#[test]
fn parts_of_something_undeclared_share_a_stub() {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv1";
    let mapped = map(&[
        ("azurerm_key_vault_access_policy.p", json!({"key_vault_id": id, "object_id": "a"})),
        ("azurerm_key_vault_access_policy.q", json!({"key_vault_id": id, "object_id": "b"})),
    ]);
    let stubs: Vec<&Resource> =
        mapped.iter().filter(|resource| resource.resource_type.is("Microsoft.KeyVault/vaults")).collect();
    assert_eq!((stubs.len(), mapped.len()), (1, 2));
    assert_eq!(&*stubs[0].address, "azurerm_key_vault_access_policy.p");
    assert!(stubs[0].partial);
    assert_eq!(stubs[0].name.as_str(), Some("kv1"));
    assert_eq!(shown(stubs[0], "properties/accessPolicies"), json!([{"objectId": "a"}, {"objectId": "b"}]));
}

#[test]
fn a_part_that_may_not_be_there_leaves_its_values_open() {
    let account = resource("azurerm_storage_account.sa", &json!({"name": "st1"}));
    let rules = json!({"storage_account_id": "<azurerm_storage_account.sa>", "default_action": "Deny"});
    let mut rules = resource("azurerm_storage_account_network_rules.r", &rules);
    rules.conditional = true;
    let mapped = map_resources(vec![account, rules]).resources;
    assert!(at(&mapped[0], "properties/networkAcls/defaultAction").unwrap().as_unknown().is_some());
}

#[test]
fn an_association_finds_its_item_by_name() {
    let mapped = map(&[
        (
            "azurerm_network_interface.n",
            json!({"name": "n", "ip_configuration": [{"name": "a"}, {"name": "b"}]}),
        ),
        (
            "azurerm_network_interface_application_security_group_association.x",
            json!({"network_interface_id": "<azurerm_network_interface.n>", "ip_configuration_name": "b",
                   "application_security_group_id": "<azurerm_application_security_group.g>"}),
        ),
    ]);
    assert_eq!(
        shown(&mapped[0], "properties/ipConfigurations/0/properties/applicationSecurityGroups"),
        Json::Null
    );
    let groups = at(&mapped[0], "properties/ipConfigurations/1/properties/applicationSecurityGroups/0/id");
    assert!(groups.and_then(Value::as_reference).is_some());
}

#[test]
fn unknowns_stay_unknown_and_choices_are_made_branch_by_branch() {
    let mut account = resource(
        "azurerm_storage_account.sa",
        &json!({"public_network_access_enabled": "?", "location": "?"}),
    );
    let mapped = map_resources(vec![account.clone()]).resources;
    let access = at(&mapped[0], "properties/publicNetworkAccess").and_then(Value::as_unknown).unwrap();
    assert_eq!(&*access.reason().text, "var.x is not set");
    let mut attributes = Object::new();
    attributes.insert("https_traffic_only_enabled", Value::bool(true).tainted(true));
    let either = Value::one_of([Value::bool(true), Value::bool(false)]).unwrap();
    attributes.insert("public_network_access_enabled", either);
    account.attributes = Value::object(attributes);
    let mapped = map_resources(vec![account]).resources;
    assert_eq!(
        shown(&mapped[0], "properties/publicNetworkAccess"),
        json!({"$oneOf": ["Enabled", "Disabled"]})
    );
    assert!(at(&mapped[0], "properties/supportsHttpsTrafficOnly").unwrap().secret);
}

#[test]
fn blocks_that_are_resources_in_arm_become_children() {
    let mapped = map(&[
        (
            "azurerm_container_registry.two",
            json!({"name": "cr", "sku": "Premium", "georeplications": [
                {"location": "northeurope", "zone_redundancy_enabled": true},
                {"location": "?"},
            ]}),
        ),
        ("azurerm_container_registry.some", json!({"name": "cr", "sku": "Premium", "georeplications": "?"})),
        ("azurerm_container_registry.none", json!({"name": "cr", "sku": "Premium", "georeplications": []})),
    ]);
    let first = find(&mapped, "azurerm_container_registry.two/replications[0]");
    assert!(first.resource_type.is("Microsoft.ContainerRegistry/registries/replications"));
    assert_eq!(first.parent.as_deref(), Some("azurerm_container_registry.two"));
    assert_eq!(first.name.as_str(), Some("northeurope"));
    assert_eq!(shown(first, "properties/zoneRedundancy"), json!("Enabled"));
    let second = find(&mapped, "azurerm_container_registry.two/replications[1]");
    assert!(second.name.as_unknown().is_some());
    assert_eq!(shown(second, "properties/zoneRedundancy"), json!("Disabled"));
    assert!(find(&mapped, "azurerm_container_registry.some/replications[*]").name.as_unknown().is_some());
    assert_eq!(mapped.len(), 6);
}

#[test]
fn blocks_of_unknown_number_leave_their_place_open() {
    let open = Array {
        open: Some(Arc::new(crate::value::Unknown::new(Reason::new(ReasonKind::Loop, "each of var.rules")))),
        ..Array::default()
    };
    let mut attributes = Object::new();
    attributes.insert("security_rule", Value::array(open.clone()));
    let mut group = resource("azurerm_network_security_group.g", &json!({}));
    group.attributes = Value::object(attributes);
    let mut attributes = Object::new();
    attributes.insert("network_acls", Value::array(open));
    let mut vault = resource("azurerm_key_vault.v", &json!({}));
    vault.attributes = Value::object(attributes);
    let mapped = map_resources(vec![group, vault]).resources;
    let rules = at(&mapped[0], "properties/securityRules").and_then(Value::as_array).unwrap();
    assert!(rules.items.is_empty() && !rules.is_closed());
    assert!(at(&mapped[1], "properties/networkAcls/defaultAction").unwrap().as_unknown().is_some());
}

#[test]
fn roles_are_known_by_name_and_scopes_by_their_ids() {
    let mapped = map(&[(
        "azurerm_role_assignment.a",
        json!({"scope": "/subscriptions/11111111-1111-1111-1111-111111111111", "role_definition_name": "owner",
               "principal_id": "p", "principal_type": "User"}),
    )]);
    assert_eq!(
        shown(&mapped[0], "properties/roleDefinitionId"),
        "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
    );
    assert_eq!(shown(&mapped[0], "properties/principalType"), "User");
    let scope = mapped[0].scope.as_ref().and_then(Value::as_reference).unwrap();
    assert_eq!(&**scope.target.resource_type(), "Microsoft.Resources/subscriptions");
}

#[test]
fn identities_and_common_attributes_need_no_table() {
    let mapped = map(&[(
        "azurerm_kubernetes_cluster.k",
        json!({"name": "k", "tags": {"a": "b"}, "identity": [{"type": "UserAssigned", "identity_ids": ["/id/1"]}]}),
    )]);
    assert_eq!(shown(&mapped[0], "tags"), json!({"a": "b"}));
    assert_eq!(
        shown(&mapped[0], "identity"),
        json!({"type": "UserAssigned", "userAssignedIdentities": {"/id/1": {}}})
    );
}

#[test]
fn what_no_table_knows_stays_as_written_and_is_told_once() {
    let resources = ["azurerm_brand_new.a", "azurerm_brand_new.b", "random_password.c"]
        .map(|address| resource(address, &json!({"name": "n", "length": 3})));
    let mapped = map_resources(resources.to_vec());
    assert_eq!(mapped.resources[0].resource_type.as_str(), "azurerm_brand_new");
    assert_eq!(shown(&mapped.resources[2], "length"), 3);
    let notes: Vec<&str> = mapped.diagnostics.iter().map(|note| &*note.message).collect();
    assert_eq!(notes, ["azurerm_brand_new has no mapping to ARM and is not checked (2 resources)"]);
    assert_eq!(mapped.diagnostics[0].level, Level::Note);
}

#[test]
fn azapi_speaks_arm_already() {
    let mapped = map(&[
        (
            "azapi_resource.v",
            json!({"type": "Microsoft.KeyVault/vaults@2023-07-01", "name": "kv", "location": "West Europe",
                   "parent_id": "/subscriptions/s/resourceGroups/g",
                   "body": "{\"properties\": {\"enablePurgeProtection\": true}}",
                   "identity": [{"type": "SystemAssigned"}]}),
        ),
        (
            "azapi_resource.s",
            json!({"type": "Microsoft.KeyVault/vaults/secrets@2023-07-01", "name": "s", "parent_id": "<azapi_resource.v>",
                   "body": {"properties": {"value": "x"}}}),
        ),
        (
            "azapi_update_resource.u",
            json!({"type": "Microsoft.KeyVault/vaults@2023-07-01", "resource_id": "<azapi_resource.v>",
                   "body": {"properties": {"publicNetworkAccess": "Disabled"}}}),
        ),
    ]);
    assert_eq!(mapped.len(), 2);
    let vault = &mapped[0];
    assert_eq!(vault.api_version.as_deref(), Some("2023-07-01"));
    assert_eq!(
        shown(vault, "properties"),
        json!({"enablePurgeProtection": true, "publicNetworkAccess": "Disabled"})
    );
    assert_eq!(shown(vault, "location"), "westeurope");
    assert_eq!(shown(vault, "identity/type"), "SystemAssigned");
    assert_eq!(mapped[1].parent.as_deref(), Some("azapi_resource.v"));
}

#[test]
fn every_table_can_be_found() {
    assert!(tables::TABLES.len() > 1_000);
    for table in tables::TABLES {
        assert!(tables::table(table.name).is_some_and(|found| std::ptr::eq(found, table)), "{}", table.name);
    }
    assert_eq!(arm_type("azurerm_key_vault"), Some("Microsoft.KeyVault/vaults"));
    assert_eq!(arm_type("azurerm_storage_blob"), None);
    assert_eq!(arm_type("random_password"), None);
}

#[test]
fn a_broken_table_says_what_is_wrong() {
    let errors = |text: &str| lower::file(text).map(|tables| tables.len()).unwrap_err().join("\n");
    let attribute =
        |attribute: &str| errors(&format!("azurerm_x:\n  arm: A.B/c\n  attributes:\n    a: {attribute}\n"));
    assert!(errors("azurerm_x: nonsense").contains("azurerm_x: 'nonsense' is no ARM type"));
    assert!(errors("azurerm_x: {parent: a}").contains("'arm' is missing"));
    assert!(errors("aws_x: A.B/c").contains("a type begins with azurerm_"));
    assert!(errors("azurerm_x: {like: azurerm_y, arm: A.B/c}").contains("'azurerm_y' is not in this file"));
    assert!(errors("azurerm_x: {amr: A.B/c}").contains("amr"));
    assert!(attribute("{to: x, as: enabled_disable}").contains("did you mean 'enabled_disabled'?"));
    assert!(attribute("{to: x, as: over 0}").contains("divided by 0"));
    assert!(attribute("{as: bool}").contains("'to' is missing"));
    assert!(attribute("'x[.y'").contains("is no path"));
    assert!(attribute("other:x").contains("'other' is not among the children"));
    let deep = "azurerm_x: {arm: A.B/c, attributes: {\"a[].b\": c}}";
    assert!(errors(deep).contains("attribute 'a.b' has 1 [] and its target only 0"));
    assert_eq!(lower::file("azurerm_x: A.B/c").map(|tables| tables.len()), Ok(1));
}

#[test]
fn what_is_missing_is_missing_at_the_block_that_it_would_be_in() {
    let mapped = map(&[(
        "azurerm_kubernetes_cluster.k",
        json!({"name": "k", "default_node_pool": [{"name": "p"}],
               "network_profile": [{"network_plugin": "azure"}], "dns_prefix": "k"}),
    )]);
    let cluster = mapped[0].body.as_object().unwrap();
    let properties = cluster.get("properties").unwrap();
    assert_eq!(properties.site, None);
    let network = properties.value.as_object().and_then(|all| all.get("networkProfile")).unwrap();
    assert!(network.site.is_some());
}

#[test]
fn a_table_takes_over_another_under_its_own_type() {
    let text = "
azurerm_app:
  arm: A.B/sites
  parent: plan_id
  children: {config: A.B/sites/config}
  attributes: {one: properties.one, two: {to: properties.two, default: {v3: 1, v4: 2}}}
  set: {kind: app}
azurerm_app_slot:
  like: azurerm_app
  arm: A.B/sites/slots
  parent: app_id
  without: one
  set: {kind: slot}
";
    let tables = lower::file(text).unwrap();
    let slot = tables.iter().find(|table| table.name == "azurerm_app_slot").unwrap();
    assert_eq!(slot.parents, ["app_id"]);
    assert_eq!(slot.children[0].arm, "A.B/sites/slots/config");
    let sources: Vec<&str> =
        slot.rules.iter().map(|rule| rule.source.first().map_or("", |step| step.name.as_str())).collect();
    assert_eq!(sources, ["two", ""]);
    let two = format!("{:?}", slot.rules[0].absent);
    assert_eq!(two, "Default([Some(Int(1)), Some(Int(2)), None])");
    assert_eq!(
        format!("{:?}", slot.rules[1].absent),
        r#"Sent([Some(Text("slot")), Some(Text("slot")), Some(Text("slot"))])"#
    );
}

#[test]
fn ports_and_addresses_of_a_rule_of_its_own_go_below_its_group() {
    let mapped = map(&[
        ("azurerm_network_security_group.g", json!({"name": "nsg"})),
        (
            "azurerm_network_security_rule.r",
            json!({"name": "r", "network_security_group_name": "NSG", "priority": "100", "access": "Allow",
                   "direction": "Inbound", "protocol": "*", "source_address_prefixes": ["Internet"]}),
        ),
    ]);
    let rule = find(&mapped, "azurerm_network_security_rule.r");
    assert_eq!(rule.resource_type.as_str(), "Microsoft.Network/networkSecurityGroups/securityRules");
    assert_eq!(rule.parent.as_deref(), Some("azurerm_network_security_group.g"));
    assert_eq!(shown(rule, "properties/priority"), 100);
    assert_eq!(shown(rule, "properties/sourceAddressPrefixes"), json!(["Internet"]));
}

#[test]
fn a_site_configuration_that_is_sent_twice_is_a_child_too() {
    let with = json!({"name": "a", "storage_account_name": "sa", "storage_account_access_key": "k",
                      "site_config": [{"min_tls_version": "1.0"}]});
    let mapped = map(&[
        ("azurerm_function_app.with", with),
        ("azurerm_function_app.without", json!({"name": "b"})),
        ("azurerm_linux_web_app.newer", json!({"name": "c", "site_config": [{}]})),
    ]);
    let web = find(&mapped, "azurerm_function_app.with/web");
    assert_eq!(web.resource_type.as_str(), "Microsoft.Web/sites/config");
    assert_eq!(web.parent.as_deref(), Some("azurerm_function_app.with"));
    assert_eq!(shown(web, "properties/minTlsVersion"), "1.0");
    assert!(at(web, "properties/appSettings").is_none());
    assert!(mapped.iter().all(|resource| !resource.address.ends_with("t/web")));
    assert!(mapped.iter().all(|resource| !resource.address.ends_with("newer/web")));
}

#[test]
fn items_of_a_list_stand_in_the_order_of_the_table() {
    let settings = |resource: serde_json::Value| {
        let mapped = map(&[("azurerm_linux_function_app.f", resource)]);
        shown(find(&mapped, "azurerm_linux_function_app.f"), "properties/siteConfig/appSettings")
    };
    let names = |settings: &serde_json::Value| -> Vec<String> {
        let items = settings.as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut app = json!({"name": "a", "storage_account_name": "sa", "storage_account_access_key": "k",
                         "app_settings": {"A": "1"}});
    let by_default = settings(app.clone());
    assert_eq!(
        names(&by_default),
        ["FUNCTIONS_EXTENSION_VERSION", "AzureWebJobsStorage", "AzureWebJobsDashboard", "A"]
    );
    app["builtin_logging_enabled"] = json!(false);
    app["functions_extension_version"] = json!("~3");
    let changed = settings(app);
    assert_eq!(names(&changed), ["FUNCTIONS_EXTENSION_VERSION", "AzureWebJobsStorage", "A"]);
    assert_eq!(changed[0]["value"], "~3");
}

#[test]
fn what_the_provider_reads_is_unknown_unless_it_is_configured() {
    let mapped = map(&[
        ("azurerm_network_watcher_flow_log.read", json!({"name": "a", "network_watcher_name": "w"})),
        (
            "azurerm_network_watcher_flow_log.given",
            json!({"name": "b", "network_watcher_name": "w", "location": "West Europe"}),
        ),
    ]);
    let read = at(find(&mapped, "azurerm_network_watcher_flow_log.read"), "location");
    assert!(read.is_some_and(Value::is_unknown));
    assert_eq!(shown(find(&mapped, "azurerm_network_watcher_flow_log.given"), "location"), "westeurope");
}
