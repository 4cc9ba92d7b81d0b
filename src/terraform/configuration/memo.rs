//! Values that are worked out once, when they are first asked for.

use std::cell::RefCell;

/// Slots that are filled on demand; asking for a slot while it is being filled is a cycle.
#[derive(Debug)]
pub(super) struct Memo<T> {
    slots: RefCell<Vec<Slot<T>>>,
}

#[derive(Clone, Debug)]
enum Slot<T> {
    Empty,
    Busy,
    Done(T),
}

impl<T: Clone> Memo<T> {
    /// `count` empty slots.
    pub(super) fn new(count: usize) -> Self {
        Memo { slots: RefCell::new(vec![Slot::Empty; count]) }
    }

    /// The value of a slot, worked out by `compute` the first time. `None` where it is asked for while being worked out
    /// (and for a slot that does not exist).
    pub(super) fn get_or(&self, index: usize, compute: impl FnOnce() -> T) -> Option<T> {
        {
            let mut slots = self.slots.borrow_mut();
            match slots.get_mut(index)? {
                Slot::Done(value) => return Some(value.clone()),
                Slot::Busy => return None,
                slot @ Slot::Empty => *slot = Slot::Busy,
            }
        }
        let value = compute();
        if let Some(slot) = self.slots.borrow_mut().get_mut(index) {
            *slot = Slot::Done(value.clone());
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_filled_once_and_knows_cycles() {
        let memo = Memo::new(2);
        assert_eq!(
            memo.get_or(0, || memo.get_or(1, || memo.get_or(0, || 1).map_or(7, |_| 8)).unwrap_or(9)),
            Some(7)
        );
        assert_eq!(memo.get_or(0, || 5), Some(7));
        assert_eq!(memo.get_or(2, || 5), None);
    }
}
