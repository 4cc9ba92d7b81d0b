//! JSON text → [`Json`] with recovery: what stands before, between and after damaged places is kept.
//!
//! Tokens are jsonc-parser's: comments, trailing commas, raw new lines in strings and the rest of what ARM's reader
//! (Newtonsoft.Json) accepts. The parser is a loop over an explicit stack, so that depth costs no call stack.

use std::borrow::Cow;

use jsonc_parser::tokens::Token;
use rustc_hash::FxHashMap;

use super::layout::{Line, line_at};
use super::tokens::{Lexeme, SyntaxError, Tokens, shorten};
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

/// Reads `text`; total.
///
/// A text with errors is read once more with the help of its indentation, which tells where a missing or surplus brace belongs; the
/// reading with fewer errors stands.
pub(super) fn read(text: &str) -> Document<'_> {
    let plain = Reader::new(text, false).run();
    if plain.errors.is_empty() || !text.contains('\n') {
        return plain;
    }
    let laid_out = Reader::new(text, true).run();
    if laid_out.errors.len() <= plain.errors.len() { laid_out } else { plain }
}

/// A container whose end has not been seen yet.
struct Open<'a> {
    start: usize,
    /// How far the line is indented that it begins on, where that is asked for and says something.
    indent: Option<usize>,
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

