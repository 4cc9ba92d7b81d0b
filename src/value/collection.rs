use std::sync::Arc;

use super::members::Members;
use super::{Key, Unknown, Value};
use crate::source::Span;

/// What kind of sequence or mapping a container is. ARM and Bicep know only arrays and objects; Terraform tells
/// tuples from lists and sets, and objects from maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Collection {
    /// A literal: ARM array or object, Terraform tuple or object.
    #[default]
    Literal,
    /// Terraform's `list(…)` or `map(…)`: all elements have one type.
    Uniform,
    /// Terraform's `set(…)`: sorted, without duplicates.
    Set,
}

/// An array with the places of its items.
#[derive(Clone, Debug, Default)]
pub struct Array {
    /// The items in order.
    pub items: Vec<Item>,
    /// Set when there may be further items that are not known (a concatenation with an unknown array).
    pub open: Option<Arc<Unknown>>,
    /// Tuple, list or set.
    pub collection: Collection,
}

/// An item of an [`Array`].
#[derive(Clone, Debug)]
pub struct Item {
    /// The item as written at this place of the array, if it is written: the use, where `value.origin` is the definition.
    pub site: Option<Span>,
    /// Its value.
    pub value: Value,
}

impl From<Value> for Item {
    fn from(value: Value) -> Self {
        Item { site: value.origin.span, value }
    }
}

impl Array {
    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator {
        self.items.iter().map(|item| &item.value)
    }

    /// Whether all items are here.
    pub fn is_closed(&self) -> bool {
        self.open.is_none()
    }
}

impl FromIterator<Value> for Array {
    fn from_iter<T: IntoIterator<Item = Value>>(values: T) -> Self {
        Array { items: values.into_iter().map(Item::from).collect(), ..Array::default() }
    }
}

/// A property of an [`Object`].
#[derive(Clone, Debug)]
pub struct Member {
    /// The whole property (`key: value`) as written at this place, if it is written: where a finding about it points.
    pub site: Option<Span>,
    /// The key as written.
    pub key_span: Option<Span>,
    /// Its value; `value.origin` is where that was written, possibly elsewhere.
    pub value: Value,
}

impl From<Value> for Member {
    fn from(value: Value) -> Self {
        Member { site: value.origin.span, key_span: None, value }
    }
}

/// An object with the places of its properties, in the order in which they were written.
#[derive(Clone, Debug, Default)]
pub struct Object {
    members: Members,
    /// Set when there may be further properties, or other values for these, that are not known: an object merged with an
    /// unknown. A missing key of an open object is unknown, not absent.
    pub open: Option<Arc<Unknown>>,
    /// Object or map.
    pub collection: Collection,
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// The member of this name, without regard to case (ARM's rule; Terraform's names are told apart by [`Self::get_exact`]).
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.members.at(self.members.position(name)?).map(|(_, member)| member)
    }

    /// The member of this very spelling.
    pub fn get_exact(&self, name: &str) -> Option<&Member> {
        self.members.at(self.members.exact(name)?).map(|(_, member)| member)
    }

    /// The value of a member, without regard to case.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.get(name).map(|member| &member.value)
    }

    /// Sets a member: a key of the same spelling is replaced in its place.
    pub fn insert(&mut self, key: impl Into<Key>, member: impl Into<Member>) {
        self.members.insert(key.into(), member.into());
    }

    /// Sets a member as ARM does: a key that differs only in case is replaced, keeping the first spelling and place.
    pub fn insert_folded(&mut self, key: impl Into<Key>, member: impl Into<Member>) {
        let key = key.into();
        match self.members.position(key.as_str()).and_then(|index| self.members.at_mut(index)) {
            Some(old) => *old = member.into(),
            None => self.members.insert(key, member.into()),
        }
    }

    /// Takes a member out, without regard to case, keeping the order of the rest.
    pub fn remove(&mut self, name: &str) -> Option<Member> {
        self.members.remove(self.members.position(name)?)
    }

    /// A member to change, without regard to case.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Member> {
        self.members.at_mut(self.members.position(name)?)
    }

    /// Keys and members in order.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (&Key, &Member)> + DoubleEndedIterator {
        self.members.iter()
    }

    /// Keys and members to change, in order.
    pub fn members_mut(&mut self) -> impl ExactSizeIterator<Item = (&Key, &mut Member)> {
        self.members.iter_mut()
    }

    /// How many members are known.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether no member is known.
    pub fn is_empty(&self) -> bool {
        self.members.len() == 0
    }

    /// Whether all members are here.
    pub fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// Gives back memory that was kept for further members.
    pub(super) fn shrink(&mut self) {
        self.members.shrink();
    }
}

impl<K: Into<Key>, M: Into<Member>> FromIterator<(K, M)> for Object {
    fn from_iter<T: IntoIterator<Item = (K, M)>>(members: T) -> Self {
        let mut object = Object::new();
        for (key, member) in members {
            object.insert(key, member);
        }
        object
    }
}
