//! Who a role is given to.

use crate::model::Graph;
use crate::value::{Kind, Piece, Reason, Target, Unknown, Value};

/// A principal, as far as the code shows it.
#[derive(Clone, Debug)]
pub enum Principal<'g> {
    /// The identity of a resource of the deployment.
    Resource(usize),
    /// An object id that is written out.
    Id(&'g str),
    /// Not known, with what a person would say of it.
    Other(String),
}

/// Azure's kinds of principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalType {
    /// A person.
    User,
    /// A group.
    Group,
    /// An application or a managed identity.
    ServicePrincipal,
    /// A group of another tenant.
    ForeignGroup,
    /// A device.
    Device,
}

impl PrincipalType {
    const ALL: [PrincipalType; 5] = [
        PrincipalType::User,
        PrincipalType::Group,
        PrincipalType::ServicePrincipal,
        PrincipalType::ForeignGroup,
        PrincipalType::Device,
    ];

    /// The word that Azure uses.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalType::User => "User",
            PrincipalType::Group => "Group",
            PrincipalType::ServicePrincipal => "ServicePrincipal",
            PrincipalType::ForeignGroup => "ForeignGroup",
            PrincipalType::Device => "Device",
        }
    }

    /// The kind of that word, without regard to case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }
}

impl<'g> Principal<'g> {
    pub(super) fn of(graph: &Graph<'_>, value: Option<&'g Value>) -> Self {
        let Some(value) = value else { return Principal::Other("not given".to_owned()) };
        if let Some(index) = graph.resolve_value(value) {
            return Principal::Resource(index);
        }
        match &value.kind {
            Kind::String(text) if text.is_empty() => Principal::Other("an empty id".to_owned()),
            Kind::String(text) => Principal::Id(text),
            _ => Principal::Other(tell(value)),
        }
    }

    /// What kind of principal a resource's identity is.
    pub(super) fn own_type(&self, graph: &Graph<'_>) -> Option<PrincipalType> {
        let Principal::Resource(index) = self else { return None };
        let resource_type = graph.resource(*index).resource_type.as_str().to_ascii_lowercase();
        match resource_type.as_str() {
            "azuread_user" | "microsoft.graph/users" => Some(PrincipalType::User),
            "azuread_group" | "microsoft.graph/groups" => Some(PrincipalType::Group),
            // An application object is no principal; its service principal is.
            "azuread_application" | "microsoft.graph/applications" => None,
            _ => Some(PrincipalType::ServicePrincipal),
        }
    }

    /// For a person: the resource's name, the id, or why it is not known.
    pub fn describe(&self, graph: &Graph<'_>) -> String {
        match self {
            Principal::Resource(index) => {
                let resource = graph.resource(*index);
                format!("{} ({})", resource.display_name(), resource.resource_type)
            }
            Principal::Id(id) => (*id).to_owned(),
            Principal::Other(text) => text.clone(),
        }
    }
}

fn tell(value: &Value) -> String {
    match &value.kind {
        Kind::Reference(reference) => match &reference.target {
            Target::Declared { .. } | Target::Id { .. } => reference.describe(),
            Target::Scope { .. } => reference.reason().text.to_string(),
        },
        Kind::OneOf(values) => values.iter().map(tell).collect::<Vec<_>>().join(" or "),
        Kind::String(text) => text.to_string(),
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref() {
            Some([Piece::Hole(only)]) => tell(only),
            _ => reasons(unknown),
        },
        _ => "no principal".to_owned(),
    }
}

fn reasons(unknown: &Unknown) -> String {
    unknown.reasons.first().map(|reason: &Reason| reason.text.to_string()).unwrap_or_default()
}
