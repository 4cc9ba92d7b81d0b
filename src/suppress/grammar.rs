//! What a comment that suppresses says: in our words, or in those of other tools.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use jiff::civil::Date;

use crate::rules::suggest;

/// Whose words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `leftward:ignore`.
    Leftward,
    /// `checkov:skip`, `bridgecrew:skip`.
    Checkov,
    /// `trivy:ignore`, `tfsec:ignore`.
    Trivy,
    /// `kics-scan`.
    Kics,
    /// `#disable-next-line`, `#disable-diagnostics`.
    Bicep,
}

impl Form {
    /// The tool's name, for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Leftward => "leftward",
            Form::Checkov => "checkov",
            Form::Trivy => "trivy",
            Form::Kics => "kics",
            Form::Bicep => "bicep",
        }
    }
}

/// How far it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// What stands on its line, else what follows.
    Statement,
    /// The next line alone.
    NextLine,
    /// The outermost block around it.
    Block,
    /// The file.
    File,
    /// The file from here on.
    Rest,
}

/// A suppression as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub form: Form,
    pub reach: Reach,
    /// Ids; `*` is all.
    pub rules: Vec<String>,
    pub reason: Option<String>,
    pub until: Option<Date>,
    pub owner: Option<String>,
    /// The key or number of a loop's instance.
    pub key: Option<String>,
    pub address: Option<String>,
    /// What of it is not understood.
    pub mistake: Option<String>,
}

/// Words that a suppression begins with.
const WORDS: [(&str, Form, Reach); 12] = [
    ("leftward:ignore-file", Form::Leftward, Reach::File),
    ("leftward:ignore", Form::Leftward, Reach::Statement),
    ("checkov:skip=", Form::Checkov, Reach::Block),
    ("bridgecrew:skip=", Form::Checkov, Reach::Block),
    ("trivy:ignore:", Form::Trivy, Reach::Statement),
    ("tfsec:ignore:", Form::Trivy, Reach::Statement),
    ("kics-scan ignore-line", Form::Kics, Reach::NextLine),
    ("kics-scan ignore-block", Form::Kics, Reach::Statement),
    ("kics-scan ignore", Form::Kics, Reach::File),
    ("kics-scan disable=", Form::Kics, Reach::File),
    ("#disable-next-line", Form::Bicep, Reach::NextLine),
    ("#disable-diagnostics", Form::Bicep, Reach::Rest),
];

/// Finds the words in one pass; which of two that begin alike is meant is decided by `WORDS`' order.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = WORDS.iter().map(|(word, ..)| *word);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(aho_corasick::MatchKind::LeftmostFirst)
        .build(words)
        .ok()
});

/// Whether a file may hold a suppression at all.
pub(super) fn may_suppress(text: &str) -> bool {
    FINDER.as_ref().is_some_and(|finder| finder.is_match(text))
}

