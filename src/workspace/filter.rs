use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::source::normalize;

/// Patterns of paths, seen from a folder.
#[derive(Clone)]
pub struct PathFilter {
    folder: Utf8PathBuf,
    include: Option<GlobSet>,
    exclude: GlobSet,
    written: Vec<String>,
}

impl PathFilter {
    /// Paths below `folder` that fit one of `include` (none: all) and none of `exclude`. A pattern that names a folder holds for
    /// everything in it. Patterns that are none are left out: they were told before.
    pub fn new(folder: &Utf8Path, include: &[String], exclude: &[String]) -> Self {
        PathFilter {
            folder: absolute(folder),
            include: (!include.is_empty()).then(|| set(include)),
            exclude: set(exclude),
            written: include.iter().chain(exclude).cloned().collect(),
        }
    }

    /// The same patterns for a copy of the folder `from` at `to`. Both are canonical.
    #[must_use]
    pub fn moved(&self, from: &Utf8Path, to: &Utf8Path) -> Self {
        let folder = self.folder.strip_prefix(from).map(|below| to.join(below));
        PathFilter { folder: folder.unwrap_or_else(|_| self.folder.clone()), ..self.clone() }
    }

    /// Whether a path, as reported, fits.
    pub fn fits(&self, path: &Utf8Path) -> bool {
        let full = absolute(path);
        // what lies elsewhere fits no pattern
        let seen = full.strip_prefix(&self.folder).ok();
        let one_of = |set: &GlobSet| seen.is_some_and(|seen| set.is_match(seen));
        self.include.as_ref().is_none_or(one_of) && !one_of(&self.exclude)
    }
}

impl fmt::Debug for PathFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.written).finish()
    }
}

fn set(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
            if let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() {
                builder.add(glob);
            }
        }
    }
    builder.build().unwrap_or_default()
}

/// An absolute path without `.` and `..`, with the folders' true names where they are there.
fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    if let Ok(true_path) = path.canonicalize_utf8() {
        return true_path;
    }
    let current = std::env::current_dir().ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
    normalize(&current.unwrap_or_default().join(path))
}
