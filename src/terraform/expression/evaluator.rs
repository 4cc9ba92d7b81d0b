//! The walk over expressions.

use std::sync::Arc;

use super::operators::{is_unknown, unknown_from};
use super::types::to_text;
use super::{Scope, functions};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::{ExprId, ExprKind, Expressions, Literal, Name, ObjectItem};
use crate::value::{Array, Item, Key, Kind, Member, Object, Reason, ReasonKind, Value, ValueType};

/// The deepest nesting that is evaluated.
const MAX_DEPTH: usize = 500;
/// The most expressions that one evaluation visits: loops in loops end here.
const MAX_STEPS: usize = 4_000_000;
/// The most items that a `for` or a function makes.
pub(super) const MAX_ITEMS: usize = 100_000;

/// The value of an expression in a scope.
pub fn evaluate(expressions: &Arc<Expressions>, id: ExprId, scope: &dyn Scope) -> Value {
    Evaluator::new(expressions, scope).evaluate(id)
}

/// The state of an evaluation.
pub(super) struct Evaluator<'a> {
    pub(super) expressions: &'a Arc<Expressions>,
    pub(super) scope: &'a dyn Scope,
    /// Names bound by `for`, the innermost last.
    names: Vec<(Name, Value)>,
    /// The items of splats, the innermost last.
    pub(super) splat_items: Vec<Value>,
    /// Mistakes are not reported (inside `try`, or for one of several alternatives).
    pub(super) quiet: usize,
    /// How many mistakes were made.
    pub(super) errors: usize,
    /// How many mistakes were made that `try` does not catch.
    pub(super) static_errors: usize,
    /// Inside a template file, which may not use another.
    pub(super) in_template: bool,
    depth: usize,
    steps: usize,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(expressions: &'a Arc<Expressions>, scope: &'a dyn Scope) -> Self {
        Evaluator {
            expressions,
            scope,
            names: Vec::new(),
            splat_items: Vec::new(),
            quiet: 0,
            errors: 0,
            static_errors: 0,
            in_template: false,
            depth: 0,
            steps: 0,
        }
    }

    /// Reports a mistake; the answer is what is there instead of a value.
    pub(super) fn error(&mut self, span: Span, message: &str) -> Value {
        self.errors += 1;
        if self.quiet == 0 {
            self.scope.report(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, message, span));
        }
        Value::unknown(Reason::new(ReasonKind::Error, message)).at(span)
    }

    /// Reports a mistake that Terraform finds before it evaluates anything: `try` does not catch it.
    pub(super) fn static_error(&mut self, span: Span, message: &str) -> Value {
        self.static_errors += 1;
        let quiet = std::mem::take(&mut self.quiet);
        let value = self.error(span, message);
        self.quiet = quiet;
        value
    }

    /// Whether the bound of all work is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }

    /// Not known because a bound was reached.
    pub(super) fn limit(span: Span, message: &str) -> Value {
        Value::unknown(Reason::new(ReasonKind::Limit, message)).at(span)
    }

    /// The value of an expression.
    pub(super) fn evaluate(&mut self, id: ExprId) -> Value {
        let expressions = self.expressions;
        let span = expressions[id].span;
        self.steps += 1;
        if self.depth >= MAX_DEPTH || self.steps > MAX_STEPS {
            return Self::limit(span, "the expression is too large to be evaluated");
        }
        self.depth += 1;
        let value = self.evaluate_kind(&expressions[id].kind, id, span);
        self.depth -= 1;
        value
    }

    fn evaluate_kind(&mut self, kind: &'a ExprKind, id: ExprId, span: Span) -> Value {
        match kind {
            ExprKind::Literal(literal) => literal_value(literal).at(span),
            ExprKind::Template(parts) => self.template(parts, span),
            ExprKind::Tuple(items) => self.tuple(items).at(span),
            ExprKind::Object(items) => self.object(items, span).at(span),
            ExprKind::Root(_)
            | ExprKind::GetAttribute { .. }
            | ExprKind::Index { .. }
            | ExprKind::Splat { .. }
            | ExprKind::SplatItem => self.traversal(id),
            ExprKind::Call { function, arguments, expand_last } => {
                functions::call(self, function, arguments, *expand_last, span)
            }
            ExprKind::Unary(operator, operand) => {
                let operand = self.evaluate(*operand);
                self.unary(*operator, &operand, span)
            }
            ExprKind::Binary(..) => self.binary_chain(id),
            ExprKind::Conditional { condition, then, otherwise } => {
                self.conditional(*condition, *then, *otherwise, span)
            }
            ExprKind::For(each) => {
                let collection = self.evaluate(each.collection);
                self.alternatives(&collection, |evaluator, collection| {
                    evaluator.for_over(each, collection, span)
                })
            }
            ExprKind::Parentheses(inner) => self.evaluate(*inner),
            ExprKind::Error(reason) => {
                self.errors += 1;
                Value::unknown(Reason::new(ReasonKind::Error, Arc::clone(reason))).at(span)
            }
        }
    }

    /// `a + b + c + …` without recursion on its length.
    fn binary_chain(&mut self, id: ExprId) -> Value {
        let expressions = self.expressions;
        let mut chain = Vec::new();
        let mut first = id;
        while let ExprKind::Binary(operator, left, right) = &expressions[first].kind {
            chain.push((*operator, *right, expressions[first].span));
            first = *left;
        }
        let mut value = self.evaluate(first);
        for (operator, right, span) in chain.into_iter().rev() {
            let right = self.evaluate(right);
            value = self.binary(operator, &value, &right, span);
        }
        value
    }

    fn tuple(&mut self, items: &[ExprId]) -> Value {
        let items = items
            .iter()
            .map(|item| Item { site: Some(self.expressions[*item].span), value: self.evaluate(*item) })
            .collect();
        Value::array(Array { items, ..Array::default() })
    }

    fn object(&mut self, items: &[ObjectItem], span: Span) -> Value {
        let mut object = Object::new();
        let mut unknown_keys = Vec::new();
        let mut secret = false;
        for item in items {
            let key_span = self.expressions[item.key].span;
            let key = self.evaluate(item.key);
            let value = self.evaluate(item.value);
            secret |= key.secret;
            if is_unknown(&key) {
                unknown_keys.push(key);
                continue;
            }
            match to_text(&key) {
                Some(text) => {
                    let member = Member { site: Some(item.span), key_span: Some(key_span), value };
                    object.insert(Key(text), member);
                }
                None if key.is_null() => {
                    return self.error(key_span, "Null value as key: can't use a null value as a key");
                }
                None => {
                    return self.error(
                        key_span,
                        "Incorrect key type: can't use this value as a key: string required",
                    );
                }
            }
        }
        if unknown_keys.is_empty() {
            return Value::object(object).tainted(secret);
        }
        unknown_from(&unknown_keys, ValueType::Object).at(span)
    }

    /// A name bound by a `for`, the innermost first.
    pub(super) fn bound(&self, name: &str) -> Option<&Value> {
        self.names.iter().rev().find(|(bound, _)| &**bound == name).map(|(_, value)| value)
    }

    /// Binds names for the time of `body`.
    pub(super) fn with_names<T>(
        &mut self,
        names: impl IntoIterator<Item = (Name, Value)>,
        body: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.names.len();
        self.names.extend(names);
        let result = body(self);
        self.names.truncate(before);
        result
    }

    /// Runs `body` for a value, or for each of several; an alternative that is a mistake cannot be deployed, and is left out as
    /// long as another is not.
    pub(super) fn alternatives(
        &mut self,
        value: &Value,
        mut body: impl FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        let Kind::OneOf(values) = &value.kind else { return body(self, value) };
        let mut results = Vec::with_capacity(values.len());
        for one in values.iter() {
            let errors = self.errors;
            self.quiet += 1;
            let result = body(self, &one.clone().tainted(value.secret));
            self.quiet -= 1;
            if self.errors == errors {
                results.push(result);
            }
            self.errors = errors;
        }
        match (Value::one_of(results), values.first()) {
            (Some(choice), _) => choice,
            (None, Some(first)) => body(self, &first.clone().tainted(value.secret)),
            (None, None) => body(self, value),
        }
    }
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::null(),
        Literal::Bool(value) => Value::bool(*value),
        Literal::Number(number) => Value::new(Kind::Number(*number)),
        Literal::String(text) => Value::string(Arc::clone(text)),
    }
}
