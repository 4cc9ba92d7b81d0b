use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::arm::functions::Context;
use crate::arm::template::{Name, ParameterFile, Template};
use crate::model::Call;
use crate::value::Value;

use super::instances::Expansion;
use super::symbols::Symbols;

/// A value that is worked out once, when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Memo(RefCell<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Todo,
    Running,
    Done(Value),
}

impl Memo {
    /// The value; `work` gives it the first time. `None` while it is being worked out: it depends on itself.
    pub(super) fn get(&self, work: impl FnOnce() -> Value) -> Option<Value> {
        match &*self.0.borrow() {
            State::Done(value) => return Some(value.clone()),
            State::Running => return None,
            State::Todo => {}
        }
        *self.0.borrow_mut() = State::Running;
        let value = work();
        *self.0.borrow_mut() = State::Done(value.clone());
        Some(value)
    }
}

/// So many memos.
pub(super) fn memos(count: usize) -> Box<[Memo]> {
    (0..count).map(|_| Memo::default()).collect()
}

/// Where a frame's expressions come from.
#[derive(Clone, Debug)]
pub(super) enum Code {
    Template(Arc<Template>),
    Parameters(Arc<ParameterFile>),
}

impl Code {
    pub(super) fn template(&self) -> &Template {
        match self {
            Code::Template(template) => template,
            Code::Parameters(file) => &file.template,
        }
    }

    /// An address that tells one template from another while both are held.
    pub(super) fn identity(&self) -> usize {
        std::ptr::from_ref(self.template()) as usize
    }
}

/// What gives a frame's parameters their values.
#[derive(Debug)]
pub(super) enum Arguments {
    /// Nothing: defaults only.
    None,
    /// The root's parameter file.
    File(Rc<Frame>),
    /// A module call: an object of the values passed.
    Call(Value),
}

/// One instantiation of a template: its values so far, and where it stands in the root.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) code: Code,
    pub(super) symbols: Rc<Symbols>,
    /// What addresses in it begin with: empty, or `net/`.
    pub(super) prefix: Arc<str>,
    pub(super) calls: Arc<[Call]>,
    pub(super) owned: bool,
    /// Deployed under a condition that is not known, or in a loop over something that is not known.
    pub(super) conditional: bool,
    pub(super) arguments: Arguments,
    /// For a nested deployment that is evaluated in its parent's scope: the parent and the locals there.
    pub(super) outer: Option<(Weak<Frame>, Locals)>,
    /// The frame that called this one.
    pub(super) caller: Option<Weak<Frame>>,
    /// How many calls deep.
    pub(super) depth: usize,
    /// What the call says it is deployed to.
    pub(super) target: Option<Value>,
    /// The deployment's name, for `deployment().name`.
    pub(super) name: Option<Value>,
    pub(super) parameters: Box<[Memo]>,
    pub(super) variables: Box<[Memo]>,
    pub(super) outputs: Box<[Memo]>,
    pub(super) assignments: Box<[Memo]>,
    pub(super) resources: Box<[OnceExpansion]>,
    pub(super) modules: Box<[OnceExpansion]>,
    pub(super) imports: Box<[OnceCell<Option<Rc<Frame>>>]>,
    pub(super) context: OnceCell<Context>,
    /// The file that a parameter file extends.
    pub(super) base: OnceCell<Option<Rc<Frame>>>,
}

impl Frame {
    /// A frame of `code` at the root, to be adjusted by the caller.
    pub(super) fn new(code: Code, symbols: Rc<Symbols>) -> Self {
        let template = code.template();
        let assignments = match &code {
            Code::Parameters(file) => file.assignments.len(),
            Code::Template(_) => 0,
        };
        Frame {
            prefix: Arc::from(""),
            calls: Arc::new([]),
            owned: true,
            conditional: false,
            arguments: Arguments::None,
            outer: None,
            caller: None,
            depth: 0,
            target: None,
            name: None,
            parameters: memos(template.parameters.len()),
            variables: memos(template.variables.len()),
            outputs: memos(template.outputs.len()),
            assignments: memos(assignments),
            resources: (0..symbols.slots.len()).map(|_| OnceExpansion::default()).collect(),
            modules: (0..symbols.modules.len()).map(|_| OnceExpansion::default()).collect(),
            imports: (0..template.imports.len()).map(|_| OnceCell::new()).collect(),
            context: OnceCell::new(),
            base: OnceCell::new(),
            code,
            symbols,
        }
    }

