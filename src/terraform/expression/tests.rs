use std::cell::RefCell;

use serde_json::{Value as Json, json};

use super::types::TypeConstraint;
use super::*;
use crate::source::Sources;
use crate::terraform::syntax;
use crate::value::{
    Facts, Kind, Object, Reason, ReasonKind, Reference, StepKind, Unknown, ValueType, to_json,
};

/// A few names, and the mistakes that were reported.
struct Names {
    values: Vec<(&'static str, Value)>,
    mistakes: RefCell<Vec<String>>,
}

impl Names {
    fn new() -> Self {
        let text = |value_type| {
            let facts = Facts { not_null: true, ..Facts::default() };
            let unknown = Unknown::new(Reason::new(ReasonKind::Runtime, "computed"))
                .with_type(value_type)
                .with_facts(facts);
            Value::new(Kind::Unknown(Arc::new(unknown.with_identity("u"))))
        };
        let choice = Value::one_of([Value::string("a"), Value::string("b")]).unwrap();
        Names {
            values: vec![
                ("u", text(ValueType::String)),
                ("ub", text(ValueType::Bool)),
                ("ul", text(ValueType::Array)),
                ("um", text(ValueType::Object)),
                ("choice", choice),
                ("secret", Value::string("hunter2").tainted(true)),
                ("nothing", Value::null()),
                (
                    "id",
                    Value::reference(Reference::to_declared(
                        "azurerm_subnet.s",
                        "Microsoft.Network/virtualNetworks/subnets",
                    )),
                ),
            ],
            mistakes: RefCell::default(),
        }
    }
}

struct Folder;

impl Files for Folder {
    fn text(&self, path: &str) -> Result<(FileId, Arc<str>), FileError> {
        let text = match path {
            "hello.txt" => "hello\n",
            "list.tftpl" => "%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\n",
            "nested.tftpl" => "${templatefile(\"hello.txt\", {})}",
            "outside.txt" => {
                return Err(FileError::NotRead { path: path.to_owned(), why: "outside".to_owned() });
            }
            _ => return Err(FileError::Missing(path.to_owned())),
        };
        Ok((Sources::new().add_text(path, text), text.into()))
    }

    fn bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        self.text(path).map(|(_, text)| Arc::from(text.as_bytes()))
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(["b.txt", "a.txt", "sub/c.txt", "d.json"].map(str::to_owned).to_vec())
    }
}

impl Scope for Names {
    fn resolve(&self, path: &[&str], _: Span) -> Option<(Value, usize)> {
        let name = path.first()?;
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| (value.clone(), 1))
    }

    fn files(&self) -> &dyn Files {
        &Folder
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.mistakes.borrow_mut().push(diagnostic.message.to_string());
    }
}

fn value_and_mistakes(text: &str) -> (Value, Vec<String>) {
    let text = format!("x = {text}\n");
    let file = syntax::parse(Sources::new().add_text("main.tf", text.clone()), &text);
    assert_eq!(file.diagnostics, [], "{text}");
    let names = Names::new();
    let value = evaluate(&file.expressions, file.body.attributes[0].value, &names);
    (value, names.mistakes.into_inner())
}

/// The value, which must come without mistakes.
fn value(text: &str) -> Value {
    let (value, mistakes) = value_and_mistakes(text);
    assert_eq!(mistakes, Vec::<String>::new(), "{text}");
    value
}

fn shown(text: &str) -> Json {
    to_json(&value(text))
}

fn all_equal(rows: &[(&str, Json)]) {
    for (text, expected) in rows {
        assert_eq!(shown(text), *expected, "{text}");
    }
}

/// The one mistake that the expression is.
fn mistake(text: &str) -> String {
    let (value, mistakes) = value_and_mistakes(text);
    let unknown = value.as_unknown().unwrap_or_else(|| panic!("{text} is {value:?}"));
    assert_eq!(unknown.reason().kind, ReasonKind::Error, "{text}");
    assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
    mistakes[0].clone()
}

