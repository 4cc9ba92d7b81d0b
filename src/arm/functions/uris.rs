//! URIs.

use std::fmt::Write;

use super::table::{Answer, Call, Function, Stop};
use super::text::{join, pieces};
use crate::value::{Facts, Kind, Object, Piece, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("uri", (2, 2), ValueType::String, uri),
    Function::new("uriComponent", (1, 1), ValueType::String, |call| {
        Ok(Value::string(percent_encoded(call.text(0)?)))
    }),
    Function::new("uriComponentToString", (1, 1), ValueType::String, |call| {
        Ok(Value::string(percent_decoded(call.text(0)?)))
    }),
    Function::new("parseUri", (1, 1), ValueType::Object, parse_uri),
    Function::new("buildUri", (1, 1), ValueType::String, build_uri),
];

/// A URI in its parts, without the fragment.
struct Parts<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    /// With its `?`.
    query: &'a str,
}

/// Splits an absolute URI; `None` for a relative one.
fn parts(text: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !valid {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (rest, _fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    Some(Parts { scheme, authority, path, query })
}

/// Resolves the second against the first, as RFC 3986 and .NET's `Uri` do.
fn uri(call: &Call<'_>) -> Answer {
    let relative = call.text(1)?;
    let base = match call.text(0) {
        Ok(base) => base,
        Err(Stop::Unknown) => return half_known(call, relative),
        Err(stop) => return Err(stop),
    };
    if parts(relative).is_some() {
        return Ok(Value::string(relative));
    }
    let Some(base) = parts(base) else { return call.wrong("the base is no absolute URI") };
    let root = format!("{}://{}", base.scheme.to_ascii_lowercase(), base.authority.to_ascii_lowercase());
    if let Some(rest) = relative.strip_prefix("//") {
        return Ok(Value::string(format!("{}://{rest}", base.scheme)));
    }
    let base_path = if base.path.is_empty() { "/" } else { base.path };
    let (path, suffix) = relative.split_at(relative.find(['?', '#']).unwrap_or(relative.len()));
    let (path, suffix) = if path.is_empty() {
        let query = if suffix.starts_with('?') { "" } else { base.query };
        (base_path.to_owned(), format!("{query}{suffix}"))
    } else if path.starts_with('/') {
        (without_dots(path), suffix.to_owned())
    } else {
        let folder = base_path.rsplit_once('/').map_or("", |(folder, _)| folder);
        (without_dots(&format!("{folder}/{path}")), suffix.to_owned())
    };
    Ok(Value::string(format!("{root}{path}{suffix}")))
}

/// A base of which the end is known, and a relative path that just goes on.
fn half_known(call: &Call<'_>, relative: &str) -> Answer {
    let facts = Facts { min: i64::try_from(relative.len()).ok(), ..Facts::default() };
    if relative.starts_with(['/', '?', '#']) || relative.contains("..") || relative.contains("://") {
        return Err(Stop::Facts(facts));
    }
    let known = call.argument(0).ok().and_then(|base| pieces(base, call.context));
    let Some((Piece::Text(last), before)) = known.as_deref().and_then(|pieces| pieces.split_last()) else {
        return Err(Stop::Facts(facts));
    };
    match last.rfind('/') {
        Some(slash) if !before.is_empty() => {
            let mut out = before.to_vec();
            out.push(Piece::Text(format!("{}{relative}", last.get(..=slash).unwrap_or("")).into()));
            Ok(join(out))
        }
        _ => Err(Stop::Facts(facts)),
    }
}

/// A path without `.` and `..` segments.
fn without_dots(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.iter().enumerate() {
        match *segment {
            "." | ".." => {
                if *segment == ".." {
                    out.pop();
                }
                if index == last {
                    out.push("");
                }
            }
            segment => out.push(segment),
        }
    }
    format!("/{}", out.join("/"))
}

/// Everything but RFC 3986's unreserved characters is escaped.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Escapes that are no UTF-8 become replacement characters; a `%` without two digits stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The port that a scheme has when none is written; -1 as .NET says it when there is none.
fn default_port(scheme: &str) -> i64 {
    match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        "ldap" => 389,
        _ => -1,
    }
}

fn parse_uri(call: &Call<'_>) -> Answer {
    let Some(parts) = parts(call.text(0)?) else { return call.wrong("the text is no absolute URI") };
    let scheme = parts.scheme.to_ascii_lowercase();
    let host_and_port = parts.authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()),
        _ => (host_and_port, None),
    };
    let path = if parts.path.is_empty() { "/" } else { parts.path };
    let port = port.unwrap_or_else(|| default_port(&scheme));
    let object: Object = [
        ("scheme", Value::string(scheme)),
        ("host", Value::string(host.to_ascii_lowercase())),
        ("port", Value::int(port)),
        ("path", Value::string(path)),
        ("query", Value::string(parts.query)),
    ]
    .into_iter()
    .collect();
    Ok(Value::object(object))
}

fn build_uri(call: &Call<'_>) -> Answer {
    let object = call.object(0)?;
    if !object.is_closed() {
        return Err(Stop::Unknown);
    }
    let part = |name: &str| object.value(name).filter(|value| !value.is_null()).cloned();
    let (Some(scheme), Some(host)) = (part("scheme"), part("host")) else {
        return call.wrong("'scheme' and 'host' are needed");
    };
    let separate = |value: &Value, start: char| match value.as_str() {
        Some(text) if !text.is_empty() && !text.starts_with(start) => Piece::Text(start.to_string().into()),
        _ => Piece::Text("".into()),
    };
    let mut out = vec![Piece::Hole(scheme.clone()), Piece::Text("://".into()), Piece::Hole(host)];
    if let Some(port) = part("port") {
        let usual = scheme.as_str().map(default_port);
        let shown = match port.as_int() {
            Some(number) => number > 0 && Some(number) != usual,
            None => !matches!(port.kind, Kind::Number(_)),
        };
        if shown {
            out.push(Piece::Text(":".into()));
            out.push(Piece::Hole(port));
        }
    }
    for (name, start) in [("path", '/'), ("query", '?')] {
        if let Some(value) = part(name) {
            out.push(separate(&value, start));
            out.push(Piece::Hole(value));
        }
    }
    Ok(join(out))
}
