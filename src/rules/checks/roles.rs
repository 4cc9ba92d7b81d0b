//! `role-at-scope`: mighty roles given for a whole subscription or management group.

use crate::model::Scope;
use crate::value::{Kind, Piece, Reason, ReasonKind, Reference, Target, Value};

use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let resource = graph.resource(case.resource);
    let properties =
        resource.body.as_object().and_then(|body| body.value("properties")).and_then(Value::as_object);
    let member = |name: &str| properties.and_then(|properties| properties.get(name));
    let (name, role, answer) = if let Some(role) = member("roleDefinitionId") {
        let roles: Vec<&str> = case.words("roles").collect();
        ("roleDefinitionId", role, is_role(&role.value, &roles))
    } else if let Some(role) = member("roleDefinitionName") {
        let names: Vec<&str> = case.words("names").collect();
        ("roleDefinitionName", role, is_named(&role.value, &names))
    } else {
        return;
    };
    let wanted = case.word("scope").unwrap_or("subscription");
    let at_scope = match &resource.scope {
        Some(scope) => lies_at(scope, wanted),
        None => Some(deployed_to(graph.deployment().scope, wanted)),
    };
    let evidence = Evidence {
        path: format!("properties.{name}"),
        site: role.site.filter(|site| resource.span.contains(*site)),
        value: Some(role.value.clone()),
        ..Evidence::of_resource(case.resource)
    };
    match (answer, at_scope) {
        (Some(false), _) | (_, Some(false)) => case.holds(),
        (Some(true), Some(true)) => case.broken(vec![evidence], wanted),
        _ => {
            let mut reasons = if answer.is_none() { why(&role.value) } else { Vec::new() };
            if let (None, Some(scope)) = (at_scope, &resource.scope) {
                reasons.extend(why(scope));
            }
            if reasons.is_empty() {
                reasons.push(Reason::new(ReasonKind::Runtime, "its scope is not known"));
            }
            case.undecided(vec![Evidence { reasons, ..evidence }]);
        }
    }
}

fn deployed_to(scope: Option<Scope>, wanted: &str) -> bool {
    match scope {
        Some(Scope::Subscription) => wanted == "subscription",
        Some(Scope::ManagementGroup | Scope::Tenant) => wanted == "managementGroup",
        _ => false,
    }
}

/// Whether a role definition's id is one of these.
fn is_role(value: &Value, roles: &[&str]) -> Option<bool> {
    let named =
        |text: &str| roles.iter().any(|role| text.to_ascii_lowercase().contains(&role.to_ascii_lowercase()));
    match &value.kind {
        Kind::String(text) => Some(named(text)),
        Kind::Unknown(unknown) => {
            let pieces = unknown.facts.pieces.as_deref()?;
            let last = pieces.last()?;
            match last {
                Piece::Text(text) if named(text) => Some(true),
                // The id's last part is written: it is another role.
                Piece::Text(text) if text.rsplit('/').next().is_some_and(|name| name.len() == GUID) => {
                    Some(false)
                }
                _ => None,
            }
        }
        Kind::Reference(reference) => match &reference.target {
            Target::Id { names, .. } => names.last().and_then(Value::as_str).map(named),
            // A role that this deployment defines itself.
            Target::Declared { .. } => Some(false),
            Target::Scope { .. } => None,
        },
        Kind::OneOf(values) => {
            let mut answers = values.iter().map(|value| is_role(value, roles));
            let first = answers.next()??;
            answers.all(|answer| answer == Some(first)).then_some(first)
        }
        _ => Some(false),
    }
}

/// How long the text of a GUID is.
const GUID: usize = 36;

fn is_named(value: &Value, names: &[&str]) -> Option<bool> {
    let text = value.as_str()?;
    Some(names.iter().any(|name| text.eq_ignore_ascii_case(name)))
}

/// Whether a scope is a whole subscription, or a management group.
fn lies_at(scope: &Value, wanted: &str) -> Option<bool> {
    match &scope.kind {
        Kind::String(text) => {
            let depth = text.trim_matches('/').split('/').count();
            let text = text.to_ascii_lowercase();
            Some(match wanted {
                "subscription" => text.starts_with("/subscriptions/") && depth == 2,
                _ => text.starts_with("/providers/microsoft.management/managementgroups/") || text == "/",
            })
        }
        Kind::Reference(reference) => of_reference(reference, wanted),
        Kind::Unknown(unknown) => {
            // '/subscriptions/${id}': two parts, the second not known. Or with a resource group behind.
            let pieces = unknown.facts.pieces.as_deref()?;
            match (pieces, wanted) {
                ([Piece::Text(start), Piece::Hole(_)], "subscription") => {
                    Some(start.eq_ignore_ascii_case("/subscriptions/"))
                }
                ([Piece::Text(start), _, Piece::Text(rest), ..], "subscription")
                    if start.eq_ignore_ascii_case("/subscriptions/") && rest.starts_with("/resource") =>
                {
                    Some(false)
                }
                _ => None,
            }
        }
        Kind::OneOf(values) => {
            let mut answers = values.iter().map(|value| lies_at(value, wanted));
            let first = answers.next()??;
            answers.all(|answer| answer == Some(first)).then_some(first)
        }
        _ => None,
    }
}

fn of_reference(reference: &Reference, wanted: &str) -> Option<bool> {
    let resource_type = reference.target.resource_type();
    let is = |name: &str| resource_type.eq_ignore_ascii_case(name);
    if reference.property.is_some() {
        return None;
    }
    Some(match wanted {
        "subscription" => is("Microsoft.Resources/subscriptions"),
        _ => is("Microsoft.Management/managementGroups") || is("Microsoft.Resources/tenants"),
    })
}
