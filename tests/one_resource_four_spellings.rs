//! The same resource written for azurerm, for azapi, in Bicep and as ARM JSON breaks the same rules at the same properties.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{leftward_in, root, text};

const SPELLINGS: [&str; 4] = ["main.bicep", "template.json", "azapi.tf", "azurerm.tf"];

/// The resources, and how many rules each is known to break at least.
const RESOURCES: [(&str, usize); 11] = [
    ("aks", 6),
    ("container-registry", 3),
    ("cosmos-db-account", 3),
    ("key-vault", 4),
    ("network-security-group", 3),
    ("postgresql-flexible-server", 3),
    ("redis", 3),
    ("service-bus", 3),
    ("sql-server", 4),
    ("storage-account", 6),
    ("web-app", 6),
];

/// A rule about the API version, which the provider chooses where Terraform's own resource is used.
const OF_API_VERSION: &str = "keyvault-api-version";

/// What a scan says of the one resource in a file.
#[derive(Debug, Default, PartialEq)]
struct Said {
    /// Rule, severity and property path of each finding.
    findings: BTreeSet<(String, String, String)>,
    /// The rules that could not be decided.
    undecided: BTreeSet<String>,
}

/// Scans one file on its own: in its folder all `.tf` files are one module.
fn scan(file: &Path) -> Said {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let name = file.file_name().expect("a name");
    fs::copy(file, directory.path().join(name)).expect("a copy");
    let outcome =
        leftward_in(directory.path(), &["--no-config", "--profile", "all", "--format", "json", "."]);
    assert_eq!(outcome.code, 1, "{}: {}", file.display(), outcome.stderr);
    let report = outcome.json();
    assert_eq!(common::diagnostics(&report), [], "{}", file.display());
    let list = |key: &str| report[key].as_array().expect("a list").clone();
    Said {
        findings: list("findings")
            .iter()
            .map(|it| (text(&it["rule"]), text(&it["severity"]), text(&it["property"])))
            .collect(),
        undecided: list("undecided").iter().map(|it| text(&it["rule"])).collect(),
    }
}

#[test]
fn every_spelling_breaks_the_same_rules_at_the_same_properties() {
    let mut differences = Vec::new();
    for (resource, at_least) in RESOURCES {
        let [bicep, others @ ..] =
            SPELLINGS.map(|name| scan(&root().join("testdata/four-spellings").join(resource).join(name)));
        assert!(bicep.findings.len() >= at_least, "{resource}: {bicep:#?}");
        for (name, other) in SPELLINGS[1..].iter().zip(others) {
            for it in bicep.findings.symmetric_difference(&other.findings) {
                if it.0 == OF_API_VERSION && *name == "azurerm.tf" {
                    continue;
                }
                let which = if other.findings.contains(it) { name } else { SPELLINGS[0] };
                differences.push(format!("{resource}: only {which} has {it:?}"));
            }
            for it in bicep.undecided.symmetric_difference(&other.undecided) {
                differences.push(format!("{resource}: {it} is decided in {} or {name} alone", SPELLINGS[0]));
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn every_folder_is_tested() {
    let mut folders: Vec<_> = fs::read_dir(root().join("testdata/four-spellings"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name"))
        .collect();
    folders.sort();
    assert_eq!(folders, RESOURCES.map(|(name, _)| name));
}
