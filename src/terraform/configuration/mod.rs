//! A root module's files, variables, locals, repetition and module calls → resources in the provider's shape.
//!
//! Everything is worked out when it is first asked for, once a module instance: [`evaluation`](self) holds the instances,
//! [`Frame`](scope::Frame) says what names mean where an expression stands, [`body`] turns blocks into attributes, and
//! [`list`] walks all instances for the model. Nothing of a provider is needed: what it computes is a symbolic reference.

mod body;
mod calls;
mod computed;
mod evaluation;
mod files;
mod functions;
mod instance;
mod list;
mod locate;
mod manifest;
mod memo;
mod module;
mod providers;
mod repetition;
mod resources;
mod scope;
mod store;
mod variables;
pub(crate) mod version;

pub(crate) use self::locate::Locator;
pub use self::module::{Module, local_module_sources};
pub use self::store::Modules;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::model::Deployment;
use crate::source::Sources;

/// A root module and what it is evaluated with.
#[derive(Clone, Debug, Default)]
pub struct Root {
    /// The directory of the root module, as given.
    pub directory: Utf8PathBuf,
    /// Variable files that were asked for, in their order: later ones win, and all of them over `terraform.tfvars` and `*.auto.tfvars`.
    pub variable_files: Vec<Utf8PathBuf>,
    /// Values from `TF_VAR_` variables of the environment, by name, as text: they win over defaults alone.
    pub environment: BTreeMap<String, String>,
    /// Directories besides those of the modules that functions such as `file` may read in: what the user asked to scan.
    pub readable: Vec<Utf8PathBuf>,
}

/// Evaluates a root module.
pub fn evaluate(root: &Root, sources: &Sources) -> Deployment {
    evaluate_with(root, &Modules::new(sources))
}

/// Evaluates a root module with the modules of a run, so that a directory that several roots call is parsed once.
pub fn evaluate_with(root: &Root, modules: &Modules<'_>) -> Deployment {
    // values ask for each other on the stack: it has a known size, so that a chain that is too long is told and not a crash
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(evaluation::STACK_SIZE);
        match thread.spawn_scoped(scope, || list::deployment(root, modules)) {
            Ok(running) => running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(error) => list::not_evaluated(root, &error),
        }
    })
}

#[cfg(test)]
mod tests;
