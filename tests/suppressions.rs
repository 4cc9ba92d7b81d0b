//! Suppressions: comments in the three languages, other tools' words, the configuration, and what is wrong with them.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

mod common;

use common::{Outcome, leftward_in};
use serde_json::Value as Json;
use tempfile::TempDir;

const HTTPS: &str = "storage-https-only";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn scan(folder: &TempDir, more: &[&str]) -> Outcome {
    leftward_in(folder.path(), &[&["scan", "--format", "json"], more].concat())
}

/// Findings of a rule: those that count, and the reasons of those that do not.
fn of(json: &Json, rule: &str) -> (Vec<String>, Vec<String>) {
    let mut counted = Vec::new();
    let mut reasons = Vec::new();
    for finding in json["findings"].as_array().expect("findings").iter().filter(|it| it["rule"] == rule) {
        let instances = finding["instances"].as_array().expect("instances").iter();
        let instances =
            instances.map(|it| it.as_str().expect("an address").to_owned()).collect::<Vec<_>>().join(" ");
        match finding["suppressed"]["reason"].as_str() {
            _ if finding["suppressed"].is_null() => counted.push(instances),
            reason => reasons.push(reason.unwrap_or("none").to_owned()),
        }
    }
    (counted, reasons)
}

fn rules(json: &Json) -> Vec<&str> {
    let findings = json["findings"].as_array().expect("findings").iter();
    findings.filter(|it| it["suppressed"].is_null()).map(|it| it["rule"].as_str().expect("a rule")).collect()
}

fn bicep(above: &str, beside: &str) -> String {
    format!(
        "{above}\n@description('An account')\nresource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: 'stdata'\n  location: 'westeurope'\n  sku: {{ name: 'Standard_GRS' }}\n  kind: 'StorageV2'\n  properties: {{\n    supportsHttpsTrafficOnly: false {beside}\n  }}\n}}\n"
    )
}

fn terraform(above: &str, inside: &str, beside: &str) -> String {
    format!(
        "{above}\nresource \"azurerm_storage_account\" \"sa\" {{\n  {inside}\n  name = \"stdata\"\n  resource_group_name = \"rg\"\n  location = \"westeurope\"\n  account_tier = \"Standard\"\n  account_replication_type = \"GRS\"\n  https_traffic_only_enabled = false {beside}\n}}\n"
    )
}

fn arm(metadata: &str, comment: &str) -> String {
    format!(
        "{{\n  \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",\n  \"contentVersion\": \"1.0.0.0\",\n  \"resources\": [\n    {comment}\n    {{\n      \"type\": \"Microsoft.Storage/storageAccounts\", \"apiVersion\": \"2023-05-01\", \"name\": \"stdata\", \"location\": \"westeurope\",\n      {metadata}\n      \"sku\": {{ \"name\": \"Standard_GRS\" }}, \"kind\": \"StorageV2\",\n      \"properties\": {{ \"supportsHttpsTrafficOnly\": false }}\n    }}\n  ]\n}}\n"
    )
}

#[test]
fn a_comment_suppresses_in_every_language_and_place() {
    let ignore = "leftward:ignore storage-https-only -- why not";
    for (name, text) in [
        ("main.bicep", bicep(&format!("// {ignore}"), "")),
        ("main.bicep", bicep("", &format!("// {ignore}"))),
        ("main.bicep", bicep("", &format!("/* {ignore} */"))),
        ("main.bicep", bicep(&format!("/*\n {ignore}\n*/"), "")),
        ("main.bicep", format!("{}// leftward:ignore-file * -- why not\n", bicep("", ""))),
        ("main.tf", terraform(&format!("# {ignore}"), "", "")),
        ("main.tf", terraform(&format!("// {ignore}"), "", "")),
        ("main.tf", terraform("", "", &format!("# {ignore}"))),
        ("main.tf", terraform("# leftward:ignore-file storage-https-only reason='why not'", "", "")),
        ("azuredeploy.json", arm("", &format!("// {ignore}"))),
        (
            "azuredeploy.json",
            arm("\"metadata\": { \"leftward:ignore\": \"storage-https-only -- why not\" },", ""),
        ),
        (
            "azuredeploy.json",
            arm(
                "\"metadata\": { \"leftward:ignore\": [\"x -- no\", \"storage-https-only reason=\\\"why not\\\"\"] },",
                "",
            ),
        ),
    ] {
        let here = folder(&[(name, &text)]);
        let run = scan(&here, &[]);
        assert_eq!(of(&run.json(), HTTPS), (vec![], vec!["why not".to_owned()]), "{text}");
        let all = scan(&here, &["--no-inline-suppressions"]);
        assert_eq!(of(&all.json(), HTTPS).0.len(), 1, "{text}");
        assert!(!rules(&all.json()).contains(&"unknown-suppression"));
    }
}

