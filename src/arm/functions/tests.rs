use std::sync::Arc;

use super::json::{read_json, write_json};
use super::*;
use crate::value::{
    Array, Facts, Kind, Object, Piece, Reason, ReasonKind, Target, Unknown, ValueType, to_json,
};

fn json(text: &str) -> Value {
    read_json(text).unwrap()
}

fn arguments(text: &str) -> Vec<Value> {
    json(text).as_array().unwrap().values().cloned().collect()
}

fn shown(value: &Value) -> String {
    let mut out = String::new();
    if write_json(value, '"', &mut out) { out } else { to_json(value).to_string() }
}

fn run(function: &str, list: &[Value]) -> Value {
    call(function, list, &Context::default()).unwrap_or_else(|error| panic!("{function}: {error}"))
}

/// Each row: function, arguments and result as JSON.
fn check(rows: &[(&str, &str, &str)]) {
    for (function, list, expected) in rows {
        assert_eq!(shown(&run(function, &arguments(list))), *expected, "{function}({list})");
    }
}

fn refused(function: &str, list: &str) -> String {
    match call(function, &arguments(list), &Context::default()) {
        Err(failure) => failure.to_string(),
        Ok(value) => panic!("{function}({list}) gives {}", shown(&value)),
    }
}

fn parameter(name: &str) -> Value {
    let reason = Reason::new(ReasonKind::Parameter, format!("parameter '{name}' has no default"));
    let unknown = Unknown::new(reason).with_type(ValueType::String).with_identity(format!("param {name}"));
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

fn of_type(value_type: ValueType) -> Value {
    let unknown = Unknown::new(Reason::new(ReasonKind::Parameter, "x")).with_type(value_type);
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

fn half_known(before: &str, name: &str, after: &str) -> Value {
    run("concat", &[Value::string(before), parameter(name), Value::string(after)])
}

#[test]
fn strings() {
    check(&[
        ("concat", r#"["a", 1, true, "b"]"#, r#""a1Trueb""#),
        ("concat", r#"[["a"], ["b"]]"#, r#"["a","b"]"#),
        ("toLower", r#"["ÄB"]"#, r#""äb""#),
        ("toUpper", r#"["aß"]"#, r#""ASS""#),
        ("trim", r#"["  a b\n"]"#, r#""a b""#),
        ("padLeft", r#"["12", 5, "0"]"#, r#""00012""#),
        ("padLeft", "[13, 5]", r#""   13""#),
        ("padLeft", r#"["123456", 3]"#, r#""123456""#),
        ("replace", r#"["a-b-c", "-", ""]"#, r#""abc""#),
        ("split", r#"["a;b,c", [";", ","]]"#, r#"["a","b","c"]"#),
        ("split", r#"["abc", ""]"#, r#"["abc"]"#),
        ("split", r#"["", ","]"#, r#"[""]"#),
        ("join", r#"[["a", 1, true], "-"]"#, r#""a-1-True""#),
        ("substring", r#"["one two three", 4, 3]"#, r#""two""#),
        ("substring", r#"["abc", 3]"#, r#""""#),
        ("SUBSTRING", r#"["😀b", 2]"#, r#""b""#),
    ]);
    assert_eq!(
        refused("substring", r#"["abc", 2, 2]"#),
        "substring: the string has only 3 characters, 4 are asked for"
    );
    assert_eq!(refused("toLower", "[1]"), "the first argument of toLower must be a string, not a number");
    assert_eq!(refused("toLower", "[]"), "toLower takes 1 argument, not 0");
    assert_eq!(refused("padleft", r#"["a", 2, "xy"]"#), "padLeft: the padding must be one character");
}

#[test]
fn composite_formats() {
    check(&[
        ("format", r#"["{0}-{1}-{{{2}}}", "a", 1, true]"#, r#""a-1-{True}""#),
        ("format", r#"["{0,5}|{0,-5}|", "ab"]"#, r#""   ab|ab   |""#),
        (
            "format",
            r#"["{0:N0} {0:N} {0:D8} {0:x} {0:X8} {0:F1}", 1234567]"#,
            r#""1,234,567 1,234,567.00 01234567 12d687 0012D687 1234567.0""#,
        ),
        ("format", r##"["{0:000} {0:#,##0.0#} {1:E2} {0:P0}", 7, 12345]"##, r#""007 7.0 1.23E+004 700 %""#),
        ("format", r#"["{0}", {"a": ["it's", null, true]}]"#, r#""{'a':['it\\'s',null,true]}""#),
        ("format", r#"["{0}{1}", null, ""]"#, r#""""#),
    ]);
    assert_eq!(
        refused("format", r#"["{1}", "a"]"#),
        "format: the format string asks for argument 1, there are 1"
    );
    assert_eq!(refused("format", r#"["{0", "a"]"#), "format: a '{' of the format string is not closed");
}

#[test]
fn encodings_hashes_and_uris() {
    check(&[
        ("base64", r#"["one, two"]"#, r#""b25lLCB0d28=""#),
        ("base64ToString", r#"["b25lLCB0d28="]"#, r#""one, two""#),
        ("base64ToJson", r#"["eydhJzogMX0="]"#, r#"{"a":1}"#),
        ("dataUri", r#"["Hello"]"#, r#""data:text/plain;charset=utf8;base64,SGVsbG8=""#),
        ("dataUriToString", r#"["data:;base64,SGVsbG8sIFdvcmxkIQ=="]"#, r#""Hello, World!""#),
        ("dataUriToString", r#"["data:,a%20b"]"#, r#""a b""#),
        ("uniqueString", r#"["snap", "crackle", "pop"]"#, r#""byghxckddilkc""#),
        ("guid", r#"["foo", "bar", "baz"]"#, r#""2ed86837-7c7c-5eaa-9864-dd077fd19b0d""#),
        ("uri", r#"["http://contoso.org/firstpath", "myscript.sh"]"#, r#""http://contoso.org/myscript.sh""#),
        ("uri", r#"["http://contoso.org/a/b/", "../c.sh?x"]"#, r#""http://contoso.org/a/c.sh?x""#),
        (
            "uri",
            r#"["https://github.com/another/repo", "/Azure/bicep"]"#,
            r#""https://github.com/Azure/bicep""#,
        ),
        ("uri", r#"["https://a.b", "https://c.d/e"]"#, r#""https://c.d/e""#),
        ("uriComponent", r#"["http://a b/ä"]"#, r#""http%3A%2F%2Fa%20b%2F%C3%A4""#),
        ("uriComponentToString", r#"["%20%25%"]"#, r#"" %%""#),
        (
            "parseUri",
            r#"["https://A.b:8443/c?d=e"]"#,
            r#"{"scheme":"https","host":"a.b","port":8443,"path":"/c","query":"?d=e"}"#,
        ),
        (
            "buildUri",
            r#"[{"scheme": "https", "host": "a.b", "port": 443, "path": "c", "query": "d=e"}]"#,
            r#""https://a.b/c?d=e""#,
        ),
    ]);
}

#[test]
fn numbers_and_comparisons() {
    check(&[
        ("add", "[1, 2]", "3"),
        ("div", "[-7, 2]", "-3"),
        ("mod", "[-7, 2]", "-1"),
        ("minus", "[5]", "-5"),
        ("min", "[[3, 1, 2]]", "1"),
        ("max", "[3, 1, 2]", "3"),
        ("int", r#"["42"]"#, "42"),
        ("float", r#"["1.5"]"#, "1.5"),
        ("range", "[-1, 3]", "[-1,0,1]"),
        ("less", r#"["a", "B"]"#, "true"),
        ("greaterOrEquals", "[2, 2]", "true"),
        ("equals", r#"["a", "A"]"#, "false"),
        ("equalsInsensitively", r#"["a", "A"]"#, "true"),
        ("equals", r#"[{"a": [1]}, {"a": [1]}]"#, "true"),
        ("not", "[true]", "false"),
        ("coalesce", r#"[null, "a"]"#, r#""a""#),
    ]);
    assert_eq!(refused("div", "[1, 0]"), "div: division by zero");
    assert_eq!(refused("add", "[9223372036854775807, 1]"), "add: the result does not fit 64 bits");
    assert_eq!(refused("less", r#"[1, "a"]"#), "less: both sides must be integers, or both strings");
    let large = run("range", &[Value::int(0), Value::int(1 << 40)]);
    assert_eq!(large.as_unknown().unwrap().reason().kind, ReasonKind::Limit);
}

#[test]
fn collections_and_objects() {
    check(&[
        ("empty", "[{}]", "true"),
        ("empty", "[null]", "true"),
        ("length", r#"["ä😀"]"#, "3"),
        ("first", r#"["abc"]"#, r#""a""#),
        ("last", "[[]]", "null"),
        ("take", "[[1, 2, 3], 2]", "[1,2]"),
        ("skip", r#"["one two", 4]"#, r#""two""#),
        ("skip", "[[1], 5]", "[]"),
        ("flatten", "[[[1], [2, [3]]]]", "[1,2,[3]]"),
        ("distinct", r#"[[1, "a", 1, "a", null, null]]"#, r#"[1,"a",null]"#),
        ("contains", r#"[{"One": 1}, "one"]"#, "true"),
        ("contains", r#"[["One"], "one"]"#, "false"),
        ("contains", r#"["OneTwo", "two"]"#, "false"),
        ("indexOf", r#"["abcdef", "CD"]"#, "2"),
        ("lastIndexOf", "[[1, 2, 1], 1]", "2"),
        ("startsWith", r#"["abc", "AB"]"#, "true"),
        ("endsWith", r#"["abc", "b"]"#, "false"),
        ("like", r#"["storage-Prod", "stor*-pr?d"]"#, "true"),
        ("union", "[[1, 2], [2, 3]]", "[1,2,3]"),
        (
            "union",
            r#"[{"p": {"a": 1, "b": 2}, "l": [1]}, {"P": {"b": 3}, "l": [2]}]"#,
            r#"{"p":{"a":1,"b":3},"l":[2]}"#,
        ),
        ("intersection", "[[1, 2, 3], [3, 2]]", "[2,3]"),
        ("intersection", r#"[{"a": 1, "b": 2}, {"a": 1, "b": 3}]"#, r#"{"a":1}"#),
        ("items", r#"[{"b": 1, "A": 2}]"#, r#"[{"key":"A","value":2},{"key":"b","value":1}]"#),
        ("objectKeys", r#"[{"b": 1, "A": 2}]"#, r#"["A","b"]"#),
        ("shallowMerge", r#"[[{"a": {"x": 1}}, {"a": {"y": 1}}]]"#, r#"{"a":{"y":1}}"#),
        ("createObject", r#"["a", 1, "b", [2]]"#, r#"{"a":1,"b":[2]}"#),
        ("tryGet", r#"[{"a": [{"b": 1}]}, "a", 0, "b"]"#, "1"),
        ("tryGet", r#"[{"a": 1}, "b", "c"]"#, "null"),
        ("indexFromEnd", "[[1, 2, 3], 1]", "3"),
        ("array", r#"["a"]"#, r#"["a"]"#),
        ("string", r#"[{"a": ["b", true, null, 1.5]}]"#, r#""{\"a\":[\"b\",true,null,1.5]}""#),
        ("string", "[true]", r#""True""#),
        ("bool", r#"["TRUE"]"#, "true"),
        ("json", r#"["{'a': 'b', /* c */ }"]"#, r#"{"a":"b"}"#),
    ]);
    assert!(refused("json", r#"["{"]"#).starts_with("json: the text is not JSON"));
}

#[test]
fn networks() {
    check(&[
        (
            "parseCidr",
            r#"["10.144.0.0/20"]"#,
            r#"{"network":"10.144.0.0","netmask":"255.255.240.0","broadcast":"10.144.15.255","firstUsable":"10.144.0.1","lastUsable":"10.144.15.254","cidr":20}"#,
        ),
        (
            "parseCidr",
            r#"["fdad:3236:5555::/48"]"#,
            r#"{"network":"fdad:3236:5555::","netmask":"ffff:ffff:ffff::","firstUsable":"fdad:3236:5555::","lastUsable":"fdad:3236:5555:ffff:ffff:ffff:ffff:ffff","cidr":48}"#,
        ),
        ("cidrSubnet", r#"["10.144.0.0/20", 24, 15]"#, r#""10.144.15.0/24""#),
        ("cidrSubnet", r#"["fdad:3236:5555::/48", 52, 2]"#, r#""fdad:3236:5555:2000::/52""#),
        ("cidrHost", r#"["10.144.3.0/24", 3]"#, r#""10.144.3.4""#),
        ("cidrHost", r#"["fdad:3236:5555:3000::/52", 0]"#, r#""fdad:3236:5555:3000::1""#),
        ("cidrSubnet", r#"["0.0.0.0/0", 0, 0]"#, r#""0.0.0.0/0""#),
    ]);
    assert_eq!(
        refused("cidrSubnet", r#"["10.0.0.0/24", 25, 2]"#),
        "cidrSubnet: the network has no subnet 2 of that size"
    );
    assert_eq!(refused("cidrHost", r#"["10.0.0.0/30", 2]"#), "cidrHost: the network has no host 2");
    assert_eq!(refused("parseCidr", r#"["10.0.0.0"]"#), "parseCidr: the text is no network in CIDR notation");
}

#[test]
fn dates() {
    check(&[
        ("dateTimeFromEpoch", "[1680224438]", r#""2023-03-31T01:00:38Z""#),
        ("dateTimeToEpoch", r#"["2023-03-31T03:00:38+02:00"]"#, "1680224438"),
        ("dateTimeAdd", r#"["2022-09-01T00:00:00Z", "P10Y"]"#, r#""2032-08-29T00:00:00Z""#),
        (
            "dateTimeAdd",
            r#"["2020-04-07 14:53:14Z", "-P9DT1H", "yyyyMMddTHHmmssZ"]"#,
            r#""20200329T135314Z""#,
        ),
        (
            "dateTimeAdd",
            r#"["2020-04-07T14:53:14Z", "PT0.5S", "ddd d MMM yy h:mm:ss.ff tt"]"#,
            r#""Tue 7 Apr 20 2:53:14.50 PM""#,
        ),
        ("dateTimeAdd", r#"["2020-04-07T14:53:14Z", "P1M", "u"]"#, r#""2020-05-07 14:53:14Z""#),
    ]);
    assert_eq!(
        refused("dateTimeAdd", r#"["nonsense", "P1D"]"#),
        "dateTimeAdd: the first argument is no date"
    );
    assert_eq!(
        refused("dateTimeAdd", r#"["9999-12-31T00:00:00Z", "P1Y"]"#),
        "dateTimeAdd: the sum lies beyond the calendar"
    );
    assert_eq!(run("utcNow", &[]).as_unknown().unwrap().reason().kind, ReasonKind::NonDeterministic);
}

#[test]
fn unknown_arguments_leave_what_is_decidable() {
    let name = half_known("St-", "x", "-Prod");
    let pieces = |value: &Value| {
        let pieces = value.as_unknown().unwrap().facts.pieces.clone().unwrap();
        let text = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Hole(_) => "…".to_owned(),
        });
        text.collect::<String>()
    };
    let decided = |function: &str, with: &str| run(function, &[name.clone(), Value::string(with)]).as_bool();
    assert_eq!(pieces(&run("toLower", std::slice::from_ref(&name))), "st-…-prod");
    assert_eq!(decided("startsWith", "st"), Some(true));
    assert_eq!(decided("startsWith", "xy"), Some(false));
    assert_eq!(decided("startsWith", "st-a"), None);
    assert_eq!(decided("endsWith", "-prod"), Some(true));
    assert_eq!(decided("contains", "Prod"), Some(true));
    assert_eq!(decided("contains", "z"), None);
    assert_eq!(run("empty", std::slice::from_ref(&name)).as_bool(), Some(false));
    assert_eq!(run("empty", &[parameter("x")]).as_bool(), None);
    assert_eq!(run("take", &[name.clone(), Value::int(2)]).as_str(), Some("St"));
    assert_eq!(pieces(&run("take", &[name.clone(), Value::int(5)])), "St-…");
    assert_eq!(run("first", std::slice::from_ref(&name)).as_str(), Some("S"));
    assert_eq!(run("last", std::slice::from_ref(&name)).as_str(), Some("d"));
    assert_eq!(pieces(&run("replace", &[name.clone(), Value::string("-"), Value::string("")])), "St…Prod");
    let items = Value::array([parameter("x"), Value::string("b")].into_iter().collect());
    assert_eq!(run("length", std::slice::from_ref(&items)).as_int(), Some(2));
    assert_eq!(run("contains", &[items.clone(), Value::string("b")]).as_bool(), Some(true));
    assert_eq!(run("contains", &[items.clone(), Value::string("c")]).as_bool(), None);
    assert_eq!(pieces(&run("join", &[items, Value::string(",")])), "…,b");
    let format = run("format", &[Value::string("{0}/{1}"), parameter("x"), Value::int(1)]);
    assert_eq!(pieces(&format), "…/1");
    assert_eq!(run("uniqueString", &[parameter("x")]).as_unknown().unwrap().facts.max, Some(13));
    assert_eq!(run("length", &[run("guid", &[parameter("x")])]).as_int(), Some(36));
}

#[test]
fn equal_expressions_have_equal_values() {
    let unique = |name: &str| run("uniqueString", &[parameter(name), Value::string("a")]);
    assert_eq!(unique("x").as_unknown().unwrap().identity.as_deref(), Some("uniqueString(param x, 'a')"));
    assert_eq!(run("equals", &[unique("x"), unique("x")]).as_bool(), Some(true));
    assert_eq!(run("equals", &[unique("x"), unique("y")]).as_bool(), None);
    assert!(run("newGuid", &[]).as_unknown().unwrap().identity.is_none());
    let secret = run("uniqueString", &[parameter("x"), Value::string("hunter2").tainted(true)]);
    // the digest is no secret, and its identity does not tell what it was made of
    assert!(!secret.secret && secret.as_unknown().unwrap().identity.is_none());
}

#[test]
fn choices_are_followed() {
    let sku = Value::one_of([Value::string("A"), Value::string("B")]).unwrap();
    let lower = run("toLower", std::slice::from_ref(&sku));
    assert_eq!(
        lower.alternatives().iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(run("startsWith", &[sku.clone(), Value::string("C")]).as_bool(), Some(false));
    let named = run("concat", &[Value::string("x"), sku]);
    assert_eq!(named.alternatives().len(), 2);
    let length = Value::one_of([Value::string("abc"), Value::int(3)]).unwrap();
    assert_eq!(run("length", std::slice::from_ref(&length)).as_int(), Some(3));
}

#[test]
fn secrets_stay_secret_except_in_answers_that_do_not_tell_them() {
    let secret = Value::string("hunter2").tainted(true);
    assert!(run("concat", &[Value::string("a"), secret.clone()]).secret);
    assert!(run("base64", std::slice::from_ref(&secret)).secret);
    assert!(run("format", &[Value::string("{0}"), secret.clone()]).secret);
    assert!(!run("length", std::slice::from_ref(&secret)).secret);
    assert!(!run("empty", std::slice::from_ref(&secret)).secret);
    assert!(!run("equals", &[secret.clone(), Value::string("x")]).secret);
    let object: Object = [("p", secret.clone()), ("q", Value::int(1))].into_iter().collect();
    let merged = run("union", &[Value::object(object), json(r#"{"r": 2}"#)]);
    assert!(!merged.secret && merged.as_object().unwrap().value("p").unwrap().secret);
    assert!(run("string", std::slice::from_ref(&merged)).secret);
    assert!(run("listKeys", &[Value::string("id"), Value::string("2023-01-01")]).secret);
    assert!(run("getSecret", &[]).secret);
    let error = call("base64ToString", std::slice::from_ref(&secret), &Context::default()).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn ids_are_references() {
    let id =
        run("resourceId", &arguments(r#"["Microsoft.Network/virtualNetworks/subnets", "vnet", "default"]"#));
    let Target::Id { resource_type, names, scope } = &id.as_reference().unwrap().target else { panic!() };
    assert_eq!(
        (&**resource_type, names.len(), scope.len()),
        ("Microsoft.Network/virtualNetworks/subnets", 2, 0)
    );
    let vnet = run("resourceId", &arguments(r#"["sub", "rg", "Microsoft.Network/virtualNetworks", "vnet"]"#));
    let subnet = run("concat", &[vnet.clone(), Value::string("/subnets/"), parameter("subnet")]);
    let Target::Id { resource_type, names, scope } = &subnet.as_reference().unwrap().target else { panic!() };
    assert_eq!(
        (&**resource_type, names.len(), scope.len()),
        ("Microsoft.Network/virtualNetworks/subnets", 2, 2)
    );
    let segments = run("split", &[vnet.clone(), Value::string("/")]);
    assert_eq!(
        shown(&segments),
        r#"["","subscriptions","sub","resourceGroups","rg","providers","Microsoft.Network","virtualNetworks","vnet"]"#
    );
    assert_eq!(run("last", &[run("split", &[id, Value::string("/")])]).as_str(), Some("default"));
    assert_eq!(
        run("startsWith", &[vnet.clone(), Value::string("/subscriptions/sub/")]).as_bool(),
        Some(true)
    );
    let role =
        run("subscriptionResourceId", &arguments(r#"["Microsoft.Authorization/roleDefinitions", "guid"]"#));
    assert!(role.as_reference().is_some());
    let lock = run(
        "extensionResourceId",
        &[vnet, Value::string("Microsoft.Authorization/locks"), Value::string("l")],
    );
    assert_eq!(run("last", &[run("split", &[lock, Value::string("/")])]).as_str(), Some("l"));
    let tenant =
        run("tenantResourceId", &arguments(r#"["Microsoft.Authorization/roleDefinitions", "guid"]"#));
    assert_eq!(
        shown(&run("split", &[tenant, Value::string("/")])),
        r#"["","providers","Microsoft.Authorization","roleDefinitions","guid"]"#
    );
    assert_eq!(
        refused("resourceId", r#"["Microsoft.Network/virtualNetworks", "a", "b"]"#),
        "resourceId: the type has 1 segments, there are 2 names"
    );
}

#[test]
fn properties_of_deployed_resources_may_be_anything() {
    let id = run("resourceId", &arguments(r#"["Microsoft.X/y", "z"]"#));
    let property = Value::reference(id.as_reference().unwrap().with_property("properties.x"));
    for (function, with) in [
        ("split", vec![Value::string("/")]),
        ("not", vec![]),
        ("empty", vec![]),
        ("length", vec![]),
        ("first", vec![]),
        ("array", vec![]),
        ("string", vec![]),
        ("contains", vec![Value::bool(true)]),
        ("union", vec![Value::array(Array::default())]),
        ("items", vec![]),
        ("int", vec![]),
    ] {
        let mut list = vec![property.clone()];
        list.extend(with);
        assert!(run(function, &list).has_unknown(), "{function}");
    }
    let list = mapped("map", vec![Some(property), None], |_, _| Value::null());
    assert_eq!(list.as_unknown().unwrap().value_type, ValueType::Array);
}

#[test]
fn environments_are_objects_with_what_is_known() {
    let group = run("resourceGroup", &[]);
    let group = group.as_object().unwrap();
    assert!(matches!(group.value("id").unwrap().as_reference().unwrap().target, Target::Scope { .. }));
    let location = group.value("location").unwrap().as_unknown().unwrap();
    assert_eq!(location.identity.as_deref(), Some("resourceGroup().location"));
    assert!(group.value("tags").is_none() && !group.is_closed());
    let context = Context { resource_group: Some(Value::string("rg")), ..Context::default() };
    let named = call("resourceGroup", &[], &context).unwrap();
    assert_eq!(named.as_object().unwrap().value("name").unwrap().as_str(), Some("rg"));
    let cloud = run("environment", &[]);
    let suffixes = cloud.as_object().unwrap().value("suffixes").unwrap();
    assert_eq!(suffixes.as_object().unwrap().value("storage").unwrap().as_str(), Some("core.windows.net"));
}

fn mapped(
    function: &str,
    list: Vec<Option<Value>>,
    mut lambda: impl FnMut(usize, &[Value]) -> Value,
) -> Value {
    call_lambda(function, &list, &mut |position, values| lambda(position, values)).unwrap()
}

#[test]
fn lambdas() {
    let numbers = Some(json("[3, 1, 2]"));
    let double = mapped("map", vec![numbers.clone(), None], |_, values| {
        run("add", &[values[0].clone(), values[1].clone()])
    });
    assert_eq!(shown(&double), "[3,2,4]");
    let kept = mapped("filter", vec![numbers.clone(), None], |_, values| {
        run("less", &[values[0].clone(), Value::int(3)])
    });
    assert_eq!(shown(&kept), "[1,2]");
    let sorted = mapped("sort", vec![numbers.clone(), None], |_, values| run("less", values));
    assert_eq!(shown(&sorted), "[1,2,3]");
    let sum = mapped("reduce", vec![numbers.clone(), Some(Value::int(10)), None], |_, values| {
        run("add", &values[..2])
    });
    assert_eq!(sum.as_int(), Some(16));
    let keyed = mapped("toObject", vec![numbers.clone(), None, None], |position, values| match position {
        1 => run("string", &values[..1]),
        _ => Value::bool(true),
    });
    assert_eq!(shown(&keyed), r#"{"3":true,"1":true,"2":true}"#);
    let grouped = mapped("groupBy", vec![numbers, None], |_, values| {
        Value::string(if values[0].as_int() == Some(1) { "one" } else { "more" })
    });
    assert_eq!(shown(&grouped), r#"{"more":[3,2],"one":[1]}"#);
    let values =
        mapped("mapValues", vec![Some(json(r#"{"a": 1}"#)), None], |_, values| run("minus", &values[..1]));
    assert_eq!(shown(&values), r#"{"a":-1}"#);
}

#[test]
fn lambdas_over_what_is_not_known() {
    let unknown = Some(of_type(ValueType::Array));
    let result = mapped("map", vec![unknown, None], |_, _| Value::null());
    assert_eq!(result.as_unknown().unwrap().value_type, ValueType::Array);
    let list = Some(json("[1, 2]"));
    let kept = mapped("filter", vec![list.clone(), None], |_, values| {
        if values[0].as_int() == Some(1) { Value::bool(true) } else { of_type(ValueType::Bool) }
    });
    let array: &Array = kept.as_array().unwrap();
    assert!(array.items.len() == 1 && !array.is_closed());
    assert!(call_lambda("map", &[list, Some(Value::null())], &mut |_, _| Value::null()).is_err());
    // an order that contradicts itself still ends
    let numbers = Some(Value::array((0..100).map(Value::int).collect()));
    let sorted = mapped("sort", vec![numbers, None], |_, _| Value::bool(true));
    assert_eq!(sorted.as_array().unwrap().items.len(), 100);
}

#[test]
fn unknown_names_are_told_with_a_suggestion() {
    let failure = call("toLowr", &[], &Context::default()).unwrap_err();
    assert_eq!(failure.to_string(), "there is no function 'toLowr'; did you mean 'toLower'?");
    assert!(is_lambda_function("MAP") && !is_lambda_function("concat"));
}

/// No function panics whatever it is called with, and none makes a known value of an unknown one that it needs.
#[test]
fn any_arguments_end_in_a_value_or_a_failure() {
    let odd = [
        Value::null(),
        Value::int(i64::MIN),
        Value::int(i64::MAX),
        Value::bool(true),
        Value::string(""),
        Value::string("{0:D99999999}/é😀%"),
        Value::array(Array::default()),
        Value::object(Object::new()),
        parameter("x"),
        half_known("é", "x", "/😀"),
        of_type(ValueType::Any),
        Value::one_of([Value::int(1), Value::string("a/b.c/d")]).unwrap(),
        run("resourceId", &arguments(r#"["Microsoft.X/y", "z"]"#)),
        Value::array(Array {
            open: Some(Arc::new(
                Unknown::new(Reason::new(ReasonKind::Loop, "l")).with_facts(Facts::default()),
            )),
            ..Array::default()
        }),
    ];
    for function in table::names() {
        for a in &odd {
            let _ = call(function, std::slice::from_ref(a), &Context::default());
            for b in &odd {
                let _ = call(function, &[a.clone(), b.clone()], &Context::default());
                for c in &odd {
                    let _ = call(function, &[a.clone(), b.clone(), c.clone()], &Context::default());
                }
            }
        }
    }
}
