use super::*;

const GOOD: &str = "---
id: x-y
title: X does Y
severity: high
category: network
resources: Microsoft.X/ys
require:
  field: properties.a
  equals: true
message: \"'{name}' does Y\"
help: Do not.
---
# X

Why it matters,
over two lines.

```bicep fail=2 lines=1,3
resource
```

```bicep with file=m.bicep
module
```
";

fn errors_of(from: &str, to: &str) -> Vec<(String, Option<String>, (usize, usize))> {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replacen(from, to, 1);
    let errors = parse_rule(&text, "x-y").expect_err("an error is expected");
    errors
        .into_iter()
        .map(|error| {
            let position = error.position(&text);
            (error.message, error.help, position)
        })
        .collect()
}

#[test]
fn a_rule_file_is_read() {
    let rule = parse_rule(GOOD, "x-y").expect("a rule");
    assert_eq!((&*rule.id, rule.severity, rule.default_on), ("x-y", Severity::High, true));
    assert_eq!(rule.description(), "Why it matters,\nover two lines.");
    let found = examples(&rule.page).expect("examples");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].expectation.findings, found[0].expectation.lines.as_slice()),
        (Some(2), &[1, 3][..])
    );
    let names: Vec<&str> = found[0].files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["main.bicep", "m.bicep"]);
}

#[test]
fn windows_line_ends_are_read() {
    let rule = parse_rule(&GOOD.replace('\n', "\r\n"), "x-y").expect("a rule");
    assert_eq!(&*rule.title, "X does Y");
    assert_eq!(examples(&rule.page).expect("examples").len(), 1);
}

#[test]
fn a_mistyped_key_is_found_at_its_place_with_the_nearest_word() {
    let errors = errors_of("severity: high", "severty: high");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0].0, "the head lacks 'severity'");
    assert_eq!((errors[1].0.as_str(), errors[1].2), ("unknown key 'severty'", (4, 1)));
    assert!(errors[1].1.as_deref().is_some_and(|help| help.starts_with("did you mean 'severity'?")));
}

#[test]
fn a_mistyped_operator_is_found_at_its_place() {
    let errors = errors_of("  equals: true", "  equal: true");
    let unknown = errors.iter().find(|error| error.0 == "unknown key 'equal'").expect("the key");
    assert_eq!(unknown.2, (9, 3));
    assert!(unknown.1.as_deref().is_some_and(|help| help.contains("'equals'")), "{unknown:?}");
}

#[test]
fn wrong_values_name_what_is_known() {
    let cases = [
        ("severity: high", "severity: hihg", "unknown severity 'hihg'"),
        ("category: network", "category: fun", "unknown category 'fun'"),
        ("resources: Microsoft.X/ys", "resources: Storage", "'Storage' is no resource type"),
        ("field: properties.a", "field: properties..a", "a property name is missing here"),
        ("'{name}' does Y", "'{nam}' does Y", "unknown placeholder 'nam'"),
        ("id: x-y", "id: other", "the rule 'other' stands in the file 'x-y.md'"),
        ("bicep fail=2", "bicep fails", "'fails' is none of fail, pass, undecided, skip, review and with"),
        ("equals: true", "includesPort: 70000", "expected a port or a range such as 5000-5100, found 70000"),
        ("equals: true", "within: 10.0.0.0/40", "'10.0.0.0/40' is no address prefix"),
        ("  equals: true", "  equals: true\n  exists: true", "a condition has one operator"),
        ("equals: true", "equals: 1.5", "the head is no valid YAML"),
    ];
    for (from, to, expected) in cases {
        let errors = errors_of(from, to);
        assert!(errors.iter().any(|error| error.0.starts_with(expected)), "{to}: {errors:?}");
    }
}

#[test]
fn a_check_is_known_by_its_name_and_its_parameters() {
    let condition = "require:\n  field: properties.a\n  equals: true";
    let errors = errors_of(condition, "check: nsg-exposre");
    assert!(errors[0].1.as_deref().is_some_and(|help| help.contains("'nsg-exposure'")), "{errors:?}");
    let errors = errors_of(condition, "check: nsg-exposure\nwith: { port: 22 }");
    assert!(errors[0].1.as_deref().is_some_and(|help| help.contains("'ports'")), "{errors:?}");
    let errors = errors_of(condition, "check: firewall-range");
    assert_eq!(errors[0].0, "the check 'firewall-range' needs the parameter 'refuse'");
}

#[test]
fn defaults_by_api_version_are_in_order() {
    let absent =
        "  equals: true\n  absent: { before 2021-01-01: false, before 2019-01-01: true, otherwise: true }";
    let errors = errors_of("  equals: true", absent);
    assert_eq!(errors[0].0, "write the dates in ascending order");
    let errors = errors_of("  equals: true", "  equals: true\n  absent: { before 2021-01-01: false }");
    assert_eq!(errors[0].0, "'absent' lacks 'otherwise'");
}

#[test]
fn hostile_heads_end_in_an_error() {
    let deep = format!("require: {}", "{ not: ".repeat(5000));
    let condition = "require:\n  field: properties.a\n  equals: true";
    for to in [deep.as_str(), "require: [", "require: *x", "require: &a { not: *a }", "\u{0}: 1"] {
        assert!(!errors_of(condition, to).is_empty(), "{to:.40}");
    }
    assert!(parse_rule("", "x").is_err());
    assert!(parse_rule("---\n---\n", "x").is_err());
    assert!(parse_rule("---\nid: x", "x").is_err());
}
