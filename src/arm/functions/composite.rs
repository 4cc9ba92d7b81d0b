//! .NET's composite formatting, with the invariant culture.

use std::sync::Arc;

use super::MAX_TEXT;
use super::text::printed;
use super::units;
use crate::value::{Kind, Number, Piece, Reason, ReasonKind, Unknown, Value, ValueType};

/// Formats `template`: the pieces of the result, with holes where an argument is not known.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn format(template: &str, arguments: &[Value]) -> Result<Vec<Piece>, String> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push(Piece::Text(rest.get(..at).unwrap_or("").into()));
        rest = rest.get(at..).unwrap_or("");
        if let Some(after) = rest.strip_prefix("{{") {
            out.push(Piece::Text("{".into()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            out.push(Piece::Text("}".into()));
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('{') {
            let end = inside.find('}').ok_or("a '{' of the format string is not closed")?;
            out.push(item(inside.get(..end).unwrap_or(""), arguments)?);
            rest = inside.get(end + 1..).unwrap_or("");
        } else {
            return Err("a '}' of the format string stands alone".to_owned());
        }
    }
    out.push(Piece::Text(rest.into()));
    Ok(out)
}

/// `index[,alignment][:format]`.
fn item(text: &str, arguments: &[Value]) -> Result<Piece, String> {
    let (head, spec) = match text.split_once(':') {
        Some((head, spec)) => (head, Some(spec)),
        None => (text, None),
    };
    let (index, alignment) = match head.split_once(',') {
        Some((index, alignment)) => (index, Some(alignment)),
        None => (head, None),
    };
    let index: usize =
        index.trim().parse().map_err(|_| "an item of the format string has no number".to_owned())?;
    let value = arguments.get(index).ok_or_else(|| {
        format!("the format string asks for argument {index}, there are {}", arguments.len())
    })?;
    let width: i64 = match alignment {
        None => 0,
        Some(alignment) => alignment
            .trim()
            .parse()
            .map_err(|_| "an alignment of the format string is no number".to_owned())?,
    };
    let Some(text) = formatted(value, spec.unwrap_or(""))? else {
        return Ok(Piece::Hole(if spec.is_none() && width == 0 { value.clone() } else { changed(value) }));
    };
    Ok(Piece::Text(align(&text, width)?.into()))
}

/// An unknown that is formatted in a way that changes its text.
fn changed(value: &Value) -> Value {
    let unknown = Unknown::because_of([value])
        .unwrap_or_else(|| Unknown::new(Reason::new(ReasonKind::Unsupported, "formatted in an unknown way")));
    Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::String)))).tainted(value.secret)
}

fn align(text: &str, width: i64) -> Result<String, String> {
    let wanted = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    if wanted > MAX_TEXT {
        return Err("an alignment of the format string is too large".to_owned());
    }
    let padding = " ".repeat(wanted.saturating_sub(units::length(text)));
    Ok(if width < 0 { format!("{text}{padding}") } else { format!("{padding}{text}") })
}

/// A known value after a format; only numbers have formats. `None` for what is not known.
fn formatted(value: &Value, spec: &str) -> Result<Option<String>, String> {
    match &value.kind {
        Kind::Number(number) if !spec.is_empty() => number_format(*number, spec).map(Some),
        _ => Ok(printed(value).map(|text| text.to_string())),
    }
}

