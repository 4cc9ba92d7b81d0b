//! Types, variables and functions of other files.

use std::rc::Rc;

use crate::arm::template::{Import, ModuleSource};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::value::{ReasonKind, Value};

use super::frame::Frame;
use super::loader::{LoadedTemplate, Unresolved};
use super::session::{Session, code, unknown};
use super::symbols::Symbol;

impl Session<'_> {
    /// The frame of an imported file; `None` when it cannot be had, which has been told then.
    pub(super) fn imported(&self, frame: &Rc<Frame>, index: usize) -> Option<Rc<Frame>> {
        let cell = frame.imports.get(index)?;
        let found = cell.get_or_init(|| {
            let import = frame.template().imports.get(index)?;
            match self.load_import(frame, import)? {
                Ok(loaded) => Some(self.library(&loaded)),
                Err(unresolved) => {
                    self.module_missing(unresolved.reason, import.source_span);
                    None
                }
            }
        });
        found.clone()
    }

    fn load_import(&self, frame: &Frame, import: &Import) -> Option<Result<LoadedTemplate, Unresolved>> {
        match &import.source {
            ModuleSource::Local(source) | ModuleSource::Registry(source) => {
                Some(self.load(frame.template().file, source))
            }
            _ => None,
        }
    }

    /// The one frame that a file's exports are evaluated in.
    fn library(&self, loaded: &LoadedTemplate) -> Rc<Frame> {
        let code = code(&loaded.template);
        let identity = code.identity();
        if let Some(known) = self.libraries.borrow().get(&identity) {
            return Rc::clone(known);
        }
        let mut frame = self.frame(code);
        frame.owned = loaded.owned;
        let frame = Rc::new(frame);
        self.libraries.borrow_mut().insert(identity, Rc::clone(&frame));
        frame
    }

    /// What stands for something imported from a file that cannot be had.
    pub(super) fn import_missing(&self, frame: &Frame, import: usize) -> Value {
        let source = match frame.template().imports.get(import).map(|import| &import.source) {
            Some(ModuleSource::Local(source) | ModuleSource::Registry(source)) => source.to_string(),
            _ => "the import".to_owned(),
        };
        unknown(ReasonKind::Module, format!("'{source}' could not be read"))
    }

    /// The variable that an imported name means.
    pub(super) fn imported_variable(
        &self,
        frame: &Rc<Frame>,
        import: usize,
        position: usize,
        span: Span,
    ) -> Value {
        let Some(library) = self.imported(frame, import) else { return self.import_missing(frame, import) };
        let names = frame.template().imports.get(import).map(|import| &import.names);
        let Some((exported, _)) = names.and_then(|names| names.get(position)) else { return Value::null() };
        self.exported_variable(&library, exported, span)
    }

    /// A variable of a library by its name there.
    pub(super) fn exported_variable(&self, library: &Rc<Frame>, name: &str, span: Span) -> Value {
        match library.symbols.variables.get(name) {
            Some(index) => self.variable(library, index),
            None => self.mistake(format!("the imported file exports no variable '{name}'"), span),
        }
    }

    /// The user-defined function that a call means, with its home.
    pub(super) fn user_function(
        &self,
        frame: &Rc<Frame>,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<(Rc<Frame>, usize)> {
        if let Some(namespace) = namespace {
            let full = format!("{namespace}.{name}");
            if let Some(index) = frame.symbols.functions.get(&full) {
                return Some((Rc::clone(frame), index));
            }
            let Some(Symbol::Namespace(import)) = frame.symbols.names.get(namespace) else { return None };
            return self.exported_function(self.imported(frame, import)?, name);
        }
        if let Some(index) = frame.symbols.functions.get(name) {
            return Some((Rc::clone(frame), index));
        }
        let Some(Symbol::Imported(import, position)) = frame.symbols.names.get(name) else { return None };
        let library = self.imported(frame, import)?;
        let (exported, _) = frame.template().imports.get(import)?.names.get(position)?;
        self.exported_function(library, exported)
    }

    /// A function of a library: Bicep's by its name, compiled ones in their namespace.
    fn exported_function(&self, library: Rc<Frame>, name: &str) -> Option<(Rc<Frame>, usize)> {
        let functions = &library.symbols.functions;
        let index = functions.get(name).or_else(|| functions.get(&format!("__bicep.{name}")))?;
        Some((library, index))
    }

    /// The type that a name means, with its home.
    pub(super) fn type_named(&self, frame: &Rc<Frame>, name: &str) -> Option<(Rc<Frame>, usize)> {
        if let Some(index) = frame.symbols.types.get(name) {
            return Some((Rc::clone(frame), index));
        }
        let (library, exported) = match name.split_once('.') {
            Some((namespace, exported)) => match frame.symbols.names.get(namespace)? {
                Symbol::Namespace(import) => (self.imported(frame, import)?, exported),
                _ => return None,
            },
            None => match frame.symbols.names.get(name)? {
                Symbol::Imported(import, position) => {
                    let (exported, _) = frame.template().imports.get(import)?.names.get(position)?;
                    (self.imported(frame, import)?, &**exported)
                }
                _ => return None,
            },
        };
        let index = library.symbols.types.get(exported)?;
        Some((library, index))
    }

    /// A module or import that cannot be had.
    pub(super) fn module_missing(&self, reason: impl Into<std::sync::Arc<str>>, span: Span) {
        self.tell_always(Diagnostic::new(Level::Note, DiagnosticCode::ModuleUnresolved, reason, span));
    }

    /// A file that cannot be had.
    pub(super) fn file_missing(&self, reason: impl Into<std::sync::Arc<str>>, span: Span) {
        self.tell_always(Diagnostic::new(Level::Warning, DiagnosticCode::FileUnresolved, reason, span));
    }
}
