//! Asks conditions of resources.

use std::borrow::Cow;

use crate::model::{Graph, Loop};
use crate::network::Network;
use crate::value::{Kind, Reason, ReasonKind, Unknown, Value};

use super::compare::compare;
use super::format::{
    Comparison, Condition, Fallback, FieldTest, List, Literal, Nothing, Operator, Over, Path, Quantified,
    Quantifier, Segment,
};
use super::relations::{Related, Relations};
use super::resolve::{Found, Trail, Walker};
use super::truth::{Answer, Evidence, Truth};

/// What all conditions on one deployment share.
pub(super) struct Context<'g> {
    pub(super) graph: &'g Graph<'g>,
    /// The network, worked out where a check asks for it.
    pub(super) network: Network<'g>,
    pub(super) relations: Relations,
    /// Whether evidence is collected. Most rules hold: they are asked without first.
    pub(super) record: bool,
}

impl<'g> Context<'g> {
    /// Of a deployment; nothing is worked out yet.
    pub(super) fn new(graph: &'g Graph<'g>, record: bool) -> Self {
        Context { graph, network: Network::new(graph), relations: Relations::default(), record }
    }
}

/// What a condition is asked of: a resource, or an item of an array in one.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f, 'g> {
    context: &'f Context<'g>,
    /// The resource that paths with `$.` begin at.
    root: usize,
    /// The resource that other paths begin at, or that their item lies in.
    resource: usize,
    /// The item, and the way to it.
    item: Option<&'f Element<'g>>,
}

impl<'f, 'g> Frame<'f, 'g> {
    /// To ask of a resource.
    pub(super) fn of_resource(context: &'f Context<'g>, resource: usize) -> Self {
        Frame { context, root: resource, resource, item: None }
    }

    /// The answer of `condition`.
    pub(super) fn ask(self, condition: &Condition) -> Answer {
        match condition {
            Condition::AllOf(parts) => self.all(parts),
            Condition::AnyOf(parts) => self.any(parts),
            Condition::NoneOf(parts) => self.any(parts).not(),
            Condition::Field(test) => self.field(test),
            Condition::Count { over, counted, comparison } => self.count(over, counted, comparison),
            Condition::Among(quantified) => self.among(quantified),
        }
    }

    /// Without recording, the first part that decides is enough.
    fn all(self, parts: &[Condition]) -> Answer {
        Answer::all(self.until(parts, Truth::Broken))
    }

    fn any(self, parts: &[Condition]) -> Answer {
        Answer::any(self.until(parts, Truth::Holds))
    }

    fn until(self, parts: &[Condition], decisive: Truth) -> impl Iterator<Item = Answer> {
        let mut decided = false;
        parts.iter().map_while(move |part| {
            if decided && !self.context.record {
                return None;
            }
            let answer = self.ask(part);
            decided |= answer.truth == decisive;
            Some(answer)
        })
    }

