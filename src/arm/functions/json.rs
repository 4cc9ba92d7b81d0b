//! JSON as ARM writes and reads it (Newtonsoft.Json).

use std::fmt::Write;
use std::sync::Arc;

use jsonc_parser::ast::Value as Ast;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::{MAX_ITEMS, MAX_TEXT};
use crate::value::{Array, Item, Key, Kind, Member, Number, Object, Value};

/// The deepest nesting that is written or read.
const MAX_DEPTH: usize = 128;

/// Writes compact JSON with the given quotes (`"` for `string()`, `'` for interpolation). `false`, with text that is no use, if
/// something in it is not known, or it is too long or deep.
pub(super) fn write_json(value: &Value, quote: char, out: &mut String) -> bool {
    write_at(value, quote, out, 0)
}

fn write_at(value: &Value, quote: char, out: &mut String, depth: usize) -> bool {
    if depth > MAX_DEPTH || out.len() > MAX_TEXT {
        return false;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Kind::String(text) => write_string(text, quote, out),
        Kind::Array(array) if array.is_closed() => {
            out.push('[');
            for (index, item) in array.values().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                if !write_at(item, quote, out, depth + 1) {
                    return false;
                }
            }
            out.push(']');
        }
        Kind::Object(object) if object.is_closed() => {
            out.push('{');
            for (index, (key, member)) in object.members().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(key.as_str(), quote, out);
                out.push(':');
                if !write_at(&member.value, quote, out, depth + 1) {
                    return false;
                }
            }
            out.push('}');
        }
        _ => return false,
    }
    true
}

fn write_string(text: &str, quote: char, out: &mut String) {
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

/// Reads JSON with single or double quotes, comments and trailing commas.
///
/// # Errors
/// What is wrong, without the text.
pub(super) fn read_json(text: &str) -> Result<Value, String> {
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
        .map_err(|error| format!("the text is not JSON: {}", error.kind()))?;
    match parsed.value {
        Some(value) => convert(&value, 0),
        None => Err("the text is empty".to_owned()),
    }
}

fn convert(ast: &Ast<'_>, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(format!("the JSON is nested more than {MAX_DEPTH} levels deep"));
    }
    Ok(match ast {
        Ast::NullKeyword(_) => Value::null(),
        Ast::BooleanLit(literal) => Value::bool(literal.value),
        Ast::NumberLit(literal) => {
            let number = Number::parse(literal.value).ok_or("the JSON has a number that is not one")?;
            Value::new(Kind::Number(number))
        }
        Ast::StringLit(literal) => Value::string(Arc::from(&*literal.value)),
        Ast::Array(array) => {
            if array.elements.len() > MAX_ITEMS {
                return Err(format!("the JSON has an array of more than {MAX_ITEMS} items"));
            }
            let items: Result<Vec<Item>, String> =
                array.elements.iter().map(|item| convert(item, depth + 1).map(Item::from)).collect();
            Value::array(Array { items: items?, ..Array::default() })
        }
        Ast::Object(object) => {
            let mut out = Object::new();
            for property in &object.properties {
                let key: Key = Key::from(property.name.as_str());
                out.insert(key, Member::from(convert(&property.value, depth + 1)?));
            }
            Value::object(out)
        }
    })
}
