//! Evaluation of expressions with Terraform's types, conversions and functions.
//!
//! [`evaluate`] is total: a mistake becomes an unknown of kind [`ReasonKind::Error`](crate::value::ReasonKind) and is reported to
//! the [`Scope`]; what is not known stays unknown leaf by leaf. Work, depth and sizes are bounded.

mod conditionals;
mod evaluator;
mod functions;
mod loops;
mod number;
mod operators;
mod templates;
mod traversal;
pub mod types;

use std::sync::Arc;

use super::ast::{ExprId, Expressions};
use crate::source::{Diagnostic, FileId, Span};
use crate::value::{Unknown, Value};

pub use self::evaluator::evaluate;

/// What an expression can name, and where its mistakes go.
pub trait Scope {
    /// The value of a traversal's beginning, and how many names of `path` it used: of `["var", "x", "y"]` the value of `var.x`,
    /// and 2. `None`: there is no such name.
    fn resolve(&self, path: &[&str], span: Span) -> Option<(Value, usize)>;

    /// The files that functions may read.
    fn files(&self) -> &dyn Files;

    /// What an open object or collection has under a name or key that it does not show; `open` is why it is open. `None`: that is
    /// not known.
    fn part(&self, _open: &Unknown, _key: &str) -> Option<Value> {
        None
    }

    /// Takes note of a mistake.
    fn report(&self, diagnostic: Diagnostic);

    /// Whether the module declares the provider of this local name in `required_providers`: only then it has functions
    /// (`provider::name::function`).
    fn declares_provider(&self, _local_name: &str) -> bool {
        true
    }
}

/// The files of a module, confined to the scanned tree. Paths are as written: relative to the root module's folder.
pub trait Files {
    /// A file's text, as part of the run's sources: `file`, `templatefile`.
    ///
    /// # Errors
    /// See [`FileError`].
    fn text(&self, path: &str) -> Result<(FileId, Arc<str>), FileError>;

    /// A file's bytes: `filebase64`, `filesha256`.
    ///
    /// # Errors
    /// See [`FileError`].
    fn bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError>;

    /// All regular files under a folder, as paths relative to it, with `/`: `fileset`.
    ///
    /// # Errors
    /// See [`FileError`].
    fn list(&self, directory: &str) -> Result<Vec<String>, FileError>;
}

/// Why a file cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is none: a mistake in the code.
    #[error("no file exists at \"{0}\"")]
    Missing(String),
    /// It is a folder: a mistake in the code.
    #[error("\"{0}\" is a directory, not a file")]
    Directory(String),
    /// It is not UTF-8: a mistake in the code where text is asked for.
    #[error("contents of \"{0}\" are not valid UTF-8")]
    NotText(String),
    /// It is outside of what is scanned, or cannot be read: not known.
    #[error("the file \"{path}\" is not read: {why}")]
    NotRead {
        /// The path.
        path: String,
        /// Why.
        why: String,
    },
}

/// No files at all: for expressions that are evaluated outside of a module.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn text(&self, path: &str) -> Result<(FileId, Arc<str>), FileError> {
        Err(not_here(path))
    }

    fn bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        Err(not_here(path))
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        Err(not_here(directory))
    }
}

fn not_here(path: &str) -> FileError {
    FileError::NotRead { path: path.to_owned(), why: "there are no files here".to_owned() }
}

/// A scope without names and files, which forgets mistakes: for literals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, _: &[&str], _: Span) -> Option<(Value, usize)> {
        None
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }

    fn report(&self, _: Diagnostic) {}
}

/// The value of an expression that names nothing.
pub fn evaluate_literal(expressions: &Arc<Expressions>, id: ExprId) -> Value {
    evaluate(expressions, id, &Nothing)
}

#[cfg(test)]
mod tests;
