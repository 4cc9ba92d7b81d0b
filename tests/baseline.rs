//! Baselines, other revisions, and findings of given files only.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

mod common;

use std::process::Command;

use common::{Outcome, leftward_in};
use serde_json::Value as Json;
use tempfile::TempDir;

fn account(name: &str, secure: &str) -> String {
    format!(
        "resource {name} 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: 'st{name}'\n  location: 'westeurope'\n  sku: {{ name: 'Standard_GRS' }}\n  kind: 'StorageV2'\n  properties: {{ supportsHttpsTrafficOnly: {secure} }}\n}}\n"
    )
}

fn put(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    files.iter().for_each(|(name, text)| put(&folder, name, text));
    folder
}

fn git(folder: &TempDir, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let status =
        Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output().expect("git");
    assert!(status.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&status.stderr));
}

fn committed(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-qm", "one"]);
    folder
}

const ONLY: [&str; 3] = ["--rule", "storage-https-only", "--no-config"];

fn run(folder: &TempDir, arguments: &[&str]) -> Outcome {
    leftward_in(folder.path(), &[arguments, &ONLY].concat())
}

fn scan(folder: &TempDir, more: &[&str]) -> Json {
    run(folder, &[&["scan", "--format", "json"], more].concat()).json()
}

/// The addresses of findings that count.
fn new(json: &Json) -> Vec<String> {
    let findings = json["findings"].as_array().expect("findings").iter();
    let counted = findings.filter(|it| it["suppressed"].is_null());
    counted
        .map(|it| {
            format!(
                "{}#{}",
                it["location"]["path"].as_str().expect("a path"),
                it["resource"]["address"].as_str().expect("an address")
            )
        })
        .collect()
}

