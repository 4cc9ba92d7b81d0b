//! Finds what an attribute's path means in a resource as configured: every instance of its blocks.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Kind, Object, Reason, ReasonKind, Unknown, Value};

use super::format::Step;

/// One place in the configuration that a path leads to.
pub(super) struct Instance<'a> {
    /// Position and number of instances at each `[]` of the path.
    pub(super) indices: Vec<(usize, usize)>,
    /// The block that the attribute is in: the resource itself for an empty path or one of a single step.
    pub(super) block: &'a Object,
    /// Where that block is written, if it is a nested one.
    pub(super) block_site: Option<Span>,
    /// What stands there.
    pub(super) found: Found<'a>,
}

/// What stands at a place.
pub(super) enum Found<'a> {
    /// A value that is not null.
    Given {
        /// The attribute or block as written.
        site: Option<Span>,
        /// Its name as written.
        key_span: Option<Span>,
        /// Its value.
        value: &'a Value,
    },
    /// Nothing, or null, which means the same to a provider.
    Absent,
    /// It cannot be told what stands there, or how often the block is there.
    Unknown(Arc<Unknown>),
}

/// Calls `each` for every instance that `path` leads to. A block that is not there has none.
pub(super) fn instances<'a>(attributes: &'a Object, path: &[Step], each: &mut dyn FnMut(Instance<'a>)) {
    visit(&Level { block: attributes, site: None, indices: Vec::new() }, path, each);
}

struct Level<'a> {
    block: &'a Object,
    site: Option<Span>,
    indices: Vec<(usize, usize)>,
}

impl<'a> Level<'a> {
    fn instance(&self, found: Found<'a>) -> Instance<'a> {
        Instance { indices: self.indices.clone(), block: self.block, block_site: self.site, found }
    }
}

fn visit<'a>(level: &Level<'a>, path: &[Step], each: &mut dyn FnMut(Instance<'a>)) {
    let Some((step, rest)) = path.split_first() else {
        each(level.instance(Found::Absent));
        return;
    };
    let member = level.block.get_exact(step.name).filter(|member| !member.value.is_null());
    let Some(member) = member else {
        match &level.block.open {
            Some(open) => each(level.instance(Found::Unknown(Arc::clone(open)))),
            None if rest.is_empty() && !step.each => each(level.instance(Found::Absent)),
            None => {}
        }
        return;
    };
    if rest.is_empty() && !step.each {
        each(level.instance(Found::Given {
            site: member.site,
            key_span: member.key_span,
            value: &member.value,
        }));
        return;
    }
    let Blocks { items, open } = blocks(&member.value);
    let count = items.len();
    for (index, (site, value)) in items.into_iter().enumerate() {
        if !step.each && index > 0 {
            break;
        }
        let site = site.or(member.site);
        let mut indices = level.indices.clone();
        if step.each {
            indices.push((index, count));
        }
        if rest.is_empty() {
            let found = Found::Given { site, key_span: None, value };
            each(Instance { indices, block: level.block, block_site: level.site, found });
            continue;
        }
        match &value.kind {
            Kind::Object(block) => visit(&Level { block, site, indices }, rest, each),
            Kind::Null => {}
            _ => {
                let found = Found::Unknown(unknown_of(value));
                each(Instance { indices, block: level.block, block_site: site, found });
            }
        }
    }
    if let Some(open) = open.filter(|_| step.each || count == 0) {
        each(level.instance(Found::Unknown(open)));
    }
}

struct Blocks<'a> {
    items: Vec<(Option<Span>, &'a Value)>,
    /// Set when there may be more of them.
    open: Option<Arc<Unknown>>,
}

/// The instances of a block: an array of them, or a single object as JSON configuration and objects have it.
fn blocks(value: &Value) -> Blocks<'_> {
    match &value.kind {
        Kind::Array(array) => {
            let items = array.items.iter().map(|item| (item.site, &item.value)).collect();
            Blocks { items, open: array.open.clone() }
        }
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
            Blocks { items: Vec::new(), open: Some(unknown_of(value)) }
        }
        _ => Blocks { items: vec![(None, value)], open: None },
    }
}

/// Why nothing can be told of a value's inside.
pub(super) fn unknown_of(value: &Value) -> Arc<Unknown> {
    match &value.kind {
        Kind::Unknown(unknown) => Arc::clone(unknown),
        _ => Arc::new(
            Unknown::because_of([value])
                .unwrap_or_else(|| Unknown::new(Reason::new(ReasonKind::Error, "a block is expected here"))),
        ),
    }
}
