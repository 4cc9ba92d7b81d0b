use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{ExprId, Repeat, ResourceDeclaration};
use crate::source::Span;
use crate::value::{Piece, Value};

use super::chain::Subject;
use super::frame::{Env, Frame, Locals, Memo};
use super::loops::{Shape, Turn};
use super::modules::ModuleState;
use super::session::Session;
use crate::arm::functions::text;

/// The instances of a resource or module declaration.
#[derive(Debug)]
pub(super) struct Expansion {
    /// Whether there is a loop, and whether it is known.
    pub(super) shape: Shape,
    pub(super) instances: Vec<Instance>,
}

/// One instance: its locals, and what is worked out of it when it is asked for.
#[derive(Debug)]
pub(super) struct Instance {
    /// Its turn in the loop of its declaration; `None` without a loop and for the one turn of an unknown loop.
    pub(super) index: Option<usize>,
    pub(super) presence: Presence,
    pub(super) locals: Locals,
    /// The instance of the slot that it is nested in.
    pub(super) outer: Option<usize>,
    pub(super) address: OnceCell<Arc<str>>,
    pub(super) own_name: Memo,
    pub(super) name: Memo,
    pub(super) body: Memo,
    /// The parent that `parent:` names: slot and instance.
    pub(super) parent: OnceCell<Option<(usize, usize)>>,
    pub(super) module: RefCell<ModuleState>,
}

/// Whether an instance is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    /// Its condition is not known.
    Conditional,
    /// Its condition is false.
    Absent,
}

impl Presence {
    /// That of something within something of presence `outer`.
    fn within(self, outer: Presence) -> Presence {
        match (outer, self) {
            (Presence::Absent, _) | (_, Presence::Absent) => Presence::Absent,
            (Presence::Conditional, _) | (_, Presence::Conditional) => Presence::Conditional,
            _ => Presence::Present,
        }
    }
}

/// What instances are made within: the template, or an instance of the parent.
struct Base {
    locals: Locals,
    outer: Option<usize>,
    presence: Presence,
}

