//! The evaluation of one root: its module instances, and what is worked out of them on demand.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Root;
use super::functions::ModuleFiles;
use super::instance::ModuleInstance;
use super::manifest::Manifest;
use super::providers::Providers;
use super::store::Modules;
use crate::source::{Diagnostic, DiagnosticCode, Level, Span, normalize};
use crate::terraform::ast::Name;
use crate::value::measure::Measures;
use crate::value::{Reason, ReasonKind, Value};

/// How many values may ask for each other in a chain before that counts as endless.
const MAX_DEPTH: usize = 1_000;

/// The stack of a root's evaluation, and how much of it such chains may use: an expression at the end of one needs some, too.
pub(super) const STACK_SIZE: usize = 64 * 1024 * 1024;
const STACK_BUDGET: usize = 48 * 1024 * 1024;

/// How many diagnostics a root tells.
const MAX_DIAGNOSTICS: usize = 2_000;

/// The state of a root's evaluation.
pub(super) struct Evaluation<'s> {
    pub(super) modules: &'s Modules<'s>,
    /// The root module's directory.
    pub(super) root: Utf8PathBuf,
    /// The files that functions read.
    pub(super) files: ModuleFiles<'s>,
    /// Installed modules.
    pub(super) manifest: Manifest,
    /// Which versions of the providers are pinned.
    pub(super) providers: Providers,
    /// Values of the root's variables from variable files.
    pub(super) given: FxHashMap<Name, Value>,
    instances: RefCell<Vec<Rc<ModuleInstance>>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    told: RefCell<FxHashSet<(Span, Arc<str>)>>,
    /// What open values stand for, by the identity of the unknown that they are open with.
    pub(super) symbols: RefCell<FxHashMap<Arc<str>, Symbol>>,
    /// Calls whose module is not on disk.
    pub(super) unresolved: RefCell<FxHashSet<Span>>,
    /// Of these, the calls of something known: the number of the calling instance, the call's index in it, and its source.
    pub(super) absent: RefCell<Vec<(usize, usize, Arc<str>)>>,
    measures: Measures,
    depth: Cell<usize>,
    /// Where the stack was at the beginning.
    bottom: usize,
}

/// What an open value stands for.
#[derive(Clone, Debug)]
pub(super) enum Symbol {
    /// A managed resource instance: what is not configured is known after deployment.
    Resource {
        /// Its address.
        address: Arc<str>,
        /// Its type.
        resource_type: Name,
    },
    /// A block of a managed resource instance: what is not configured of it is known after deployment.
    Block {
        /// The address of the resource.
        address: Arc<str>,
        /// Its type.
        resource_type: Name,
        /// The way to the block: `identity[0]`.
        path: Arc<str>,
    },
    /// The instances of a resource whose keys are not known: each is like the one symbolic instance.
    Instances {
        /// The number of the module instance.
        module: usize,
        /// The index of the resource in the module.
        resource: usize,
    },
}

impl<'s> Evaluation<'s> {
    /// An evaluation without instances yet.
    pub(super) fn new(modules: &'s Modules<'s>, root: &Root, mut diagnostics: Vec<Diagnostic>) -> Self {
        let Root { directory: root, readable, .. } = root;
        let manifest = Manifest::load(root, modules.sources(), &mut diagnostics);
        let mut providers = Providers::load(root, modules.sources(), &mut diagnostics);
        providers.gather(modules, &modules.load(root), &manifest);
        Evaluation {
            modules,
            files: ModuleFiles::new(modules.sources(), root, readable),
            root: root.clone(),
            manifest,
            providers,
            given: FxHashMap::default(),
            instances: RefCell::default(),
            diagnostics: RefCell::new(diagnostics),
            told: RefCell::default(),
            symbols: RefCell::default(),
            unresolved: RefCell::default(),
            absent: RefCell::default(),
            measures: Measures::default(),
            depth: Cell::new(0),
            bottom: stack_address(),
        }
    }

    /// Adds a module instance and gives its number.
    pub(super) fn add(&self, instance: ModuleInstance) -> usize {
        self.files.allow(&instance.module.directory);
        let mut instances = self.instances.borrow_mut();
        instances.push(Rc::new(instance));
        instances.len() - 1
    }

    /// How many module instances there are.
    pub(super) fn instance_count(&self) -> usize {
        self.instances.borrow().len()
    }

    /// A module instance.
    pub(super) fn instance(&self, number: usize) -> Option<Rc<ModuleInstance>> {
        self.instances.borrow().get(number).cloned()
    }

    /// Adds a diagnostic; the same words at the same place are told once.
    pub(super) fn report(&self, diagnostic: Diagnostic) {
        if let Some(span) = diagnostic.span
            && !self.told.borrow_mut().insert((span, diagnostic.message.clone()))
        {
            return;
        }
        let mut diagnostics = self.diagnostics.borrow_mut();
        if diagnostics.len() < MAX_DIAGNOSTICS {
            diagnostics.push(diagnostic);
        }
    }

    /// The value, unless it is too deep or too large: then it is not known for that reason.
    pub(super) fn kept(&self, value: Value, span: Span) -> Value {
        let Some(text) = self.measures.refuse(&value) else { return value };
        self.report(Diagnostic::new(Level::Warning, DiagnosticCode::Limit, text.clone(), span));
        Value::unknown(Reason::new(ReasonKind::Limit, text))
    }

    /// All that was reported.
    pub(super) fn take_diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.take()
    }

    /// Works something out one level deeper; `None` where that is too deep.
    pub(super) fn deeper<T>(&self, compute: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= MAX_DEPTH || self.bottom.abs_diff(stack_address()) > STACK_BUDGET {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = compute();
        self.depth.set(self.depth.get() - 1);
        Some(result)
    }

    /// A directory as `path.module` shows it: relative to the root module.
    pub(super) fn relative(&self, directory: &Utf8Path) -> Utf8PathBuf {
        let (root, directory) = (normalize(&self.root), normalize(directory));
        if let Ok(inside) = directory.strip_prefix(&root) {
            return if inside.as_str().is_empty() { Utf8PathBuf::from(".") } else { inside.to_owned() };
        }
        let shared = root.components().zip(directory.components()).take_while(|(a, b)| a == b).count();
        let up = root.components().filter(|part| part.as_str() != ".").count().saturating_sub(shared);
        let down = directory.components().skip(shared).map(|part| part.as_str().to_owned());
        std::iter::repeat_n("..".to_owned(), up).chain(down).collect()
    }

    /// The value of something that needs itself.
    pub(super) fn cycle(&self, what: &str, span: Span) -> Value {
        let text = format!("{what} refers to itself");
        self.report(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, text.clone(), span));
        Value::unknown(Reason::new(ReasonKind::Error, text))
    }

    /// The value of something at the end of a chain that is too long to follow.
    pub(super) fn too_deep(&self, what: &str, span: Span) -> Value {
        let text = format!("{what} is at the end of a chain of references that is too long to follow");
        self.report(Diagnostic::new(Level::Warning, DiagnosticCode::Limit, text.clone(), span));
        Value::unknown(Reason::new(ReasonKind::Limit, text))
    }
}

/// About where the stack is now.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(&here).addr()
}
