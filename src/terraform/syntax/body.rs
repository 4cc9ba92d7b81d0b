//! Bodies, attributes and blocks without tree-sitter, and how reading goes on after a mistake: for the pieces of a file where
//! the tree does not hold.

use rustc_hash::FxHashSet;

use super::lexer::{Token, TokenKind};
use super::parser::{Broken, Parsed, Parser};
use super::template::is_identifier;
use crate::terraform::ast::{Attribute, Block, Body, ExprKind, Label, Name};

/// Words that begin a block at the top level of a configuration.
pub(super) const TOP_LEVEL: &[&str] = &[
    "resource",
    "data",
    "ephemeral",
    "variable",
    "output",
    "locals",
    "module",
    "provider",
    "terraform",
    "moved",
    "import",
    "removed",
    "check",
    "action",
    "list",
    "run",
    "mock_provider",
    "variables",
];

pub(super) enum Item {
    Attribute(Attribute),
    Block(Block),
}

impl Parser<'_> {
    /// Items up to the end of the text: one that cannot be read is reported once and left out.
    pub(super) fn items(&mut self, body: &mut Body, names: &mut FxHashSet<Name>) {
        // The last item is a block with a mistake in it: a closing brace too many belongs to it.
        let mut after_broken_block = false;
        loop {
            self.reported = false;
            self.newlines = true;
            self.open.clear();
            let token = self.peek();
            let arguments_only = body.blocks.is_empty() && !body.attributes.is_empty();
            match token.kind {
                TokenKind::End => return,
                TokenKind::Newline => {
                    self.next();
                }
                TokenKind::Identifier => match self.item(token) {
                    Ok(item) => {
                        if let Item::Block(_) = item {
                            after_broken_block = self.reported;
                        }
                        self.keep(item, body, names);
                    }
                    Err(Broken) => {
                        after_broken_block = false;
                        let arguments = self.begins_argument(token);
                        self.resynchronize(token, arguments);
                    }
                },
                TokenKind::CloseBrace if after_broken_block => {
                    after_broken_block = false;
                    body.blocks.pop();
                    self.resynchronize(token, false);
                }
                _ => {
                    self.fail(unexpected(token.kind));
                    self.resynchronize(token, arguments_only);
                }
            }
        }
    }

    pub(super) fn keep(&mut self, item: Item, body: &mut Body, names: &mut FxHashSet<Name>) {
        match item {
            Item::Block(block) => body.blocks.push(block),
            Item::Attribute(attribute) => {
                if names.insert(attribute.name.clone()) {
                    body.attributes.push(attribute);
                } else {
                    self.fail_at(
                        &format!(
                            "Attribute redefined: the argument '{}' was already set. Each argument may be set only once",
                            attribute.name
                        ),
                        attribute.name_span,
                    );
                }
            }
        }
    }

    /// An attribute or a block, whose name is the next token.
    fn item(&mut self, name: Token) -> Parsed<Item> {
        self.next();
        match self.peek().kind {
            TokenKind::Equal => self.attribute(name).map(Item::Attribute),
            TokenKind::Quote | TokenKind::OpenBrace | TokenKind::Identifier => self.block(name).map(Item::Block),
            _ => Err(self.fail("Invalid block definition: either a quoted string block label or an opening brace (\"{\") is expected here")),
        }
    }

    fn attribute(&mut self, name: Token) -> Parsed<Attribute> {
        self.next();
        let opened = self.open.len();
        let start = self.peek().start;
        let value = match self.expression() {
            Ok(value) => {
                let value_end = self.at;
                if !matches!(self.peek().kind, TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace) {
                    self.fail(
                        "Missing newline after argument: an argument definition must end with a newline",
                    );
                    self.skip_broken_value(opened)?;
                    let span = self.place.span(start, value_end);
                    self.add(ExprKind::Error("an argument that could not be parsed".into()), span)
                } else {
                    value
                }
            }
            Err(Broken) => {
                self.skip_broken_value(opened)?;
                let span = self.span_from(start);
                self.add(ExprKind::Error("an argument that could not be parsed".into()), span)
            }
        };
        let span = self.place.span(name.start, self.at);
        Ok(Attribute { name: self.slice(name).into(), name_span: self.token_span(name), value, span })
    }

    fn block(&mut self, name: Token) -> Parsed<Block> {
        let mut labels = Vec::new();
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Quote => {
                    let (text, span) = self.plain_string()?;
                    labels.push(Label { text, span });
                }
                TokenKind::Identifier => {
                    self.next();
                    labels.push(Label { text: self.slice(token).into(), span: self.token_span(token) });
                }
                TokenKind::OpenBrace => break,
                _ => return Err(self.fail("Invalid block definition: either a quoted string block label or an opening brace (\"{\") is expected here")),
            }
        }
        let header = self.place.span(name.start, labels.last().map_or(name.end, |_| self.at));
        self.next();
        let body = self.nested(|parser| parser.block_body(name))?;
        let span = self.place.span(name.start, self.at);
        if !matches!(self.peek().kind, TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace) {
            self.fail("Missing newline after block definition: a block definition must end with a newline");
        }
        Ok(Block { block_type: self.slice(name).into(), labels, body, header, span })
    }

    /// A block's inside and its closing brace.
    fn block_body(&mut self, name: Token) -> Parsed<Body> {
        let mut body = Body::default();
        let mut names = FxHashSet::default();
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Newline => {
                    self.next();
                }
                TokenKind::CloseBrace => {
                    self.next();
                    return Ok(body);
                }
                TokenKind::Identifier if !(self.strict && self.begins_top_level(token)) => {
                    let item = self.item(token)?;
                    self.keep(item, &mut body, &mut names);
                }
                TokenKind::End | TokenKind::Identifier => {
                    self.strict = true;
                    let span = self.token_span(name);
                    return Err(self.fail_at("Unclosed configuration block: there is no closing brace for this block. This may be caused by incorrect brace nesting elsewhere in this file", span));
                }
                kind => return Err(self.fail(unexpected(kind))),
            }
        }
    }

    /// Passes over what is left of an argument that could not be read, up to the line end that ends it. Fails where that is
    /// past the block.
    fn skip_broken_value(&mut self, opened: usize) -> Parsed<()> {
        let mut depth = self.open.len().saturating_sub(opened);
        let lists_only = !self.open.iter().skip(opened).any(|bracket| *bracket == TokenKind::OpenBrace);
        self.open.truncate(opened);
        self.newlines = true;
        if lists_only && depth > 0 && self.return_to_argument() {
            return Ok(());
        }
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::End => {
                    self.strict = true;
                    return Err(Broken);
                }
                TokenKind::Newline | TokenKind::CloseBrace if depth == 0 => return Ok(()),
                TokenKind::Identifier if self.begins_top_level(token) => return Err(Broken),
                TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParenthesis => depth += 1,
                TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParenthesis => {
                    depth = depth.saturating_sub(1);
                }
                // Nothing further is reported of this item: only where the string or heredoc ends counts.
                TokenKind::Quote => {
                    if self.quoted().is_err() {
                        self.at = self.line_end(token.start);
                    }
                    continue;
                }
                TokenKind::Heredoc => {
                    self.heredoc()?;
                    continue;
                }
                _ => {}
            }
            self.next();
        }
    }

    /// Where a bracket was not closed and the next argument has been read into the list: goes back before that.
    fn return_to_argument(&mut self) -> bool {
        let token = self.lexer.token(self.at, false);
        let line = self.text.get(..token.start).and_then(|before| before.rfind('\n'));
        let Some(line) = line else { return false };
        let head = self.text.get(line..token.start).unwrap_or("").trim();
        let follows = match token.kind {
            TokenKind::Identifier => head.is_empty() && self.begins_argument(token),
            TokenKind::Equal => is_identifier(head),
            _ => false,
        };
        if follows {
            self.at = line;
        }
        follows
    }

    /// Goes to the next line after the broken item's first that begins an item at the top level.
    fn resynchronize(&mut self, broken: Token, arguments: bool) {
        self.newlines = true;
        let mut at = self.line_end(broken.start);
        while at < self.text.len() {
            at += 1;
            let rest = self.text.get(at..).unwrap_or("");
            if rest.starts_with(super::lexer::starts_identifier) {
                let token = self.lexer.token(at, true);
                if self.begins_top_level(token) || (arguments && self.begins_argument(token)) {
                    break;
                }
            }
            at = self.line_end(at);
        }
        self.at = at.min(self.text.len());
    }

    /// The offset of the line end at or after `at`, or of the text's end.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or(&[]);
        at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// Whether the token and the next one are `name =`.
    fn begins_argument(&mut self, token: Token) -> bool {
        token.kind == TokenKind::Identifier && self.lexer.token(token.end, true).kind == TokenKind::Equal
    }

    /// Whether the token begins its line and, with what follows it, a block of the top level.
    fn begins_top_level(&mut self, token: Token) -> bool {
        let first_column = token.start == 0 || self.text.as_bytes().get(token.start - 1) == Some(&b'\n');
        first_column
            && TOP_LEVEL.contains(&self.slice(token))
            && matches!(
                self.lexer.token(token.end, true).kind,
                TokenKind::Quote | TokenKind::OpenBrace | TokenKind::Identifier
            )
    }
}

fn unexpected(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Quote => "Invalid argument name: argument names must not be quoted",
        TokenKind::CloseBrace => "Unexpected closing brace: no block or object is open here",
        _ => "Argument or block definition required: an argument or block definition is required here",
    }
}
