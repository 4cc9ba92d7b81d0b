//! `format` and `formatlist`: the verbs of Go that Terraform takes.

use std::fmt::Write;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::super::evaluator::Evaluator;
use super::super::operators::{is_open, is_unknown, unknown_from};
use super::super::templates::MAX_LENGTH;
use super::super::types::{TypeConstraint, convert, to_text};
use super::json::encode;
use super::strings::list_of;
use super::{Failure, Function, Invocation, Needs, nullable, string, text};
use crate::value::{Facts, Kind, Number, Piece, Reason, ReasonKind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[string("format")], ValueType::String, format)
        .rest(nullable("args"))
        .needs(Needs::Nothing),
    Function::new("formatlist", &[string("format")], ValueType::Array, formatlist)
        .rest(nullable("args"))
        .needs(Needs::Nothing),
];

/// A verb with its flags: `%-05.2f`, `%[2]s`.
#[derive(Default)]
struct Verb<'t> {
    raw: &'t str,
    offset: usize,
    argument: usize,
    mode: char,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// The parts of a format.
enum Part<'t> {
    Text(&'t str),
    Verb(Verb<'t>),
}

fn parse(format: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut next_argument = 1;
    while let Some(rest) = format.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(percent) = rest.find('%') else {
            parts.push(Part::Text(rest));
            break;
        };
        parts.push(Part::Text(rest.get(..percent).unwrap_or("")));
        let sequence = rest.get(percent..).unwrap_or("");
        if sequence.starts_with("%%") {
            parts.push(Part::Text("%"));
            at += percent + 2;
            continue;
        }
        let mut verb = parse_verb(sequence, next_argument)
            .ok_or_else(|| format!("unrecognized format sequence at offset {}", at + percent))?;
        verb.offset = at + percent;
        at += percent + verb.raw.len();
        next_argument = verb.argument + 1;
        parts.push(Part::Verb(verb));
    }
    Ok(parts)
}

fn parse_verb(sequence: &str, next_argument: usize) -> Option<Verb<'_>> {
    let mut verb = Verb { argument: next_argument, ..Verb::default() };
    let bytes = sequence.as_bytes();
    let mut at = 1;
    let number = |at: &mut usize| {
        let start = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        sequence.get(start..*at).and_then(|digits| digits.parse::<usize>().ok())
    };
    loop {
        match bytes.get(at)? {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            b' ' => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    verb.width = number(&mut at);
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        verb.precision = Some(number(&mut at).unwrap_or(0));
    }
    if bytes.get(at) == Some(&b'[') {
        at += 1;
        verb.argument = number(&mut at).filter(|argument| *argument > 0)?;
        (bytes.get(at) == Some(&b']')).then_some(())?;
        at += 1;
    }
    let mode = *bytes.get(at)?;
    mode.is_ascii_alphabetic().then_some(())?;
    verb.mode = char::from(mode);
    verb.raw = sequence.get(..=at)?;
    Some(verb)
}

fn format(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let Some((format, arguments)) = values.split_first() else { return Err("a format is required".into()) };
    if is_unknown(format) {
        return Ok(unknown_from(values, ValueType::String));
    }
    let secret = values.iter().any(Value::has_secret);
    formatted(invocation, text(values, 0)?, arguments).map(|value| value.tainted(secret))
}

