//! What a configuration file may hold, as a table: it checks a file, and the JSON Schema is written from it.

use globset::GlobBuilder;
use serde_json::{Map, Value as Json, json};

use crate::rules::{Data, Node, RuleError, suggest};

/// What stands at a place of the file.
pub(super) enum Shape {
    /// true or false.
    Flag,
    /// A text.
    Text,
    /// A whole number from the first to the last.
    Whole(i64, i64),
    /// A day: `2026-12-31`.
    Day,
    /// A pattern of paths: `infra/**/*.bicep`.
    Glob,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any value without a mapping in it.
    Value,
    /// One of it, or a list.
    Some(&'static Shape),
    /// A mapping with these keys.
    Object(&'static [Key]),
    /// A mapping from anything, such as rule ids.
    Table(&'static Shape),
    /// One of these: which one shows by what stands there.
    Either(&'static [Shape]),
}

/// A key of a mapping.
pub(super) struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for.
    pub about: &'static str,
}

/// A key that may be there.
pub(super) const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: false, about }
}

/// A key that must be there.
pub(super) const fn needed(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: true, about }
}

impl Shape {
    /// Tells everything in `node` that is not as it should be, and spells keys the way the table does (`require_reason` is
    /// `requireReason`).
    pub(super) fn check(&self, node: &mut Node, errors: &mut Vec<RuleError>) {
        let fits = match self {
            Shape::Flag => matches!(node.data, Data::Bool(_)),
            Shape::Text => matches!(&node.data, Data::Text(text) if !text.trim().is_empty()),
            Shape::Whole(first, last) => {
                matches!(node.data, Data::Int(number) if (*first..=*last).contains(&number))
            }
            Shape::Day => matches!(&node.data, Data::Text(text) if text.parse::<jiff::civil::Date>().is_ok()),
            Shape::Glob => return check_glob(node, errors),
            Shape::Word(words) => return check_word(words, node, errors),
            Shape::Value => is_plain(node),
            Shape::Some(inner) => match &mut node.data {
                Data::List(items) => return items.iter_mut().for_each(|item| inner.check(item, errors)),
                _ => return inner.check(node, errors),
            },
            Shape::Object(keys) => match &mut node.data {
                Data::Map(_) => return check_object(keys, node, errors),
                // `suppressions:` with nothing below it
                Data::Null => {
                    node.data = Data::Map(Vec::new());
                    return;
                }
                _ => false,
            },
            Shape::Table(inner) => match &mut node.data {
                Data::Map(entries) => {
                    return entries.iter_mut().for_each(|(_, value)| inner.check(value, errors));
                }
                Data::Null => {
                    node.data = Data::Map(Vec::new());
                    return;
                }
                _ => false,
            },
            Shape::Either(shapes) => match shapes.iter().find(|shape| shape.may_be(node)) {
                Some(shape) => return shape.check(node, errors),
                None => false,
            },
        };
        if !fits {
            let message = format!("expected {}, found {}", self.described(), node.describe());
            errors.push(RuleError::new(message, node.span.clone()));
        }
    }

