use std::fmt::Write;

use super::*;
use crate::value::ReasonKind;

/// Runs on the stack that evaluation is given.
fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap()
}

fn reason_of(value: &Value) -> ReasonKind {
    value.as_unknown().map(|unknown| unknown.reason().kind).unwrap_or_else(|| panic!("known: {value:?}"))
}

#[test]
fn a_chain_of_many_variables_ends() {
    let kinds = with_stack(|| {
        let mut text = String::from("var v0 = 1\n");
        let mut json = String::from("{\"v0\": 1");
        for number in 1..20_000 {
            writeln!(text, "var v{number} = v{}", number - 1).unwrap();
            write!(json, ",\"v{number}\": \"[variables('v{}')]\"", number - 1).unwrap();
        }
        text.push_str("output x int = v19999\noutput y int = v500");
        let json = format!(
            "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \"contentVersion\": \"1\", \
             \"variables\": {json}}}, \"resources\": [], \"outputs\": {{\"x\": {{\"type\": \"int\", \"value\": \"[variables('v19999')]\"}}}}}}"
        );
        let (bicep, arm) = (bicep(&text), arm(&json));
        [&bicep, &arm].map(|deployment| reason_of(output_value(deployment, "x")))
    });
    assert_eq!(kinds, [ReasonKind::Limit; 2]);
}

#[test]
fn absurd_loops_are_followed_once() {
    let deployment = arm(
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1",
        "resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv", "copy": {"name": "c", "count": 2000000000}}]}"#,
    );
    assert_eq!(addresses(&deployment), ["Microsoft.KeyVault/vaults/kv[*]"]);
    assert_eq!(
        messages(&deployment),
        ["a loop of 2000000000 turns is followed once: more than 10000 are not"]
    );
}

#[test]
fn doubling_arrays_stop_growing() {
    let deployment = with_stack(|| {
        let mut text = String::from("var a0 = [1, 2]\n");
        for number in 1..60 {
            writeln!(text, "var a{number} = [...a{0}, ...a{0}]", number - 1).unwrap();
        }
        text.push_str("output x array = a59\n");
        bicep(&text)
    });
    let array = output_value(&deployment, "x").as_array().unwrap();
    assert_eq!(array.open.as_ref().unwrap().reason().kind, ReasonKind::Limit);
}

#[test]
fn modules_that_call_each_other_end() {
    let files = [
        ("a.bicep", "module b 'b.bicep' = {}"),
        (
            "b.bicep",
            "module a 'a.bicep' = {}\nresource r 'Microsoft.KeyVault/vaults@2023-07-01' = { name: 'x' }",
        ),
    ];
    let deployment = evaluate_files(&files);
    assert_eq!(addresses(&deployment), ["b/r"]);
    assert_eq!(messages(&deployment), ["the module calls itself"]);
}

#[test]
fn resources_that_depend_on_each_other_end_symbolically() {
    let deployment = bicep(
        "resource a 'Microsoft.KeyVault/vaults@2023-07-01' = { name: 'a', properties: { x: b.properties.x } }\n\
         resource b 'Microsoft.KeyVault/vaults@2023-07-01' = { name: 'b', properties: { x: a.properties.x } }",
    );
    let value = |address: &str| {
        let body = resource(&deployment, address).body.clone();
        body.as_object()
            .unwrap()
            .value("properties")
            .unwrap()
            .as_object()
            .unwrap()
            .value("x")
            .unwrap()
            .clone()
    };
    assert_eq!(value("a").as_reference().unwrap().property.as_deref(), Some("properties.x"));
    assert!(value("b").as_reference().is_some());
}

#[test]
fn values_that_grow_without_end_are_not_kept() {
    let deployment = with_stack(|| {
        let mut text = String::from("var d0 = {}\nvar w0 = { a: 1 }\n");
        for number in 1..2_000 {
            writeln!(text, "var d{number} = {{ a: d{0} }}\noutput o{number} object = d{number}", number - 1)
                .unwrap();
            writeln!(text, "var w{number} = {{ a: w{0}, b: w{0} }}", number - 1).unwrap();
        }
        text.push_str("output wide object = w60\noutput deep object = d1999\n");
        text.push_str("output reduced object = reduce(range(0, 5000), {}, (cur, next) => { a: cur })\n");
        bicep(&text)
    });
    for name in ["wide", "deep", "reduced"] {
        let shown = output(&deployment, name).to_string();
        assert!(shown.len() < 40_000_000, "{name}");
    }
    let limits = deployment
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == crate::source::DiagnosticCode::Limit);
    assert!(limits.count() >= 3, "{:?}", messages(&deployment));
}

#[test]
fn functions_that_call_themselves_end() {
    let deployment = with_stack(|| bicep("func f(x int) int => f(x) + f(x)\noutput a int = f(1)"));
    assert_eq!(reason_of(output_value(&deployment, "a")), ReasonKind::Limit);
}
