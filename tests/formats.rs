//! Every format says what was found and what was not looked at, and no name in the scanned tree can break out of any of them.

#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::fmt::Write as _;

use common::{Outcome, directory, leftward_in};
use serde_json::Value as Json;

/// Formats for machines and people, all of them.
const FORMATS: [&str; 11] = [
    "human",
    "json",
    "sarif",
    "concise",
    "github",
    "azure-pipelines",
    "gitlab",
    "junit",
    "markdown",
    "csv",
    "html",
];

/// What a hostile repository would call things: a terminal escape, commands of build agents, markup, a formula, other text order.
const HOSTILE: [&str; 7] = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "::error file=x::y",
    "##vso[task.setvariable variable=x]y",
    "[a](http://evil.example) ![b](http://evil.example/p.png) @team",
    "\\u{1b}[2J\\u{202e}",
    "\"><img src=x onerror=alert(1)>",
];

fn hostile_tree() -> (tempfile::TempDir, std::path::PathBuf) {
    let mut template = String::new();
    for (index, name) in HOSTILE.iter().enumerate() {
        let name = name.replace('\'', "\\'");
        let _ = writeln!(
            template,
            "// ::error::snippet ##vso[task.complete]\nresource sa{index} 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: '{name}'\n  \
             location: 'westeurope'\n  sku: {{ name: 'Standard_LRS' }}\n  kind: 'StorageV2'\n  properties: {{ supportsHttpsTrafficOnly: false }}\n}}"
        );
    }
    directory(&[
        ("a\n::error::b/main.bicep", template.as_bytes()),
        (
            "::error::c.bicep",
            b"resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: \n}\n",
        ),
        ("<b>.bicep", b"param x string = \n"),
    ])
}

fn scan(format: &str) -> Outcome {
    let (_guard, path) = hostile_tree();
    leftward_in(&path, &["--rule", "storage-https-only", "--format", format, "."])
}

/// A line of a log may be a command of an agent only where the format writes commands.
fn begins_command(line: &str) -> bool {
    line.trim_start().starts_with("::") || line.contains("##vso[") || line.contains("##[")
}

#[test]
fn every_format_has_the_findings_and_what_is_missing() {
    for format in FORMATS {
        let outcome = scan(format);
        assert_eq!(outcome.code, 3, "{format}: a broken file makes the scan incomplete\n{}", outcome.stderr);
        let says = |text: &str| outcome.stdout.contains(text);
        assert!(says("storage-https-only"), "{format}: {}", outcome.stdout);
        assert!(says("syntax") || says("Incomplete"), "{format} looks complete: {}", outcome.stdout);
    }
}

#[test]
fn no_format_lets_a_terminal_be_steered() {
    for format in FORMATS {
        let steering = scan(format).stdout.chars().find(|character| {
            (character.is_control() && !matches!(character, '\n' | '\r' | '\t')) || *character == '\u{202e}'
        });
        // JSON may hold any character; control characters are escaped in it
        if !matches!(format, "json" | "sarif" | "gitlab") {
            assert_eq!(steering, None, "{format}");
        }
    }
}

#[test]
fn other_commands_are_as_careful() {
    let (_guard, path) = hostile_tree();
    for arguments in [
        &["exposure", "."][..],
        &["access", "."],
        &["defender", "."],
        &["score", "."],
        &["suppressions", "."],
        &["--framework", "mcsb", "."],
    ] {
        let outcome = leftward_in(&path, arguments);
        assert!(!outcome.stdout.is_empty(), "{arguments:?}: {}", outcome.stderr);
        let steers = |it: char| (it.is_control() && it != '\n') || it == '\u{202e}';
        assert!(!outcome.stdout.contains(steers), "{arguments:?}: {:?}", outcome.stdout);
        let command = outcome.stdout.lines().find(|line| begins_command(line));
        assert_eq!(command, None, "{arguments:?}");
    }
}

#[test]
fn the_page_tells_of_score_plans_and_exposure() {
    let (_guard, path) = hostile_tree();
    let page = leftward_in(&path, &["--format", "html", "."]).stdout;
    for title in ["Projected secure score", "Defender plans", "Reachable from the Internet"] {
        assert!(page.contains(title), "{title}");
    }
    assert!(!page.contains("<img") && !page.contains("<script>alert"), "markup in the page");
}

#[test]
fn no_name_is_a_command_of_a_build_agent() {
    for format in ["human", "concise", "markdown"] {
        let outcome = scan(format);
        let command = outcome.stdout.lines().find(|line| begins_command(line));
        assert_eq!(command, None, "{format}");
    }
    let github = scan("github").stdout;
    for line in github.lines().filter(|line| begins_command(line)) {
        let (properties, _) = line[2..].split_once("::").expect("a command has a message");
        let (level, _) = properties.split_once(' ').expect("a command has properties");
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        assert!(properties.contains("title="), "{line}");
    }
    let azure = scan("azure-pipelines").stdout;
    for line in azure.lines().filter(|line| line.contains("##vso[")) {
        assert!(line.starts_with("##vso[task.logissue type="), "{line}");
        let (properties, _) = line["##vso[".len()..].split_once(']').expect("a command has an end");
        assert!(properties.contains(";code=") && properties.ends_with(';'), "{line}");
    }
    assert!(!azure.contains("\n##vso[task.setvariable"), "{azure}");
}