fn is_unknown(text: &str) {
    assert!(value(text).is_unknown(), "{text} is {:?}", value(text));
}

#[test]
fn numbers_are_decimal() {
    all_equal(&[
        ("tostring(0.1 + 0.2)", json!("0.3")),
        ("tostring(0.3 / 0.1)", json!("3")),
        ("7 % 3 - 7.5 % 2", json!(-0.5)),
        ("tostring(1e21)", json!("1000000000000000000000")),
        ("tostring(1.50)", json!("1.5")),
        ("10 / 4", json!(2.5)),
        ("\"5\" * \"5\"", json!(25)),
        ("-\"3\"", json!(-3)),
        ("9223372036854775807 - 1", json!(9_223_372_036_854_775_806_i64)),
    ]);
    assert!(mistake("1 / 0").contains("division by zero"));
    assert!(mistake("1 + null").contains("must not be null"));
    assert!(mistake("true > false").contains("number required"));
}

#[test]
fn equality_looks_at_types() {
    all_equal(&[
        ("1 == 1.0", json!(true)),
        ("true == \"true\"", json!(false)),
        ("[1] == tolist([1])", json!(false)),
        ("{a=1} == {a=1}", json!(true)),
        ("null == null", json!(true)),
        ("u == null", json!(false)),
        ("\"x${u}\" == \"y\"", json!(false)),
        ("uuid() == \"\"", json!(false)),
        ("u == u", json!(true)),
        ("lower(u) == lower(u)", json!(true)),
    ]);
    is_unknown("u == \"a\"");
    is_unknown("id == \"/subscriptions/x\"");
}

#[test]
fn conditionals_unify_their_arms_and_lose_mistakes_of_the_other() {
    all_equal(&[
        ("true ? 1 : \"b\"", json!("1")),
        ("true ? { a = 1, b = \"x\" } : {}", json!({"a": "1", "b": "x"})),
        ("false ? file(\"missing\") : \"ok\"", json!("ok")),
        ("true ? null : 1", json!(null)),
        ("false ? [] : [\"a\", 1]", json!(["a", "1"])),
        ("ub ? 1 : 1", json!(1)),
        ("ub ? \"a\" : 2", json!({"$oneOf": ["a", "2"]})),
    ]);
    is_unknown("ub ? \"a\" : \"a\"");
    assert!(mistake("true ? 1 : true").contains("consistent types"));
    assert!(mistake("null ? 1 : 2").contains("Null condition"));
}

#[test]
fn for_expressions() {
    all_equal(&[
        ("[for k, v in { b = 1, a = 2 } : \"${k}${v}\"]", json!(["a2", "b1"])),
        ("{ for x in [\"a\", \"b\"] : x => upper(x) if x != \"b\" }", json!({"a": "A"})),
        (
            "{ for x in [1, 2, 3] : x % 2 == 0 ? \"even\" : \"odd\" => x... }",
            json!({"odd": [1, 3], "even": [2]}),
        ),
        ("[for s in toset([\"b\", \"a\", \"b\"]) : s]", json!(["a", "b"])),
        ("length([for x in [u, u] : x])", json!(2)),
    ]);
    assert!(mistake("{ for x in [1, 2] : \"same\" => x }").contains("Duplicate object key"));
    assert!(mistake("[for x in null : x]").contains("null value"));
    assert!(mistake("[for x in 5 : x]").contains("number"));
    is_unknown("[for x in ul : x]");
    is_unknown("[for x in [\"a\"] : x if ub]");
    // a mistake in one round is the whole's
    let (value, mistakes) = value_and_mistakes("[for x in [\"1\", \"b\"] : x + 1]");
    assert!(value.as_unknown().is_some_and(|unknown| unknown.reason().kind == ReasonKind::Error));
    assert_eq!(mistakes.len(), 1);
}

