use serde_json::json;

use super::*;
use crate::model::{Loop, LoopKey};
use crate::value::Target;

fn declared_target(value: &Value) -> (&str, Option<&str>) {
    let reference = value.as_reference().unwrap_or_else(|| panic!("no reference: {value:?}"));
    match &reference.target {
        Target::Declared { address, .. } => (address, reference.property.as_deref()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn resources_have_their_place_and_body() {
    let deployment = bicep(
        "param on bool\nparam sku string = 'Standard_LRS'\n\
         resource sa 'Microsoft.Storage/storageAccounts@2023-01-01' = if (on) {\n  name: 'st1'\n  location: 'here'\n  sku: { name: sku }\n  dependsOn: [kv]\n}\n\
         resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'kv1'\n  scope: resourceGroup('other')\n}\n\
         resource gone 'Microsoft.KeyVault/vaults@2023-07-01' = if (false) { name: 'x' }",
    );
    assert_eq!(addresses(&deployment), ["sa", "kv"]);
    let account = resource(&deployment, "sa");
    assert_eq!(to_json(&account.body), json!({"location": "here", "sku": {"name": "Standard_LRS"}}));
    assert_eq!((account.conditional, account.existing), (true, false));
    assert_eq!(account.api_version.as_deref(), Some("2023-01-01"));
    assert_eq!(account.name.as_str(), Some("st1"));
    let vault = resource(&deployment, "kv");
    assert!(vault.existing && vault.scope.is_some());
    assert_eq!(to_json(&vault.body), json!({}));
}

#[test]
fn the_three_spellings_of_a_child_give_one_model() {
    let deployment = bicep(
        "resource sa 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n  name: 'st1'\n  resource blob 'blobServices' = {\n    name: 'default'\n    properties: { a: 1 }\n  }\n}\n\
         resource p 'Microsoft.Storage/storageAccounts/fileServices@2023-01-01' = {\n  parent: sa\n  name: 'default'\n}\n\
         resource n 'Microsoft.Storage/storageAccounts/queueServices@2023-01-01' = {\n  name: 'st1/default'\n}\n\
         resource c 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-01-01' = {\n  parent: sa::blob\n  name: 'x'\n}",
    );
    assert_eq!(addresses(&deployment), ["sa", "sa::blob", "p", "n", "c"]);
    for (address, name) in
        [("sa::blob", "st1/default"), ("p", "st1/default"), ("n", "st1/default"), ("c", "st1/default/x")]
    {
        assert_eq!(resource(&deployment, address).name.as_str(), Some(name), "{address}");
    }
    let blob = resource(&deployment, "sa::blob");
    assert_eq!(blob.resource_type.as_str(), "Microsoft.Storage/storageAccounts/blobServices");
    assert_eq!((blob.api_version.as_deref(), blob.parent.as_deref()), (Some("2023-01-01"), Some("sa")));
    assert_eq!(resource(&deployment, "c").parent.as_deref(), Some("sa::blob"));
}

#[test]
fn a_nested_child_inherits_the_condition() {
    let deployment = bicep(
        "param on bool\nresource a 'Microsoft.Sql/servers@2021-11-01' = if (on) {\n  name: 's'\n  resource d 'databases' = { name: 'd' }\n}\n\
         resource b 'Microsoft.Sql/servers@2021-11-01' = if (false) {\n  name: 't'\n  resource d 'databases' = { name: 'd' }\n}",
    );
    assert_eq!(addresses(&deployment), ["a", "a::d"]);
    assert!(resource(&deployment, "a::d").conditional);
}

#[test]
fn symbols_give_ids_names_and_what_is_declared() {
    let deployment = bicep(
        "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: 'kv1'\n  location: 'here'\n  properties: { sku: { name: 'standard' }, list: [{ a: 1 }] }\n}\n\
         output id string = kv.id\noutput name string = kv.name\noutput type string = kv.type\noutput sku string = kv.properties.sku.name\n\
         output uri string = kv.properties.vaultUri\noutput location string = kv.location\noutput item int = kv.properties.list[0].a\n\
         output deep string = kv.properties.sku.family\noutput secret string = kv.getSecret('x')",
    );
    assert_eq!(declared_target(output_value(&deployment, "id")), ("kv", None));
    assert_eq!(output(&deployment, "name"), json!("kv1"));
    assert_eq!(output(&deployment, "type"), json!("Microsoft.KeyVault/vaults"));
    assert_eq!(output(&deployment, "sku"), json!("standard"));
    assert_eq!(output(&deployment, "location"), json!("here"));
    assert_eq!(output(&deployment, "item"), json!(1));
    assert_eq!(declared_target(output_value(&deployment, "uri")), ("kv", Some("properties.vaultUri")));
    assert_eq!(declared_target(output_value(&deployment, "deep")), ("kv", Some("properties.sku.family")));
    assert!(output_value(&deployment, "secret").secret);
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
}

#[test]
fn a_safe_method_of_a_resource_that_is_not_deployed_is_null() {
    let deployment = bicep(
        "resource on 'Microsoft.Storage/storageAccounts@2023-01-01' = if (true) { name: 'a' }\n\
         resource off 'Microsoft.Storage/storageAccounts@2023-01-01' = if (false) { name: 'b' }\n\
         output there string = on.?listKeys().keys[0].value ?? 'none'\n\
         output absent string = off.?listKeys().keys[0].value ?? 'none'\n",
    );
    assert!(output_value(&deployment, "there").secret);
    assert_eq!(output(&deployment, "absent"), json!("none"));
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
}

#[test]
fn loops_give_instances_and_unknown_loops_one() {
    let deployment = bicep(
        "param names array\nresource a 'Microsoft.KeyVault/vaults@2023-07-01' = [for (n, i) in ['x', 'y']: {\n  name: '${n}${i}'\n}]\n\
         resource b 'Microsoft.KeyVault/vaults@2023-07-01' = [for n in names: {\n  name: n.name\n}]\n\
         resource f 'Microsoft.KeyVault/vaults@2023-07-01' = [for n in ['x', 'y']: if (n == 'y') {\n  name: n\n}]\n\
         resource child 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = [for i in [0, 1]: {\n  parent: a[i]\n  name: 's'\n}]\n\
         output second string = a[1].name\noutput ids array = [for i in [1, 0]: a[i].id]",
    );
    let shown: Vec<&str> =
        addresses(&deployment).into_iter().filter(|address| !address.starts_with('f')).collect();
    assert_eq!(shown, ["a[0]", "a[1]", "b[*]", "child[0]", "child[1]"]);
    assert_eq!(resource(&deployment, "a[1]").loop_instance, Some(Loop::Known(LoopKey::Index(1))));
    assert_eq!(resource(&deployment, "b[*]").loop_instance, Some(Loop::Unknown));
    assert!(resource(&deployment, "b[*]").conditional);
    assert_eq!(resource(&deployment, "child[1]").name.as_str(), Some("y1/s"));
    assert_eq!(output(&deployment, "second"), json!("y1"));
    let ids = output_value(&deployment, "ids").as_array().unwrap();
    assert_eq!(declared_target(&ids.items[0].value), ("a[1]", None));
}

#[test]
fn modules_take_arguments_and_give_outputs() {
    let files = [
        (
            "main.bicep",
            "param u bool\nmodule net './m/net.bicep' = [for n in ['a', 'b']: {\n  name: 'net-${n}'\n  params: { name: n }\n}]\n\
            module maybe './m/net.bicep' = if (u) {\n  params: { name: 'c' }\n}\nmodule no './m/net.bicep' = if (false) {\n  params: { name: 'd' }\n}\n\
            module gone 'br/public:x:1' = {\n  params: {}\n}\n\
            output first string = net[0].outputs.name\noutput id string = net[1].outputs.id\noutput gone string = gone.outputs.x\noutput no string? = no.?outputs.name",
        ),
        (
            "m/net.bicep",
            "param name string\nresource v 'Microsoft.Network/virtualNetworks@2023-11-01' = {\n  name: name\n}\noutput name string = v.name\noutput id string = v.id",
        ),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(addresses(&deployment), ["net[0]/v", "net[1]/v", "maybe/v"]);
    assert_eq!(output(&deployment, "first"), json!("a"));
    assert_eq!(declared_target(output_value(&deployment, "id")), ("net[1]/v", None));
    assert_eq!(output(&deployment, "gone")["$unknown"], json!("module 'br/public:x:1' is not restored"));
    assert_eq!(output(&deployment, "no"), json!(null));
    assert_eq!(deployment.unresolved_modules, 1);
    assert_eq!(messages(&deployment), ["module 'br/public:x:1' is not restored"]);
    assert!(resource(&deployment, "maybe/v").conditional);
    let calls = &resource(&deployment, "net[1]/v").calls;
    assert_eq!((calls.len(), &*calls[0].name), (1, "net[1]"));
    assert_eq!(to_json(&calls[0].arguments), json!({"name": "b"}));
    assert_eq!(deployment.files.len(), 2);
}

#[test]
fn a_module_of_a_registry_is_not_owned_and_recursion_ends() {
    let files = [
        ("main.bicep", "module a 'br/public:x:1' = { params: { p: 'v' } }\nmodule self 'main.bicep' = {}"),
        ("registry.bicep", "param p string\nresource r 'Microsoft.KeyVault/vaults@2023-07-01' = { name: p }"),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(addresses(&deployment), ["a/r"]);
    assert!(!resource(&deployment, "a/r").owned);
    assert_eq!(messages(&deployment), ["the module calls itself"]);
}

#[test]
fn classic_arm_templates_are_addressed_by_type_and_name() {
    let deployment = arm(
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
        "parameters": {"who": {"type": "string"}}, "variables": {"n": "st1"},
        "resources": [
          {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[variables('n')]", "copy": {"name": "c", "count": 2},
           "tags": {"i": "[copyIndex()]", "j": "[copyIndex('c', 5)]"},
           "resources": [{"type": "blobServices", "apiVersion": "2023-01-01", "name": "default"}]},
          {"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('who')]"},
          {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner",
           "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"p": {"value": "kv9"}},
             "template": {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
               "parameters": {"p": {"type": "string"}},
               "resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('p')]", "location": "x"}],
               "outputs": {"o": {"type": "string", "value": "[parameters('p')]"}}}}},
          {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "outer",
           "properties": {"mode": "Incremental",
             "template": {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
               "resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[variables('n')]"}]}}}],
        "outputs": {"o": {"type": "string", "value": "[reference('inner').outputs.o.value]"}}}"#,
    );
    let expected = [
        "Microsoft.Storage/storageAccounts/st1[0]",
        "Microsoft.Storage/storageAccounts/st1[1]",
        "Microsoft.Storage/storageAccounts/blobServices/st1/default",
        "Microsoft.Storage/storageAccounts/blobServices/st1/default#2",
        "Microsoft.KeyVault/vaults/[parameters('who')]",
        "inner/Microsoft.KeyVault/vaults/kv9",
        "outer/Microsoft.KeyVault/vaults/st1",
    ];
    assert_eq!(addresses(&deployment), expected);
    assert_eq!(to_json(&resource(&deployment, expected[1]).body), json!({"tags": {"i": 1, "j": 6}}));
    assert_eq!(output(&deployment, "o"), json!("kv9"));
}

