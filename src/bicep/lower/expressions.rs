//! Expressions, without what is written behind a value (`.name`, `[0]`, calls): see `postfix`.

use tree_sitter::Node;

use super::super::kinds::{Field, Kind, field, kind};
use super::super::scan::word;
use super::Lowering;
use crate::arm::template::{
    Element, ExprId, ExprKind, ForLoop, Literal, LoopSource, Name, Property, PropertyKey,
};
use crate::source::Span;
use crate::value::Number;

/// The ARM function of each operator that is one.
const OPERATORS: &[(&str, &str)] = &[
    ("+", "add"),
    ("-", "sub"),
    ("*", "mul"),
    ("/", "div"),
    ("%", "mod"),
    ("<", "less"),
    ("<=", "lessOrEquals"),
    (">", "greater"),
    (">=", "greaterOrEquals"),
    ("==", "equals"),
    ("!=", "notEquals"),
    ("=~", "equalsInsensitively"),
    ("!~", "notEqualsInsensitively"),
];

impl<'t> Lowering<'t> {
    /// An expression.
    pub(super) fn expression(&mut self, node: Node<'t>) -> ExprId {
        match self.deeper(node, |this| this.expression_here(node)) {
            Some(id) => id,
            None => self.too_deep(self.span(node)),
        }
    }

    /// The expression in a field of a node.
    pub(super) fn expression_in(&mut self, node: Node<'t>, which: Field) -> ExprId {
        match field(node, which) {
            Some(child) => self.expression(child),
            None => self.error("an expression is missing", self.span(node)),
        }
    }

    fn expression_here(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        match kind(node) {
            Kind::Identifier => {
                let name = self.name_of(node);
                self.add(ExprKind::Symbol(name), span)
            }
            Kind::Integer => self.integer(self.text_of(node), span),
            Kind::True => self.literal(Literal::Bool(true), span),
            Kind::False => self.literal(Literal::Bool(false), span),
            Kind::Null => self.literal(Literal::Null, span),
            Kind::String | Kind::MultilineString | Kind::InterpolatedString => self.string(node),
            Kind::Object => self.object(node),
            Kind::Array => self.array(node),
            Kind::For => self.value_loop(node),
            Kind::Parenthesized => self.parenthesized(node),
            Kind::Lambda => self.lambda(node),
            Kind::Unary => self.unary(node),
            Kind::Binary => self.binary(node),
            Kind::Conditional => {
                let condition = self.expression_in(node, Field::Condition);
                let then = self.expression_in(node, Field::Then);
                let otherwise = self.expression_in(node, Field::Else);
                self.add(ExprKind::If { condition, then, otherwise }, span)
            }
            _ => self.postfix(node),
        }
    }

    /// A whole number. Bicep's integers have 64 bits; `-9223372036854775808` is read with its sign.
    fn integer(&mut self, text: &str, span: Span) -> ExprId {
        match text.parse::<i64>() {
            Ok(value) => self.literal(Literal::Number(Number::Int(value)), span),
            Err(_) => self.error("this number does not fit 64 bits", span),
        }
    }

    fn unary(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let negative = field(node, Field::Operator).is_some_and(|operator| self.text_of(operator) == "-");
        if let Some(number) =
            field(node, Field::Operand).filter(|operand| negative && kind(*operand) == Kind::Integer)
        {
            let text = format!("-{}", self.text_of(number));
            return self.integer(&text, span);
        }
        let operand = self.expression_in(node, Field::Operand);
        self.function(if negative { "minus" } else { "not" }, span, [operand])
    }

