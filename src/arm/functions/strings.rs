//! Making strings from strings.

use std::sync::Arc;

use super::composite;
use super::table::{ANY, Answer, Call, Function, Stop, Taint};
use super::text::{join, map_pieces, pieces, printed};
use super::{MAX_ITEMS, MAX_TEXT, units};
use crate::value::{Array, Facts, Item, Kind, Piece, Unknown, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    // The taint of text travels with its pieces; that of arrays with their items.
    Function::new("concat", (1, ANY), ValueType::Any, concat),
    Function::new("format", (1, ANY), ValueType::String, format),
    Function::new("toLower", (1, 1), ValueType::String, |call| by_character(call, str::to_lowercase)),
    Function::new("toUpper", (1, 1), ValueType::String, |call| by_character(call, str::to_uppercase)),
    Function::new("trim", (1, 1), ValueType::String, trim),
    Function::new("padLeft", (2, 3), ValueType::String, pad_left),
    Function::new("replace", (3, 3), ValueType::String, replace),
    Function::new("split", (2, 2), ValueType::Array, split).tainted(Taint::Deep),
    Function::new("join", (1, 2), ValueType::String, join_items),
    Function::new("substring", (2, 3), ValueType::String, substring),
];

/// Strings become one string, arrays one array. Integers and booleans among strings are printed.
fn concat(call: &Call<'_>) -> Answer {
    let is_array = |value: &Value| value.value_type() == ValueType::Array;
    if call.arguments.iter().any(is_array) {
        return concat_arrays(call);
    }
    if call.arguments.iter().all(|value| value.value_type() == ValueType::Any) {
        return Err(Stop::Unknown);
    }
    if let Some((index, value)) =
        call.arguments.iter().enumerate().find(|(_, value)| value.value_type() == ValueType::Object)
    {
        return Err(call.wrong_argument(index, value, "a string or an array"));
    }
    let value = join(call.arguments.iter().cloned().map(Piece::Hole).collect());
    Ok(value)
}

fn concat_arrays(call: &Call<'_>) -> Answer {
    let mut out = Array::default();
    for (index, value) in call.arguments.iter().enumerate() {
        match &value.kind {
            Kind::Array(array) => {
                out.items.extend(array.items.iter().cloned());
                out.open = out.open.take().or_else(|| array.open.clone());
            }
            _ => match call.no(index, value, "an array", ValueType::Array) {
                Stop::Unknown => {
                    out.open = out.open.take().or_else(|| Unknown::because_of([value]).map(Arc::new));
                }
                stop => return Err(stop),
            },
        }
        if out.items.len() > MAX_ITEMS {
            return Err(Stop::Limit(format!("an array of more than {MAX_ITEMS} items is not made")));
        }
    }
    Ok(Value::array(out))
}

/// .NET's composite formatting: `{0}`, `{1,8}`, `{2:N2}`.
fn format(call: &Call<'_>) -> Answer {
    let template = call.text(0)?;
    let arguments = call.arguments.get(1..).unwrap_or_default();
    match composite::format(template, arguments) {
        Ok(pieces) => Ok(join(pieces)),
        Err(message) => call.wrong(&message),
    }
}

/// What works character by character holds for the known pieces of a half-known string.
fn by_character(call: &Call<'_>, change: fn(&str) -> String) -> Answer {
    let value = call.argument(0)?;
    if let Some(text) = value.as_str() {
        return Ok(Value::string(change(text)));
    }
    let Some(known) = value.as_unknown().and_then(|unknown| unknown.facts.pieces.as_deref()) else {
        return Err(match value.as_unknown() {
            Some(unknown) if matches!(unknown.value_type, ValueType::String | ValueType::Any) => {
                Stop::Facts(Facts { pieces: None, ..unknown.facts.clone() })
            }
            _ => text_stop(call, 0),
        });
    };
    Ok(map_pieces(known.to_vec(), change, |hole| of_hole(call, &[hole])))
}

/// The same function of an unknown piece, as a value.
fn of_hole(call: &Call<'_>, arguments: &[Value]) -> Value {
    match super::fallback::answer(call.function, arguments, call.context) {
        Ok(value) => value,
        Err(_) => match Unknown::because_of(arguments) {
            Some(unknown) => Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::String)))),
            None => Value::null(),
        },
    }
}

