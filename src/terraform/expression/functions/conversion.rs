//! Conversions, marks, and the two functions that catch mistakes.

use std::sync::Arc;

use super::super::evaluator::Evaluator;
use super::super::operators::{is_open, is_unknown, unknown_from};
use super::super::types::{TypeConstraint, convert};
use super::{Failure, Function, Invocation, Needs, any, nullable};
use crate::source::Span;
use crate::terraform::ast::ExprId;
use crate::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("ephemeralasnull", &[nullable("value")], ValueType::Any, same).needs(Needs::Nothing),
    Function::new("issensitive", &[nullable("value")], ValueType::Bool, |_, values| {
        Ok(Value::bool(values.first().is_some_and(|value| value.secret)))
    })
    .needs(Needs::Nothing),
    Function::new("nonsensitive", &[nullable("value")], ValueType::Any, |_, values| {
        values.first().map(|value| Value { secret: false, ..value.clone() }).ok_or_else(missing)
    })
    .needs(Needs::Nothing),
    Function::new("sensitive", &[nullable("value")], ValueType::Any, |_, values| {
        values.first().map(|value| value.clone().tainted(true)).ok_or_else(missing)
    })
    .needs(Needs::Nothing),
    Function::new("tobool", &[nullable("v")], ValueType::Bool, |_, values| to(values, &TypeConstraint::Bool))
        .needs(Needs::Nothing),
    Function::new("tolist", &[nullable("v")], ValueType::Array, |_, values| {
        to(values, &TypeConstraint::List(Arc::new(TypeConstraint::Any)))
    })
    .needs(Needs::Nothing),
    Function::new("tomap", &[nullable("v")], ValueType::Object, |_, values| {
        to(values, &TypeConstraint::Map(Arc::new(TypeConstraint::Any)))
    })
    .needs(Needs::Nothing),
    Function::new("tonumber", &[nullable("v")], ValueType::Number, |_, values| {
        to(values, &TypeConstraint::Number)
    })
    .needs(Needs::Nothing),
    Function::new("toset", &[nullable("v")], ValueType::Array, |_, values| {
        to(values, &TypeConstraint::Set(Arc::new(TypeConstraint::Any)))
    })
    .needs(Needs::Nothing),
    Function::new("tostring", &[nullable("v")], ValueType::String, |_, values| {
        to(values, &TypeConstraint::String)
    })
    .needs(Needs::Nothing),
    Function::new("type", &[any("value")], ValueType::Any, |invocation, _| {
        Err(Failure::Value(invocation.evaluator.error(
            invocation.span,
            "Invalid use of type: the type function is available only in the console",
        )))
    })
    .needs(Needs::Nothing),
];

fn missing() -> Failure {
    "an argument is missing".into()
}

fn same(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    values.first().cloned().ok_or_else(missing)
}

fn to(values: &[Value], constraint: &TypeConstraint) -> Result<Value, Failure> {
    let value = values.first().ok_or_else(missing)?;
    convert(value, constraint).map_err(|mismatch| {
        Failure::from(if value.has_secret() {
            "the sensitive value cannot be converted".to_owned()
        } else {
            mismatch.to_string()
        })
    })
}

/// What an argument is worth if it is no mistake; `Err` with what it became otherwise. A mistake that Terraform finds before it
/// evaluates is one all the same.
fn attempt(evaluator: &mut Evaluator<'_>, argument: ExprId) -> Result<Value, Value> {
    let (errors, static_errors) = (evaluator.errors, evaluator.static_errors);
    evaluator.quiet += 1;
    let value = evaluator.evaluate(argument);
    evaluator.quiet -= 1;
    let failed = evaluator.errors > errors;
    if evaluator.static_errors == static_errors {
        evaluator.errors = errors;
    }
    if failed { Err(value) } else { Ok(value) }
}

/// `try(a, b, …)`: the first that is no mistake.
pub(super) fn try_first<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [ExprId], span: Span) -> Value {
    let static_errors = evaluator.static_errors;
    for argument in arguments {
        match attempt(evaluator, *argument) {
            Ok(value) => return value,
            Err(value) if evaluator.static_errors > static_errors => return value,
            Err(_) => {}
        }
    }
    let message = if arguments.is_empty() {
        "Error in function call: call to function \"try\" failed: at least one argument is required"
    } else {
        "Error in function call: call to function \"try\" failed: no expression succeeded. At least one expression must produce a successful result"
    };
    evaluator.error(span, message)
}

/// `can(a)`: whether it is no mistake.
pub(super) fn can<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [ExprId], span: Span) -> Value {
    let [argument] = arguments else {
        return evaluator.error(
            span,
            "Error in function call: call to function \"can\" failed: exactly one argument is required",
        );
    };
    let static_errors = evaluator.static_errors;
    match attempt(evaluator, *argument) {
        Ok(value) if is_unknown(&value) || is_open(&value) => {
            unknown_from([&value], ValueType::Bool).at(span)
        }
        Ok(_) => Value::bool(true).at(span),
        Err(value) if evaluator.static_errors > static_errors => value,
        Err(_) => Value::bool(false).at(span),
    }
}
