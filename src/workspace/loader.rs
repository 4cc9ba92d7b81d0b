use std::sync::{Arc, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;
use rustc_hash::FxHashMap;

use super::cache::{Cache, Parsed};
use super::registry::{Aliases, cached_path, is_registry_reference, path_in_folder};
use super::{ModuleFolder, Options};
use crate::arm::evaluate::{LoadedTemplate, Loader, Unresolved, UnresolvedKind};
use crate::arm::template::ParameterFile;
use crate::source::{FileId, MAX_FILE_SIZE, ReadError, normalize};

/// How many files `loadDirectoryFileInfo` may list.
const MAX_LISTED_FILES: usize = 10_000;

/// Loads modules and content for the evaluator from disk.
///
/// Modules are read wherever the code names them; content (`load…Content`) only below the given paths or the current directory.
pub(super) struct DiskLoader<'a> {
    pub cache: &'a Cache,
    options: &'a Options,
    /// Canonical directories below which content may be read.
    pub content_roots: Vec<Utf8PathBuf>,
    configurations: RwLock<FxHashMap<Utf8PathBuf, Arc<Configuration>>>,
}

/// The `bicepconfig.json` that holds for a folder.
#[derive(Default)]
struct Configuration {
    aliases: Aliases,
    /// Folders that stand for registries: the user's own first.
    folders: Vec<ModuleFolder>,
    /// Where restored modules lie: the user's own, else the configuration's.
    module_cache: Option<Utf8PathBuf>,
}

impl Configuration {
    fn new(options: &Options, found: Option<(Utf8PathBuf, Arc<str>)>) -> Self {
        let (directory, aliases) = match found {
            Some((directory, text)) => (directory, Aliases::parse(&text)),
            None => (Utf8PathBuf::from("."), Aliases::default()),
        };
        let own = aliases.cache_root.as_deref().map(|root| directory.join(root));
        let folders = options.module_folders.iter().cloned().chain(aliases.folders(&directory)).collect();
        let fallback = || options.default_module_cache.clone();
        let module_cache = options.module_cache.clone().or(own).or_else(fallback);
        Configuration { folders, module_cache, aliases }
    }

    /// Whether a file is a restored one or stands for one: then it is not the user's.
    fn is_restored(&self, path: &Utf8Path) -> bool {
        let folders = self.folders.iter().map(|mapped| &mapped.folder).chain(&self.module_cache);
        folders.map(|folder| normalize(folder)).any(|folder| path.starts_with(folder))
    }
}

impl<'a> DiskLoader<'a> {
    pub(super) fn new(cache: &'a Cache, options: &'a Options, content_roots: Vec<Utf8PathBuf>) -> Self {
        DiskLoader { cache, options, content_roots, configurations: RwLock::default() }
    }

    /// Whether a file is a restored module's, not the user's.
    pub(super) fn is_restored(&self, file: FileId) -> bool {
        self.configuration(file).is_restored(&self.cache.sources.path(file))
    }

    /// A registry reference in a file, with its alias written out; as it is where the alias is not known.
    pub(super) fn expanded(&self, from: FileId, reference: &str) -> String {
        self.configuration(from).aliases.expand(reference)
    }

    fn folder(&self, from: FileId) -> Utf8PathBuf {
        let path = self.cache.sources.path(from);
        path.parent().map_or_else(|| Utf8PathBuf::from("."), Utf8Path::to_owned)
    }

    fn relative(&self, from: FileId, path: &str) -> Result<Utf8PathBuf, Unresolved> {
        if path.is_empty() || Utf8Path::new(path).is_absolute() || path.contains('\\') {
            let reason = format!("'{path}' is not a relative path with '/'");
            return Err(Unresolved::new(UnresolvedKind::Outside, reason));
        }
        Ok(normalize(&self.folder(from).join(path)))
    }

    fn registry(&self, from: FileId, reference: &str) -> Result<Utf8PathBuf, Unresolved> {
        let not_restored = |reason: String| Unresolved::new(UnresolvedKind::NotRestored, reason);
        let configuration = self.configuration(from);
        for mapped in &configuration.folders {
            let Some(folder) = path_in_folder(reference, mapped) else { continue };
            let found =
                ["main.bicep", "main.json"].iter().map(|name| folder.join(name)).find(|path| path.is_file());
            let missing =
                || format!("module '{reference}' is not in {folder}, the folder given for {}", mapped.prefix);
            return found.map(|path| normalize(&path)).ok_or_else(|| not_restored(missing()));
        }
        let Some(cache) = &configuration.module_cache else {
            return Err(not_restored(format!(
                "module '{reference}' is not restored: there is no module cache"
            )));
        };
        let path = cached_path(cache, reference, &configuration.aliases).map_err(not_restored)?;
        if !path.is_file() {
            return Err(not_restored(format!("module '{reference}' is not restored")));
        }
        Ok(normalize(&path))
    }

