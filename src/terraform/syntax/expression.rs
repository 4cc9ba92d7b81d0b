//! Expressions: operators by precedence climbing, traversals, constructors, `for`.

use std::sync::Arc;

use super::lexer::TokenKind;
use super::parser::{Parsed, Parser};
use crate::terraform::ast::{
    BinaryOperator, ExprId, ExprKind, ForExpr, Literal, Name, ObjectItem, UnaryOperator,
};
use crate::value::Number;

/// The binary operators and how tightly they bind; all associate to the left.
fn binary_operator(kind: TokenKind) -> Option<(u8, BinaryOperator)> {
    Some(match kind {
        TokenKind::Or => (1, BinaryOperator::Or),
        TokenKind::And => (2, BinaryOperator::And),
        TokenKind::EqualEqual => (3, BinaryOperator::Equal),
        TokenKind::NotEqual => (3, BinaryOperator::NotEqual),
        TokenKind::Less => (4, BinaryOperator::Less),
        TokenKind::LessOrEqual => (4, BinaryOperator::LessOrEqual),
        TokenKind::Greater => (4, BinaryOperator::Greater),
        TokenKind::GreaterOrEqual => (4, BinaryOperator::GreaterOrEqual),
        TokenKind::Plus => (5, BinaryOperator::Add),
        TokenKind::Minus => (5, BinaryOperator::Subtract),
        TokenKind::Star => (6, BinaryOperator::Multiply),
        TokenKind::Slash => (6, BinaryOperator::Divide),
        TokenKind::Percent => (6, BinaryOperator::Modulo),
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression: a conditional or less.
    pub(super) fn expression(&mut self) -> Parsed<ExprId> {
        self.nested(|parser| {
            let start = parser.peek().start;
            let condition = parser.binary(0)?;
            if parser.eat(TokenKind::Question).is_none() {
                return Ok(condition);
            }
            let then = parser.expression()?;
            parser.expect(TokenKind::Colon, "Missing false expression in conditional: the conditional operator (...?...:...) requires a false expression, delimited by a colon")?;
            let otherwise = parser.expression()?;
            let span = parser.span_from(start);
            Ok(parser.add(ExprKind::Conditional { condition, then, otherwise }, span))
        })
    }

    fn binary(&mut self, least: u8) -> Parsed<ExprId> {
        let start = self.peek().start;
        let mut left = self.unary()?;
        while let Some((binding, operator)) = binary_operator(self.peek().kind) {
            if binding <= least {
                break;
            }
            self.next();
            let right = self.nested(|parser| parser.binary(binding))?;
            let span = self.span_from(start);
            left = self.add(ExprKind::Binary(operator, left, right), span);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<ExprId> {
        let token = self.peek();
        let operator = match token.kind {
            TokenKind::Minus => UnaryOperator::Negate,
            TokenKind::Bang => UnaryOperator::Not,
            _ => {
                let term = self.term()?;
                return self.traversal(term, token.start);
            }
        };
        self.next();
        let operand = self.nested(Self::unary)?;
        let span = self.span_from(token.start);
        Ok(self.add(ExprKind::Unary(operator, operand), span))
    }

    fn term(&mut self) -> Parsed<ExprId> {
        let token = self.peek();
        match token.kind {
            TokenKind::Number => {
                self.next();
                let number = Number::parse(self.slice(token));
                let span = self.token_span(token);
                match number {
                    Some(number) => Ok(self.add(ExprKind::Literal(Literal::Number(number)), span)),
                    None => Err(self.fail_at("Invalid number literal", span)),
                }
            }
            TokenKind::Quote => self.quoted(),
            TokenKind::Heredoc => self.heredoc(),
            TokenKind::OpenParenthesis => {
                self.next();
                let inner = self.bracketed(TokenKind::OpenParenthesis, false, |parser| {
                    let inner = parser.expression()?;
                    parser.expect(TokenKind::CloseParenthesis, "Unbalanced parentheses: expected a closing parenthesis to terminate the expression")?;
                    Ok(inner)
                })?;
                let span = self.span_from(token.start);
                Ok(self.add(ExprKind::Parentheses(inner), span))
            }
            TokenKind::OpenBracket => {
                self.next();
                let kind = self.bracketed(TokenKind::OpenBracket, false, Self::tuple)?;
                let span = self.span_from(token.start);
                Ok(self.add(kind, span))
            }
            TokenKind::OpenBrace => {
                self.next();
                let kind = self.object()?;
                let span = self.span_from(token.start);
                Ok(self.add(kind, span))
            }
            TokenKind::Identifier => self.name(),
            _ => Err(self.fail("Invalid expression: expected the start of an expression, but found an invalid expression token")),
        }
    }

    /// A keyword, a function call or the first name of a traversal.
    fn name(&mut self) -> Parsed<ExprId> {
        let token = self.next();
        let word = self.slice(token);
        if matches!(self.peek().kind, TokenKind::OpenParenthesis | TokenKind::DoubleColon) {
            return self.call(token.start, word);
        }
        let kind = match word {
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "null" => ExprKind::Literal(Literal::Null),
            _ => ExprKind::Root(word.into()),
        };
        let span = self.token_span(token);
        Ok(self.add(kind, span))
    }

    fn call(&mut self, start: usize, first: &str) -> Parsed<ExprId> {
        let mut function = first.to_owned();
        while self.eat(TokenKind::DoubleColon).is_some() {
            let part =
                self.expect(TokenKind::Identifier, "Missing function name: function names must follow '::'")?;
            function.push_str("::");
            function.push_str(self.slice(part));
        }
        self.expect(TokenKind::OpenParenthesis, "Missing open parenthesis: function selector must be followed by an open parenthesis to begin the function call")?;
        let (arguments, expand_last) =
            self.bracketed(TokenKind::OpenParenthesis, false, |parser| {
                let mut arguments = Vec::new();
                let mut expand_last = false;
                while parser.peek().kind != TokenKind::CloseParenthesis {
                    arguments.push(parser.expression()?);
                    if parser.eat(TokenKind::Ellipsis).is_some() {
                        expand_last = true;
                        break;
                    }
                    if parser.eat(TokenKind::Comma).is_none() {
                        break;
                    }
                }
                parser.expect(TokenKind::CloseParenthesis, "Missing argument separator: a comma is required to separate each function argument from the next")?;
                Ok((arguments, expand_last))
            })?;
        let span = self.span_from(start);
        let function: Name = function.into();
        Ok(self.add(ExprKind::Call { function, arguments: arguments.into(), expand_last }, span))
    }

    /// What follows a term: attributes, indexes, splats.
    fn traversal(&mut self, mut base: ExprId, start: usize) -> Parsed<ExprId> {
        loop {
            let kind = match self.peek().kind {
                TokenKind::Dot => {
                    self.next();
                    if self.peek().kind == TokenKind::Star {
                        self.next();
                        self.legacy_splat(base)?
                    } else {
                        self.step(base)?
                    }
                }
                TokenKind::OpenBracket => {
                    self.next();
                    self.index(base)?
                }
                _ => return Ok(base),
            };
            let span = self.span_from(start);
            base = self.add(kind, span);
        }
    }

    /// The name or legacy index after a dot.
    fn step(&mut self, base: ExprId) -> Parsed<ExprKind> {
        let token = self.peek();
        match token.kind {
            TokenKind::Identifier => {
                self.next();
                Ok(ExprKind::GetAttribute { base, name: self.slice(token).into() })
            }
            TokenKind::Number => {
                self.next();
                let (text, span) = (self.slice(token), self.token_span(token));
                let Ok(index) = text.parse::<i64>() else {
                    return Err(self.fail_at("Invalid legacy index syntax: when using the legacy index syntax, chaining two indexes together is not permitted; use the proper index syntax instead, like [0][1]", span));
                };
                let key = self.add(ExprKind::Literal(Literal::Number(Number::from(index))), span);
                Ok(ExprKind::Index { base, key })
            }
            _ => Err(self.fail("Invalid attribute name: an attribute name is required after a dot")),
        }
    }

    /// `.*` takes only the attributes that follow; an index after them applies to the result.
    fn legacy_splat(&mut self, base: ExprId) -> Parsed<ExprKind> {
        let start = self.at;
        let span = self.span_from(start);
        let mut each = self.add(ExprKind::SplatItem, span);
        while self.eat(TokenKind::Dot).is_some() {
            if self.peek().kind == TokenKind::Star {
                return Err(self.fail("Nested splat expression not allowed: a splat expression (*) cannot be used inside another attribute-only splat expression"));
            }
            let kind = self.step(each)?;
            let span = self.span_from(start);
            each = self.add(kind, span);
        }
        Ok(ExprKind::Splat { base, each })
    }

    /// `[*]` takes all that follows into each item; anything else is an index.
    fn index(&mut self, base: ExprId) -> Parsed<ExprKind> {
        let key = self.bracketed(TokenKind::OpenBracket, false, |parser| {
            if parser.eat(TokenKind::Star).is_some() {
                parser.expect(TokenKind::CloseBracket, "Missing close bracket on splat index: the star for a full splat operator must be immediately followed by a closing bracket (\"]\")")?;
                return Ok(None);
            }
            let key = parser.expression()?;
            parser.expect(TokenKind::CloseBracket, "Missing close bracket on index: the index operator must end with a closing bracket (\"]\")")?;
            Ok(Some(key))
        })?;
        if let Some(key) = key {
            return Ok(ExprKind::Index { base, key });
        }
        let start = self.at;
        let span = self.span_from(start);
        let item = self.add(ExprKind::SplatItem, span);
        let each = self.nested(|parser| parser.traversal(item, start))?;
        Ok(ExprKind::Splat { base, each })
    }

    fn tuple(&mut self) -> Parsed<ExprKind> {
        if self.at_word("for") {
            return self.for_expression(false);
        }
        let mut items = Vec::new();
        while self.peek().kind != TokenKind::CloseBracket {
            items.push(self.expression()?);
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        self.expect(
            TokenKind::CloseBracket,
            "Missing item separator: expected a comma to mark the beginning of the next item",
        )?;
        Ok(ExprKind::Tuple(items.into()))
    }

    /// An object whose brace has been taken; its items are separated by commas or line ends, unless it is a `for`.
    fn object(&mut self) -> Parsed<ExprKind> {
        let before = std::mem::replace(&mut self.newlines, false);
        let is_for = self.at_word("for");
        self.newlines = before;
        if is_for {
            return self.bracketed(TokenKind::OpenBrace, false, |parser| parser.for_expression(true));
        }
        self.bracketed(TokenKind::OpenBrace, true, |parser| {
            let mut items = Vec::new();
            loop {
                while parser.eat(TokenKind::Newline).is_some() {}
                if parser.eat(TokenKind::CloseBrace).is_some() {
                    break;
                }
                items.push(parser.object_item()?);
                match parser.peek().kind {
                    TokenKind::Comma | TokenKind::Newline => {
                        parser.next();
                    }
                    TokenKind::CloseBrace => {}
                    _ => return Err(parser.fail("Missing attribute separator: expected a newline or comma to mark the beginning of the next attribute")),
                }
            }
            Ok(ExprKind::Object(items.into()))
        })
    }

    fn object_item(&mut self) -> Parsed<ObjectItem> {
        let start = self.peek().start;
        let first = self.peek();
        let mut key = self.expression()?;
        // A bare name is its own text; a keyword too.
        if first.kind == TokenKind::Identifier && self.at == first.end {
            let literal = Literal::String(Arc::from(self.slice(first)));
            let span = self.token_span(first);
            key = self.add(ExprKind::Literal(literal), span);
        }
        if !matches!(self.peek().kind, TokenKind::Equal | TokenKind::Colon) {
            return Err(self.fail("Missing key/value separator: expected an equals sign (\"=\") to mark the beginning of the attribute value"));
        }
        self.next();
        let value = self.expression()?;
        let span = self.span_from(start);
        Ok(ObjectItem { key, value, span })
    }

    /// A `for` up to its closing bracket, which is taken.
    fn for_expression(&mut self, object: bool) -> Parsed<ExprKind> {
        self.next();
        let mut value = self.for_name()?;
        let mut key = None;
        if self.eat(TokenKind::Comma).is_some() {
            key = Some(value);
            value = self.for_name()?;
        }
        if !self.at_word("in") {
            return Err(
                self.fail("Invalid 'for' expression: for expression requires the 'in' keyword after its name declarations")
            );
        }
        self.next();
        let collection = self.expression()?;
        self.expect(
            TokenKind::Colon,
            "Invalid 'for' expression: a colon is required after the collection expression",
        )?;
        let mut result = self.expression()?;
        let mut result_key = None;
        let mut grouped = false;
        if object {
            self.expect(
                TokenKind::Arrow,
                "Invalid 'for' expression: key expression is required when building an object",
            )?;
            result_key = Some(result);
            result = self.expression()?;
            grouped = self.eat(TokenKind::Ellipsis).is_some();
        }
        let mut condition = None;
        if self.at_word("if") {
            self.next();
            condition = Some(self.expression()?);
        }
        let close = if object { TokenKind::CloseBrace } else { TokenKind::CloseBracket };
        self.expect(
            close,
            "Invalid 'for' expression: extra characters after the end of the 'for' expression",
        )?;
        Ok(ExprKind::For(Box::new(ForExpr {
            key,
            value,
            collection,
            result_key,
            result,
            grouped,
            condition,
        })))
    }

    /// A name that a `for` binds.
    pub(super) fn for_name(&mut self) -> Parsed<Name> {
        let token = self.expect(
            TokenKind::Identifier,
            "Invalid 'for' expression: for expression requires a variable name after 'for'",
        )?;
        Ok(self.slice(token).into())
    }
}
