//! The modules of a run, each directory read and parsed once however many roots call it.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::files::{self, ModuleFile};
use super::module::Module;
use crate::source::{Diagnostic, DiagnosticCode, Level, Sources, normalize};
use crate::terraform::ast::File;
use crate::terraform::syntax;

/// Parsed modules by directory, shared by all threads.
pub struct Modules<'s> {
    sources: &'s Sources,
    first: Vec<Utf8PathBuf>,
    by_directory: RwLock<FxHashMap<Utf8PathBuf, Arc<OnceLock<Arc<Module>>>>>,
}

impl<'s> Modules<'s> {
    /// An empty store over the files of `sources`.
    pub fn new(sources: &'s Sources) -> Self {
        Modules { sources, first: Vec::new(), by_directory: RwLock::default() }
    }

    /// The same with files that the user named: where several files of a directory declare the same (a mistake that Terraform
    /// refuses), the named one is meant.
    #[must_use]
    pub fn naming(mut self, files: Vec<Utf8PathBuf>) -> Self {
        self.first = files;
        self
    }

    /// The files of the run.
    pub fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// The module in a directory; empty if the directory holds no configuration or cannot be read (its diagnostics tell).
    pub fn load(&self, directory: &Utf8Path) -> Arc<Module> {
        let directory = normalize(directory);
        let slot = {
            let mut table = self.by_directory.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(table.entry(directory.clone()).or_default())
        };
        Arc::clone(slot.get_or_init(|| Arc::new(self.read(&directory))))
    }

    /// The modules that have been loaded, in no particular order.
    pub fn all(&self) -> Vec<Arc<Module>> {
        let table = self.by_directory.read().unwrap_or_else(PoisonError::into_inner);
        table.values().filter_map(|slot| slot.get().cloned()).collect()
    }

    fn read(&self, directory: &Utf8Path) -> Module {
        let mut diagnostics = Vec::new();
        let names = match names_in(directory) {
            Ok(names) => names,
            Err(error) => {
                let message = format!("the directory cannot be read: {error}");
                diagnostics.push(unreadable(message, directory));
                Vec::new()
            }
        };
        let (mut configuration, mut overrides) = (Vec::new(), Vec::new());
        for file in files::select(names.iter().map(String::as_str)) {
            let parsed = self.parse(directory, &file, &mut diagnostics);
            if file.is_override {
                overrides.extend(parsed);
            } else {
                configuration.extend(parsed);
            }
        }
        // Stable: the others keep their lexical order.
        configuration.sort_by_key(|file: &File| !self.first.contains(&self.sources.path(file.file)));
        let mut module = Module::new(directory.to_owned(), configuration, overrides);
        module.diagnostics.splice(0..0, diagnostics);
        module
    }

    fn parse(
        &self,
        directory: &Utf8Path,
        file: &ModuleFile,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<File> {
        let path = directory.join(&file.name);
        match self.sources.load(&path) {
            Ok(id) => {
                let source = self.sources.file(id);
                let parse = if file.json { syntax::parse_json } else { syntax::parse };
                Some(parse(id, source.text()))
            }
            Err(error) => {
                diagnostics.push(unreadable(format!("the file {error}"), &path));
                None
            }
        }
    }
}

/// The names of the files in a directory, in lexical order. Names that are not UTF-8 are none of Terraform's.
pub(super) fn names_in(directory: &Utf8Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn unreadable(message: String, path: &Utf8Path) -> Diagnostic {
    Diagnostic::about_path(Level::Error, DiagnosticCode::Unreadable, message, path.as_str())
}
