//! Suppressions: comments in the code and entries of the configuration that say which findings are accepted, and what is wrong with them.
//!
//! A file is looked through once for the words that they begin with; only where there is one its comments and brackets are read
//! (`layout`). What they mean is `grammar`'s; `governance` says what is wrong with them.

mod governance;
mod grammar;
mod layout;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::Call;
use crate::rules::RuleSet;
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::workspace::PathFilter;

pub use governance::{Complaint, MODULE_SOURCE, Refusal, Told, governance_rules, module_complaint};
pub use grammar::Form;
use grammar::{Marker, Reach};
use layout::{Layout, Syntax};

/// Where a suppression comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A comment, or a JSON template's metadata.
    Inline(Form),
    /// The configuration.
    Config,
}

/// What it covers.
#[derive(Clone, Debug)]
enum Extent {
    /// What stands in this place.
    Place(Span),
    /// A file.
    File(FileId),
    /// Everything.
    Everywhere,
}

/// A suppression.
#[derive(Debug)]
pub struct Suppression {
    /// Where it comes from.
    pub origin: Origin,
    /// Where it stands.
    pub span: Span,
    /// The ids that it names; `*` for all.
    pub written: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What is wrong with it; with some of these it does not hold.
    pub refusals: Vec<Refusal>,
    /// Our rules that it suppresses; `None` for all.
    rules: Option<FxHashSet<String>>,
    /// Rules that it may not suppress.
    forbidden: Arc<FxHashSet<String>>,
    extent: Extent,
    key: Option<String>,
    addresses: Vec<String>,
    paths: Option<PathFilter>,
    used: AtomicBool,
}

/// What suppressions must have.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The configuration's words.
    pub governance: crate::config::Governance,
    /// Whether comments are looked at.
    pub inline: bool,
    /// Today.
    pub today: Date,
}

/// A finding, as far as it matters here.
#[derive(Clone, Copy)]
pub struct Probe<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// Where the finding points.
    pub location: Span,
    /// The declaration of what it is about.
    pub declaration: Span,
    /// Its address.
    pub address: &'a str,
    /// The module calls that lead there.
    pub calls: &'a [Call],
}

/// All suppressions of a run.
#[derive(Debug, Default)]
pub struct Suppressions {
    all: Vec<Suppression>,
    by_file: FxHashMap<FileId, Vec<usize>>,
    elsewhere: Vec<usize>,
}

impl Suppressions {
    /// Those in the comments of these files, and those of the configuration with their places.
    pub fn collect(
        sources: &Sources,
        files: &[FileId],
        config: &[(Span, &crate::config::Ignore)],
        policy: &Policy,
        rules: &RuleSet,
    ) -> Self {
        let forbidden: FxHashSet<String> = policy
            .governance
            .forbid
            .iter()
            .flat_map(|id| rules.find(id))
            .map(|rule| rule.id.to_string())
            .collect();
        let forbidden = Arc::new(forbidden);
        let mut found: Vec<(FileId, usize, Marker, Span, Extent)> = match policy.inline {
            true => files.par_iter().flat_map_iter(|id| in_file(*id, &sources.file(*id))).collect(),
            false => Vec::new(),
        };
        found.sort_by_cached_key(|(id, at, ..)| (sources.path(*id), *at));
        let mut all = Suppressions::default();
        for (_, _, marker, span, extent) in found {
            let (rules_of, unknown) = resolve(&marker.rules, rules);
            if marker.form != Form::Leftward && rules_of.as_ref().is_some_and(FxHashSet::is_empty) {
                // another tool's check that no rule of ours stands for
                continue;
            }
            let mut suppression = Suppression {
                origin: Origin::Inline(marker.form),
                span,
                written: marker.rules,
                reason: marker.reason,
                until: marker.until,
                owner: marker.owner,
                refusals: marker.mistake.map(Refusal::Mistake).into_iter().collect(),
                rules: rules_of,
                forbidden: Arc::clone(&forbidden),
                extent,
                key: marker.key,
                addresses: marker.address.into_iter().collect(),
                paths: None,
                used: AtomicBool::new(false),
            };
            if marker.form == Form::Leftward {
                suppression.refusals.extend(unknown.into_iter().map(Refusal::Unknown));
            }
            suppression.judge(policy);
            all.push(suppression);
        }
        for (span, ignore) in config {
            let (rules_of, unknown) = resolve(&ignore.rules, rules);
            let mut suppression = Suppression {
                origin: Origin::Config,
                span: *span,
                written: ignore.rules.clone(),
                reason: ignore.reason.clone(),
                until: ignore.until,
                owner: ignore.owner.clone(),
                refusals: unknown.into_iter().map(Refusal::Unknown).collect(),
                rules: rules_of,
                forbidden: Arc::clone(&forbidden),
                extent: Extent::Everywhere,
                key: None,
                addresses: ignore.addresses.clone(),
                paths: ignore.paths.clone(),
                used: AtomicBool::new(false),
            };
            suppression.judge(policy);
            all.push(suppression);
        }
        all
    }

