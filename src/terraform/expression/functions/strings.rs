//! Text: case, trimming, splitting, joining.

use unicode_segmentation::UnicodeSegmentation;

use super::super::templates::MAX_LENGTH;
use super::{Failure, Function, Invocation, Needs, array, number, string, strings, text, whole};
use crate::terraform::expression::evaluator::Evaluator;
use crate::terraform::expression::operators::unknown_from;
use crate::value::{Array, Collection, Kind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[string("str")], ValueType::String, chomp),
    Function::new("endswith", &[string("str"), string("suffix")], ValueType::Bool, endswith),
    Function::new("indent", &[number("spaces"), string("str")], ValueType::String, indent),
    Function::new("join", &[string("separator")], ValueType::String, join).rest(strings("lists")),
    Function::new("lower", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(text(values, 0)?.to_lowercase()))
    }),
    Function::new("split", &[string("separator"), string("str")], ValueType::Array, split),
    Function::new("startswith", &[string("str"), string("prefix")], ValueType::Bool, startswith)
        .needs(Needs::Nothing),
    Function::new("strcontains", &[string("str"), string("substr")], ValueType::Bool, |_, values| {
        Ok(Value::bool(text(values, 0)?.contains(text(values, 1)?)))
    }),
    Function::new("strrev", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(text(values, 0)?.graphemes(true).rev().collect::<String>()))
    }),
    Function::new("substr", &[string("str"), number("offset"), number("length")], ValueType::String, substr),
    Function::new("title", &[string("str")], ValueType::String, title),
    Function::new("trim", &[string("str"), string("cutset")], ValueType::String, trim),
    Function::new("trimprefix", &[string("str"), string("prefix")], ValueType::String, |_, values| {
        let (text, prefix) = (text(values, 0)?, text(values, 1)?);
        Ok(Value::string(text.strip_prefix(prefix).unwrap_or(text)))
    }),
    Function::new("trimspace", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(text(values, 0)?.trim()))
    }),
    Function::new("trimsuffix", &[string("str"), string("suffix")], ValueType::String, |_, values| {
        let (text, suffix) = (text(values, 0)?, text(values, 1)?);
        Ok(Value::string(text.strip_suffix(suffix).unwrap_or(text)))
    }),
    Function::new("upper", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(text(values, 0)?.to_uppercase()))
    }),
];

fn chomp(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    Ok(Value::string(text(values, 0)?.trim_end_matches(['\n', '\r'])))
}

fn endswith(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    Ok(Value::bool(text(values, 0)?.ends_with(text(values, 1)?)))
}

/// Also decided for a half-known text whose beginning is known.
fn startswith(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let [string, prefix] = values else { return Err("two arguments are required".into()) };
    let secret = string.secret || prefix.secret;
    let decided = match (&string.kind, prefix.as_str()) {
        (Kind::String(string), Some(prefix)) => Some(string.starts_with(prefix)),
        (Kind::Unknown(unknown), Some(prefix)) => unknown.prefix().and_then(|known| {
            if known.starts_with(prefix) { Some(true) } else { (!prefix.starts_with(known)).then_some(false) }
        }),
        _ => None,
    };
    match decided {
        Some(decided) => Ok(Value::bool(decided).tainted(secret)),
        None => Ok(unknown_from(values, ValueType::Bool)),
    }
}

fn indent(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let spaces = usize::try_from(whole(values, 0)?).unwrap_or(0);
    let string = text(values, 1)?;
    let lines = string.matches('\n').count();
    if spaces.saturating_mul(lines).saturating_add(string.len()) > MAX_LENGTH {
        return Err(too_long(invocation));
    }
    Ok(Value::string(string.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn too_long(invocation: &Invocation<'_, '_>) -> Failure {
    Failure::Value(Evaluator::limit(invocation.span, "the text is longer than is evaluated"))
}

fn join(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.len() < 2 {
        return Err("at least one list is required".into());
    }
    let separator = text(values, 0)?;
    let mut parts: Vec<&str> = Vec::new();
    for index in 1..values.len() {
        for value in array(values, index)?.values() {
            let part = value.as_str().ok_or("element is null; cannot concatenate null values")?;
            parts.push(part);
        }
    }
    let length = parts.iter().map(|part| part.len() + separator.len()).sum::<usize>();
    if length > MAX_LENGTH {
        return Err(too_long(invocation));
    }
    Ok(Value::string(parts.join(separator)))
}

fn split(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (separator, string) = (text(values, 0)?, text(values, 1)?);
    let parts: Vec<&str> = if separator.is_empty() {
        string.graphemes(true).collect()
    } else {
        string.split(separator).collect()
    };
    Ok(list_of(parts.into_iter().map(Value::string)))
}

/// A `list(…)` of these.
pub(super) fn list_of(values: impl IntoIterator<Item = Value>) -> Value {
    let array: Array = values.into_iter().collect();
    Value::array(Array { collection: Collection::Uniform, ..array })
}

/// Offset and length count grapheme clusters; a negative offset counts from the end, a negative length means the rest.
fn substr(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let string = text(values, 0)?;
    let (offset, length) = (whole(values, 1)?, whole(values, 2)?);
    let clusters: Vec<&str> = string.graphemes(true).collect();
    let count = i64::try_from(clusters.len()).unwrap_or(i64::MAX);
    let offset = if offset < 0 { offset.saturating_add(count) } else { offset };
    let skip = usize::try_from(offset).unwrap_or(0);
    let take = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(Value::string(clusters.into_iter().skip(skip).take(take).collect::<String>()))
}

/// Every letter after something that is not part of a word as a capital.
fn title(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let string = text(values, 0)?;
    let mut result = String::with_capacity(string.len());
    let mut after_word = false;
    for character in string.chars() {
        if after_word {
            result.push(character);
        } else {
            result.extend(character.to_uppercase());
        }
        after_word = character.is_alphanumeric()
            || character == '_'
            || (!character.is_ascii() && !character.is_whitespace());
    }
    Ok(Value::string(result))
}

fn trim(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (string, cutset) = (text(values, 0)?, text(values, 1)?);
    Ok(Value::string(string.trim_matches(|character| cutset.contains(character))))
}
