//! Builds an ARM body out of single values at paths.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::value::{Array, Item, Kind, Member, Object, Unknown, Value};

use super::format::Step;

/// A body in the making.
pub(super) struct Body {
    root: Value,
    /// Where in a target array the items of a source block begin: two blocks may write to one array.
    groups: FxHashMap<String, usize>,
}

/// What is written, and from where.
pub(super) struct Entry<'a> {
    /// The attribute's path, which says whose items an array's items are.
    pub(super) source: &'a [Step],
    /// Position and number of instances at each `[]` of that path.
    pub(super) indices: &'a [(usize, usize)],
    /// Where the block of the attribute is written: the site of objects that are made on the way.
    pub(super) block_site: Option<Span>,
    /// The attribute.
    pub(super) site: Option<Span>,
    /// Its name as written.
    pub(super) key_span: Option<Span>,
    /// Whether to leave alone what is there already.
    pub(super) keep: bool,
}

impl Body {
    /// An empty body.
    pub(super) fn new() -> Self {
        Body { root: Value::object(Object::new()), groups: FxHashMap::default() }
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.root.as_object().is_none_or(|object| object.is_empty() && object.is_closed())
    }

    /// The body as an object value.
    pub(super) fn into_value(self) -> Value {
        self.root
    }

    /// Writes `value` at `target`.
    ///
    /// The `[]` of the source take up the first `[]` of the target; a further one takes the items of a list one by one
    /// (`ip_rules` → `ipRules[].value`), or a single value as the only item (`zone` → `zones[]`).
    pub(super) fn write(&mut self, target: &[Step], entry: &Entry<'_>, value: Value) {
        let mut way =
            Way { entry, groups: &mut self.groups, indices: entry.indices.to_vec(), path: String::new() };
        way.write(&mut self.root, target, value, entry.site);
    }
}

struct Way<'a> {
    entry: &'a Entry<'a>,
    groups: &'a mut FxHashMap<String, usize>,
    /// Those that are left for the `[]` to come are behind `used`.
    indices: Vec<(usize, usize)>,
    path: String,
}

impl Way<'_> {
    fn write(&mut self, node: &mut Value, steps: &[Step], value: Value, site: Option<Span>) {
        self.step(node, steps, 0, value, site);
    }

    fn step(&mut self, node: &mut Value, steps: &[Step], used: usize, value: Value, site: Option<Span>) {
        let Some((step, rest)) = steps.split_first() else { return };
        let Some(object) = object_mut(node) else { return };
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(step.name);
        if rest.is_empty() && (!step.each || (used >= self.indices.len() && whole_array(&value))) {
            self.set(object, step.name, value, site);
        } else {
            if object.get(step.name).is_none() {
                let made =
                    if step.each { Value::array(Array::default()) } else { Value::object(Object::new()) };
                // `properties` as a whole is the resource's, whichever block comes first
                let site = self.entry.block_site.filter(|_| length > 0 || step.name != "properties");
                object.insert(step.name, Member { site, key_span: None, value: made });
            }
            if let Some(member) = object.get_mut(step.name) {
                if !self.entry.keep {
                    member.site = common_site(member.site, self.entry.block_site);
                }
                if step.each {
                    self.items(&mut member.value, rest, used, value, site);
                } else {
                    self.step(&mut member.value, rest, used, value, site);
                }
            }
        }
        self.path.truncate(length);
    }

    /// Writes into the items of the array that `node` is.
    fn items(&mut self, node: &mut Value, rest: &[Step], used: usize, value: Value, site: Option<Span>) {
        let Kind::Array(array) = &mut node.kind else { return };
        let array = Arc::make_mut(array);
        if let Some(&(index, count)) = self.indices.get(used) {
            let start = self.group(array, self.block_key(used), count);
            self.item(array, start + index, rest, used, value, site);
            return;
        }
        // where the target ends in a list of its own, the list is for there
        let one = rest.last().is_some_and(|step| step.each);
        match &value.kind {
            Kind::Array(list) if !one => {
                let start = self.group(array, self.leaf_key(true), list.items.len());
                if let Some(open) = &list.open {
                    array.open = Some(Arc::clone(open));
                }
                for (index, item) in list.items.iter().enumerate() {
                    self.indices.push((index, list.items.len()));
                    self.item(array, start + index, rest, used, item.value.clone(), item.site.or(site));
                    self.indices.pop();
                }
            }
            Kind::Unknown(unknown) if !one => array.open = Some(Arc::clone(unknown)),
            _ if rest.is_empty() => array.items.push(Item { site, value }),
            _ => {
                let start = self.group(array, self.leaf_key(false), 1);
                self.indices.push((0, 1));
                self.item(array, start, rest, used, value, site);
                self.indices.pop();
            }
        }
    }

    fn item(
        &mut self,
        array: &mut Array,
        index: usize,
        rest: &[Step],
        used: usize,
        value: Value,
        site: Option<Span>,
    ) {
        let Some(item) = array.items.get_mut(index) else { return };
        if rest.is_empty() {
            *item = Item { site, value };
            return;
        }
        if item.site.is_none() {
            item.site = self.entry.block_site.or(site);
        }
        let length = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        self.step(&mut item.value, rest, used + 1, value, site);
        self.path.truncate(length);
    }

    /// Where the items of this source begin in the array; room for them is made the first time.
    fn group(&mut self, array: &mut Array, source: String, count: usize) -> usize {
        let key = format!("{}<{source}", self.path);
        *self.groups.entry(key).or_insert_with(|| {
            let start = array.items.len();
            for _ in 0..count {
                array.items.push(Item { site: None, value: Value::object(Object::new()) });
            }
            start
        })
    }

    /// The source's path up to its `[]` number `level`, with the positions before it.
    fn block_key(&self, level: usize) -> String {
        let mut key = String::new();
        let mut seen = 0;
        for step in self.entry.source {
            key.push('.');
            key.push_str(step.name);
            if step.each {
                if seen == level {
                    break;
                }
                if let Some((index, _)) = self.indices.get(seen) {
                    key.push_str(&format!("[{index}]"));
                }
                seen += 1;
            }
        }
        key
    }

    /// The whole path for a list, which has items of its own; its block for a single value, which shares the item with its
    /// neighbours.
    fn leaf_key(&self, list: bool) -> String {
        let names = match self.entry.source.split_last() {
            Some((_, blocks)) if !list => blocks,
            _ => self.entry.source,
        };
        let mut key = String::new();
        for step in names {
            key.push('.');
            key.push_str(step.name);
        }
        for (index, _) in self.entry.indices {
            key.push_str(&format!("[{index}]"));
        }
        key
    }

    fn set(&self, object: &mut Object, name: &str, value: Value, site: Option<Span>) {
        let member = Member { site, key_span: self.entry.key_span, value };
        match object.get_mut(name) {
            None => object.insert(name, member),
            Some(_) if self.entry.keep => {}
            Some(there) => match (&mut there.value.kind, &member.value.kind) {
                // two attributes for one list: `ids` and `more_ids`
                (Kind::Array(list), Kind::Array(more)) => {
                    let list = Arc::make_mut(list);
                    list.items.extend(more.items.iter().cloned());
                    if let Some(open) = &more.open {
                        list.open = Some(Arc::clone(open));
                    }
                }
                (Kind::Array(list), Kind::Unknown(more)) => Arc::make_mut(list).open = Some(Arc::clone(more)),
                _ => *there = member,
            },
        }
    }
}

