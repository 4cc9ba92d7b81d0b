//! `policy-assignment`: policies that are assigned and cannot do what they are there for.

use crate::value::{Kind, Member, Piece, Reason, ReasonKind, Target, Value};

use super::super::format::{Over, Path};
use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::policy_definition::{Effect, effect, remediates};
use super::{Case, why};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The Microsoft cloud security benchmark's initiative.
const BENCHMARK: &str = "1f3afdf9-d0c9-4c3d-847f-89da613e70a8";
/// How many definitions of an initiative are looked at.
const MAX_DEFINITIONS: usize = 1_000;

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    match case.word("ask") {
        Some("benchmark") => benchmark(case),
        Some(what) => remediation(case, what),
        None => {}
    }
}

fn properties<'g>(case: &Case<'_, 'g, '_>) -> Option<&'g Member> {
    case.graph().resource(case.resource).body.as_object()?.get("properties")
}

/// Whether what an assignment needs to remediate is there: `identity`, a `role` for it, a `task`.
fn remediation(case: &mut Case<'_, '_, '_>, what: &str) {
    let graph = case.graph();
    let resource = graph.resource(case.resource);
    let Some(member) = properties(case) else { return };
    let Some(definition) =
        member.value.as_object().and_then(|properties| properties.get("policyDefinitionId"))
    else {
        return;
    };
    let given = assigned_effect(&member.value);
    let answer = match given {
        Some(effect) if !remediates(effect) => Some(false),
        Some(_) => Some(true),
        None => definition_remediates(case, &definition.value, 0),
    };
    let walker = Walker { resource, record: true };
    let trail = walker.into_member(&Trail::default(), "properties", member);
    let trail = walker.into_member(&trail, "policyDefinitionId", definition);
    let evidence = trail.evidence(case.resource, Some(definition.value.clone()));
    match answer {
        Some(false) => return case.holds(),
        Some(true) => {}
        None => {
            let mut reasons = why(&definition.value);
            if reasons.is_empty() || matches!(definition.value.kind, Kind::Reference(_)) {
                let text = "the policy that is assigned is not in this deployment, and none of Azure's that remediate";
                reasons = vec![Reason::new(ReasonKind::Environment, text)];
            }
            return case.undecided(vec![Evidence { reasons, ..evidence }]);
        }
    }
    let identity = resource.body.as_object().and_then(|body| body.value("identity"));
    let kind = identity.and_then(|identity| identity.as_object()?.value("type"));
    let unknown = identity.filter(|identity| identity.is_unknown()).or(kind.filter(|kind| kind.is_unknown()));
    let kind = kind.and_then(Value::as_str).unwrap_or("None");
    let fine = match what {
        "identity" => match unknown {
            Some(unknown) => {
                let reasons = why(unknown);
                return case.undecided(vec![Evidence { reasons, ..evidence }]);
            }
            None => !kind.eq_ignore_ascii_case("None"),
        },
        // Without an identity that is what is told; a user's identity may have its roles from elsewhere.
        "role" if unknown.is_some() || !kind.eq_ignore_ascii_case("SystemAssigned") => return,
        "role" => has_referring(case, "Microsoft.Authorization/roleAssignments", "properties.principalId"),
        _ => has_referring(case, "Microsoft.PolicyInsights/remediations", "properties.policyAssignmentId"),
    };
    if fine { case.holds() } else { case.broken(vec![evidence], "") }
}

/// Whether a resource of the type holds this one's id, or its identity's, at a path; one of which nothing is known may.
fn has_referring(case: &Case<'_, '_, '_>, resource_type: &'static str, path: &str) -> bool {
    let Ok(through) = Path::parse(path) else { return false };
    let over = Over::ReferencedBy { resource_type: resource_type.into(), through };
    let related = case.context.relations.related(case.context, case.resource, &over);
    !related.resources.is_empty() || !related.open.is_empty()
}

/// The effect that an assignment's parameters ask for.
fn assigned_effect(properties: &Value) -> Option<&str> {
    properties
        .as_object()?
        .value("parameters")?
        .as_object()?
        .value("effect")?
        .as_object()?
        .value("value")?
        .as_str()
}

