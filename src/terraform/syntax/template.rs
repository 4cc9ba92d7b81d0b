//! Templates: quoted strings, heredocs, template files; escapes, indentation, strip markers, directives.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::directives::{Flat, remove_indentation};
use super::lexer::{TokenKind, identifier_length, starts_identifier};
use super::parser::{Broken, Parsed, Parser};
use crate::source::Span;
use crate::terraform::ast::{ExprId, ExprKind, Literal, Name};

/// Where a template ends.
#[derive(Clone, Copy)]
enum Ending<'t> {
    /// At `"`; no line end inside, backslash escapes.
    Quote,
    /// At a line with only this word.
    Heredoc(&'t str),
    /// At the end of the text.
    Text,
}

/// Text as Terraform keeps it: in normal form C.
pub(super) fn text(text: &str) -> Arc<str> {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Arc::from(text);
    }
    text.nfc().collect::<String>().into()
}

impl<'t> Parser<'t> {
    /// A quoted template. One that is wrong inside is passed over up to its closing quote: what follows it still counts.
    pub(super) fn quoted(&mut self) -> Parsed<ExprId> {
        let start = self.next().start;
        let (opened, newlines) = (self.open.len(), self.newlines);
        let kind = match self.template(Ending::Quote) {
            Ok(kind) => kind,
            Err(Broken) => {
                self.open.truncate(opened);
                self.newlines = newlines;
                match self.end_of_broken_string(start) {
                    Some(end) => self.at = end,
                    None => return Err(Broken),
                }
                ExprKind::Error("a string that could not be parsed".into())
            }
        };
        let span = self.span_from(start);
        Ok(self.add(kind, span))
    }

