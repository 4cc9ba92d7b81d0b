use std::sync::{Arc, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::{FileId, Position, ReadError, SourceFile, Span};

/// All files of a run, shared by all threads. Files are only ever added.
#[derive(Default)]
pub struct Sources {
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    files: Vec<Arc<SourceFile>>,
    by_path: FxHashMap<Utf8PathBuf, FileId>,
}

impl Sources {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the file at `path`, or returns it if it was read before. `.` and `..` are resolved in the text of the path,
    /// so that a module reached over two ways is one file.
    ///
    /// # Errors
    /// See [`ReadError`]. A failure is not remembered: the caller reports it where the file was named.
    pub fn load(&self, path: &Utf8Path) -> Result<FileId, ReadError> {
        let path = normalize(path);
        if let Some(id) = self.id_of(&path) {
            return Ok(id);
        }
        let file = SourceFile::read(&path)?;
        Ok(self.insert(path, file))
    }

    /// The id of a file that is in the store already.
    pub fn id_of(&self, path: &Utf8Path) -> Option<FileId> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.by_path.get(path).copied()
    }

    /// Adds text as the file `path`, for tests and for text that is not on disk.
    pub fn add_text(&self, path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let path = path.into();
        let file = SourceFile::from_text(path.clone(), text);
        self.insert(path, file)
    }

    /// Adds a file that was read already; the one of the same path that is there wins.
    pub fn add(&self, file: SourceFile) -> FileId {
        self.insert(file.path().to_owned(), file)
    }

    fn insert(&self, path: Utf8PathBuf, file: SourceFile) -> FileId {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = inner.by_path.get(&path) {
            return *id;
        }
        let id = FileId::from_index(inner.files.len());
        inner.files.push(Arc::new(file));
        inner.by_path.insert(path, id);
        id
    }

    /// The file of an id.
    ///
    /// # Panics
    /// Never for an id that this store gave out.
    #[allow(clippy::expect_used)] // an id of another store is a bug of the program, not an input
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(inner.files.get(id.index()).expect("a file id comes from this store"))
    }

    /// The path of a file.
    pub fn path(&self, id: FileId) -> Utf8PathBuf {
        self.file(id).path().to_owned()
    }

    /// Start and end of a span as lines and columns.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let file = self.file(span.file);
        (file.position(span.start), file.position(span.end))
    }
}

/// `path` with `/` only, without `.` and with `..` taken back where there is a folder to take back.
pub fn normalize(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::CurDir => {}
            camino::Utf8Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            camino::Utf8Component::ParentDir if out.has_root() => {}
            other => out.push(other.as_str()),
        }
    }
    if out.as_str().is_empty() { Utf8PathBuf::from(".") } else { out }
}
