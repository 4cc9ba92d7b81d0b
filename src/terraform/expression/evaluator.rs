//! The walk over expressions.

use std::sync::Arc;

use super::operators::{error_in, is_unknown, unknown_from};
use super::types::{TypeConstraint, convert, to_text, type_of, unify};
use super::{Scope, functions};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::{ExprId, ExprKind, Expressions, ForExpr, Literal, Name, ObjectItem};
use crate::value::{
    Array, Facts, Item, Key, Kind, Member, Object, Piece, Reason, ReasonKind, Unknown, Value, ValueType,
};

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

    /// Both arms decide the type; only the chosen one's mistakes count.
    fn conditional(&mut self, condition: ExprId, then: ExprId, otherwise: ExprId, span: Span) -> Value {
        let condition_span = self.expressions[condition].span;
        let condition = self.evaluate(condition);
        if condition.is_null() {
            return self.error(
                condition_span,
                "Null condition: the condition value is null. Conditions must either be true or false",
            );
        }
        let condition = match convert(&condition, &TypeConstraint::Bool) {
            Ok(condition) => condition,
            Err(mismatch) => {
                return self.error(
                    condition_span,
                    &format!(
                        "Incorrect condition type: the condition expression must be of type bool: {mismatch}"
                    ),
                );
            }
        };
        let value = match condition.kind {
            Kind::Bool(true) => self.chosen(then, otherwise, span),
            Kind::Bool(false) => self.chosen(otherwise, then, span),
            _ => self.undecided(&condition, then, otherwise, span),
        };
        value.tainted(condition.secret)
    }

    /// The chosen arm, as the type that it has in common with the other.
    fn chosen(&mut self, arm: ExprId, other: ExprId, span: Span) -> Value {
        let value = self.evaluate(arm);
        let errors = self.errors;
        self.quiet += 1;
        let other = self.evaluate(other);
        self.quiet -= 1;
        self.errors = errors;
        let secret = other.secret;
        match common_type(&value, &other) {
            Ok(None) => value.tainted(secret),
            Ok(Some(common)) => match convert(&value, &common) {
                Ok(value) => value.tainted(secret),
                Err(mismatch) => {
                    self.error(span, &format!("Inconsistent conditional result types: {mismatch}"))
                }
            },
            Err(message) => self.error(span, &message),
        }
    }

    /// One of the two arms; what a wrong arm would have been is left out.
    fn undecided(&mut self, condition: &Value, then: ExprId, otherwise: ExprId, span: Span) -> Value {
        let mut arms = Vec::with_capacity(2);
        for arm in [then, otherwise] {
            let errors = self.errors;
            self.quiet += 1;
            let value = self.evaluate(arm);
            self.quiet -= 1;
            if self.errors == errors {
                arms.push(value);
            }
            self.errors = errors;
        }
        let (a, b) = match arms.as_slice() {
            [a, b] => (a, b),
            [one] => return one.clone().tainted(condition.secret),
            _ => return self.evaluate(then),
        };
        match common_type(a, b) {
            Ok(common) => {
                let common = common.unwrap_or(TypeConstraint::Any);
                let (a, b) = (convert(a, &common), convert(b, &common));
                let (Ok(a), Ok(b)) = (a, b) else {
                    return self.error(span, "Inconsistent conditional result types");
                };
                choice(condition, a, b).at(span)
            }
            Err(message) => self.error(span, &message),
        }
    }

    fn for_over(&mut self, each: &'a ForExpr, collection: &Value, span: Span) -> Value {
        let collection_span = self.expressions[each.collection].span;
        let Some(elements) = elements(collection) else {
            return match &collection.kind {
                Kind::Null => self.error(collection_span, "Iteration over null value: a null value cannot be used as the collection in a 'for' expression"),
                Kind::Unknown(_) | Kind::Reference(_) => {
                    let value_type = if each.result_key.is_some() { ValueType::Object } else { ValueType::Array };
                    unknown_from([collection], value_type).at(span)
                }
                _ => self.error(collection_span, &format!("Iteration over non-iterable value: a value of type {} cannot be used as the collection in a 'for' expression", type_of(collection).describe())),
            };
        };
        let mut building =
            Building { open: open_of(collection), secret: collection.secret, ..Building::default() };
        for (key, value) in elements {
            if building.count >= MAX_ITEMS || self.steps > MAX_STEPS {
                return Self::limit(span, "the 'for' expression has more items than are evaluated");
            }
            let bound = self.names.len();
            if let Some(name) = &each.key {
                self.names.push((Arc::clone(name), key));
            }
            self.names.push((Arc::clone(&each.value), value));
            let outcome = self.for_item(each, &mut building);
            self.names.truncate(bound);
            if let Err(error) = outcome {
                return error;
            }
        }
        building.finish(each, span)
    }

    /// One round of a `for`. An error is the whole expression's.
    fn for_item(&mut self, each: &'a ForExpr, building: &mut Building) -> Result<(), Value> {
        if let Some(condition) = each.condition {
            let span = self.expressions[condition].span;
            let value = self.evaluate(condition);
            if value.is_null() {
                return Err(self
                    .error(span, "Invalid 'for' condition: the value of the 'if' clause must not be null"));
            }
            let value = convert(&value, &TypeConstraint::Bool).map_err(|mismatch| {
                self.error(
                    span,
                    &format!("Invalid 'for' condition: the 'if' clause value is invalid: {mismatch}"),
                )
            })?;
            building.secret |= value.secret;
            match value.kind {
                Kind::Bool(true) => {}
                Kind::Bool(false) => return Ok(()),
                _ => {
                    building.undecided.push(value);
                    return Ok(());
                }
            }
        }
        building.count += 1;
        let Some(key) = each.result_key else {
            let site = Some(self.expressions[each.result].span);
            let value = self.result(each.result, ValueType::Array)?;
            building.items.push(Item { site, value });
            return Ok(());
        };
        let span = self.expressions[key].span;
        let key = self.evaluate(key);
        building.secret |= key.secret;
        if is_unknown(&key) {
            building.undecided.push(key);
            return Ok(());
        }
        let Some(text) = to_text(&key) else {
            return Err(self.error(span, "Invalid object key: the key expression in a 'for' expression must produce a string, not null"));
        };
        let value = self.result(each.result, ValueType::Object)?;
        if each.grouped {
            building.groups.entry(Key(text)).or_default().push(value);
        } else if building.object.get_exact(&text).is_some() {
            // A secret's text is not shown.
            let shown = if key.secret { "the same key" } else { &*format!("the key \"{text}\"") };
            return Err(self.error(
                span,
                &format!(
                    "Duplicate object key: two different items produced {shown} in this 'for' expression"
                ),
            ));
        } else {
            building.object.insert(
                Key(text),
                Member { site: Some(self.expressions[each.result].span), key_span: Some(span), value },
            );
        }
        Ok(())
    }

    /// The result of one round; a mistake in it is the whole expression's.
    fn result(&mut self, id: ExprId, value_type: ValueType) -> Result<Value, Value> {
        let errors = self.errors;
        let value = self.evaluate(id);
        if self.errors > errors {
            Err(error_in(&value, value_type).at(self.expressions[id].span))
        } else {
            Ok(value)
        }
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

/// What a `for` makes.
#[derive(Default)]
struct Building {
    items: Vec<Item>,
    object: Object,
    groups: indexmap::IndexMap<Key, Vec<Value>, rustc_hash::FxBuildHasher>,
    open: Option<Arc<Unknown>>,
    undecided: Vec<Value>,
    secret: bool,
    count: usize,
}

impl Building {
    fn finish(mut self, each: &ForExpr, span: Span) -> Value {
        let value_type = if each.result_key.is_some() { ValueType::Object } else { ValueType::Array };
        // Which items there are hangs on something that is not known: so does the whole.
        if !self.undecided.is_empty() {
            return unknown_from(&self.undecided, value_type).tainted(self.secret).at(span);
        }
        let value = if each.result_key.is_some() {
            for (key, values) in self.groups {
                self.object.insert(key, Value::array(values.into_iter().collect()));
            }
            self.object.open = self.open;
            Value::object(self.object)
        } else {
            Value::array(Array { items: self.items, open: self.open, ..Array::default() })
        };
        value.tainted(self.secret).at(span)
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

/// Why a collection may have more than is known.
fn open_of(collection: &Value) -> Option<Arc<Unknown>> {
    match &collection.kind {
        Kind::Array(array) => array.open.clone(),
        Kind::Object(object) => object.open.clone(),
        _ => None,
    }
}

/// Keys and values in the order in which Terraform goes through them: objects and maps by key, a set's element is its key. `None`
/// for what has no elements.
pub(super) fn elements(collection: &Value) -> Option<Vec<(Value, Value)>> {
    match &collection.kind {
        Kind::Array(array) if array.collection == crate::value::Collection::Set => {
            Some(array.values().map(|value| (value.clone(), value.clone())).collect())
        }
        Kind::Array(array) => Some(
            (0_i64..).zip(array.values()).map(|(index, value)| (Value::int(index), value.clone())).collect(),
        ),
        Kind::Object(object) => Some(
            sorted_members(object)
                .into_iter()
                .map(|(key, member)| (Value::string(Arc::clone(&key.0)), member.value.clone()))
                .collect(),
        ),
        _ => None,
    }
}

/// Members by key.
pub(super) fn sorted_members(object: &Object) -> Vec<(&Key, &Member)> {
    let mut members: Vec<(&Key, &Member)> = object.members().collect();
    members.sort_by(|a, b| a.0.cmp(b.0));
    members
}

/// The type that two arms of a conditional are converted to; none where nothing is to be converted.
fn common_type(a: &Value, b: &Value) -> Result<Option<TypeConstraint>, String> {
    let same_primitive = matches!(
        (&a.kind, &b.kind),
        (Kind::Bool(_), Kind::Bool(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::String(_), Kind::String(_))
    );
    if same_primitive || a.is_null() || b.is_null() {
        return Ok(None);
    }
    let (type_a, type_b) = (type_of(a), type_of(b));
    if matches!(type_a, TypeConstraint::Any) || matches!(type_b, TypeConstraint::Any) || type_a.same(&type_b)
    {
        return Ok(None);
    }
    unify(&[type_a.clone(), type_b.clone()]).map(Some).ok_or_else(|| {
        format!(
            "Inconsistent conditional result types: the true and false result expressions must have consistent types. The values are {} and {}",
            type_a.describe(),
            type_b.describe()
        )
    })
}

/// One of two values. Equal texts stay an unknown, known to the last character, as Terraform has it.
fn choice(condition: &Value, a: Value, b: Value) -> Value {
    if let (Kind::String(text), Kind::String(other)) = (&a.kind, &b.kind)
        && text == other
    {
        let mut value = unknown_from([condition], ValueType::String);
        if let Kind::Unknown(unknown) = &mut value.kind {
            let pieces: Arc<[Piece]> = Arc::new([Piece::Text(Arc::clone(text))]);
            Arc::make_mut(unknown).facts = Facts { not_null: true, pieces: Some(pieces), ..Facts::default() };
        }
        return value;
    }
    Value::one_of([a, b])
        .unwrap_or_else(|| unknown_from([condition], ValueType::Any))
        .tainted(condition.secret)
}
