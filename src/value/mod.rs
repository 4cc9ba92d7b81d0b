//! What an expression can be worth to a static analysis: known, unknown with a reason, a reference, or one of a few.
//!
//! A [`Value`] knows where it was written and how it came to where it is used ([`Origin`]), and whether it is a secret.
//! Containers are shared: cloning a value never copies a tree. The module knows nothing of Bicep, ARM or Terraform.

pub(crate) mod calendar;
mod collection;
mod json;
mod key;
pub(crate) mod measure;
mod members;
mod merge;
mod number;
mod origin;
mod reference;
mod unknown;

pub use collection::{Array, Collection, Item, Member, Object};
pub(crate) use json::{holds_setting, is_setting_of_secret, names_a_secret};
pub use json::{member_to_json, to_json};
pub use key::{Exact, Folded, Key};
pub(crate) use merge::eq_fold;
pub use number::Number;
pub use origin::{Origin, Step, StepKind};
pub use reference::{Reference, Target};
pub use unknown::{Facts, Piece, Reason, ReasonKind, Unknown, ValueType};

use std::sync::Arc;

use crate::source::Span;

/// A value with its origin and taint.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written and how it came here.
    pub origin: Origin,
    /// Whether it is, or was made from, a secret: `@secure()`, `securestring`, `sensitive`, `listKeys()`.
    /// A secret's text is never shown.
    pub secret: bool,
}

/// The cases of a value. Null, absent (a missing [`Member`]) and unknown are three different things.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`. For ARM a property that is null is absent; for Terraform the provider's default applies.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// An array, list, tuple or set.
    Array(Arc<Array>),
    /// An object or map.
    Object(Arc<Object>),
    /// The id of a resource, or a property of one that exists only after deployment, kept symbolic.
    Reference(Arc<Reference>),
    /// One of several values (at least two), for example the two branches of a condition that is not known, or a
    /// parameter's allowed values. A rule holds if it holds for all of them and is broken if it is broken for all.
    OneOf(Arc<[Value]>),
    /// Not known, with the reason and what is known of it all the same.
    Unknown(Arc<Unknown>),
}

impl Value {
    /// A value without origin or taint.
    pub fn new(kind: Kind) -> Self {
        Value { kind, origin: Origin::default(), secret: false }
    }

