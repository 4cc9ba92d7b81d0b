use super::*;
use crate::arm::template::{
    AccessKey, AssignedValue, ExprId, ExprKind, Literal, LoopSource, ModuleSource, PropertyKey, StringPiece,
    TypeExpr,
};
use crate::model::Scope;
use crate::source::Sources;

fn file() -> FileId {
    Sources::new().add_text("main.json", "")
}

fn parse(text: &str) -> Template {
    parse_template(file(), text)
}

/// The template whose only variable is the JSON string that `expression` makes.
fn variable(expression: &str) -> Template {
    parse(&format!(r#"{{"variables": {{"x": {}}}}}"#, serde_json::to_string(expression).unwrap()))
}

/// An expression in a compact notation, to compare whole trees.
fn show(template: &Template, id: ExprId) -> String {
    let list = |ids: &[ExprId]| ids.iter().map(|id| show(template, *id)).collect::<Vec<_>>().join(", ");
    match &template.expressions[id].kind {
        ExprKind::Literal(Literal::Null) => "null".to_owned(),
        ExprKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExprKind::Literal(Literal::Number(value)) => value.to_string(),
        ExprKind::Literal(Literal::String(value)) => format!("'{value}'"),
        ExprKind::Array(items) => {
            format!("[{}]", list(&items.iter().map(|item| item.value).collect::<Vec<_>>()))
        }
        ExprKind::Object(properties) => {
            let shown: Vec<String> = properties
                .iter()
                .map(|property| {
                    let value = show(template, property.value);
                    match &property.key {
                        PropertyKey::Name(name) => format!("{name}: {value}"),
                        PropertyKey::Computed(id) => format!("[{}]: {value}", show(template, *id)),
                        PropertyKey::Spread => format!("...{value}"),
                        PropertyKey::Copy(name) => format!("copy {name}: {value}"),
                    }
                })
                .collect();
            format!("{{{}}}", shown.join(", "))
        }
        ExprKind::Interpolation(pieces) => format!("interpolation of {}", {
            pieces.iter().filter(|piece| matches!(piece, StringPiece::Hole(_))).count()
        }),
        ExprKind::Call { namespace, function, arguments, .. } => match namespace {
            Some(namespace) => format!("{namespace}.{function}({})", list(arguments)),
            None => format!("{function}({})", list(arguments)),
        },
        ExprKind::Access { base, key, safe } => {
            let base = show(template, *base);
            let mark = if *safe { "?" } else { "" };
            match key {
                AccessKey::Name(name, _) => format!("{base}.{mark}{name}"),
                AccessKey::Index(index) => format!("{base}[{mark}{}]", show(template, *index)),
                AccessKey::FromEnd(index) => format!("{base}[{mark}^{}]", show(template, *index)),
            }
        }
        ExprKind::Parentheses(inner) => format!("({})", show(template, *inner)),
        ExprKind::Symbol(name) => format!("${name}"),
        ExprKind::Parameter(name) => format!("param {name}"),
        ExprKind::Variable(name) => format!("var {name}"),
        ExprKind::If { condition, then, otherwise } => {
            format!(
                "if {} {} {}",
                show(template, *condition),
                show(template, *then),
                show(template, *otherwise)
            )
        }
        ExprKind::And(items) => format!("and({})", list(items)),
        ExprKind::Or(items) => format!("or({})", list(items)),
        ExprKind::Coalesce(items) => format!("coalesce({})", list(items)),
        ExprKind::For(copy) => {
            let LoopSource::Count(count) = copy.over else { return "for items".to_owned() };
            format!("for {} {}", show(template, count), show(template, copy.body))
        }
        ExprKind::Lambda { parameters, body } => {
            format!("({}) => {}", parameters.join(", "), show(template, *body))
        }
        ExprKind::Error(reason) => format!("error: {reason}"),
        other => format!("{other:?}"),
    }
}

fn shown(expression: &str) -> String {
    let template = variable(expression);
    assert!(template.diagnostics.is_empty(), "{expression}: {:?}", template.diagnostics);
    show(&template, template.variables[0].value)
}

#[test]
fn expressions_are_lowered_to_the_template_form() {
    for (expression, expected) in [
        ("[parameters('a')]", "param a"),
        ("[ VARIABLES ( 'a' ) [ 0 ] . b ]", "var a[0].b"),
        ("[concat('it''s', parameters(concat('a', 'b')))]", "concat('it's', parameters(concat('a', 'b')))"),
        ("[if(true(), null(), false())]", "if true null false"),
        ("[and(equals(1, -2), or(not(true()), true()))]", "and(equals(1, -2), or(not(true), true))"),
        ("[contoso.unique('x')]", "contoso.unique('x')"),
        ("[map(createArray(1), lambda('i', add(lambdaVariables('i'), 1)))]", "map([1], (i) => add($i, 1))"),
        ("[createObject('a', 1, parameters('k'), 2)]", "{a: 1, [param k]: 2}"),
        ("[coalesce(tryGet(parameters('o'), 'a', 0, 'b'), 'c').d]", "coalesce((param o.?a[0].b), 'c').d"),
        ("[indexFromEnd(variables('a'), 1)]", "var a[^1]"),
        ("[tryIndexFromEnd(variables('a'), 1)]", "(var a[?^1])"),
        ("[format('{0}-{1}',\r\n  'a', 1)]", "format('{0}-{1}', 'a', 1)"),
        ("[reference('x').a['b c']]", "reference('x').a['b c']"),
        ("[__bicep.f('x')]", "__bicep.f('x')"),
        ("[if(true())]", "if(true)"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn brackets_at_the_start_are_literal_where_they_are_no_expression() {
    for (text, expected) in [
        ("[[concat('a')]", "'[concat('a')]'"),
        ("[[]]", "'[]]'"),
        ("[not closed", "'[not closed'"),
        ("[[not closed", "'[[not closed'"),
        (" [x()]", "' [x()]'"),
        ("plain", "'plain'"),
        ("[", "'['"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn spans_inside_strings_point_at_the_source_through_escapes() {
    let text = r#"{"variables": {"x": "[concat('\u00e9\ud83d\ude00', '\"', parameters('p'))]"}}"#;
    let template = parse(text);
    assert!(template.diagnostics.is_empty(), "{:?}", template.diagnostics);
    let id = template.variables[0].value;
    let ExprKind::Call { arguments, name_span, .. } = &template.expressions[id].kind else { panic!() };
    assert_eq!(&text[name_span.range()], "concat");
    let spans: Vec<&str> = arguments.iter().map(|id| &text[template.expressions[*id].span.range()]).collect();
    assert_eq!(spans, [r"'\u00e9\ud83d\ude00'", r#"'\"'"#, "parameters('p')"]);
    let ExprKind::Literal(Literal::String(first)) = &template.expressions[arguments[0]].kind else {
        panic!()
    };
    assert_eq!(&**first, "é😀");
}

#[test]
fn a_wrong_expression_is_reported_at_its_place_and_loses_only_itself() {
    let text =
        r#"{"variables": {"x": "[concat('a' 'b')]", "y": "[concat('a']", "z": "[f('q)]", "ok": "[f()]"}}"#;
    let template = parse(text);
    let places: Vec<(String, &str)> = template
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.message.to_string(), &text[diagnostic.span.unwrap().range()]))
        .collect();
    assert_eq!(
        places,
        [
            ("in this expression: expected ',' or ')', found '''".to_owned(), "'"),
            ("in this expression: expected ',' or ')', but the expression ends".to_owned(), "]"),
            ("in this expression: this string has no closing quote".to_owned(), "'q)]"),
        ]
    );
    assert_eq!(show(&template, template.variables[3].value), "f()");
    assert!(show(&template, template.variables[0].value).starts_with("error"));
}

const CLASSIC: &str = r#"{
  // a comment
  "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "metadata": {"_generator": {"name": "bicep"}},
  "Parameters": {
    "password": {"type": "SecureString", "minLength": 12},
    "sku": {"type": "string", "allowedValues": ["a", "b"], "defaultValue": "[[x]"},
    "n": {"type": "int", "minValue": 1, "maxValue": 3, "defaultValue": 2, "nullable": true},
  },
  "variables": {"copy": [{"name": "names", "count": 3, "input": "[copyIndex('names')]"}], "v": 1, "v": 2},
  "functions": [{"namespace": "contoso", "members": {"f": {
    "parameters": [{"name": "p", "type": "string"}], "output": {"type": "string", "value": "[parameters('p')]"}}}}],
  "resources": [
    {
      "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[parameters('sku')]",
      "condition": "[equals(1, 1)]",
      "copy": {"name": "loop", "count": "[length(variables('names'))]"},
      "tags": {"[parameters('sku')]": "x"},
      "properties": {"copy": [{"name": "disks", "count": 2, "input": {"lun": "[copyIndex('disks')]"}}], "a": null},
      "resources": [
        {"type": "blobServices", "name": "default", "apiVersion": "2023-01-01"},
        {"type": "Microsoft.Authorization/locks", "name": "l", "apiVersion": "2020-05-01"}
      ],
      "comments": "left out", "dependsOn": []
    },
    {"apiVersion": "2020-01-01", "name": "no type"}
  ],
  "outputs": {
    "o": {"type": "string", "value": "text", "condition": false},
    "secret": {"type": "securestring", "value": "x"},
    "many": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}
  }
}"#;

#[test]
fn a_classic_template_has_all_its_sections() {
    let template = parse(CLASSIC);
    let messages: Vec<&str> = template.diagnostics.iter().map(|diagnostic| &*diagnostic.message).collect();
    assert_eq!(messages, ["this resource has no 'type'"]);
    assert_eq!(template.scope, Scope::Subscription);
    assert_eq!(template.generator.as_deref(), Some("bicep"));
    assert_eq!(generator(CLASSIC), Some("bicep"));
    assert_eq!(
        generator(r#"{"resources": [{"metadata": {"_generator": {"name": "bicep"}}}], "metadata": {}}"#),
        None
    );
    assert!(!template.symbolic_names && template.ignores_case);
    assert_eq!(template.comments.len(), 1);
    let [password, sku, n] = template.parameters.as_slice() else { panic!() };
    assert!(password.secure && password.default.is_none() && password.bounds.min == Some(12));
    assert!(matches!(&password.declared_type, Some(TypeExpr::Primitive(name)) if &**name == "string"));
    assert_eq!(show(&template, sku.allowed.unwrap()), "['a', 'b']");
    assert_eq!(show(&template, sku.default.unwrap()), "'[x]'");
    assert!(n.nullable && n.bounds.max == Some(3));
    let variables: Vec<String> =
        template.variables.iter().map(|v| format!("{} = {}", v.name, show(&template, v.value))).collect();
    assert_eq!(variables, ["names = for 3 copyIndex('names')", "v = 2"]);
    let function = &template.functions[0];
    assert_eq!(
        (function.namespace.as_deref(), &*function.name, &*function.parameters[0]),
        (Some("contoso"), "f", "p")
    );
    let outputs: Vec<String> = template
        .outputs
        .iter()
        .map(|o| format!("{} {} {}", o.name, o.secure, show(&template, o.value)))
        .collect();
    assert_eq!(outputs, ["o false 'text'", "secret true 'x'", "many false for 2 copyIndex()"]);
}

#[test]
fn a_classic_resource_has_its_loop_condition_children_and_body() {
    let template = parse(CLASSIC);
    let [account] = template.resources.as_slice() else { panic!() };
    assert_eq!(&*account.resource_type, "Microsoft.Storage/storageAccounts");
    assert_eq!(account.api_version.as_deref(), Some("2023-01-01"));
    assert_eq!(show(&template, account.condition.unwrap()), "equals(1, 1)");
    let LoopSource::Count(count) = account.repeat.as_ref().unwrap().over else { panic!() };
    assert_eq!(show(&template, count), "length(var names)");
    assert_eq!(
        show(&template, account.body),
        "{name: param sku, tags: {[param sku]: 'x'}, \
         properties: {copy disks: for 2 {lun: copyIndex('disks')}, a: null}, dependsOn: []}"
    );
    assert_eq!(&CLASSIC[account.header.range()], r#""type": "Microsoft.Storage/storageAccounts""#);
    assert!(CLASSIC[account.span.range()].starts_with('{') && CLASSIC[account.span.range()].ends_with('}'));
    let types: Vec<&str> = account.children.iter().map(|child| &*child.resource_type).collect();
    assert_eq!(types, ["Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Authorization/locks"]);
}

#[test]
fn symbolic_names_definitions_and_existing_resources() {
    let template = parse(
        r##"{"languageVersion": "2.0", "$schema": "x/deploymentTemplate.json#",
        "definitions": {"t": {"type": "object", "nullable": true, "properties": {"a": {"type": "secureString", "nullable": true}},
            "additionalProperties": {"type": "int"}}},
        "parameters": {"p": {"$ref": "#/definitions/t"}, "list": {"type": "array", "items": {"type": "string", "allowedValues": ["x"]}}},
        "resources": {"sa": {"existing": true, "type": "Microsoft.Storage/storageAccounts", "apiVersion": "v", "name": "n"},
            "g": {"extension": "graph", "type": "Microsoft.Graph/groups@v1.0", "properties": {"a": "[reference('sa')]"}}}}"##,
    );
    assert!(template.diagnostics.is_empty(), "{:?}", template.diagnostics);
    assert!(template.symbolic_names);
    assert!(template.resources[0].existing);
    assert_eq!(template.resources[1].symbol.as_deref(), Some("g"));
    assert_eq!(template.resources[1].api_version.as_deref(), Some("v1.0"));
    assert_eq!(&*template.resources[1].resource_type, "Microsoft.Graph/groups");
    assert!(matches!(&template.parameters[0].declared_type, Some(TypeExpr::Named(name)) if &**name == "t"));
    let Some(TypeExpr::Array(item)) = &template.parameters[1].declared_type else { panic!() };
    assert!(matches!(&**item, TypeExpr::Union(literals) if literals.len() == 1));
    let TypeExpr::Nullable(object) = &template.types[0].value else { panic!() };
    let TypeExpr::Object { properties, additional: Some(_) } = &**object else { panic!() };
    assert!(properties[0].secure && matches!(properties[0].value, TypeExpr::Nullable(_)));
}

#[test]
fn nested_and_linked_deployments_are_module_calls() {
    let nested = |properties: &str| {
        let template = parse(&format!(
            r#"{{"resources": [{{"type": "microsoft.resources/DEPLOYMENTS", "name": "d", "resourceGroup": "rg",
                "subscriptionId": "[parameters('s')]", "properties": {{{properties}}}}}]}}"#
        ));
        assert!(template.diagnostics.is_empty(), "{:?}", template.diagnostics);
        template
    };
    let inner = nested(
        r#""expressionEvaluationOptions": {"scope": "Inner"}, "template": {"parameters": {"p": {"type": "int"}}, "resources": []},
           "parameters": {"p": {"value": 1}, "k": {"reference": {"keyVault": {"id": "v"}, "secretName": "s"}},
             "c": {"copy": [{"name": "value", "count": 2, "input": 7}]}}"#,
    );
    let call = inner.resources[0].deployment.as_ref().unwrap();
    assert!(matches!(&call.source, ModuleSource::Inline(template) if template.parameters.len() == 1));
    assert_eq!(
        show(&inner, call.body),
        "{name: 'd', scope: az.resourceGroup(param s, 'rg'), params: {p: 1, k: az.getSecret('v', 's'), c: for 2 7}}"
    );
    let outer = nested(r#""template": {"resources": []}"#);
    assert!(matches!(outer.resources[0].deployment.as_ref().unwrap().source, ModuleSource::InlineOuter(_)));
    let local = nested(r#""templateLink": {"relativePath": "nested\\a.json"}"#);
    let ModuleSource::Local(path) = &local.resources[0].deployment.as_ref().unwrap().source else { panic!() };
    assert_eq!(&**path, "nested/a.json");
    let linked =
        nested(r#""templateLink": {"uri": "[uri(deployment().properties.templateLink.uri, 'a.json')]"}"#);
    assert!(matches!(linked.resources[0].deployment.as_ref().unwrap().source, ModuleSource::Uri(_)));
}

#[test]
fn an_artifact_of_a_blueprint_holds_a_template() {
    let template = r#"{"variables": {"x": "a"}}"#;
    let artifact = format!(
        r#"{{"properties": {{"template": {template}}}, "kind": "template", "type": "Microsoft.Blueprint/blueprints/artifacts"}}"#
    );
    assert_eq!(parse(&artifact).variables.len(), 1);
    let other = artifact.replace("Blueprint/blueprints", "Other/things");
    assert_eq!(parse(&other).variables.len(), 0);
}

fn resource_names(text: &str) -> Vec<String> {
    let template = parse(text);
    assert_eq!(template.diagnostics.len(), 1, "{:?}", template.diagnostics);
    template.resources.iter().map(|resource| show(&template, resource.body)).collect()
}

#[test]
fn broken_json_keeps_what_is_whole() {
    let a = r#"{"type": "a.b/c", "name": "a"}"#;
    let b = r#"{"type": "a.b/c", "name": "b"}"#;
    let whole = ["{name: 'a'}", "{name: 'b'}"];
    // truncated between two resources, and within the second
    assert_eq!(resource_names(&format!(r#"{{"resources": [{a}, "#)), ["{name: 'a'}"]);
    assert_eq!(
        resource_names(&format!(r#"{{"resources": [{a}, {{"type": "a.b/c", "na"#)),
        ["{name: 'a'}", "{...error: the JSON is damaged here}"]
    );
    assert_eq!(resource_names(&format!(r#"{{"resources": [{a}, {{"type": "a.b"#))[0], "{name: 'a'}");
    // a missing comma, a missing bracket, a missing brace, a missing quote, something foreign
    assert_eq!(resource_names(&format!(r#"{{"resources": [{a} {b}]}}"#)), whole);
    assert_eq!(resource_names(&format!(r#"{{"resources": [{a}, {b}}}"#)), whole);
    assert_eq!(
        resource_names(&format!(r#"{{"resources": [{{"type": "a.b/c", "name": "a", {b}]}}"#)),
        ["{name: 'a', ...error: the JSON is damaged here}", "{name: 'b'}"]
    );
    assert_eq!(
        resource_names(&format!(
            "{{\"resources\": [{{\"type\": \"a.b/c\", \"name\": \"a,\n \"x\": 1}}, {b}]}}"
        )),
        ["{name: error: a string without closing quote, x: 1}", "{name: 'b'}"]
    );
    assert_eq!(resource_names(&format!(r#"{{"resources": [{a}, <<<<, {b}]}}"#)), whole);
    assert_eq!(
        resource_names(&format!(r#"{{"resources": [{{"type": "a.b/c", "name": "a", "x": , "y" 1}}, {b}]}}"#))
            [1],
        "{name: 'b'}"
    );
}

const LAID_OUT: &str = r#"{
  "parameters": {
    "p": {
      "type": "string"
    }
  },
  "resources": [
    {
      "type": "a.b/c",
      "name": "a",
      "properties": {
        "list": [
          1
        ]
      }
    },
    {
      "type": "a.b/c",
      "name": "b"
    }
  ]
}"#;

#[test]
fn the_indentation_tells_where_a_brace_is_missing_or_surplus() {
    for (whole, damaged) in [
        ("\"type\": \"string\"\n    }\n", "\"type\": \"string\"\n"),
        ("          1\n        ]\n", "          1\n"),
        ("        ]\n      }\n", "        ]\n"),
        ("        ]\n      }\n    }", "        ]\n      }\n    }\n      }"),
        ("\"type\": \"string\"", "\"type\": \"string\" }"),
        ("\"type\": \"string\"", "\"type\": [ \"string\""),
        ("\"name\": \"a\",", "\"name\": \"a\", ]"),
        ("\"name\": \"a\",", "\"name\": \"a\", {"),
        ("    \"p\": {", "    \"p: {"),
        ("    \"p\": {", "    p\": {"),
    ] {
        assert!(LAID_OUT.contains(whole), "{whole}");
        let template = parse(&LAID_OUT.replacen(whole, damaged, 1));
        let names: Vec<String> = template
            .resources
            .iter()
            .map(|resource| show(&template, resource.body).chars().skip(7).take(3).collect())
            .collect();
        assert_eq!(names, ["'a'", "'b'"], "{damaged}");
        assert_eq!(template.diagnostics.len(), 1, "{damaged}");
        assert_eq!(template.parameters.len(), 1, "{damaged}");
    }
}

#[test]
fn any_text_ends_in_a_template() {
    for text in [
        "",
        " ",
        "null",
        "[]",
        "{",
        "}",
        "\"",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "{]",
        "[}",
        "/*",
        "\u{feff}{}",
        "{{{{",
        "}}}}",
    ] {
        let template = parse(text);
        assert!(template.resources.is_empty());
        assert!(!template.diagnostics.is_empty() || text == "\u{feff}{}", "{text}");
    }
    let deep =
        format!("{{\"variables\": {{\"a\": {}1{}, \"b\": 2}}}}", "[".repeat(100_000), "]".repeat(100_000));
    let template = parse(&deep);
    assert_eq!(template.diagnostics[0].code, DiagnosticCode::Limit);
    assert_eq!(show(&template, template.variables[1].value), "2");
    let open = "{\"a\":[".repeat(100_000);
    assert!(!parse(&open).diagnostics.is_empty());
    let nested = format!("[{}'a'{}]", "f(".repeat(100_000), ")".repeat(100_000));
    assert!(variable(&nested).diagnostics[0].message.contains("levels deep"));
}

#[test]
fn a_truncated_template_keeps_the_resources_before_the_cut() {
    for text in [CLASSIC, LAID_OUT] {
        let whole = parse(text);
        for cut in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let template = parse(&text[..cut]);
            let complete = whole.resources.iter().filter(|resource| resource.span.range().end <= cut).count();
            assert!(template.resources.len() >= complete, "cut at {cut}");
            assert!(!template.diagnostics.is_empty(), "cut at {cut}");
        }
    }
}

#[test]
fn a_changed_byte_never_leads_outside_of_the_text() {
    for at in 0..LAID_OUT.len() {
        for byte in ["{", "}", "[", "]", "\"", ",", ":", "\\", "x", "é", "/*", ""] {
            let text = format!("{}{byte}{}", &LAID_OUT[..at], &LAID_OUT[at + 1..]);
            let template = parse(&text);
            for span in template.diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
                assert!(text.get(span.range()).is_some(), "{byte} at {at}");
            }
            for resource in &template.resources {
                assert!(text.get(resource.span.range()).is_some(), "{byte} at {at}");
            }
            classify(&text);
            parse_parameters(file(), &text);
        }
    }
}

#[test]
fn parameter_files_hold_data() {
    let file = parse_parameters(
        file(),
        r#"{"$schema": "https://x/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {
            "a": {"value": "[not an expression]"},
            "s": {"reference": {"keyVault": {"id": "/x"}, "secretName": "n"}},
            "e": {"expression": "[externalInputs('a')]"}, "n": {"value": null}, "bad": 1}}"#,
    );
    let shown: Vec<String> = file
        .assignments
        .iter()
        .map(|assignment| match assignment.value {
            AssignedValue::Expression(id) => format!("{} = {}", assignment.name, show(&file.template, id)),
            AssignedValue::KeyVaultSecret => format!("{} is a secret", assignment.name),
        })
        .collect();
    assert_eq!(shown, ["a = '[not an expression]'", "s is a secret", "e = externalInputs('a')", "n = null"]);
    assert_eq!(file.template.diagnostics.len(), 1);
}

#[test]
fn kinds_of_json_are_told_apart() {
    for (text, expected) in [
        (
            r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"}"#,
            JsonKind::Template,
        ),
        (
            r#"// c
            { /* "$schema": 1 */ "$SCHEMA": "http://x/tenantDeploymentTemplate.json""#,
            JsonKind::Template,
        ),
        (r#"{"resources": [], "a": {"contentVersion": 1}, 'ContentVersion': "1"}"#, JsonKind::Template),
        (r#"{"a": {"$schema": "deploymentTemplate.json"}}"#, JsonKind::Other),
        (
            r#"{"$schema": "https://x/2015-01-01/deploymentParameters.json#", "resources": []}"#,
            JsonKind::Parameters,
        ),
        (r#"{"$schema": "https://x/CreateUIDefinition.MultiVm.json#"}"#, JsonKind::Other),
        (r#"{"contentVersion": "1.0.0.0", "parameters": {}}"#, JsonKind::Parameters),
        (r#"{"format_version": "1.2", "planned_values": {"x": "}\"{"}, "z": 1}"#, JsonKind::TerraformPlan),
        (r#"{"dependencies": {}}"#, JsonKind::Other),
        (
            r#"{"properties": {"template": {}}, "kind": "template", "type": "microsoft.blueprint/blueprints/artifacts"}"#,
            JsonKind::Template,
        ),
        (
            r#"{"kind": "policyAssignment", "type": "Microsoft.Blueprint/blueprints/artifacts"}"#,
            JsonKind::Other,
        ),
        ("[1, 2]", JsonKind::Other),
        ("", JsonKind::Other),
    ] {
        assert_eq!(classify(text), expected, "{text}");
    }
}
