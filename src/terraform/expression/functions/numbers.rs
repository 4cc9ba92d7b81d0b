//! Numbers.

use super::super::number as arithmetic;
use super::strings::list_of;
use super::{Failure, Function, Invocation, Needs, any, array, number, whole};
use crate::terraform::expression::operators::{is_open, unknown_from};
use crate::terraform::expression::types::{TypeConstraint, convert};
use crate::value::{Kind, Number, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[number("num")], ValueType::Number, |_, values| {
        let number = numeric(values, 0)?;
        if number < Number::Int(0) { known(arithmetic::negate(number)) } else { known(Some(number)) }
    }),
    Function::new("ceil", &[number("num")], ValueType::Number, |_, values| {
        known(arithmetic::round(numeric(values, 0)?, true))
    }),
    Function::new("floor", &[number("num")], ValueType::Number, |_, values| {
        known(arithmetic::round(numeric(values, 0)?, false))
    }),
    Function::new("log", &[number("num"), number("base")], ValueType::Number, |_, values| {
        known(Number::from_f64(numeric(values, 0)?.as_f64().ln() / numeric(values, 1)?.as_f64().ln()))
    }),
    Function::new("max", &[], ValueType::Number, |_, values| extreme(values, |a, b| a > b))
        .rest(number("numbers")),
    Function::new("min", &[], ValueType::Number, |_, values| extreme(values, |a, b| a < b))
        .rest(number("numbers")),
    Function::new("parseint", &[any("number"), number("base")], ValueType::Number, parseint),
    Function::new("pow", &[number("num"), number("power")], ValueType::Number, |_, values| {
        known(Number::from_f64(numeric(values, 0)?.as_f64().powf(numeric(values, 1)?.as_f64())))
    }),
    Function::new("range", &[], ValueType::Array, range).rest(number("params")),
    Function::new("signum", &[number("num")], ValueType::Number, |_, values| {
        Ok(Value::int(whole(values, 0)?.signum()))
    }),
    Function::new("sum", &[any("list")], ValueType::Number, sum).needs(Needs::Nothing),
];

/// A known number argument.
fn numeric(values: &[Value], index: usize) -> Result<Number, Failure> {
    match values.get(index).map(|value| &value.kind) {
        Some(Kind::Number(number)) => Ok(*number),
        _ => Err("a number is required".into()),
    }
}

fn known(number: Option<Number>) -> Result<Value, Failure> {
    number.map(|number| Value::new(Kind::Number(number))).ok_or_else(|| "the result is not a number".into())
}

fn extreme(values: &[Value], better: fn(Number, Number) -> bool) -> Result<Value, Failure> {
    let mut best = numeric(values, 0).map_err(|_| Failure::from("must pass at least one number"))?;
    for index in 1..values.len() {
        let number = numeric(values, index)?;
        if better(number, best) {
            best = number;
        }
    }
    known(Some(best))
}

/// Digits up to `z`, in upper or lower case (above base 36 they differ).
fn parseint(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let base = whole(values, 1)?;
    if !(2..=62).contains(&base) {
        return Err("base must be a whole number between 2 and 62 inclusive".into());
    }
    let string = values.first().and_then(Value::as_str).ok_or("first argument must be a string")?;
    let fail = || Failure::from(format!("cannot parse \"{string}\" as a base {base} integer"));
    let (negative, digits) = match string.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, string.strip_prefix('+').unwrap_or(string)),
    };
    if digits.is_empty() {
        return Err(fail());
    }
    let mut result = Number::Int(0);
    for character in digits.chars() {
        let digit = digit_value(character, base).filter(|digit| *digit < base).ok_or_else(fail)?;
        let scaled = arithmetic::multiply(result, Number::Int(base)).ok_or_else(fail)?;
        result = arithmetic::add(scaled, Number::Int(digit)).ok_or_else(fail)?;
    }
    known(if negative { arithmetic::negate(result) } else { Some(result) })
}

fn digit_value(character: char, base: i64) -> Option<i64> {
    let offset = |from: char| i64::from(u32::from(character) - u32::from(from));
    match character {
        '0'..='9' => Some(offset('0')),
        'a'..='z' => Some(offset('a') + 10),
        'A'..='Z' if base <= 36 => Some(offset('A') + 10),
        'A'..='Z' => Some(offset('A') + 36),
        _ => None,
    }
}

/// `range(limit)`, `range(start, limit)`, `range(start, limit, step)`: at most 1,024 values.
fn range(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (zero, one) = (Number::Int(0), Number::Int(1));
    let towards = |start: Number, limit: Number| if limit < start { Number::Int(-1) } else { one };
    let (start, limit, step) = match values.len() {
        1 => (zero, numeric(values, 0)?, towards(zero, numeric(values, 0)?)),
        2 => {
            let (start, limit) = (numeric(values, 0)?, numeric(values, 1)?);
            (start, limit, towards(start, limit))
        }
        3 => (numeric(values, 0)?, numeric(values, 1)?, numeric(values, 2)?),
        _ => return Err("must have one, two, or three arguments".into()),
    };
    let down = step < zero;
    if !down && limit < start {
        return Err("end must be greater than start when step is positive".into());
    }
    if down && limit > start {
        return Err("end must be less than start when step is negative".into());
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if down { next > limit } else { next < limit } {
        if numbers.len() >= 1024 {
            return Err("more than 1024 values were generated; either decrease the difference between start and end or use a smaller step".into());
        }
        numbers.push(Value::new(Kind::Number(next)));
        next = arithmetic::add(next, step).ok_or("the result is not a number")?;
    }
    Ok(list_of(numbers))
}

fn sum(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.iter().any(|value| is_open(value) && value.as_array().is_none()) {
        return Ok(unknown_from(values, ValueType::Number));
    }
    let list = array(values, 0).map_err(|_| Failure::from("cannot sum noniterable"))?;
    let secret = values.iter().any(Value::has_secret);
    if list.items.is_empty() && list.open.is_none() {
        return Err("cannot sum an empty list".into());
    }
    if values.iter().any(is_open) {
        return Ok(unknown_from(values, ValueType::Number));
    }
    let mut total = Number::Int(0);
    for value in list.values() {
        let converted = convert(value, &TypeConstraint::Number)
            .map_err(|_| "argument must be list, set, or tuple of number values")?;
        let Kind::Number(number) = converted.kind else {
            return Err("argument must be list, set, or tuple of number values".into());
        };
        total = arithmetic::add(total, number).ok_or("the result is not a number")?;
    }
    known(Some(total)).map(|value| value.tainted(secret))
}
