//! One Terraform resource → the ARM bodies that its table makes of it.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Array, Item, Kind, Member, Object, StepKind, Unknown, Value};

use super::body::{Body, Entry};
use super::format::{Absent, Child, Const, Rule, Step, Table, Transform};
use super::read::{Found, Instance, instances};
use super::transform::{Around, apply, of_const};
use crate::terraform::resource::TerraformResource;

/// The bodies of a resource.
pub(super) struct Assembled {
    /// The resource's own.
    pub(super) body: Value,
    /// Those of its children, in the order of [`Table::children`]; `None` for one of which nothing is said.
    pub(super) children: Vec<Option<Value>>,
}

/// The major version whose defaults apply: 3, 4 or 5 as an index from 0. Where none is pinned, 4 is meant.
pub(super) fn major_index(version: Option<(u32, u32)>) -> usize {
    match version {
        Some((0..=3, _)) => 0,
        Some((5.., _)) => 2,
        Some((4, _)) | None => 1,
    }
}

/// Fills the bodies of `resource` by `table`.
pub(super) fn assemble(
    table: &'static Table,
    resource: &TerraformResource,
    attributes: &Object,
) -> Assembled {
    let mut bodies: Vec<Body> = (0..=table.children.len()).map(|_| Body::new()).collect();
    let major = major_index(resource.provider_version);
    let default = Pass::Default(major, resource.header);
    // what is written first: what a table adds never stands in the way of another spelling of the same attribute
    let passes = [Pass::Written, Pass::Implied, default];
    // the provider adds nothing to what it reads
    let passes = if resource.existing { &passes[..1] } else { &passes[..] };
    for &pass in passes {
        for rule in rules(table).filter(|rule| rule.implied == matches!(pass, Pass::Implied)) {
            let Some(body) = bodies.get_mut(rule.child.map_or(0, |child| child + 1)) else { continue };
            // items stand in the table's order, given or not
            let appends = appends(rule);
            if appends && matches!(pass, Pass::Default(..)) {
                continue;
            }
            instances(attributes, rule.source, &mut |instance| {
                write(rule, &instance, attributes, body, pass);
                if appends && !resource.existing {
                    write(rule, &instance, attributes, body, default);
                }
            });
        }
    }
    let mut bodies = bodies.into_iter();
    let body = bodies.next().map_or_else(|| Value::object(Object::new()), Body::into_value);
    let children = bodies.zip(table.children).map(|(own, child)| {
        let own = (!own.is_empty()).then(|| own.into_value());
        own.or_else(|| copied(child, &body))
    });
    let children = children.collect();
    Assembled { body, children }
}

/// Whether a rule puts a named item of its own at the end of a list that others write to as well.
fn appends(rule: &Rule) -> bool {
    rule.target.last().is_some_and(|step| step.each)
        && matches!(rule.transforms.last(), Some(Transform::Wrap { .. }))
}

/// The body of a child that repeats a part of the resource's own; `None` where there is none.
fn copied(child: &Child, body: &Value) -> Option<Value> {
    let (last, above) = child.copy.split_last()?;
    let above =
        above.iter().try_fold(body.as_object()?, |object, step| object.value(step.name)?.as_object())?;
    let member = above.get(last.name)?;
    let mut object = member.value.as_object()?.clone();
    for name in child.without {
        object.remove(name);
    }
    if object.is_empty() && object.is_closed() {
        return None;
    }
    let value = Value { kind: Kind::Object(Arc::new(object)), ..member.value.clone() };
    let mut properties = Object::new();
    properties.insert("properties", Member { value, ..member.clone() });
    Some(Value::object(properties))
}

/// What is being written.
#[derive(Clone, Copy)]
enum Pass {
    /// What is configured.
    Written,
    /// What comes with it.
    Implied,
    /// What stands for what is absent: by the defaults of this major, with the header as their place.
    Default(usize, Span),
}

