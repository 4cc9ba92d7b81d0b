use super::{account, ask, ask_files, deploy, rule};
use crate::model::Graph;
use crate::rules::{Outcome, RuleSet, check};
use crate::source::Sources;

const REQUIRE: &str = "require: { field: properties.x, equals: true }";

#[test]
fn a_finding_points_at_the_property_or_at_the_header() {
    assert_eq!(ask(REQUIRE, &account("x: false")), ["sa broken 4 st1: properties.x is false"]);
    assert_eq!(ask(REQUIRE, &account("y: false")), ["sa broken 1 st1: properties.x is not set"]);
    let variable = format!(
        "{}var v = {{ x: false }}\n",
        account("").replace("properties: {\n    \n  }", "properties: v")
    );
    assert_eq!(ask(REQUIRE, &variable), ["sa broken 3 st1: properties.x is false"]);
}

#[test]
fn a_finding_tells_where_the_value_came_from() {
    let sources = Sources::new();
    let text = format!("{}param x bool = false\n", account("x: x"));
    let deployment = deploy(&sources, &text, &[]);
    let rules = RuleSet::only_rule(rule(REQUIRE));
    let verdicts = check(&Graph::new(&deployment), &rules);
    let [verdict] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    let Outcome::Broken(broken) = &verdict.outcome else { panic!("{verdict:?}") };
    let related: Vec<(&str, u32)> =
        broken.related.iter().map(|(text, span)| (text.as_str(), sources.positions(*span).0.line)).collect();
    assert_eq!(related, [("the default of parameter 'x'", 7)]);
    assert_eq!(sources.positions(broken.value_span.expect("a place")).0.line, 7);
}

#[test]
fn a_finding_in_a_module_points_into_the_module_if_it_is_the_users() {
    let module = format!("{}param x bool\n", account("x: x"));
    let call =
        |path: &str| format!("module m '{path}' = {{\n  name: 'm'\n  params: {{\n    x: false\n  }}\n}}\n");
    assert_eq!(
        ask_files(REQUIRE, &call("own/m.bicep"), &[("own/m.bicep", &module)]),
        ["m/sa broken own/m.bicep:4 st1: properties.x is false"]
    );
    assert_eq!(
        ask_files(REQUIRE, &call("registry/m.bicep"), &[("registry/m.bicep", &module)]),
        ["m/sa broken 4 st1: properties.x is false"]
    );
    let absent = account("y: 1");
    let told = ask_files(
        REQUIRE,
        &call("registry/m.bicep"),
        &[("registry/m.bicep", &format!("{absent}param x bool\n"))],
    );
    assert_eq!(told, ["m/sa broken 1 st1: properties.x is not set"]);
}

#[test]
fn a_secret_is_not_told() {
    let text = format!("{}@secure()\nparam x string = 'hunter22'\n", account("x: x"));
    assert_eq!(ask(REQUIRE, &text), ["sa broken 4 st1: properties.x is a secret"]);
    assert_eq!(
        ask("forbid: { field: properties.x, secret: true }", &text),
        ["sa broken 4 st1: properties.x is a secret"]
    );
}

#[test]
fn an_existing_resource_is_not_asked() {
    let text = "resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {\n  name: 'st1'\n}\n";
    assert_eq!(ask(REQUIRE, text), Vec::<String>::new());
}

#[test]
fn of_alternatives_the_written_one_is_pointed_at() {
    let demand = "require:\n  anyOf:\n    - { field: properties.a, equals: true }\n    - { field: properties.x, equals: true }";
    assert_eq!(ask(demand, &account("x: false")), ["sa broken 4 st1: properties.x is false"]);
    let demand = demand.replace("anyOf", "allOf");
    assert_eq!(
        ask(&demand, &account("x: false")),
        ["sa broken 1 st1: properties.a is not set", "sa broken 4 st1: properties.x is false"]
    );
}
