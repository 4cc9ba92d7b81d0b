use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::rules::{Baseline, Severity};
use crate::workspace::{ModuleFolder, Options};

/// Finds what is insecure in Azure infrastructure as code (Bicep, ARM JSON, Terraform) before it is deployed.
#[derive(Debug, Parser)]
#[command(name = "leftward", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub scan: ScanArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Report findings (the default command)
    Scan(ScanArguments),
    /// Print the evaluated resource model as JSON: what would be deployed, with unknowns and their reasons
    Model(ModelArguments),
    /// Show who gets which role on which scope, widest first
    Access(AccessArguments),
    /// Show which Microsoft Defender plans are on for what is deployed, and where
    Defender(DefenderArguments),
    /// Project the secure score of Microsoft Defender for Cloud (classic model)
    Score(ScoreArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Work on rules of your own
    #[command(subcommand)]
    Rule(RuleCommand),
    /// Print a rule's documentation
    Explain(ExplainArguments),
    /// List all suppressions: comments in the code and entries of the configuration
    Suppressions(SuppressionsArguments),
    /// Accept the findings of now, and find out what is new since
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Write a commented leftward.yaml
    Init(InitArguments),
    /// Print a shell's script of completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write a page for each command into this folder, instead
        #[arg(value_name = "DIR")]
        folder: Option<Utf8PathBuf>,
    },
    /// Show what is reachable from the Internet, on which ports, and the way that opens it
    Exposure(ExposureArguments),
}

/// What is read, and with which values.
#[derive(Debug, Args)]
pub(super) struct InputArguments {
    /// Files and directories; the current directory if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// Parameter file (.bicepparam or JSON) for the Bicep and ARM roots, instead of those beside them; may be repeated
    #[arg(long, value_name = "FILE")]
    pub params: Vec<Utf8PathBuf>,
    /// Variable file for the Terraform roots; may be repeated, the last one wins
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<Utf8PathBuf>,
    /// Take values of Terraform variables from TF_VAR_ environment variables, too; variable files win over them
    #[arg(long)]
    pub tf_var_env: bool,
    /// Folder laid out like the Bicep module cache [default: ~/.bicep]
    #[arg(long, value_name = "DIR")]
    pub module_cache: Option<Utf8PathBuf>,
    /// Folder to read registry modules from instead of the cache, such as a checkout: br/public=../bicep-registry-modules; may be
    /// repeated
    #[arg(long, value_name = "PREFIX=DIR", value_parser = module_folder)]
    pub module_folder: Vec<ModuleFolder>,
    /// Also read what .gitignore leaves out
    #[arg(long)]
    pub no_gitignore: bool,
    /// Configuration file [default: leftward.yaml in the folder of the first PATH or above it, up to the repository's root]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<Utf8PathBuf>,
    /// Look for no configuration file
    #[arg(long)]
    pub no_config: bool,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

impl InputArguments {
    /// The options of a scan of this input.
    pub(super) fn options(&self) -> Options {
        let paths = if self.paths.is_empty() { vec![Utf8PathBuf::from(".")] } else { self.paths.clone() };
        Options {
            paths,
            filter: None,
            reported: None,
            no_gitignore: self.no_gitignore,
            module_cache: self.module_cache.clone(),
            default_module_cache: default_module_cache(),
            module_folders: self.module_folder.clone(),
            parameter_files: self.params.clone(),
            variable_files: self.var_file.clone(),
            variable_environment: if self.tf_var_env { variables_of_environment() } else { BTreeMap::new() },
            threads: self.threads.map(usize::from),
        }
    }
}

/// The variables of the environment that Terraform would take, without `TF_VAR_`. What is not UTF-8 cannot be a value.
fn variables_of_environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)))
        .collect()
}

fn module_folder(text: &str) -> Result<ModuleFolder, String> {
    let (prefix, folder) =
        text.split_once('=').ok_or("expected PREFIX=DIR, for example br/public=../modules")?;
    if !["br:", "br/", "ts:", "ts/"].iter().any(|scheme| prefix.starts_with(scheme)) {
        return Err(format!(
            "'{prefix}' is no beginning of a module reference: br/ALIAS, br:REGISTRY, ts/ALIAS or ts:…"
        ));
    }
    let folder = Utf8PathBuf::from(folder);
    if !folder.is_dir() {
        return Err(format!("{folder} is not a folder"));
    }
    Ok(ModuleFolder { prefix: prefix.trim_end_matches([':', '/']).to_owned(), folder })
}