    /// What is at a path.
    pub(super) fn resolve(self, path: &Path) -> Found<'g> {
        let (resource, item) =
            if path.from_resource { (self.root, None) } else { (self.resource, self.item) };
        let walker = self.walker(resource);
        if let Some(Element { value, trail }) = item {
            return walker.walk(value, &path.segments, trail.clone());
        }
        if let [Segment::Key(key)] = &*path.segments
            && let Some(value) = self.own(resource, key)
        {
            return Found::Value(value, Trail::default());
        }
        walker.walk(&self.context.graph.resource(resource).body, &path.segments, Trail::default())
    }

    fn walker(self, resource: usize) -> Walker<'g> {
        Walker { resource: self.context.graph.resource(resource), record: self.context.record }
    }

    /// What is not in a resource's body.
    fn own(self, index: usize, key: &str) -> Option<Cow<'g, Value>> {
        let graph = self.context.graph;
        let resource = graph.resource(index);
        if key.eq_ignore_ascii_case("name") {
            return Some(match resource.short_name() {
                Some(short) if resource.name.as_str() != Some(short) => {
                    Cow::Owned(Value { origin: resource.name.origin.clone(), ..Value::string(short) })
                }
                _ => Cow::Borrowed(&resource.name),
            });
        }
        if key.eq_ignore_ascii_case("fullName") {
            return Some(Cow::Owned(graph.qualified_name(index)));
        }
        if key.eq_ignore_ascii_case("type") {
            return Some(Cow::Owned(Value::string(resource.resource_type.as_str())));
        }
        if key.eq_ignore_ascii_case("apiVersion") {
            return resource.api_version.as_deref().map(|version| Cow::Owned(Value::string(version)));
        }
        None
    }

    fn field(self, test: &FieldTest) -> Answer {
        self.test(self.resolve(&test.field), test)
    }

    fn test(self, found: Found<'g>, test: &FieldTest) -> Answer {
        match found {
            Found::Items(items) => Answer::all(items.into_iter().map(|found| self.test(found, test))),
            Found::Choice(alternatives) => {
                let answers = alternatives.into_iter().map(|found| self.test(found, test)).collect();
                unanimous(answers)
            }
            Found::Value(value, trail) => {
                let truth = Truth::of(self.compare(&value, &test.comparison));
                self.answer(truth, || {
                    let reasons = if truth == Truth::Undecided { reasons(&value) } else { Vec::new() };
                    Evidence { reasons, ..trail.evidence(self.resource, Some(value.into_owned())) }
                })
            }
            Found::Absent(trail) => self.absent(trail, test),
            Found::Untold(reasons, trail) => {
                self.answer(Truth::Undecided, || Evidence { reasons, ..trail.evidence(self.resource, None) })
            }
        }
    }

    fn absent(self, trail: Trail, test: &FieldTest) -> Answer {
        let fallback = test.absent.as_ref().map(|absent| {
            let version = self.context.graph.resource(self.resource).api_version.as_deref();
            fallback(&absent.versions, &absent.otherwise, version)
        });
        let taken = match fallback {
            // `exists` asks what is written
            _ if matches!(test.comparison.operator, Operator::Exists) => Value::null(),
            None => Value::null(),
            Some(Ok(Fallback::Taken(literal))) => literal_value(literal),
            Some(Ok(Fallback::Untold(reason))) => {
                let reason =
                    Reason::new(ReasonKind::Environment, format!("{} is absent: {reason}", test.field.text));
                return self.answer(Truth::Undecided, || trail.evidence(self.resource, None).because(reason));
            }
            Some(Err(reason)) => {
                return self.answer(Truth::Undecided, || trail.evidence(self.resource, None).because(reason));
            }
        };
        let truth = Truth::of(self.compare(&taken, &test.comparison));
        self.answer(truth, || trail.evidence(self.resource, None))
    }

    fn compare(self, value: &Value, comparison: &Comparison) -> Option<bool> {
        compare(value, &comparison.operator).map(|answer| answer != comparison.negated)
    }

    fn answer(self, truth: Truth, evidence: impl FnOnce() -> Evidence) -> Answer {
        Answer::new(truth, self.context.record.then(evidence))
    }

    fn count(self, over: &Over, counted: &List<Condition>, comparison: &Comparison) -> Answer {
        let (things, open) = match over {
            Over::Items(path) => self.items(path),
            _ => self.things(over),
        };
        let (mut certain, mut possible, mut endless) = (0_i64, 0_i64, !open.is_empty());
        let mut unclear: Vec<Reason> = open;
        for thing in &things {
            let answer = thing.ask(self, counted.first());
            match answer.truth {
                Truth::Holds => {
                    possible += 1;
                    match self.doubt(thing) {
                        None => certain += 1,
                        Some(reason) => {
                            endless |= reason.kind == ReasonKind::Loop;
                            unclear.push(reason);
                        }
                    }
                }
                Truth::Undecided => {
                    possible += 1;
                    unclear.extend(answer.causes.into_iter().flatten().flat_map(|evidence| evidence.reasons));
                }
                Truth::Broken => {}
            }
        }
        let at = |count: i64| self.compare(&Value::int(count), comparison);
        // Operators on numbers are monotonic or ask for equality: both ends decide together, or nothing does.
        let most = if endless { i64::MAX } else { possible };
        let monotonic = !matches!(comparison.operator, Operator::Equals(_) | Operator::In(_));
        let truth = if certain == most || (monotonic && at(certain) == at(most)) {
            Truth::of(at(certain))
        } else {
            Truth::Undecided
        };
        self.answer(truth, || {
            let mut evidence = match over {
                Over::Items(path) => match self.resolve(&array_of(path)) {
                    Found::Value(value, trail) => trail.evidence(self.resource, Some(value.into_owned())),
                    Found::Absent(trail) | Found::Untold(_, trail) => trail.evidence(self.resource, None),
                    Found::Items(_) | Found::Choice(_) => Trail::default().evidence(self.resource, None),
                },
                _ => Evidence { value: Some(Value::int(certain)), ..Evidence::of_resource(self.resource) },
            };
            evidence.reasons = unclear;
            evidence
        })
    }

    /// Why a resource may not be there once: what is deployed under an unknown condition may not be there, the one instance of
    /// an unknown loop may stand for many or none.
    fn doubt(self, thing: &Thing<'g>) -> Option<Reason> {
        let Thing::Resource(index) = thing else { return None };
        let resource = self.context.graph.resource(*index);
        if resource.loop_instance == Some(Loop::Unknown) {
            let text = format!("how many of '{}' there are is not known", resource.address);
            return Some(Reason::new(ReasonKind::Loop, text));
        }
        resource.conditional.then(|| {
            let text = format!("whether '{}' is deployed is not known", resource.address);
            Reason::new(ReasonKind::Environment, text)
        })
    }

    fn among(self, quantified: &Quantified) -> Answer {
        if let Over::Items(path) = &quantified.over {
            return self.among_items(self.resolve(path), quantified);
        }
        let (things, open) = self.things(&quantified.over);
        self.among_things(&things, open, quantified)
    }

    /// Which of several arrays it is may not be known: if all of them give one answer, that is it.
    fn among_items(self, found: Found<'g>, quantified: &Quantified) -> Answer {
        if let Found::Choice(alternatives) = found {
            let answers = alternatives.into_iter().map(|found| self.among_items(found, quantified));
            return unanimous(answers.collect());
        }
        let (mut things, mut open) = (Vec::new(), Vec::new());
        collect(found, &mut things, &mut open);
        self.among_things(&things, open, quantified)
    }

    fn among_things(self, things: &[Thing<'g>], open: Vec<Reason>, quantified: &Quantified) -> Answer {
        let condition = quantified.condition.first();
        if things.is_empty() && open.is_empty() {
            let truth = match (quantified.nothing, quantified.quantifier) {
                (Some(Nothing::Granted), _) => Truth::Holds,
                (Some(Nothing::Refused), _) => Truth::Broken,
                (Some(Nothing::LeftOpen), _) => Truth::Undecided,
                (None, Quantifier::Any) => Truth::Broken,
                (None, Quantifier::Each | Quantifier::Nobody) => Truth::Holds,
            };
            return self.answer(truth, || self.nothing(&quantified.over, truth));
        }
        let mut answers: Vec<Answer> = things.iter().map(|thing| thing.ask(self, condition)).collect();
        if !open.is_empty() {
            let reasons = open;
            answers.push(
                self.answer(Truth::Undecided, || Evidence {
                    reasons,
                    ..Evidence::of_resource(self.resource)
                }),
            );
        }
        match quantified.quantifier {
            Quantifier::Any => Answer::any(answers),
            Quantifier::Each => Answer::all(answers),
            Quantifier::Nobody => Answer::any(answers).not(),
        }
    }

    /// The evidence where there is nothing to go over.
    fn nothing(self, over: &Over, truth: Truth) -> Evidence {
        let mut evidence = match over {
            Over::Items(path) | Over::References(path) => match self.resolve(&array_of(path)) {
                Found::Value(value, trail) => trail.evidence(self.resource, Some(value.into_owned())),
                Found::Absent(trail) | Found::Untold(_, trail) => trail.evidence(self.resource, None),
                Found::Items(_) | Found::Choice(_) => Evidence::of_resource(self.resource),
            },
            _ => Evidence::of_resource(self.resource),
        };
        if truth == Truth::Undecided {
            let what = match over {
                Over::Items(path) | Over::References(path) => format!("{} is empty or absent", path.text),
                Over::Parent => "the parent is not in this deployment".to_owned(),
                Over::Children(name)
                | Over::Extensions { resource_type: name, .. }
                | Over::Deployed(name) => {
                    format!("no {name} is in this deployment")
                }
                Over::ReferencedBy { resource_type, .. } => {
                    format!("no {resource_type} in this deployment refers to it")
                }
            };
            evidence.reasons.push(Reason::new(ReasonKind::Environment, what));
        }
        evidence
    }

    /// The things that a quantified condition goes over, and why there may be more.
    fn things(self, over: &Over) -> (Vec<Thing<'g>>, Vec<Reason>) {
        let Related { resources, open } = match over {
            Over::References(path) => self.references(path),
            _ => self.context.relations.related(self.context, self.resource, over),
        };
        (resources.into_iter().map(Thing::Resource).collect(), open)
    }

    fn items(self, path: &Path) -> (Vec<Thing<'g>>, Vec<Reason>) {
        let (mut things, mut open) = (Vec::new(), Vec::new());
        collect(self.resolve(path), &mut things, &mut open);
        (things, open)
    }

    /// The resources whose ids stand at a path.
    fn references(self, path: &Path) -> Related {
        let mut related = Related::default();
        let mut found = vec![self.resolve(path)];
        while let Some(next) = found.pop() {
            match next {
                Found::Items(items) => found.extend(items),
                Found::Absent(_) => {}
                Found::Untold(reasons, _) => related.open.extend(reasons),
                Found::Choice(_) => {
                    let text = format!("{} is one of several", path.text);
                    related.open.push(Reason::new(ReasonKind::Parameter, text));
                }
                Found::Value(value, _) => match self.context.graph.resolve_value(&value) {
                    Some(index) => related.resources.push(index),
                    None => related.open.push(elsewhere(&value, &path.text)),
                },
            }
        }
        related.resources.sort_unstable();
        related
    }
}

