//! `leftward exposure`: what is reachable, and by which way.

mod common;

use common::{leftward_in, root};
use serde_json::Value;

/// Each endpoint in a line: name, protocols, ports, ports behind, from where, whether it is sure.
fn told(path: &str) -> Vec<String> {
    let outcome = leftward_in(root(), &["exposure", "--format", "json", path]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let json = outcome.json();
    let endpoints = json["roots"][0]["endpoints"].as_array().cloned().unwrap_or_default();
    let line = |one: &Value| {
        format!(
            "{} {} {} {} from {}: {}",
            one["resource"]["name"].as_str().unwrap_or_default(),
            one["protocols"],
            one["ports"],
            one["targetPorts"],
            one["from"].as_str().unwrap_or_default(),
            if one["reachable"] == true { "sure".to_owned() } else { one["reasons"].to_string() },
        )
    };
    endpoints.iter().map(line).collect()
}

#[test]
fn the_way_goes_through_load_balancers_and_both_groups() {
    assert_eq!(
        told("testdata/exposure/bicep"),
        [
            r#"vm-web ["TCP"] [[443,443]] [[443,443]] from the Internet: sure"#,
            r#"vm-web ["TCP"] [[50001,50001]] [[22,22]] from the Internet: sure"#,
            r#"nic-worker ["TCP"] [[443,443]] [[443,443]] from 198.51.100.0/24: sure"#,
            r#"nic-jump ["TCP"] [[443,443]] [[443,443]] from the Internet: sure"#,
            r#"nic-jump ["TCP"] [[22,22]] [[22,22]] from the Internet: sure"#,
            r#"nic-jump ["TCP"] [[8443,8443]] [[8443,8443]] from the Internet: ["parameter 'adminPrefix' has no default"]"#,
            r#"stexposed ["TCP"] [[443,443]] [[443,443]] from 198.51.100.7: sure"#,
        ]
    );
}

#[test]
fn terraform_says_the_same_by_associations() {
    assert_eq!(
        told("testdata/exposure/terraform"),
        [
            r#"vm-web ["TCP"] [[443,443]] [[443,443]] from the Internet: sure"#,
            r#"vm-web ["TCP"] [[50001,50001]] [[22,22]] from the Internet: sure"#,
            r#"afw ["TCP"] [[13389,13389]] [[3389,3389]] from the Internet: sure"#,
        ]
    );
}

#[test]
fn the_table_and_the_flowchart_name_the_steps() {
    let table = leftward_in(root(), &["exposure", "testdata/exposure/bicep"]).stdout;
    for text in [
        "inbound NAT rule 'ssh-web' of load balancer 'lb' (testdata/exposure/bicep/main.bicep:",
        "rule 'ssh' of 'nsg-web'",
        "subnet 'web'",
        "? parameter 'adminPrefix' has no default",
        "6 reachable from the Internet, 1 undecided, in 1 deployment",
    ] {
        assert!(table.contains(text), "{text} is not in\n{table}");
    }
    let chart = leftward_in(root(), &["exposure", "--format", "mermaid", "testdata/exposure/bicep"]).stdout;
    for text in [
        "flowchart LR",
        "internet -->|\"TCP 50001 → 22 from the Internet\"|",
        "-.->",
        "virtual machine 'vm-web'",
    ] {
        assert!(chart.contains(text), "{text} is not in\n{chart}");
    }
}
