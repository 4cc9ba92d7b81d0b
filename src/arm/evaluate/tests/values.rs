use serde_json::json;

use super::*;
use crate::value::StepKind;

#[test]
fn parameters_take_argument_then_default_then_null_then_unknown() {
    let files = [
        (
            "main.bicep",
            "param a string = 'x'\nparam b string?\nparam c string\nparam d string = 'y'\noutput r array = [a, b, c, d]",
        ),
        ("main.bicepparam", "using 'main.bicep'\nparam a = 'given'\nparam d = null"),
    ];
    let deployment = evaluate_files(&files);
    let reason = "parameter 'c' has no default";
    assert_eq!(output(&deployment, "r"), json!(["given", null, {"$unknown": reason, "type": "string"}, "y"]));
}

#[test]
fn allowed_values_are_one_of_several_and_flow_through_conditions() {
    let deployment = bicep(
        "@allowed(['dev', 'prod'])\nparam env string\nparam on bool\nparam t 'a' | 'b'\n\
         output name string = '${env}-kv'\noutput choice string = on ? 'x' : 'y'\noutput t string = t\n\
         output same string = on ? 'z' : 'z'",
    );
    assert_eq!(output(&deployment, "name"), json!({"$oneOf": ["dev-kv", "prod-kv"]}));
    assert_eq!(output(&deployment, "choice"), json!({"$oneOf": ["x", "y"]}));
    assert_eq!(output(&deployment, "t"), json!({"$oneOf": ["a", "b"]}));
    assert_eq!(output(&deployment, "same"), json!("z"));
}

#[test]
fn logic_is_decided_where_one_operand_decides() {
    let deployment = bicep(
        "param u bool\noutput a bool = u && false\noutput b bool = u || true\noutput c bool = u && true\n\
         output d bool = true && true",
    );
    assert_eq!(output(&deployment, "a"), json!(false));
    assert_eq!(output(&deployment, "b"), json!(true));
    assert_eq!(output(&deployment, "c")["type"], json!("bool"));
    assert_eq!(output(&deployment, "d"), json!(true));
}

#[test]
fn a_safe_access_swallows_the_rest_of_its_chain() {
    let deployment = bicep(
        "param o object = {}\noutput a string? = o.?x.y.z\noutput b string = o.?x.y.z ?? 'none'\n\
         output c string? = o.?x[0]!\noutput e string? = [1][?3].x",
    );
    assert_eq!(output(&deployment, "a"), json!(null));
    assert_eq!(output(&deployment, "b"), json!("none"));
    assert_eq!(output(&deployment, "c"), json!(null));
    assert_eq!(output(&deployment, "e"), json!(null));
    assert!(deployment.diagnostics.is_empty(), "{:?}", messages(&deployment));
}

#[test]
fn a_missing_property_is_told_and_unknown() {
    let deployment = bicep("var o = { a: 1 }\noutput x int = o.b\noutput y int = o.A");
    assert_eq!(messages(&deployment), ["the object has no property 'b'"]);
    assert_eq!(output(&deployment, "x")["$unknown"], json!("the object has no property 'b'"));
    assert_eq!(output(&deployment, "y"), json!(1));
}

#[test]
fn spreads_merge_and_open_where_they_are_not_known() {
    let deployment = bicep(
        "param u object\nparam on bool\nvar o = { a: 1, ...{ A: 2, b: 3 }, c: 4 }\noutput o object = o\n\
         output l array = [0, ...[1, 2], ...null]\nvar open = { a: 1, ...u }\noutput known int = open.a\noutput rest int = open.z\n\
         output maybe object = { a: 1, ...(on ? { b: 2 } : {}) }",
    );
    assert_eq!(output(&deployment, "o"), json!({"a": 2, "b": 3, "c": 4}));
    assert_eq!(output(&deployment, "l"), json!([0, 1, 2]));
    assert_eq!(output(&deployment, "known"), json!(1));
    assert_eq!(output(&deployment, "rest")["$unknown"], json!("parameter 'u' has no default"));
    assert_eq!(output(&deployment, "maybe"), json!({"$oneOf": [{"a": 1, "b": 2}, {"a": 1}]}));
}

