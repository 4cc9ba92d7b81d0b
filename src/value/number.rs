use std::fmt;

/// A number as ARM and Terraform know it.
///
/// ARM and Bicep compute with 64-bit integers; fractions come from JSON. Terraform's numbers have one type for both:
/// `1` equals `1.0`.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A number with a fraction, or beyond 64 bits. Never holds a whole number that fits [`Number::Int`], NaN or an infinity.
    Float(f64),
}

impl Number {
    /// A number from a float: whole ones become integers. `None` for NaN and infinities.
    #[allow(clippy::cast_possible_truncation)] // the range is checked first
    pub fn from_f64(value: f64) -> Option<Self> {
        const LIMIT: f64 = 9_007_199_254_740_992.0; // 2^53: beyond it floats skip integers
        if !value.is_finite() {
            return None;
        }
        Some(if value.fract() == 0.0 && value.abs() <= LIMIT {
            Number::Int(value as i64)
        } else {
            Number::Float(value)
        })
    }

    /// Reads a decimal literal as JSON and HCL write it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse::<i64>() {
            Ok(value) => Some(Number::Int(value)),
            Err(_) => text.parse::<f64>().ok().and_then(Self::from_f64),
        }
    }

    /// The whole number, if it is one that fits 64 bits.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Number::Int(value) => Some(value),
            Number::Float(_) => None,
        }
    }

    /// The nearest float.
    #[allow(clippy::cast_precision_loss)] // nearest is what is asked for
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(value) => value as f64,
            Number::Float(value) => value,
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number::Int(value)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(std::cmp::Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
            (a, b) => a.as_f64().partial_cmp(&b.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(value) => value.fmt(f),
            Number::Float(value) => value.fmt(f),
        }
    }
}
