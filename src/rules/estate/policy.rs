//! Plans that are switched on by something else than their pricings: policy assignments and landing zone modules.

use crate::model::{AbsentModule, Resource};
use crate::value::{Kind, Piece, Target, Unknown, Value};

use super::super::format::LandingZone;
use super::collect::{at, environment, is_true};
use super::{Elsewhere, Estate, Place, Status};

/// The landing zones' own initiative: its name begins with this, in all of its versions.
const LANDING_ZONE_INITIATIVE: &str = "deploy-mdfc-config";
const SET_DEFINITIONS: &str = "Microsoft.Authorization/policySetDefinitions";
const DEFINITIONS: &str = "Microsoft.Authorization/policyDefinitions";
/// Length of a GUID: the name of a built-in definition.
const GUID: usize = 36;

/// The policy assignments of all deployments.
#[derive(Default)]
pub(super) struct Assignments {
    pub(super) places: Vec<Place>,
}

/// What an assignment assigns.
enum Assigned {
    /// A definition of this name, in lower case.
    Named(String),
    /// A definition of the same deployment.
    Declared(usize),
    /// It is not known.
    Unknown,
}

pub(super) fn apply(estate: &mut Estate<'_>, assignments: &Assignments) {
    for &place in &assignments.places {
        let resource = estate.resource(place);
        let Some(properties) = at(&resource.body, &["properties"]) else { continue };
        let enforced = at(properties, &["enforcementMode"]).and_then(Value::as_str);
        if enforced.is_some_and(|mode| mode.eq_ignore_ascii_case("DoNotEnforce")) {
            continue;
        }
        let parameters = at(properties, &["parameters"]);
        let assigned = at(properties, &["policyDefinitionId"])
            .map_or(Assigned::Unknown, |id| assigned(estate, place, id));
        let (names, custom) = match assigned {
            Assigned::Named(name) => {
                let custom = name.len() != GUID;
                (vec![name], custom)
            }
            Assigned::Declared(index) => definitions_in(estate, place, index),
            Assigned::Unknown => {
                let text =
                    format!("what the policy assignment '{}' assigns is not known", resource.display_name());
                estate.doubt(vec![environment(text)]);
                continue;
            }
        };
        let what = format!("policy assignment '{}'", resource.display_name());
        let span = resource.header;
        let mut set = false;
        for state in &mut estate.plans {
            let status = if names
                .iter()
                .any(|name| state.plan.policies.iter().any(|id| id.eq_ignore_ascii_case(name)))
            {
                effect(parameters)
            } else if names.iter().any(|name| name.starts_with(LANDING_ZONE_INITIATIVE)) {
                match &state.plan.initiative_parameter {
                    Some(parameter) => from_parameter(parameters, parameter),
                    None => continue,
                }
            } else {
                continue;
            };
            set = true;
            if status != Status::Off {
                state.elsewhere.push(Elsewhere {
                    deployment: place.deployment,
                    span,
                    what: what.clone(),
                    status,
                });
            }
        }
        if custom && !set {
            let text = format!("the {what} assigns a definition that is not here and may set it");
            estate.doubt(vec![environment(text)]);
        }
    }
}

/// Whether an assignment of a policy that switches a plan on does so: its effect may be turned off.
fn effect(parameters: Option<&Value>) -> Status {
    let effect = parameters.and_then(|parameters| at(parameters, &["effect", "value"]));
    match effect {
        Some(effect) if effect.as_str().is_some_and(|text| text.eq_ignore_ascii_case("Disabled")) => {
            Status::Off
        }
        Some(effect) if effect.is_unknown() => unknown(effect, "the effect of the policy is not known"),
        _ => Status::On,
    }
}

fn from_parameter(parameters: Option<&Value>, name: &str) -> Status {
    let Some(parameters) = parameters else {
        return Status::Unknown(vec![environment(format!("the assignment does not say '{name}'"))]);
    };
    match at(parameters, &[name, "value"]) {
        Some(value) if value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("Disabled")) => {
            Status::Off
        }
        Some(value) if value.as_str().is_some() => Status::On,
        Some(value) => unknown(value, "the effect of the policy is not known"),
        None => Status::Unknown(vec![environment(format!("the assignment does not say '{name}'"))]),
    }
}

