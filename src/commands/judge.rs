//! What a scan came to: findings, those that are accepted, and what is wrong with accepting them.

use camino::Utf8Path;
use rayon::prelude::*;

use super::settings::Settings;
use crate::model::Graph;
use crate::report::{self, Collected, Finding, Suppressed, Undecided, collect};
use crate::rules::RuleSet;
use crate::source::{DiagnosticCode, FileId};
use crate::suppress::{
    Complaint, MODULE_SOURCE, Policy, Probe, Suppressions, Told, governance_rules, module_complaint,
};
use crate::workspace::Scan;

/// What a scan came to.
pub(super) struct Judged {
    /// Findings that count, worst first and then by place.
    pub findings: Vec<Finding>,
    /// Findings that are accepted.
    pub suppressed: Vec<Finding>,
    /// Checks that could not be decided.
    pub undecided: Vec<Undecided>,
    /// What is for somebody to look at.
    pub reviews: Vec<Finding>,
    /// All suppressions.
    pub suppressions: Suppressions,
}

/// Judges the deployments of a scan. `inline`: comments may suppress; `chosen`: single rules were asked for, so that nothing can be said
/// of suppressions that were not needed. The rules that findings about suppressions belong to are added to `rules`.
pub(super) fn judge(
    settings: &Settings,
    scan: &Scan,
    rules: &mut RuleSet,
    inline: bool,
    chosen: bool,
) -> Judged {
    let sources = &scan.sources;
    let policy = Policy { governance: settings.config.suppressions.clone(), inline, today: today() };
    let mut files: Vec<FileId> = scan.deployments.iter().flat_map(|one| one.files.iter().copied()).collect();
    files.sort_unstable();
    files.dedup();
    let ignored: Vec<_> = policy
        .governance
        .ignore
        .iter()
        .filter_map(|ignore| Some((settings.span(sources, &ignore.span)?, ignore)))
        .collect();
    let modules = disallowed_modules(settings, scan, chosen);
    if !settings.config.allowed_registries.is_empty() {
        governance_rules().filter(|rule| *rule.id == *MODULE_SOURCE).for_each(|rule| rules.include(rule));
    }
    let suppressions = Suppressions::collect(sources, &files, &ignored, &policy, rules);
    let reported = scan.coverage.reported.as_deref();
    let graphs: Vec<Graph<'_>> = scan.deployments.par_iter().map(Graph::new).collect();
    let Collected { findings: found, undecided, reviews } =
        collect(sources, &graphs, rules, settings.baseline, reported, &suppressions);
    let kept = |file: FileId| reported.is_none_or(|files| files.contains(&file));
    let modules = modules.into_iter().filter(|complaint| kept(complaint.span.file)).map(|complaint| {
        let mut finding = Finding::about_governance(sources, complaint);
        let probe = Probe {
            rule: MODULE_SOURCE,
            location: finding.location,
            declaration: finding.location,
            address: &finding.subject.address,
            calls: &[],
        };
        let suppression = suppressions.find(sources, &probe).and_then(|index| suppressions.get(index));
        finding.suppressed = suppression.map(Suppressed::by);
        finding
    });
    let before = found.len();
    let mut found: Vec<Finding> = found.into_iter().chain(modules).collect();
    if found.len() > before {
        report::sort(sources, &mut found);
    }
    let (suppressed, mut findings): (Vec<Finding>, Vec<Finding>) =
        found.into_iter().partition(|finding| finding.suppressed.is_some());
    let unresolved = scan.deployments.iter().flat_map(|one| &one.diagnostics);
    let told = Told {
        whole: reported.is_none() && !chosen,
        whole_config: covers(settings),
        unknown: unresolved
            .filter(|one| one.code == DiagnosticCode::ModuleUnresolved)
            .filter_map(|one| one.span)
            .collect(),
    };
    let complaints = suppressions.complaints(rules, &told);
    let before = findings.len();
    let about = complaints.into_iter().filter(|complaint| kept(complaint.span.file));
    findings.extend(about.map(|complaint| Finding::about_governance(sources, complaint)));
    if findings.len() > before {
        for rule in governance_rules() {
            if findings.iter().skip(before).any(|finding| *finding.rule == *rule.id) {
                rules.include(rule);
            }
        }
        report::sort(sources, &mut findings);
    }
    Judged { findings, suppressed, undecided, reviews, suppressions }
}

/// Calls of modules from places that the configuration does not allow.
fn disallowed_modules(settings: &Settings, scan: &Scan, chosen: bool) -> Vec<Complaint> {
    let external = scan.external.iter().filter(|_| !chosen);
    let refused = external.filter(|module| !settings.config.allows_module(&module.address));
    refused.map(|module| module_complaint(&module.written, &module.address, module.span)).collect()
}

/// Whether all that the configuration speaks of was scanned.
fn covers(settings: &Settings) -> bool {
    let Ok(folder) = settings.config.folder().canonicalize_utf8() else { return false };
    let below = |path: &Utf8Path| path.canonicalize_utf8().is_ok_and(|path| folder.starts_with(path));
    settings.options.paths.iter().any(|path| below(path))
}

/// The day, in UTC: results must not depend on where a machine stands.
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
