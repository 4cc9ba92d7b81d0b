//! Chains of accesses: `kv.properties.x`, `net.outputs.ids[0]`, `a.?b.c`, `st[i]::blobs.name`.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{AccessKey, ExprId, ExprKind, Name};
use crate::source::Span;
use crate::value::{Kind, Reason, ReasonKind, Reference, Unknown, Value, ValueType};

use super::access::{Key, Taken, take};
use super::frame::{Env, Frame};
use super::instances::{Expansion, Presence};
use super::loops::Shape;
use super::session::{Session, unknown};
use super::symbols::Symbol;

/// What a chain has come to: a value, or a thing whose parts are worked out when they are asked for.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    Value(Value),
    /// A resource. Its `name` is as written there, without the parents' names.
    Resource {
        frame: Rc<Frame>,
        slot: usize,
        instance: usize,
    },
    /// A looped resource.
    Resources {
        frame: Rc<Frame>,
        slot: usize,
    },
    /// A module.
    Module {
        frame: Rc<Frame>,
        module: usize,
        instance: usize,
    },
    /// A looped module.
    Modules {
        frame: Rc<Frame>,
        module: usize,
    },
    /// The outputs of a module, by its own frame. `wrapped`: ARM's form, where each is `{ value: … }`.
    Outputs {
        frame: Rc<Frame>,
        wrapped: bool,
    },
    /// One output in ARM's form.
    Output(Value),
    /// A property of a deployed resource: what is declared of it, and how it is called.
    Runtime {
        reference: Reference,
        declared: Option<Value>,
    },
    /// `import * as ns`.
    Namespace(Rc<Frame>),
    /// The parameters of the file that a parameter file extends.
    Base(Rc<Frame>),
    /// A safe access found nothing: null for the rest of the chain.
    Swallowed,
    /// One of several.
    Choice(Vec<Subject>),
}

/// Of so many items or instances at most an index that is not known may mean each.
const MAX_INDEXED: i64 = 8;