/// Why the resource that a value refers to can't be looked at.
fn elsewhere(value: &Value, path: &str) -> Reason {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.reason().clone(),
        _ => Reason::new(ReasonKind::Environment, format!("what {path} refers to is not in this deployment")),
    }
}

/// One of the things that a condition goes over.
enum Thing<'g> {
    Item(Box<Element<'g>>),
    Resource(usize),
}

/// An item of an array, with the way to it.
struct Element<'g> {
    value: &'g Value,
    trail: Trail,
}

impl<'g> Thing<'g> {
    /// The answer of a condition on it; without one, that it is there holds.
    fn ask(&self, frame: Frame<'_, 'g>, condition: Option<&Condition>) -> Answer {
        match (self, condition) {
            (Thing::Item(element), Some(condition)) => Frame { item: Some(element), ..frame }.ask(condition),
            (Thing::Resource(index), Some(condition)) => {
                Frame { resource: *index, item: None, ..frame }.ask(condition)
            }
            (Thing::Item(element), None) => frame.answer(Truth::Holds, || {
                element.trail.clone().evidence(frame.resource, Some(element.value.clone()))
            }),
            (Thing::Resource(index), None) => frame.answer(Truth::Holds, || Evidence::of_resource(*index)),
        }
    }
}

fn collect<'g>(found: Found<'g>, things: &mut Vec<Thing<'g>>, open: &mut Vec<Reason>) {
    match found {
        Found::Items(items) => items.into_iter().for_each(|item| collect(item, things, open)),
        Found::Value(Cow::Borrowed(value), trail) => {
            things.push(Thing::Item(Box::new(Element { value, trail })))
        }
        // Only the name and the like are not in the body: no array.
        Found::Value(Cow::Owned(_), _) => {}
        Found::Absent(_) => {}
        Found::Untold(reasons, _) => open.extend(reasons),
        Found::Choice(alternatives) => {
            // Which of them it is can't be told: what is in one of them may be there or not.
            let empty = alternatives.iter().all(|alternative| match alternative {
                Found::Absent(_) => true,
                Found::Items(items) => items.is_empty(),
                _ => false,
            });
            if !empty {
                open.push(Reason::new(ReasonKind::Parameter, "it is one of several arrays"));
            }
        }
    }
}

