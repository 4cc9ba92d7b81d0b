use super::ask;

/// Access, priority, protocol, source, ports.
type SecurityRule = (&'static str, u32, &'static str, &'static str, &'static str);

/// A network security group with these rules, one a line from line 5.
fn group(rules: &[SecurityRule]) -> String {
    let rules: String = rules
        .iter()
        .enumerate()
        .map(|(index, (access, priority, protocol, source, ports))| {
            let ports = if ports.starts_with('[') { format!("destinationPortRanges: {ports}") } else { format!("destinationPortRange: {ports}") };
            let source = if source.starts_with('[') { format!("sourceAddressPrefixes: {source}") } else { format!("sourceAddressPrefix: {source}") };
            format!("      {{ name: 'r{index}', properties: {{ access: '{access}', priority: {priority}, direction: 'Inbound', protocol: '{protocol}', destinationAddressPrefix: '*', {source}, {ports} }} }}\n")
        })
        .collect();
    format!(
        "resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {{\n  name: 'n'\n  properties: {{\n    securityRules: [\n{rules}    ]\n  }}\n}}\nparam p string\n"
    )
}

const SSH: &str = "check: nsg-exposure\nwith: { ports: 22, protocol: tcp }";

fn truth(demand: &str, text: &str) -> String {
    let told = ask(demand, text);
    let words: Vec<&str> = told.iter().filter_map(|one| one.split(' ').nth(1)).collect();
    words.join(" ")
}

#[test]
fn exposure_is_a_question_of_sets() {
    let cases: [(&[SecurityRule], &str); 18] = [
        (&[("Allow", 100, "Tcp", "'*'", "'22'")], "broken"),
        (&[("allow", 100, "*", "'internet'", "'20-25'")], "broken"),
        (&[("Allow", 100, "Tcp", "'0.0.0.0/0'", "['80', '22']")], "broken"),
        (&[("Allow", 100, "Tcp", "['10.0.0.0/8', '::/0']", "'*'")], "broken"),
        (&[("Allow", 100, "Tcp", "'0.0.0.0'", "'21, 22-23'")], "broken"),
        (&[("Allow", 100, "Udp", "'*'", "'22'")], "holds"),
        (&[("Allow", 100, "Icmp", "'*'", "'*'")], "holds"),
        (&[("Allow", 100, "Tcp", "'10.0.0.0/8'", "'22'")], "holds"),
        (&[("Allow", 100, "Tcp", "'VirtualNetwork'", "'22'")], "holds"),
        (&[("Deny", 100, "Tcp", "'*'", "'22'")], "holds"),
        (&[("Allow", 100, "Tcp", "'*'", "'23-80'")], "holds"),
        (&[("Allow", 200, "Tcp", "'*'", "'22'"), ("Deny", 100, "*", "'*'", "'*'")], "holds"),
        (&[("Allow", 200, "Tcp", "'*'", "'22'"), ("Deny", 300, "*", "'*'", "'*'")], "broken"),
        (&[("Allow", 200, "Tcp", "'*'", "'22'"), ("Deny", 100, "Udp", "'*'", "'*'")], "broken"),
        (&[("Allow", 200, "Tcp", "'*'", "'22'"), ("Deny", 100, "Tcp", "'10.0.0.0/8'", "'*'")], "broken"),
        (
            &[
                ("Allow", 200, "Tcp", "'*'", "'22'"),
                ("Deny", 100, "Tcp", "'*'", "'22', sourcePortRanges: ['80']"),
            ],
            "broken",
        ),
        (&[("Allow", 100, "Tcp", "p", "'22'")], "undecided"),
        (&[("Allow", 200, "Tcp", "'*'", "'22'"), ("Deny", 100, "Tcp", "p", "'22'")], "undecided"),
    ];
    for (rules, expected) in cases {
        assert_eq!(truth(SSH, &group(rules)), expected, "{rules:?}");
    }
}

