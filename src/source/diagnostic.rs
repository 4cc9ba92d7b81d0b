use std::sync::Arc;

use super::Span;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something of interest: a module that is not restored.
    Note,
    /// Something that probably is a mistake in the code, without loss for the analysis.
    Warning,
    /// Something could not be read, parsed or evaluated.
    Error,
}

impl Level {
    /// The word used in output: `note`, `warning`, `error` (SARIF's words).
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// What kind of thing a diagnostic is about: stable words that users' scripts may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiagnosticCode {
    /// A file could not be read or decoded.
    Unreadable,
    /// A part of a file does not follow its language's grammar.
    Syntax,
    /// A module's source is not on disk.
    ModuleUnresolved,
    /// A file that the code names (a parameter file, `loadTextContent`) is missing or unreadable.
    FileUnresolved,
    /// An expression, parameter or declaration that its language refuses.
    Evaluation,
    /// A bound of the analysis was reached: depth, loop count, size.
    Limit,
    /// A parameter file or variable file does not fit the template.
    Parameters,
    /// A resource type without a mapping to ARM.
    Unmapped,
    /// The configuration names something that is not there: a rule's id.
    Configuration,
    /// A bug in leftward itself.
    Internal,
}

impl DiagnosticCode {
    /// The code as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            DiagnosticCode::Unreadable => "unreadable",
            DiagnosticCode::Syntax => "syntax",
            DiagnosticCode::ModuleUnresolved => "module-unresolved",
            DiagnosticCode::FileUnresolved => "file-unresolved",
            DiagnosticCode::Evaluation => "evaluation",
            DiagnosticCode::Limit => "limit",
            DiagnosticCode::Parameters => "parameters",
            DiagnosticCode::Unmapped => "unmapped",
            DiagnosticCode::Configuration => "configuration",
            DiagnosticCode::Internal => "internal",
        }
    }
}

/// Something to tell about the input that is not a finding: what was not read, not understood, not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub level: Level,
    /// What it is about.
    pub code: DiagnosticCode,
    /// One sentence for a person: what is wrong, in the input's own words. Never holds a secret.
    pub message: Arc<str>,
    /// Where, if it has a place in a file.
    pub span: Option<Span>,
    /// The path it is about when there is no text to point into (an unreadable file).
    pub path: Option<Arc<str>>,
    /// What to do about it.
    pub help: Option<Arc<str>>,
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(level: Level, code: DiagnosticCode, message: impl Into<Arc<str>>, span: Span) -> Self {
        Diagnostic { level, code, message: message.into(), span: Some(span), path: None, help: None }
    }

    /// A diagnostic about a path.
    pub fn about_path(
        level: Level,
        code: DiagnosticCode,
        message: impl Into<Arc<str>>,
        path: impl Into<Arc<str>>,
    ) -> Self {
        Diagnostic { level, code, message: message.into(), span: None, path: Some(path.into()), help: None }
    }

    /// A syntax error at a place.
    pub fn syntax(message: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Level::Error, DiagnosticCode::Syntax, message, span)
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Arc<str>>) -> Self {
        self.help = Some(help.into());
        self
    }
}
