use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::cache::{Cache, Parsed};
use super::classify::{Kind, bytes_look_like_ours};
use super::walk::Found;
use super::Coverage;
use crate::arm::json::{self, JsonKind};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, ReadError, SourceFile};
use crate::terraform::ast;
use crate::terraform::syntax;

/// How much of a JSON file is looked at to see whether it is worth a diagnostic that it cannot be read.
const PEEK: usize = 64 * 1024;

/// A file that is ours.
pub(super) struct ReadFile {
    pub id: FileId,
    pub path: Utf8PathBuf,
    pub named: bool,
    pub content: Content,
}

/// What a file holds.
#[derive(Clone, Copy)]
pub(super) enum Content<S = ()> {
    Template,
    Parameters,
    Plan,
    Terraform(S),
    Variables,
}

enum Outcome {
    Ours(ReadFile),
    PassedOver,
    Failed(Diagnostic),
}

/// Reads and parses the found files in parallel, in the order of their paths.
pub(super) fn read_all(
    cache: &Cache,
    found: Vec<Found>,
    coverage: &mut Coverage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ReadFile> {
    let outcomes: Vec<Outcome> = found.into_par_iter().map(|found| read(cache, found)).collect();
    let mut files = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match outcome {
            Outcome::Ours(file) => files.push(file),
            Outcome::PassedOver => coverage.passed_over += 1,
            Outcome::Failed(diagnostic) => {
                coverage.unreadable += 1;
                diagnostics.push(diagnostic);
            }
        }
    }
    files
}
