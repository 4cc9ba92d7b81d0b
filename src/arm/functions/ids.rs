//! Resource ids: references, not texts.

use super::environment::{MANAGEMENT_GROUP, SUBSCRIPTION, TENANT};
use super::table::{ANY, Answer, Call, Function, Stop, Taint, is_open};
use crate::value::{Kind, Reference, Target, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("resourceId", (2, ANY), ValueType::String, |call| {
        id(call, 2, |given| Some(given.to_vec()))
    })
    .tainted(Taint::Shallow),
    Function::new("subscriptionResourceId", (2, ANY), ValueType::String, |call| {
        id(call, 1, |given| Some(vec![scope(SUBSCRIPTION, given)]))
    })
    .tainted(Taint::Shallow),
    Function::new("managementGroupResourceId", (2, ANY), ValueType::String, |call| {
        id(call, 1, |given| Some(vec![scope(MANAGEMENT_GROUP, given)]))
    })
    .tainted(Taint::Shallow),
    Function::new("tenantResourceId", (2, ANY), ValueType::String, |call| {
        id(call, 0, |_| Some(vec![scope(TENANT, &[])]))
    })
    .tainted(Taint::Shallow),
    Function::new("extensionResourceId", (3, ANY), ValueType::String, |call| {
        id(call, 1, |given| if given.len() == 1 { Some(given.to_vec()) } else { None })
    })
    .tainted(Taint::Shallow),
];

/// A scope by its kind and names, as a reference.
pub(super) fn scope(kind: &str, names: &[Value]) -> Value {
    Value::reference(Reference {
        target: Target::Scope { resource_type: kind.into(), names: names.to_vec() },
        property: None,
    })
}

/// The first argument that is a type (`Namespace.Provider/type`), after at most `most` that say the scope, then one name a type segment.
fn id(call: &Call<'_>, most: usize, scope: fn(&[Value]) -> Option<Vec<Value>>) -> Answer {
    let is_type = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.split_once('/'))
            .is_some_and(|(namespace, rest)| namespace.contains('.') && !rest.is_empty())
    };
    let Some(at) = call.arguments.iter().position(is_type).filter(|at| *at <= most) else {
        let may_be = call.arguments.iter().take(most + 1).any(is_open);
        return if may_be { Err(Stop::Unknown) } else { call.wrong("no argument is a resource type") };
    };
    let (given, rest) = call.arguments.split_at(at);
    let Some((resource_type, names)) = rest.split_first() else { return Err(Stop::Unknown) };
    let resource_type = resource_type.as_str().unwrap_or_default().trim_matches('/');
    let segments = resource_type.split('/').count() - 1;
    if let Some((index, name)) = names.iter().enumerate().find(|(_, name)| {
        !matches!(
            name.kind,
            Kind::String(_) | Kind::Number(_) | Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)
        )
    }) {
        return Err(call.wrong_argument(at + 1 + index, name, "a string"));
    }
    if names.len() != segments {
        return call.wrong(&format!("the type has {segments} segments, there are {} names", names.len()));
    }
    let Some(scope) = scope(given) else {
        return call.wrong("the first argument must be the id that is extended");
    };
    let names = names.to_vec();
    let target = Target::Id { resource_type: resource_type.into(), names, scope };
    Ok(Value::reference(Reference { target, property: None }))
}