    /// Whether what stands there is meant to be this, by its kind.
    fn may_be(&self, node: &Node) -> bool {
        match self {
            Shape::Flag => matches!(node.data, Data::Bool(_)),
            Shape::Whole(..) => matches!(node.data, Data::Int(_)),
            Shape::Text | Shape::Day | Shape::Glob | Shape::Word(_) => matches!(node.data, Data::Text(_)),
            Shape::Value | Shape::Some(_) => true,
            Shape::Object(_) | Shape::Table(_) => matches!(node.data, Data::Map(_)),
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.may_be(node)),
        }
    }

    fn described(&self) -> String {
        match self {
            Shape::Flag => "true or false".to_owned(),
            Shape::Text => "a text".to_owned(),
            Shape::Whole(first, last) => format!("a whole number from {first} to {last}"),
            Shape::Day => "a day such as 2026-12-31".to_owned(),
            Shape::Glob => "a pattern of paths such as infra/**/*.bicep".to_owned(),
            Shape::Word(words) => format!("one of {}", words.join(", ")),
            Shape::Value => "a value or a list".to_owned(),
            Shape::Some(inner) => format!("{} or a list", inner.described()),
            Shape::Object(_) | Shape::Table(_) => "a mapping".to_owned(),
            Shape::Either(shapes) => shapes.iter().map(Shape::described).collect::<Vec<_>>().join(" or "),
        }
    }

    /// The JSON Schema of it.
    pub(super) fn schema(&self) -> Json {
        match self {
            Shape::Flag => json!({"type": "boolean"}),
            Shape::Text => json!({"type": "string", "minLength": 1}),
            Shape::Whole(first, last) => json!({"type": "integer", "minimum": first, "maximum": last}),
            Shape::Day => json!({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
            Shape::Glob => json!({"type": "string", "minLength": 1}),
            Shape::Word(words) => json!({"enum": words}),
            Shape::Value => json!({"type": ["string", "integer", "boolean", "array"]}),
            Shape::Some(inner) => {
                let inner = inner.schema();
                json!({"anyOf": [inner.clone(), {"type": "array", "items": inner}]})
            }
            Shape::Object(keys) => object_schema(keys),
            Shape::Table(inner) => json!({"type": "object", "additionalProperties": inner.schema()}),
            Shape::Either(shapes) => {
                json!({"anyOf": shapes.iter().map(Shape::schema).collect::<Vec<_>>()})
            }
        }
    }
}

fn object_schema(keys: &[Key]) -> Json {
    let mut properties = Map::new();
    for key in keys {
        let mut schema = key.shape.schema();
        if let Json::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), key.about.into());
        }
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn check_object(keys: &[Key], node: &mut Node, errors: &mut Vec<RuleError>) {
    let start = node.span.clone();
    let Data::Map(entries) = &mut node.data else { return };
    for (word, value) in entries.iter_mut() {
        word.text = camel_case(&word.text);
        match keys.iter().find(|key| key.name == word.text) {
            Some(key) => key.shape.check(value, errors),
            None => {
                let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
                errors.push(RuleError::unknown_word("key", &word.text, &known, word.span.clone()));
            }
        }
    }
    for key in keys.iter().filter(|key| key.required) {
        if !entries.iter().any(|(word, _)| word.text == key.name) {
            let at = entries.first().map_or(start.clone(), |(word, _)| word.span.clone());
            let error = RuleError::new(format!("'{}' is missing here", key.name), at);
            errors.push(error.help(key.about));
        }
    }
}

fn check_word(words: &[&str], node: &Node, errors: &mut Vec<RuleError>) {
    let Data::Text(text) = &node.data else {
        let message = format!("expected one of {}, found {}", words.join(", "), node.describe());
        errors.push(RuleError::new(message, node.span.clone()));
        return;
    };
    if !words.contains(&text.as_str()) {
        let near = suggest(text, words.iter().copied());
        let near = near.map(|near| format!("did you mean '{near}'? ")).unwrap_or_default();
        let error = RuleError::new(format!("'{text}' is not known here"), node.span.clone());
        errors.push(error.help(format!("{near}Known are: {}", words.join(", "))));
    }
}

fn check_glob(node: &Node, errors: &mut Vec<RuleError>) {
    let problem = match &node.data {
        Data::Text(text) if !text.is_empty() => match GlobBuilder::new(text).build() {
            Ok(_) => return,
            Err(error) => format!("'{text}' is no pattern of paths: {}", error.kind()),
        },
        _ => format!("expected {}, found {}", Shape::Glob.described(), node.describe()),
    };
    errors.push(RuleError::new(problem, node.span.clone()));
}

fn is_plain(node: &Node) -> bool {
    match &node.data {
        Data::Map(_) => false,
        Data::List(items) => items.iter().all(|item| !matches!(item.data, Data::Map(_) | Data::List(_))),
        _ => true,
    }
}

/// `require_reason` → `requireReason`.
fn camel_case(text: &str) -> String {
    let mut words = text.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut characters = word.chars();
        out.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(characters.as_str());
    }
    out
}
