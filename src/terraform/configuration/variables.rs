//! Input variables: where their values come from, and what is known of one that has none.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::Root;
use super::evaluation::Evaluation;
use super::files;
use super::instance::ModuleInstance;
use super::module::{BodyView, Declaration, Module};
use super::scope::Literals;
use super::store::{Modules, names_in};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::{ExprId, ExprKind, File, Name};
use crate::terraform::expression::{
    self,
    types::{self, TypeConstraint},
};
use crate::terraform::syntax;
use crate::value::{Facts, Kind, Reason, ReasonKind, StepKind, Unknown, Value};

/// How many variables without a value are named in the note about them.
const MAX_NAMES: usize = 8;

/// The values that are given to the root's variables: those of the environment, of the files that are read without being asked
/// for, and of those that were asked for, later ones winning.
pub(super) fn given(
    modules: &Modules<'_>,
    root: &Module,
    asked: &Root,
    diagnostics: &mut Vec<Diagnostic>,
) -> FxHashMap<Name, Value> {
    let mut values = FxHashMap::default();
    for (name, text) in &asked.environment {
        // Terraform ignores others, which may be meant for another root
        let Some((name, declaration)) = root.variables.get_key_value(name.as_str()) else { continue };
        let value = environment_value(root, name, declaration, text, diagnostics);
        values.insert(Arc::clone(name), value);
    }
    let automatic = match names_in(&root.directory) {
        Ok(names) => files::automatic_variables(names.iter().map(String::as_str)),
        // that the directory cannot be read has been told with the module
        Err(_) => Vec::new(),
    };
    let automatic: Vec<Utf8PathBuf> = automatic.iter().map(|name| root.directory.join(name)).collect();
    for path in &automatic {
        read(modules, path, None, &mut values, diagnostics);
    }
    for path in &asked.variable_files {
        read(modules, path, Some(root), &mut values, diagnostics);
    }
    values
}

/// What the environment's text is: for a variable of a primitive type, or of none, that text; otherwise an expression.
fn environment_value(
    root: &Module,
    name: &Name,
    declaration: &Declaration,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Value {
    let span = root.declaring(declaration).header;
    let view = root.body(declaration);
    let constraint = view
        .attribute("type")
        .and_then(|(file, attribute)| types::parse(&file.expressions, attribute.value).ok());
    let value = match constraint {
        None | Some(TypeConstraint::String | TypeConstraint::Number | TypeConstraint::Bool) => {
            Value::string(text).at(span)
        }
        Some(_) => {
            let parsed = syntax::parse_expression_at(span, text);
            let scope = Literals::default();
            let value = expression::evaluate(&parsed.expressions, parsed.root, &scope);
            if !parsed.diagnostics.is_empty() || !scope.take().is_empty() {
                // the text may be a secret, so it is not told what is wrong with it
                let message =
                    format!("the value of TF_VAR_{name} in the environment is no literal expression");
                diagnostics.push(Diagnostic::new(Level::Error, DiagnosticCode::Parameters, message, span));
            }
            value
        }
    };
    value.via(StepKind::Environment, Arc::clone(name), span)
}

/// The note about the variables of the root that nobody gives a value: Terraform would ask for them.
pub(super) fn without_value(root: &Module, given: &FxHashMap<Name, Value>) -> Option<Diagnostic> {
    let missing: Vec<&str> = root.required_variables().filter(|name| !given.contains_key(*name)).collect();
    let declaration = root.variables.get(*missing.first()?)?;
    let (shown, more) = missing.split_at(missing.len().min(MAX_NAMES));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let message = format!(
        "variables without a value: {}{more}; what depends on them is unknown. Give them with --var-file",
        shown.join(", ")
    );
    let span = root.declaring(declaration).span;
    Some(Diagnostic::new(Level::Note, DiagnosticCode::Parameters, message, span))
}

/// Reads a variable file. Of a file that was asked for it is told which variables the root does not have.
fn read(
    modules: &Modules<'_>,
    path: &Utf8Path,
    declared: Option<&Module>,
    values: &mut FxHashMap<Name, Value>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let sources = modules.sources();
    let id = match sources.load(path) {
        Ok(id) => id,
        Err(error) => {
            let message = format!("the variable file {error}; its values are not used");
            let code = DiagnosticCode::FileUnresolved;
            diagnostics.push(Diagnostic::about_path(Level::Error, code, message, path.as_str()));
            return;
        }
    };
    let source = sources.file(id);
    let parse = if path.as_str().ends_with(".json") { syntax::parse_json_variables } else { syntax::parse };
    let file = parse(id, source.text());
    diagnostics.extend(file.diagnostics.iter().cloned());
    let scope = Literals::default();
    for attribute in &file.body.attributes {
        if declared.is_some_and(|root| !root.variables.contains_key(&attribute.name)) {
            let message = format!("the root module has no variable '{}'", attribute.name);
            let code = DiagnosticCode::Parameters;
            diagnostics.push(Diagnostic::new(Level::Warning, code, message, attribute.name_span));
        }
        let value = expression::evaluate(&file.expressions, attribute.value, &scope);
        let value = value.via(StepKind::ParameterFile, Arc::clone(&attribute.name), attribute.span);
        values.insert(Arc::clone(&attribute.name), value);
    }
    diagnostics.extend(scope.take());
}

/// The value of the variable at an index of its module: the given one, else the default, else unknown.
pub(super) fn value(evaluation: &Evaluation<'_>, module: &ModuleInstance, index: usize) -> Value {
    let Some((name, declaration)) = module.module.variables.get_index(index) else {
        return Value::null();
    };
    let view = module.module.body(declaration);
    let declaring = module.module.declaring(declaration);
    let variable = Variable { evaluation, module, name, view: &view, span: declaring.span };
    let given = match module.caller {
        None => evaluation.given.get(name).cloned(),
        Some(_) => evaluation
            .argument_of(module, name)
            .map(|argument| argument.value.via(StepKind::Argument, Arc::clone(name), argument.span)),
    };
    let nullable = view.literal_bool("nullable") != Some(false);
    let given = given.filter(|value| nullable || !value.is_null());
    let value = match given.map(|value| variable.converted(value)).or_else(|| variable.default()) {
        Some(value) => value,
        None => variable.unset(),
    };
    value.tainted(view.is_true("sensitive"))
}

/// A variable of a module instance.
struct Variable<'v> {
    evaluation: &'v Evaluation<'v>,
    module: &'v ModuleInstance,
    name: &'v Name,
    view: &'v BodyView<'v>,
    span: Span,
}

