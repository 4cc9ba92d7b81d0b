//! Which role is given, and what a custom role really allows.

use crate::model::{BuiltInRole, Graph, Resource, Tier};
use crate::value::{Kind, Piece, Reason, ReasonKind, Reference, Target, Unknown, Value};

/// A role that is given.
#[derive(Clone, Debug)]
pub enum Role {
    /// One of Azure's.
    BuiltIn(&'static BuiltInRole),
    /// One that this deployment defines: the index of its definition.
    Custom(usize, Reach),
    /// One that is defined elsewhere: its GUID or name.
    Other(String),
    /// It is not known which.
    Unknown(Vec<Reason>),
}

/// What a custom role allows at most, by its actions. `notActions` narrow only this role, and are left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It reads.
    Reads,
    /// It does what it names.
    Named,
    /// It does anything in a service, or deletes or writes anywhere.
    Service,
    /// It gives roles, or defines them.
    GivesRoles,
    /// Everything.
    Everything,
    /// Its actions are not known.
    Unknown,
}

impl Reach {
    /// For a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Reads => "reads only",
            Reach::Named => "named actions",
            Reach::Service => "whole services",
            Reach::GivesRoles => "gives roles",
            Reach::Everything => "everything",
            Reach::Unknown => "actions not known",
        }
    }

    /// The tier that it amounts to.
    pub fn tier(self) -> Option<Tier> {
        match self {
            Reach::Reads => Some(Tier::Low),
            Reach::Named => Some(Tier::Medium),
            Reach::Service => Some(Tier::High),
            Reach::GivesRoles | Reach::Everything => Some(Tier::Critical),
            Reach::Unknown => None,
        }
    }

    /// The reach of a definition.
    pub fn of(definition: &Resource) -> Self {
        let permissions = definition
            .body
            .as_object()
            .and_then(|body| body.value("properties")?.as_object()?.value("permissions")?.as_array());
        let Some(permissions) = permissions else { return Reach::Unknown };
        let mut widest = if permissions.is_closed() { Reach::Reads } else { Reach::Unknown };
        for permission in permissions.values() {
            let Some(permission) = permission.as_object() else {
                widest = widest.max(Reach::Unknown);
                continue;
            };
            for key in ["actions", "dataActions"] {
                let Some(actions) = permission.value(key).filter(|actions| !actions.is_null()) else {
                    continue;
                };
                let Some(actions) = actions.as_array() else {
                    widest = widest.max(Reach::Unknown);
                    continue;
                };
                let reaches =
                    actions.values().map(|action| action.as_str().map_or(Reach::Unknown, Reach::of_action));
                widest = reaches.fold(widest, Reach::wider);
            }
        }
        widest
    }

    /// Everything is wider than what is not known; that is wider than the rest.
    fn wider(self, other: Reach) -> Reach {
        match (self, other) {
            (Reach::Everything | Reach::GivesRoles, Reach::Unknown) => self,
            (Reach::Unknown, Reach::Everything | Reach::GivesRoles) => other,
            _ => self.max(other),
        }
    }

    /// The reach of one action, which may have `*` for any part.
    pub fn of_action(action: &str) -> Self {
        let action = action.to_ascii_lowercase();
        if action == "*" {
            return Reach::Everything;
        }
        let gives = [
            "microsoft.authorization/roleassignments/write",
            "microsoft.authorization/roledefinitions/write",
        ];
        if gives.iter().any(|needed| covers(&action, needed)) {
            return Reach::GivesRoles;
        }
        match action.rsplit('/').next().unwrap_or_default() {
            "read" => Reach::Reads,
            // A star for the namespace, or for all of it: `*/write`, `Microsoft.Compute/*`.
            _ if action.starts_with("*/") || action.matches('/').count() == 1 && action.ends_with("/*") => {
                Reach::Service
            }
            _ => Reach::Named,
        }
    }
}

