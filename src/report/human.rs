use std::fmt;
use std::io::Write;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, ReportHandler,
    Severity as MietteSeverity, SourceCode,
};

use super::snippets::Snippets;
use super::summary::plural;
use super::window::{Window, first_line};
use super::{Finding, Report};
use crate::source::visible;
use rustc_hash::FxHashMap;

use crate::rules::Severity;
use crate::source::{Diagnostic as SourceDiagnostic, Level, Span};

/// How many related places are shown with a snippet; the other formats have all.
const MAX_RELATED: usize = 4;

/// How the report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct HumanOptions {
    /// Colours and underlines.
    pub color: bool,
    /// Links that a terminal opens.
    pub links: bool,
    /// Columns.
    pub width: usize,
    /// List the checks that could not be decided.
    pub show_undecided: bool,
    /// How the findings are put together.
    pub group: Group,
    /// Only the numbers, by rule.
    pub summary_only: bool,
}

/// How the report for people puts findings together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// Worst first, without headings.
    #[default]
    Severity,
    /// Under each file, in the order of its lines.
    File,
    /// Under each rule, worst first.
    Rule,
}

/// Writes the report for people: each finding with its snippet, then what was not looked at, then the numbers.
///
/// # Errors
/// Those of `out`.
pub fn human(report: &Report<'_>, options: HumanOptions, out: &mut dyn Write) -> std::io::Result<()> {
    let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(options.width)
        .with_links(options.links)
        .with_context_lines(1)
        .with_wrap_lines(false);
    let snippets = Snippets::new(report);
    if options.summary_only {
        by_rule(report, out)?;
        return summary(report, options, out);
    }
    let mut heading = String::new();
    for finding in grouped(report, options.group) {
        let under = match options.group {
            Group::Severity => String::new(),
            Group::File => report.sources.path(finding.location.file).into_string(),
            Group::Rule => finding.rule.clone(),
        };
        if under != heading {
            writeln!(out, "── {}\n", visible(&under))?;
            heading = under;
        }
        let shown = Shown::finding(report, &snippets, finding);
        writeln!(out, "{}", Rendered(&handler, &shown))?;
    }
    for diagnostic in &report.diagnostics {
        let shown = Shown::diagnostic(&snippets, diagnostic);
        writeln!(out, "{}", Rendered(&handler, &shown))?;
    }
    if report.show_suppressed {
        suppressed(report, out)?;
    }
    if options.show_undecided {
        undecided(report, out)?;
    }
    summary(report, options, out)
}

fn suppressed(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    for finding in &report.suppressed {
        let (start, _) = report.sources.positions(finding.location);
        let path = report.sources.path(finding.location.file);
        let place = format!("{path}:{}:{}", start.line, start.column);
        writeln!(
            out,
            "suppressed: {} for {} ({})",
            finding.rule,
            visible(&finding.subject.address),
            visible(&place)
        )?;
        let Some(by) = &finding.suppressed else { continue };
        let reason = by.reason.as_deref().unwrap_or("no reason was given");
        writeln!(out, "    {}: {}", by.form.unwrap_or(by.kind), visible(reason))?;
    }
    if !report.suppressed.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// The findings in the order in which they are shown.
fn grouped<'a>(report: &'a Report<'_>, group: Group) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    match group {
        Group::Severity => {}
        Group::File => findings.sort_by_cached_key(|it| {
            (report.sources.path(it.location.file), it.location.start, it.location.end)
        }),
        Group::Rule => {
            let order: FxHashMap<&str, usize> =
                report.by_rule().iter().enumerate().map(|(index, (rule, ..))| (*rule, index)).collect();
            findings.sort_by_key(|it| order.get(it.rule.as_str()).copied());
        }
    }
    findings
}

/// A line a rule: its number of findings, severity and title.
fn by_rule(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let rules = report.by_rule();
    let width = rules.iter().map(|(rule, ..)| rule.len()).max().unwrap_or(0);
    for (rule, severity, number) in &rules {
        let title = report.rules.get(rule).map_or("", |rule| &*rule.title);
        writeln!(out, "{number:>6}  {:8}  {rule:width$}  {title}", severity.as_str())?;
    }
    if !rules.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn undecided(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    for check in &report.undecided {
        let (start, _) = report.sources.positions(check.subject.location);
        let path = report.sources.path(check.subject.location.file);
        writeln!(
            out,
            "undecided: {} for {} ({}:{}:{})",
            check.rule,
            visible(&check.subject.address),
            visible(path.as_str()),
            start.line,
            start.column
        )?;
        for reason in &check.reasons {
            writeln!(out, "    {}", visible(reason))?;
        }
    }
    if !report.undecided.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn summary(report: &Report<'_>, options: HumanOptions, out: &mut dyn Write) -> std::io::Result<()> {
    let summary = &report.summary;
    writeln!(out, "{}", report.headline())?;
    if let Some(missing) = report.missing() {
        writeln!(out, "Incomplete: {missing}.")?;
    }
    if let Some(diff) = &report.diff {
        let (new, unchanged, fixed) = (diff.new, diff.unchanged, diff.fixed.len());
        writeln!(out, "Since {}: {new} new, {fixed} fixed, {unchanged} unchanged.", diff.base)?;
    }
    if !report.suppressed.is_empty() {
        let findings = plural(report.suppressed.len(), "finding");
        let hint = if report.show_suppressed { "" } else { " (--show-suppressed lists them)" };
        writeln!(out, "Suppressed: {findings}{hint}.")?;
    }
    if !report.reviews.is_empty() {
        writeln!(
            out,
            "For review, as the platform's own code should have it (--baseline external silences it):"
        )?;
        for review in &report.reviews {
            writeln!(out, "  {} [{}]", review.message, review.rule)?;
        }
    }
    if summary.unmapped_types > 0 {
        writeln!(
            out,
            "Not checked: {} without a mapping to ARM.",
            plural(summary.unmapped_types, "Terraform type")
        )?;
    }
    if !report.undecided.is_empty() && !options.show_undecided {
        let checks = plural(report.undecided.len(), "check");
        writeln!(out, "Undecided: {checks} (--show-undecided lists them with the reasons).")?;
    }
    if summary.coverage.passed_over > 0 || summary.coverage.compiled > 0 {
        let compiled = match summary.coverage.compiled {
            0 => String::new(),
            number => {
                format!(", {number} compiled from Bicep beside {}", if number == 1 { "it" } else { "them" })
            }
        };
        writeln!(out, "Passed over: {}{compiled}.", plural(summary.coverage.passed_over, "other file"))?;
    }
    Ok(())
}

struct Rendered<'a>(&'a GraphicalReportHandler, &'a Shown);

impl fmt::Display for Rendered<'_> {
    /// The places that belong to it follow as snippets of their own: miette would put a heading above each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, f)?;
        self.1.related.iter().try_for_each(|related| self.0.debug(related, f))
    }
}

