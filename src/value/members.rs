//! The members of an object in order, found by name with and without regard to case.

use std::hash::BuildHasherDefault;

use either::Either;
use indexmap::IndexMap;
use rustc_hash::FxHasher;

use super::{Exact, Folded, Key, Member};

/// Up to so many members are looked through one by one: that is as quick as a table, and most objects have no more.
const FEW: usize = 16;

type Table = IndexMap<Key, Member, BuildHasherDefault<FxHasher>>;

/// A list of few members, a table of many.
#[derive(Clone, Debug)]
pub(super) enum Members {
    /// At most [`FEW`].
    Few(Vec<(Key, Member)>),
    /// More, or as many after some were taken out.
    Many(Box<Table>),
}

impl Default for Members {
    fn default() -> Self {
        Members::Few(Vec::new())
    }
}

impl Members {
    pub(super) fn len(&self) -> usize {
        match self {
            Members::Few(list) => list.len(),
            Members::Many(table) => table.len(),
        }
    }

    /// Where the member of this very spelling is.
    pub(super) fn exact(&self, name: &str) -> Option<usize> {
        match self {
            Members::Few(list) => list.iter().position(|(key, _)| key.as_str() == name),
            Members::Many(table) => table.get_index_of(&Exact(name)),
        }
    }

    /// Where the member of this spelling is, else the first one of this name in another case.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let folded = || match self {
            Members::Few(list) => list.iter().position(|(key, _)| key.as_str().eq_ignore_ascii_case(name)),
            Members::Many(table) => table.get_index_of(&Folded(name)),
        };
        self.exact(name).or_else(folded)
    }

    pub(super) fn at(&self, index: usize) -> Option<(&Key, &Member)> {
        match self {
            Members::Few(list) => list.get(index).map(|(key, member)| (key, member)),
            Members::Many(table) => table.get_index(index),
        }
    }

    pub(super) fn at_mut(&mut self, index: usize) -> Option<&mut Member> {
        match self {
            Members::Few(list) => list.get_mut(index).map(|(_, member)| member),
            Members::Many(table) => table.get_index_mut(index).map(|(_, member)| member),
        }
    }

    /// Sets a member: one of the same spelling is replaced in its place.
    pub(super) fn insert(&mut self, key: Key, member: Member) {
        match self {
            Members::Many(table) => {
                table.insert(key, member);
            }
            Members::Few(list) => match list.iter().position(|(known, _)| *known == key) {
                Some(index) => list[index].1 = member,
                None if list.len() < FEW => list.push((key, member)),
                None => {
                    let mut table: Box<Table> = Box::new(std::mem::take(list).into_iter().collect());
                    table.insert(key, member);
                    *self = Members::Many(table);
                }
            },
        }
    }

    /// Takes a member out, keeping the order of the rest.
    pub(super) fn remove(&mut self, index: usize) -> Option<Member> {
        match self {
            Members::Few(list) => (index < list.len()).then(|| list.remove(index).1),
            Members::Many(table) => table.shift_remove_index(index).map(|(_, member)| member),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Member)> + DoubleEndedIterator {
        match self {
            Members::Few(list) => Either::Left(list.iter().map(|(key, member)| (key, member))),
            Members::Many(table) => Either::Right(table.iter()),
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&Key, &mut Member)> {
        match self {
            Members::Few(list) => Either::Left(list.iter_mut().map(|(key, member)| (&*key, member))),
            Members::Many(table) => Either::Right(table.iter_mut()),
        }
    }

    /// Gives back memory that was kept for further members.
    pub(super) fn shrink(&mut self) {
        if let Members::Few(list) = self
            && list.capacity() > list.len()
        {
            list.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;

    fn keys(members: &Members) -> Vec<&str> {
        members.iter().map(|(key, _)| key.as_str()).collect()
    }

    #[test]
    fn few_and_many_are_alike() {
        for count in [FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let mut members = Members::default();
            for number in 0..count {
                members.insert(format!("Key{number}").into(), Value::int(1).into());
            }
            assert_eq!(members.len(), count);
            assert_eq!(matches!(members, Members::Many(_)), count > FEW);
            assert_eq!(
                (members.exact("Key3"), members.exact("key3"), members.position("key3")),
                (Some(3), None, Some(3))
            );
            // another spelling is another member, and each is found by its own
            members.insert("KEY3".into(), Value::int(2).into());
            assert_eq!((members.position("KEY3"), members.position("kEy3")), (Some(count), Some(3)));
            members.insert("Key3".into(), Value::int(3).into());
            assert_eq!(members.len(), count + 1);
            assert_eq!(members.at(3).and_then(|(_, member)| member.value.as_int()), Some(3));
            assert!(members.remove(3).is_some() && members.remove(count + 9).is_none());
            assert_eq!(members.position("key3"), Some(count - 1));
            assert_eq!(keys(&members)[..4], ["Key0", "Key1", "Key2", "Key4"]);
            members.shrink();
            assert_eq!(members.len(), count);
        }
    }
}
