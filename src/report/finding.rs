use std::cmp::Reverse;

use indexmap::IndexMap;
use indexmap::map::Entry;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde_json::Value as Json;

use super::fingerprint::fingerprint;
use crate::model::{Call, Deployment, Graph};
use crate::rules::{
    self, Baseline, Broken, Estate, Outcome, Rule, RuleSet, Severity, Verdict, check_each, check_estate,
};
use crate::source::{FileId, Sources, Span};
use crate::suppress::{Complaint, Origin, Probe, Suppression, Suppressions};
use crate::value::to_json;

/// The thing that a finding is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its address in the root.
    pub address: String,
    /// ARM type, or `output` or `parameter`.
    pub resource_type: String,
    /// The type as written.
    pub source_type: String,
    /// Its name as JSON: a string, or an object for what is not known.
    pub name: Json,
    /// Its declaration.
    pub location: Span,
}

/// A place that helps to understand a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// What is there: "the default of parameter 'tls'".
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A broken rule at a place: one a cause.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, about the first instance.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The first instance.
    pub subject: Subject,
    /// The property that decided.
    pub property: Option<String>,
    /// Where it points.
    pub location: Span,
    /// Where the value that decided is written.
    pub value_span: Option<Span>,
    /// Other places.
    pub related: Vec<Related>,
    /// The first root that it holds for.
    pub root: String,
    /// Every parameter file that it holds for.
    pub parameters: Vec<String>,
    /// Every instance: addresses, over loops and callers; those of another root than `root` begin with that root and `#`.
    pub instances: Vec<String>,
    /// Stable over moves and edits elsewhere.
    pub fingerprint: String,
    /// Why it is accepted, where it is.
    pub suppressed: Option<Suppressed>,
}

/// Why a finding does not count.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// `inline`, `config` or `baseline`.
    pub kind: &'static str,
    /// The tool whose words a comment is in.
    pub form: Option<&'static str>,
    /// The reason given.
    pub reason: Option<String>,
    /// The last day on which it is suppressed.
    pub until: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where that is written.
    pub location: Option<Span>,
}

/// A check that could not be decided.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The rule's id.
    pub rule: String,
    /// What it is about.
    pub subject: Subject,
    /// Why.
    pub reasons: Vec<String>,
}

/// What makes two verdicts one finding: the same rule, broken at the same place by the same written value, and
/// suppressed (or not) by the same suppression.
type Cause = (String, Span, Option<Span>, Option<String>, Option<usize>);

/// What the rules say of all that is scanned.
#[derive(Debug, Default)]
pub struct Collected {
    /// Broken rules, one a cause.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// What is for somebody to look at, and no finding.
    pub reviews: Vec<Finding>,
}

/// Judges every deployment, and all of them together, and folds the verdicts into one finding a cause, worst first and then by place.
///
/// Suppressed findings are among them, and marked.
///
/// With `reported`, only findings that lie in these files, or whose resource or origin does, are kept.
pub fn collect(
    sources: &Sources,
    graphs: &[Graph<'_>],
    rules: &RuleSet,
    baseline: Baseline,
    reported: Option<&[FileId]>,
    suppressions: &Suppressions,
) -> Collected {
    let judging = Judging { sources, rules, reported, suppressions };
    let mut judged: Vec<Judged> = graphs.par_iter().map(|graph| judging.judge(graph)).collect();
    judged.push(judging.judge_estate(graphs, baseline));
    let mut findings: IndexMap<Cause, Finding> = IndexMap::new();
    let mut undecided: IndexMap<(String, Span, String), Undecided> = IndexMap::new();
    let mut reviews: Vec<Finding> = Vec::new();
    for judged in judged {
        reviews.extend(judged.reviews);
        for (cause, finding) in judged.findings {
            fold(&mut findings, cause, finding);
        }
        for check in judged.undecided {
            let key = (check.rule.clone(), check.subject.location, check.subject.address.clone());
            undecided.entry(key).or_insert(check);
        }
    }
    let mut findings: Vec<Finding> = findings.into_values().collect();
    findings.iter_mut().for_each(Finding::settle);
    sort(sources, &mut findings);
    let mut undecided: Vec<Undecided> = undecided.into_values().collect();
    undecided.sort_by_cached_key(|check| {
        let place = check.subject.location;
        (sources.path(place.file), place.start, check.rule.clone(), check.subject.address.clone())
    });
    Collected { findings, undecided, reviews }
}

/// Worst first, then by place.
pub fn sort(sources: &Sources, findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let place = finding.location;
        (
            Reverse(finding.severity),
            sources.path(place.file),
            place.start,
            finding.rule.clone(),
            finding.fingerprint.clone(),
        )
    });
}

