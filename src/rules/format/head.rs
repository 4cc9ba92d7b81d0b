//! Reads the head of a rule file.

use super::decode::{Errors, Fields};
use super::node::{Data, Node};
use super::reader::condition;
use super::{
    Asked, Demand, Fix, List, Literal, Message, Parameter, Rule, RuleError, Severity, Text, check, page,
    parameters,
};

const KEYS: [&str; 22] = [
    "id",
    "title",
    "severity",
    "category",
    "resources",
    "subject",
    "plan",
    "when",
    "require",
    "forbid",
    "check",
    "with",
    "message",
    "help",
    "default",
    "frameworks",
    "equivalents",
    "references",
    "fix",
    "parameters",
    "exampleParameters",
    "notes",
];

/// Categories, by the word in the head. They are the control domains that the frameworks share.
const CATEGORIES: [(&str, &str); 8] = [
    ("data-protection", "data-protection"),
    ("network", "network"),
    ("identity", "identity"),
    ("secrets", "secrets"),
    ("logging", "logging"),
    ("threat-protection", "threat-protection"),
    ("resilience", "resilience"),
    ("governance", "governance"),
];

/// Reads a rule file. `name` is the file's name without `.md`, which the rule's id must equal.
///
/// # Errors
/// Everything that is wrong in it, in the order of the file.
pub fn parse_rule(text: &str, name: &str) -> Result<Rule, Vec<RuleError>> {
    parse_rule_with(text, name, &[])
}

/// Like [`parse_rule`], with values of the rule's parameters.
///
/// # Errors
/// As [`parse_rule`].
pub fn parse_rule_with(text: &str, name: &str, given: &[(Text, Literal)]) -> Result<Rule, Vec<RuleError>> {
    let mut errors = Errors::default();
    let rule = read(text, name, given, &mut errors);
    let mut errors = errors.0;
    errors.sort_by_key(|error| error.span.start);
    match rule {
        Some(rule) if errors.is_empty() => Ok(rule),
        _ => Err(errors),
    }
}

fn read(text: &str, name: &str, given: &[(Text, Literal)], errors: &mut Errors) -> Option<Rule> {
    let Some((head, body)) = page::split(text) else {
        errors.add(
            RuleError::new("a rule file begins with a head between two lines of ---", 0..text.len().min(3))
                .help("see docs/writing-rules.md"),
        );
        return None;
    };
    let head_text = text.get(head.clone())?;
    let node = match Node::parse(head_text, head.start) {
        Ok(node) => node,
        Err(error) => {
            errors.add(error);
            return None;
        }
    };
    let before = errors.0.len();
    let (node, parameters) = parameters::apply(node, given, errors);
    if errors.0.len() > before {
        // what was not replaced would be wrong once more
        return None;
    }
    let mut fields = errors.fields("the head", &node)?;
    let mut rule = rule(&mut fields, text.get(body.clone()).unwrap_or(""), parameters, errors);
    if let Some(rule) = rule.as_mut().filter(|rule| !rule.parameters.is_empty()) {
        rule.head = head_text.into();
    }
    fields.finish(&KEYS, errors);
    if let Some(rule) = &rule {
        examine(rule, name, &node, body.start, text, errors);
    }
    rule
}

fn rule(
    fields: &mut Fields<'_>,
    page: &str,
    parameters: List<Parameter>,
    errors: &mut Errors,
) -> Option<Rule> {
    let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
    // Every field is read before the first `?`, so that one run shows all errors.
    let id = fields.require("id", errors).and_then(|node| slug(node, errors));
    let title = fields.require("title", errors).and_then(|node| errors.text(node));
    let severity =
        fields.require("severity", errors).and_then(|node| errors.choice("severity", node, &severities));
    let category =
        fields.require("category", errors).and_then(|node| errors.choice("category", node, &CATEGORIES));
    let subject = asked(fields, errors);
    let plan = fields.take("plan").map(|node| errors.text(node));
    let when = fields.take("when").map(|node| condition(node, 0, errors));
    let demand = demand(fields, errors);
    let message = fields.require("message", errors).and_then(|node| message(node, errors));
    let help = fields.require("help", errors).and_then(|node| errors.text(node));
    let default_on = fields
        .take("default")
        .map_or(Some(true), |node| errors.choice("default", node, &[("on", true), ("off", false)]));
    let frameworks = fields.take("frameworks").map(|node| errors.table(node)).unwrap_or_default();
    let equivalents = fields.take("equivalents").map(|node| errors.table(node)).unwrap_or_default();
    let references = fields.take("references").map(|node| references(node, errors)).unwrap_or_default();
    let fix = fields.take("fix").map(|node| fix(node, errors));
    // the parameters are read; `notes` is for whoever maintains the rule
    for key in ["parameters", "exampleParameters", "notes"] {
        fields.take(key);
    }
    Some(Rule {
        id: id?,
        title: title?,
        severity: severity?,
        category: category?.into(),
        subject: subject?,
        when: when.map_or(Some(None), |condition| condition.map(Some))?,
        demand: demand?,
        plan: plan.map_or(Some(None), |plan| plan.map(Some))?,
        message: message?,
        help: help?,
        default_on: default_on?,
        frameworks,
        equivalents,
        references,
        fix: fix.map_or(Some(None), |fix| fix.map(Some))?,
        parameters,
        head: "".into(),
        page: page.into(),
    })
}

