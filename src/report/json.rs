use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serializer as _;
use serde::ser::SerializeMap;
use serde_json::{Map, Value as Json, json};

use super::stream::Each;
use super::{Diff, Finding, Report, Subject, Undecided};
use crate::model::{diagnostic_json, location_json};
use crate::rules::{Literal, Parameter, Rule, RuleSet};
use crate::source::Sources;

/// Writes the contract's JSON of `leftward scan`, a finding at a time.
///
/// # Errors
/// Those of `out`.
pub fn json(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sources = report.sources;
    let undecided = |undecided: &Undecided| {
        json!({
            "rule": undecided.rule,
            "resource": subject_json(sources, &undecided.subject),
            "reasons": undecided.reasons,
        })
    };
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("schema", &1)?;
    map.serialize_entry("tool", &json!({"name": "leftward", "version": env!("CARGO_PKG_VERSION")}))?;
    map.serialize_entry(
        "findings",
        &Each(|| report.findings.iter().chain(&report.suppressed).map(|it| finding_json(sources, it))),
    )?;
    map.serialize_entry("undecided", &Each(|| report.undecided.iter().map(undecided)))?;
    map.serialize_entry("reviews", &Each(|| report.reviews.iter().map(|it| finding_json(sources, it))))?;
    map.serialize_entry(
        "diagnostics",
        &Each(|| report.diagnostics.iter().map(|it| diagnostic_json(sources, it))),
    )?;
    map.serialize_entry("summary", &summary_json(report))?;
    SerializeMap::end(map)?;
    writeln!(out)
}

fn summary_json(report: &Report<'_>) -> Json {
    let summary = &report.summary;
    let mut by_severity: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *by_severity.entry(finding.severity.as_str()).or_default() += 1;
    }
    json!({
        "files": summary.coverage.files,
        "passedOver": summary.coverage.passed_over,
        "compiledLeftOut": summary.coverage.compiled,
        "unreadable": summary.coverage.unreadable,
        "broken": summary.coverage.broken,
        "roots": summary.roots,
        "resources": summary.resources,
        "rules": summary.rules,
        "findings": by_severity,
        "suppressed": report.suppressed.len(),
        "undecided": report.undecided.len(),
        "reviews": report.reviews.len(),
        "unresolvedModules": summary.unresolved_modules,
        "unmappedTypes": summary.unmapped_types,
        "complete": summary.is_complete(),
        "diff": report.diff.as_ref().map(diff_json),
    })
}

fn diff_json(diff: &Diff) -> Json {
    json!({
        "base": diff.base,
        "commit": diff.commit,
        "new": diff.new,
        "unchanged": diff.unchanged,
        "fixed": diff.fixed.iter().map(|(rule, root, address, fingerprint)| json!({
            "rule": rule,
            "root": root,
            "address": address,
            "fingerprint": fingerprint,
        })).collect::<Vec<_>>(),
    })
}

fn subject_json(sources: &Sources, subject: &Subject) -> Json {
    json!({
        "address": subject.address,
        "type": subject.resource_type,
        "sourceType": subject.source_type,
        "name": subject.name,
        "location": location_json(sources, subject.location),
    })
}

fn finding_json(sources: &Sources, finding: &Finding) -> Json {
    json!({
        "rule": finding.rule,
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "help": finding.help,
        "resource": subject_json(sources, &finding.subject),
        "property": finding.property,
        "location": location_json(sources, finding.location),
        "related": finding.related.iter().map(|related| json!({
            "message": related.message,
            "location": location_json(sources, related.span),
        })).collect::<Vec<_>>(),
        "root": finding.root,
        "parameters": finding.parameters,
        "instances": finding.instances,
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed.as_ref().map(|suppressed| json!({
            "kind": suppressed.kind,
            "form": suppressed.form,
            "reason": suppressed.reason,
            "until": suppressed.until,
            "owner": suppressed.owner,
            "location": suppressed.location.map(|span| location_json(sources, span)),
        })),
    })
}

/// The contract's JSON of `leftward rules`.
pub fn rules_json(rules: &RuleSet) -> Json {
    json!({"schema": 1, "rules": rules.all().map(rule_json).collect::<Vec<_>>()})
}

fn rule_json(rule: &Rule) -> Json {
    json!({
        "id": &*rule.id,
        "title": &*rule.title,
        "severity": rule.severity.as_str(),
        "category": &*rule.category,
        "resourceTypes": rule.resource_types().iter().map(|text| &**text).collect::<Vec<_>>(),
        "description": rule.description(),
        "remediation": &*rule.help,
        "default": if rule.default_on && rule.is_set() { "on" } else { "off" },
        "frameworks": groups(&rule.frameworks),
        "equivalents": groups(&rule.equivalents),
        "fix": rule.fix.is_some(),
        "parameters": rule.parameters.iter().map(parameter_json).collect::<Vec<_>>(),
        "references": rule.references.iter().map(|text| &**text).collect::<Vec<_>>(),
    })
}

fn parameter_json(parameter: &Parameter) -> Json {
    json!({
        "name": &*parameter.name,
        "type": parameter.kind.as_str(),
        "description": &*parameter.description,
        "allowedValues": parameter.allowed.iter().map(literal_json).collect::<Vec<_>>(),
        "defaultValue": parameter.default.as_ref().map(literal_json),
        "value": parameter.value.as_ref().map(literal_json),
    })
}

fn literal_json(literal: &Literal) -> Json {
    match literal {
        Literal::Null => Json::Null,
        Literal::Bool(value) => (*value).into(),
        Literal::Int(value) => (*value).into(),
        Literal::Str(text) => (&**text).into(),
        Literal::Array(items) => items.iter().map(literal_json).collect(),
    }
}

fn groups(groups: &[(crate::rules::Text, crate::rules::List<crate::rules::Text>)]) -> Json {
    let mut map = Map::new();
    for (name, ids) in groups {
        map.insert(name.to_string(), ids.iter().map(|id| Json::from(&**id)).collect());
    }
    Json::Object(map)
}
