//! Base64 and data URIs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::MAX_TEXT;
use super::json::read_json;
use super::table::{Answer, Call, Function, Stop};
use super::uris::percent_decoded;
use crate::value::{Facts, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64", (1, 1), ValueType::String, base64),
    Function::new("base64ToString", (1, 1), ValueType::String, |call| {
        decoded(call, call.text(0)?).map(Value::string)
    }),
    Function::new("base64ToJson", (1, 1), ValueType::Any, base64_to_json),
    Function::new("dataUri", (1, 1), ValueType::String, data_uri),
    Function::new("dataUriToString", (1, 1), ValueType::String, data_uri_to_string),
];

fn encoded(call: &Call<'_>, text: &str) -> Result<String, Stop> {
    if text.len() > MAX_TEXT / 2 {
        return Err(Stop::Limit(format!("{} of so long a text is not made", call.function.name)));
    }
    Ok(STANDARD.encode(text))
}

/// Bytes that are no UTF-8 become replacement characters, as .NET decodes them.
fn decoded(call: &Call<'_>, text: &str) -> Result<String, Stop> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match STANDARD.decode(compact) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => Err(Stop::Wrong(format!("{}: the text is not base64", call.function.name))),
    }
}

fn base64(call: &Call<'_>) -> Answer {
    match call.text(0) {
        Ok(text) => encoded(call, text).map(Value::string),
        Err(Stop::Unknown) => {
            let least = call.arguments.first().and_then(Value::as_unknown).and_then(|value| value.facts.min);
            Err(Stop::Facts(Facts { min: least, ..Facts::default() }))
        }
        Err(stop) => Err(stop),
    }
}

fn base64_to_json(call: &Call<'_>) -> Answer {
    let text = decoded(call, call.text(0)?)?;
    read_json(&text).or_else(|message| call.wrong(&message))
}

fn data_uri(call: &Call<'_>) -> Answer {
    let text = encoded(call, call.text(0)?)?;
    Ok(Value::string(format!("data:text/plain;charset=utf8;base64,{text}")))
}

fn data_uri_to_string(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    let scheme = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let Some((head, data)) = scheme.and_then(|_| text.get(5..)?.split_once(',')) else {
        return call.wrong("the text is no data URI");
    };
    if head.to_ascii_lowercase().ends_with(";base64") {
        return decoded(call, data).map(Value::string);
    }
    Ok(Value::string(percent_decoded(data)))
}