#[test]
fn interpolation_prints_as_format_does_and_keeps_known_pieces() {
    let deployment = bicep(
        "param p string\nvar o = { a: 'b', n: [1, true] }\noutput all string = '>${true}<>${12}<>${null}<>${o}<'\n\
         output half string = 'st${p}x'",
    );
    assert_eq!(output(&deployment, "all"), json!(">True<>12<><>{'a':'b','n':[1,true]}<"));
    let half = output_value(&deployment, "half").as_unknown().unwrap();
    assert_eq!((half.prefix(), half.suffix()), (Some("st"), Some("x")));
}

#[test]
fn loops_give_one_value_an_item() {
    let deployment = bicep(
        "param u array\noutput a array = [for (x, i) in ['a', 'b']: '${x}${i}']\noutput b array = [for x in ['a', 'b']: x]\n\
         output c array = [for x in u: { name: 'fix' }]",
    );
    assert_eq!(output(&deployment, "a"), json!(["a0", "b1"]));
    assert_eq!(output(&deployment, "b"), json!(["a", "b"]));
    let open = output_value(&deployment, "c").as_array().unwrap();
    assert_eq!((open.items.len(), open.is_closed()), (1, false));
}

#[test]
fn variables_are_lazy_and_a_cycle_ends() {
    let deployment = bicep("var a = b\nvar b = a\nvar unused = nowhere\noutput x string = a");
    assert_eq!(messages(&deployment), ["variable 'a' depends on itself"]);
}

#[test]
fn values_tell_the_way_they_came() {
    let files = [
        (
            "main.bicep",
            "param tls string = 'x'\nvar v = tls\nmodule m 'm.bicep' = { params: { t: v } }\noutput o string = m.outputs.t",
        ),
        ("m.bicep", "param t string\noutput t string = t"),
        ("main.bicepparam", "using 'main.bicep'\nparam tls = '1.0'"),
    ];
    let deployment = evaluate_files(&files);
    let value = output_value(&deployment, "o");
    assert_eq!(value.as_str(), Some("1.0"));
    let steps: Vec<(StepKind, &str)> = value.origin.steps().map(|step| (step.kind, &*step.name)).collect();
    let expected = [
        (StepKind::Output, "o"),
        (StepKind::Output, "t"),
        (StepKind::Argument, "t"),
        (StepKind::Variable, "v"),
        (StepKind::ParameterFile, "tls"),
    ];
    assert_eq!(steps, expected);
}

#[test]
fn secrets_taint_what_is_made_of_them() {
    let deployment = bicep(
        "@secure()\nparam p string = 'hunter2'\n@secure()\ntype s = string\nparam q { key: s, plain: string } = { key: 'hunter3', plain: 'x' }\n\
         output a string = 'user:${p}'\noutput b object = q",
    );
    assert!(output_value(&deployment, "a").secret);
    let shown = output(&deployment, "b");
    assert_eq!(shown["plain"], json!("x"));
    assert!(shown["key"]["$secret"].is_string());
    assert!(!format!("{}{shown}", output(&deployment, "a")).contains("hunter"));
}

#[test]
fn user_functions_see_their_own_parameters() {
    let deployment = bicep(
        "func hi(name string) string => 'Hi ${name}'\nfunc twice(name string) string => '${hi(name)} ${hi(name)}'\n\
         output x string = twice('Bo')",
    );
    assert_eq!(output(&deployment, "x"), json!("Hi Bo Hi Bo"));
}

