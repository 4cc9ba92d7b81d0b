//! What is wrong with how the code is governed, as findings: with suppressions, and with where modules come from.

use jiff::civil::Date;

use super::{Extent, Form, Origin, Suppression, Suppressions};
use crate::rules::{Asked, Demand, List, Message, Part, Rule, RuleSet, Severity};
use crate::source::Span;

/// What is wrong with a suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not understood.
    Mistake(String),
    /// It names a rule that is not there.
    Unknown(String),
    /// It has no reason, and needs one.
    NoReason,
    /// Its last day is over.
    Expired(Date),
    /// It holds longer than so many days ahead, or for ever.
    TooLong(i64),
    /// The configuration forbids to suppress this rule.
    Forbidden(String),
    /// The configuration forbids comments that suppress.
    NotInline,
}

impl Refusal {
    /// Whether the suppression does not hold at all.
    pub(super) fn is_fatal(&self) -> bool {
        !matches!(self, Refusal::Unknown(_) | Refusal::Forbidden(_))
    }

    fn index(&self) -> usize {
        match self {
            Refusal::Mistake(_) | Refusal::Unknown(_) => UNKNOWN,
            Refusal::NoReason => NO_REASON,
            Refusal::Expired(_) | Refusal::TooLong(_) => EXPIRED,
            Refusal::Forbidden(_) | Refusal::NotInline => FORBIDDEN,
        }
    }

    fn message(&self, rules: &RuleSet) -> String {
        match self {
            Refusal::Mistake(what) => format!("This suppression is not understood: {what}"),
            Refusal::Unknown(id) => {
                let near = rules.closest(id).map(|near| format!("; did you mean '{near}'?"));
                format!("There is no rule '{id}' to suppress{}", near.unwrap_or_default())
            }
            Refusal::NoReason => "This suppression gives no reason, and does not hold".to_owned(),
            Refusal::Expired(day) => format!("This suppression held until {day}, and does no longer"),
            Refusal::TooLong(days) => {
                format!("This suppression does not hold: it must end within {days} days (until=…)")
            }
            Refusal::Forbidden(id) => format!("The rule '{id}' must not be suppressed"),
            Refusal::NotInline => "Comments must not suppress: this one does not hold".to_owned(),
        }
    }
}

const NO_REASON: usize = 0;
const EXPIRED: usize = 1;
const FORBIDDEN: usize = 2;
const UNKNOWN: usize = 3;
const STALE: usize = 4;
const SOURCE: usize = 5;

/// The rule about where modules come from.
pub const MODULE_SOURCE: &str = "module-source-not-allowed";

struct Words {
    id: &'static str,
    severity: Severity,
    title: &'static str,
    help: &'static str,
    page: &'static str,
}

const RULES: [Words; 6] = [
    Words {
        id: "suppression-without-reason",
        severity: Severity::Medium,
        title: "Suppression gives no reason",
        help: "Say why the finding is accepted: leftward:ignore RULE -- reason",
        page: "A suppression without a reason cannot be reviewed. The configuration asks for one (`requireReason`), and without it the suppression does not hold.",
    },
    Words {
        id: "expired-suppression",
        severity: Severity::Medium,
        title: "Suppression is over or holds too long",
        help: "Mend what was accepted, or accept it anew with a day that lies ahead",
        page: "A suppression holds until its last day. After it, or where it holds longer than the configuration allows (`maxDays`), the finding is there again.",
    },
    Words {
        id: "forbidden-suppression",
        severity: Severity::Medium,
        title: "Suppression is not allowed",
        help: "Remove it, or have it allowed in the configuration",
        page: "The configuration says which rules must not be suppressed (`forbid`), and whether comments may suppress at all (`allowInline`).",
    },
    Words {
        id: "unknown-suppression",
        severity: Severity::Low,
        title: "Suppression names no rule or is not understood",
        help: "Name a rule that is there: leftward rules lists them",
        page: "A suppression with a mistyped rule, or with words that are not understood, suppresses nothing, and whoever wrote it believes that it does.",
    },
    Words {
        id: "stale-suppression",
        severity: Severity::Low,
        title: "Suppression covers no finding",
        help: "Remove it: what it was for is mended or gone",
        page: "A suppression that covers nothing hides the next finding in its place, which nobody has accepted.",
    },
    Words {
        id: MODULE_SOURCE,
        severity: Severity::Medium,
        title: "Module comes from a place that is not allowed",
        help: "Use a module of a registry that leftward.yaml allows (allowedRegistries)",
        page: "Whoever can publish a module decides what is deployed. The configuration names the registries and repositories that modules may come from; this one is in none of them.",
    },
];