/// A number after a standard format (`D5`, `N0`, `x8`) or a custom one (`000`, `#,##0.0`).
fn number_format(number: Number, spec: &str) -> Result<String, String> {
    let wrong = || format!("'{spec}' is no format of this number");
    let mut chars = spec.chars();
    let kind = chars.next().unwrap_or('G');
    let digits = chars.as_str();
    if !kind.is_ascii_alphabetic() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(custom(number, spec));
    }
    let precision: Option<usize> = if digits.is_empty() { None } else { digits.parse().ok() };
    if precision.is_some_and(|precision| precision > 1_000) {
        return Err(wrong());
    }
    let negative = number.as_f64() < 0.0;
    let sign = if negative { "-" } else { "" };
    Ok(match kind.to_ascii_uppercase() {
        'D' => {
            let number = number.as_i64().ok_or_else(wrong)?;
            format!("{sign}{:0>width$}", number.unsigned_abs(), width = precision.unwrap_or(1))
        }
        'X' => {
            let number = number.as_i64().ok_or_else(wrong)?;
            let bits = two_complement(number);
            let text = if kind == 'X' { format!("{bits:X}") } else { format!("{bits:x}") };
            let fill = if negative { "f" } else { "0" };
            let missing = precision.unwrap_or(1).saturating_sub(text.len());
            format!(
                "{}{text}",
                if kind == 'X' { fill.to_uppercase() } else { fill.to_owned() }.repeat(missing)
            )
        }
        'F' => fixed(number, precision.unwrap_or(2)),
        'N' => grouped(&fixed(number, precision.unwrap_or(2))),
        'P' => format!("{} %", grouped(&fixed(hundredfold(number), precision.unwrap_or(2)))),
        'G' | 'R' => number.to_string(),
        'E' => scientific(number, kind, precision.unwrap_or(6)),
        _ => return Err(wrong()),
    })
}

/// .NET prints a negative integer that fits 32 bits as 64 bits all the same, since ARM's integers have 64.
fn two_complement(number: i64) -> u64 {
    u64::from_ne_bytes(number.to_ne_bytes())
}

fn hundredfold(number: Number) -> Number {
    match number {
        Number::Int(number) => number.checked_mul(100).map_or(Number::Float(f64::MAX), Number::Int),
        Number::Float(number) => Number::from_f64(number * 100.0).unwrap_or(Number::Float(f64::MAX)),
    }
}

/// With a fixed number of decimals.
fn fixed(number: Number, decimals: usize) -> String {
    match number {
        Number::Int(number) if decimals == 0 => number.to_string(),
        Number::Int(number) => format!("{number}.{}", "0".repeat(decimals)),
        Number::Float(number) => format!("{number:.decimals$}"),
    }
}

fn scientific(number: Number, kind: char, decimals: usize) -> String {
    let text = format!("{:.decimals$e}", number.as_f64());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{mantissa}{kind}{sign}{exponent:0>3}")
}

/// With commas between thousands.
fn grouped(text: &str) -> String {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A custom format of `0`, `#`, `,` and `.` with text around it.
fn custom(number: Number, spec: &str) -> String {
    let is_mark = |c: char| matches!(c, '0' | '#' | ',' | '.');
    let Some(first) = spec.find(is_mark) else { return spec.to_owned() };
    let last = spec.rfind(is_mark).map_or(spec.len(), |at| at + 1);
    let marks = spec.get(first..last).unwrap_or("");
    let (whole_marks, fraction_marks) = marks.split_once('.').unwrap_or((marks, ""));
    let decimals = fraction_marks.chars().filter(|c| matches!(c, '0' | '#')).count();
    let text = fixed(number, decimals);
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let least = match whole_marks.find('0') {
        Some(at) => whole_marks.get(at..).unwrap_or("").chars().filter(|c| matches!(c, '0' | '#')).count(),
        None => 0,
    };
    let mut whole = whole.trim_start_matches('0').to_owned();
    whole.insert_str(0, &"0".repeat(least.saturating_sub(whole.len())));
    if whole_marks.contains(',') {
        whole = grouped(&whole);
    }
    let required = fraction_marks.chars().filter(|c| *c == '0').count();
    let mut fraction = fraction.to_owned();
    while fraction.len() > required && fraction.ends_with('0') {
        fraction.pop();
    }
    let dot = if fraction.is_empty() { "" } else { "." };
    let (before, after) = (spec.get(..first).unwrap_or(""), spec.get(last..).unwrap_or(""));
    format!("{sign}{before}{whole}{dot}{fraction}{after}")
}
