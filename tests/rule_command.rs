//! `leftward rule test`.

#![allow(clippy::expect_used)] // helpers of tests

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_leftward")).args(arguments).output().expect("leftward runs");
    (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

#[test]
fn the_examples_of_own_rules_are_run_with_the_parameters_of_the_page() {
    let (code, told) = run(&["rule", "test", "--strict", "testdata/rules"]);
    assert_eq!((code, told.as_str()), (Some(0), "1 rule, 7 examples: all as their pages say.\n"));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_was_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own-allowed-regions.md");
    let text = std::fs::read_to_string("testdata/rules/own-allowed-regions.md").expect("the rule");
    let wrong = text.replacen("fail=2 lines=1,3", "fail=2 lines=3,9", 1).replacen(
        "```terraform pass",
        "```terraform skip",
        1,
    );
    std::fs::write(&path, wrong).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let (code, told) = run(&["rule", "test", "--strict", path]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains(
            ":23: own-allowed-regions (bicep)\n  wanted fail=2 lines=3,9\n  got    fail=2 lines=1,3\n"
        ),
        "{told}"
    );
    assert!(told.contains("own-allowed-regions: no passing example in terraform"), "{told}");
    assert!(told.ends_with("1 rule, 7 examples: 3 wrong.\n"), "{told}");
    let (code, told) = run(&["rule", "test", folder.path().join("nothing").to_str().expect("UTF-8")]);
    assert_eq!(code, Some(2), "{told}");
}

#[test]
fn a_rule_without_its_value_is_not_asked_and_says_so() {
    let rules = ["--rules", "testdata/rules"];
    let (code, told) =
        run(&[&["scan", "--rule", "own-allowed-regions"], &rules[..], &["testdata/landing-zone"]].concat());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("needs a value of its parameter 'allowedRegions'"), "{told}");
    let (code, told) = run(&[&["explain", "own-allowed-regions"], &rules[..]].concat());
    assert_eq!(code, Some(0));
    assert!(told.contains("Parameter allowedRegions (array; not set: the rule is off)"), "{told}");
}

#[test]
fn a_mistyped_path_of_an_own_rule_is_a_warning_with_what_was_meant() {
    let rule = |path: &str| {
        format!(
            "---\nid: own-tls\ntitle: t\nseverity: low\ncategory: network\nresources: Microsoft.Storage/storageAccounts\nrequire: {{ field: {path}, equals: x }}\nmessage: m\nhelp: h\n---\nText.\n"
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own-tls.md");
    let told = |field: &str| {
        std::fs::write(&path, rule(field)).expect("a file");
        run(&["rule", "test", path.to_str().expect("UTF-8")])
    };
    let (code, wrong) = told("properties.minimunTlsVersion");
    assert_eq!(code, Some(0));
    assert!(wrong.contains("did you mean 'minimumTlsVersion'?"), "{wrong}");
    for fine in [
        "properties.minimumTlsVersion",
        "properties.MINIMUMTLSVERSION",
        "properties.quiteNewSetting",
        "tags.ownr",
    ] {
        let (_, told) = told(fine);
        assert!(!told.contains("warning"), "{told}");
    }
    let (_, scan) = run(&[
        "scan",
        "--rules",
        folder.path().to_str().expect("UTF-8"),
        "--fail-on",
        "never",
        "testdata/landing-zone",
    ]);
    assert!(!scan.contains("no other rule"), "the last one is fine: {scan}");
    let _ = told("properties.networkAcls.defaultActoin");
    let (_, scan) = run(&[
        "scan",
        "--rules",
        folder.path().to_str().expect("UTF-8"),
        "--fail-on",
        "never",
        "testdata/landing-zone",
    ]);
    assert!(scan.contains("did you mean 'defaultAction'?"), "{scan}");
}
