use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::Options;
use super::classify::{Kind, kind_of_name};
use crate::source::{Diagnostic, DiagnosticCode, Level, normalize};

/// Directories that hold copies, caches or history, never the user's own code.
const SKIPPED_DIRECTORIES: [&str; 5] = [".git", ".terraform", ".terragrunt-cache", "node_modules", ".venv"];

/// A path or option that cannot be used: the run ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A path that the user gave does not exist or cannot be looked at.
    #[error("{path}: {error}")]
    Path {
        /// The path as given.
        path: Utf8PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// A thread pool could not be started.
    #[error("cannot start {0} threads: {1}")]
    Threads(usize, rayon::ThreadPoolBuildError),
}

/// A file that the walk found and that may be ours by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// The path as reported.
    pub path: Utf8PathBuf,
    /// What it is by its name.
    pub kind: Kind,
    /// The user named this very file.
    pub named: bool,
}

impl Found {
    /// A file that the user named.
    pub(super) fn named(path: &Utf8Path) -> Self {
        let path = normalize(path);
        let kind = kind_of_name(&path).unwrap_or(Kind::Json);
        Found { path, kind, named: true }
    }
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files that may be ours, ordered by path, each once.
    pub files: Vec<Found>,
    /// How many others there were.
    pub passed_over: usize,
    /// Directories and entries that could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Finds the files below the paths that the user gave, in parallel.
///
/// Symbolic links to files are followed when they lead to a place below one of the given paths; links to directories are not, so that
/// no loop can arise and nothing outside is read.
pub(super) fn walk(options: &Options) -> Result<Walk, UsageError> {
    let mut walk = Walk::default();
    let mut directories = Vec::new();
    let mut canonical_roots = Vec::new();
    for given in &options.paths {
        let usage = |error| UsageError::Path { path: given.clone(), error };
        let meta = std::fs::metadata(given).map_err(usage)?;
        if meta.is_dir() {
            canonical_roots.push(given.canonicalize_utf8().map_err(usage)?);
            directories.push(normalize(given));
        } else {
            walk.files.push(Found::named(given));
        }
    }
    for directory in directories {
        walk_directory(&directory, &canonical_roots, options, &mut walk);
    }
    if let Some(filter) = &options.filter {
        let before = walk.files.len();
        walk.files.retain(|file| file.named || filter.fits(&file.path));
        walk.passed_over += before - walk.files.len();
    }
    // A named file comes before the same file found in a directory.
    walk.files.sort_by(|a, b| (&a.path, !a.named).cmp(&(&b.path, !b.named)));
    walk.files.dedup_by(|later, earlier| later.path == earlier.path);
    walk.diagnostics.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    Ok(walk)
}

fn walk_directory(directory: &Utf8Path, roots: &[Utf8PathBuf], options: &Options, walk: &mut Walk) {
    let collected = Mutex::new(std::mem::take(walk));
    let mut builder = WalkBuilder::new(directory);
    builder
        .standard_filters(!options.no_gitignore)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .threads(options.threads.unwrap_or(0))
        .filter_entry(|entry| entry.depth() == 0 || !is_skipped_directory(entry));
    builder.build_parallel().run(|| {
        let mut local = Collector { walk: Walk::default(), into: &collected };
        Box::new(move |entry| {
            local.visit(entry, roots);
            WalkState::Continue
        })
    });
    *walk = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
}

/// A thread's share of the walk, handed in when the thread ends.
struct Collector<'a> {
    walk: Walk,
    into: &'a Mutex<Walk>,
}

impl Collector<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>, roots: &[Utf8PathBuf]) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let message = format!("cannot be read: {error}");
                self.walk.diagnostics.push(Diagnostic::about_path(
                    Level::Error,
                    DiagnosticCode::Unreadable,
                    message,
                    error_path(&error).unwrap_or_default(),
                ));
                return;
            }
        };
        let Some(file_type) = entry.file_type() else { return };
        if file_type.is_dir() {
            return;
        }
        let Some(path) = Utf8Path::from_path(entry.path()) else {
            self.not_utf8(&entry);
            return;
        };
        // Pipes and devices pass here: reading them is refused with a diagnostic.
        let ours = kind_of_name(path).filter(|_| !file_type.is_symlink() || leads_inside(path, roots));
        match ours {
            Some(kind) => self.walk.files.push(Found { path: normalize(path), kind, named: false }),
            None => self.walk.passed_over += 1,
        }
    }

    fn not_utf8(&mut self, entry: &DirEntry) {
        let lossy = entry.path().to_string_lossy();
        if kind_of_name(Utf8Path::new(&lossy)).is_none() {
            self.walk.passed_over += 1;
            return;
        }
        self.walk.diagnostics.push(Diagnostic::about_path(
            Level::Error,
            DiagnosticCode::Unreadable,
            "has a name that is not UTF-8; rename the file to have it scanned",
            &*lossy,
        ));
    }
}

impl Drop for Collector<'_> {
    fn drop(&mut self) {
        let mut into = self.into.lock().unwrap_or_else(PoisonError::into_inner);
        into.files.append(&mut self.walk.files);
        into.diagnostics.append(&mut self.walk.diagnostics);
        into.passed_over += self.walk.passed_over;
    }
}

fn is_skipped_directory(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|file_type| file_type.is_dir())
        && entry.file_name().to_str().is_some_and(|name| SKIPPED_DIRECTORIES.contains(&name))
}

fn leads_inside(link: &Utf8Path, roots: &[Utf8PathBuf]) -> bool {
    link.canonicalize_utf8()
        .is_ok_and(|target| target.is_file() && roots.iter().any(|root| target.starts_with(root)))
}

fn error_path(error: &ignore::Error) -> Option<String> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.to_string_lossy().into_owned()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child.to_string_lossy().into_owned()),
        _ => None,
    }
}