    /// `null`.
    pub fn null() -> Self {
        Self::new(Kind::Null)
    }

    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::new(Kind::String(text.into()))
    }

    /// A boolean.
    pub fn bool(value: bool) -> Self {
        Self::new(Kind::Bool(value))
    }

    /// An integer.
    pub fn int(value: i64) -> Self {
        Self::new(Kind::Number(Number::from(value)))
    }

    /// An array.
    pub fn array(mut array: Array) -> Self {
        array.items.shrink_to_fit();
        Self::new(Kind::Array(Arc::new(array)))
    }

    /// An object.
    pub fn object(mut object: Object) -> Self {
        object.shrink();
        Self::new(Kind::Object(Arc::new(object)))
    }

    /// Not known, for `reason`.
    pub fn unknown(reason: Reason) -> Self {
        Self::new(Kind::Unknown(Arc::new(Unknown::new(reason))))
    }

    /// A reference.
    pub fn reference(reference: Reference) -> Self {
        Self::new(Kind::Reference(Arc::new(reference)))
    }

    /// One of `values`: equal scalars are kept once, unknowns of which no part is known become one, nested choices are
    /// flattened, a single one is itself, and more than
    /// [`Self::MAX_CHOICES`] become an unknown. `None` for no value at all.
    pub fn one_of(values: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut distinct: Vec<Value> = Vec::new();
        let mut secret = false;
        for value in values {
            secret |= value.secret;
            let alternatives: &[Value] = match &value.kind {
                Kind::OneOf(nested) => nested,
                _ => std::slice::from_ref(&value),
            };
            for alternative in alternatives {
                if distinct.iter().any(|seen| seen.same_scalar(alternative)) {
                    continue;
                }
                match distinct
                    .iter_mut()
                    .find_map(|seen| seen.both_unknown(alternative).map(|both| (seen, both)))
                {
                    Some((seen, both)) => *seen = both,
                    None => distinct.push(alternative.clone()),
                }
            }
            if distinct.len() > Self::MAX_CHOICES {
                let reason = Reason::new(ReasonKind::Limit, "more alternatives than are followed");
                return Some(Value { secret, ..Value::unknown(reason) });
            }
        }
        if distinct.len() < 2 {
            return distinct.pop().map(|value| Value { secret: secret || value.secret, ..value });
        }
        Some(Value { secret, ..Value::new(Kind::OneOf(distinct.into())) })
    }

    /// The largest number of alternatives that are kept apart.
    pub const MAX_CHOICES: usize = 32;

    /// The same value, written at `span`.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.origin.span = Some(span);
        self
    }

    /// The same value, having come one step further: out of a parameter's default, a variable, a module's argument.
    #[must_use]
    pub fn via(mut self, kind: StepKind, name: impl Into<Arc<str>>, span: Span) -> Self {
        self.origin = self.origin.step(kind, name.into(), span);
        self
    }

    /// The same value, made of `inputs`: unless it knows its own way, it came by what the first of them that has one came by.
    #[must_use]
    pub fn computed_from<'a>(mut self, inputs: impl IntoIterator<Item = &'a Value>) -> Self {
        if self.origin.via.is_none() {
            self.origin.via = inputs.into_iter().find_map(|input| input.origin.computed());
        }
        self
    }

    /// The same value, marked as a secret if `secret`.
    #[must_use]
    pub fn tainted(mut self, secret: bool) -> Self {
        self.secret |= secret;
        self
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether nothing definite can be said of the value itself: unknown or one of several. A reference counts as known.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_) | Kind::OneOf(_))
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, if it is a number without fraction that fits.
    pub fn as_int(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&Array> {
        match &self.kind {
            Kind::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The unknown, if it is one.
    pub fn as_unknown(&self) -> Option<&Arc<Unknown>> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The reference, if it is one.
    pub fn as_reference(&self) -> Option<&Arc<Reference>> {
        match &self.kind {
            Kind::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The alternatives: the members of a choice, or the value itself.
    pub fn alternatives(&self) -> &[Value] {
        match &self.kind {
            Kind::OneOf(values) => values,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether the value, or anything in it, is not known. Walks the tree: for reports, not for evaluation.
    pub fn has_unknown(&self) -> bool {
        match &self.kind {
            Kind::Unknown(_) | Kind::OneOf(_) => true,
            Kind::Array(array) => {
                array.open.is_some() || array.items.iter().any(|item| item.value.has_unknown())
            }
            Kind::Object(object) => {
                object.open.is_some() || object.members().any(|(_, m)| m.value.has_unknown())
            }
            _ => false,
        }
    }

    /// Whether the value, or anything in it, is a secret.
    pub fn has_secret(&self) -> bool {
        self.secret
            || match &self.kind {
                Kind::Array(array) => array.items.iter().any(|item| item.value.has_secret()),
                Kind::Object(object) => object.members().any(|(_, member)| member.value.has_secret()),
                Kind::OneOf(values) => values.iter().any(Value::has_secret),
                _ => false,
            }
    }

    /// What type the value has, as far as it is known.
    pub fn value_type(&self) -> ValueType {
        match &self.kind {
            Kind::Null => ValueType::Null,
            Kind::Bool(_) => ValueType::Bool,
            Kind::Number(_) => ValueType::Number,
            Kind::String(_) => ValueType::String,
            // An id is a string; a property of a resource may be anything.
            Kind::Reference(reference) if reference.property.is_none() => ValueType::String,
            Kind::Reference(_) => ValueType::Any,
            Kind::Array(_) => ValueType::Array,
            Kind::Object(_) => ValueType::Object,
            Kind::OneOf(values) => {
                let mut types = values.iter().map(Value::value_type);
                let first = types.next().unwrap_or(ValueType::Any);
                if types.all(|other| other == first) { first } else { ValueType::Any }
            }
            Kind::Unknown(unknown) => unknown.value_type,
        }
    }

    /// One unknown for two of which no part is known: to tell them apart helps nobody.
    fn both_unknown(&self, other: &Value) -> Option<Value> {
        let (Kind::Unknown(a), Kind::Unknown(b)) = (&self.kind, &other.kind) else { return None };
        if Arc::ptr_eq(a, b) || (a.identity.is_some() && a.identity == b.identity) {
            return Some(self.clone());
        }
        if a.facts.pieces.is_some() || b.facts.pieces.is_some() {
            return None;
        }
        let mut both = Unknown::because_of([self, other])?;
        both.value_type = if a.value_type == b.value_type { a.value_type } else { ValueType::Any };
        both.facts.not_null = a.facts.not_null && b.facts.not_null;
        both.facts.min = a.facts.min.zip(b.facts.min).map(|(a, b)| a.min(b));
        both.facts.max = a.facts.max.zip(b.facts.max).map(|(a, b)| a.max(b));
        Some(Value {
            kind: Kind::Unknown(Arc::new(both)),
            secret: self.secret || other.secret,
            ..self.clone()
        })
    }

    /// Equal scalars of equal taint; containers and unknowns are never the same here.
    fn same_scalar(&self, other: &Value) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::String(a), Kind::String(b)) => a == b,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
