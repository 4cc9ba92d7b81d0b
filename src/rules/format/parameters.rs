//! The parameters of a rule: declared in its head as Azure Policy declares them, given by the user's configuration.
//!
//! `[parameters('name')]` is replaced in the YAML of the head before its conditions are read, so that a value goes through the same
//! checks as one that is written there. Rules with parameters keep their head, and are read anew when values are given.

use std::ops::Range;

use super::decode::Errors;
use super::node::{Data, Node, Word};
use super::{List, Literal, Rule, RuleError, Text, parse_rule_with};

/// A parameter of a rule.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Text,
    /// What it takes.
    pub kind: ParameterType,
    /// What it is for.
    pub description: Text,
    /// The values that it may have; none: any of its type.
    pub allowed: List<Literal>,
    /// Its value where nobody gives one.
    pub default: Option<Literal>,
    /// Its value in the examples on the page, where that is not the default.
    pub example: Option<Literal>,
    /// Its value: given by the user, else the default. A rule with a parameter without value is never asked.
    pub value: Option<Literal>,
}

/// The type of a parameter, by Azure Policy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// `array`: a list of texts, numbers or booleans.
    Listing,
    /// `string`.
    Wording,
    /// `integer`.
    WholeNumber,
    /// `boolean`.
    TrueOrFalse,
}

const TYPES: [(&str, ParameterType); 4] = [
    ("array", ParameterType::Listing),
    ("string", ParameterType::Wording),
    ("integer", ParameterType::WholeNumber),
    ("boolean", ParameterType::TrueOrFalse),
];

impl ParameterType {
    /// Azure Policy's word for it.
    pub fn as_str(self) -> &'static str {
        TYPES.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    fn takes(self, value: &Literal) -> bool {
        match self {
            ParameterType::Listing => match value {
                Literal::Array(items) => items.iter().all(|item| !matches!(item, Literal::Array(_))),
                _ => false,
            },
            ParameterType::Wording => matches!(value, Literal::Str(_)),
            ParameterType::WholeNumber => matches!(value, Literal::Int(_)),
            ParameterType::TrueOrFalse => matches!(value, Literal::Bool(_)),
        }
    }
}

/// Why a rule does not take the values that the user gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterError {
    /// The parameter.
    pub parameter: String,
    /// What is wrong, without full stop.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Parameter {
    fn refuse(&self, value: &Literal) -> Option<String> {
        if !self.kind.takes(value) {
            return Some(format!("the parameter '{}' takes {}", self.name, described(self.kind)));
        }
        let allowed = |value: &Literal| {
            let same = |one: &Literal| one.to_string().eq_ignore_ascii_case(&value.to_string());
            self.allowed.is_empty() || self.allowed.iter().any(same)
        };
        let refused = value.items().iter().find(|item| !allowed(item))?;
        let known: Vec<String> = self.allowed.iter().map(Literal::to_string).collect();
        Some(format!("the parameter '{}' takes {}, not {refused}", self.name, known.join(", ")))
    }
}

fn described(kind: ParameterType) -> &'static str {
    match kind {
        ParameterType::Listing => "a list",
        ParameterType::Wording => "a text",
        ParameterType::WholeNumber => "a whole number",
        ParameterType::TrueOrFalse => "true or false",
    }
}

impl Rule {
    /// Whether every parameter has a value. Where one has none, the rule cannot be asked.
    pub fn is_set(&self) -> bool {
        self.parameters.iter().all(|parameter| parameter.value.is_some())
    }

    /// This rule with other values of its parameters.
    ///
    /// # Errors
    /// A name that it has no parameter of, a value that is not of the parameter's type, or that the rule's condition cannot use.
    pub fn with_parameters(&self, given: &[(Text, Literal)]) -> Result<Rule, ParameterError> {
        let error = |parameter: &str, message: String, help: Option<String>| ParameterError {
            parameter: parameter.to_owned(),
            message,
            help,
        };
        for (name, value) in given {
            let Some(parameter) = self.parameters.iter().find(|parameter| parameter.name == *name) else {
                let known: Vec<&str> = self.parameters.iter().map(|parameter| &*parameter.name).collect();
                if known.is_empty() {
                    return Err(error(name, format!("the rule '{}' has no parameters", self.id), None));
                }
                let unknown = RuleError::unknown_word("parameter", name, &known, 0..0);
                return Err(error(name, unknown.message, unknown.help));
            };
            if let Some(message) = parameter.refuse(value) {
                return Err(error(name, message, None));
            }
        }
        if given.is_empty() {
            return Ok(self.clone());
        }
        let file = format!("---\n{}---\n{}", self.head, self.page);
        parse_rule_with(&file, &self.id, given).map_err(|errors| {
            let name = given.first().map_or("", |(name, _)| name);
            match errors.into_iter().next() {
                Some(first) => error(name, first.message, first.help),
                None => error(name, format!("the rule '{}' cannot use it", self.id), None),
            }
        })
    }

