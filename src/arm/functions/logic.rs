//! Comparisons and logic, as functions and as Bicep's operators.

use std::cmp::Ordering;

use super::table::{ANY, Answer, Call, Function, Stop};
use crate::value::{Kind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("equals", (2, 2), ValueType::Bool, |call| equal(call, false, true)),
    Function::new("notEquals", (2, 2), ValueType::Bool, |call| equal(call, false, false)),
    Function::new("equalsInsensitively", (2, 2), ValueType::Bool, |call| equal(call, true, true)),
    Function::new("notEqualsInsensitively", (2, 2), ValueType::Bool, |call| equal(call, true, false)),
    Function::new("less", (2, 2), ValueType::Bool, |call| compare(call, Ordering::is_lt)),
    Function::new("lessOrEquals", (2, 2), ValueType::Bool, |call| compare(call, Ordering::is_le)),
    Function::new("greater", (2, 2), ValueType::Bool, |call| compare(call, Ordering::is_gt)),
    Function::new("greaterOrEquals", (2, 2), ValueType::Bool, |call| compare(call, Ordering::is_ge)),
    Function::new("not", (1, 1), ValueType::Bool, |call| Ok(Value::bool(!call.boolean(0)?))),
    Function::new("and", (1, ANY), ValueType::Bool, |call| kleene(call, false)),
    Function::new("or", (1, ANY), ValueType::Bool, |call| kleene(call, true)),
    Function::new("if", (3, 3), ValueType::Any, choose),
    Function::new("coalesce", (1, ANY), ValueType::Any, coalesce),
    Function::new("true", (0, 0), ValueType::Bool, |_| Ok(Value::bool(true))),
    Function::new("false", (0, 0), ValueType::Bool, |_| Ok(Value::bool(false))),
    Function::new("null", (0, 0), ValueType::Null, |_| Ok(Value::null())),
];

fn equal(call: &Call<'_>, fold: bool, wanted: bool) -> Answer {
    let (a, b) = (call.argument(0)?, call.argument(1)?);
    match a.equals(b, fold) {
        Some(same) => Ok(Value::bool(same == wanted)),
        None => Err(Stop::Unknown),
    }
}

fn compare(call: &Call<'_>, holds: fn(Ordering) -> bool) -> Answer {
    let (a, b) = (call.argument(0)?, call.argument(1)?);
    let ordering = match (&a.kind, &b.kind) {
        (Kind::Number(a), Kind::Number(b)) => a.partial_cmp(b),
        (Kind::String(a), Kind::String(b)) => Some(compare_text(a, b)),
        (Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_), _)
        | (_, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)) => {
            return match bounded(a, b) {
                Some(ordering) => Ok(Value::bool(holds(ordering))),
                None => Err(Stop::Unknown),
            };
        }
        _ => return call.wrong("both sides must be integers, or both strings"),
    };
    ordering.map(|ordering| Value::bool(holds(ordering))).ok_or(Stop::Unknown)
}

/// An order that follows from the bounds of an unknown number.
fn bounded(a: &Value, b: &Value) -> Option<Ordering> {
    let range = |value: &Value| match (&value.kind, value.as_int()) {
        (_, Some(number)) => Some((Some(number), Some(number))),
        (Kind::Unknown(unknown), _) if unknown.value_type == ValueType::Number => {
            Some((unknown.facts.min, unknown.facts.max))
        }
        _ => None,
    };
    let ((min_a, max_a), (min_b, max_b)) = (range(a)?, range(b)?);
    if matches!((max_a, min_b), (Some(max), Some(min)) if max < min) {
        return Some(Ordering::Less);
    }
    matches!((min_a, max_b), (Some(min), Some(max)) if min > max).then_some(Ordering::Greater)
}

/// Strings are ordered without regard to case first, as the invariant culture does.
pub(super) fn compare_text(a: &str, b: &str) -> Ordering {
    let folded = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    // of strings that differ only in case, the lower-case one comes first
    folded(a).cmp(&folded(b)).then_with(|| b.cmp(a))
}

fn kleene(call: &Call<'_>, decisive: bool) -> Answer {
    let mut open = None;
    for index in 0..call.count() {
        match call.boolean(index) {
            Ok(value) if value == decisive => return Ok(Value::bool(decisive)),
            Ok(_) => {}
            Err(Stop::Unknown) => open = Some(Stop::Unknown),
            Err(other) => return Err(other),
        }
    }
    match open {
        Some(stop) => Err(stop),
        None => Ok(Value::bool(!decisive)),
    }
}

/// `if` with arguments that are all evaluated already.
fn choose(call: &Call<'_>) -> Answer {
    let (then, otherwise) = (call.argument(1)?, call.argument(2)?);
    match call.boolean(0) {
        Ok(true) => Ok(then.clone()),
        Ok(false) => Ok(otherwise.clone()),
        Err(Stop::Unknown) => Value::one_of([then.clone(), otherwise.clone()]).ok_or(Stop::Unknown),
        Err(other) => Err(other),
    }
}

fn coalesce(call: &Call<'_>) -> Answer {
    for value in call.arguments {
        match &value.kind {
            Kind::Null => {}
            Kind::Unknown(unknown) if !unknown.facts.not_null => return Err(Stop::Unknown),
            _ => return Ok(value.clone()),
        }
    }
    Ok(Value::null())
}
