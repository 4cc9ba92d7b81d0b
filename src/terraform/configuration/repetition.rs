//! `count` and `for_each`: the instances of a resource or module call.

use std::sync::Arc;

use super::module::BodyView;
use super::scope::Frame;
use crate::model::{Loop, LoopKey};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::value::{Array, Collection, Facts, Kind, Object, Reason, ReasonKind, Unknown, Value, ValueType};

/// The most instances that one `count`, `for_each` or `dynamic` is expanded into.
pub(super) const MAX_INSTANCES: usize = 10_000;

/// What `count.index` or `each` mean in the body of an instance.
#[derive(Clone, Debug, Default)]
pub(super) enum Repetition {
    /// Neither `count` nor `for_each`.
    #[default]
    None,
    /// `count.index`.
    Count(Value),
    /// `each.key`, `each.value`.
    Each {
        /// `each.key`.
        key: Value,
        /// `each.value`.
        value: Value,
    },
}

/// What kind of value the whole of a repeated object is in expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Not repeated: an object.
    Single,
    /// `count`: a tuple.
    Tuple,
    /// `for_each`: an object by key.
    Map,
}

/// One instance.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// Its place, for the model.
    pub(super) place: Option<Loop>,
    /// What its body sees.
    pub(super) repetition: Repetition,
    /// It may not be there.
    pub(super) conditional: bool,
}

/// All instances.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    /// In order.
    pub(super) instances: Vec<Instance>,
    /// What they are together.
    pub(super) shape: Shape,
    /// Set where there may be others than the known ones.
    pub(super) open: Option<Arc<Unknown>>,
}

impl Instance {
    /// What stands behind the name in the address: `[0]`, `["key"]`, nothing.
    pub(super) fn suffix(&self) -> String {
        match &self.place {
            Some(Loop::Known(LoopKey::Index(index))) => format!("[{index}]"),
            Some(Loop::Known(LoopKey::Key(key))) => {
                let escaped = key.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                format!("[\"{escaped}\"]")
            }
            Some(Loop::Unknown) | None => String::new(),
        }
    }

    /// Whether it stands for instances that are not known.
    pub(super) fn is_symbolic(&self) -> bool {
        self.place == Some(Loop::Unknown)
    }

    /// The known key or index.
    pub(super) fn key(&self) -> Option<&LoopKey> {
        match &self.place {
            Some(Loop::Known(key)) => Some(key),
            _ => None,
        }
    }
}

/// The instances of a declaration by its `count` or `for_each`.
pub(super) fn expand(frame: &Frame<'_>, view: &BodyView<'_>, address: &str) -> Expansion {
    let builder = Builder { frame, address };
    if let Some((file, count)) = view.attribute("count") {
        builder.count(&frame.evaluate(file, count.value), count.span)
    } else if let Some((file, each)) = view.attribute("for_each") {
        builder.each(&frame.evaluate(file, each.value), each.span)
    } else {
        let single = Instance { place: None, repetition: Repetition::None, conditional: false };
        Expansion { instances: vec![single], shape: Shape::Single, open: None }
    }
}

struct Builder<'b, 'f> {
    frame: &'b Frame<'f>,
    address: &'b str,
}

impl Builder<'_, '_> {
    fn report(&self, code: DiagnosticCode, message: String, span: Span) {
        self.frame.report_once(Diagnostic::new(Level::Error, code, message, span));
    }

    fn count(&self, value: &Value, span: Span) -> Expansion {
        let counts: Option<Vec<usize>> = value.alternatives().iter().map(whole_number).collect();
        let (least, most) = match counts.as_deref() {
            Some(counts) => {
                (counts.iter().copied().min().unwrap_or(0), counts.iter().copied().max().unwrap_or(0))
            }
            None => return self.unknown_count(value, span),
        };
        if most > MAX_INSTANCES {
            let message = format!("count is {most}; at most {MAX_INSTANCES} instances are followed");
            self.report(DiagnosticCode::Limit, message.clone(), span);
            return self.symbolic(Shape::Tuple, &Unknown::new(Reason::new(ReasonKind::Limit, message)), None);
        }
        let instances = (0..most).map(|index| Instance {
            place: Some(Loop::Known(LoopKey::Index(index))),
            repetition: Repetition::Count(Value::int(i64::try_from(index).unwrap_or(i64::MAX))),
            conditional: index >= least,
        });
        let open = (least < most).then(|| Arc::new(reasons_of(value)));
        Expansion { instances: instances.collect(), shape: Shape::Tuple, open }
    }

    fn unknown_count(&self, value: &Value, span: Span) -> Expansion {
        let decided = !value.is_unknown() && value.as_reference().is_none();
        if decided {
            let message =
                format!("the count of {} must be a whole number that is not negative", self.address);
            self.report(DiagnosticCode::Evaluation, message, span);
        }
        self.symbolic(Shape::Tuple, &reasons_of(value), None)
    }

