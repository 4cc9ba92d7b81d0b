//! Checks in Rust: what a condition cannot say. `format::CHECKS` lists their names and parameters.

mod credentials;
mod custom_roles;
mod expiry;
mod exposure;
mod firewall;
mod gateway;
mod literals;
mod names;
mod parameters;
mod policy_assignment;
mod policy_definition;
mod reach;
mod roles;
mod secrets;
mod shared_vault;
mod source_secrets;

use crate::model::Graph;
use crate::source::Span;
use crate::value::{Reason, Unknown, Value};

use super::evaluate::Context;
use super::format::{Literal, PortRange, Rule};
use super::truth::Evidence;
use super::verdict::{Broken, Outcome, Subject, Undecided, Verdict, broken, undecided};

/// Asks the check of this name of a resource.
pub(super) fn of_resource<'r>(
    name: &str,
    context: &Context<'_>,
    rule: &'r Rule,
    resource: usize,
    verdicts: &mut Vec<Verdict<'r>>,
) {
    let mut case = Case { context, rule, resource, verdicts };
    match name {
        "nsg-exposure" => exposure::check(&mut case),
        "public-address-unfiltered" => reach::unfiltered(&mut case),
        "plain-listener" => gateway::plain_listener(&mut case),
        "addresses-within" => gateway::addresses_within(&mut case),
        "machine-exposure" => reach::machine(&mut case),
        "firewall-range" => firewall::check(&mut case),
        "keys-in-settings" => credentials::check_keys(&mut case),
        "shared-vault" => shared_vault::check(&mut case),
        "literal" => literals::check(&mut case),
        "deployment-debug" => literals::debug(&mut case),
        "outer-scope-secret" => literals::outer(&mut case),
        "name-form" => names::check(&mut case),
        "expires-within" => expiry::check(&mut case),
        "credentials-in-settings" => credentials::check(&mut case),
        "secret-literal" => secrets::check(&mut case),
        "role-at-scope" => roles::check(&mut case),
        "custom-role" => custom_roles::check(&mut case),
        "policy-definition" => policy_definition::check(&mut case),
        "policy-assignment" => policy_assignment::check(&mut case),
        "role-count" => roles::count(&mut case),
        "role-standing" => roles::standing(&mut case),
        _ => {}
    }
}

/// Asks the check of this name of the deployment.
pub(super) fn of_deployment<'r>(
    name: &str,
    graph: &Graph<'_>,
    rule: &'r Rule,
    verdicts: &mut Vec<Verdict<'r>>,
) {
    match name {
        "secret-in-source" => source_secrets::check(graph, rule, verdicts),
        "secret-in-output" => parameters::outputs(graph, rule, verdicts),
        "secret-parameter-not-secure" => parameters::not_secure(graph, rule, verdicts),
        "secure-parameter-default" => parameters::defaults(graph, rule, verdicts),
        _ => {}
    }
}

/// A check that is asked of a resource.
struct Case<'c, 'g, 'r> {
    context: &'c Context<'g>,
    rule: &'r Rule,
    resource: usize,
    verdicts: &'c mut Vec<Verdict<'r>>,
}

impl<'g, 'r> Case<'_, 'g, 'r> {
    fn graph(&self) -> &'g Graph<'g> {
        self.context.graph
    }

    fn add(&mut self, outcome: Outcome) {
        let subject = Subject::Resource(self.resource);
        self.verdicts.push(Verdict { rule: self.rule, subject, outcome });
    }

    fn holds(&mut self) {
        self.add(Outcome::Holds);
    }

    /// A finding. The first of the evidence that is written is what it is about.
    fn broken(&mut self, cause: Vec<Evidence>, detail: &str) {
        let finding = broken(self.graph(), self.rule, self.resource, cause, detail);
        self.add(Outcome::Broken(Box::new(finding)));
    }

    /// A finding with something more to say, and perhaps a step less severe.
    fn broken_with(&mut self, cause: Vec<Evidence>, detail: &str, note: &str, milder: bool) {
        let mut finding = broken(self.graph(), self.rule, self.resource, cause, detail);
        finding.message.push_str(note);
        finding.severity = milder.then(|| self.rule.severity.milder());
        self.add(Outcome::Broken(Box::new(finding)));
    }

    fn undecided(&mut self, causes: Vec<Evidence>) {
        if let Some(open) = undecided(vec![causes]) {
            self.add(Outcome::Undecided(open));
        }
    }

    /// The texts of a parameter of the rule.
    fn words(&self, name: &str) -> impl Iterator<Item = &'r str> + use<'r> {
        let rule = self.rule;
        rule.parameter(name).into_iter().flat_map(|value| value.items()).filter_map(Literal::as_str)
    }

    /// The text of a parameter of the rule.
    fn word(&self, name: &str) -> Option<&'r str> {
        self.words(name).next()
    }

    /// Whether a parameter of the rule is true.
    fn flag(&self, name: &str) -> bool {
        matches!(self.rule.parameter(name), Some(Literal::Bool(true)))
    }

    /// The number of a parameter of the rule.
    fn whole(&self, name: &str) -> Option<usize> {
        match self.rule.parameter(name) {
            Some(Literal::Int(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The ports of a parameter of the rule; `None` where it is not given.
    fn ports(&self, name: &str) -> Option<Vec<PortRange>> {
        self.rule.parameter(name)?;
        Some(self.words(name).filter_map(PortRange::parse).collect())
    }
}

/// Why a value leaves a question open.
fn why(value: &Value) -> Vec<Reason> {
    Unknown::because_of([value]).map(|unknown| unknown.reasons.to_vec()).unwrap_or_default()
}

/// A finding about something that is no resource.
fn plain_finding(
    message: String,
    location: Span,
    value: Option<&Value>,
    related: Vec<(String, Span)>,
) -> Outcome {
    Outcome::Broken(Box::new(Broken {
        message,
        property: None,
        location,
        value_span: value.and_then(|value| value.origin.span),
        value: value.map(|value| value.clone().tainted(true)),
        severity: None,
        related,
    }))
}

fn plain_undecided(reasons: Vec<Reason>) -> Outcome {
    Outcome::Undecided(Undecided { property: None, reasons })
}

#[cfg(test)]
mod tests {
    use super::super::format::CHECKS;

    #[test]
    fn every_check_of_the_format_is_implemented() {
        let source = include_str!("mod.rs");
        for form in CHECKS {
            assert!(source.contains(&format!("\"{}\" =>", form.name)), "{}", form.name);
        }
    }
}
