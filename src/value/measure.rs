//! How deep and how large values are as trees: shared parts make a small value in memory an endless one to walk.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Kind, Value};

/// The deepest nesting that a value may have.
const MAX_NESTING: u32 = 256;
/// The most nodes that a value may have as a tree.
const MAX_NODES: u32 = 1_000_000;
/// What is smaller is walked again rather than remembered.
const SMALL: u32 = 32;

/// The extent of a value as a tree.
#[derive(Clone, Copy, Debug)]
struct Extent {
    nesting: u32,
    nodes: u32,
}

impl Extent {
    const LEAF: Extent = Extent { nesting: 0, nodes: 1 };

    fn around(parts: impl Iterator<Item = Extent>) -> Extent {
        parts.fold(Extent { nesting: 1, nodes: 1 }, |whole, part| Extent {
            nesting: whole.nesting.max(part.nesting.saturating_add(1)),
            nodes: whole.nodes.saturating_add(part.nodes),
        })
    }
}

/// The extents of the containers seen so far, by the address of what they share. Each is kept, so that no address is used again.
#[derive(Debug, Default)]
pub(crate) struct Measures(RefCell<FxHashMap<usize, (Kind, Extent)>>);

impl Measures {
    fn of(&self, value: &Value) -> Extent {
        let Some(address) = address(&value.kind) else { return Extent::LEAF };
        if let Some((_, known)) = self.0.borrow().get(&address) {
            return *known;
        }
        let extent = match &value.kind {
            Kind::Array(array) => Extent::around(array.values().map(|item| self.of(item))),
            Kind::Object(object) => {
                Extent::around(object.members().map(|(_, member)| self.of(&member.value)))
            }
            Kind::OneOf(choices) => Extent::around(choices.iter().map(|choice| self.of(choice))),
            _ => Extent::LEAF,
        };
        if extent.nodes >= SMALL || extent.nesting >= SMALL / 2 {
            self.0.borrow_mut().insert(address, (value.kind.clone(), extent));
        }
        extent
    }

    /// Why a value is too deep or too large to be kept. Whatever is kept is asked of here, so that nothing that walks or drops a value
    /// later recurses too far.
    pub(crate) fn refuse(&self, value: &Value) -> Option<String> {
        let Extent { nesting, nodes } = self.of(value);
        if nesting > MAX_NESTING {
            return Some(format!("a value nested more than {MAX_NESTING} levels deep is not kept"));
        }
        (nodes > MAX_NODES).then(|| format!("a value of more than {MAX_NODES} parts is not kept"))
    }

    /// How many nodes a value has if that is known already; one otherwise.
    pub(crate) fn known_nodes(&self, value: &Value) -> u32 {
        let known = address(&value.kind)
            .and_then(|address| self.0.borrow().get(&address).map(|(_, extent)| extent.nodes));
        known.unwrap_or(1)
    }
}

fn address(kind: &Kind) -> Option<usize> {
    match kind {
        Kind::Array(array) => Some(Arc::as_ptr(array) as usize),
        Kind::Object(object) => Some(Arc::as_ptr(object) as usize),
        Kind::OneOf(choices) => Some(choices.as_ptr() as usize),
        _ => None,
    }
}
