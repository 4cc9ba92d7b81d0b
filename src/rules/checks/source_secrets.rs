//! `secret-in-source`: credentials that show by their form, anywhere in what is deployed.

use rustc_hash::FxHashSet;

use crate::model::Graph;
use crate::secrets;
use crate::source::Span;
use crate::value::{Item, Kind, Member, Value};

use super::super::format::Rule;
use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::super::verdict::{Outcome, Subject, Verdict, broken};
use super::credentials::is_secret_name;
use super::{parameters, secrets as sinks};

/// How deep values are looked into.
const MAX_DEPTH: usize = 64;

/// Settings of applications, which rules of their own look at: a type, and where they are.
const SETTINGS: [(&str, &str); 8] = [
    ("Microsoft.Web/sites", "properties.siteConfig.appSettings"),
    ("Microsoft.Web/sites", "properties.siteConfig.connectionStrings"),
    ("Microsoft.Web/sites/slots", "properties.siteConfig.appSettings"),
    ("Microsoft.Web/sites/slots", "properties.siteConfig.connectionStrings"),
    ("Microsoft.Web/sites/config", "properties"),
    ("Microsoft.Web/sites/slots/config", "properties"),
    ("Microsoft.Compute/virtualMachines/extensions", "properties.settings"),
    ("Microsoft.Compute/virtualMachineScaleSets/extensions", "properties.settings"),
];

/// Asks all resources, then the parameters that no resource has shown. What is written once is told once.
pub(super) fn check<'r>(graph: &Graph<'_>, rule: &'r Rule, verdicts: &mut Vec<Verdict<'r>>) {
    let mut told: FxHashSet<Span> = FxHashSet::default();
    for (index, resource) in graph.deployment().resources.iter().enumerate() {
        if resource.existing || resource.repeats {
            continue;
        }
        let walker = Walker { resource, record: true };
        let mut search = Search { walker, index, way: Vec::new(), found: Vec::new() };
        search.value(&resource.body);
        for (evidence, what) in search.found {
            let span = evidence.value.as_ref().and_then(|value| value.origin.span);
            if span.is_some_and(|span| !told.insert(span)) {
                continue;
            }
            let found = broken(graph, rule, index, vec![evidence], what);
            verdicts.push(Verdict {
                rule,
                subject: Subject::Resource(index),
                outcome: Outcome::Broken(Box::new(found)),
            });
        }
    }
    for (index, parameter) in graph.deployment().parameters.iter().enumerate() {
        // A secure parameter's default, and one that is named like a secret, are told by rules of their own.
        let told_elsewhere = parameter.secure || is_secret_name(&parameter.name);
        let found =
            parameter.default.as_ref().filter(|_| !told_elsewhere).and_then(|default| text_in(default, 0));
        let outcome = match found {
            Some((value, what)) if value.origin.span.is_none_or(|span| told.insert(span)) => {
                parameters::literal(graph, rule, parameter, value, what)
            }
            _ => Outcome::Holds,
        };
        verdicts.push(Verdict { rule, subject: Subject::Parameter(index), outcome });
    }
}

/// The first credential in a value.
fn text_in(value: &Value, depth: usize) -> Option<(&Value, &'static str)> {
    if depth > MAX_DEPTH || value.secret || value.origin.is_from_environment() {
        return None;
    }
    match &value.kind {
        Kind::String(text) => secrets::find(text).map(|found| (value, found.what)),
        Kind::Array(array) => array.values().find_map(|item| text_in(item, depth + 1)),
        Kind::Object(object) => object.members().find_map(|(_, member)| text_in(&member.value, depth + 1)),
        _ => None,
    }
}

/// One step from the body of a resource to a value.
#[derive(Clone, Copy)]
enum Step<'g> {
    Member(&'g str, &'g Member),
    Item(usize, &'g Item),
}

struct Search<'g> {
    walker: Walker<'g>,
    index: usize,
    /// The way to the value that is looked at; only written out where something is found.
    way: Vec<Step<'g>>,
    found: Vec<(Evidence, &'static str)>,
}

impl<'g> Search<'g> {
    fn value(&mut self, value: &'g Value) {
        if self.way.len() > MAX_DEPTH || value.secret || value.origin.is_from_environment() {
            return;
        }
        match &value.kind {
            Kind::String(text) => {
                if let Some(found) = secrets::find(text) {
                    self.tell(value, found.what);
                }
            }
            Kind::Array(array) => {
                for (position, item) in array.items.iter().enumerate() {
                    self.below(Step::Item(position, item), &item.value);
                }
            }
            Kind::Object(object) => {
                for (key, member) in object.members() {
                    self.below(Step::Member(key.as_str(), member), &member.value);
                }
            }
            Kind::OneOf(values) => values.iter().for_each(|value| self.value(value)),
            _ => {}
        }
    }

    fn below(&mut self, step: Step<'g>, value: &'g Value) {
        self.way.push(step);
        self.value(value);
        self.way.pop();
    }

    fn tell(&mut self, value: &Value, what: &'static str) {
        let trail = self.way.iter().fold(Trail::default(), |trail, step| match step {
            Step::Member(key, member) => self.walker.into_member(&trail, key, member),
            Step::Item(position, item) => self.walker.into_item(&trail, *position, item),
        });
        let resource_type = &self.walker.resource.resource_type;
        let within =
            |path: &str| trail.path().get(..path.len()).is_some_and(|start| start.eq_ignore_ascii_case(path));
        let is_setting = SETTINGS.iter().any(|(kind, path)| resource_type.is(kind) && within(path));
        if !is_setting && !sinks::is_sink(resource_type.as_str(), trail.path()) {
            let hidden = value.clone().tainted(true);
            self.found.push((trail.evidence(self.index, Some(hidden)), what));
        }
    }
}
