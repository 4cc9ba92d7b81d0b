use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::RuleError;

/// The deepest nesting of YAML; conditions go less deep.
const MAX_DEPTH: usize = 48;

/// A YAML value with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) span: Range<usize>,
}

/// What a YAML value can be.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Word, Node)>),
}

/// A key with its place.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

impl Node {
    /// Reads `yaml`, which stands at byte `offset` of the file.
    pub(crate) fn parse(yaml: &str, offset: usize) -> Result<Node, RuleError> {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            budget: serde_saphyr::budget! { max_depth: MAX_DEPTH, flow_nesting_limit: MAX_DEPTH },
        };
        match serde_saphyr::from_str_with_options::<Raw>(yaml, options) {
            Ok(raw) => Ok(raw.node(offset)),
            Err(error) => {
                let message = error.to_string();
                let message = message.lines().next().unwrap_or("this is no YAML");
                // for errors of the scanner the message knows better than the location
                let span = told_place(yaml, message)
                    .unwrap_or_else(|| error.location().map_or(0..0, |location| range(&location)));
                Err(RuleError::new(format!("the head is no valid YAML: {message}"), shift(span, offset)))
            }
        }
    }

    /// What it is, for a message.
    pub(crate) fn describe(&self) -> String {
        match &self.data {
            Data::Null => "nothing".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Int(value) => value.to_string(),
            Data::Text(text) => format!("'{text}'"),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a mapping".to_owned(),
        }
    }
}

/// The place that a message of the scanner ends with: `… at line 21, column 4`.
fn told_place(yaml: &str, message: &str) -> Option<Range<usize>> {
    let (_, place) = message.rsplit_once("line ")?;
    let line: usize = place.split(',').next()?.trim().parse().ok()?;
    let start: usize = yaml.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let text = yaml.get(start..)?.lines().next().unwrap_or_default();
    Some(start..start + text.len())
}

fn range(location: &Location) -> Range<usize> {
    let span = location.span();
    let number = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
    let start = number(span.byte_offset()).unwrap_or(0);
    start..start.saturating_add(number(span.byte_len()).unwrap_or(0))
}

fn shift(range: Range<usize>, offset: usize) -> Range<usize> {
    range.start.saturating_add(offset)..range.end.saturating_add(offset)
}

/// A node as the YAML reader gives it: with its location instead of a byte range of the file.
struct Raw(Spanned<RawData>);

enum RawData {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

impl Raw {
    fn node(self, offset: usize) -> Node {
        let span = shift(range(&self.0.referenced), offset);
        let data = match self.0.value {
            RawData::Null => Data::Null,
            RawData::Bool(value) => Data::Bool(value),
            RawData::Int(value) => Data::Int(value),
            RawData::Text(text) => Data::Text(text),
            RawData::List(items) => Data::List(items.into_iter().map(|item| item.node(offset)).collect()),
            RawData::Map(entries) => Data::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let span = shift(range(&key.referenced), offset);
                        (Word { text: key.value, span }, value.node(offset))
                    })
                    .collect(),
            ),
        };
        Node { data, span }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Raw)
    }
}

impl<'de> Deserialize<'de> for RawData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true or false, a list or a mapping")
    }

    fn visit_unit<E>(self) -> Result<RawData, E> {
        Ok(RawData::Null)
    }

    fn visit_none<E>(self) -> Result<RawData, E> {
        Ok(RawData::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawData, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawData, E> {
        Ok(RawData::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawData, E> {
        Ok(RawData::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<RawData, E> {
        i64::try_from(value).map(RawData::Int).map_err(|_| E::custom("this number is too large"))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<RawData, E> {
        Err(E::custom(format!("{value} has a fraction; write it as text: \"{value}\"")))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawData, E> {
        Ok(RawData::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawData, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawData::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawData, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key()? {
            map.push((key, entries.next_value()?));
        }
        Ok(RawData::Map(map))
    }
}