fn default_module_cache() -> Option<Utf8PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
    let cache = Utf8PathBuf::from_path_buf(home.into()).ok()?.join(".bicep");
    cache.is_dir().then_some(cache)
}

#[derive(Debug, Args)]
pub(super) struct ScanArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Output formats, separated by commas; FORMAT=FILE writes one to a file: sarif=out.sarif,human
    #[arg(long, value_name = "FORMAT[=FILE]", value_delimiter = ',', default_value = "human")]
    pub format: Vec<FormatTo>,
    /// File for the one format that is given without one
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
    /// Exit with 1 when there is a finding of this severity or worse; `incomplete`: also with 3 on unresolved modules; `never`
    /// [default: medium]
    #[arg(long, value_name = "SEVERITY", value_enum, value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// Do not exit with 3 when input could not be read or parsed
    #[arg(long)]
    pub allow_parse_errors: bool,
    /// List the checks that could not be decided, with the reasons
    #[arg(long)]
    pub show_undecided: bool,
    #[command(flatten)]
    pub rules: RuleArguments,
    /// Only report findings that have to do with the given files; everything below the current folder is read. For hooks: no file, no
    /// finding
    #[arg(long)]
    pub only_files: bool,
    /// Only the rules of this framework (cis-azure-3.0.0), and in the report for people its controls with their rules and resources
    #[arg(long, value_name = "ID")]
    pub framework: Option<String>,
    /// Write nothing to standard output: only files, and the exit code
    #[arg(long, short)]
    pub quiet: bool,
    /// Only report what is new since this revision; what is fixed and unchanged is counted
    #[arg(long, value_name = "REV")]
    pub diff_base: Option<String>,
    /// File of accepted findings, as `leftward baseline write` writes it
    #[arg(long, value_name = "FILE")]
    pub baseline_file: Option<Utf8PathBuf>,
    /// Show suppressed findings too
    #[arg(long)]
    pub show_suppressed: bool,
    /// Report what comments in the code suppress
    #[arg(long)]
    pub no_inline_suppressions: bool,
    #[command(flatten)]
    pub baseline: OwnerArguments,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
    /// How the report for people puts findings together
    #[arg(long, value_enum, default_value_t)]
    pub group_by: GroupBy,
    /// In the report for people, only the numbers: a line a rule
    #[arg(long)]
    pub summary: bool,
}

/// Which rules are on.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// Which rules are on: `security`, or `all` with those that are advice [default: security]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// Rule file or folder with rules of your own, which stand in the place of built-in ones of their ids; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<Utf8PathBuf>,
    /// Only these rules, by id or a peer's id; may be repeated
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// Who looks after what holds for whole subscriptions.
#[derive(Debug, Args)]
pub(super) struct OwnerArguments {
    /// Whose code holds the baseline of the subscriptions (Defender plans, security contacts, exports): `owned`, this one, so that
    /// what is missing is a finding; `external`, another one; `auto`, this one if it declares a part of it [default: auto]
    #[arg(long = "baseline", value_name = "WHOSE", value_enum)]
    pub owner: Option<BaselineOwner>,
}

/// Whose code holds the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BaselineOwner {
    /// This one, if it declares a part of it
    Auto,
    /// This one
    Owned,
    /// Another one
    External,
}

