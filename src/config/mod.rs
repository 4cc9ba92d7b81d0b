//! `leftward.yaml`: where it is found, what it says, and what is wrong in it.
//!
//! One table (`keys`) says what the file may hold; `shape` checks a file by it and writes the JSON Schema from it, `read` takes the values.

mod find;
mod keys;
mod read;
mod shape;

use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};

use crate::rules::{Literal, RuleError, Severity, Text};
use crate::workspace::{ModuleFolder, PathFilter};

pub use find::{FILE_NAMES, find, seen_from_here};

/// The largest configuration file that is read, in bytes.
const MAX_SIZE: u64 = 1024 * 1024;

/// What a configuration file says. The default says nothing.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, as reported; `None` where there is none.
    pub path: Option<Utf8PathBuf>,
    /// Its text.
    pub text: Arc<str>,
    /// The profile's word.
    pub profile: Option<String>,
    /// Settings of rules, in the order of the file.
    pub rules: Vec<RuleSetting>,
    /// Rule files of the user's own, and folders of them.
    pub user_rules: Vec<Utf8PathBuf>,
    /// Which files are looked for.
    pub paths: Option<PathFilter>,
    /// Folders that stand for registries.
    pub modules: Vec<ModuleFolder>,
    /// Where modules may come from: hosts with or without the beginning of a path; none: anywhere.
    pub allowed_registries: Vec<String>,
    /// A folder laid out like the Bicep module cache.
    pub module_cache: Option<Utf8PathBuf>,
    /// Parameter files of Bicep and ARM.
    pub parameter_files: Vec<Utf8PathBuf>,
    /// Variable files of Terraform.
    pub variable_files: Vec<Utf8PathBuf>,
    /// Who owns the subscription's baseline: `auto`, `owned` or `external`.
    pub baseline: Option<String>,
    /// The file of accepted findings.
    pub baseline_file: Option<Utf8PathBuf>,
    /// The words of what makes the exit code other than 0.
    pub fail_on: Vec<String>,
    /// The lowest score that passes, in percent.
    pub min_score: Option<u8>,
    /// What suppressions must have, and what is suppressed from here.
    pub suppressions: Governance,
}

/// The setting of a rule.
#[derive(Clone, Debug)]
pub struct RuleSetting {
    /// Our id or a peer's.
    pub id: String,
    /// Where it stands in the file.
    pub span: Range<usize>,
    /// Whether it is on.
    pub on: Option<bool>,
    /// Its severity.
    pub severity: Option<Severity>,
    /// Values of its parameters, with their places.
    pub parameters: Vec<(Text, Literal, Range<usize>)>,
}

/// What suppressions must have.
#[derive(Clone, Debug)]
pub struct Governance {
    /// Without a reason they do not hold.
    pub require_reason: bool,
    /// How many days ahead they may hold at most.
    pub max_days: Option<i64>,
    /// Rules that cannot be suppressed: our ids or peers'.
    pub forbid: Vec<String>,
    /// Whether comments can suppress.
    pub allow_inline: bool,
    /// What is suppressed from the configuration.
    pub ignore: Vec<Ignore>,
}

impl Default for Governance {
    fn default() -> Self {
        Governance {
            require_reason: false,
            max_days: None,
            forbid: Vec::new(),
            allow_inline: true,
            ignore: Vec::new(),
        }
    }
}

/// A suppression in the configuration.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Our ids or peers'; `*` for all.
    pub rules: Vec<String>,
    /// Which files; `None` for all.
    pub paths: Option<PathFilter>,
    /// Patterns of addresses, in which `*` stands for anything; none: all.
    pub addresses: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day.
    pub until: Option<jiff::civil::Date>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it stands in the file.
    pub span: Range<usize>,
}

/// What is wrong in a configuration file.
#[derive(Debug)]
pub struct ConfigError {
    /// The file.
    pub path: Utf8PathBuf,
    /// Its text, for snippets.
    pub text: Arc<str>,
    /// Everything that is wrong in it.
    pub problems: Vec<RuleError>,
}

impl ConfigError {
    /// One thing that is wrong.
    pub fn at(config: &Config, span: Range<usize>, message: String, help: Option<String>) -> Self {
        ConfigError {
            path: config.path.clone().unwrap_or_default(),
            text: Arc::clone(&config.text),
            problems: vec![RuleError { message, help, span }],
        }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let (line, column) = problem.position(&self.text);
            let separator = if index > 0 { "\n" } else { "" };
            write!(f, "{separator}{}:{line}:{column}: {}", self.path, problem.message)?;
            if let Some(help) = &problem.help {
                write!(f, "\n  {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the configuration file `path`. `trusted`: the user named it; else what it names must lie in `boundary`, the repository
    /// (or its own folder), so that a repository that is scanned cannot have other files of the machine read.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong in it.
    pub fn read(path: &Utf8Path, boundary: Option<&Utf8Path>) -> anyhow::Result<Self> {
        let size = std::fs::metadata(path).map_err(|error| anyhow::anyhow!("{path}: {error}"))?.len();
        anyhow::ensure!(size <= MAX_SIZE, "{path}: a configuration of {size} bytes is too large");
        let file =
            crate::source::SourceFile::read(path).map_err(|error| anyhow::anyhow!("{path} {error}"))?;
        Ok(read::config(path, file.text(), boundary)?)
    }

    /// Whether a module may come from `address` (`contoso.azurecr.io/bicep/net`).
    pub fn allows_module(&self, address: &str) -> bool {
        let begins = |allowed: &String| {
            let allowed = allowed.trim_end_matches('/').to_ascii_lowercase();
            address.strip_prefix(&allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.allowed_registries.is_empty() || self.allowed_registries.iter().any(begins)
    }

    /// The folder that its paths begin at.
    pub fn folder(&self) -> &Utf8Path {
        match self.path.as_deref().and_then(Utf8Path::parent) {
            Some(folder) if !folder.as_str().is_empty() => folder,
            _ => Utf8Path::new("."),
        }
    }
}

/// The JSON Schema of `leftward.yaml`, as it is shipped in `docs/leftward.schema.json`.
pub fn json_schema() -> Json {
    let mut schema = keys::FILE.schema();
    if let Json::Object(entries) = &mut schema {
        entries.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        entries.insert("title".to_owned(), json!("leftward.yaml"));
        entries.insert("description".to_owned(), json!("The configuration of leftward"));
    }
    schema
}