#[test]
fn a_comment_covers_no_more_than_what_it_stands_at() {
    let ignore = "// leftward:ignore storage-https-only -- why not";
    let two = format!(
        "{}\n{}",
        bicep(ignore, ""),
        bicep("", "").replace(" sa ", " other ").replace("stdata", "stother")
    );
    let here = folder(&[("main.bicep", &two)]);
    assert_eq!(of(&scan(&here, &[]).json(), HTTPS), (vec!["other".to_owned()], vec!["why not".to_owned()]));
    // at another property it covers nothing
    let beside = bicep("", "").replace("kind: 'StorageV2'", &format!("kind: 'StorageV2' {ignore}"));
    let here = folder(&[("main.bicep", &beside)]);
    let json = scan(&here, &[]).json();
    assert_eq!(of(&json, HTTPS).0.len(), 1);
    assert!(rules(&json).contains(&"stale-suppression"), "{json}");
    // in a string it is no comment
    let text = bicep("", "").replace("'stdata'", &format!("'{ignore}'"));
    let json = scan(&folder(&[("main.bicep", &text)]), &[]).json();
    assert_eq!((of(&json, HTTPS).0.len(), json["summary"]["suppressed"].as_u64()), (1, Some(0)));
}

#[test]
fn a_comment_at_a_module_call_covers_what_the_call_creates() {
    let module = format!("param name string\n{}", bicep("", "").replace("'stdata'", "name"));
    let call = |above: &str, name: &str| {
        format!(
            "{above}\nmodule {name} 'sa.bicep' = {{\n  name: '{name}'\n  params: {{ name: 'st{name}' }}\n}}\n"
        )
    };
    let main = call("// leftward:ignore storage-https-only -- test data", "first") + &call("", "second");
    let here = folder(&[("main.bicep", &main), ("sa.bicep", &module)]);
    assert_eq!(
        of(&scan(&here, &[]).json(), HTTPS),
        (vec!["second/sa".to_owned()], vec!["test data".to_owned()])
    );

    let module =
        terraform("", "", "").replace("\"stdata\"", "var.name") + "variable \"name\" { type = string }\n";
    let loops = |key: &str| {
        format!(
            "# leftward:ignore storage-https-only {key} -- test data\nmodule \"each\" {{\n  source = \"./sa\"\n  for_each = toset([\"dev\", \"prod\"])\n  name = each.key\n}}\n\n# leftward:ignore storage-https-only -- counted\nmodule \"counted\" {{\n  source = \"./sa\"\n  count = 2\n  name = \"st${{count.index}}\"\n}}\n\nmodule \"plain\" {{\n  source = \"./sa\"\n  name = \"stplain\"\n}}\n"
        )
    };
    let here = folder(&[("main.tf", &loops("")), ("sa/main.tf", &module)]);
    let (counted, reasons) = of(&scan(&here, &[]).json(), HTTPS);
    assert_eq!(counted, ["module.plain.azurerm_storage_account.sa"]);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    let here = folder(&[("main.tf", &loops("key=dev")), ("sa/main.tf", &module)]);
    let (counted, _) = of(&scan(&here, &[]).json(), HTTPS);
    assert!(
        counted.len() == 1 && counted[0].contains("[\"prod\"]") && !counted[0].contains("[\"dev\"]"),
        "{counted:?}"
    );
}