#[test]
fn symbolic_arm_resources_are_referred_to_by_symbol() {
    let deployment = arm(
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
        "languageVersion": "2.0",
        "resources": {
          "kv": {"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv1", "location": "here", "properties": {"sku": {"name": "standard"}}},
          "old": {"existing": true, "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv2"},
          "kv::s": {"type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2023-07-01", "name": "[concat('kv1', '/s')]", "dependsOn": ["kv"]}},
        "outputs": {
          "sku": {"type": "string", "value": "[reference('kv').sku.name]"},
          "location": {"type": "string", "value": "[reference('kv', '2023-07-01', 'full').location]"},
          "uri": {"type": "string", "value": "[reference('old').vaultUri]"}}}"#,
    );
    assert_eq!(addresses(&deployment), ["kv", "old", "kv::s"]);
    assert_eq!(output(&deployment, "sku"), json!("standard"));
    assert_eq!(output(&deployment, "location"), json!("here"));
    assert_eq!(declared_target(output_value(&deployment, "uri")), ("old", Some("properties.vaultUri")));
}

#[test]
fn the_old_spelling_of_extension_resources_means_the_new_one() {
    let deployment = arm(r#"{"parameters": {"account": {"type": "string"}}, "resources": [
            {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[parameters('account')]"},
            {"type": "Microsoft.Storage/storageAccounts/providers/roleAssignments", "apiVersion": "2022-04-01",
             "name": "[concat(parameters('account'), '/Microsoft.Authorization/', guid('x'))]", "properties": {"a": 1}}]}"#);
    let [account, assignment] = deployment.resources.as_slice() else { panic!() };
    assert_eq!(assignment.resource_type.as_str(), "Microsoft.Authorization/roleAssignments");
    assert_eq!(
        assignment.name.as_str(),
        crate::arm::functions::call("guid", &[Value::string("x")], &Default::default()).unwrap().as_str()
    );
    let graph = crate::model::Graph::new(&deployment);
    let scope = assignment.scope.as_ref().unwrap();
    let target = graph.resolve_value(scope).map(|index| graph.resource(index).address.clone());
    assert_eq!(target.as_deref(), Some(&*account.address));
}

