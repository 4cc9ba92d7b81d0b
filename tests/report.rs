//! What people and programs read: snapshots of the report, and the contracts of JSON and SARIF.

#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use common::{directory, leftward, leftward_in, text};

/// A value that travels: from a parameter file through a module's argument into the property.
const MODULE: &str = "param tls string
resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'sttravel0001'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: tls
  }
}
";
const MAIN: &str = "param tlsVersion string = 'TLS1_2'
module store 'store.bicep' = {
  params: { tls: tlsVersion }
}
";
const PARAMETERS: &str = "using 'main.bicep'
param tlsVersion = 'TLS1_0'
";

fn travelling_value(arguments: &[&str]) -> common::Outcome {
    let (_guard, path) = directory(&[
        ("store.bicep", MODULE.as_bytes()),
        ("main.bicep", MAIN.as_bytes()),
        ("old.bicepparam", PARAMETERS.as_bytes()),
    ]);
    leftward_in(&path, arguments)
}

#[test]
fn a_finding_shows_the_property_and_where_its_value_came_from() {
    let outcome = travelling_value(&["--rule", "storage-min-tls", "."]);
    insta::assert_snapshot!(outcome.stdout);
}

#[test]
fn a_broken_statement_is_shown_where_it_breaks() {
    let outcome = leftward(&["--rule", "storage-https-only", "testdata/bad/broken.bicep"]);
    insta::assert_snapshot!(outcome.stdout);
}

#[test]
fn json_has_what_the_contract_says() {
    let report = travelling_value(&["--rule", "storage-min-tls", "--format", "json", "."]).json();
    let findings = report["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 1);
    insta::assert_json_snapshot!(report, {".tool.version" => "VERSION", ".findings[].fingerprint" => "FINGERPRINT"});
}

#[test]
fn the_fingerprint_survives_moved_lines_and_a_renamed_file() {
    let fingerprint = |name: &str, before: &str| {
        let (_guard, path) = directory(&[(name, format!("{before}{}", common::SINFUL_BICEP).as_bytes())]);
        let report = leftward_in(&path, &["--rule", "storage-https-only", "--format", "json", "."]).json();
        text(&report["findings"][0]["fingerprint"])
    };
    let first = fingerprint("main.bicep", "");
    assert!(first.starts_with("leftward/v1:"));
    assert_eq!(first, fingerprint("other.bicep", "\n\n// moved\n"));
    assert_ne!(first, fingerprint("sub/main.bicep", ""));
}

#[test]
fn sarif_reads_back_and_names_rules_and_lines() {
    let outcome = leftward(&["--format", "sarif", "testdata/bad"]);
    let sarif: serde_sarif::sarif::Sarif = serde_json::from_str(&outcome.stdout).expect("SARIF");
    let [run] = sarif.runs.as_slice() else { panic!("one run") };
    let rules = run.tool.driver.rules.as_ref().expect("rules");
    let results = run.results.as_ref().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result.rule_index.expect("an index")).expect("a small number");
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        assert!(
            result
                .partial_fingerprints
                .as_ref()
                .expect("fingerprints")
                .contains_key("primaryLocationLineHash")
        );
    }
    let invocation = &run.invocations.as_ref().expect("an invocation")[0];
    assert!(!invocation.execution_successful);
    assert!(!invocation.tool_execution_notifications.as_ref().expect("notifications").is_empty());
}

#[test]
fn a_secret_is_never_printed() {
    let source = "@secure()
param password string = 'Tr0ub4dor&3'
output leaked string = password
resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: 'app-secret'
  location: 'westeurope'
  properties: { siteConfig: { appSettings: [ { name: 'Sql__Password', value: password } ] } }
}
";
    let (_guard, path) = directory(&[("main.bicep", source.as_bytes())]);
    let runs = [
        &["model", "."][..],
        &["--format", "json", "."],
        &["--format", "sarif", "."],
        &["--show-undecided", "."],
    ];
    for arguments in runs {
        let outcome = leftward_in(&path, arguments);
        assert!(outcome.stdout.len() > 100);
        assert!(!outcome.stdout.contains("Tr0ub4dor"), "{arguments:?}");
    }
}