/// Adds a finding, or what is new in it to the one of the same cause.
fn fold(findings: &mut IndexMap<Cause, Finding>, cause: Cause, finding: Finding) {
    match findings.entry(cause) {
        Entry::Occupied(mut same) => same.get_mut().absorb(finding),
        Entry::Vacant(first) => {
            first.insert(finding);
        }
    }
}

#[derive(Default)]
struct Judged {
    /// Folded already: of a loop with many instances one finding is kept.
    findings: IndexMap<Cause, Finding>,
    undecided: Vec<Undecided>,
    reviews: Vec<Finding>,
}

/// What deployments are judged by.
struct Judging<'a> {
    sources: &'a Sources,
    rules: &'a RuleSet,
    reported: Option<&'a [FileId]>,
    suppressions: &'a Suppressions,
}

impl Judging<'_> {
    fn judge(&self, graph: &Graph<'_>) -> Judged {
        let mut judged = Judged::default();
        check_each(graph, self.rules, &mut |verdict| self.add(&mut judged, graph.deployment(), verdict));
        judged
    }

    /// What holds or not for all that is scanned together.
    fn judge_estate(&self, graphs: &[Graph<'_>], baseline: Baseline) -> Judged {
        let mut judged = Judged::default();
        if !self.rules.iter().any(Rule::is_about_estate) {
            return judged;
        }
        let estate = Estate::new(graphs, baseline);
        for found in check_estate(&estate, self.rules) {
            self.add(&mut judged, estate.deployment(found.deployment), found.verdict);
        }
        judged
    }

    fn add(&self, judged: &mut Judged, deployment: &Deployment, verdict: Verdict<'_>) {
        let subject = subject(deployment, &verdict.subject);
        let calls_to: &[Call] = match verdict.subject {
            rules::Subject::Resource(index) => &deployment.resources[index].calls,
            rules::Subject::Output(_) | rules::Subject::Parameter(_) => &[],
        };
        let kept = |span: Span| self.reported.is_none_or(|files| files.contains(&span.file));
        let suppression = |location: Span| {
            let probe = Probe {
                rule: &verdict.rule.id,
                location,
                declaration: subject.location,
                address: &subject.address,
                calls: calls_to,
            };
            self.suppressions.find(self.sources, &probe)
        };
        match verdict.outcome {
            Outcome::Broken(broken)
                if kept(broken.location)
                    || kept(subject.location)
                    || broken.related.iter().any(|(_, span)| kept(*span)) =>
            {
                let property = broken.property.as_deref().map(without_indexes);
                let suppressed = suppression(broken.location);
                let id = verdict.rule.id.to_string();
                let cause = (id, broken.location, broken.value_span, property, suppressed);
                let mut finding = finding(deployment, verdict.rule, subject, calls_to, *broken);
                finding.suppressed =
                    suppressed.and_then(|index| self.suppressions.get(index)).map(Suppressed::by);
                fold(&mut judged.findings, cause, finding);
            }
            // what somebody has accepted need not be looked at
            Outcome::Review(broken)
                if (kept(broken.location) || kept(subject.location))
                    && suppression(broken.location).is_none() =>
            {
                judged.reviews.push(finding(deployment, verdict.rule, subject, calls_to, *broken));
            }
            Outcome::Undecided(undecided) if kept(subject.location) => {
                // one that may yet be needed is not stale
                suppression(subject.location);
                let reasons = undecided.reasons.iter().map(|reason| reason.text.to_string()).collect();
                judged.undecided.push(Undecided { rule: verdict.rule.id.to_string(), subject, reasons });
            }
            _ => {}
        }
    }
}

impl Suppressed {
    /// As a suppression says.
    pub fn by(suppression: &Suppression) -> Self {
        let (kind, form) = match suppression.origin {
            Origin::Inline(form) => ("inline", Some(form.as_str())),
            Origin::Config => ("config", None),
        };
        Suppressed {
            kind,
            form,
            reason: suppression.reason.clone(),
            until: suppression.until.map(|day| day.to_string()),
            owner: suppression.owner.clone(),
            location: Some(suppression.span),
        }
    }

    /// The finding was accepted before.
    pub fn by_baseline(reason: &str) -> Self {
        let reason = Some(reason.to_owned());
        Suppressed { kind: "baseline", form: None, reason, until: None, owner: None, location: None }
    }
}

/// The module calls that lead to a finding, from the root inwards, where no other place in them is shown already.
fn calls(calls: &[Call], location: Span, shown: &[Related]) -> Vec<Related> {
    let is_shown =
        |call: &Call| call.span.contains(location) || shown.iter().any(|it| call.span.contains(it.span));
    let here = |call: &Call| Related { message: format!("called here: '{}'", call.name), span: call.header };
    calls.iter().filter(|call| call.owned && !is_shown(call)).map(here).collect()
}

