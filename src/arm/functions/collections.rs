//! Arrays, and what strings have in common with them.

use std::sync::Arc;

use super::strings::{prefix_text, text_pieces};
use super::table::{ANY, Answer, Call, Function, Stop, Taint, is_open};
use super::{MAX_ITEMS, units};
use crate::value::{Array, Facts, Item, Kind, Number, Piece, Unknown, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("createArray", (0, ANY), ValueType::Array, |call| {
        Ok(Value::array(call.arguments.iter().cloned().collect()))
    }),
    Function::new("empty", (1, 1), ValueType::Bool, empty),
    Function::new("length", (1, 1), ValueType::Number, length).tainted(Taint::Never),
    Function::new("first", (1, 1), ValueType::Any, |call| end(call, false)),
    Function::new("last", (1, 1), ValueType::Any, |call| end(call, true)),
    Function::new("take", (2, 2), ValueType::Any, |call| part(call, true)),
    Function::new("skip", (2, 2), ValueType::Any, |call| part(call, false)),
    Function::new("flatten", (1, 1), ValueType::Array, flatten),
    Function::new("distinct", (1, 1), ValueType::Array, distinct),
    Function::new("indexFromEnd", (2, 2), ValueType::Any, |call| from_end(call, false)),
    Function::new("tryIndexFromEnd", (2, 2), ValueType::Any, |call| from_end(call, true)),
    Function::new("tryGet", (2, ANY), ValueType::Any, try_get),
];

fn empty(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Null => Ok(Value::bool(true)),
        Kind::String(text) => Ok(Value::bool(text.is_empty())),
        Kind::Reference(reference) if reference.property.is_none() => Ok(Value::bool(false)),
        Kind::Array(array) if !array.items.is_empty() => Ok(Value::bool(false)),
        Kind::Array(array) if array.is_closed() => Ok(Value::bool(true)),
        Kind::Object(object) if !object.is_empty() => Ok(Value::bool(false)),
        Kind::Object(object) if object.is_closed() => Ok(Value::bool(true)),
        Kind::Unknown(unknown) if has_content(unknown) => Ok(Value::bool(false)),
        Kind::Unknown(unknown) if matches!(unknown.value_type, ValueType::Bool | ValueType::Number) => {
            Err(call.wrong_argument(0, value, "a string, an array or an object"))
        }
        Kind::Bool(_) | Kind::Number(_) => {
            Err(call.wrong_argument(0, value, "a string, an array or an object"))
        }
        _ => Err(Stop::Unknown),
    }
}

/// Whether an unknown string or array surely has a character or item.
fn has_content(unknown: &Unknown) -> bool {
    matches!(unknown.value_type, ValueType::String | ValueType::Array | ValueType::Object)
        && (unknown.facts.min.is_some_and(|min| min > 0)
            || unknown.facts.pieces.iter().any(|pieces| {
                pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if !text.is_empty()))
            }))
}

fn count(length: usize) -> Value {
    Value::int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn length(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    let at_least =
        |length: usize| Err(Stop::Facts(Facts { min: i64::try_from(length).ok(), ..Facts::default() }));
    match &value.kind {
        Kind::String(text) => Ok(count(units::length(text))),
        Kind::Array(array) if array.is_closed() => Ok(count(array.items.len())),
        Kind::Array(array) => at_least(array.items.len()),
        Kind::Object(object) if object.is_closed() => Ok(count(object.len())),
        Kind::Object(object) => at_least(object.len()),
        Kind::Unknown(unknown) if sized(unknown.value_type) => match (unknown.facts.min, unknown.facts.max) {
            (Some(min), Some(max)) if min == max => Ok(Value::int(min)),
            (min, max) => Err(Stop::Facts(Facts { min: min.or(Some(0)), max, ..Facts::default() })),
        },
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => Err(Stop::Unknown),
        _ => Err(call.wrong_argument(0, value, "a string, an array or an object")),
    }
}

fn sized(value_type: ValueType) -> bool {
    matches!(value_type, ValueType::String | ValueType::Array | ValueType::Object)
}

/// The first or last item or character; null of an empty array, the empty string of an empty string.
fn end(call: &Call<'_>, last: bool) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Array(array) if array.is_closed() => {
            let item = if last { array.items.last() } else { array.items.first() };
            Ok(item.map_or_else(Value::null, |item| item.value.clone()))
        }
        Kind::Array(_) => Err(Stop::Unknown),
        Kind::String(text) => Ok(Value::string(&*one_unit(text, last))),
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
            let pieces = match text_pieces(call, 0) {
                Ok(pieces) => pieces,
                Err(Stop::Unknown | Stop::Wrong(_)) if value.value_type() == ValueType::Array => {
                    return Err(Stop::Unknown);
                }
                Err(stop) => return Err(stop),
            };
            match if last { pieces.last() } else { pieces.first() } {
                Some(Piece::Text(text)) => Ok(Value::string(&*one_unit(text, last))),
                _ => Err(Stop::Unknown),
            }
        }
        _ => Err(call.wrong_argument(0, value, "a string or an array")),
    }
}