#[test]
fn a_written_password_is_never_printed() {
    let source = "resource sql 'Microsoft.Sql/servers@2023-08-01-preview' = {
  name: 'sqlwritten'
  location: 'westeurope'
  properties: {
    administratorLogin: 'adm'
    administratorLoginPassword: 'Tr0ub4dor&3'
    minimalTlsVersion: '1.0'
  }
}
";
    let (_guard, path) = directory(&[("main.bicep", source.as_bytes())]);
    let runs = [
        &["model", "."][..],
        &["--format", "json", "."],
        &["--format", "sarif", "."],
        &["--show-undecided", "."],
    ];
    for arguments in runs {
        let outcome = leftward_in(&path, arguments);
        assert!(outcome.stdout.contains("sqlwritten"), "{arguments:?}");
        assert!(!outcome.stdout.contains("Tr0ub4dor"), "{arguments:?}");
    }
}

#[test]
fn a_report_goes_to_its_file_whole_or_not_at_all() {
    let (_guard, path) = directory(&[("main.bicep", common::SINFUL_BICEP.as_bytes())]);
    let outcome = leftward_in(&path, &["--format", "sarif=out.sarif,json=out.json,human", "."]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("storage-https-only"));
    for file in ["out.sarif", "out.json"] {
        let text = std::fs::read_to_string(path.join(file)).expect("the report");
        serde_json::from_str::<serde_json::Value>(&text).expect("whole JSON");
    }
    let refused = leftward_in(&path, &["--format", "json=no/such/folder/out.json", "."]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("no/such/folder/out.json"), "{}", refused.stderr);
}

#[test]
fn explain_finds_a_rule_by_its_id_and_by_a_peers() {
    let own = leftward(&["explain", "storage-https-only"]);
    assert_eq!(own.code, 0);
    assert!(own.stdout.contains("storage-https-only (high") && own.stdout.contains("```terraform pass"));
    assert_eq!(leftward(&["explain", "CKV_AZURE_3"]).stdout, own.stdout);
    let unknown = leftward(&["explain", "storage-https-onyl"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("storage-https-only"), "{}", unknown.stderr);
}

#[test]
fn users_rules_are_loaded_and_broken_ones_are_told_with_their_place() {
    let rule = "---
id: storage-must-be-hierarchical
title: Storage account without hierarchical namespace
severity: low
category: governance
resources: Microsoft.Storage/storageAccounts
require:
  field: properties.isHnsEnabled
  equals: true
  absent: false
message: Storage account '{name}' has no hierarchical namespace
help: Set properties.isHnsEnabled to true.
---
# Storage account without hierarchical namespace

Our data platform needs it.
";
    let broken = rule.replace("severity: low", "severity: lwo").replace("equals: true", "equls: true");
    let files = [
        ("rules/storage-must-be-hierarchical.md", rule.as_bytes()),
        ("broken/storage-must-be-hierarchical.md", broken.as_bytes()),
        ("main.bicep", common::SINFUL_BICEP.as_bytes()),
    ];
    let (_guard, path) = directory(&files);
    let report = leftward_in(&path, &["--rules", "rules", "--format", "json", "."]).json();
    assert!(common::findings(&report).iter().any(|(rule, _, _)| rule == "storage-must-be-hierarchical"));
    let refused = leftward_in(&path, &["--rules", "broken", "."]);
    assert_eq!(refused.code, 2);
    for expected in ["storage-must-be-hierarchical.md", "lwo", "low", "equls", "equals"] {
        assert!(refused.stderr.contains(expected), "{expected}: {}", refused.stderr);
    }
}
