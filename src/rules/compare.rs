//! What the operators answer for a value.

use std::cmp::Ordering;

use crate::value::{Kind, Number, Piece, Unknown, Value, ValueType};

use super::address::{Ports, all_addresses, is_everyone, lies_within};
use super::format::{List, Literal, Operator, PortRange, Text};

/// Whether `operator` is so of `value`; `None` where what is not known leaves it open. `null` stands for what is absent.
pub(super) fn compare(value: &Value, operator: &Operator) -> Option<bool> {
    if matches!(operator, Operator::Secret) {
        return Some(value.has_secret());
    }
    match &value.kind {
        Kind::OneOf(alternatives) => agree(alternatives.iter().map(|value| compare(value, operator))),
        Kind::Unknown(unknown) => compare_unknown(value, unknown, operator),
        Kind::Reference(reference) => match operator {
            Operator::Exists => Some(true),
            // An id is a text that is not empty; what it is exactly shows after deployment.
            Operator::Equals(Literal::Null | Literal::Bool(_) | Literal::Int(_))
                if reference.property.is_none() =>
            {
                Some(false)
            }
            Operator::Equals(Literal::Str(text)) if text.is_empty() => Some(false),
            _ => None,
        },
        _ => compare_known(value, operator),
    }
}

/// The answer that all give; `None` if one gives none, or they differ.
fn agree(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

/// Kleene's "or".
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            None => result = None,
            Some(false) => {}
        }
    }
    result
}

fn compare_unknown(value: &Value, unknown: &Unknown, operator: &Operator) -> Option<bool> {
    match operator {
        Operator::Exists => (unknown.facts.not_null || unknown.facts.pieces.is_some()).then_some(true),
        Operator::Equals(literal) => unknown_equals(value, unknown, literal),
        Operator::In(literals) => any(literals.iter().map(|literal| unknown_equals(value, unknown, literal))),
        Operator::Like(pattern) => like_start(unknown, pattern),
        Operator::Contains(Literal::Str(needle)) => {
            let pieces = unknown.facts.pieces.as_deref().unwrap_or_default();
            let found = pieces.iter().any(|piece| match piece {
                Piece::Text(text) => contains_fold(text, needle),
                Piece::Hole(_) => false,
            });
            found.then_some(true)
        }
        Operator::Less(Literal::Int(limit)) => bounded(unknown, |n| n < *limit),
        Operator::LessOrEquals(Literal::Int(limit)) => bounded(unknown, |n| n <= *limit),
        Operator::Greater(Literal::Int(limit)) => bounded(unknown, |n| n > *limit),
        Operator::GreaterOrEquals(Literal::Int(limit)) => bounded(unknown, |n| n >= *limit),
        _ => None,
    }
}

/// Decides a comparison of a number that is known to lie between two bounds.
fn bounded(unknown: &Unknown, test: impl Fn(i64) -> bool) -> Option<bool> {
    if unknown.value_type != ValueType::Number {
        return None;
    }
    let (low, high) = (test(unknown.facts.min?), test(unknown.facts.max?));
    (low == high).then_some(low)
}

fn unknown_equals(value: &Value, unknown: &Unknown, literal: &Literal) -> Option<bool> {
    let has_text = unknown.facts.pieces.as_deref().unwrap_or_default().iter().any(|piece| match piece {
        Piece::Text(text) => !text.is_empty(),
        Piece::Hole(_) => false,
    });
    match literal {
        Literal::Null => has_text.then_some(false),
        Literal::Str(text) if text.is_empty() => has_text.then_some(false),
        Literal::Str(text) => {
            let wrong_end = unknown.suffix().is_some_and(|suffix| !ends_fold(text, suffix));
            if wrong_end { Some(false) } else { value.equals(&Value::string(&**text), true) }
        }
        _ => None,
    }
}

/// A half-known text against a pattern: decided by what both begin with.
fn like_start(unknown: &Unknown, pattern: &str) -> Option<bool> {
    let (start, rest) = pattern.split_once('*').unwrap_or((pattern, "-"));
    let known = unknown.prefix()?;
    let shared = start.len().min(known.len());
    let (a, b) = (start.get(..shared)?, known.get(..shared)?);
    if !eq_fold(a, b) {
        return Some(false);
    }
    (known.len() >= start.len() && rest.is_empty()).then_some(true)
}