    fn push(&mut self, suppression: Suppression) {
        let index = self.all.len();
        match suppression.extent {
            Extent::Place(Span { file, .. }) | Extent::File(file) => {
                self.by_file.entry(file).or_default().push(index);
            }
            Extent::Everywhere => self.elsewhere.push(index),
        }
        self.all.push(suppression);
    }

    /// All of them: comments by file and place, then the configuration's.
    pub fn iter(&self) -> impl Iterator<Item = &Suppression> {
        self.all.iter()
    }

    /// The suppression of this number.
    pub fn get(&self, index: usize) -> Option<&Suppression> {
        self.all.get(index)
    }

    /// The first suppression that covers a finding and holds. All that do count as used.
    pub fn find(&self, sources: &Sources, probe: &Probe<'_>) -> Option<usize> {
        if self.all.is_empty() {
            return None;
        }
        let mut files = vec![probe.location.file, probe.declaration.file];
        files.extend(probe.calls.iter().map(|call| call.span.file));
        files.sort_unstable();
        files.dedup();
        let of_files = files.iter().filter_map(|file| self.by_file.get(file)).flatten();
        let mut first = None;
        for index in of_files.chain(&self.elsewhere) {
            let Some(suppression) = self.all.get(*index) else { continue };
            if suppression.covers(sources, probe) {
                suppression.used.store(true, Ordering::Relaxed);
                if suppression.holds() && first.is_none_or(|first| *index < first) {
                    first = Some(*index);
                }
            }
        }
        first
    }
}

impl Suppression {
    /// Whether findings that it covers are suppressed.
    pub fn holds(&self) -> bool {
        !self.refusals.iter().any(Refusal::is_fatal)
    }

    /// Whether it covered anything.
    pub fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether it says something of a rule that is on.
    fn concerns(&self, rules: &RuleSet) -> bool {
        self.rules.as_ref().is_none_or(|ids| ids.iter().any(|id| rules.is_on(id)))
    }

    fn judge(&mut self, policy: &Policy) {
        let governance = &policy.governance;
        if !governance.allow_inline && matches!(self.origin, Origin::Inline(_)) {
            self.refusals.push(Refusal::NotInline);
        }
        if governance.require_reason && self.reason.is_none() {
            self.refusals.push(Refusal::NoReason);
        }
        if let Some(until) = self.until.filter(|until| *until < policy.today) {
            self.refusals.push(Refusal::Expired(until));
        }
        if let Some(days) = governance.max_days {
            let latest = policy.today.saturating_add(jiff::Span::new().days(days));
            if self.until.is_none_or(|until| until > latest) {
                self.refusals.push(Refusal::TooLong(days));
            }
        }
        let named = |id: &&String| self.rules.as_ref().is_some_and(|rules| rules.contains(*id));
        let mut forbidden: Vec<String> = self.forbidden.iter().filter(named).cloned().collect();
        forbidden.sort();
        self.refusals.extend(forbidden.into_iter().map(Refusal::Forbidden));
    }

    fn covers(&self, sources: &Sources, probe: &Probe<'_>) -> bool {
        if self.rules.as_ref().is_some_and(|rules| !rules.contains(probe.rule))
            || self.forbidden.contains(probe.rule)
        {
            return false;
        }
        let spans = || {
            [probe.location, probe.declaration].into_iter().chain(probe.calls.iter().map(|call| call.span))
        };
        let inside = match &self.extent {
            Extent::Everywhere => true,
            Extent::File(file) => probe.location.file == *file || probe.declaration.file == *file,
            // Of a declaration the end must lie inside: it may begin before, with its decorators, and a property's extent ends sooner.
            Extent::Place(place) => {
                let within =
                    |file: FileId, at: u32| file == place.file && (place.start..place.end).contains(&at);
                within(probe.location.file, probe.location.start)
                    || spans().skip(1).any(|span| within(span.file, span.end.saturating_sub(1)))
            }
        };
        let addressed = self.addresses.is_empty()
            || self.addresses.iter().any(|pattern| wildcard(pattern, probe.address));
        let keyed = self.key.as_deref().is_none_or(|key| has_key(probe, key));
        let filed =
            self.paths.as_ref().is_none_or(|paths| spans().any(|span| paths.fits(&sources.path(span.file))));
        inside && addressed && keyed && filed
    }
}

