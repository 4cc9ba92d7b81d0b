use std::io::{self, Write};

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::Report;
use super::fingerprint::fingerprint;
use super::notices::notices;
use crate::rules::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Writes GitLab's Code Quality report: an array of issues with fingerprints of their own.
///
/// Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
///
/// # Errors
/// Those of `out`.
pub fn gitlab(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = FxHashSet::default();
    let issues = notices(report).filter_map(|notice| {
        // an entry without a file is refused
        let path = notice.place.as_ref().map(|place| place.path.clone())?;
        let own = match notice.finding {
            Some(finding) => fingerprint(&["gitlab", &finding.fingerprint, &path]),
            None => fingerprint(&["gitlab", notice.code, &path, &notice.message]),
        };
        // entries with the fingerprint of another vanish
        let mut unique = own.clone();
        let mut number = 2;
        while !seen.insert(unique.clone()) {
            unique = fingerprint(&[&own, &number.to_string()]);
            number += 1;
        }
        Some((notice, path, unique))
    });
    out.write_all(b"[")?;
    for (index, (notice, path, fingerprint)) in issues.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        let issue = Issue {
            // the page of a merge request does not show the check's name
            description: format!("{}: {}", notice.code, notice.sentences()),
            check_name: notice.code,
            fingerprint: fingerprint.trim_start_matches("leftward/v1:").to_owned(),
            severity: severity(notice.severity),
            location: Location { path: path.trim_start_matches("./"), lines: Lines { begin: notice.line() } },
        };
        serde_json::to_writer(&mut *out, &issue)?;
    }
    out.write_all(b"\n]\n")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
