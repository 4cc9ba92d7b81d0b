//! Sets of numbers as intervals: ports and addresses.

/// A set of numbers: disjoint inclusive intervals in ascending order, none touching the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<(u128, u128)>);

impl Ranges {
    /// No number.
    pub fn empty() -> Self {
        Self::default()
    }

    /// From the first to the last, both included; empty where the last comes before the first.
    pub fn of(first: u128, last: u128) -> Self {
        if first <= last { Ranges(vec![(first, last)]) } else { Self::empty() }
    }

    /// Whether there is no number in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The intervals.
    pub fn intervals(&self) -> &[(u128, u128)] {
        &self.0
    }

    /// How many numbers are in it; saturates.
    pub fn extent(&self) -> u128 {
        self.0.iter().fold(0, |sum: u128, (first, last)| sum.saturating_add((last - first).saturating_add(1)))
    }

    /// Whether the number is in it.
    pub fn has(&self, number: u128) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= number);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, last)| *last >= number)
    }

    /// What is in one or the other.
    #[must_use]
    pub fn or(&self, other: &Ranges) -> Ranges {
        if other.is_empty() {
            return self.clone();
        }
        let mut all: Vec<(u128, u128)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut joined: Vec<(u128, u128)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match joined.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
                _ => joined.push((first, last)),
            }
        }
        Ranges(joined)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Ranges) -> Ranges {
        let (mut a, mut b, mut both) = (0, 0, Vec::new());
        while let (Some(ours), Some(theirs)) = (self.0.get(a), other.0.get(b)) {
            let (first, last) = (ours.0.max(theirs.0), ours.1.min(theirs.1));
            if first <= last {
                both.push((first, last));
            }
            if ours.1 < theirs.1 { a += 1 } else { b += 1 }
        }
        Ranges(both)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub fn without(&self, other: &Ranges) -> Ranges {
        let mut left = Vec::new();
        let mut holes = other.0.iter().peekable();
        for &(first, last) in &self.0 {
            let mut next = Some(first);
            while let (Some(from), Some(&&(start, end))) = (next, holes.peek()) {
                if start > last {
                    break;
                }
                if end >= from {
                    if start > from {
                        left.push((from, start - 1));
                    }
                    next = end.checked_add(1).filter(|from| *from <= last);
                }
                // A hole that goes on may have a say in the next interval, too.
                if end > last {
                    break;
                }
                holes.next();
            }
            if let Some(from) = next {
                left.push((from, last));
            }
        }
        Ranges(left)
    }

    /// Whether all of the other is in this.
    pub fn covers(&self, other: &Ranges) -> bool {
        other.without(self).is_empty()
    }
}

impl FromIterator<(u128, u128)> for Ranges {
    fn from_iter<T: IntoIterator<Item = (u128, u128)>>(intervals: T) -> Self {
        intervals.into_iter().fold(Ranges::empty(), |all, (first, last)| all.or(&Ranges::of(first, last)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some() -> impl Strategy<Value = Ranges> {
        proptest::collection::vec((0_u128..40, 0_u128..8), 0..6)
            .prop_map(|all| all.into_iter().map(|(first, more)| (first, first + more)).collect())
    }

    proptest! {
        #[test]
        fn sets_are_what_their_members_say(a in some(), b in some()) {
            for n in 0..50 {
                prop_assert_eq!(a.or(&b).has(n), a.has(n) || b.has(n));
                prop_assert_eq!(a.and(&b).has(n), a.has(n) && b.has(n));
                prop_assert_eq!(a.without(&b).has(n), a.has(n) && !b.has(n));
            }
            prop_assert_eq!(a.covers(&b), (0..50).all(|n| !b.has(n) || a.has(n)));
            prop_assert_eq!(a.extent(), (0..50).filter(|n| a.has(*n)).count() as u128);
            for set in [a.or(&b), a.and(&b), a.without(&b)] {
                prop_assert!(set.intervals().windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            }
        }
    }

    #[test]
    fn the_largest_numbers_are_in_reach() {
        let all = Ranges::of(0, u128::MAX);
        assert_eq!(all.without(&Ranges::of(0, 5)), Ranges::of(6, u128::MAX));
        assert!(all.without(&all).is_empty());
        assert_eq!(all.extent(), u128::MAX);
        assert_eq!(all.without(&Ranges::of(u128::MAX, u128::MAX)).or(&Ranges::of(u128::MAX, u128::MAX)), all);
    }
}