fn one_unit(text: &str, last: bool) -> std::borrow::Cow<'_, str> {
    let start = if last { units::length(text).saturating_sub(1) } else { 0 };
    units::slice(text, start, 1)
}

/// `take` and `skip`: a count beyond the end takes all, a negative one nothing.
fn part(call: &Call<'_>, take: bool) -> Answer {
    let number = usize::try_from(call.int(1)?.max(0)).unwrap_or(usize::MAX);
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Array(array) => {
            if array.open.is_some() {
                return part_of_open(array, number, take);
            }
            let at = number.min(array.items.len());
            let (head, tail) = array.items.split_at(at);
            let items = if take { head } else { tail };
            Ok(Value::array(Array { items: items.to_vec(), ..Array::default() }))
        }
        Kind::String(text) => Ok(Value::string(&*if take {
            units::slice(text, 0, number)
        } else {
            units::slice(text, number, usize::MAX)
        })),
        Kind::Unknown(unknown) if unknown.value_type == ValueType::Array => Err(Stop::Unknown),
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
            part_of_half_known(call, value, number, take)
        }
        _ => Err(call.wrong_argument(0, value, "a string or an array")),
    }
}

/// The items that are known may or may not be in the part.
fn part_of_open(array: &Array, number: usize, take: bool) -> Answer {
    if take && number == 0 {
        return Ok(Value::array(Array::default()));
    }
    if !take && number == 0 {
        return Ok(Value::array(array.clone()));
    }
    Err(Stop::Unknown)
}

fn part_of_half_known(call: &Call<'_>, value: &Value, number: usize, take: bool) -> Answer {
    let prefix = match prefix_text(call, 0) {
        Ok(prefix) => prefix,
        Err(Stop::Wrong(_)) => return Err(call.wrong_argument(0, value, "a string or an array")),
        Err(stop) => return Err(stop),
    };
    let known = units::length(&prefix);
    if !take {
        return Err(if number == 0 { return Ok(value.clone()) } else { Stop::Unknown });
    }
    if number <= known {
        return Ok(Value::string(&*units::slice(&prefix, 0, number)));
    }
    if longest(&text_pieces(call, 0)?).is_some_and(|longest| longest <= number) {
        return Ok(value.clone());
    }
    if value.value_type() != ValueType::String {
        return Err(Stop::Unknown);
    }
    let max = i64::try_from(number).ok();
    let rest = Unknown::because_of([value]).map(|unknown| {
        let facts = Facts { max: i64::try_from(number - known).ok(), not_null: true, ..Facts::default() };
        Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::String).with_facts(facts))))
    });
    let pieces: Vec<Piece> = match rest {
        Some(rest) if known > 0 => vec![Piece::Text(prefix), Piece::Hole(rest)],
        _ => return Err(Stop::Facts(Facts { max, ..Facts::default() })),
    };
    let min = i64::try_from(known).ok();
    Err(Stop::Facts(Facts { not_null: true, min, max, pieces: Some(pieces.into()) }))
}

/// The greatest length that a half-known string can have.
fn longest(pieces: &[Piece]) -> Option<usize> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Some(units::length(text)),
            Piece::Hole(value) => usize::try_from(value.as_unknown()?.facts.max?).ok(),
        })
        .sum()
}