/// Where an object is written that two blocks write into: at the outer one, if one lies in the other; else at neither.
fn common_site(a: Option<Span>, b: Option<Span>) -> Option<Span> {
    let (a, b) = (a?, b?);
    if a.contains(b) {
        return Some(a);
    }
    b.contains(a).then_some(b)
}

/// A value that stands for a whole array at its end.
fn whole_array(value: &Value) -> bool {
    matches!(value.kind, Kind::Array(_) | Kind::Unknown(_) | Kind::OneOf(_) | Kind::Null)
}

/// The object to write into; an open one where something unknown stands. `None` for a scalar, which is left alone.
pub(super) fn object_mut(value: &mut Value) -> Option<&mut Object> {
    if let Kind::Unknown(unknown) = &value.kind {
        value.kind = Kind::Object(Arc::new(open_object(Some(Arc::clone(unknown)))));
    }
    match &mut value.kind {
        Kind::Object(object) => Some(Arc::make_mut(object)),
        _ => None,
    }
}

/// An empty object that may have members which are not known, if `open`.
pub(super) fn open_object(open: Option<Arc<Unknown>>) -> Object {
    let mut object = Object::new();
    object.open = open;
    object
}

/// Folds `more` into `body`: objects member by member, arrays by appending, anything else by replacing.
pub(super) fn merge(body: &mut Value, more: &Value) {
    match &more.kind {
        Kind::Object(added) => {
            let Some(object) = object_mut(body) else {
                *body = more.clone();
                return;
            };
            for (key, member) in added.members() {
                match object.get_mut(key.as_str()) {
                    Some(there) => merge(&mut there.value, &member.value),
                    None => object.insert(key.clone(), member.clone()),
                }
            }
            if let Some(open) = &added.open {
                object.open = Some(Arc::clone(open));
            }
        }
        Kind::Array(added) => match &mut body.kind {
            Kind::Array(array) => {
                let array = Arc::make_mut(array);
                array.items.extend(added.items.iter().cloned());
                if let Some(open) = &added.open {
                    array.open = Some(Arc::clone(open));
                }
            }
            _ => *body = more.clone(),
        },
        _ => *body = more.clone(),
    }
}
