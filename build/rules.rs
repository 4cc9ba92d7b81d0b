//! Compiles the heads of the rule files into constants and an index by resource type.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

#[allow(dead_code, unused_imports, unreachable_pub)] // the program uses the rest of it
#[path = "../src/rules/format/mod.rs"]
mod format;

use format::{Asked, Plans, Rule};

/// Where the built-in rules stand.
const FOLDER: &str = "rulesets/azure";

/// Writes `rules.rs` into `out_dir`: the rules as Rust constants, and which of them are asked of which resource type.
/// What is wrong in a rule file is an error of the build, with its place.
pub(crate) fn compile(out_dir: &Path) {
    for path in [FOLDER, "build/rules.rs", "src/rules/format"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let mut files = Vec::new();
    if let Err(error) = collect(Path::new(FOLDER), &mut files) {
        println!("cargo::error={FOLDER} cannot be read: {error}");
        return;
    }
    files.sort();
    let rules: Vec<Rule> = files.iter().filter_map(|path| read(path)).collect();
    if let Err(error) = fs::write(out_dir.join("rules.rs"), table(&rules, plans(Path::new(FOLDER)).as_ref()))
    {
        println!("cargo::error=the table of rules cannot be written: {error}");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Option<Rule> {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            println!("cargo::error={shown}: {error}");
            return None;
        }
    };
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    match format::parse_rule(&text, name) {
        Ok(rule) => Some(rule),
        Err(errors) => {
            for error in errors {
                let (line, column) = error.position(&text);
                let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
                println!("cargo::error={shown}:{line}:{column}: {}{help}", error.message);
            }
            None
        }
    }
}

/// The table of Defender plans.
fn plans(folder: &Path) -> Option<Plans> {
    let path = folder.join("defender/plans.yaml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            println!("cargo::error={}: {error}", path.display());
            return None;
        }
    };
    match format::parse_plans(&text) {
        Ok(plans) => Some(plans),
        Err(errors) => {
            for error in errors {
                let (line, column) = error.position(&text);
                println!("cargo::error={}:{line}:{column}: {}", path.display(), error.message);
            }
            None
        }
    }
}

/// The Rust source of the tables. A rule's `Debug` is its source.
fn table(rules: &[Rule], plans: Option<&Plans>) -> String {
    let mut by_type: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut of_deployment = Vec::new();
    let mut of_estate = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        if rule.is_about_estate() {
            of_estate.push(index);
        }
        match &rule.subject {
            Asked::Deployment => of_deployment.push(index),
            Asked::Baseline(_) => {}
            Asked::Types(types) => {
                for name in types.iter() {
                    by_type.entry(name.to_ascii_lowercase()).or_default().push(index);
                }
            }
        }
    }
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "pub(super) static RULES: &[Rule] = &[");
    for rule in rules {
        let _ = writeln!(out, "{rule:?},");
    }
    let _ = writeln!(out, "];\npub(super) static BY_TYPE: &[(&str, &[usize])] = &[");
    for (name, indices) in &by_type {
        let _ = writeln!(out, "({name:?}, &{indices:?}),");
    }
    let unset: Vec<usize> =
        rules.iter().enumerate().filter(|(_, rule)| !rule.is_set()).map(|(index, _)| index).collect();
    let _ = writeln!(out, "];\npub(super) static OF_DEPLOYMENT: &[usize] = &{of_deployment:?};");
    let _ = writeln!(out, "/// Rules with a parameter that has no value until the user gives one.");
    let _ = writeln!(out, "pub(super) static UNSET: &[usize] = &{unset:?};");
    let _ = writeln!(out, "pub(super) static OF_ESTATE: &[usize] = &{of_estate:?};");
    if let Some(plans) = plans {
        let _ = writeln!(out, "pub(super) static PLANS: Plans = {plans:?};");
    }
    out
}