/// Why a string argument is not known: an error if it is none.
fn text_stop(call: &Call<'_>, index: usize) -> Stop {
    match call.text(index) {
        Ok(_) => Stop::Unknown,
        Err(stop) => stop,
    }
}

fn trim(call: &Call<'_>) -> Answer {
    Ok(Value::string(call.text(0)?.trim()))
}

fn pad_left(call: &Call<'_>) -> Answer {
    let total = call.int(1)?;
    let padding = match call.optional_text(2)? {
        None => ' ',
        Some(text) => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => only,
                _ => return call.wrong("the padding must be one character"),
            }
        }
    };
    let Ok(total) = usize::try_from(total) else { return call.wrong("the length is negative") };
    if total > MAX_TEXT {
        return Err(Stop::Limit(format!("a string of {total} characters is not made")));
    }
    let value = call.argument(0)?;
    let text = match &value.kind {
        Kind::String(_) | Kind::Number(_) => printed(value).unwrap_or_default(),
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
            return Err(Stop::Facts(Facts { min: i64::try_from(total).ok(), ..Facts::default() }));
        }
        _ => return Err(call.wrong_argument(0, value, "a string or an integer")),
    };
    let missing = total.saturating_sub(units::length(&text));
    let mut out = String::with_capacity(text.len() + missing);
    out.extend(std::iter::repeat_n(padding, missing));
    out.push_str(&text);
    Ok(Value::string(out))
}

fn replace(call: &Call<'_>) -> Answer {
    let (old, new) = (call.text(1), call.text(2));
    if matches!(old, Ok("")) {
        return call.wrong("the text to replace is empty");
    }
    let value = call.argument(0)?;
    if let (Some(text), Ok(old), Ok(new)) = (value.as_str(), &old, &new) {
        let grown = text.matches(old).count().saturating_mul(new.len());
        if text.len().saturating_add(grown) > MAX_TEXT {
            return Err(Stop::Limit("the string would be too long".to_owned()));
        }
        return Ok(Value::string(text.replace(old, new)));
    }
    let (old, new) = (old?, new?);
    let Some(known) = value.as_unknown().and_then(|unknown| unknown.facts.pieces.as_deref()) else {
        return Err(text_stop(call, 0));
    };
    // A longer text could lie across two pieces.
    if old.chars().count() > 1 {
        return Err(Stop::Unknown);
    }
    let rest = call.arguments.get(1..).unwrap_or_default();
    let hole = |hole: Value| {
        if cannot_contain(&hole, old) {
            return hole;
        }
        let mut arguments = vec![hole];
        arguments.extend(rest.iter().cloned());
        of_hole(call, &arguments)
    };
    Ok(map_pieces(known.to_vec(), |text| text.replace(old, new), hole))
}

/// Whether an unknown piece surely does not contain `text`: hashes and ids have a small alphabet, names have no slashes.
fn cannot_contain(hole: &Value, text: &str) -> bool {
    let Some(identity) = hole.as_unknown().and_then(|unknown| unknown.identity.as_deref()) else {
        return false;
    };
    if identity.starts_with("uniqueString(") {
        return text.contains(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()));
    }
    if identity.starts_with("guid(") || identity == super::environment::SUBSCRIPTION_ID {
        return text.contains(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    }
    identity == super::environment::RESOURCE_GROUP_NAME && text.contains('/')
}

