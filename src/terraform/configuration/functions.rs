//! The files that `file`, `templatefile`, `fileset` and their like read: only in the directories of the modules and in what is scanned.

use std::cell::RefCell;
use std::io::Read;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::source::{FileId, MAX_FILE_SIZE, ReadError, Sources, normalize};
use crate::terraform::expression::{FileError, Files};

/// How many entries of directories `fileset` looks at.
const MAX_ENTRIES: usize = 20_000;

/// The files of a root's modules.
pub(super) struct ModuleFiles<'s> {
    sources: &'s Sources,
    root: Utf8PathBuf,
    /// Directories that may be read in, as they are on disk with all links followed.
    allowed: RefCell<Vec<Utf8PathBuf>>,
    read: RefCell<Vec<FileId>>,
}

impl<'s> ModuleFiles<'s> {
    /// The files of a root module and of what else may be read.
    pub(super) fn new(sources: &'s Sources, root: &Utf8Path, readable: &[Utf8PathBuf]) -> Self {
        let files = ModuleFiles {
            sources,
            root: root.to_owned(),
            allowed: RefCell::default(),
            read: RefCell::default(),
        };
        files.allow(root);
        readable.iter().for_each(|directory| files.allow(directory));
        files
    }

    /// Allows a directory.
    pub(super) fn allow(&self, directory: &Utf8Path) {
        // a directory that is not there has nothing to read
        let Ok(directory) = directory.canonicalize_utf8() else { return };
        let mut allowed = self.allowed.borrow_mut();
        if !allowed.iter().any(|known| directory.starts_with(known)) {
            allowed.push(directory);
        }
    }

    /// The text files that were read, each once.
    pub(super) fn read(&self) -> Vec<FileId> {
        self.read.borrow().clone()
    }

    /// Where a path of the code is on disk, if it may be read.
    fn locate(&self, path: &str) -> Result<Utf8PathBuf, FileError> {
        let on_disk = normalize(&self.root.join(path));
        let real = match on_disk.canonicalize_utf8() {
            Ok(real) => real,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(if self.is_allowed_by_name(&on_disk) {
                    FileError::Missing(path.to_owned())
                } else {
                    outside(path)
                });
            }
            Err(error) => return Err(not_read(path, &error.to_string())),
        };
        if self.allowed.borrow().iter().any(|directory| real.starts_with(directory)) {
            Ok(on_disk)
        } else {
            Err(outside(path))
        }
    }

    /// Whether a file that is not there would be in an allowed directory: its nearest ancestor that is there decides.
    fn is_allowed_by_name(&self, path: &Utf8Path) -> bool {
        let there = path.ancestors().skip(1).find_map(|ancestor| {
            let ancestor = if ancestor.as_str().is_empty() { Utf8Path::new(".") } else { ancestor };
            ancestor.canonicalize_utf8().ok()
        });
        there.is_some_and(|there| self.allowed.borrow().iter().any(|directory| there.starts_with(directory)))
    }
}

fn outside(path: &str) -> FileError {
    not_read(path, "it is outside of the modules' directories")
}

fn not_read(path: &str, why: &str) -> FileError {
    FileError::NotRead { path: path.to_owned(), why: why.to_owned() }
}

impl Files for ModuleFiles<'_> {
    fn text(&self, path: &str) -> Result<(FileId, Arc<str>), FileError> {
        let on_disk = self.locate(path)?;
        if on_disk.is_dir() {
            return Err(FileError::Directory(path.to_owned()));
        }
        match self.sources.load(&on_disk) {
            Ok(id) => {
                let mut read = self.read.borrow_mut();
                if !read.contains(&id) {
                    read.push(id);
                }
                Ok((id, Arc::clone(self.sources.file(id).text())))
            }
            Err(ReadError::Encoding { .. }) => Err(FileError::NotText(path.to_owned())),
            Err(error) => Err(not_read(path, &error.to_string())),
        }
    }

    fn bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let on_disk = self.locate(path)?;
        let failed = |error: std::io::Error| not_read(path, &error.to_string());
        let meta = std::fs::metadata(&on_disk).map_err(failed)?;
        if meta.is_dir() {
            return Err(FileError::Directory(path.to_owned()));
        }
        if !meta.is_file() || meta.len() > MAX_FILE_SIZE {
            return Err(not_read(path, "it is no regular file, or too large"));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(&on_disk)
            .map_err(failed)?
            .take(MAX_FILE_SIZE)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes.into())
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let root = self.locate(directory)?;
        let mut found = Vec::new();
        let mut open = vec![(root, String::new())];
        let mut entries = 0;
        while let Some((path, prefix)) = open.pop() {
            for entry in std::fs::read_dir(&path).map_err(|error| not_read(directory, &error.to_string()))? {
                entries += 1;
                if entries > MAX_ENTRIES {
                    return Err(not_read(directory, "it holds too many files"));
                }
                let entry = entry.map_err(|error| not_read(directory, &error.to_string()))?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                // links are not followed: they could lead outside or in a circle
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push((path.join(&name), format!("{prefix}{name}/"))),
                    Ok(kind) if kind.is_file() => found.push(format!("{prefix}{name}")),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_directories_are_read() {
        let temporary = tempfile::tempdir().unwrap();
        let base = Utf8Path::from_path(temporary.path()).unwrap();
        for directory in ["root/templates/deep", "other"] {
            std::fs::create_dir_all(base.join(directory)).unwrap();
        }
        std::fs::write(base.join("root/templates/a.txt"), "a").unwrap();
        std::fs::write(base.join("root/templates/deep/b.bin"), [0xFF, 0xFE, 0xFF]).unwrap();
        std::fs::write(base.join("other/secret"), "s").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(base.join("other/secret"), base.join("root/link")).unwrap();
        let sources = Sources::new();
        let files = ModuleFiles::new(&sources, &base.join("root"), &[]);
        assert_eq!(&*files.text("./templates/a.txt").unwrap().1, "a");
        assert_eq!(files.read().len(), 1);
        assert_eq!(files.text("x.txt"), Err(FileError::Missing("x.txt".to_owned())));
        assert_eq!(files.text("templates"), Err(FileError::Directory("templates".to_owned())));
        assert_eq!(
            files.text("templates/deep/b.bin"),
            Err(FileError::NotText("templates/deep/b.bin".to_owned()))
        );
        assert_eq!(files.bytes("templates/deep/b.bin").unwrap().len(), 3);
        assert_eq!(files.list("templates").unwrap(), ["a.txt", "deep/b.bin"]);
        for path in ["../other/secret", "../other/none", "link", "/etc/hosts"] {
            assert!(matches!(files.text(path), Err(FileError::NotRead { .. })), "{path}");
        }
        files.allow(&base.join("other"));
        assert!(files.text("../other/secret").is_ok());
    }
}
