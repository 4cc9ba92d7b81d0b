use std::sync::Arc;

use crate::arm::template::{
    Element, ExprId, ExprKind, Literal, Property, PropertyKey, StringPiece, Template,
};
use crate::source::Span;
use crate::value::{
    Array, Facts, Item, Key, Kind, Member, Object, Piece, ReasonKind, Unknown, Value, ValueType,
};

use super::chain::one_of;
use super::frame::Env;
use super::session::{MAX_ITEMS, Session, unknown};
use crate::arm::functions::text;

/// How many combinations of choices among spreads are kept apart.
const MAX_SPREADS: usize = 8;

/// What a property of an object literal brings.
#[derive(Clone)]
enum Entry {
    Member(Key, Member),
    /// A property whose name is not known.
    UnknownKey(Value),
    Spread(Value, Span),
}

impl Session<'_> {
    /// The value of an expression. Total: what cannot be worked out is not known, with the reason.
    pub(super) fn eval(&self, env: &Env, id: ExprId) -> Value {
        let expression = &env.frame.template().expressions[id];
        let span = expression.span;
        match &expression.kind {
            // The most frequent ones need no bookkeeping: they cannot nest.
            ExprKind::Literal(literal) => literal_value(literal).at(span),
            ExprKind::Parameter(name) => self.parameter_here(env, name, span),
            ExprKind::Variable(name) => self.variable_named(&env.frame, name, span),
            kind => self.deeper(span, || self.eval_nested(env, id, kind, span)),
        }
    }

    fn eval_nested(&self, env: &Env, id: ExprId, kind: &ExprKind, span: Span) -> Value {
        match kind {
            ExprKind::Literal(_) | ExprKind::Parameter(_) | ExprKind::Variable(_) => self.eval(env, id),
            ExprKind::Array(items) => self.array(env, items).at(span),
            ExprKind::Object(properties) => self.object(env, properties, &[]).at(span),
            ExprKind::Interpolation(pieces) => self.interpolation(env, pieces, span).at(span),
            ExprKind::Call { namespace, function, arguments, .. } => {
                self.call(env, namespace.as_deref(), function, arguments, span)
            }
            ExprKind::MethodCall { .. }
            | ExprKind::Access { .. }
            | ExprKind::Nested { .. }
            | ExprKind::NonNull(_)
            | ExprKind::Symbol(_)
            | ExprKind::Parentheses(_) => {
                let subject = self.subject(env, id);
                self.subject_value(subject, span)
            }
            ExprKind::If { condition, then, otherwise } => {
                let decides = self.eval(env, *condition);
                match self.truth_of(env, *condition, &decides) {
                    Ok(true) => self.eval(env, *then).computed_from([&decides]),
                    Ok(false) => self.eval(env, *otherwise).computed_from([&decides]),
                    Err(_) => one_of(vec![
                        self.perhaps(|| self.eval(env, *then)),
                        self.perhaps(|| self.eval(env, *otherwise)),
                    ]),
                }
            }
            ExprKind::And(operands) => self.kleene(env, operands, false).at(span),
            ExprKind::Or(operands) => self.kleene(env, operands, true).at(span),
            ExprKind::Coalesce(operands) => self.coalesce(env, operands),
            ExprKind::For(looped) => self.for_loop(env, looped, false, span),
            ExprKind::Lambda { .. } => self.mistake("a lambda can only be an argument of a function", span),
            ExprKind::Error(reason) => unknown(ReasonKind::Error, Arc::clone(reason)).at(span),
        }
    }

    /// Whether a condition holds; `Err` with its value where that is not known.
    pub(super) fn truth(&self, env: &Env, id: ExprId) -> Result<bool, Value> {
        let value = self.eval(env, id);
        self.truth_of(env, id, &value)
    }

    /// The truth of the value that the condition `id` has.
    fn truth_of(&self, env: &Env, id: ExprId, value: &Value) -> Result<bool, Value> {
        match (&value.kind, value.as_bool()) {
            (_, Some(truth)) => Ok(truth),
            (Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_), _) => Err(value.clone()),
            _ => {
                let span = env.frame.template().expressions[id].span;
                Err(self.mistake(
                    format!("a condition must be true or false, this is {}", value.value_type().as_str()),
                    span,
                ))
            }
        }
    }

    /// `and` (`decisive` is false) and `or` (true): one decisive operand decides, whatever the others are.
    fn kleene(&self, env: &Env, operands: &[ExprId], decisive: bool) -> Value {
        let mut open: Vec<Value> = Vec::new();
        let mut decided: Vec<Value> = Vec::new();
        let mut secret = false;
        for operand in operands {
            let value = self.perhaps_if(!open.is_empty(), || self.eval(env, *operand));
            match self.perhaps_if(!open.is_empty(), || self.truth_of(env, *operand, &value)) {
                Ok(truth) if truth == decisive => return Value::bool(decisive).computed_from([&value]),
                Ok(_) => decided.push(value),
                Err(value) => {
                    secret |= value.secret;
                    open.push(value);
                }
            }
        }
        let Some(mut unknown) = Unknown::because_of(&open) else {
            return Value::bool(!decisive).computed_from(&decided);
        };
        unknown.value_type = ValueType::Bool;
        unknown.facts.not_null = true;
        Value::new(Kind::Unknown(Arc::new(unknown))).tainted(secret)
    }

    /// The first operand that is not null.
    fn coalesce(&self, env: &Env, operands: &[ExprId]) -> Value {
        let mut choices: Vec<Value> = Vec::new();
        let mut last = Value::null();
        for operand in operands {
            let value = self.perhaps_if(!choices.is_empty(), || self.eval(env, *operand));
            let mut may_be_null = false;
            for alternative in value.alternatives() {
                match &alternative.kind {
                    Kind::Null => may_be_null = true,
                    Kind::Unknown(unknown) if !unknown.facts.not_null => {
                        may_be_null = true;
                        let known = Unknown {
                            facts: Facts { not_null: true, ..unknown.facts.clone() },
                            ..Unknown::clone(unknown)
                        };
                        let kept = Value { kind: Kind::Unknown(Arc::new(known)), ..alternative.clone() };
                        choices.push(kept.tainted(value.secret));
                    }
                    _ => choices.push(alternative.clone().tainted(value.secret)),
                }
            }
            if !may_be_null {
                return if choices.is_empty() { value } else { one_of(choices) };
            }
            last = value;
        }
        if choices.is_empty() {
            return last;
        }
        choices.push(Value::null());
        one_of(choices)
    }

    /// A string with holes, as ARM's `format` prints it.
    fn interpolation(&self, env: &Env, pieces: &[StringPiece], span: Span) -> Value {
        let pieces = pieces.iter().map(|piece| match piece {
            StringPiece::Text(text) => Piece::Text(Arc::clone(text)),
            StringPiece::Hole(id) => {
                let value = self.eval(env, *id);
                Piece::Hole(match &value.kind {
                    Kind::Reference(reference) => match self.by_names(&env.frame, reference) {
                        Some(by_names) if pieces.len() > 1 => {
                            Value { kind: Kind::Reference(Arc::new(by_names)), ..value }
                        }
                        _ => value,
                    },
                    _ => self.printed(value),
                })
            }
        });
        let value = text::join(pieces.collect());
        match value.as_unknown() {
            Some(unknown) if unknown.reason().kind == ReasonKind::Limit => {
                self.limit(Arc::clone(&unknown.reason().text), span)
            }
            _ => value,
        }
    }

    /// A value as text in a string; what is not known stays as it is.
    fn printed(&self, value: Value) -> Value {
        let secret = value.secret;
        let printed = |value: &Value| match text::printed(value) {
            Some(text) => Value::string(text).tainted(value.secret),
            None => value.clone(),
        };
        match &value.kind {
            Kind::String(_) => value,
            Kind::OneOf(choices) => {
                let printed = choices.iter().map(printed);
                Value::one_of(printed.collect::<Vec<_>>()).unwrap_or_else(Value::null).tainted(secret)
            }
            _ => printed(&value),
        }
    }

    /// ARM's `flatten(createArray(…))`: what spreads into arrays are compiled to.
    pub(super) fn flatten(&self, env: &Env, arrays: &[Element]) -> Value {
        let spread: Vec<Element> =
            arrays.iter().map(|array| Element { value: array.value, spread: true }).collect();
        self.array(env, &spread)
    }

    fn array(&self, env: &Env, elements: &[Element]) -> Value {
        if let [Element { value, spread: true }] = elements {
            // `[...xs]` is `xs`, also where `xs` is not known.
            let spread = self.eval(env, *value);
            return if spread.is_null() { Value::array(Array::default()) } else { spread };
        }
        let mut pieces: Vec<Value> = Vec::with_capacity(elements.len());
        for element in elements {
            pieces.push(self.eval(env, element.value));
        }
        let spreads: Vec<&Value> = elements
            .iter()
            .zip(&pieces)
            .filter(|(element, _)| element.spread)
            .map(|(_, piece)| piece)
            .collect();
        let combinations = combinations(spreads.iter().copied());
        if !(2..=MAX_SPREADS).contains(&combinations) {
            return self.spread_array(env, elements, &pieces, None);
        }
        let arrays = (0..combinations).map(|number| self.spread_array(env, elements, &pieces, Some(number)));
        Value::one_of(arrays.collect::<Vec<_>>()).unwrap_or_else(Value::null)
    }

    /// The array of these elements; of spread choices that of the combination `number`.
    fn spread_array(
        &self,
        env: &Env,
        elements: &[Element],
        pieces: &[Value],
        number: Option<usize>,
    ) -> Value {
        let mut array = Array::default();
        let mut number = number;
        let expressions = &env.frame.template().expressions;
        for (element, piece) in elements.iter().zip(pieces) {
            let span = expressions[element.value].span;
            if !element.spread {
                array.items.push(Item { site: Some(span), value: piece.clone() });
                continue;
            }
            let piece = chosen(piece, &mut number);
            match &piece.kind {
                Kind::Array(more) => {
                    array.items.extend(more.items.iter().cloned());
                    array.open = array.open.take().or_else(|| more.open.clone());
                }
                Kind::Null => {}
                Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
                    array.open = array.open.take().or_else(|| Unknown::because_of([piece]).map(Arc::new));
                }
                _ => {
                    self.mistake("only an array can be spread into an array", span);
                }
            }
            if array.items.len() > MAX_ITEMS {
                return self.limit(format!("an array of more than {MAX_ITEMS} items is not kept"), span);
            }
        }
        Value::array(array)
    }

    /// An object literal without the properties that are called one of `without`.
    pub(super) fn object(&self, env: &Env, properties: &[Property], without: &[&str]) -> Value {
        let entries: Vec<Entry> =
            properties.iter().filter_map(|property| self.entry(env, property, without)).collect();
        self.object_of(entries, env.frame.template().ignores_case)
    }

    /// ARM's `shallowMerge(createArray(…))`: what Bicep's spread is compiled to.
    pub(super) fn shallow_merge(&self, env: &Env, objects: &[Element]) -> Value {
        let expressions = &env.frame.template().expressions;
        let entries = objects
            .iter()
            .map(|object| Entry::Spread(self.eval(env, object.value), expressions[object.value].span));
        self.object_of(entries.collect(), true)
    }

    fn object_of(&self, entries: Vec<Entry>, folded: bool) -> Value {
        let spreads = entries.iter().filter_map(|entry| match entry {
            Entry::Spread(value, _) => Some(value),
            _ => None,
        });
        let count = spreads.clone().count();
        let combinations = combinations(spreads);
        // A plain literal keeps keys that differ in case; a merge does not.
        let folded = folded || count > 0;
        if !(2..=MAX_SPREADS).contains(&combinations) {
            return self.merged_object(entries.into_iter(), folded, None);
        }
        let objects =
            (0..combinations).map(|number| self.merged_object(entries.iter().cloned(), folded, Some(number)));
        Value::one_of(objects.collect::<Vec<_>>()).unwrap_or_else(Value::null)
    }

    fn entry(&self, env: &Env, property: &Property, without: &[&str]) -> Option<Entry> {
        let member =
            |value: Value| Member { site: Some(property.span), key_span: Some(property.key_span), value };
        Some(match &property.key {
            PropertyKey::Name(name) if without.iter().any(|skipped| skipped.eq_ignore_ascii_case(name)) => {
                return None;
            }
            PropertyKey::Name(name) => {
                Entry::Member(Key(Arc::clone(name)), member(self.eval(env, property.value)))
            }
            PropertyKey::Computed(id) => {
                let key = self.printed(self.eval(env, *id));
                match &key.kind {
                    Kind::String(text) => {
                        Entry::Member(Key(Arc::clone(text)), member(self.eval(env, property.value)))
                    }
                    _ => Entry::UnknownKey(key),
                }
            }
            PropertyKey::Copy(name) => {
                let expression = &env.frame.template().expressions[property.value];
                let value = match &expression.kind {
                    ExprKind::For(looped) => {
                        self.deeper(expression.span, || self.for_loop(env, looped, true, expression.span))
                    }
                    _ => self.eval(env, property.value),
                };
                Entry::Member(Key(Arc::clone(name)), member(value))
            }
            PropertyKey::Spread => Entry::Spread(self.eval(env, property.value), property.span),
        })
    }

    /// The object of these entries; of spread choices that of the combination `number`.
    fn merged_object(
        &self,
        entries: impl Iterator<Item = Entry>,
        folded: bool,
        mut number: Option<usize>,
    ) -> Value {
        let mut object = Object::new();
        let open = |object: &mut Object, cause: &Value| {
            object.open = object.open.take().or_else(|| Unknown::because_of([cause]).map(Arc::new));
        };
        for entry in entries {
            match entry {
                Entry::Member(key, member) if folded => object.insert_folded(key, member),
                Entry::Member(key, member) => object.insert(key, member),
                Entry::UnknownKey(key) => open(&mut object, &key),
                Entry::Spread(value, span) => {
                    let piece = chosen(&value, &mut number);
                    match &piece.kind {
                        Kind::Object(more) => object.merge_shallow(more),
                        Kind::Null => {}
                        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => open(&mut object, piece),
                        _ => {
                            self.mistake("only an object can be spread into an object", span);
                        }
                    }
                }
            }
        }
        Value::object(object)
    }

    /// The expression of a property of an object literal, by its name without regard to case.
    pub(super) fn property(&self, template: &Template, object: ExprId, name: &str) -> Option<ExprId> {
        match &template.expressions[object].kind {
            ExprKind::Object(properties) => properties.iter().find_map(|property| match &property.key {
                PropertyKey::Name(own) if own.eq_ignore_ascii_case(name) => Some(property.value),
                _ => None,
            }),
            ExprKind::Parentheses(inner) => self.property(template, *inner, name),
            _ => None,
        }
    }

    /// The value of one property of a body, without working out the others where that can be helped.
    pub(super) fn member_of(&self, env: &Env, object: ExprId, name: &str) -> Option<Value> {
        let template = env.frame.template();
        if let Some(id) = self.property(template, object, name) {
            return Some(self.eval(env, id));
        }
        match &template.expressions[object].kind {
            ExprKind::Object(properties)
                if properties.iter().all(|property| matches!(property.key, PropertyKey::Name(_))) =>
            {
                None
            }
            ExprKind::Error(_) => Some(self.eval(env, object)),
            _ => self.eval(env, object).as_object()?.value(name).cloned(),
        }
    }
}

/// How many combinations these choices have.
fn combinations<'v>(values: impl Iterator<Item = &'v Value>) -> usize {
    values.fold(1, |count: usize, value| count.saturating_mul(value.alternatives().len()))
}

/// The alternative of a value that the combination `number` takes.
fn chosen<'v>(value: &'v Value, number: &mut Option<usize>) -> &'v Value {
    let alternatives = value.alternatives();
    match number {
        Some(number) if alternatives.len() > 1 => {
            let index = *number % alternatives.len();
            *number /= alternatives.len();
            &alternatives[index]
        }
        _ => value,
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
