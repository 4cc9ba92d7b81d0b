//! Module calls and nested deployments.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{ModuleDeclaration, ModuleSource, Template};
use crate::model::{AbsentModule, Call};
use crate::source::Span;
use crate::value::{Kind, Member, Object, Piece, Reason, ReasonKind, StepKind, Unknown, Value, ValueType};

use super::frame::{Arguments, Env, Frame};
use super::instances::{Instance, Presence, suffix};
use super::loader::{LoadedTemplate, Unresolved, UnresolvedKind};
use super::loops::Shape;
use super::session::{MAX_MODULE_DEPTH, Session, code, unknown};

/// What is known of one instance of a module.
#[derive(Debug, Default)]
pub(super) enum ModuleState {
    #[default]
    Todo,
    Running,
    Done(Outcome),
}

/// What a module call came to.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The template with its arguments.
    Frame(Rc<Frame>),
    /// It cannot be entered: what its outputs are then.
    Unknown(Value),
}

/// A template to enter.
struct Entered {
    loaded: LoadedTemplate,
    /// Evaluated in its parent's scope.
    outer: bool,
}

impl Session<'_> {
    /// What one instance of a module call comes to; worked out once.
    pub(super) fn module_outcome(
        &self,
        frame: &Rc<Frame>,
        module: usize,
        index: usize,
        instance: &Instance,
    ) -> Outcome {
        match &*instance.module.borrow() {
            ModuleState::Done(outcome) => return outcome.clone(),
            ModuleState::Running => {
                return Outcome::Unknown(unknown(
                    ReasonKind::Error,
                    "the module's arguments depend on its outputs",
                ));
            }
            ModuleState::Todo => {}
        }
        *instance.module.borrow_mut() = ModuleState::Running;
        let uncertain = instance.presence == Presence::Conditional;
        let outcome = self.perhaps_if(uncertain, || self.enter(frame, module, index, instance));
        *instance.module.borrow_mut() = ModuleState::Done(outcome.clone());
        outcome
    }

    fn enter(&self, frame: &Rc<Frame>, module: usize, index: usize, instance: &Instance) -> Outcome {
        let Some(declaration) = frame.symbols.module(frame.template(), module) else {
            return Outcome::Unknown(unknown(ReasonKind::Error, "there is no such module"));
        };
        let env = Self::instance_env(frame, None, instance);
        let entered = match self.template_of(&env, declaration) {
            Ok(entered) => entered,
            Err(unresolved) => {
                if index == 0 {
                    self.collected.borrow_mut().unresolved_modules += 1;
                }
                self.add_absent(&env, declaration);
                self.module_missing(Arc::clone(&unresolved.reason), declaration.source_span);
                return Outcome::Unknown(unknown(ReasonKind::Module, unresolved.reason));
            }
        };
        let header = declaration.header;
        let refused = self.refuse_depth(frame, &entered.loaded.template, header);
        if let Some(refused) = refused.or_else(|| self.refuse_call(header)) {
            return Outcome::Unknown(refused);
        }
        let arguments = self.arguments(&env, declaration);
        let segment = self.segment(frame, module, instance, declaration);
        let owned = frame.owned && entered.loaded.owned;
        let scope = self.member_of(&env, declaration.body, "scope");
        let call = Call {
            name: segment.clone(),
            span: declaration.span,
            header: declaration.header,
            arguments: arguments.clone(),
            owned,
            outer: entered.outer,
            debug: self.member_of(&env, declaration.body, "debug"),
            target: Some(entered.loaded.template.scope),
            scope: scope.clone(),
        };
        let mut inner = self.frame(code(&entered.loaded.template));
        inner.prefix = format!("{}{segment}/", frame.prefix).into();
        inner.calls = frame.calls.iter().cloned().chain([call]).collect();
        inner.owned = owned;
        inner.conditional = frame.conditional || instance.presence == Presence::Conditional;
        inner.arguments = Arguments::Call(arguments);
        inner.caller = Some(Rc::downgrade(frame));
        inner.outer = entered.outer.then(|| (Rc::downgrade(frame), instance.locals.clone()));
        inner.depth = frame.depth + 1;
        inner.target = scope;
        inner.name = Some(self.module_name(frame, module, instance));
        let inner = Rc::new(inner);
        self.check_arguments(&inner, declaration.header);
        Outcome::Frame(inner)
    }

    /// Keeps the call of a registry module that is not on disk. What is wrong in its arguments is not told.
    fn add_absent(&self, env: &Env, declaration: &ModuleDeclaration) {
        if let ModuleSource::Registry(source) = &declaration.source {
            let arguments = self.perhaps_if(true, || self.arguments(env, declaration));
            let absent = AbsentModule { source: Arc::clone(source), header: declaration.header, arguments };
            self.collected.borrow_mut().absent_modules.push(absent);
        }
    }

    /// Tells of arguments that the template does not take, and of parameters that are given nothing.
    fn check_arguments(&self, frame: &Rc<Frame>, header: Span) {
        let Arguments::Call(Value { kind: Kind::Object(arguments), .. }) = &frame.arguments else { return };
        // A deployment in its parent's scope has no parameters of its own.
        if frame.outer.is_some() {
            return;
        }
        let template = frame.template();
        for (key, member) in arguments.members() {
            if frame.symbols.parameters.get(key.as_str()).is_none() {
                let span = member.site.unwrap_or(header);
                self.tell_parameters(format!("the module has no parameter '{key}'"), span);
            }
        }
        for parameter in &template.parameters {
            let needed = parameter.default.is_none() && arguments.get(&parameter.name).is_none();
            if needed && arguments.is_closed() && !self.is_nullable(frame, parameter) {
                let text = format!("the call gives no value for parameter '{}'", parameter.name);
                self.tell_parameters(text, header);
            }
        }
    }

    /// A module within itself, or too many within each other.
    fn refuse_depth(&self, frame: &Rc<Frame>, template: &Arc<Template>, span: Span) -> Option<Value> {
        if frame.depth >= MAX_MODULE_DEPTH {
            return Some(self.limit(format!("modules are nested more than {MAX_MODULE_DEPTH} deep"), span));
        }
        is_within(frame, template).then(|| self.mistake("the module calls itself", span))
    }

    fn template_of(&self, env: &Env, declaration: &ModuleDeclaration) -> Result<Entered, Unresolved> {
        let file = env.frame.template().file;
        let own = |template: &Arc<Template>| LoadedTemplate { template: Arc::clone(template), owned: true };
        match &declaration.source {
            ModuleSource::Local(source) | ModuleSource::Registry(source) => {
                Ok(Entered { loaded: self.load(file, source)?, outer: false })
            }
            ModuleSource::Inline(template) => Ok(Entered { loaded: own(template), outer: false }),
            ModuleSource::InlineOuter(template) => Ok(Entered { loaded: own(template), outer: true }),
            ModuleSource::Uri(uri) => self.linked(env, &self.eval(env, *uri)),
            ModuleSource::Missing(reason) => {
                Err(Unresolved::new(UnresolvedKind::Missing, Arc::clone(reason)))
            }
        }
    }

    /// The template behind a link: the known end of its URI, tried as a path below the template's folder, the longest first.
    fn linked(&self, env: &Env, uri: &Value) -> Result<Entered, Unresolved> {
        let file = env.frame.template().file;
        for alternative in uri.alternatives() {
            for candidate in candidates(alternative) {
                // A link that ends like this very file means its namesake elsewhere.
                if let Ok(loaded) = self.load(file, &Arc::from(candidate))
                    && !is_within(&env.frame, &loaded.template)
                {
                    return Ok(Entered { loaded, outer: false });
                }
            }
        }
        let shown = uri.as_str().map_or_else(String::new, |uri| format!(" '{uri}'"));
        Err(Unresolved::new(UnresolvedKind::Missing, format!("the linked template{shown} is not on disk")))
    }

    /// The arguments as an object, each having come the way of an argument.
    fn arguments(&self, env: &Env, declaration: &ModuleDeclaration) -> Value {
        let Some(mut arguments) = self.member_of(env, declaration.body, "params") else {
            return Value::object(Object::new()).at(declaration.header);
        };
        if let Kind::Object(object) = &mut arguments.kind {
            for (key, member) in Arc::make_mut(object).members_mut() {
                let span = member.site.unwrap_or(declaration.header);
                let value = std::mem::replace(&mut member.value, Value::null());
                member.value = value.via(StepKind::Argument, Arc::clone(&key.0), span);
            }
        }
        arguments
    }

    /// The module as it stands in addresses.
    fn segment(
        &self,
        frame: &Rc<Frame>,
        module: usize,
        instance: &Instance,
        declaration: &ModuleDeclaration,
    ) -> Arc<str> {
        let looped = declaration.repeat.is_some()
            || frame.deploying(module).is_some_and(|resource| resource.repeat.is_some());
        let suffix = suffix(looped, instance);
        let base = match &declaration.symbol {
            Some(symbol) => symbol.to_string(),
            None => match self.module_name(frame, module, instance).as_str() {
                Some(name) => name.to_owned(),
                None => match self.property(frame.template(), declaration.body, "name") {
                    Some(id) => super::print::expression(frame.template(), id),
                    None => "deployment".to_owned(),
                },
            },
        };
        format!("{base}{suffix}").into()
    }

    /// The deployment's name.
    pub(super) fn module_name(&self, frame: &Rc<Frame>, module: usize, instance: &Instance) -> Value {
        let Some(declaration) = frame.symbols.module(frame.template(), module) else { return Value::null() };
        let env = Self::instance_env(frame, None, instance);
        let name = instance.own_name.get(|| {
            self.member_of(&env, declaration.body, "name").unwrap_or_else(|| {
                let reason = "the deployment's name is made when it is deployed";
                let symbol = declaration.symbol.as_deref().unwrap_or_default();
                let looped = suffix(declaration.repeat.is_some(), instance);
                let identity = format!("{}{symbol}{looped}.name", frame.prefix);
                let unknown = Unknown::new(Reason::new(ReasonKind::Environment, reason))
                    .with_type(ValueType::String)
                    .with_identity(identity);
                Value::new(Kind::Unknown(Arc::new(unknown)))
            })
        });
        name.unwrap_or_else(|| self.cycle("the deployment's name", declaration.header))
    }

    /// A module as a value: its name and outputs.
    pub(super) fn module_value(&self, frame: &Rc<Frame>, module: usize, index: usize, span: Span) -> Value {
        let Some(expansion) = self.module_instances(frame, module) else {
            return self.cycle("the module", span);
        };
        let Some(instance) = expansion.instances.get(index) else { return Value::null() };
        let mut object = Object::new();
        object.insert("name", Member::from(self.module_name(frame, module, instance)));
        let outputs = match self.module_outcome(frame, module, index, instance) {
            Outcome::Frame(inner) => self.outputs_value(&inner, frame.template().ignores_case),
            Outcome::Unknown(value) => value,
        };
        object.insert("outputs", Member::from(outputs));
        Value::object(object).at(span)
    }

    /// All outputs of a module; `wrapped` in ARM's form.
    pub(super) fn outputs_value(&self, frame: &Rc<Frame>, wrapped: bool) -> Value {
        let mut object = Object::new();
        for (index, output) in frame.template().outputs.iter().enumerate() {
            let value = self.output(frame, index);
            let value = if wrapped {
                Value::object([("value", Member::from(value))].into_iter().collect())
            } else {
                value
            };
            object
                .insert(Arc::clone(&output.name), Member { site: Some(output.span), key_span: None, value });
        }
        Value::object(object)
    }

    /// The instances of a module that are deployed, with their frames; those that cannot be entered are left out.
    pub(super) fn entered(&self, frame: &Rc<Frame>, module: usize) -> Vec<Rc<Frame>> {
        let Some(expansion) = self.module_instances(frame, module) else { return Vec::new() };
        let mut frames = Vec::new();
        for (index, instance) in expansion.instances.iter().enumerate() {
            if instance.presence == Presence::Absent || self.exhausted() {
                continue;
            }
            debug_assert!(expansion.shape != Shape::Single || index == 0);
            if let Outcome::Frame(inner) = self.module_outcome(frame, module, index, instance) {
                frames.push(inner);
            }
        }
        frames
    }
}

