use camino::Utf8Path;

/// How a JSON parameter file and a template of the same folder go together by their names, the better the smaller; `None` if they do not.
///
/// `main.parameters.json`, `main.dev.parameters.json`, `main.parameters.dev.json` and `main-parameters.json` all belong to `main.bicep` or
/// `main.json`; so do `parameters.json`, `dev.parameters.json` and the like when the folder has only one template.
pub(super) fn fit(parameter_file: &Utf8Path, template: &Utf8Path, only_template: bool) -> Option<usize> {
    let stem = template.file_stem()?.to_ascii_lowercase();
    let name = parameter_file.file_name()?.to_ascii_lowercase();
    let name = name.strip_suffix(".json").or_else(|| name.strip_suffix(".jsonc"))?;
    let rest = name.strip_prefix(&stem);
    match rest {
        Some(rest) if rest.starts_with(['.', '-', '_']) && rest.contains("param") => Some(rest.len()),
        _ => only_template.then_some(usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_go_together() {
        let fit =
            |parameters: &str, template: &str, only| fit(parameters.into(), template.into(), only).is_some();
        assert!(fit("a/azuredeploy.parameters.json", "a/azuredeploy.json", false));
        assert!(fit("a/azuredeploy.parameters.dev.json", "a/azuredeploy.json", false));
        assert!(fit("a/main.prod.parameters.json", "a/main.bicep", false));
        assert!(!fit("a/mainframe.parameters.json", "a/main.bicep", false));
        assert!(!fit("a/parameters.json", "a/main.bicep", false));
        assert!(fit("a/parameters.json", "a/main.bicep", true));
    }
}