struct Reader<'a> {
    tokens: Tokens<'a>,
    /// Whether the indentation decides where containers end.
    by_layout: bool,
    root: Option<Json<'a>>,
    too_deep: Option<usize>,
    stack: Vec<Open<'a>>,
    expected: Expected,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, by_layout: bool) -> Self {
        Reader {
            tokens: Tokens::new(text),
            by_layout,
            root: None,
            too_deep: None,
            stack: Vec::new(),
            expected: Expected::Value,
        }
    }

    fn run(mut self) -> Document<'a> {
        let text = self.tokens.text;
        while self.tokens.errors.len() < MAX_ERRORS {
            let Some((lexeme, start, end)) = self.next() else { break };
            if self.by_layout && self.settle(&lexeme, start, end) {
                continue;
            }
            self.take(lexeme, start, end);
        }
        if let Some(open) = self.stack.last() {
            let end = text.trim_end().len();
            if self.tokens.errors.len() < MAX_ERRORS {
                let closer = if matches!(open.content, Content::Array(_)) { "]" } else { "}" };
                self.tokens.error(format!("the file ends before '{closer}'"), end, end);
            }
            while !self.stack.is_empty() {
                self.close(end, true);
            }
        } else if self.root.is_none() && self.tokens.errors.is_empty() {
            self.tokens.error("expected a value, found the end of the file", text.len(), text.len());
        }
        Document {
            root: self.root,
            errors: self.tokens.errors,
            comments: self.tokens.comments,
            too_deep: self.too_deep,
        }
    }

    /// Ends the containers that this line's indentation says are over. `true` if the token is a surplus end and is to be passed over.
    fn settle(&mut self, lexeme: &Lexeme<'a>, start: usize, end: usize) -> bool {
        let Some(Line { indent, first }) = line_at(self.tokens.text, start) else { return false };
        if !first {
            let surplus = self.is_surplus(lexeme, start);
            if surplus {
                self.unexpected(start, end);
            }
            return surplus;
        }
        match lexeme {
            Lexeme::Token(token @ (Token::CloseBrace | Token::CloseBracket)) => {
                let fits = |open: &Open<'a>| open.indent == Some(indent) && closes(token, open);
                if let Some(target) = self.stack.iter().rposition(fits) {
                    if target + 1 < self.stack.len() {
                        self.unexpected(start, end);
                        self.close_down_to(target + 1, start);
                    }
                    return false;
                }
                let surplus = self
                    .stack
                    .last()
                    .is_some_and(|top| !closes(token, top) || top.indent.is_some_and(|own| own < indent));
                if surplus {
                    self.unexpected(start, end);
                }
                surplus
            }
            Lexeme::Token(Token::String(_) | Token::Word(_) | Token::OpenBrace | Token::OpenBracket)
                if matches!(self.expected, Expected::Name | Expected::Separator) =>
            {
                let opens = matches!(lexeme, Lexeme::Token(Token::OpenBrace | Token::OpenBracket));
                let over = |open: &Open<'a>| match (&open.content, open.indent) {
                    // The items of an array may stand as far out as the line that it begins on.
                    (Content::Array(_), Some(own)) if opens => own > indent,
                    (_, Some(own)) => own >= indent,
                    (_, None) => false,
                };
                let keep = self.stack.iter().rposition(|open| !over(open)).map_or(1, |at| at + 1).max(1);
                let in_array =
                    matches!(self.stack.get(keep - 1), Some(Open { content: Content::Array(_), .. }));
                if opens && !in_array {
                    self.unexpected(start, end);
                    return true;
                }
                if keep < self.stack.len() {
                    self.unexpected(start, end);
                    self.close_down_to(keep, start);
                    // The comma was in its place, behind the end that is missing.
                    self.expected = self.after_separator();
                }
                false
            }
            _ => false,
        }
    }

    /// Whether a bracket in the middle of a line belongs nowhere: an end of a container that began on another line and is not the
    /// innermost, or a beginning where a name is due.
    fn is_surplus(&self, lexeme: &Lexeme<'a>, start: usize) -> bool {
        match lexeme {
            Lexeme::Token(token @ (Token::CloseBrace | Token::CloseBracket)) => {
                match self.stack.iter().rposition(|open| closes(token, open)) {
                    Some(at) if at + 1 < self.stack.len() => {
                        let from = self.stack.get(at).map_or(0, |open| open.start);
                        self.tokens.slice(from, start).contains('\n')
                    }
                    _ => false,
                }
            }
            Lexeme::Token(Token::OpenBrace | Token::OpenBracket) => {
                self.expected == Expected::Name
                    || (self.expected == Expected::Separator && self.after_separator() == Expected::Name)
            }
            _ => false,
        }
    }

    /// Closes containers that lack their ends until `depth` are open.
    fn close_down_to(&mut self, depth: usize, at: usize) {
        while self.stack.len() > depth {
            self.close(at, true);
        }
    }

    fn next(&mut self) -> Option<(Lexeme<'a>, usize, usize)> {
        let (words, name) = (self.expected_words(), self.expected == Expected::Name);
        self.tokens.next(words, name)
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
        let found = shorten(self.tokens.slice(start, end));
        let quote = if found.starts_with('"') { "" } else { "'" };
        self.tokens.error(
            format!("expected {}, found {quote}{found}{quote}", self.expected_words()),
            start,
            end,
        );
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
            Lexeme::Token(Token::Boolean(_) | Token::Null) => Cow::Borrowed(self.tokens.slice(start, end)),
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

    /// Something behind the end: a surplus brace has closed the document too early if properties go on, else it is told and left.
    fn take_after_end(&mut self, lexeme: Lexeme<'a>, start: usize, end: usize) {
        if !matches!(lexeme, Lexeme::Broken(_)) {
            self.unexpected(start, end);
        }
        match (lexeme, self.root.take()) {
            (Lexeme::Token(Token::Comma), Some(Json { kind: Kind::Object(object), start, .. })) => {
                self.stack.push(Open { start, indent: None, content: Content::Object { object, key: None } });
                self.expected = Expected::Name;
            }
            (_, root) => self.root = root,
        }
    }

    fn after_separator(&self) -> Expected {
        match self.stack.last() {
            Some(Open { content: Content::Object { .. }, .. }) => Expected::Name,
            _ => Expected::Value,
        }
    }

    /// Closes the innermost container of that kind, and with it what is still open inside.
    fn take_closer(&mut self, token: &Token<'a>, start: usize, end: usize) {
        let Some(target) = self.stack.iter().rposition(|open| closes(token, open)) else {
            return self.unexpected(start, end);
        };
        if target + 1 < self.stack.len() {
            self.expected = Expected::Separator;
            self.unexpected(start, end);
        }
        self.close_down_to(target + 1, start);
        self.close(end, false);
    }

    fn open(&mut self, start: usize, content: Content<'a>) {
        if self.stack.len() >= MAX_DEPTH {
            self.too_deep.get_or_insert(start);
            let end = self.skip_container();
            self.add(Json { kind: Kind::Broken("nesting deeper than is read"), start, end });
            return;
        }
        self.expected = match content {
            Content::Array(_) => Expected::Value,
            Content::Object { .. } => Expected::Name,
        };
        let indent =
            if self.by_layout { line_at(self.tokens.text, start).map(|line| line.indent) } else { None };
        self.stack.push(Open { start, indent, content });
    }

    /// Reads past the container that was just opened; the offset behind it.
    fn skip_container(&mut self) -> usize {
        let mut depth = 1usize;
        let mut last = self.tokens.text.len();
        while depth > 0 && self.tokens.errors.len() < MAX_ERRORS {
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
                self.root = Some(value);
                self.expected = Expected::End;
            }
        }
    }
}

/// Whether this end is that of such a container.
fn closes(token: &Token<'_>, open: &Open<'_>) -> bool {
    match open.content {
        Content::Array(_) => *token == Token::CloseBracket,
        Content::Object { .. } => *token == Token::CloseBrace,
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
