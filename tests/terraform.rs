//! What is wrong with a Terraform configuration costs that part alone, and is told with its consequence.

#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::path::Path;

use common::{Outcome, directory, leftward_in, leftward_with, text};
use serde_json::Value;

/// A storage account that accepts plain HTTP.
const SINFUL: &str = r#"
resource "azurerm_storage_account" "NAME" {
  name                       = "stNAME"
  resource_group_name        = "rg"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "LRS"
  https_traffic_only_enabled = HTTPS
  min_tls_version            = TLS
}
"#;

fn account(name: &str, https: &str, tls: &str) -> String {
    SINFUL.replace("NAME", name).replace("HTTPS", https).replace("TLS", tls)
}

const VARIABLES: &str = r#"variable "https" {
  type = bool
}

variable "tls" {
  type = string
}
"#;

fn scan(directory: &Path, more: &[&str]) -> Outcome {
    let mut arguments = vec!["--no-config", "--format", "json"];
    arguments.extend(more);
    arguments.push(".");
    leftward_in(directory, &arguments)
}

/// The addresses of the resources that break a rule.
fn broken_by(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    findings.filter(|it| it["rule"] == rule).map(|it| text(&it["resource"]["address"])).collect()
}

/// The reasons why a rule could not be decided.
fn undecided(report: &Value, rule: &str) -> Vec<String> {
    let all = report["undecided"].as_array().expect("undecided").iter();
    all.filter(|it| it["rule"] == rule)
        .flat_map(|it| it["reasons"].as_array().expect("reasons").iter().map(text))
        .collect()
}

/// Diagnostics as (severity, code, path, line), with what they say.
fn told(report: &Value) -> Vec<(String, String, String, u64, String)> {
    let all = report["diagnostics"].as_array().expect("diagnostics").iter();
    all.map(|it| {
        let location = &it["location"];
        let line = location["line"].as_u64().unwrap_or(0);
        (text(&it["severity"]), text(&it["code"]), text(&location["path"]), line, text(&it["message"]))
    })
    .collect()
}

