//! What the rules say of a deployment.

use crate::model::{Graph, Resource};
use crate::secrets;
use crate::source::Span;
use crate::value::{Kind, Origin, Reason, StepKind, Value};

use super::format::{Message, Part, Rule, Severity, Slot};
use super::truth::Evidence;

/// A rule's word on something in a deployment.
#[derive(Clone, Debug)]
pub struct Verdict<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// What it was asked of.
    pub subject: Subject,
    /// What came out.
    pub outcome: Outcome,
}

/// What a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A resource, by its index in the deployment.
    Resource(usize),
    /// An output, by its index.
    Output(usize),
    /// A parameter, by its index.
    Parameter(usize),
}

/// What came out of asking a rule.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It is broken: a finding.
    Broken(Box<Broken>),
    /// It can't be told.
    Undecided(Undecided),
    /// It is for somebody to look at: what the scanned code need not have, but somebody should. Never a finding.
    Review(Box<Broken>),
}

/// A broken rule.
#[derive(Clone, Debug)]
pub struct Broken {
    /// What to say, filled in. Holds no secret.
    pub message: String,
    /// The path of the property that decided, in the resource that it belongs to.
    pub property: Option<String>,
    /// Where to point: the property in the resource's declaration, or its header where the property is absent; for a
    /// module that the user does not own, the argument of the call, or its header.
    pub location: Span,
    /// Where the deciding value was written, if it is written: findings of one written value are one cause.
    pub value_span: Option<Span>,
    /// The deciding value; `None` where it is absent.
    pub value: Option<Value>,
    /// How bad it is here, where that is not the rule's own severity.
    pub severity: Option<Severity>,
    /// Further places and what they are: where the value came from, what else decided.
    pub related: Vec<(String, Span)>,
}

/// Why a rule can't be decided.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The path of the property that is not known.
    pub property: Option<String>,
    /// The reasons, without repetition.
    pub reasons: Vec<Reason>,
}

/// The largest number of related places of a finding.
const MAX_RELATED: usize = 5;
/// The largest number of reasons that are told.
const MAX_REASONS: usize = 4;

/// The finding of one cause. The first evidence with a written place is what it is about.
pub(super) fn broken(
    graph: &Graph<'_>,
    rule: &Rule,
    subject: usize,
    cause: Vec<Evidence>,
    detail: &str,
) -> Broken {
    let mut cause = cause;
    let written = |evidence: &Evidence| evidence.value.is_some() && evidence.site.is_some();
    let main = cause.iter().position(written).unwrap_or(0);
    let main = if cause.is_empty() { Evidence::of_resource(subject) } else { cause.remove(main) };
    let location = place(graph.resource(main.resource), &main);
    let mut related = Vec::new();
    if let Some(value) = &main.value {
        came_from(&value.origin, location, &mut related);
    }
    for other in cause {
        let at = place(graph.resource(other.resource), &other);
        if at != location && !related.iter().any(|(_, span)| *span == at) {
            related.push((also(&other), at));
        }
    }
    related.truncate(MAX_RELATED);
    let value_span = main.value.as_ref().and_then(|value| value.origin.span);
    Broken {
        message: fill(&rule.message, graph, subject, &main, detail),
        property: (!main.path.is_empty()).then_some(main.path),
        location,
        value_span,
        value: main.value,
        severity: None,
        related,
    }
}

/// The undecided outcome of these causes; `None` where nothing but the absence of what is declared elsewhere left it open.
pub(super) fn undecided(causes: Vec<Vec<Evidence>>) -> Option<Undecided> {
    let mut outcome = Undecided { property: None, reasons: Vec::new() };
    let mut elsewhere = true;
    for evidence in causes.into_iter().flatten() {
        elsewhere &= evidence.elsewhere;
        for reason in evidence.reasons {
            if outcome.reasons.len() < MAX_REASONS && !outcome.reasons.contains(&reason) {
                outcome.reasons.push(reason);
            }
        }
        if outcome.property.is_none() && !evidence.path.is_empty() {
            outcome.property = Some(evidence.path);
        }
    }
    (!elsewhere || outcome.property.is_none()).then_some(outcome)
}

