//! jsonc-parser's tokens, going on behind what it refuses.

use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};

/// A place that is not JSON.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// What was expected, or what is wrong.
    pub(super) message: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A token, or something that should have been a value or name and was reported already.
pub(super) enum Lexeme<'a> {
    Token(Token<'a>),
    Broken(&'static str),
}

/// The tokens of a text.
pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    scanner: Scanner<'a>,
    /// Where the scanner's text begins in `text`: it is started anew behind each place that it refuses.
    base: usize,
    /// The places that are wrong, in order.
    pub(super) errors: Vec<SyntaxError>,
    /// Byte ranges of the comments, in order.
    pub(super) comments: Vec<(usize, usize)>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let scanner = Scanner::new(text, &ScannerOptions::default());
        Tokens { text, scanner, base: 0, errors: Vec::new(), comments: Vec::new() }
    }

    pub(super) fn error(&mut self, message: impl Into<String>, start: usize, end: usize) {
        self.errors.push(SyntaxError { message: message.into(), start, end });
    }

    /// The text of a range.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Goes on at an offset.
    pub(super) fn restart(&mut self, at: usize) {
        self.base = at;
        self.scanner = Scanner::new(self.slice(at, self.text.len()), &ScannerOptions::default());
    }

    /// The next token that is no comment, with its range. `expected` says in words what the grammar wants, `name` that
    /// this is a property's name.
    pub(super) fn next(&mut self, expected: &str, name: bool) -> Option<(Lexeme<'a>, usize, usize)> {
        loop {
            let scanned = self.scanner.scan();
            let (start, end) = (self.base + self.scanner.token_start(), self.base + self.scanner.token_end());
            match scanned {
                Ok(None) => return None,
                Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => self.comments.push((start, end)),
                Ok(Some(Token::String(_))) if self.lacks_closing_quote(start, end) => {
                    return Some(self.cut_string(start, name));
                }
                Ok(Some(token)) => return Some((Lexeme::Token(token), start, end)),
                Err(error) => return self.refused(error.kind(), start, expected, name),
            }
        }
    }

    /// Whether a string that runs over a line end is one whose closing quote is missing: then what follows its end is no punctuation.
    fn lacks_closing_quote(&self, start: usize, end: usize) -> bool {
        if !self.slice(start, end).contains('\n') {
            return false;
        }
        let after = self.slice(end, self.text.len()).trim_start();
        !(after.is_empty() || after.starts_with([',', ':', '}', ']', '/']))
    }

    /// A string without its closing quote: a name is taken to end at its colon, a value with its line, but for the comma there.
    fn cut_string(&mut self, start: usize, name: bool) -> (Lexeme<'a>, usize, usize) {
        let rest = self.slice(start, self.text.len());
        let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or(rest);
        let length = match line.find(':').filter(|_| name) {
            Some(colon) => colon,
            None => line.trim_end().trim_end_matches(',').len(),
        };
        let end = start + length.max(1);
        self.error("this string has no closing quote", start, end);
        self.restart(end);
        if name {
            let name = self.slice(start + 1, end).trim_end();
            return (Lexeme::Token(Token::Word(name)), start, end);
        }
        (Lexeme::Broken("a string without closing quote"), start, end)
    }

    /// Goes on behind something that the scanner refuses.
    fn refused(
        &mut self,
        kind: &ParseErrorKind,
        start: usize,
        expected: &str,
        name: bool,
    ) -> Option<(Lexeme<'a>, usize, usize)> {
        match kind {
            ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
                Some(self.cut_string(start, name))
            }
            ParseErrorKind::String(kind) => {
                let end = end_of_string(self.text, start);
                let mut message = kind.to_string();
                if let Some(first) = message.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                self.error(message, start, end);
                self.restart(end);
                Some((Lexeme::Broken("a string with a wrong escape"), start, end))
            }
            ParseErrorKind::UnterminatedCommentBlock => {
                self.error("this comment has no end", start, start + 2);
                self.restart(self.text.len());
                None
            }
            _ => Some(self.foreign(start, expected, name)),
        }
    }

    /// Text that is no JSON, up to the next white space or punctuation. A quote at its end is its own: the opening one is missing.
    fn foreign(&mut self, start: usize, expected: &str, name: bool) -> (Lexeme<'a>, usize, usize) {
        let rest = self.slice(start, self.text.len());
        let stops = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"');
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let stop = rest.char_indices().skip(1).find(|(_, c)| stops(*c)).map_or(rest.len(), |(at, _)| at);
        let word = rest.get(..stop.max(first)).unwrap_or("");
        let quoted = rest.get(word.len()..).is_some_and(|after| after.starts_with('"'))
            && word.starts_with(char::is_alphanumeric);
        let end = start + word.len() + usize::from(quoted);
        self.restart(end);
        if quoted {
            self.error(format!("expected {expected}, found text without an opening quote"), start, end);
            let lexeme = if name {
                Lexeme::Token(Token::Word(word))
            } else {
                Lexeme::Broken("a string without opening quote")
            };
            return (lexeme, start, end);
        }
        self.error(format!("expected {expected}, found '{}'", shorten(word)), start, end);
        (Lexeme::Broken("text that is not JSON"), start, end)
    }
}

/// The offset behind the string that begins at `start`, whatever its escapes say.
fn end_of_string(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let Some(quote) = bytes.get(start).copied() else { return text.len() };
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// At most 20 characters of what was found, on one line. A string's text is not repeated: it may be a secret.
pub(super) fn shorten(found: &str) -> String {
    if found.starts_with(['"', '\'']) {
        return "a string".to_owned();
    }
    let mut short: String = found.chars().take(20).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < found.len() {
        short.push('…');
    }
    short
}