/// A finding or diagnostic as miette shows it.
#[derive(Debug)]
struct Shown {
    message: String,
    code: Option<String>,
    url: Option<String>,
    help: Option<String>,
    severity: MietteSeverity,
    source: Option<Window>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown>,
}

impl Shown {
    fn finding(report: &Report<'_>, snippets: &Snippets<'_>, finding: &Finding) -> Self {
        let sources = report.sources;
        let mut shown = Shown::at(snippets, finding.location, &finding.message, finding.property.as_deref());
        shown.code = Some(format!("{} [{}]", finding.rule, finding.severity.as_str()));
        let reference = report.rules.get(&finding.rule).and_then(|rule| rule.references.first());
        shown.url = reference.map(|reference| reference.to_string());
        shown.help = Some(match more(finding) {
            Some(more) => format!("{}\n{more}", finding.help),
            None => finding.help.clone(),
        });
        shown.severity = match finding.severity {
            Severity::Critical | Severity::High => MietteSeverity::Error,
            Severity::Medium => MietteSeverity::Warning,
            Severity::Low | Severity::Info => MietteSeverity::Advice,
        };
        for related in finding.related.iter().take(MAX_RELATED) {
            let file = sources.file(related.span.file);
            if related.span.file == finding.location.file {
                let span = first_line(&file, related.span);
                shown
                    .labels
                    .push(LabeledSpan::new_with_span(Some(visible(&related.message).into_owned()), span));
            } else {
                shown.related.push(Shown::at(snippets, related.span, &related.message, Some("here")));
            }
        }
        shown
    }

    fn diagnostic(snippets: &Snippets<'_>, diagnostic: &SourceDiagnostic) -> Self {
        let message = diagnostic.message.to_string();
        let mut shown = match diagnostic.span {
            Some(span) => Shown::at(snippets, span, &message, Some("here")),
            None => {
                let path = diagnostic.path.as_deref().unwrap_or_default();
                Shown::plain(&if path.is_empty() { message } else { format!("{path} {message}") })
            }
        };
        shown.code = Some(diagnostic.code.as_str().to_owned());
        shown.help = diagnostic.help.as_deref().map(|help| visible(help).into_owned());
        shown.severity = match diagnostic.level {
            Level::Error => MietteSeverity::Error,
            Level::Warning => MietteSeverity::Warning,
            Level::Note => MietteSeverity::Advice,
        };
        shown
    }

    fn plain(message: &str) -> Self {
        Shown {
            message: visible(message).into_owned(),
            code: None,
            url: None,
            help: None,
            severity: MietteSeverity::Advice,
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }

    fn at(snippets: &Snippets<'_>, span: Span, message: &str, label: Option<&str>) -> Self {
        let file = snippets.sources().file(span.file);
        let label = label.map(|label| visible(label).into_owned());
        let primary = LabeledSpan::new_primary_with_span(label, first_line(&file, span));
        Shown { source: Some(snippets.window(span.file)), labels: vec![primary], ..Shown::plain(message) }
    }
}

/// Which other instances and parameter files the finding holds for.
fn more(finding: &Finding) -> Option<String> {
    const SHOWN: usize = 5;
    let list = |all: &[String]| {
        let shown = all.iter().take(SHOWN).map(|it| visible(it)).collect::<Vec<_>>().join(", ");
        match all.len().saturating_sub(SHOWN) {
            0 => shown,
            rest => format!("{shown} and {rest} more"),
        }
    };
    let mut lines = Vec::new();
    if finding.instances.len() > 1 {
        lines.push(format!("{} instances: {}", finding.instances.len(), list(&finding.instances)));
    }
    if !finding.parameters.is_empty() {
        lines.push(format!("with {}", list(&finding.parameters)));
    }
    if let Some(rest) = finding.related.len().checked_sub(MAX_RELATED).filter(|rest| *rest > 0) {
        lines.push(format!("{rest} more related places are in the JSON and SARIF reports"));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<MietteSeverity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
