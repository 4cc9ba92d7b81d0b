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

/// Writes `mappings.rs` into `out_dir`: the static `TABLES`, sorted by type, and `ROLES`, sorted by name. What is wrong in a
/// table is an error of the build, with its file.
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
    let roles_path = root.join("roles.tsv");
    let roles =
        fs::read_to_string(&roles_path).map_err(|error| error.to_string()).and_then(|text| roles(&text));
    match roles {
        Ok(roles) if errors.is_empty() => Ok(emit::code(tables.values().map(|(_, table)| table), &roles)),
        Ok(_) => Err(errors),
        Err(error) => {
            errors.push(format!("roles.tsv: {error}"));
            Err(errors)
        }
    }
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

/// Names of built-in roles and their definitions' GUIDs, sorted by the name in small letters.
fn roles(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut roles = Vec::new();
    for (number, line) in
        text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
    {
        let Some((id, name)) = line.split_once('\t') else {
            return Err(format!("line {}: expected a GUID, a tab and a name", number + 1));
        };
        roles.push((name.to_ascii_lowercase(), id.to_owned()));
    }
    roles.sort();
    match roles.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(format!("role '{}' is there twice", pair[0].0)),
        None => Ok(roles),
    }
}