#[test]
fn splats_and_indexes() {
    all_equal(&[
        ("[{ a = 1 }, { a = 2 }][*].a", json!([1, 2])),
        ("\"x\"[*]", json!(["x"])),
        ("nothing[*]", json!([])),
        ("[[1, 2], [3]].*.0", json!([1, 3])),
        ("length(u[*])", json!(1)),
        ("[1, 2, 3][\"1\"]", json!(2)),
        ("{ a = u, b = 1 }.b", json!(1)),
        ("{ a = \"x\", b = \"y\" }[u]", json!({"$oneOf": ["x", "y"]})),
    ]);
    for (text, words) in [
        ("[1][1]", "greater than or equal to the length"),
        ("[1][0.5]", "whole number"),
        ("{ a = 1 }.b", "does not have an attribute named \"b\""),
        ("tomap({ a = 1 }).b", "does not have an element with the key"),
        ("nothing.a", "null value"),
        ("toset([1])[0]", "set"),
        ("[[]][*][0]", "no elements"),
    ] {
        assert!(mistake(text).contains(words), "{text}");
    }
    let part = value("id.name");
    assert_eq!(part.as_reference().and_then(|reference| reference.property.as_deref()), Some("name"));
}

#[test]
fn half_known_texts_keep_their_pieces() {
    let half = value("\"st${u}-${1 + 1}\"");
    let unknown = half.as_unknown().unwrap();
    assert_eq!((unknown.prefix(), unknown.suffix()), (Some("st"), Some("-2")));
    assert_eq!(unknown.value_type, ValueType::String);
    assert_eq!(unknown.identity.as_deref(), Some("st${u}-2"));
    // through another template
    let outer = value("\"a${\"b${u}\"}c\"");
    assert_eq!(outer.as_unknown().and_then(|unknown| unknown.prefix()), Some("ab"));
    assert_eq!(value("format(\"st%s\", u)").as_unknown().and_then(|unknown| unknown.prefix()), Some("st"));
    all_equal(&[
        ("startswith(\"pre-${u}\", \"pre\")", json!(true)),
        ("startswith(\"pre-${u}\", \"x\")", json!(false)),
        ("\"x-${choice}\"", json!({"$oneOf": ["x-a", "x-b"]})),
        ("\"${[1]}\"", json!([1])),
        ("\"%{ if ub || true }y%{ endif }\"", shown("\"%{ if ub }y%{ endif }\"")),
    ]);
    assert!(mistake("\"x${nothing}\"").contains("null"));
    assert!(mistake("\"x${[1]}\"").contains("string required"));
}

#[test]
fn alternatives_go_through_operators_and_functions() {
    all_equal(&[
        ("upper(choice)", json!({"$oneOf": ["A", "B"]})),
        ("choice == \"c\"", json!(false)),
        ("lookup({ a = 1, b = 2 }, choice, 3)", json!({"$oneOf": [1, 2]})),
        // `b` is no key: that alternative cannot be deployed
        ("{ a = 1 }[choice]", json!(1)),
        ("{ a = 1, b = 1 }[choice]", json!(1)),
    ]);
    assert!(mistake("{ c = 1 }[choice]").contains("Invalid index"));
}

#[test]
fn what_is_unknown_inside_stays_there() {
    all_equal(&[
        ("length([u, u])", json!(2)),
        ("keys({ a = u })", json!(["a"])),
        ("merge({ a = u }, { b = 1 }).b", json!(1)),
        ("concat([u], [\"b\"])[1]", json!("b")),
        ("contains([\"a\", u], \"a\")", json!(true)),
        ("coalesce(\"x\", u)", json!("x")),
        ("anytrue([ub, true])", json!(true)),
        ("element([u, \"b\"], 1)", json!("b")),
        ("merge(um, { b = 1 }).b", json!(1)),
    ]);
    // an open object stays one through a conditional
    is_unknown("(true ? { a = merge(um, { b = 1 }) } : {}).a.c");
    for text in [
        "compact([u, \"b\"])",
        "jsonencode({ a = u })",
        "alltrue([ub, false])",
        "false && ub",
        "try(u, \"x\")",
        "can(u)",
        "{ (u) = 1 }",
        "length(toset([u, \"b\"]))",
        "merge({ b = 1 }, um).b",
        "contains([\"a\", u], \"z\")",
        "join(\",\", [id])",
    ] {
        is_unknown(text);
    }
}