impl From<BaselineOwner> for Baseline {
    fn from(owner: BaselineOwner) -> Self {
        match owner {
            BaselineOwner::Auto => Baseline::Auto,
            BaselineOwner::Owned => Baseline::Owned,
            BaselineOwner::External => Baseline::External,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct DefenderArguments {
    #[command(flatten)]
    pub input: InputArguments,
    #[command(flatten)]
    pub baseline: OwnerArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct ScoreArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Exit with 1 when the low end of a subscription's score is below this percentage; where too little is judged to tell, it does
    /// not count
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_score: Option<u8>,
    /// Controls and recommendations of your own tenant, in the form of rulesets/data/secure-score.tsv
    #[arg(long, value_name = "FILE")]
    pub score_table: Option<Utf8PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ModelFormat,
    /// Tell where a value came from, step by step, instead: of the resource at ADDRESS, the property PROPERTY
    #[arg(long, num_args = 2, value_names = ["ADDRESS", "PROPERTY"])]
    pub explain_value: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct AccessArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
    /// Rule file or folder with rules of your own, which stand in the place of built-in ones of their ids; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SuppressionsArguments {
    #[command(flatten)]
    pub input: InputArguments,
    #[command(flatten)]
    pub rules: RuleArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
}

/// What can be done with a baseline.
#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write the findings of now to the file; one that is there only shrinks
    Write(BaselineWriteArguments),
    /// Say what is new and what is gone; exit with 1 when something is new
    Check(BaselineArguments),
}

#[derive(Debug, Args)]
pub(super) struct BaselineWriteArguments {
    #[command(flatten)]
    pub common: BaselineArguments,
    /// Accept new findings, too
    #[arg(long)]
    pub accept_new: bool,
}

#[derive(Debug, Args)]
pub(super) struct BaselineArguments {
    #[command(flatten)]
    pub input: InputArguments,
    #[command(flatten)]
    pub rules: RuleArguments,
    /// The file [default: baselineFile of leftward.yaml, else .leftward-baseline.json]
    #[arg(long, value_name = "FILE")]
    pub baseline_file: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The folder that it goes to
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: Utf8PathBuf,
    /// Also write .pre-commit-config.yaml
    #[arg(long)]
    pub pre_commit: bool,
    /// Also write a workflow for GitHub
    #[arg(long)]
    pub github: bool,
    /// Also write a pipeline for Azure DevOps
    #[arg(long)]
    pub azure_pipelines: bool,
}

/// What can be done with rules of your own.
#[derive(Debug, Subcommand)]
pub(super) enum RuleCommand {
    /// Run the examples on the pages of rules: each must get the verdict that its fence says
    Test(RuleTestArguments),
}

#[derive(Debug, Args)]
pub(super) struct RuleTestArguments {
    /// Rule files, and folders of them; the built-in rules if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// Also ask for a failing and a passing example in each language
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule's id, or a peer's id of the same check (CKV_AZURE_3)
    pub rule: String,
    /// Rule file or folder with rules of your own, which stand in the place of built-in ones of their ids; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExposureArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ExposureFormat,
    /// File to write to instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
}

/// The format of what is exposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ExposureFormat {
    /// For people
    #[default]
    Table,
    /// For machines
    Json,
    /// A flowchart for Markdown
    Mermaid,
}

/// A report's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// The contract's JSON
    Json,
    /// SARIF 2.1.0, for code scanning pages and editors
    Sarif,
    /// One line an entry: path:line:column: severity[rule] message
    Concise,
    /// Annotations of GitHub Actions
    Github,
    /// Logging commands of Azure Pipelines
    AzurePipelines,
    /// GitLab's Code Quality report
    Gitlab,
    /// JUnit's XML
    Junit,
    /// A summary for a job's page or a comment
    Markdown,
    /// A table
    Csv,
    /// A page of its own, for a browser
    Html,
}

/// How the report for people puts findings together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum GroupBy {
    /// Worst first
    #[default]
    Severity,
    /// Under each file
    File,
    /// Under each rule
    Rule,
}

impl From<GroupBy> for crate::report::Group {
    fn from(group: GroupBy) -> Self {
        match group {
            GroupBy::Severity => Self::Severity,
            GroupBy::File => Self::File,
            GroupBy::Rule => Self::Rule,
        }
    }
}

/// A format and the file it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormatTo {
    pub format: Format,
    pub file: Option<Utf8PathBuf>,
}

impl std::str::FromStr for FormatTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err(format!("'{text}' names no file after '='")),
            Some((format, file)) => (format, Some(Utf8PathBuf::from(file))),
            None => (text, None),
        };
        let format = <Format as ValueEnum>::from_str(format, true).map_err(|_| {
            let names: Vec<String> = Format::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .map(|value| value.get_name().to_owned())
                .collect();
            format!("'{format}' is no format; there are {}", names.join(", "))
        })?;
        Ok(FormatTo { format, file })
    }
}

/// What makes the exit code 1 (or 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Incomplete,
    Never,
}

impl FailOn {
    /// The severity that it stands for.
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Critical => Some(Severity::Critical),
            FailOn::High => Some(Severity::High),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::Low => Some(Severity::Low),
            FailOn::Info => Some(Severity::Info),
            FailOn::Incomplete | FailOn::Never => None,
        }
    }
}

/// Which rules are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// What is on by default
    #[default]
    Security,
    /// Every rule
    All,
}

/// Whether output has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// Where the terminal has them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The model's format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ModelFormat {
    /// The contract's JSON
    #[default]
    Json,
}

/// The format of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    #[default]
    Human,
    /// The contract's JSON
    Json,
}
