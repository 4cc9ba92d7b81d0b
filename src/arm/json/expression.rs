//! The expression grammar inside a template's strings: `[concat(parameters('a'), '-', variables('b')[0].c)]`.
//!
//! ```text
//! expression = primary { '.' name | '[' expression ']' }
//! primary    = string | number | [ namespace '.' ] function '(' [ expression { ',' expression } ] ')'
//! string     = "'" { character | "''" } "'"
//! ```
//! White space may stand between all of them. Spans point into the file through [`Offsets`].

use std::sync::Arc;

use super::lowering::Lowering;
use super::offsets::Offsets;
use super::special::special_form;
use crate::arm::template::{AccessKey, ExprId, ExprKind, Literal};
use crate::source::Span;
use crate::value::Number;

/// The deepest nesting of calls and indices that is read; the deepest of the corpora is below 60.
const MAX_DEPTH: usize = 200;

/// Lowers the expression `text`, which begins with `[` and ends with `]`. An error is reported and becomes
/// [`ExprKind::Error`].
pub(super) fn lower_expression(lowering: &mut Lowering<'_>, text: &str, offsets: &Offsets) -> ExprId {
    let mut parser = Parser { lowering, text, offsets, at: 1, depth: 0 };
    match parser.whole() {
        Ok(id) => id,
        Err(error) => {
            let span = parser.span(error.at, error.at + error.length);
            lowering.refuse(format!("in this expression: {}", error.message), span);
            let whole = Span::new(lowering.file, offsets.at(0), offsets.at(text.len()));
            lowering.add(ExprKind::Error(Arc::from("the expression has a syntax error")), whole)
        }
    }
}

/// What is wrong, and where in the unescaped text.
struct ExpressionError {
    message: String,
    at: usize,
    length: usize,
}

struct Parser<'p, 't> {
    lowering: &'p mut Lowering<'t>,
    text: &'p str,
    offsets: &'p Offsets,
    at: usize,
    depth: usize,
}

impl<'p> Parser<'p, '_> {
    fn whole(&mut self) -> Result<ExprId, ExpressionError> {
        let id = self.expression()?;
        self.skip_blank();
        if self.at + 1 != self.text.len() {
            return Err(self.unexpected("']' at the end of the expression"));
        }
        Ok(id)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.lowering.file, self.offsets.at(start), self.offsets.at(end))
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn skip_blank(&mut self) {
        while let Some(c) = self.peek().filter(|c| c.is_whitespace()) {
            self.at += c.len_utf8();
        }
    }

    /// Takes `wanted` if it comes next, after white space.
    fn eat(&mut self, wanted: char) -> bool {
        self.skip_blank();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn unexpected(&self, wanted: &str) -> ExpressionError {
        let last = self.at + 1 >= self.text.len();
        match self.peek().filter(|_| !last) {
            Some(found) => ExpressionError {
                message: format!("expected {wanted}, found '{found}'"),
                at: self.at,
                length: found.len_utf8(),
            },
            None => ExpressionError {
                message: format!("expected {wanted}, but the expression ends"),
                at: self.text.len().saturating_sub(1),
                length: 1,
            },
        }
    }

    fn expression(&mut self) -> Result<ExprId, ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("calls nested more than {MAX_DEPTH} levels deep are not read");
            return Err(ExpressionError { message, at: self.at, length: 1 });
        }
        self.skip_blank();
        let start = self.at;
        let mut id = match self.peek() {
            Some('\'') => self.string()?,
            Some(c) if c.is_ascii_digit() || c == '-' || c == '+' => self.number()?,
            Some(c) if starts_name(c) => self.call()?,
            _ => return Err(self.unexpected("a function, a string or a number")),
        };
        loop {
            if self.eat('.') {
                self.skip_blank();
                let from = self.at;
                let name = self.identifier().ok_or_else(|| self.unexpected("a property name"))?;
                let key = AccessKey::Name(self.lowering.name(name), self.span(from, self.at));
                id = self.access(id, key, start);
            } else if self.peek() == Some('[') {
                self.at += 1;
                let index = self.expression()?;
                if !self.eat(']') {
                    return Err(self.unexpected("']'"));
                }
                id = self.access(id, AccessKey::Index(index), start);
            } else {
                break;
            }
        }
        self.depth -= 1;
        Ok(id)
    }

    fn access(&mut self, base: ExprId, key: AccessKey, start: usize) -> ExprId {
        let span = self.span(start, self.at);
        self.lowering.add(ExprKind::Access { base, key, safe: false }, span)
    }

    fn string(&mut self) -> Result<ExprId, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let Some(quote) = rest.find('\'') else {
                let message = "this string has no closing quote".to_owned();
                return Err(ExpressionError { message, at: start, length: self.text.len() - start });
            };
            value.push_str(rest.get(..quote).unwrap_or(""));
            self.at += quote + 1;
            if self.text.as_bytes().get(self.at) != Some(&b'\'') {
                break;
            }
            value.push('\'');
            self.at += 1;
        }
        let name = self.lowering.name(&value);
        let span = self.span(start, self.at);
        Ok(self.lowering.add(ExprKind::Literal(Literal::String(name)), span))
    }

    fn number(&mut self) -> Result<ExprId, ExpressionError> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or("");
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '.'))
            .map_or(rest.len(), |(at, _)| at);
        let text = rest.get(..end).unwrap_or("");
        let Some(number) = Number::parse(text.strip_prefix('+').unwrap_or(text)) else {
            let message = format!("'{text}' is not a number");
            return Err(ExpressionError { message, at: start, length: end.max(1) });
        };
        self.at = start + end;
        let span = self.span(start, self.at);
        Ok(self.lowering.add(ExprKind::Literal(Literal::Number(number)), span))
    }

    fn identifier(&mut self) -> Option<&'p str> {
        let rest = self.text.get(self.at..)?;
        let end = rest.find(|c: char| !continues_name(c)).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        self.at += end;
        rest.get(..end)
    }

    /// `f(…)` or `namespace.f(…)`.
    fn call(&mut self) -> Result<ExprId, ExpressionError> {
        let start = self.at;
        let first = self.identifier().ok_or_else(|| self.unexpected("a function"))?;
        let mut name_start = start;
        let (namespace, function) = if self.eat('.') {
            self.skip_blank();
            name_start = self.at;
            let function = self.identifier().ok_or_else(|| self.unexpected("a function's name"))?;
            (Some(first), function)
        } else {
            (None, first)
        };
        let name_span = self.span(name_start, name_start + function.len());
        if !self.eat('(') {
            return Err(self.unexpected(&format!("'(' after '{function}'")));
        }
        let mut arguments = Vec::new();
        if !self.eat(')') {
            loop {
                arguments.push(self.expression()?);
                if self.eat(')') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected("',' or ')'"));
                }
            }
        }
        let span = self.span(start, self.at);
        let arguments = match namespace {
            Some(_) => arguments,
            None => match special_form(self.lowering, function, arguments, span) {
                Ok(id) => return Ok(id),
                Err(arguments) => arguments,
            },
        };
        let namespace = namespace.map(|namespace| self.lowering.name(namespace));
        let function = self.lowering.name(function);
        let kind = ExprKind::Call { namespace, function, name_span, arguments: arguments.into() };
        Ok(self.lowering.add(kind, span))
    }
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