#[test]
fn a_broken_block_is_lost_alone() {
    let unclosed =
        "\nresource \"azurerm_storage_account\" \"broken\" {\n  network_rules {\n    bypass = [\"None\"]\n";
    let main = account("first", "false", "\"TLS1_2\"") + unclosed + &account("last", "false", "\"TLS1_2\"");
    let other = account("other", "false", "\"TLS1_2\"");
    let (_guard, path) = directory(&[("main.tf", main.as_bytes()), ("other.tf", other.as_bytes())]);
    let outcome = scan(&path, &[]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    let report = outcome.json();
    let mut found = broken_by(&report, "storage-https-only");
    found.sort();
    let all = ["first", "last", "other"].map(|name| format!("azurerm_storage_account.{name}"));
    assert_eq!(found, all);
    let told = told(&report);
    assert!(!told.is_empty());
    for (severity, code, path, line, message) in told {
        assert_eq!((&*severity, &*code, &*path), ("error", "syntax", "main.tf"), "{message}");
        assert!((12..=15).contains(&line), "{line}: {message}");
    }
    assert_eq!(report["summary"]["broken"], 1);
    assert_eq!(scan(&path, &["--allow-parse-errors"]).code, 1);
}

#[test]
fn a_broken_argument_leaves_the_rest_of_its_block() {
    let main = account("first", "false = =", "\"TLS1_0\"");
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let outcome = scan(&path, &[]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    let report = outcome.json();
    assert_eq!(broken_by(&report, "storage-min-tls"), ["azurerm_storage_account.first"]);
    assert!(matches!(&told(&report)[..], [(_, code, _, 8, _)] if code == "syntax"), "{:?}", told(&report));
}

#[test]
fn a_missing_module_is_a_note_with_its_consequence() {
    let modules = r#"module "gone" {
  source = "./modules/gone"
}

module "registry" {
  source  = "Azure/naming/azurerm"
  version = "0.4.0"
}
"#;
    let main = modules.to_owned() + &account("sa", "false", "module.gone.tls");
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let outcome = scan(&path, &[]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let report = outcome.json();
    let told = told(&report);
    assert_eq!(told.len(), 2, "{told:?}");
    for ((severity, code, path, line, message), (at, name)) in
        told.into_iter().zip([(2, "'gone'"), (6, "'registry'")])
    {
        assert_eq!((&*severity, &*code, &*path, line), ("note", "module-unresolved", "main.tf", at));
        assert!(message.contains(name), "{message}");
        assert!(message.contains("its resources are not checked, and its outputs are unknown"), "{message}");
    }
    assert_eq!(broken_by(&report, "storage-https-only"), ["azurerm_storage_account.sa"]);
    let reasons = undecided(&report, "storage-min-tls");
    assert!(matches!(&reasons[..], [reason] if reason.contains("module 'gone'")), "{reasons:?}");
    assert_eq!(report["summary"]["unresolvedModules"], 2);
    assert_eq!(report["summary"]["complete"], false);
    assert_eq!(scan(&path, &["--fail-on", "incomplete"]).code, 3);
}

#[test]
fn variables_without_a_value_are_named_once() {
    let main = VARIABLES.to_owned() + &account("sa", "var.https", "var.tls");
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let outcome = scan(&path, &["--fail-on", "high,incomplete"]);
    let report = outcome.json();
    let told = told(&report);
    let [(severity, code, file, 1, message)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&**severity, &**code, &**file), ("note", "parameters", "main.tf"));
    assert_eq!(
        message,
        "variables without a value: https, tls; what depends on them is unknown. Give them with --var-file"
    );
    assert_eq!(undecided(&report, "storage-https-only"), ["var.https is not set"]);
    assert_eq!(undecided(&report, "storage-min-tls"), ["var.tls is not set"]);
    assert_eq!(report["summary"]["complete"], true);

    std::fs::write(path.join("terraform.tfvars"), "https = false\ntls = \"TLS1_0\"\n").expect("a file");
    let report = scan(&path, &[]).json();
    assert_eq!(common::diagnostics(&report), []);
    for rule in ["storage-https-only", "storage-min-tls"] {
        assert_eq!(broken_by(&report, rule), ["azurerm_storage_account.sa"], "{rule}");
    }
}

#[test]
fn a_broken_variable_file_keeps_its_other_values() {
    let main = VARIABLES.to_owned() + &account("sa", "var.https", "var.tls");
    let values = b"https = = \ntls = \"TLS1_0\"\n";
    let (_guard, path) = directory(&[("main.tf", main.as_bytes()), ("terraform.tfvars", values)]);
    let outcome = scan(&path, &[]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    let report = outcome.json();
    assert_eq!(broken_by(&report, "storage-min-tls"), ["azurerm_storage_account.sa"]);
    assert_eq!(undecided(&report, "storage-https-only").len(), 1);
    let told = told(&report);
    assert!(matches!(&told[..], [(_, code, file, 1, _)] if code == "syntax" && file == "terraform.tfvars"));
}

#[test]
fn an_unreadable_variable_file_is_told_and_stops_nothing() {
    let main = VARIABLES.to_owned() + &account("sa", "false", "var.tls");
    let unreadable: &[u8] = b"tls = \"\xc3\x28\"\n\xff";
    // one that Terraform loads by itself, and one that is asked for
    for (name, arguments) in
        [("x.auto.tfvars", &[][..]), ("vars/prod.tfvars", &["--var-file", "vars/prod.tfvars"])]
    {
        let (_guard, path) = directory(&[("main.tf", main.as_bytes()), (name, unreadable)]);
        let outcome = scan(&path, arguments);
        assert_eq!(outcome.code, 3, "{name}: {}", outcome.stderr);
        let report = outcome.json();
        let told = told(&report);
        let consequence = told.iter().find(|(_, code, ..)| code == "file-unresolved").expect("a diagnostic");
        assert_eq!((&*consequence.0, consequence.2.trim_start_matches("./")), ("error", name));
        assert!(consequence.4.contains("its values are not used"), "{}", consequence.4);
        assert_eq!(told.iter().filter(|(severity, ..)| severity == "error").count(), 1, "{told:?}");
        assert_eq!(report["summary"]["unreadable"], 1, "{name}");
        assert_eq!(broken_by(&report, "storage-https-only"), ["azurerm_storage_account.sa"], "{name}");
        assert_eq!(undecided(&report, "storage-min-tls"), ["var.tls is not set"], "{name}");
    }
}

#[test]
fn the_environment_is_asked_only_on_request() {
    let main = VARIABLES.to_owned()
        + "variable \"password\" {\n  type = string\n}\n\nvariable \"names\" {\n  type = list(string)\n}\n"
        + &account("sa", "var.https", "var.tls")
        + &account("more", "true", "\"TLS1_0\"").replace("stmore", "${each.key}").replacen(
            '{',
            "{\n  for_each = toset(var.names)",
            1,
        )
        + "\nresource \"azurerm_key_vault_secret\" \"s\" {\n  name = \"s\"\n  key_vault_id = \"v\"\n  value = var.password\n}\n";
    let (_guard, path) =
        directory(&[("main.tf", main.as_bytes()), ("terraform.tfvars", b"tls = \"TLS1_2\"\n")]);
    let environment = [
        ("TF_VAR_https", "false"),
        ("TF_VAR_tls", "TLS1_0"),
        ("TF_VAR_names", "[\"a\"]"),
        ("TF_VAR_password", "Example-4711-not-real"),
        ("TF_VAR_nobodys", "{"),
    ];
    let run = |more: &[&str]| {
        let outcome = leftward_with(
            &path,
            &[&["--no-config", "--format", "json"], more, &["."]].concat(),
            &environment,
        );
        assert!(!outcome.stdout.contains("Example-4711"), "{}", outcome.stdout);
        outcome.json()
    };
    let without = run(&[]);
    assert_eq!(undecided(&without, "storage-https-only"), ["var.https is not set"]);
    let with = run(&["--tf-var-env"]);
    assert_eq!(broken_by(&with, "storage-https-only"), ["azurerm_storage_account.sa"]);
    // the variable file wins over the environment, and what is in the environment is not in the code
    assert_eq!(broken_by(&with, "storage-min-tls"), ["azurerm_storage_account.more[\"a\"]"]);
    assert_eq!(broken_by(&with, "template-secret-literal-property"), [""; 0]);
    assert_eq!(told(&with), []);
}

#[test]
fn secrets_of_types_without_a_mapping_are_found() {
    let main = r#"
variable "password" {
  type      = string
  sensitive = true
}

resource "azurerm_automation_credential" "written" {
  name     = "c"
  username = "u"
  password = "Example-4711-not-real"
}

resource "azurerm_automation_credential" "given" {
  name     = "c"
  username = "u"
  password = var.password
}

resource "azurerm_brand_new" "nested" {
  name = "n"
  login {
    admin_password = "Example-4711-not-real"
    partition_key  = "Example"
  }
}
"#;
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let outcome = scan(&path, &[]);
    assert!(!outcome.stdout.contains("Example-4711"), "{}", outcome.stdout);
    let report = outcome.json();
    assert_eq!(
        broken_by(&report, "template-secret-literal-property"),
        ["azurerm_automation_credential.written", "azurerm_brand_new.nested"]
    );
    assert_eq!(told(&report).iter().filter(|(_, code, ..)| code == "unmapped").count(), 1);
}

#[test]
fn a_variable_file_that_is_not_there_is_a_wrong_command() {
    let main = account("sa", "false", "\"TLS1_2\"");
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let outcome = scan(&path, &["--var-file", "nowhere.tfvars"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("nowhere.tfvars"), "{}", outcome.stderr);
}
