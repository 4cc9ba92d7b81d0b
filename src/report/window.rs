use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::visible;
use crate::source::{SourceFile, Span};

/// The most bytes of one line that a snippet shows on either side of what it points at: minified JSON is one line.
const MAX_SIDE: usize = 160;

/// A file as miette reads it: only the lines around a span are ever looked at.
#[derive(Debug)]
pub(super) struct Window {
    pub file: Arc<SourceFile>,
    /// The text with secrets starred out, byte for byte as long as the file's.
    pub shown: Arc<str>,
}

/// What to underline for a span: itself, or its first line when it goes over several.
pub(super) fn first_line(file: &SourceFile, span: Span) -> SourceSpan {
    let start = span.start as usize;
    let text = file.slice(start..(span.end as usize).min(file.text().len()));
    let line = text.find(['\n', '\r']).map_or(text, |end| &text[..end]);
    (start.min(file.text().len()), line.trim_end().len()).into()
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (file, text) = (&self.file, &self.shown);
        let (offset, end) = (span.offset(), span.offset() + span.len());
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let at = |offset: usize| file.position(u32::try_from(offset).unwrap_or(u32::MAX)).line;
        let before = u32::try_from(lines_before).unwrap_or(0);
        let after = u32::try_from(lines_after).unwrap_or(0);
        let first = at(offset).saturating_sub(before).max(1);
        let last = at(end).saturating_add(after);
        let mut start = file.line_range(first).map_or(0, |range| range.start);
        let last_line = (first..=last).rev().find_map(|line| file.line_range(line));
        let mut stop = last_line.map_or(text.len(), |range| range.end).max(end);
        let mut first_line = first;
        if lines_before == 0 {
            // miette asks so for the place that it names above the snippet.
            start = offset;
        } else if offset - start > MAX_SIDE * 4 {
            start = floor(text, offset - MAX_SIDE);
            first_line = at(start);
        }
        if stop - end > MAX_SIDE * 4 {
            stop = floor(text, end + MAX_SIDE);
        }
        let column =
            usize::try_from(file.position(u32::try_from(start).unwrap_or(u32::MAX)).column - 1).unwrap_or(0);
        Ok(Box::new(MietteSpanContents::new_named(
            visible(file.path().as_str()).into_owned(),
            &text.as_bytes()[start..stop],
            (start, stop - start).into(),
            first_line as usize - 1,
            column,
            (last - first) as usize + 1,
        )))
    }
}

pub(super) fn floor(text: &str, mut offset: usize) -> usize {
    offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
