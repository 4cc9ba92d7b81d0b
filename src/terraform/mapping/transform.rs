//! What tables do with a value on its way into the body.

use std::sync::Arc;

use crate::model::BuiltInRole;
use crate::value::{Array, Item, Kind, Member, Number, Object, Reason, ReasonKind, Value, ValueType};

use super::body::open_object;
use super::format::{Const, Part, Transform};
use super::{json, set, text};

/// Where [`Transform::Format`] and [`Transform::Unless`] find attributes.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The block that the attribute is in.
    pub(super) block: &'a Object,
    /// The resource's attributes.
    pub(super) top: &'a Object,
}

impl<'a> Around<'a> {
    fn attribute(&self, name: &str) -> Option<&'a Value> {
        self.block.get_exact(name).or_else(|| self.top.get_exact(name)).map(|member| &member.value)
    }
}

/// The value after all `transforms`. `None` when nothing is to be written. Origin and taint stay.
pub(super) fn apply(transforms: &[Transform], value: &Value, around: Around<'_>) -> Option<Value> {
    let mut value = value.clone();
    for transform in transforms {
        value = one(*transform, &value, around)?;
    }
    Some(value)
}

fn one(transform: Transform, value: &Value, around: Around<'_>) -> Option<Value> {
    match &value.kind {
        Kind::OneOf(alternatives) => {
            let alternatives: Vec<Value> =
                alternatives.iter().filter_map(|value| one(transform, value, around)).collect();
            let chosen = Value::one_of(alternatives)?;
            Some(Value { origin: value.origin.clone(), secret: value.secret || chosen.secret, ..chosen })
        }
        Kind::Unknown(unknown) if !matters_not(transform) => {
            if matches!(transform, Transform::Text) && unknown.value_type == ValueType::String {
                return Some(value.clone());
            }
            let still = crate::value::Unknown {
                reasons: Arc::clone(&unknown.reasons),
                value_type: result_type(transform),
                facts: crate::value::Facts::default(),
                identity: None,
            };
            Some(Value { kind: Kind::Unknown(Arc::new(still)), ..value.clone() })
        }
        _ => {
            let done = known(transform, value, around)?;
            Some(Value { origin: value.origin.clone(), secret: value.secret || done.secret, ..done })
        }
    }
}

/// A region in ARM's spelling.
pub(super) fn location(value: &Value) -> Value {
    let nothing = Object::new();
    let around = Around { block: &nothing, top: &nothing };
    one(Transform::Location, value, around).unwrap_or_else(|| value.clone())
}

/// Whether the outcome does not depend on what the value is.
fn matters_not(transform: Transform) -> bool {
    matches!(
        transform,
        Transform::Format(_)
            | Transform::Prefix(_)
            | Transform::Wrap { .. }
            | Transform::Unless { .. }
            | Transform::ReadFrom(_)
            | Transform::Bool
            | Transform::Number
    )
}

fn result_type(transform: Transform) -> ValueType {
    match transform {
        Transform::Bool | Transform::Not | Transform::Present | Transform::Contains(_) => ValueType::Bool,
        Transform::Number | Transform::Times(_) | Transform::Over(_) => ValueType::Number,
        Transform::Split(_) | Transform::Pairs { .. } | Transform::First | Transform::Set => ValueType::Array,
        Transform::Keys | Transform::ByName | Transform::Wrap { .. } => ValueType::Object,
        Transform::JsonDecode => ValueType::Any,
        Transform::Map(words) => match words.first() {
            Some((_, Const::Text(_))) => ValueType::String,
            Some((_, Const::Bool(_))) => ValueType::Bool,
            Some((_, Const::Int(_))) => ValueType::Number,
            _ => ValueType::Any,
        },
        Transform::Constant(_) => ValueType::Any,
        _ => ValueType::String,
    }
}