impl Session<'_> {
    /// The instances of a resource; `None` while they are being worked out.
    pub(super) fn resource_instances(&self, frame: &Rc<Frame>, slot: usize) -> Option<Rc<Expansion>> {
        frame.resources.get(slot)?.get(|| {
            let nothing = || Expansion { shape: Shape::Single, instances: Vec::new() };
            let Some((declaration, parent)) = frame
                .symbols
                .slots
                .get(slot)
                .and_then(|entry| Some((entry.of(frame.template())?, entry.parent)))
            else {
                return nothing();
            };
            let bases = match parent {
                None => vec![self.top(frame)],
                Some(parent) => {
                    let Some(expansion) = self.resource_instances(frame, parent) else {
                        self.mistake("the resource depends on itself", declaration.header);
                        return nothing();
                    };
                    let within = expansion.instances.iter().enumerate().map(|(index, instance)| Base {
                        locals: instance.locals.clone(),
                        outer: Some(index),
                        presence: instance.presence,
                    });
                    within.collect()
                }
            };
            let condition = declaration.condition;
            let repeat = declaration.repeat.as_ref();
            self.expand(frame, Some(slot), bases, condition, repeat, declaration.header)
        })
    }

    /// The instances of a module; `None` while they are being worked out.
    pub(super) fn module_instances(&self, frame: &Rc<Frame>, module: usize) -> Option<Rc<Expansion>> {
        frame.modules.get(module)?.get(|| {
            let template = frame.template();
            let Some(declaration) = frame.symbols.module(template, module) else {
                return Expansion { shape: Shape::Single, instances: Vec::new() };
            };
            let resource = frame.deploying(module);
            let condition = declaration.condition.or(resource.and_then(|resource| resource.condition));
            let repeat =
                declaration.repeat.as_ref().or(resource.and_then(|resource| resource.repeat.as_ref()));
            self.expand(frame, None, vec![self.top(frame)], condition, repeat, declaration.header)
        })
    }

    fn top(&self, frame: &Rc<Frame>) -> Base {
        Base { locals: Env::of(frame).locals, outer: None, presence: Presence::Present }
    }

    fn expand(
        &self,
        frame: &Rc<Frame>,
        slot: Option<usize>,
        bases: Vec<Base>,
        condition: Option<ExprId>,
        repeat: Option<&Repeat>,
        span: Span,
    ) -> Expansion {
        let mut expansion = Expansion { shape: Shape::Single, instances: Vec::new() };
        for base in bases {
            let env = Env { frame: Rc::clone(frame), locals: base.locals.clone(), slot };
            // What lies within something that is not deployed is not either, and its own condition may not make sense then.
            if base.presence == Presence::Absent {
                if repeat.is_none() {
                    expansion.instances.push(Instance::new(None, Presence::Absent, env.locals, base.outer));
                }
                continue;
            }
            let Some(repeat) = repeat else {
                let presence = self.presence(&env, condition).within(base.presence);
                expansion.instances.push(Instance::new(None, presence, env.locals, base.outer));
                continue;
            };
            let turns = self.turns(&env, repeat.over, span);
            expansion.shape = turns.shape;
            for turn in turns.turns {
                let Turn { number, certain, .. } = turn;
                let env =
                    env.turn(turn.binds(&repeat.item, &repeat.index, &repeat.copy_name, repeat.over, false));
                let chance = if certain { Presence::Present } else { Presence::Conditional };
                let presence = self.presence(&env, condition).within(chance).within(base.presence);
                expansion.instances.push(Instance::new(number, presence, env.locals, base.outer));
            }
        }
        expansion
    }

    fn presence(&self, env: &Env, condition: Option<ExprId>) -> Presence {
        match condition.map(|condition| self.truth(env, condition)) {
            None | Some(Ok(true)) => Presence::Present,
            Some(Ok(false)) => Presence::Absent,
            Some(Err(_)) => Presence::Conditional,
        }
    }

    /// Where the expressions of an instance are evaluated.
    pub(super) fn instance_env(frame: &Rc<Frame>, slot: Option<usize>, instance: &Instance) -> Env {
        Env { frame: Rc::clone(frame), locals: instance.locals.clone(), slot }
    }

    /// The name of a resource as written in its own body.
    pub(super) fn own_name(&self, frame: &Rc<Frame>, slot: usize, instance: &Instance) -> Value {
        let Some(declaration) = frame.declaration(slot) else { return Value::null() };
        let name = instance.own_name.get(|| {
            let env = Self::instance_env(frame, Some(slot), instance);
            let body = self.wrapped(frame, declaration).unwrap_or(declaration.body);
            match self.member_of(&env, body, "name") {
                Some(name) => name,
                // Some extensions name their resources in their own way.
                None if super::resources::is_extension_type(declaration) => Value::null(),
                None => self.mistake("the resource has no name", declaration.header),
            }
        });
        name.unwrap_or_else(|| self.mistake("the resource's name depends on itself", declaration.header))
    }

    /// The name with all its segments, as the compiled template has it: `account/default`.
    pub(super) fn full_name(&self, frame: &Rc<Frame>, slot: usize, instance: &Instance) -> Value {
        let own = || self.own_name(frame, slot, instance);
        let name = instance.name.get(|| {
            let own = own();
            let Some((parent, index)) = self.parent_of(frame, slot, instance) else { return own };
            if self.has_all_segments(frame, slot, &own) {
                return own;
            }
            let Some(expansion) = self.resource_instances(frame, parent) else { return own };
            let Some(parent_instance) = expansion.instances.get(index) else { return own };
            let before = self.full_name(frame, parent, parent_instance);
            let span = own.origin.span;
            let joined = text::join(vec![Piece::Hole(before), Piece::Text("/".into()), Piece::Hole(own)]);
            span.map_or(joined.clone(), |span| joined.at(span))
        });
        name.unwrap_or_else(own)
    }

    /// ARM JSON allows the whole name in a nested resource too.
    fn has_all_segments(&self, frame: &Frame, slot: usize, name: &Value) -> bool {
        let (Some(declaration), Some(name)) = (frame.declaration(slot), name.as_str()) else { return false };
        let segments = declaration.resource_type.matches('/').count();
        segments > 1 && name.matches('/').count() + 1 >= segments
    }

    /// The parent: the resource it is nested in, or the one that `parent:` names.
    pub(super) fn parent_of(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
    ) -> Option<(usize, usize)> {
        if let (Some(parent), Some(outer)) = (frame.symbols.slots.get(slot)?.parent, instance.outer) {
            return Some((parent, outer));
        }
        *instance.parent.get_or_init(|| {
            let declaration = frame.declaration(slot)?;
            let parent = self.property(frame.template(), declaration.body, "parent")?;
            let env = Self::instance_env(frame, Some(slot), instance);
            match self.subject(&env, parent) {
                Subject::Resource { frame: home, slot, instance, .. } if Rc::ptr_eq(&home, frame) => {
                    Some((slot, instance))
                }
                _ => None,
            }
        })
    }

    /// The address of an instance in the root.
    pub(super) fn address(&self, frame: &Rc<Frame>, slot: usize, instance: &Instance) -> Arc<str> {
        let address = instance.address.get_or_init(|| {
            let suffix = self.suffix(frame, slot, instance);
            let Some(declaration) = frame.declaration(slot) else { return Arc::clone(&frame.prefix) };
            let Some(symbol) = &declaration.symbol else {
                let name = self.full_name(frame, slot, instance);
                let kind = self.type_of(frame, slot, instance).0;
                let name = self.spell(frame, &name, declaration);
                return format!("{}{kind}/{name}{suffix}", frame.prefix).into();
            };
            let parent = frame.symbols.slots.get(slot).and_then(|entry| entry.parent);
            let outer = parent.zip(instance.outer).and_then(|(parent, index)| {
                let expansion = self.resource_instances(frame, parent)?;
                Some(self.address(frame, parent, expansion.instances.get(index)?))
            });
            match outer {
                Some(outer) => format!("{outer}::{symbol}{suffix}").into(),
                None => format!("{}{symbol}{suffix}", frame.prefix).into(),
            }
        });
        Arc::clone(address)
    }

    fn suffix(&self, frame: &Frame, slot: usize, instance: &Instance) -> String {
        let looped = frame.declaration(slot).is_some_and(|declaration| declaration.repeat.is_some());
        suffix(looped, instance)
    }

    /// A name as part of an address: itself, or the expression where it is not known.
    fn spell(&self, frame: &Frame, name: &Value, declaration: &ResourceDeclaration) -> String {
        match name.as_str() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => match self.property(frame.template(), declaration.body, "name") {
                Some(id) => super::print::expression(frame.template(), id),
                None => "?".to_owned(),
            },
        }
    }
}

