//! What names mean where an expression stands: a module instance, its repetition, the iterators of `dynamic` blocks.

use camino::Utf8Path;

use super::evaluation::Evaluation;
use super::instance::ModuleInstance;
use super::module::ResourceKind;
use super::repetition::Repetition;
use crate::source::{Diagnostic, Span};
use crate::terraform::ast::{ExprId, File};
use crate::terraform::expression::{self, Files, NoFiles, Scope};
use crate::value::{Facts, Kind, Object, Reason, ReasonKind, Unknown, Value, ValueType};

/// The iterator of a `dynamic` block, within those of the blocks around it.
pub(super) struct Iterator<'f> {
    /// Its name.
    pub(super) name: &'f str,
    /// An object of `key` and `value`.
    pub(super) value: Value,
    /// The iterators around.
    pub(super) outer: Option<&'f Iterator<'f>>,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    /// The root's evaluation.
    pub(super) evaluation: &'f Evaluation<'f>,
    /// The module instance.
    pub(super) module: &'f ModuleInstance,
    /// `each` and `count`.
    pub(super) repetition: &'f Repetition,
    /// Iterators of `dynamic` blocks.
    pub(super) iterators: Option<&'f Iterator<'f>>,
    /// What `self` is, in the blocks of a resource that may ask for it.
    pub(super) own: Option<&'f Value>,
}

impl Frame<'_> {
    /// The value of an expression here, with the place where it was written.
    pub(super) fn evaluate(&self, file: &File, id: ExprId) -> Value {
        let value = expression::evaluate(&file.expressions, id, self);
        match value.origin.span {
            Some(_) => value,
            None => value.at(file.expressions[id].span),
        }
    }

    /// Reports something about the configuration, once for all instances.
    pub(super) fn report_once(&self, diagnostic: Diagnostic) {
        self.evaluation.report(diagnostic);
    }

    fn iterator(&self, name: &str) -> Option<Value> {
        let found =
            std::iter::successors(self.iterators, |iterator| iterator.outer).find(|it| it.name == name)?;
        Some(found.value.clone())
    }

    fn repeated(&self, object: &str, attribute: &str) -> Option<Value> {
        match (self.repetition, object, attribute) {
            (Repetition::Count(index), "count", "index") => Some(index.clone()),
            (Repetition::Each { key, .. }, "each", "key") => Some(key.clone()),
            (Repetition::Each { value, .. }, "each", "value") => Some(value.clone()),
            _ => None,
        }
    }

    fn path(&self, name: &str) -> Option<Value> {
        let shown = |directory: &Utf8Path| Value::string(directory.as_str());
        match name {
            "module" => Some(shown(&self.evaluation.relative(&self.module.module.directory))),
            "root" => Some(shown(Utf8Path::new("."))),
            "cwd" => {
                let reason = "path.cwd is the directory that Terraform is run in";
                Some(environment(reason, "path.cwd"))
            }
            _ => None,
        }
    }
}

/// A string that only the machine or the run decides.
fn environment(reason: &str, identity: &str) -> Value {
    let facts = Facts { not_null: true, ..Facts::default() };
    let unknown = Unknown::new(Reason::new(ReasonKind::Environment, reason));
    let unknown = unknown.with_type(ValueType::String).with_facts(facts).with_identity(identity);
    Value::new(Kind::Unknown(std::sync::Arc::new(unknown)))
}

impl Scope for Frame<'_> {
    fn resolve(&self, path: &[&str], span: Span) -> Option<(Value, usize)> {
        if let Some(value) = path.first().and_then(|name| self.iterator(name)) {
            return Some((value, 1));
        }
        let two = |value: Option<Value>| value.map(|value| (value, 2));
        match *path {
            ["self", ..] => self.own.map(|own| (own.clone(), 1)),
            ["var", name, ..] => two(self.evaluation.variable_of(self.module, name, span)),
            ["local", name, ..] => two(self.evaluation.local_of(self.module, name, span)),
            ["count" | "each", attribute, ..] => two(self.repeated(path.first()?, attribute)),
            ["path", name, ..] => two(self.path(name)),
            ["terraform", "workspace", ..] => Some((Value::string("default"), 2)),
            ["terraform", "applying", ..] => {
                let reason = "terraform.applying is known only while Terraform runs";
                Some((environment(reason, "terraform.applying"), 2))
            }
            ["module", name, ref rest @ ..] => {
                self.evaluation.call_of(self.module, name, rest.first().copied(), span)
            }
            ["data", resource_type, name, ref rest @ ..] => {
                let (value, used) = self.evaluation.resource_of(
                    self.module,
                    (ResourceKind::Data, resource_type, name),
                    rest.first().copied(),
                    span,
                )?;
                Some((value, used + 1))
            }
            ["ephemeral", resource_type, name, ref rest @ ..] => {
                let (value, used) = self.evaluation.resource_of(
                    self.module,
                    (ResourceKind::Ephemeral, resource_type, name),
                    rest.first().copied(),
                    span,
                )?;
                Some((value, used + 1))
            }
            [resource_type, name, ref rest @ ..] => self.evaluation.resource_of(
                self.module,
                (ResourceKind::Managed, resource_type, name),
                rest.first().copied(),
                span,
            ),
            _ => None,
        }
    }

    fn files(&self) -> &dyn Files {
        &self.evaluation.files
    }

    fn part(&self, open: &Unknown, key: &str) -> Option<Value> {
        self.evaluation.part_of(open, key)
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.evaluation.report(diagnostic);
    }

    fn declares_provider(&self, local_name: &str) -> bool {
        self.module.module.required_providers.iter().any(|name| &**name == local_name)
    }
}

/// The object that a `dynamic` block's iterator is.
pub(super) fn iterator_value(key: Value, value: Value) -> Value {
    let object: Object = [("key", key), ("value", value)].into_iter().collect();
    Value::object(object)
}

/// The scope of a variable file: no names, only literal values.
#[derive(Default)]
pub(super) struct Literals {
    diagnostics: std::cell::RefCell<Vec<Diagnostic>>,
}

impl Literals {
    /// What was reported.
    pub(super) fn take(&self) -> Vec<Diagnostic> {
        self.diagnostics.take()
    }
}

impl Scope for Literals {
    fn resolve(&self, _: &[&str], _: Span) -> Option<(Value, usize)> {
        None
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }
}
