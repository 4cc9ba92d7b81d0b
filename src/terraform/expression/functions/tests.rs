//! Each function's documented behaviour: an expression and what it is.

use std::cell::Cell;

use serde_json::{Value as Json, json};

use crate::source::{Diagnostic, Sources, Span};
use crate::terraform::expression::{Files, NoFiles, Scope, evaluate};
use crate::terraform::syntax;
use crate::value::{Value, to_json};

#[derive(Default)]
struct Counting(Cell<usize>);

impl Scope for Counting {
    fn resolve(&self, _: &[&str], _: Span) -> Option<(Value, usize)> {
        None
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }

    fn report(&self, _: Diagnostic) {
        self.0.set(self.0.get() + 1);
    }
}

/// The value as JSON, and how many mistakes there were.
fn run(text: &str) -> (Json, usize) {
    let text = format!("x = {text}\n");
    let file = syntax::parse(Sources::new().add_text("main.tf", text.clone()), &text);
    assert_eq!(file.diagnostics, [], "{text}");
    let scope = Counting::default();
    let value = evaluate(&file.expressions, file.body.attributes[0].value, &scope);
    (to_json(&value), scope.0.get())
}

fn check(rows: &[(&str, Json)]) {
    for (text, expected) in rows {
        assert_eq!(run(text), (expected.clone(), 0), "{text}");
    }
}

fn wrong(rows: &[&str]) {
    for text in rows {
        let (value, mistakes) = run(text);
        assert!(mistakes > 0 && value.get("$unknown").is_some(), "{text}: {value}");
    }
}

#[test]
fn strings() {
    check(&[
        ("chomp(\"a\\r\\n\\n\")", json!("a")),
        ("endswith(\"hello\", \"llo\")", json!(true)),
        ("indent(2, \"a\\nb\")", json!("a\n  b")),
        ("join(\"-\", [\"a\", 1], [true])", json!("a-1-true")),
        ("split(\",\", \"\")", json!([""])),
        ("split(\"\", \"aé\")", json!(["a", "é"])),
        ("strcontains(\"abc\", \"b\")", json!(true)),
        ("strrev(\"a🇩🇪\")", json!("🇩🇪a")),
        ("substr(\"hello\", -3, 2)", json!("ll")),
        ("substr(\"hello\", 1, -1)", json!("ello")),
        ("title(\"foo bar-baz don't\")", json!("Foo Bar-Baz Don'T")),
        ("trim(\"?!a?\", \"!?\")", json!("a")),
        ("trimprefix(\"foofoo\", \"foo\")", json!("foo")),
        ("trimspace(\" a\\n\")", json!("a")),
        ("trimsuffix(\"a.txt\", \".txt\")", json!("a")),
        ("length(\"👩‍👩‍👧\")", json!(1)),
    ]);
    wrong(&["upper(null)", "upper([])", "upper()", "upper(\"a\", \"b\")", "join(\",\")", "nosuch(1)"]);
}

#[test]
fn format_verbs() {
    check(&[
        ("format(\"%s %d %v %t\", \"a\", \"7\", [1], true)", json!("a 7 [1] true")),
        ("format(\"%05.2f|%+d|%x|%X|%o|%b\", 3.14159, 5, 255, 255, 8, 5)", json!("03.14|+5|ff|FF|10|101")),
        ("format(\"%e %g %.3g\", 12345.678, 1e-7, 1234.5)", json!("1.234568e+04 1e-07 1.23e+03")),
        ("format(\"%v %v %v\", 100000, 1000000, 0.5)", json!("100000 1e+06 0.5")),
        ("format(\"%5s|%-5s|%05d\", \"a\", \"b\", -42)", json!("    a|b    |-0042")),
        ("format(\"%[2]s %[1]q %%\", \"a\", \"b\")", json!("b \"a\" %")),
        ("format(\"%#v %.2s\", { a = 1 }, \"abc\")", json!("{\"a\":1} ab")),
        ("formatlist(\"%s-%s\", [\"a\", \"b\"], \"x\")", json!(["a-x", "b-x"])),
        ("formatlist(\"%s\", [])", json!([])),
    ]);
    wrong(&[
        "format(\"%s\")",
        "format(\"%s\", 1, 2)",
        "format(\"%c\", 1)",
        "format(\"%d\", 1.5)",
        "format(\"%s\", null)",
        "format(\"%\", 1)",
        "formatlist(\"%s%s\", [1], [1, 2])",
    ]);
}

