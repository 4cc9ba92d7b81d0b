//! The report as a page of its own: it asks for nothing from anywhere, works from a file and without scripts.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use rustc_hash::FxHashMap;

use super::snippets::{Line, Snippets};
use super::summary::plural;
use super::{Finding, Report};
use crate::source::Span;
use crate::source::visible;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Nothing is loaded and nothing is sent, whatever a name in the report contains.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// How many findings are on the page; a browser is slow with more.
const MAX_FINDINGS: usize = 5_000;
/// How many related places of a finding are shown with their lines.
const MAX_RELATED: usize = 6;
/// How many instances of a finding are named.
const MAX_INSTANCES: usize = 20;
/// Lines shown above and below what a finding points at.
const CONTEXT: u32 = 2;

/// Writes the report as one HTML page.
///
/// # Errors
/// Those of `out`.
pub fn html(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(report).into_string().as_bytes())
}

fn page(report: &Report<'_>) -> Markup {
    let shown = report.findings.len().min(MAX_FINDINGS);
    markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "leftward " (env!("CARGO_PKG_VERSION")) };
                title { "leftward: " (plural(report.findings.len(), "finding")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#findings" { "Skip to the findings" }
                (header(report))
                main {
                    (rules(report))
                    section #findings aria-labelledby="findings-title" {
                        h2 #findings-title { "Findings" }
                        @if shown > 0 { (filters(report)) }
                        p #shown role="status" aria-live="polite" {
                            @if shown < report.findings.len() {
                                "The worst " (shown) " of " (report.findings.len()) " findings are on this page; the other formats have them all."
                            } @else if shown == 0 {
                                "Nothing was found."
                            } @else {
                                (plural(shown, "finding")) "."
                            }
                        }
                        div #list { (findings(report)) }
                    }
                    (sections(report))
                    (skipped(report))
                    (undecided(report))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn header(report: &Report<'_>) -> Markup {
    markup! {
        header {
            h1 { "leftward" }
            p .headline { (report.headline()) }
            @if let Some(missing) = report.missing() {
                p .incomplete role="note" { strong { "Incomplete: " } (missing) ". " a href="#skipped" { "What was not looked at" } }
            }
            ul .tiles aria-label="Findings by severity" {
                @for (severity, number) in report.by_severity() {
                    li class={ "tile " (severity.as_str()) } { strong { (number) } " " (severity.as_str()) }
                }
            }
            button #theme type="button" hidden { "Dark or light" }
        }
    }
}

/// The rules that have findings; with scripts, a click shows theirs alone.
fn rules(report: &Report<'_>) -> Markup {
    let rules = report.by_rule();
    markup! {
        @if !rules.is_empty() {
            section aria-labelledby="rules-title" {
                h2 #rules-title { "Rules" }
                div .scroll tabindex="0" role="region" aria-label="Table of the rules" {
                    table {
                        thead { tr { th scope="col" { "Findings" } th scope="col" { "Severity" } th scope="col" { "Rule" } th scope="col" { "What is wrong" } } }
                        tbody {
                            @for (id, severity, number) in rules {
                                tr {
                                    td .number { (number) }
                                    td { span class={ "badge " (severity.as_str()) } { (severity.as_str()) } }
                                    td { a href={ "#rule-" (id) } data-rule=(id) { (id) } }
                                    td { (report.rules.get(id).map_or("", |rule| &*rule.title)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn filters(report: &Report<'_>) -> Markup {
    markup! {
        form #filters role="search" aria-label="Filter the findings" hidden {
            label { "Search " input #search type="search" placeholder="text, rule, resource, file" autocomplete="off"; }
            fieldset {
                legend { "Severity" }
                @for (severity, number) in report.by_severity() {
                    label { input type="checkbox" name="severity" value=(severity.as_str()) checked; " " (severity.as_str()) " (" (number) ")" }
                }
            }
            label { "Group by "
                select #group {
                    option value="severity" { "severity" }
                    option value="rule" { "rule" }
                    option value="file" { "file" }
                    option value="resource" { "resource" }
                    option value="framework" { "framework" }
                }
            }
            button type="reset" { "Show all" }
        }
    }
}

fn findings(report: &Report<'_>) -> Markup {
    let snippets = Snippets::new(report);
    let mut first: FxHashMap<&str, ()> = FxHashMap::default();
    let articles: Vec<Markup> = report
        .findings
        .iter()
        .take(MAX_FINDINGS)
        .map(|finding| {
            // the rules' table leads to the first finding of each
            let is_first = first.insert(&finding.rule, ()).is_none();
            article(report, &snippets, finding, is_first)
        })
        .collect();
    markup! { @for article in &articles { (article) } }
}

fn article(report: &Report<'_>, snippets: &Snippets<'_>, finding: &Finding, is_first: bool) -> Markup {
    let rule = report.rules.get(&finding.rule);
    let path = report.sources.path(finding.location.file);
    let frameworks: Vec<String> = rule
        .into_iter()
        .flat_map(|rule| rule.frameworks.iter())
        .flat_map(|(framework, controls)| {
            controls.iter().map(move |control| format!("{framework} {}", &**control))
        })
        .collect();
    let anchor = is_first.then(|| format!("rule-{}", finding.rule));
    markup! {
        article .finding id=[anchor] data-severity=(finding.severity.as_str()) data-rule=(finding.rule) data-file=(path)
            data-resource=(finding.subject.address) data-frameworks=(frameworks.join("|")) {
            h3 {
                span class={ "badge " (finding.severity.as_str()) } { (finding.severity.as_str()) }
                " " (visible(&finding.message))
            }
            p .where {
                code { (visible(path.as_str())) ":" (report.sources.positions(finding.location).0.line) }
                " · " code { (finding.rule) }
                " · " code { (visible(&finding.subject.address)) }
                @if let Some(property) = &finding.property { " · " code { (visible(property)) } }
            }
            (snippet(&snippets.lines(finding.location, CONTEXT)))
            p .help { strong { "What to do: " } (visible(&finding.help)) }
            @if !finding.related.is_empty() { (related(report, snippets, finding)) }
            (more(finding))
            @if let Some(rule) = rule {
                details {
                    summary { "About this rule" }
                    p { (rule.description()) }
                    @if !frameworks.is_empty() {
                        ul .controls aria-label="Controls of frameworks" { @for control in &frameworks { li { (control) } } }
                    }
                    @for reference in rule.references.iter() {
                        p { a href=(&**reference) rel="noreferrer noopener" { (&**reference) } }
                    }
                }
            }
        }
    }
}

fn related(report: &Report<'_>, snippets: &Snippets<'_>, finding: &Finding) -> Markup {
    let place = |span: Span| {
        let path = report.sources.path(span.file);
        format!("{}:{}", visible(path.as_str()), report.sources.positions(span).0.line)
    };
    markup! {
        details open {
            summary { "How it came here" }
            @for related in finding.related.iter().take(MAX_RELATED) {
                p .where { (visible(&related.message)) " · " code { (place(related.span)) } }
                (snippet(&snippets.lines(related.span, 0)))
            }
            @if finding.related.len() > MAX_RELATED {
                p { (plural(finding.related.len() - MAX_RELATED, "more place")) "." }
            }
        }
    }
}

/// The instances, callers and parameter files that the finding holds for.
fn more(finding: &Finding) -> Markup {
    markup! {
        @if finding.instances.len() > 1 {
            details {
                summary { (plural(finding.instances.len(), "instance")) }
                ul {
                    @for instance in finding.instances.iter().take(MAX_INSTANCES) { li { code { (visible(instance)) } } }
                    @if finding.instances.len() > MAX_INSTANCES { li { (finding.instances.len() - MAX_INSTANCES) " more" } }
                }
            }
        }
        @if !finding.parameters.is_empty() {
            p .where { "With " @for (index, file) in finding.parameters.iter().enumerate() {
                @if index > 0 { ", " }
                code { (visible(file)) }
            } "." }
        }
    }
}

fn snippet(lines: &[Line]) -> Markup {
    markup! {
        pre .code tabindex="0" { code {
            @for line in lines {
                span .line {
                    span .gutter aria-hidden="true" { (line.number) }
                    @match &line.marked {
                        Some(range) => {
                            (&line.text[..range.start]) mark { (&line.text[range.clone()]) } (&line.text[range.end..])
                        }
                        None => { (line.text) }
                    }
                    "\n"
                }
            }
        } }
    }
}

/// The score, the plans and the exposure.
fn sections(report: &Report<'_>) -> Markup {
    markup! {
        @for (index, (title, text)) in report.sections.iter().enumerate() {
            section aria-labelledby={ "section-" (index) } {
                h2 id={ "section-" (index) } { (title) }
                pre .code tabindex="0" role="region" aria-label={ (title) ", in detail" } { code { (text) } }
            }
        }
    }
}

/// What was not read, not understood or not resolved.
fn skipped(report: &Report<'_>) -> Markup {
    let place = |diagnostic: &crate::source::Diagnostic| match (diagnostic.span, diagnostic.path.as_deref()) {
        (Some(span), _) => {
            format!("{}:{}", report.sources.path(span.file), report.sources.positions(span).0.line)
        }
        (None, path) => path.unwrap_or_default().to_owned(),
    };
    markup! {
        @if !report.diagnostics.is_empty() {
            section #skipped aria-labelledby="skipped-title" {
                h2 #skipped-title { "Not looked at, or not resolved" }
                ul {
                    @for diagnostic in report.diagnostics.iter().take(MAX_FINDINGS) {
                        li {
                            span .level { (diagnostic.level.as_str()) } " "
                            code { (visible(&place(diagnostic))) } " " (visible(&diagnostic.message))
                        }
                    }
                }
            }
        }
    }
}

/// The checks that could not be decided, by rule, with their most frequent reason.
fn undecided(report: &Report<'_>) -> Markup {
    let mut rules: FxHashMap<&str, (usize, FxHashMap<&str, usize>)> = FxHashMap::default();
    for check in &report.undecided {
        let (number, reasons) = rules.entry(&check.rule).or_default();
        *number += 1;
        check.reasons.iter().for_each(|reason| *reasons.entry(reason).or_default() += 1);
    }
    let mut rules: Vec<(&str, usize, Option<&str>)> = rules
        .into_iter()
        .map(|(rule, (number, reasons))| {
            let most = reasons.into_iter().max_by(|(a, many), (b, more)| many.cmp(more).then(b.cmp(a)));
            (rule, number, most.map(|(reason, _)| reason))
        })
        .collect();
    rules.sort_by(|(a, many, _), (b, more, _)| more.cmp(many).then(a.cmp(b)));
    markup! {
        @if !rules.is_empty() {
            section aria-labelledby="undecided-title" {
                h2 #undecided-title { "Could not be decided" }
                details {
                    summary { (plural(report.undecided.len(), "check")) " of " (plural(rules.len(), "rule")) }
                    div .scroll tabindex="0" role="region" aria-label="Table of what could not be decided" {
                        table {
                            thead { tr { th scope="col" { "Checks" } th scope="col" { "Rule" } th scope="col" { "Most frequent reason" } } }
                            tbody {
                                @for (rule, number, reason) in &rules {
                                    tr { td .number { (number) } td { (rule) } td { (visible(reason.unwrap_or_default())) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
