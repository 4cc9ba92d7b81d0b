//! The examples on the pages of the built-in rules are tests: each is scanned with only its rule on.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

use std::fmt::Write as _;

use leftward::examples::{missing, of_page, run};
use leftward::rules::{Example, Rule, RuleSet};

fn pages() -> Vec<(Rule, Vec<Example>)> {
    let examples = |rule: &Rule| of_page(rule).unwrap_or_else(|failure| panic!("{}: {failure}", rule.id));
    RuleSet::built_in().all().map(|rule| (rule.clone(), examples(rule))).collect()
}

/// Every example in a language gets the verdict that its page says.
fn in_language(language: &str) {
    let mut wrong = String::new();
    for (rule, examples) in pages() {
        for example in examples.iter().filter(|example| example.language == language) {
            let told = run(&rule, example).unwrap_or_else(|failure| panic!("{}: {failure}", rule.id));
            if !told.is_right() {
                let _ = writeln!(
                    wrong,
                    "{} (line {} of the page): wanted {}, got {}",
                    rule.id, example.line, told.wanted, told.told
                );
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
    let mut lacking = String::new();
    for (rule, examples) in pages() {
        for what in missing(&examples) {
            let _ = writeln!(lacking, "{} has {what}", rule.id);
        }
    }
    assert!(lacking.is_empty(), "\n{lacking}");
}
