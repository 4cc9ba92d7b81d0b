//! Module calls whose source is no path: a registry, a repository, an archive.

use crate::arm::template::{ModuleDeclaration, ModuleSource, ResourceDeclaration, Template};
use crate::source::Span;

use super::cache::{Cache, Parsed};
use super::loader::DiskLoader;
use super::registry::is_registry_reference;
use crate::terraform::configuration::Modules;

/// A module call whose source is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalModule {
    /// The source as written.
    pub written: String,
    /// Host and path, without scheme, user and version: `mcr.microsoft.com/bicep/avm/res/key-vault/vault`, `github.com/contoso/net`.
    pub address: String,
    /// Where the source is written.
    pub span: Span,
}

/// Those in the files of the user's own, by place.
pub(super) fn external_modules(
    cache: &Cache,
    modules: &Modules<'_>,
    loader: &DiskLoader<'_>,
) -> Vec<ExternalModule> {
    let mut found = Vec::new();
    for (file, parsed) in cache.all() {
        let template = match parsed {
            Parsed::Template(template) => template,
            Parsed::Parameters(_) | Parsed::Other => continue,
        };
        if loader.is_restored(file) {
            continue;
        }
        in_template(&template, &mut |written, span| {
            let address = address_of_bicep(&loader.expanded(file, written));
            found.push(ExternalModule { written: written.to_owned(), address, span });
        });
    }
    for module in modules.all() {
        for (written, span) in module.remote_sources() {
            let path = cache.sources.path(span.file);
            if path.components().any(|part| part.as_str() == ".terraform") {
                continue;
            }
            let address = address_of_terraform(&written);
            found.push(ExternalModule { written: written.to_string(), address, span });
        }
    }
    found.sort_by_cached_key(|one| (cache.sources.path(one.span.file), one.span.start));
    found
}

fn in_template(template: &Template, tell: &mut dyn FnMut(&str, Span)) {
    template.modules.iter().for_each(|module| in_module(module, tell));
    // Depth is bounded: children nest no deeper than the parsers let them.
    let mut open: Vec<&ResourceDeclaration> = template.resources.iter().collect();
    while let Some(resource) = open.pop() {
        open.extend(&resource.children);
        resource.deployment.iter().for_each(|module| in_module(module, tell));
    }
}

fn in_module(module: &ModuleDeclaration, tell: &mut dyn FnMut(&str, Span)) {
    match &module.source {
        ModuleSource::Registry(source) => tell(source, module.source_span),
        ModuleSource::Local(source) if is_registry_reference(source) => tell(source, module.source_span),
        ModuleSource::Inline(nested) | ModuleSource::InlineOuter(nested) => in_template(nested, tell),
        ModuleSource::Local(_) | ModuleSource::Uri(_) | ModuleSource::Missing(_) => {}
    }
}

/// `br:contoso.azurecr.io/bicep/net:v1` → `contoso.azurecr.io/bicep/net`.
fn address_of_bicep(reference: &str) -> String {
    let rest = reference.split_once(':').map_or(reference, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(path, _)| path);
    let path = match rest.rsplit_once(':') {
        // a port is followed by a path
        Some((path, tag)) if !tag.contains('/') => path,
        _ => rest,
    };
    path.to_ascii_lowercase()
}

/// Host and path of a Terraform module source.
fn address_of_terraform(source: &str) -> String {
    let rest = ["git::", "hg::", "s3::", "gcs::"].iter().find_map(|kind| source.strip_prefix(kind));
    let rest = rest.unwrap_or(source).split('?').next().unwrap_or_default();
    let has_scheme = rest.contains("://");
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) if !user.contains('/') => (Some(user), rest),
        _ => (None, rest),
    };
    // git@github.com:contoso/net
    let rest = if user.is_some() && !has_scheme { rest.replacen(':', "/", 1) } else { rest.to_owned() };
    let first = rest.split('/').next().unwrap_or_default();
    let is_plain_registry = !has_scheme && user.is_none() && !first.contains('.');
    let address = if is_plain_registry { format!("registry.terraform.io/{rest}") } else { rest };
    address.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_by_host_and_path() {
        for (source, address) in [
            ("Azure/avm-res-network/azurerm", "registry.terraform.io/azure/avm-res-network/azurerm"),
            ("app.terraform.io/contoso/net/azurerm", "app.terraform.io/contoso/net/azurerm"),
            ("git::https://user:secret@github.com/contoso/net.git?ref=v1", "github.com/contoso/net.git"),
            ("git@github.com:contoso/net.git", "github.com/contoso/net.git"),
            ("git::ssh://git@ssh.dev.azure.com/v3/o/p/r//net", "ssh.dev.azure.com/v3/o/p/r//net"),
            ("https://example.com/net.zip", "example.com/net.zip"),
        ] {
            assert_eq!(address_of_terraform(source), address, "{source}");
        }
        for (source, address) in [
            ("br:Contoso.azurecr.io/bicep/net:v1", "contoso.azurecr.io/bicep/net"),
            ("br:localhost:5000/net:v1", "localhost:5000/net"),
            ("br:contoso.azurecr.io/net@sha256:abc", "contoso.azurecr.io/net"),
        ] {
            assert_eq!(address_of_bicep(source), address, "{source}");
        }
    }
}
