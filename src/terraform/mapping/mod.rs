//! The provider's shape → ARM's, by the tables in `mappings/azurerm`.
//!
//! [`map_resources`] makes of every `azurerm_*` and `azapi_*` resource the ARM resources that it would deploy:
//!
//! - attributes go where the type's table says, with the provider's defaults of its major version for what is absent;
//! - one Terraform resource may be several ARM resources: the further ones have the address of the first, `/`, and a short
//!   name (`azurerm_storage_account.sa/blobServices`), and it as their parent;
//! - a resource that ARM knows as a part of another (network rules, an association) is folded into that other one, or into a
//!   stub of it, marked [`partial`](Resource::partial), where it is not declared here; it also stays as it is written, so that
//!   every address of the configuration is in the model;
//! - what is not Azure's resource manager's keeps its own type and shape.

mod assemble;
mod azapi;
mod body;
mod fold;
mod format;
mod ids;
mod index;
mod json;
mod read;
mod secrets;
mod set;
mod tables;
mod text;
mod transform;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Resource, ResourceType};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::value::{Object, Reason, ReasonKind, StepKind, Value};

use super::resource::TerraformResource;
use fold::Part;
use format::{Child, Name, Relation, Table};
use index::Index;

/// What [`map_resources`] gives.
#[derive(Debug, Default)]
pub struct Mapped {
    /// The resources in ARM's shape, in the order of their declaration.
    pub resources: Vec<Resource>,
    /// One note for each `azurerm_*` type that no table knows.
    pub diagnostics: Vec<Diagnostic>,
    /// These types, sorted.
    pub unmapped: Vec<Arc<str>>,
}

/// The ARM type of an `azurerm_*` type, if it has one.
pub fn arm_type(resource_type: &str) -> Option<&'static str> {
    tables::table(resource_type).map(|table| table.arm).filter(|arm| !arm.is_empty())
}

/// Data sources that stand for a scope, or whose ids say all that there is to know of them: no resource of ARM is read by them.
const NOT_EXISTING: [&str; 3] =
    ["azurerm_subscription", "azurerm_management_group", "azurerm_role_definition"];

/// The type of the existing resource that a data source of this type reads, if it is one of ARM's.
pub(crate) fn existing_type(resource_type: &str) -> Option<&'static str> {
    let table = tables::table(resource_type)?;
    let is_resource = table.relation == Relation::Resource && !table.arm.is_empty();
    (is_resource && !NOT_EXISTING.contains(&resource_type)).then_some(table.arm)
}

/// A namespace or type of ARM as Azure spells it, of whatever case; `None` for one that no table knows.
pub(crate) fn spelling(resource_type: &str) -> Option<&'static str> {
    tables::spelling(resource_type)
}

/// Maps the resources of one root.
pub fn map_resources(resources: Vec<TerraformResource>) -> Mapped {
    let mut mapped = Vec::with_capacity(resources.len());
    let mut parents: Vec<(usize, Vec<Value>)> = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    let mut unmapped: BTreeMap<Arc<str>, (Span, usize)> = BTreeMap::new();
    for resource in resources {
        if resource.existing {
            if let Some(table) = tables::table(&resource.resource_type) {
                parents.push((mapped.len(), values_of(table.parents, &resource)));
                mapped.push(existing(table, &resource));
            }
            continue;
        }
        if resource.resource_type.starts_with("azapi_") {
            match azapi::map(&resource) {
                azapi::Outcome::Resource(resource, parent) => {
                    parents.extend(parent.map(|parent| (mapped.len(), vec![parent])));
                    mapped.push(*resource);
                }
                azapi::Outcome::Part(part) => parts.push(*part),
                azapi::Outcome::Other => mapped.push(as_written(&resource)),
            }
            continue;
        }
        match tables::table(&resource.resource_type) {
            Some(table) if table.relation == Relation::Part => {
                parts.push(Part { written: Some(mapped.len()), ..fold::part(table, &resource) });
                mapped.push(Resource { partial: true, ..as_written(&resource) });
            }
            Some(table) if table.relation == Relation::Resource => {
                parents.push((mapped.len(), values_of(table.parents, &resource)));
                by_table(table, &resource, &mut mapped);
            }
            Some(_) => mapped.push(as_written(&resource)),
            None => {
                if resource.resource_type.starts_with("azurerm_") {
                    unmapped.entry(Arc::clone(&resource.resource_type)).or_insert((resource.header, 0)).1 +=
                        1;
                }
                mapped.push(as_written(&resource));
            }
        }
    }
    let index = Index::new(&mapped);
    for (child, values) in &parents {
        let parent = index.parent(&mapped, *child, values);
        if let Some(child) = mapped.get_mut(*child) {
            child.parent = parent;
        }
    }
    // by now the parents of what lies beside them are known
    for (child, values) in &parents {
        let parent = index.parent_of_sibling(&mapped, *child, values);
        if let Some(child) = mapped.get_mut(*child).filter(|child| child.parent.is_none()) {
            child.parent = parent;
        }
    }
    fold::fold(parts, &index, &mut mapped);
    let types = unmapped.keys().cloned().collect();
    Mapped {
        resources: mapped,
        diagnostics: unmapped.into_iter().map(unmapped_note).collect(),
        unmapped: types,
    }
}

fn unmapped_note((resource_type, (span, count)): (Arc<str>, (Span, usize))) -> Diagnostic {
    let many = if count == 1 { String::new() } else { format!(" ({count} resources)") };
    let message = format!("{resource_type} has no mapping to ARM and is not checked{many}");
    Diagnostic::new(Level::Note, DiagnosticCode::Unmapped, message, span)
}

