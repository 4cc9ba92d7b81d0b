//! `leftward access`: who gets which role on which scope.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::{leftward, root};
use serde_json::Value;

fn grants(folder: &str) -> Vec<Value> {
    let path = root().join("testdata/access").join(folder);
    let outcome = leftward(&["access", "--format", "json", path.to_str().expect("UTF-8")]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    outcome.json()["grants"].as_array().expect("a list").clone()
}

/// Breadth of the scope, name and tier of the role, principal, and how it is held.
fn told(grant: &Value) -> [String; 5] {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let principal = &grant["principal"];
    let who = ["/resource/name", "/id", "/reason"].iter().find_map(|path| principal.pointer(path)?.as_str());
    [
        text(&grant["scope"]["breadth"]),
        text(&grant["role"]["name"]),
        text(&grant["role"]["tier"]),
        who.unwrap_or("-").to_owned(),
        text(&grant["held"]),
    ]
}

#[test]
fn scopes_of_modules_and_resources_are_told_widest_first() {
    let found: Vec<[String; 5]> = grants("main.bicep").iter().map(told).collect();
    let wanted = [
        ["subscription", "Deployer (custom: gives roles)", "critical", "app-shop", "active"],
        ["subscription", "Owner", "critical", "parameter 'team' has no default", "eligible"],
        ["resourceGroup", "Reader", "low", "parameter 'readers' has no default", "active"],
        ["resource", "Key Vault Secrets User", "low", "app-shop", "active"],
    ];
    assert_eq!(found, wanted);
}

#[test]
fn identities_of_terraform_are_linked_to_their_resources() {
    let found: Vec<[String; 5]> = grants("terraform").iter().map(told).collect();
    let wanted = [
        ["managementGroup", "User Access Administrator", "critical", "id-pipeline", "active"],
        [
            "subscription",
            "Of Our Own",
            "-",
            "data.azurerm_client_config.current is read from Azure",
            "active",
        ],
        ["resourceGroup", "Contributor", "high", "id-pipeline", "active"],
        ["resourceGroup", "Storage Blob Data Reader", "low", "app-shop", "active"],
    ];
    assert_eq!(found, wanted);
}

#[test]
fn every_line_of_the_table_has_its_place() {
    let path = root().join("testdata/access");
    let outcome = leftward(&["access", path.to_str().expect("UTF-8")]);
    assert_eq!(outcome.code, 0);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let (head, rest) = lines.split_first().expect("a head");
    assert!(head.starts_with("SCOPE"), "{head}");
    let rows: Vec<&&str> = rest.iter().take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 8, "{}", outcome.stdout);
    assert!(rows.iter().all(|row| row.contains(".bicep:") || row.contains(".tf:")), "{}", outcome.stdout);
    assert!(rows[0].starts_with("managementGroup"), "{}", rows[0]);
    assert!(outcome.stdout.contains("8 role assignments: 3 critical, 1 high; 4 on a subscription or wider"));
}