    fn operator(&self, node: Node<'t>) -> Option<&'t str> {
        field(node, Field::Operator)
            .filter(|_| kind(node) == Kind::Binary)
            .map(|operator| self.text_of(operator))
    }

    fn binary(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let operator = self.operator(node).unwrap_or_default();
        if let Some((_, function)) = OPERATORS.iter().find(|(known, _)| *known == operator) {
            let left = self.expression_in(node, Field::Left);
            let right = self.expression_in(node, Field::Right);
            return self.function(function, span, [left, right]);
        }
        // `a && b && c`, however long, is one `and(a, b, c)`.
        let mut operands = Vec::new();
        let mut first = node;
        while self.operator(first) == Some(operator) {
            operands.extend(field(first, Field::Right));
            let Some(left) = field(first, Field::Left) else { break };
            first = left;
        }
        operands.push(first);
        let operands: Box<[ExprId]> =
            operands.into_iter().rev().map(|operand| self.expression(operand)).collect();
        let kind = match operator {
            "&&" => ExprKind::And(operands),
            "||" => ExprKind::Or(operands),
            "??" => ExprKind::Coalesce(operands),
            _ => return self.error(format!("the operator `{operator}` is not known"), span),
        };
        self.add(kind, span)
    }

    /// A call of one of ARM's functions that an operator stands for.
    fn function<const N: usize>(
        &mut self,
        function: &'static str,
        span: Span,
        arguments: [ExprId; N],
    ) -> ExprId {
        let function = self.name(function);
        let arguments = Box::new(arguments);
        self.add(ExprKind::Call { namespace: None, function, name_span: span, arguments }, span)
    }

    fn parenthesized(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        match *self.children(node) {
            [inner] => {
                let inner = self.expression(inner);
                self.add(ExprKind::Parentheses(inner), span)
            }
            [] => self.error("the parentheses are empty", span),
            _ => self.error("`=>` is expected behind the parameters of a lambda", span),
        }
    }

    fn lambda(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let mut parameters = Vec::new();
        if let Some(head) = field(node, Field::Head) {
            let text = self.text_of(head);
            parameters.push(self.name(text.get(..word(text.as_bytes()).len()).unwrap_or_default()));
        } else if let Some(list) = field(node, Field::Parameters) {
            for parameter in self.children(list) {
                if kind(parameter) != Kind::Identifier {
                    return self.error("a parameter of a lambda must be a name", self.span(parameter));
                }
                parameters.push(self.name_of(parameter));
            }
        }
        let body = self.expression_in(node, Field::Body);
        self.add(ExprKind::Lambda { parameters: parameters.into(), body }, span)
    }

    /// What a `for` runs over, and its variables.
    pub(super) fn loop_head(&mut self, node: Node<'t>) -> (LoopSource, Option<Name>, Option<Name>) {
        let over = LoopSource::Items(self.expression_in(node, Field::In));
        let item = field(node, Field::Item).map(|name| self.name_of(name));
        let index = field(node, Field::Index).map(|name| self.name_of(name));
        (over, item, index)
    }

    fn value_loop(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let (over, item, index) = self.loop_head(node);
        let conditional = field(node, Field::Body).filter(|body| kind(*body) == Kind::If);
        let (condition, body) = match conditional {
            Some(inner) => {
                let condition = self.expression_in(inner, Field::Condition);
                (Some(condition), self.expression_in(inner, Field::Body))
            }
            None => (None, self.expression_in(node, Field::Body)),
        };
        let repeat = ForLoop { over, item, index, copy_name: None, condition, body };
        self.add(ExprKind::For(Box::new(repeat)), span)
    }

    fn array(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let items = self.children(node);
        let items = items.into_iter().map(|item| match kind(item) {
            Kind::Spread => Element { value: self.expression_in(item, Field::Value), spread: true },
            _ => Element { value: self.expression(item), spread: false },
        });
        let items = items.collect();
        self.add(ExprKind::Array(items), span)
    }

    fn object(&mut self, node: Node<'t>) -> ExprId {
        let (id, nested) = self.object_and_nested(node);
        for resource in nested {
            let span = self.span(resource);
            self.complain("a resource can be nested only directly in the body of another", span);
        }
        id
    }

    /// An object, and the nested resources among its members.
    pub(super) fn object_and_nested(&mut self, node: Node<'t>) -> (ExprId, Vec<Node<'t>>) {
        let span = self.span(node);
        let mut nested = Vec::new();
        let members = self.children(node);
        let mut properties = Vec::with_capacity(members.len());
        for member in members {
            match kind(member) {
                Kind::NestedResource => nested.push(member),
                Kind::Spread => {
                    let span = self.span(member);
                    let value = self.expression_in(member, Field::Value);
                    properties.push(Property { key: PropertyKey::Spread, key_span: span, span, value });
                }
                _ => properties.push(self.property(member)),
            }
        }
        (self.add(ExprKind::Object(properties.into()), span), nested)
    }

    fn property(&mut self, node: Node<'t>) -> Property {
        let span = self.span(node);
        let (key, key_span) = match field(node, Field::Name) {
            Some(name) if kind(name) == Kind::Key => {
                let whole = self.span(name);
                let text = self.slice(whole).trim_end_matches([':', ' ', '\t']);
                let start = whole.start as usize;
                (PropertyKey::Name(self.name(text)), Span::new(self.file, start, start + text.len()))
            }
            Some(name) => (self.string_key(name), self.span(name)),
            None => (PropertyKey::Name(self.name("")), span),
        };
        Property { key, key_span, span, value: self.expression_in(node, Field::Value) }
    }

    fn string_key(&mut self, node: Node<'t>) -> PropertyKey {
        let id = self.string(node);
        match &self.template.expressions[id].kind {
            ExprKind::Literal(Literal::String(text)) => PropertyKey::Name(text.clone()),
            _ => PropertyKey::Computed(id),
        }
    }
}