/// The transform of a value that is neither unknown nor a choice.
fn known(transform: Transform, value: &Value, around: Around<'_>) -> Option<Value> {
    Some(match transform {
        Transform::Bool => match value.as_str() {
            Some("true") => Value::bool(true),
            Some("false") => Value::bool(false),
            _ => value.clone(),
        },
        Transform::Number => match value.as_str().and_then(Number::parse) {
            Some(number) => Value::new(Kind::Number(number)),
            None => value.clone(),
        },
        Transform::Text => text::of_scalar(value).map_or_else(|| value.clone(), Value::string),
        Transform::Not => match text::of_scalar(value).as_deref() {
            Some("true") => Value::bool(false),
            Some("false") => Value::bool(true),
            _ => value.clone(),
        },
        Transform::Map(words) => return mapped(words, value),
        Transform::Constant(constant) => of_const(constant),
        Transform::Present => Value::bool(true),
        Transform::First => first(value),
        Transform::Contains(item) => contains(value, item),
        Transform::Join(separator) => text::join(value, separator),
        Transform::Split(separator) => match value.as_str() {
            Some(text) => split(text, separator),
            None => value.clone(),
        },
        Transform::Before(mark) => {
            cut(value, |text| Some(text.split_once(mark).map_or(text, |(before, _)| before)))?
        }
        Transform::After(mark) => cut(value, |text| text.split_once(mark).map(|(_, after)| after))?,
        Transform::AfterLast(mark) => {
            cut(value, |text| Some(text.rsplit_once(mark).map_or(text, |(_, after)| after)))?
        }
        Transform::Unless { attribute, value: other } => {
            let found = around.attribute(attribute).and_then(text::of_scalar);
            (found.as_deref() != Some(other)).then(|| value.clone())?
        }
        Transform::ReadFrom(what) => {
            let text = format!("the provider reads it from {what}");
            Value::unknown(Reason::new(ReasonKind::Runtime, text))
        }
        Transform::Set => set::in_order(value),
        Transform::Prefix(prefix) => text::concat(&[Value::string(prefix), value.clone()]),
        Transform::Times(factor) => number(value, |n| n.checked_mul(factor)),
        Transform::Over(divisor) => number(value, |n| n.checked_div(divisor)),
        Transform::Format(parts) => return formatted(parts, around),
        Transform::Pairs { key, value: name } => pairs(value, key, name),
        Transform::Keys => keys(value),
        Transform::ByName => by_name(value),
        Transform::OnlyItem => only_item(value)?,
        Transform::Wrap { key, constant, value: name } => {
            Value::object([(key, Value::string(constant)), (name, value.clone())].into_iter().collect())
        }
        Transform::Location => cut_owned(value, |text| text.replace(' ', "").to_lowercase()),
        Transform::JsonDecode => json::decode(value),
        Transform::JsonEncode => json::encode(value),
        Transform::KeyVaultUri => key_part(value, |uri, _, _| Some(uri))?,
        Transform::KeyName => key_part(value, |_, name, _| Some(name))?,
        Transform::KeyVersion => key_part(value, |_, _, version| version)?,
        Transform::RoleDefinitionId => role_definition_id(value),
    })
}

fn mapped(words: &[(&str, Const)], value: &Value) -> Option<Value> {
    let Some(word) = text::of_scalar(value) else { return Some(value.clone()) };
    let found = words
        .iter()
        .find(|(from, _)| *from == word)
        .or_else(|| words.iter().find(|(from, _)| from.eq_ignore_ascii_case(&word)));
    match found {
        Some((_, to)) => Some(of_const(*to)),
        None if word == "true" || word == "false" => None,
        None => Some(value.clone()),
    }
}

/// A table's constant as a value.
pub(super) fn of_const(constant: Const) -> Value {
    match constant {
        Const::Bool(value) => Value::bool(value),
        Const::Int(value) => Value::int(value),
        Const::Text(text) => Value::string(text),
        Const::List(items) => Value::array(items.iter().map(|item| of_const(*item)).collect()),
        Const::Object(members) => {
            Value::object(members.iter().map(|(key, value)| (*key, of_const(*value))).collect())
        }
    }
}

fn first(value: &Value) -> Value {
    let Some(array) = value.as_array() else { return Value::bool(true) };
    let items = array.items.iter().enumerate();
    let items = items.map(|(index, item)| Item { site: item.site, value: Value::bool(index == 0) }).collect();
    Value::array(Array { items, open: array.open.clone(), ..Array::default() })
}

/// Whether a list holds this string, as far as it is known; what is no list is asked itself.
fn contains(value: &Value, item: &str) -> Value {
    let item = Value::string(item);
    let Some(array) = value.as_array() else {
        return value.equals(&item, true).map_or_else(|| value.clone(), Value::bool);
    };
    let answers: Vec<Option<bool>> = array.values().map(|other| other.equals(&item, true)).collect();
    match (answers.contains(&Some(true)), answers.contains(&None), &array.open) {
        (true, _, _) => Value::bool(true),
        (false, false, None) => Value::bool(false),
        _ => Value::new(Kind::Unknown(super::read::unknown_of(value))),
    }
}

