//! `.terraform/modules/modules.json`: where `terraform init` put the modules that are not local.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::source::{Diagnostic, DiagnosticCode, Level, ReadError, Sources};

/// The modules that are installed, by the dotted path of their calls (`network.subnets`).
#[derive(Debug, Default)]
pub(super) struct Manifest {
    directories: IndexMap<String, Utf8PathBuf>,
}

#[derive(Deserialize)]
struct ManifestFile {
    #[serde(rename = "Modules", default)]
    modules: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Key", default)]
    key: String,
    #[serde(rename = "Dir", default)]
    directory: Utf8PathBuf,
}

impl Manifest {
    /// Reads the manifest of a root directory; without one nothing is installed.
    pub(super) fn load(root: &Utf8Path, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let path = root.join(".terraform/modules/modules.json");
        let file = match sources.load(&path) {
            Ok(id) => sources.file(id),
            Err(ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                return Self::default();
            }
            Err(error) => {
                diagnostics.push(unreadable(&format!("the file {error}"), &path));
                return Self::default();
            }
        };
        match serde_json::from_str::<ManifestFile>(file.text()) {
            Ok(manifest) => Self::new(manifest, root),
            Err(error) => {
                diagnostics.push(unreadable(&format!("not a module manifest: {error}"), &path));
                Self::default()
            }
        }
    }

    fn new(manifest: ManifestFile, root: &Utf8Path) -> Self {
        let inside = |directory: &Utf8Path| {
            directory.is_relative() && !directory.components().any(|part| part.as_str() == "..")
        };
        let installed = manifest.modules.into_iter().filter(|entry| inside(&entry.directory));
        Manifest { directories: installed.map(|entry| (entry.key, root.join(entry.directory))).collect() }
    }

    /// All directories of installed modules, in order.
    pub(super) fn directories(&self) -> impl Iterator<Item = &Utf8Path> {
        self.directories.values().map(Utf8PathBuf::as_path)
    }

    /// Where the module of a call path is installed.
    pub(super) fn directory(&self, call_path: &str) -> Option<&Utf8Path> {
        self.directories.get(call_path).map(Utf8PathBuf::as_path)
    }
}

fn unreadable(message: &str, path: &Utf8Path) -> Diagnostic {
    Diagnostic::about_path(Level::Warning, DiagnosticCode::FileUnresolved, message, path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installed_modules_stay_inside_the_root() {
        let text = r#"{"Modules":[
            {"Key":"","Source":"","Dir":"."},
            {"Key":"a.b","Source":"x","Version":"1.0.0","Dir":".terraform/modules/a.b"},
            {"Key":"out","Dir":"../../etc"},
            {"Key":"abs","Dir":"/etc"}]}"#;
        let manifest = Manifest::new(serde_json::from_str(text).unwrap(), Utf8Path::new("infra"));
        assert_eq!(manifest.directory("a.b"), Some(Utf8Path::new("infra/.terraform/modules/a.b")));
        assert_eq!(manifest.directory("out"), None);
        assert_eq!(manifest.directory("abs"), None);
    }
}
