use serde_json::json;

use super::*;
use crate::model::LoopKey;
use crate::value::to_json;

/// The resources of a plan, and the text they point into.
fn resources(plan: &serde_json::Value) -> (Vec<TerraformResource>, String) {
    let text = serde_json::to_string_pretty(plan).unwrap();
    let file = Sources::new().add_text("plan.json", text.as_str());
    let json = json::parse(file, &text).unwrap();
    let mut diagnostics = Vec::new();
    let resources = Plan::read(file, &json).resources(None, &mut diagnostics);
    assert_eq!(diagnostics, []);
    (resources, text)
}

fn change(address: &str, after: serde_json::Value, unknown: serde_json::Value) -> serde_json::Value {
    let last = address.rsplit_once("module.").map_or(address, |(_, rest)| rest.split_once('.').unwrap().1);
    let (resource_type, name) =
        if address.starts_with("module.") { last } else { address }.split_once('.').unwrap();
    json!({
        "address": address, "mode": "managed", "type": resource_type, "name": name.split('[').next().unwrap(),
        "change": {"actions": ["create"], "after": after, "after_unknown": unknown, "after_sensitive": {}}
    })
}

fn attribute<'r>(resources: &'r [TerraformResource], address: &str, name: &str) -> Option<&'r Value> {
    let resource = resources.iter().find(|resource| &*resource.address == address).unwrap();
    resource.attributes.as_object().unwrap().value(name)
}

#[test]
fn after_gives_values_and_references_give_links() {
    let (resources, text) = resources(&json!({
        "resource_changes": [
            change("azurerm_subnet.s", json!({"name": "s", "delegation": []}), json!({"id": true})),
            change("azurerm_subnet_network_security_group_association.a", json!({}), json!({"id": true, "subnet_id": true, "network_security_group_id": true})),
            change("azurerm_network_security_group.n[0]", json!({"name": "n", "tags": null}), json!({"id": true, "security_rule": true})),
        ],
        "configuration": {
            "provider_config": {"azurerm": {"name": "azurerm", "version_constraint": "~> 3.0"}},
            "root_module": {"resources": [
                {"address": "azurerm_subnet.s", "provider_config_key": "azurerm", "expressions": {"name": {"constant_value": "s"}}},
                {"address": "azurerm_subnet_network_security_group_association.a", "expressions": {
                    "subnet_id": {"references": ["azurerm_subnet.s.id", "azurerm_subnet.s"]},
                    "network_security_group_id": {"references": ["azurerm_network_security_group.n[0].id", "azurerm_network_security_group.n[0]", "azurerm_network_security_group.n"]}}},
                {"address": "azurerm_network_security_group.n", "expressions": {"name": {"constant_value": "n"}}},
            ]}
        }
    }));
    assert_eq!(resources[0].provider_version, Some((3, 117)));
    let names: Vec<String> =
        resources[0].attributes.as_object().unwrap().members().map(|(key, _)| key.to_string()).collect();
    assert_eq!(names, ["name"], "what nobody configured and nobody knows is absent");
    let site = resources[0].attributes.as_object().unwrap().get("name").unwrap().site.unwrap();
    assert_eq!(&text[site.range()], "\"name\": \"s\"");
    let link = |name: &str| {
        let association = "azurerm_subnet_network_security_group_association.a";
        attribute(&resources, association, name).unwrap().as_reference().unwrap().describe()
    };
    assert_eq!(link("subnet_id"), "id of 'azurerm_subnet.s'");
    assert_eq!(link("network_security_group_id"), "id of 'azurerm_network_security_group.n[0]'");
    assert_eq!(resources[2].loop_instance, Some(crate::model::Loop::Known(LoopKey::Index(0))));
}

#[test]
fn links_go_through_modules_and_instance_keys() {
    let vault = json!({"address": "azurerm_key_vault.v", "expressions": {}});
    let secret = json!({"address": "azurerm_key_vault_secret.s", "expressions": {
        "key_vault_id": {"references": ["var.vault"]}, "value": {"references": ["azurerm_key_vault.v", "each.key"]}}});
    let (resources, _) = resources(&json!({
        "resource_changes": [
            change("module.v[\"a.b\"].azurerm_key_vault.v", json!({}), json!({"id": true})),
            change("module.v[\"c\"].azurerm_key_vault.v", json!({}), json!({"id": true})),
            change("module.s.azurerm_key_vault_secret.s", json!({}), json!({"key_vault_id": true})),
        ],
        "configuration": {"root_module": {"module_calls": {
            "v": {"source": "./v", "module": {
                "resources": [vault], "outputs": {"id": {"expression": {"references": ["azurerm_key_vault.v.id", "azurerm_key_vault.v"]}}}}},
            "s": {"source": "app/s/azurerm",
                "expressions": {"vault": {"references": ["module.v[\"a.b\"].id", "module.v[\"a.b\"]", "module.v"]}, "tier": {"constant_value": "x"}},
                "module": {"resources": [secret]}},
        }}}
    }));
    let link = attribute(&resources, "module.s.azurerm_key_vault_secret.s", "key_vault_id").unwrap();
    assert_eq!(link.as_reference().unwrap().describe(), "id of 'module.v[\"a.b\"].azurerm_key_vault.v'");
    let calls = &resources[2].calls;
    assert_eq!((&*calls[0].name, calls[0].owned), ("module.s", false));
    assert_eq!(to_json(&calls[0].arguments), json!({"tier": "x"}));
    assert_eq!(&*resources[0].calls[0].name, "module.v[\"a.b\"]");
}

