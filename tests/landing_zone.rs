//! The same infrastructure in three languages gives the same findings.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{leftward, root, text};
use serde_json::Value;

type Pairs = BTreeSet<(String, String)>;

/// (rule, resource name) of a scan, every instance on its own; a child is named by its last segment, as the languages write the rest
/// differently. Parameters and outputs have no resource: their own name counts.
fn pairs(arguments: &[&str]) -> Pairs {
    let with = |first: &[&str]| {
        let mut all = first.to_vec();
        all.extend(arguments);
        let outcome = leftward(&all);
        assert!(matches!(outcome.code, 0 | 1), "{arguments:?}: {} {}", outcome.code, outcome.stderr);
        outcome.json()
    };
    let model = with(&["model", "--no-config"]);
    let report = with(&["--format", "json", "--no-config"]);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for resource in model["roots"]
        .as_array()
        .expect("roots")
        .iter()
        .flat_map(|it| it["resources"].as_array().expect("resources"))
    {
        names.insert(text(&resource["address"]), last_segment(&text(&resource["name"])));
    }
    let mut pairs = Pairs::new();
    for finding in report["findings"].as_array().expect("findings") {
        for instance in finding["instances"].as_array().expect("instances") {
            let address = text(instance);
            let name = names
                .get(&address)
                .cloned()
                .unwrap_or_else(|| last_segment(&text(&finding["resource"]["name"])));
            pairs.insert((text(&finding["rule"]), name));
        }
    }
    pairs
}

fn last_segment(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_lowercase()
}

fn three_languages(environment: &str) -> [Pairs; 3] {
    let at = |path: &str| format!("testdata/landing-zone/{path}");
    [
        pairs(&["--params", &at(&format!("bicep/{environment}.bicepparam")), &at("bicep/main.bicep")]),
        pairs(&[
            "--params",
            &at(&format!("arm/azuredeploy.parameters.{environment}.json")),
            &at("arm/azuredeploy.json"),
        ]),
        pairs(&["--var-file", &at(&format!("terraform/{environment}.tfvars")), &at("terraform")]),
    ]
}

fn listed(file: &str, environment: &str) -> Pairs {
    let path = root().join("testdata/landing-zone").join(file);
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    json[environment]
        .as_array()
        .expect("a list")
        .iter()
        .map(|pair| (text(&pair[0]), text(&pair[1]).to_lowercase()))
        .collect()
}

#[test]
fn the_three_languages_agree() {
    for environment in ["dev", "prod"] {
        let [bicep, arm, terraform] = three_languages(environment);
        let differ = |a: &Pairs, b: &Pairs| a.symmetric_difference(b).cloned().collect::<Vec<_>>();
        assert_eq!(differ(&bicep, &arm), [], "{environment}: Bicep and ARM differ");
        assert_eq!(differ(&bicep, &terraform), [], "{environment}: Bicep and Terraform differ");
    }
}

#[test]
fn every_sin_is_found_and_nothing_clean_is_reported() {
    for environment in ["dev", "prod"] {
        let [bicep, ..] = three_languages(environment);
        let missed: Vec<_> = listed("expected.json", environment).difference(&bicep).cloned().collect();
        assert_eq!(missed, [], "{environment}: not found");
        let alarms: Vec<_> = listed("clean.json", environment).intersection(&bicep).cloned().collect();
        assert_eq!(alarms, [], "{environment}: false alarms");
    }
}

#[test]
fn the_readmes_command_finds_sins_in_all_three_languages() {
    let outcome = leftward(&["--format", "json", "testdata/landing-zone"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let report = outcome.json();
    for extension in [".bicep", ".json", ".tf"] {
        assert!(
            common::findings(&report).iter().any(|(_, path, _)| path.ends_with(extension)),
            "no finding in a {extension} file"
        );
    }
    assert_eq!(report["summary"]["complete"], true, "{:?}", common::diagnostics(&report));
}
