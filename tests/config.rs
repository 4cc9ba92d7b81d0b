//! `leftward.yaml`: what it does, where it is found, and how mistakes in it are told.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    fn rules(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().expect("findings").clone();
        findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
    }
}

fn leftward(folder: &Path, arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_leftward"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("leftward runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

const ACCOUNT: &str = "resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stdata'
  location: 'westus'
  sku: { name: 'Standard_GRS' }
  kind: 'StorageV2'
  properties: { supportsHttpsTrafficOnly: false, minimumTlsVersion: 'TLS1_2', allowBlobPublicAccess: false }
}
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    // a repository: nothing above is looked at
    std::fs::create_dir_all(folder.path().join(".git")).expect("a folder");
    folder
}

const JSON: [&str; 3] = ["scan", "--format", "json"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&JSON[..], more].concat()
}

#[test]
fn rules_are_turned_off_and_on_and_given_a_severity() {
    let here = folder(&[
        ("main.bicep", ACCOUNT),
        ("leftward.yaml", "rules:\n  CKV_AZURE_3: off\n  storage-network-default-deny: low\n"),
    ]);
    let without = leftward(here.path(), &with(&["--no-config"]));
    assert!(without.rules().contains(&"storage-https-only".to_owned()), "{}", without.out);
    let run = leftward(here.path(), &JSON);
    assert!(!run.rules().contains(&"storage-https-only".to_owned()), "{}", run.out);
    let json = run.json();
    let findings = json["findings"].as_array().expect("findings");
    let lowered = findings.iter().find(|finding| finding["rule"] == "storage-network-default-deny");
    assert_eq!(lowered.map(|finding| &finding["severity"]), Some(&"low".into()), "{}", run.out);
}

#[test]
fn a_rule_of_ones_own_gets_its_parameters() {
    let rule = std::fs::read_to_string("testdata/rules/own-allowed-regions.md").expect("the rule");
    let yaml = |regions: &str| {
        format!(
            "userRules: policies\nrules:\n  own-allowed-regions:\n    parameters:\n      allowedRegions: {regions}\n      requiredTags: []\n"
        )
    };
    let here = folder(&[
        ("main.bicep", ACCOUNT),
        ("policies/own-allowed-regions.md", &rule),
        ("leftward.yaml", &yaml("[northeurope]")),
    ]);
    let run = leftward(here.path(), &JSON);
    assert!(run.rules().contains(&"own-allowed-regions".to_owned()), "{}{}", run.out, run.err);
    assert!(run.out.contains("regions are northeurope"), "{}", run.out);
    std::fs::write(here.path().join("leftward.yaml"), yaml("[westus]")).expect("a file");
    assert!(!leftward(here.path(), &JSON).rules().contains(&"own-allowed-regions".to_owned()));
    std::fs::write(here.path().join("leftward.yaml"), yaml("westus")).expect("a file");
    let run = leftward(here.path(), &JSON);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("the parameter 'allowedRegions' takes a list")
            && run.err.contains("leftward.yaml:5:"),
        "{}",
        run.err
    );
}

#[test]
fn it_is_found_above_up_to_the_root_of_the_repository() {
    let off = "rules: { storage-https-only: off }\n";
    let here = folder(&[
        ("leftward.yml", off),
        ("a/b/main.bicep", ACCOUNT),
        ("inner/main.bicep", ACCOUNT),
        ("other.yaml", "failOn: never\n"),
    ]);
    let https = |run: &Run| run.rules().contains(&"storage-https-only".to_owned());
    assert!(!https(&leftward(here.path(), &with(&["a/b"]))));
    assert!(!https(&leftward(&here.path().join("a"), &with(&["b/main.bicep"]))));
    assert!(https(&leftward(here.path(), &with(&["a/b", "--config", "other.yaml"]))));
    assert!(https(&leftward(here.path(), &with(&["a/b", "--no-config"]))));
    std::fs::create_dir(here.path().join("inner/.git")).expect("a folder");
    assert!(https(&leftward(here.path(), &with(&["inner"]))), "it belongs to another repository");
}

