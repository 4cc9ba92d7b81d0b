//! Terraform's functions: a family a file, each a table from names to signatures and implementations.

mod azapi_ids;
mod collections;
mod conversion;
mod encoding;
mod files;
mod format;
mod hashes;
mod json;
mod network;
mod numbers;
mod patterns;
mod resource_ids;
mod sets;
mod strings;
mod tfvars;
mod times;
mod yaml;

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use super::evaluator::Evaluator;
use super::operators::{is_open, is_unknown, unknown_from};
use super::types::{TypeConstraint, convert};
use crate::source::Span;
use crate::terraform::ast::ExprId;
use crate::value::{Kind, Reason, ReasonKind, Value, ValueType};

/// What a function does with its arguments, which are converted and, as far as the signature asks, known.
type Implementation = fn(&mut Invocation<'_, '_>, &[Value]) -> Result<Value, Failure>;

/// Why a function has no value.
enum Failure {
    /// The arguments are wrong: what Terraform would say.
    Message(String),
    /// It is known what is not known.
    Value(Value),
}

impl<T: Into<String>> From<T> for Failure {
    fn from(message: T) -> Self {
        Failure::Message(message.into())
    }
}

/// A function's name, parameters and implementation.
struct Function {
    name: &'static str,
    parameters: &'static [Parameter],
    rest: Option<Parameter>,
    result: ValueType,
    needs: Needs,
    run: Implementation,
}

/// A parameter.
#[derive(Clone, Copy)]
struct Parameter {
    name: &'static str,
    want: Want,
    nullable: bool,
}

/// What an argument is converted to.
#[derive(Clone, Copy)]
enum Want {
    Any,
    Number,
    String,
    List,
    Strings,
    Bools,
    Set,
    MapOfStrings,
}

/// How much of the arguments must be known; otherwise the result is not known either.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// All of them, wholly.
    Everything,
    /// That each is there; what is in it may be unknown.
    Shapes,
    /// Nothing: the function sees to it.
    Nothing,
}

const fn any(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Any, nullable: false }
}

const fn nullable(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Any, nullable: true }
}

const fn string(name: &'static str) -> Parameter {
    Parameter { name, want: Want::String, nullable: false }
}

const fn number(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Number, nullable: false }
}

const fn list(name: &'static str) -> Parameter {
    Parameter { name, want: Want::List, nullable: false }
}

const fn strings(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Strings, nullable: false }
}

const fn set(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Set, nullable: false }
}

impl Function {
    /// A function of known values.
    const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        result: ValueType,
        run: Implementation,
    ) -> Self {
        Function { name, parameters, rest: None, result, needs: Needs::Everything, run }
    }

    /// The same with further arguments.
    const fn rest(mut self, rest: Parameter) -> Self {
        self.rest = Some(rest);
        self
    }

    /// The same that can work with less.
    const fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }
}

static TABLE: LazyLock<FxHashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let families: &[&'static [Function]] = &[
        azapi_ids::FUNCTIONS,
        collections::FUNCTIONS,
        conversion::FUNCTIONS,
        encoding::FUNCTIONS,
        files::FUNCTIONS,
        format::FUNCTIONS,
        hashes::FUNCTIONS,
        json::FUNCTIONS,
        network::FUNCTIONS,
        numbers::FUNCTIONS,
        patterns::FUNCTIONS,
        resource_ids::FUNCTIONS,
        sets::FUNCTIONS,
        strings::FUNCTIONS,
        tfvars::FUNCTIONS,
        times::FUNCTIONS,
        yaml::FUNCTIONS,
    ];
    families.iter().flat_map(|family| family.iter()).map(|function| (function.name, function)).collect()
});

/// What an implementation knows of its call.
struct Invocation<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    span: Span,
}

