use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::SourceFile;

use super::format::{Asked, Literal, ParameterError, Plans, Rule, Severity, Text, parse_rule, suggest};
use super::spelling::{Known, Misspelt};

/// The built-in rules, compiled from `rulesets/azure`.
#[allow(unused_imports)] // which variants occur depends on the rules
mod built_in {
    // A rule is written out by its derived `Debug`, which names variants without their enum.
    use super::super::format::*;
    use super::super::format::{
        Asked::*, Condition::*, Demand::*, Fallback::*, Literal::*, Nothing::*, Operator::*, Over::*,
        ParameterType::*, Part::*, Quantifier::*, Segment::*, Severity::*, Slot::*,
    };
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// The rules of a run: the built-in ones and the user's own, with those turned on that are to be asked.
#[derive(Clone)]
pub struct RuleSet {
    loaded: Vec<Loaded>,
    by_type: FxHashMap<String, Vec<usize>>,
    of_deployment: Vec<usize>,
    of_estate: Vec<usize>,
    on: Vec<bool>,
    /// Built-in rules in whose place the user has put one of the same id.
    replaced: FxHashSet<usize>,
    /// Rules with other parameters or another severity than their file says.
    adjusted: FxHashMap<usize, Arc<Rule>>,
}

/// A rule of the user's own.
#[derive(Clone)]
pub struct Loaded {
    /// The rule.
    pub rule: Arc<Rule>,
    /// Its file.
    pub path: Utf8PathBuf,
    /// The line of the file at which its page begins, from 1.
    pub page_line: usize,
}

/// What is wrong with users' rules, or with a choice of rules.
#[derive(Debug, thiserror::Error)]
pub enum RuleSetError {
    /// Rule files that are not as docs/writing-rules.md says: all that is wrong in all of them.
    #[error("{}", join(.0))]
    Broken(Vec<Problem>),
    /// The user asked for a rule that is not there.
    #[error("there is no rule '{id}'{}", did_you_mean(.near.as_deref()))]
    Unknown {
        /// The id asked for.
        id: String,
        /// The id nearest to it.
        near: Option<String>,
    },
    /// The user asked for a rule that needs a value of a parameter.
    #[error("the rule '{id}' needs a value of its parameter '{parameter}': set it in leftward.yaml")]
    Unset {
        /// The rule.
        id: String,
        /// A parameter without value.
        parameter: String,
    },
}

/// A place in a rule file, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: Utf8PathBuf,
    /// Line and column from 1; `None` where the file could not be read.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path)?;
        if let Some((line, column)) = self.position {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  {help}"),
            None => Ok(()),
        }
    }
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
}

impl RuleSet {
    /// The built-in rules, all of them on.
    pub fn built_in() -> Self {
        RuleSet {
            loaded: Vec::new(),
            by_type: FxHashMap::default(),
            of_deployment: Vec::new(),
            of_estate: Vec::new(),
            on: (0..built_in::RULES.len()).map(|number| !built_in::UNSET.contains(&number)).collect(),
            replaced: FxHashSet::default(),
            adjusted: FxHashMap::default(),
        }
    }

    /// Only this rule, in place of a built-in one of its id.
    pub fn only_rule(rule: Rule) -> Self {
        let mut set = Self::built_in();
        set.on.fill(false);
        if let Some(number) = set.number(&rule.id) {
            set.replaced.insert(number);
        }
        set.add(Loaded { rule: Arc::new(rule), path: Utf8PathBuf::new(), page_line: 1 });
        set
    }

