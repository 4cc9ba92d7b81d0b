//! `role-at-scope` and `role-count`: which roles are given to whom, how far, and how often.

use crate::access::{Breadth, Grant, Principal, PrincipalType, Role};
use crate::value::{Reason, ReasonKind};

use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let Some(grant) = Grant::of(graph, case.resource) else { return };
    // A policy's identity has the roles that the policy's definition asks for.
    if let Principal::Resource(index) = grant.principal
        && graph.resource(index).resource_type.is("Microsoft.Authorization/policyAssignments")
    {
        return case.holds();
    }
    let parts = [
        either(gives(case, &grant, "roles", "scope"), gives(case, &grant, "more-roles", "more-scope")),
        of_tier(case, &grant),
        of_kind(case, &grant),
        if case.flag("unconditioned") {
            grant.conditional.map(|conditional| !conditional)
        } else {
            Some(true)
        },
        if case.flag("untyped") { Some(is_untyped(case, &grant)) } else { Some(true) },
        if case.flag("workload") { Some(is_workload(case, &grant)) } else { Some(true) },
    ];
    if parts.contains(&Some(false)) {
        return case.holds();
    }
    let evidence = evidence_of(case, &grant);
    if parts.iter().all(|part| *part == Some(true)) {
        let place = grant.place.breadth.map_or("its scope", Breadth::described);
        let detail = format!("{} on {place}", grant.role.describe(graph));
        return case.broken(vec![evidence], &detail);
    }
    let reasons = open(&grant);
    case.undecided(vec![Evidence { reasons, ..evidence }]);
}

/// The or of two answers, of which one or both may not have been asked for.
fn either(one: Option<Option<bool>>, other: Option<Option<bool>>) -> Option<bool> {
    match (one, other) {
        (None, None) => Some(true),
        (Some(answer), None) | (None, Some(answer)) => answer,
        (Some(Some(true)), _) | (_, Some(Some(true))) => Some(true),
        (Some(one), Some(other)) => one.and(other),
    }
}

/// Whether one of the rule's roles is given on one of its scopes; `None` where the rule asks for neither.
fn gives(case: &Case<'_, '_, '_>, grant: &Grant<'_>, roles: &str, scopes: &str) -> Option<Option<bool>> {
    let of_role = case.rule.parameter(roles).map(|_| grant.role.is_one_of(case.graph(), case.words(roles)));
    let at_scope = case.rule.parameter(scopes).map(|_| {
        let breadth = grant.place.breadth?;
        Some(case.words(scopes).any(|word| lies(breadth, word)))
    });
    match (of_role, at_scope) {
        (None, None) => None,
        (Some(answer), None) | (None, Some(answer)) => Some(answer),
        (Some(Some(false)), _) | (_, Some(Some(false))) => Some(Some(false)),
        (Some(a), Some(b)) => Some(a.and(b)),
    }
}

/// The tenant counts as the topmost management group.
fn lies(breadth: Breadth, word: &str) -> bool {
    breadth.as_str() == word || (breadth == Breadth::Tenant && word == "managementGroup")
}

fn of_tier(case: &Case<'_, '_, '_>, grant: &Grant<'_>) -> Option<bool> {
    if case.rule.parameter("tiers").is_none() {
        return Some(true);
    }
    match &grant.role {
        // A role that is defined elsewhere is not one of Azure's mighty ones.
        Role::Other(_) => Some(false),
        role => Some(case.words("tiers").any(|word| role.tier().is_some_and(|tier| tier.as_str() == word)))
            .filter(|_| role.tier().is_some()),
    }
}

fn of_kind(case: &Case<'_, '_, '_>, grant: &Grant<'_>) -> Option<bool> {
    case.rule.parameter("principals").map_or(Some(true), |_| {
        let kind = grant.principal_type?;
        Some(case.words("principals").any(|word| PrincipalType::parse(word) == Some(kind)))
    })
}

/// Whether an assignment for an identity that is deployed with it does not say what kind of principal that is.
fn is_untyped(case: &Case<'_, '_, '_>, grant: &Grant<'_>) -> bool {
    let Principal::Resource(index) = grant.principal else { return false };
    !grant.typed && !case.graph().resource(index).existing
}