fn split(text: &str, separator: &str) -> Value {
    Value::array(
        text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(Value::string).collect(),
    )
}

/// A part of a string; anything but a string stays as it is.
fn cut(value: &Value, part: impl Fn(&str) -> Option<&str>) -> Option<Value> {
    match value.as_str() {
        Some(text) => part(text).map(Value::string),
        None => Some(value.clone()),
    }
}

fn cut_owned(value: &Value, part: impl Fn(&str) -> String) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::string(part(text)))
}

fn number(value: &Value, compute: impl Fn(i64) -> Option<i64>) -> Value {
    let number = match &value.kind {
        Kind::String(text) => Number::parse(text).and_then(Number::as_i64),
        _ => value.as_int(),
    };
    number.and_then(compute).map_or_else(|| value.clone(), Value::int)
}

fn formatted(parts: &[Part], around: Around<'_>) -> Option<Value> {
    let mut values = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Part::Text(text) => values.push(Value::string(*text)),
            Part::Attribute(name) => {
                values.push(around.attribute(name).filter(|value| !value.is_null())?.clone());
            }
        }
    }
    Some(text::concat(&values))
}

fn pairs(value: &Value, key: &str, name: &str) -> Value {
    let Some(object) = value.as_object() else { return value.clone() };
    let items = object.members().map(|(written, member)| {
        let mut pair = Object::new();
        pair.insert(key, Value::string(Arc::clone(&written.0)));
        pair.insert(name, member.clone());
        Item { site: member.site, value: Value::object(pair) }
    });
    Value::array(Array { items: items.collect(), open: object.open.clone(), ..Array::default() })
}

pub(super) fn keys(value: &Value) -> Value {
    let Some(array) = value.as_array() else { return value.clone() };
    let mut object = open_object(array.open.clone());
    for item in &array.items {
        let empty = Value { origin: item.value.origin.clone(), ..Value::object(Object::new()) };
        match text::of_scalar(&item.value)
            .or_else(|| item.value.as_reference().map(|reference| reference.describe()))
        {
            Some(key) => {
                object.insert(key, Member { site: item.site, key_span: None, value: empty });
            }
            None => object.open = Some(super::read::unknown_of(&item.value)),
        }
    }
    Value::object(object)
}

fn by_name(value: &Value) -> Value {
    let Some(array) = value.as_array() else { return value.clone() };
    let mut object = open_object(array.open.clone());
    for item in &array.items {
        let block = item.value.as_object();
        match block.and_then(|block| Some((block, block.value("name")?.as_str()?))) {
            Some((block, name)) => {
                let mut rest = block.clone();
                rest.remove("name");
                let value = Value { origin: item.value.origin.clone(), ..Value::object(rest) };
                object.insert(name, Member { site: item.site, key_span: None, value });
            }
            None => object.open = Some(super::read::unknown_of(&item.value)),
        }
    }
    Value::object(object)
}

fn only_item(value: &Value) -> Option<Value> {
    match value.as_array() {
        Some(array) if array.is_closed() && array.items.len() == 1 => {
            array.items.first().map(|item| item.value.clone())
        }
        Some(_) => None,
        None => Some(value.clone()),
    }
}

/// `https://v.vault.azure.net/keys/k/0123` in its parts: vault, name, version. Anything else but a string stays as it is.
fn key_part(
    value: &Value,
    part: for<'a> fn(&'a str, &'a str, Option<&'a str>) -> Option<&'a str>,
) -> Option<Value> {
    let Some(text) = value.as_str() else { return Some(value.clone()) };
    let Some((base, rest)) = text.split_once("/keys/") else { return Some(value.clone()) };
    let (name, version) = match rest.split_once('/') {
        Some((name, version)) => (name, Some(version).filter(|version| !version.is_empty())),
        None => (rest, None),
    };
    part(base, name, version).map(Value::string)
}

fn role_definition_id(value: &Value) -> Value {
    match value.as_str().and_then(BuiltInRole::by_name) {
        Some(role) => {
            Value::string(format!("/providers/Microsoft.Authorization/roleDefinitions/{}", role.id))
        }
        None => value.clone(),
    }
}
