use super::{account, ask};

/// `holds`, `broken` or `undecided` of the one resource.
fn truth(demand: &str, properties: &str) -> String {
    let parameters = "param p string\nparam flag bool\nparam list array\nparam o object\n@allowed(['a', 'b'])\nparam ab string\n";
    let told = ask(demand, &format!("{}{parameters}", account(properties)));
    assert_eq!(told.len(), 1, "{demand} {properties}: {told:?}");
    told[0].split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn operators_answer_as_azure_policy_does() {
    let cases = [
        ("equals: true", "x: true", "holds"),
        ("equals: true", "x: 'TRUE'", "holds"),
        ("equals: '5'", "x: 5", "holds"),
        ("equals: ABC", "x: 'abc'", "holds"),
        ("equals: true", "x: 'yes'", "broken"),
        ("equals: true", "y: 1", "broken"),
        ("notEquals: true", "y: 1", "holds"),
        ("equals: ''", "x: null", "holds"),
        ("equals: a", "x: p", "undecided"),
        ("equals: a", "x: ab", "undecided"),
        ("in: [A, B, c]", "x: ab", "holds"),
        ("notIn: [c, d]", "x: ab", "holds"),
        ("in: [c]", "x: 'pre${p}'", "broken"),
        ("like: 'pre*'", "x: 'pre${p}'", "holds"),
        ("like: 'other*'", "x: 'pre${p}'", "broken"),
        ("like: '*a*c'", "x: 'xabxc'", "holds"),
        ("like: 'a*a'", "x: 'a'", "broken"),
        ("notLike: 'b*'", "x: 'abc'", "holds"),
        ("match: '##-??'", "x: '12-ab'", "holds"),
        ("match: 'A#'", "x: 'a1'", "broken"),
        ("matchInsensitively: 'A#'", "x: 'a1'", "holds"),
        ("contains: b", "x: ['a', 'B']", "holds"),
        ("contains: b", "x: ['a', p]", "undecided"),
        ("contains: key=", "x: 'Key=${p}'", "holds"),
        ("notContains: b", "x: list", "undecided"),
        ("containsKey: A", "x: { a: 1 }", "holds"),
        ("containsKey: a", "x: o", "undecided"),
        ("less: 5", "x: 4", "holds"),
        ("greaterOrEquals: '1.2'", "x: '1.10'", "broken"),
        ("lessOrEquals: 5", "y: 1", "broken"),
        ("exists: true", "x: 1", "holds"),
        ("exists: false", "x: null", "holds"),
        ("exists: true", "x: p", "holds"),
        ("atLeast: TLS1_2", "x: '1.3'", "holds"),
        ("atLeast: '1.2'", "x: 'TLS1_1'", "broken"),
        ("atLeast: '1.2'", "x: 'Tls12'", "holds"),
        ("atLeast: TLS1_2", "x: 'Disabled'", "broken"),
        ("atLeast: TLS1_2", "x: p", "undecided"),
        ("atLeast: Medium\n  order: [Low, Medium, High]", "x: 'high'", "holds"),
        ("atLeast: Medium\n  order: [Low, Medium, High]", "x: 'none'", "broken"),
        ("everyone: true", "x: ['10.0.0.0/8', '0.0.0.0/0']", "holds"),
        ("everyone: false", "x: 'VirtualNetwork'", "holds"),
        ("everyone: false", "x: list", "undecided"),
        ("within: [10.0.0.0/8]", "x: ['10.1.0.0/16', '10.2.3.4']", "holds"),
        ("notWithin: 10.0.0.0/8", "x: '192.168.1.1'", "holds"),
        ("includesPort: 22", "x: '20-25'", "holds"),
        ("includesPort: [22, 3389]", "x: ['80', '443']", "broken"),
        ("includesPort: 22", "x: ['80', p]", "undecided"),
    ];
    for (operator, properties, expected) in cases {
        let demand = format!("require:\n  field: properties.x\n  {operator}");
        assert_eq!(truth(&demand, properties), expected, "{operator} of {properties}");
    }
}

#[test]
fn logic_is_three_valued() {
    let test = |parts: &str| truth(&format!("require: {{ {parts} }}"), "t: true, f: false, u: flag");
    let (t, f, u) = (
        "{ field: properties.t, equals: true }",
        "{ field: properties.f, equals: true }",
        "{ field: properties.u, equals: true }",
    );
    let cases = [
        (format!("allOf: [{t}, {u}]"), "undecided"),
        (format!("allOf: [{u}, {f}]"), "broken"),
        (format!("anyOf: [{u}, {t}]"), "holds"),
        (format!("anyOf: [{u}, {f}]"), "undecided"),
        (format!("not: {u}"), "undecided"),
        (format!("not: {f}"), "holds"),
        (format!("noneOf: [{f}, {t}]"), "broken"),
    ];
    for (parts, expected) in cases {
        assert_eq!(test(&parts), expected, "{parts}");
    }
}

#[test]
fn an_absent_property_is_taken_for_its_default() {
    let by_version = "require:\n  field: properties.x\n  equals: true\n  absent: { before 2019-04-01: false, otherwise: true }";
    assert_eq!(truth(by_version, "y: 1"), "holds");
    let old = account("y: 1").replace("2023-05-01", "2018-07-01-preview");
    assert_eq!(ask(by_version, &old), ["sa broken 1 st1: properties.x is not set"]);
    let open = "require:\n  field: properties.x\n  equals: true\n  absent: { undecided: it differs }";
    assert_eq!(ask(open, &account("y: 1")), ["sa undecided properties.x is absent: it differs"]);
    let exists = "require:\n  field: properties.x\n  exists: true\n  absent: true";
    assert_eq!(truth(exists, "y: 1"), "broken");
    let merged = "require:\n  field: properties.x.y\n  equals: true\n  absent: true";
    assert_eq!(truth(merged, "...o"), "undecided");
}

#[test]
fn a_rule_applies_where_its_condition_holds() {
    let demand =
        "when: { field: kind, contains: functionapp }\nrequire: { field: properties.x, equals: true }";
    let app = |kind: &str| {
        format!(
            "param p string\nresource a 'Microsoft.Web/sites@2023-01-01' = {{\n  name: 'a'\n  kind: {kind}\n  properties: {{ x: false }}\n}}\n"
        )
    };
    assert_eq!(ask(demand, &app("'app'")), Vec::<String>::new());
    assert_eq!(ask(demand, &app("'functionapp,linux'")), ["a broken 5 a: properties.x is false"]);
    let told = ask(demand, &app("p"));
    assert!(told.len() == 1 && told[0].starts_with("a undecided"), "{told:?}");
}

#[test]
fn each_broken_item_is_a_finding() {
    let demand =
        "require:\n  none:\n    items: properties.rules\n    where: { field: value, everyone: true }";
    let rules =
        "rules: [\n      { value: '10.0.0.0/8' }\n      { value: '0.0.0.0/0' }\n      { value: '*' }\n    ]";
    assert_eq!(
        ask(demand, &account(rules)),
        [
            "sa broken 6 st1: properties.rules[1].value is 0.0.0.0/0",
            "sa broken 7 st1: properties.rules[2].value is *"
        ]
    );
    assert_eq!(truth(demand, "rules: []"), "holds");
    assert_eq!(truth(demand, "y: 1"), "holds");
    assert_eq!(truth(demand, "rules: list"), "undecided");
    assert_eq!(truth(demand, "rules: [{ value: p }]"), "undecided");
    assert_eq!(truth(demand, "rules: flag ? [] : [{ value: '10.0.0.1' }]"), "holds");
    assert_eq!(truth(&format!("{demand}\n    nothing: broken"), "rules: []"), "broken");
    assert_eq!(truth("require:\n  any: { items: properties.rules }", "rules: [1]"), "holds");
    assert_eq!(truth("require:\n  any: { items: properties.rules }", "rules: []"), "broken");
    let all = "require: { field: 'properties.rules[*].value', notEquals: x }";
    assert_eq!(truth(all, "rules: [{ value: 'a' }, { value: 'X' }]"), "broken");
    assert_eq!(truth(all, "rules: []"), "holds");
}

#[test]
fn items_are_counted() {
    let demand =
        "require:\n  count: { field: 'properties.a[*]', where: { field: ., equals: x } }\n  lessOrEquals: 1";
    for (properties, expected) in [
        ("a: ['x', 'y']", "holds"),
        ("a: ['x', 'X']", "broken"),
        ("a: ['x', p]", "undecided"),
        ("a: ['y', p]", "holds"),
        ("b: 1", "holds"),
        ("a: list", "undecided"),
    ] {
        assert_eq!(truth(demand, properties), expected, "{properties}");
    }
}

#[test]
fn related_resources_are_counted() {
    let server =
        "param p bool\nparam l array\nresource s 'Microsoft.Sql/servers@2023-08-01' = {\n  name: 's'\n}\n";
    let rule = |name: &str, how: &str| {
        format!(
            "resource {name} 'Microsoft.Sql/servers/firewallRules@2023-08-01' = {how}{{\n  parent: s\n  name: '{name}'\n}}\n"
        )
    };
    let demand = |what: &str| {
        format!(
            "when: {{ field: type, equals: Microsoft.Sql/servers }}\nrequire:\n  count: {{ child: Microsoft.Sql/servers/firewallRules }}\n  {what}"
        )
    };
    let one = format!("{server}{}", rule("a", ""));
    let two = format!("{one}{}", rule("b", ""));
    let perhaps = format!("{one}{}", rule("b", "if (p) "));
    let many = format!("{one}{}]\n", rule("b", "[for x in l: ").trim_end());
    let most = demand("lessOrEquals: 1");
    for (text, expected) in [
        (server, "s holds"),
        (&one, "s holds"),
        (&two, "s broken 3 s:  is 2"),
        (&perhaps, "s undecided whether 'b' is deployed is not known"),
    ] {
        assert_eq!(ask(&most, text), [expected]);
    }
    assert!(ask(&most, &many)[0].starts_with("s undecided"));
    assert_eq!(ask(&demand("lessOrEquals: 2"), &perhaps), ["s holds"]);
    assert!(ask(&demand("lessOrEquals: 9"), &many)[0].starts_with("s undecided"));
    assert_eq!(ask(&demand("greaterOrEquals: 1"), &many), ["s holds"]);
}

#[test]
fn related_resources_are_asked() {
    let server = "resource s 'Microsoft.Sql/servers@2023-08-01' = {\n  name: 's'\n}\n";
    let audit = |state: &str| {
        format!(
            "{server}resource au 'Microsoft.Sql/servers/auditingSettings@2023-08-01' = {{\n  parent: s\n  name: 'default'\n  properties: {{ state: '{state}' }}\n}}\n"
        )
    };
    let demand = "when: { field: type, equals: Microsoft.Sql/servers }\nrequire:\n  any:\n    child: Microsoft.Sql/servers/auditingSettings\n    where: { field: properties.state, equals: Enabled }";
    assert_eq!(ask(demand, server), ["s broken 1 s:  is not set"]);
    assert_eq!(ask(demand, &audit("Enabled")), ["s holds"]);
    assert_eq!(ask(demand, &audit("Disabled")), ["s broken 7 s: properties.state is Disabled"]);
    assert_eq!(
        ask(&format!("{demand}\n    nothing: undecided"), server),
        ["s undecided no Microsoft.Sql/servers/auditingSettings is in this deployment"]
    );
    let parent = "when: { field: type, like: '*auditingSettings' }\nrequire:\n  any: { parent: true, where: { field: name, equals: s } }";
    assert_eq!(ask(parent, &audit("Enabled")), ["au holds"]);
}

#[test]
fn references_link_resources() {
    let text = "resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {\n  name: 'n'\n}\n\
        resource net 'Microsoft.Network/virtualNetworks@2023-11-01' = {\n  name: 'v'\n  properties: { nsg: { id: nsg.id } }\n}\n\
        resource lock 'Microsoft.Authorization/locks@2020-05-01' = {\n  name: 'l'\n  scope: nsg\n  properties: { level: 'ReadOnly' }\n}\n";
    let only = |name: &str, demand: &str| {
        ask(&format!("when: {{ field: name, equals: {name} }}\nrequire:\n{demand}"), text)
    };
    assert_eq!(
        only("v", "  any: { references: properties.nsg.id, where: { field: name, equals: n } }"),
        ["net holds"]
    );
    assert_eq!(
        only("n", "  any: { referencedBy: Microsoft.Network/virtualNetworks, through: properties.nsg.id }"),
        ["nsg holds"]
    );
    assert_eq!(
        only("v", "  any: { referencedBy: Microsoft.Network/virtualNetworks, through: properties.nsg.id }"),
        ["net broken 4 v:  is not set"]
    );
    assert_eq!(
        only(
            "n",
            "  any: { extension: Microsoft.Authorization/locks, where: { field: properties.level, equals: ReadOnly } }"
        ),
        ["nsg holds"]
    );
    assert_eq!(only("n", "  any: { deployed: Microsoft.Authorization/locks }"), ["nsg holds"]);
    let told = only("l", "  any: { references: properties.elsewhere }");
    assert_eq!(told, ["lock broken 8 l: properties.elsewhere is not set"]);
}