/// What an address of an instance ends in.
pub(super) fn suffix(looped: bool, instance: &Instance) -> String {
    match (looped, instance.index) {
        (false, _) => String::new(),
        (true, Some(index)) => format!("[{index}]"),
        (true, None) => "[*]".to_owned(),
    }
}

impl Instance {
    fn new(index: Option<usize>, presence: Presence, locals: Locals, outer: Option<usize>) -> Self {
        Instance {
            index,
            presence,
            locals,
            outer,
            address: OnceCell::new(),
            own_name: Memo::default(),
            name: Memo::default(),
            body: Memo::default(),
            parent: OnceCell::new(),
            module: RefCell::default(),
        }
    }
}

impl Frame {
    /// The declaration of a resource slot.
    pub(super) fn declaration(&self, slot: usize) -> Option<&ResourceDeclaration> {
        self.symbols.slots.get(slot)?.of(self.template())
    }

    /// Whether a resource is null where there is none of it: an existing one with `@nullIfNotFound()`.
    pub(super) fn is_nullable(&self, slot: usize) -> bool {
        self.declaration(slot).is_some_and(|resource| resource.existing && resource.nullable)
    }

    /// The deployment resource that a module was declared as.
    pub(super) fn deploying(&self, module: usize) -> Option<&ResourceDeclaration> {
        match self.symbols.modules.get(module)? {
            super::symbols::ModuleSlot::Deployment(slot) => self.declaration(*slot),
            super::symbols::ModuleSlot::Module(_) => None,
        }
    }
}