fn compare_known(value: &Value, operator: &Operator) -> Option<bool> {
    match operator {
        Operator::Exists => Some(!value.is_null()),
        Operator::Equals(literal) => equals(value, literal),
        Operator::In(literals) => any(literals.iter().map(|literal| equals(value, literal))),
        Operator::Like(pattern) => Some(value_text(value).is_some_and(|text| like(&text, pattern))),
        Operator::Match { pattern, fold } => {
            Some(value_text(value).is_some_and(|text| matches_pattern(&text, pattern, *fold)))
        }
        Operator::Contains(literal) => contains(value, literal),
        Operator::ContainsKey(key) => match &value.kind {
            Kind::Object(object) => match object.value(key) {
                Some(_) => Some(true),
                None => object.is_closed().then_some(false),
            },
            _ => Some(false),
        },
        Operator::Less(literal) => Some(order(value, literal) == Some(Ordering::Less)),
        Operator::LessOrEquals(literal) => Some(order(value, literal).is_some_and(Ordering::is_le)),
        Operator::Greater(literal) => Some(order(value, literal) == Some(Ordering::Greater)),
        Operator::GreaterOrEquals(literal) => Some(order(value, literal).is_some_and(Ordering::is_ge)),
        Operator::AtLeast { least, order } => {
            Some(value_text(value).is_some_and(|text| at_least(&text, least, order)))
        }
        Operator::Everyone => everyone(value),
        Operator::Within(prefixes) => within(value, prefixes),
        Operator::IncludesPort(ports) => includes_port(value, ports),
        Operator::Secret => Some(value.secret),
    }
}

/// Equality as Azure Policy has it: texts without regard to case, a text equals the boolean or number that it spells,
/// nothing equals the empty text.
fn equals(value: &Value, literal: &Literal) -> Option<bool> {
    match (&value.kind, literal) {
        (Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_), literal) => {
            compare(value, &Operator::Equals(literal.clone()))
        }
        (Kind::Null, Literal::Null) => Some(true),
        (Kind::Null, Literal::Str(text)) => Some(text.is_empty()),
        (Kind::String(text), Literal::Null) => Some(text.is_empty()),
        (Kind::String(text), Literal::Str(other)) => Some(eq_fold(text, other)),
        (Kind::String(text), Literal::Bool(other)) => {
            Some(text.eq_ignore_ascii_case(if *other { "true" } else { "false" }))
        }
        (Kind::Bool(value), Literal::Str(other)) => {
            Some(other.eq_ignore_ascii_case(if *value { "true" } else { "false" }))
        }
        (Kind::Bool(value), Literal::Bool(other)) => Some(value == other),
        (Kind::String(text), Literal::Int(other)) => Some(Number::parse(text) == Some(Number::from(*other))),
        (Kind::Number(number), Literal::Str(other)) => Some(Number::parse(other) == Some(*number)),
        (Kind::Number(number), Literal::Int(other)) => Some(*number == Number::from(*other)),
        (Kind::Array(array), Literal::Array(items)) => {
            if array.open.is_some() {
                return None;
            }
            if array.items.len() != items.len() {
                return Some(false);
            }
            let differs = array.values().zip(items.iter()).map(|(a, b)| equals(a, b).map(|same| !same));
            any(differs).map(|differs| !differs)
        }
        _ => Some(false),
    }
}

fn contains(value: &Value, literal: &Literal) -> Option<bool> {
    match &value.kind {
        Kind::String(text) => Some(literal.as_str().is_some_and(|needle| contains_fold(text, needle))),
        Kind::Array(array) => {
            let rest = array.open.iter().map(|_| None);
            any(array.values().map(|item| equals(item, literal)).chain(rest))
        }
        _ => Some(false),
    }
}