#[test]
fn every_exposing_rule_is_a_finding_at_its_line() {
    let text = group(&[
        ("Allow", 100, "Tcp", "'*'", "'22'"),
        ("Allow", 110, "Tcp", "'10.0.0.1'", "'22'"),
        ("Allow", 120, "*", "'*'", "'*'"),
    ]);
    assert_eq!(
        ask(SSH, &text),
        [
            "nsg broken 5 n: properties.securityRules[0].properties.destinationPortRange is 2222; nothing here is attached to the group",
            "nsg broken 7 n: properties.securityRules[2].properties.destinationPortRange is *22; nothing here is attached to the group"
        ]
    );
}

#[test]
fn rules_beside_the_group_know_its_other_rules() {
    let allow = "resource r 'Microsoft.Network/networkSecurityGroups/securityRules@2023-11-01' = {\n  parent: nsg\n  name: 'ssh'\n  properties: {\n    access: 'Allow'\n    priority: 200\n    direction: 'Inbound'\n    protocol: 'Tcp'\n    sourceAddressPrefix: '*'\n    destinationAddressPrefix: '*'\n    sourcePortRange: '*'\n    destinationPortRange: '22'\n  }\n}\n";
    let alone = format!("{}{allow}", group(&[]));
    assert_eq!(truth(SSH, &alone), "holds broken");
    let denied = format!("{}{allow}", group(&[("Deny", 100, "*", "'*'", "'22'")]));
    assert_eq!(truth(SSH, &denied), "holds holds");
    let existing = format!(
        "resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' existing = {{\n  name: 'n'\n}}\n{allow}"
    );
    assert_eq!(truth(SSH, &existing), "broken");
}

/// A machine's interface with a public address, in a subnet; both have a group with one rule on port 22.
fn machine(subnet: SecurityRule, interface: SecurityRule) -> String {
    let own = group(&[interface])
        .replace("nsg 'Micro", "own 'Micro")
        .replace("name: 'n'", "name: 'own'")
        .replace("param p string\n", "");
    format!(
        "{}{own}resource v 'Microsoft.Network/virtualNetworks@2023-11-01' = {{\n  name: 'v'\n  properties: {{ subnets: [ {{ name: 's', properties: {{ addressPrefix: '10.0.0.0/24', networkSecurityGroup: {{ id: nsg.id }} }} }} ] }}\n}}\nresource pip 'Microsoft.Network/publicIPAddresses@2023-11-01' = {{\n  name: 'pip'\n  sku: {{ name: 'Standard' }}\n}}\nresource nic 'Microsoft.Network/networkInterfaces@2023-11-01' = {{\n  name: 'nic'\n  properties: {{ networkSecurityGroup: {{ id: own.id }}, ipConfigurations: [ {{ name: 'c', properties: {{ subnet: {{ id: v.properties.subnets[0].id }}, publicIPAddress: {{ id: pip.id }} }} }} ] }}\n}}\n",
        group(&[subnet])
    )
}