/// The suppressions in the text of a comment, each with its bytes in it.
pub(super) fn markers(comment: &str) -> Vec<(Range<usize>, Marker)> {
    let Some(finder) = FINDER.as_ref() else { return Vec::new() };
    let found: Vec<_> = finder.find_iter(comment).collect();
    let mut markers = Vec::new();
    for (index, start) in found.iter().enumerate() {
        let Some((_, form, reach)) = WORDS.get(start.pattern().as_usize()) else { continue };
        // in a block comment a line is one suppression
        let end = found.get(index + 1).map_or(comment.len(), |next| next.start());
        let rest = comment.get(start.end()..end).unwrap_or_default();
        let rest = rest.lines().next().unwrap_or_default();
        let whole = start.start()..start.end() + rest.trim_end().len();
        let mut marker = Marker {
            form: *form,
            reach: *reach,
            rules: Vec::new(),
            reason: None,
            until: None,
            owner: None,
            key: None,
            address: None,
            mistake: None,
        };
        match form {
            Form::Leftward if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-') => continue,
            Form::Leftward => ours(rest.trim_end_matches(['#', '/']).trim(), &mut marker),
            Form::Checkov => {
                let (ids, reason) = rest.split_once(':').unwrap_or((rest, ""));
                marker.rules = list(ids);
                marker.reason = some(reason);
            }
            Form::Trivy => trivy(rest, &mut marker),
            Form::Kics if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                marker.rules = vec!["*".to_owned()];
            }
            Form::Kics => marker.rules = list(rest),
            Form::Bicep => {
                let words = rest.split("//").next().unwrap_or_default();
                marker.rules = words.split_whitespace().map(str::to_owned).collect();
                marker.reason = rest.split_once("//").and_then(|(_, reason)| some(reason));
            }
        }
        if *form == Form::Leftward || !marker.rules.is_empty() {
            markers.push((whole, marker));
        }
    }
    markers
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn list(text: &str) -> Vec<String> {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// `ID[:exp:2026-12-31][:ws:…]`; with conditions on attributes (`ID[a=b]`) it is not honoured, for they are not evaluated.
fn trivy(text: &str, marker: &mut Marker) {
    let text = text.split_whitespace().next().unwrap_or_default();
    let mut parts = text.split(':');
    let id = parts.next().unwrap_or_default();
    if id.is_empty() || id.contains('[') {
        return;
    }
    while let Some(part) = parts.next() {
        match (part, parts.next()) {
            ("exp", Some(day)) => match day.parse() {
                Ok(day) => marker.until = Some(day),
                Err(_) => return,
            },
            // a workspace is not known here
            _ => return,
        }
    }
    marker.rules = vec![id.to_owned()];
}

const OPTIONS: [&str; 5] = ["reason", "until", "owner", "key", "address"];

/// `RULE[,RULE] [reason="…"] [until=2026-12-31] [owner=…] [key=…] [address=…] [-- reason (until 2026-12-31)]`
fn ours(text: &str, marker: &mut Marker) {
    let mut rest = text.trim_start_matches(':').trim();
    while !rest.is_empty() {
        if let Some(reason) = rest.strip_prefix("--") {
            let (reason, until) = dated(reason.trim());
            marker.reason = some(reason);
            marker.until = until.or(marker.until);
            return;
        }
        let length = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '=')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        rest = match after.strip_prefix('=') {
            Some(value) => option(word, value, marker),
            None => {
                if !word.is_empty() {
                    marker.rules.push(word.to_owned());
                }
                after
            }
        };
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    if marker.rules.is_empty() && marker.mistake.is_none() {
        marker.mistake = Some("it names no rule; * stands for all".to_owned());
    }
}

/// Takes an option's value from the beginning of `text`, and gives what comes after it.
fn option<'t>(name: &str, text: &'t str, marker: &mut Marker) -> &'t str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (value, rest) = match quote {
        Some(quote) => match text.get(1..).and_then(|text| text.split_once(quote)) {
            Some(parts) => parts,
            None => {
                marker.mistake = Some(format!("the value of '{name}' has no closing quote"));
                return "";
            }
        },
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    };
    match name {
        "reason" => marker.reason = some(value),
        "owner" => marker.owner = some(value),
        "key" => marker.key = some(value),
        "address" => marker.address = some(value),
        "until" => match value.parse() {
            Ok(day) => marker.until = Some(day),
            Err(_) => marker.mistake = Some(format!("'{value}' is no day; write until=2026-12-31")),
        },
        _ => {
            let near = suggest(name, OPTIONS).map(|near| format!("; did you mean '{near}'?"));
            marker.mistake = Some(format!("'{name}' is not known{}", near.unwrap_or_default()));
        }
    }
    rest
}

/// `reason (until 2026-12-31)`.
fn dated(text: &str) -> (&str, Option<Date>) {
    let parts = text.strip_suffix(')').and_then(|text| text.rsplit_once("(until "));
    match parts.and_then(|(reason, day)| Some((reason.trim(), day.trim().parse().ok()?))) {
        Some((reason, day)) => (reason, Some(day)),
        None => (text, None),
    }
}