    pub(super) fn template(&self) -> &Template {
        self.code.template()
    }
}

/// The instances of a declaration, worked out once.
#[derive(Debug, Default)]
pub(super) struct OnceExpansion {
    running: Cell<bool>,
    done: OnceCell<Rc<Expansion>>,
}

impl OnceExpansion {
    /// The expansion; `None` while it is being worked out.
    pub(super) fn get(&self, work: impl FnOnce() -> Expansion) -> Option<Rc<Expansion>> {
        if let Some(done) = self.done.get() {
            return Some(Rc::clone(done));
        }
        if self.running.replace(true) {
            return None;
        }
        let expansion = Rc::new(work());
        self.running.set(false);
        Some(Rc::clone(self.done.get_or_init(|| expansion)))
    }
}

/// What a local is found by.
#[derive(Clone, Debug)]
pub(super) enum LocalKey {
    /// A name of a Bicep loop or of a lambda.
    Name(Name),
    /// A parameter of a user-defined function: Bicep's by its name, ARM's as `parameters('x')`.
    Argument(Name),
    /// The index of an ARM copy; `property` for the copy of a property, which must be asked for by its name.
    Copy { name: Option<Name>, property: bool },
}

/// A local and those around it.
#[derive(Debug)]
pub(super) struct Local {
    key: LocalKey,
    value: Value,
    next: Locals,
}

/// The locals in reach, innermost first.
pub(super) type Locals = Option<Rc<Local>>;

/// `locals` with one more.
pub(super) fn bind(locals: &Locals, key: LocalKey, value: Value) -> Locals {
    Some(Rc::new(Local { key, value, next: locals.clone() }))
}

fn walk(locals: &Locals) -> impl Iterator<Item = &Local> {
    std::iter::successors(locals.as_deref(), |local| local.next.as_deref())
}

/// Where an expression is evaluated.
#[derive(Clone, Debug)]
pub(super) struct Env {
    pub(super) frame: Rc<Frame>,
    pub(super) locals: Locals,
    /// The resource slot whose body it is in: nested resources' names are in reach there.
    pub(super) slot: Option<usize>,
}

impl Env {
    /// The template's own scope. That of a nested deployment in its parent's scope has the parent's locals.
    pub(super) fn of(frame: &Rc<Frame>) -> Self {
        let locals = frame.outer.as_ref().and_then(|(_, locals)| locals.clone());
        Env { frame: Rc::clone(frame), locals, slot: None }
    }

    /// The same with more locals: those of a loop's turn or of a lambda.
    pub(super) fn turn(&self, binds: impl IntoIterator<Item = (LocalKey, Value)>) -> Self {
        let mut env = self.clone();
        for (key, value) in binds {
            env.locals = bind(&env.locals, key, value);
        }
        env
    }

    /// The local of this name.
    pub(super) fn local(&self, name: &str) -> Option<Value> {
        let fold = self.frame.template().ignores_case;
        walk(&self.locals)
            .find(|local| match &local.key {
                LocalKey::Name(own) | LocalKey::Argument(own) => {
                    **own == *name || (fold && own.eq_ignore_ascii_case(name))
                }
                LocalKey::Copy { .. } => false,
            })
            .map(|local| local.value.clone())
    }

    /// The argument of this name of the user-defined function around.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        walk(&self.locals)
            .find(|local| matches!(&local.key, LocalKey::Argument(own) if own.eq_ignore_ascii_case(name)))
            .map(|local| local.value.clone())
    }

    /// The index of the copy of this name; without a name that of the innermost copy of a resource, variable or output.
    pub(super) fn copy_index(&self, name: Option<&str>) -> Option<Value> {
        let copies = || walk(&self.locals).filter(|local| matches!(local.key, LocalKey::Copy { .. }));
        let found = match name {
            Some(name) => copies().find(|local| {
                matches!(&local.key, LocalKey::Copy { name: Some(own), .. } if own.eq_ignore_ascii_case(name))
            }),
            None => copies()
                .find(|local| matches!(&local.key, LocalKey::Copy { property: false, .. }))
                .or_else(|| copies().next()),
        };
        found.map(|local| local.value.clone())
    }
}
