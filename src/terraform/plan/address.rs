//! Terraform's resource addresses and the references in a plan's configuration.

use std::sync::Arc;

use crate::model::{Loop, LoopKey};

/// One name of an address with the key of its instance: `app["x"]` of `module.app["x"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// The key between the brackets as written, quotes included.
    pub(super) key: Option<&'a str>,
}

/// The dotted steps of an address or reference; dots and brackets inside quoted keys do not count.
pub(super) fn steps(address: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let (mut start, mut quoted, mut escaped, mut depth) = (0, false, false, 0_usize);
    for (at, character) in address.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => {
                steps.extend(address.get(start..at).map(step));
                start = at + 1;
            }
            _ => {}
        }
    }
    steps.extend(address.get(start..).filter(|rest| !rest.is_empty()).map(step));
    steps
}

fn step(text: &str) -> Step<'_> {
    match text.find('[') {
        Some(open) => {
            let name = text.get(..open).unwrap_or(text);
            Step { name, key: text.get(open + 1..).and_then(|rest| rest.strip_suffix(']')) }
        }
        None => Step { name: text, key: None },
    }
}

/// The module calls at the beginning of an address, and what follows them.
pub(super) fn split_modules<'a, 'b>(steps: &'b [Step<'a>]) -> (Vec<&'b Step<'a>>, &'b [Step<'a>]) {
    let mut modules = Vec::new();
    let mut rest = steps;
    while let [word, call, after @ ..] = rest {
        if word.name != "module" || word.key.is_some() {
            break;
        }
        modules.push(call);
        rest = after;
    }
    (modules, rest)
}

/// A key as it stands between brackets, as a place in a loop.
pub(super) fn loop_of(key: &str) -> Loop {
    match key.parse::<usize>() {
        Ok(index) => Loop::Known(LoopKey::Index(index)),
        Err(_) => {
            let text = key.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(key);
            Loop::Known(LoopKey::Key(Arc::from(text.replace("\\\"", "\"").replace("\\\\", "\\"))))
        }
    }
}

/// The references that are not merely the beginning of another: Terraform lists `azurerm_subnet.s.id` and `azurerm_subnet.s`.
pub(super) fn longest<'a>(references: &[&'a str]) -> Vec<&'a str> {
    let begins = |longer: &str, shorter: &str| {
        longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let mut kept: Vec<&'a str> = Vec::new();
    for &reference in references {
        let is_beginning = references.iter().any(|other| begins(other, reference));
        if !is_beginning && !kept.contains(&reference) {
            kept.push(reference);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_split_outside_of_keys() {
        let steps = steps(r#"module.a["x.y"].module.b[0].azurerm_subnet.s["k]\"."]"#);
        let (modules, rest) = split_modules(&steps);
        assert_eq!(
            modules.iter().map(|step| (step.name, step.key)).collect::<Vec<_>>(),
            [("a", Some("\"x.y\"")), ("b", Some("0"))]
        );
        assert_eq!(rest.len(), 2);
        assert_eq!(rest[1].key.map(loop_of), Some(Loop::Known(LoopKey::Key("k]\".".into()))));
        assert_eq!(loop_of("3"), Loop::Known(LoopKey::Index(3)));
    }

    #[test]
    fn only_the_longest_references_count() {
        let references =
            ["azurerm_subnet.s[0].id", "azurerm_subnet.s[0]", "azurerm_subnet.s", "azurerm_subnet.s2"];
        assert_eq!(longest(&references), ["azurerm_subnet.s[0].id", "azurerm_subnet.s2"]);
    }
}
