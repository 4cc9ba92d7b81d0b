//! `policy-definition`: custom Azure Policy definitions that cannot work as they are written.

use crate::value::{Kind, Object, Reason, Value};

use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::{Case, why};

/// What a condition may be asked with.
const OPERATORS: [&str; 19] = [
    "equals",
    "notEquals",
    "like",
    "notLike",
    "match",
    "matchInsensitively",
    "notMatch",
    "notMatchInsensitively",
    "contains",
    "notContains",
    "in",
    "notIn",
    "containsKey",
    "notContainsKey",
    "less",
    "lessOrEquals",
    "greater",
    "greaterOrEquals",
    "exists",
];

/// What a rule may do.
const EFFECTS: [&str; 15] = [
    "addToNetworkGroup",
    "append",
    "audit",
    "auditAction",
    "auditIfNotExists",
    "deny",
    "denyAction",
    "deployIfNotExists",
    "disabled",
    "enforceOPAConstraint",
    "enforceRegoPolicy",
    "enforceSetting",
    "manual",
    "modify",
    "mutate",
];

/// How deep conditions are followed.
const MAX_DEPTH: usize = 64;

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let Some(member) = resource.body.as_object().and_then(|body| body.get("properties")) else { return };
    let Some(properties) = member.value.as_object() else { return };
    let Some(rule) = properties.get("policyRule") else { return };
    let walker = Walker { resource, record: true };
    let trail = walker.into_member(&Trail::default(), "properties", member);
    let trail = walker.into_member(&trail, "policyRule", rule);
    let mut search = Search {
        walker,
        index: case.resource,
        parameters: properties.value("parameters"),
        found: Vec::new(),
        open: Vec::new(),
    };
    match rule.value.as_object() {
        Some(object) => {
            if let Some(condition) = object.get("if") {
                let trail = walker.into_member(&trail, "if", condition);
                search.condition(&condition.value, &trail, 0);
            }
            if let Some(then) = object.get("then") {
                search.then(&then.value, &walker.into_member(&trail, "then", then));
            }
        }
        None => search.open.extend(why(&rule.value)),
    }
    let Search { found, open, .. } = search;
    if found.is_empty() {
        if open.is_empty() {
            return case.holds();
        }
        return case.undecided(vec![Evidence { reasons: open, ..Evidence::of_resource(case.resource) }]);
    }
    for (evidence, what) in found {
        case.broken(vec![evidence], &what);
    }
}

/// What a definition's effect is, without what an assignment says.
pub(super) enum Effect {
    /// It is this one.
    Fixed(String),
    /// The parameter decides, with this default.
    Parameter(Option<String>),
    /// Not known.
    Unknown,
}

/// The effect of a definition's rule.
pub(super) fn effect(properties: &Object) -> Effect {
    let then = properties.value("policyRule").and_then(|rule| rule.as_object()?.value("then")?.as_object());
    let Some(text) = then.and_then(|then| then.value("effect")?.as_str()) else { return Effect::Unknown };
    match parameter_of(text) {
        None if text.starts_with('[') => Effect::Unknown,
        None => Effect::Fixed(text.to_owned()),
        Some(name) => {
            let default = declared(properties.value("parameters"), name)
                .and_then(|parameter| parameter.as_object()?.value("defaultValue")?.as_str())
                .map(str::to_owned);
            Effect::Parameter(default)
        }
    }
}

/// Whether an effect changes resources by itself.
pub(super) fn remediates(effect: &str) -> bool {
    effect.eq_ignore_ascii_case("deployIfNotExists") || effect.eq_ignore_ascii_case("modify")
}

struct Search<'g> {
    walker: Walker<'g>,
    index: usize,
    parameters: Option<&'g Value>,
    found: Vec<(Evidence, String)>,
    open: Vec<Reason>,
}

impl<'g> Search<'g> {
    fn tell(&mut self, trail: &Trail, value: &Value, what: String) {
        self.found.push((trail.clone().evidence(self.index, Some(value.clone())), what));
    }