#[test]
fn imports_bring_variables_functions_and_types() {
    let files = [
        (
            "main.bicep",
            "import { greeting, greet as g, level } from 'lib.bicep'\nimport * as lib from 'lib.bicep'\nparam l level\n\
            output a string = greeting\noutput b string = g('x')\noutput c string = lib.greeting\noutput d string = lib.greet('y')\noutput e string = l\n\
            import { gone } from 'nowhere.bicep'\noutput f string = gone",
        ),
        (
            "lib.bicep",
            "var inner = 'Hello'\n@export()\nvar greeting = '${inner}!'\n@export()\nfunc greet(n string) string => '${inner} ${n}'\n@export()\ntype level = 'low' | 'high'",
        ),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(output(&deployment, "a"), json!("Hello!"));
    assert_eq!(output(&deployment, "b"), json!("Hello x"));
    assert_eq!(output(&deployment, "c"), json!("Hello!"));
    assert_eq!(output(&deployment, "d"), json!("Hello y"));
    assert_eq!(output(&deployment, "e"), json!({"$oneOf": ["low", "high"]}));
    assert!(output(&deployment, "f")["$unknown"].is_string());
    assert_eq!(messages(&deployment), ["'nowhere.bicep' is not there"]);
}

#[test]
fn files_are_loaded_with_their_places() {
    let files = [
        (
            "main.bicep",
            "output t string = loadTextContent('a.txt')\noutput j string = loadJsonContent('a.json', '$.b[1].c')\n\
            output y object = loadYamlContent('a.yaml')\noutput b string = loadFileAsBase64('a.txt')\noutput x string = loadTextContent('no.txt')",
        ),
        ("a.txt", "Hello"),
        ("a.json", "{ \"b\": [0, { \"c\": \"deep\" }] }"),
        ("a.yaml", "k: &a [1, two]\nl: *a\n"),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(output(&deployment, "t"), json!("Hello"));
    assert_eq!(output(&deployment, "j"), json!("deep"));
    assert_eq!(output(&deployment, "y"), json!({"k": [1, "two"], "l": [1, "two"]}));
    assert_eq!(output(&deployment, "b"), json!("SGVsbG8="));
    assert_eq!(messages(&deployment), ["'no.txt' is not there"]);
    let span = output_value(&deployment, "j").origin.span.unwrap();
    assert_eq!(span.range(), 18..24);
}

#[test]
fn a_parameter_file_can_extend_another_and_use_its_own_values() {
    let files = [
        ("main.bicep", "param a string\nparam b string\nparam c string = 'c'\noutput r array = [a, b, c]"),
        (
            "main.bicepparam",
            "using 'main.bicep'\nextends 'base.bicepparam'\nvar v = 'own'\nparam a = '${v}-${base.b}'\nparam odd = 1",
        ),
        ("base.bicepparam", "using none\nparam a = 'base a'\nparam b = 'base b'"),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(output(&deployment, "r"), json!(["own-base b", "base b", "c"]));
    assert_eq!(messages(&deployment), ["the template has no parameter 'odd'"]);
}

#[test]
fn key_vault_secrets_of_json_parameter_files_are_secret_and_unknown() {
    let files = [
        (
            "main.json",
            r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
            "parameters": {"p": {"type": "string"}, "q": {"type": "string"}}, "resources": [],
            "outputs": {"p": {"type": "string", "value": "[parameters('P')]"}, "q": {"type": "string", "value": "[parameters('q')]"}}}"#,
        ),
        (
            "params.json",
            r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0",
            "parameters": {"p": {"reference": {"keyVault": {"id": "x"}, "secretName": "s"}}, "Q": {"value": "given"}}}"#,
        ),
    ];
    let deployment = evaluate_files(&files);
    assert!(output(&deployment, "p")["$secret"].is_string());
    assert_eq!(output(&deployment, "q"), json!("given"));
}

#[test]
fn arguments_that_do_not_fit_are_told() {
    let files = [
        (
            "main.bicep",
            "@minLength(3)\nparam name string\n@allowed(['a', 'b'])\nparam c string\nmodule m 'm.bicep' = {\n  params: { odd: 1 }\n}\n\
             output n string = name\noutput c string = c",
        ),
        ("m.bicep", "param needed string\nparam optional string?\noutput x string = needed"),
        ("main.bicepparam", "using 'main.bicep'\nparam name = 'ab'\nparam c = 'z'"),
    ];
    let mut told = messages(&evaluate_files(&files)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    told.sort();
    let expected = [
        "the call gives no value for parameter 'needed'",
        "the length of parameter 'name' must be at least 3",
        "the module has no parameter 'odd'",
        "this is no allowed value of parameter 'c'",
    ];
    assert_eq!(told, expected);
}
