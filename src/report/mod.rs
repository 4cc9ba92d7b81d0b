//! Reports: what was found, and one file a format.

mod access;
mod annotations;
mod concise;
mod diagnostics;
mod exposure;
mod finding;
mod fingerprint;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod mask;
mod notices;
mod plans;
mod sarif;
mod snippets;
mod stream;
mod summary;
mod table;
mod window;

use std::collections::BTreeSet;

use crate::model::Deployment;
use crate::rules::RuleSet;
use crate::source::{Diagnostic, Sources};
use crate::workspace::Coverage;

pub use access::Access;
pub use annotations::{azure_pipelines, github};
pub use concise::concise;
pub use diagnostics::collect_diagnostics;
pub use exposure::ExposureReport;
pub use finding::{Collected, Finding, Related, Subject, Suppressed, Undecided, collect, sort};
pub use gitlab::gitlab;
pub use html::html;
pub use human::{Group, HumanOptions, human};
pub use json::{json, rules_json};
pub use junit::junit;
pub use markdown::markdown;
pub use plans::{plans_human, plans_json};
pub use sarif::sarif;
pub use table::csv;

/// Everything that a report tells.
pub struct Report<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// The rules that ran.
    pub rules: &'a RuleSet,
    /// The findings, worst first, then by place.
    pub findings: Vec<Finding>,
    /// Findings that were accepted, in the same order; they count for nothing.
    pub suppressed: Vec<Finding>,
    /// Whether reports for machines that have a place for them show them.
    pub show_suppressed: bool,
    /// How it stands against another revision.
    pub diff: Option<Diff>,
    /// Checks that could not be decided.
    pub undecided: Vec<Undecided>,
    /// What is for somebody to look at: never counted as findings, never in the exit code.
    pub reviews: Vec<Finding>,
    /// The projected secure score as JSON, where a format shows it.
    pub secure_score: Option<serde_json::Value>,
    /// What was not read, not understood or not resolved, each once.
    pub diagnostics: Vec<Diagnostic>,
    /// What other commands tell of the same code, as they tell it: a title and a text. Only the HTML page has room for it.
    pub sections: Vec<(&'static str, String)>,
    /// The deployments: where secrets are written in them, no snippet shows their text.
    pub deployments: &'a [Deployment],
    /// Numbers.
    pub summary: Summary,
}

/// How findings stand against another revision.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The revision as the user named it.
    pub base: String,
    /// Its commit.
    pub commit: String,
    /// How many findings are new.
    pub new: usize,
    /// How many were there before.
    pub unchanged: usize,
    /// What was there and is gone: rule, root, address, fingerprint.
    pub fixed: Vec<(String, String, String, String)>,
}

/// The numbers at the end of a report.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// What was looked at.
    pub coverage: Coverage,
    /// Deployments evaluated.
    pub roots: usize,
    /// Resources in them, without existing ones.
    pub resources: usize,
    /// Rules that ran.
    pub rules: usize,
    /// Module calls whose source is not on disk.
    pub unresolved_modules: usize,
    /// Different Terraform types that no mapping knows.
    pub unmapped_types: usize,
}

impl Summary {
    /// The numbers of evaluated deployments.
    pub fn new(deployments: &[Deployment], coverage: Coverage, rules: usize) -> Self {
        Summary {
            coverage,
            roots: deployments.len(),
            resources: deployments
                .iter()
                .map(|deployment| deployment.resources.iter().filter(|resource| !resource.existing).count())
                .sum(),
            rules,
            unresolved_modules: deployments.iter().map(|deployment| deployment.unresolved_modules).sum(),
            unmapped_types: deployments
                .iter()
                .flat_map(|deployment| &deployment.unmapped_types)
                .collect::<BTreeSet<_>>()
                .len(),
        }
    }

    /// Whether everything was read and resolved.
    pub fn is_complete(&self) -> bool {
        self.coverage.unreadable == 0 && self.coverage.broken == 0 && self.unresolved_modules == 0
    }
}
