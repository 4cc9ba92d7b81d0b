use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::Coverage;
use super::cache::{Cache, Parsed};
use super::classify::{Kind, bytes_look_like_ours};
use super::walk::Found;
use crate::arm::json::{self, JsonKind};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, ReadError, SourceFile};

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
pub(super) enum Content {
    /// A Bicep or ARM template, in the cache.
    Template,
    /// A parameter file, in the cache.
    Parameters,
    /// `terraform show -json`.
    Plan,
    /// Terraform configuration: parsed by its directory.
    Terraform,
    /// Values for Terraform variables.
    Variables,
}

enum Outcome {
    Ours(ReadFile),
    PassedOver,
    /// JSON that the Bicep compiler wrote, its source beside it.
    Compiled,
    Failed(Option<Diagnostic>),
}

/// Reads and parses the found files in parallel, in the order of their paths.
pub(super) fn read_all(
    cache: &Cache,
    found: Vec<Found>,
    coverage: &mut Coverage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ReadFile> {
    let bicep: FxHashSet<Utf8PathBuf> =
        found.iter().filter(|found| found.kind == Kind::Bicep).map(|found| found.path.clone()).collect();
    let outcomes: Vec<Outcome> = found.into_par_iter().map(|found| read(cache, found, &bicep)).collect();
    let mut files = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match outcome {
            Outcome::Ours(file) => files.push(file),
            Outcome::PassedOver => coverage.passed_over += 1,
            Outcome::Compiled => coverage.compiled += 1,
            Outcome::Failed(diagnostic) => {
                coverage.unreadable += 1;
                diagnostics.extend(diagnostic);
            }
        }
    }
    files
}

/// `bicep` are the paths of the Bicep files that were found.
fn read(cache: &Cache, found: Found, bicep: &FxHashSet<Utf8PathBuf>) -> Outcome {
    if found.kind == Kind::Terraform {
        return match cache.sources.load(&found.path) {
            Ok(id) => Outcome::Ours(ReadFile {
                id,
                path: found.path,
                named: found.named,
                content: Content::Terraform,
            }),
            // If other files make its directory a module, that tells the same with the consequence.
            Err(error) => unreadable(&found, &error),
        };
    }
    let source = match SourceFile::read(&found.path) {
        Ok(source) => source,
        Err(error) => return unreadable(&found, &error),
    };
    let json_kind = match found.kind {
        Kind::Json => json::classify(source.text()),
        _ => JsonKind::Other,
    };
    if found.kind == Kind::Json && json_kind == JsonKind::Other {
        if !found.named {
            return Outcome::PassedOver;
        }
        let message =
            "is neither an ARM template, a parameter file nor a Terraform plan; nothing in it was checked";
        return Outcome::Failed(Some(Diagnostic::about_path(
            Level::Warning,
            DiagnosticCode::Unreadable,
            message,
            found.path.as_str(),
        )));
    }
    if json_kind == JsonKind::Template
        && !found.named
        && is_compiled_beside_source(&found.path, &source, bicep)
    {
        return Outcome::Compiled;
    }
    let id = cache.sources.add(source);
    let content = match (found.kind, json_kind) {
        (Kind::Json, JsonKind::TerraformPlan) => Content::Plan,
        (Kind::TerraformVariables, _) => Content::Variables,
        _ => match cache.parsed(id) {
            Parsed::Template(_) => Content::Template,
            Parsed::Parameters(_) => Content::Parameters,
            Parsed::Other => return Outcome::PassedOver,
        },
    };
    Outcome::Ours(ReadFile { id, path: found.path, named: found.named, content })
}

/// Whether the Bicep compiler wrote a template of which the source is scanned as well.
fn is_compiled_beside_source(path: &Utf8Path, source: &SourceFile, bicep: &FxHashSet<Utf8PathBuf>) -> bool {
    [path.with_extension("bicep"), path.with_file_name("main.bicep")].iter().any(|it| bicep.contains(it))
        && json::generator(source.text()).is_some_and(|generator| generator.eq_ignore_ascii_case("bicep"))
}

/// A file that could not be read is a diagnostic, unless it is JSON of which nothing says that it is infrastructure code.
fn unreadable(found: &Found, error: &ReadError) -> Outcome {
    if found.kind == Kind::Json && !found.named && !peek_looks_like_ours(&found.path, error) {
        return Outcome::PassedOver;
    }
    let path = found.path.as_str();
    Outcome::Failed(Some(Diagnostic::about_path(
        Level::Error,
        DiagnosticCode::Unreadable,
        error.to_string(),
        path,
    )))
}

fn peek_looks_like_ours(path: &Utf8Path, error: &ReadError) -> bool {
    use std::io::Read;
    if matches!(error, ReadError::NotAFile) {
        return false;
    }
    let mut start = Vec::new();
    std::fs::File::open(path).is_ok_and(|file| file.take(PEEK as u64).read_to_end(&mut start).is_ok())
        && bytes_look_like_ours(&start)
}
