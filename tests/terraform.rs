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

#[test]
fn secrets_of_connections_and_provisioners_are_found() {
    let main = r#"
variable "given" {
  type      = string
  sensitive = true
}

resource "azurerm_storage_account" "sa" {
  name                     = "stone"
  resource_group_name      = "rg"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"

  connection {
    host     = self.primary_blob_host
    user     = "admin"
    password = "Example-4711-not-real"
  }

  provisioner "remote-exec" {
    inline = ["echo ${self.name}"]
    connection {
      host        = self.primary_blob_host
      private_key = file("${path.module}/id_rsa")
    }
  }

  provisioner "local-exec" {
    command     = "./setup.sh"
    environment = { DB_PASSWORD = "Example-4711-not-real", STAGE = "dev", NAME = self.name }
  }
}

resource "terraform_data" "clean" {
  connection {
    host        = "h"
    password    = var.given
    private_key = file("~/.ssh/id_rsa")
  }
}
"#;
    let (_guard, path) =
        directory(&[("main.tf", main.as_bytes()), ("id_rsa", b"-----BEGIN KEY-----\nExample-4711\n")]);
    let outcome = scan(&path, &["--profile", "all"]);
    assert!(!outcome.stdout.contains("Example-4711"), "{}", outcome.stdout);
    let report = outcome.json();
    let found: Vec<(String, u64)> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|it| it["rule"] == "template-secret-literal-property")
        .map(|it| (text(&it["property"]), it["location"]["line"].as_u64().expect("a line")))
        .collect();
    let mut properties: Vec<&str> = found.iter().map(|(property, _)| &**property).collect();
    properties.sort_unstable();
    assert_eq!(
        properties,
        [
            "connection[0].password",
            "provisioner[0].connection[0].private_key",
            "provisioner[1].environment.DB_PASSWORD"
        ]
    );
    assert!(found.iter().all(|(_, line)| [17, 24, 30].contains(line)), "{found:?}");
    assert!(told(&report).iter().all(|(_, code, ..)| code == "parameters"), "{:?}", told(&report));
}

#[test]
fn data_sources_are_existing_resources() {
    let main = r#"
data "azurerm_storage_account" "read" {
  name                = "stread"
  resource_group_name = "rg"
}

data "azurerm_virtual_network" "net" {
  name                = "net"
  resource_group_name = "rg"
}

data "azurerm_subnet" "s" {
  for_each             = toset(["a", "b"])
  name                 = each.key
  virtual_network_name = data.azurerm_virtual_network.net.name
  resource_group_name  = "rg"
}

data "azurerm_client_config" "current" {}

data "azurerm_role_definition" "mighty" {
  name = "Owner"
}

resource "azurerm_storage_account_network_rules" "rules" {
  storage_account_id = data.azurerm_storage_account.read.id
  default_action     = "Allow"
}

resource "azurerm_role_assignment" "owner" {
  scope              = "/subscriptions/00000000-0000-0000-0000-000000000001"
  role_definition_id = data.azurerm_role_definition.mighty.id
  principal_id       = data.azurerm_client_config.current.object_id
}
"#;
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    let model = leftward_in(&path, &["model", "."]).json();
    let resources = model["roots"][0]["resources"].as_array().expect("resources").clone();
    let existing: Vec<(String, String, String)> = resources
        .iter()
        .filter(|it| it["existing"] == true)
        .map(|it| (text(&it["address"]), text(&it["type"]), text(&it["sourceType"])))
        .collect();
    let network = "Microsoft.Network/virtualNetworks";
    let expected = [
        ("data.azurerm_storage_account.read", "Microsoft.Storage/storageAccounts"),
        ("data.azurerm_virtual_network.net", network),
        ("data.azurerm_subnet.s[\"a\"]", "Microsoft.Network/virtualNetworks/subnets"),
        ("data.azurerm_subnet.s[\"b\"]", "Microsoft.Network/virtualNetworks/subnets"),
    ];
    assert_eq!(existing.len(), expected.len(), "{existing:?}");
    for ((address, of, source), (wanted, wanted_type)) in existing.iter().zip(expected) {
        let plain = wanted.split('.').nth(1).unwrap_or_default();
        assert_eq!((&**address, &**of, source), (wanted, wanted_type, &format!("data.{plain}")));
    }
    let by =
        |address: &str| resources.iter().find(|it| it["address"] == address).expect("a resource").clone();
    let read = by("data.azurerm_storage_account.read");
    // nothing is added to what is read: its arguments are all that is known
    assert_eq!((&read["name"], &read["body"]), (&"stread".into(), &serde_json::json!({})));
    assert_eq!(by("data.azurerm_subnet.s[\"a\"]")["parent"], "data.azurerm_virtual_network.net");

    // what is set of the account is a resource that rules judge, under the account's name
    let set = by("azurerm_storage_account_network_rules.rules");
    assert_eq!((&set["name"], &set["existing"]), (&"stread".into(), &false.into()));
    assert_eq!(set["body"]["properties"]["networkAcls"]["defaultAction"], "Allow");

    let report = scan(&path, &["--profile", "all"]).json();
    assert_eq!(report["summary"]["resources"], 2);
    for finding in report["findings"].as_array().expect("findings") {
        assert!(!text(&finding["resource"]["address"]).starts_with("data."), "{finding}");
    }
    let assigned = report["findings"].as_array().expect("findings").iter().any(|it| {
        it["resource"]["address"] == "azurerm_role_assignment.owner"
            && it["property"] == "properties.roleDefinitionId"
    });
    assert!(assigned, "{report}");
}

#[test]
fn types_without_a_mapping_are_counted() {
    let main = account("sa", "true", "\"TLS1_2\"")
        + "resource \"azurerm_brand_new\" \"a\" {\n  count = 3\n}\nresource \"azurerm_newer\" \"b\" {}\nresource \"random_id\" \"c\" {}\n";
    let (_guard, path) = directory(&[("main.tf", main.as_bytes())]);
    assert_eq!(scan(&path, &[]).json()["summary"]["unmappedTypes"], 2);
    let shown = leftward_in(&path, &["--no-config", "."]).stdout;
    assert!(shown.contains("Not checked: 2 Terraform types without a mapping to ARM."), "{shown}");
}