fn split(call: &Call<'_>) -> Answer {
    let delimiter = call.argument(1)?;
    let delimiters: Vec<&str> = match &delimiter.kind {
        Kind::String(text) => vec![text],
        Kind::Array(_) => {
            let items: Option<Vec<&str>> = call.closed_array(1)?.values().map(Value::as_str).collect();
            items.ok_or(Stop::Unknown)?
        }
        _ => return Err(call.no(1, delimiter, "a string or an array of strings", ValueType::Any)),
    };
    let value = call.argument(0)?;
    let whole = text_pieces(call, 0)?;
    // The segments of an id contain no slashes, also where they are not known.
    let is_id = value.as_reference().is_some() && whole.len() > 1;
    let exact = whole.iter().all(|piece| match piece {
        Piece::Text(_) => true,
        // A piece that may contain the delimiter, or complete a longer one, leaves the number of items open.
        Piece::Hole(hole) => delimiters
            .iter()
            .all(|text| text.len() == 1 && (cannot_contain(hole, text) || (is_id && *text == "/"))),
    });
    if !exact {
        return Err(Stop::Unknown);
    }
    let mut items: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in whole {
        let Piece::Text(text) = &piece else {
            items.last_mut().into_iter().for_each(|item| item.push(piece.clone()));
            continue;
        };
        for (index, part) in split_text(text, &delimiters).into_iter().enumerate() {
            if index > 0 {
                items.push(Vec::new());
            }
            items.last_mut().into_iter().for_each(|item| item.push(Piece::Text(part.into())));
        }
        if items.len() > MAX_ITEMS {
            return Err(Stop::Limit(format!("an array of more than {MAX_ITEMS} items is not made")));
        }
    }
    let items = items.into_iter().map(|item| Item::from(join(item)));
    Ok(Value::array(Array { items: items.collect(), ..Array::default() }))
}

/// The parts between the delimiters, of which empty ones are ignored; at one place the first in order wins.
fn split_text<'t>(text: &'t str, delimiters: &[&str]) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or("");
        let found =
            delimiters.iter().find(|delimiter| !delimiter.is_empty() && rest.starts_with(**delimiter));
        match found {
            Some(delimiter) => {
                parts.push(text.get(start..at).unwrap_or(""));
                at += delimiter.len();
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

fn join_items(call: &Call<'_>) -> Answer {
    let delimiter: Arc<str> = match call.arguments.get(1) {
        None => "".into(),
        Some(_) => call.text(1)?.into(),
    };
    let array = call.closed_array(0)?;
    let mut out = Vec::with_capacity(array.items.len() * 2);
    for (index, item) in array.values().enumerate() {
        if matches!(item.kind, Kind::Array(_) | Kind::Object(_)) {
            return call.wrong("an item is neither string, integer nor boolean");
        }
        if index > 0 {
            out.push(Piece::Text(Arc::clone(&delimiter)));
        }
        out.push(Piece::Hole(item.clone()));
    }
    Ok(join(out))
}

fn substring(call: &Call<'_>) -> Answer {
    let start = call.int(1)?;
    let count = if call.count() > 2 { Some(call.int(2)?) } else { None };
    let Ok(start) = usize::try_from(start) else { return call.wrong("the start is negative") };
    let count = match count.map(usize::try_from) {
        None => None,
        Some(Ok(count)) => Some(count),
        Some(Err(_)) => return call.wrong("the length is negative"),
    };
    let value = call.argument(0)?;
    if let Some(text) = value.as_str() {
        let length = units::length(text);
        let end = start.saturating_add(count.unwrap_or(0));
        if end > length || start > length {
            return call.wrong(&format!("the string has only {length} characters, {end} are asked for"));
        }
        return Ok(Value::string(&*units::slice(text, start, count.unwrap_or(length))));
    }
    let length = count.and_then(|count| i64::try_from(count).ok());
    let facts = Facts { min: length, max: length, ..Facts::default() };
    let prefix = prefix_text(call, 0)?;
    match count.filter(|count| start.saturating_add(*count) <= units::length(&prefix)) {
        Some(count) => Ok(Value::string(&*units::slice(&prefix, start, count))),
        None => Err(Stop::Facts(facts)),
    }
}

/// The pieces of a string argument.
pub(super) fn text_pieces(call: &Call<'_>, index: usize) -> Result<Vec<Piece>, Stop> {
    match pieces(call.argument(index)?, call.context) {
        Some(pieces) => Ok(pieces),
        None => Err(text_stop(call, index)),
    }
}

/// The known text at the start of a string argument; empty where it starts with a hole.
pub(super) fn prefix_text(call: &Call<'_>, index: usize) -> Result<Arc<str>, Stop> {
    Ok(match text_pieces(call, index)?.first() {
        Some(Piece::Text(text)) => Arc::clone(text),
        _ => "".into(),
    })
}
