use super::decode::{Errors, Fields};
use super::node::{Data, Node};
use super::{List, Literal, RuleError, Text};

/// An operator, or its opposite.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What is asked of the value.
    pub operator: Operator,
    /// Whether the opposite is asked: `notEquals`, `exists: false`.
    pub negated: bool,
}

/// What can be asked of a value. Texts are compared without regard to case, as Azure Policy does.
#[derive(Clone, Debug)]
pub enum Operator {
    /// The same value; `"true"` is `true`, `"5"` is `5`, nothing is `""`.
    Equals(Literal),
    /// One of these.
    In(List<Literal>),
    /// A text with `*` for anything.
    Like(Text),
    /// A text with `#` for a digit, `?` for a letter and `.` for any character.
    Match {
        /// The text.
        pattern: Text,
        /// Without regard to case.
        fold: bool,
    },
    /// A text with this in it, or an array with this item.
    Contains(Literal),
    /// An object with this property.
    ContainsKey(Text),
    /// Smaller.
    Less(Literal),
    /// Smaller or equal.
    LessOrEquals(Literal),
    /// Greater.
    Greater(Literal),
    /// Greater or equal.
    GreaterOrEquals(Literal),
    /// There, and not null.
    Exists,
    /// At least as high: as a version (`TLS1_2`, `1.2` and `TLS 1.2` are the same), or by the place in a list of words.
    AtLeast {
        /// The lowest that will do.
        least: Text,
        /// The words from the lowest to the highest; none for versions.
        order: List<Text>,
    },
    /// An address, prefix, range or service tag that stands for everybody: `*`, `Internet`, `0.0.0.0/0`, `::/0`.
    Everyone,
    /// An address, prefix or range that lies in one of these prefixes.
    Within(List<Text>),
    /// A port, a range, `*`, or a list of them that has one of these ports in it.
    IncludesPort(List<PortRange>),
    /// A secret, by its declaration or by the way it came.
    Secret,
}

/// Ports from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl PortRange {
    /// Reads `22` or `5000-5100`.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last).then_some(PortRange { first, last })
    }
}

/// What an operator's word takes.
#[derive(Clone, Copy)]
enum Takes {
    Value(fn(Literal) -> Operator),
    Pattern(fn(Text) -> Operator),
    Values,
    /// true, or false for the opposite
    Yes(fn() -> Operator),
    Version,
    Prefixes,
    Ports,
}

struct OperatorWord {
    word: &'static str,
    negated: bool,
    takes: Takes,
}

const fn word(word: &'static str, negated: bool, takes: Takes) -> OperatorWord {
    OperatorWord { word, negated, takes }
}

const WORDS: &[OperatorWord] = &[
    word("equals", false, Takes::Value(Operator::Equals)),
    word("notEquals", true, Takes::Value(Operator::Equals)),
    word("in", false, Takes::Values),
    word("notIn", true, Takes::Values),
    word("like", false, Takes::Pattern(Operator::Like)),
    word("notLike", true, Takes::Pattern(Operator::Like)),
    word("match", false, Takes::Pattern(exact_match)),
    word("notMatch", true, Takes::Pattern(exact_match)),
    word("matchInsensitively", false, Takes::Pattern(folded_match)),
    word("notMatchInsensitively", true, Takes::Pattern(folded_match)),
    word("contains", false, Takes::Value(Operator::Contains)),
    word("notContains", true, Takes::Value(Operator::Contains)),
    word("containsKey", false, Takes::Pattern(Operator::ContainsKey)),
    word("notContainsKey", true, Takes::Pattern(Operator::ContainsKey)),
    word("less", false, Takes::Value(Operator::Less)),
    word("lessOrEquals", false, Takes::Value(Operator::LessOrEquals)),
    word("greater", false, Takes::Value(Operator::Greater)),
    word("greaterOrEquals", false, Takes::Value(Operator::GreaterOrEquals)),
    word("exists", false, Takes::Yes(exists)),
    word("atLeast", false, Takes::Version),
    word("everyone", false, Takes::Yes(everyone)),
    word("within", false, Takes::Prefixes),
    word("notWithin", true, Takes::Prefixes),
    word("includesPort", false, Takes::Ports),
    word("secret", false, Takes::Yes(secret)),
];

