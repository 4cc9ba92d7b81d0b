//! Resources that ARM knows as parts of another resource, and how they get there.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Resource, ResourceType};
use crate::value::{Array, Item, Kind, Member, Object, Reason, ReasonKind, Unknown, Value};

use super::assemble::{assemble, uncertain};
use super::body::{merge, object_mut};
use super::format::{ItemOf, Step, Table};
use super::ids::{self, Id};
use super::index::{Index, name_key};
use super::{as_written, values_of};
use crate::terraform::resource::TerraformResource;

/// A part that waits for what it is a part of.
pub(super) struct Part {
    /// The type of what it is a part of.
    pub(super) arm: Arc<str>,
    /// What says which resource that is: references, ids or names, the first that leads somewhere counts.
    pub(super) targets: Vec<Value>,
    /// What it adds to that body.
    pub(super) body: Value,
    /// The item of an array that it belongs to, and the name of that item.
    pub(super) item: Option<(&'static ItemOf, Value)>,
    /// Further resources that it is made of.
    pub(super) children: Vec<(&'static super::format::Child, Value)>,
    /// The part as declared.
    pub(super) declared: Resource,
    /// Where the part stands among the resources as it is written; a stub of what it belongs to takes that place.
    pub(super) written: Option<usize>,
}

/// The part that `resource` is after `table`.
pub(super) fn part(table: &'static Table, resource: &TerraformResource) -> Part {
    let empty = Object::new();
    let attributes = resource.attributes.as_object().unwrap_or(&empty);
    let assembled = assemble(table, resource, attributes);
    let children = table.children.iter().zip(assembled.children);
    Part {
        arm: table.arm.into(),
        targets: values_of(table.parents, resource),
        body: assembled.body,
        item: table
            .item
            .as_ref()
            .map(|item| (item, attributes.value(item.name).cloned().unwrap_or_else(Value::null))),
        children: children.filter_map(|(child, body)| body.map(|body| (child, body))).collect(),
        declared: as_written(resource),
        written: None,
    }
}

/// Folds every part into the resource that it belongs to. Where that is not declared here, a stub stands for it, one for all
/// parts of one resource.
pub(super) fn fold(parts: Vec<Part>, index: &Index, resources: &mut Vec<Resource>) {
    let mut stubs: FxHashMap<(String, String), usize> = FxHashMap::default();
    for part in parts {
        let found = part.targets.iter().find_map(|value| index.find(resources, value, &part.arm));
        // what lies above the target is no target itself
        let found =
            found.filter(|found| resources.get(*found).is_some_and(|it| it.resource_type.is(&part.arm)));
        // what is deployed of an existing resource is a stub of its own, under its name: rules judge that
        let (found, existing) = match found.and_then(|found| resources.get(found)) {
            Some(target) if target.existing => {
                (None, Some((Arc::clone(&target.address), target.name.clone())))
            }
            _ => (found, None),
        };
        let key = match &existing {
            Some((address, _)) => Some(address.to_string()),
            None => name_key(&target_name(&part)),
        };
        let key = key.map(|name| (part.arm.to_ascii_lowercase(), name));
        let known = found.or_else(|| key.as_ref().and_then(|key| stubs.get(key)).copied());
        let position = known.unwrap_or_else(|| {
            let position = place_stub(&part, resources);
            if let (Some((_, name)), Some(stub)) = (existing, resources.get_mut(position)) {
                stub.name = name;
            }
            stubs.extend(key.map(|key| (key, position)));
            position
        });
        if let Some(target) = resources.get_mut(position) {
            add(&part, target);
        }
        let parent = resources.get(position).map(|target| Arc::clone(&target.address));
        for (child, body) in &part.children {
            resources.push(Resource {
                address: format!("{}/{}", part.declared.address, child.key).into(),
                resource_type: ResourceType::new(child.arm),
                name: Value::string(child.name),
                parent: parent.clone(),
                body: body.clone(),
                attributes: None,
                secrets: Arc::new([]),
                ..part.declared.clone()
            });
        }
    }
}

/// Puts a stub where the part is written, and says where that is.
fn place_stub(part: &Part, resources: &mut Vec<Resource>) -> usize {
    match part.written.and_then(|written| Some((written, resources.get_mut(written)?))) {
        Some((written, resource)) => {
            *resource = stub(part);
            written
        }
        None => {
            resources.push(stub(part));
            resources.len() - 1
        }
    }
}

fn stub(part: &Part) -> Resource {
    Resource {
        resource_type: ResourceType::new(Arc::clone(&part.arm)),
        name: target_name(part),
        body: Value::object(Object::new()),
        partial: true,
        ..part.declared.clone()
    }
}

/// The name of what a part belongs to, as far as its reference tells.
fn target_name(part: &Part) -> Value {
    let Some(target) = part.targets.first() else {
        return Value::unknown(Reason::new(ReasonKind::Runtime, "it is not said what this is a part of"));
    };
    match target.as_str().and_then(ids::parse) {
        Some(Id::Resource { names, .. }) => match names.last() {
            Some(name) => Value { kind: Kind::String(name.as_str().into()), ..target.clone() },
            None => target.clone(),
        },
        _ => target.clone(),
    }
}

fn add(part: &Part, target: &mut Resource) {
    let mut body = part.body.clone();
    if part.declared.conditional && !target.conditional {
        let text = format!("'{}' may not be deployed", part.declared.address);
        body = uncertain(&body, &Unknown::new(Reason::new(ReasonKind::Loop, text)));
    }
    match &part.item {
        Some((item, name)) => {
            if let Some(place) = item_of(&mut target.body, item.path, name) {
                merge(place, &body);
            }
        }
        None => merge(&mut target.body, &body),
    }
}

/// The item of that name in the array at `path`, which is made where there is none; the first one where the name is not given.
fn item_of<'a>(body: &'a mut Value, path: &[Step], name: &Value) -> Option<&'a mut Value> {
    let mut node = body;
    for (depth, step) in path.iter().enumerate() {
        let last = depth + 1 == path.len();
        let object = object_mut(node)?;
        if object.get(step.name).is_none() {
            let made = if last { Value::array(Array::default()) } else { Value::object(Object::new()) };
            object.insert(step.name, Member { site: None, key_span: None, value: made });
        }
        node = &mut object.get_mut(step.name)?.value;
    }
    let Kind::Array(array) = &mut node.kind else { return None };
    let array = Arc::make_mut(array);
    let named = |item: &Item| {
        let found = item.value.as_object().and_then(|object| object.value("name"));
        found.is_some_and(|found| found.equals(name, true) == Some(true))
    };
    let position = match array.items.iter().position(named) {
        Some(position) => position,
        None if name.is_null() && !array.items.is_empty() => 0,
        None => {
            let mut object = Object::new();
            if !name.is_null() {
                object.insert("name", name.clone());
            }
            array.items.push(Item { site: None, value: Value::object(object) });
            array.items.len() - 1
        }
    };
    array.items.get_mut(position).map(|item| &mut item.value)
}
