//! Checks of a deployment's parameters and outputs.

use crate::model::{Call, Graph, Output, ParameterInfo};
use crate::secrets::is_placeholder;
use crate::source::Span;
use crate::value::{Kind, Reason, ReasonKind, StepKind, Value};

use super::super::format::{Message, Part, Path, Rule, Slot};
use super::super::resolve::{Found, Trail, Walker};
use super::super::verdict::{Outcome, Subject, Verdict, came_from};
use super::credentials::is_secret_name;
use super::{plain_finding, plain_undecided, secrets, why};

/// `secret-in-output`: outputs are stored with the deployment, for everyone to read who may read it.
pub(super) fn outputs<'r>(graph: &Graph<'_>, rule: &'r Rule, verdicts: &mut Vec<Verdict<'r>>) {
    for (index, output) in graph.deployment().outputs.iter().enumerate() {
        let outcome = if output.secure || !output.value.has_secret() {
            Outcome::Holds
        } else {
            of_output(graph, rule, output)
        };
        verdicts.push(Verdict { rule, subject: Subject::Output(index), outcome });
    }
}

fn of_output(graph: &Graph<'_>, rule: &Rule, output: &Output) -> Outcome {
    let location = not_owned(graph, &output.module).unwrap_or(output.span);
    let mut related = Vec::new();
    came_from(&output.value.origin, location, &mut related);
    plain_finding(fill(&rule.message, &output.name, "output"), location, Some(&output.value), related)
}

/// `secret-parameter-not-secure`: a parameter that takes a secret and does not say so.
pub(super) fn not_secure<'r>(graph: &Graph<'_>, rule: &'r Rule, verdicts: &mut Vec<Verdict<'r>>) {
    let used = secret_uses(graph);
    let parameters = &graph.deployment().parameters;
    let secrets: Vec<Span> =
        parameters.iter().filter(|one| one.secure).filter_map(|one| one.value.origin.span).collect();
    for (index, parameter) in parameters.iter().enumerate() {
        let use_of = used.iter().find(|(value, _)| comes_from(value, parameter));
        let outcome = if parameter.secure || !holds_text(parameter) {
            Outcome::Holds
        } else if let Some((_, place)) = use_of {
            let related = vec![("it becomes a secret of a resource here".to_owned(), *place)];
            of_parameter(graph, rule, parameter, related)
        } else if is_secret_name(&parameter.name) || takes_secret(parameter, &secrets) {
            of_parameter(graph, rule, parameter, Vec::new())
        } else {
            Outcome::Holds
        };
        verdicts.push(Verdict { rule, subject: Subject::Parameter(index), outcome });
    }
}

/// Whether a parameter of the root is given a secret, or the value of a secure parameter; `secrets` are the places of these.
fn takes_secret(parameter: &ParameterInfo, secrets: &[Span]) -> bool {
    let copied = || {
        let span = parameter.value.origin.span.filter(|span| !parameter.span.contains(*span));
        span.is_some_and(|span| secrets.contains(&span))
    };
    parameter.module.is_empty() && (parameter.value.has_secret() || copied())
}

/// `secure-parameter-default`: the default of a secure parameter is in the code, for everyone to read who may read that.
pub(super) fn defaults<'r>(graph: &Graph<'_>, rule: &'r Rule, verdicts: &mut Vec<Verdict<'r>>) {
    for (index, parameter) in graph.deployment().parameters.iter().enumerate() {
        if !parameter.secure {
            continue;
        }
        let outcome = match &parameter.default {
            Some(default) if has_text(default) => {
                let location = not_owned(graph, &parameter.module)
                    .or(default.origin.span.filter(|span| parameter.span.contains(*span)))
                    .unwrap_or(parameter.span);
                plain_finding(
                    fill(&rule.message, &parameter.name, "parameter"),
                    location,
                    Some(default),
                    Vec::new(),
                )
            }
            Some(default) if matches!(default.kind, Kind::OneOf(_)) => {
                let mut reasons = why(default);
                if reasons.is_empty() {
                    reasons.push(Reason::new(ReasonKind::Parameter, "its default is one of several"));
                }
                plain_undecided(reasons)
            }
            _ => Outcome::Holds,
        };
        verdicts.push(Verdict { rule, subject: Subject::Parameter(index), outcome });
    }
}

