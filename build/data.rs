//! Compiles the tables of `rulesets/data` into static tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the tables stand.
const FOLDER: &str = "rulesets/data";

/// Turns the lines of a table, with their numbers, into Rust source.
type Compile = fn(&[(usize, &str)]) -> Result<String, String>;

/// A file, what it is compiled to, and how.
const TABLES: [(&str, &str, Compile); 3] = [
    ("roles.tsv", "roles.rs", roles),
    ("remediating-policies.tsv", "policies.rs", policies),
    ("secret-properties.tsv", "secret_properties.rs", secret_properties),
];

/// Writes all tables into `out_dir`. What is wrong in one is an error of the build, with its file and line.
pub(crate) fn compile(out_dir: &Path) {
    for path in [FOLDER, "build/data.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    for (file, out, compile) in TABLES {
        let text = fs::read_to_string(Path::new(FOLDER).join(file)).map_err(|error| error.to_string());
        let code = text.and_then(|text| {
            let lines: Vec<(usize, &str)> = (1..)
                .zip(text.lines())
                .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
                .collect();
            compile(&lines)
        });
        let written =
            code.and_then(|code| fs::write(out_dir.join(out), code).map_err(|error| error.to_string()));
        if let Err(error) = written {
            println!("cargo::error={FOLDER}/{file}: {error}");
        }
    }
}

/// `ROLES`, sorted by id, and `BY_NAME`, the names in lower case, sorted, with their index.
fn roles(lines: &[(usize, &str)]) -> Result<String, String> {
    let mut roles: Vec<[&str; 5]> = Vec::new();
    for (number, line) in lines {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let role = [next(), next(), next(), next(), next()];
        if role[0].len() != 36 || role[1].is_empty() {
            return Err(format!("line {number}: expected a GUID, a name and a tier"));
        }
        roles.push(role);
    }
    roles.sort_unstable();
    let mut names: Vec<(String, usize)> =
        roles.iter().enumerate().map(|(index, role)| (role[1].to_ascii_lowercase(), index)).collect();
    names.sort();
    if let Some(pair) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("role '{}' is there twice", pair[0].0));
    }
    let mut out = String::from("pub(super) static ROLES: &[BuiltInRole] = &[\n");
    for [id, name, tier, plane, why] in &roles {
        let tier = match *tier {
            "critical" => "Critical",
            "high" => "High",
            "medium" => "Medium",
            "low" => "Low",
            other => return Err(format!("role '{name}': '{other}' is no tier")),
        };
        let plane = match *plane {
            "control" => "Some(Plane::Control)",
            "data" => "Some(Plane::Data)",
            "" => "None",
            other => return Err(format!("role '{name}': '{other}' is no plane")),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "BuiltInRole {{ id: {id:?}, name: {name:?}, tier: Tier::{tier}, plane: {plane}, why: {why:?} }},"
        );
    }
    let _ = writeln!(out, "];\npub(super) static BY_NAME: &[(&str, usize)] = &{names:?};");
    Ok(out)
}

/// `REMEDIATING`, sorted by id: whether the policy remediates by default.
fn policies(lines: &[(usize, &str)]) -> Result<String, String> {
    let mut policies: Vec<(&str, bool)> = Vec::new();
    for (number, line) in lines {
        match line.split_once('\t') {
            Some((id, "default")) if id.len() == 36 => policies.push((id, true)),
            Some((id, "possible")) if id.len() == 36 => policies.push((id, false)),
            _ => return Err(format!("line {number}: expected a GUID and 'default' or 'possible'")),
        }
    }
    policies.sort_unstable();
    Ok(format!("static REMEDIATING: &[(&str, bool)] = &{policies:?};\n"))
}

/// `PROPERTIES`: the paths of each type, sorted by the type in lower case.
fn secret_properties(lines: &[(usize, &str)]) -> Result<String, String> {
    let mut properties: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (number, line) in lines {
        match line.split_once('\t') {
            Some((kind, path)) if kind.bytes().all(|byte| !byte.is_ascii_uppercase()) => {
                properties.entry(kind).or_default().push(path);
            }
            _ => return Err(format!("line {number}: expected a type in lower case and a path")),
        }
    }
    let mut out = String::from("static PROPERTIES: &[(&str, &[&str])] = &[\n");
    for (kind, paths) in properties {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "({kind:?}, &{paths:?}),");
    }
    out.push_str("];\n");
    Ok(out)
}