/// Resource types whose identities are an application's.
const WORKLOADS: [&str; 9] = [
    "Microsoft.App/containerApps",
    "Microsoft.App/jobs",
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.Logic/workflows",
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/slots",
];

/// Whether the principal is the identity of an application of this deployment.
fn is_workload(case: &Case<'_, '_, '_>, grant: &Grant<'_>) -> bool {
    let Principal::Resource(index) = grant.principal else { return false };
    let resource_type = &case.graph().resource(index).resource_type;
    WORKLOADS.iter().any(|workload| resource_type.is(workload))
}

fn evidence_of(case: &Case<'_, '_, '_>, grant: &Grant<'_>) -> Evidence {
    let resource = case.graph().resource(grant.resource);
    match grant.role_member {
        Some(member) => Evidence {
            path: "properties.roleDefinitionId".to_owned(),
            site: member.site.filter(|site| resource.span.contains(*site)),
            value: Some(member.value.clone()),
            ..Evidence::of_resource(grant.resource)
        },
        None => Evidence::of_resource(grant.resource),
    }
}

/// Why it can't be told what an assignment gives.
fn open(grant: &Grant<'_>) -> Vec<Reason> {
    let mut reasons = match &grant.role {
        Role::Unknown(reasons) => reasons.clone(),
        _ => Vec::new(),
    };
    if grant.place.breadth.is_none() {
        let named = grant.place.value.as_ref().map(why).unwrap_or_default();
        match named.is_empty() {
            true => reasons.push(Reason::new(ReasonKind::Runtime, "its scope is not known")),
            false => reasons.extend(named),
        }
    }
    if reasons.is_empty() {
        let text = match grant.principal_type {
            None => "the assignment does not say what kind of principal it is for",
            Some(_) => "its condition is not known",
        };
        reasons.push(Reason::new(ReasonKind::Runtime, text));
    }
    reasons
}

/// `role-count`: how many hold a role on one kind of scope. Asked once a deployment, of its first assignment.
pub(super) fn count(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let first = |index: usize| !graph.resource(index).existing && Grant::of(graph, index).is_some();
    let resource_type = graph.resource(case.resource).resource_type.as_str();
    if graph.of_type(resource_type).iter().copied().find(|&index| first(index)) != Some(case.resource) {
        return;
    }
    if case.flag("owned") && !owns_baseline(graph) {
        return;
    }
    let wanted = |grant: &Grant<'_>| gives(case, grant, "roles", "scope").unwrap_or(Some(true));
    let grants: Vec<Grant<'_>> =
        Grant::all(graph).into_iter().filter(|grant| grant.held != crate::access::Held::Eligible).collect();
    let certain: Vec<&Grant<'_>> = grants.iter().filter(|grant| wanted(grant) == Some(true)).collect();
    let most = case.whole("at-most").unwrap_or(usize::MAX);
    if certain.len() > most {
        let detail = certain.len().to_string();
        let cause = certain.iter().map(|grant| evidence_of(case, grant)).collect();
        return case.broken(cause, &detail);
    }
    let open_ones: Vec<&Grant<'_>> = grants.iter().filter(|grant| wanted(grant).is_none()).collect();
    match open_ones.first() {
        Some(grant) if certain.len() + open_ones.len() > most => {
            let reasons = open(grant);
            case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(grant.resource) }]);
        }
        _ => case.holds(),
    }
}

/// Whether a deployment is the one that sets up subscriptions: only there all assignments are expected.
fn owns_baseline(graph: &crate::model::Graph<'_>) -> bool {
    const STARTS: [&str; 3] =
        ["microsoft.security/", "microsoft.authorization/policy", "microsoft.management/managementgroups"];
    graph.deployment().resources.iter().any(|resource| {
        let kind = resource.resource_type.as_str();
        !resource.existing
            && STARTS
                .iter()
                .any(|start| kind.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)))
    })
}

/// `role-standing`: a role that is held all the time, where others are asked for in Privileged Identity Management.
pub(super) fn standing(case: &mut Case<'_, '_, '_>) {
    let graph = case.graph();
    let elsewhere = crate::access::TYPES
        .iter()
        .filter(|(_, held)| *held == crate::access::Held::Eligible)
        .any(|(name, _)| !graph.of_type(name).is_empty());
    if elsewhere {
        check(case);
    }
}