#[test]
fn files_are_left_out_and_read_all_the_same_where_they_are_called() {
    let here = folder(&[
        ("infra/main.bicep", "module sa '../legacy/sa.bicep' = { name: 'sa' }\n"),
        ("legacy/sa.bicep", ACCOUNT),
        ("legacy/deep/main.bicep", ACCOUNT),
        ("test/main.bicep", ACCOUNT),
        ("leftward.yaml", "paths:\n  include: [infra, 'legacy/**']\n  exclude: legacy/deep\n"),
    ]);
    let json = leftward(here.path(), &JSON).json();
    let roots: Vec<&Json> =
        json["findings"].as_array().expect("findings").iter().map(|finding| &finding["root"]).collect();
    assert!(!roots.is_empty() && roots.iter().all(|root| **root == "infra/main.bicep"), "{roots:?}");
    assert_eq!(json["summary"]["roots"], 1);
}

#[test]
fn the_gate_comes_from_the_configuration_and_the_command_line_goes_first() {
    let here = folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", "failOn: never\n")]);
    assert_eq!(leftward(here.path(), &JSON).code, Some(0));
    assert_eq!(leftward(here.path(), &with(&["--fail-on", "high"])).code, Some(1));
    let run = leftward(here.path(), &with(&["--fail-on", "hgih"]));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("possible values: critical, high"), "{}", run.err);
}

#[test]
fn findings_below_the_gate_are_shown_and_do_not_fail_the_build() {
    let here =
        folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", "rules: { storage-https-only: medium }\n")]);
    let only = with(&["--rule", "storage-https-only", "--fail-on", "high"]);
    let run = leftward(here.path(), &only);
    assert_eq!((run.code, run.rules()), (Some(0), vec!["storage-https-only".to_owned()]));
    let sarif = leftward(here.path(), &["scan", "--format", "sarif", "--rule", "storage-https-only"]).json();
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["security-severity"], "5.5", "a text, of the severity that was set");
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "warning");
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_was_meant() {
    let yaml = "profle: all\nfailOn: hihg\nrules:\n  x: { enabled: 1 }\nsuppressions:\n  require_reason: yes please\n  ignore:\n    - path: a\nminScore: 101\n";
    let here = folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", yaml)]);
    let run = leftward(here.path(), &JSON);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    for wanted in [
        "unknown key 'profle'",
        "did you mean 'profile'?",
        "leftward.yaml:1:1",
        "'hihg' is not known here",
        "did you mean 'high'?",
        "leftward.yaml:2:9",
        "expected true or false, found 1",
        "expected true or false, found 'yes please'",
        "'rule' is missing here",
        "expected a whole number from 0 to 100, found 101",
    ] {
        assert!(run.err.contains(wanted), "{wanted}\n{}", run.err);
    }
}

#[test]
fn a_rule_that_is_not_there_is_a_warning_with_the_nearest_one() {
    let here = folder(&[
        ("main.bicep", ACCOUNT),
        ("leftward.yaml", "failOn: never\nrules: { storage-http-only: off }\n"),
    ]);
    let run = leftward(here.path(), &JSON);
    let json = run.json();
    let told = json["diagnostics"]
        .as_array()
        .expect("diagnostics")
        .iter()
        .find(|one| one["code"] == "configuration");
    let told = told.unwrap_or_else(|| panic!("{}", run.out));
    assert_eq!((told["severity"].as_str(), told["location"]["line"].as_u64()), (Some("warning"), Some(2)));
    assert_eq!(run.code, Some(0));
    assert!(leftward(here.path(), &["scan"]).out.contains("did you mean 'storage-https-only'?"));
}

#[test]
fn a_file_that_is_no_yaml_is_told_with_its_line() {
    let here =
        folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", "profile: all\nrules:\n  x: off\n y: on\n")]);
    let run = leftward(here.path(), &JSON);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("leftward.yaml:4:") && run.err.contains("y: on"), "{}", run.err);
}