/// The rules that such findings belong to.
pub fn governance_rules() -> impl Iterator<Item = Rule> {
    RULES.iter().map(rule)
}

/// A module comes from a place that the configuration does not allow.
pub fn module_complaint(written: &str, address: &str, span: Span) -> Complaint {
    let host = address.split('/').next().unwrap_or_default();
    let words = &RULES[SOURCE];
    Complaint {
        rule: words.id,
        kind: "module",
        severity: words.severity,
        message: format!("This module comes from {host}, which is not among the allowed registries"),
        help: words.help,
        span,
        // a source may have a password in it
        written: if written.contains('@') { address.to_owned() } else { written.to_owned() },
        reason: String::new(),
    }
}

fn rule(words: &Words) -> Rule {
    Rule {
        plan: None,
        id: words.id.into(),
        title: words.title.into(),
        severity: words.severity,
        category: "governance".into(),
        subject: Asked::Deployment,
        when: None,
        demand: Demand::Check { name: "governance".into(), with: List::default() },
        message: Message { parts: vec![Part::Words(words.title.into())].into() },
        help: words.help.into(),
        default_on: true,
        frameworks: List::default(),
        equivalents: List::default(),
        references: List::default(),
        fix: None,
        parameters: List::default(),
        head: "".into(),
        page: words.page.into(),
    }
}

/// Whether an id is one of these rules: those about suppressions cannot be suppressed, but none is unknown.
pub(super) fn refusal_id(id: &str) -> bool {
    RULES.iter().any(|words| words.id == id)
}

/// What the run as a whole allows to say of suppressions that were not needed.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Whether every finding was asked for: neither single rules nor single files were chosen.
    pub whole: bool,
    /// Whether what the configuration covers was all scanned.
    pub whole_config: bool,
    /// Places whose content is not known: calls of modules that are not on disk.
    pub unknown: Vec<Span>,
}

/// Something that is wrong with a suppression or with a module's source.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// The id of the rule that it breaks: one of [`governance_rules`].
    pub rule: &'static str,
    /// What it is about: `suppression` or `module`.
    pub kind: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
    /// Where the suppression stands.
    pub span: Span,
    /// The ids that it names; the module's source.
    pub written: String,
    /// The reason that it gives, or nothing.
    pub reason: String,
}

impl Suppressions {
    /// What is wrong with them, after all findings have been asked for.
    pub fn complaints(&self, rules: &RuleSet, told: &Told) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        for suppression in &self.all {
            for refusal in &suppression.refusals {
                complaints.push(suppression.complaint(refusal.index(), refusal.message(rules)));
            }
            if suppression.is_stale(rules, told) {
                let of = suppression.written.join(", ");
                complaints.push(
                    suppression.complaint(STALE, format!("This suppression of {of} covers no finding")),
                );
            }
        }
        complaints
    }
}

impl Suppression {
    /// Whether it is ours, was not needed, and would be if there were something for it.
    fn is_stale(&self, rules: &RuleSet, told: &Told) -> bool {
        let ours = matches!(self.origin, Origin::Config | Origin::Inline(Form::Leftward));
        let hidden = |unknown: &Span| match &self.extent {
            Extent::Place(place) => place.contains(*unknown),
            Extent::File(file) => unknown.file == *file,
            Extent::Everywhere => true,
        };
        ours && told.whole
            && (told.whole_config || self.origin != Origin::Config)
            && self.refusals.is_empty()
            && !self.is_used()
            && self.concerns(rules)
            && !told.unknown.iter().any(hidden)
    }

    fn complaint(&self, index: usize, message: String) -> Complaint {
        let words = &RULES[index];
        Complaint {
            rule: words.id,
            kind: "suppression",
            severity: words.severity,
            message,
            help: words.help,
            span: self.span,
            written: self.written.join(","),
            reason: self.reason.clone().unwrap_or_default(),
        }
    }
}
