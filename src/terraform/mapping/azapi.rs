//! `azapi_*` resources, which speak ARM already.

use std::sync::Arc;

use crate::model::{Resource, ResourceType};
use crate::value::{Array, Kind, Member, Object, Value};

use super::body::{merge, open_object};
use super::fold::Part;
use super::ids;
use super::read::unknown_of;
use super::{as_written, json, secrets, transform};
use crate::terraform::resource::TerraformResource;

/// What an `azapi_*` resource is.
pub(super) enum Outcome {
    /// A resource, and the value that says its parent.
    Resource(Box<Resource>, Option<Value>),
    /// Changes to a resource that is declared elsewhere.
    Part(Box<Part>),
    /// Nothing in ARM: an action, a data plane call without type.
    Other,
}

/// Maps `azapi_resource`, `azapi_update_resource` and `azapi_data_plane_resource`.
pub(super) fn map(resource: &TerraformResource) -> Outcome {
    let Some(attributes) = resource.attributes.as_object() else { return Outcome::Other };
    let Some((resource_type, version)) =
        attributes.value("type").and_then(Value::as_str).and_then(|t| t.split_once('@'))
    else {
        return Outcome::Other;
    };
    match &*resource.resource_type {
        "azapi_resource" | "azapi_data_plane_resource" => {
            let parent = given(attributes, "parent_id");
            let is_child = resource_type.matches('/').count() > 1;
            let mapped = Resource {
                resource_type: ResourceType::new(resource_type),
                api_version: Some(version.into()),
                scope: parent.clone().filter(|_| !is_child).map(|parent| ids::as_reference(&parent)),
                body: body(attributes),
                secrets: secrets::of(resource, true),
                ..as_written(resource)
            };
            Outcome::Resource(Box::new(mapped), parent.filter(|_| is_child))
        }
        "azapi_update_resource" => {
            let named = given(attributes, "name").filter(|_| given(attributes, "parent_id").is_some());
            let targets = given(attributes, "resource_id").or(named);
            Outcome::Part(Box::new(Part {
                written: None,
                arm: resource_type.into(),
                targets: targets.into_iter().collect(),
                body: body(attributes),
                item: None,
                children: Vec::new(),
                declared: Resource { secrets: secrets::of(resource, true), ..as_written(resource) },
            }))
        }
        _ => Outcome::Other,
    }
}

fn given(attributes: &Object, name: &str) -> Option<Value> {
    attributes.value(name).filter(|value| !value.is_null()).cloned()
}

/// `body` and `sensitive_body`, with `location`, `tags` and `identity` as azapi adds them.
fn body(attributes: &Object) -> Value {
    let mut body = Value::object(Object::new());
    for (name, secret) in [("body", false), ("sensitive_body", true)] {
        let Some(written) = attributes.value(name).filter(|value| !value.is_null()) else { continue };
        let decoded = json::decode(written);
        let decoded = if secret { taint(&decoded) } else { decoded };
        match &decoded.kind {
            Kind::Object(_) => merge(&mut body, &decoded),
            _ => {
                merge(&mut body, &Value::object(open_object(Some(unknown_of(&decoded)))));
            }
        }
    }
    let mut added = Object::new();
    for name in ["location", "tags"] {
        if let Some(member) = attributes.get_exact(name).filter(|member| !member.value.is_null()) {
            let value =
                if name == "location" { transform::location(&member.value) } else { member.value.clone() };
            added.insert(name, Member { value, ..member.clone() });
        }
    }
    if let Some(member) = attributes.get_exact("identity").filter(|member| !member.value.is_null()) {
        added.insert("identity", Member { value: identity(&member.value), ..member.clone() });
    }
    merge(&mut body, &Value::object(added));
    body
}

/// `identity { type, identity_ids }` in ARM's shape.
fn identity(value: &Value) -> Value {
    let block = match &value.kind {
        Kind::Array(array) => match array.items.first() {
            Some(item) => item.value.clone(),
            None => return value.clone(),
        },
        _ => value.clone(),
    };
    let Some(block) = block.as_object() else { return block.clone() };
    let mut identity = Object::new();
    if let Some(member) = block.get_exact("type") {
        identity.insert("type", member.clone());
    }
    if let Some(member) = block.get_exact("identity_ids").filter(|member| !member.value.is_null()) {
        identity.insert(
            "userAssignedIdentities",
            Member { value: transform::keys(&member.value), ..member.clone() },
        );
    }
    Value { kind: Kind::Object(Arc::new(identity)), ..value.clone() }
}

/// The value with every leaf marked as a secret.
fn taint(value: &Value) -> Value {
    match &value.kind {
        Kind::Object(object) => {
            let mut marked = open_object(object.open.clone());
            for (key, member) in object.members() {
                marked.insert(key.clone(), Member { value: taint(&member.value), ..member.clone() });
            }
            Value { kind: Kind::Object(Arc::new(marked)), ..value.clone() }
        }
        Kind::Array(array) => {
            let mut marked: Array = array.as_ref().clone();
            for item in &mut marked.items {
                item.value = taint(&item.value);
            }
            Value { kind: Kind::Array(Arc::new(marked)), ..value.clone() }
        }
        _ => value.clone().tainted(true),
    }
}
