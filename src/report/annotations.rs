//! What build agents make marks in the code of: GitHub's workflow commands and Azure Pipelines' logging commands.

use std::io::{self, Write};

use super::Report;
use super::notices::{Notice, notices};
use crate::rules::Severity;
use crate::source::steers;

/// How many annotations of one level GitHub shows of a step.
/// Source: <https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations>
const GITHUB_PER_LEVEL: usize = 10;
/// How many issues go to a timeline of Azure Pipelines: more only make its page slow.
const AZURE_PER_TYPE: usize = 100;

/// Writes GitHub annotations (`::error file=…::…`), the worst first, no more than GitHub shows.
///
/// # Errors
/// Those of `out`.
pub fn github(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    capped(report, out, GITHUB_PER_LEVEL, github_level, |notice, level, out| {
        let mut properties = Vec::new();
        if let Some(place) = &notice.place {
            properties.push(format!("file={}", github_property(&place.path)));
            if let Some((start, end)) = place.range {
                properties.push(format!("line={},endLine={}", start.line, end.line));
                if start.line == end.line {
                    // columns over several lines are refused
                    properties.push(format!("col={},endColumn={}", start.column, end.column));
                }
            }
        }
        properties.push(format!("title={}", github_property(notice.code)));
        writeln!(out, "::{level} {}::{}", properties.join(","), github_data(&notice.sentences()))
    })
}

/// Writes Azure Pipelines' `##vso[task.logissue …]` commands, the worst first.
///
/// # Errors
/// Those of `out`.
pub fn azure_pipelines(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    capped(report, out, AZURE_PER_TYPE, azure_type, |notice, level, out| {
        write!(out, "##vso[task.logissue type={level};")?;
        if let Some(place) = &notice.place {
            write!(out, "sourcepath={};", azure_property(&place.path))?;
            if let Some((start, _)) = place.range {
                write!(out, "linenumber={};columnnumber={};", start.line, start.column)?;
            }
        }
        writeln!(out, "code={};]{}", azure_property(notice.code), azure_data(&notice.sentences()))
    })
}

/// Writes at most `cap` notices a level, and says how many are left out.
fn capped(
    report: &Report<'_>,
    out: &mut dyn Write,
    cap: usize,
    level: fn(Severity) -> &'static str,
    write: impl Fn(&Notice<'_>, &str, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut written: Vec<(&str, usize)> = Vec::new();
    let mut left_out = 0usize;
    for notice in notices(report) {
        let level = level(notice.severity);
        let index = written.iter().position(|(seen, _)| *seen == level).unwrap_or_else(|| {
            written.push((level, 0));
            written.len() - 1
        });
        let (_, number) = &mut written[index];
        if *number == cap {
            left_out += 1;
            continue;
        }
        *number += 1;
        write(&notice, level, out)?;
    }
    if left_out > 0 {
        writeln!(out, "leftward: {left_out} more are not annotated here; the other formats have them all.")?;
    }
    writeln!(out, "leftward: {}", report.headline())
}

fn github_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

/// There is no notice in Azure Pipelines.
fn azure_type(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low | Severity::Info => "warning",
    }
}

/// Source: `escapeData` of <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>
fn github_data(text: &str) -> String {
    escape(text, &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A")])
}

fn github_property(text: &str) -> String {
    escape(text, &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A"), (':', "%3A"), (',', "%2C")])
}

/// Source: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#formatting-commands>
fn azure_data(text: &str) -> String {
    escape(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A")])
}

fn azure_property(text: &str) -> String {
    escape(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A"), (';', "%3B"), (']', "%5D")])
}

/// Replaces characters by their codes, and drops other control characters: a log is shown in terminals too.
fn escape(text: &str, codes: &[(char, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match codes.iter().find(|(code, _)| *code == character) {
            Some((_, code)) => out.push_str(code),
            None if steers(character) => out.push(' '),
            None => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        assert_eq!(github_property("a,b:c\n::error"), "a%2Cb%3Ac%0A%3A%3Aerror");
        assert_eq!(github_data("100 %\r\n::x"), "100 %25%0D%0A::x");
        assert_eq!(azure_property("a]b;c\n##vso["), "a%5Db%3Bc%0A##vso[");
        assert_eq!(azure_data("a\u{1b}[0m%"), "a [0m%AZP25");
    }
}
