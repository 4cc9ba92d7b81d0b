use camino::Utf8Path;

/// What a file is by its name. Whether JSON is a template shows only in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// `.bicep`
    Bicep,
    /// `.bicepparam`
    BicepParameters,
    /// `.json`, `.jsonc`: a template, a parameter file, a plan, or something else.
    Json,
    /// `.tf`, `.tofu`, and their JSON forms.
    Terraform,
    /// `.tfvars`, `.tfvars.json`
    TerraformVariables,
}

/// The kind of a file name; `None` for what is none of ours.
pub(super) fn kind_of_name(path: &Utf8Path) -> Option<Kind> {
    let name = path.file_name()?;
    let ends = |suffix: &str| {
        name.len() > suffix.len()
            && name.get(name.len() - suffix.len()..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    const TABLE: [(&str, Kind); 10] = [
        (".bicep", Kind::Bicep),
        (".bicepparam", Kind::BicepParameters),
        (".tf", Kind::Terraform),
        (".tf.json", Kind::Terraform),
        (".tofu", Kind::Terraform),
        (".tofu.json", Kind::Terraform),
        (".tfvars", Kind::TerraformVariables),
        (".tfvars.json", Kind::TerraformVariables),
        (".json", Kind::Json),
        (".jsonc", Kind::Json),
    ];
    TABLE.into_iter().find(|(suffix, _)| ends(suffix)).map(|(_, kind)| kind)
}

/// Whether the beginning of a JSON file that cannot be read as text looks like infrastructure code all the same: then it is worth
/// a diagnostic, otherwise it is some other data.
pub(super) fn bytes_look_like_ours(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 3] =
        [b"deploymentTemplate.json", b"deploymentParameters.json", b"\"terraform_version\""];
    MARKS.iter().any(|mark| bytes.windows(mark.len()).any(|window| window.eq_ignore_ascii_case(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_the_longest_suffix_wins() {
        let kind = |name: &str| kind_of_name(Utf8Path::new(name));
        assert_eq!(kind("a/main.bicep"), Some(Kind::Bicep));
        assert_eq!(kind("MAIN.BICEPPARAM"), Some(Kind::BicepParameters));
        assert_eq!(kind("main.tf.json"), Some(Kind::Terraform));
        assert_eq!(kind("x.tfvars.json"), Some(Kind::TerraformVariables));
        assert_eq!(kind("x.json"), Some(Kind::Json));
        assert_eq!(kind(".tf"), None);
        assert_eq!(kind("readme.md"), None);
    }

    #[test]
    fn broken_templates_are_told_from_data() {
        assert!(bytes_look_like_ours(b"\xff{\"$schema\": \"https://x/deploymentTemplate.json#\""));
        assert!(!bytes_look_like_ours(b"{\"a\": 1}"));
    }
}
