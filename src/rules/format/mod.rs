//! The form of a rule, and how its Markdown file is read.
//!
//! The build and the program share this module: `build/rules.rs` reads the built-in rules with it and writes them out as
//! constants, [`RuleSet::with_directory`](super::RuleSet::with_directory) reads users' rules with it at run time. It depends on nothing else of the crate.
//!
//! The derived `Debug` of these types is Rust source (enum variants by their bare names, lists and texts as their static
//! forms): that is how the build writes a rule into the table. Variants of different enums therefore have different names.

mod check;
mod condition;
mod decode;
mod error;
mod head;
mod leaf;
mod message;
mod node;
mod page;
mod parameters;
mod path;
mod plans;
mod reader;
mod shared;

pub use check::{CHECKS, CheckForm, ParameterForm, ParameterKind};
pub use condition::{
    Absent, Condition, Fallback, FieldTest, Nothing, Over, Quantified, Quantifier, VersionDefault,
};
pub(crate) use decode::Errors;
pub use error::{RuleError, suggest};
pub use head::{parse_rule, parse_rule_with};
pub use leaf::{Comparison, Operator, PortRange};
pub use message::{Message, Part, Slot};
pub(crate) use node::{Data, Node, Word};
pub use page::{Example, Expectation, Wanted, examples};
pub use parameters::{Parameter, ParameterError, ParameterType};
pub use path::{Path, Segment};
pub use plans::{LandingZone, Ownership, Plan, Plans, Workload, parse_plans};
pub use shared::{List, Literal, Text};

/// How bad a broken rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice.
    Info,
    /// Defence in depth.
    Low,
    /// A weakness that needs another one to be used.
    Medium,
    /// A weakness that can be used as it is.
    High,
    /// Open to anyone.
    Critical,
}

impl Severity {
    /// All, from the least to the worst.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The word used in rule files and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// One step less; the least stays as it is.
    #[must_use]
    pub fn milder(self) -> Self {
        Self::ALL.into_iter().rev().find(|other| *other < self).unwrap_or(self)
    }

    /// The severity of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

/// A rule as its file says it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id: the file's name, a slug that begins with the service.
    pub id: Text,
    /// Names the bad pattern.
    pub title: Text,
    /// How bad it is when broken.
    pub severity: Severity,
    /// What it is about: one word such as `data-protection`.
    pub category: Text,
    /// What it is asked of.
    pub subject: Asked,
    /// Where it applies, beside the resource type.
    pub when: Option<Condition>,
    /// What it asks.
    pub demand: Demand,
    /// The Defender plan that it is about, `*` for all of them: its absence is looked at over all that is scanned.
    pub plan: Option<Text>,
    /// What a finding says.
    pub message: Message,
    /// What to do about it, in one sentence.
    pub help: Text,
    /// Whether it is on without being asked for.
    pub default_on: bool,
    /// Framework to its control ids: `mcsb` to `DP-3`.
    pub frameworks: List<(Text, List<Text>)>,
    /// Peer to the ids it gives to the same check.
    pub equivalents: List<(Text, List<Text>)>,
    /// Pages to read.
    pub references: List<Text>,
    /// The edit that mends it, where there is one.
    pub fix: Option<Fix>,
    /// What a user can choose.
    pub parameters: List<Parameter>,
    /// The YAML of the head, from which the rule is read anew with other parameters; empty for a rule without any.
    pub head: Text,
    /// The documentation page: the file without its head.
    pub page: Text,
}

/// What a rule is asked of.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Resources of these types; `*` for all.
    Types(List<Text>),
    /// The deployment as a whole: its outputs, its parameters. Only a check in Rust can answer it.
    Deployment,
    /// All that is scanned together: where it owns the baseline of its subscriptions, one resource of these types must be as the
    /// rule requires.
    Baseline(List<Text>),
}

/// What a rule asks.
#[derive(Clone, Debug)]
pub enum Demand {
    /// The condition must hold.
    Require(Condition),
    /// The condition must not hold.
    Forbid(Condition),
    /// A check in Rust answers.
    Check {
        /// Its name in [`CHECKS`].
        name: Text,
        /// Its parameters.
        with: List<(Text, Literal)>,
    },
}

/// An edit: set a property to a value.
#[derive(Clone, Debug)]
pub struct Fix {
    /// The property.
    pub property: Path,
    /// Its new value.
    pub value: Literal,
    /// Whether it can be made without looking: it neither replaces the resource nor shuts anyone out who is meant to come in.
    pub safe: bool,
}

impl Rule {
    /// The types of the head; empty for a rule about the deployment.
    pub fn resource_types(&self) -> &[Text] {
        match &self.subject {
            Asked::Types(types) | Asked::Baseline(types) => types,
            Asked::Deployment => &[],
        }
    }

    /// Whether it is asked once of all that is scanned together.
    pub fn is_about_estate(&self) -> bool {
        self.plan.is_some() || matches!(self.subject, Asked::Baseline(_))
    }

    /// The page's first paragraph: what is wrong, and why it matters.
    pub fn description(&self) -> &str {
        page::first_paragraph(&self.page)
    }

    /// The text of a check's parameter list entry.
    pub fn parameter(&self, name: &str) -> Option<&Literal> {
        match &self.demand {
            Demand::Check { with, .. } => with.iter().find(|(key, _)| **key == *name).map(|(_, value)| value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
