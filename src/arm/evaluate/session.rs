use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arm::template::Template;
use crate::model::{AbsentModule, Output, ParameterInfo, Resource};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Span};
use crate::value::measure::Measures;
use crate::value::{Reason, ReasonKind, Value};

use super::frame::{Code, Frame};
use super::ids::Declared;
use super::loader::{LoadedTemplate, Loader, Unresolved};
use super::symbols::Symbols;

/// How deep expressions may nest while they are evaluated, through variables, functions and modules.
const MAX_DEPTH: u32 = 1_200;
/// How many expressions are evaluated for one root.
const MAX_STEPS: u64 = 5_000_000;
/// What a turn of a loop or a call of a lambda counts as.
const TURN: u64 = 20;
/// How many turns a loop is followed for; a longer one is followed once, with an unknown item.
pub(super) const MAX_TURNS: usize = 10_000;
/// How many resource instances a root may have.
const MAX_RESOURCES: usize = 100_000;
/// How deep modules may call modules.
pub(super) const MAX_MODULE_DEPTH: usize = 24;
/// How many module calls a root may have, instances of loops counted.
const MAX_CALLS: usize = 20_000;
/// The longest array that is kept.
pub(super) const MAX_ITEMS: usize = 100_000;
/// How many diagnostics of one root are kept.
const MAX_DIAGNOSTICS: usize = 1_000;

/// The evaluation of one root: what is collected, and the bounds of the work.
pub(super) struct Session<'l> {
    pub(super) loader: &'l dyn Loader,
    pub(super) collected: RefCell<Collected>,
    depth: Cell<u32>,
    steps: Cell<u64>,
    told_tired: Cell<bool>,
    calls: Cell<usize>,
    /// Above zero while a branch is evaluated that may not be taken: its mistakes are not told.
    speculation: Cell<u32>,
    symbols: RefCell<FxHashMap<usize, (Code, Rc<Symbols>)>>,
    /// The frames that imports evaluate in, by template.
    pub(super) libraries: RefCell<FxHashMap<usize, Rc<Frame>>>,
    pub(super) links: RefCell<Links>,
    /// Declared resources that something refers to, by address.
    pub(super) declared: RefCell<FxHashMap<Arc<str>, Declared>>,
    pub(super) measures: Measures,
}

/// What each source that a file names came to.
type Links = FxHashMap<(FileId, Arc<str>), Result<LoadedTemplate, Unresolved>>;

/// What the evaluation gives.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) resources: Vec<Resource>,
    pub(super) outputs: Vec<Output>,
    pub(super) parameters: Vec<ParameterInfo>,
    pub(super) diagnostics: Vec<Diagnostic>,
    told: FxHashSet<(Option<Span>, Arc<str>)>,
    pub(super) unresolved_modules: usize,
    pub(super) absent_modules: Vec<AbsentModule>,
    pub(super) files: Vec<FileId>,
    known_files: FxHashSet<FileId>,
    addresses: FxHashMap<Arc<str>, usize>,
}

impl Collected {
    pub(super) fn add_file(&mut self, file: FileId) {
        if self.known_files.insert(file) {
            self.files.push(file);
        }
    }

    /// Adds a resource; a second one of the same address gets a number, so that addresses stay unique.
    fn add_resource(&mut self, mut resource: Resource) {
        let count = self.addresses.entry(Arc::clone(&resource.address)).or_insert(0);
        *count += 1;
        if *count > 1 {
            resource.address = format!("{}#{count}", resource.address).into();
        }
        self.resources.push(resource);
    }
}

impl<'l> Session<'l> {
    pub(super) fn new(loader: &'l dyn Loader) -> Self {
        Session {
            loader,
            collected: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            told_tired: Cell::new(false),
            calls: Cell::new(0),
            speculation: Cell::new(0),
            symbols: RefCell::default(),
            libraries: RefCell::default(),
            links: RefCell::default(),
            declared: RefCell::default(),
            measures: Measures::default(),
        }
    }

    /// The names of a template, worked out once.
    pub(super) fn symbols(&self, code: &Code) -> Rc<Symbols> {
        let mut known = self.symbols.borrow_mut();
        let (_, symbols) = known.entry(code.identity()).or_insert_with(|| {
            let parameter_file = match code {
                Code::Parameters(file) => Some(&**file),
                Code::Template(_) => None,
            };
            (code.clone(), Rc::new(Symbols::new(code.template(), parameter_file)))
        });
        Rc::clone(symbols)
    }

    /// A new frame of a template.
    pub(super) fn frame(&self, code: Code) -> Frame {
        let symbols = self.symbols(&code);
        let template = code.template();
        let mut collected = self.collected.borrow_mut();
        if !collected.known_files.contains(&template.file) {
            collected.add_file(template.file);
        }
        drop(collected);
        for diagnostic in &template.diagnostics {
            self.tell_always(diagnostic.clone());
        }
        Frame::new(code, symbols)
    }

