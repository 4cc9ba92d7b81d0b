//! Bad input gets a clear message and takes nothing of the rest with it.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::{SINFUL_BICEP, diagnostics, directory, findings, leftward, leftward_in};

fn has_finding(report: &serde_json::Value, rule: &str, path: &str) -> bool {
    findings(report).iter().any(|(id, file, _)| id == rule && file.ends_with(path))
}

#[test]
fn a_missing_path_is_a_usage_error() {
    let outcome = leftward(&["no/such/path"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("no/such/path"), "{}", outcome.stderr);
    assert!(outcome.stdout.is_empty());
}

#[test]
fn wrong_options_are_usage_errors_that_name_the_choices() {
    let outcome = leftward(&["--fail-on", "hgih", "testdata"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("hgih") && outcome.stderr.contains("high"), "{}", outcome.stderr);
    let outcome = leftward(&["--format", "xml", "testdata"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("sarif"), "{}", outcome.stderr);
    assert_eq!(leftward(&["--format", "json,sarif", "testdata/bad"]).code, 2);
}

#[test]
fn an_empty_directory_is_clean() {
    let (_guard, path) = directory(&[]);
    let outcome = leftward_in(&path, &["--format", "json", "."]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(outcome.json()["summary"]["files"], 0);
    assert_eq!(outcome.json()["findings"], serde_json::json!([]));
}

#[test]
fn each_bad_file_is_told_and_the_rest_is_checked() {
    let outcome = leftward(&["--format", "json", "testdata/bad"]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    let report = outcome.json();
    for file in ["broken.bicep", "broken.tf", "bom.bicep", "utf16.json", "truncated.json"] {
        assert!(
            has_finding(&report, "storage-https-only", file),
            "no finding in {file}: {:?}",
            findings(&report)
        );
    }
    let told = diagnostics(&report);
    for (code, file) in [
        ("syntax", "broken.bicep"),
        ("syntax", "broken.tf"),
        ("syntax", "truncated.json"),
        ("unreadable", "latin1.bicep"),
    ] {
        assert!(told.iter().any(|(c, path, _)| c == code && path.ends_with(file)), "{code} {file}: {told:?}");
    }
    for file in ["empty.bicep", "not-a-template.json", "bom.bicep", "utf16.json"] {
        assert!(!told.iter().any(|(_, path, _)| path.ends_with(file)), "{file}: {told:?}");
    }
    assert_eq!(report["summary"]["complete"], false);
    assert_eq!(leftward(&["--allow-parse-errors", "testdata/bad"]).code, 1);
    assert_eq!(leftward(&["--allow-parse-errors", "--fail-on", "never", "testdata/bad"]).code, 0);
}

#[test]
fn columns_are_right_after_a_byte_order_mark() {
    let report = leftward(&["--format", "json", "--allow-parse-errors", "testdata/bad/bom.bicep"]).json();
    let finding = report["findings"]
        .as_array()
        .and_then(|all| all.iter().find(|finding| finding["rule"] == "storage-https-only"))
        .expect("a finding");
    let source = std::fs::read_to_string(common::root().join("testdata/bad/bom.bicep")).expect("text");
    let line = finding["location"]["line"].as_u64().expect("a line") as usize;
    let column = finding["location"]["column"].as_u64().expect("a column") as usize;
    let text = source.trim_start_matches('\u{feff}').lines().nth(line - 1).expect("that line");
    assert!(text[column - 1..].starts_with("supportsHttpsTrafficOnly"), "{text} {column}");
}

#[cfg(unix)]
#[test]
fn pipes_loops_and_unreadable_files_do_not_stop_a_scan() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (_guard, path) =
        directory(&[("good.bicep", SINFUL_BICEP.as_bytes()), ("locked.bicep", b"param x string")]);
    symlink(&path, path.join("loop")).expect("a link");
    symlink(path.join("link2.bicep"), path.join("link1.bicep")).expect("a link");
    symlink(path.join("link1.bicep"), path.join("link2.bicep")).expect("a link");
    symlink("/etc/hostname", path.join("outside.bicep")).expect("a link");
    let pipe = std::process::Command::new("mkfifo").arg(path.join("pipe.bicep")).status();
    assert!(pipe.is_ok_and(|status| status.success()));
    std::fs::set_permissions(path.join("locked.bicep"), PermissionsExt::from_mode(0o000))
        .expect("permissions");
    let outcome = leftward_in(&path, &["--format", "json", "."]);
    let report = outcome.json();
    assert!(has_finding(&report, "storage-https-only", "good.bicep"));
    let told = diagnostics(&report);
    assert!(
        told.iter().any(|(_, path, message)| path == "pipe.bicep" && message.contains("pipe")),
        "{told:?}"
    );
    assert!(!told.iter().any(|(_, path, _)| path.contains("outside")), "{told:?}");
    assert_eq!(outcome.code, 3);
}

#[test]
fn a_huge_file_is_refused_with_its_size() {
    let (_guard, path) = directory(&[("good.bicep", SINFUL_BICEP.as_bytes())]);
    let file = std::fs::File::create(path.join("huge.bicep")).expect("a file");
    file.set_len(100 * 1024 * 1024).expect("a sparse file");
    let report = leftward_in(&path, &["--format", "json", "."]).json();
    assert!(has_finding(&report, "storage-https-only", "good.bicep"));
    let told = diagnostics(&report);
    assert!(told.iter().any(|(code, path, message)| {
        code == "unreadable" && path == "huge.bicep" && message.contains("104857600")
    }));
}

#[test]
fn truncated_and_damaged_files_never_crash() {
    let whole =
        std::fs::read(common::root().join("testdata/landing-zone/arm/azuredeploy.json")).expect("a template");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for step in 1..20 {
        files.push((format!("cut{step}.json"), whole[..whole.len() * step / 20].to_vec()));
        let mut damaged = whole.clone();
        let at = damaged.len() * step / 20;
        damaged[at] = b"{}[]\",:\\x\0"[step % 10];
        files.push((format!("damaged{step}.json"), damaged));
    }
    for name in ["bicep/modules/network.bicep", "terraform/network.tf"] {
        let text = std::fs::read(common::root().join("testdata/landing-zone").join(name)).expect("a file");
        let extension = name.rsplit('.').next().expect("an extension");
        for step in 1..20 {
            files.push((format!("{step}/cut.{extension}"), text[..text.len() * step / 20].to_vec()));
            let mut damaged = text.clone();
            let at = damaged.len() * step / 20;
            damaged[at] = b"{}[]'\":$\\x"[step % 10];
            files.push((format!("{step}/damaged.{extension}"), damaged));
        }
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
    let (_guard, path) = directory(&files);
    let outcome = leftward_in(&path, &["--format", "json", "."]);
    assert!(matches!(outcome.code, 1 | 3), "{} {}", outcome.code, outcome.stderr);
    let told = diagnostics(&outcome.json());
    assert!(!told.iter().any(|(code, _, _)| code == "internal"), "{told:?}");
}

#[test]
fn deep_nesting_ends() {
    let deep = |open: &str, close: &str, middle: &str| {
        format!("{}{middle}{}", open.repeat(20_000), close.repeat(20_000))
    };
    let bicep = format!("var a = {}\n{SINFUL_BICEP}", deep("[", "]", ""));
    let parentheses = format!("var a = {}\n{SINFUL_BICEP}", deep("(", ")", "1"));
    let chain = format!("var a = b{}\n{SINFUL_BICEP}", ".c".repeat(100_000));
    let json = format!(
        r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "variables": {{"a": {}}}, "resources": []}}"#,
        deep("[", "]", "")
    );
    let hcl = format!("locals {{\n  a = {}\n}}\n", deep("[", "]", ""));
    let expression = format!("locals {{\n  a = 1{}\n}}\n", " + 1".repeat(50_000));
    let (_guard, path) = directory(&[
        ("a.bicep", bicep.as_bytes()),
        ("b.bicep", parentheses.as_bytes()),
        ("c.bicep", chain.as_bytes()),
        ("d.json", json.as_bytes()),
        ("e/main.tf", hcl.as_bytes()),
        ("f/main.tf", expression.as_bytes()),
    ]);
    let outcome = leftward_in(&path, &["--format", "json", "."]);
    assert!(matches!(outcome.code, 1 | 3), "{} {}", outcome.code, outcome.stderr);
    let report = outcome.json();
    for file in ["a.bicep", "b.bicep", "c.bicep"] {
        assert!(has_finding(&report, "storage-https-only", file), "{file}: {:?}", diagnostics(&report));
    }
}

#[test]
fn two_roots_that_share_a_module_give_one_finding() {
    for language in ["bicep", "terraform"] {
        let report = leftward(&["--format", "json", &format!("testdata/shared-module/{language}")]).json();
        let all: Vec<_> = report["findings"].as_array().expect("findings").iter().collect();
        let https: Vec<_> = all.iter().filter(|finding| finding["rule"] == "storage-https-only").collect();
        assert_eq!(https.len(), 1, "{language}: {:?}", findings(&report));
        assert_eq!(report["summary"]["roots"], 2, "{language}");
        let instances = https[0]["instances"].as_array().expect("instances");
        assert_eq!(instances.len(), 2, "{language}: {instances:?}");
        let called: Vec<String> = https[0]["related"]
            .as_array()
            .expect("related")
            .iter()
            .filter(|it| common::text(&it["message"]).starts_with("called here"))
            .map(|it| common::text(&it["location"]["path"]))
            .collect();
        assert_eq!(called.len(), 2, "{language}: {called:?}");
        assert_ne!(called[0], called[1], "{language}");
    }
}

#[test]
fn a_named_terraform_file_wins_over_its_neighbours() {
    let account = |https: bool| {
        format!(
            "resource \"azurerm_storage_account\" \"sa\" {{
  name                       = \"st\"
  resource_group_name        = \"rg\"
  location                   = \"westeurope\"
  account_tier               = \"Standard\"
  account_replication_type   = \"LRS\"
  https_traffic_only_enabled = {https}
}}
"
        )
    };
    let (good, bad) = (account(true), account(false));
    let (_guard, path) = directory(&[("a_good.tf", good.as_bytes()), ("b_bad.tf", bad.as_bytes())]);
    for (file, expected) in [("a_good.tf", false), ("b_bad.tf", true)] {
        let report = leftward_in(&path, &["--format", "json", "--rule", "storage-https-only", file]).json();
        assert_eq!(!findings(&report).is_empty(), expected, "{file}: {:?}", findings(&report));
    }
}