/// One link of a chain.
enum Link<'t> {
    Access { key: &'t AccessKey, safe: bool, span: Span },
    Nested { symbol: &'t Name, span: Span },
}

impl Session<'_> {
    /// What an expression stands for, kept symbolic as long as it can be.
    pub(super) fn subject(&self, env: &Env, id: ExprId) -> Subject {
        let template = env.frame.template();
        let mut links: Vec<Link<'_>> = Vec::new();
        let mut base = id;
        loop {
            let expression = &template.expressions[base];
            match &expression.kind {
                ExprKind::Access { base: inner, key, safe } => {
                    links.push(Link::Access { key, safe: *safe, span: expression.span });
                    base = *inner;
                }
                ExprKind::Nested { base: inner, symbol } => {
                    links.push(Link::Nested { symbol, span: expression.span });
                    base = *inner;
                }
                ExprKind::NonNull(inner) => base = *inner,
                _ => break,
            }
        }
        let mut subject = self.chain_start(env, base);
        for link in links.into_iter().rev() {
            if matches!(subject, Subject::Swallowed) {
                break;
            }
            subject = match link {
                Link::Nested { symbol, span } => self.nested(subject, symbol, span),
                Link::Access { key, safe, span } => {
                    let (key, span) = self.key(env, key, span);
                    self.step(subject, &key, safe, span)
                }
            };
        }
        subject
    }

    fn chain_start(&self, env: &Env, id: ExprId) -> Subject {
        let template = env.frame.template();
        let expression = &template.expressions[id];
        match &expression.kind {
            ExprKind::Symbol(name) => self.symbol(env, name, expression.span),
            ExprKind::Parentheses(inner) => match self.subject(env, *inner) {
                Subject::Swallowed => Subject::Value(Value::null().at(expression.span)),
                subject => subject,
            },
            ExprKind::If { condition, then, otherwise } => match self.truth(env, *condition) {
                Ok(true) => self.subject(env, *then),
                Ok(false) => self.subject(env, *otherwise),
                Err(_) => Subject::Choice(vec![
                    self.perhaps(|| self.subject(env, *then)),
                    self.perhaps(|| self.subject(env, *otherwise)),
                ]),
            },
            ExprKind::Call { namespace, function, arguments, .. } => self
                .call_subject(env, namespace.as_deref(), function, arguments, expression.span)
                .unwrap_or_else(|| Subject::Value(self.eval(env, id))),
            ExprKind::MethodCall { base, method, safe, arguments } => {
                let subject = self.subject(env, *base);
                if *safe && self.is_absent(&subject) {
                    return Subject::Swallowed;
                }
                Subject::Value(self.method(env, subject, method, arguments, expression.span))
            }
            _ => Subject::Value(self.eval(env, id)),
        }
    }

    /// The key of an access.
    fn key(&self, env: &Env, key: &AccessKey, span: Span) -> (Key, Span) {
        match key {
            AccessKey::Name(name, own) => (Key::Name(Arc::clone(name)), *own),
            AccessKey::Index(id) => (index_key(&self.eval(env, *id), false), span),
            AccessKey::FromEnd(id) => (index_key(&self.eval(env, *id), true), span),
        }
    }

    /// What a bare name stands for.
    fn symbol(&self, env: &Env, name: &Name, span: Span) -> Subject {
        if let Some(local) = env.local(name) {
            return Subject::Value(local);
        }
        let frame = &env.frame;
        let mut slot = env.slot;
        while let Some(outer) = slot {
            if let Some(child) = frame.symbols.child(frame.template(), outer, name) {
                return self.resource_subject(frame, child);
            }
            slot = frame.symbols.slots.get(outer).and_then(|entry| entry.parent);
        }
        match frame.symbols.names.get(name) {
            Some(Symbol::Parameter(index)) => Subject::Value(self.parameter(frame, index)),
            Some(Symbol::Variable(index)) => Subject::Value(self.variable(frame, index)),
            Some(Symbol::Assignment(index)) => Subject::Value(self.assignment(frame, index)),
            Some(Symbol::Resource(slot)) => self.resource_subject(frame, slot),
            Some(Symbol::Module(module)) => self.module_subject(frame, module),
            Some(Symbol::Imported(import, position)) => {
                Subject::Value(self.imported_variable(frame, import, position, span))
            }
            Some(Symbol::Namespace(import)) => match self.imported(frame, import) {
                Some(library) => Subject::Namespace(library),
                None => Subject::Value(self.import_missing(frame, import)),
            },
            Some(Symbol::Extension) => Subject::Value(unknown(
                ReasonKind::Unsupported,
                format!("the extension '{name}' is not evaluated"),
            )),
            None => match (&**name, self.base_of(frame)) {
                ("base", Some(base)) => Subject::Base(base),
                _ => Subject::Value(self.mistake(format!("the name '{name}' does not exist here"), span)),
            },
        }
    }

    /// A resource as a subject: itself, or all instances of a looped one.
    pub(super) fn resource_subject(&self, frame: &Rc<Frame>, slot: usize) -> Subject {
        let frame = Rc::clone(frame);
        match self.resource_instances(&frame, slot) {
            Some(expansion) if expansion.shape == Shape::Single => {
                Subject::Resource { frame, slot, instance: 0 }
            }
            _ => Subject::Resources { frame, slot },
        }
    }

    /// A module as a subject.
    pub(super) fn module_subject(&self, frame: &Rc<Frame>, module: usize) -> Subject {
        let frame = Rc::clone(frame);
        match self.module_instances(&frame, module) {
            Some(expansion) if expansion.shape == Shape::Single => {
                Subject::Module { frame, module, instance: 0 }
            }
            _ => Subject::Modules { frame, module },
        }
    }

    /// `a::b`.
    fn nested(&self, subject: Subject, symbol: &Name, span: Span) -> Subject {
        let Subject::Resource { frame, slot, instance } = subject else {
            return Subject::Value(
                self.mistake(format!("there is no nested resource '{symbol}' here"), span),
            );
        };
        let Some(child) = frame.symbols.child(frame.template(), slot, symbol) else {
            return Subject::Value(self.mistake(format!("there is no nested resource '{symbol}'"), span));
        };
        let Some(expansion) = self.resource_instances(&frame, child) else {
            return Subject::Value(self.cycle(symbol, span));
        };
        let own = |outer: Option<usize>| outer == Some(instance);
        match expansion.instances.iter().position(|candidate| own(candidate.outer)) {
            Some(instance) if expansion.shape == Shape::Single => {
                Subject::Resource { frame, slot: child, instance }
            }
            _ => Subject::Resources { frame, slot: child },
        }
    }

    /// Takes one link further.
    pub(super) fn step(&self, subject: Subject, key: &Key, safe: bool, span: Span) -> Subject {
        match subject {
            Subject::Swallowed => Subject::Swallowed,
            Subject::Value(value) => self.step_value(value, key, safe, span),
            Subject::Choice(choices) => {
                let choices =
                    choices.into_iter().map(|choice| self.perhaps(|| self.step(choice, key, safe, span)));
                Subject::Choice(choices.collect())
            }
            Subject::Resource { frame, slot, instance } => {
                let part = self.resource_part(&frame, slot, instance, key, safe, span);
                let expansion = self.resource_instances(&frame, slot);
                let state = matches!(part, Subject::Runtime { .. }) && is_perhaps_absent(expansion, instance);
                if safe && (state || frame.is_nullable(slot)) { or_nothing(part) } else { part }
            }
            Subject::Resources { frame, slot } => {
                let expansion = self.resource_instances(&frame, slot);
                self.pick(expansion.as_deref(), key, span, |instance| Subject::Resource {
                    frame: Rc::clone(&frame),
                    slot,
                    instance,
                })
            }
            Subject::Modules { frame, module } => {
                let expansion = self.module_instances(&frame, module);
                self.pick(expansion.as_deref(), key, span, |instance| Subject::Module {
                    frame: Rc::clone(&frame),
                    module,
                    instance,
                })
            }
            Subject::Module { frame, module, instance } => {
                let part = self.module_part(&frame, module, instance, key, safe, span);
                let perhaps = is_perhaps_absent(self.module_instances(&frame, module), instance);
                if safe && perhaps { or_nothing(part) } else { part }
            }
            Subject::Outputs { frame, wrapped } => self.output_part(&frame, wrapped, key, safe, span),
            Subject::Output(value) => match key {
                Key::Name(name) if name.eq_ignore_ascii_case("value") => Subject::Value(value),
                Key::Name(name) if name.eq_ignore_ascii_case("type") => {
                    Subject::Value(unknown(ReasonKind::Runtime, "the type of an output is not followed"))
                }
                _ => self.step_value(Value::object(crate::value::Object::new()), key, safe, span),
            },
            Subject::Runtime { reference, declared } => self.runtime_part(&reference, declared, key),
            Subject::Namespace(library) => match key {
                Key::Name(name) => Subject::Value(self.exported_variable(&library, name, span)),
                _ => Subject::Value(self.mistake("a namespace has names only", span)),
            },
            Subject::Base(base) => match key {
                Key::Name(name) => Subject::Value(self.assigned(&base, name).unwrap_or_else(|| {
                    self.mistake(format!("the extended file assigns no parameter '{name}'"), span)
                })),
                _ => Subject::Value(self.mistake("base has the names of parameters only", span)),
            },
        }
    }

    fn step_value(&self, value: Value, key: &Key, safe: bool, span: Span) -> Subject {
        let keys: Vec<Key> = match key {
            Key::Unknown(choice) if choice.alternatives().len() > 1 => {
                choice.alternatives().iter().map(|choice| index_key(choice, false)).collect()
            }
            Key::Unknown(index) if is_number(index) => {
                every_item(&value).unwrap_or_else(|| vec![key.clone()])
            }
            key => vec![key.clone()],
        };
        let alternatives = value.alternatives();
        if alternatives.len() == 1 && keys.len() == 1 {
            return match self.access(&value, &keys[0], safe, span) {
                Some(part) => Subject::Value(part.tainted(value.secret)),
                None => Subject::Swallowed,
            };
        }
        if alternatives.len() * keys.len() > Value::MAX_CHOICES {
            let part = unknown(ReasonKind::Limit, "more alternatives than are followed");
            return Subject::Value(part.tainted(value.secret));
        }
        let mut choices = Vec::new();
        let mut wrong = None;
        for (alternative, key) in
            alternatives.iter().flat_map(|value| keys.iter().map(move |key| (value, key)))
        {
            match take(alternative, key) {
                Taken::Value(part) => choices.push(Subject::Value(part.tainted(value.secret))),
                Taken::Missing(_) | Taken::Wrong(_) if safe => choices.push(Subject::Swallowed),
                Taken::Missing(what) | Taken::Wrong(what) => wrong = Some(what),
            }
        }
        match (choices.len(), wrong) {
            (0, Some(what)) => Subject::Value(self.mistake(what, span)),
            (1, _) => choices.remove(0),
            _ => Subject::Choice(choices),
        }
    }

    /// One instance of a looped resource or module.
    fn pick(
        &self,
        expansion: Option<&Expansion>,
        key: &Key,
        span: Span,
        instance: impl Fn(usize) -> Subject,
    ) -> Subject {
        let Some(expansion) = expansion else {
            return Subject::Value(self.mistake("the loop depends on itself", span));
        };
        let count = expansion.instances.len();
        match (key, expansion.shape) {
            (Key::Index(_) | Key::Unknown(_) | Key::FromEnd(_), Shape::Unknown) if count > 0 => instance(0),
            (Key::Index(index), _) => match usize::try_from(*index) {
                Ok(index) if index < count => instance(index),
                _ => {
                    Subject::Value(self.mistake(format!("the loop of {count} has no instance {index}"), span))
                }
            },
            (Key::FromEnd(index), _) => {
                match usize::try_from(*index).ok().and_then(|index| count.checked_sub(index)) {
                    Some(index) if index < count => instance(index),
                    _ => Subject::Value(
                        self.mistake(format!("the loop of {count} has no instance ^{index}"), span),
                    ),
                }
            }
            (Key::Unknown(_), _) if (1..=MAX_INDEXED).contains(&i64::try_from(count).unwrap_or(i64::MAX)) => {
                Subject::Choice((0..count).map(instance).collect())
            }
            (Key::Unknown(cause), _) => Subject::Value(because(cause)),
            (Key::Name(name), _) => Subject::Value(
                self.mistake(format!("'{name}' is a property of one instance: take one with [index]"), span),
            ),
        }
    }

    /// The value of a subject.
    pub(super) fn subject_value(&self, subject: Subject, span: Span) -> Value {
        match subject {
            Subject::Value(value) | Subject::Output(value) => value,
            Subject::Swallowed => Value::null().at(span),
            Subject::Choice(choices) => {
                let values = choices.into_iter().map(|choice| self.subject_value(choice, span));
                one_of(values.collect())
            }
            Subject::Resource { frame, slot, instance } => {
                let value = self.resource_value(&frame, slot, instance, span);
                if frame.is_nullable(slot) { one_of(vec![value, Value::null().at(span)]) } else { value }
            }
            Subject::Resources { frame, slot } => {
                let Some(expansion) = self.resource_instances(&frame, slot) else {
                    return self.cycle("the resource", span);
                };
                let all = 0..expansion.instances.len();
                self.list(expansion.shape, all.map(|index| self.resource_value(&frame, slot, index, span)))
            }
            Subject::Module { frame, module, instance } => self.module_value(&frame, module, instance, span),
            Subject::Modules { frame, module } => {
                let Some(expansion) = self.module_instances(&frame, module) else {
                    return self.cycle("the module", span);
                };
                let all = 0..expansion.instances.len();
                self.list(expansion.shape, all.map(|index| self.module_value(&frame, module, index, span)))
            }
            Subject::Outputs { frame, wrapped } => self.outputs_value(&frame, wrapped),
            Subject::Runtime { reference, declared } => runtime_value(reference, declared, span),
            Subject::Namespace(_) | Subject::Base(_) => self.mistake("a namespace is no value", span),
        }
    }

    fn list(&self, shape: Shape, items: impl Iterator<Item = Value>) -> Value {
        let mut array: crate::value::Array = items.collect();
        if shape == Shape::Unknown {
            let reason = Reason::new(ReasonKind::Loop, "the loop's items are not known");
            array.open = Some(Arc::new(Unknown::new(reason)));
        }
        Value::array(array)
    }

    /// Something that depends on itself.
    pub(super) fn cycle(&self, what: &str, span: Span) -> Value {
        self.mistake(format!("{what} depends on itself"), span)
    }
}

