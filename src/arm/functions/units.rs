//! Lengths and positions in strings count UTF-16 code units, as .NET's do.

use std::borrow::Cow;

/// The length.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// `count` units from `start`, both clamped. Half a surrogate pair becomes a replacement character.
pub(super) fn slice(text: &str, start: usize, count: usize) -> Cow<'_, str> {
    if text.is_ascii() {
        let start = start.min(text.len());
        let end = start.saturating_add(count).min(text.len());
        return Cow::Borrowed(text.get(start..end).unwrap_or(""));
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(count).collect();
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// The position of a byte offset.
pub(super) fn position(text: &str, offset: usize) -> usize {
    length(text.get(..offset).unwrap_or(text))
}