/// What is not known becomes a hole of the text where its verb does not change it.
fn formatted(invocation: &Invocation<'_, '_>, format: &str, arguments: &[Value]) -> Result<Value, Failure> {
    let parts = parse(format)?;
    let mut highest = 0;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut current = String::new();
    for part in parts {
        let verb = match part {
            Part::Text(text) => {
                current.push_str(text);
                continue;
            }
            Part::Verb(verb) => verb,
        };
        highest = highest.max(verb.argument);
        let Some(argument) = arguments.get(verb.argument - 1) else {
            return Err(not_enough(&verb, arguments.len()));
        };
        if is_open(argument) {
            pieces.push(Piece::Text(std::mem::take(&mut current).into()));
            let keeps_text =
                matches!(verb.mode, 's' | 'v') && verb.width.is_none() && verb.precision.is_none();
            let hole =
                if keeps_text { argument.clone() } else { unknown_from([argument], ValueType::String) };
            pieces.push(Piece::Hole(hole));
            continue;
        }
        if argument.is_null() && verb.mode == 'v' {
            let reason =
                Reason::new(ReasonKind::Unsupported, "Terraform does not say how format() writes null");
            return Err(Failure::Value(Value::unknown(reason).at(invocation.span)));
        }
        if verb.width.unwrap_or(0).max(verb.precision.unwrap_or(0)) > MAX_LENGTH || current.len() > MAX_LENGTH
        {
            return Err(Failure::Value(Evaluator::limit(
                invocation.span,
                "the text is longer than is evaluated",
            )));
        }
        current.push_str(&written(&verb, argument).map_err(|problem| {
            format!("unsupported value for \"{}\" at {}: {problem}", verb.raw, verb.offset)
        })?);
    }
    if arguments.len() > highest {
        return Err(format!("too many arguments; only {highest} used by format string").into());
    }
    if pieces.is_empty() {
        return Ok(Value::string(current));
    }
    pieces.push(Piece::Text(current.into()));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    let mut value = unknown_from(arguments, ValueType::String);
    if let Kind::Unknown(unknown) = &mut value.kind {
        Arc::make_mut(unknown).facts =
            Facts { not_null: true, pieces: Some(pieces.into()), ..Facts::default() };
    }
    Ok(value)
}

fn not_enough(verb: &Verb<'_>, total: usize) -> Failure {
    let Verb { raw, offset, argument, .. } = verb;
    format!("not enough arguments for \"{raw}\" at {offset}: need index {argument} but have {total} total")
        .into()
}

fn written(verb: &Verb<'_>, argument: &Value) -> Result<String, String> {
    let as_type = |wanted: &TypeConstraint| {
        if argument.is_null() {
            return Err("null value cannot be formatted".to_owned());
        }
        convert(argument, wanted).map_err(|mismatch| mismatch.to_string())
    };
    match verb.mode {
        'v' => Ok(match &argument.kind {
            Kind::String(text) if !verb.sharp => padded(verb, text),
            Kind::Number(number) if !verb.sharp => padded(verb, &general(*number)),
            _ => padded(verb, &encode(argument)),
        }),
        't' => {
            Ok(to_text(&as_type(&TypeConstraint::Bool)?).map_or_else(String::new, |text| text.to_string()))
        }
        's' | 'q' => {
            let value = as_type(&TypeConstraint::String)?;
            let text = value.as_str().unwrap_or("");
            let text = match verb.precision {
                Some(length) if length > 0 => text.graphemes(true).take(length).collect(),
                _ => text.to_owned(),
            };
            let text = if verb.mode == 'q' { encode(&Value::string(text)) } else { text };
            Ok(padded(verb, &text))
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let Kind::Number(number) = as_type(&TypeConstraint::Number)?.kind else {
                return Err("number required".to_owned());
            };
            numeric(verb, number)
        }
        other => Err(format!("unsupported format verb '{other}'")),
    }
}

/// Padded to the width in characters.
fn padded(verb: &Verb<'_>, text: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
    if verb.minus {
        return format!("{text}{}", if verb.zero { "0" } else { " " }.repeat(missing));
    }
    format!("{}{text}", if verb.zero { "0" } else { " " }.repeat(missing))
}

fn numeric(verb: &Verb<'_>, number: Number) -> Result<String, String> {
    let negative = number < Number::Int(0);
    let magnitude = number.as_f64().abs();
    let digits = match verb.mode {
        'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, number)?,
        'f' => format!("{magnitude:.*}", verb.precision.unwrap_or(6)),
        'e' | 'E' => exponential(magnitude, verb.precision.unwrap_or(6), verb.mode == 'E'),
        _ => {
            let shortest = verb.precision.map_or_else(
                || general(Number::from_f64(magnitude).unwrap_or(number)),
                |precision| significant(magnitude, precision),
            );
            if verb.mode == 'G' { shortest.to_uppercase() } else { shortest }
        }
    };
    let sign = match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    if verb.zero && !verb.minus {
        let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
        return Ok(format!("{sign}{}{digits}", "0".repeat(missing)));
    }
    Ok(padded(
        &Verb { zero: false, raw: verb.raw, width: verb.width, minus: verb.minus, ..Verb::default() },
        &format!("{sign}{digits}"),
    ))
}

