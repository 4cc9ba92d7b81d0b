use serde_json::json;

use super::*;
use crate::value::StepKind;

/// A deployment of the template that a variable holds, in the way that the compiler writes `loadJsonContent`.
const HELD: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "parameters": { "kind": { "type": "string", "defaultValue": "Storage" } },
  "variables": {
    "alias": "[variables('held')]",
    "held": {
      "parameters": { "name": { "type": "string" } },
      "resources": [
        {
          "type": "Microsoft.Storage/storageAccounts",
          "apiVersion": "2023-01-01",
          "name": "[[parameters('name')]",
          "kind": "[parameters('kind')]",
          "properties": { "minimumTlsVersion": "TLS1_0", "\u0061ccessTier": "[[concat('Ho', 't')]" }
        }
      ]
    }
  },
  "resources": [
    {
      "type": "Microsoft.Resources/TYPE",
      "apiVersion": "2022-09-01",
      "name": "inner",
      "properties": {
        "expressionEvaluationOptions": { "scope": "outer" },
        "template": "[variables('alias')]",
        "parameters": { "name": { "value": "account" } }
      }
    }
  ]
}"#;

fn held(deploying: &str) -> (String, Deployment) {
    let text = HELD.replace("TYPE", deploying);
    let deployment = evaluate_files(&[("main.json", &text)]);
    (text, deployment)
}

#[test]
fn a_template_that_a_variable_holds_is_entered_with_its_own_expressions() {
    let (text, deployment) = held("deployments");
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
    let [account] = &deployment.resources[..] else { panic!("{:?}", deployment.resources.len()) };
    assert_eq!(to_json(&account.name), json!("account"));
    let properties = to_json(&account.body)["properties"].clone();
    assert_eq!(properties["minimumTlsVersion"], json!("TLS1_0"));
    assert_eq!(properties["accessTier"], json!("Hot"));
    // what the outer template's expressions make of it is not followed
    assert!(to_json(&account.body)["kind"]["$unknown"].is_string());
    let tier = account.body.as_object().and_then(|body| body.value("properties"));
    let tier = tier.and_then(|properties| properties.as_object()?.value("accessTier")).unwrap();
    let span = tier.origin.span.unwrap();
    assert_eq!(&text[span.range()], "concat('Ho', 't')");
}

#[test]
fn a_deployment_stack_is_a_resource_and_deploys_its_template() {
    let (_, deployment) = held("deploymentStacks");
    let types: Vec<&str> = deployment.resources.iter().map(|one| one.resource_type.as_str()).collect();
    assert_eq!(types, ["Microsoft.Resources/deploymentStacks", "Microsoft.Storage/storageAccounts"]);
}

#[test]
fn a_loaded_template_in_bicep_is_entered_as_a_module_is() {
    let inner = r#"{ "parameters": { "tls": { "type": "string" } }, "resources": [ { "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-01-01", "name": "sa", "properties": { "minimumTlsVersion": "[parameters('tls')]" } } ] }"#;
    let main = "var loaded = loadJsonContent('inner.json')\n\
                resource d 'Microsoft.Resources/deployments@2022-09-01' = {\n  name: 'd'\n  properties: {\n    mode: 'Incremental'\n\
                template: loaded\n    parameters: { tls: { value: 'TLS1_1' } }\n  }\n}\n\
                resource e 'Microsoft.Resources/deployments@2022-09-01' = {\n  name: 'e'\n  properties: {\n    template: { resources: [] }\n  }\n}\n";
    let deployment = evaluate_files(&[("main.bicep", main), ("inner.json", inner)]);
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
    let account = deployment
        .resources
        .iter()
        .find(|one| one.resource_type.as_str() == "Microsoft.Storage/storageAccounts");
    let body = to_json(&account.unwrap().body);
    assert_eq!(body["properties"]["minimumTlsVersion"], json!("TLS1_1"));
}

#[test]
fn a_safe_access_to_what_is_perhaps_not_deployed_may_be_null() {
    let files = [
        (
            "main.bicep",
            "param on bool\nmodule m 'm.bicep' = if (on) { name: 'm' }\n\
             output safe string? = m.?outputs.id\noutput either string = m.?outputs.?id ?? 'none'\noutput sure string = m.outputs.id",
        ),
        ("m.bicep", "output id string = 'x'"),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(output(&deployment, "safe"), json!({"$oneOf": ["x", null]}));
    assert_eq!(output(&deployment, "either"), json!({"$oneOf": ["x", "none"]}));
    assert_eq!(output(&deployment, "sure"), json!("x"));
}

#[test]
fn an_index_that_is_not_known_means_one_of_a_few_items() {
    let deployment = bicep(
        "param i int\nvar all = ['a', 'b']\noutput one string = all[i + 1]\noutput open string = all[length(i)]",
    );
    assert_eq!(output(&deployment, "one"), json!({"$oneOf": ["a", "b"]}));
}

#[test]
fn computed_values_came_by_the_parameter_that_they_are_made_of() {
    let deployment = bicep(
        "param legacy bool = true\nvar modern = !legacy\noutput only bool = modern\noutput tls string = legacy && true ? '1.0' : '1.2'",
    );
    let kinds = |name: &str| -> Vec<(StepKind, String)> {
        let output = deployment.outputs.iter().find(|output| &*output.name == name).unwrap();
        output.value.origin.steps().map(|step| (step.kind, step.name.to_string())).collect()
    };
    let computed = (StepKind::Computed, "legacy".to_owned());
    assert!(kinds("only").contains(&computed), "{:?}", kinds("only"));
    assert!(kinds("tls").contains(&computed), "{:?}", kinds("tls"));
}

#[test]
fn secrets_are_known_by_the_member_of_a_union_that_an_object_is() {
    let declarations = "type a = {\n  kind: 'a'\n  @secure()\n  key: string\n}\ntype b = { kind: 'b', key: string }\n\
                        @discriminator('kind')\nparam p a | b\n@discriminator('kind')\nparam q a | b\nparam t [string, a]\n\
                        output p object = p\noutput q object = q\noutput t array = t";
    let files = [
        ("main.bicep", declarations),
        (
            "main.bicepparam",
            "using 'main.bicep'\nparam p = { kind: 'a', key: 'x' }\nparam q = { kind: 'b', key: 'x' }\n\
             param t = ['x', { kind: 'a', key: 'x' }]",
        ),
    ];
    let deployment = evaluate_files(&files);
    assert!(output(&deployment, "p")["key"]["$secret"].is_string());
    assert_eq!(output(&deployment, "q")["key"], json!("x"));
    assert!(output(&deployment, "t")[1]["key"]["$secret"].is_string());
}

#[test]
fn a_discriminated_type_of_json_is_a_union() {
    let text = r##"{ "languageVersion": "2.0", "definitions": {
        "a": { "type": "object", "properties": { "kind": { "type": "string", "allowedValues": ["a"] }, "key": { "type": "securestring" } } },
        "b": { "type": "object", "properties": { "kind": { "type": "string", "allowedValues": ["b"] }, "key": { "type": "string" } } } },
      "parameters": { "p": { "type": "object", "discriminator": { "propertyName": "kind",
        "mapping": { "a": { "$ref": "#/definitions/a" }, "b": { "$ref": "#/definitions/b" } } },
        "defaultValue": { "kind": "a", "key": "x" } } },
      "resources": {}, "outputs": { "p": { "type": "object", "value": "[parameters('p')]" } } }"##;
    let deployment = evaluate_files(&[("main.json", text)]);
    assert!(output(&deployment, "p")["key"]["$secret"].is_string(), "{}", output(&deployment, "p"));
}
