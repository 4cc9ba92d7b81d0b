use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Report;
use crate::rules::Severity;

impl Report<'_> {
    /// How many findings there are of each severity, worst first, without those that there are none of.
    pub(super) fn by_severity(&self) -> Vec<(Severity, usize)> {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        Severity::ALL
            .into_iter()
            .rev()
            .map(|severity| (severity, count(severity)))
            .filter(|(_, number)| *number > 0)
            .collect()
    }

    /// How many findings each rule has, worst and most first.
    pub(super) fn by_rule(&self) -> Vec<(&str, Severity, usize)> {
        let mut rules: BTreeMap<&str, (Severity, usize)> = BTreeMap::new();
        for finding in &self.findings {
            let entry = rules.entry(&finding.rule).or_insert((finding.severity, 0));
            entry.0 = entry.0.max(finding.severity);
            entry.1 += 1;
        }
        let mut rules: Vec<_> =
            rules.into_iter().map(|(rule, (severity, number))| (rule, severity, number)).collect();
        rules.sort_by_key(|(rule, severity, number)| (Reverse(*severity), Reverse(*number), *rule));
        rules
    }

    /// The numbers in a sentence: "3 findings (1 high, 2 medium) in 12 resources, 2 roots, 4 files; 180 rules applied."
    pub(super) fn headline(&self) -> String {
        let summary = &self.summary;
        let counted: Vec<String> = self
            .by_severity()
            .iter()
            .map(|(severity, number)| format!("{number} {}", severity.as_str()))
            .collect();
        let findings = match (self.findings.len(), counted.join(", ")) {
            (0, _) => "No findings".to_owned(),
            (1, counted) => format!("1 finding ({counted})"),
            (number, counted) => format!("{number} findings ({counted})"),
        };
        format!(
            "{findings} in {}, {}, {}; {} applied.",
            plural(summary.resources, "resource"),
            plural(summary.roots, "root"),
            plural(summary.coverage.files, "file"),
            plural(summary.rules, "rule"),
        )
    }

    /// What a scan that looks complete would hide: "2 unreadable files, 1 unresolved module"; `None` if nothing is missing.
    pub(super) fn missing(&self) -> Option<String> {
        let summary = &self.summary;
        let parts: Vec<String> = [
            (summary.coverage.unreadable, "unreadable file"),
            (summary.coverage.broken, "file with syntax errors"),
            (summary.unresolved_modules, "unresolved module"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| plural(number, what))
        .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// `1 file`, `2 files`, `2 files with syntax errors`.
pub(super) fn plural(number: usize, what: &str) -> String {
    if number == 1 {
        return format!("1 {what}");
    }
    match what.split_once(" with ") {
        Some((noun, rest)) => format!("{number} {noun}s with {rest}"),
        None => format!("{number} {what}s"),
    }
}
