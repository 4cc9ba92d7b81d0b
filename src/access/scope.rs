//! What a resource is deployed to, or extends.

use crate::model::{Graph, Scope};
use crate::value::{Kind, Piece, Reference, Target, Value};

/// How much lies under a scope, the widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breadth {
    /// Everything.
    Tenant,
    /// A management group with its subscriptions.
    ManagementGroup,
    /// A subscription.
    Subscription,
    /// A resource group.
    ResourceGroup,
    /// One resource, or a part of one.
    Resource,
}

impl Breadth {
    /// The word used in output and in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Breadth::Tenant => "tenant",
            Breadth::ManagementGroup => "managementGroup",
            Breadth::Subscription => "subscription",
            Breadth::ResourceGroup => "resourceGroup",
            Breadth::Resource => "resource",
        }
    }

    /// For a sentence: "the whole subscription".
    pub fn described(self) -> &'static str {
        match self {
            Breadth::Tenant => "the tenant",
            Breadth::ManagementGroup => "a management group",
            Breadth::Subscription => "the whole subscription",
            Breadth::ResourceGroup => "the resource group",
            Breadth::Resource => "a resource",
        }
    }

    /// The scope that a template is deployed to.
    pub fn of_scope(scope: Scope) -> Self {
        match scope {
            Scope::Tenant => Breadth::Tenant,
            Scope::ManagementGroup => Breadth::ManagementGroup,
            Scope::Subscription => Breadth::Subscription,
            Scope::ResourceGroup => Breadth::ResourceGroup,
        }
    }

    /// What an id stands for: text, reference, half-known text, or an object with an `id`.
    pub fn of_id(value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::String(text) => of_text(text),
            Kind::Reference(reference) => of_reference(reference),
            Kind::Unknown(unknown) => of_pieces(unknown.facts.pieces.as_deref()?),
            Kind::Object(object) => Self::of_id(object.value("id")?),
            Kind::OneOf(values) => {
                let mut answers = values.iter().map(Self::of_id);
                let first = answers.next()??;
                answers.all(|answer| answer == Some(first)).then_some(first)
            }
            _ => None,
        }
    }
}

/// Where an assignment holds.
#[derive(Clone, Debug)]
pub struct Place {
    /// How wide it is; `None` where that is not known.
    pub breadth: Option<Breadth>,
    /// The scope as the code gives it; `None` for the scope that is deployed to.
    pub value: Option<Value>,
    /// The resource of the deployment that it is, if it is one.
    pub resource: Option<usize>,
}

impl Place {
    /// The scope of the resource at `index`: what it extends, else what the innermost template is deployed to.
    pub fn of(graph: &Graph<'_>, index: usize) -> Self {
        let resource = graph.resource(index);
        if let Some(scope) = &resource.scope {
            return Place {
                breadth: Breadth::of_id(scope),
                resource: graph.resolve_value(scope),
                value: Some(scope.clone()),
            };
        }
        match resource.calls.iter().rev().find_map(|call| Some((call.target?, &call.scope))) {
            Some((target, scope)) => {
                let named =
                    scope.as_ref().filter(|scope| Breadth::of_id(scope) == Some(Breadth::of_scope(target)));
                Place { breadth: Some(Breadth::of_scope(target)), value: named.cloned(), resource: None }
            }
            None => Place {
                breadth: graph.deployment().scope.map(Breadth::of_scope),
                value: None,
                resource: None,
            },
        }
    }

    /// For a person: the name of what is known of the scope.
    pub fn describe(&self, graph: &Graph<'_>) -> String {
        if let Some(index) = self.resource {
            let resource = graph.resource(index);
            return format!("{} ({})", resource.display_name(), resource.resource_type);
        }
        match (&self.value, self.breadth) {
            (Some(value), _) => describe(value),
            (None, Some(breadth)) => format!("{} deployed to", breadth.described()),
            (None, None) => "not known".to_owned(),
        }
    }
}