/// The value of a call.
pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'a>,
    name: &str,
    arguments: &'a [ExprId],
    expand_last: bool,
    span: Span,
) -> Value {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    match plain {
        "try" => return conversion::try_first(evaluator, arguments, span),
        "can" => return conversion::can(evaluator, arguments, span),
        _ => {}
    }
    let mut values: Vec<Value> = arguments.iter().map(|argument| evaluator.evaluate(*argument)).collect();
    if expand_last && let Some(last) = values.pop() {
        match &last.kind {
            Kind::Array(array) if array.open.is_none() => {
                values.extend(array.values().map(|value| value.clone().tainted(last.secret)));
            }
            Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf(_) | Kind::Array(_) => {
                return unknown_from([&last], ValueType::Any).at(span);
            }
            _ => {
                return evaluator.error(span, "Invalid expanding argument value: the expanding argument (indicated by ...) must be of a tuple, list, or set type");
            }
        }
    }
    if let Some(provider) = name.strip_prefix("provider::").and_then(|name| name.split("::").next())
        && !evaluator.scope.declares_provider(provider)
    {
        return evaluator.static_error(span, &format!("Unknown provider function: there is no function named \"{name}\". Ensure that provider name \"{provider}\" is declared in this module's required_providers block"));
    }
    let Some(function) = TABLE.get(plain) else {
        if name.starts_with("provider::") {
            return provider_function(name, &values, span);
        }
        return evaluator
            .static_error(span, &format!("Call to unknown function: there is no function named \"{name}\""));
    };
    if values.len() < function.parameters.len() {
        let missing = function.parameters.get(values.len()).map_or("", |parameter| parameter.name);
        return evaluator.error(span, &format!("Not enough function arguments: function \"{plain}\" expects {} argument(s). Missing value for \"{missing}\"", function.parameters.len()));
    }
    if values.len() > function.parameters.len() && function.rest.is_none() {
        return evaluator.error(
            span,
            &format!(
                "Too many function arguments: function \"{plain}\" expects only {} argument(s)",
                function.parameters.len()
            ),
        );
    }
    distributed(evaluator, function, values, 0, span)
}

/// Calls the function for each alternative of its arguments, where there are few.
fn distributed(
    evaluator: &mut Evaluator<'_>,
    function: &'static Function,
    values: Vec<Value>,
    from: usize,
    span: Span,
) -> Value {
    let combinations =
        values.iter().fold(1_usize, |count, value| count.saturating_mul(value.alternatives().len()));
    let choice = values.iter().skip(from).position(|value| matches!(value.kind, Kind::OneOf(_)));
    if let Some(offset) = choice
        && combinations <= Value::MAX_CHOICES
        && let Some(value) = values.get(from + offset).cloned()
    {
        return evaluator.alternatives(&value, |evaluator, one| {
            let mut values = values.clone();
            if let Some(argument) = values.get_mut(from + offset) {
                *argument = one.clone();
            }
            distributed(evaluator, function, values, from + offset + 1, span)
        });
    }
    invoke(evaluator, function, &values, span)
}

fn invoke(evaluator: &mut Evaluator<'_>, function: &'static Function, values: &[Value], span: Span) -> Value {
    let mut converted = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let Some(parameter) = function.parameters.get(index).copied().or(function.rest) else { break };
        match argument(value, parameter) {
            Ok(value) => converted.push(value),
            Err(problem) => {
                return evaluator.error(
                    span,
                    &format!(
                        "Invalid function argument: invalid value for \"{}\" parameter of {}: {problem}",
                        parameter.name, function.name
                    ),
                );
            }
        }
    }
    let known = match function.needs {
        Needs::Everything => !converted.iter().any(is_open),
        Needs::Shapes => !converted.iter().any(is_unknown),
        Needs::Nothing => true,
    };
    if !known {
        let mut value = unknown_from(&converted, function.result).at(span);
        if let Kind::Unknown(unknown) = &mut value.kind {
            Arc::make_mut(unknown).identity = identity(function, &converted);
        }
        return value;
    }
    // What is made of a secret is one; where elements keep their own marks, only the collection's mark is passed on.
    let secret = match function.needs {
        Needs::Everything => converted.iter().any(Value::has_secret),
        Needs::Shapes => converted.iter().any(|value| value.secret),
        Needs::Nothing => false,
    };
    let mut invocation = Invocation { evaluator, span };
    match (function.run)(&mut invocation, &converted) {
        Ok(mut value) => {
            value.origin.span = value.origin.span.or(Some(span));
            value.tainted(secret)
        }
        Err(Failure::Value(value)) => value.tainted(secret),
        Err(Failure::Message(message)) => {
            // A message may quote a secret argument.
            let message = if converted.iter().any(Value::has_secret) {
                "a sensitive argument is not valid"
            } else {
                &message
            };
            evaluator.error(
                span,
                &format!("Error in function call: call to function \"{}\" failed: {message}", function.name),
            )
        }
    }
}

