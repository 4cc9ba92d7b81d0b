//! The table of functions, and how an implementation sees its call.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::Context;
use crate::value::{Array, Facts, Kind, Object, Value, ValueType};

/// A function of the library.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The smallest and largest number of arguments.
    pub(super) arity: (usize, usize),
    /// The type of the result.
    pub(super) returns: ValueType,
    /// When the result is a secret.
    pub(super) taint: Taint,
    pub(super) run: fn(&Call<'_>) -> Answer,
}

/// Any number of arguments.
pub(super) const ANY: usize = usize::MAX;

/// When a result is a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taint {
    /// If anything in any argument is one: text that was made from it may tell it.
    Deep,
    /// If an argument as a whole is one; parts that are secrets stay so themselves.
    Shallow,
    /// Never: a length, a comparison.
    Never,
}

/// What an implementation answers.
pub(super) type Answer = Result<Value, Stop>;

/// Why an implementation has no value.
pub(super) enum Stop {
    /// An argument that matters is not known.
    Unknown,
    /// The same, and these facts hold of the result whatever it is.
    Facts(Facts),
    /// ARM would refuse the call.
    Wrong(String),
    /// The result would be larger than is kept.
    Limit(String),
}

impl Function {
    /// A function; the taint follows from its result's type.
    pub(super) const fn new(
        name: &'static str,
        arity: (usize, usize),
        returns: ValueType,
        run: fn(&Call<'_>) -> Answer,
    ) -> Self {
        let taint = match returns {
            ValueType::Bool => Taint::Never,
            ValueType::Array | ValueType::Object | ValueType::Any => Taint::Shallow,
            _ => Taint::Deep,
        };
        Function { name, arity, returns, taint, run }
    }

    /// The same with another taint.
    pub(super) const fn tainted(self, taint: Taint) -> Self {
        Function { taint, ..self }
    }
}

/// All functions, sorted by name without case.
static TABLE: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let families: [&'static [Function]; 14] = [
        super::arithmetic::FUNCTIONS,
        super::cidr::FUNCTIONS,
        super::collections::FUNCTIONS,
        super::conversion::FUNCTIONS,
        super::dates::FUNCTIONS,
        super::encoding::FUNCTIONS,
        super::environment::FUNCTIONS,
        super::hashing::FUNCTIONS,
        super::ids::FUNCTIONS,
        super::logic::FUNCTIONS,
        super::objects::FUNCTIONS,
        super::runtime::FUNCTIONS,
        super::search::FUNCTIONS,
        super::strings::FUNCTIONS,
    ];
    let mut all: Vec<&'static Function> =
        families.into_iter().flatten().chain(super::uris::FUNCTIONS).collect();
    all.sort_by(|a, b| compare(a.name, b.name));
    all
});

/// The function of this name, without regard to case.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    TABLE.binary_search_by(|function| compare(function.name, name)).ok().and_then(|at| TABLE.get(at).copied())
}

/// The name of the nearest function, for a misspelled one.
pub(super) fn similar(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    TABLE
        .iter()
        .map(|function| (similarity(&lower, function.name), function.name))
        .filter(|(ratio, _)| *ratio > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

fn similarity(lower: &str, name: &str) -> f32 {
    let name = name.to_ascii_lowercase();
    similar::TextDiff::from_chars(lower, name.as_str()).ratio()
}

fn compare(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// One call of a function.
pub(super) struct Call<'a> {
    pub(super) function: &'static Function,
    pub(super) arguments: &'a [Value],
    pub(super) context: &'a Context,
}

impl<'a> Call<'a> {
    /// How many arguments there are.
    pub(super) fn count(&self) -> usize {
        self.arguments.len()
    }

    /// An argument that there must be.
    pub(super) fn argument(&self, index: usize) -> Result<&'a Value, Stop> {
        self.arguments.get(index).ok_or_else(|| {
            Stop::Wrong(format!("{} lacks its {} argument", self.function.name, ordinal(index)))
        })
    }

    /// A string that must be known. A number or boolean is no string.
    pub(super) fn text(&self, index: usize) -> Result<&'a str, Stop> {
        let value = self.argument(index)?;
        match &value.kind {
            Kind::String(text) => Ok(text),
            Kind::Reference(_) => Err(Stop::Unknown),
            _ => Err(self.no(index, value, "a string", ValueType::String)),
        }
    }

    /// A string, if the argument is given.
    pub(super) fn optional_text(&self, index: usize) -> Result<Option<&'a str>, Stop> {
        if index < self.count() { self.text(index).map(Some) } else { Ok(None) }
    }

    /// An integer that must be known.
    pub(super) fn int(&self, index: usize) -> Result<i64, Stop> {
        let value = self.argument(index)?;
        value.as_int().ok_or_else(|| self.no(index, value, "an integer", ValueType::Number))
    }

    /// A boolean that must be known.
    pub(super) fn boolean(&self, index: usize) -> Result<bool, Stop> {
        let value = self.argument(index)?;
        value.as_bool().ok_or_else(|| self.no(index, value, "a boolean", ValueType::Bool))
    }

    /// An array; it may be open.
    pub(super) fn array(&self, index: usize) -> Result<&'a Array, Stop> {
        let value = self.argument(index)?;
        value.as_array().ok_or_else(|| self.no(index, value, "an array", ValueType::Array))
    }

    /// An array of which all items are here.
    pub(super) fn closed_array(&self, index: usize) -> Result<&'a Array, Stop> {
        let array = self.array(index)?;
        if array.is_closed() { Ok(array) } else { Err(Stop::Unknown) }
    }

    /// An object; it may be open.
    pub(super) fn object(&self, index: usize) -> Result<&'a Object, Stop> {
        let value = self.argument(index)?;
        value.as_object().ok_or_else(|| self.no(index, value, "an object", ValueType::Object))
    }

    /// The argument is not what is wanted: not known, or of a wrong type.
    pub(super) fn no(&self, index: usize, value: &Value, wanted: &str, wanted_type: ValueType) -> Stop {
        let found = value.value_type();
        if is_open(value) && (found == ValueType::Any || found == wanted_type) {
            return Stop::Unknown;
        }
        self.wrong_argument(index, value, wanted)
    }

    /// The argument has a wrong type or value.
    pub(super) fn wrong_argument(&self, index: usize, value: &Value, wanted: &str) -> Stop {
        Stop::Wrong(format!(
            "the {} argument of {} must be {wanted}, not {}",
            ordinal(index),
            self.function.name,
            with_article(value.value_type()),
        ))
    }

    /// ARM would refuse the call for another reason.
    pub(super) fn wrong<T>(&self, what: &str) -> Result<T, Stop> {
        Err(Stop::Wrong(format!("{}: {what}", self.function.name)))
    }
}

/// Whether it is not known what a value is: also a property that only a deployed resource has.
pub(super) fn is_open(value: &Value) -> bool {
    match &value.kind {
        Kind::Reference(reference) => reference.property.is_some(),
        _ => value.is_unknown(),
    }
}

fn ordinal(index: usize) -> String {
    match index {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", index + 1),
    }
}

fn with_article(value_type: ValueType) -> String {
    match value_type {
        ValueType::Null | ValueType::Any => value_type.as_str().to_owned(),
        ValueType::Array | ValueType::Object => format!("an {}", value_type.as_str()),
        _ => format!("a {}", value_type.as_str()),
    }
}

/// The names of all functions.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|function| function.name)
}