#[test]
fn patterns() {
    check(&[
        ("regex(\"[a-z]+\", \"12ab\")", json!("ab")),
        ("regex(\"(\\\\d)-(x)?\", \"1-\")", json!(["1", null])),
        ("regex(\"(?P<y>\\\\d+)\", \"2024\")", json!({"y": "2024"})),
        ("regexall(\"(\\\\w)(\\\\d)\", \"a1b2\")", json!([["a", "1"], ["b", "2"]])),
        ("replace(\"a.b\", \".\", \"x\")", json!("axb")),
        ("replace(\"abc\", \"/(b)/\", \"[$1]\")", json!("a[b]c")),
        ("replace(\"a/b\", \"/\", \"-\")", json!("a-b")),
    ]);
    wrong(&[
        "regex(\"x\", \"abc\")",
        "regex(\"(\", \"a\")",
        "regex(\"(?=a)\", \"a\")",
        "regex(\"(a)(?P<n>b)\", \"ab\")",
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("abs(-1.5)", json!(1.5)),
        ("[ceil(1.2), floor(-1.2)]", json!([2, -2])),
        ("log(16, 2)", json!(4)),
        ("[max(1, 5, 3), min(\"3\", 2)]", json!([5, 2])),
        ("[parseint(\"ff\", 16), parseint(\"-z\", 36)]", json!([255, -35])),
        ("[pow(2, 10), signum(-3)]", json!([1024, -1])),
        ("sum([1, 2.5, \"3\"])", json!(6.5)),
        ("[range(3), range(3, 0), range(0, 1, 0.5)]", json!([[0, 1, 2], [3, 2, 1], [0, 0.5]])),
    ]);
    wrong(&[
        "max()",
        "sum([])",
        "sum(5)",
        "parseint(\"12\", 2)",
        "parseint(\"1\", 63)",
        "range(1, 4, 0)",
        "log(0, 10)",
    ]);
}

#[test]
fn collections() {
    check(&[
        ("chunklist([1, 2, 3], 2)", json!([[1, 2], [3]])),
        ("coalesce(null, \"\", \"a\")", json!("a")),
        ("coalescelist([], [1])", json!([1])),
        ("compact([\"a\", \"\", null])", json!(["a"])),
        ("concat(tolist([\"a\"]), [1])", json!(["a", 1])),
        ("[contains([\"a\"], \"a\"), contains([1], \"1\")]", json!([true, false])),
        ("distinct([\"b\", \"a\", \"b\"])", json!(["b", "a"])),
        ("element([\"a\", \"b\"], 3)", json!("b")),
        ("flatten([[\"a\"], [], [\"b\", [\"c\"]]])", json!(["a", "b", "c"])),
        ("index([\"a\", \"b\"], \"b\")", json!(1)),
        ("[keys({ b = 1, a = 2 }), values({ b = 1, a = 2 })]", json!([["a", "b"], [2, 1]])),
        ("lookup({ a = 1 }, \"b\", 0)", json!(0)),
        ("matchkeys([\"i\", \"j\"], [\"a\", \"b\"], [\"b\"])", json!(["j"])),
        ("merge({ a = 1 }, null, { a = 2 })", json!({"a": 2})),
        ("[one([]), one([1])]", json!([null, 1])),
        ("reverse([1, 2])", json!([2, 1])),
        ("slice([1, 2, 3], 1, 3)", json!([2, 3])),
        ("sort([3, 10, 2])", json!(["10", "2", "3"])),
        ("transpose({ a = [\"x\", \"y\"], b = [\"y\"] })", json!({"x": ["a"], "y": ["a", "b"]})),
        ("zipmap([\"a\", \"b\"], [1, 2])", json!({"a": 1, "b": 2})),
        ("[alltrue([]), anytrue([]), alltrue([\"true\", false])]", json!([true, false, false])),
    ]);
    wrong(&[
        "coalesce(null)",
        "contains({}, 1)",
        "element([], 0)",
        "element([1], -1)",
        "index([1], 2)",
        "keys([])",
        "length(5)",
        "lookup({}, \"a\")",
        "one([1, 2])",
        "slice([1], 0, 2)",
        "zipmap([\"a\"], [])",
        "merge([])",
        "concat(toset([1]), [1])",
        "index(toset([1]), 1)",
        "flatten(\"x\")",
    ]);
}

