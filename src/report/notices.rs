use std::borrow::Cow;

use super::{Finding, Report};
use crate::rules::Severity;
use crate::source::{Level, Position, Span};

/// Where a notice points: a path, and a place in it where there is one.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// As reported: relative to the folder that the scan was started in.
    pub path: String,
    /// The first and the last character.
    pub range: Option<(Position, Position)>,
}

/// A finding or something that was not looked at, as the formats of one line an entry need it.
///
/// Nothing in it is escaped: each format has rules of its own.
#[derive(Clone, Debug)]
pub(super) struct Notice<'a> {
    /// The rule's id, or the kind of diagnostic.
    pub code: &'a str,
    /// How bad.
    pub severity: Severity,
    /// Where; `None` for what is about the scan as a whole.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: Cow<'a, str>,
    /// What to do.
    pub help: Option<&'a str>,
    /// The finding; `None` for a diagnostic.
    pub finding: Option<&'a Finding>,
}

impl Notice<'_> {
    /// What is wrong and what to do, as sentences.
    pub(super) fn sentences(&self) -> String {
        match self.help {
            Some(help) => format!("{} {}", sentence(&self.message), sentence(help)),
            None => sentence(&self.message),
        }
    }

    /// The path, or a dash for the scan as a whole.
    pub(super) fn path(&self) -> &str {
        self.place.as_ref().map_or("-", |place| &place.path)
    }

    /// The first line; 1 where only a file is known.
    pub(super) fn line(&self) -> u32 {
        self.place.as_ref().and_then(|place| place.range).map_or(1, |(start, _)| start.line)
    }
}

/// What was not looked at, errors first, then the findings, worst first.
pub(super) fn notices<'a>(report: &'a Report<'a>) -> impl Iterator<Item = Notice<'a>> {
    let place = |span: Span| Place {
        path: report.sources.path(span.file).into_string(),
        range: Some(report.sources.positions(span)),
    };
    let level = |wanted: Level| report.diagnostics.iter().filter(move |one| one.level == wanted);
    let diagnostics = level(Level::Error).chain(level(Level::Warning)).chain(level(Level::Note));
    let skipped = diagnostics.map(move |one| Notice {
        code: one.code.as_str(),
        severity: match one.level {
            Level::Error => Severity::High,
            Level::Warning => Severity::Medium,
            Level::Note => Severity::Info,
        },
        place: match (one.span, one.path.as_deref()) {
            (Some(span), _) => Some(place(span)),
            (None, Some(path)) if !path.is_empty() => Some(Place { path: path.to_owned(), range: None }),
            _ => None,
        },
        message: match (one.span, one.path.as_deref()) {
            (None, Some(path)) if !path.is_empty() => Cow::Owned(format!("{path} {}", one.message)),
            _ => Cow::Borrowed(&*one.message),
        },
        help: one.help.as_deref(),
        finding: None,
    });
    let found = report.findings.iter().map(move |finding| Notice {
        code: &finding.rule,
        severity: finding.severity,
        place: Some(place(finding.location)),
        message: Cow::Borrowed(&finding.message),
        help: Some(&finding.help),
        finding: Some(finding),
    });
    skipped.chain(found)
}

/// With a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
