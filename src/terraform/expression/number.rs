//! Numbers as Terraform computes with them: in decimal, so that `0.1 + 0.2` is `0.3`.
//!
//! Terraform keeps 512 bits. Here a number has 64 bits, or the shortest decimal that a float stands for, and is computed with
//! in 128 bits; results are rounded to the nearest float.

use crate::value::Number;

/// `mantissa × 10^exponent`.
#[derive(Clone, Copy, Debug)]
struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    /// Exact for whole numbers; the shortest decimal that reads back as the same float for others.
    fn from_number(number: Number) -> Option<Self> {
        match number {
            Number::Int(value) => Some(Decimal { mantissa: i128::from(value), exponent: 0 }),
            Number::Float(value) => {
                let text = format!("{value:e}");
                let (digits, exponent) = text.split_once('e')?;
                let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                let mantissa = digits.replace('.', "").parse().ok()?;
                Some(Decimal {
                    mantissa,
                    exponent: exponent.parse::<i32>().ok()? - i32::try_from(fraction).ok()?,
                })
            }
        }
    }

    fn to_number(mut self) -> Option<Number> {
        while self.mantissa != 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        if self.mantissa == 0 {
            return Some(Number::Int(0));
        }
        if (0..19).contains(&self.exponent)
            && let Some(power) = 10_i128.checked_pow(self.exponent.unsigned_abs())
            && let Some(whole) = self.mantissa.checked_mul(power)
            && let Ok(whole) = i64::try_from(whole)
        {
            return Some(Number::Int(whole));
        }
        format!("{}e{}", self.mantissa, self.exponent).parse::<f64>().ok().and_then(Number::from_f64)
    }

    /// Both with the smaller exponent, where that fits.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let exponent = self.exponent.min(other.exponent);
        let scale = |decimal: Self| {
            let by = u32::try_from(decimal.exponent - exponent).ok()?;
            decimal.mantissa.checked_mul(10_i128.checked_pow(by)?)
        };
        Some((scale(self)?, scale(other)?, exponent))
    }
}

/// A computation in decimal, or in floats where the decimals do not fit. `None` where the result is not a number.
fn compute(
    a: Number,
    b: Number,
    exact: impl Fn(Decimal, Decimal) -> Option<Decimal>,
    rough: impl Fn(f64, f64) -> f64,
) -> Option<Number> {
    let decimal = Decimal::from_number(a)
        .zip(Decimal::from_number(b))
        .and_then(|(a, b)| exact(a, b))
        .and_then(Decimal::to_number);
    decimal.or_else(|| Number::from_f64(rough(a.as_f64(), b.as_f64())))
}

pub(super) fn add(a: Number, b: Number) -> Option<Number> {
    let exact = |a: Decimal, b: Decimal| {
        let (a, b, exponent) = a.aligned(b)?;
        Some(Decimal { mantissa: a.checked_add(b)?, exponent })
    };
    compute(a, b, exact, |a, b| a + b)
}

pub(super) fn negate(a: Number) -> Option<Number> {
    multiply(a, Number::Int(-1))
}

pub(super) fn subtract(a: Number, b: Number) -> Option<Number> {
    add(a, negate(b)?)
}

pub(super) fn multiply(a: Number, b: Number) -> Option<Number> {
    let exact = |a: Decimal, b: Decimal| {
        Some(Decimal {
            mantissa: a.mantissa.checked_mul(b.mantissa)?,
            exponent: a.exponent.checked_add(b.exponent)?,
        })
    };
    compute(a, b, exact, |a, b| a * b)
}

/// `None` for a division by zero.
pub(super) fn divide(a: Number, b: Number) -> Option<Number> {
    if b == Number::Int(0) {
        return None;
    }
    // 36 digits are more than a float can tell apart.
    let exact = |a: Decimal, b: Decimal| {
        let digits = 36_u32.saturating_sub(a.mantissa.unsigned_abs().checked_ilog10().unwrap_or(0) + 1);
        let scaled = a.mantissa.checked_mul(10_i128.checked_pow(digits)?)?;
        let exponent = a.exponent.checked_sub(b.exponent)?.checked_sub(i32::try_from(digits).ok()?)?;
        Some(Decimal { mantissa: scaled.checked_div(b.mantissa)?, exponent })
    };
    compute(a, b, exact, |a, b| a / b)
}

/// The remainder with the sign of `a`; `a` itself for a division by zero, as Terraform has it.
pub(super) fn remainder(a: Number, b: Number) -> Option<Number> {
    if b == Number::Int(0) {
        return Some(a);
    }
    let exact = |a: Decimal, b: Decimal| {
        let (a, b, exponent) = a.aligned(b)?;
        Some(Decimal { mantissa: a.checked_rem(b)?, exponent })
    };
    compute(a, b, exact, |a, b| a % b)
}

/// The number as a whole one, towards minus or plus infinity.
pub(super) fn round(number: Number, up: bool) -> Option<Number> {
    match number {
        Number::Int(_) => Some(number),
        Number::Float(value) => Number::from_f64(if up { value.ceil() } else { value.floor() }),
    }
}

/// Reads a string that is converted to a number: a decimal literal, nothing around it.
pub(super) fn parse(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let valid = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if valid { Number::parse(text) } else { None }
}