#[test]
fn sets() {
    check(&[
        ("setunion([\"b\"], [\"a\", \"b\"])", json!(["a", "b"])),
        ("setintersection([1, 2], [2, 3])", json!([2])),
        ("setsubtract([\"a\", \"b\"], [\"a\"])", json!(["b"])),
        ("setproduct([\"a\"], [\"x\", \"y\"])", json!([["a", "x"], ["a", "y"]])),
        ("setproduct([1], [])", json!([])),
        ("toset([3, 1, 2])", json!([1, 2, 3])),
    ]);
    wrong(&["setproduct([1])", "setunion([1], 5)"]);
}

#[test]
fn encodings_and_hashes() {
    check(&[
        ("base64decode(base64encode(\"é\"))", json!("é")),
        (
            "jsonencode({ b = \"<&>\", a = [1, null] })",
            json!("{\"a\":[1,null],\"b\":\"\\u003c\\u0026\\u003e\"}"),
        ),
        ("jsondecode(\"{\\\"a\\\": [1, 2.50, null]}\")", json!({"a": [1, 2.5, null]})),
        (
            "yamldecode(\"a: 1\\nb: [x, yes]\\nc:\\n  d: null\")",
            json!({"a": 1, "b": ["x", true], "c": {"d": null}}),
        ),
        ("yamldecode(\"a: 1\\na: 2\")", json!({"a": 2})),
        (
            "yamlencode({ b = [1, \"x\"], a = {}, c = { d = \"two\\nlines\\n\" } })",
            json!("\"a\": {}\n\"b\":\n- 1\n- \"x\"\n\"c\":\n  \"d\": |\n    two\n    lines\n"),
        ),
        (
            "[for v in yamldecode(\"[y, On, no, n, off, 0x1F, 010, 1e2, 2001-01-01, ~]\") : v]",
            json!([true, true, false, false, false, 31, 10, 100, "2001-01-01", null]),
        ),
        ("[yamlencode(true), yamlencode(\"<&>\")]", json!(["true\n...\n", "\"<&>\"\n"])),
        ("csvdecode(\"a,b\\n1,\\\"x,\\\"\\\"y\\\"\\\"\\\"\\n\")", json!([{"a": "1", "b": "x,\"y\""}])),
        ("urlencode(\"a b/é\")", json!("a+b%2F%C3%A9")),
        ("textencodebase64(\"hi\", \"UTF-16LE\")", json!("aABpAA==")),
        ("textdecodebase64(\"aABpAA==\", \"UTF-16LE\")", json!("hi")),
        ("md5(\"\")", json!("d41d8cd98f00b204e9800998ecf8427e")),
        ("sha1(\"abc\")", json!("a9993e364706816aba3e25717850c26c9cd0d89d")),
        ("base64sha256(\"\")", json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")),
        ("uuidv5(\"dns\", \"example.com\")", json!("cfbff0d1-9375-5685-968c-48ce8b15ae17")),
        ("length(uuid())", json!(36)),
    ]);
    wrong(&[
        "base64decode(\"?\")",
        "jsondecode(\"{\")",
        "yamldecode(\"a: b: c\")",
        "yamldecode(\"---\\na: 1\\n---\\nb: 2\")",
        "csvdecode(\"\")",
        "csvdecode(\"a,a\\n1,2\")",
        "textencodebase64(\"a\", \"nope\")",
        "uuidv5(\"nope\", \"a\")",
    ]);
}

#[test]
fn networks() {
    check(&[
        ("cidrhost(\"10.0.0.0/16\", -2)", json!("10.0.255.254")),
        ("cidrhost(\"2001:db8::/64\", 1)", json!("2001:db8::1")),
        ("cidrnetmask(\"10.0.0.0/12\")", json!("255.240.0.0")),
        ("cidrsubnet(\"10.0.0.7/16\", 8, 2)", json!("10.0.2.0/24")),
        ("cidrsubnet(\"fd00:fd12:3456:7890::/56\", 16, 162)", json!("fd00:fd12:3456:7800:a200::/72")),
        ("cidrsubnet(\"010.0.0.0/16\", 8, 1)", json!("10.0.1.0/24")),
        (
            "cidrsubnets(\"10.1.0.0/16\", 4, 4, 8, 4)",
            json!(["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]),
        ),
    ]);
    wrong(&[
        "cidrhost(\"10.0.0.0/30\", 8)",
        "cidrsubnet(\"10.0.0.0/16\", 4, 16)",
        "cidrsubnet(\"10.0.0.0/30\", 8, 1)",
        "cidrsubnets(\"10.0.0.0/30\", 1, 1, 1)",
        "cidrhost(\"bad\", 1)",
        "cidrhost(\"10.0.0.0/33\", 1)",
        "cidrnetmask(\"fd00::/8\")",
    ]);
}

#[test]
fn times() {
    check(&[
        (
            "formatdate(\"EEEE, DD-MMM-YY hh:mm:ss ZZZ\", \"2018-01-02T23:12:01-08:00\")",
            json!("Tuesday, 02-Jan-18 23:12:01 -0800"),
        ),
        ("formatdate(\"H:mm aa 'o''clock' ''\", \"2018-01-02T00:05:00Z\")", json!("12:05 am o'clock '")),
        ("formatdate(\"YYYY-MM-DD'T'Z\", \"2018-01-02T00:05:00Z\")", json!("2018-01-02TZ")),
        ("timeadd(\"2017-11-22T00:00:00Z\", \"-1h30m\")", json!("2017-11-21T22:30:00Z")),
        ("timecmp(\"2017-11-22T00:00:00Z\", \"2017-11-22T01:00:00+01:00\")", json!(0)),
        ("length(timestamp())", json!(20)),
    ]);
    wrong(&[
        "timeadd(\"2017-11-22T00:00:00Z\", \"1d\")",
        "timeadd(\"2017-11-22\", \"1h\")",
        "formatdate(\"YYY\", \"2018-01-02T00:05:00Z\")",
        "formatdate(\"'x\", \"2018-01-02T00:05:00Z\")",
    ]);
}

#[test]
fn conversions() {
    check(&[
        ("[tostring(true), tonumber(\"1.50\"), tobool(\"1\")]", json!(["true", 1.5, true])),
        ("tolist([\"a\", 1, true])", json!(["a", "1", "true"])),
        ("tomap({ a = null, b = \"x\" })", json!({"a": null, "b": "x"})),
        ("tolist([{ a = 1 }, { b = 2 }])", json!([{"a": 1}, {"b": 2}])),
        ("[tostring(null), tolist(null)]", json!([null, null])),
    ]);
    wrong(&[
        "tostring([])",
        "tonumber(\" 1\")",
        "tonumber(\"0x1F\")",
        "tonumber(true)",
        "tobool(\"yes\")",
        "tobool(1)",
        "tolist({ a = 1 })",
        "tomap({ a = 1, b = [] })",
        "type(1)",
    ]);
}

#[test]
fn all_functions_of_terraform_are_there() {
    let names = "abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt ceil \
        chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode dirname \
        distinct element endswith ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset \
        filesha1 filesha256 filesha512 flatten floor format formatdate formatlist indent index issensitive join jsondecode \
        jsonencode keys length log lookup lower matchkeys max md5 merge min nonsensitive one parseint pathexpand plantimestamp pow \
        range regex regexall replace reverse rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1 sha256 \
        sha512 signum slice sort split startswith strcontains strrev substr sum templatefile templatestring textdecodebase64 \
        textencodebase64 timeadd timecmp timestamp title tobool tolist tomap tonumber toset tostring transpose trim trimprefix \
        trimspace trimsuffix type upper urlencode uuid uuidv5 values yamldecode yamlencode zipmap";
    let missing: Vec<&str> =
        names.split_whitespace().filter(|name| !super::TABLE.contains_key(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn resource_ids_of_the_azurerm_provider() {
    let subnet =
        "/Subscriptions/0000/resourcegroups/rg-app/PROVIDERS/Microsoft.Network/virtualNetworks/v/subnets/s";
    let parsed = |id: &str| format!("provider::azurerm::parse_resource_id(\"{id}\")");
    check(&[
        (
            &format!("provider::azurerm::normalise_resource_id(\"{subnet}\")"),
            json!(
                "/subscriptions/0000/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
            ),
        ),
        (
            &parsed(subnet),
            json!({
                "full_resource_type": "Microsoft.Network/virtualNetworks/subnets", "parent_resources": {"virtualNetworks": "v"},
                "resource_group_name": "rg-app", "resource_name": "s", "resource_provider": "Microsoft.Network",
                "resource_scope": "", "resource_type": "subnets", "subscription_id": "0000",
            }),
        ),
        (&format!("{}.resource_group_name", parsed("/subscriptions/0/resourceGroups/rg")), json!("rg")),
        (
            &format!("{}.full_resource_type", parsed("/subscriptions/0/resourceGroups/rg")),
            json!("/resourceGroups"),
        ),
        (
            &format!(
                "{}.parent_resources",
                parsed(
                    "/subscriptions/0/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n/topics/t/subscriptions/s"
                )
            ),
            json!({"namespaces": "n", "topics": "t"}),
        ),
    ]);
    let odd = "/subscriptions/0/resourcegroups/g/providers/microsoft.apimanagement/service/s/gateWays/w/hostnameconfigurations/c";
    check(&[(
        &format!("provider::azurerm::normalise_resource_id(\"{odd}\")"),
        json!(
            "/subscriptions/0/resourceGroups/g/providers/Microsoft.ApiManagement/service/s/gateways/w/hostnameConfigurations/c"
        ),
    )]);
    wrong(&[
        &parsed(""),
        &parsed("subscriptions/0"),
        &parsed("/subscriptions/0/resourceGroups"),
        "provider::azurerm::normalise_resource_id()",
    ]);
    // of an extension's id the provider knows what its scope is
    let (value, mistakes) = run(&parsed("/subscriptions/0/providers/Microsoft.Authorization/locks/l"));
    assert!(mistakes == 0 && value.get("$unknown").is_some(), "{value}");
}

#[test]
fn resource_ids_of_the_azapi_provider() {
    let vm = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v";
    let build = |parent: &str, of: &str, name: &str| {
        format!("provider::azapi::build_resource_id(\"{parent}\", \"{of}\", \"{name}\")")
    };
    check(&[
        (
            &build("/subscriptions/0", "Microsoft.Resources/resourceGroups@2021-04-01", "g"),
            json!("/subscriptions/0/resourceGroups/g"),
        ),
        (
            &build("/subscriptions/0/resourceGroups/g", "Microsoft.Compute/virtualMachines@2024-07-01", "v"),
            json!(vm),
        ),
        (
            &build("/", "Microsoft.Billing/billingAccounts", "b"),
            json!("/providers/Microsoft.Billing/billingAccounts/b"),
        ),
        (
            &build(vm, "Microsoft.Compute/virtualMachines/extensions", "e"),
            json!(format!("{vm}/extensions/e")),
        ),
        (
            &build(vm, "Microsoft.Chaos/targets", "t"),
            json!(format!("{vm}/providers/Microsoft.Chaos/targets/t")),
        ),
        (
            &format!(
                "provider::azapi::extension_resource_id(\"{vm}\", \"Microsoft.Chaos/targets/capabilities\", [\"t\", \"c\"])"
            ),
            json!(format!("{vm}/providers/Microsoft.Chaos/targets/t/capabilities/c")),
        ),
        (
            r#"provider::azapi::management_group_resource_id("m", "Microsoft.Billing/x", ["n"])"#,
            json!("/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Billing/x/n"),
        ),
        (
            r#"provider::azapi::resource_group_resource_id("0", "g", "Microsoft.Compute/virtualMachines", ["v"])"#,
            json!(vm),
        ),
        (
            r#"provider::azapi::subscription_resource_id("0", "Microsoft.Resources/resourceGroups", ["g"])"#,
            json!("/subscriptions/0/resourceGroups/g"),
        ),
        (
            r#"provider::azapi::tenant_resource_id("Microsoft.Billing/billingAccounts", ["b"])"#,
            json!("/providers/Microsoft.Billing/billingAccounts/b"),
        ),
    ]);
    wrong(&[
        &build("nowhere", "Microsoft.Compute/virtualMachines", "v"),
        &build("/subscriptions/0", "Microsoft.Compute/virtualMachines/extensions", "e"),
        r#"provider::azapi::tenant_resource_id("Microsoft.Billing", ["b"])"#,
        r#"provider::azapi::tenant_resource_id("Microsoft.Billing/billingAccounts", ["b", "c"])"#,
    ]);
}

#[test]
fn ids_are_taken_apart_by_the_azapi_provider() {
    let parse = |of: &str, id: &str| format!("provider::azapi::parse_resource_id(\"{of}\", \"{id}\")");
    let net = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";
    let lock = format!("{net}/providers/Microsoft.Authorization/locks/l");
    let group = "/providers/Microsoft.Management/managementGroups/m";
    check(&[
        (
            &parse("Microsoft.Network/virtualNetworks@2022-07-01", net),
            json!({
                "id": net, "type": "Microsoft.Network/virtualNetworks", "name": "v", "resource_group_name": "g",
                "subscription_id": "0", "provider_namespace": "Microsoft.Network", "parent_id": "/subscriptions/0/resourceGroups/g",
                "parts": {"subscriptions": "0", "resourceGroups": "g", "providers": "Microsoft.Network", "virtualNetworks": "v"},
            }),
        ),
        (&format!("{}.parent_id", parse("Microsoft.Authorization/locks", &lock)), json!(net)),
        (
            &format!("{}.parts.providers", parse("Microsoft.Authorization/locks", &lock)),
            json!("Microsoft.Network"),
        ),
        (
            &format!(
                "{}.parent_id",
                parse("Microsoft.Network/virtualNetworks/subnets", &format!("{net}/subnets/s"))
            ),
            json!(net),
        ),
        (
            &format!(
                "{}.parent_id",
                parse("Microsoft.Billing/billingAccounts", "/providers/Microsoft.Billing/billingAccounts/b")
            ),
            json!("/"),
        ),
        (
            &format!("{}.parent_id", parse("Microsoft.Management/managementGroups", group)),
            json!("/providers/Microsoft.Management"),
        ),
        (
            &format!("{}.subscription_id", parse("Microsoft.Resources/subscriptions", "/subscriptions/0")),
            json!("0"),
        ),
        (&parse("Microsoft.Network/virtualNetworks", ""), json!(null)),
    ]);
    wrong(&[&parse("Microsoft.Network/networkInterfaces", net), &parse("", net), &parse("A.B/c", "/x")]);
}

#[test]
fn values_become_hcl_and_back() {
    let source = r#"{ string = "a\"b$${x}", bool = true, list = ["x", 1], map = { one = 1, "two words" = { a = null } }, number = 5, n = null, three = [] }"#;
    let text = "bool = true\nlist = [\"x\", 1]\nmap = {\n  one = 1\n  \"two words\" = {\n    a = null\n  }\n}\nn      = null\n\
        number = 5\nstring = \"a\\\"b$${x}\"\nthree  = []\n";
    check(&[
        (&format!("provider::terraform::encode_tfvars({source})"), json!(text)),
        ("provider::terraform::encode_tfvars({})", json!("")),
        ("provider::terraform::encode_expr(\"x\\ny\")", json!("\"x\\ny\"")),
        (
            "provider::terraform::encode_expr([{ a = 1, bc = 2 }, {}])",
            json!("[{\n  a  = 1\n  bc = 2\n}, {}]"),
        ),
        ("provider::terraform::encode_expr(null)", json!("null")),
        (
            &format!(
                "provider::terraform::decode_tfvars(provider::terraform::encode_tfvars({source})).map.one"
            ),
            json!(1),
        ),
        ("provider::terraform::decode_tfvars(\"\")", json!({})),
    ]);
    wrong(&[
        "provider::terraform::encode_tfvars([1])",
        "provider::terraform::encode_tfvars({ \"two words\" = 1 })",
        "provider::terraform::decode_tfvars(\"a = var.b\")",
        "provider::terraform::decode_tfvars(\"a = b = c\")",
        "provider::terraform::decode_tfvars(\"block {}\")",
    ]);
}
