use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use rustc_hash::FxHashMap;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location, LogicalLocation, Message, MultiformatMessageString,
    Notification, PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor,
    ReportingDescriptorReference, Result as SarifResult, ResultKind, ResultLevel, RunAutomationDetails,
    Suppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};

use super::fingerprint::line_hashes;
use super::notices::sentence;
use super::stream::Each;
use super::{Finding, Report, Suppressed};
use crate::rules::{Rule, Severity};
use crate::source::{Diagnostic, FileId, Level, Sources, Span};

/// How many results GitHub keeps of a run: of more, it is the worst that are written here.
/// Source: <https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>
const MAX_RESULTS: usize = 5_000;
/// A log of more results than this is for machines: it is not indented.
const MAX_INDENTED: usize = 1_000;
/// GitHub's limit of a description's characters.
const MAX_DESCRIPTION: usize = 1000;
/// How many related places a message links to; all of them are in `relatedLocations`.
const MAX_LINKS: usize = 4;
/// How many tags of a rule GitHub keeps.
const MAX_TAGS: usize = 10;
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const BASE: &str = "SRCROOT";

/// Writes the SARIF 2.1.0 log of a scan, to the letter of what GitHub code scanning and Azure DevOps read, a result at a time.
///
/// # Errors
/// Those of `out`.
pub fn sarif(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rule_index = report.rules.iter().enumerate().map(|(index, rule)| (&*rule.id, index)).collect();
    let log = Log(Writer { report, hashes: RefCell::default(), rule_index });
    if report.findings.len() > MAX_INDENTED {
        serde_json::to_writer(&mut *out, &log)?;
    } else {
        serde_json::to_writer_pretty(&mut *out, &log)?;
    }
    writeln!(out)
}

struct Log<'a>(Writer<'a>);

impl Serialize for Log<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut log = serializer.serialize_map(Some(3))?;
        log.serialize_entry("$schema", SCHEMA)?;
        log.serialize_entry("version", "2.1.0")?;
        log.serialize_entry("runs", &[&self.0])?;
        log.end()
    }
}

struct Writer<'a> {
    report: &'a Report<'a>,
    hashes: RefCell<FxHashMap<FileId, Vec<String>>>,
    rule_index: FxHashMap<&'a str, usize>,
}

/// The one run. `serde_sarif::sarif::Run` would hold all results at once.
impl Serialize for Writer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let suppressed: &[Finding] = if self.report.show_suppressed { &self.report.suppressed } else { &[] };
        let shown = || self.report.findings.iter().chain(suppressed).take(MAX_RESULTS);
        let room = MAX_RESULTS - shown().count();
        let review = |review: &Finding| {
            let mut result = self.result(review);
            result.kind = Some(ResultKind::Review);
            result.level = Some(ResultLevel::None);
            result
        };
        let reviews = || self.report.reviews.iter().take(room).map(review);
        let results = || shown().map(|finding| self.result(finding)).chain(reviews());
        let base =
            ArtifactLocation::builder().description(text("The folder that the scan was started in.")).build();
        let mut run = serializer.serialize_map(None)?;
        run.serialize_entry("tool", &Tool::builder().driver(self.driver()).build())?;
        run.serialize_entry("invocations", &[self.invocation()])?;
        run.serialize_entry("originalUriBaseIds", &BTreeMap::from([(BASE, base)]))?;
        run.serialize_entry("columnKind", "utf16CodeUnits")?;
        run.serialize_entry("automationDetails", &RunAutomationDetails::builder().id("leftward/").build())?;
        run.serialize_entry("results", &Each(results))?;
        if let Some(score) = &self.report.secure_score {
            run.serialize_entry("properties", &json!({"secureScore": score}))?;
        }
        run.end()
    }
}

