//! `for` expressions, and how collections are gone through.

use std::sync::Arc;

use super::evaluator::{Evaluator, MAX_ITEMS};
use super::operators::{error_in, is_unknown, unknown_from};
use super::types::{TypeConstraint, convert, to_text, type_of};
use crate::source::Span;
use crate::terraform::ast::{ExprId, ForExpr, Name};
use crate::value::{Array, Collection, Item, Key, Kind, Member, Object, Unknown, Value, ValueType};

impl<'a> Evaluator<'a> {
    /// A `for` over a collection.
    pub(super) fn for_over(&mut self, each: &'a ForExpr, collection: &Value, span: Span) -> Value {
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
            if building.count >= MAX_ITEMS || self.is_exhausted() {
                return Self::limit(span, "the 'for' expression has more items than are evaluated");
            }
            let names = each.key.iter().map(|name| (Arc::clone(name), key.clone()));
            let names: Vec<(Name, Value)> = names.chain([(Arc::clone(&each.value), value)]).collect();
            let outcome = self.with_names(names, |evaluator| evaluator.for_item(each, &mut building));
            if let Err(error) = outcome {
                return error;
            }
        }
        building.finish(each, span)
    }

    /// One round of a `for`. An error is the whole expression's.
    fn for_item(&mut self, each: &'a ForExpr, building: &mut Building) -> Result<(), Value> {
        if let Some(condition) = each.condition
            && !self.is_included(condition, building)?
        {
            return Ok(());
        }
        building.count += 1;
        let site = Some(self.expressions[each.result].span);
        let Some(key) = each.result_key else {
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
            return Ok(());
        }
        if building.object.get_exact(&text).is_some() {
            // A secret's text is not shown.
            let shown = if key.secret { "the same key" } else { &*format!("the key \"{text}\"") };
            let message = format!(
                "Duplicate object key: two different items produced {shown} in this 'for' expression"
            );
            return Err(self.error(span, &message));
        }
        building.object.insert(Key(text), Member { site, key_span: Some(span), value });
        Ok(())
    }

    /// Whether the `if` clause lets this round in; where that is not known the round is taken note of.
    fn is_included(&mut self, condition: ExprId, building: &mut Building) -> Result<bool, Value> {
        let span = self.expressions[condition].span;
        let value = self.evaluate(condition);
        if value.is_null() {
            return Err(
                self.error(span, "Invalid 'for' condition: the value of the 'if' clause must not be null")
            );
        }
        let value = convert(&value, &TypeConstraint::Bool).map_err(|mismatch| {
            self.error(
                span,
                &format!("Invalid 'for' condition: the 'if' clause value is invalid: {mismatch}"),
            )
        })?;
        building.secret |= value.secret;
        if let Kind::Bool(included) = value.kind {
            return Ok(included);
        }
        building.undecided.push(value);
        Ok(false)
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

/// Why a collection may have more than is known.
pub(super) fn open_of(collection: &Value) -> Option<Arc<Unknown>> {
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
        Kind::Array(array) if array.collection == Collection::Set => {
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