/// Where to point for a property of a resource.
pub(super) fn place(resource: &Resource, evidence: &Evidence) -> Span {
    let Some(call) = resource.calls.iter().find(|call| !call.owned) else {
        return evidence.site.unwrap_or(resource.header);
    };
    let Some(value) = &evidence.value else { return call.header };
    let argument = value
        .origin
        .steps()
        .find(|step| step.kind == StepKind::Argument && call.span.contains(step.span))
        .map(|step| step.span);
    let written = value.origin.span.filter(|span| call.span.contains(*span));
    argument.or(written).unwrap_or(call.header)
}

/// The places that a value came by, other than `location`.
pub(super) fn came_from(origin: &Origin, location: Span, related: &mut Vec<(String, Span)>) {
    let told = |related: &[(String, Span)], span: Span| {
        location.contains(span) || related.iter().any(|(_, known)| known.contains(span))
    };
    for step in origin.steps() {
        if related.len() < MAX_RELATED && !told(related, step.span) {
            related.push((step.kind.describe(&step.name), step.span));
        }
    }
    if let Some(span) = origin.span
        && !told(related, span)
    {
        related.push(("the value is written here".to_owned(), span));
    }
}

fn also(evidence: &Evidence) -> String {
    if evidence.path.is_empty() {
        return "because of this".to_owned();
    }
    format!("{} is {}", evidence.path, shown(evidence.value.as_ref()))
}

/// A message with its slots filled.
pub(super) fn fill(
    message: &Message,
    graph: &Graph<'_>,
    subject: usize,
    evidence: &Evidence,
    detail: &str,
) -> String {
    let resource = graph.resource(subject);
    let mut out = String::new();
    for part in message.parts.iter() {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Filled(slot) => match slot {
                Slot::ResourceName => out.push_str(name_of(resource)),
                Slot::ResourceType => out.push_str(&resource.source_type),
                Slot::Address => out.push_str(&resource.address),
                Slot::Property => out.push_str(&evidence.path),
                Slot::ActualValue => out.push_str(&shown(evidence.value.as_ref())),
                Slot::ItemName => out.push_str(evidence.item.as_deref().unwrap_or("")),
                Slot::RelatedName => out.push_str(name_of(graph.resource(evidence.resource))),
                Slot::Detail => out.push_str(detail),
            },
        }
    }
    out
}

/// The resource's name, or its address where that is not known or a secret.
fn name_of(resource: &Resource) -> &str {
    if resource.name.secret { &resource.address } else { resource.display_name() }
}

/// A value in a message. A secret is never shown, a long one not in full.
pub(super) fn shown(value: Option<&Value>) -> String {
    const LONGEST: usize = 80;
    let Some(value) = value else { return "not set".to_owned() };
    if value.has_secret() {
        return "a secret".to_owned();
    }
    let text = match &value.kind {
        Kind::Null => "not set".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => match secrets::find(text) {
            Some(found) => found.what.to_owned(),
            None => text.to_string(),
        },
        Kind::Array(array) => {
            let items: Vec<String> = array.values().take(4).map(|item| shown(Some(item))).collect();
            let more = if array.items.len() > 4 || array.open.is_some() { ", …" } else { "" };
            format!("[{}{more}]", items.join(", "))
        }
        Kind::Object(_) => "an object".to_owned(),
        Kind::Reference(reference) => format!("the {}", reference.describe()),
        Kind::OneOf(values) => {
            let values: Vec<String> = values.iter().take(4).map(|value| shown(Some(value))).collect();
            values.join(" or ")
        }
        Kind::Unknown(_) => "not known".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text,
    }
}
