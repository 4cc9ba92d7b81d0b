//! Looks properties up in a resource, with three answers: there, absent, not known.

use crate::model::Resource;
use crate::value::{Item, Kind, Reason, ReasonKind, Unknown, Value};

/// What is at a path.
#[derive(Clone, Debug)]
pub(super) enum Look<'a> {
    /// Nothing.
    Absent,
    /// A value, not null; it may be unknown itself.
    There(&'a Value),
    /// It can't be told, for these reasons.
    Untold(Vec<Reason>),
}

/// The items of an array, and why there may be more.
#[derive(Clone, Debug, Default)]
pub(super) struct Items<'a> {
    /// The items that are known.
    pub(super) items: &'a [Item],
    /// Why there may be more, or what else they are; empty if they are all.
    pub(super) open: Vec<Reason>,
}

impl<'a> Look<'a> {
    /// The value, if one is there.
    pub(super) fn value(&self) -> Option<&'a Value> {
        match self {
            Look::There(value) => Some(value),
            _ => None,
        }
    }

    /// The text, if it is known and no secret.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value().filter(|value| !value.secret).and_then(Value::as_str)
    }

    /// Why it is not known; empty if it is absent or known.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        match self {
            Look::Absent => Vec::new(),
            Look::There(value) if value.secret => vec![Reason::new(ReasonKind::External, "it is a secret")],
            Look::There(value) => why(value),
            Look::Untold(reasons) => reasons.clone(),
        }
    }

    /// As an array.
    pub(super) fn items(&self) -> Items<'a> {
        match self {
            Look::Absent => Items::default(),
            Look::Untold(reasons) => Items { items: &[], open: reasons.clone() },
            Look::There(value) => match &value.kind {
                Kind::Array(array) => {
                    let open = array.open.iter().flat_map(|open| open.reasons.iter().cloned()).collect();
                    Items { items: &array.items, open }
                }
                _ => Items { items: &[], open: why(value) },
            },
        }
    }
}

/// What is at a path below a value.
pub(super) fn look<'a>(value: &'a Value, path: &[&str]) -> Look<'a> {
    let mut value = value;
    for key in path {
        match &value.kind {
            Kind::Object(object) => match (object.value(key), &object.open) {
                (Some(found), _) => value = found,
                (None, None) => return Look::Absent,
                (None, Some(open)) => return Look::Untold(open.reasons.to_vec()),
            },
            Kind::Null => return Look::Absent,
            Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => return Look::Untold(why(value)),
            _ => return Look::Absent,
        }
    }
    if value.is_null() { Look::Absent } else { Look::There(value) }
}

/// What is at a path in a resource: what is absent from a resource that is declared elsewhere, or of which only a part is here, is
/// not known.
pub(super) fn look_in<'a>(resource: &'a Resource, path: &[&str]) -> Look<'a> {
    match look(&resource.body, path) {
        Look::Absent if resource.existing || resource.partial => Look::Untold(vec![elsewhere(resource)]),
        found => found,
    }
}

/// That a resource, or the rest of it, is declared elsewhere.
pub(super) fn elsewhere(resource: &Resource) -> Reason {
    Reason::new(ReasonKind::Environment, format!("'{}' is declared elsewhere", name_of(resource)))
}

/// What to call a resource: its name, or its address where that is not known or a secret.
pub(super) fn name_of(resource: &Resource) -> &str {
    if resource.name.secret { &resource.address } else { resource.display_name() }
}

/// Why a value leaves a question open.
pub(super) fn why(value: &Value) -> Vec<Reason> {
    Unknown::because_of([value]).map(|unknown| unknown.reasons.to_vec()).unwrap_or_default()
}

/// A number, also one that is written as a text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_int().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The texts of an array, or a single one.
#[derive(Clone, Debug, Default)]
pub struct Texts<'a> {
    /// Those that are known.
    pub known: Vec<&'a str>,
    /// Why there may be others; empty if there are none.
    pub open: Vec<Reason>,
}

/// The texts at a path in a resource, `properties.addressSpace.addressPrefixes`.
pub fn texts<'a>(resource: &'a Resource, path: &str) -> Texts<'a> {
    let found = look_in(resource, &path.split('.').collect::<Vec<_>>());
    if let Some(text) = found.text() {
        return Texts { known: vec![text], open: Vec::new() };
    }
    let Items { items, mut open } = found.items();
    let known = items.iter().filter_map(|item| {
        let look = Look::There(&item.value);
        open.extend(look.reasons());
        look.text()
    });
    Texts { known: known.collect(), open }
}