fn unknown(value: &Value, otherwise: &'static str) -> Status {
    Status::Unknown(match Unknown::because_of([value]) {
        Some(unknown) => unknown.reasons.to_vec(),
        None => vec![environment(otherwise)],
    })
}

fn assigned(estate: &Estate<'_>, place: Place, id: &Value) -> Assigned {
    if let Some(index) = estate.graphs[place.deployment].resolve_value(id) {
        let resource = estate.graphs[place.deployment].resource(index);
        if !resource.existing {
            return Assigned::Declared(index);
        }
    }
    match last_segment(id) {
        Some(name) => Assigned::Named(name),
        None => Assigned::Unknown,
    }
}

/// The last part of an id, in lower case, as far as it is known.
fn last_segment(id: &Value) -> Option<String> {
    let last = |text: &str| {
        let name = text.rsplit('/').next().unwrap_or(text);
        (!name.is_empty()).then(|| name.to_ascii_lowercase())
    };
    match &id.kind {
        Kind::String(text) => last(text),
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref()?.last()? {
            Piece::Text(text) if text.contains('/') => last(text),
            _ => None,
        },
        Kind::Reference(reference) => match &reference.target {
            Target::Id { names, .. } => names.last().and_then(Value::as_str).and_then(last),
            _ => None,
        },
        _ => None,
    }
}

/// The names of the definitions that a declared definition or set of them stands for, its own included, and whether what one of them
/// does is not known or is to deploy a plan in a way of its own.
fn definitions_in(estate: &Estate<'_>, place: Place, index: usize) -> (Vec<String>, bool) {
    let graph = &estate.graphs[place.deployment];
    let resource = graph.resource(index);
    let mut names: Vec<String> = resource.short_name().map(str::to_ascii_lowercase).into_iter().collect();
    let deploys_plan = |definition: &Resource| {
        at(&definition.body, &["properties", "policyRule", "then", "details", "type"])
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("Microsoft.Security/pricings"))
    };
    if resource.resource_type.is(DEFINITIONS) {
        return (names, deploys_plan(resource));
    }
    if !resource.resource_type.is(SET_DEFINITIONS) {
        return (names, true);
    }
    let Some(array) = at(&resource.body, &["properties", "policyDefinitions"]).and_then(Value::as_array)
    else {
        return (names, true);
    };
    let mut custom = array.open.is_some();
    for item in array.values() {
        let Some(id) = at(item, &["policyDefinitionId"]) else { continue };
        let declared = graph.resolve_value(id).map(|index| graph.resource(index));
        match declared.filter(|definition| !definition.existing && definition.resource_type.is(DEFINITIONS)) {
            Some(definition) => custom |= deploys_plan(definition),
            None => match last_segment(id) {
                Some(name) => {
                    custom |= name.len() != GUID;
                    names.push(name);
                }
                None => custom = true,
            },
        }
    }
    (names, custom)
}

/// The plans that a landing zone module sets, by its arguments.
pub(super) fn apply_module(
    estate: &mut Estate<'_>,
    deployment: usize,
    module: &AbsentModule,
    zone: &LandingZone,
) {
    let what = format!("module {}", module.source);
    for state in &mut estate.plans {
        let status = match (&state.plan.module_setting, zone.settings.is_empty()) {
            (Some(setting), false) => from_settings(&module.arguments, zone, setting),
            (None, false) => continue,
            (_, true) => {
                Status::Unknown(vec![environment(format!("the {what} is not on disk and may set it"))])
            }
        };
        if status != Status::Off {
            let what = what.clone();
            state.elsewhere.push(Elsewhere { deployment, span: module.header, what, status });
        }
    }
}

/// What the module's settings say of a plan: it is on unless they say otherwise.
fn from_settings(arguments: &Value, zone: &LandingZone, setting: &str) -> Status {
    let mut value = arguments;
    let path = zone.settings.iter().map(|name| &**name).chain([setting]);
    for key in path {
        let Some(object) = value.as_object() else {
            return unknown(value, "the settings of the module are not known");
        };
        match object.value(key) {
            Some(next) if !next.is_null() => value = next,
            _ if object.is_closed() => return Status::On,
            _ => return Status::Unknown(vec![environment("the settings of the module are not known")]),
        }
    }
    match value.as_bool() {
        Some(false) => Status::Off,
        _ if is_true(value) => Status::On,
        _ => unknown(value, "the settings of the module are not known"),
    }
}
