//! Which files a template calls, without evaluating it.

use camino::{Utf8Path, Utf8PathBuf};

use super::registry::is_registry_reference;
use crate::arm::template::{
    ExprKind, Literal, ModuleDeclaration, ModuleSource, ResourceDeclaration, Template,
};
use crate::source::normalize;

/// What a template calls.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// Paths, as reported.
    pub paths: Vec<Utf8PathBuf>,
    /// Literal `.json` file names in a template that links others by URI: any file below the template's folder of that name may be meant.
    pub linked_names: Vec<String>,
}

/// The calls of `template`, which lies in `folder`.
pub(super) fn calls_of(template: &Template, folder: &Utf8Path) -> Calls {
    let mut calls = Calls::default();
    collect(template, folder, &mut calls);
    calls
}

fn collect(template: &Template, folder: &Utf8Path, calls: &mut Calls) {
    let mut links = false;
    for module in &template.modules {
        links |= collect_module(module, folder, calls);
    }
    // Depth is bounded: children nest no deeper than the parsers let them.
    let mut open: Vec<&ResourceDeclaration> = template.resources.iter().collect();
    while let Some(resource) = open.pop() {
        open.extend(&resource.children);
        if let Some(module) = &resource.deployment {
            links |= collect_module(module, folder, calls);
        }
    }
    if links {
        calls.linked_names.extend(template.expressions.iter().filter_map(|expr| match &expr.kind {
            ExprKind::Literal(Literal::String(text)) => linked_name(text),
            _ => None,
        }));
    }
}

/// Adds what one module calls; true if it is linked by URI.
fn collect_module(module: &ModuleDeclaration, folder: &Utf8Path, calls: &mut Calls) -> bool {
    match &module.source {
        ModuleSource::Local(path) if !is_registry_reference(path) => {
            calls.paths.push(normalize(&folder.join(&**path)));
            false
        }
        ModuleSource::Inline(nested) | ModuleSource::InlineOuter(nested) => {
            collect(nested, folder, calls);
            false
        }
        ModuleSource::Uri(_) => true,
        ModuleSource::Local(_) | ModuleSource::Registry(_) | ModuleSource::Missing(_) => false,
    }
}

fn linked_name(text: &str) -> Option<String> {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let path = path.trim_start_matches(['/', '.']);
    (path.len() > 5 && path.to_ascii_lowercase().ends_with(".json") && !path.contains("..")).then(|| {
        // Of a whole URI only the last part can be a file here.
        if path.contains("://") {
            path.rsplit('/').next().unwrap_or(path).to_owned()
        } else {
            path.to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_names_are_json_paths() {
        assert_eq!(linked_name("nested/vnet.json").as_deref(), Some("nested/vnet.json"));
        assert_eq!(linked_name("/nested/vnet.json?x=1").as_deref(), Some("nested/vnet.json"));
        assert_eq!(linked_name("https://h/a/b.JSON").as_deref(), Some("b.JSON"));
        assert_eq!(linked_name("hello"), None);
        assert_eq!(linked_name(".json"), None);
    }
}