#[test]
fn a_comment_covers_what_a_restored_module_creates() {
    let module = format!("param name string\n{}", bicep("", "").replace("'stdata'", "name"));
    let call = |above: &str, name: &str| {
        format!(
            "{above}\nmodule {name} 'br/public:avm/res/storage:1.0.0' = {{\n  name: '{name}'\n  params: {{ name: 'st{name}' }}\n}}\n"
        )
    };
    let main = call("// leftward:ignore storage-https-only -- theirs", "first") + &call("", "second");
    let here = folder(&[
        ("main.bicep", &main),
        ("registry/avm/res/storage/main.bicep", &module),
        ("leftward.yaml", "paths: { exclude: registry }\nmodules: { 'br/public': registry }\n"),
    ]);
    let json = scan(&here, &[]).json();
    assert_eq!(of(&json, HTTPS), (vec!["second/sa".to_owned()], vec!["theirs".to_owned()]), "{json}");
}

#[test]
fn the_words_of_other_tools_are_honoured_and_said_so() {
    for (name, text, form) in [
        (
            "main.bicep",
            bicep("", "")
                .replace("  name: 'stdata'", "  // checkov:skip=CKV_AZURE_3:audited\n  name: 'stdata'"),
            "checkov",
        ),
        ("main.tf", terraform("", "#checkov:skip=CKV_AZURE_3:audited", ""), "checkov"),
        ("main.tf", terraform("#trivy:ignore:AVD-AZU-0008", "", ""), "trivy"),
        ("main.tf", terraform("", "", "#tfsec:ignore:AZU-0008:exp:2999-01-01"), "trivy"),
        ("main.tf", terraform("# kics-scan ignore-block", "", ""), "kics"),
        ("main.tf", terraform("# kics-scan ignore", "", ""), "kics"),
        (
            "main.bicep",
            bicep("", "").replace("    supports", "    #disable-next-line storage-https-only\n    supports"),
            "bicep",
        ),
        ("main.bicep", bicep("#disable-diagnostics storage-https-only", ""), "bicep"),
    ] {
        let here = folder(&[(name, &text)]);
        let json = scan(&here, &[]).json();
        let finding = json["findings"].as_array().expect("findings").iter().find(|it| it["rule"] == HTTPS);
        let suppressed = &finding.unwrap_or_else(|| panic!("{json}"))["suppressed"];
        assert_eq!(
            (suppressed["kind"].as_str(), suppressed["form"].as_str()),
            (Some("inline"), Some(form)),
            "{text}{suppressed}"
        );
    }
    let expired = terraform("", "", "#tfsec:ignore:AZU-0008:exp:2020-01-01");
    assert_eq!(of(&scan(&folder(&[("main.tf", &expired)]), &[]).json(), HTTPS).0.len(), 1);
    let unknown = terraform("#checkov:skip=CKV_AWS_1:x", "", "");
    assert!(!rules(&scan(&folder(&[("main.tf", &unknown)]), &[]).json()).contains(&"unknown-suppression"));
}

#[test]
fn suppressions_are_governed() {
    let check = |yaml: &str, comment: &str, wanted: &str, suppressed: bool| {
        let here = folder(&[
            ("main.bicep", &bicep(comment, "")),
            ("leftward.yaml", &format!("suppressions:\n  {yaml}\n")),
        ]);
        let json = scan(&here, &[]).json();
        assert_eq!(of(&json, HTTPS).0.is_empty(), suppressed, "{yaml} {comment}");
        let told = rules(&json);
        match wanted {
            "" => assert!(
                !told.iter().any(|rule| rule.ends_with("suppression") || rule.starts_with("suppression")),
                "{yaml} {comment}: {told:?}"
            ),
            wanted => assert!(told.contains(&wanted), "{yaml} {comment}: {told:?}"),
        }
    };
    let ignore = "// leftward:ignore storage-https-only";
    check("require_reason: true", ignore, "suppression-without-reason", false);
    check("requireReason: true", &format!("{ignore} -- why"), "", true);
    check("requireReason: false", ignore, "", true);
    check("{}", &format!("{ignore} until=2020-01-01"), "expired-suppression", false);
    check("{}", &format!("{ignore} until=2999-01-01"), "", true);
    check("max_days: 30", ignore, "expired-suppression", false);
    check("maxDays: 30", &format!("{ignore} until=2999-01-01"), "expired-suppression", false);
    check("forbid: [CKV_AZURE_3]", ignore, "forbidden-suppression", false);
    check("forbid: [storage-https-only]", "// leftward:ignore *", "", false);
    check("allow_inline: false", ignore, "forbidden-suppression", false);
    check("{}", "// leftward:ignore storage-http-only -- x", "unknown-suppression", false);
    check("{}", "// leftward:ignore storage-https-only whn=x", "unknown-suppression", false);
    check("{}", "// leftward:ignore storage-https-only, storage-min-tls -- one of them is needed", "", true);
}