    fn condition(&mut self, value: &'g Value, trail: &Trail, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let Some(object) = value.as_object() else {
            self.open.extend(why(value));
            return;
        };
        let mut asked = false;
        let mut about = false;
        for (key, member) in object.members() {
            let name = key.as_str();
            let below = self.walker.into_member(trail, name, member);
            let is = |word: &str| name.eq_ignore_ascii_case(word);
            if is("not") {
                self.condition(&member.value, &below, depth + 1);
                asked = true;
                about = true;
            } else if is("allOf") || is("anyOf") {
                (asked, about) = (true, true);
                match member.value.as_array() {
                    Some(array) => {
                        for (index, item) in array.items.iter().enumerate() {
                            let trail = self.walker.into_item(&below, index, item);
                            self.condition(&item.value, &trail, depth + 1);
                        }
                        self.open.extend(array.open.iter().flat_map(|unknown| unknown.reasons.to_vec()));
                    }
                    None if member.value.is_unknown() => self.open.extend(why(&member.value)),
                    None => self.tell(&below, &member.value, format!("'{name}' takes a list of conditions")),
                }
            } else if is("count") {
                about = true;
                if let Some(count) = member.value.as_object() {
                    if let Some(condition) = count.get("where") {
                        let trail = self.walker.into_member(&below, "where", condition);
                        self.condition(&condition.value, &trail, depth + 1);
                    }
                    count
                        .members()
                        .for_each(|(_, inner)| self.parameters_in(&inner.value, &below, depth + 1));
                }
            } else if is("field") || is("value") || is("source") || is("requestContext") {
                about = true;
                self.parameters_in(&member.value, &below, depth + 1);
            } else if OPERATORS.iter().any(|operator| is(operator)) {
                asked = true;
                self.parameters_in(&member.value, &below, depth + 1);
            } else {
                let known =
                    OPERATORS.iter().chain(["allOf", "anyOf", "not", "field", "value", "count"].iter());
                let hint = known
                    .map(|word| (similar::TextDiff::from_chars(*word, name).ratio(), word))
                    .filter(|(ratio, _)| *ratio > 0.6)
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, word)| format!(" (did you mean '{word}'?)"))
                    .unwrap_or_default();
                self.tell(&below, &member.value, format!("there is no operator '{name}'{hint}"));
                // The mistake has been told; that nothing is asked follows from it.
                (asked, about) = (true, true);
            }
        }
        match &object.open {
            Some(open) => self.open.extend(open.reasons.iter().cloned()),
            None if object.is_empty() => {}
            None if !asked => self.tell(trail, value, "a condition has no operator".to_owned()),
            None if !about => self.tell(
                trail,
                value,
                "a condition does not say what it is about: field, value or count".to_owned(),
            ),
            None => {}
        }
    }

    /// Parameters that a text names, and that the definition does not declare.
    fn parameters_in(&mut self, value: &'g Value, trail: &Trail, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match &value.kind {
            Kind::String(text) if text.starts_with('[') => {
                for name in named_parameters(text) {
                    match self.parameters {
                        Some(parameters) if parameters.is_unknown() => self.open.extend(why(parameters)),
                        parameters => {
                            let open =
                                parameters.and_then(Value::as_object).is_some_and(|all| !all.is_closed());
                            if declared(parameters, name).is_none() && !open {
                                self.tell(trail, value, format!("there is no parameter '{name}'"));
                            }
                        }
                    }
                }
            }
            Kind::Array(array) => array.values().for_each(|item| self.parameters_in(item, trail, depth + 1)),
            Kind::Object(object) => {
                object.members().for_each(|(_, member)| self.parameters_in(&member.value, trail, depth + 1));
            }
            _ => {}
        }
    }

    fn then(&mut self, value: &'g Value, trail: &Trail) {
        let Some(then) = value.as_object() else {
            self.open.extend(why(value));
            return;
        };
        let Some(member) = then.get("effect") else {
            if then.is_closed() {
                self.tell(trail, value, "it has no effect".to_owned());
            }
            return;
        };
        let below = self.walker.into_member(trail, "effect", member);
        let Some(text) = member.value.as_str() else {
            self.open.extend(why(&member.value));
            return;
        };
        self.parameters_in(&member.value, &below, 0);
        let mut may_be: Vec<&str> = Vec::new();
        if let Some(name) = parameter_of(text) {
            if let Some(parameter) = declared(self.parameters, name).and_then(Value::as_object) {
                match parameter.value("allowedValues").and_then(Value::as_array) {
                    Some(allowed) => may_be.extend(allowed.values().filter_map(Value::as_str)),
                    None if parameter.is_closed() && parameter.value("allowedValues").is_none() => {
                        self.tell(
                            &below,
                            &member.value,
                            format!("the parameter '{name}' of the effect has no allowedValues"),
                        );
                    }
                    None => {}
                }
                may_be.extend(parameter.value("defaultValue").and_then(Value::as_str));
            }
        } else if !text.starts_with('[') {
            may_be.push(text);
        }
        for effect in &may_be {
            if !EFFECTS.iter().any(|known| known.eq_ignore_ascii_case(effect)) {
                self.tell(&below, &member.value, format!("there is no effect '{effect}'"));
            }
        }
        if may_be.iter().any(|effect| remediates(effect)) {
            let details = then.value("details");
            let missing = match details {
                Some(Value { kind: Kind::Object(details), .. }) => {
                    let roles = details.value("roleDefinitionIds");
                    let none = roles
                        .and_then(Value::as_array)
                        .is_some_and(|all| all.items.is_empty() && all.is_closed());
                    none || (roles.is_none() && details.is_closed())
                }
                Some(_) => false,
                None => then.is_closed(),
            };
            if missing {
                let text =
                    "it deploys or modifies, and has no roleDefinitionIds: its assignment cannot remediate";
                self.tell(&below, &member.value, text.to_owned());
            }
        }
    }
}

/// The parameter of this name.
fn declared<'a>(parameters: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    parameters?.as_object()?.value(name)
}

/// The parameter that a whole text stands for: `[parameters('effect')]`.
fn parameter_of(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    let name =
        strip_word(inner, "parameters")?.trim_start().strip_prefix('(')?.trim().strip_suffix(')')?.trim();
    let name = name.strip_prefix('\'')?.strip_suffix('\'')?;
    (!name.contains('\'')).then_some(name)
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
    text.get(word.len()..)
}

/// The names in all `parameters('…')` of an expression. One that is put together is left aside.
fn named_parameters(text: &str) -> Vec<&str> {
    let folded = text.to_ascii_lowercase();
    let mut names = Vec::new();
    let mut from = 0;
    while let Some(at) = folded.get(from..).and_then(|rest| rest.find("parameters(")) {
        let open = from + at + "parameters(".len();
        let rest = text.get(open..).unwrap_or_default().trim_start();
        if let Some(name) = rest.strip_prefix('\'').and_then(|rest| rest.split('\'').next()) {
            names.push(name);
        }
        from = open;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_an_expression_are_found() {
        assert_eq!(parameter_of("[parameters('effect')]"), Some("effect"));
        assert_eq!(parameter_of("[ Parameters( 'effect' ) ]"), Some("effect"));
        assert_eq!(parameter_of("[concat(parameters('a'), 'b')]"), None);
        assert_eq!(
            named_parameters("[concat(parameters('a'), Parameters('b')[parameters('c')])]"),
            ["a", "b", "c"]
        );
        assert_eq!(parameter_of("audit"), None);
    }
}
