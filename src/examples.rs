//! Runs the examples on the pages of rules: each is scanned with only its rule on, and must get the verdict that its fence says.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use camino::Utf8PathBuf;

use crate::model::Graph;
use crate::rules::{
    Baseline, Estate, Example, Expectation, Outcome, ParameterError, Rule, RuleSet, Verdict, Wanted,
    check_all, check_estate, examples,
};
use crate::source::{Diagnostic, Level};
use crate::workspace::{Options, Scan, UsageError, scan};

/// The languages that every rule shows a failing and a passing example in.
const LANGUAGES: [&str; 3] = ["bicep", "arm", "terraform"];

/// What one rule said of an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many times it held.
    pub holds: usize,
    /// The lines of the findings in the example's own file, ascending; findings elsewhere have none.
    pub broken: Vec<Option<u32>>,
    /// The reasons of what it left undecided.
    pub undecided: Vec<String>,
    /// How many times it asked somebody to look.
    pub reviews: usize,
    /// What is wrong with the example itself.
    pub errors: Vec<String>,
}

/// An example that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The line of its fence in the page, from 1.
    pub line: usize,
    /// Its language.
    pub language: &'static str,
    /// What it must give.
    pub wanted: Expectation,
    /// What it gave.
    pub told: Told,
}

/// Why an example could not be run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its files could not be written.
    #[error("the example's files cannot be written: {0}")]
    Files(#[from] std::io::Error),
    /// It could not be scanned.
    #[error(transparent)]
    Scan(#[from] UsageError),
    /// The rule does not take its parameters.
    #[error("{}", .0.message)]
    Parameters(ParameterError),
    /// A fence on the page is wrong.
    #[error("line {line} of the page: {message}")]
    Fence {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// The examples on a rule's page.
///
/// # Errors
/// The first fence that is wrong.
pub fn of_page(rule: &Rule) -> Result<Vec<Example>, Failure> {
    examples(&rule.page).map_err(|(line, message)| Failure::Fence { line, message })
}

/// Runs an example in a temporary folder.
///
/// # Errors
/// See [`Failure`].
pub fn run(rule: &Rule, example: &Example) -> Result<Run, Failure> {
    let rules = RuleSet::only_rule(rule.for_example(&example.parameters).map_err(Failure::Parameters)?);
    let folder = tempfile::tempdir()?;
    for (name, text) in &example.files {
        let path = folder.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    let path = utf8(folder.path().to_owned())?;
    let own = example.files.first().map(|(name, _)| path.join(name)).unwrap_or_default();
    let options = Options { paths: vec![path], no_gitignore: true, threads: Some(1), ..Options::default() };
    let told = told(&scan(&options)?, &rules, &own);
    Ok(Run { line: example.line, language: example.language, wanted: example.expectation.clone(), told })
}

fn utf8(path: PathBuf) -> Result<Utf8PathBuf, Failure> {
    let not_utf8 = |path: PathBuf| {
        std::io::Error::other(format!("the temporary folder {} is not UTF-8", path.display()))
    };
    Utf8PathBuf::from_path_buf(path).map_err(|path| Failure::Files(not_utf8(path)))
}

fn told(scan: &Scan, rules: &RuleSet, own: &Utf8PathBuf) -> Told {
    let mut told = Told::default();
    let diagnostics = scan.diagnostics.iter().chain(scan.deployments.iter().flat_map(|one| &one.diagnostics));
    // A page may leave out what surrounds its example.
    let wrong = |one: &&Diagnostic| {
        one.level == Level::Error && !one.message.starts_with("Reference to undeclared resource")
    };
    told.errors.extend(diagnostics.filter(wrong).map(|one| one.message.to_string()));
    if scan.deployments.is_empty() {
        told.errors.push("nothing in it is deployed".to_owned());
    }
    let graphs: Vec<Graph<'_>> = scan.deployments.iter().map(Graph::new).collect();
    let mut verdicts: Vec<Verdict<'_>> = graphs.iter().flat_map(|graph| check_all(graph, rules)).collect();
    let estate = Estate::new(&graphs, Baseline::Auto);
    verdicts.extend(check_estate(&estate, rules).into_iter().map(|found| found.verdict));
    for verdict in verdicts {
        match verdict.outcome {
            Outcome::Holds => told.holds += 1,
            Outcome::Broken(broken) => {
                if broken.message.trim().is_empty() {
                    told.errors.push("a finding has no message".to_owned());
                }
                let line = scan.sources.positions(broken.location).0.line;
                let in_own = scan.sources.path(broken.location.file) == *own;
                told.broken.push(in_own.then_some(line));
            }
            Outcome::Undecided(open) => {
                if open.reasons.is_empty() {
                    told.errors.push("it is undecided for no reason".to_owned());
                }
                told.undecided.extend(open.reasons.iter().map(|reason| reason.text.to_string()));
            }
            Outcome::Review(_) => told.reviews += 1,
        }
    }
    told.broken.sort_unstable();
    told
}

impl Run {
    /// Whether it got what its page says.
    pub fn is_right(&self) -> bool {
        let (wanted, told) = (&self.wanted, &self.told);
        if !told.errors.is_empty() {
            return false;
        }
        let lines: Vec<Option<u32>> = wanted.lines.iter().copied().map(Some).collect();
        match wanted.wanted {
            Wanted::Fails => {
                !told.broken.is_empty()
                    && wanted.findings.is_none_or(|wanted| wanted == told.broken.len())
                    && (lines.is_empty() || lines == told.broken)
            }
            Wanted::Passes => told.holds > 0 && told.broken.is_empty() && told.undecided.is_empty(),
            Wanted::StaysOpen => told.broken.is_empty() && !told.undecided.is_empty(),
            Wanted::IsSkipped => {
                told.holds + told.reviews == 0 && told.broken.is_empty() && told.undecided.is_empty()
            }
            Wanted::IsReviewed => told.reviews > 0 && told.broken.is_empty(),
        }
    }
}

/// What every page should have and this one has not: a failing and a passing example in each language.
pub fn missing(examples: &[Example]) -> Vec<String> {
    let seen: BTreeSet<(&str, bool)> = examples
        .iter()
        .filter_map(|example| match example.expectation.wanted {
            Wanted::Fails => Some((example.language, true)),
            Wanted::Passes => Some((example.language, false)),
            Wanted::StaysOpen | Wanted::IsSkipped | Wanted::IsReviewed => None,
        })
        .collect();
    let all = LANGUAGES.into_iter().flat_map(|language| [(language, true), (language, false)]);
    all.filter(|wanted| !seen.contains(wanted))
        .map(|(language, fails)| {
            format!("no {} example in {language}", if fails { "failing" } else { "passing" })
        })
        .collect()
}

/// `fail=2 lines=3,9`: as the fence says it.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.wanted {
            Wanted::Fails => "fail",
            Wanted::Passes => "pass",
            Wanted::StaysOpen => "undecided",
            Wanted::IsSkipped => "skip",
            Wanted::IsReviewed => "review",
        })?;
        if let Some(findings) = self.findings {
            write!(f, "={findings}")?;
        }
        if !self.lines.is_empty() {
            let lines: Vec<String> = self.lines.iter().map(u32::to_string).collect();
            write!(f, " lines={}", lines.join(","))?;
        }
        Ok(())
    }
}

/// What a rule said, in words that can be held against an [`Expectation`].
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.broken.is_empty() {
            let place = |line: &Option<u32>| line.map_or("elsewhere".to_owned(), |line| line.to_string());
            let lines: Vec<String> = self.broken.iter().map(place).collect();
            parts.push(format!("fail={} lines={}", self.broken.len(), lines.join(",")));
        }
        if !self.undecided.is_empty() {
            parts.push(format!("undecided ({})", self.undecided.join("; ")));
        }
        if self.reviews > 0 {
            parts.push("review".to_owned());
        }
        match (self.holds, parts.is_empty()) {
            (0, true) => parts.push("skip: the rule was not asked of anything".to_owned()),
            (0, false) => {}
            (holds, _) => parts.push(format!("pass {holds} times")),
        }
        parts.extend(self.errors.iter().map(|error| format!("error: {error}")));
        f.write_str(&parts.join(", "))
    }
}
