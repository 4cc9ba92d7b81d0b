use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use super::notices::{Notice, notices};
use crate::source::steers;

/// Writes JUnit's XML: a suite a file and a case an entry; what was not looked at is an `error`, a finding a `failure`. A scan that
/// found nothing has one case that passed, for test pages refuse a report without cases.
///
/// # Errors
/// Those of `out`.
pub fn junit(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<String, Vec<Notice<'_>>> = BTreeMap::new();
    for notice in notices(report) {
        suites.entry(notice.path().to_owned()).or_default().push(notice);
    }
    let failures = report.findings.len();
    let errors = report.diagnostics.len();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let tests = (failures + errors).max(1);
    writeln!(out, r#"<testsuites name="leftward" tests="{tests}" failures="{failures}" errors="{errors}">"#)?;
    if suites.is_empty() {
        writeln!(out, r#"  <testsuite name="leftward" tests="1" failures="0" errors="0">"#)?;
        writeln!(out, r#"    <testcase name="{}" classname="leftward"/>"#, attribute(&report.headline()))?;
        writeln!(out, "  </testsuite>")?;
    }
    for (path, notices) in &suites {
        let failures = notices.iter().filter(|notice| notice.finding.is_some()).count();
        let (path, tests, errors) = (attribute(path), notices.len(), notices.len() - failures);
        writeln!(
            out,
            r#"  <testsuite name="{path}" tests="{tests}" failures="{failures}" errors="{errors}">"#
        )?;
        for notice in notices {
            case(notice, &path, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(notice: &Notice<'_>, path: &str, out: &mut dyn Write) -> io::Result<()> {
    let address = notice.finding.map(|finding| format!(": {}", finding.subject.address)).unwrap_or_default();
    let name = attribute(&format!("{}{address} (line {})", notice.code, notice.line()));
    let element = if notice.finding.is_some() { "failure" } else { "error" };
    writeln!(
        out,
        r#"    <testcase name="{name}" classname="{path}" file="{path}" line="{}">"#,
        notice.line()
    )?;
    writeln!(
        out,
        r#"      <{element} message="{}" type="{}">{}</{element}>"#,
        attribute(&notice.message),
        notice.severity.as_str(),
        content(&format!("{}:{}\n{}", notice.path(), notice.line(), notice.sentences()))
    )?;
    writeln!(out, "    </testcase>")
}

fn attribute(text: &str) -> String {
    escape(text, true)
}

fn content(text: &str) -> String {
    escape(text, false)
}

/// XML 1.0 has no way to write most control characters: they become the character for what cannot be shown.
fn escape(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            '\n' | '\t' => out.push(character),
            character if steers(character) || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}')
            }
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_stays_well_formed() {
        assert_eq!(attribute("a\"<b>&\n\u{1b}"), "a&quot;&lt;b&gt;&amp;&#10;\u{fffd}");
        assert_eq!(content("]]>\n"), "]]&gt;\n");
    }
}
