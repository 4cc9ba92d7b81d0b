use std::ops::Range;

use super::node::{Data, Node, Word};
use super::{List, Literal, Path, RuleError, Text};

/// Collects errors while a head is read, so that one run shows all of them.
#[derive(Default)]
pub(crate) struct Errors(pub(crate) Vec<RuleError>);

impl Errors {
    pub(super) fn add(&mut self, error: RuleError) {
        self.0.push(error);
    }

    pub(super) fn expected(&mut self, what: &str, node: &Node) {
        self.add(RuleError::new(format!("expected {what}, found {}", node.describe()), node.span.clone()));
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, node: &Node) -> Option<Text> {
        match &node.data {
            Data::Text(text) if !text.trim().is_empty() => Some(Text::from(text.trim_end())),
            _ => {
                self.expected("a text", node);
                None
            }
        }
    }

    /// A text, or a list of texts.
    pub(super) fn texts(&mut self, node: &Node) -> Vec<Text> {
        match &node.data {
            Data::List(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            _ => self.text(node).into_iter().collect(),
        }
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&mut self, what: &str, node: &Node, known: &[(&str, T)]) -> Option<T> {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let Data::Text(text) = &node.data else {
            self.expected(&format!("one of {}", words.join(", ")), node);
            return None;
        };
        let found = known.iter().find(|(word, _)| word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.add(RuleError::unknown_word(what, text, &words, node.span.clone()));
        }
        found
    }

    pub(super) fn boolean(&mut self, node: &Node) -> Option<bool> {
        match node.data {
            Data::Bool(value) => Some(value),
            _ => {
                self.expected("true or false", node);
                None
            }
        }
    }

    pub(super) fn path(&mut self, node: &Node) -> Option<Path> {
        let text = self.text(node)?;
        match Path::parse(&text) {
            Ok(path) => Some(path),
            Err((offset, message)) => {
                let start = (node.span.start + offset).min(node.span.end);
                self.add(RuleError::new(message, start..node.span.end).help(
                    "a path looks like properties.networkAcls.ipRules[*].value or tags['cost center']",
                ));
                None
            }
        }
    }

    /// A value: everything but a mapping.
    pub(crate) fn literal(&mut self, node: &Node) -> Option<Literal> {
        Some(match &node.data {
            Data::Null => Literal::Null,
            Data::Bool(value) => Literal::Bool(*value),
            Data::Int(value) => Literal::Int(*value),
            Data::Text(text) => Literal::Str(Text::from(text.as_str())),
            Data::List(items) => Literal::Array(items.iter().filter_map(|item| self.literal(item)).collect()),
            Data::Map(_) => {
                self.expected("a value", node);
                return None;
            }
        })
    }

    /// A mapping of words to lists of texts.
    pub(super) fn table(&mut self, node: &Node) -> List<(Text, List<Text>)> {
        let Data::Map(entries) = &node.data else {
            self.expected("a mapping", node);
            return List::default();
        };
        entries
            .iter()
            .map(|(key, value)| {
                let ids: Vec<Text> = self.texts(value);
                (Text::from(key.text.as_str()), List::from(ids))
            })
            .collect()
    }

    /// The entries of a mapping.
    pub(super) fn fields<'n>(&mut self, what: &'static str, node: &'n Node) -> Option<Fields<'n>> {
        match &node.data {
            Data::Map(entries) => {
                Some(Fields { what, entries, taken: vec![false; entries.len()], span: node.span.clone() })
            }
            _ => {
                self.expected(&format!("a mapping: {what}"), node);
                None
            }
        }
    }
}

/// The entries of a mapping, taken one after the other; what is left over at the end is an error.
pub(super) struct Fields<'n> {
    what: &'static str,
    entries: &'n [(Word, Node)],
    taken: Vec<bool>,
    pub(super) span: Range<usize>,
}

impl<'n> Fields<'n> {
    /// The value of `key`, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Key and value of `key`, if it is there.
    pub(super) fn entry(&mut self, key: &str) -> Option<(&'n Word, &'n Node)> {
        let index = self.entries.iter().position(|(word, _)| word.text == key)?;
        if let Some(taken) = self.taken.get_mut(index) {
            *taken = true;
        }
        self.entries.get(index).map(|(word, node)| (word, node))
    }

    /// The value of `key`; an error if it is missing.
    pub(super) fn require(&mut self, key: &str, errors: &mut Errors) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() {
            let at = self.start();
            errors.add(RuleError::new(format!("{} lacks '{key}'", self.what), at));
        }
        found
    }

    /// The place of the first entry: where a missing one is reported.
    pub(super) fn start(&self) -> Range<usize> {
        self.entries.first().map_or(self.span.clone(), |(word, _)| word.span.clone())
    }

    /// Entries that nobody took are unknown.
    pub(super) fn finish(self, known: &[&str], errors: &mut Errors) {
        for ((word, _), taken) in self.entries.iter().zip(&self.taken) {
            if *taken {
                continue;
            }
            if known.contains(&word.text.as_str()) {
                // known, but not beside what else stands here
                let message = format!("'{}' does not belong beside the rest of {}", word.text, self.what);
                errors.add(RuleError::new(message, word.span.clone()));
            } else {
                errors.add(RuleError::unknown_word("key", &word.text, known, word.span.clone()));
            }
        }
    }
}
