//! What only Azure or the caller can answer.

use std::sync::Arc;

use super::identity::identity;
use super::table::{ANY, Answer, Call, Function};
use super::{Context, table};
use crate::value::{Facts, Kind, Reason, ReasonKind, Unknown, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("reference", (1, 3), ValueType::Object, after_deployment),
    Function::new("references", (1, 2), ValueType::Array, after_deployment),
    Function::new("resourceInfo", (1, 1), ValueType::Object, after_deployment),
    Function::new("pickZones", (3, 5), ValueType::Array, after_deployment),
    Function::new("toLogicalZone", (3, 3), ValueType::String, after_deployment),
    Function::new("toLogicalZones", (3, 3), ValueType::Array, after_deployment),
    Function::new("toPhysicalZone", (3, 3), ValueType::String, after_deployment),
    Function::new("toPhysicalZones", (3, 3), ValueType::Array, after_deployment),
    Function::new("providers", (1, 2), ValueType::Object, after_deployment),
    Function::new("roleDefinitions", (1, 1), ValueType::Object, after_deployment),
    Function::new("getSecret", (0, ANY), ValueType::String, |call| {
        Ok(outside(call, "a Key Vault secret is read when it is deployed").tainted(true))
    }),
    Function::new("externalInput", (1, 2), ValueType::Any, |call| {
        Ok(outside(call, "an external input is given by whoever deploys"))
    }),
    Function::new("externalInputs", (1, 1), ValueType::Any, |call| {
        Ok(outside(call, "an external input is given by whoever deploys"))
    }),
    Function::new("readEnvironmentVariable", (1, 2), ValueType::String, environment_variable),
    Function::new("readEnvVar", (1, 2), ValueType::String, environment_variable),
    Function::new("readCliArg", (1, 2), ValueType::String, environment_variable),
    Function::new("fail", (1, 1), ValueType::Any, fail),
];

fn value(reason: Reason, call: &Call<'_>) -> Value {
    let value_type = call.function.returns;
    let facts = Facts { not_null: value_type != ValueType::Any, ..Facts::default() };
    let mut unknown = Unknown::new(reason).with_type(value_type).with_facts(facts);
    unknown.identity = identity(call.function.name, call.arguments);
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

fn after_deployment(call: &Call<'_>) -> Answer {
    let text = format!("{}() is known only after deployment", call.function.name);
    Ok(value(Reason::new(ReasonKind::Runtime, text), call))
}

fn outside(call: &Call<'_>, text: &str) -> Value {
    value(Reason::new(ReasonKind::External, text), call)
}

/// The default, where there is one, is what is deployed unless somebody sets the variable.
fn environment_variable(call: &Call<'_>) -> Answer {
    match call.arguments.get(1) {
        Some(default) => Ok(default.clone()),
        None => Ok(outside(call, "an environment variable or argument is given by whoever deploys")),
    }
}

/// The author says that this cannot be deployed.
fn fail(call: &Call<'_>) -> Answer {
    match call.argument(0)? {
        message if message.secret => call.wrong("the template refuses this"),
        message => call.wrong(message.as_str().unwrap_or("the template refuses this")),
    }
}

/// Whether a name is one of the `list…` functions of resource providers: `listKeys`, `listAccountSas`.
pub(super) fn is_list_function(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"))
        && name.get(4..).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric()))
        && table::find(name).is_none()
}

/// The result of a `list…` function: keys, tokens and the like, so a secret.
pub(super) fn list_function(name: &str, arguments: &[Value], _: &Context) -> Option<Value> {
    if !is_list_function(name) || arguments.is_empty() {
        return None;
    }
    let reason = Reason::new(ReasonKind::Runtime, format!("{name}() is known only after deployment"));
    let mut unknown = Unknown::new(reason);
    unknown.facts.not_null = true;
    unknown.identity = identity(&name.to_ascii_lowercase(), arguments);
    Some(Value::new(Kind::Unknown(Arc::new(unknown))).tainted(true))
}