impl Writer<'_> {
    fn driver(&self) -> ToolComponent {
        let rules: Vec<ReportingDescriptor> = self.report.rules.iter().map(descriptor).collect();
        let mut kinds: Vec<&str> =
            self.report.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let notifications: Vec<ReportingDescriptor> = kinds
            .into_iter()
            .map(|kind| {
                let text = format!("leftward reports what it could not read or resolve: {kind}.");
                let text = || MultiformatMessageString::builder().text(text.clone()).build();
                ReportingDescriptor::builder()
                    .id(kind)
                    .name(format!("{}Notification", pascal_case(kind)))
                    .short_description(text())
                    .full_description(text())
                    .help(text())
                    .build()
            })
            .collect();
        ToolComponent::builder()
            .name("leftward")
            .full_name(format!("leftward {}", env!("CARGO_PKG_VERSION")))
            .organization("leftward")
            .semantic_version(env!("CARGO_PKG_VERSION"))
            .version(env!("CARGO_PKG_VERSION"))
            .information_uri("https://learn.microsoft.com/azure/defender-for-cloud/")
            .rules(rules)
            .notifications(notifications)
            .build()
    }

    fn invocation(&self) -> Invocation {
        let mut notifications: Vec<Notification> =
            self.report.diagnostics.iter().map(|diagnostic| self.notification(diagnostic)).collect();
        if self.report.findings.len() > MAX_RESULTS {
            let message = format!(
                "{} findings; only the worst {MAX_RESULTS} are in this file.",
                self.report.findings.len()
            );
            notifications
                .push(Notification::builder().level(json!("warning")).message(text(&message)).build());
        }
        Invocation::builder()
            .execution_successful(
                self.report.summary.coverage.unreadable == 0 && self.report.summary.coverage.broken == 0,
            )
            .tool_execution_notifications(notifications)
            .build()
    }

    fn notification(&self, diagnostic: &Diagnostic) -> Notification {
        let level = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let message = match (&diagnostic.path, diagnostic.span) {
            (Some(path), None) => format!("{path} {}", diagnostic.message),
            _ => diagnostic.message.to_string(),
        };
        let builder = Notification::builder()
            .level(json!(level))
            .message(text(&sentence(&message)))
            .descriptor(ReportingDescriptorReference::builder().id(diagnostic.code.as_str()).build());
        match (diagnostic.span, &diagnostic.path) {
            (Some(span), _) => builder.locations(vec![self.location(span, None)]).build(),
            (None, Some(path)) if !path.is_empty() => {
                let physical = PhysicalLocation::builder().artifact_location(artifact(path)).build();
                builder.locations(vec![Location::builder().physical_location(physical).build()]).build()
            }
            _ => builder.build(),
        }
    }

    fn result(&self, finding: &Finding) -> SarifResult {
        let line = self.report.sources.positions(finding.location).0.line;
        let sources = self.report.sources;
        let mut files = self.hashes.borrow_mut();
        let hashes = files
            .entry(finding.location.file)
            .or_insert_with_key(|file| line_hashes(sources.file(*file).text()));
        let mut fingerprints = BTreeMap::from([("leftward/v1".to_owned(), finding.fingerprint.clone())]);
        if let Some(hash) = hashes.get(line as usize - 1) {
            fingerprints.insert("primaryLocationLineHash".to_owned(), hash.clone());
        }
        let mut location = self.location(finding.location, None);
        location.logical_locations = Some(vec![
            LogicalLocation::builder()
                .fully_qualified_name(format!("{}/{}", finding.root, finding.subject.address))
                .name(finding.subject.address.clone())
                .kind("resource")
                .build(),
        ]);
        let related: Vec<Location> = finding
            .related
            .iter()
            .zip(1i64..)
            .map(|(related, id)| {
                let mut location = self.location(related.span, Some(&related.message));
                location.id = Some(id);
                location
            })
            .collect();
        let mut message = sentence(&finding.message);
        for (related, id) in finding.related.iter().take(MAX_LINKS).zip(1..) {
            message.push_str(&format!(" See [{}]({id}).", escape_link(&related.message)));
        }
        let flows = self.flow(finding);
        let properties = BTreeMap::from([
            ("instances".to_owned(), json!(finding.instances)),
            ("parameters".to_owned(), json!(finding.parameters)),
            ("property".to_owned(), json!(finding.property)),
        ]);
        let builder = SarifResult::builder()
            .rule_id(finding.rule.clone())
            .level(level(finding.severity))
            .message(text(&message))
            .locations(vec![location])
            .related_locations(related)
            .code_flows(flows)
            .partial_fingerprints(fingerprints)
            .properties(PropertyBag::builder().additional_properties(properties).build());
        let mut result = match self.rule_index.get(finding.rule.as_str()) {
            Some(index) => builder.rule_index(i64::try_from(*index).unwrap_or(-1)).build(),
            None => builder.build(),
        };
        result.suppressions =
            finding.suppressed.as_ref().map(|suppressed| vec![self.suppression(suppressed)]);
        result
    }

    fn suppression(&self, suppressed: &Suppressed) -> Suppression {
        let kind = if suppressed.kind == "inline" { "inSource" } else { "external" };
        let justification = suppressed.reason.clone().unwrap_or_else(|| "No reason was given.".to_owned());
        let builder = Suppression::builder().kind(json!(kind)).justification(justification);
        match suppressed.location {
            Some(span) => builder.location(self.location(span, None)).build(),
            None => builder.build(),
        }
    }

    /// How the value came from where it is written to where it is used; empty where it did not travel.
    fn flow(&self, finding: &Finding) -> Vec<CodeFlow> {
        if finding.related.is_empty() {
            return Vec::new();
        }
        let step = |span: Span, message: &str| {
            ThreadFlowLocation::builder().location(self.location(span, Some(message))).build()
        };
        let steps = finding.related.iter().rev().map(|related| step(related.span, &related.message));
        let steps = steps.chain([step(finding.location, &finding.message)]).collect::<Vec<_>>();
        vec![CodeFlow::builder().thread_flows(vec![ThreadFlow::builder().locations(steps).build()]).build()]
    }

    fn location(&self, span: Span, message: Option<&str>) -> Location {
        let physical = physical(self.report.sources, span);
        match message {
            Some(message) => {
                Location::builder().physical_location(physical).message(text(&sentence(message))).build()
            }
            None => Location::builder().physical_location(physical).build(),
        }
    }
}

