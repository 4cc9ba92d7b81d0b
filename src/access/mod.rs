//! Who gets which role where: the role assignments of a deployment, read for what they give.
//!
//! Rules and the `access` command ask here, so that both mean the same by a role and by a scope. Nothing here judges.

mod principal;
mod role;
mod scope;
#[cfg(test)]
mod tests;

pub use principal::{Principal, PrincipalType};
pub use role::{Reach, Role};
pub use scope::{Breadth, Place};

use crate::model::{Graph, Tier};
use crate::value::{Member, Object, Value};

/// How a principal holds a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Always.
    Active,
    /// For a time, by a request in Privileged Identity Management.
    Scheduled,
    /// It may ask for it, in Privileged Identity Management.
    Eligible,
}

impl Held {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Held::Active => "active",
            Held::Scheduled => "scheduled",
            Held::Eligible => "eligible",
        }
    }
}

/// The resource types that give roles, and how.
pub const TYPES: [(&str, Held); 3] = [
    ("Microsoft.Authorization/roleAssignments", Held::Active),
    ("Microsoft.Authorization/roleAssignmentScheduleRequests", Held::Scheduled),
    ("Microsoft.Authorization/roleEligibilityScheduleRequests", Held::Eligible),
];

/// A role that a principal is given on a scope.
#[derive(Clone, Debug)]
pub struct Grant<'g> {
    /// The index of the assignment in the deployment.
    pub resource: usize,
    /// How it is held.
    pub held: Held,
    /// The role.
    pub role: Role,
    /// The property that names the role.
    pub role_member: Option<&'g Member>,
    /// On what.
    pub place: Place,
    /// To whom.
    pub principal: Principal<'g>,
    /// What kind of principal, as the assignment says or as the principal's own resource shows.
    pub principal_type: Option<PrincipalType>,
    /// Whether the assignment itself says what kind of principal it is for.
    pub typed: bool,
    /// Whether a condition narrows it; `None` where that is not known.
    pub conditional: Option<bool>,
}

impl<'g> Grant<'g> {
    /// What the assignment at `index` gives; `None` for any other resource.
    pub fn of(graph: &'g Graph<'g>, index: usize) -> Option<Self> {
        let resource = graph.resource(index);
        let (_, held) = TYPES.iter().find(|(name, _)| resource.resource_type.is(name))?;
        let properties = resource.body.as_object()?.value("properties").and_then(Value::as_object);
        let member = |name: &str| properties.and_then(|properties| properties.get(name));
        let role_member = member("roleDefinitionId");
        let principal = Principal::of(graph, member("principalId").map(|member| &member.value));
        let written = member("principalType").filter(|member| !member.value.is_null());
        let declared = written.and_then(|member| member.value.as_str());
        Some(Grant {
            resource: index,
            held: *held,
            role: Role::of(graph, role_member.map(|member| &member.value)),
            role_member,
            place: Place::of(graph, index),
            principal_type: declared.and_then(PrincipalType::parse).or_else(|| principal.own_type(graph)),
            principal,
            typed: written.is_some(),
            conditional: is_conditional(properties),
        })
    }

    /// All that a deployment gives, in the order of its resources.
    pub fn all(graph: &'g Graph<'g>) -> Vec<Self> {
        let mut indices: Vec<usize> =
            TYPES.iter().flat_map(|(name, _)| graph.of_type(name).iter().copied()).collect();
        indices.sort_unstable();
        indices
            .into_iter()
            .filter(|&index| !graph.resource(index).existing)
            .filter_map(|index| Grant::of(graph, index))
            .collect()
    }

    /// How far the role reaches; `None` where it is not known which role it is.
    pub fn tier(&self) -> Option<Tier> {
        self.role.tier()
    }
}

/// Whether a condition stands in the assignment. An empty one is none.
fn is_conditional(properties: Option<&Object>) -> Option<bool> {
    let Some(properties) = properties else { return Some(false) };
    match properties.get("condition").map(|member| &member.value) {
        Some(value) if value.is_unknown() => None,
        Some(value) => Some(!value.is_null() && value.as_str() != Some("")),
        None => properties.is_closed().then_some(false),
    }
}
