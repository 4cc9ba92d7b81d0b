//! Rules asked of small deployments.

mod checks;
mod conditions;
mod places;
mod sets;

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::format::parse_rule;
use super::set::RuleSet;
use super::verdict::{Outcome, Subject};
use super::{Rule, check_all};
use crate::arm::evaluate::{LoadedTemplate, Loader, Unresolved, UnresolvedKind, evaluate};
use crate::arm::template::ParameterFile;
use crate::bicep;
use crate::model::{Deployment, Graph};
use crate::source::{FileId, Sources};

/// Files in memory; what lies under `registry/` is not the user's.
struct Files<'s>(&'s Sources);

impl Files<'_> {
    fn find(&self, from: FileId, path: &str) -> Result<FileId, Unresolved> {
        let folder = self.0.path(from).parent().map(Utf8PathBuf::from).unwrap_or_default();
        let path = crate::source::normalize(&folder.join(path));
        self.0
            .id_of(&path)
            .ok_or(Unresolved { kind: UnresolvedKind::Missing, reason: "there is no such file".into() })
    }
}

impl Loader for Files<'_> {
    fn template(&self, from: FileId, source: &str) -> Result<LoadedTemplate, Unresolved> {
        let id = self.find(from, source)?;
        let template = Arc::new(bicep::parse_template(id, self.0.file(id).text()));
        Ok(LoadedTemplate { template, owned: !self.0.path(id).starts_with("registry") })
    }

    fn parameters(&self, from: FileId, path: &str) -> Result<Arc<ParameterFile>, Unresolved> {
        let id = self.find(from, path)?;
        Ok(Arc::new(bicep::parse_parameters(id, self.0.file(id).text())))
    }

    fn text(&self, from: FileId, path: &str) -> Result<(FileId, Arc<str>), Unresolved> {
        let id = self.find(from, path)?;
        Ok((id, Arc::clone(self.0.file(id).text())))
    }

    fn bytes(&self, from: FileId, path: &str) -> Result<Arc<[u8]>, Unresolved> {
        self.text(from, path).map(|(_, text)| text.as_bytes().into())
    }

    fn directory(&self, _: FileId, _: &str, _: Option<&str>) -> Result<Vec<Arc<str>>, Unresolved> {
        Ok(Vec::new())
    }
}

/// The deployment of `main.bicep`, with further files beside it.
fn deploy(sources: &Sources, main: &str, files: &[(&str, &str)]) -> Deployment {
    for (path, text) in files {
        sources.add_text(*path, *text);
    }
    let id = sources.add_text("main.bicep", main);
    let template = Arc::new(bicep::parse_template(id, main));
    let deployment = evaluate(&template, None, &Files(sources));
    assert!(deployment.diagnostics.is_empty(), "{:?}", deployment.diagnostics);
    deployment
}

/// A rule with this demand (`require: …`), and further keys.
fn rule(demand: &str) -> Rule {
    let resources = if demand.contains("subject:") { "" } else { "resources: \"*\"\n" };
    let text = format!(
        "---\nid: x\ntitle: t\nseverity: low\ncategory: network\n{resources}message: \"{{name}}: {{property}} is {{value}}{{detail}}\"\nhelp: h\n{demand}\n---\nText.\n"
    );
    parse_rule(&text, "x").unwrap_or_else(|errors| panic!("{demand}: {errors:?}"))
}

/// What the rule says of each subject in order: `holds`, `broken LINE MESSAGE`, `undecided REASONS`.
fn ask(demand: &str, main: &str) -> Vec<String> {
    ask_files(demand, main, &[])
}

fn ask_files(demand: &str, main: &str, files: &[(&str, &str)]) -> Vec<String> {
    let sources = Sources::new();
    let deployment = deploy(&sources, main, files);
    let rules = RuleSet::only_rule(rule(demand));
    let graph = Graph::new(&deployment);
    let mut told = Vec::new();
    for verdict in check_all(&graph, &rules) {
        let name = match verdict.subject {
            Subject::Resource(index) => deployment.resources[index].address.to_string(),
            Subject::Output(index) => format!("output {}", deployment.outputs[index].name),
            Subject::Parameter(index) => format!("parameter {}", deployment.parameters[index].name),
        };
        told.push(match verdict.outcome {
            Outcome::Holds => format!("{name} holds"),
            Outcome::Broken(broken) => {
                let (start, _) = sources.positions(broken.location);
                let path = sources.path(broken.location.file);
                let file = if path == "main.bicep" { String::new() } else { format!("{path}:") };
                format!("{name} broken {file}{} {}", start.line, broken.message)
            }
            Outcome::Review(review) => format!("{name} review {}", review.message),
            Outcome::Undecided(open) => {
                let reasons: Vec<&str> = open.reasons.iter().map(|reason| &*reason.text).collect();
                format!("{name} undecided {}", reasons.join("; "))
            }
        });
    }
    told
}

/// A storage account with these properties, from line 1.
fn account(properties: &str) -> String {
    format!(
        "resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: 'st1'\n  properties: {{\n    {properties}\n  }}\n}}\n"
    )
}
