use std::sync::Arc;

use super::{Kind, Object, Value};

impl Value {
    /// Equality as far as it can be told: `Some(true)` or `Some(false)` where it is decided, `None` where an unknown leaves it open.
    ///
    /// Strings are compared with case unless `fold`; numbers by value; objects without regard to the order of keys.
    /// An unknown equals another only with the same identity.
    pub fn equals(&self, other: &Value, fold: bool) -> Option<bool> {
        match (&self.kind, &other.kind) {
            (Kind::Unknown(a), Kind::Unknown(b)) => {
                let same = Arc::ptr_eq(a, b) || (a.identity.is_some() && a.identity == b.identity);
                same.then_some(true)
            }
            (Kind::Unknown(unknown), Kind::Null) | (Kind::Null, Kind::Unknown(unknown)) => {
                unknown.facts.not_null.then_some(false)
            }
            (Kind::Unknown(unknown), other) | (other, Kind::Unknown(unknown)) => match other {
                Kind::String(text) => {
                    let wrong_start = unknown.prefix().is_some_and(|prefix| !starts_with(text, prefix, fold));
                    wrong_start.then_some(false)
                }
                _ => None,
            },
            (Kind::OneOf(_), _) | (_, Kind::OneOf(_)) => {
                let mut answer = None;
                for a in self.alternatives() {
                    for b in other.alternatives() {
                        let this = a.equals(b, fold)?;
                        if answer.is_some_and(|before| before != this) {
                            return None;
                        }
                        answer = Some(this);
                    }
                }
                answer
            }
            (Kind::Null, Kind::Null) => Some(true),
            (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
            (Kind::Number(a), Kind::Number(b)) => Some(a == b),
            (Kind::String(a), Kind::String(b)) => Some(if fold { eq_fold(a, b) } else { a == b }),
            (Kind::Reference(_), Kind::Reference(_)) => (self.same_reference(other)).then_some(true),
            (Kind::Reference(_), Kind::String(_)) | (Kind::String(_), Kind::Reference(_)) => None,
            (Kind::Array(a), Kind::Array(b)) => {
                if a.open.is_some() || b.open.is_some() {
                    return None;
                }
                if a.items.len() != b.items.len() {
                    return Some(false);
                }
                all(a.values().zip(b.values()).map(|(a, b)| a.equals(b, fold)))
            }
            (Kind::Object(a), Kind::Object(b)) => {
                if a.open.is_some() || b.open.is_some() {
                    return None;
                }
                if a.len() != b.len() {
                    return Some(false);
                }
                all(a.members().map(|(key, member)| match b.get_exact(key.as_str()) {
                    Some(twin) => member.value.equals(&twin.value, fold),
                    None => Some(false),
                }))
            }
            _ => Some(false),
        }
    }

    fn same_reference(&self, other: &Value) -> bool {
        let (Kind::Reference(a), Kind::Reference(b)) = (&self.kind, &other.kind) else { return false };
        Arc::ptr_eq(a, b) || (a.property == b.property && a.target.same(&b.target))
    }
}

impl super::Target {
    /// Whether both surely mean one resource: the same address, or the same type, names and scope.
    pub fn same(&self, other: &super::Target) -> bool {
        use super::Target::{Declared, Id, Scope};
        let same = |a: &[Value], b: &[Value]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b, true) == Some(true))
        };
        match (self, other) {
            (Declared { address: a, .. }, Declared { address: b, .. }) => a == b,
            (
                Id { resource_type: type_a, names: names_a, scope: scope_a },
                Id { resource_type: type_b, names: names_b, scope: scope_b },
            ) => type_a.eq_ignore_ascii_case(type_b) && same(names_a, names_b) && same(scope_a, scope_b),
            (Scope { resource_type: type_a, names: a }, Scope { resource_type: type_b, names: b }) => {
                type_a.eq_ignore_ascii_case(type_b) && same(a, b)
            }
            _ => false,
        }
    }
}

/// Equal without regard to case, as the invariant culture compares: by lower-case characters.
pub(crate) fn eq_fold(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!(a.is_ascii() && b.is_ascii())
            && a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase)))
}

fn starts_with(text: &str, prefix: &str, fold: bool) -> bool {
    if fold {
        text.get(..prefix.len()).is_some_and(|start| eq_fold(start, prefix))
    } else {
        text.starts_with(prefix)
    }
}

/// Kleene's "and" over answers.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

impl Object {
    /// ARM's shallow merge: members of `other` replace those of the same name (without regard to case), the first spelling
    /// and place stay.
    pub fn merge_shallow(&mut self, other: &Object) {
        for (key, member) in other.members() {
            self.insert_folded(key.clone(), member.clone());
        }
        if let Some(open) = &other.open {
            self.open = Some(Arc::clone(open));
        }
    }
}
