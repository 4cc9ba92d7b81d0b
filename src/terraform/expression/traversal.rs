//! Names, attributes, indexes, splats.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::operators::{error_in, is_unknown, unknown_from};
use super::types::{TypeConstraint, convert, to_text, type_of};
use crate::source::Span;
use crate::terraform::ast::{ExprId, ExprKind, Name};
use crate::value::{Array, Collection, Item, Kind, Number, Object, Reference, Unknown, Value, ValueType};

/// A step of a traversal and its place.
enum Step {
    Attribute(Name),
    Index(ExprId),
    Splat(ExprId),
}

impl Evaluator<'_> {
    /// A traversal from its beginning to its end, without recursion on its length.
    pub(super) fn traversal(&mut self, id: ExprId) -> Value {
        let expressions = self.expressions;
        let mut steps: Vec<(Step, Span)> = Vec::new();
        let mut base = id;
        loop {
            let expression = &expressions[base];
            let (step, next) = match &expression.kind {
                ExprKind::GetAttribute { base, name } => (Step::Attribute(Arc::clone(name)), *base),
                ExprKind::Index { base, key } => (Step::Index(*key), *base),
                ExprKind::Splat { base, each } => (Step::Splat(*each), *base),
                _ => break,
            };
            steps.push((step, expression.span));
            base = next;
        }
        steps.reverse();
        let span = expressions[base].span;
        let (mut value, used) = match &expressions[base].kind {
            ExprKind::Root(name) => match self.bound(name) {
                Some(value) => (value.clone(), 0),
                None => self.named(name, &steps, span),
            },
            ExprKind::SplatItem => match self.splat_items.last() {
                Some(item) => (item.clone(), 0),
                None => (self.error(span, "Invalid splat: there is no item here"), 0),
            },
            _ => (self.evaluate(base), 0),
        };
        for (step, span) in steps.into_iter().skip(used) {
            value = match step {
                Step::Attribute(name) => self.attribute(&value, &name, span),
                Step::Index(key) => {
                    let key = self.evaluate(key);
                    self.index(&value, &key, span)
                }
                Step::Splat(each) => self.splat(&value, each, span),
            };
        }
        value
    }

    /// What the scope calls by this name and the attributes after it; and how many steps are used up by that.
    fn named(&mut self, root: &str, steps: &[(Step, Span)], span: Span) -> (Value, usize) {
        let mut path = vec![root];
        path.extend(steps.iter().map_while(|(step, _)| match step {
            Step::Attribute(name) => Some(&**name),
            _ => None,
        }));
        let end = steps.get(path.len().saturating_sub(2)).map_or(span, |(_, span)| *span);
        if let Some((value, used)) = self.scope.resolve(&path, end) {
            return (value, used.saturating_sub(1));
        }
        let message = undeclared(&path);
        (self.static_error(end, &message), steps.len())
    }

    pub(super) fn attribute(&mut self, base: &Value, name: &str, span: Span) -> Value {
        let message = match &base.kind {
            Kind::OneOf(_) => {
                return self.alternatives(base, |evaluator, base| evaluator.attribute(base, name, span));
            }
            Kind::Unknown(unknown) => return part_of_unknown(unknown, &format!(".{name}"), base, span),
            Kind::Reference(reference) => return part_of_reference(reference, &format!(".{name}"), base),
            Kind::Object(object) => match object.get_exact(name) {
                Some(member) => return member.value.clone().tainted(base.secret),
                None => match &object.open {
                    Some(open) => return self.open_part(open, (name, &format!(".{name}")), base, span),
                    None if object.collection == Collection::Literal => {
                        format!("Unsupported attribute: this object does not have an attribute named \"{name}\"")
                    }
                    None => format!("Missing map element: this map does not have an element with the key \"{name}\""),
                },
            },
            Kind::Null => "Attempt to get attribute from null value: this value is null, so it does not have any attributes".to_owned(),
            Kind::Array(_) => "Unsupported attribute: can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list?".to_owned(),
            _ => format!("Unsupported attribute: can't access attributes on a primitive-typed value ({})", type_of(base).describe()),
        };
        self.error(span, &message)
    }

    pub(super) fn index(&mut self, base: &Value, key: &Value, span: Span) -> Value {
        if let Kind::OneOf(_) = base.kind {
            return self.alternatives(base, |evaluator, base| evaluator.index(base, key, span));
        }
        if let Kind::OneOf(_) = key.kind {
            return self.alternatives(key, |evaluator, key| evaluator.index(base, key, span));
        }
        let message = match &base.kind {
            Kind::Null => "Attempt to index null value: this value is null, so it does not have any indices",
            _ if key.is_null() => "Invalid index: can't use a null value as an indexing key",
            Kind::Unknown(unknown) => {
                let step = to_text(key).map_or_else(|| "[?]".to_owned(), |key| format!("[{key}]"));
                return part_of_unknown(unknown, &step, base, span);
            }
            Kind::Reference(reference) => {
                return match to_text(key) {
                    Some(key) => part_of_reference(reference, &format!("[{key}]"), base),
                    None => unknown_from([base, key], ValueType::Any).at(span),
                };
            }
            Kind::Array(array) if array.collection == Collection::Set => {
                "Invalid index: elements of a set are identified only by their value and don't have any separate index or key to select with"
            }
            Kind::Array(array) => return self.index_array(base, array, key, span),
            Kind::Object(object) => return self.index_object(base, object, key, span),
            _ => "Invalid index: this value does not have any indices",
        };
        self.error(span, message)
    }

    /// What an open value has under a key (and as which step) that it does not show.
    fn open_part(&self, open: &Unknown, (key, step): (&str, &str), base: &Value, span: Span) -> Value {
        match self.scope.part(open, key) {
            Some(part) => part.tainted(base.secret),
            None => part_of_unknown(open, step, base, span),
        }
    }

    fn index_array(&mut self, base: &Value, array: &Array, key: &Value, span: Span) -> Value {
        if is_unknown(key) {
            if let (true, Some(open)) = (array.items.is_empty(), &array.open)
                && let Some(part) = self.scope.part(open, "")
            {
                return part.tainted(base.secret || key.secret);
            }
            return any_of(array.values(), key, base).at(span);
        }
        let number = match convert(key, &TypeConstraint::Number) {
            Ok(Value { kind: Kind::Number(number), .. }) => number,
            _ => return self.error(span, "Invalid index: the given key does not identify an element in this collection value: a number is required"),
        };
        let Number::Int(index) = number else {
            return self.error(span, "Invalid index: the given key does not identify an element in this collection value: indexing a sequence requires a whole number, but the given index has a fractional part");
        };
        let Ok(index) = usize::try_from(index) else {
            return self.error(span, "Invalid index: the given key does not identify an element in this collection value: a negative number is not a valid index for a sequence");
        };
        match (array.items.get(index), &array.open) {
            (Some(item), _) => item.value.clone().tainted(base.secret),
            (None, Some(open)) => {
                self.open_part(open, (&index.to_string(), &format!("[{index}]")), base, span)
            }
            (None, None) if array.items.is_empty() => self.error(span, "Invalid index: the given key does not identify an element in this collection value: the collection has no elements"),
            (None, None) => self.error(span, "Invalid index: the given key does not identify an element in this collection value: the given index is greater than or equal to the length of the collection"),
        }
    }

    fn index_object(&mut self, base: &Value, object: &Object, key: &Value, span: Span) -> Value {
        if is_unknown(key) {
            if let (true, Some(open)) = (object.is_empty(), &object.open)
                && let Some(part) = self.scope.part(open, "")
            {
                return part.tainted(base.secret || key.secret);
            }
            return any_of(object.members().map(|(_, member)| &member.value), key, base).at(span);
        }
        let Some(text) = to_text(key) else {
            return self.error(span, "Invalid index: the given key does not identify an element in this collection value: string required");
        };
        match (object.get_exact(&text), &object.open) {
            (Some(member), _) => member.value.clone().tainted(base.secret),
            (None, Some(open)) => self.open_part(open, (&text, &format!("[\"{text}\"]")), base, span),
            (None, None) => self.error(
                span,
                "Invalid index: the given key does not identify an element in this collection value",
            ),
        }
    }

    /// A splat goes over a sequence; any other value is a sequence of one, null of none.
    fn splat(&mut self, base: &Value, each: ExprId, span: Span) -> Value {
        let single;
        let array = match &base.kind {
            Kind::OneOf(_) => {
                return self.alternatives(base, |evaluator, base| evaluator.splat(base, each, span));
            }
            Kind::Null => return Value::array(Array::default()).at(span),
            Kind::Array(array) => array,
            Kind::Unknown(unknown) if may_be_sequence_or_null(unknown) => {
                return unknown_from([base], ValueType::Array).at(span);
            }
            Kind::Reference(reference) if reference.property.is_some() => {
                return unknown_from([base], ValueType::Array).at(span);
            }
            _ => {
                single = Arc::new(Array { items: vec![Item::from(base.clone())], ..Array::default() });
                &single
            }
        };
        let mut items = Vec::with_capacity(array.items.len());
        for item in &array.items {
            let errors = self.errors;
            self.splat_items.push(item.value.clone());
            let value = self.evaluate(each);
            self.splat_items.pop();
            if self.errors > errors {
                return error_in(&value, ValueType::Array).at(span);
            }
            items.push(Item { site: item.site, value });
        }
        let collection =
            if array.collection == Collection::Literal { Collection::Literal } else { Collection::Uniform };
        Value::array(Array { items, open: array.open.clone(), collection }).tainted(base.secret).at(span)
    }
}