/// One level of nesting less.
fn flatten(call: &Call<'_>) -> Answer {
    let array = call.array(0)?;
    let mut out = Array { open: array.open.clone(), ..Array::default() };
    for value in array.values() {
        match &value.kind {
            Kind::Array(inner) => {
                out.items.extend(
                    inner.items.iter().map(|item| Item {
                        site: item.site,
                        value: item.value.clone().tainted(value.secret),
                    }),
                );
                out.open = out.open.take().or_else(|| inner.open.clone());
            }
            Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
                out.open = out.open.take().or_else(|| Unknown::because_of([value]).map(Arc::new));
            }
            _ => return call.wrong("an item is no array"),
        }
        if out.items.len() > MAX_ITEMS {
            return Err(Stop::Limit(format!("an array of more than {MAX_ITEMS} items is not made")));
        }
    }
    Ok(Value::array(out))
}

fn distinct(call: &Call<'_>) -> Answer {
    distinct_items(call.closed_array(0)?.items.iter())
        .map(|items| Value::array(Array { items, ..Array::default() }))
}

/// The items without those that equal one before them; unknown where an unknown item may equal another.
pub(super) fn distinct_items<'a>(items: impl Iterator<Item = &'a Item>) -> Result<Vec<Item>, Stop> {
    let mut out: Vec<Item> = Vec::new();
    // Strings, by far the most frequent, are found by hash.
    let mut strings: rustc_hash::FxHashSet<&str> = rustc_hash::FxHashSet::default();
    let mut others: Vec<&Value> = Vec::new();
    for item in items {
        if let Some(text) = item.value.as_str() {
            if strings.insert(text) {
                out.push(item.clone());
            }
            continue;
        }
        let mut repeated = false;
        for other in &others {
            match other.equals(&item.value, false) {
                Some(true) => repeated = true,
                Some(false) => {}
                None => return Err(Stop::Unknown),
            }
        }
        if is_open(&item.value) && !strings.is_empty() && !repeated {
            return Err(Stop::Unknown);
        }
        if !repeated {
            others.push(&item.value);
            out.push(item.clone());
        }
    }
    let open = others.iter().any(|value| is_open(value));
    if open && out.len() > others.len() { Err(Stop::Unknown) } else { Ok(out) }
}

fn from_end(call: &Call<'_>, safe: bool) -> Answer {
    let index = call.int(1)?;
    if safe && call.argument(0)?.is_null() {
        return Ok(Value::null());
    }
    let array = call.closed_array(0)?;
    let at = usize::try_from(index).ok().filter(|index| *index > 0);
    match at.and_then(|index| array.items.len().checked_sub(index)).and_then(|at| array.items.get(at)) {
        Some(item) => Ok(item.value.clone()),
        None if safe => Ok(Value::null()),
        None => call.wrong(&format!("the array of {} has no item {index} from its end", array.items.len())),
    }
}

/// Follows keys and indices; null as soon as one is not there.
fn try_get(call: &Call<'_>) -> Answer {
    let mut value = call.argument(0)?.clone();
    for key in call.arguments.get(1..).unwrap_or_default() {
        let secret = value.secret;
        let found = match (&value.kind, &key.kind) {
            (Kind::Null, _) => None,
            (Kind::Object(object), Kind::String(name)) => match object.value(name) {
                None if !object.is_closed() => return Err(Stop::Unknown),
                found => found.cloned(),
            },
            (Kind::Array(array), Kind::Number(Number::Int(index))) => {
                match usize::try_from(*index).ok().and_then(|index| array.items.get(index)) {
                    None if !array.is_closed() => return Err(Stop::Unknown),
                    found => found.map(|item| item.value.clone()),
                }
            }
            (Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_), _)
            | (_, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)) => return Err(Stop::Unknown),
            _ => return call.wrong("a property is named by a string and an item by a number"),
        };
        match found {
            Some(found) => value = found.tainted(secret),
            None => return Ok(Value::null()),
        }
    }
    Ok(value)
}
