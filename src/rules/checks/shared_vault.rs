//! `shared-vault`: one key vault for several applications, or for several environments.

use std::collections::BTreeMap;

use crate::access::{Breadth, Grant, Place, Principal};
use crate::model::{Graph, Resource};
use crate::value::Value;

use super::super::format::Over;
use super::super::truth::Evidence;
use super::Case;

/// Tags that say which application a resource is part of.
const APPLICATION: [&str; 6] =
    ["app", "application", "applicationname", "workload", "workloadname", "project"];
/// Tags that say which environment a resource is part of.
const ENVIRONMENT: [&str; 3] = ["env", "environment", "stage"];
/// Words for what must not be mixed with production.
const BEFORE_PRODUCTION: [&str; 10] =
    ["dev", "development", "test", "tst", "qa", "uat", "stg", "staging", "sandbox", "sbx"];
const PRODUCTION: [&str; 3] = ["prod", "prd", "production"];
/// Words in the name or the tags of a vault that is there to be shared.
const MEANT_TO_BE: [&str; 4] = ["shared", "platform", "hub", "common"];
/// The role of a service that encrypts with a key of the vault: no application.
const ENCRYPTION: &str = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let vault = graph.resource(case.resource);
    if words(vault).any(|word| MEANT_TO_BE.contains(&word.as_str())) {
        return case.holds();
    }
    let users = users(case);
    let mut applications: BTreeMap<String, usize> = BTreeMap::new();
    let mut environments: BTreeMap<bool, usize> = BTreeMap::new();
    for &user in &users {
        if let Some(name) = application(graph, user) {
            applications.entry(name).or_insert(user);
        }
        if let Some(production) = is_production(graph.resource(user)) {
            environments.entry(production).or_insert(user);
        }
    }
    let most = case.whole("at-most").unwrap_or(1);
    let evidence = |users: &BTreeMap<_, usize>| {
        users.values().map(|user| Evidence::of_resource(*user)).collect::<Vec<_>>()
    };
    if environments.len() > 1 {
        let cause = std::iter::once(Evidence::of_resource(case.resource))
            .chain(environments.values().map(|user| Evidence::of_resource(*user)))
            .collect();
        return case.broken(cause, "applications of production and of other environments");
    }
    if applications.len() > most {
        let names: Vec<&str> = applications.keys().map(String::as_str).take(4).collect();
        let detail = format!("{} applications ({})", applications.len(), names.join(", "));
        let cause =
            std::iter::once(Evidence::of_resource(case.resource)).chain(evidence(&applications)).collect();
        return case.broken(cause, &detail);
    }
    case.holds();
}

/// The resources whose identities may use what is in the vault.
fn users(case: &Case<'_, '_, '_>) -> Vec<usize> {
    let graph = case.graph();
    let assignments =
        Over::Extensions { resource_type: "Microsoft.Authorization/roleAssignments".into(), of: None };
    let scopes = std::iter::once(case.resource).chain(graph.children(case.resource).iter().copied());
    let mut users: Vec<usize> = scopes
        .flat_map(|scope| case.context.relations.related(case.context, scope, &assignments).resources)
        .filter_map(|assignment| Grant::of(graph, assignment))
        .filter(|grant| grant.role.is_one_of(graph, [ENCRYPTION].into_iter()) != Some(true))
        .filter_map(|grant| match grant.principal {
            Principal::Resource(user) => Some(user),
            _ => None,
        })
        .collect();
    let policies = graph
        .resource(case.resource)
        .body
        .as_object()
        .and_then(|body| body.value("properties")?.as_object()?.value("accessPolicies")?.as_array());
    for policy in policies.into_iter().flat_map(|policies| policies.values()) {
        let id = policy.as_object().and_then(|policy| policy.value("objectId"));
        users.extend(id.and_then(|id| graph.resolve_value(id)));
    }
    users.sort_unstable();
    users.dedup();
    users
}

/// Which application a resource is part of: by its tags, else by the resource group that its module is deployed to.
fn application(graph: &Graph<'_>, index: usize) -> Option<String> {
    let resource = graph.resource(index);
    if let Some(name) = tag(resource, &APPLICATION) {
        return Some(name);
    }
    let place = Place::of(graph, index);
    let named = place.breadth == Some(Breadth::ResourceGroup) && place.value.is_some();
    named.then(|| place.describe(graph))
}

fn is_production(resource: &Resource) -> Option<bool> {
    let of_word = |word: &str| {
        if PRODUCTION.contains(&word) {
            Some(true)
        } else if BEFORE_PRODUCTION.contains(&word) {
            Some(false)
        } else {
            None
        }
    };
    match tag(resource, &ENVIRONMENT) {
        Some(environment) => of_word(&environment),
        None => name_words(resource).find_map(|word| of_word(&word)),
    }
}

/// The value of the first of these tags, in lower case.
fn tag(resource: &Resource, names: &[&str]) -> Option<String> {
    let tags = resource.body.as_object()?.value("tags").and_then(Value::as_object)?;
    let (_, member) = tags.members().find(|(key, _)| {
        let plain: String = key.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
        names.iter().any(|name| plain.eq_ignore_ascii_case(name))
    })?;
    member.value.as_str().map(str::to_lowercase)
}

fn words(resource: &Resource) -> impl Iterator<Item = String> {
    let tags = resource.body.as_object().and_then(|body| body.value("tags")).and_then(Value::as_object);
    let told =
        tags.into_iter().flat_map(|tags| tags.members()).filter_map(|(_, member)| member.value.as_str());
    name_words(resource).chain(told.map(str::to_lowercase))
}

fn name_words(resource: &Resource) -> impl Iterator<Item = String> {
    let name = resource.short_name().unwrap_or_default().to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>().into_iter()
}