#[test]
fn try_and_can_catch_mistakes_but_not_unknown_names() {
    all_equal(&[
        ("try({}.a, \"d\")", json!("d")),
        ("try(1 + \"a\", 2)", json!(2)),
        ("try(null, 1)", json!(null)),
        ("can(regex(\"x\", \"abc\"))", json!(false)),
        ("can({ a = 1 }.a)", json!(true)),
    ]);
    assert!(mistake("try(1 + \"a\")").contains("no expression succeeded"));
    assert!(mistake("try(missing.name, 1)").contains("undeclared"));
    assert!(mistake("can(missing.name)").contains("undeclared"));
}

#[test]
fn secrets_travel() {
    assert!(value("\"a${secret}\"").secret);
    assert!(value("upper(secret)").secret);
    assert!(value("secret == \"x\"").secret);
    assert!(value("ub ? secret : \"a\"").has_secret());
    assert!(!value("[secret]").secret && value("[secret]").has_secret());
    assert!(!value("nonsensitive(secret)").secret);
    assert!(value("jsonencode({ a = secret })").secret);
    assert!(!value("length([secret])").secret);
    all_equal(&[("issensitive(secret)", json!(true)), ("issensitive([secret])", json!(false))]);
    // no message quotes one
    assert!(!mistake("tonumber(secret)").contains("hunter2"));
    assert!(!mistake("regex(\"x\", secret)").contains("hunter2"));
    assert!(!mistake("[for s in [1] : secret + 1]").contains("hunter2"));
}

#[test]
fn origins_are_where_values_were_written() {
    let text = "x = { a = [\"one\", upper(\"two\")] }\n";
    let file = syntax::parse(Sources::new().add_text("main.tf", text), text);
    let value = evaluate(&file.expressions, file.body.attributes[0].value, &Names::new());
    let member = value.as_object().and_then(|object| object.get_exact("a")).unwrap();
    assert_eq!(&text[member.site.unwrap().range()], "a = [\"one\", upper(\"two\")]");
    assert_eq!(&text[member.key_span.unwrap().range()], "a");
    let items: Vec<&str> = member
        .value
        .as_array()
        .unwrap()
        .values()
        .map(|item| &text[item.origin.span.unwrap().range()])
        .collect();
    assert_eq!(items, ["\"one\"", "upper(\"two\")"]);
    // a step that a value has come by stays with it
    let stepped = Value::string("v").via(StepKind::Variable, "l", member.site.unwrap());
    assert_eq!(types::convert(&stepped, &TypeConstraint::String).unwrap().origin.steps().count(), 1);
}

#[test]
fn files_and_templates() {
    all_equal(&[
        ("file(\"hello.txt\")", json!("hello\n")),
        ("filebase64(\"hello.txt\")", json!("aGVsbG8K")),
        ("fileexists(\"nope\")", json!(false)),
        ("fileset(\".\", \"*.txt\")", json!(["a.txt", "b.txt"])),
        ("fileset(\".\", \"**\")", json!(["a.txt", "b.txt", "d.json", "sub/c.txt"])),
        ("templatefile(\"list.tftpl\", { xs = [1, \"b\"] })", json!("- 1\n- b\n")),
        ("templatestring(\"hi $${name}\", { name = \"x\" })", json!("hi x")),
        ("basename(\"a/b/c.txt\")", json!("c.txt")),
        ("dirname(\"a/b/c.txt\")", json!("a/b")),
    ]);
    is_unknown("file(\"outside.txt\")");
    is_unknown("file(\"~/.ssh/id_rsa.pub\")");
    is_unknown("file(u)");
    is_unknown("templatefile(\"list.tftpl\", { xs = ul })");
    assert!(mistake("file(\"nope\")").contains("no file exists"));
    assert!(value_and_mistakes("templatefile(\"nested.tftpl\", {})").1[0].contains("recursively"));
}

