use std::sync::Arc;

use super::{Kind, Value};

/// Why a value is not known: a kind to count by, and a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// What kind of reason.
    pub kind: ReasonKind,
    /// The sentence, without full stop: `parameter 'adminPassword' has no default`.
    pub text: Arc<str>,
}

impl Reason {
    /// A reason.
    pub fn new(kind: ReasonKind, text: impl Into<Arc<str>>) -> Self {
        Reason { kind, text: text.into() }
    }
}

/// Kinds of reasons for an unknown value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReasonKind {
    /// A parameter or variable without a value: nobody gave one and it has no default.
    Parameter,
    /// Known only where it is deployed: `resourceGroup()`, `subscription()`, `deployment()`, `tenant()`.
    Environment,
    /// Known only after deployment: `reference()`, `listKeys()`, a computed attribute of a Terraform resource.
    Runtime,
    /// Different each time: `newGuid()`, `utcNow()`, `timestamp()`, `uuid()`.
    NonDeterministic,
    /// Read from outside: an environment variable, a Key Vault secret in a parameter file.
    External,
    /// A Terraform data source.
    DataSource,
    /// A module whose source is not on disk, and what it would have given.
    Module,
    /// A file that could not be read.
    File,
    /// A loop over something that is not known.
    Loop,
    /// A bound of the analysis.
    Limit,
    /// The code is wrong here: a type error, an unknown name, a cycle, a syntax error.
    Error,
    /// Not evaluated by leftward (yet): a function or feature.
    Unsupported,
}

/// The type of a value as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Nothing is known of it.
    #[default]
    Any,
    /// `null`.
    Null,
    /// Boolean.
    Bool,
    /// Number.
    Number,
    /// String.
    String,
    /// Array, list, tuple, set.
    Array,
    /// Object or map.
    Object,
}

impl ValueType {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            ValueType::Any => "any",
            ValueType::Null => "null",
            ValueType::Bool => "bool",
            ValueType::Number => "number",
            ValueType::String => "string",
            ValueType::Array => "array",
            ValueType::Object => "object",
        }
    }
}

/// A value that is not known, with what is known of it.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why; more than one where several unknowns met, the first being the most telling. Never empty.
    pub reasons: Arc<[Reason]>,
    /// Its type.
    pub value_type: ValueType,
    /// What else is known.
    pub facts: Facts,
    /// The expression in a normal form, where equal expressions are known to give equal values
    /// (`uniqueString(resourceGroup().id)`): two unknowns of one identity are the same value.
    pub identity: Option<Arc<str>>,
}

/// What is known of an unknown value.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// It is not null.
    pub not_null: bool,
    /// Smallest value of a number, or length of a string or array.
    pub min: Option<i64>,
    /// Largest value or length.
    pub max: Option<i64>,
    /// A string's known and unknown pieces in order: `'st${uniqueString(x)}'` is `st` and a hole.
    pub pieces: Option<Arc<[Piece]>>,
}

/// A piece of a half-known string.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Known text.
    Text(Arc<str>),
    /// An unknown, a reference, or a choice.
    Hole(Value),
}

impl Unknown {
    /// The largest number of reasons that are kept.
    const MAX_REASONS: usize = 4;

    /// Not known for one reason, and nothing else known.
    pub fn new(reason: Reason) -> Self {
        Unknown {
            reasons: Arc::new([reason]),
            value_type: ValueType::Any,
            facts: Facts::default(),
            identity: None,
        }
    }

    /// The same with a type.
    #[must_use]
    pub fn with_type(mut self, value_type: ValueType) -> Self {
        self.value_type = value_type;
        self
    }

    /// The same with facts.
    #[must_use]
    pub fn with_facts(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// The same with an identity.
    #[must_use]
    pub fn with_identity(mut self, identity: impl Into<Arc<str>>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    /// The most telling reason.
    pub fn reason(&self) -> &Reason {
        // `reasons` is never empty: all constructors put one in.
        &self.reasons[0]
    }

    /// The known text at the start of a half-known string.
    pub fn prefix(&self) -> Option<&str> {
        match self.facts.pieces.as_deref()?.first()? {
            Piece::Text(text) => Some(text),
            Piece::Hole(_) => None,
        }
    }

    /// The known text at the end of a half-known string.
    pub fn suffix(&self) -> Option<&str> {
        match self.facts.pieces.as_deref()?.last()? {
            Piece::Text(text) => Some(text),
            Piece::Hole(_) => None,
        }
    }

    /// An unknown that depends on `values`: with the reasons of those that are not known. `None` when all are known.
    pub fn because_of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<Self> {
        let mut reasons: Vec<Reason> = Vec::new();
        for value in values {
            Self::gather(value, &mut reasons);
        }
        if reasons.is_empty() {
            return None;
        }
        Some(Unknown {
            reasons: reasons.into(),
            value_type: ValueType::Any,
            facts: Facts::default(),
            identity: None,
        })
    }

    /// Adds the reasons for which `value`, or something in it, is not known.
    fn gather(value: &Value, reasons: &mut Vec<Reason>) {
        if reasons.len() >= Self::MAX_REASONS {
            return;
        }
        let mut add = |reason: &Reason| {
            if reasons.len() < Self::MAX_REASONS && !reasons.contains(reason) {
                reasons.push(reason.clone());
            }
        };
        match &value.kind {
            Kind::Unknown(unknown) => unknown.reasons.iter().for_each(&mut add),
            Kind::OneOf(_) => add(&Reason::new(ReasonKind::Parameter, "one of several values")),
            Kind::Reference(reference) => add(&reference.reason()),
            Kind::Array(array) => {
                array.open.iter().flat_map(|open| open.reasons.iter()).for_each(&mut add);
                array.values().for_each(|item| Self::gather(item, reasons));
            }
            Kind::Object(object) => {
                object.open.iter().flat_map(|open| open.reasons.iter()).for_each(&mut add);
                object.members().for_each(|(_, member)| Self::gather(&member.value, reasons));
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
        }
    }
}
