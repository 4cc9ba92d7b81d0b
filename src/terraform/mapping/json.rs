//! JSON in strings.

use serde_json::Value as Json;

use crate::value::{Kind, Number, Object, Origin, Value};

/// The deepest nesting that is written.
const MAX_DEPTH: usize = 128;

/// What a JSON text says, every part with the origin and taint of the text. Anything but JSON text stays as it is.
pub(super) fn decode(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    match serde_json::from_str(text) {
        Ok(json) => from_json(&json, &value.origin, value.secret),
        Err(_) => value.clone(),
    }
}

/// A value as JSON text; a value that is not wholly known or holds a secret stays as it is.
pub(super) fn encode(value: &Value) -> Value {
    if value.has_unknown() || value.has_secret() || value.as_reference().is_some() {
        return value.clone();
    }
    plain(value, 0).map_or_else(|| value.clone(), |json| Value::string(json.to_string()))
}

/// A known value as JSON; `None` where it is not, or too deep.
fn plain(value: &Value, depth: usize) -> Option<Json> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Number(Number::Int(value)) => Json::from(*value),
        Kind::Number(Number::Float(value)) => Json::from(*value),
        Kind::String(text) => Json::String(text.to_string()),
        Kind::Array(array) => array.values().map(|item| plain(item, depth + 1)).collect::<Option<_>>()?,
        Kind::Object(object) => Json::Object(
            object
                .members()
                .map(|(key, member)| Some((key.as_str().to_owned(), plain(&member.value, depth + 1)?)))
                .collect::<Option<_>>()?,
        ),
        Kind::Reference(_) | Kind::OneOf(_) | Kind::Unknown(_) => return None,
    })
}

/// `serde_json` bounds the nesting of what it reads, so that this cannot recurse far.
fn from_json(json: &serde_json::Value, origin: &Origin, secret: bool) -> Value {
    let value = match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            let parsed =
                number.as_i64().map(Number::from).or_else(|| number.as_f64().and_then(Number::from_f64));
            parsed
                .map_or_else(|| Value::string(number.to_string()), |number| Value::new(Kind::Number(number)))
        }
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => {
            Value::array(items.iter().map(|item| from_json(item, origin, secret)).collect())
        }
        serde_json::Value::Object(members) => {
            let members = members.iter().map(|(key, item)| (key.as_str(), from_json(item, origin, secret)));
            Value::object(members.collect::<Object>())
        }
    };
    Value { origin: origin.clone(), secret, ..value }
}
