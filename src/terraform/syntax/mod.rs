//! HCL and its JSON form → [`ast`](super::ast).
//!
//! tree-sitter-hcl gives the structure (`structure`), our own parser the expressions (`expression`, `template`) and what is
//! around a mistake (`body`). Depth is bounded. A mistake costs the argument or block it is in, and is reported once, in HCL's
//! words.

mod body;
mod directives;
mod expression;
mod json;
mod lexer;
mod parser;
mod structure;
mod template;

use std::sync::Arc;

use self::lexer::TokenKind;
use self::parser::{Broken, Place};
use super::ast::{ExprId, ExprKind, Expressions, File};
use crate::source::{Diagnostic, FileId, Span};

pub use self::json::{parse_json, parse_json_variables};
pub(crate) use self::template::is_identifier;

/// An expression on its own: a template file, a template from a string.
#[derive(Debug)]
pub struct Standalone {
    /// Its expressions.
    pub expressions: Arc<Expressions>,
    /// The whole.
    pub root: ExprId,
    /// Syntax errors; the root is then an error expression.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a `.tf`, `.tofu` or `.tfvars` file.
pub fn parse(file: FileId, text: &str) -> File {
    let mut parser = parser::Parser::new(text, Place::Offset(file, 0), Expressions::default());
    let body = structure::read(&mut parser);
    let comments = parser.lexer.comments.iter().map(|(start, end)| Span::new(file, *start, *end)).collect();
    File { file, expressions: Arc::new(parser.expressions), body, diagnostics: parser.diagnostics, comments }
}

/// Parses a file's text that is the value of an expression at `span`.
pub(crate) fn parse_at(span: Span, text: &str) -> File {
    let mut parser = parser::Parser::new(text, Place::Whole(span), Expressions::default());
    let body = structure::read(&mut parser);
    let Span { file, .. } = span;
    let diagnostics = parser.diagnostics;
    File { file, expressions: Arc::new(parser.expressions), body, diagnostics, comments: Vec::new() }
}

/// Parses the text of a template file.
pub fn parse_template(file: FileId, text: &str) -> Standalone {
    standalone(text, Place::Offset(file, 0), parser::Parser::bare_template)
}

/// Parses a template that is the value of an expression at `span`.
pub fn parse_template_at(span: Span, text: &str) -> Standalone {
    standalone(text, Place::Whole(span), parser::Parser::bare_template)
}

/// Parses an expression that is the value of a string at `span`.
pub fn parse_expression_at(span: Span, text: &str) -> Standalone {
    standalone(text, Place::Whole(span), whole_expression)
}

/// An expression with nothing after it.
fn whole_expression(parser: &mut parser::Parser<'_>) -> parser::Parsed<ExprId> {
    parser.newlines = false;
    let root = parser.expression()?;
    parser.expect(
        TokenKind::End,
        "Extra characters after expression: an expression was successfully parsed, but extra characters were found after it",
    )?;
    Ok(root)
}

fn standalone<'t>(
    text: &'t str,
    place: Place,
    read: impl FnOnce(&mut parser::Parser<'t>) -> parser::Parsed<ExprId>,
) -> Standalone {
    let mut parser = parser::Parser::new(text, place, Expressions::default());
    let root = read_or_error(&mut parser, read);
    Standalone { expressions: Arc::new(parser.expressions), root, diagnostics: parser.diagnostics }
}

fn read_or_error<'t>(
    parser: &mut parser::Parser<'t>,
    read: impl FnOnce(&mut parser::Parser<'t>) -> parser::Parsed<ExprId>,
) -> ExprId {
    match read(parser) {
        Ok(root) => root,
        Err(Broken) => {
            let span = parser.place.span(0, parser.text.len());
            parser.add(ExprKind::Error("could not be parsed".into()), span)
        }
    }
}

#[cfg(test)]
mod tests;