/// Writes one instance.
fn write(rule: &Rule, instance: &Instance<'_>, top: &Object, body: &mut Body, pass: Pass) {
    let around = Around { block: instance.block, top };
    let mut entry = Entry {
        source: rule.source,
        indices: &instance.indices,
        block_site: instance.block_site,
        site: None,
        key_span: None,
        // what the provider reads gives way to what is configured
        keep: !matches!(pass, Pass::Written) || rule.transforms.iter().any(reads),
    };
    match (&instance.found, pass) {
        (Found::Given { site, key_span, value }, Pass::Written | Pass::Implied) => {
            entry.site = *site;
            entry.key_span = *key_span;
            let value = match &value.kind {
                Kind::Array(list) if rule.implied && arrays(rule.target) > instance.indices.len() => {
                    // one for every item of the list
                    let each = |item: &Item| {
                        Some(Item { site: item.site, value: apply(rule.transforms, &item.value, around)? })
                    };
                    let items = list.items.iter().filter_map(each).collect();
                    Some(Value::array(Array { items, open: list.open.clone(), ..Array::default() }))
                }
                _ => apply(rule.transforms, value, around),
            };
            if let Some(value) = value {
                body.write(rule.target, &entry, value);
            }
        }
        (Found::Unknown(unknown), Pass::Written | Pass::Implied) => {
            let unknown = Value::new(Kind::Unknown(unknown.clone()));
            if let Some(value) = apply(rule.transforms, &unknown, around) {
                entry.keep = true;
                body.write(rule.target, &entry, value);
            }
        }
        (Found::Absent, Pass::Default(major, header)) => {
            let pick = |by_major: &[Option<Const>; 3]| by_major.get(major).copied().flatten().map(of_const);
            let value = match &rule.absent {
                Absent::Nothing => None,
                Absent::Sent(sent) => pick(sent),
                Absent::Default(default) => {
                    pick(default).and_then(|value| apply(rule.transforms, &value, around))
                }
            };
            if let Some(value) = value {
                let name = last_name(rule.source).or_else(|| last_name(rule.target)).unwrap_or_default();
                body.write(rule.target, &entry, value.via(StepKind::ProviderDefault, name, header));
            }
        }
        _ => {}
    }
}

fn reads(transform: &Transform) -> bool {
    matches!(transform, Transform::ReadFrom(_))
}

fn arrays(path: &[Step]) -> usize {
    path.iter().filter(|step| step.each).count()
}

fn last_name(path: &[Step]) -> Option<&'static str> {
    path.last().map(|step| step.name)
}

const fn step(name: &'static str) -> Step {
    Step { name, each: false }
}

/// `location`, `tags`, `zones` and `identity`, which mean the same in every type whose table says nothing else.
static COMMON: [Rule; 5] = [
    common(&[step("location")], &[step("location")], &[Transform::Location]),
    common(&[step("tags")], &[step("tags")], &[]),
    common(&[step("zones")], &[step("zones")], &[]),
    common(&[step("identity"), step("type")], &[step("identity"), step("type")], &[]),
    common(
        &[step("identity"), step("identity_ids")],
        &[step("identity"), step("userAssignedIdentities")],
        &[Transform::Keys],
    ),
];

const fn common(source: &'static [Step], target: &'static [Step], transforms: &'static [Transform]) -> Rule {
    Rule { source, target, child: None, transforms, implied: false, absent: Absent::Nothing }
}

/// The common rules for what the table has no rule for, then the table's.
fn rules(table: &'static Table) -> impl Iterator<Item = &'static Rule> {
    let own = |rule: &Rule| {
        rule.source
            .first()
            .is_some_and(|name| table.rules.iter().any(|rule| rule.source.first() == Some(name)))
    };
    COMMON.iter().filter(move |rule| !own(rule)).chain(table.rules)
}

/// The values of `body`, each of them only one that may be: for a part that may not be deployed.
pub(super) fn uncertain(body: &Value, reason: &Unknown) -> Value {
    match &body.kind {
        Kind::Object(object) => {
            let mut maybe = Object::new();
            for (key, member) in object.members() {
                maybe.insert(
                    key.clone(),
                    Member { value: uncertain(&member.value, reason), ..member.clone() },
                );
            }
            Value { kind: Kind::Object(std::sync::Arc::new(maybe)), ..body.clone() }
        }
        Kind::Array(_) => {
            let array = Array { open: Some(std::sync::Arc::new(reason.clone())), ..Default::default() };
            Value { kind: Kind::Array(std::sync::Arc::new(array)), ..body.clone() }
        }
        _ => {
            let unknown = reason.clone().with_type(body.value_type());
            Value { kind: Kind::Unknown(std::sync::Arc::new(unknown)), ..body.clone() }
        }
    }
}
