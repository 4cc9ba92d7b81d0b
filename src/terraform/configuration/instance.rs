//! A module instance: its variables, local values and outputs.

use std::rc::Rc;
use std::sync::Arc;

use super::calls::Called;
use super::evaluation::Evaluation;
use super::memo::Memo;
use super::module::{BodyView, Module};
use super::repetition::Repetition;
use super::resources::Resources;
use super::scope::Frame;
use super::variables;
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::value::{Member, Object, Reason, ReasonKind, StepKind, Value};

/// A module as one call instantiates it (or the root module).
pub(super) struct ModuleInstance {
    /// What it is made of.
    pub(super) module: Arc<Module>,
    /// The beginning of its addresses: empty for the root, else `module.a["x"].`.
    pub(super) prefix: Arc<str>,
    /// The names of the calls that led here, with dots: the key in the manifest of installed modules.
    pub(super) call_path: String,
    /// Who calls it.
    pub(super) caller: Option<Caller>,
    /// Its number among the root's instances.
    pub(super) number: usize,
    /// Whether its files belong to the user.
    pub(super) owned: bool,
    /// A call on the way may not be there.
    pub(super) conditional: bool,
    /// How many calls led here.
    pub(super) depth: usize,
    variables: Memo<Value>,
    locals: Memo<Value>,
    outputs: Memo<Value>,
    pub(super) resources: Memo<Rc<Resources>>,
    pub(super) module_calls: Memo<Rc<Called>>,
}

/// The call that makes a module instance.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The number of the calling instance.
    pub(super) instance: usize,
    /// The index of the call among its module's.
    pub(super) call: usize,
    /// `each` and `count` of the call.
    pub(super) repetition: Repetition,
}

/// What a call hands to the module that it instantiates.
pub(super) struct Identity {
    pub(super) prefix: Arc<str>,
    pub(super) call_path: String,
    pub(super) caller: Option<Caller>,
    pub(super) number: usize,
    pub(super) owned: bool,
    pub(super) conditional: bool,
    pub(super) depth: usize,
}

impl ModuleInstance {
    /// An instance of which nothing is worked out yet.
    pub(super) fn new(module: Arc<Module>, identity: Identity) -> Self {
        ModuleInstance {
            variables: Memo::new(module.variables.len()),
            locals: Memo::new(module.locals.len()),
            outputs: Memo::new(module.outputs.len()),
            resources: Memo::new(module.resources.len()),
            module_calls: Memo::new(module.calls.len()),
            module,
            prefix: identity.prefix,
            call_path: identity.call_path,
            caller: identity.caller,
            number: identity.number,
            owned: identity.owned,
            conditional: identity.conditional,
            depth: identity.depth,
        }
    }

    /// The frame of the module's own declarations.
    pub(super) fn frame<'f>(&'f self, evaluation: &'f Evaluation<'f>) -> Frame<'f> {
        Frame { evaluation, module: self, repetition: &Repetition::None, iterators: None, own: None }
    }
}

impl Evaluation<'_> {
    /// `var.name`; `None` if it is not declared.
    pub(super) fn variable_of(&self, module: &ModuleInstance, name: &str, span: Span) -> Option<Value> {
        let index = module.module.variables.get_index_of(name)?;
        let what = || format!("var.{name}");
        Some(self.once(&module.variables, index, what, span, || variables::value(self, module, index)))
    }

    /// `local.name`; `None` if it is not declared.
    pub(super) fn local_of(&self, module: &ModuleInstance, name: &str, span: Span) -> Option<Value> {
        let (index, name, place) = module.module.locals.get_full(name)?;
        let what = || format!("local.{name}");
        Some(self.once(&module.locals, index, what, span, || {
            let (file, attribute) = module.module.local(*place);
            let value = module.frame(self).evaluate(file, attribute.value);
            value.via(StepKind::Variable, Arc::clone(name), attribute.span)
        }))
    }

    /// An output; `None` if it is not declared.
    pub(super) fn output_of(&self, module: &ModuleInstance, name: &str, span: Span) -> Option<Value> {
        let (index, name, declaration) = module.module.outputs.get_full(name)?;
        let what = || format!("output {}{name}", module.prefix);
        Some(self.once(&module.outputs, index, what, span, || {
            let view = module.module.body(declaration);
            let declaring = module.module.declaring(declaration);
            let Some((file, value)) = view.attribute("value") else {
                let message = format!("output '{name}' has no value");
                let code = DiagnosticCode::Evaluation;
                self.report(Diagnostic::new(Level::Error, code, message.clone(), declaring.header));
                return Value::unknown(Reason::new(ReasonKind::Error, message));
            };
            let sensitive = view.is_true("sensitive");
            let value = module.frame(self).evaluate(file, value.value);
            value.via(StepKind::Output, Arc::clone(name), declaring.span).tainted(sensitive)
        }))
    }

    /// All outputs as an object.
    pub(super) fn outputs_of(&self, module: &ModuleInstance, span: Span) -> Object {
        let names = module.module.outputs.keys();
        let outputs = names.filter_map(|name| {
            let value = self.output_of(module, name, span)?;
            Some((Arc::clone(name), Member::from(value)))
        });
        outputs.collect()
    }

    /// The argument that a call gives to a variable of the module it calls, evaluated where the call stands.
    pub(super) fn argument_of(&self, module: &ModuleInstance, name: &str) -> Option<Argument> {
        let caller = module.caller.as_ref()?;
        let calling = self.instance(caller.instance)?;
        let (_, declaration) = calling.module.calls.get_index(caller.call)?;
        let view: BodyView<'_> = calling.module.body(declaration);
        let (file, attribute) = view.attribute(name)?;
        let frame = Frame { repetition: &caller.repetition, ..calling.frame(self) };
        Some(Argument { value: frame.evaluate(file, attribute.value), span: attribute.span })
    }

    fn once(
        &self,
        memo: &Memo<Value>,
        index: usize,
        what: impl Fn() -> String,
        span: Span,
        compute: impl FnOnce() -> Value,
    ) -> Value {
        match self.deeper(|| memo.get_or(index, || self.kept(compute(), span))) {
            Some(Some(value)) => value,
            Some(None) => self.cycle(&what(), span),
            None => self.too_deep(&what(), span),
        }
    }
}

/// A value that a call passes.
pub(super) struct Argument {
    /// The value.
    pub(super) value: Value,
    /// The argument as written.
    pub(super) span: Span,
}
