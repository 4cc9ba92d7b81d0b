use serde_json::json;

use super::*;
use crate::source::{FileId, Sources, Span};

fn span(start: usize, end: usize) -> Span {
    let file: FileId = Sources::new().add_text("a", "0123456789");
    Span::new(file, start, end)
}

fn unknown() -> Value {
    Value::unknown(Reason::new(ReasonKind::Parameter, "parameter 'x' has no default"))
}

#[test]
fn keys_are_found_without_case_and_exact_spelling_wins() {
    let mut object: Object = [("Name", Value::int(1)), ("name", Value::int(2))].into_iter().collect();
    assert_eq!(object.value("name").and_then(Value::as_int), Some(2));
    assert_eq!(object.value("NAME").and_then(Value::as_int), Some(1));
    assert!(object.get_exact("NAME").is_none());
    object.insert_folded("NAME", Value::int(3));
    assert_eq!(object.len(), 2);
    assert_eq!(object.value("Name").and_then(Value::as_int), Some(3));
}

#[test]
fn choices_flatten_and_collapse() {
    let two = Value::one_of([Value::string("a"), Value::string("b")]).unwrap();
    let flat = Value::one_of([two.clone(), Value::string("a"), Value::string("c")]).unwrap();
    assert_eq!(flat.alternatives().len(), 3);
    assert_eq!(Value::one_of([Value::int(1), Value::int(1)]).unwrap().as_int(), Some(1));
    assert!(Value::one_of([]).is_none());
    assert!(Value::one_of((0..100).map(Value::int)).unwrap().as_unknown().is_some());
}

#[test]
fn unknown_alternatives_become_one() {
    let other = Value::unknown(Reason::new(ReasonKind::Runtime, "y is not known"));
    let choice = Value::one_of([unknown(), Value::int(1), other]).unwrap();
    assert_eq!(choice.alternatives().len(), 2);
    let merged = choice.alternatives()[0].as_unknown().unwrap();
    let reasons: Vec<&str> = merged.reasons.iter().map(|reason| &*reason.text).collect();
    assert_eq!(reasons, ["parameter 'x' has no default", "y is not known"]);
}

#[test]
fn equality_is_decided_only_where_it_can_be() {
    let choice = Value::one_of([Value::string("a"), Value::string("b")]).unwrap();
    assert_eq!(choice.equals(&Value::string("c"), false), Some(false));
    assert_eq!(choice.equals(&Value::string("a"), false), None);
    assert_eq!(unknown().equals(&Value::int(1), false), None);
    let named = |id: &str| {
        let unknown = Unknown::new(Reason::new(ReasonKind::Environment, "x")).with_identity(id);
        Value::new(Kind::Unknown(Arc::new(unknown)))
    };
    assert_eq!(named("f(x)").equals(&named("f(x)"), false), Some(true));
    assert_eq!(named("f(x)").equals(&named("f(y)"), false), None);
    let a = Value::array([Value::int(1), unknown()].into_iter().collect());
    let b = Value::array([Value::int(2), unknown()].into_iter().collect());
    assert_eq!(a.equals(&b, false), Some(false));
    assert_eq!(Value::string("Ä").equals(&Value::string("ä"), true), Some(true));
    assert_eq!(Value::null().equals(&Value::bool(false), false), Some(false));
}

#[test]
fn json_hides_secrets_and_marks_what_is_not_known() {
    let object: Object = [
        ("password", Value::string("hunter2").tainted(true)),
        ("size", Value::int(3)),
        ("name", unknown()),
        ("nothing", Value::null()),
    ]
    .into_iter()
    .collect();
    let shown = to_json(&Value::object(object));
    assert_eq!(shown["password"], json!({"$secret": "secret"}));
    assert_eq!(shown["size"], json!(3));
    assert_eq!(shown["nothing"], json!(null));
    assert_eq!(shown["name"], json!({"$unknown": "parameter 'x' has no default", "type": "any"}));
    assert!(!shown.to_string().contains("hunter2"));
}

#[test]
fn long_ways_drop_without_recursion() {
    let mut value = Value::int(1);
    for _ in 0..200_000 {
        value = value.via(StepKind::Variable, "v", span(0, 1));
    }
    assert_eq!(value.origin.steps().take(3).count(), 3);
    drop(value);
}

#[test]
fn numbers_compare_by_value() {
    assert_eq!(Number::parse("1.0"), Some(Number::Int(1)));
    assert_eq!(Number::parse("1.5").map(|number| number.to_string()).as_deref(), Some("1.5"));
    assert_eq!(Number::from_f64(f64::NAN), None);
    assert_eq!(Number::parse("1e3").and_then(Number::as_i64), Some(1000));
}
