//! Which `.tfvars` files a Terraform directory is evaluated with.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::cache::Cache;
use super::evaluate::folder_of;
use super::read::{Content, ReadFile};
use crate::source::{Diagnostic, DiagnosticCode, Level};
use crate::terraform::configuration::Module;
use crate::terraform::syntax;

/// The variable files that lie beside a Terraform root and that Terraform does not load by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct VariableSets {
    /// Files that give variables which otherwise have no value: often one an environment. Each makes a deployment of its own.
    pub one_each: Vec<Utf8PathBuf>,
    /// The others: not used.
    pub unused: Vec<Utf8PathBuf>,
}

/// Sorts the variable files beside a root module.
///
/// Terraform itself would ask for the missing values, so a file that has them is meant to be given with `-var-file`.
pub(super) fn sets(
    module: &Module,
    environment: &BTreeMap<String, String>,
    files: &[ReadFile],
    cache: &Cache,
) -> VariableSets {
    let here = || files.iter().filter(|file| folder_of(&file.path) == module.directory);
    let mut missing: BTreeSet<&str> =
        module.required_variables().filter(|name| !environment.contains_key(*name)).collect();
    let mut sets = VariableSets::default();
    let mut others = Vec::new();
    for file in here().filter(|file| matches!(file.content, Content::Variables)) {
        let given = assigned(file, cache);
        if is_automatic(&file.path) {
            missing.retain(|name| !given.contains(*name));
        } else {
            others.push((file.path.clone(), given));
        }
    }
    for (path, given) in others {
        let list = if missing.iter().any(|name| given.contains(*name)) {
            &mut sets.one_each
        } else {
            &mut sets.unused
        };
        list.push(path);
    }
    sets
}

/// The note about a variable file that was not used.
pub(super) fn unused_note(path: &Utf8Path) -> Diagnostic {
    let message =
        "was not used: Terraform does not load it by itself, and every variable has a value without it";
    Diagnostic::about_path(Level::Note, DiagnosticCode::Parameters, message, path.as_str())
        .with_help(format!("give it with --var-file {path}"))
}

/// Whether Terraform loads the file without being told.
fn is_automatic(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
        || name.ends_with(".auto.tfvars")
        || name.ends_with(".auto.tfvars.json")
}

fn assigned(file: &ReadFile, cache: &Cache) -> BTreeSet<String> {
    let source = cache.sources.file(file.id);
    let is_json = file.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let parse = if is_json { syntax::parse_json_variables } else { syntax::parse };
    let parsed = parse(file.id, source.text());
    parsed.body.attributes.iter().map(|attribute| attribute.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_loads_these_by_itself() {
        assert!(is_automatic("a/terraform.tfvars".into()));
        assert!(is_automatic("x.auto.tfvars.json".into()));
        assert!(!is_automatic("dev.tfvars".into()));
    }
}
