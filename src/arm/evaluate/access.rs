//! Taking a property or an item out of a value.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Facts, Kind, Member, Reference, Unknown, Value};

use super::session::Session;

/// What is taken out.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// A property.
    Name(Arc<str>),
    /// An item, from 0.
    Index(i64),
    /// An item, from 1 and from the end.
    FromEnd(i64),
    /// A key that is not known.
    Unknown(Value),
}

impl Key {
    /// As it stands in a path: `.name`, `[0]`.
    fn in_path(&self, before: &str) -> Option<String> {
        match self {
            Key::Name(name) if before.is_empty() => Some(name.to_string()),
            Key::Name(name) => Some(format!("{before}.{name}")),
            Key::Index(index) => Some(format!("{before}[{index}]")),
            Key::FromEnd(index) => Some(format!("{before}[^{index}]")),
            Key::Unknown(_) => None,
        }
    }
}

/// The answer to an access.
pub(super) enum Taken {
    Value(Value),
    /// It is not there; the sentence says what.
    Missing(String),
    /// It is not there and cannot be, since this is no container.
    Wrong(String),
}

/// Takes `key` out of one value that is no choice.
pub(super) fn take(value: &Value, key: &Key) -> Taken {
    if let Key::Unknown(cause) = key {
        return Taken::Value(match Unknown::because_of([cause]) {
            Some(unknown) => Value::new(Kind::Unknown(Arc::new(unknown))),
            None => {
                return Taken::Wrong("a property is named by a string and an item by a number".to_owned());
            }
        });
    }
    match (&value.kind, key) {
        (Kind::Object(object), Key::Name(name)) => match (object.get(name), &object.open) {
            (Some(member), _) => Taken::Value(carried(value, member)),
            (None, Some(open)) => Taken::Value(unknown_part(open, key)),
            (None, None) => Taken::Missing(format!("the object has no property '{name}'")),
        },
        (Kind::Array(array), Key::Index(_) | Key::FromEnd(_)) => {
            let length = i64::try_from(array.items.len()).unwrap_or(i64::MAX);
            let (position, shown) = match key {
                Key::Index(index) => (*index, *index),
                Key::FromEnd(index) => (length.saturating_sub(*index), -*index),
                _ => (-1, -1),
            };
            let from_open_end = matches!(key, Key::FromEnd(_)) && array.open.is_some();
            let item = usize::try_from(position).ok().and_then(|position| array.items.get(position));
            match (item.filter(|_| !from_open_end), &array.open) {
                (Some(item), _) => Taken::Value(carry(value, item.value.clone())),
                (None, Some(open)) => Taken::Value(unknown_part(open, key)),
                (None, None) => Taken::Missing(format!("the array of {length} has no item {shown}")),
            }
        }
        (Kind::Unknown(unknown), _) => Taken::Value(unknown_part(unknown, key).tainted(value.secret)),
        (Kind::Reference(reference), _) => match extended(reference, key) {
            Some(reference) => Taken::Value(Value::reference(reference).tainted(value.secret)),
            None => Taken::Wrong("a resource id has no properties".to_owned()),
        },
        (Kind::Null, Key::Name(name)) => Taken::Missing(format!("null has no property '{name}'")),
        (Kind::Null, _) => Taken::Missing("null has no items".to_owned()),
        (_, Key::Name(name)) => {
            Taken::Wrong(format!("a {} has no property '{name}'", value.value_type().as_str()))
        }
        _ => Taken::Wrong(format!("a {} has no items", value.value_type().as_str())),
    }
}

/// A property of a property that is known only after deployment; `None` for a plain id.
pub(super) fn extended(reference: &Reference, key: &Key) -> Option<Reference> {
    let path = key.in_path(reference.property.as_deref()?)?;
    Some(reference.with_property(path))
}

fn carried(container: &Value, member: &Member) -> Value {
    carry(container, member.value.clone())
}

/// A part keeps its own origin, and came the container's way if it has none of its own; a part of a secret is one.
fn carry(container: &Value, mut part: Value) -> Value {
    if part.origin.via.is_none() {
        part.origin.via.clone_from(&container.origin.via);
    }
    part.tainted(container.secret)
}

/// A part of something that is not known.
fn unknown_part(whole: &Unknown, key: &Key) -> Value {
    let identity = whole.identity.as_deref().and_then(|whole| key.in_path(whole));
    let mut part = Unknown { facts: Facts::default(), ..whole.clone() };
    part.value_type = crate::value::ValueType::Any;
    part.identity = identity.map(Arc::from);
    Value::new(Kind::Unknown(Arc::new(part)))
}

impl Session<'_> {
    /// Takes `key` out of a value. `None`: it is not there and `safe` allows that.
    pub(super) fn access(&self, value: &Value, key: &Key, safe: bool, span: Span) -> Option<Value> {
        match take(value, key) {
            Taken::Value(part) => Some(part),
            // `tryGet` gives null for what has no properties too.
            Taken::Missing(_) | Taken::Wrong(_) if safe => None,
            Taken::Missing(what) | Taken::Wrong(what) => Some(self.mistake(what, span)),
        }
    }
}