#[test]
fn ids_can_be_cut_and_lengthened() {
    let files = [
        (
            "main.bicep",
            "resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' = {\n  name: 'v1'\n  resource sub 'subnets' = { name: 's1' }\n}\n\
             module m 'm.bicep' = {\n  params: { id: vnet.id }\n}\n\
             output name string = last(split(vnet.id, '/'))\noutput kind string = split(vnet::sub.id, '/')[9]\n\
             output child string = '${vnet.id}/subnets/s1'\noutput inner string = m.outputs.name\noutput group string = split(m.outputs.own, '/')[4]\n\
             module other 'm.bicep' = {\n  scope: resourceGroup('rg2')\n  params: { id: vnet.id }\n}\noutput group2 string = split(other.outputs.own, '/')[4]",
        ),
        (
            "m.bicep",
            "param id string\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' = { name: 'kv1' }\noutput name string = last(split(id, '/'))\noutput own string = kv.id",
        ),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(output(&deployment, "name"), json!("v1"));
    assert_eq!(output(&deployment, "kind"), json!("subnets"));
    assert_eq!(output(&deployment, "inner"), json!("v1"));
    assert_eq!(output(&deployment, "group2"), json!("rg2"));
    assert!(output(&deployment, "group")["$unknown"].as_str().unwrap().contains("resourceGroup().name"));
    let child = output_value(&deployment, "child").as_reference().unwrap().clone();
    let Target::Id { resource_type, names, .. } = &child.target else { panic!("{child:?}") };
    assert_eq!(&**resource_type, "Microsoft.Network/virtualNetworks/subnets");
    assert_eq!(names.iter().filter_map(Value::as_str).collect::<Vec<_>>(), ["v1", "s1"]);
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
}

#[test]
fn an_extensions_resource_has_its_name_in_its_properties_in_compiled_templates() {
    let deployment = arm(
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "languageVersion": "2.0", "contentVersion": "1.0.0.0",
            "imports": {"graph": {"provider": "MicrosoftGraph", "version": "1.0.0"}},
            "resources": {"app": {"import": "graph", "type": "Microsoft.Graph/applications@v1.0", "properties": {"name": "[concat('a', 'b')]", "uniqueName": "u"}},
                          "group": {"import": "graph", "type": "Microsoft.Graph/groups@v1.0", "properties": {"uniqueName": "g"}}}}"#,
    );
    assert_eq!(resource(&deployment, "app").name.as_str(), Some("ab"));
    assert!(resource(&deployment, "group").name.is_null());
}

#[test]
fn an_existing_resource_may_be_null_where_its_decorator_says_so() {
    let deployment = bicep(
        "@nullIfNotFound()\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'kv1'\n}\n\
         resource made 'Microsoft.KeyVault/vaults@2023-07-01' = if (kv == null) {\n  name: 'kv2'\n}\n\
         resource sure 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'kv3'\n}\n\
         @onlyIfNotExists()\n@batchSize(1)\nresource all 'Microsoft.KeyVault/vaults@2023-07-01' = [for i in range(0, 2): {\n  name: 'kv4${i}'\n}]\n\
         output place object = { v: kv.?location ?? 'none' }\noutput isThere bool = sure != null\noutput name string = kv.name",
    );
    assert!(resource(&deployment, "made").conditional);
    assert_eq!(output(&deployment, "isThere"), json!(true));
    assert_eq!(output(&deployment, "name"), json!("kv1"));
    let place = output(&deployment, "place");
    assert_eq!(place["v"]["$oneOf"].as_array().map(Vec::len), Some(2), "{place}");
    assert_eq!(place["v"]["$oneOf"][1], json!("none"));
    assert_eq!(resource(&deployment, "all[1]").name.as_str(), Some("kv41"));
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
}