#[test]
fn uncertain_links_stay_unknown_and_dynamic_blocks_are_kept() {
    let (resources, _) = resources(&json!({
        "resource_changes": [
            change("azurerm_a.one", json!({}), json!({})),
            change("azurerm_a.two", json!({}), json!({})),
            change("azurerm_b.x", json!({"rule": [{"port": 22, "source": null}]}), json!({"either_id": true, "rule": [{"source": true}], "ids": [true, true]})),
        ],
        "configuration": {"root_module": {"resources": [
            {"address": "azurerm_b.x", "expressions": {
                "either_id": {"references": ["azurerm_a.one.id", "azurerm_a.one", "azurerm_a.two.id", "azurerm_a.two"]},
                "ids": {"references": ["azurerm_a.one.id", "azurerm_a.one", "azurerm_a.two.id", "azurerm_a.two"]}}},
        ]}}
    }));
    let either = attribute(&resources, "azurerm_b.x", "either_id").unwrap();
    assert_eq!(&*either.as_unknown().unwrap().reason().text, "azurerm_a.one.id is known only after apply");
    let ids = attribute(&resources, "azurerm_b.x", "ids").unwrap().as_array().unwrap();
    let targets: Vec<String> = ids.values().map(|id| id.as_reference().unwrap().describe()).collect();
    assert_eq!(targets, ["id of 'azurerm_a.one'", "id of 'azurerm_a.two'"]);
    let rule = attribute(&resources, "azurerm_b.x", "rule").unwrap().as_array().unwrap();
    assert_eq!(rule.collection, crate::value::Collection::Uniform);
    let shown = to_json(&rule.items[0].value);
    assert_eq!(shown["port"], json!(22));
    assert_eq!(shown["source"]["$unknown"], json!("source is known only after apply"));
}