/// Whether the condition of this instance is not known. What is asked of it by a safe access is then null or there: the compiler makes
/// `if(condition, reference(…), null())` of it.
fn is_perhaps_absent(expansion: Option<Rc<Expansion>>, instance: usize) -> bool {
    let expansion = expansion.filter(|expansion| expansion.shape != Shape::Unknown);
    let presence = expansion.as_ref().and_then(|all| all.instances.get(instance)).map(|one| one.presence);
    presence == Some(Presence::Conditional)
}

fn or_nothing(part: Subject) -> Subject {
    Subject::Choice(vec![part, Subject::Swallowed])
}

/// A choice without the alternatives that are mistakes, where there are others.
pub(super) fn one_of(values: Vec<Value>) -> Value {
    let is_mistake =
        |value: &Value| value.as_unknown().is_some_and(|unknown| unknown.reason().kind == ReasonKind::Error);
    let right: Vec<Value> = values.iter().filter(|value| !is_mistake(value)).cloned().collect();
    let kept = if right.is_empty() { values } else { right };
    Value::one_of(kept).unwrap_or_else(Value::null)
}

/// What is declared of a property, which may have more at run time, or the symbolic property.
fn runtime_value(reference: Reference, declared: Option<Value>, span: Span) -> Value {
    match declared {
        Some(mut value) => {
            if let Kind::Object(object) = &mut value.kind {
                let text = format!("{} is known only after deployment", reference.describe());
                let unknown = Unknown::new(Reason::new(ReasonKind::Runtime, text));
                Arc::make_mut(object).open = Some(Arc::new(unknown));
            }
            value
        }
        None => Value::reference(reference).at(span),
    }
}

/// Not known because `cause` is not.
pub(super) fn because(cause: &Value) -> Value {
    match Unknown::because_of([cause]) {
        Some(unknown) => Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::Any)))),
        None => unknown(ReasonKind::Error, "the value cannot be used here"),
    }
}

fn is_number(index: &Value) -> bool {
    index.as_unknown().is_some_and(|unknown| unknown.value_type == ValueType::Number)
}

/// The keys of a short array's items: an index that is not known means one of them.
fn every_item(value: &Value) -> Option<Vec<Key>> {
    let array = value.as_array().filter(|array| array.is_closed())?;
    let count = i64::try_from(array.items.len()).ok().filter(|count| (1..=MAX_INDEXED).contains(count))?;
    Some((0..count).map(Key::Index).collect())
}

fn index_key(value: &Value, from_end: bool) -> Key {
    match (&value.kind, value.as_int()) {
        (Kind::String(name), _) => Key::Name(Arc::clone(name)),
        (_, Some(index)) if from_end => Key::FromEnd(index),
        (_, Some(index)) => Key::Index(index),
        _ => Key::Unknown(value.clone()),
    }
}