impl Variable<'_> {
    fn default(&self) -> Option<Value> {
        let (file, attribute) = self.view.attribute("default")?;
        let value =
            expression::evaluate(&file.expressions, attribute.value, &self.module.frame(self.evaluation));
        let value = if value.origin.span.is_none() {
            value.at(file.expressions[attribute.value].span)
        } else {
            value
        };
        Some(self.converted(value.via(StepKind::Default, Arc::clone(self.name), attribute.span)))
    }

    /// The value as the variable's type constraint makes it.
    fn converted(&self, value: Value) -> Value {
        let Some(constraint) = self.constraint() else { return value };
        let at = value.origin.span.unwrap_or(self.span);
        match types::convert(&value, &constraint) {
            Ok(value) => value,
            Err(mismatch) => {
                let text = format!(
                    "the value of variable '{}{}' does not fit its type: {}",
                    self.name, mismatch.path, mismatch.message
                );
                let code = DiagnosticCode::Parameters;
                self.evaluation.report(Diagnostic::new(Level::Error, code, text.clone(), at));
                Value::unknown(Reason::new(ReasonKind::Error, text)).at(at)
            }
        }
    }

    fn constraint(&self) -> Option<TypeConstraint> {
        let (file, attribute) = self.view.attribute("type")?;
        match types::parse(&file.expressions, attribute.value) {
            Ok(constraint) => Some(constraint),
            Err(diagnostic) => {
                self.evaluation.report(diagnostic);
                None
            }
        }
    }

    /// Nobody gives a value: unknown, of the declared type, one of the values that a validation allows.
    fn unset(&self) -> Value {
        let text = match &*self.module.prefix {
            "" => format!("var.{} is not set", self.name),
            prefix => format!("var.{} of {} is not set", self.name, prefix.trim_end_matches('.')),
        };
        if let Some(allowed) = self.allowed() {
            return allowed;
        }
        let facts = Facts { not_null: self.view.literal_bool("nullable") == Some(false), ..Facts::default() };
        let unknown = Unknown::new(Reason::new(ReasonKind::Parameter, text));
        let identity = format!("{}var.{}", self.module.prefix, self.name);
        let unknown = unknown.with_facts(facts).with_identity(identity);
        let value = Value::new(Kind::Unknown(Arc::new(unknown))).at(self.span);
        match self.constraint().map(|constraint| types::convert(&value, &constraint)) {
            Some(Ok(typed)) => typed,
            // an unknown fits every type
            Some(Err(_)) | None => value,
        }
    }

    /// The values that `contains([…], var.name)` in a validation leaves.
    fn allowed(&self) -> Option<Value> {
        self.view.blocks_of("validation").find_map(|(file, block)| {
            let (_, condition) = BodyView::of(file, &block.body).attribute("condition")?;
            let ExprKind::Call { function, arguments, .. } = &file.expressions[condition.value].kind else {
                return None;
            };
            let [list, tested] = **arguments else { return None };
            if &**function != "contains" || !self.is_self(file, tested) {
                return None;
            }
            let ExprKind::Tuple(items) = &file.expressions[list].kind else { return None };
            let frame = self.module.frame(self.evaluation);
            let literal = |id: &ExprId| matches!(file.expressions[*id].kind, ExprKind::Literal(_));
            let values =
                items.iter().all(literal).then(|| items.iter().map(|id| frame.evaluate(file, *id)))?;
            Value::one_of(values).map(|value| value.at(self.span))
        })
    }

    fn is_self(&self, file: &File, id: ExprId) -> bool {
        let ExprKind::GetAttribute { base, name } = &file.expressions[id].kind else { return false };
        name == self.name && matches!(&file.expressions[*base].kind, ExprKind::Root(root) if &**root == "var")
    }
}