    /// Does `work` one level deeper, unless that is too deep or too much: then the value is unknown for that reason.
    pub(super) fn deeper(&self, span: Span, work: impl FnOnce() -> Value) -> Value {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MAX_STEPS {
            return self.tired(span);
        }
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return self.limit("expressions are nested too deeply", span);
        }
        self.depth.set(depth + 1);
        let value = work();
        self.depth.set(depth);
        value
    }

    /// Counts work that is done besides.
    pub(super) fn spend(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Counts a turn of a loop, or a call of a lambda.
    pub(super) fn turn(&self) {
        self.spend(TURN);
    }

    /// Does `work` without telling what is wrong in it: it may never be evaluated.
    pub(super) fn perhaps<T>(&self, work: impl FnOnce() -> T) -> T {
        self.speculation.set(self.speculation.get() + 1);
        let result = work();
        self.speculation.set(self.speculation.get() - 1);
        result
    }

    /// As [`Self::perhaps`] if `uncertain`.
    pub(super) fn perhaps_if<T>(&self, uncertain: bool, work: impl FnOnce() -> T) -> T {
        if uncertain { self.perhaps(work) } else { work() }
    }

    /// Tells something, unless it lies in a branch that may not be taken.
    pub(super) fn tell(&self, diagnostic: Diagnostic) {
        if self.speculation.get() == 0 {
            self.tell_always(diagnostic);
        }
    }

    /// Tells something once.
    pub(super) fn tell_always(&self, diagnostic: Diagnostic) {
        let mut collected = self.collected.borrow_mut();
        if collected.diagnostics.len() < MAX_DIAGNOSTICS
            && collected.told.insert((diagnostic.span, Arc::clone(&diagnostic.message)))
        {
            collected.diagnostics.push(diagnostic);
        }
    }

    /// A mistake in the code: told, and its value is not known.
    pub(super) fn mistake(&self, message: impl Into<Arc<str>>, span: Span) -> Value {
        let message = message.into();
        self.tell(Diagnostic::new(Level::Warning, DiagnosticCode::Evaluation, Arc::clone(&message), span));
        unknown(ReasonKind::Error, message).at(span)
    }

    /// Values that do not fit the parameters of a template.
    pub(super) fn tell_parameters(&self, message: impl Into<Arc<str>>, span: Span) {
        self.tell(Diagnostic::new(Level::Warning, DiagnosticCode::Parameters, message, span));
    }

    /// A bound that was reached: told, and the value is not known.
    pub(super) fn limit(&self, message: impl Into<Arc<str>>, span: Span) -> Value {
        let message = message.into();
        self.tell_always(Diagnostic::new(Level::Warning, DiagnosticCode::Limit, Arc::clone(&message), span));
        unknown(ReasonKind::Limit, message).at(span)
    }

    /// The value, unless it is nested too deeply or too large: then it is not known for that reason.
    pub(super) fn kept(&self, value: Value, span: Span) -> Value {
        match self.measures.refuse(&value) {
            Some(text) => self.limit(text, span),
            None => value,
        }
    }

    /// Counts the work of a function that may walk all of its arguments.
    pub(super) fn spend_on<'v>(&self, values: impl Iterator<Item = &'v Value>) {
        let nodes = values.map(|value| u64::from(self.measures.known_nodes(value))).sum::<u64>();
        self.spend(nodes / 16);
    }

    /// What stands for a value that there is no work left for. Told once.
    pub(super) fn tired(&self, span: Span) -> Value {
        let text = "the template needs more work than is done for one root";
        if !self.told_tired.replace(true) {
            return self.limit(text, span);
        }
        unknown(ReasonKind::Limit, text).at(span)
    }

    /// Whether there is work left to do within the bounds.
    pub(super) fn exhausted(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }

    /// Counts a module call; a value to stop with when there are too many.
    pub(super) fn refuse_call(&self, span: Span) -> Option<Value> {
        self.calls.set(self.calls.get() + 1);
        let text = || format!("more than {MAX_CALLS} module calls: the rest is left out");
        (self.calls.get() > MAX_CALLS).then(|| self.limit(text(), span))
    }

    /// Adds a resource to the model; `false` when there are too many.
    pub(super) fn add_resource(&self, resource: Resource) -> bool {
        let span = resource.header;
        if self.collected.borrow().resources.len() >= MAX_RESOURCES {
            self.limit(format!("more than {MAX_RESOURCES} resources: the rest is left out"), span);
            return false;
        }
        self.collected.borrow_mut().add_resource(resource);
        true
    }

    /// The template that `source` names, asked for once.
    pub(super) fn load(&self, from: FileId, source: &Arc<str>) -> Result<LoadedTemplate, Unresolved> {
        let key = (from, Arc::clone(source));
        if let Some(known) = self.links.borrow().get(&key) {
            return known.clone();
        }
        let loaded = self.loader.template(from, source);
        self.links.borrow_mut().insert(key, loaded.clone());
        loaded
    }
}

/// Not known, for a reason.
pub(super) fn unknown(kind: ReasonKind, text: impl Into<Arc<str>>) -> Value {
    Value::unknown(Reason::new(kind, text))
}

/// A frame's template, held by the frame itself.
pub(super) fn code(template: &Arc<Template>) -> Code {
    Code::Template(Arc::clone(template))
}
