//! The evaluator of templates: a template and the values of its parameters → a [`Deployment`].
//!
//! Everything is worked out when it is first asked for, once: a [`frame`] holds what is known so far of one instantiation of a
//! template, a [`session`] what belongs to the whole root. Expressions are evaluated against an environment of frame and locals
//! ([`expression`], [`access`], [`chain`], [`parts`], [`calls`], [`loops`]); resources and modules are expanded into instances
//! ([`instances`], [`modules`]) and collected into the model ([`resources`]).
//!
//! Evaluation is total and bounded: a mistake in the code is a warning and an unknown value; depth, work, turns of loops and
//! the number of resources have limits, and reaching one is a `limit` diagnostic.

mod access;
mod calls;
mod chain;
mod content;
mod context;
mod declarations;
mod expression;
mod extension;
mod frame;
mod ids;
mod imports;
mod instances;
mod loader;
mod loops;
mod modules;
mod parts;
mod print;
mod resources;
mod session;
mod symbols;
mod types;

pub use loader::{LoadedTemplate, Loader, NoLoader, Unresolved, UnresolvedKind};

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{ParameterFile, Template};
use crate::model::{Deployment, Language};

use frame::{Arguments, Code};
use session::{Session, code};

/// What a root would deploy: `root` with the values of a parameter file, or with its defaults.
///
/// Never fails: what cannot be worked out is unknown with a reason, and what is wrong is in the deployment's diagnostics.
/// The names of files are the caller's: `path` is empty, and so is `parameter_file`.
///
/// Needs some stack for deeply nested expressions: call it on a thread with 64 MiB.
pub fn evaluate(
    root: &Arc<Template>,
    parameters: Option<&Arc<ParameterFile>>,
    loader: &dyn Loader,
) -> Deployment {
    let session = Session::new(loader);
    let mut frame = session.frame(code(root));
    if let Some(file) = parameters {
        let values = Rc::new(session.frame(Code::Parameters(Arc::clone(file))));
        tell_unknown_parameters(&session, root, file);
        frame.arguments = Arguments::File(values);
    }
    let frame = Rc::new(frame);
    session.collect(&frame);
    let collected = session.collected.take();
    Deployment {
        path: Arc::from(""),
        language: if root.ignores_case { Language::Arm } else { Language::Bicep },
        parameter_file: None,
        file: Some(root.file),
        scope: Some(root.scope),
        resources: collected.resources,
        outputs: collected.outputs,
        parameters: collected.parameters,
        diagnostics: collected.diagnostics,
        unresolved_modules: collected.unresolved_modules,
        absent_modules: collected.absent_modules,
        unmapped_types: Vec::new(),
        files: collected.files,
    }
}

/// Values for parameters that the template does not have: Azure refuses such a deployment.
fn tell_unknown_parameters(session: &Session<'_>, root: &Template, file: &ParameterFile) {
    for assignment in &file.assignments {
        let known = |name: &str| name.eq_ignore_ascii_case(&assignment.name);
        if !root.parameters.iter().any(|parameter| known(&parameter.name)) {
            let text = format!("the template has no parameter '{}'", assignment.name);
            session.tell_parameters(text, assignment.span);
        }
    }
}

#[cfg(test)]
mod tests;