#[test]
fn deletions_are_dropped_and_secrets_are_marked() {
    let mut gone = change("azurerm_a.gone", json!(null), json!({}));
    gone["change"]["actions"] = json!(["delete"]);
    let mut replaced = change("azurerm_a.new", json!({"password": "hunter2", "list": ["a", "b"]}), json!({}));
    replaced["change"]["actions"] = json!(["delete", "create"]);
    replaced["change"]["after_sensitive"] = json!({"password": true, "list": [false, true]});
    let data = json!({"address": "data.azurerm_a.d", "mode": "data", "type": "azurerm_a", "name": "d", "change": {"actions": ["read"]}});
    let (resources, _) = resources(
        &json!({"resource_changes": [gone, replaced, data], "configuration": {"root_module": {"resources": [
        {"address": "azurerm_a.new", "expressions": {"password_wo": {"constant_value": "literal"}, "password": {}, "list": {}}}]}}}),
    );
    assert_eq!(resources.len(), 1);
    assert!(attribute(&resources, "azurerm_a.new", "password").unwrap().secret);
    let list = attribute(&resources, "azurerm_a.new", "list").unwrap().as_array().unwrap();
    assert_eq!(list.values().map(|item| item.secret).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn write_only_arguments_come_from_the_configuration() {
    let (resources, _) = resources(&json!({
        "resource_changes": [change("azurerm_mssql_server.s", json!({"login_wo": null, "other_wo": null, "none_wo": null}), json!({}))],
        "configuration": {"root_module": {"resources": [{"address": "azurerm_mssql_server.s", "expressions": {
            "login_wo": {"constant_value": "P@ss"}, "other_wo": {"references": ["var.p"]}}}]}}
    }));
    let value = attribute(&resources, "azurerm_mssql_server.s", "login_wo").unwrap();
    assert_eq!((value.as_str(), value.secret), (Some("P@ss"), true));
    let value = attribute(&resources, "azurerm_mssql_server.s", "other_wo").unwrap();
    assert!(value.secret && value.as_unknown().unwrap().facts.not_null);
    assert!(attribute(&resources, "azurerm_mssql_server.s", "none_wo").is_none());
}

#[test]
fn a_state_is_read_from_its_values() {
    let (resources, _) = resources(&json!({"values": {"root_module": {
        "resources": [{"address": "azurerm_a.x", "mode": "managed", "type": "azurerm_a", "name": "x", "values": {"id": "/subscriptions/1", "tags": null}}],
        "child_modules": [{"address": "module.m", "resources": [
            {"address": "module.m.azurerm_a.y", "mode": "managed", "type": "azurerm_a", "name": "y", "values": {}, "sensitive_values": {}}]}]
    }}}));
    assert_eq!(
        resources.iter().map(|resource| &*resource.address).collect::<Vec<_>>(),
        ["azurerm_a.x", "module.m.azurerm_a.y"]
    );
    assert!(attribute(&resources, "azurerm_a.x", "tags").unwrap().is_null());
}

#[test]
fn broken_files_end_in_a_diagnostic() {
    let sources = Sources::new();
    let evaluated = |name: &str, text: &str| evaluate(sources.add_text(name, text), &sources);
    assert_eq!(evaluated("cut.json", r#"{"resource_changes": [{"address": "#).diagnostics.len(), 1);
    assert_eq!(evaluated("empty.json", "").diagnostics.len(), 1);
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(evaluated("deep.json", &deep).diagnostics.len(), 1);
    let odd = evaluated(
        "odd.json",
        r#"{"resource_changes": [{"address": "a.b", "change": 1}, 7, {"change": {"actions": ["create"]}}]}"#,
    );
    assert!(odd.resources.is_empty());
}

#[test]
fn outputs_and_variables_are_read() {
    let sources = Sources::new();
    let text = json!({
        "variables": {"p": {"value": "x"}, "q": {"value": 1}},
        "planned_values": {"outputs": {"o": {"sensitive": true, "value": "s"}, "u": {"sensitive": false}}},
        "configuration": {"root_module": {"variables": {"p": {"sensitive": true, "default": "x"}}}}
    });
    let deployment = evaluate(sources.add_text("p.json", text.to_string()), &sources);
    let [o, u] = deployment.outputs.as_slice() else { panic!("two outputs") };
    assert!(o.secure && o.value.secret);
    assert!(u.value.as_unknown().is_some());
    let [p, q] = deployment.parameters.as_slice() else { panic!("two variables") };
    assert!(p.secure && p.default.as_ref().is_some_and(|default| default.secret));
    assert_eq!((q.secure, q.value.as_int()), (false, Some(1)));
}

#[test]
fn resources_point_at_the_configuration_beside_the_plan() {
    let temporary = tempfile::tempdir().unwrap();
    let base = Utf8Path::from_path(temporary.path()).unwrap();
    std::fs::create_dir(base.join("m")).unwrap();
    std::fs::write(
        base.join("main.tf"),
        "module \"m\" {\n  source   = \"./m\"\n  for_each = toset([\"x\"])\n}\n",
    )
    .unwrap();
    let module = "resource \"test_r\" \"r\" {\n  name = \"n\"\n  rule {\n    port = 1\n  }\n  dynamic \"more\" {\n    for_each = [1, 2]\n    content {\n      x = more.value\n    }\n  }\n}\n";
    std::fs::write(base.join("m/main.tf"), module).unwrap();
    let after = json!({"name": "n", "rule": [{"port": 1}], "more": [{"x": 1}, {"x": 2}], "default": true});
    let plan = json!({"resource_changes": [change("module.m[\"x\"].test_r.r", after, json!({}))], "configuration": {"root_module":
        {"module_calls": {"m": {"source": "./m", "module": {"resources": [{"address": "test_r.r", "expressions": {"name": {"constant_value": "n"}}}]}}}}}});
    std::fs::write(base.join("plan.json"), plan.to_string()).unwrap();
    let sources = Sources::new();
    let deployment = evaluate(sources.load(&base.join("plan.json")).unwrap(), &sources);
    let [resource] = deployment.resources.as_slice() else { panic!("one resource") };
    let text = |span: crate::source::Span| sources.file(span.file).slice(span.range()).to_owned();
    assert_eq!(text(resource.header), "resource \"test_r\" \"r\"");
    assert!(resource.owned && text(resource.calls[0].header).starts_with("module"));
    let attributes = resource.attributes.as_ref().unwrap().as_object().unwrap();
    assert_eq!(text(attributes.get("name").unwrap().site.unwrap()), "name = \"n\"");
    let site = |name: &str, inner: &str| {
        let blocks = attributes.value(name).unwrap().as_array().unwrap();
        text(blocks.items.last().unwrap().value.as_object().unwrap().get(inner).unwrap().site.unwrap())
    };
    assert_eq!(
        (site("rule", "port"), site("more", "x")),
        ("port = 1".to_owned(), "x = more.value".to_owned())
    );
    assert!(!resource.span.contains(attributes.get("default").unwrap().site.unwrap()));
    assert_eq!(deployment.files.len(), 3);
}
