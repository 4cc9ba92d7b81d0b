use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};

use super::arguments::BaselineArguments;
use super::judge::judge;
use super::settings::Settings;
use super::{CLEAN, FINDINGS, INCOMPLETE, output};
use crate::baseline::{Baseline, Entry};
use crate::report::Finding;
use crate::source::Sources;
use crate::workspace;

/// The file where none is named.
const FILE: &str = ".leftward-baseline.json";

/// Where findings stand against a baseline.
struct Compared {
    file: Utf8PathBuf,
    sources: std::sync::Arc<Sources>,
    /// `None` where there is no file yet.
    before: Option<Baseline>,
    now: Baseline,
    new: Vec<Finding>,
    gone: Vec<Entry>,
    incomplete: bool,
}

impl Compared {
    fn new(arguments: &BaselineArguments, must_exist: bool) -> anyhow::Result<Self> {
        let mut settings = Settings::load(&arguments.input)?;
        let file = arguments.baseline_file.clone().or_else(|| settings.config.baseline_file.clone());
        let file = file.unwrap_or_else(|| Utf8PathBuf::from(FILE));
        let before = match file.exists() || must_exist {
            true => Some(Baseline::read(&file)?),
            false => None,
        };
        let mut rules = settings.rules(&arguments.rules)?;
        let chosen = !arguments.rules.only.is_empty();
        let scan = workspace::scan(&settings.options)?;
        let judged = judge(&settings, &scan, &mut rules, true, chosen);
        let now = Baseline::of(&judged.findings);
        let known = before.as_ref().map(Baseline::fingerprints).unwrap_or_default();
        let new = judged.findings.into_iter().filter(|it| !known.contains(it.fingerprint.as_str())).collect();
        let present = now.fingerprints();
        let gone = before.iter().flat_map(|before| &before.findings);
        let gone = gone.filter(|entry| !present.contains(entry.fingerprint.as_str())).cloned().collect();
        let incomplete = scan.coverage.unreadable > 0 || scan.coverage.broken > 0;
        Ok(Compared { file, sources: scan.sources, before, new, gone, incomplete, now })
    }

    fn tell(&self, out: &mut dyn Write) -> std::io::Result<()> {
        for finding in &self.new {
            let at = self.sources.positions(finding.location).0;
            let path = self.sources.path(finding.location.file);
            let (severity, rule) = (finding.severity.as_str(), &finding.rule);
            writeln!(out, "new: {path}:{}:{}: {severity}: {} [{rule}]", at.line, at.column, finding.message)?;
        }
        for Entry { rule, folder, resource, .. } in &self.gone {
            let place = if folder.is_empty() { "." } else { folder };
            writeln!(out, "gone: {resource} in {place} [{rule}]")?;
        }
        Ok(())
    }
}

/// Writes the findings of now as accepted ones. A file that is there only shrinks, unless new ones are accepted too.
pub(super) fn write(arguments: &BaselineArguments, accept_new: bool) -> anyhow::Result<u8> {
    let compared = Compared::new(arguments, false)?;
    let (next, refused) = match &compared.before {
        Some(before) if !accept_new => {
            let present = compared.now.fingerprints();
            let mut kept = before.clone();
            kept.findings.retain(|entry| present.contains(entry.fingerprint.as_str()));
            (kept, compared.new.len())
        }
        _ => (compared.now.clone(), 0),
    };
    // nothing is lost because a file could not be read this time
    anyhow::ensure!(
        !compared.incomplete || compared.gone.is_empty(),
        "some files could not be read or parsed, and {} accepted findings are not seen: the baseline is left as it is",
        compared.gone.len()
    );
    let text = next.text()?;
    output::deliver(Some(&compared.file), |out| Ok(out.write_all(text.as_bytes())?))?;
    output::deliver(None, |out| {
        if refused > 0 {
            compared.tell(out)?;
        }
        let (accepted, gone) = (next.findings.len(), compared.gone.len());
        writeln!(out, "{}: {accepted} accepted, {gone} gone.", compared.file)?;
        if refused > 0 {
            writeln!(out, "{refused} new ones are not accepted; --accept-new accepts them.")?;
        }
        Ok(())
    })?;
    Ok(if refused > 0 { FINDINGS } else { CLEAN })
}

/// Says which findings are not accepted, and which accepted ones are gone.
pub(super) fn check(arguments: &BaselineArguments) -> anyhow::Result<u8> {
    let compared = Compared::new(arguments, true)?;
    output::deliver(None, |out| {
        compared.tell(out)?;
        let known = compared.now.findings.len().saturating_sub(compared.new.len());
        writeln!(out, "{} new, {known} accepted, {} gone.", compared.new.len(), compared.gone.len())?;
        if !compared.gone.is_empty() {
            writeln!(out, "'leftward baseline write' takes out of {} what is gone.", compared.file)?;
        }
        Ok(())
    })?;
    Ok(match (compared.incomplete, compared.new.is_empty()) {
        (true, _) => INCOMPLETE,
        (false, false) => FINDINGS,
        (false, true) => CLEAN,
    })
}

/// Takes what a baseline accepts out of the findings that count.
pub(super) fn accept(
    path: &Utf8Path,
    findings: &mut Vec<Finding>,
    accepted: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let baseline = Baseline::read(path)?;
    let reason = format!("accepted in {path}");
    super::diff::take_known(&baseline.fingerprints(), &reason, findings, accepted);
    Ok(())
}
