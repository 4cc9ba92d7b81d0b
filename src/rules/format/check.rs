//! The checks in Rust, as far as a rule file can say anything about them: their names and parameters.

use super::decode::Errors;
use super::node::{Data, Node};
use super::{List, Literal, RuleError, Text};

/// What a check can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A text, one of these if there are any.
    Word(&'static [&'static str]),
    /// A text or a list of texts.
    Words,
    /// A port, a range, or a list of them.
    Ports,
    /// true or false.
    Flag,
    /// A whole number.
    Whole,
}

/// A parameter of a check.
#[derive(Clone, Copy, Debug)]
pub struct ParameterForm {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParameterKind,
    /// Whether a rule must give it.
    pub required: bool,
}

/// A check that a rule can name.
#[derive(Clone, Copy, Debug)]
pub struct CheckForm {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub parameters: &'static [ParameterForm],
}

const fn needed(name: &'static str, kind: ParameterKind) -> ParameterForm {
    ParameterForm { name, kind, required: true }
}

const fn optional(name: &'static str, kind: ParameterKind) -> ParameterForm {
    ParameterForm { name, kind, required: false }
}

/// What tells the role assignments that a rule is about.
const GRANT: &[ParameterForm] = &[
    optional("roles", ParameterKind::Words),
    optional("scope", ParameterKind::Words),
    optional("more-roles", ParameterKind::Words),
    optional("more-scope", ParameterKind::Words),
    optional("tiers", ParameterKind::Words),
    optional("principals", ParameterKind::Words),
    optional("unconditioned", ParameterKind::Flag),
    optional("untyped", ParameterKind::Flag),
    optional("workload", ParameterKind::Flag),
];

/// All checks. `src/rules/checks` holds a function for each.
pub const CHECKS: &[CheckForm] = &[
    CheckForm {
        name: "nsg-exposure",
        parameters: &[
            optional("ports", ParameterKind::Ports),
            optional("protocol", ParameterKind::Word(&["tcp", "udp", "any"])),
            optional("direction", ParameterKind::Word(&["inbound", "outbound"])),
            optional("from", ParameterKind::Word(&["everyone", "public", "private"])),
            optional("whole", ParameterKind::Flag),
        ],
    },
    CheckForm { name: "public-address-unfiltered", parameters: &[] },
    CheckForm { name: "plain-listener", parameters: &[] },
    CheckForm {
        name: "addresses-within",
        parameters: &[needed("addresses", ParameterKind::Words), needed("prefixes", ParameterKind::Words)],
    },
    CheckForm { name: "machine-exposure", parameters: &[needed("ports", ParameterKind::Ports)] },
    CheckForm {
        name: "firewall-range",
        parameters: &[
            needed("refuse", ParameterKind::Word(&["everyone", "azure", "both", "wide"])),
            optional("addresses", ParameterKind::Whole),
            optional("everyone", ParameterKind::Flag),
        ],
    },
    CheckForm {
        name: "expires-within",
        parameters: &[needed("properties", ParameterKind::Words), needed("days", ParameterKind::Whole)],
    },
    CheckForm {
        name: "credentials-in-settings",
        parameters: &[
            optional("properties", ParameterKind::Words),
            optional("texts", ParameterKind::Words),
            optional("children", ParameterKind::Words),
        ],
    },
    CheckForm {
        name: "keys-in-settings",
        parameters: &[needed("properties", ParameterKind::Words), optional("children", ParameterKind::Words)],
    },
    CheckForm { name: "shared-vault", parameters: &[optional("at-most", ParameterKind::Whole)] },
    CheckForm {
        name: "literal",
        parameters: &[needed("properties", ParameterKind::Words), optional("except", ParameterKind::Words)],
    },
    CheckForm { name: "outer-scope-secret", parameters: &[] },
    CheckForm { name: "deployment-debug", parameters: &[] },
    CheckForm {
        name: "name-form",
        parameters: &[needed("shortest", ParameterKind::Whole), needed("longest", ParameterKind::Whole)],
    },
    CheckForm { name: "secret-literal", parameters: &[] },
    CheckForm { name: "secret-in-source", parameters: &[] },
    CheckForm { name: "secret-in-output", parameters: &[] },
    CheckForm { name: "secret-parameter-not-secure", parameters: &[] },
    CheckForm { name: "secure-parameter-default", parameters: &[] },
    CheckForm { name: "role-at-scope", parameters: GRANT },
    CheckForm { name: "role-standing", parameters: GRANT },
    CheckForm {
        name: "custom-role",
        parameters: &[
            optional("reach", ParameterKind::Words),
            optional("wide-reach", ParameterKind::Words),
            optional("narrow-reach", ParameterKind::Words),
            optional("data", ParameterKind::Flag),
        ],
    },
    CheckForm { name: "policy-definition", parameters: &[] },
    CheckForm {
        name: "policy-assignment",
        parameters: &[needed("ask", ParameterKind::Word(&["identity", "role", "task", "benchmark"]))],
    },
    CheckForm {
        name: "role-count",
        parameters: &[
            optional("roles", ParameterKind::Words),
            optional("scope", ParameterKind::Words),
            needed("at-most", ParameterKind::Whole),
            optional("owned", ParameterKind::Flag),
        ],
    },
];