#[test]
fn modules_come_from_allowed_registries_only() {
    let bicep = "module a 'br:contoso.azurecr.io/bicep/a:v1' = { name: 'a' }\nmodule b 'br/public:avm/res/storage/storage-account:0.1.0' = { name: 'b' }\n// leftward:ignore module-source-not-allowed -- for now\nmodule c 'br:other.azurecr.io/c:v1' = { name: 'c' }\nmodule d 'br/team:d:v1' = { name: 'd' }\n";
    let tf = "module \"a\" {\n  source = \"Azure/naming/azurerm\"\n}\nmodule \"b\" {\n  source = \"git::https://user:hunter2@github.com/evil/x.git?ref=v1\"\n}\n";
    let here = folder(&[
        ("main.bicep", bicep),
        (
            "bicepconfig.json",
            "{\"moduleAliases\": {\"br\": {\"team\": {\"registry\": \"contoso.azurecr.io\", \"modulePath\": \"team\"}}}}",
        ),
        ("tf/main.tf", tf),
        ("leftward.yaml", "allowedRegistries: [contoso.azurecr.io, registry.terraform.io/Azure]\n"),
    ]);
    let run = leftward(here.path(), &JSON);
    let json = run.json();
    let mut places: Vec<String> = Vec::new();
    for finding in json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|it| it["rule"] == "module-source-not-allowed")
    {
        let suppressed = if finding["suppressed"].is_null() { "" } else { " suppressed" };
        places.push(format!(
            "{}:{}{suppressed}",
            finding["location"]["path"].as_str().expect("a path"),
            finding["location"]["line"]
        ));
    }
    assert_eq!(places, ["main.bicep:2", "tf/main.tf:5", "main.bicep:4 suppressed"], "{}", run.out);
    assert!(!run.out.contains("hunter2"), "{}", run.out);
    assert!(
        !leftward(here.path(), &with(&["--no-config"]))
            .out
            .contains("\"rule\": \"module-source-not-allowed\"")
    );
}

#[test]
fn hostile_files_are_refused_at_once() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (last, next) in ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
        .iter()
        .zip(["b", "c", "d", "e", "f", "g", "h", "i", "j"])
    {
        let items = vec![format!("*{last}"); 10].join(", ");
        bomb.push_str(&format!("{next}: &{next} [{items}]\n"));
    }
    let deep = format!("rules: {}", "[".repeat(100_000));
    let outside = "userRules: ../..\nmodules: { 'br/public': /etc }\n".to_owned();
    let twice = "profile: all\nprofile: security\n".to_owned();
    for (yaml, wanted) in
        [(bomb, ""), (deep, ""), (outside, "lies outside of"), (twice, "profile"), ("\u{0}".to_owned(), "")]
    {
        let here = folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", &yaml)]);
        let start = std::time::Instant::now();
        let run = leftward(here.path(), &JSON);
        assert_eq!(run.code, Some(2), "{}", run.out);
        assert!(run.err.contains("leftward.yaml") && run.err.contains(wanted), "{}", run.err);
        assert!(start.elapsed().as_secs() < 5);
    }
    let large = folder(&[("main.bicep", ACCOUNT), ("leftward.yaml", &"#".repeat(2 * 1024 * 1024))]);
    assert_eq!(leftward(large.path(), &JSON).code, Some(2));
}

#[test]
fn init_writes_a_file_that_holds_and_never_overwrites_one() {
    let here = folder(&[("main.bicep", ACCOUNT)]);
    let run = leftward(here.path(), &["init", "--pre-commit", "--github", "--azure-pipelines"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(here.path().join(".github/workflows/leftward.yml").is_file());
    assert!(leftward(here.path(), &JSON).rules().contains(&"storage-https-only".to_owned()));
    let run = leftward(here.path(), &["init"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("is there already"), "{}", run.err);
    // what is commented out below a key holds too
    let text = std::fs::read_to_string(here.path().join("leftward.yaml")).expect("the file");
    let mut all = String::new();
    let mut below_a_key = false;
    for line in text.lines() {
        below_a_key = if line.starts_with('#') { below_a_key && line.starts_with("#  ") } else { true };
        all += line.strip_prefix('#').filter(|_| below_a_key).unwrap_or(line);
        all += "\n";
    }
    let all = all.replace("rules: {}", "rules:");
    std::fs::write(here.path().join("leftward.yaml"), &all).expect("a file");
    let run = leftward(here.path(), &JSON);
    assert_eq!(run.code, Some(1), "{}{all}", run.err);
    assert!(
        run.out.contains("'own-allowed-regions'"),
        "the example is of a rule that is not there: {}",
        run.out
    );
}

/// `LEFTWARD_WRITE_SCHEMA=1 cargo test --test config` writes it.
#[test]
fn the_shipped_schema_is_that_of_the_program() {
    let path = "docs/leftward.schema.json";
    let now = serde_json::to_string_pretty(&leftward::config::json_schema()).expect("JSON") + "\n";
    if std::env::var_os("LEFTWARD_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &now).expect("the schema");
    }
    let shipped = std::fs::read_to_string(path).expect("the schema").replace("\r\n", "\n");
    assert!(now == shipped, "LEFTWARD_WRITE_SCHEMA=1 cargo test --test config writes {path} anew");
}
