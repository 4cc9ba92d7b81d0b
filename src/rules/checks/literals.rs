//! `literal`: values that are written where a parameter should stand; and `outer-scope-secret`.

use crate::model::Call;
use crate::value::{Kind, StepKind, Value};

use super::super::format::Path;
use super::super::resolve::{Found, Trail, Walker};
use super::super::truth::Evidence;
use super::Case;

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let walker = Walker { resource, record: true };
    let except: Vec<&str> = case.words("except").collect();
    let mut cause = Vec::new();
    for path in case.words("properties").filter_map(|word| Path::parse(word).ok()) {
        let mut found = vec![walker.walk(&resource.body, &path.segments, Trail::default())];
        while let Some(next) = found.pop() {
            match next {
                Found::Items(items) => found.extend(items),
                Found::Value(value, trail) if is_literal(&value, &except) => {
                    cause.push(trail.evidence(case.resource, Some(value.into_owned())));
                }
                // What is not known here is what a parameter gives.
                _ => {}
            }
        }
    }
    if cause.is_empty() {
        return case.holds();
    }
    for evidence in cause {
        case.broken(vec![evidence], "");
    }
}

/// Whether a text is written in the code that deploys it, and not given to that.
fn is_literal(value: &Value, except: &[&str]) -> bool {
    let Kind::String(text) = &value.kind else { return false };
    let given = value.origin.steps().any(|step| !matches!(step.kind, StepKind::Variable));
    !given && !value.secret && !text.is_empty() && !except.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `outer-scope-secret`: a nested deployment whose expressions are evaluated before it is sent, secrets included.
pub(super) fn outer(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    if resource.resource_type.is("Microsoft.Resources/deployments") {
        return deployment(case);
    }
    let Some(call) = resource.calls.iter().find(|call: &&Call| call.outer) else {
        // The resources of the root are in no nested deployment.
        if !resource.calls.is_empty() {
            case.holds();
        }
        return;
    };
    if !holds_secure_parameter(&resource.body, 0) {
        return case.holds();
    }
    let evidence = Evidence { site: Some(call.header), ..Evidence::of_resource(case.resource) };
    case.broken(vec![evidence], &call.name);
}

/// A nested deployment that is a resource of the model: its template is a value like any other, worked out before it is sent.
fn deployment(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let Some(member) = resource.body.as_object().and_then(|body| body.get("properties")) else { return };
    let Some(template) = member.value.as_object().and_then(|properties| properties.get("template")) else {
        return;
    };
    if !holds_secure_parameter(&template.value, 0) {
        return case.holds();
    }
    let walker = Walker { resource, record: true };
    let trail = walker.into_member(&Trail::default(), "properties", member);
    let trail = walker.into_member(&trail, "template", template);
    let evidence = trail.evidence(case.resource, Some(template.value.clone()));
    case.broken(vec![evidence], resource.display_name());
}

/// `deployment-debug`: a deployment that keeps what it was sent, or what came back.
pub(super) fn debug(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let own = || {
        let properties = resource.body.as_object()?.value("properties")?.as_object()?;
        properties.value("debugSetting")?.as_object()?.value("detailLevel")
    };
    let (level, site, name) = if resource.resource_type.is("Microsoft.Resources/deployments") {
        (own(), None, resource.display_name())
    } else {
        // The resources of the root are in no nested deployment.
        let Some(last) = resource.calls.last() else { return };
        let call = resource.calls.iter().find(|call| call.debug.is_some()).unwrap_or(last);
        (call.debug.as_ref(), Some(call.header), &*call.name)
    };
    let Some(level) = level.filter(|level| !level.is_null()) else { return case.holds() };
    let evidence = Evidence { site, value: Some(level.clone()), ..Evidence::of_resource(case.resource) };
    match level.as_str() {
        Some(text) if text.is_empty() || text.eq_ignore_ascii_case("none") => case.holds(),
        Some(_) => case.broken(vec![evidence], name),
        None => {
            let reasons = super::why(level);
            case.undecided(vec![Evidence { reasons, ..evidence }]);
        }
    }
}

/// How deep values are looked into.
const MAX_DEPTH: usize = 64;

/// Whether the text of a secret stands in a value; keys that Azure gives out are not evaluated before.
fn holds_secure_parameter(value: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match &value.kind {
        Kind::Array(array) => array.values().any(|item| holds_secure_parameter(item, depth + 1)),
        Kind::Object(object) => {
            object.members().any(|(_, member)| holds_secure_parameter(&member.value, depth + 1))
        }
        _ => value.secret && !super::credentials::is_key(value),
    }
}
