use std::ops::Range;

use super::{List, RuleError, Text};

/// What a finding says: text with slots.
#[derive(Clone, Debug)]
pub struct Message {
    /// Texts and slots in order.
    pub parts: List<Part>,
}

/// A part of a [`Message`].
#[derive(Clone, Debug)]
pub enum Part {
    /// Text.
    Words(Text),
    /// A slot to fill.
    Filled(Slot),
}

/// What can be filled into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `{name}`: the resource's name, or its address where the name is not known.
    ResourceName,
    /// `{type}`: its type, as written.
    ResourceType,
    /// `{address}`: its address.
    Address,
    /// `{property}`: the path of the property that decided.
    Property,
    /// `{value}`: its value; "not set" where it is absent.
    ActualValue,
    /// `{item}`: the name, or else the number, of the array item that decided.
    ItemName,
    /// `{related}`: the name of the related resource that decided.
    RelatedName,
    /// `{detail}`: what a check in Rust has to say.
    Detail,
}

/// The slots by their words.
pub(super) const SLOTS: [(&str, Slot); 8] = [
    ("name", Slot::ResourceName),
    ("type", Slot::ResourceType),
    ("address", Slot::Address),
    ("property", Slot::Property),
    ("value", Slot::ActualValue),
    ("item", Slot::ItemName),
    ("related", Slot::RelatedName),
    ("detail", Slot::Detail),
];

impl Message {
    /// Reads a template. `{{` and `}}` are braces.
    pub(super) fn parse(text: &str, span: &Range<usize>) -> Result<Message, RuleError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            words.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                words.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                words.push('}');
                rest = after;
            } else if let Some((word, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
                let Some((_, slot)) = SLOTS.iter().find(|(known, _)| *known == word) else {
                    let known: Vec<&str> = SLOTS.iter().map(|(word, _)| *word).collect();
                    return Err(RuleError::unknown_word("placeholder", word, &known, span.clone()));
                };
                if !words.is_empty() {
                    parts.push(Part::Words(std::mem::take(&mut words).into()));
                }
                parts.push(Part::Filled(*slot));
                rest = after;
            } else {
                return Err(RuleError::new("a brace without its partner", span.clone())
                    .help("write {{ and }} for braces"));
            }
        }
        words.push_str(rest);
        if !words.is_empty() {
            parts.push(Part::Words(words.into()));
        }
        Ok(Message { parts: parts.into() })
    }
}
