use std::cell::RefCell;
use std::fmt;
use std::io::Write;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, ReportHandler,
    Severity as MietteSeverity, SourceCode,
};

use super::mask::Secrets;
use super::window::{Window, first_line};
use super::{Finding, Report};
use rustc_hash::FxHashMap;

use crate::rules::Severity;
use crate::source::{Diagnostic as SourceDiagnostic, FileId, Level, Sources, Span};

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
    for finding in &report.findings {
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
        writeln!(out, "suppressed: {} for {} ({place})", finding.rule, finding.subject.address)?;
        let Some(by) = &finding.suppressed else { continue };
        let reason = by.reason.as_deref().unwrap_or("no reason was given");
        writeln!(out, "    {}: {}", by.form.unwrap_or(by.kind), visible(reason))?;
    }
    if !report.suppressed.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// A text of the scanned code without what a terminal would act on.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn undecided(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    for check in &report.undecided {
        let (start, _) = report.sources.positions(check.subject.location);
        let path = report.sources.path(check.subject.location.file);
        writeln!(
            out,
            "undecided: {} for {} ({path}:{}:{})",
            check.rule, check.subject.address, start.line, start.column
        )?;
        for reason in &check.reasons {
            writeln!(out, "    {reason}")?;
        }
    }
    if !report.undecided.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn summary(report: &Report<'_>, options: HumanOptions, out: &mut dyn Write) -> std::io::Result<()> {
    let summary = &report.summary;
    let counted: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter_map(|severity| {
            let number = report.findings.iter().filter(|finding| finding.severity == severity).count();
            (number > 0).then(|| format!("{number} {}", severity.as_str()))
        })
        .collect();
    let findings = match (report.findings.len(), counted.join(", ")) {
        (0, _) => "No findings".to_owned(),
        (1, counted) => format!("1 finding ({counted})"),
        (number, counted) => format!("{number} findings ({counted})"),
    };
    writeln!(
        out,
        "{findings} in {}, {}, {}; {} applied.",
        plural(summary.resources, "resource"),
        plural(summary.roots, "root"),
        plural(summary.coverage.files, "file"),
        plural(summary.rules, "rule"),
    )?;
    let mut missing = Vec::new();
    let mut tell = |number: usize, what: &str| {
        if number > 0 {
            missing.push(plural(number, what));
        }
    };
    tell(summary.coverage.unreadable, "unreadable file");
    tell(summary.coverage.broken, "file with syntax errors");
    tell(summary.unresolved_modules, "unresolved module");
    if !missing.is_empty() {
        writeln!(out, "Incomplete: {}.", missing.join(", "))?;
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

/// `1 file`, `2 files`, `2 files with syntax errors`.
fn plural(number: usize, what: &str) -> String {
    if number == 1 {
        return format!("1 {what}");
    }
    match what.split_once(" with ") {
        Some((noun, rest)) => format!("{number} {noun}s with {rest}"),
        None => format!("{number} {what}s"),
    }
}

struct Rendered<'a>(&'a GraphicalReportHandler, &'a Shown);

impl fmt::Display for Rendered<'_> {
    /// The places that belong to it follow as snippets of their own: miette would put a heading above each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, f)?;
        self.1.related.iter().try_for_each(|related| self.0.debug(related, f))
    }
}

/// The texts that snippets are cut from, each made once.
struct Snippets<'a> {
    sources: &'a Sources,
    secrets: Secrets,
    shown: RefCell<FxHashMap<FileId, Arc<str>>>,
}

impl<'a> Snippets<'a> {
    fn new(report: &Report<'a>) -> Self {
        let mut secrets = Secrets::of(report.deployments);
        let about_secrets = |finding: &&Finding| {
            report.rules.get(&finding.rule).is_some_and(|rule| &*rule.category == "secrets")
        };
        report
            .findings
            .iter()
            .filter(about_secrets)
            .filter_map(|it| it.value_span)
            .for_each(|at| secrets.add(at));
        Snippets { sources: report.sources, secrets, shown: RefCell::default() }
    }

    fn window(&self, id: FileId) -> Window {
        let file = self.sources.file(id);
        let hide = || Arc::from(self.secrets.hide(id, file.text()));
        let shown = Arc::clone(self.shown.borrow_mut().entry(id).or_insert_with(hide));
        Window { file, shown }
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
        let mut shown =
            Shown::at(snippets, finding.location, finding.message.clone(), finding.property.clone());
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
                shown.labels.push(LabeledSpan::new_with_span(Some(related.message.clone()), span));
            } else {
                shown.related.push(Shown::at(
                    snippets,
                    related.span,
                    related.message.clone(),
                    Some("here".to_owned()),
                ));
            }
        }
        shown
    }

    fn diagnostic(snippets: &Snippets<'_>, diagnostic: &SourceDiagnostic) -> Self {
        let message = diagnostic.message.to_string();
        let mut shown = match diagnostic.span {
            Some(span) => Shown::at(snippets, span, message, Some("here".to_owned())),
            None => {
                let path = diagnostic.path.as_deref().unwrap_or_default();
                Shown::plain(if path.is_empty() { message } else { format!("{path} {message}") })
            }
        };
        shown.code = Some(diagnostic.code.as_str().to_owned());
        shown.help = diagnostic.help.as_deref().map(str::to_owned);
        shown.severity = match diagnostic.level {
            Level::Error => MietteSeverity::Error,
            Level::Warning => MietteSeverity::Warning,
            Level::Note => MietteSeverity::Advice,
        };
        shown
    }

    fn plain(message: String) -> Self {
        Shown {
            message,
            code: None,
            url: None,
            help: None,
            severity: MietteSeverity::Advice,
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }

    fn at(snippets: &Snippets<'_>, span: Span, message: String, label: Option<String>) -> Self {
        let file = snippets.sources.file(span.file);
        let primary = LabeledSpan::new_primary_with_span(label, first_line(&file, span));
        Shown { source: Some(snippets.window(span.file)), labels: vec![primary], ..Shown::plain(message) }
    }
}

/// Which other instances and parameter files the finding holds for.
fn more(finding: &Finding) -> Option<String> {
    const SHOWN: usize = 5;
    let list = |all: &[String]| {
        let shown = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
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