/// Reads `check` and `with`.
pub(super) fn check(
    name: &Node,
    with: Option<&Node>,
    errors: &mut Errors,
) -> Option<(Text, List<(Text, Literal)>)> {
    let known: Vec<(&str, &CheckForm)> = CHECKS.iter().map(|form| (form.name, form)).collect();
    let form = errors.choice("check", name, &known)?;
    let entries = match with.map(|node| (&node.data, node)) {
        None => &[][..],
        Some((Data::Map(entries), _)) => entries.as_slice(),
        Some((_, node)) => {
            errors.expected("a mapping of the check's parameters", node);
            return None;
        }
    };
    let names: Vec<&str> = form.parameters.iter().map(|parameter| parameter.name).collect();
    let mut given: Vec<(Text, Literal)> = Vec::new();
    for (key, value) in entries {
        let Some(parameter) = form.parameters.iter().find(|parameter| parameter.name == key.text) else {
            errors.add(RuleError::unknown_word("parameter", &key.text, &names, key.span.clone()));
            continue;
        };
        if let Some(value) = parameter_value(parameter.kind, value, errors) {
            given.push((key.text.as_str().into(), value));
        }
    }
    for parameter in form.parameters.iter().filter(|parameter| parameter.required) {
        if !given.iter().any(|(name, _)| **name == *parameter.name) {
            let message = format!("the check '{}' needs the parameter '{}'", form.name, parameter.name);
            errors.add(RuleError::new(message, name.span.clone()));
        }
    }
    Some((form.name.into(), given.into()))
}

fn parameter_value(kind: ParameterKind, node: &Node, errors: &mut Errors) -> Option<Literal> {
    match kind {
        ParameterKind::Word(known) => {
            let known: Vec<(&str, &str)> = known.iter().map(|word| (*word, *word)).collect();
            errors.choice("word", node, &known).map(|word| Literal::Str(word.into()))
        }
        ParameterKind::Words => {
            let words = errors.texts(node);
            (!words.is_empty()).then(|| Literal::Array(words.into_iter().map(Literal::Str).collect()))
        }
        ParameterKind::Ports => {
            let ranges = super::leaf::ports(node, errors);
            let texts =
                ranges.iter().map(|range| Literal::Str(format!("{}-{}", range.first, range.last).into()));
            (!ranges.is_empty()).then(|| Literal::Array(texts.collect()))
        }
        ParameterKind::Flag => errors.boolean(node).map(Literal::Bool),
        ParameterKind::Whole => match node.data {
            Data::Int(value) => Some(Literal::Int(value)),
            _ => {
                errors.expected("a whole number", node);
                None
            }
        },
    }
}
