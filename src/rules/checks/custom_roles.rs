//! `custom-role`: what a role definition allows, and how far it can be given.

use crate::access::{Breadth, Place, Reach};
use crate::value::Value;

use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let resource = graph.resource(case.resource);
    let Some(member) = resource.body.as_object().and_then(|body| body.get("properties")) else { return };
    let Some(properties) = member.value.as_object() else { return };
    let widest = widest(case, properties.value("assignableScopes"));
    let data = case.flag("data");
    let key = if data { "dataActions" } else { "actions" };
    let walker = Walker { resource, record: true };
    let (mut cause, mut open) = (Vec::new(), Vec::new());
    let Some(permissions) = properties.get("permissions") else { return };
    let trail = walker.into_member(&Trail::default(), "properties", member);
    let trail = walker.into_member(&trail, "permissions", permissions);
    if let Some(array) = permissions.value.as_array() {
        for (index, item) in array.items.iter().enumerate() {
            let trail = walker.into_item(&trail, index, item);
            let Some(actions) = item.value.as_object().and_then(|permission| permission.get(key)) else {
                continue;
            };
            let trail = walker.into_member(&trail, key, actions);
            let Some(list) = actions.value.as_array() else {
                open.extend(why(&actions.value));
                continue;
            };
            open.extend(list.open.iter().flat_map(|unknown| unknown.reasons.to_vec()));
            for (index, action) in list.items.iter().enumerate() {
                let Some(text) = action.value.as_str() else {
                    open.extend(why(&action.value));
                    continue;
                };
                if refused(case, if data { of_data(text) } else { Reach::of_action(text) }, widest) {
                    let trail = walker.into_item(&trail, index, action);
                    cause.push(trail.evidence(case.resource, Some(action.value.clone())));
                }
            }
        }
        open.extend(array.open.iter().flat_map(|unknown| unknown.reasons.to_vec()));
    } else {
        open.extend(why(&permissions.value));
    }
    if !cause.is_empty() {
        let detail = widest.map_or("wherever it is given", Breadth::described);
        return case.broken(cause, detail);
    }
    if open.is_empty() {
        return case.holds();
    }
    case.undecided(vec![Evidence { reasons: open, ..Evidence::of_resource(case.resource) }]);
}

/// A star among data actions is all data of all services.
fn of_data(action: &str) -> Reach {
    match action {
        "*" => Reach::Everything,
        _ if action.starts_with("*/") => Reach::Service,
        _ => match Reach::of_action(action) {
            Reach::Reads => Reach::Reads,
            other => other.min(Reach::Service),
        },
    }
}

/// Whether the rule refuses this reach at the widest scope that the role can be given on.
fn refused(case: &Case<'_, '_, '_>, reach: Reach, widest: Option<Breadth>) -> bool {
    let of = |name: &str| case.words(name).any(|word| reach_of(word) == Some(reach));
    let wide = widest.is_some_and(|breadth| breadth <= Breadth::Subscription);
    of("reach") || (wide && of("wide-reach")) || (!wide && of("narrow-reach"))
}

fn reach_of(word: &str) -> Option<Reach> {
    match word {
        "everything" => Some(Reach::Everything),
        "roles" => Some(Reach::GivesRoles),
        "service" => Some(Reach::Service),
        _ => None,
    }
}

/// The widest scope that the role can be given on: of its assignable scopes, else where it is defined.
fn widest(case: &Case<'_, '_, '_>, scopes: Option<&Value>) -> Option<Breadth> {
    match scopes.and_then(Value::as_array) {
        Some(scopes) if !scopes.items.is_empty() => {
            scopes.values().map(Breadth::of_id).min_by_key(|breadth| breadth.unwrap_or(Breadth::Resource))?
        }
        Some(_) => None,
        None if scopes.is_some_and(|scopes| !scopes.is_null()) => None,
        None => Place::of(case.graph(), case.resource).breadth,
    }
}
