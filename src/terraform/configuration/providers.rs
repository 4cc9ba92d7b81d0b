//! Which version of each provider the modules of a root and its lock file pin.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use super::manifest::Manifest;
use super::module::{BodyView, Module, literal_string};
use super::store::Modules;
use super::version;
use crate::source::{Diagnostic, DiagnosticCode, Level, ReadError, Sources, normalize};
use crate::terraform::ast::{ExprKind, File, Literal};
use crate::terraform::syntax;

/// How many modules are looked into for constraints.
const MAX_MODULES: usize = 5_000;

/// The major version of azurerm that is assumed where nothing pins one.
const DEFAULT_MAJOR: u32 = 4;

/// Version constraints of a root's modules, and the versions that its lock file holds.
#[derive(Debug, Default)]
pub(super) struct Providers {
    /// Exact versions by the provider's name (`azurerm`).
    locked: FxHashMap<String, (u32, u32)>,
    /// Constraints by the provider's name, the root module's first.
    constraints: FxHashMap<Arc<str>, Vec<Arc<str>>>,
}

impl Providers {
    /// Reads `.terraform.lock.hcl` of a root directory, if there is one.
    pub(super) fn load(root: &Utf8Path, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let path = root.join(".terraform.lock.hcl");
        let mut providers = Providers::default();
        match sources.load(&path) {
            Ok(id) => providers.lock(&syntax::parse(id, sources.file(id).text())),
            Err(ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("the lock file {error}");
                let code = DiagnosticCode::FileUnresolved;
                diagnostics.push(Diagnostic::about_path(Level::Warning, code, message, path.as_str()));
            }
        }
        providers
    }

    fn lock(&mut self, file: &File) {
        for block in file.body.blocks.iter().filter(|block| &*block.block_type == "provider") {
            let name = block.labels.first().and_then(|label| label.text.rsplit('/').next());
            let locked = BodyView::of(file, &block.body).literal("version").and_then(version::exact);
            if let (Some(name), Some(version)) = (name, locked) {
                self.locked.insert(name.to_owned(), version);
            }
        }
    }

    /// Adds the constraints of a root module and of all modules that it can lead to: those that calls name by path, and the
    /// installed ones. Nothing is evaluated for that: the versions decide what an absent attribute is worth.
    pub(super) fn gather(&mut self, modules: &Modules<'_>, root: &Arc<Module>, manifest: &Manifest) {
        let mut seen: FxHashSet<Utf8PathBuf> = FxHashSet::default();
        let mut open = vec![Arc::clone(root)];
        open.extend(manifest.directories().filter(|path| path.is_dir()).map(|path| modules.load(path)));
        open.reverse();
        while let Some(module) = open.pop() {
            if !seen.insert(module.directory.clone()) || seen.len() > MAX_MODULES {
                continue;
            }
            self.add(&module);
            for (source, _) in module.local_sources() {
                let directory = normalize(&module.directory.join(&*source));
                if directory.is_dir() && !seen.contains(&directory) {
                    open.push(modules.load(&directory));
                }
            }
        }
    }

    /// Adds the constraints of a module.
    fn add(&mut self, module: &Module) {
        for file in module.syntax() {
            for block in &file.body.blocks {
                match &*block.block_type {
                    "terraform" => {
                        let view = BodyView::of(file, &block.body);
                        for (file, required) in view.blocks_of("required_providers") {
                            self.add_required(file, &BodyView::of(file, &required.body));
                        }
                    }
                    // before Terraform 0.13 the constraint stood in the provider's own block
                    "provider" => {
                        let constraint = BodyView::of(file, &block.body).literal("version");
                        if let (Some(label), Some(constraint)) = (block.labels.first(), constraint) {
                            self.add_constraint(&label.text, constraint);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn add_required(&mut self, file: &File, required: &BodyView<'_>) {
        for (_, attribute) in &required.attributes {
            if let Some(constraint) = literal_string(file, attribute.value) {
                self.add_constraint(&attribute.name, constraint);
                continue;
            }
            let ExprKind::Object(items) = &file.expressions[attribute.value].kind else { continue };
            let text_of = |wanted: &str| {
                let item = items.iter().find(|item| match &file.expressions[item.key].kind {
                    ExprKind::Literal(Literal::String(key)) => &**key == wanted,
                    _ => false,
                })?;
                literal_string(file, item.value)
            };
            let name =
                text_of("source").and_then(|source| source.rsplit('/').next()).unwrap_or(&attribute.name);
            if let Some(constraint) = text_of("version") {
                self.add_constraint(name, constraint);
            }
        }
    }

    fn add_constraint(&mut self, provider: &str, constraint: &str) {
        let all = self.constraints.entry(Arc::from(provider)).or_default();
        if !all.iter().any(|seen| **seen == *constraint) {
            all.push(Arc::from(constraint));
        }
    }

    /// The major version of azurerm whose defaults count.
    pub(super) fn azurerm_major(&self) -> u32 {
        self.version("azurerm").map_or(DEFAULT_MAJOR, |(major, _)| major)
    }

    /// The major and minor version of a provider: the locked one, else what `terraform init` would select under all constraints.
    pub(super) fn version(&self, provider: &str) -> Option<(u32, u32)> {
        if let Some(version) = self.locked.get(provider) {
            return Some(*version);
        }
        let constraints = self.constraints.get(provider)?;
        version::pinned(provider, &constraints.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn providers(text: &str) -> Providers {
        let file = syntax::parse(Sources::new().add_text("main.tf", text), text);
        let mut providers = Providers::default();
        providers.add(&Module::new("m".into(), vec![file], Vec::new()));
        providers
    }

    #[test]
    fn constraints_of_all_modules_meet_and_the_lock_file_wins() {
        let mut providers = providers(
            "terraform {\n  required_providers {\n    azurerm = {\n      source = \"hashicorp/azurerm\"\n      version = \">= 3.0\"\n    }\n    rm = {\n      source = \"x/azapi\"\n      version = \"~> 1.4\"\n    }\n  }\n}\nprovider \"azurerm\" {\n  version = \"< 5.0\"\n}\n",
        );
        assert_eq!(providers.version("azurerm"), Some((4, 81)));
        assert_eq!(providers.version("azapi"), Some((1, 4)));
        assert_eq!(providers.version("random"), None);
        let text = "provider \"registry.terraform.io/hashicorp/azurerm\" {\n  version = \"4.14.0\"\n}\n";
        providers.lock(&syntax::parse(Sources::new().add_text(".terraform.lock.hcl", text), text));
        assert_eq!(providers.version("azurerm"), Some((4, 14)));
    }
}
