//! From one type to another.

use super::json::{read_json, write_json};
use super::table::{Answer, Call, Function, Stop, Taint, is_open};
use super::text::printed;
use crate::value::{Facts, Kind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("any", (1, 1), ValueType::Any, |call| call.argument(0).cloned()),
    Function::new("string", (1, 1), ValueType::String, string),
    Function::new("bool", (1, 1), ValueType::Bool, boolean).tainted(Taint::Shallow),
    Function::new("json", (1, 1), ValueType::Any, json).tainted(Taint::Deep),
    Function::new("array", (1, 1), ValueType::Array, array),
];

/// Containers become compact JSON, booleans `True` and `False`.
fn string(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Array(_) | Kind::Object(_) => {
            let mut out = String::new();
            if write_json(value, '"', &mut out) {
                return Ok(Value::string(out));
            }
            Err(Stop::Facts(Facts { min: Some(2), ..Facts::default() }))
        }
        Kind::Reference(_) | Kind::Unknown(_) if value.value_type() == ValueType::String => Ok(value.clone()),
        _ => printed(value).map(Value::string).ok_or(Stop::Unknown),
    }
}

fn boolean(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Bool(_) => Ok(value.clone()),
        Kind::Number(_) => Ok(Value::bool(value.as_int() != Some(0))),
        Kind::String(text) if text.trim().eq_ignore_ascii_case("true") => Ok(Value::bool(true)),
        Kind::String(text) if text.trim().eq_ignore_ascii_case("false") => Ok(Value::bool(false)),
        Kind::String(_) => call.wrong("the string is neither 'true' nor 'false'"),
        Kind::Unknown(unknown) if unknown.value_type == ValueType::Bool => Ok(value.clone()),
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => Err(Stop::Unknown),
        _ => Err(call.wrong_argument(0, value, "a string, an integer or a boolean")),
    }
}

fn json(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    read_json(text).or_else(|message| call.wrong(&message))
}

/// An array stays; anything else becomes its only item.
fn array(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Array(_) => Ok(value.clone()),
        _ if value.value_type() == ValueType::Array => Ok(value.clone()),
        _ if value.value_type() == ValueType::Any && is_open(value) => Err(Stop::Unknown),
        _ => Ok(Value::array([value.clone()].into_iter().collect())),
    }
}
