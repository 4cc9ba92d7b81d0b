//! The file of findings that were accepted when leftward came: fingerprints with the rule and the resource, sorted, without lines.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::report::Finding;
use crate::source::SourceFile;

/// The form of the file that this version writes and reads.
const SCHEMA: u32 = 1;

/// Accepted findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: u32,
    /// Sorted, each once: a change of one finding is a change of one entry.
    pub findings: BTreeSet<Entry>,
}

/// An accepted finding. Only the fingerprint counts; the rest is for whoever reads the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule's id.
    pub rule: String,
    /// The folder of the root that it was found in.
    pub folder: String,
    /// The address of the resource.
    pub resource: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
}

impl Entry {
    /// The entry of a finding.
    pub fn of(finding: &Finding) -> Self {
        Entry {
            rule: finding.rule.clone(),
            folder: finding.root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            resource: finding.subject.address.clone(),
            fingerprint: finding.fingerprint.clone(),
        }
    }
}

impl Baseline {
    /// The findings of now.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut seen = BTreeSet::new();
        let first = |finding: &&Finding| seen.insert(finding.fingerprint.clone());
        let findings = findings.into_iter().filter(first).map(Entry::of).collect();
        Baseline { schema: SCHEMA, findings }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is not what this version writes.
    pub fn read(path: &Utf8Path) -> anyhow::Result<Self> {
        let file = SourceFile::read(path).map_err(|error| anyhow::anyhow!("{path} {error}"))?;
        let baseline: Baseline = serde_json::from_str(file.text())
            .with_context(|| format!("{path} is no baseline; 'leftward baseline write' writes one"))?;
        ensure!(
            baseline.schema == SCHEMA,
            "{path} has the schema {}, and this version of leftward reads {SCHEMA}",
            baseline.schema
        );
        Ok(baseline)
    }

    /// The fingerprints in it.
    pub fn fingerprints(&self) -> BTreeSet<&str> {
        self.findings.iter().map(|entry| entry.fingerprint.as_str()).collect()
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never for what is built here.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
