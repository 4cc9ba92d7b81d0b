//! `jsonencode` and `jsondecode`.

use std::fmt::Write;
use std::sync::Arc;

use super::super::loops::sorted_members;
use super::{Function, nullable, string, text};
use crate::value::{Array, Kind, Number, Object, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("jsondecode", &[string("str")], ValueType::Any, |_, values| {
        let parsed: serde_json::Value = serde_json::from_str(text(values, 0)?)
            .map_err(|error| format!("the text is not valid JSON: {error}"))?;
        Ok(from_json(&parsed))
    }),
    Function::new("jsonencode", &[nullable("val")], ValueType::String, |_, values| {
        Ok(Value::string(values.first().map_or_else(String::new, encode)))
    }),
];

/// JSON as a tuple, an object or a primitive. Nesting is bounded by the parser.
fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => Number::parse(&number.to_string())
            .map_or_else(Value::null, |number| Value::new(Kind::Number(number))),
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::array(items.iter().map(from_json).collect::<Array>()),
        serde_json::Value::Object(members) => {
            let object: Object = members
                .iter()
                .map(|(key, value)| (Arc::<str>::from(key.as_str()), from_json(value)))
                .collect();
            Value::object(object)
        }
    }
}

/// A known value as Go writes it: keys sorted, `<`, `>`, `&` and the line separators escaped.
pub(super) fn encode(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a string does not fail.
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Kind::String(text) => write_text(text, out),
        Kind::Array(array) => {
            out.push('[');
            for (index, item) in array.values().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Kind::Object(object) => {
            out.push('{');
            for (index, (key, member)) in sorted_members(object).into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key.as_str(), out);
                out.push(':');
                write_value(&member.value, out);
            }
            out.push('}');
        }
        // What is not known does not come here: the caller has seen to it.
        Kind::Null | Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