/// What is said of the first two resources.
fn groups(demand: &str, text: &str) -> String {
    truth(demand, text).split(' ').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn another_group_on_the_way_closes_what_a_rule_opens() {
    let allow = ("Allow", 100, "Tcp", "'*'", "'22'");
    assert_eq!(groups(SSH, &machine(allow, allow)), "broken broken");
    assert_eq!(groups(SSH, &machine(("Deny", 100, "*", "'*'", "'*'"), allow)), "holds holds");
    assert_eq!(groups(SSH, &machine(("Allow", 100, "Tcp", "'*'", "'443'"), allow)), "holds holds");
    assert_eq!(groups(SSH, &machine(allow, ("Allow", 100, "Tcp", "'10.0.0.0/8'", "'22'"))), "holds holds");
    assert_eq!(groups(SSH, &machine(("Allow", 100, "Tcp", "p", "'22'"), allow)), "undecided broken");
    let told: Vec<String> = ask(SSH, &machine(allow, allow)).into_iter().take(2).collect();
    assert!(told.iter().all(|one| one.ends_with("; 'nic' can be reached through it")), "{told:?}");
}

#[test]
fn everything_from_everyone_is_asked_without_ports() {
    let any = "check: nsg-exposure";
    assert_eq!(truth(any, &group(&[("Allow", 100, "Tcp", "'*'", "'443'")])), "broken");
    assert_eq!(truth(any, &group(&[("Allow", 100, "Tcp", "'AzureLoadBalancer'", "'*'")])), "holds");
    let whole = "check: nsg-exposure\nwith: { whole: true }";
    assert_eq!(truth(whole, &group(&[("Allow", 100, "Tcp", "'*'", "'443'")])), "holds");
    assert_eq!(truth(whole, &group(&[("Allow", 100, "Tcp", "'*'", "['0-1023', '1024-65535']")])), "broken");
    assert_eq!(truth(whole, &group(&[("Allow", 100, "Icmp", "'*'", "'*'")])), "holds");
    assert_eq!(truth(whole, &group(&[("Allow", 100, "Tcp", "'*'", "p")])), "undecided");
    let udp = "check: nsg-exposure\nwith: { protocol: udp }";
    assert_eq!(truth(udp, &group(&[("Allow", 100, "*", "'*'", "'443'")])), "broken");
    assert_eq!(truth(udp, &group(&[("Allow", 100, "Tcp", "'*'", "'443'")])), "holds");
}

#[test]
fn firewall_ranges_are_refused_by_what_they_let_in() {
    let range = |first: &str, last: &str| {
        format!(
            "param p string\nresource f 'Microsoft.Sql/servers/firewallRules@2023-08-01' = {{\n  name: 's/f'\n  properties: {{\n    startIpAddress: {first}\n    endIpAddress: {last}\n  }}\n}}\n"
        )
    };
    let both = "check: firewall-range\nwith: { refuse: both }";
    let everyone = "check: firewall-range\nwith: { refuse: everyone }";
    assert_eq!(truth(both, &range("'0.0.0.0'", "'255.255.255.255'")), "broken");
    assert_eq!(truth(both, &range("'0.0.0.0'", "'0.0.0.0'")), "broken");
    assert_eq!(truth(everyone, &range("'0.0.0.0'", "'0.0.0.0'")), "holds");
    assert_eq!(truth(everyone, &range("'0.0.0.1'", "'255.255.255.254'")), "broken");
    assert_eq!(truth(both, &range("'0.0.0.0'", "'192.168.10.0'")), "broken");
    assert_eq!(truth(both, &range("'203.0.113.1'", "p")), "holds");
    assert_eq!(truth(both, &range("p", "'20.1.2.3'")), "holds");
    assert_eq!(truth(both, &range("'20.1.2.3'", "p")), "undecided");
    assert_eq!(truth(both, &range("p", "p")), "undecided");
    let wide = "check: firewall-range\nwith: { refuse: wide, addresses: 256 }";
    assert_eq!(truth(wide, &range("'20.1.2.0'", "'20.1.2.255'")), "broken");
    assert_eq!(truth(wide, &range("'20.1.2.0'", "'20.1.2.254'")), "holds");
    assert_eq!(truth(wide, &range("'203.0.113.1'", "p")), "undecided");
    assert_eq!(truth(wide, &range("'0.0.0.0'", "'0.0.0.0'")), "holds");
    assert_eq!(truth(wide, &range("'0.0.0.0'", "'255.255.255.255'")), "holds");
    let any = "check: firewall-range\nwith: { refuse: wide, addresses: 256, everyone: true }";
    assert_eq!(truth(any, &range("'0.0.0.0'", "'255.255.255.255'")), "broken");
}

#[test]
fn credentials_in_settings_are_found_and_masked() {
    let check = "check: credentials-in-settings\nwith: { properties: [properties.siteConfig.appSettings], children: Microsoft.Web/sites/config/appsettings }";
    let app = |value: &str| {
        format!(
            "@secure()\nparam p string\nresource a 'Microsoft.Web/sites@2023-01-01' = {{\n  name: 'a'\n  properties: {{\n    siteConfig: {{\n      appSettings: [\n        {{ name: 'DB', value: {value} }}\n      ]\n    }}\n  }}\n}}\n"
        )
    };
    assert_eq!(
        ask(check, &app("'Server=s;Password=hunter22'")),
        ["a broken 8 a: properties.siteConfig.appSettings[0].value is a secreta password"]
    );
    for value in
        ["p", "'Server=s;Password=${p}'", "'@Microsoft.KeyVault(SecretUri=https://x/Password=1)'", "'plain'"]
    {
        assert_eq!(truth(check, &app(value)), "holds", "{value}");
    }
    let child = format!(
        "{}resource c 'Microsoft.Web/sites/config@2023-01-01' = {{\n  parent: a\n  name: 'appsettings'\n  properties: {{\n    STORE: 'AccountName=a;AccountKey=bm90LWEta2V5'\n  }}\n}}\n",
        app("'x'")
    );
    let told = ask(check, &child);
    assert_eq!(told[0], "a broken 17 a: properties.STORE is a secreta storage account key");
}

#[test]
fn mighty_roles_at_subscription_scope_are_found() {
    let check =
        "check: role-at-scope\nwith: { roles: [8e3af657-a8ff-443c-a75c-2fe8c4bcb635], scope: subscription }";
    let assignment = |target: &str, role: &str| {
        format!(
            "targetScope = '{target}'\nparam p string\nresource r 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: 'x'\n  properties: {{\n    roleDefinitionId: {role}\n    principalId: p\n  }}\n}}\n"
        )
    };
    let owner = "'/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635'";
    assert_eq!(truth(check, &assignment("subscription", owner)), "broken");
    let by_id = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')";
    assert_eq!(truth(check, &assignment("subscription", by_id)), "broken");
    assert_eq!(truth(check, &assignment("resourceGroup", owner)), "holds");
    assert_eq!(truth(check, &assignment("subscription", &owner.replace("8e3af657", "acdd72a7"))), "holds");
    assert_eq!(truth(check, &assignment("subscription", "p")), "undecided");
}

#[test]
fn secrets_of_the_deployment_are_found() {
    let text = "@secure()\nparam a string\nparam adminPassword string\n@secure()\nparam b string = 'hunter22'\n@secure()\nparam c string = newGuid()\nparam size int = 1\nparam plain string\n\
        resource s 'Microsoft.Sql/servers@2023-08-01' = {\n  name: 's'\n  properties: { administratorLoginPassword: plain }\n}\noutput x string = 'p=${a}'\n@secure()\noutput y string = a\noutput z int = size\n";
    assert_eq!(
        ask("subject: deployment\ncheck: secret-in-output", text),
        ["output x broken 14 x: output is a secretoutput", "output y holds", "output z holds"]
    );
    let told = ask("subject: deployment\ncheck: secret-parameter-not-secure", text);
    let broken: Vec<&str> = told
        .iter()
        .filter(|told| told.contains("broken"))
        .map(|told| told.split(' ').nth(1).unwrap_or(""))
        .collect();
    assert_eq!(broken, ["adminPassword", "plain"], "{told:?}");
    let told = ask("subject: deployment\ncheck: secure-parameter-default", text);
    assert_eq!(
        told,
        ["parameter a holds", "parameter b broken 5 b: parameter is a secretparameter", "parameter c holds"]
    );
}

#[test]
fn secrets_that_are_written_in_the_code_are_found() {
    let server = |password: &str| {
        format!(
            "param p string\n@secure()\nparam s string\nparam q string = 'hunter22'\nparam flag bool\nresource x 'Microsoft.Sql/servers@2023-08-01' = {{\n  name: 's'\n  properties: {{\n    administratorLoginPassword: {password}\n  }}\n}}\n"
        )
    };
    let check = "check: secret-literal";
    assert_eq!(
        ask(check, &server("'hunter22'")),
        ["x broken 9 s: properties.administratorLoginPassword is a secret"]
    );
    assert_eq!(truth(check, &server("q")), "broken");
    for value in ["p", "s", "''", "'<password>'", "newGuid()"] {
        assert_eq!(truth(check, &server(value)), "holds", "{value}");
    }
    assert_eq!(truth(check, &server("flag ? 'hunter22' : 'hunter23'")), "broken");
}