/// The values of the attributes that are given, in their order.
fn values_of(names: &[&str], resource: &TerraformResource) -> Vec<Value> {
    let Some(attributes) = resource.attributes.as_object() else { return Vec::new() };
    let given = names.iter().filter_map(|name| attributes.get_exact(name));
    given.map(|member| member.value.clone()).filter(|value| !value.is_null()).collect()
}

/// The existing resource that a data source reads: what its arguments say of it.
fn existing(table: &'static Table, resource: &TerraformResource) -> Resource {
    let empty = Object::new();
    let attributes = resource.attributes.as_object().unwrap_or(&empty);
    let name = match table.name_rule {
        Name::Constant(name) => Value::string(name),
        Name::Attribute(attribute) | Name::AttributeOr(attribute, _) => name_of(attributes, attribute),
    };
    Resource {
        resource_type: ResourceType::new(table.arm),
        source_type: format!("data.{}", resource.resource_type).into(),
        name,
        existing: true,
        body: assemble::assemble(table, resource, attributes).body,
        secrets: Arc::new([]),
        ..as_written(resource)
    }
}

/// The resource with its ARM type, and after it those that it is made of besides.
fn by_table(table: &'static Table, resource: &TerraformResource, mapped: &mut Vec<Resource>) {
    let empty = Object::new();
    let attributes = resource.attributes.as_object().unwrap_or(&empty);
    let assembled = assemble::assemble(table, resource, attributes);
    let name = match table.name_rule {
        Name::Constant(name) => Value::string(name),
        Name::Attribute(attribute) => name_of(attributes, attribute),
        Name::AttributeOr(attribute, default) => {
            match attributes.value(attribute).filter(|value| !value.is_null()) {
                Some(value) => value.clone(),
                None => Value::string(default).via(StepKind::ProviderDefault, attribute, resource.header),
            }
        }
    };
    let main = Resource {
        resource_type: ResourceType::new(table.arm),
        name,
        scope: values_of(table.scopes, resource).first().map(ids::as_reference),
        body: assembled.body,
        partial: !table.mapped || resource.attributes.as_object().is_none(),
        ..as_written(resource)
    };
    let partial = main.partial;
    mapped.push(main);
    for (child, body) in table.children.iter().zip(assembled.children) {
        for (key, name, body) in body.map_or_else(Vec::new, |body| instances(child, body)) {
            mapped.push(Resource {
                address: format!("{}/{key}", resource.address).into(),
                resource_type: ResourceType::new(child.arm),
                source_type: Arc::from(child.arm),
                name,
                parent: Some(Arc::clone(&resource.address)),
                body,
                attributes: None,
                secrets: Arc::new([]),
                partial,
                repeats: !child.copy.is_empty(),
                ..as_written(resource)
            });
        }
    }
}

/// The resources that a child is: the end of their addresses, their names and their bodies.
fn instances(child: &Child, body: Value) -> Vec<(String, Value, Value)> {
    let Some((list, named)) = child.each else {
        return vec![(child.key.to_owned(), Value::string(child.name), body)];
    };
    let Some(list) = body.as_object().and_then(|body| body.value(list)) else { return Vec::new() };
    let items = list.as_array().map_or(&[][..], |array| &array.items);
    let mut found: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let name = item.value.as_object().map_or_else(Value::null, |item| name_of(item, named));
            (format!("{}[{index}]", child.key), name, item.value.clone())
        })
        .collect();
    // How many there are may not be known: one stands for them.
    let open = list.as_array().map_or_else(|| list.as_unknown(), |array| array.open.as_ref());
    found.extend(open.map(|open| {
        let some = Value::unknown(open.reason().clone());
        (format!("{}[*]", child.key), some.clone(), some)
    }));
    found
}

/// The name that an attribute gives; the provider makes one up where it is absent.
fn name_of(attributes: &Object, attribute: &str) -> Value {
    match attributes.value(attribute).filter(|value| !value.is_null()) {
        Some(value) => value.clone(),
        None => Value::unknown(Reason::new(ReasonKind::Runtime, "the provider makes up the name")),
    }
}

/// The resource under its own type, its attributes as the body.
fn as_written(resource: &TerraformResource) -> Resource {
    let name =
        resource.attributes.as_object().map_or_else(Value::null, |attributes| name_of(attributes, "name"));
    Resource {
        address: Arc::clone(&resource.address),
        resource_type: ResourceType::new(Arc::clone(&resource.resource_type)),
        api_version: None,
        source_type: Arc::clone(&resource.resource_type),
        name,
        existing: false,
        conditional: resource.conditional,
        loop_instance: resource.loop_instance.clone(),
        scope: None,
        parent: None,
        span: resource.span,
        header: resource.header,
        body: resource.attributes.clone(),
        attributes: Some(resource.attributes.clone()),
        secrets: secrets::of(
            resource,
            tables::table(&resource.resource_type).is_some_and(|table| table.mapped),
        ),
        calls: Arc::clone(&resource.calls),
        owned: resource.owned,
        partial: false,
        repeats: false,
    }
}

// the build's reader of tables, for its tests
#[cfg(test)]
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "../../../build/mappings/lower.rs"]
mod lower;
#[cfg(test)]
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "../../../build/mappings/written.rs"]
mod written;

#[cfg(test)]
mod provider;
#[cfg(test)]
mod tests;
