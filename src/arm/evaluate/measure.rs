//! How deep and how large values are as trees: shared parts make a small value in memory an endless one to walk.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::value::{Kind, Value};

use super::session::Session;

/// The deepest nesting that a value may have.
const MAX_NESTING: u32 = 256;
/// The most nodes that a value may have as a tree.
const MAX_NODES: u32 = 1_000_000;

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
#[derive(Default)]
pub(super) struct Measures(RefCell<FxHashMap<usize, (Kind, Extent)>>);

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
        self.0.borrow_mut().insert(address, (value.kind.clone(), extent));
        extent
    }

    /// How many nodes a value has if that is known already; one otherwise.
    fn known_nodes(&self, value: &Value) -> u32 {
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

impl Session<'_> {
    /// The value, unless it is nested too deeply or too large: then it is not known for that reason. Whatever is kept goes
    /// through here, so that nothing that walks or drops a value later recurses too far.
    pub(super) fn kept(&self, value: Value, span: Span) -> Value {
        let Extent { nesting, nodes } = self.measures.of(&value);
        if nesting > MAX_NESTING {
            return self
                .limit(format!("a value nested more than {MAX_NESTING} levels deep is not kept"), span);
        }
        if nodes > MAX_NODES {
            return self.limit(format!("a value of more than {MAX_NODES} parts is not kept"), span);
        }
        value
    }

    /// Counts the work of a function that may walk all of its arguments.
    pub(super) fn spend_on<'v>(&self, values: impl Iterator<Item = &'v Value>) {
        let nodes = values.map(|value| u64::from(self.measures.known_nodes(value))).sum::<u64>();
        self.spend(nodes / 16);
    }
}