fn of_parameter(
    graph: &Graph<'_>,
    rule: &Rule,
    parameter: &ParameterInfo,
    related: Vec<(String, Span)>,
) -> Outcome {
    let location = not_owned(graph, &parameter.module).unwrap_or(parameter.span);
    plain_finding(
        fill(&rule.message, &parameter.name, "parameter"),
        location,
        parameter.default.as_ref(),
        related,
    )
}

/// A credential in the default of a parameter; `what` it is.
pub(super) fn literal(
    graph: &Graph<'_>,
    rule: &Rule,
    parameter: &ParameterInfo,
    value: &Value,
    what: &str,
) -> Outcome {
    let location = not_owned(graph, &parameter.module)
        .or(value.origin.span.filter(|span| parameter.span.contains(*span)))
        .unwrap_or(parameter.span);
    let name = format!("the default of parameter {}", parameter.name);
    plain_finding(fill(&rule.message, &name, what), location, Some(value), Vec::new())
}

/// Whether a text is written anywhere in the value that is more than a placeholder.
fn has_text(value: &Value) -> bool {
    match &value.kind {
        Kind::String(text) => !is_placeholder(text),
        Kind::Object(object) => object.members().any(|(_, member)| has_text(&member.value)),
        Kind::Array(array) => array.values().any(has_text),
        Kind::OneOf(values) => values.iter().all(has_text),
        _ => false,
    }
}

/// Whether the parameter takes a text or an object, by its declared type; other types hold no secret.
fn holds_text(parameter: &ParameterInfo) -> bool {
    let Some(declared) = &parameter.declared_type else { return true };
    !["bool", "int", "number", "array", "list", "set"]
        .iter()
        .any(|word| declared.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// The values that become secrets of resources, with their places.
fn secret_uses<'g>(graph: &'g Graph<'g>) -> Vec<(Value, Span)> {
    let mut uses = Vec::new();
    for (resource_type, paths) in secrets::all() {
        for &index in graph.of_type(resource_type) {
            let resource = graph.resource(index);
            let walker = Walker { resource, record: false };
            for path in paths.iter().filter_map(|path| Path::parse(path).ok()) {
                let mut found = vec![walker.walk(&resource.body, &path.segments, Trail::default())];
                while let Some(next) = found.pop() {
                    match next {
                        Found::Items(items) | Found::Choice(items) => found.extend(items),
                        Found::Value(value, trail) => {
                            let evidence = trail.evidence(index, Some(value.into_owned()));
                            let place = evidence.site.unwrap_or(resource.header);
                            uses.extend(evidence.value.map(|value| (value, place)));
                        }
                        Found::Absent(_) | Found::Untold(..) => {}
                    }
                }
            }
        }
    }
    uses
}

/// Whether the value is that of the parameter.
fn comes_from(value: &Value, parameter: &ParameterInfo) -> bool {
    if value.secret {
        return false;
    }
    let stepped = value.origin.steps().any(|step| {
        matches!(step.kind, StepKind::Default | StepKind::ParameterFile)
            && step.name == parameter.name
            && (step.kind == StepKind::ParameterFile || parameter.span.contains(step.span))
    });
    // A parameter without a value has its declaration for an origin.
    let declared = || value.origin.span.is_some_and(|span| parameter.span.contains(span));
    stepped || (matches!(value.kind, Kind::Unknown(_)) && declared())
}

/// Where to point for what is declared in a module that the user does not own: its call.
fn not_owned(graph: &Graph<'_>, module: &str) -> Option<Span> {
    if module.is_empty() {
        return None;
    }
    let resources = &graph.deployment().resources;
    let prefix = |calls: &[Call], length: usize| {
        calls.iter().take(length).map(|call| format!("{}/", call.name)).collect::<String>()
    };
    resources.iter().find_map(|resource| {
        let lies_here = (1..=resource.calls.len()).any(|length| prefix(&resource.calls, length) == module);
        let call = resource.calls.iter().find(|call| !call.owned).filter(|_| lies_here)?;
        Some(call.header)
    })
}

fn fill(message: &Message, name: &str, what: &str) -> String {
    let mut out = String::new();
    for part in message.parts.iter() {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Filled(Slot::ResourceName | Slot::Address) => out.push_str(name),
            Part::Filled(Slot::ActualValue) => out.push_str("a secret"),
            Part::Filled(_) => out.push_str(what),
        }
    }
    out
}
