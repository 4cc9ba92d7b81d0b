//! The parser's state: where it is, which brackets are open, what has been reported.

use super::lexer::{Lexer, Token, TokenKind};
use crate::source::{Diagnostic, FileId, Span};
use crate::terraform::ast::{ExprId, ExprKind, Expressions};

/// The deepest nesting that is read: deeper code is a syntax error, not a stack overflow.
pub(super) const MAX_DEPTH: usize = 400;

/// A part could not be parsed; its diagnostic has been recorded.
pub(super) struct Broken;

pub(super) type Parsed<T> = Result<T, Broken>;

/// How offsets in the parsed text become places in the file.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// The text begins at this byte of the file.
    Offset(FileId, usize),
    /// The text is written in the file with escapes, as the string at this span: all is there.
    Whole(Span),
}

impl Place {
    pub(super) fn span(self, start: usize, end: usize) -> Span {
        match self {
            Place::Offset(file, base) => Span::new(file, base + start, base + end),
            Place::Whole(span) => span,
        }
    }
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) place: Place,
    pub(super) at: usize,
    /// Whether line ends are tokens here.
    pub(super) newlines: bool,
    cached: Option<(usize, bool, Token)>,
    pub(super) lexer: Lexer<'t>,
    pub(super) expressions: Expressions,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The brackets that are open in the expression being read.
    pub(super) open: Vec<TokenKind>,
    depth: usize,
    /// The item at the file's top level that is being read has been reported: one diagnostic is enough for it.
    pub(super) reported: bool,
    /// A block was not closed: from here on a line that looks like the beginning of a top-level block is one.
    pub(super) strict: bool,
    /// Heredocs whose end was looked for in vain; bounds that search.
    pub(super) unclosed_heredocs: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, place: Place, expressions: Expressions) -> Self {
        Parser {
            text,
            place,
            at: 0,
            newlines: true,
            cached: None,
            lexer: Lexer::new(text),
            expressions,
            diagnostics: Vec::new(),
            open: Vec::new(),
            depth: 0,
            reported: false,
            strict: false,
            unclosed_heredocs: 0,
        }
    }

    /// Goes on with another text that begins like this one: what is after its end is not there.
    pub(super) fn limit(&mut self, text: &'t str) {
        self.text = text;
        self.cached = None;
        self.lexer.limit(text);
    }

    /// The next token, without taking it.
    pub(super) fn peek(&mut self) -> Token {
        if let Some((at, newlines, token)) = self.cached
            && at == self.at
            && newlines == self.newlines
        {
            return token;
        }
        let token = self.lexer.token(self.at, self.newlines);
        self.cached = Some((self.at, self.newlines, token));
        token
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek();
        self.at = token.end;
        token
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.next())
    }

    /// Takes a token of this kind.
    pub(super) fn expect(&mut self, kind: TokenKind, otherwise: &str) -> Parsed<Token> {
        match self.eat(kind) {
            Some(token) => Ok(token),
            None => Err(self.fail(otherwise)),
        }
    }

    /// Whether the next token is the word `word`; does not take it.
    pub(super) fn at_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Identifier && self.slice(token) == word
    }

    pub(super) fn slice(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// The place of `start` up to what has been read.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.place.span(start, self.at)
    }

    pub(super) fn token_span(&self, token: Token) -> Span {
        self.place.span(token.start, token.end)
    }

    pub(super) fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.expressions.add(kind, span)
    }

    /// Reports what is wrong at the next token.
    pub(super) fn fail(&mut self, message: &str) -> Broken {
        let token = self.peek();
        let end = if token.kind == TokenKind::Newline { token.start } else { token.end };
        let span = self.place.span(token.start, end);
        self.fail_at(message, span)
    }

    /// Reports what is wrong at `span`.
    pub(super) fn fail_at(&mut self, message: &str, span: Span) -> Broken {
        if !self.reported {
            self.reported = true;
            self.diagnostics.push(Diagnostic::syntax(message, span));
        }
        Broken
    }

    /// Reads one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail(&format!("Nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Reads what is between brackets, whose opening one has been taken; line ends count there if `newlines`.
    pub(super) fn bracketed<T>(
        &mut self,
        open: TokenKind,
        newlines: bool,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let before = std::mem::replace(&mut self.newlines, newlines);
        self.open.push(open);
        let result = self.nested(read);
        // On failure the brackets stay open: recovery must know how deep it was.
        if result.is_ok() {
            self.open.pop();
        }
        self.newlines = before;
        result
    }
}
