//! `yamlencode` and `yamldecode`.

use std::fmt;
use std::fmt::Write;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::loops::sorted_members;
use super::{Failure, Function, Invocation, nullable, string, text};
use crate::value::{Array, Kind, Number, Object, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("yamldecode", &[string("src")], ValueType::Any, yamldecode),
    Function::new("yamlencode", &[nullable("value")], ValueType::String, |_, values| {
        let mut out = String::new();
        if let Some(value) = values.first() {
            write_block(value, 0, true, &mut out);
            // A plain scalar alone is an open-ended document.
            if matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_)) {
                out.push_str("...\n");
            }
        }
        Ok(Value::string(out))
    }),
];

fn yamldecode(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        strict_booleans: false,
    };
    let decoded: Decoded =
        serde_saphyr::from_str_with_options(text(values, 0)?, options).map_err(|error| {
            let message = error.to_string();
            Failure::from(message.lines().next().unwrap_or("the text is not valid YAML").to_owned())
        })?;
    Ok(decoded.0)
}

/// YAML as a tuple, an object or a primitive.
struct Decoded(Value);

impl<'de> Deserialize<'de> for Decoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecodedVisitor).map(Decoded)
    }
}

struct DecodedVisitor;

impl<'de> Visitor<'de> for DecodedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        let number = Number::parse(&value.to_string());
        Ok(number.map_or_else(Value::null, |number| Value::new(Kind::Number(number))))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("the number is not finite"))?;
        Ok(Value::new(Kind::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::string(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::null())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::null())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(DecodedVisitor)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Decoded(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::array(items.into_iter().collect::<Array>()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some((key, Decoded(value))) = map.next_entry::<Decoded, Decoded>()? {
            let key: Arc<str> = match &key.0.kind {
                Kind::String(text) => Arc::clone(text),
                Kind::Number(number) => number.to_string().into(),
                Kind::Bool(value) => value.to_string().into(),
                _ => return Err(serde::de::Error::custom("mapping keys must be strings")),
            };
            object.insert(key, value);
        }
        Ok(Value::object(object))
    }
}

/// Writes a known value as Terraform does: strings quoted, keys sorted and quoted, two blanks a level, a sequence in a mapping
/// not indented.
fn write_block(value: &Value, indent: usize, at_root: bool, out: &mut String) {
    match &value.kind {
        Kind::Array(array) if !array.items.is_empty() => {
            for (index, item) in array.values().enumerate() {
                if index > 0 || !at_root {
                    pad(indent, out);
                }
                out.push_str("- ");
                write_block(item, indent + 2, true, out);
            }
        }
        Kind::Object(object) if !object.is_empty() => {
            for (index, (key, member)) in sorted_members(object).into_iter().enumerate() {
                if index > 0 || !at_root {
                    pad(indent, out);
                }
                write_quoted(key.as_str(), out);
                out.push(':');
                write_member(&member.value, indent, out);
            }
        }
        _ => {
            write_scalar(value, indent, out);
            out.push('\n');
        }
    }
}

fn write_member(value: &Value, indent: usize, out: &mut String) {
    match &value.kind {
        Kind::Array(array) if !array.items.is_empty() => {
            out.push('\n');
            write_block(value, indent, false, out);
        }
        Kind::Object(object) if !object.is_empty() => {
            out.push('\n');
            write_block(value, indent + 2, false, out);
        }
        _ => {
            out.push(' ');
            write_scalar(value, indent + 2, out);
            out.push('\n');
        }
    }
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\x{:02X}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_scalar(value: &Value, indent: usize, out: &mut String) {
    match &value.kind {
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a string does not fail.
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Kind::String(text) if text.contains('\n') && !text.starts_with([' ', '\n']) => {
            // `|` keeps one line end, `|-` none, `|+` all.
            let trimmed = text.trim_end_matches('\n');
            out.push_str(match text.len() - trimmed.len() {
                0 => "|-",
                1 => "|",
                _ => "|+",
            });
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                out.push('\n');
                if !line.is_empty() {
                    pad(indent.max(2), out);
                    out.push_str(line);
                }
            }
        }
        Kind::String(text) => write_quoted(text, out),
        Kind::Array(_) => out.push_str("[]"),
        Kind::Object(_) => out.push_str("{}"),
        Kind::Null | Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => out.push_str("null"),
    }
}
