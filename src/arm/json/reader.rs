//! JSON text → [`Json`] with recovery: what stands before, between and after damaged places is kept.
//!
//! Tokens are jsonc-parser's: comments, trailing commas, raw new lines in strings and the rest of what ARM's reader
//! (Newtonsoft.Json) accepts. The parser is a loop over an explicit stack, so that depth costs no call stack.

use std::borrow::Cow;

use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};
use rustc_hash::FxHashMap;

use super::tree::{Json, Kind, Member, Object};

/// The deepest nesting that is read; what lies deeper is [`Kind::Broken`].
pub(super) const MAX_DEPTH: usize = 256;

/// After so many errors the rest of the file is given up: it is not JSON.
const MAX_ERRORS: usize = 64;

/// Objects up to this size look for a repeated name by comparing.
const SMALL_OBJECT: usize = 16;

/// A file as far as it could be read.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// The top-level value.
    pub(super) root: Option<Json<'a>>,
    /// The places that are wrong, in order: what was expected, and the byte range.
    pub(super) errors: Vec<SyntaxError>,
    /// Byte ranges of the comments, in order.
    pub(super) comments: Vec<(usize, usize)>,
    /// Where nesting first exceeded [`MAX_DEPTH`].
    pub(super) too_deep: Option<usize>,
}

/// A place that is not JSON.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Reads `text`; total.
pub(super) fn read(text: &str) -> Document<'_> {
    let mut reader = Reader {
        text,
        scanner: Scanner::new(text, &ScannerOptions::default()),
        base: 0,
        document: Document { root: None, errors: Vec::new(), comments: Vec::new(), too_deep: None },
        stack: Vec::new(),
        expected: Expected::Value,
    };
    reader.run();
    reader.document
}

/// A container whose end has not been seen yet.
struct Open<'a> {
    start: usize,
    content: Content<'a>,
}

enum Content<'a> {
    Array(Vec<Json<'a>>),
    Object { object: Object<'a>, key: Option<(Cow<'a, str>, usize, usize)> },
}

/// What the grammar wants next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A value; in an array also its end.
    Value,
    /// A property name, or the end of the object.
    Name,
    Colon,
    /// A comma, or the end of the container.
    Separator,
    /// The end of the file.
    End,
}