fn exact_match(pattern: Text) -> Operator {
    Operator::Match { pattern, fold: false }
}

fn folded_match(pattern: Text) -> Operator {
    Operator::Match { pattern, fold: true }
}

fn exists() -> Operator {
    Operator::Exists
}

fn everyone() -> Operator {
    Operator::Everyone
}

fn secret() -> Operator {
    Operator::Secret
}

/// The words of all operators.
pub(super) fn operator_words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|entry| entry.word)
}

/// Takes the one operator out of a condition.
pub(super) fn comparison(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Comparison> {
    let mut found = None;
    for entry in WORDS {
        let Some((key, node)) = fields.entry(entry.word) else { continue };
        if found.is_some() {
            errors.add(
                RuleError::new("a condition has one operator", key.span.clone())
                    .help("join two conditions with allOf"),
            );
            continue;
        }
        found = Some(operator(entry, node, fields, errors));
    }
    if found.is_none() {
        let words: Vec<&str> = operator_words().collect();
        errors.add(
            RuleError::new("this condition lacks an operator", fields.start())
                .help(format!("known are: {}", words.join(", "))),
        );
    }
    found.flatten()
}

fn operator(
    entry: &OperatorWord,
    node: &Node,
    fields: &mut Fields<'_>,
    errors: &mut Errors,
) -> Option<Comparison> {
    let mut negated = entry.negated;
    let operator = match entry.takes {
        Takes::Value(make) => make(errors.literal(node)?),
        Takes::Pattern(make) => make(errors.text(node)?),
        Takes::Values => match errors.literal(node)? {
            Literal::Array(items) => Operator::In(items),
            _ => {
                errors.expected("a list", node);
                return None;
            }
        },
        Takes::Yes(make) => {
            negated ^= !errors.boolean(node)?;
            make()
        }
        Takes::Version => at_least(node, fields, errors)?,
        Takes::Prefixes => {
            let prefixes = errors.texts(node);
            if let Some(bad) = prefixes.iter().find(|prefix| !is_prefix(prefix)) {
                errors.add(
                    RuleError::new(format!("'{bad}' is no address prefix"), node.span.clone())
                        .help("a prefix looks like 10.0.0.0/8"),
                );
            }
            Operator::Within(prefixes.into())
        }
        Takes::Ports => Operator::IncludesPort(ports(node, errors).into()),
    };
    Some(Comparison { operator, negated })
}

fn at_least(node: &Node, fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Operator> {
    let least = errors.text(node)?;
    let Some(list) = fields.take("order") else {
        if !least.contains(|c: char| c.is_ascii_digit()) {
            errors.add(
                RuleError::new(format!("'{least}' is no version"), node.span.clone())
                    .help("words are ordered by a list beside it: order: [Low, Medium, High]"),
            );
            return None;
        }
        return Some(Operator::AtLeast { least, order: List::default() });
    };
    let order = errors.texts(list);
    if !order.iter().any(|word| word.eq_ignore_ascii_case(&least)) {
        errors.add(RuleError::new(format!("'{least}' is not in its order"), node.span.clone()));
    }
    Some(Operator::AtLeast { least, order: order.into() })
}

fn is_prefix(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        match (address.parse::<std::net::IpAddr>(), length.parse::<u8>()) {
            (Ok(std::net::IpAddr::V4(_)), Ok(length)) => length <= 32,
            (Ok(std::net::IpAddr::V6(_)), Ok(length)) => length <= 128,
            _ => false,
        }
    })
}

/// A port, a range, or a list of them.
pub(super) fn ports(node: &Node, errors: &mut Errors) -> Vec<PortRange> {
    let one = |node: &Node, errors: &mut Errors| {
        let range = match &node.data {
            Data::Int(port) => u16::try_from(*port).ok().map(|port| PortRange { first: port, last: port }),
            Data::Text(text) => PortRange::parse(text),
            _ => None,
        };
        if range.is_none() {
            errors.expected("a port or a range such as 5000-5100", node);
        }
        range
    };
    match &node.data {
        Data::List(items) => items.iter().filter_map(|item| one(item, errors)).collect(),
        _ => one(node, errors).into_iter().collect(),
    }
}