    /// Adds the rule file `path`, or those (`*.md`) of the folder `path` and the folders in it, turned on. A rule that has the
    /// id of a built-in one stands in its place.
    ///
    /// # Errors
    /// All that is wrong in these files, and ids that two of them have.
    pub fn with_directory(mut self, path: &Utf8Path) -> Result<Self, RuleSetError> {
        let mut problems = Vec::new();
        for path in rule_files(path, &mut problems) {
            let about =
                |message: String, position| Problem { path: path.clone(), position, message, help: None };
            let file = match SourceFile::read(&path) {
                Ok(file) => file,
                Err(error) => {
                    problems.push(about(error.to_string(), None));
                    continue;
                }
            };
            match parse_rule(file.text(), path.file_stem().unwrap_or_default()) {
                Ok(rule) => {
                    if let Some(other) = self.loaded.iter().find(|other| other.rule.id == rule.id) {
                        let message = format!("there is a rule '{}' already, in {}", rule.id, other.path);
                        problems.push(about(message, Some((2, 1))));
                        continue;
                    }
                    if let Some(number) = self.number(&rule.id) {
                        self.on[number] = false;
                        self.replaced.insert(number);
                    }
                    let page_line = file.text().lines().count() - rule.page.lines().count() + 1;
                    self.add(Loaded { rule: Arc::new(rule), path: path.clone(), page_line });
                }
                Err(errors) => problems.extend(errors.into_iter().map(|error| Problem {
                    position: Some(error.position(file.text())),
                    help: error.help,
                    ..about(error.message, None)
                })),
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(RuleSetError::Broken(problems)) }
    }

    fn add(&mut self, loaded: Loaded) {
        let number = self.on.len();
        if loaded.rule.is_about_estate() {
            self.of_estate.push(number);
        }
        match &loaded.rule.subject {
            Asked::Deployment => self.of_deployment.push(number),
            Asked::Baseline(_) => {}
            Asked::Types(types) => {
                for name in types.iter() {
                    self.by_type.entry(name.to_ascii_lowercase()).or_default().push(number);
                }
            }
        }
        self.on.push(loaded.rule.is_set());
        self.loaded.push(loaded);
    }

    /// Adds a rule that findings refer to and that is not asked of anything, unless it is there.
    pub fn include(&mut self, rule: Rule) {
        if self.number(&rule.id).is_none() {
            self.on.push(true);
            self.loaded.push(Loaded { rule: Arc::new(rule), path: Utf8PathBuf::new(), page_line: 1 });
        }
    }

    /// The user's own rules, on or off.
    pub fn loaded(&self) -> &[Loaded] {
        &self.loaded
    }

    /// Property paths of the user's own rules that look mistyped, each with its rule.
    pub fn misspelt(&self) -> Vec<(&Loaded, Misspelt)> {
        let mut all = Vec::new();
        for loaded in self.loaded.iter().filter(|loaded| !loaded.path.as_str().is_empty()) {
            let known = Known::of(&loaded.rule, self.all());
            all.extend(known.misspelt(&loaded.rule).into_iter().map(|misspelt| (loaded, misspelt)));
        }
        all
    }

    /// Gives a rule of this id values of its parameters. A rule that lacked one is on from then.
    ///
    /// # Errors
    /// See [`Rule::with_parameters`].
    pub fn set_parameters(&mut self, id: &str, given: &[(Text, Literal)]) -> Result<(), ParameterError> {
        let Some(number) = self.number(id) else { return Ok(()) };
        let was_set = self.rule(number).is_set();
        let rule = self.rule(number).with_parameters(given)?;
        self.on[number] |= !was_set && rule.is_set();
        self.adjusted.insert(number, Arc::new(rule));
        Ok(())
    }

    /// Gives a rule another severity.
    pub fn set_severity(&mut self, id: &str, severity: Severity) {
        let Some(number) = self.number(id) else { return };
        let rule = Rule { severity, ..self.rule(number).clone() };
        self.adjusted.insert(number, Arc::new(rule));
    }

    /// Turns a rule on or off. One that lacks the value of a parameter stays off.
    pub fn switch(&mut self, id: &str, on: bool) {
        if let Some(number) = self.number(id) {
            self.on[number] = on && self.rule(number).is_set();
        }
    }

    /// Only the rules of these ids (ours, or those that peers give to the same check).
    ///
    /// # Errors
    /// The first id that no rule has, or whose rule lacks the value of a parameter.
    pub fn only<S: AsRef<str>>(mut self, ids: &[S]) -> Result<Self, RuleSetError> {
        let mut on = vec![false; self.on.len()];
        for id in ids {
            let found = self.numbers_of(id.as_ref());
            if found.is_empty() {
                let near = self.closest(id.as_ref()).map(str::to_owned);
                return Err(RuleSetError::Unknown { id: id.as_ref().to_owned(), near });
            }
            let lacking = |number: &usize| !self.rule(*number).is_set();
            if let Some(number) = found.iter().copied().find(lacking) {
                let rule = self.rule(number);
                let without = rule.parameters.iter().find(|parameter| parameter.value.is_none());
                let parameter = without.map(|parameter| parameter.name.to_string()).unwrap_or_default();
                return Err(RuleSetError::Unset { id: rule.id.to_string(), parameter });
            }
            for number in found {
                on[number] = true;
            }
        }
        self.on = on;
        Ok(self)
    }

    /// Only the rules that are on without being asked for.
    #[must_use]
    pub fn default_on(mut self) -> Self {
        for number in 0..self.on.len() {
            self.on[number] &= self.rule(number).default_on;
        }
        self
    }

    /// Only those of the rules that are on for which `wanted` holds.
    #[must_use]
    pub fn only_those(mut self, wanted: impl Fn(&Rule) -> bool) -> Self {
        for number in 0..self.on.len() {
            self.on[number] &= wanted(self.rule(number));
        }
        self
    }

    /// How many rules are on.
    pub fn len(&self) -> usize {
        self.on.iter().filter(|on| **on).count()
    }

    /// Whether no rule is on.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules that are on: the built-in ones by service and id, then the user's own.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.numbered().filter(|(number, _)| self.on[*number]).map(|(_, rule)| rule)
    }

