//! Reads conditions.

use super::decode::{Errors, Fields};
use super::leaf::{comparison, operator_words};
use super::node::{Data, Node};
use super::{
    Absent, Comparison, Condition, Fallback, FieldTest, List, Nothing, Operator, Over, Path, Quantified,
    Quantifier, RuleError, Text, VersionDefault,
};

/// Nesting beyond which a condition is refused: a person could not read it either.
const MAX_DEPTH: usize = 16;

const CONDITION_KEYS: [&str; 9] =
    ["allOf", "anyOf", "noneOf", "not", "field", "count", "any", "each", "none"];

/// Reads a condition.
pub(super) fn condition(node: &Node, depth: usize, errors: &mut Errors) -> Option<Condition> {
    if depth > MAX_DEPTH {
        errors.add(RuleError::new("conditions are nested too deeply", node.span.clone()));
        return None;
    }
    let mut fields = errors.fields("a condition", node)?;
    let Some((word, (key, inner))) =
        CONDITION_KEYS.iter().find_map(|word| Some((*word, fields.entry(word)?)))
    else {
        unknown_condition(fields, errors);
        return None;
    };
    let deeper = depth + 1;
    let result = match word {
        "allOf" => list(inner, deeper, errors).map(Condition::AllOf),
        "anyOf" => list(inner, deeper, errors).map(Condition::AnyOf),
        "noneOf" => list(inner, deeper, errors).map(Condition::NoneOf),
        "not" => condition(inner, deeper, errors).map(|one| Condition::NoneOf(vec![one].into())),
        "field" => field(inner, &mut fields, errors),
        "count" => count(inner, &mut fields, deeper, errors),
        "any" => over(Quantifier::Any, inner, deeper, errors),
        "each" => over(Quantifier::Each, inner, deeper, errors),
        _ => over(Quantifier::Nobody, inner, deeper, errors),
    };
    let mut known: Vec<&str> = CONDITION_KEYS.to_vec();
    if matches!(word, "field" | "count") {
        known.extend(operator_words());
        known.extend(["order", "absent"]);
    }
    let _ = key;
    fields.finish(&known, errors);
    result
}

fn unknown_condition(fields: Fields<'_>, errors: &mut Errors) {
    let start = fields.start();
    let before = errors.0.len();
    fields.finish(&CONDITION_KEYS, errors);
    if errors.0.len() == before {
        errors.add(
            RuleError::new("an empty condition", start)
                .help(format!("a condition begins with one of {}", CONDITION_KEYS.join(", "))),
        );
    }
}

fn list(node: &Node, depth: usize, errors: &mut Errors) -> Option<List<Condition>> {
    match &node.data {
        Data::List(items) if !items.is_empty() => {
            let conditions: Vec<Condition> =
                items.iter().filter_map(|item| condition(item, depth, errors)).collect();
            (conditions.len() == items.len()).then(|| conditions.into())
        }
        _ => {
            errors.expected("a list of conditions", node);
            None
        }
    }
}