fn may_be_sequence_or_null(unknown: &Unknown) -> bool {
    !unknown.facts.not_null || matches!(unknown.value_type, ValueType::Any | ValueType::Array)
}

/// Part of an unknown: not known for the same reasons; the same part of the same unknown is the same.
fn part_of_unknown(unknown: &Unknown, step: &str, base: &Value, span: Span) -> Value {
    let mut part = Unknown::new(unknown.reason().clone());
    part.reasons = Arc::clone(&unknown.reasons);
    part.identity = unknown.identity.as_ref().map(|identity| format!("{identity}{step}").into());
    Value::new(Kind::Unknown(Arc::new(part))).tainted(base.secret).at(base.origin.span.unwrap_or(span))
}

/// Part of what a resource tells after deployment.
fn part_of_reference(reference: &Reference, step: &str, base: &Value) -> Value {
    let property = match &reference.property {
        Some(property) => format!("{property}{step}"),
        None => step.trim_start_matches('.').to_owned(),
    };
    Value { kind: Kind::Reference(Arc::new(reference.with_property(property))), ..base.clone() }
}

/// One of the elements of a collection, by a key that is not known.
pub(super) fn any_of<'v>(values: impl Iterator<Item = &'v Value>, key: &Value, base: &Value) -> Value {
    let secret = key.secret || base.secret;
    let choice = Value::one_of(values.map(|value| value.clone().tainted(secret)));
    match choice {
        Some(choice) if matches!(choice.kind, Kind::OneOf(_)) => choice,
        _ => unknown_from([key], ValueType::Any).tainted(secret),
    }
}

/// What Terraform says of a name that is not declared.
fn undeclared(path: &[&str]) -> String {
    match path {
        ["var", name, ..] => format!(
            "Reference to undeclared input variable: an input variable with the name \"{name}\" has not been declared"
        ),
        ["local", name, ..] => format!(
            "Reference to undeclared local value: a local value with the name \"{name}\" has not been declared"
        ),
        ["module", name, ..] => {
            format!("Reference to undeclared module: no module call named \"{name}\" is declared")
        }
        ["data", kind, name, ..] => format!(
            "Reference to undeclared resource: a data resource \"{kind}\" \"{name}\" has not been declared"
        ),
        ["each" | "count" | "self", ..] => {
            format!("Invalid reference: \"{}\" has no meaning here", path.join("."))
        }
        [kind, name, ..] => format!(
            "Reference to undeclared resource: a managed resource \"{kind}\" \"{name}\" has not been declared"
        ),
        _ => format!(
            "Invalid reference: a reference to a resource type must be followed by at least one attribute access, specifying the resource name: \"{}\"",
            path.join(".")
        ),
    }
}
