//! Texts of the scanned tree as a person may safely be shown them.
//!
//! Names, values and paths come from files that nobody has looked at yet. In a terminal an escape sequence could hide a finding, and a
//! build agent takes some lines for commands, whoever wrote them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// Whether a character steers the terminal or the order of the text instead of being shown.
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line of text without anything that steers: such characters are written as `\u{1b}`, and what Azure Pipelines' or GitHub's agents
/// would take for a command no longer begins like one.
pub fn visible(text: &str) -> Cow<'_, str> {
    let harmless =
        |text: &str| !text.contains(steers) && !text.contains("##") && !text.trim_start().starts_with("::");
    if harmless(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    if text.trim_start().starts_with("::") {
        out.push('\\');
    }
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push(' '),
            character if steers(character) => {
                // writing to a string cannot fail
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            character => out.push(character),
        }
    }
    Cow::Owned(out.replace("##vso[", "#?vso[").replace("##[", "#?["))
}

/// Writes lines on with nothing in them that steers a terminal or an agent: for tables of names, which hold no colours of our own.
pub struct Plain<W: io::Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: io::Write> Plain<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Plain { out, line: Vec::new() }
    }

    /// Writes what has no line end yet.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn finish(mut self) -> io::Result<()> {
        self.write_line()
    }

    fn write_line(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        self.out.write_all(visible(&line).as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

impl<W: io::Write> io::Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(end) => {
                    self.line.extend_from_slice(end);
                    self.write_line()?;
                    self.out.write_all(b"\n")?;
                }
                None => self.line.extend_from_slice(part),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The same for a text of several lines whose byte offsets must stay: each such character becomes others of the same length.
pub fn visible_in_place(text: String) -> String {
    if !text.contains(|character: char| steers(character) && !matches!(character, '\n' | '\r' | '\t'))
        && !text.contains("##")
    {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => out.push(character),
            character if steers(character) => out.push(match character.len_utf8() {
                1 => '?',
                2 => '¿',
                _ => '\u{fffd}',
            }),
            character => out.push(character),
        }
    }
    out.replace("##vso[", "#?vso[").replace("##[", "#?[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_an_agent_is_shown_instead() {
        assert_eq!(visible("st\u{1b}[2Kprod\nx"), "st\\u{1b}[2Kprod\\nx");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("##vso[task.setvariable]x"), "#?vso[task.setvariable]x");
        assert_eq!(visible("::error::x"), "\\::error::x");
        assert_eq!(visible("  ::error::x"), "\\  ::error::x");
        assert!(matches!(visible("plain # text: y"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_are_written_without_what_steers() {
        use std::io::Write as _;
        let mut out = Vec::new();
        let mut plain = Plain::new(&mut out);
        write!(plain, "a\u{1b}[2J").unwrap();
        write!(plain, "b\n  ::error::x\nend").unwrap();
        plain.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\\u{1b}[2Jb\n\\  ::error::x\nend");
    }

    #[test]
    fn offsets_stay() {
        let hostile = "a\u{1b}b\u{9b}c\u{202e}d ##vso[x] ##[error]\n";
        let shown = visible_in_place(hostile.to_owned());
        assert_eq!(shown.len(), hostile.len());
        assert_eq!(shown, "a?b¿c\u{fffd}d #?vso[x] #?[error]\n");
    }
}