/// An argument as its parameter wants it.
fn argument(value: &Value, parameter: Parameter) -> Result<Value, String> {
    if value.is_null() && !parameter.nullable {
        return Err("argument must not be null".to_owned());
    }
    let any = || Arc::new(TypeConstraint::Any);
    let wanted = match parameter.want {
        Want::Any => return Ok(value.clone()),
        Want::Number => TypeConstraint::Number,
        Want::String => TypeConstraint::String,
        Want::List => TypeConstraint::List(any()),
        Want::Set => TypeConstraint::Set(any()),
        Want::Strings => TypeConstraint::List(Arc::new(TypeConstraint::String)),
        Want::Bools => TypeConstraint::List(Arc::new(TypeConstraint::Bool)),
        Want::MapOfStrings => {
            TypeConstraint::Map(Arc::new(TypeConstraint::List(Arc::new(TypeConstraint::String))))
        }
    };
    convert(value, &wanted).map_err(|mismatch| {
        if value.has_secret() {
            "a sensitive value has the wrong type".to_owned()
        } else {
            mismatch.to_string()
        }
    })
}

/// A function of a provider that is not known here.
fn provider_function(name: &str, values: &[Value], span: Span) -> Value {
    let secret = values.iter().any(Value::has_secret);
    let reason =
        Reason::new(ReasonKind::Unsupported, format!("the provider function {name} is not evaluated"));
    Value::unknown(reason).tainted(secret).at(span)
}

/// The normal form of a call whose arguments are known or have one themselves: equal calls give equal values.
fn identity(function: &Function, arguments: &[Value]) -> Option<Arc<str>> {
    let mut form = String::from(function.name);
    for (index, argument) in arguments.iter().enumerate() {
        form.push(if index == 0 { '(' } else { ',' });
        match &argument.kind {
            // A secret's text is not put into a form that is compared, and perhaps shown.
            _ if argument.secret => return None,
            Kind::Unknown(unknown) => form.push_str(unknown.identity.as_ref()?),
            Kind::Reference(reference) => form.push_str(&reference.describe()),
            Kind::String(text) => {
                let _ = write!(form, "{text:?}");
            }
            Kind::Number(number) => {
                let _ = write!(form, "{number}");
            }
            Kind::Bool(value) => {
                let _ = write!(form, "{value}");
            }
            _ => return None,
        }
    }
    form.push(')');
    Some(form.into())
}

/// A known text argument.
fn text(values: &[Value], index: usize) -> Result<&str, Failure> {
    values.get(index).and_then(Value::as_str).ok_or_else(|| Failure::from("a string is required"))
}

/// A known whole number argument.
fn whole(values: &[Value], index: usize) -> Result<i64, Failure> {
    values.get(index).and_then(Value::as_int).ok_or_else(|| Failure::from("a whole number is required"))
}

/// A known argument that has elements.
fn array(values: &[Value], index: usize) -> Result<&crate::value::Array, Failure> {
    values
        .get(index)
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::from("argument must be list, tuple, or set"))
}

#[cfg(test)]
mod tests;
