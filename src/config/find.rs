use camino::{Utf8Path, Utf8PathBuf};

/// The names that a configuration file may have; the first one wins.
pub const FILE_NAMES: [&str; 2] = ["leftward.yaml", "leftward.yml"];

/// A configuration file that was found.
pub struct Found {
    /// The file: seen from the current directory where it lies at or above it, else absolute.
    pub path: Utf8PathBuf,
    /// The folder that everything it names must lie in: the repository, or its own folder where there is none. Canonical.
    pub boundary: Utf8PathBuf,
}

/// Looks for a configuration file at or above `start` (a file or a folder), no further than the root of the repository.
///
/// # Errors
/// Where `start` is not there.
pub fn find(start: &Utf8Path) -> std::io::Result<Option<Found>> {
    let start = start.canonicalize_utf8()?;
    let folder = if start.is_dir() { start.as_path() } else { start.parent().unwrap_or(&start) };
    let mut found: Option<Utf8PathBuf> = None;
    for folder in folder.ancestors() {
        if found.is_none() {
            found = FILE_NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        }
        // a work tree or a submodule has a file of this name
        if folder.join(".git").exists() {
            return Ok(found.map(|path| Found { path: seen_from_here(&path), boundary: folder.to_owned() }));
        }
    }
    Ok(found.map(|path| Found {
        boundary: path.parent().map(Utf8Path::to_owned).unwrap_or_default(),
        path: seen_from_here(&path),
    }))
}

/// An absolute path as one relative to the current directory, where that is at or below its folder or above it.
pub fn seen_from_here(path: &Utf8Path) -> Utf8PathBuf {
    if path.is_relative() {
        return path.to_owned();
    }
    let current = std::env::current_dir().ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
    let Some(current) = current.and_then(|current| current.canonicalize_utf8().ok()) else {
        return path.to_owned();
    };
    if let Ok(below) = path.strip_prefix(&current) {
        return below.to_owned();
    }
    let folder = path.parent().unwrap_or(path);
    match (current.strip_prefix(folder), path.file_name()) {
        (Ok(deeper), Some(name)) => {
            let mut up: Utf8PathBuf = deeper.components().map(|_| "..").collect();
            up.push(name);
            up
        }
        _ => path.to_owned(),
    }
}
