//! How a text is laid out in lines: what tells where a missing brace belongs.

/// Longer lines say nothing: such a text is not laid out for people.
const MAX_COLUMN: usize = 400;

/// The line of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// How far its first character is indented.
    pub(super) indent: usize,
    /// Whether the offset is that of its first character.
    pub(super) first: bool,
}

/// The line of an offset; `None` where it is too long to say anything.
pub(super) fn line_at(text: &str, offset: usize) -> Option<Line> {
    let from = offset.saturating_sub(MAX_COLUMN);
    let before = text.as_bytes().get(from..offset)?;
    let start = match before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(at) => at + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let line = before.get(start..)?;
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some(Line { indent, first: indent == line.len() })
}