    /// All rules, on or off, in the order of [`RuleSet::iter`].
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.numbered().map(|(_, rule)| rule)
    }

    /// Whether the rule of this id is on.
    pub fn is_on(&self, id: &str) -> bool {
        self.number(id).is_some_and(|number| self.on[number])
    }

    /// The rule of this id, on or off.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.number(id).map(|number| self.rule(number))
    }

    /// The rules, on or off, of this id, or that a peer knows by it (`CKV_AZURE_3`).
    pub fn find(&self, id: &str) -> Vec<&Rule> {
        self.numbers_of(id).into_iter().map(|number| self.rule(number)).collect()
    }

    /// The rule id nearest to a mistyped one.
    pub fn closest(&self, id: &str) -> Option<&str> {
        suggest(id, self.all().map(|rule| &*rule.id))
    }

    /// All rules with their numbers, without those that are replaced.
    fn numbered(&self) -> impl Iterator<Item = (usize, &Rule)> {
        (0..self.on.len())
            .filter(|number| !self.replaced.contains(number))
            .map(|number| (number, self.rule(number)))
    }

    fn rule(&self, number: usize) -> &Rule {
        if let Some(rule) = self.adjusted.get(&number) {
            return rule;
        }
        match built_in::RULES.get(number) {
            Some(rule) => rule,
            None => &self.loaded[number - built_in::RULES.len()].rule,
        }
    }

    fn number(&self, id: &str) -> Option<usize> {
        self.numbered().find(|(_, rule)| *rule.id == *id).map(|(number, _)| number)
    }

    fn numbers_of(&self, id: &str) -> Vec<usize> {
        if let Some(number) = self.number(id) {
            return vec![number];
        }
        let known_as = |rule: &Rule| {
            rule.equivalents.iter().any(|(_, ids)| ids.iter().any(|peer| peer.eq_ignore_ascii_case(id)))
        };
        self.numbered().filter(|(_, rule)| known_as(rule)).map(|(number, _)| number).collect()
    }

    /// The rules to ask of resources of this type, with those that are asked of all types.
    pub(super) fn of_type(&self, resource_type: &str) -> impl Iterator<Item = &Rule> {
        let folded = resource_type.to_ascii_lowercase();
        let of = |name: &str| {
            let compiled = match built_in::BY_TYPE.binary_search_by_key(&name, |(name, _)| *name) {
                Ok(at) => built_in::BY_TYPE[at].1,
                Err(_) => &[],
            };
            let loaded = self.by_type.get(name).map_or(&[][..], Vec::as_slice);
            compiled.iter().chain(loaded)
        };
        of(&folded).chain(of("*")).filter(|number| self.on[**number]).map(|number| self.rule(*number))
    }

    /// The rules about all that is scanned together.
    pub(super) fn of_estate(&self) -> impl Iterator<Item = &Rule> {
        let numbers = built_in::OF_ESTATE.iter().chain(&self.of_estate);
        numbers.filter(|number| self.on[**number]).map(|number| self.rule(*number))
    }

    /// The rules about the deployment as a whole.
    pub(super) fn of_deployment(&self) -> impl Iterator<Item = &Rule> {
        let numbers = built_in::OF_DEPLOYMENT.iter().chain(&self.of_deployment);
        numbers.filter(|number| self.on[**number]).map(|number| self.rule(*number))
    }
}

/// The Defender plans.
pub(super) fn plans() -> &'static Plans {
    &built_in::PLANS
}

fn rule_files(folder: &Utf8Path, problems: &mut Vec<Problem>) -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(folder).standard_filters(false).build() {
        match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                match Utf8PathBuf::from_path_buf(entry.into_path()) {
                    Ok(path) if is_file && path.extension() == Some("md") => files.push(path),
                    _ => {}
                }
            }
            Err(error) => problems.push(Problem {
                path: folder.to_owned(),
                position: None,
                message: error.to_string(),
                help: None,
            }),
        }
    }
    files.sort();
    files
}