/// Our rules of these ids, and the ids that no rule has. `None` for all rules.
fn resolve(ids: &[String], rules: &RuleSet) -> (Option<FxHashSet<String>>, Vec<String>) {
    let mut known = FxHashSet::default();
    let mut unknown = Vec::new();
    for id in ids {
        if id == "*" {
            return (None, Vec::new());
        }
        let mut found = rules.find(id);
        if let (true, Some(short)) = (found.is_empty(), id.strip_prefix("AVD-")) {
            // the same check's id before Trivy dropped the prefix
            found = rules.find(short);
        }
        if found.is_empty() && governance::refusal_id(id) {
            continue;
        }
        if found.is_empty() {
            unknown.push(id.clone());
        }
        known.extend(found.iter().map(|rule| rule.id.to_string()));
    }
    (Some(known), unknown)
}

/// Whether an instance of a loop has this key: `["dev"]`, `[0]`, in its own address or in that of a call.
fn has_key(probe: &Probe<'_>, key: &str) -> bool {
    let quoted = format!("[\"{key}\"]");
    let plain = format!("[{key}]");
    let has = |text: &str| text.contains(&quoted) || text.contains(&plain);
    has(probe.address) || probe.calls.iter().any(|call| has(&call.name))
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The suppressions in a file, with the byte that each begins at.
fn in_file(id: FileId, file: &SourceFile) -> Vec<(FileId, usize, Marker, Span, Extent)> {
    let text = file.text();
    let Some(syntax) = Syntax::of(file.path()) else { return Vec::new() };
    if !grammar::may_suppress(text) {
        return Vec::new();
    }
    let layout = Layout::of(text, syntax);
    let mut found = Vec::new();
    for comment in &layout.comments {
        let Some(words) = text.get(comment.clone()) else { continue };
        for (at, marker) in grammar::markers(words) {
            let extent = extent(id, text, &layout, syntax, comment.start, marker.reach);
            let span = Span::new(id, comment.start + at.start, comment.start + at.end);
            found.push((id, comment.start + at.start, marker, span, extent));
        }
    }
    if syntax == Syntax::Json {
        found.extend(in_metadata(id, text, &layout));
    }
    found
}

fn extent(id: FileId, text: &str, layout: &Layout, syntax: Syntax, at: usize, reach: Reach) -> Extent {
    let place = |range: std::ops::Range<usize>| Extent::Place(Span::new(id, range.start, range.end));
    // what follows the comment, where nothing follows it is the file's end
    let next = layout.next_line(at);
    match reach {
        Reach::File => Extent::File(id),
        Reach::Rest => place(at..text.len()),
        Reach::NextLine => {
            next.map_or(Extent::Place(Span::new(id, at, at)), |line| place(layout.whole_line(line)))
        }
        Reach::Block => match layout.block(at) {
            Some(block) => place(block),
            None => extent(id, text, layout, syntax, at, Reach::Statement),
        },
        Reach::Statement => {
            let line = if layout.has_code_before(at) { Some(layout.line(at)) } else { next };
            let is_decorator = |at: usize| syntax == Syntax::Bicep && text.as_bytes().get(at) == Some(&b'@');
            line.map_or(Extent::Place(Span::new(id, at, at)), |line| {
                place(layout.statement(line, is_decorator))
            })
        }
    }
}

/// `"metadata": { "leftward:ignore": "RULE -- reason" }` in strict JSON: it covers the object that has the metadata, and the whole file
/// where that is the template itself.
fn in_metadata(id: FileId, text: &str, layout: &Layout) -> Vec<(FileId, usize, Marker, Span, Extent)> {
    const KEY: &str = "leftward:ignore";
    let mut found = Vec::new();
    let content = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or_default();
    for (index, key) in layout.strings.iter().enumerate() {
        let is_key = text.get(key.end + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'));
        if !is_key || !content(key).eq_ignore_ascii_case(KEY) {
            continue;
        }
        let around = layout.around(key.start);
        let [.., owner, metadata] = around.as_slice() else { continue };
        let named =
            layout.strings.get(..index).unwrap_or_default().iter().rev().find(|it| it.end < metadata.start);
        if !named.is_some_and(|name| content(name).eq_ignore_ascii_case("metadata")) {
            continue;
        }
        // a string, or an array of strings: all up to the next key
        let is_value = |it: &&std::ops::Range<usize>| {
            it.end < metadata.end
                && !text.get(it.end + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        for value in layout.strings.get(index + 1..).unwrap_or_default().iter().take_while(is_value) {
            let written = content(value).replace("\\\"", "\"");
            for (_, marker) in grammar::markers(&format!("{KEY} {written}")) {
                let extent = match around.len() {
                    2 => Extent::File(id),
                    _ => Extent::Place(Span::new(id, owner.start, owner.end)),
                };
                found.push((id, value.start, marker, Span::new(id, value.start, value.end), extent));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
