//! The examples on the pages of the built-in rules are tests: each is scanned with only its rule on.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

use std::collections::BTreeMap;
use std::fmt::Write as _;

use camino::Utf8PathBuf;
use leftward::model::Graph;
use leftward::rules::{Example, Outcome, Rule, RuleSet, Wanted, check_all, examples};
use leftward::source::{Diagnostic, Level};
use leftward::workspace::{Options, Scan, scan};

/// What one rule said of an example.
#[derive(Debug, Default)]
struct Told {
    holds: usize,
    /// The lines of the findings in the example's own file; findings elsewhere have none.
    broken: Vec<Option<u32>>,
    undecided: Vec<String>,
    /// What was wrong with the example itself.
    errors: Vec<String>,
}

fn pages() -> Vec<(Rule, Vec<Example>)> {
    RuleSet::built_in()
        .iter()
        .map(|rule| {
            let found = examples(&rule.page).unwrap_or_else(|(line, error)| {
                panic!("{}: line {line} of the page: {error}", rule.id);
            });
            (rule.clone(), found)
        })
        .collect()
}

fn evaluate(example: &Example) -> (tempfile::TempDir, Scan) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in &example.files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("a path in UTF-8");
    let options = Options { paths: vec![path], no_gitignore: true, threads: Some(1), ..Options::default() };
    let scan = scan(&options).expect("the folder is there");
    (folder, scan)
}

fn run(rule: &Rule, example: &Example) -> Told {
    let (folder, scan) = evaluate(example);
    let own = Utf8PathBuf::from_path_buf(folder.path().join(&example.files[0].0)).expect("a path in UTF-8");
    let rules = RuleSet::built_in().only(&[&*rule.id]).expect("a known rule");
    let mut told = Told::default();
    let diagnostics = scan.diagnostics.iter().chain(scan.deployments.iter().flat_map(|one| &one.diagnostics));
    // A page may leave out what surrounds its example.
    let wrong = |one: &&Diagnostic| {
        one.level == Level::Error && !one.message.starts_with("Reference to undeclared resource")
    };
    told.errors.extend(diagnostics.filter(wrong).map(|one| one.message.to_string()));
    if scan.deployments.is_empty() {
        told.errors.push("nothing in it is deployed".to_owned());
    }
    for deployment in &scan.deployments {
        for verdict in check_all(&Graph::new(deployment), &rules) {
            match verdict.outcome {
                Outcome::Holds => told.holds += 1,
                Outcome::Broken(broken) => {
                    assert!(!broken.message.is_empty(), "{}: a finding without a message", rule.id);
                    let line = scan.sources.positions(broken.location).0.line;
                    let in_own = scan.sources.path(broken.location.file) == own;
                    told.broken.push(in_own.then_some(line));
                }
                Outcome::Undecided(open) => {
                    told.undecided.extend(open.reasons.iter().map(|reason| reason.text.to_string()));
                    assert!(!open.reasons.is_empty(), "{}: undecided for no reason", rule.id);
                }
            }
        }
    }
    told.broken.sort_unstable();
    told
}

/// What an example should have got and did not; `None` where all is well.
fn complaint(example: &Example, told: &Told) -> Option<String> {
    let expectation = &example.expectation;
    if let Some(error) = told.errors.first() {
        return Some(error.clone());
    }
    let lines: Vec<Option<u32>> = expectation.lines.iter().copied().map(Some).collect();
    let fits = match expectation.wanted {
        Wanted::Fails => {
            !told.broken.is_empty()
                && expectation.findings.is_none_or(|wanted| wanted == told.broken.len())
                && (lines.is_empty() || lines == told.broken)
        }
        Wanted::Passes => told.holds > 0 && told.broken.is_empty() && told.undecided.is_empty(),
        Wanted::StaysOpen => told.broken.is_empty() && !told.undecided.is_empty(),
        Wanted::IsSkipped => told.holds == 0 && told.broken.is_empty() && told.undecided.is_empty(),
    };
    (!fits).then(|| format!("wanted {expectation:?}, got {told:?}"))
}

/// Every example in a language gets the verdict that its page says.
fn in_language(language: &str) {
    let mut wrong = String::new();
    for (rule, examples) in pages() {
        for example in examples.iter().filter(|example| example.language == language) {
            if let Some(complaint) = complaint(example, &run(&rule, example)) {
                let _ = writeln!(wrong, "{} (line {} of the page): {complaint}", rule.id, example.line);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn bicep_examples_get_the_verdicts_that_their_pages_say() {
    in_language("bicep");
}

#[test]
fn arm_examples_get_the_verdicts_that_their_pages_say() {
    in_language("arm");
}

#[test]
fn terraform_examples_get_the_verdicts_that_their_pages_say() {
    in_language("terraform");
}

#[test]
fn every_rule_fails_and_passes_in_every_language() {
    let mut missing = String::new();
    for (rule, examples) in pages() {
        let mut seen: BTreeMap<(&str, bool), usize> = BTreeMap::new();
        for example in &examples {
            match example.expectation.wanted {
                Wanted::Fails => *seen.entry((example.language, true)).or_default() += 1,
                Wanted::Passes => *seen.entry((example.language, false)).or_default() += 1,
                Wanted::StaysOpen | Wanted::IsSkipped => {}
            }
        }
        for language in ["bicep", "arm", "terraform"] {
            for (fails, word) in [(true, "failing"), (false, "passing")] {
                if !seen.contains_key(&(language, fails)) {
                    let _ = writeln!(missing, "{} has no {word} example in {language}", rule.id);
                }
            }
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}
