//! Integers: 64 bits, an overflow is refused.

use super::table::{ANY, Answer, Call, Function, Stop, Taint};
use crate::value::{Facts, Kind, Number, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("add", (2, 2), ValueType::Number, |call| binary(call, i64::checked_add)),
    Function::new("sub", (2, 2), ValueType::Number, |call| binary(call, i64::checked_sub)),
    Function::new("mul", (2, 2), ValueType::Number, |call| binary(call, i64::checked_mul)),
    Function::new("div", (2, 2), ValueType::Number, |call| binary(call, i64::checked_div)),
    Function::new("mod", (2, 2), ValueType::Number, |call| binary(call, i64::checked_rem)),
    Function::new("minus", (1, 1), ValueType::Number, minus),
    Function::new("min", (1, ANY), ValueType::Number, |call| extreme(call, i64::min)),
    Function::new("max", (1, ANY), ValueType::Number, |call| extreme(call, i64::max)),
    Function::new("int", (1, 1), ValueType::Number, int),
    Function::new("float", (1, 1), ValueType::Number, float),
    Function::new("range", (2, 2), ValueType::Array, range).tainted(Taint::Never),
];

fn binary(call: &Call<'_>, operation: fn(i64, i64) -> Option<i64>) -> Answer {
    let (a, b) = (call.int(0)?, call.int(1)?);
    match operation(a, b) {
        Some(result) => Ok(Value::int(result)),
        None if b == 0 => call.wrong("division by zero"),
        None => call.wrong("the result does not fit 64 bits"),
    }
}

fn minus(call: &Call<'_>) -> Answer {
    match call.int(0)?.checked_neg() {
        Some(result) => Ok(Value::int(result)),
        None => call.wrong("the result does not fit 64 bits"),
    }
}

/// Of integers, or of one array of them.
fn extreme(call: &Call<'_>, better: fn(i64, i64) -> i64) -> Answer {
    let first = call.argument(0)?;
    let values: Vec<&Value> = match &first.kind {
        Kind::Array(_) if call.count() == 1 => call.closed_array(0)?.values().collect(),
        _ => call.arguments.iter().collect(),
    };
    let mut result: Option<i64> = None;
    for (index, value) in values.into_iter().enumerate() {
        let number = value.as_int().ok_or_else(|| call.no(index, value, "an integer", ValueType::Number))?;
        result = Some(result.map_or(number, |before| better(before, number)));
    }
    match result {
        Some(result) => Ok(Value::int(result)),
        None => call.wrong("the array is empty"),
    }
}

fn int(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Number(Number::Int(number)) => Ok(Value::int(*number)),
        Kind::Number(Number::Float(number)) => match Number::from_f64(number.round_ties_even()) {
            Some(number @ Number::Int(_)) => Ok(Value::new(Kind::Number(number))),
            _ => call.wrong("the number does not fit 64 bits"),
        },
        Kind::String(text) => match text.trim().parse::<i64>() {
            Ok(number) => Ok(Value::int(number)),
            Err(_) => call.wrong("the string is not an integer"),
        },
        // an id is no number, but that it is one may only be a guess
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => Err(Stop::Unknown),
        _ => Err(call.wrong_argument(0, value, "an integer or a string")),
    }
}

fn float(call: &Call<'_>) -> Answer {
    let value = call.argument(0)?;
    match &value.kind {
        Kind::Number(_) => Ok(value.clone()),
        Kind::String(text) => match text.trim().parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Ok(Value::new(Kind::Number(number))),
            None => call.wrong("the string is not a number"),
        },
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => Err(Stop::Unknown),
        _ => Err(call.wrong_argument(0, value, "a number or a string")),
    }
}

/// ARM's own limit is 10,000 items.
fn range(call: &Call<'_>) -> Answer {
    let count = match (call.int(0), call.int(1)) {
        (Ok(_), Ok(count)) | (Err(Stop::Unknown), Ok(count)) => count,
        (Err(stop), _) | (_, Err(stop)) => return Err(stop),
    };
    let Some(length) = usize::try_from(count).ok().filter(|length| *length <= super::MAX_ITEMS) else {
        return if count < 0 {
            call.wrong("the count is negative")
        } else {
            Err(Stop::Limit(format!("range of more than {} numbers", super::MAX_ITEMS)))
        };
    };
    if let Err(stop) = call.int(0) {
        let facts = Facts { min: Some(count), max: Some(count), ..Facts::default() };
        return Err(if length == 0 { stop } else { Stop::Facts(facts) });
    }
    let start = call.int(0)?;
    if start.checked_add(count).is_none() {
        return call.wrong("the numbers do not fit 64 bits");
    }
    Ok(Value::array((start..start + count).map(Value::int).collect()))
}