    /// The offset after the closing quote of a string with something wrong in it, if it has one in its line.
    fn end_of_broken_string(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        // What is open inside the string: `"` a string, `{` an interpolation.
        let mut open: Vec<u8> = vec![b'"'];
        let mut at = start + 1;
        while let Some(byte) = bytes.get(at) {
            let in_string = open.last() == Some(&b'"');
            match byte {
                b'\n' => return None,
                b'\\' if in_string => at += 1,
                b'"' if in_string => {
                    open.pop();
                    if open.is_empty() {
                        return Some(at + 1);
                    }
                }
                b'"' => open.push(b'"'),
                b'$' | b'%' if in_string && bytes.get(at + 1) == Some(&b'{') => {
                    open.push(b'{');
                    at += 1;
                }
                b'{' if !in_string => open.push(b'{'),
                b'}' if !in_string => {
                    open.pop();
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    pub(super) fn heredoc(&mut self) -> Parsed<ExprId> {
        let token = self.next();
        let opening = self.slice(token);
        let word = opening.trim_start_matches('<');
        let flush = word.starts_with('-');
        let marker = word.trim_start_matches('-').trim_end();
        if self.unclosed_heredocs >= 16 || !self.has_line(marker) {
            self.unclosed_heredocs += 1;
            let span = self.place.span(token.start, token.start + opening.trim_end().len());
            return Err(self.fail_at(
                &format!(
                    "Unterminated template string: no closing marker '{marker}' was found for the heredoc"
                ),
                span,
            ));
        }
        let (opened, newlines) = (self.open.len(), self.newlines);
        let kind = match self.flat(Ending::Heredoc(marker)).and_then(|mut flat| {
            if flush {
                remove_indentation(&mut flat);
            }
            self.assemble(flat)
        }) {
            Ok(kind) => kind,
            Err(Broken) => {
                self.open.truncate(opened);
                self.newlines = newlines;
                self.at = token.end;
                while !self.take_marker(marker) && self.at < self.text.len() {
                    self.at = self.line_end(self.at) + 1;
                }
                self.at = self.at.min(self.text.len());
                ExprKind::Error("a heredoc that could not be parsed".into())
            }
        };
        let span = self.span_from(token.start);
        Ok(self.add(kind, span))
    }

    /// Whether a line from here on holds only `marker`.
    fn has_line(&self, marker: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.lines().any(|line| line.trim() == marker))
    }

    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) -> Parsed<ExprId> {
        let kind = self.template(Ending::Text)?;
        let span = self.span_from(0);
        Ok(self.add(kind, span))
    }

    fn template(&mut self, ending: Ending<'t>) -> Parsed<ExprKind> {
        let flat = self.flat(ending)?;
        self.assemble(flat)
    }

    /// Reads up to the ending, which is taken (a heredoc's: its marker without the line end after it).
    fn flat(&mut self, ending: Ending<'t>) -> Parsed<Vec<(Flat, Span)>> {
        let mut parts: Vec<(Flat, Span)> = Vec::new();
        let mut trim_next = false;
        let mut line_start = true;
        loop {
            if let Ending::Heredoc(marker) = ending
                && line_start
                && self.take_marker(marker)
            {
                return Ok(parts);
            }
            let start = self.at;
            let rest = self.text.get(start..).unwrap_or("");
            let mut trim = std::mem::take(&mut trim_next);
            if rest.starts_with("${") || rest.starts_with("%{") {
                self.at += 2;
                line_start = false;
                if self.text.get(self.at..).is_some_and(|text| text.starts_with('~')) {
                    self.at += 1;
                    if let Some((Flat::Text(before), _)) = parts.last_mut() {
                        before.truncate(before.trim_end().len());
                    }
                }
                let part = self.sequence(rest.starts_with('%'), start, &mut trim_next)?;
                let span = self.span_from(start);
                parts.push((part, span));
                continue;
            }
            let mut text = match ending {
                Ending::Quote => {
                    let text = self.quoted_text()?;
                    if self.text.as_bytes().get(self.at) == Some(&b'"') && self.at == start {
                        self.at += 1;
                        return Ok(parts);
                    }
                    text
                }
                Ending::Heredoc(_) | Ending::Text => {
                    let text = self.plain_line();
                    if text.is_empty() {
                        return match ending {
                            Ending::Text => Ok(parts),
                            _ => Err(self.fail(
                                "Unterminated template string: no closing marker was found for the string",
                            )),
                        };
                    }
                    text
                }
            };
            line_start = text.ends_with('\n');
            if std::mem::take(&mut trim) {
                text = text.trim_start().to_owned();
            }
            let span = self.span_from(start);
            parts.push((Flat::Text(text), span));
        }
    }

    /// Takes the line that ends a heredoc, up to its line end, if the next line is that.
    fn take_marker(&mut self, marker: &str) -> bool {
        let rest = self.text.get(self.at..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        if line.trim() != marker {
            return false;
        }
        self.at += line.trim_end().len();
        true
    }

    /// Text of a quoted string up to a sequence or the closing quote, unescaped.
    fn quoted_text(&mut self) -> Parsed<String> {
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let Some(next) = rest.chars().next() else {
                return Err(
                    self.fail("Unterminated string: there is no closing quote before the end of the file")
                );
            };
            match next {
                '"' => return Ok(out),
                '\n' | '\r' => {
                    let span = self.place.span(self.at, self.at);
                    return Err(self.fail_at(
                        "Invalid multi-line string: quoted strings may not be split over multiple lines",
                        span,
                    ));
                }
                '\\' => self.escape(rest, &mut out)?,
                '$' | '%' if self.dollars(rest, &mut out) => return Ok(out),
                '$' | '%' => {}
                _ => {
                    let length = rest.find(['"', '\n', '\r', '\\', '$', '%']).unwrap_or(rest.len());
                    out.push_str(rest.get(..length).unwrap_or(""));
                    self.at += length;
                }
            }
        }
    }

    /// Text up to a sequence or through the end of the line; nothing is unescaped but `$${` and `%%{`.
    fn plain_line(&mut self) -> String {
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            match rest.chars().next() {
                None => return out,
                Some('$' | '%') => {
                    if self.dollars(rest, &mut out) {
                        return out;
                    }
                }
                Some(_) => {
                    let length = rest.find(['\n', '$', '%']).unwrap_or(rest.len());
                    let ends_line = rest.as_bytes().get(length) == Some(&b'\n');
                    let length = length + usize::from(ends_line);
                    out.push_str(rest.get(..length).unwrap_or(""));
                    self.at += length;
                    if ends_line {
                        return out;
                    }
                }
            }
        }
    }

    /// A run of `$` or `%`. Before a brace one begins a sequence (the answer is then `true`, and nothing is taken), two
    /// stand for one, and of more HCL's scanner keeps two less.
    fn dollars(&mut self, rest: &str, out: &mut String) -> bool {
        let Some(sign) = rest.chars().next() else { return false };
        let run = rest.len() - rest.trim_start_matches(sign).len();
        let before_brace = rest.as_bytes().get(run) == Some(&b'{');
        if before_brace && run == 1 {
            return true;
        }
        let kept = match (before_brace, run) {
            (false, run) => run,
            (true, 2) => 1,
            (true, run) => run - 2,
        };
        out.extend(std::iter::repeat_n(sign, kept));
        if before_brace {
            out.push('{');
        }
        self.at += run + usize::from(before_brace);
        false
    }

    fn escape(&mut self, rest: &str, out: &mut String) -> Parsed<()> {
        let selector = rest.chars().nth(1);
        let (character, length) = match selector {
            Some('n') => (Some('\n'), 2),
            Some('r') => (Some('\r'), 2),
            Some('t') => (Some('\t'), 2),
            Some('"') => (Some('"'), 2),
            Some('\\') => (Some('\\'), 2),
            Some(short @ ('u' | 'U')) => {
                let digits = if short == 'u' { 4 } else { 8 };
                let code =
                    rest.get(2..2 + digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let character =
                    code.and_then(|text| u32::from_str_radix(text, 16).ok()).and_then(char::from_u32);
                (character, 2 + digits)
            }
            _ => (None, 2),
        };
        let Some(character) = character else {
            let end = self.at + 1 + selector.map_or(0, char::len_utf8);
            let span = self.place.span(self.at, end);
            return Err(self.fail_at("Invalid escape sequence: the symbol after the backslash is not a valid escape sequence selector", span));
        };
        out.push(character);
        self.at += length;
        Ok(())
    }

    /// What is between `${` or `%{` (taken already, with its strip marker) and `}`.
    fn sequence(&mut self, directive: bool, start: usize, trim_next: &mut bool) -> Parsed<Flat> {
        self.bracketed(TokenKind::OpenBrace, false, |parser| {
            let part = if directive { parser.directive()? } else { Flat::Hole(parser.expression()?) };
            *trim_next = parser.eat(TokenKind::Tilde).is_some();
            if parser.eat(TokenKind::CloseBrace).is_none() {
                let span = parser.place.span(start, start + 2);
                let message = if directive {
                    "Invalid template directive: expected a closing brace to end the directive"
                } else {
                    "Extra characters after interpolation expression: expected a closing brace to end the interpolation expression"
                };
                return Err(parser.fail_at(message, span));
            }
            Ok(part)
        })
    }

    fn directive(&mut self) -> Parsed<Flat> {
        let word = self.expect(
            TokenKind::Identifier,
            "Invalid template directive: a template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence",
        )?;
        Ok(match self.slice(word) {
            "if" => Flat::If(self.expression()?),
            "else" => Flat::Else,
            "endif" => Flat::EndIf,
            "endfor" => Flat::EndFor,
            "for" => {
                let mut value = self.for_name()?;
                let mut key = None;
                if self.eat(TokenKind::Comma).is_some() {
                    key = Some(value);
                    value = self.for_name()?;
                }
                if !self.at_word("in") {
                    return Err(
                        self.fail("Invalid 'for' directive: for directive requires 'in' keyword after names")
                    );
                }
                self.next();
                Flat::For { key, value, collection: self.expression()? }
            }
            _ => {
                let span = self.token_span(word);
                return Err(self.fail_at("Invalid template directive keyword", span));
            }
        })
    }

    /// The text of a quoted string that may not hold sequences: a label.
    pub(super) fn plain_string(&mut self) -> Parsed<(Name, Span)> {
        let start = self.peek().start;
        let id = self.quoted()?;
        let span = self.span_from(start);
        match &self.expressions[id].kind {
            ExprKind::Literal(Literal::String(text)) => Ok((Arc::clone(text), span)),
            _ => Err(self
                .fail_at("Invalid string literal: template sequences are not allowed in this string", span)),
        }
    }
}

/// Whether `text` is an identifier and nothing else.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.starts_with(starts_identifier) && identifier_length(text) == text.len()
}