fn definition_remediates(case: &Case<'_, '_, '_>, id: &Value, depth: usize) -> Option<bool> {
    let graph = case.graph();
    if let Some(index) = graph.resolve_value(id).or_else(|| by_name(case, id)) {
        let properties = graph.resource(index).body.as_object()?.value("properties")?.as_object()?;
        if let Some(members) = properties.value("policyDefinitions") {
            let members = members.as_array()?;
            if depth > 0 {
                return None;
            }
            let mut answers = members.values().take(MAX_DEFINITIONS).map(|member| {
                let member = member.as_object()?;
                match assigned_effect_of(member.value("parameters")) {
                    Some(effect) => Some(remediates(effect)),
                    None => definition_remediates(case, member.value("policyDefinitionId")?, depth + 1),
                }
            });
            let mut all_known = members.is_closed();
            for answer in answers.by_ref() {
                match answer {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all_known = false,
                }
            }
            return all_known.then_some(false);
        }
        return match effect(properties) {
            Effect::Fixed(effect) => Some(remediates(&effect)),
            Effect::Parameter(default) => default.map(|effect| remediates(&effect)),
            Effect::Unknown => None,
        };
    }
    let name = last_segment(id)?;
    let index =
        REMEDIATING.binary_search_by(|(known, _)| (*known).cmp(name.to_ascii_lowercase().as_str())).ok()?;
    // What only the assignment's parameter makes remediate does not, for there is none.
    REMEDIATING.get(index).map(|(_, by_default)| *by_default)
}

fn assigned_effect_of(parameters: Option<&Value>) -> Option<&str> {
    let text = parameters?.as_object()?.value("effect")?.as_object()?.value("value")?.as_str()?;
    (!text.starts_with('[')).then_some(text)
}

/// A definition of this deployment by its name, where the id is only half known.
fn by_name(case: &Case<'_, '_, '_>, id: &Value) -> Option<usize> {
    let graph = case.graph();
    let name = last_segment(id)?;
    let types = ["Microsoft.Authorization/policyDefinitions", "Microsoft.Authorization/policySetDefinitions"];
    types
        .iter()
        .flat_map(|kind| graph.of_type(kind))
        .copied()
        .find(|&index| graph.resource(index).short_name().is_some_and(|own| own.eq_ignore_ascii_case(&name)))
}

/// The name at the end of an id, as far as that is written.
fn last_segment(id: &Value) -> Option<String> {
    let of_text = |text: &str| text.rsplit_once('/').map(|(_, name)| name.to_owned());
    match &id.kind {
        Kind::String(text) => of_text(text),
        Kind::Reference(reference) => match &reference.target {
            Target::Id { names, .. } => names.last()?.as_str().map(str::to_owned),
            _ => None,
        },
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref()?.last()? {
            Piece::Text(text) => of_text(text),
            Piece::Hole(_) => None,
        },
        _ => None,
    }
}

/// Which parts of the benchmark an assignment switches off.
fn benchmark(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let Some(member) = properties(case) else { return };
    let Some(properties) = member.value.as_object() else { return };
    let Some(id) = properties.value("policyDefinitionId") else { return };
    if last_segment(id).is_none_or(|name| !name.eq_ignore_ascii_case(BENCHMARK)) {
        return;
    }
    let Some(parameters) = properties.get("parameters").filter(|parameters| !parameters.value.is_null())
    else {
        return case.holds();
    };
    let Some(object) = parameters.value.as_object() else {
        let reasons = why(&parameters.value);
        return case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
    };
    let walker = Walker { resource, record: true };
    let trail = walker.into_member(&Trail::default(), "properties", member);
    let trail = walker.into_member(&trail, "parameters", parameters);
    let mut off = Vec::new();
    for (key, parameter) in object.members() {
        let Some(value) = parameter.value.as_object().and_then(|parameter| parameter.get("value")) else {
            continue;
        };
        if value.value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("Disabled")) {
            let trail = walker.into_member(&trail, key.as_str(), parameter);
            let trail = walker.into_member(&trail, "value", value).for_item(key.as_str());
            off.push((trail.evidence(case.resource, Some(value.value.clone())), key.as_str().to_owned()));
        }
    }
    if off.is_empty() {
        return case.holds();
    }
    for (evidence, name) in off {
        case.broken(vec![evidence], &name);
    }
}
