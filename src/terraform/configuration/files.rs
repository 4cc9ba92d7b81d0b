//! Which files of a directory form a module, and in which order they are merged.

use std::collections::BTreeSet;

/// A file of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModuleFile {
    /// Its name in the directory.
    pub(super) name: String,
    /// JSON syntax.
    pub(super) json: bool,
    /// Its blocks change those of the other files instead of adding to them.
    pub(super) is_override: bool,
}

/// The files of a module among the names in its directory: configuration in lexical order, then override files in lexical order.
///
/// Hidden files and editors' backups are skipped. OpenTofu's rule is followed: `x.tofu` stands in place of `x.tf`.
pub(super) fn select<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<ModuleFile> {
    let names: BTreeSet<&str> = names.into_iter().filter(|name| !is_ignored(name)).collect();
    let mut files: Vec<ModuleFile> = Vec::new();
    for name in &names {
        let Some((stem, extension)) = split(name) else { continue };
        let tofu = match extension {
            ".tf" => Some(".tofu"),
            ".tf.json" => Some(".tofu.json"),
            _ => None,
        };
        if tofu.is_some_and(|tofu| names.contains(format!("{stem}{tofu}").as_str())) {
            continue;
        }
        files.push(ModuleFile {
            name: (*name).to_owned(),
            json: extension.ends_with(".json"),
            is_override: stem == "override" || stem.ends_with("_override"),
        });
    }
    files.sort_by_key(|file| file.is_override);
    files
}

/// The variable files that are read without being asked for, in their order: later ones win.
pub(super) fn automatic_variables<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let names: BTreeSet<&str> = names.into_iter().filter(|name| !is_ignored(name)).collect();
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].into_iter().filter(|name| names.contains(name));
    let automatic = names
        .iter()
        .copied()
        .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    fixed.chain(automatic).map(str::to_owned).collect()
}

fn split(name: &str) -> Option<(&str, &str)> {
    [".tf", ".tf.json", ".tofu", ".tofu.json"]
        .into_iter()
        .find_map(|extension| name.strip_suffix(extension).map(|stem| (stem, extension)))
        .filter(|(stem, _)| !stem.is_empty())
}

fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_come_last_and_tofu_shadows() {
        let names = [
            "z.tf",
            "override.tf",
            "a.tf.json",
            "main.tf",
            "main.tofu",
            "sec_override.tf.json",
            ".hidden.tf",
            "x.tf~",
            "#x.tf#",
            "x.tftest.hcl",
            "terraform.tfvars",
            "README.md",
            ".terraform.lock.hcl",
        ];
        let selected: Vec<(String, bool, bool)> =
            select(names).into_iter().map(|file| (file.name, file.json, file.is_override)).collect();
        let expected = [
            ("a.tf.json", true, false),
            ("main.tofu", false, false),
            ("z.tf", false, false),
            ("override.tf", false, true),
            ("sec_override.tf.json", true, true),
        ];
        assert_eq!(selected, expected.map(|(name, json, over)| (name.to_owned(), json, over)));
    }

    #[test]
    fn variable_files_are_in_their_order_of_precedence() {
        let names = [
            "b.auto.tfvars",
            "a.auto.tfvars.json",
            "terraform.tfvars",
            "prod.tfvars",
            "terraform.tfvars.json",
        ];
        assert_eq!(
            automatic_variables(names),
            ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars.json", "b.auto.tfvars"]
        );
    }
}