/// One answer for several alternatives: theirs, if they agree.
fn unanimous(answers: Vec<Answer>) -> Answer {
    let mut truths = answers.iter().map(|answer| answer.truth);
    let first = truths.next().unwrap_or(Truth::Undecided);
    if truths.all(|truth| truth == first) {
        return answers.into_iter().next().unwrap_or(Answer::new(Truth::Undecided, None));
    }
    let mut causes: Vec<Evidence> = answers.into_iter().flat_map(|answer| answer.causes).flatten().collect();
    causes.truncate(1);
    if let Some(cause) = causes.first_mut()
        && cause.reasons.is_empty()
    {
        let text = format!("{} is one of several values", cause.path);
        cause.reasons.push(Reason::new(ReasonKind::Parameter, text));
    }
    Answer { truth: Truth::Undecided, causes: vec![causes] }
}

/// The path of the array itself, where a path ends in `[*]`.
fn array_of(path: &Path) -> Path {
    match path.segments.split_last() {
        Some((Segment::Every, rest)) => Path { segments: rest.to_vec().into(), ..path.clone() },
        _ => path.clone(),
    }
}

/// What an absent property is taken for in an API version.
fn fallback<'a>(
    versions: &'a [super::format::VersionDefault],
    otherwise: &'a Fallback,
    api_version: Option<&str>,
) -> Result<&'a Fallback, Reason> {
    let Some(version) = api_version else { return Ok(otherwise) };
    if versions.is_empty() {
        return Ok(otherwise);
    }
    match version.get(..10) {
        Some(date) if date.starts_with(|c: char| c.is_ascii_digit()) => Ok(versions
            .iter()
            .find(|default| date < &*default.before)
            .map_or(otherwise, |found| &found.default)),
        _ => Err(Reason::new(ReasonKind::Error, format!("'{version}' is no API version"))),
    }
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::null(),
        Literal::Bool(value) => Value::bool(*value),
        Literal::Int(value) => Value::int(*value),
        Literal::Str(text) => Value::string(&**text),
        Literal::Array(items) => Value::array(items.iter().map(literal_value).collect()),
    }
}

/// Why a value leaves a question open.
fn reasons(value: &Value) -> Vec<Reason> {
    match Unknown::because_of([value]) {
        Some(unknown) => unknown.reasons.to_vec(),
        None => vec![Reason::new(ReasonKind::Unsupported, "it can't be compared")],
    }
}
