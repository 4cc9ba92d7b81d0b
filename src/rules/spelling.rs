//! Property paths of users' rules that look mistyped: unknown for the resource type, and close to one that is known.
//!
//! What is known are the paths of the other rules for the same type. That is not all that a type has, so a path that is only unknown is no
//! mistake; one that differs by a slip of the hand from a known one is.

use std::collections::{BTreeMap, BTreeSet};

use super::format::{Asked, Condition, Demand, Over, Path, Rule, Segment, suggest};

/// A path that looks mistyped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelt {
    /// The path as written.
    pub path: String,
    /// What of it is not known.
    pub word: String,
    /// The known word that is nearest to it.
    pub near: String,
}

/// Names below a path, by the path in lower case: `properties.networkacls` has `defaultAction`.
#[derive(Default)]
pub(super) struct Known(BTreeMap<String, BTreeSet<String>>);

impl Known {
    /// The names that these rules use for the resource types of `rule`, itself left out.
    pub(super) fn of<'r>(rule: &Rule, others: impl Iterator<Item = &'r Rule>) -> Self {
        let types = |rule: &Rule| match &rule.subject {
            Asked::Types(types) => types.iter().map(|name| name.to_ascii_lowercase()).collect(),
            Asked::Deployment | Asked::Baseline(_) => BTreeSet::new(),
        };
        let own: BTreeSet<String> = types(rule);
        let mut known = Known::default();
        for other in others.filter(|other| other.id != rule.id && !own.is_disjoint(&types(other))) {
            paths_of(other, &mut |names, _| known.add(names));
        }
        known
    }

    fn add(&mut self, names: &[&str]) {
        let mut parent = String::new();
        for name in names {
            self.0.entry(parent.clone()).or_default().insert((*name).to_owned());
            parent = below(&parent, name);
        }
    }

    /// The paths of a rule that look mistyped, each once.
    pub(super) fn misspelt(&self, rule: &Rule) -> Vec<Misspelt> {
        let mut found: Vec<Misspelt> = Vec::new();
        paths_of(rule, &mut |names, path| {
            let mut parent = String::new();
            for name in names {
                let Some(known) = self.0.get(&parent) else { return };
                if !known.iter().any(|word| word.eq_ignore_ascii_case(name)) {
                    let near = suggest(name, known.iter().map(String::as_str)).filter(|_| parent != "tags");
                    if let Some(near) = near {
                        let misspelt = Misspelt {
                            path: path.text.to_string(),
                            word: (*name).to_owned(),
                            near: near.to_owned(),
                        };
                        if !found.contains(&misspelt) {
                            found.push(misspelt);
                        }
                    }
                    return;
                }
                parent = below(&parent, name);
            }
        });
        found
    }
}

fn below(parent: &str, name: &str) -> String {
    let name = name.to_ascii_lowercase();
    if parent.is_empty() { name } else { format!("{parent}.{name}") }
}

/// Calls `tell` with the names of every path that begins at the rule's resource, and the path as written.
fn paths_of(rule: &Rule, tell: &mut dyn FnMut(&[&str], &Path)) {
    let demand = match &rule.demand {
        Demand::Require(condition) | Demand::Forbid(condition) => Some(condition),
        Demand::Check { .. } => None,
    };
    for condition in rule.when.iter().chain(demand) {
        walk(condition, Some(&[]), tell);
    }
}

/// `before`: the names that lead to where paths begin; `None` where that is in another resource.
fn walk(condition: &Condition, before: Option<&[&str]>, tell: &mut dyn FnMut(&[&str], &Path)) {
    match condition {
        Condition::AllOf(parts) | Condition::AnyOf(parts) | Condition::NoneOf(parts) => {
            parts.iter().for_each(|part| walk(part, before, tell));
        }
        Condition::Field(test) => {
            if let Some(names) = names(&test.field, before) {
                tell(&names, &test.field);
            }
        }
        Condition::Count { over, counted, .. } => within(over, counted, before, tell),
        Condition::Among(quantified) => within(&quantified.over, &quantified.condition, before, tell),
    }
}

/// The conditions on what is gone over: on items their paths go on from the array's, on related resources nothing is known.
fn within(
    over: &Over,
    conditions: &[Condition],
    before: Option<&[&str]>,
    tell: &mut dyn FnMut(&[&str], &Path),
) {
    let names = match over {
        Over::Items(path) => names(path, before).inspect(|names| tell(names, path)),
        _ => None,
    };
    conditions.iter().for_each(|inner| walk(inner, names.as_deref(), tell));
}

fn names<'p>(path: &'p Path, before: Option<&[&'p str]>) -> Option<Vec<&'p str>> {
    let mut names = if path.from_resource { Vec::new() } else { before?.to_vec() };
    names.extend(path.segments.iter().filter_map(|segment| match segment {
        Segment::Key(name) => Some(&**name),
        Segment::At(_) | Segment::Every => None,
    }));
    Some(names)
}
