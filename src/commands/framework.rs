//! `leftward scan --framework ID`: what a scan says of each control of a framework.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::bail;

use crate::report::Report;
use crate::rules::{Rule, RuleSet};

/// The framework's id in full: as given, or the only one that begins so.
pub(super) fn find(rules: &RuleSet, given: &str) -> anyhow::Result<String> {
    let known: BTreeSet<&str> =
        rules.all().flat_map(|rule| rule.frameworks.iter()).map(|(framework, _)| &**framework).collect();
    if let Some(same) = known.iter().find(|framework| framework.eq_ignore_ascii_case(given)) {
        return Ok((*same).to_owned());
    }
    let lower = given.to_ascii_lowercase();
    let begins: Vec<&&str> = known.iter().filter(|framework| framework.starts_with(&lower)).collect();
    match begins.as_slice() {
        [one] => Ok((**one).to_owned()),
        _ => {
            let known: Vec<&str> = known.into_iter().collect();
            bail!("there is no framework '{given}'; known are: {}", known.join(", "))
        }
    }
}

/// The controls that a rule answers for in a framework.
pub(super) fn controls<'r>(rule: &'r Rule, framework: &str) -> impl Iterator<Item = &'r str> {
    let of_framework = rule.frameworks.iter().filter(move |(name, _)| **name == *framework);
    of_framework.flat_map(|(_, controls)| controls.iter()).map(|control| &**control)
}

/// Writes the controls in their order, each with its rules and the resources that break them.
pub(super) fn write(report: &Report<'_>, framework: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let mut all: Vec<&str> = report.rules.iter().flat_map(|rule| controls(rule, framework)).collect();
    all.sort_by_key(|control| order(control));
    all.dedup();
    let (mut broken, mut open) = (0, 0);
    writeln!(out, "{framework}")?;
    for control in &all {
        let rules: Vec<&Rule> =
            report.rules.iter().filter(|rule| controls(rule, framework).any(|it| it == *control)).collect();
        let found = |rule: &Rule| report.findings.iter().filter(|it| *it.rule == *rule.id).count();
        let undecided = |rule: &Rule| report.undecided.iter().filter(|it| *it.rule == *rule.id).count();
        let (findings, unknown): (usize, usize) =
            rules.iter().fold((0, 0), |(a, b), rule| (a + found(rule), b + undecided(rule)));
        broken += usize::from(findings > 0);
        open += usize::from(findings == 0 && unknown > 0);
        writeln!(out, "\n{control}")?;
        for rule in &rules {
            let counted = match (found(rule), undecided(rule)) {
                (0, 0) => "no finding".to_owned(),
                (0, undecided) => format!("no finding, {undecided} undecided"),
                (1, _) => "1 finding".to_owned(),
                (findings, _) => format!("{findings} findings"),
            };
            writeln!(out, "  {} ({}): {counted}", &*rule.id, rule.severity.as_str())?;
            for finding in report.findings.iter().filter(|it| *it.rule == *rule.id) {
                let at = report.sources.positions(finding.location).0;
                let path = report.sources.path(finding.location.file);
                writeln!(out, "    {}  {path}:{}:{}", finding.subject.address, at.line, at.column)?;
            }
        }
    }
    writeln!(out, "\n{broken} of {} controls with findings, {open} undecided.", all.len())
}

/// `4.10` comes after `4.9`.
fn order(control: &str) -> Vec<(u64, String)> {
    let part = |part: &str| match part.parse() {
        Ok(number) => (number, String::new()),
        Err(_) => (0, part.to_owned()),
    };
    control.split(['.', '-', ' ']).map(part).collect()
}