fn slug(node: &Node, errors: &mut Errors) -> Option<Text> {
    let text = errors.text(node)?;
    let fits = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !fits || text.starts_with('-') || text.ends_with('-') {
        errors.add(
            RuleError::new(format!("'{text}' is no rule id"), node.span.clone())
                .help("an id is made of lower-case letters, digits and hyphens, and begins with the service: storage-https-only"),
        );
    }
    Some(text)
}

fn asked(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Asked> {
    let mut baseline = false;
    if let Some(node) = fields.take("subject") {
        baseline = errors.choice("subject", node, &[("deployment", false), ("baseline", true)])?;
        if !baseline {
            return Some(Asked::Deployment);
        }
    }
    let node = fields.require("resources", errors)?;
    let types = errors.texts(node);
    for name in &types {
        if **name != *"*" && (!name.contains('/') || name.contains(char::is_whitespace)) {
            errors.add(
                RuleError::new(format!("'{name}' is no resource type"), node.span.clone())
                    .help("a resource type looks like Microsoft.Storage/storageAccounts; * stands for all"),
            );
        }
    }
    Some(if baseline { Asked::Baseline(types.into()) } else { Asked::Types(types.into()) })
}

fn demand(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Demand> {
    let words = ["require", "forbid", "check"];
    let given: Vec<_> = words.into_iter().filter_map(|word| Some((word, fields.entry(word)?))).collect();
    let with = fields.take("with");
    match given.as_slice() {
        [] => {
            errors.add(RuleError::new("the head lacks one of require, forbid and check", fields.start()));
            None
        }
        [(word, (_, node))] => {
            if let (Some(with), false) = (with, *word == "check") {
                errors.add(RuleError::new("'with' belongs to 'check'", with.span.clone()));
            }
            match *word {
                "require" => condition(node, 0, errors).map(Demand::Require),
                "forbid" => condition(node, 0, errors).map(Demand::Forbid),
                _ => check::check(node, with, errors).map(|(name, with)| Demand::Check { name, with }),
            }
        }
        [_, (word, (key, _)), ..] => {
            let message = format!("a rule has one of require, forbid and check; '{word}' is one too many");
            errors.add(RuleError::new(message, key.span.clone()));
            None
        }
    }
}

fn message(node: &Node, errors: &mut Errors) -> Option<Message> {
    let text = errors.text(node)?;
    match Message::parse(&text, &node.span) {
        Ok(message) => Some(message),
        Err(error) => {
            errors.add(error);
            None
        }
    }
}

fn references(node: &Node, errors: &mut Errors) -> List<Text> {
    let links = errors.texts(node);
    if let Some(bad) = links.iter().find(|link| !link.starts_with("https://")) {
        errors.add(RuleError::new(format!("'{bad}' is no https:// link"), node.span.clone()));
    }
    links.into()
}

fn fix(node: &Node, errors: &mut Errors) -> Option<Fix> {
    let mut fields = errors.fields("a fix", node)?;
    let property = fields.require("set", errors).and_then(|node| errors.path(node));
    let value = fields.require("to", errors).and_then(|node| errors.literal(node));
    let safe = fields.require("safe", errors).and_then(|node| errors.boolean(node));
    fields.finish(&["set", "to", "safe"], errors);
    Some(Fix { property: property?, value: value?, safe: safe? })
}

/// What can only be said of the rule as a whole.
fn examine(rule: &Rule, name: &str, head: &Node, page: usize, text: &str, errors: &mut Errors) {
    let place_of = |key: &str| match &head.data {
        Data::Map(entries) => entries
            .iter()
            .find(|(word, _)| word.text == key)
            .map_or(head.span.clone(), |(_, value)| value.span.clone()),
        _ => head.span.clone(),
    };
    if *rule.id != *name {
        errors.add(
            RuleError::new(format!("the rule '{}' stands in the file '{name}.md'", rule.id), place_of("id"))
                .help("a rule's file is named after its id"),
        );
    }
    if matches!(rule.subject, Asked::Deployment) && !matches!(rule.demand, Demand::Check { .. }) {
        errors.add(RuleError::new(
            "a rule about the deployment needs a check; conditions are asked of resources",
            place_of("subject"),
        ));
    }
    if matches!(rule.subject, Asked::Baseline(_)) && !matches!(rule.demand, Demand::Require(_)) {
        errors.add(
            RuleError::new(
                "a rule about the baseline says with 'require' what must be there",
                place_of("subject"),
            )
            .help("it is asked of every resource of the types, and one must be as required"),
        );
    }
    if rule.description().is_empty() {
        errors.add(
            RuleError::new("the page is empty", page.min(text.len())..text.len())
                .help("say below the head what is wrong, why it matters and how it is mended"),
        );
    }
    if let Err((line, message)) = page::examples(&rule.page) {
        let body = text.get(page..).unwrap_or("");
        let lines: Vec<&str> = body.split_inclusive('\n').take(line).collect();
        let end = page + lines.iter().map(|line| line.len()).sum::<usize>();
        let start = end - lines.last().map_or(0, |line| line.len());
        errors.add(RuleError::new(message, start..end));
    }
}
