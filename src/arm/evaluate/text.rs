//! Strings that are put together of known and unknown pieces.

use std::sync::Arc;

use crate::value::{Facts, Kind, Piece, Reason, ReasonKind, Unknown, Value, ValueType};

use super::session::MAX_TEXT;

/// Puts pieces together: a string if all is known, one of several for holes that are choices, else half known.
pub(super) fn join(pieces: Vec<Piece>) -> Value {
    let secret = pieces.iter().any(|piece| matches!(piece, Piece::Hole(value) if value.secret));
    let combinations = pieces.iter().fold(1_usize, |count, piece| match piece {
        Piece::Hole(value) => count.saturating_mul(value.alternatives().len()),
        Piece::Text(_) => count,
    });
    let value = if combinations > 1 && combinations <= Value::MAX_CHOICES {
        let choices = (0..combinations).map(|number| join_one(choose(&pieces, number)));
        Value::one_of(choices).unwrap_or_else(Value::null)
    } else {
        join_one(pieces)
    };
    value.tainted(secret)
}

/// The combination of this number: each hole that is a choice takes one of its alternatives.
fn choose(pieces: &[Piece], mut number: usize) -> Vec<Piece> {
    let pick = |piece: &Piece| match piece {
        Piece::Hole(value) => {
            let alternatives = value.alternatives();
            let picked = &alternatives[number % alternatives.len()];
            number /= alternatives.len();
            Piece::Hole(picked.clone())
        }
        Piece::Text(text) => Piece::Text(Arc::clone(text)),
    };
    pieces.iter().map(pick).collect()
}

fn join_one(pieces: Vec<Piece>) -> Value {
    let pieces = flatten(pieces);
    let length: usize =
        pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
    if length > MAX_TEXT {
        return Value::unknown(Reason::new(ReasonKind::Limit, "the string is too long to be kept"));
    }
    let holes = || {
        pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(value) => Some(value),
            Piece::Text(_) => None,
        })
    };
    match &pieces[..] {
        [] => return Value::string(""),
        [Piece::Text(text)] => return Value::string(Arc::clone(text)),
        [Piece::Hole(value)] if value.value_type() == ValueType::String => return value.clone(),
        _ => {}
    }
    let Some(mut unknown) = Unknown::because_of(holes()) else {
        // Every hole is known and none could be made text: the caller has already said so.
        return Value::unknown(Reason::new(ReasonKind::Error, "the value cannot be made a string"));
    };
    unknown.value_type = ValueType::String;
    unknown.identity = identity(&pieces);
    unknown.facts = Facts {
        not_null: true,
        min: i64::try_from(length).ok().filter(|length| *length > 0),
        max: None,
        pieces: Some(pieces.into()),
    };
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

/// Known neighbours become one text, and the pieces of half-known holes become pieces of the whole.
fn flatten(pieces: Vec<Piece>) -> Vec<Piece> {
    fn push(out: &mut Vec<Piece>, piece: Piece) {
        match (out.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(before)), Piece::Text(text)) => *before = format!("{before}{text}").into(),
            (_, piece) => out.push(piece),
        }
    }
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Hole(Value { kind: Kind::String(text), .. }) => push(&mut out, Piece::Text(text)),
            Piece::Hole(value) => match value.as_unknown().and_then(|unknown| unknown.facts.pieces.clone()) {
                Some(inner) => inner.iter().for_each(|piece| push(&mut out, piece.clone())),
                None => out.push(Piece::Hole(value)),
            },
            text => push(&mut out, text),
        }
    }
    out
}

/// A normal form of the pieces, if each hole has one.
fn identity(pieces: &[Piece]) -> Option<Arc<str>> {
    let mut text = String::from("format(");
    for piece in pieces {
        match piece {
            Piece::Text(part) => {
                text.push('\'');
                text.push_str(&part.replace('\'', "''"));
                text.push('\'');
            }
            Piece::Hole(value) => text.push_str(value.as_unknown()?.identity.as_deref()?),
        }
        text.push(',');
    }
    text.push(')');
    Some(text.into())
}

/// A known value as .NET's `format` prints it into a string: `True`, single-quoted JSON for containers, nothing for null.
/// `None` for what is not known.
pub(super) fn display(value: &Value) -> Option<Arc<str>> {
    match &value.kind {
        Kind::String(text) => Some(Arc::clone(text)),
        Kind::Null => Some("".into()),
        Kind::Bool(true) => Some("True".into()),
        Kind::Bool(false) => Some("False".into()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Array(_) | Kind::Object(_) => {
            let mut out = String::new();
            single_quoted(value, &mut out).then(|| out.into())
        }
        Kind::Reference(_) | Kind::OneOf(_) | Kind::Unknown(_) => None,
    }
}

/// Compact JSON with single quotes; `false` if something in it is not known.
fn single_quoted(value: &Value, out: &mut String) -> bool {
    fn quoted(text: &str, out: &mut String) {
        out.push('\'');
        let json = serde_json::Value::String(text.to_owned()).to_string();
        let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
        out.push_str(&inner.replace("\\\"", "\"").replace('\'', "\\'"));
        out.push('\'');
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => quoted(text, out),
        Kind::Array(array) if array.is_closed() => {
            out.push('[');
            for (index, item) in array.values().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                if !single_quoted(item, out) {
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
                quoted(key.as_str(), out);
                out.push(':');
                if !single_quoted(&member.value, out) {
                    return false;
                }
            }
            out.push('}');
        }
        _ => return false,
    }
    true
}
