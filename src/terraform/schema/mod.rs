//! The schema of the azurerm provider: which attributes a resource type has, of which type, what an absent one is, and which are secrets.
//! Of a few other providers' types, and of data sources (`data.azurerm_…`), it has the secrets that they compute; of `azurerm_data_factory_…`
//! the secrets that are configured.
//!
//! `schema.tsv` holds one line a resource type and one an attribute, indented by depth: its name, its type, and its state in
//! version 3, 4 and 5 (one word where it is the same in all); `!` behind the type marks a secret. It was taken from the compiled
//! schemas of 3.117.1, 4.81.0 and 5.2.0
//! and, secrets apart, has no attribute that only the provider sets. A type is read when it is first asked for.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

mod conform;

pub(crate) use conform::{complete, conform};

static TEXT: &str = include_str!("schema.tsv");

/// The lines of each resource type.
static TYPES: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut types = FxHashMap::default();
    let mut rest = TEXT;
    while let Some((name, after)) = rest.split_once('\n') {
        // the next type is on the next line without indentation
        let mut end = 0;
        while after.get(end..).is_some_and(|lines| lines.starts_with('\t')) {
            end = after
                .get(end..)
                .and_then(|lines| lines.find('\n'))
                .map_or(after.len(), |line| end + line + 1);
        }
        let (lines, next) = after.split_at(end);
        types.insert(name, lines);
        rest = next;
    }
    types
});

static PARSED: LazyLock<RwLock<FxHashMap<&'static str, Arc<Schema>>>> = LazyLock::new(RwLock::default);

/// The attributes of a resource type or nested block.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    attributes: Vec<(&'static str, Attribute)>,
}

/// An attribute or nested block.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// How values are held.
    pub(crate) collection: Collection,
    /// What they are.
    pub(crate) element: Element,
    /// The provider marks it as sensitive.
    pub(crate) sensitive: bool,
    /// What an absent one is, in version 3, 4 and 5.
    states: [State; 3],
}

/// How an attribute holds its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collection {
    /// One value.
    Single,
    /// A list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
}

/// What an attribute's values are.
#[derive(Debug)]
pub(crate) enum Element {
    /// Strings.
    String,
    /// Booleans.
    Bool,
    /// Numbers.
    Number,
    /// Nested blocks.
    Block(Schema),
    /// Something that the table does not say.
    Other,
}

/// What an absent attribute is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    /// There is no such attribute in this version.
    Missing,
    /// It must be given.
    Required,
    /// Null.
    Optional,
    /// The provider or Azure decides.
    Computed,
    /// This default, as JSON.
    Default(&'static str),
}

/// The schema of a resource type; `None` for a type that no version has.
pub(crate) fn of(resource_type: &str) -> Option<Arc<Schema>> {
    if let Some(schema) = PARSED.read().unwrap_or_else(PoisonError::into_inner).get(resource_type) {
        return Some(Arc::clone(schema));
    }
    let (name, lines) = TYPES.get_key_value(resource_type)?;
    let mut lines = lines.lines().peekable();
    let schema = Arc::new(read(&mut lines, 1));
    let mut parsed = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    Some(Arc::clone(parsed.entry(name).or_insert(schema)))
}

/// Reads the attributes at a depth, and those below each.
fn read(lines: &mut std::iter::Peekable<std::str::Lines<'static>>, depth: usize) -> Schema {
    let mut schema = Schema::default();
    while let Some(line) = lines.next_if(|line| line.len() - line.trim_start_matches('\t').len() == depth) {
        let mut words = line.trim_start_matches('\t').split('\t');
        let (name, code) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let states: Vec<State> = words.map(state).collect();
        let at = |version: usize| states.get(version).or(states.first()).copied().unwrap_or(State::Missing);
        let states = [at(0), at(1), at(2)];
        let sensitive = code.ends_with('!');
        let (collection, element) = match code.trim_end_matches('!').as_bytes() {
            [b'[', element] => (Collection::List, *element),
            [b'<', element] => (Collection::Set, *element),
            [b'{', element] => (Collection::Map, *element),
            [element] => (Collection::Single, *element),
            _ => (Collection::Single, b'?'),
        };
        let inside = read(lines, depth + 1);
        let element = match element {
            b's' => Element::String,
            b'b' => Element::Bool,
            b'n' => Element::Number,
            b'B' => Element::Block(inside),
            _ => Element::Other,
        };
        schema.attributes.push((name, Attribute { collection, element, sensitive, states }));
    }
    schema
}

fn state(word: &'static str) -> State {
    match word {
        "r" => State::Required,
        "o" => State::Optional,
        "c" => State::Computed,
        _ => word.strip_prefix('=').map_or(State::Missing, State::Default),
    }
}

impl Schema {
    /// An attribute or nested block by name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, attribute)| attribute)
    }

    /// All attributes and nested blocks.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &Attribute)> {
        self.attributes.iter().map(|(name, attribute)| (*name, attribute))
    }
}

impl Attribute {
    /// Whether in some version the provider or Azure decides what an absent one is.
    pub(crate) fn is_ever_computed(&self) -> bool {
        self.states.contains(&State::Computed)
    }

    /// Whether a major version of the provider has it.
    pub(crate) fn is_in(&self, major: u32) -> bool {
        self.state(major) != State::Missing
    }

    /// What an absent one is in a major version of the provider; the nearest known one for others.
    pub(crate) fn state(&self, major: u32) -> State {
        let index = match major {
            0..=3 => 0,
            4 => 1,
            _ => 2,
        };
        self.states[index]
    }
}

#[cfg(test)]
mod tests;