#[test]
fn markup_stays_text() {
    let page = scan("html").stdout;
    assert!(!page.contains("<img") && !page.contains("<script>alert"), "markup in the page");
    assert_eq!(page.matches("<script>").count(), 1, "one script, ours");
    let summary = scan("markdown").stdout;
    assert!(
        !summary.contains("<script") && !summary.contains("<img") && !summary.contains("](http://evil"),
        "{summary}"
    );
    let document = scan("junit").stdout;
    assert!(!document.contains("<script>alert") && !document.contains("<img"), "{document}");
}

#[test]
fn no_cell_is_a_formula() {
    let table = scan("csv").stdout;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut rows = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        rows += 1;
        for cell in &row {
            assert!(cell.len() < 2 || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell}");
        }
    }
    assert!(rows >= HOSTILE.len(), "{rows} rows");
}

#[test]
fn gitlab_has_fingerprints_of_their_own_and_paths() {
    let issues: Json = serde_json::from_str(&scan("gitlab").stdout).expect("JSON");
    let issues = issues.as_array().expect("an array");
    let mut fingerprints: Vec<&str> =
        issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    fingerprints.sort_unstable();
    let all = fingerprints.len();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), all);
    assert_eq!(all, issues.len());
    assert!(
        issues.iter().all(|issue| issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0))
    );
}

/// A template whose loop-free accounts are that many findings.
fn many(number: usize) -> String {
    let mut template = String::new();
    for index in 0..number {
        let _ = writeln!(
            template,
            "resource sa{index} 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: 'st{index}'\n  location: 'westeurope'\n  \
             sku: {{ name: 'Standard_LRS' }}\n  kind: 'StorageV2'\n  properties: {{ supportsHttpsTrafficOnly: false }}\n}}"
        );
    }
    template
}

#[test]
fn thirty_thousand_findings_stay_within_what_is_taken() {
    let text = many(3_000);
    let files: Vec<(String, &[u8])> =
        (0..10).map(|index| (format!("m{index}.bicep"), text.as_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let (_guard, path) = directory(&files);
    let outcome = leftward_in(
        &path,
        &[
            "--rule",
            "storage-https-only",
            "--format",
            "sarif=o.sarif,json=o.json,markdown=o.md,html=o.html,github",
            ".",
        ],
    );
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(
        outcome.stdout.lines().count() < 40 && outcome.stdout.contains("29990 more"),
        "{}",
        outcome.stdout
    );
    let read = |name: &str| std::fs::read_to_string(path.join(name)).expect("a report");
    let sarif: Json = serde_json::from_str(&read("o.sarif")).expect("SARIF");
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(5_000));
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    assert!(
        notes
            .iter()
            .any(|note| note["message"]["text"].as_str().is_some_and(|text| text.contains("30000 findings")))
    );
    let json: Json = serde_json::from_str(&read("o.json")).expect("JSON");
    assert_eq!(
        json["findings"].as_array().map(Vec::len),
        Some(30_000),
        "nothing is left out of the contract's JSON"
    );
    let summary = read("o.md");
    assert!(
        summary.len() < 1024 * 1024 && summary.contains("more of 30000 are left out"),
        "{}",
        summary.len()
    );
    assert!(read("o.html").contains("The worst 5000 of 30000 findings"));
}

#[test]
fn a_clean_scan_is_a_report_too() {
    let (_guard, path) = directory(&[("main.bicep", b"output x string = 'y'\n")]);
    for format in FORMATS {
        let outcome = leftward_in(&path, &["--format", format, "."]);
        assert_eq!(outcome.code, 0, "{format}: {}", outcome.stderr);
        match format {
            "sarif" => {
                let sarif: Json = serde_json::from_str(&outcome.stdout).expect("SARIF");
                assert_eq!(sarif["runs"][0]["results"], Json::Array(Vec::new()));
            }
            "gitlab" => assert_eq!(
                serde_json::from_str::<Json>(&outcome.stdout).expect("JSON"),
                Json::Array(Vec::new())
            ),
            "junit" => {
                assert!(outcome.stdout.contains(r#"tests="1" failures="0" errors="0""#), "{}", outcome.stdout)
            }
            "csv" => assert_eq!(outcome.stdout.lines().count(), 1),
            _ => assert!(!outcome.stdout.is_empty(), "{format}"),
        }
    }
}

#[test]
fn a_value_that_travels_is_a_code_flow() {
    let (_guard, path) = directory(&[
        (
            "store.bicep",
            b"param tls string\nresource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: 'sttravel0001'\n  location: 'westeurope'\n  sku: { name: 'Standard_LRS' }\n  kind: 'StorageV2'\n  properties: { minimumTlsVersion: tls }\n}\n",
        ),
        ("main.bicep", b"param version string = 'TLS1_0'\nmodule store 'store.bicep' = { params: { tls: version } }\n"),
    ]);
    let sarif = leftward_in(&path, &["--rule", "storage-min-tls", "--format", "sarif", "."]).json();
    let steps = sarif["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .expect("steps")
        .clone();
    let lines: Vec<(&str, u64)> = steps
        .iter()
        .map(|step| {
            let place = &step["location"]["physicalLocation"];
            (
                place["artifactLocation"]["uri"].as_str().expect("a path"),
                place["region"]["startLine"].as_u64().expect("a line"),
            )
        })
        .collect();
    assert_eq!(lines.first(), Some(&("main.bicep", 1)), "it begins where the value is written");
    assert_eq!(lines.last(), Some(&("store.bicep", 7)), "it ends where it is used");
}
