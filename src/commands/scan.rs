use std::io::Write;

use anyhow::bail;
use rayon::prelude::*;

use super::arguments::{FailOn, Format, FormatTo, ScanArguments};
use super::judge::{Judged, judge};
use super::settings::Settings;
use super::{CLEAN, FINDINGS, INCOMPLETE, baseline, diff, framework, output};
use crate::model::Graph;
use crate::report::{self, Report, Summary, collect_diagnostics};
use crate::rules::{Baseline, Estate, RuleSet};
use crate::score::{ScoreTable, project, score_human, score_json};
use crate::workspace::{self, Scan};

/// Scans, reports, and says how it went.
pub(super) fn run(arguments: &ScanArguments) -> anyhow::Result<u8> {
    let targets = targets(arguments)?;
    let mut settings = Settings::load(&arguments.input)?;
    settings.baseline = settings.owner(&arguments.baseline);
    let mut rules = settings.rules(&arguments.rules)?;
    let framework = match &arguments.framework {
        Some(given) => Some(framework::find(&rules, given)?),
        None => None,
    };
    if let Some(framework) = &framework {
        rules = rules.only_those(|rule| framework::controls(rule, framework).next().is_some());
    }
    if arguments.only_files {
        settings.report_only_given_files(&arguments.input.paths);
    }
    let mut scan = workspace::scan(&settings.options)?;
    scan.diagnostics.extend(settings.diagnostics(&scan.sources));
    let inline = !arguments.no_inline_suppressions;
    let applied = rules.len();
    let chosen = !arguments.rules.only.is_empty() || framework.is_some();
    let Judged { mut findings, mut suppressed, undecided, reviews, .. } =
        judge(&settings, &scan, &mut rules, inline, chosen);
    if let Some(file) = arguments.baseline_file.as_ref().or(settings.config.baseline_file.as_ref()) {
        baseline::accept(file, &mut findings, &mut suppressed)?;
    }
    let diff = match &arguments.diff_base {
        Some(revision) => Some(diff::against(
            revision,
            &settings,
            &rules,
            inline,
            &scan.deployments,
            &mut findings,
            &mut suppressed,
        )?),
        None => None,
    };
    let diagnostics = collect_diagnostics(&scan.sources, &scan.deployments, &scan.diagnostics);
    // single rules say nothing of a score
    let scores = !chosen && targets.iter().any(|target| matches!(target.format, Format::Sarif));
    let secure_score = scores.then(|| {
        let graphs: Vec<Graph<'_>> = scan.deployments.par_iter().map(Graph::new).collect();
        score_json(&project(&graphs, &rules, &ScoreTable::built_in()))
    });
    let page = targets.iter().any(|target| matches!(target.format, Format::Html));
    let sections = if page && !chosen {
        sections(&scan, &rules, settings.owner(&arguments.baseline))?
    } else {
        Vec::new()
    };
    let report = Report {
        sources: &scan.sources,
        rules: &rules,
        findings,
        suppressed,
        show_suppressed: arguments.show_suppressed,
        diff,
        undecided,
        reviews,
        secure_score,
        sections,
        diagnostics,
        deployments: &scan.deployments,
        summary: Summary::new(&scan.deployments, scan.coverage, applied),
    };
    for target in targets.iter().filter(|target| target.file.is_some() || !arguments.quiet) {
        if let (Some(framework), Format::Human) = (&framework, target.format) {
            output::deliver(target.file.as_deref(), |out| {
                output::plain(out, |out| framework::write(&report, framework, out))
            })?;
            continue;
        }
        let options = output::human_options(arguments, target.file.is_some());
        output::deliver(target.file.as_deref(), |out| write(&report, target.format, options, out))?;
    }
    Ok(exit_code(arguments, &settings.fail_on(&arguments.fail_on), &report))
}

/// The score, the Defender plans and what is reachable, as their commands tell it.
fn sections(scan: &Scan, rules: &RuleSet, owner: Baseline) -> anyhow::Result<Vec<(&'static str, String)>> {
    let graphs: Vec<Graph<'_>> = scan.deployments.par_iter().map(Graph::new).collect();
    let text = |write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        output::plain(&mut bytes, |out| write(out))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let projection = project(&graphs, rules, &ScoreTable::built_in());
    let estate = Estate::new(&graphs, owner);
    let exposure = report::ExposureReport::new(&scan.sources, &scan.deployments, &[]);
    Ok(vec![
        ("Projected secure score", text(&|out| score_human(&projection, false, out))?),
        ("Defender plans", text(&|out| report::plans_human(&estate, &scan.sources, out))?),
        ("Reachable from the Internet", text(&|out| exposure.table(out))?),
    ])
}

fn write(
    report: &Report<'_>,
    format: Format,
    options: report::HumanOptions,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match format {
        Format::Human => report::human(report, options, out)?,
        Format::Json => report::json(report, out)?,
        Format::Sarif => report::sarif(report, out)?,
        Format::Concise => report::concise(report, out)?,
        Format::Github => report::github(report, out)?,
        Format::AzurePipelines => report::azure_pipelines(report, out)?,
        Format::Gitlab => report::gitlab(report, out)?,
        Format::Junit => report::junit(report, out)?,
        Format::Markdown => report::markdown(report, out)?,
        Format::Csv => report::csv(report, out)?,
        Format::Html => report::html(report, out)?,
    }
    Ok(())
}

fn exit_code(arguments: &ScanArguments, fail_on: &[FailOn], report: &Report<'_>) -> u8 {
    let incomplete = report.summary.coverage.unreadable > 0 || report.summary.coverage.broken > 0;
    if incomplete && !arguments.allow_parse_errors {
        return INCOMPLETE;
    }
    if fail_on.contains(&FailOn::Incomplete) && !report.summary.is_complete() {
        return INCOMPLETE;
    }
    let threshold = fail_on.iter().filter_map(|fail_on| fail_on.severity()).min();
    match threshold {
        Some(threshold) if report.findings.iter().any(|finding| finding.severity >= threshold) => FINDINGS,
        _ => CLEAN,
    }
}

/// The formats and where they go: at most one to standard output.
fn targets(arguments: &ScanArguments) -> anyhow::Result<Vec<FormatTo>> {
    let mut targets = arguments.format.clone();
    let mut without_file: Vec<&mut FormatTo> =
        targets.iter_mut().filter(|target| target.file.is_none()).collect();
    if without_file.len() > 1 {
        bail!(
            "only one format can go to standard output; give the others a file: --format sarif=out.sarif,human"
        );
    }
    if let Some(output) = &arguments.output {
        match without_file.first_mut() {
            Some(target) => target.file = Some(output.clone()),
            None => {
                bail!("--output {output} is for a format without a file of its own, and every format has one")
            }
        }
    }
    Ok(targets)
}
