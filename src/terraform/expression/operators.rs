//! Operators on values.

use super::evaluator::Evaluator;
use super::number;
use super::types::{TypeConstraint, convert};
use crate::source::Span;
use crate::terraform::ast::{BinaryOperator, UnaryOperator};
use crate::value::{Array, Kind, Number, Object, Reason, ReasonKind, Unknown, Value, ValueType};

/// Whether a value, or anything in it, is not known.
pub(super) fn is_open(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => true,
        Kind::Array(array) => array.open.is_some() || array.values().any(is_open),
        Kind::Object(object) => {
            object.open.is_some() || object.members().any(|(_, member)| is_open(&member.value))
        }
        _ => false,
    }
}

/// Whether the value itself is not known, whatever is in it.
pub(super) fn is_unknown(value: &Value) -> bool {
    matches!(value.kind, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_))
}

/// Equality as `==` has it: values of different types differ, a tuple from a list too. `None`: it depends on what is not known.
pub(super) fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Array(a), Kind::Array(b)) => equal_arrays(a, b),
        (Kind::Object(a), Kind::Object(b)) => equal_objects(a, b),
        (Kind::Reference(_), Kind::Null) | (Kind::Null, Kind::Reference(_)) => Some(false),
        (Kind::Reference(_), other) | (other, Kind::Reference(_)) if !matches!(other, Kind::Reference(_)) => {
            None
        }
        (Kind::Unknown(unknown), Kind::String(text)) | (Kind::String(text), Kind::Unknown(unknown))
            if text.is_empty()
                && unknown.value_type == ValueType::String
                && unknown.facts.min.is_some_and(|min| min > 0) =>
        {
            Some(false)
        }
        _ => a.equals(b, false),
    }
}

fn equal_arrays(a: &Array, b: &Array) -> Option<bool> {
    if a.collection != b.collection {
        return Some(false);
    }
    if a.open.is_some() || b.open.is_some() {
        return None;
    }
    if a.items.len() != b.items.len() {
        return Some(false);
    }
    all(a.values().zip(b.values()).map(|(a, b)| equal(a, b)))
}

fn equal_objects(a: &Object, b: &Object) -> Option<bool> {
    if a.collection != b.collection {
        return Some(false);
    }
    if a.open.is_some() || b.open.is_some() {
        return None;
    }
    if a.len() != b.len() {
        return Some(false);
    }
    all(a.members().map(|(key, member)| match b.get_exact(key.as_str()) {
        Some(twin) => equal(&member.value, &twin.value),
        None => Some(false),
    }))
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// What a collection is worth in which one element is a mistake.
pub(super) fn error_in(element: &Value, value_type: ValueType) -> Value {
    match Unknown::because_of([element]) {
        Some(unknown) => Value::new(Kind::Unknown(unknown.with_type(value_type).into())),
        None => Value::unknown(Reason::new(ReasonKind::Error, "an element is a mistake")),
    }
}

/// Not known because of these, of this type and not null.
pub(super) fn unknown_from<'a>(values: impl IntoIterator<Item = &'a Value>, value_type: ValueType) -> Value {
    let values: Vec<&Value> = values.into_iter().collect();
    let secret = values.iter().any(|value| value.has_secret());
    let unknown = Unknown::because_of(values).map(|mut unknown| {
        unknown.value_type = value_type;
        unknown.facts.not_null = true;
        unknown
    });
    match unknown {
        Some(unknown) => Value::new(Kind::Unknown(unknown.into())).tainted(secret),
        None => Value::null(),
    }
}

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &Value, span: Span) -> Value {
        let wanted = match operator {
            UnaryOperator::Not => TypeConstraint::Bool,
            UnaryOperator::Negate => TypeConstraint::Number,
        };
        self.alternatives(operand, |evaluator, operand| {
            let operand = match evaluator.operand(operand, &wanted, "", span) {
                Ok(operand) => operand,
                Err(error) => return error,
            };
            let kind = match &operand.kind {
                Kind::Bool(value) => Kind::Bool(!value),
                Kind::Number(value) => match number::negate(*value) {
                    Some(number) => Kind::Number(number),
                    None => return evaluator.error(span, "Operation failed: the result is not a number"),
                },
                _ => return unknown_from([&operand], operand.value_type()).at(span),
            };
            Value::new(kind).tainted(operand.secret).at(span)
        })
    }

    pub(super) fn binary(&mut self, operator: BinaryOperator, a: &Value, b: &Value, span: Span) -> Value {
        if matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual) {
            let secret = a.has_secret() || b.has_secret();
            return match equal(a, b) {
                Some(equal) => {
                    Value::bool(equal == (operator == BinaryOperator::Equal)).tainted(secret).at(span)
                }
                None => unknown_from([a, b], ValueType::Bool).at(span),
            };
        }
        let wanted = match operator {
            BinaryOperator::Or | BinaryOperator::And => TypeConstraint::Bool,
            _ => TypeConstraint::Number,
        };
        self.alternatives(a, |evaluator, a| {
            evaluator.alternatives(b, |evaluator, b| {
                let a = match evaluator.operand(a, &wanted, " for left operand", span) {
                    Ok(a) => a,
                    Err(error) => return error,
                };
                let b = match evaluator.operand(b, &wanted, " for right operand", span) {
                    Ok(b) => b,
                    Err(error) => return error,
                };
                evaluator.compute(operator, &a, &b, span)
            })
        })
    }

    /// An operand as the type that the operator wants.
    fn operand(
        &mut self,
        value: &Value,
        wanted: &TypeConstraint,
        side: &str,
        span: Span,
    ) -> Result<Value, Value> {
        if value.is_null() {
            return Err(
                self.error(span, "Operation failed: error during operation: argument must not be null")
            );
        }
        convert(value, wanted).map_err(|mismatch| {
            self.error(span, &format!("Invalid operand: unsuitable value{side}: {mismatch}"))
        })
    }

    fn compute(&mut self, operator: BinaryOperator, a: &Value, b: &Value, span: Span) -> Value {
        use BinaryOperator as Op;
        let kind = match (&a.kind, &b.kind) {
            // Both sides count, as in Terraform before 1.12: `false && unknown` is unknown.
            (Kind::Bool(a), Kind::Bool(b)) => {
                Kind::Bool(if operator == Op::And { *a && *b } else { *a || *b })
            }
            (Kind::Number(a), Kind::Number(b)) => match arithmetic(operator, *a, *b) {
                Some(kind) => kind,
                None => {
                    return self.error(span, "Operation failed: error during operation: division by zero");
                }
            },
            _ => {
                let value_type = match operator {
                    Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo => ValueType::Number,
                    _ => ValueType::Bool,
                };
                return unknown_from([a, b], value_type).at(span);
            }
        };
        Value::new(kind).tainted(a.secret || b.secret).at(span)
    }
}

fn arithmetic(operator: BinaryOperator, a: Number, b: Number) -> Option<Kind> {
    use BinaryOperator as Op;
    let number = match operator {
        Op::Less => return Some(Kind::Bool(a < b)),
        Op::LessOrEqual => return Some(Kind::Bool(a <= b)),
        Op::Greater => return Some(Kind::Bool(a > b)),
        Op::GreaterOrEqual => return Some(Kind::Bool(a >= b)),
        Op::Add => number::add(a, b),
        Op::Subtract => number::subtract(a, b),
        Op::Multiply => number::multiply(a, b),
        Op::Divide => number::divide(a, b),
        Op::Modulo => number::remainder(a, b),
        Op::Or | Op::And | Op::Equal | Op::NotEqual => None,
    };
    number.map(Kind::Number)
}
