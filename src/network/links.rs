//! Finds what an id means: a resource, or a part of one, however the id is spelt.

use std::sync::Arc;

use crate::model::Graph;
use crate::value::{Kind, Piece, Reason, ReasonKind, Reference, Target, Value};

use super::look::{Look, look, why};

/// A resource, or a part of it: a subnet of a network, a pool of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    /// The resource, by its index in the deployment.
    pub resource: usize,
    /// The part: `subnets/app`, in lower case; `None` is the resource itself.
    pub part: Option<Arc<str>>,
}

impl Spot {
    /// A resource as a whole.
    pub fn whole(resource: usize) -> Self {
        Spot { resource, part: None }
    }

    /// A part of a resource.
    pub fn part(resource: usize, kind: &str, name: &str) -> Self {
        let part = format!("{kind}/{name}").to_lowercase();
        Spot { resource, part: Some(part.into()) }
    }
}

/// What a property links to.
#[derive(Clone, Debug)]
pub enum Link {
    /// Nothing.
    Nothing,
    /// This.
    To(Spot),
    /// Something that is not in this deployment, or that can't be told.
    Untold(Vec<Reason>),
}

impl Link {
    /// What it links to, if that is here.
    pub fn spot(&self) -> Option<&Spot> {
        match self {
            Link::To(spot) => Some(spot),
            _ => None,
        }
    }

    /// The link of a property that holds an id.
    pub(super) fn of(graph: &Graph<'_>, id: &Look<'_>) -> Self {
        match id {
            Look::Absent => Link::Nothing,
            Look::Untold(reasons) => Link::Untold(reasons.clone()),
            Look::There(value) if value.as_str().is_some_and(|text| text.trim().is_empty()) => Link::Nothing,
            Look::There(value) => match locate(graph, value) {
                Some(spot) => Link::To(spot),
                None => Link::Untold(elsewhere(value)),
            },
        }
    }
}

impl Link {
    /// The same, where the id may be that of a part of the resource that holds it, `/frontendIPConfigurations/web`: the mapping of
    /// Terraform's names writes it so.
    pub(super) fn within(graph: &Graph<'_>, owner: usize, id: &Look<'_>) -> Self {
        let relative = id.text().and_then(|text| text.strip_prefix('/')?.split_once('/'));
        match relative {
            Some((kind, name)) if !name.contains('/') => Link::To(Spot::part(owner, kind, name)),
            _ => Link::of(graph, id),
        }
    }
}

/// Why an id leads to nothing here.
fn elsewhere(value: &Value) -> Vec<Reason> {
    match &value.kind {
        Kind::Reference(reference) => {
            let text = match &reference.target {
                Target::Declared { address, .. } => {
                    format!("'{address}' is not a resource of this deployment")
                }
                Target::Id { names, .. } | Target::Scope { names, .. } => {
                    let names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap_or("?")).collect();
                    format!("'{}' is not in this deployment", names.join("/"))
                }
            };
            vec![Reason::new(ReasonKind::Environment, text)]
        }
        Kind::String(id) => {
            let name = id.rsplit('/').next().unwrap_or(id);
            vec![Reason::new(ReasonKind::Environment, format!("'{name}' is not in this deployment"))]
        }
        _ => why(value),
    }
}

/// What an id means, if it is in this deployment.
///
/// A child resource is a part of its parent, where that is here: it may be declared inside it, too.
pub(super) fn locate(graph: &Graph<'_>, id: &Value) -> Option<Spot> {
    match &id.kind {
        Kind::Reference(reference) => match reference.property.as_deref() {
            None => whole(graph, reference),
            Some("id") => whole(graph, &Reference { target: reference.target.clone(), property: None }),
            Some(property) => item(graph, reference, property),
        },
        Kind::String(text) => whole(graph, &parse_id(text)?),
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref()? {
            [Piece::Hole(parent), Piece::Text(rest)] => {
                let (kind, name) = rest.strip_prefix('/')?.split_once('/')?;
                let parent =
                    locate(graph, parent).filter(|spot| spot.part.is_none() && !name.contains('/'))?;
                Some(Spot::part(parent.resource, kind, name))
            }
            _ => None,
        },
        _ => None,
    }
}

fn whole(graph: &Graph<'_>, reference: &Reference) -> Option<Spot> {
    if let Some(index) = graph.resolve(reference) {
        return Some(of_resource(graph, index));
    }
    let Target::Id { resource_type, names, scope } = &reference.target else { return None };
    let (name, above) = names.split_last().filter(|(_, above)| !above.is_empty())?;
    let (parent_type, kind) = resource_type.rsplit_once('/')?;
    let target =
        Target::Id { resource_type: parent_type.into(), names: above.to_vec(), scope: scope.clone() };
    let parent = graph.resolve(&Reference { target, property: None })?;
    Some(Spot::part(parent, kind, name.as_str()?))
}

/// The spot of a resource: a part of its parent, if that is here and the name is known.
pub(super) fn of_resource(graph: &Graph<'_>, index: usize) -> Spot {
    let resource = graph.resource(index);
    let kind = resource.resource_type.as_str().rsplit('/').next().unwrap_or_default();
    match (graph.parent(index), resource.short_name()) {
        (Some(parent), Some(name)) => Spot::part(parent, kind, name),
        _ => Spot::whole(index),
    }
}

/// `properties.subnets[0].id` of a network.
fn item(graph: &Graph<'_>, reference: &Reference, property: &str) -> Option<Spot> {
    let path = property.strip_suffix(".id")?;
    let (collection, at) = path.strip_suffix(']')?.rsplit_once('[')?;
    let at: usize = at.parse().ok()?;
    let index = graph.resolve(&Reference { target: reference.target.clone(), property: None })?;
    let segments: Vec<&str> = collection.split('.').collect();
    let found = look(&graph.resource(index).body, &segments).items();
    let name = look(&found.items.get(at)?.value, &["name"]).text()?;
    Some(Spot::part(index, segments.last()?, name))
}

/// An id that is written out, `/subscriptions/…/providers/Microsoft.Network/virtualNetworks/v/subnets/s`.
fn parse_id(text: &str) -> Option<Reference> {
    let (_, rest) = text.rsplit_once("/providers/")?;
    let mut segments = rest.split('/');
    let mut resource_type = segments.next()?.to_owned();
    let mut names = Vec::new();
    while let Some(kind) = segments.next() {
        resource_type.push('/');
        resource_type.push_str(kind);
        names.push(Value::string(segments.next()?));
    }
    let target = Target::Id { resource_type: resource_type.into(), names, scope: Vec::new() };
    Some(Reference { target, property: None })
}