    /// The nearest `bicepconfig.json` at or above a file's folder, as the compiler finds it.
    fn configuration(&self, from: FileId) -> Arc<Configuration> {
        let folder = self.folder(from);
        if let Some(known) = self.configurations.read().unwrap_or_else(PoisonError::into_inner).get(&folder) {
            return Arc::clone(known);
        }
        let found = folder.ancestors().find_map(|above| {
            let above = if above.as_str().is_empty() { Utf8Path::new(".") } else { above };
            let file = self.cache.sources.load(&above.join("bicepconfig.json")).ok()?;
            Some((above.to_owned(), Arc::clone(self.cache.sources.file(file).text())))
        });
        let configuration = Arc::new(Configuration::new(self.options, found));
        let mut known = self.configurations.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(folder, Arc::clone(&configuration));
        configuration
    }

    fn load(&self, path: &Utf8Path, named: &str) -> Result<FileId, Unresolved> {
        self.cache.sources.load(path).map_err(|error| unresolved(named, &error))
    }

    /// A path whose content may be read.
    fn content_path(&self, from: FileId, path: &str) -> Result<Utf8PathBuf, Unresolved> {
        let full = self.relative(from, path)?;
        let canonical = full.canonicalize_utf8().map_err(|error| unresolved(path, &ReadError::Io(error)))?;
        if self.content_roots.iter().any(|root| canonical.starts_with(root)) {
            return Ok(full);
        }
        let reason = format!("'{path}' lies outside of the scanned paths and is not read");
        Err(Unresolved::new(UnresolvedKind::Outside, reason))
    }
}

fn unresolved(named: &str, error: &ReadError) -> Unresolved {
    match error {
        ReadError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Unresolved::new(UnresolvedKind::Missing, format!("'{named}' does not exist"))
        }
        error => Unresolved::new(UnresolvedKind::Unreadable, format!("'{named}' {error}")),
    }
}

impl Loader for DiskLoader<'_> {
    fn template(&self, from: FileId, source: &str) -> Result<LoadedTemplate, Unresolved> {
        let path = if is_registry_reference(source) {
            self.registry(from, source)?
        } else {
            self.relative(from, source)?
        };
        let file = self.load(&path, source)?;
        match self.cache.parsed(file) {
            Parsed::Template(template) => {
                Ok(LoadedTemplate { template, owned: !self.configuration(from).is_restored(&path) })
            }
            _ => {
                let reason = format!("'{source}' is neither a Bicep file nor an ARM template");
                Err(Unresolved::new(UnresolvedKind::Unreadable, reason))
            }
        }
    }

    fn parameters(&self, from: FileId, path: &str) -> Result<Arc<ParameterFile>, Unresolved> {
        let full = self.relative(from, path)?;
        let file = self.load(&full, path)?;
        match self.cache.parsed(file) {
            Parsed::Parameters(parameters) => Ok(parameters),
            _ => {
                Err(Unresolved::new(UnresolvedKind::Unreadable, format!("'{path}' is not a parameter file")))
            }
        }
    }

    fn text(&self, from: FileId, path: &str) -> Result<(FileId, Arc<str>), Unresolved> {
        let full = self.content_path(from, path)?;
        let file = self.load(&full, path)?;
        Ok((file, Arc::clone(self.cache.sources.file(file).text())))
    }

    fn bytes(&self, from: FileId, path: &str) -> Result<Arc<[u8]>, Unresolved> {
        let full = self.content_path(from, path)?;
        let read = || -> Result<Vec<u8>, ReadError> {
            let meta = std::fs::metadata(&full)?;
            match (meta.is_file(), meta.len()) {
                (false, _) => Err(ReadError::NotAFile),
                (true, size) if size > MAX_FILE_SIZE => Err(ReadError::TooLarge { size }),
                _ => Ok(std::fs::read(&full)?),
            }
        };
        read().map(Arc::from).map_err(|error| unresolved(path, &error))
    }

    fn directory(
        &self,
        from: FileId,
        path: &str,
        pattern: Option<&str>,
    ) -> Result<Vec<Arc<str>>, Unresolved> {
        let full = self.content_path(from, path)?;
        let failed = |reason: String| Unresolved::new(UnresolvedKind::Unreadable, reason);
        let glob = GlobBuilder::new(pattern.unwrap_or("*"))
            .case_insensitive(true)
            .build()
            .map_err(|error| {
                failed(format!("'{}' is not a file name pattern: {error}", pattern.unwrap_or("*")))
            })?
            .compile_matcher();
        let mut files = Vec::new();
        let mut open = vec![full.clone()];
        while let Some(directory) = open.pop() {
            let entries =
                directory.read_dir_utf8().map_err(|error| unresolved(path, &ReadError::Io(error)))?;
            for entry in entries.flatten() {
                let Ok(file_type) = entry.file_type() else { continue };
                if file_type.is_dir() {
                    open.push(entry.path().to_owned());
                } else if file_type.is_file() && glob.is_match(entry.file_name()) {
                    files.push(entry.path().to_owned());
                }
            }
            if files.len() > MAX_LISTED_FILES {
                return Err(failed(format!("'{path}' holds more than {MAX_LISTED_FILES} files")));
            }
        }
        files.sort_unstable();
        let below =
            |file: &Utf8PathBuf| file.strip_prefix(&full).map_or(file.as_str(), Utf8Path::as_str).into();
        Ok(files.iter().map(below).collect())
    }
}
