use serde_json::{Map, Value as Json, json};

use super::{Kind, Number, Object, Value};
use crate::secrets;

/// Names that a secret is written under, in lower case and without `_` and `-`.
const NAMES: [&str; 8] =
    ["password", "passwd", "pwd", "secret", "accountkey", "accesskey", "connectionstring", "privatekey"];

/// Whether a property of this name holds a secret (`administratorLoginPassword`, `client_secret`): then its text is not shown, also where
/// nobody declared it secure.
pub(crate) fn names_a_secret(name: &str) -> bool {
    let folded = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.iter().any(|secret| folded.ends_with(secret))
}

/// Whether an object is a setting whose name says that its value is a secret: `{ name: 'Sql__Password', value: … }`.
pub(crate) fn is_setting_of_secret(object: &Object) -> bool {
    object.value("name").and_then(Value::as_str).is_some_and(names_a_secret)
}

/// Whether a member of a setting holds its value.
pub(crate) fn holds_setting(key: &str) -> bool {
    key.eq_ignore_ascii_case("value")
}

/// The deepest nesting that is written; below it the value is shown as unknown.
const MAX_DEPTH: usize = 128;

/// A value as JSON after the contract: known values plainly, everything else as an object with one `$` key
/// (`$unknown`, `$oneOf`, `$secret`). A secret's text is never in it.
pub fn to_json(value: &Value) -> Json {
    at_depth(value, 0)
}

/// A member of an object as JSON, as [`to_json`] of the whole object has it: what is written under the name of a secret is not shown.
pub fn member_to_json(object: &Object, key: &str, value: &Value) -> Json {
    member_at_depth(object, key, value, 0)
}

fn member_at_depth(object: &Object, key: &str, value: &Value, depth: usize) -> Json {
    let named = names_a_secret(key) || (holds_setting(key) && is_setting_of_secret(object));
    let is_text =
        |one: &Value| one.as_str().is_some_and(|text| !text.is_empty() && !secrets::is_reference(text));
    // A value that is known to be secret says why itself.
    if named && !value.secret && value.alternatives().iter().any(is_text) {
        return json!({"$secret": "written under the name of a secret"});
    }
    at_depth(value, depth + 1)
}

fn at_depth(value: &Value, depth: usize) -> Json {
    if depth > MAX_DEPTH {
        return json!({"$unknown": format!("nested more than {MAX_DEPTH} levels deep")});
    }
    if value.secret && !value.is_null() && !has_parts(value) {
        return json!({"$secret": secret_reason(value)});
    }
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Number(number) => number_to_json(*number),
        Kind::String(text) => match secrets::find(text) {
            Some(found) => json!({"$secret": found.what}),
            None => Json::String(text.to_string()),
        },
        Kind::Array(array) => {
            let mut items: Vec<Json> = array.values().map(|item| at_depth(item, depth + 1)).collect();
            if let Some(open) = &array.open {
                items.push(json!({"$unknown": format!("further items: {}", open.reason().text)}));
            }
            Json::Array(items)
        }
        Kind::Object(object) => {
            let mut map = Map::with_capacity(object.len());
            for (key, member) in object.members() {
                map.insert(key.0.to_string(), member_at_depth(object, key.as_str(), &member.value, depth));
            }
            if let Some(open) = &object.open {
                map.insert("$open".to_owned(), json!({"$unknown": &*open.reason().text}));
            }
            Json::Object(map)
        }
        Kind::Reference(reference) => {
            json!({"$unknown": &*reference.reason().text, "type": "string", "reference": reference.describe()})
        }
        Kind::OneOf(values) => {
            json!({"$oneOf": values.iter().map(|value| at_depth(value, depth + 1)).collect::<Vec<_>>()})
        }
        Kind::Unknown(unknown) => {
            let mut map = Map::new();
            map.insert("$unknown".to_owned(), Json::String(unknown.reason().text.to_string()));
            map.insert("type".to_owned(), Json::String(unknown.value_type.as_str().to_owned()));
            if let Some(prefix) = unknown.prefix().filter(|prefix| secrets::find(prefix).is_none()) {
                map.insert("prefix".to_owned(), Json::String(prefix.to_owned()));
            }
            Json::Object(map)
        }
    }
}

/// Containers show their structure and hide each secret leaf; an empty container that is a secret is hidden whole.
fn has_parts(value: &Value) -> bool {
    match &value.kind {
        Kind::Array(array) => array.values().any(Value::has_secret),
        Kind::Object(object) => object.members().any(|(_, member)| member.value.has_secret()),
        _ => false,
    }
}

fn secret_reason(value: &Value) -> String {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.reason().text.to_string(),
        _ => match value.origin.steps().last() {
            Some(step) => format!("secret: {}", step.kind.describe(&step.name)),
            None => "secret".to_owned(),
        },
    }
}

fn number_to_json(number: Number) -> Json {
    match number {
        Number::Int(value) => Json::from(value),
        Number::Float(value) => serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number),
    }
}