fn physical(sources: &Sources, span: Span) -> PhysicalLocation {
    let (start, end) = sources.positions(span);
    let region = Region::builder()
        .start_line(i64::from(start.line))
        .start_column(i64::from(start.column))
        .end_line(i64::from(end.line))
        .end_column(i64::from(end.column))
        .build();
    PhysicalLocation::builder()
        .artifact_location(artifact(sources.path(span.file).as_str()))
        .region(region)
        .build()
}

/// A path as a URI relative to where the scan was started; an absolute path stays one.
fn artifact(path: &str) -> ArtifactLocation {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if path.starts_with('/') {
        return ArtifactLocation::builder().uri(format!("file://{uri}")).build();
    }
    ArtifactLocation::builder().uri(uri).uri_base_id(BASE).build()
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let title = sentence(&rule.title);
    let description = clip(&sentence(rule.description()));
    let mut tags = vec!["security".to_owned(), "azure".to_owned(), rule.category.to_string()];
    for (framework, controls) in rule.frameworks.iter() {
        tags.extend(controls.iter().map(|control| format!("{framework}/{}", &**control)));
    }
    tags.truncate(MAX_TAGS);
    let properties = BTreeMap::from([
        ("security-severity".to_owned(), json!(security_severity(rule.severity))),
        ("precision".to_owned(), json!("high")),
        ("problem.severity".to_owned(), json!(level(rule.severity))),
    ]);
    let help = MultiformatMessageString::builder()
        .text(sentence(&rule.help))
        .markdown(rule.page.to_string())
        .build();
    let builder = ReportingDescriptor::builder()
        .id(rule.id.to_string())
        .name(pascal_case(&rule.id))
        .short_description(MultiformatMessageString::builder().text(title).build())
        .full_description(MultiformatMessageString::builder().text(description).build())
        .help(help)
        .default_configuration(ReportingConfiguration::builder().level(json!(level(rule.severity))).build())
        .properties(PropertyBag::builder().tags(tags).additional_properties(properties).build());
    match rule.references.first() {
        Some(reference) => builder.help_uri(reference.to_string()).build(),
        None => builder.build(),
    }
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Info => ResultLevel::Note,
    }
}

/// GitHub's number for a severity: over 9.0 critical, from 7.0 high, from 4.0 medium, below low. It must be a string.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

fn text(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn escape_link(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

fn clip(text: &str) -> String {
    if text.chars().count() <= MAX_DESCRIPTION {
        return text.to_owned();
    }
    let clipped: String = text.chars().take(MAX_DESCRIPTION - 1).collect();
    format!("{clipped}…")
}

/// `storage-https-only` → `StorageHttpsOnly`: SARIF's `name` is an identifier.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut characters = word.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + characters.as_str()
            })
        })
        .collect()
}