#[test]
fn a_baseline_accepts_what_is_there_and_nothing_else() {
    let here = folder(&[("a/main.bicep", &account("sa", "false"))]);
    let write = run(&here, &["baseline", "write"]);
    assert_eq!(write.code, 0, "{}{}", write.stdout, write.stderr);
    let file = || std::fs::read_to_string(here.path().join(".leftward-baseline.json")).expect("the file");
    let first = file();
    assert!(first.contains("leftward/v1:") && !first.contains("line"), "{first}");
    let with = ["--baseline-file", ".leftward-baseline.json"];
    assert_eq!(new(&scan(&here, &with)), Vec::<String>::new());
    assert_eq!(run(&here, &["baseline", "check"]).code, 0);

    // the same name elsewhere is another finding
    put(&here, "b/main.bicep", &account("sa", "false"));
    assert_eq!(new(&scan(&here, &with)), ["b/main.bicep#sa"]);
    let check = run(&here, &["baseline", "check"]);
    assert_eq!(check.code, 1);
    assert!(
        check.stdout.contains("new: b/main.bicep:6:") && check.stdout.contains("1 new, 1 accepted, 0 gone."),
        "{}",
        check.stdout
    );
    std::fs::remove_dir_all(here.path().join("b")).expect("it goes");

    // moved lines and a new name of the file change nothing, in the findings and in the baseline
    std::fs::remove_file(here.path().join("a/main.bicep")).expect("it goes");
    put(&here, "a/renamed.bicep", &format!("{}{}", "// moved\n".repeat(50), account("sa", "false")));
    assert_eq!(new(&scan(&here, &with)), Vec::<String>::new());
    assert_eq!(run(&here, &["baseline", "write"]).code, 0);
    assert_eq!(file(), first);

    // one mended, one new: as many as before, and one is new; the file only shrinks
    put(&here, "a/renamed.bicep", &(account("sa", "true") + &account("other", "false")));
    assert_eq!(new(&scan(&here, &with)), ["a/renamed.bicep#other"]);
    let write = run(&here, &["baseline", "write"]);
    assert_eq!(write.code, 1);
    assert!(
        write.stdout.contains("0 accepted, 1 gone.") && write.stdout.contains("--accept-new"),
        "{}",
        write.stdout
    );
    assert!(!file().contains("leftward/v1:"), "{}", file());
    assert_eq!(run(&here, &["baseline", "write", "--accept-new"]).code, 0);
    assert_eq!(new(&scan(&here, &with)), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_baseline_is_refused_and_a_broken_scan_loses_nothing() {
    let here = folder(&[
        ("main.bicep", &account("sa", "false")),
        ("b.json", "{\"schema\": 9, \"findings\": []}"),
        ("c.json", "[]"),
    ]);
    for (file, told) in [("b.json", "has the schema 9"), ("c.json", "is no baseline"), ("d.json", "d.json")] {
        let run = run(&here, &["scan", "--baseline-file", file]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    assert_eq!(run(&here, &["baseline", "write"]).code, 0);
    put(&here, "main.bicep", "resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: [[[\n");
    let run = run(&here, &["baseline", "write"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("left as it is"), "{}", run.stderr);
}

#[test]
fn a_revision_tells_new_from_fixed_and_unchanged() {
    let here = committed(&[
        ("infra/main.bicep", &(account("old", "false") + &account("mended", "false"))),
        ("notes.txt", "x"),
    ]);
    put(
        &here,
        "infra/main.bicep",
        &("// moved\n\n".to_owned()
            + &account("old", "false")
            + &account("mended", "true")
            + &account("fresh", "false")),
    );
    let run = run(&here, &["scan", "--format", "json", "--diff-base", "HEAD"]);
    let json = run.json();
    assert_eq!((new(&json), run.code), (vec!["infra/main.bicep#fresh".to_owned()], 1));
    let diff = &json["summary"]["diff"];
    assert_eq!(
        (diff["new"].as_u64(), diff["unchanged"].as_u64(), diff["fixed"][0]["address"].as_str()),
        (Some(1), Some(1), Some("mended")),
        "{diff}"
    );
    // from a folder below, and of a folder that was not there
    let below = leftward_in(
        &here.path().join("infra"),
        &[&["scan", "--format", "json", "--diff-base", "HEAD", "."], &ONLY[..]].concat(),
    );
    assert_eq!(new(&below.json()), ["main.bicep#fresh"]);
    put(&here, "later/main.bicep", &account("sa", "false"));
    assert_eq!(new(&scan(&here, &["--diff-base", "HEAD", "later"])), ["later/main.bicep#sa"]);
    let human = self::run(&here, &["scan", "--diff-base", "HEAD", "infra"]).stdout;
    assert!(human.contains("Since HEAD: 1 new, 1 fixed, 1 unchanged."), "{human}");
    for bad in ["nothing", "--upload-pack=touch x", "HEAD:infra"] {
        let run = self::run(&here, &["scan", &format!("--diff-base={bad}")]);
        assert_eq!(run.code, 2, "{bad}");
        assert!(run.stderr.contains("no revision"), "{}", run.stderr);
    }
}

#[test]
fn a_changed_default_of_a_module_is_new_at_its_resource() {
    let module = |secure: bool| {
        format!(
            "variable \"secure\" {{\n  type = bool\n  default = {secure}\n}}\nresource \"azurerm_storage_account\" \"sa\" {{\n  name = \"stdata\"\n  resource_group_name = \"rg\"\n  location = \"westeurope\"\n  account_tier = \"Standard\"\n  account_replication_type = \"GRS\"\n  https_traffic_only_enabled = var.secure\n}}\n"
        )
    };
    let here =
        committed(&[("main.tf", "module \"sa\" {\n  source = \"./sa\"\n}\n"), ("sa/main.tf", &module(true))]);
    assert_eq!(new(&scan(&here, &["--diff-base", "HEAD"])), Vec::<String>::new());
    put(&here, "sa/main.tf", &module(false));
    assert_eq!(
        new(&scan(&here, &["--diff-base", "HEAD"])),
        ["sa/main.tf#module.sa.azurerm_storage_account.sa"]
    );
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let here =
        committed(&[("main.bicep", &account("sa", "false")), (".gitattributes", "*.bicep filter=evil\n")]);
    let touched = here.path().join("touched");
    let command = format!("touch {}", touched.display());
    for (key, value) in [
        ("core.fsmonitor", command.as_str()),
        ("core.hooksPath", "hooks"),
        ("core.pager", &command),
        ("core.sshCommand", &command),
        ("filter.evil.smudge", &command),
        ("filter.evil.clean", &command),
        ("filter.evil.process", &command),
        ("diff.external", &command),
    ] {
        git(&here, &["config", key, value]);
    }
    let _ = std::fs::remove_file(&touched);
    let json = scan(&here, &["--diff-base", "HEAD"]);
    assert_eq!(new(&json), Vec::<String>::new());
    assert!(!touched.exists());
}

#[test]
fn given_files_choose_what_is_reported_and_not_what_is_read() {
    let here = folder(&[
        ("main.tf", "module \"sa\" {\n  source = \"./sa\"\n  secure = false\n}\n"),
        (
            "sa/main.tf",
            "variable \"secure\" {\n  type = bool\n}\nresource \"azurerm_storage_account\" \"sa\" {\n  name = \"stdata\"\n  resource_group_name = \"rg\"\n  location = \"westeurope\"\n  account_tier = \"Standard\"\n  account_replication_type = \"GRS\"\n  https_traffic_only_enabled = var.secure\n}\n",
        ),
        ("other/main.bicep", &account("sa", "false")),
        ("README.md", "x"),
    ]);
    let only = |files: &[&str]| run(&here, &[&["scan", "--format", "json", "--only-files"], files].concat());
    // the module alone would be undecided: its caller decides
    assert_eq!(new(&only(&["sa/main.tf"]).json()), ["sa/main.tf#module.sa.azurerm_storage_account.sa"]);
    // the value is written in the caller
    assert_eq!(new(&only(&["main.tf"]).json()).len(), 1);
    assert_eq!(new(&only(&["other/main.bicep"]).json()), ["other/main.bicep#sa"]);
    assert_eq!(new(&only(&["README.md"]).json()), Vec::<String>::new());
    let empty = only(&[]);
    assert_eq!((new(&empty.json()), empty.code), (vec![], 0));
}