/// A token, or something that should have been a value and was reported already.
enum Lexeme<'a> {
    Token(Token<'a>),
    Broken(&'static str),
}

struct Reader<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    /// Where the scanner's text begins in `text`: it is started anew behind each place that it refuses.
    base: usize,
    document: Document<'a>,
    stack: Vec<Open<'a>>,
    expected: Expected,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        while self.document.errors.len() < MAX_ERRORS {
            let Some((lexeme, start, end)) = self.next() else { break };
            self.take(lexeme, start, end);
        }
        if !self.stack.is_empty() {
            let end = self.text.trim_end().len();
            if self.document.errors.len() < MAX_ERRORS {
                let closer = match self.stack.last() {
                    Some(Open { content: Content::Array(_), .. }) => "]",
                    _ => "}",
                };
                self.error(format!("the file ends before '{closer}'"), end, end);
            }
            while !self.stack.is_empty() {
                self.close(end, true);
            }
        } else if self.document.root.is_none() && self.document.errors.is_empty() {
            self.error(
                "expected a value, found the end of the file".to_owned(),
                self.text.len(),
                self.text.len(),
            );
        }
    }

    fn error(&mut self, message: String, start: usize, end: usize) {
        self.document.errors.push(SyntaxError { message, start, end });
    }

    /// The next token that is no comment, with its range.
    fn next(&mut self) -> Option<(Lexeme<'a>, usize, usize)> {
        loop {
            let scanned = self.scanner.scan();
            let (start, end) = (self.base + self.scanner.token_start(), self.base + self.scanner.token_end());
            match scanned {
                Ok(None) => return None,
                Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => {
                    self.document.comments.push((start, end));
                }
                Ok(Some(Token::String(_))) if self.lacks_closing_quote(start, end) => {
                    return Some(self.cut_string(start));
                }
                Ok(Some(token)) => return Some((Lexeme::Token(token), start, end)),
                Err(error) => return self.refused(error.kind(), start),
            }
        }
    }

    /// Whether a string that runs over a line end is one whose closing quote is missing: then what follows its end is no punctuation.
    fn lacks_closing_quote(&self, start: usize, end: usize) -> bool {
        let inside = self.text.get(start..end).unwrap_or("");
        if !inside.contains('\n') {
            return false;
        }
        let after = self.text.get(end..).unwrap_or("").trim_start();
        !(after.is_empty() || after.starts_with([',', ':', '}', ']', '/']))
    }

    /// A string without its closing quote, taken to end with its line.
    fn cut_string(&mut self, start: usize) -> (Lexeme<'a>, usize, usize) {
        let rest = self.text.get(start..).unwrap_or("");
        let end = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.error("this string has no closing quote".to_owned(), start, end);
        self.restart(end);
        (Lexeme::Broken("a string without closing quote"), start, end)
    }

    /// Goes on behind something that the scanner refuses.
    fn refused(&mut self, kind: &ParseErrorKind, start: usize) -> Option<(Lexeme<'a>, usize, usize)> {
        match kind {
            ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
                Some(self.cut_string(start))
            }
            ParseErrorKind::String(kind) => {
                let end = end_of_string(self.text, start);
                self.error(format!("{}", LowerFirst(&kind.to_string())), start, end);
                self.restart(end);
                Some((Lexeme::Broken("a string with a wrong escape"), start, end))
            }
            ParseErrorKind::UnterminatedCommentBlock => {
                self.error("this comment has no end".to_owned(), start, start + 2);
                self.restart(self.text.len());
                None
            }
            _ => {
                let rest = self.text.get(start..).unwrap_or("");
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let length = rest
                    .char_indices()
                    .skip(1)
                    .find(|(_, c)| c.is_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"'))
                    .map_or(rest.len(), |(at, _)| at)
                    .max(first);
                let end = start + length;
                self.restart(end);
                let what = self.expected_words();
                let found = shorten(self.text.get(start..end).unwrap_or(""));
                self.error(format!("expected {what}, found '{found}'"), start, end);
                Some((Lexeme::Broken("text that is not JSON"), start, end))
            }
        }
    }

    fn restart(&mut self, at: usize) {
        self.base = at;
        self.scanner = Scanner::new(self.text.get(at..).unwrap_or(""), &ScannerOptions::default());
    }

    fn expected_words(&self) -> &'static str {
        let in_array = matches!(self.stack.last(), Some(Open { content: Content::Array(_), .. }));
        match self.expected {
            Expected::Value if in_array => "a value or ']'",
            Expected::Value => "a value",
            Expected::Name => "a property name in quotes or '}'",
            Expected::Colon => "':' after the property name",
            Expected::Separator if in_array => "',' or ']'",
            Expected::Separator => "',' or '}'",
            Expected::End => "the end of the file",
        }
    }

    fn unexpected(&mut self, start: usize, end: usize) {
        let found = shorten(self.text.get(start..end).unwrap_or(""));
        let quote = if found.starts_with('"') { "" } else { "'" };
        self.error(format!("expected {}, found {quote}{found}{quote}", self.expected_words()), start, end);
    }

    fn take(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        match self.expected {
            Expected::Value => self.take_value(lexeme, start, end),
            Expected::Name => self.take_name(lexeme, start, end),
            Expected::Colon => self.take_colon(lexeme, start, end),
            Expected::Separator => self.take_separator(lexeme, start, end),
            Expected::End => self.take_after_end(lexeme, start, end),
        }
    }

    fn take_value(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        let kind = match lexeme {
            Lexeme::Token(Token::OpenBrace) => {
                return self.open(start, Content::Object { object: Object::default(), key: None });
            }
            Lexeme::Token(Token::OpenBracket) => return self.open(start, Content::Array(Vec::new())),
            Lexeme::Token(Token::String(text)) => Kind::String(text),
            Lexeme::Token(Token::Number(text)) => Kind::Number(text),
            Lexeme::Token(Token::Boolean(value)) => Kind::Bool(value),
            Lexeme::Token(Token::Null) => Kind::Null,
            Lexeme::Broken(reason) => Kind::Broken(reason),
            Lexeme::Token(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                "true" => Kind::Bool(true),
                "false" => Kind::Bool(false),
                _ => {
                    self.unexpected(start, end);
                    Kind::Broken("text that is not JSON")
                }
            },
            Lexeme::Token(token @ (Token::CloseBrace | Token::CloseBracket)) => {
                if matches!(self.stack.last(), Some(Open { content: Content::Object { .. }, .. })) {
                    self.unexpected(start, end);
                    self.add(Json { kind: Kind::Broken("a missing value"), start, end: start });
                }
                return self.take_closer(&token, start, end);
            }
            Lexeme::Token(Token::Comma) => {
                self.unexpected(start, end);
                if matches!(self.stack.last(), Some(Open { content: Content::Object { .. }, .. })) {
                    self.add(Json { kind: Kind::Broken("a missing value"), start, end: start });
                    self.expected = Expected::Name;
                }
                return;
            }
            Lexeme::Token(_) => return self.unexpected(start, end),
        };
        self.add(Json { kind, start, end });
    }

    fn take_name(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        let name = match lexeme {
            Lexeme::Token(Token::String(text)) => text,
            Lexeme::Token(Token::Word(text) | Token::Number(text)) => Cow::Borrowed(text),
            Lexeme::Token(Token::Boolean(_) | Token::Null) => {
                Cow::Borrowed(self.text.get(start..end).unwrap_or(""))
            }
            Lexeme::Token(token @ (Token::CloseBrace | Token::CloseBracket)) => {
                return self.take_closer(&token, start, end);
            }
            Lexeme::Token(Token::OpenBrace | Token::OpenBracket) => {
                self.unexpected(start, end);
                let enclosing = self.stack.len().checked_sub(2).and_then(|index| self.stack.get(index));
                if matches!(enclosing, Some(Open { content: Content::Array(_), .. })) {
                    // `[{…, {…}]`: the first item lacks its brace, this is the next item
                    self.close(start, true);
                }
                self.expected = Expected::Value;
                return self.take_value(lexeme, start, end);
            }
            Lexeme::Broken(_) => {
                self.damage();
                self.expected = Expected::Colon;
                return;
            }
            Lexeme::Token(_) => return self.unexpected(start, end),
        };
        if let Some(Open { content: Content::Object { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some((name, start, end));
        }
        self.expected = Expected::Colon;
    }

    fn take_colon(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        if matches!(lexeme, Lexeme::Token(Token::Colon)) {
            self.expected = Expected::Value;
            return;
        }
        let reported = matches!(lexeme, Lexeme::Broken(_));
        if !reported {
            self.unexpected(start, end);
        }
        if matches!(lexeme, Lexeme::Token(Token::Comma | Token::CloseBrace | Token::CloseBracket)) {
            self.add(Json { kind: Kind::Broken("a missing value"), start, end: start });
            self.take_separator(lexeme, start, end);
        } else {
            self.expected = Expected::Value;
            self.take_value(lexeme, start, end);
        }
    }

    fn take_separator(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        match lexeme {
            Lexeme::Token(Token::Comma) => self.expected = self.after_separator(),
            Lexeme::Token(token @ (Token::CloseBrace | Token::CloseBracket)) => {
                self.take_closer(&token, start, end);
            }
            Lexeme::Token(Token::Colon) => self.unexpected(start, end),
            Lexeme::Broken(_) => self.damage(),
            Lexeme::Token(_) => {
                self.unexpected(start, end);
                self.expected = self.after_separator();
                self.take(lexeme, start, end);
            }
        }
    }

    fn take_after_end(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        if !matches!(lexeme, Lexeme::Broken(_)) && self.document.errors.is_empty() {
            self.unexpected(start, end);
        }
        // A second document, or what mismatched braces left over: nothing says where it belongs.
        self.restart(self.text.len());
    }

    fn after_separator(&self) -> Expected {
        match self.stack.last() {
            Some(Open { content: Content::Object { .. }, .. }) => Expected::Name,
            _ => Expected::Value,
        }
    }

    /// Closes the innermost container of that kind, and with it what is still open inside.
    fn take_closer(&mut self, token: &Token<'a>, start: usize, end: usize) {
        let closes = |open: &Open<'a>| match open.content {
            Content::Array(_) => *token == Token::CloseBracket,
            Content::Object { .. } => *token == Token::CloseBrace,
        };
        let Some(target) = self.stack.iter().rposition(closes) else { return self.unexpected(start, end) };
        if target + 1 < self.stack.len() {
            self.expected = Expected::Separator;
            self.unexpected(start, end);
        }
        while self.stack.len() > target + 1 {
            self.close(start, true);
        }
        self.close(end, false);
    }

    fn open(&mut self, start: usize, content: Content<'a>) {
        if self.stack.len() >= MAX_DEPTH {
            self.document.too_deep.get_or_insert(start);
            let end = self.skip_container();
            self.add(Json { kind: Kind::Broken("nesting deeper than is read"), start, end });
            return;
        }
        self.expected = match content {
            Content::Array(_) => Expected::Value,
            Content::Object { .. } => Expected::Name,
        };
        self.stack.push(Open { start, content });
    }

    /// Reads past the container that was just opened; the offset behind it.
    fn skip_container(&mut self) -> usize {
        let mut depth = 1usize;
        let mut last = self.text.len();
        while depth > 0 && self.document.errors.len() < MAX_ERRORS {
            let Some((lexeme, _, end)) = self.next() else { break };
            last = end;
            match lexeme {
                Lexeme::Token(Token::OpenBrace | Token::OpenBracket) => depth += 1,
                Lexeme::Token(Token::CloseBrace | Token::CloseBracket) => depth -= 1,
                _ => {}
            }
        }
        last
    }

    fn close(&mut self, end: usize, damaged: bool) {
        let Some(open) = self.stack.pop() else { return };
        let kind = match open.content {
            Content::Array(items) => Kind::Array(items),
            Content::Object { mut object, key } => {
                object.damaged |= damaged || key.is_some();
                drop_repeated(&mut object.members);
                Kind::Object(object)
            }
        };
        self.add(Json { kind, start: open.start, end });
    }

    fn damage(&mut self) {
        if let Some(Open { content: Content::Object { object, .. }, .. }) = self.stack.last_mut() {
            object.damaged = true;
        }
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, value: Json<'a>) {
        self.expected = Expected::Separator;
        match self.stack.last_mut().map(|open| &mut open.content) {
            Some(Content::Array(items)) => items.push(value),
            Some(Content::Object { object, key }) => match key.take() {
                Some((key, key_start, key_end)) => {
                    object.members.push(Member { key, key_start, key_end, value });
                }
                None => object.damaged = true,
            },
            None => {
                self.document.root = Some(value);
                self.expected = Expected::End;
            }
        }
    }
}