/// Whether a frame is one of this template, or was called by one.
fn is_within(frame: &Rc<Frame>, template: &Template) -> bool {
    let mut caller = Some(Rc::clone(frame));
    while let Some(outer) = caller {
        let same = outer.template();
        if (same.file, same.span) == (template.file, template.span) {
            return true;
        }
        caller = outer.caller.as_ref().and_then(std::rc::Weak::upgrade);
    }
    false
}

/// Relative paths that a link may mean: from each segment of its known end on. `https://x/y/nested/vm.json` may be
/// `y/nested/vm.json`, `nested/vm.json` or `vm.json`.
fn candidates(uri: &Value) -> Vec<String> {
    let known = match &uri.kind {
        Kind::String(text) => text.to_string(),
        Kind::Unknown(unknown) => {
            let pieces = unknown.facts.pieces.as_deref().unwrap_or_default();
            // The last text that names a JSON file: what follows is usually a token.
            let text = pieces.iter().rev().find_map(|piece| match piece {
                Piece::Text(text) if text.contains(".json") => Some(text.to_string()),
                _ => None,
            });
            match text {
                Some(text) => text,
                None => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    let path = known.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let first = segments.len().saturating_sub(6);
    (first..segments.len()).map(|start| segments[start..].join("/")).collect()
}
