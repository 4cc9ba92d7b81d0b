//! From places in a string's unescaped text back to the file.

/// Where each byte of an unescaped JSON string is written.
#[derive(Debug)]
pub(super) enum Offsets {
    /// No escapes: text begins at this offset.
    Plain(usize),
    /// The offset of each byte of the unescaped text, and of its end.
    Mapped(Vec<usize>),
}

impl Offsets {
    /// Of the string that is written as `raw` (with its quotes) at `start`, whose unescaped text is `cooked`.
    pub(super) fn new(raw: &str, start: usize, cooked: &str) -> Self {
        if raw.len() == cooked.len() + 2 {
            return Offsets::Plain(start + 1);
        }
        let mut offsets = Vec::with_capacity(cooked.len() + 1);
        let bytes = raw.as_bytes();
        let mut at = 1;
        let mut chars = cooked.chars().peekable();
        while let Some(&c) = chars.peek() {
            let length = match bytes.get(at) {
                None => 1,
                Some(b'\\') => escape_length(bytes, at, c),
                Some(_) => c.len_utf8(),
            };
            if length == LINE_CONTINUATION {
                at += if bytes.get(at + 1..at + 3) == Some(b"\r\n") { 3 } else { 2 };
                continue;
            }
            offsets.extend(std::iter::repeat_n(start + at, c.len_utf8()));
            at += length;
            chars.next();
        }
        offsets.push(start + raw.len().saturating_sub(1));
        Offsets::Mapped(offsets)
    }

    /// Where the byte at `index` of the unescaped text is written.
    pub(super) fn at(&self, index: usize) -> usize {
        match self {
            Offsets::Plain(start) => start + index,
            Offsets::Mapped(offsets) => offsets.get(index).or(offsets.last()).copied().unwrap_or_default(),
        }
    }
}

/// A backslash before a line end: it stands for nothing.
const LINE_CONTINUATION: usize = 0;

/// How many bytes the escape at `at` takes, which stands for `c`.
fn escape_length(bytes: &[u8], at: usize, c: char) -> usize {
    match bytes.get(at + 1) {
        // a character beyond the basic plane is a pair of escapes
        Some(b'u') => 6 * c.len_utf16(),
        Some(b'x') => 4,
        Some(b'\n' | b'\r') => LINE_CONTINUATION,
        Some(0xC0..) => 1 + c.len_utf8(),
        _ => 2,
    }
}