/// Of members with the same name the last stays, as ARM's reader does it.
fn drop_repeated(members: &mut Vec<Member<'_>>) {
    if members.len() <= SMALL_OBJECT {
        let repeated =
            |index: usize| members[index + 1..].iter().any(|later| later.key == members[index].key);
        if !(0..members.len()).any(repeated) {
            return;
        }
    }
    let mut last: FxHashMap<String, usize> = FxHashMap::default();
    for (index, member) in members.iter().enumerate() {
        last.insert(member.key.to_string(), index);
    }
    if last.len() == members.len() {
        return;
    }
    let mut index = 0;
    members.retain(|member| {
        let keep = last.get(&*member.key) == Some(&index);
        index += 1;
        keep
    });
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
fn shorten(found: &str) -> String {
    if found.starts_with(['"', '\'']) {
        return "a string".to_owned();
    }
    let mut short: String = found.chars().take(20).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < found.len() {
        short.push('…');
    }
    short
}

/// A sentence of jsonc-parser's as the middle of one of ours.
struct LowerFirst<'a>(&'a str);

impl std::fmt::Display for LowerFirst<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut chars = self.0.chars();
        if let Some(first) = chars.next() {
            write!(f, "{}{}", first.to_ascii_lowercase(), chars.as_str())?;
        }
        Ok(())
    }
}
