//! What the command line and `leftward.yaml` say together: the command line goes first.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use super::arguments::{BaselineOwner, FailOn, InputArguments, OwnerArguments, Profile, RuleArguments};
use crate::config::{Config, ConfigError, find};
use crate::rules::{Baseline, Literal, RuleSet, Text};
use crate::source::{Diagnostic, DiagnosticCode, Level, SourceFile, Sources, Span};
use crate::workspace::Options;

/// What a run is made of.
pub(super) struct Settings {
    /// The configuration; without a file it says nothing.
    pub config: Config,
    /// What is scanned and how.
    pub options: Options,
    /// Who looks after the baseline of the subscriptions.
    pub baseline: Baseline,
    /// What the configuration names that is not there.
    pub(super) notes: Vec<Note>,
    /// What looks wrong in rules of the user's own.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Something that the configuration names and that is not there.
pub(super) struct Note {
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

impl Settings {
    /// Finds and reads the configuration, and puts it together with the arguments.
    pub(super) fn load(input: &InputArguments) -> anyhow::Result<Self> {
        let config = read(input)?;
        let mut options = input.options();
        options.filter = config.paths.clone();
        options.module_cache = options.module_cache.or_else(|| config.module_cache.clone());
        options.module_folders.extend(config.modules.iter().cloned());
        if options.parameter_files.is_empty() {
            options.parameter_files.clone_from(&config.parameter_files);
        }
        if options.variable_files.is_empty() {
            options.variable_files.clone_from(&config.variable_files);
        }
        let owner = config.baseline.as_deref();
        let owner = owner.and_then(|word| <BaselineOwner as clap::ValueEnum>::from_str(word, true).ok());
        let baseline = owner.map_or(Baseline::Auto, Baseline::from);
        Ok(Settings { config, options, baseline, notes: Vec::new(), warnings: Vec::new() })
    }

    /// Has only findings reported that have to do with the given files, while everything below the current folder is read: files of
    /// a commit are judged with all that belongs to them. No file: nothing is read or reported.
    pub(super) fn report_only_given_files(&mut self, given: &[Utf8PathBuf]) {
        self.options.paths = if given.is_empty() { Vec::new() } else { vec![Utf8PathBuf::from(".")] };
        let here = |path: &Utf8PathBuf| crate::config::seen_from_here(path);
        self.options.reported = Some(given.iter().map(here).collect());
    }

    /// The rules of the run.
    pub(super) fn rules(&mut self, arguments: &RuleArguments) -> anyhow::Result<RuleSet> {
        let mut rules = RuleSet::built_in();
        for path in self.config.user_rules.iter().chain(&arguments.rules) {
            rules = rules.with_directory(path)?;
        }
        for (loaded, it) in rules.misspelt() {
            let message = format!(
                "the rule '{}' asks for '{}', which no other rule for its type has",
                loaded.rule.id, it.path
            );
            let help = format!("did you mean '{}'?", it.near);
            self.warnings.push(
                Diagnostic::about_path(
                    Level::Warning,
                    DiagnosticCode::Configuration,
                    message,
                    loaded.path.as_str(),
                )
                .with_help(help),
            );
        }
        let profile = match (arguments.profile, self.config.profile.as_deref()) {
            (Some(profile), _) => profile,
            (None, Some("all")) => Profile::All,
            (None, _) => Profile::Security,
        };
        if profile == Profile::Security {
            rules = rules.default_on();
        }
        self.adjust(&mut rules)?;
        if arguments.only.is_empty() { Ok(rules) } else { Ok(rules.only(&arguments.only)?) }
    }

    fn adjust(&mut self, rules: &mut RuleSet) -> anyhow::Result<()> {
        for setting in &self.config.rules {
            let ids: Vec<String> = rules.find(&setting.id).iter().map(|rule| rule.id.to_string()).collect();
            if ids.is_empty() {
                let near = rules.closest(&setting.id).map(|near| format!("did you mean '{near}'?"));
                let message = format!("there is no rule '{}'", setting.id);
                self.notes.push(Note { span: setting.span.clone(), message, help: near });
            }
            for id in &ids {
                if !setting.parameters.is_empty() {
                    let plain =
                        |(name, value, _): &(Text, Literal, Range<usize>)| (name.clone(), value.clone());
                    let given: Vec<(Text, Literal)> = setting.parameters.iter().map(plain).collect();
                    rules.set_parameters(id, &given).map_err(|error| {
                        let of = |(name, ..): &&(Text, Literal, Range<usize>)| **name == *error.parameter;
                        let span =
                            setting.parameters.iter().find(of).map_or(&setting.span, |(.., span)| span);
                        ConfigError::at(&self.config, span.clone(), error.message.clone(), error.help.clone())
                    })?;
                }
                if let Some(severity) = setting.severity {
                    rules.set_severity(id, severity);
                }
                if let Some(on) = setting.on {
                    rules.switch(id, on);
                    if on && !rules.is_on(id) {
                        let message = format!("the rule '{id}' is off until its parameters have values");
                        let help = Some(format!("see 'leftward explain {id}'"));
                        self.notes.push(Note { span: setting.span.clone(), message, help });
                    }
                }
            }
        }
        Ok(())
    }

    /// Who looks after the baseline of the subscriptions, by the command line or else the configuration.
    pub(super) fn owner(&self, arguments: &OwnerArguments) -> Baseline {
        arguments.owner.map_or(self.baseline, Baseline::from)
    }

    /// What makes the exit code other than 0.
    pub(super) fn fail_on(&self, arguments: &[FailOn]) -> Vec<FailOn> {
        if !arguments.is_empty() {
            return arguments.to_vec();
        }
        let configured: Vec<FailOn> = self
            .config
            .fail_on
            .iter()
            .filter_map(|word| clap::ValueEnum::from_str(word, true).ok())
            .collect();
        if configured.is_empty() { vec![FailOn::Medium] } else { configured }
    }

    /// What the configuration names that is not there, as diagnostics at their places.
    pub(super) fn diagnostics(&self, sources: &Sources) -> Vec<Diagnostic> {
        let warn = |note: &Note| {
            let span = self.span(sources, &note.span)?;
            let code = DiagnosticCode::Configuration;
            let diagnostic = Diagnostic::new(Level::Warning, code, note.message.as_str(), span);
            Some(match &note.help {
                Some(help) => diagnostic.with_help(help.as_str()),
                None => diagnostic,
            })
        };
        self.notes.iter().filter_map(warn).chain(self.warnings.iter().cloned()).collect()
    }

    /// A place in the configuration file, among the sources of the run.
    pub(super) fn span(&self, sources: &Sources, range: &Range<usize>) -> Option<Span> {
        let path = self.config.path.as_deref()?;
        let text = std::sync::Arc::clone(&self.config.text);
        let file = sources.add(SourceFile::from_text(crate::source::normalize(path), text));
        Some(Span::new(file, range.start, range.end))
    }
}

fn read(input: &InputArguments) -> anyhow::Result<Config> {
    if let Some(path) = &input.config {
        return Config::read(path, None);
    }
    if input.no_config {
        return Ok(Config::default());
    }
    let start = input.paths.first().map_or(Utf8Path::new("."), Utf8PathBuf::as_path);
    // a path that is not there is told by the scan
    match find(start) {
        Ok(Some(found)) => Config::read(&found.path, Some(&found.boundary)),
        Ok(None) | Err(_) => Ok(Config::default()),
    }
}