fn integer(verb: &Verb<'_>, number: Number) -> Result<String, String> {
    let magnitude = match number {
        Number::Int(value) => u128::from(value.unsigned_abs()),
        // Beyond 64 bits every float is whole.
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 1e38 => {
            value.abs().to_string().parse().map_err(|_| "an integer is required")?
        }
        Number::Float(_) => return Err("an integer is required".to_owned()),
    };
    let prefix = |text: &str| if verb.sharp { text.to_owned() } else { String::new() };
    Ok(match verb.mode {
        'b' => format!("{}{magnitude:b}", prefix("0b")),
        'o' => format!("{}{magnitude:o}", prefix("0")),
        'x' => format!("{}{magnitude:x}", prefix("0x")),
        'X' => format!("{}{magnitude:X}", prefix("0X")),
        _ => magnitude.to_string(),
    })
}

/// Go's `%e`: at least two digits of exponent.
fn exponential(magnitude: f64, precision: usize, upper: bool) -> String {
    let text = format!("{magnitude:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}{}{sign}{exponent:0>2}", if upper { 'E' } else { 'e' })
}

/// Go's `%g` with the fewest digits: an exponent only for very large and very small numbers.
fn general(number: Number) -> String {
    let value = number.as_f64();
    let text = format!("{:e}", value.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Go decides as if there were six digits.
    if !(-4..6).contains(&exponent) {
        let mut out = String::new();
        let sign = if value < 0.0 { "-" } else { "" };
        let (way, size) = if exponent < 0 { ('-', -exponent) } else { ('+', exponent) };
        // Writing to a string does not fail.
        let _ = write!(out, "{sign}{digits}e{way}{size:02}");
        return out;
    }
    number.to_string()
}

/// `%.3g`: so many significant digits.
fn significant(magnitude: f64, precision: usize) -> String {
    let precision = precision.max(1);
    let text = format!("{magnitude:.*e}", precision - 1);
    let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let digits = i32::try_from(precision).unwrap_or(i32::MAX);
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if exponent < -4 || exponent >= digits {
        let written = exponential(magnitude, precision - 1, false);
        let (digits, exponent) = written.split_once('e').unwrap_or((&written, "+00"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    let places = usize::try_from(digits - 1 - exponent).unwrap_or(0);
    trimmed(&format!("{magnitude:.places$}"))
}

/// Formats once for each element of the lists among the arguments, which have one length.
fn formatlist(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let Some((format, arguments)) = values.split_first() else { return Err("a format is required".into()) };
    let undecided = |value: &Value| {
        is_unknown(value) && value.value_type() != ValueType::String
            || value.as_array().is_some_and(|array| array.open.is_some())
    };
    if is_unknown(format) || arguments.iter().any(undecided) {
        return Ok(unknown_from(values, ValueType::Array));
    }
    let mut length = None;
    for argument in arguments {
        let Some(array) = argument.as_array() else { continue };
        match length {
            None => length = Some(array.items.len()),
            Some(length) if length != array.items.len() => {
                return Err(format!("argument has length {}, which is inconsistent with the first list argument's length {length}", array.items.len()).into());
            }
            Some(_) => {}
        }
    }
    let secret = values.iter().any(Value::has_secret);
    let format = text(values, 0)?;
    let mut rows = Vec::new();
    for row in 0..length.unwrap_or(1) {
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument.as_array() {
                Some(array) => array.items.get(row).map_or_else(Value::null, |item| item.value.clone()),
                None => argument.clone(),
            })
            .collect();
        rows.push(formatted(invocation, format, &arguments)?);
    }
    Ok(list_of(rows).tainted(secret))
}