    /// This rule with the values that the examples on its page are judged by, those of one example before those of the page.
    ///
    /// # Errors
    /// As for [`Rule::with_parameters`].
    pub fn for_example(&self, own: &[(Text, Literal)]) -> Result<Rule, ParameterError> {
        let of_page = self
            .parameters
            .iter()
            .filter(|parameter| !own.iter().any(|(name, _)| *name == parameter.name))
            .filter_map(|parameter| Some((parameter.name.clone(), parameter.example.clone()?)));
        let given: Vec<(Text, Literal)> = own.iter().cloned().chain(of_page).collect();
        self.with_parameters(&given)
    }
}

/// Keys of the head in whose values parameters are replaced, beside the message: neither the resource types, by which rules are
/// found, nor what describes the rule.
const REPLACED: [&str; 5] = ["when", "require", "forbid", "with", "fix"];

/// Reads the parameters of a head, and replaces what refers to them. `given` goes before defaults, defaults before examples.
pub(super) fn apply(head: Node, given: &[(Text, Literal)], errors: &mut Errors) -> (Node, List<Parameter>) {
    let Data::Map(entries) = head.data else { return (head, List::default()) };
    let of = |key: &str| entries.iter().find(|(word, _)| word.text == key).map(|(_, node)| node);
    let mut parameters = of("parameters").map(|node| declared(node, errors)).unwrap_or_default();
    if let Some(node) = of("exampleParameters") {
        examples(node, &mut parameters, errors);
    }
    for parameter in &mut parameters {
        let own = given.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value.clone());
        parameter.value = own.or_else(|| parameter.default.clone());
        if parameter.value.is_none() && parameter.example.is_none() {
            let at = of("parameters").map_or(head.span.clone(), |node| node.span.clone());
            errors.add(
                RuleError::new(format!("the parameter '{}' has neither a default nor an example", parameter.name), at)
                    .help("give it a defaultValue, or a value in exampleParameters that the examples on the page are judged by"),
            );
        }
    }
    let mut replacing = Replacing { parameters: &parameters, used: vec![false; parameters.len()], errors };
    let entries = entries
        .iter()
        .map(|(word, node)| {
            let node = match word.text.as_str() {
                "message" => replacing.in_text(node),
                key if REPLACED.contains(&key) => replacing.node(node),
                _ => node.clone(),
            };
            (word.clone(), node)
        })
        .collect();
    let unused: Vec<&str> = parameters
        .iter()
        .zip(&replacing.used)
        .filter(|(_, used)| !**used)
        .map(|(parameter, _)| &*parameter.name)
        .collect();
    for name in unused {
        errors.add(
            RuleError::new(format!("the parameter '{name}' is not used"), head.span.clone())
                .help(format!("a condition uses it as a value: \"[parameters('{name}')]\"")),
        );
    }
    (Node { data: Data::Map(entries), span: head.span }, parameters.into())
}

fn declared(node: &Node, errors: &mut Errors) -> Vec<Parameter> {
    let Data::Map(entries) = &node.data else {
        errors.expected("a mapping of parameters", node);
        return Vec::new();
    };
    entries.iter().filter_map(|(name, node)| one(name, node, errors)).collect()
}

fn one(name: &Word, node: &Node, errors: &mut Errors) -> Option<Parameter> {
    let fits = name.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !fits || name.text.is_empty() {
        errors.add(RuleError::new(
            format!("'{}' is no name of a parameter: letters, digits and _", name.text),
            name.span.clone(),
        ));
    }
    let mut fields = errors.fields("a parameter", node)?;
    let kind = fields.require("type", errors).and_then(|node| errors.choice("type", node, &TYPES));
    let description =
        fields.require("description", errors).and_then(|node| errors.text(node)).unwrap_or_else(|| "".into());
    let default_node = fields.take("defaultValue");
    let default = default_node.and_then(|node| errors.literal(node));
    let allowed = match fields.take("allowedValues").map(|node| (node, errors.literal(node))) {
        Some((_, Some(Literal::Array(items)))) => items,
        Some((node, _)) => {
            errors.expected("a list", node);
            List::default()
        }
        None => List::default(),
    };
    fields.finish(&["type", "defaultValue", "allowedValues", "description"], errors);
    let parameter = Parameter {
        name: name.text.as_str().into(),
        kind: kind?,
        description,
        allowed,
        default,
        example: None,
        value: None,
    };
    if let (Some(node), Some(message)) =
        (default_node, parameter.default.as_ref().and_then(|value| parameter.refuse(value)))
    {
        errors.add(RuleError::new(message, node.span.clone()));
    }
    Some(parameter)
}