#[test]
fn what_covers_nothing_is_stale_unless_it_cannot_be_told() {
    let stale = |files: &[(&str, &str)], more: &[&str]| {
        rules(&scan(&folder(files), more).json()).contains(&"stale-suppression")
    };
    let good = bicep("// leftward:ignore storage-https-only -- x", "").replace("Only: false", "Only: true");
    assert!(stale(&[("main.bicep", &good)], &[]));
    assert!(!stale(&[("main.bicep", &good)], &["--rule", "storage-min-tls"]), "the rule was not asked");
    assert!(!stale(&[("main.bicep", &good), ("leftward.yaml", "rules: { storage-https-only: off }\n")], &[]));
    let open = good.replace("Only: true", "Only: secure") + "param secure bool\n";
    assert!(!stale(&[("main.bicep", &open)], &[]), "undecided");
    let config = "suppressions:\n  ignore:\n    rule: storage-https-only\n    reason: x\n";
    let good = good.replace("leftward:ignore", "");
    assert!(stale(&[("a/main.bicep", &good), ("leftward.yaml", config)], &[]));
    assert!(!stale(&[("a/main.bicep", &good), ("leftward.yaml", config)], &["a"]), "only a part was scanned");
}

#[test]
fn the_configuration_suppresses_by_rule_path_and_address() {
    let yaml = "suppressions:\n  ignore:\n    - rule: [CKV_AZURE_3]\n      path: 'legacy/**'\n      address: 's*'\n      reason: goes away\n      until: 2999-12-31\n      owner: team\n";
    let other = bicep("", "").replace(" sa ", " other ").replace("stdata", "stother");
    let here = folder(&[
        ("legacy/main.bicep", &(bicep("", "") + &other)),
        ("infra/main.bicep", &bicep("", "")),
        ("leftward.yaml", yaml),
    ]);
    let json = scan(&here, &[]).json();
    let (counted, reasons) = of(&json, HTTPS);
    assert_eq!((counted.len(), reasons.as_slice()), (2, &["goes away".to_owned()][..]), "{json}");
    let by = json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|it| !it["suppressed"].is_null())
        .expect("one");
    assert_eq!(
        (by["suppressed"]["kind"].as_str(), by["suppressed"]["owner"].as_str()),
        (Some("config"), Some("team"))
    );
    assert_eq!(
        (by["suppressed"]["location"]["path"].as_str(), by["suppressed"]["location"]["line"].as_u64()),
        (Some("leftward.yaml"), Some(3))
    );
}

#[test]
fn suppressed_findings_count_for_nothing_and_are_shown_on_request() {
    let here = folder(&[("main.bicep", &bicep("// leftward:ignore * -- a \u{1b}[31m reason", ""))]);
    let run = scan(&here, &["--fail-on", "info"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.json()["summary"]["suppressed"].as_u64() > Some(0));
    let sarif =
        |more: &[&str]| leftward_in(here.path(), &[&["scan", "--format", "sarif"], more].concat()).json();
    assert_eq!(sarif(&[])["runs"][0]["results"], serde_json::json!([]));
    let shown = sarif(&["--show-suppressed"]);
    let suppression = &shown["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert!(suppression["justification"].as_str().expect("a text").contains("reason"));
    let human = |more: &[&str]| leftward_in(here.path(), &[&["scan"], more].concat()).stdout;
    assert!(human(&[]).contains("(--show-suppressed lists them)"));
    assert!(human(&["--show-suppressed"]).contains("suppressed: storage-https-only for sa"));
    assert!(!human(&["--show-suppressed"]).contains('\u{1b}'));
    let list = leftward_in(here.path(), &["suppressions"]).stdout;
    assert!(
        list.contains("main.bicep:1:4: * (in use): a") && list.contains("1 suppression, 1 in use"),
        "{list}"
    );
    let json = leftward_in(here.path(), &["suppressions", "--format", "json"]).json();
    assert_eq!(json["suppressions"][0]["state"], "in use");
}