/// Whether an action with stars allows what is asked.
fn covers(pattern: &str, action: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = action.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

impl Role {
    pub(super) fn of(graph: &Graph<'_>, value: Option<&Value>) -> Self {
        let Some(value) = value else {
            return Role::Unknown(vec![Reason::new(ReasonKind::Error, "the assignment names no role")]);
        };
        match &value.kind {
            Kind::String(text) => Self::of_text(graph, text),
            Kind::Reference(reference) => Self::of_reference(graph, reference, value),
            Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref().and_then(<[Piece]>::last) {
                // '${scope}/providers/Microsoft.Authorization/roleDefinitions/GUID'
                Some(Piece::Text(end)) if end.rsplit('/').next().is_some_and(is_guid) => {
                    Self::of_text(graph, end)
                }
                Some(Piece::Hole(inner))
                    if unknown.facts.pieces.as_deref().is_some_and(|all| all.len() > 1) =>
                {
                    match graph.resolve_value(inner) {
                        Some(_) => Self::of(graph, Some(inner)),
                        None => Role::Unknown(unknown.reasons.to_vec()),
                    }
                }
                _ => Role::Unknown(unknown.reasons.to_vec()),
            },
            Kind::OneOf(values) => {
                let mut roles = values.iter().map(|value| Self::of(graph, Some(value)));
                match roles.next() {
                    Some(first) if roles.all(|role| role.is(&first)) => first,
                    _ => Role::Unknown(why(value)),
                }
            }
            _ => Role::Unknown(vec![Reason::new(ReasonKind::Error, "the role is no id")]),
        }
    }

    fn of_text(graph: &Graph<'_>, text: &str) -> Self {
        let last = text.rsplit('/').next().unwrap_or(text);
        if let Some(role) = BuiltInRole::by_id(last).or_else(|| BuiltInRole::by_name(last)) {
            return Role::BuiltIn(role);
        }
        // A definition of this deployment, by the name that its GUID or its role has.
        let definition =
            graph.of_type("Microsoft.Authorization/roleDefinitions").iter().copied().find(|&index| {
                let resource = graph.resource(index);
                let named = |name: Option<&str>| name.is_some_and(|name| name.eq_ignore_ascii_case(last));
                named(resource.short_name()) || named(role_name(resource))
            });
        match definition {
            Some(index) => Role::Custom(index, Reach::of(graph.resource(index))),
            None => Role::Other(last.to_owned()),
        }
    }

    fn of_reference(graph: &Graph<'_>, reference: &Reference, value: &Value) -> Self {
        if let Some(index) = graph.resolve(reference) {
            let resource = graph.resource(index);
            if resource.resource_type.is("Microsoft.Authorization/roleDefinitions") {
                // One that exists already may well be Azure's own.
                return match resource.short_name().and_then(BuiltInRole::by_id) {
                    Some(role) => Role::BuiltIn(role),
                    None if resource.existing => match resource.short_name() {
                        Some(name) => Role::Other(name.to_owned()),
                        None => Role::Unknown(why(&resource.name)),
                    },
                    None => Role::Custom(index, Reach::of(resource)),
                };
            }
        }
        match &reference.target {
            Target::Id { names, .. } => match names.last() {
                Some(name) => match name.as_str() {
                    Some(text) => Self::of_text(graph, text),
                    None => Self::of(graph, Some(name)),
                },
                None => Role::Unknown(why(value)),
            },
            _ => Role::Unknown(why(value)),
        }
    }

    /// Whether both are the same role.
    fn is(&self, other: &Role) -> bool {
        match (self, other) {
            (Role::BuiltIn(a), Role::BuiltIn(b)) => a.id == b.id,
            (Role::Custom(a, _), Role::Custom(b, _)) => a == b,
            (Role::Other(a), Role::Other(b)) => a == b,
            _ => false,
        }
    }

    /// How far it reaches.
    pub fn tier(&self) -> Option<Tier> {
        match self {
            Role::BuiltIn(role) => Some(role.tier),
            Role::Custom(_, reach) => reach.tier(),
            Role::Other(_) | Role::Unknown(_) => None,
        }
    }

    /// Whether it is one of these, by GUID or name; `None` where it can't be told.
    pub fn is_one_of<'a>(
        &self,
        graph: &Graph<'_>,
        mut wanted: impl Iterator<Item = &'a str>,
    ) -> Option<bool> {
        match self {
            Role::BuiltIn(role) => Some(wanted.any(|wanted| {
                role.id.eq_ignore_ascii_case(wanted) || role.name.eq_ignore_ascii_case(wanted)
            })),
            Role::Custom(index, _) => {
                let name = role_name(graph.resource(*index));
                Some(name.is_some_and(|name| wanted.any(|wanted| name.eq_ignore_ascii_case(wanted))))
            }
            Role::Other(name) => Some(wanted.any(|wanted| name.eq_ignore_ascii_case(wanted))),
            Role::Unknown(_) => None,
        }
    }

    /// For a person.
    pub fn describe(&self, graph: &Graph<'_>) -> String {
        match self {
            Role::BuiltIn(role) => role.name.to_owned(),
            Role::Custom(index, reach) => {
                let resource = graph.resource(*index);
                let name = role_name(resource).unwrap_or_else(|| resource.display_name());
                format!("{name} (custom: {})", reach.as_str())
            }
            Role::Other(name) => name.clone(),
            Role::Unknown(reasons) => {
                let reason = reasons.first().map_or("", |reason| &reason.text);
                format!("not known: {reason}")
            }
        }
    }
}

/// The name that a role definition gives its role.
pub(super) fn role_name(definition: &Resource) -> Option<&str> {
    definition.body.as_object()?.value("properties")?.as_object()?.value("roleName")?.as_str()
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn why(value: &Value) -> Vec<Reason> {
    Unknown::because_of([value])
        .map(|unknown| unknown.reasons.to_vec())
        .unwrap_or_else(|| vec![Reason::new(ReasonKind::Runtime, "the role is known only after deployment")])
}
