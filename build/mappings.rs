//! Compiles `mappings/azurerm/*.yaml` into the static tables of `terraform::mapping`.

#[path = "mappings/emit.rs"]
mod emit;
#[path = "mappings/lower.rs"]
mod lower;
#[path = "mappings/written.rs"]
mod written;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes `mappings.rs` into `out_dir`: the static `TABLES`, sorted by type. What is wrong in a table is
/// an error of the build, with its file.
pub(crate) fn compile(out_dir: &Path) {
    for path in ["mappings", "build/mappings.rs", "build/mappings"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let written = generate(Path::new("mappings")).and_then(|code| {
        fs::write(out_dir.join("mappings.rs"), code).map_err(|error| vec![format!("mappings.rs: {error}")])
    });
    for line in written.err().iter().flatten().flat_map(|error| error.lines()) {
        println!("cargo::error={line}");
    }
}

/// The generated code, or every error of every file.
fn generate(root: &Path) -> Result<String, Vec<String>> {
    let mut tables: BTreeMap<String, (String, lower::Table)> = BTreeMap::new();
    let mut errors = Vec::new();
    for path in yaml_files(&root.join("azurerm")).map_err(|error| vec![error])? {
        let shown = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                errors.push(format!("{shown}: {error}"));
                continue;
            }
        };
        match lower::file(&text) {
            Ok(found) => {
                for table in found {
                    let name = table.name.clone();
                    if let Some((other, _)) = tables.insert(name.clone(), (shown.clone(), table)) {
                        errors.push(format!("{shown}: {name} is in {other} too"));
                    }
                }
            }
            Err(found) => errors.extend(found.into_iter().map(|error| format!("{shown}: {error}"))),
        }
    }
    if errors.is_empty() { Ok(emit::code(tables.values().map(|(_, table)| table))) } else { Err(errors) }
}

/// The YAML files of a folder, sorted.
fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    Ok(paths)
}