fn field(node: &Node, fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Condition> {
    let path = errors.path(node);
    for (word, negated) in [("containsKey", false), ("notContainsKey", true)] {
        if let Some(Data::List(keys)) = fields.entry(word).map(|(_, node)| &node.data) {
            return Some(each_key(&path?, keys, negated, errors));
        }
    }
    let comparison = comparison(fields, errors);
    let absent = match fields.take("absent") {
        Some(node) => Some(absent(node, errors)?),
        None => None,
    };
    Some(Condition::Field(FieldTest { field: path?, comparison: comparison?, absent }))
}

/// A list of keys: each of them must be there (or none of them), so that what is missing can be told by its path.
fn each_key(path: &Path, keys: &[Node], negated: bool, errors: &mut Errors) -> Condition {
    let test = |key: Text| {
        let mut field = path.clone();
        field.text = format!("{}['{key}']", path.text).into();
        field.segments = path.segments.iter().cloned().chain([super::Segment::Key(key)]).collect();
        let comparison = Comparison { operator: Operator::Exists, negated };
        Condition::Field(FieldTest { field, comparison, absent: None })
    };
    let keys: Vec<Text> = keys.iter().filter_map(|key| errors.text(key)).collect();
    Condition::AllOf(keys.into_iter().map(test).collect())
}

fn absent(node: &Node, errors: &mut Errors) -> Option<Absent> {
    let Data::Map(entries) = &node.data else {
        return Some(Absent { versions: List::default(), otherwise: fallback(node, errors)? });
    };
    if entries.iter().any(|(key, _)| key.text == "undecided") {
        return Some(Absent { versions: List::default(), otherwise: fallback(node, errors)? });
    }
    let mut versions: Vec<VersionDefault> = Vec::new();
    let mut otherwise = None;
    for (key, value) in entries {
        let date = key.text.strip_prefix("before ").map(str::trim);
        match date {
            Some(date) if is_date(date) => {
                if versions.last().is_some_and(|last| *last.before >= *date) {
                    errors.add(RuleError::new("write the dates in ascending order", key.span.clone()));
                }
                versions.push(VersionDefault { before: date.into(), default: fallback(value, errors)? });
            }
            None if key.text == "otherwise" => otherwise = Some(fallback(value, errors)?),
            _ => errors.add(
                RuleError::new(format!("unknown key '{}'", key.text), key.span.clone()).help(
                    "an absent property is described by API version: `before 2019-04-01: false` and `otherwise: true`",
                ),
            ),
        }
    }
    if otherwise.is_none() {
        errors.add(RuleError::new("'absent' lacks 'otherwise'", node.span.clone()));
    }
    Some(Absent { versions: versions.into(), otherwise: otherwise? })
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn fallback(node: &Node, errors: &mut Errors) -> Option<Fallback> {
    match &node.data {
        Data::Text(text) if text == "undecided" => {
            Some(Fallback::Untold("what the platform makes of its absence differs".into()))
        }
        Data::Map(_) => {
            let mut fields = errors.fields("'absent'", node)?;
            let reason = fields.require("undecided", errors).and_then(|node| errors.text(node));
            fields.finish(&["undecided"], errors);
            reason.map(Fallback::Untold)
        }
        _ => errors.literal(node).map(Fallback::Taken),
    }
}

fn count(node: &Node, fields: &mut Fields<'_>, depth: usize, errors: &mut Errors) -> Option<Condition> {
    let mut inner = errors.fields("a count", node)?;
    let over = match inner.take("field") {
        Some(node) => errors.path(node).map(Over::Items),
        None => what(&mut inner, errors),
    };
    let counted = match inner.take("where") {
        Some(node) => vec![condition(node, depth, errors)?],
        None => Vec::new(),
    };
    let mut known = vec!["field", "where"];
    known.extend(OVER_KEYS.into_iter().filter(|key| !matches!(*key, "where" | "satisfies")));
    inner.finish(&known, errors);
    let comparison = comparison(fields, errors);
    Some(Condition::Count { over: over?, counted: counted.into(), comparison: comparison? })
}

const OVER_KEYS: [&str; 11] = [
    "items",
    "child",
    "parent",
    "extension",
    "references",
    "referencedBy",
    "deployed",
    "of",
    "through",
    "where",
    "satisfies",
];

fn over(quantifier: Quantifier, node: &Node, depth: usize, errors: &mut Errors) -> Option<Condition> {
    let mut fields = errors.fields("what the condition goes over", node)?;
    let over = what(&mut fields, errors);
    let word = if quantifier == Quantifier::Each { "satisfies" } else { "where" };
    let inner = match fields.take(word) {
        Some(node) => vec![condition(node, depth, errors)?],
        None => Vec::new(),
    };
    if inner.is_empty() && quantifier == Quantifier::Each {
        errors.add(RuleError::new("'each' lacks 'satisfies'", fields.start()));
    }
    let nothing = fields.take("nothing").and_then(|node| {
        let known =
            [("holds", Nothing::Granted), ("broken", Nothing::Refused), ("undecided", Nothing::LeftOpen)];
        errors.choice("answer", node, &known)
    });
    let mut known = OVER_KEYS.to_vec();
    known.push("nothing");
    fields.finish(&known, errors);
    Some(Condition::Among(Quantified { quantifier, over: over?, condition: inner.into(), nothing }))
}

fn what(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Over> {
    if let Some(node) = fields.take("items") {
        return errors.path(node).map(|path| Over::Items(whole_array(path)));
    }
    if let Some(node) = fields.take("references") {
        return errors.path(node).map(Over::References);
    }
    if let Some(node) = fields.take("parent") {
        return errors.boolean(node).map(|_| Over::Parent);
    }
    if let Some(node) = fields.take("referencedBy") {
        let resource_type = errors.text(node);
        let through = fields.require("through", errors).and_then(|node| errors.path(node));
        return Some(Over::ReferencedBy { resource_type: resource_type?, through: through? });
    }
    if let Some(node) = fields.take("extension") {
        let resource_type = errors.text(node);
        let of = fields.take("of").map(|node| errors.text(node));
        return Some(Over::Extensions {
            resource_type: resource_type?,
            of: of.map_or(Some(None), |of| of.map(Some))?,
        });
    }
    for key in ["child", "deployed"] {
        if let Some(node) = fields.take(key) {
            let resource_type = errors.text(node)?;
            return Some(match key {
                "child" => Over::Children(resource_type),
                _ => Over::Deployed(resource_type),
            });
        }
    }
    errors.add(RuleError::new("what does the condition go over?", fields.start()).help(
        "say one of: items (an array), child, extension, deployed (a resource type), parent: true, references (a path), \
         referencedBy (a resource type, with through: a path)",
    ));
    None
}

/// `items: properties.rules` means the items of that array: `properties.rules[*]`.
fn whole_array(mut path: Path) -> Path {
    if let Some(super::Segment::Every) = path.segments.last() {
        return path;
    }
    path.segments = path.segments.iter().cloned().chain([super::Segment::Every]).collect();
    path
}
