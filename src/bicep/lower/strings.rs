//! Strings: escapes, holes and multi-line strings.

use tree_sitter::Node;

use super::super::kinds::{Kind, kind};
use super::Lowering;
use crate::arm::template::{ExprId, ExprKind, Literal, StringPiece};
use crate::source::Span;

impl<'t> Lowering<'t> {
    /// A string of any form.
    pub(super) fn string(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        match kind(node) {
            Kind::String => {
                let text = self.unescape(within(span, 1, 1));
                self.literal(Literal::String(text.into()), span)
            }
            Kind::MultilineString => {
                let text = self.raw_text(within(span, 3, 3));
                self.literal(Literal::String(text.into()), span)
            }
            _ => self.interpolation(node),
        }
    }

    fn interpolation(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let mut pieces = Vec::new();
        // `$$'''` needs two dollars before a hole: the others are text.
        let mut dollars = 1;
        for child in self.children(node) {
            let part = self.span(child);
            let text = match kind(child) {
                Kind::StringStart => self.unescape(within(part, 1, 2)),
                Kind::StringMiddle => self.unescape(within(part, 1, 2)),
                Kind::StringEnd => self.unescape(within(part, 1, 1)),
                Kind::MultilineString => {
                    dollars = self.leading_dollars(part);
                    self.raw_text(within(part, dollars + 3, 3))
                }
                Kind::MultilineStringStart => {
                    dollars = self.leading_dollars(part);
                    self.raw_text(within(part, dollars + 3, dollars + 1))
                }
                Kind::MultilineStringMiddle => self.slice(within(part, 1, dollars + 1)).to_owned(),
                Kind::MultilineStringEnd => self.slice(within(part, 1, 3)).to_owned(),
                _ => {
                    let hole = self.expression(child);
                    pieces.push(StringPiece::Hole(hole));
                    continue;
                }
            };
            if !text.is_empty() {
                pieces.push(StringPiece::Text(text.into()));
            }
        }
        match pieces.as_slice() {
            // `$'''…'''` without holes
            [] => self.literal(Literal::String("".into()), span),
            [StringPiece::Text(text)] => {
                let text = text.clone();
                self.literal(Literal::String(text), span)
            }
            _ => self.add(ExprKind::Interpolation(pieces.into()), span),
        }
    }

    fn leading_dollars(&self, span: Span) -> usize {
        self.slice(span).bytes().take_while(|byte| *byte == b'$').count()
    }

    /// The text of a multi-line string: a new line directly after the opening quotes does not count.
    fn raw_text(&self, span: Span) -> String {
        let text = self.slice(span);
        let text = text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r'])).unwrap_or(text);
        text.to_owned()
    }

    fn unescape(&mut self, span: Span) -> String {
        let text = self.slice(span);
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            let (plain, escape) = rest.split_at(at);
            result.push_str(plain);
            match unescape_one(escape) {
                Some((character, length)) => {
                    result.push(character);
                    rest = escape.get(length..).unwrap_or_default();
                }
                None => {
                    let start = span.start as usize + (text.len() - escape.len());
                    let message = r"unknown escape: there are \\, \', \n, \r, \t, \$ and \u{…}";
                    self.complain(message, Span::new(self.file, start, start + 1));
                    result.push('\\');
                    rest = escape.get(1..).unwrap_or_default();
                }
            }
        }
        result.push_str(rest);
        result
    }
}

/// The span without so many bytes at its ends.
fn within(span: Span, before: usize, after: usize) -> Span {
    Span::new(span.file, span.start as usize + before, (span.end as usize).saturating_sub(after))
}

/// The character that an escape stands for, and the escape's length.
fn unescape_one(escape: &str) -> Option<(char, usize)> {
    Some(match escape.as_bytes().get(1)? {
        b'\\' => ('\\', 2),
        b'\'' => ('\'', 2),
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        b'$' => ('$', 2),
        b'u' => {
            let (code, length) = unicode_escape(escape)?;
            match char::from_u32(code) {
                Some(character) => (character, length),
                // Characters outside of the basic plane may be written as two UTF-16 units.
                None => {
                    let (low, low_length) = unicode_escape(escape.get(length..)?)?;
                    let units = [u16::try_from(code).ok()?, u16::try_from(low).ok()?];
                    (char::decode_utf16(units).next()?.ok()?, length + low_length)
                }
            }
        }
        _ => return None,
    })
}

/// The number in `\u{1F600}`, and the length of the escape.
fn unicode_escape(escape: &str) -> Option<(u32, usize)> {
    let (digits, _) = escape.strip_prefix("\\u{")?.split_once('}')?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(digits, 16).ok()?, "\\u{}".len() + digits.len()))
}