fn examples(node: &Node, parameters: &mut [Parameter], errors: &mut Errors) {
    for (word, value, node) in entries(node, errors) {
        let Some(at) = parameters.iter().position(|parameter| *parameter.name == *word.text) else {
            let known: Vec<&str> = parameters.iter().map(|parameter| &*parameter.name).collect();
            errors.add(RuleError::unknown_word("parameter", &word.text, &known, word.span.clone()));
            continue;
        };
        if let Some(message) = parameters[at].refuse(&value) {
            errors.add(RuleError::new(message, node.span.clone()));
        }
        parameters[at].example = Some(value);
    }
}

fn entries<'n>(node: &'n Node, errors: &mut Errors) -> Vec<(&'n Word, Literal, &'n Node)> {
    let Data::Map(entries) = &node.data else {
        errors.expected("a mapping of parameters to values", node);
        return Vec::new();
    };
    entries.iter().filter_map(|(word, node)| Some((word, errors.literal(node)?, node))).collect()
}

/// Reads the values of an example's fence: a mapping in YAML's flow style, of which JSON is a part.
///
/// # Errors
/// A sentence that says what is wrong.
pub(super) fn values(text: &str) -> Result<Vec<(Text, Literal)>, String> {
    let node = Node::parse(text, 0).map_err(|error| error.message)?;
    let mut errors = Errors::default();
    let values =
        entries(&node, &mut errors).into_iter().map(|(word, value, _)| (word.text.as_str().into(), value));
    let values = values.collect();
    match errors.0.into_iter().next() {
        Some(error) => Err(error.message),
        None => Ok(values),
    }
}

struct Replacing<'p, 'e> {
    parameters: &'p [Parameter],
    used: Vec<bool>,
    errors: &'e mut Errors,
}

impl Replacing<'_, '_> {
    fn node(&mut self, node: &Node) -> Node {
        let data = match &node.data {
            Data::Text(text) => match reference(text) {
                Some(name) => match self.value(name, &node.span) {
                    Some(value) => return to_node(&value, &node.span),
                    None => node.data.clone(),
                },
                None if text.contains("[parameters(") => {
                    self.errors.add(
                        RuleError::new("a parameter stands alone here", node.span.clone())
                            .help("write \"[parameters('name')]\" as the whole value"),
                    );
                    node.data.clone()
                }
                None => node.data.clone(),
            },
            Data::List(items) => Data::List(items.iter().map(|item| self.node(item)).collect()),
            Data::Map(entries) => {
                Data::Map(entries.iter().map(|(word, node)| (word.clone(), self.node(node))).collect())
            }
            Data::Null | Data::Bool(_) | Data::Int(_) => node.data.clone(),
        };
        Node { data, span: node.span.clone() }
    }

    /// Replaces in a message, where values stand amid words.
    fn in_text(&mut self, node: &Node) -> Node {
        let Data::Text(text) = &node.data else { return node.clone() };
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("[parameters(") {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let end = from.find(']').map_or(from.len(), |end| end + 1);
            let (written, after) = from.split_at(end);
            match reference(written).and_then(|name| self.value(name, &node.span)) {
                Some(value) => out.push_str(&value.to_string().replace('{', "{{").replace('}', "}}")),
                None => out.push_str(written),
            }
            rest = after;
        }
        out.push_str(rest);
        Node { data: Data::Text(out), span: node.span.clone() }
    }

    fn value(&mut self, name: &str, span: &Range<usize>) -> Option<Literal> {
        let Some(at) = self.parameters.iter().position(|parameter| *parameter.name == *name) else {
            let known: Vec<&str> = self.parameters.iter().map(|parameter| &*parameter.name).collect();
            self.errors.add(RuleError::unknown_word("parameter", name, &known, span.clone()));
            return None;
        };
        if let Some(used) = self.used.get_mut(at) {
            *used = true;
        }
        let parameter = self.parameters.get(at)?;
        parameter.value.clone().or_else(|| parameter.example.clone())
    }
}

/// The name in `[parameters('name')]`.
fn reference(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("[parameters('")?.strip_suffix("')]")?;
    (!name.contains(['\'', '[', '('])).then_some(name)
}

/// A value as if it were written at `span`.
fn to_node(value: &Literal, span: &Range<usize>) -> Node {
    let data = match value {
        Literal::Null => Data::Null,
        Literal::Bool(value) => Data::Bool(*value),
        Literal::Int(value) => Data::Int(*value),
        Literal::Str(text) => Data::Text(text.to_string()),
        Literal::Array(items) => Data::List(items.iter().map(|item| to_node(item, span)).collect()),
    };
    Node { data, span: span.clone() }
}