#[test]
fn work_is_bounded() {
    let nested = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    assert!(value(&nested).as_array().is_some());
    let long = format!("1{}", " + 1".repeat(20_000));
    assert_eq!(value(&long).as_int(), Some(20_001));
    let chained = format!("um{}", ".a".repeat(20_000));
    assert!(value(&chained).is_unknown());
    let loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]";
    let counted = format!("length(flatten({loops}))");
    assert!(value(&counted).as_unknown().is_some());
    let list = "range(1000)";
    let product = value(&format!("setproduct({list}, {list}, {list})"));
    assert_eq!(product.as_unknown().map(|unknown| unknown.reason().kind), Some(ReasonKind::Limit));
    assert!(mistake("range(2000)").contains("1024"));
    is_unknown("format(\"%999999999s\", \"a\")");
    is_unknown("indent(999999999, \"a\\nb\")");
}

fn constraint(text: &str) -> TypeConstraint {
    let text = format!("type = {text}\n");
    let file = syntax::parse(Sources::new().add_text("main.tf", text.clone()), &text);
    types::parse(&file.expressions, file.body.attributes[0].value).unwrap()
}

fn converted(text: &str, to: &str) -> Result<Json, String> {
    types::convert(&value(text), &constraint(to))
        .map(|value| to_json(&value))
        .map_err(|mismatch| mismatch.to_string())
}

#[test]
fn values_become_what_their_variable_wants() {
    for (text, to, expected) in [
        ("\"42\"", "number", json!(42)),
        ("true", "string", json!("true")),
        ("[3, \"1\"]", "list(number)", json!([3, 1])),
        ("[\"b\", \"a\", \"b\"]", "set(string)", json!(["a", "b"])),
        ("{ a = 1, b = \"x\" }", "map(string)", json!({"a": "1", "b": "x"})),
        ("{ a = 1, extra = 2 }", "object({ a = string })", json!({"a": "1"})),
        ("{}", "object({ a = optional(string, \"d\"), b = optional(bool) })", json!({"a": "d", "b": null})),
        ("{ a = null }", "object({ a = optional(string, \"d\") })", json!({"a": "d"})),
        (
            "{ s = { one = {} } }",
            "object({ s = optional(map(object({ n = optional(bool, true) })), {}) })",
            json!({"s": {"one": {"n": true}}}),
        ),
        ("[1, \"a\"]", "tuple([string, string])", json!(["1", "a"])),
        ("null", "list(string)", json!(null)),
        ("[1, \"a\"]", "any", json!([1, "a"])),
        ("[1, \"a\"]", "list(any)", json!(["1", "a"])),
        ("{ a = u }", "map(string)", json!({"a": {"$unknown": "computed", "type": "string"}})),
        ("[1]", "\"list\"", json!([1])),
    ] {
        assert_eq!(converted(text, to), Ok(expected), "{text} as {to}");
    }
    assert_eq!(converted("[\"x\"]", "list(number)"), Err("[0]: a number is required".to_owned()));
    assert_eq!(
        converted("{ s = { n = [] } }", "object({ s = object({ n = string }) })"),
        Err(".s.n: string required".to_owned())
    );
    assert_eq!(converted("{}", "object({ a = string })"), Err("attribute \"a\" is required".to_owned()));
    assert!(converted("\"yes\"", "bool").is_err());
    assert!(converted("[1]", "map(string)").is_err());
}

#[test]
fn wrong_types_are_a_diagnostic_at_their_place() {
    let text = "type = list(strin)\n";
    let file = syntax::parse(Sources::new().add_text("main.tf", text), text);
    let wrong = types::parse(&file.expressions, file.body.attributes[0].value).unwrap_err();
    assert_eq!(wrong.span.map(|span| &text[span.range()]), Some("strin"));
    let object: Object = [("a", Value::int(1))].into_iter().collect();
    assert!(types::convert(&Value::object(object), &TypeConstraint::String).is_err());
}
