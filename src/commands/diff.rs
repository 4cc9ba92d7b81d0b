//! Findings against another revision: what is new, what is gone, what stays.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use super::judge::judge;
use super::settings::Settings;
use crate::git::{Exported, export};
use crate::model::{Deployment, Language};
use crate::report::{Diff, Finding, Suppressed};
use crate::rules::RuleSet;
use crate::workspace;

/// Moves findings that were known before to the accepted ones.
pub(super) fn take_known(
    known: &BTreeSet<&str>,
    reason: &str,
    findings: &mut Vec<Finding>,
    accepted: &mut Vec<Finding>,
) {
    let all = std::mem::take(findings);
    for mut finding in all {
        if known.contains(finding.fingerprint.as_str()) {
            finding.suppressed = Some(Suppressed::by_baseline(reason));
            accepted.push(finding);
        } else {
            findings.push(finding);
        }
    }
}

/// Scans `revision` as the work tree was scanned, and takes out of the findings what was there before.
pub(super) fn against(
    revision: &str,
    settings: &Settings,
    rules: &RuleSet,
    inline: bool,
    deployments: &[Deployment],
    findings: &mut Vec<Finding>,
    accepted: &mut Vec<Finding>,
) -> anyhow::Result<Diff> {
    let exported = export(revision)?;
    let before = scan(&exported, settings, rules, inline, deployments)?;
    let known: BTreeSet<&str> = before.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let now: BTreeSet<String> =
        findings.iter().chain(accepted.iter()).map(|finding| finding.fingerprint.clone()).collect();
    let fixed: Vec<Finding> =
        before.iter().filter(|finding| !now.contains(&finding.fingerprint)).cloned().collect();
    let all = findings.len();
    take_known(&known, &format!("unchanged since {revision}"), findings, accepted);
    let fixed = fixed
        .into_iter()
        .map(|finding| (finding.rule, finding.root, finding.subject.address, finding.fingerprint));
    let mut fixed: Vec<_> = fixed.collect();
    fixed.sort();
    fixed.dedup();
    Ok(Diff {
        base: revision.to_owned(),
        commit: exported.commit.clone(),
        new: findings.len(),
        unchanged: all - findings.len(),
        fixed,
    })
}

/// The findings that count in the exported revision. Paths in it are seen from the folder that stands for the current one, so that they
/// read the same, and so do the fingerprints.
fn scan(
    exported: &Exported,
    settings: &Settings,
    rules: &RuleSet,
    inline: bool,
    deployments: &[Deployment],
) -> anyhow::Result<Vec<Finding>> {
    let root = exported.root()?;
    let here = current()?;
    let mut moved = Settings {
        config: settings.config.clone(),
        options: settings.options.clone(),
        baseline: settings.baseline,
        notes: Vec::new(),
        warnings: Vec::new(),
    };
    let options = &mut moved.options;
    // what lies outside of the revision is the same for both
    let absolute = |path: &Utf8PathBuf| path.canonicalize_utf8().unwrap_or_else(|_| here.join(path));
    options.module_cache = options.module_cache.as_ref().map(absolute);
    for folder in &mut options.module_folders {
        folder.folder = absolute(&folder.folder);
    }
    options.filter = options.filter.as_ref().map(|filter| filter.moved(&exported.top, &root));
    for ignore in &mut moved.config.suppressions.ignore {
        ignore.paths = ignore.paths.as_ref().map(|filter| filter.moved(&exported.top, &root));
    }
    // findings in files that are reported now may have been elsewhere
    options.reported = None;
    link_restored_modules(&root.join(&exported.prefix), &here, deployments);
    let _there = Inside::enter(&root.join(&exported.prefix))?;
    let is_there = |path: &Utf8PathBuf| path.exists();
    options.paths.retain(is_there);
    options.parameter_files.retain(is_there);
    options.variable_files.retain(is_there);
    if options.paths.is_empty() {
        return Ok(Vec::new());
    }
    let scan = workspace::scan(options)?;
    Ok(judge(&moved, &scan, &mut rules.clone(), inline, true).findings)
}

fn current() -> anyhow::Result<Utf8PathBuf> {
    let path = std::env::current_dir().context("the current folder is gone")?;
    Utf8PathBuf::from_path_buf(path).map_err(|path| anyhow::anyhow!("{} is not UTF-8", path.display()))
}

/// `.terraform` is in no revision: what `terraform init` restored for the work tree stands in.
fn link_restored_modules(there: &Utf8Path, here: &Utf8Path, deployments: &[Deployment]) {
    for deployment in deployments.iter().filter(|one| one.language == Language::Terraform) {
        let folder = Utf8Path::new(&*deployment.path);
        let (restored, link) = (here.join(folder).join(".terraform"), there.join(folder).join(".terraform"));
        let wanted = restored.is_dir() && !link.exists() && link.parent().is_some_and(Utf8Path::is_dir);
        #[cfg(unix)]
        if wanted {
            // without it the calls are unresolved there, which is told
            let _ = std::os::unix::fs::symlink(&restored, &link);
        }
        #[cfg(not(unix))]
        let _ = wanted;
    }
}

/// Being in another folder, until it is dropped.
struct Inside {
    before: PathBuf,
}

impl Inside {
    fn enter(folder: &Utf8Path) -> anyhow::Result<Self> {
        let before = std::env::current_dir()?;
        std::env::set_current_dir(folder).with_context(|| format!("{folder} cannot be entered"))?;
        Ok(Inside { before })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ = std::env::set_current_dir(&self.before);
    }
}
