//! Strings out of values, half-known ones too.

use std::sync::Arc;

use crate::value::{Facts, Kind, Piece, Unknown, Value, ValueType};

/// A scalar as Terraform writes it into a string.
pub(super) fn of_scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The values one after the other: a string, a choice of strings, or an unknown that keeps the known pieces.
pub(super) fn concat(values: &[Value]) -> Value {
    let secret = values.iter().any(|value| value.secret);
    let combinations = values.iter().fold(1_usize, |n, value| n.saturating_mul(value.alternatives().len()));
    let choice = values.iter().position(|value| matches!(value.kind, Kind::OneOf(_)));
    if let Some(index) = choice.filter(|_| combinations <= Value::MAX_CHOICES) {
        let choices = values[index].alternatives().iter().map(|choice| {
            let mut values = values.to_vec();
            values[index] = choice.clone();
            concat(&values)
        });
        return Value::one_of(choices).unwrap_or_else(Value::null).tainted(secret);
    }
    if let Some(texts) = values.iter().map(of_scalar).collect::<Option<Vec<String>>>() {
        return Value::string(texts.concat()).tainted(secret);
    }
    let pieces: Vec<Piece> = values
        .iter()
        .map(|value| match of_scalar(value) {
            Some(text) => Piece::Text(Arc::from(text)),
            None => Piece::Hole(value.clone()),
        })
        .collect();
    match Unknown::because_of(values) {
        Some(unknown) => {
            let facts = Facts { not_null: true, pieces: Some(pieces.into()), ..Facts::default() };
            let unknown = unknown.with_type(ValueType::String).with_facts(facts);
            Value::new(Kind::Unknown(Arc::new(unknown))).tainted(secret)
        }
        None => Value::null(),
    }
}

/// The items of a list with `separator` between them; what is no list stays as it is.
pub(super) fn join(value: &Value, separator: &str) -> Value {
    let Some(array) = value.as_array() else { return value.clone() };
    if let Some(open) = &array.open {
        return Value::new(Kind::Unknown(Arc::clone(open)));
    }
    let mut parts = Vec::with_capacity(array.items.len() * 2);
    for (index, item) in array.values().enumerate() {
        if index > 0 {
            parts.push(Value::string(separator));
        }
        parts.push(item.clone());
    }
    concat(&parts)
}
