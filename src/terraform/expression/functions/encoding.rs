//! Base64, URLs, CSV.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::hashes::text_unknown;
use super::strings::list_of;
use super::{Failure, Function, Invocation, string, text};
use crate::value::{Object, Reason, ReasonKind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[string("str")], ValueType::String, |_, values| {
        let bytes = decode(text(values, 0)?)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| "the result of decoding the provided string is not valid UTF-8")?;
        Ok(Value::string(text))
    }),
    Function::new("base64encode", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(STANDARD.encode(text(values, 0)?)))
    }),
    Function::new("base64gzip", &[string("str")], ValueType::String, |_, _| {
        // Base64 of the shortest gzip stream has 28 characters.
        Ok(text_unknown(Reason::new(ReasonKind::Unsupported, "base64gzip() is not evaluated"), 28..=i64::MAX))
    }),
    Function::new("csvdecode", &[string("str")], ValueType::Array, csvdecode),
    Function::new(
        "textdecodebase64",
        &[string("source"), string("encoding")],
        ValueType::String,
        |_, values| {
            let bytes = decode(text(values, 0)?)?;
            let encoding = Encoding::named(text(values, 1)?)?;
            let decoded = encoding
                .decode(&bytes)
                .ok_or("the given string contains bytes that are not of this encoding")?;
            Ok(Value::string(decoded))
        },
    ),
    Function::new(
        "textencodebase64",
        &[string("string"), string("encoding")],
        ValueType::String,
        |_, values| {
            let encoding = Encoding::named(text(values, 1)?)?;
            let bytes = encoding
                .encode(text(values, 0)?)
                .ok_or("the given string contains characters that cannot be represented in this encoding")?;
            Ok(Value::string(STANDARD.encode(bytes)))
        },
    ),
    Function::new("urlencode", &[string("str")], ValueType::String, |_, values| {
        Ok(Value::string(urlencode(text(values, 0)?)))
    }),
];

fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    let joined: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    STANDARD.decode(joined).map_err(|_| "failed to decode base64 data".into())
}

/// The encodings that scripts for Azure use. Terraform knows all of IANA's names.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16 { little: bool },
    Latin1,
    Ascii,
}

impl Encoding {
    fn named(name: &str) -> Result<Self, Failure> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Encoding::Utf8),
            "utf-16le" => Ok(Encoding::Utf16 { little: true }),
            "utf-16be" | "utf-16" => Ok(Encoding::Utf16 { little: false }),
            "iso-8859-1" | "latin1" | "l1" => Ok(Encoding::Latin1),
            "us-ascii" | "ascii" => Ok(Encoding::Ascii),
            _ => Err(format!("\"{name}\" is not a supported IANA encoding name or alias").into()),
        }
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Utf8 => Some(text.as_bytes().to_vec()),
            Encoding::Utf16 { little } => Some(
                text.encode_utf16()
                    .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                    .collect(),
            ),
            Encoding::Latin1 => {
                text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
            }
            Encoding::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Encoding::Utf8 | Encoding::Ascii => String::from_utf8(bytes.to_vec()).ok(),
            Encoding::Utf16 { little } => {
                let (pairs, rest) = bytes.as_chunks::<2>();
                let units: Vec<u16> = pairs
                    .iter()
                    .map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) })
                    .collect();
                rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
            }
            Encoding::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        }
    }
}

/// As in a query: a blank becomes `+`.
fn urlencode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// RFC 4180: the first record names the columns, all are text.
fn csvdecode(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let mut records = records(text(values, 0)?)?.into_iter();
    let header = records.next().ok_or("missing header line")?;
    for (index, name) in header.iter().enumerate() {
        if header.iter().skip(index + 1).any(|other| other == name) {
            return Err(format!("duplicate column name \"{name}\"").into());
        }
    }
    let names: Vec<Arc<str>> = header.into_iter().map(Arc::from).collect();
    let mut rows = Vec::new();
    for record in records {
        if record.len() != names.len() {
            return Err("wrong number of fields".into());
        }
        let object: Object = names.iter().cloned().zip(record.into_iter().map(Value::string)).collect();
        rows.push(Value::object(object));
    }
    Ok(list_of(rows))
}

fn records(text: &str) -> Result<Vec<Vec<String>>, Failure> {
    let mut records = Vec::new();
    let mut record: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut characters = text.chars().peekable();
    let mut empty_line = true;
    while let Some(character) = characters.next() {
        match character {
            '"' if field.is_empty() => {
                quoted(&mut characters, &mut field)?;
                empty_line = false;
            }
            '"' => return Err("bare \" in non-quoted-field".into()),
            ',' => {
                record.push(std::mem::take(&mut field));
                empty_line = false;
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                if !empty_line {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                empty_line = true;
            }
            other => {
                field.push(other);
                empty_line = false;
            }
        }
    }
    if !empty_line {
        record.push(field);
        records.push(record);
    }
    Ok(records)
}

/// A quoted field up to its closing quote; `""` is one quote.
fn quoted(
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    field: &mut String,
) -> Result<(), Failure> {
    while let Some(character) = characters.next() {
        match character {
            '"' if characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => {
                return match characters.peek() {
                    None | Some(',' | '\n' | '\r') => Ok(()),
                    Some(_) => Err("extraneous or missing \" in quoted-field".into()),
                };
            }
            other => field.push(other),
        }
    }
    Err("extraneous or missing \" in quoted-field".into())
}
