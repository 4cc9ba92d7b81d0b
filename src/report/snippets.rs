use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::mask::Secrets;
use super::window::{Window, floor};
use super::{Finding, Report};
use crate::source::visible_in_place;
use crate::source::{FileId, Sources, Span};

/// The most characters of one line that a snippet in a document shows: minified JSON is one line.
const MAX_LINE: usize = 240;
/// The most lines of a place that a snippet in a document shows.
const MAX_LINES: u32 = 12;

/// The texts that snippets are cut from, each made once: without secrets and without what steers a terminal.
pub(super) struct Snippets<'a> {
    sources: &'a Sources,
    secrets: Secrets,
    shown: RefCell<FxHashMap<FileId, Arc<str>>>,
}

/// A line of a snippet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// Its text without the line end.
    pub text: String,
    /// The bytes of it that the finding is about.
    pub marked: Option<Range<usize>>,
}

impl<'a> Snippets<'a> {
    pub(super) fn new(report: &Report<'a>) -> Self {
        let mut secrets = Secrets::of(report.deployments);
        let about_secrets = |finding: &&Finding| {
            report.rules.get(&finding.rule).is_some_and(|rule| &*rule.category == "secrets")
        };
        report
            .findings
            .iter()
            .filter(about_secrets)
            .filter_map(|it| it.value_span)
            .for_each(|at| secrets.add(at));
        Snippets { sources: report.sources, secrets, shown: RefCell::default() }
    }

    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    fn text(&self, id: FileId) -> Arc<str> {
        let hide = || Arc::from(visible_in_place(self.secrets.hide(id, self.sources.file(id).text())));
        Arc::clone(self.shown.borrow_mut().entry(id).or_insert_with(hide))
    }

    /// The file as miette reads it.
    pub(super) fn window(&self, id: FileId) -> Window {
        Window { file: self.sources.file(id), shown: self.text(id) }
    }

    /// The lines of a place with `context` lines on either side, for documents.
    pub(super) fn lines(&self, span: Span, context: u32) -> Vec<Line> {
        let file = self.sources.file(span.file);
        let text = self.text(span.file);
        let (start, end) = self.sources.positions(span);
        let first = start.line.saturating_sub(context).max(1);
        let last = end.line.min(start.line.saturating_add(MAX_LINES)).saturating_add(context);
        (first..=last)
            .map_while(|number| {
                let range = file.line_range(number)?;
                let line = text.get(range.clone())?.trim_end_matches(['\n', '\r']);
                let within = |offset: u32| {
                    (offset as usize).clamp(range.start, range.start + line.len()) - range.start
                };
                let (from, to) = (within(span.start), within(span.end));
                let marked = (from < to).then(|| marked(line, from..to));
                Some(clip(number, line, marked))
            })
            .collect()
    }
}

/// The marked bytes without the blanks before them.
fn marked(line: &str, range: Range<usize>) -> Range<usize> {
    let text = &line[range.clone()];
    let blank = text.len() - text.trim_start().len();
    range.start + blank..range.end
}

/// Cuts a line to what is around the mark.
fn clip(number: u32, line: &str, marked: Option<Range<usize>>) -> Line {
    if line.len() <= MAX_LINE {
        return Line { number, text: line.to_owned(), marked };
    }
    let from = marked.as_ref().map_or(0, |range| range.start.saturating_sub(MAX_LINE / 3));
    let from = floor(line, from);
    let to = floor(line, from + MAX_LINE);
    let before = if from > 0 { "…" } else { "" };
    let after = if to < line.len() { "…" } else { "" };
    let text = format!("{before}{}{after}", &line[from..to]);
    let shift = |offset: usize| offset.clamp(from, to) - from + before.len();
    Line { number, text, marked: marked.map(|range| shift(range.start)..shift(range.end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let line = format!("{}'bad'{}", "ä".repeat(400), "b".repeat(400));
        let cut = clip(1, &line, Some(800..805));
        assert!(cut.text.len() < MAX_LINE + 10 && cut.text.starts_with('…') && cut.text.ends_with('…'));
        assert_eq!(&cut.text[cut.marked.expect("a mark")], "'bad'");
    }
}
