//! Looking into strings, arrays and objects.
//!
//! On strings `startsWith`, `endsWith`, `indexOf` and `lastIndexOf` ignore case, `contains` does not (from Bicep's tests).

use std::sync::Arc;

use super::strings::{prefix_text, text_pieces};
use super::table::{Answer, Call, Function, Stop, Taint};
use super::units;
use crate::value::{Array, Kind, Object, Piece, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("contains", (2, 2), ValueType::Bool, contains),
    Function::new("startsWith", (2, 2), ValueType::Bool, starts_with),
    Function::new("endsWith", (2, 2), ValueType::Bool, ends_with),
    Function::new("indexOf", (2, 2), ValueType::Number, |call| index_of(call, false)).tainted(Taint::Never),
    Function::new("lastIndexOf", (2, 2), ValueType::Number, |call| index_of(call, true))
        .tainted(Taint::Never),
    Function::new("like", (2, 2), ValueType::Bool, like),
];

fn contains(call: &Call<'_>) -> Answer {
    let container = call.argument(0)?;
    match &container.kind {
        Kind::Array(array) => in_array(array, call.argument(1)?),
        Kind::Object(object) => in_object(call, object),
        Kind::Null => Ok(Value::bool(false)),
        Kind::Bool(_) | Kind::Number(_) => {
            Err(call.wrong_argument(0, container, "a string, an array or an object"))
        }
        _ => in_text(call),
    }
}

fn in_array(array: &Array, item: &Value) -> Answer {
    let mut open = array.open.is_some();
    for value in array.values() {
        match value.equals(item, false) {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { Err(Stop::Unknown) } else { Ok(Value::bool(false)) }
}

/// Property names are found without regard to case.
fn in_object(call: &Call<'_>, object: &Object) -> Answer {
    let key = match &call.argument(1)?.kind {
        Kind::Number(number) => number.to_string(),
        _ => match call.text(1) {
            Ok(key) => key.to_owned(),
            Err(Stop::Unknown) if object.is_empty() && object.is_closed() => return Ok(Value::bool(false)),
            Err(stop) => return Err(stop),
        },
    };
    match object.get(&key) {
        Some(_) => Ok(Value::bool(true)),
        None if object.is_closed() => Ok(Value::bool(false)),
        None => Err(Stop::Unknown),
    }
}

fn in_text(call: &Call<'_>) -> Answer {
    let needle = match &call.argument(1)?.kind {
        Kind::Number(number) => number.to_string(),
        // What may be an array or an object may contain anything.
        _ if call.argument(0)?.value_type() != ValueType::String => return Err(Stop::Unknown),
        _ => call.text(1)?.to_owned(),
    };
    if let Some(text) = call.argument(0)?.as_str() {
        return Ok(Value::bool(text.contains(&needle)));
    }
    let found = text_pieces(call, 0)?
        .iter()
        .any(|piece| matches!(piece, Piece::Text(text) if text.contains(&needle)));
    if found { Ok(Value::bool(true)) } else { Err(Stop::Unknown) }
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn starts_with(call: &Call<'_>) -> Answer {
    let wanted = folded(call.text(1)?);
    let prefix = prefix_text(call, 0)?;
    decide(&folded(&prefix), &wanted, call.argument(0)?.as_str().is_some(), |text, part| {
        text.starts_with(part)
    })
}

fn ends_with(call: &Call<'_>) -> Answer {
    let reversed = |text: &str| folded(text).chars().rev().collect::<String>();
    let wanted = reversed(call.text(1)?);
    let value = call.argument(0)?;
    let suffix: Arc<str> = match text_pieces(call, 0)?.last() {
        Some(Piece::Text(text)) => Arc::clone(text),
        _ => "".into(),
    };
    decide(&reversed(&suffix), &wanted, value.as_str().is_some(), |text, part| text.starts_with(part))
}

/// Whether text that begins with `known` (and is no longer than that, if `whole`) begins with `wanted`.
fn decide(known: &str, wanted: &str, whole: bool, begins: fn(&str, &str) -> bool) -> Answer {
    if begins(known, wanted) {
        return Ok(Value::bool(true));
    }
    if whole || !begins(wanted, known) {
        return Ok(Value::bool(false));
    }
    Err(Stop::Unknown)
}

/// From 0; -1 if it is not there. Items of arrays are compared exactly.
fn index_of(call: &Call<'_>, last: bool) -> Answer {
    let value = call.argument(0)?;
    if let Kind::Array(array) = &value.kind {
        return index_in_array(array, call.argument(1)?, last);
    }
    let needle = folded(call.text(1)?);
    let (text, whole) = match (value.as_str(), last) {
        (Some(text), _) => (Arc::from(text), true),
        (None, false) => (prefix_text(call, 0)?, false),
        (None, true) => return Err(text_pieces(call, 0).map_or_else(|stop| stop, |_| Stop::Unknown)),
    };
    let text = folded(&text);
    match if last { text.rfind(&needle) } else { text.find(&needle) } {
        Some(offset) => Ok(Value::int(i64::try_from(units::position(&text, offset)).unwrap_or(i64::MAX))),
        None if whole => Ok(Value::int(-1)),
        None => Err(Stop::Unknown),
    }
}

fn index_in_array(array: &Array, item: &Value, last: bool) -> Answer {
    let mut found = -1;
    if array.open.is_some() {
        return Err(Stop::Unknown);
    }
    for (index, value) in array.values().enumerate() {
        match value.equals(item, false) {
            Some(true) => {
                found = i64::try_from(index).unwrap_or(i64::MAX);
                if !last {
                    break;
                }
            }
            Some(false) => {}
            None => return Err(Stop::Unknown),
        }
    }
    Ok(Value::int(found))
}

/// `*` stands for any text and `?` for one character, without regard to case.
fn like(call: &Call<'_>) -> Answer {
    let text: Vec<char> = folded(call.text(0)?).chars().collect();
    let pattern: Vec<char> = folded(call.text(1)?).chars().collect();
    Ok(Value::bool(matches_wildcards(&text, &pattern)))
}

fn matches_wildcards(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut in_pattern) = (0, 0);
    // where the last star stood, and how much it has swallowed
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(at) {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(p) if *p == '?' || p == c => {
                at += 1;
                in_pattern += 1;
            }
            _ => match &mut star {
                Some((position, swallowed)) => {
                    *swallowed += 1;
                    at = *swallowed;
                    in_pattern = *position + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(in_pattern).all(|c| *c == '*')
}
