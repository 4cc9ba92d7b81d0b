//! Tests on Bicep and ARM source text.

mod bounds;
mod deployments;
mod references;
mod values;

use std::sync::Arc;

use camino::Utf8Path;

use super::*;
use crate::source::{FileId, Sources, normalize};
use crate::value::{Value, to_json};

/// Loads from texts, as a folder would hold them.
struct Texts<'s> {
    sources: &'s Sources,
}

impl Texts<'_> {
    fn find(&self, from: FileId, path: &str) -> Result<FileId, Unresolved> {
        let folder = self.sources.path(from);
        let path = normalize(&folder.parent().unwrap_or(Utf8Path::new("")).join(path));
        let missing = || Unresolved::new(UnresolvedKind::Missing, format!("'{path}' is not there"));
        self.sources.id_of(&path).ok_or_else(missing)
    }

    fn parse(&self, file: FileId) -> Arc<Template> {
        let source = self.sources.file(file);
        Arc::new(match self.sources.path(file).extension() {
            Some("json") => crate::arm::json::parse_template(file, source.text()),
            _ => crate::bicep::parse_template(file, source.text()),
        })
    }
}

impl Loader for Texts<'_> {
    fn template(&self, from: FileId, source: &str) -> Result<LoadedTemplate, Unresolved> {
        if source.starts_with("br") {
            let registry = self.find(from, "registry.bicep");
            let missing = |_| {
                Unresolved::new(UnresolvedKind::NotRestored, format!("module '{source}' is not restored"))
            };
            return Ok(LoadedTemplate { template: self.parse(registry.map_err(missing)?), owned: false });
        }
        Ok(LoadedTemplate { template: self.parse(self.find(from, source)?), owned: true })
    }

    fn parameters(&self, from: FileId, path: &str) -> Result<Arc<ParameterFile>, Unresolved> {
        let file = self.find(from, path)?;
        Ok(Arc::new(crate::bicep::parse_parameters(file, self.sources.file(file).text())))
    }

    fn text(&self, from: FileId, path: &str) -> Result<(FileId, Arc<str>), Unresolved> {
        let file = self.find(from, path)?;
        Ok((file, Arc::clone(self.sources.file(file).text())))
    }

    fn bytes(&self, from: FileId, path: &str) -> Result<Arc<[u8]>, Unresolved> {
        let (_, text) = self.text(from, path)?;
        Ok(text.as_bytes().into())
    }

    fn directory(&self, _: FileId, _: &str, _: Option<&str>) -> Result<Vec<Arc<str>>, Unresolved> {
        Ok(vec![Arc::from("./files/a.json")])
    }
}

/// Evaluates the first of these files; a `.bicepparam` or `params.json` among them gives the parameters.
fn evaluate_files(files: &[(&str, &str)]) -> Deployment {
    let sources = Sources::new();
    let ids: Vec<FileId> = files.iter().map(|(path, text)| sources.add_text(*path, *text)).collect();
    let loader = Texts { sources: &sources };
    let root = loader.parse(ids[0]);
    let parameters = files.iter().zip(&ids).find_map(|((path, text), id)| {
        if path.ends_with("main.bicepparam") {
            Some(Arc::new(crate::bicep::parse_parameters(*id, text)))
        } else if path.ends_with("params.json") {
            Some(Arc::new(crate::arm::json::parse_parameters(*id, text)))
        } else {
            None
        }
    });
    evaluate(&root, parameters.as_ref(), &loader)
}

fn bicep(text: &str) -> Deployment {
    evaluate_files(&[("main.bicep", text)])
}

fn arm(text: &str) -> Deployment {
    evaluate_files(&[("main.json", text)])
}

/// The JSON of an output of the root.
fn output(deployment: &Deployment, name: &str) -> serde_json::Value {
    to_json(output_value(deployment, name))
}

fn output_value<'d>(deployment: &'d Deployment, name: &str) -> &'d Value {
    let found = deployment.outputs.iter().find(|output| &*output.name == name && output.module.is_empty());
    &found.unwrap_or_else(|| panic!("no output '{name}'")).value
}

fn addresses(deployment: &Deployment) -> Vec<&str> {
    deployment.resources.iter().map(|resource| &*resource.address).collect()
}

fn resource<'d>(deployment: &'d Deployment, address: &str) -> &'d crate::model::Resource {
    let found = deployment.resources.iter().find(|resource| &*resource.address == address);
    found.unwrap_or_else(|| panic!("no resource '{address}' in {:?}", addresses(deployment)))
}

fn messages(deployment: &Deployment) -> Vec<&str> {
    deployment.diagnostics.iter().map(|diagnostic| &*diagnostic.message).collect()
}