fn describe(value: &Value) -> String {
    match &value.kind {
        Kind::String(text) => text.to_string(),
        Kind::Reference(reference) => match (&reference.target, &reference.property) {
            (Target::Scope { .. } | Target::Id { .. }, None) => {
                let text = reference.describe();
                text.strip_prefix("id of ").map_or(text.clone(), str::to_owned)
            }
            _ => reference.describe(),
        },
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref() {
            Some(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.to_string(),
                    Piece::Hole(_) => "…".to_owned(),
                })
                .collect(),
            None => unknown.reason().text.to_string(),
        },
        Kind::Object(object) => object.value("id").map_or_else(|| "not known".to_owned(), describe),
        Kind::OneOf(values) => values.iter().map(describe).collect::<Vec<_>>().join(" or "),
        _ => "not known".to_owned(),
    }
}

/// `/subscriptions/x/resourceGroups/y/providers/…`; a segment may be anything.
fn of_text(text: &str) -> Option<Breadth> {
    if text == "/" {
        return Some(Breadth::Tenant);
    }
    let segments: Vec<&str> = text.trim_matches('/').split('/').collect();
    let is =
        |index: usize, word: &str| segments.get(index).is_some_and(|found| found.eq_ignore_ascii_case(word));
    if is(0, "subscriptions") {
        return Some(match segments.len() {
            2 => Breadth::Subscription,
            4 if is(2, "resourceGroups") => Breadth::ResourceGroup,
            _ => Breadth::Resource,
        });
    }
    if is(0, "providers") && is(1, "Microsoft.Management") && is(2, "managementGroups") {
        return Some(if segments.len() == 4 { Breadth::ManagementGroup } else { Breadth::Resource });
    }
    None
}

/// What is not known in an id written with a `/` before and behind is one segment of it.
fn of_pieces(pieces: &[Piece]) -> Option<Breadth> {
    let (first, rest) = pieces.split_first()?;
    match first {
        Piece::Text(start) if start.starts_with('/') => {
            let text: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => &**text,
                    Piece::Hole(_) => "?",
                })
                .collect();
            of_text(&text)
        }
        // An id with something behind it: a part of a resource, or a resource group of a subscription.
        Piece::Hole(base) => {
            let Some(Piece::Text(behind)) = rest.first() else { return None };
            let behind = behind.to_ascii_lowercase();
            let base = Breadth::of_id(base);
            if behind.starts_with("/providers/microsoft.management") {
                return None;
            }
            if behind.starts_with("/resourcegroups/") && rest.len() <= 2 && behind.matches('/').count() == 2 {
                return Some(Breadth::ResourceGroup);
            }
            let part = behind.starts_with('/') && behind.matches('/').count() >= 2;
            (part || (base == Some(Breadth::Resource) && behind.starts_with('/')))
                .then_some(Breadth::Resource)
        }
        Piece::Text(_) => None,
    }
}

fn of_reference(reference: &Reference) -> Option<Breadth> {
    let resource_type = reference.target.resource_type();
    let is = |name: &str| resource_type.eq_ignore_ascii_case(name);
    let breadth = if is("Microsoft.Resources/resourceGroups") {
        Breadth::ResourceGroup
    } else if is("Microsoft.Resources/subscriptions") || is("Microsoft.Subscription/aliases") {
        Breadth::Subscription
    } else if is("Microsoft.Management/managementGroups") {
        Breadth::ManagementGroup
    } else if is("Microsoft.Resources/tenants") {
        Breadth::Tenant
    } else {
        Breadth::Resource
    };
    match &reference.property {
        None => Some(breadth),
        // `resource_versionless_id` of a secret is the id of a part of it; anything else may be any text.
        Some(property) => {
            (breadth == Breadth::Resource && property.ends_with("_id") && property.contains("resource"))
                .then_some(Breadth::Resource)
        }
    }
}