/// The order of a value and a literal, where they have one: numbers by value, texts by their characters without case.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (&value.kind, literal) {
        (Kind::Number(number), Literal::Int(other)) => number.partial_cmp(&Number::from(*other)),
        (Kind::String(text), Literal::Int(other)) => Number::parse(text)?.partial_cmp(&Number::from(*other)),
        (Kind::Number(number), Literal::Str(other)) => number.partial_cmp(&Number::parse(other)?),
        (Kind::String(text), Literal::Str(other)) => {
            let fold = |text: &str| text.chars().flat_map(char::to_uppercase).collect::<String>();
            Some(fold(text).cmp(&fold(other)))
        }
        _ => None,
    }
}

/// The text of a scalar.
fn value_text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// `*` stands for anything, any number of times.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    rest.ends_with(last)
}

/// `#` is a digit, `?` a letter, `.` any character.
fn matches_pattern(text: &str, pattern: &str, fold: bool) -> bool {
    let mut letters = text.chars();
    let fits = pattern.chars().all(|wanted| {
        letters.next().is_some_and(|found| match wanted {
            '#' => found.is_ascii_digit(),
            '?' => found.is_alphabetic(),
            '.' => true,
            _ if fold => found.to_lowercase().eq(wanted.to_lowercase()),
            _ => found == wanted,
        })
    });
    fits && letters.next().is_none()
}

fn at_least(text: &str, least: &str, order: &List<Text>) -> bool {
    if order.is_empty() {
        return version(text) >= version(least);
    }
    let rank = |word: &str| order.iter().position(|known| known.eq_ignore_ascii_case(word));
    match (rank(text), rank(least)) {
        (Some(rank), Some(least)) => rank >= least,
        _ => false,
    }
}

/// The numbers of a version: `TLS1_2`, `1.2`, `TLS 1.2` and `Tls12` are 1 and 2. Empty, so lower than all, for what is none
/// and for SSL. Trailing zeros are dropped: `1` is `1.0`.
fn version(text: &str) -> Vec<u32> {
    let text = text.trim();
    if text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ssl")) {
        return Vec::new();
    }
    let Some(at) = text.find(|c: char| c.is_ascii_digit()) else { return Vec::new() };
    let (word, digits) = text.split_at(at);
    let mut numbers: Vec<u32> = digits
        .split(['.', '_'])
        .map_while(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end)?.parse().ok()
        })
        .collect();
    if let ([number @ 10..=19], true) = (numbers.as_slice(), word.to_ascii_lowercase().starts_with("tls")) {
        numbers = vec![number / 10, number % 10];
    }
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

fn everyone(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::String(text) => Some(text.split(',').any(is_everyone)),
        Kind::Array(array) => {
            if all_addresses(array.values().filter_map(Value::as_str)) {
                return Some(true);
            }
            let rest = array.open.iter().map(|_| None);
            any(array.values().map(|item| compare(item, &Operator::Everyone)).chain(rest))
        }
        _ => Some(false),
    }
}

fn within(value: &Value, prefixes: &List<Text>) -> Option<bool> {
    match &value.kind {
        Kind::String(text) => {
            Some(lies_within(text, prefixes.iter().map(|prefix| &**prefix)).unwrap_or(false))
        }
        Kind::Array(array) => {
            let rest = array.open.iter().map(|_| None);
            let outside = array
                .values()
                .map(|item| compare(item, &Operator::Within(prefixes.clone())).map(|within| !within));
            any(outside.chain(rest)).map(|outside| !outside)
        }
        _ => Some(false),
    }
}

fn includes_port(value: &Value, ports: &List<PortRange>) -> Option<bool> {
    match &value.kind {
        Kind::Array(array) => {
            let rest = array.open.iter().map(|_| None);
            let items = array.values().map(|item| compare(item, &Operator::IncludesPort(ports.clone())));
            any(items.chain(rest))
        }
        Kind::Null => Some(false),
        _ => {
            let written = value_text(value).and_then(|text| Ports::parse(&text));
            Some(written.is_some_and(|written| !written.overlap(ports).is_empty()))
        }
    }
}

fn eq_fold(a: &str, b: &str) -> bool {
    crate::value::eq_fold(a, b)
}

fn contains_fold(text: &str, needle: &str) -> bool {
    text.to_lowercase().contains(&needle.to_lowercase())
}

fn ends_fold(text: &str, end: &str) -> bool {
    text.to_lowercase().ends_with(&end.to_lowercase())
}
