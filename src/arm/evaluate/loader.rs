use std::sync::Arc;

use crate::arm::template::{ParameterFile, Template};
use crate::source::FileId;

/// Gives the evaluator what lies outside of a template: module sources, parameter files, loaded content.
///
/// The evaluator never touches the disk itself. An implementation confines every path to what the user allowed to be read,
/// parses a file once a run, and answers the same for the same question.
pub trait Loader {
    /// The template that `source`, written in the file `from`, names: a path relative to that file (`./net.bicep`,
    /// `../nested/x.json`), or a registry reference as written (`br:…`, `br/alias:…`, `ts:…`, `ts/alias:…`).
    ///
    /// # Errors
    /// [`Unresolved`] when it is not on disk, may not be read, or is no template.
    fn template(&self, from: FileId, source: &str) -> Result<LoadedTemplate, Unresolved>;

    /// The parameter file at `path` relative to `from`: what `extends '…'` names.
    ///
    /// # Errors
    /// As for [`Self::template`].
    fn parameters(&self, from: FileId, path: &str) -> Result<Arc<ParameterFile>, Unresolved>;

    /// The decoded text of the file at `path` relative to `from` (`loadTextContent`, `loadJsonContent`, `loadYamlContent`).
    ///
    /// # Errors
    /// As for [`Self::template`].
    fn text(&self, from: FileId, path: &str) -> Result<(FileId, Arc<str>), Unresolved>;

    /// The raw content of the file at `path` relative to `from` (`loadFileAsBase64`).
    ///
    /// # Errors
    /// As for [`Self::template`].
    fn bytes(&self, from: FileId, path: &str) -> Result<Arc<[u8]>, Unresolved>;

    /// The files below the folder `path` relative to `from`, sorted by path (`loadDirectoryFileInfo`). `pattern` is a file name with
    /// `*` and `?` wildcards; `None` means all.
    ///
    /// # Errors
    /// As for [`Self::template`].
    fn directory(&self, from: FileId, path: &str, pattern: Option<&str>)
    -> Result<Vec<Arc<str>>, Unresolved>;
}

/// A template that a [`Loader`] found.
#[derive(Clone, Debug)]
pub struct LoadedTemplate {
    /// The template.
    pub template: Arc<Template>,
    /// Whether its file belongs to the user; false for what a registry restored. A finding in a file that the user does not own is
    /// shown at the call.
    pub owned: bool,
}

/// Why something could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unresolved {
    /// What kind of failure.
    pub kind: UnresolvedKind,
    /// One sentence for a person, without full stop: `module 'br/public:avm/res/x:1.0' is not restored`.
    pub reason: Arc<str>,
}

/// Kinds of failures to load something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnresolvedKind {
    /// A registry module or template spec that is not in the module cache.
    NotRestored,
    /// There is no such file.
    Missing,
    /// The path leads out of what may be read.
    Outside,
    /// The file is there and could not be read or is not what is expected there.
    Unreadable,
}

impl Unresolved {
    /// A failure.
    pub fn new(kind: UnresolvedKind, reason: impl Into<Arc<str>>) -> Self {
        Unresolved { kind, reason: reason.into() }
    }
}

/// Loads nothing: for templates that stand alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLoader;

impl NoLoader {
    fn refuse<T>(what: &str) -> Result<T, Unresolved> {
        Err(Unresolved::new(UnresolvedKind::Missing, format!("'{what}' is not available")))
    }
}

impl Loader for NoLoader {
    fn template(&self, _: FileId, source: &str) -> Result<LoadedTemplate, Unresolved> {
        Self::refuse(source)
    }

    fn parameters(&self, _: FileId, path: &str) -> Result<Arc<ParameterFile>, Unresolved> {
        Self::refuse(path)
    }

    fn text(&self, _: FileId, path: &str) -> Result<(FileId, Arc<str>), Unresolved> {
        Self::refuse(path)
    }

    fn bytes(&self, _: FileId, path: &str) -> Result<Arc<[u8]>, Unresolved> {
        Self::refuse(path)
    }

    fn directory(&self, _: FileId, path: &str, _: Option<&str>) -> Result<Vec<Arc<str>>, Unresolved> {
        Self::refuse(path)
    }
}
