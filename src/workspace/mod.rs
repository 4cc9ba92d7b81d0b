//! The walk, and which files form which root.
//!
//! [`scan`] finds files, reads and parses them in parallel, decides which of them are deployed on their own (a *root*: a template
//! that nobody calls, with each of its parameter files; a Terraform directory that nobody calls), and evaluates every root.

mod cache;
mod calls;
mod classify;
mod evaluate;
mod external;
mod filter;
mod loader;
mod parameters;
mod read;
mod registry;
mod roots;
mod variables;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::model::Deployment;
use crate::source::{Diagnostic, FileId, Sources};

pub use evaluate::scan;
pub use external::ExternalModule;
pub use filter::PathFilter;
pub use walk::UsageError;

/// What is scanned and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and directories as the user gave them.
    pub paths: Vec<Utf8PathBuf>,
    /// Only files that fit are looked for in directories; what is called or named is read all the same.
    pub filter: Option<PathFilter>,
    /// Only findings that have to do with these files are reported.
    pub reported: Option<Vec<Utf8PathBuf>>,
    /// Also scan what `.gitignore` leaves out.
    pub no_gitignore: bool,
    /// A folder laid out like the Bicep module cache (`~/.bicep`).
    pub module_cache: Option<Utf8PathBuf>,
    /// The Bicep CLI's own module cache, where neither this nor a `bicepconfig.json` names another.
    pub default_module_cache: Option<Utf8PathBuf>,
    /// Folders that stand for registries: what begins with the prefix (`br/public`, `br:contoso.azurecr.io/bicep`) is read there.
    pub module_folders: Vec<ModuleFolder>,
    /// Parameter files to evaluate every Bicep and ARM root with, instead of those that lie beside it.
    pub parameter_files: Vec<Utf8PathBuf>,
    /// Variable files for every Terraform root.
    pub variable_files: Vec<Utf8PathBuf>,
    /// Values of Terraform variables from the environment, by name: empty unless the user asked for them, as results would depend
    /// on more than the files.
    pub variable_environment: BTreeMap<String, String>,
    /// Number of threads; `None`: one a core.
    pub threads: Option<usize>,
}

/// A folder that stands for a registry, such as a checkout of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFolder {
    /// What a module reference begins with: `br/public`.
    pub prefix: String,
    /// Where the rest of the reference's path lies: `<folder>/avm/res/key-vault/vault/main.bicep`. Tags and digests do not matter.
    pub folder: Utf8PathBuf,
}

/// What a scan saw.
pub struct Scan {
    /// All files read.
    pub sources: Arc<Sources>,
    /// The roots, evaluated, ordered by path and parameter file.
    pub deployments: Vec<Deployment>,
    /// What could not be read, parsed or placed, without the deployments' own.
    pub diagnostics: Vec<Diagnostic>,
    /// What was looked at.
    pub coverage: Coverage,
    /// Calls of modules that are on no path, in the user's own files.
    pub external: Vec<ExternalModule>,
}

/// What was looked at, in numbers.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Files read that are infrastructure code or its parameters, called modules included.
    pub files: usize,
    /// Files passed over: something else.
    pub passed_over: usize,
    /// JSON that the Bicep compiler wrote, left out because its source is there.
    pub compiled: usize,
    /// Files that could not be read or decoded.
    pub unreadable: usize,
    /// Files with at least one syntax error.
    pub broken: usize,
    /// Only findings in these files are reported: a Terraform file was named, its directory was loaded.
    pub reported: Option<Vec<FileId>>,
}