    fn each(&self, value: &Value, span: Span) -> Expansion {
        match &value.kind {
            Kind::Object(object) => self.each_of_map(object, span),
            Kind::Array(array) => self.each_of_set(array, span),
            Kind::OneOf(alternatives) => self.each_of_one(alternatives, value, span),
            Kind::Unknown(unknown) => self.symbolic(Shape::Map, unknown, None),
            Kind::Reference(_) => self.symbolic(Shape::Map, &reasons_of(value), None),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                let message = format!("the for_each of {} must be a map or a set of strings", self.address);
                self.report(DiagnosticCode::Evaluation, message, span);
                self.symbolic(Shape::Map, &reasons_of(value), None)
            }
        }
    }

    fn each_of_map(&self, object: &Object, span: Span) -> Expansion {
        if let Some(too_many) = self.too_many(object.len(), span) {
            return too_many;
        }
        let mut keys: Vec<(Arc<str>, Value)> =
            object.members().map(|(key, member)| (Arc::clone(&key.0), member.value.clone())).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        let mut instances: Vec<Instance> =
            keys.into_iter().map(|(key, value)| keyed(key, value, false)).collect();
        if let Some(open) = &object.open {
            instances.extend(self.symbolic(Shape::Map, open, None).instances);
        }
        Expansion { instances, shape: Shape::Map, open: object.open.clone() }
    }

    fn each_of_set(&self, array: &Array, span: Span) -> Expansion {
        if let Some(too_many) = self.too_many(array.items.len(), span) {
            return too_many;
        }
        if array.collection != Collection::Set && !array.items.is_empty() {
            let message = format!(
                "the for_each of {} is a list; Terraform takes a map or a set (toset(…))",
                self.address
            );
            self.report(DiagnosticCode::Evaluation, message, span);
        }
        let mut known: Vec<Arc<str>> = Vec::new();
        let mut unknown: Vec<Value> = Vec::new();
        for value in array.values() {
            match &value.kind {
                Kind::String(text) => known.push(Arc::clone(text)),
                Kind::Number(_) | Kind::Bool(_) => known.push(Arc::from(scalar_text(value))),
                _ => unknown.push(value.clone()),
            }
        }
        known.sort_unstable();
        known.dedup();
        let mut instances: Vec<Instance> = known
            .into_iter()
            .map(|key| {
                let value = Value::string(Arc::clone(&key));
                keyed(key, value, false)
            })
            .collect();
        let mut open = array.open.clone();
        if !unknown.is_empty() || open.is_some() {
            let reasons = match &open {
                Some(open) => Unknown::clone(open),
                None => Unknown::because_of(&unknown).unwrap_or_else(not_a_key),
            };
            // the element itself, where it is the only one: a reference stays a link
            let element = if open.is_none() { Value::one_of(unknown) } else { None };
            instances.extend(self.symbolic(Shape::Map, &reasons, element).instances);
            open = Some(Arc::new(reasons));
        }
        Expansion { instances, shape: Shape::Map, open }
    }

    /// A condition that is not known chooses among known collections: every key that one of them has is an instance.
    fn each_of_one(&self, alternatives: &[Value], value: &Value, span: Span) -> Expansion {
        let expansions: Vec<Expansion> = alternatives
            .iter()
            .filter(|value| !value.is_null())
            .map(|value| self.each(value, span))
            .collect();
        let mut instances: Vec<Instance> = Vec::new();
        let count = expansions.len();
        for instance in expansions.into_iter().flat_map(|expansion| expansion.instances) {
            if !instances.iter().any(|seen| seen.place == instance.place) {
                instances.push(Instance { conditional: count > 1, ..instance });
            }
        }
        Expansion { instances, shape: Shape::Map, open: Some(Arc::new(reasons_of(value))) }
    }

    fn too_many(&self, count: usize, span: Span) -> Option<Expansion> {
        if count <= MAX_INSTANCES {
            return None;
        }
        let message =
            format!("for_each has {count} elements; at most {MAX_INSTANCES} instances are followed");
        self.report(DiagnosticCode::Limit, message.clone(), span);
        Some(self.symbolic(Shape::Map, &Unknown::new(Reason::new(ReasonKind::Limit, message)), None))
    }

    /// The one instance that stands for all where the keys are not known.
    fn symbolic(&self, shape: Shape, because: &Unknown, element: Option<Value>) -> Expansion {
        let part = |name: &str, value_type: ValueType| {
            let facts = Facts { not_null: value_type != ValueType::Any, ..Facts::default() };
            let identity = format!("{name} of {}", self.address);
            let unknown =
                Unknown { reasons: Arc::clone(&because.reasons), ..Unknown::new(because.reason().clone()) };
            Value::new(Kind::Unknown(Arc::new(
                unknown.with_type(value_type).with_facts(facts).with_identity(identity),
            )))
        };
        let repetition = match (shape, element) {
            (Shape::Tuple, _) => Repetition::Count(part("count.index", ValueType::Number)),
            (_, Some(element)) => Repetition::Each { key: element.clone(), value: element },
            (_, None) => Repetition::Each {
                key: part("each.key", ValueType::String),
                value: part("each.value", ValueType::Any),
            },
        };
        Expansion {
            instances: vec![Instance { place: Some(Loop::Unknown), repetition, conditional: true }],
            shape,
            open: Some(Arc::new(because.clone())),
        }
    }
}

fn keyed(key: Arc<str>, value: Value, conditional: bool) -> Instance {
    Instance {
        place: Some(Loop::Known(LoopKey::Key(Arc::clone(&key)))),
        repetition: Repetition::Each { key: Value::string(key), value },
        conditional,
    }
}

fn not_a_key() -> Unknown {
    Unknown::new(Reason::new(ReasonKind::Error, "an element of for_each is not a string"))
}

/// A count: a number, or a string that is one.
fn whole_number(value: &Value) -> Option<usize> {
    match &value.kind {
        Kind::String(text) => text.parse().ok(),
        _ => value.as_int().and_then(|number| usize::try_from(number).ok()),
    }
}

fn scalar_text(value: &Value) -> String {
    match &value.kind {
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Why a value does not say how many instances there are.
pub(super) fn reasons_of(value: &Value) -> Unknown {
    Unknown::because_of([value])
        .unwrap_or_else(|| Unknown::new(Reason::new(ReasonKind::Error, "not a number of instances")))
}