fn finding(
    deployment: &Deployment,
    rule: &Rule,
    subject: Subject,
    calls_to: &[Call],
    broken: Broken,
) -> Finding {
    let value = broken.value.as_ref().map(|value| to_json(value).to_string()).unwrap_or_default();
    let folder = deployment.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let property = broken.property.as_deref().unwrap_or_default();
    let mut related: Vec<Related> =
        broken.related.into_iter().map(|(message, span)| Related { message, span }).collect();
    related.extend(calls(calls_to, broken.location, &related));
    let fingerprint = fingerprint(&[&rule.id, folder, &without_indexes(&subject.address), property, &value]);
    Finding {
        rule: rule.id.to_string(),
        severity: broken.severity.unwrap_or(rule.severity),
        message: broken.message,
        help: rule.help.to_string(),
        instances: vec![subject.address.clone()],
        subject,
        property: broken.property,
        location: broken.location,
        value_span: broken.value_span,
        related,
        root: deployment.path.to_string(),
        parameters: deployment.parameter_file.iter().map(ToString::to_string).collect(),
        fingerprint,
        suppressed: None,
    }
}

impl Finding {
    /// What is wrong with a suppression or with a module's source.
    pub fn about_governance(sources: &Sources, complaint: Complaint) -> Self {
        let Complaint { rule, kind, severity, message, help, span, written, reason } = complaint;
        let path = sources.path(span.file);
        let folder = path.parent().map_or("", |folder| folder.as_str());
        let address = format!("{kind} {written}");
        Finding {
            rule: rule.to_owned(),
            severity,
            help: help.to_owned(),
            subject: Subject {
                address: address.clone(),
                resource_type: kind.to_owned(),
                source_type: kind.to_owned(),
                name: written.as_str().into(),
                location: span,
            },
            property: None,
            location: span,
            value_span: None,
            related: Vec::new(),
            root: path.to_string(),
            parameters: Vec::new(),
            instances: vec![address],
            fingerprint: fingerprint(&[rule, folder, &written, &reason, &message]),
            message,
            suppressed: None,
        }
    }

    /// Names every instance and parameter file once, in the order in which they came.
    fn settle(&mut self) {
        for list in [&mut self.instances, &mut self.parameters] {
            let mut seen = FxHashSet::default();
            list.retain(|item| seen.insert(item.clone()));
        }
    }

    /// Takes in another verdict of the same cause.
    fn absorb(&mut self, other: Finding) {
        if other.severity > self.severity {
            self.severity = other.severity;
            self.message.clone_from(&other.message);
        }
        // which of them are the same is looked at once, when all are there
        if other.root == self.root {
            self.instances.extend(other.instances);
        } else {
            let elsewhere = other.instances.iter().map(|address| format!("{}#{address}", other.root));
            self.instances.extend(elsewhere);
        }
        self.parameters.extend(other.parameters);
        for related in other.related {
            if self.related.len() < MAX_RELATED && !self.related.iter().any(|seen| seen.span == related.span)
            {
                self.related.push(related);
            }
        }
    }
}

/// How many related places a finding keeps: GitHub shows no more.
const MAX_RELATED: usize = 100;

fn subject(deployment: &Deployment, subject: &rules::Subject) -> Subject {
    let named = |kind: &str, module: &str, name: &str, location: Span| Subject {
        address: format!("{module}{name}"),
        resource_type: kind.to_owned(),
        source_type: kind.to_owned(),
        name: name.into(),
        location,
    };
    match *subject {
        rules::Subject::Resource(index) => {
            let resource = &deployment.resources[index];
            Subject {
                address: resource.address.to_string(),
                resource_type: resource.resource_type.to_string(),
                source_type: resource.source_type.to_string(),
                name: to_json(&resource.name),
                location: resource.span,
            }
        }
        rules::Subject::Output(index) => {
            let output = &deployment.outputs[index];
            named("output", &output.module, &output.name, output.span)
        }
        rules::Subject::Parameter(index) => {
            let parameter = &deployment.parameters[index];
            named("parameter", &parameter.module, &parameter.name, parameter.span)
        }
    }
}

/// `rules[3].x` → `rules[].x`: instances of a loop are one thing.
fn without_indexes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        match character {
            '[' => {
                inside = true;
                out.push('[');
            }
            ']' => {
                inside = false;
                out.push(']');
            }
            _ if inside => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_left_out() {
        assert_eq!(without_indexes("sa[3]/x[\"a\"]"), "sa[]/x[]");
        assert_eq!(without_indexes("properties.a"), "properties.a");
    }
}
