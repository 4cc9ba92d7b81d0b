//! Asks the rules.

use crate::model::Graph;

use super::checks;
use super::evaluate::{Context, Frame};
use super::format::{Condition, Demand, Rule};
use super::set::RuleSet;
use super::truth::{Answer, Truth};
use super::verdict::{Outcome, Subject, Verdict, broken, undecided};

/// What the rules that are on say of a deployment: where they are broken, and where it can't be told.
///
/// The order is that of the resources, then that of the rules.
pub fn check<'r>(graph: &Graph<'_>, rules: &'r RuleSet) -> Vec<Verdict<'r>> {
    let mut verdicts = Vec::new();
    check_each(graph, rules, &mut |verdict| verdicts.push(verdict));
    verdicts
}

/// Like [`check`], one by one: a scan of many resources has more verdicts than it keeps.
pub fn check_each<'r>(graph: &Graph<'_>, rules: &'r RuleSet, take: &mut dyn FnMut(Verdict<'r>)) {
    ask_all(graph, rules, &mut |verdict| {
        if !matches!(verdict.outcome, Outcome::Holds) {
            take(verdict);
        }
    });
}

/// Like [`check`], with the rules that hold too. A rule that does not apply has no verdict.
pub fn check_all<'r>(graph: &Graph<'_>, rules: &'r RuleSet) -> Vec<Verdict<'r>> {
    let mut verdicts = Vec::new();
    ask_all(graph, rules, &mut |verdict| verdicts.push(verdict));
    verdicts
}

fn ask_all<'r>(graph: &Graph<'_>, rules: &'r RuleSet, take: &mut dyn FnMut(Verdict<'r>)) {
    let engine = Engine { plain: Context::new(graph, false), recording: Context::new(graph, true) };
    let mut verdicts = Vec::new();
    for (index, resource) in graph.deployment().resources.iter().enumerate() {
        if resource.existing || resource.repeats {
            continue;
        }
        for rule in rules.of_type(resource.resource_type.as_str()) {
            engine.ask(rule, index, &mut verdicts);
        }
        verdicts.drain(..).for_each(&mut *take);
    }
    for rule in rules.of_deployment() {
        if let Demand::Check { name, .. } = &rule.demand {
            checks::of_deployment(name, graph, rule, &mut verdicts);
        }
        verdicts.drain(..).for_each(&mut *take);
    }
}

pub(super) struct Engine<'g> {
    plain: Context<'g>,
    recording: Context<'g>,
}

impl<'g> Engine<'g> {
    fn ask<'r>(&self, rule: &'r Rule, resource: usize, verdicts: &mut Vec<Verdict<'r>>) {
        let applies = match &rule.when {
            Some(condition) => self.answer(condition, resource, &[Truth::Holds, Truth::Broken]),
            None => Answer::new(Truth::Holds, None),
        };
        if applies.truth == Truth::Broken {
            return;
        }
        let causes = match &rule.demand {
            Demand::Require(condition) => self.answer(condition, resource, &[Truth::Holds]),
            Demand::Forbid(condition) => self.answer(condition, resource, &[Truth::Broken]).not(),
            Demand::Check { name, .. } => {
                let before = verdicts.len();
                checks::of_resource(name, &self.recording, rule, resource, verdicts);
                if applies.truth == Truth::Undecided {
                    doubt(verdicts, before, applies);
                }
                return;
            }
        };
        let mut add =
            |outcome| verdicts.push(Verdict { rule, subject: Subject::Resource(resource), outcome });
        match (causes.truth, applies.truth) {
            (Truth::Holds, _) => add(Outcome::Holds),
            (Truth::Broken, Truth::Holds) => {
                let graph = self.plain.graph;
                let mut causes = causes.causes;
                if causes.is_empty() {
                    causes.push(Vec::new());
                }
                for cause in causes {
                    add(Outcome::Broken(Box::new(broken(graph, rule, resource, cause, ""))));
                }
            }
            (Truth::Broken, _) => {
                undecided(applies.causes).into_iter().for_each(|open| add(Outcome::Undecided(open)))
            }
            (Truth::Undecided, _) => {
                undecided(causes.causes).into_iter().for_each(|open| add(Outcome::Undecided(open)));
            }
        }
    }

    /// The answer; its evidence is collected only where it is none of `plain`, which most are.
    fn answer(&self, condition: &Condition, resource: usize, plain: &[Truth]) -> Answer {
        let answer = Frame::of_resource(&self.plain, resource).ask(condition);
        if plain.contains(&answer.truth) {
            return answer;
        }
        Frame::of_resource(&self.recording, resource).ask(condition)
    }
}

/// Findings of a rule that may not apply can't be told.
fn doubt(verdicts: &mut Vec<Verdict<'_>>, from: usize, applies: Answer) {
    let Some(open) = undecided(applies.causes) else {
        verdicts.truncate(from);
        return;
    };
    for verdict in verdicts.iter_mut().skip(from) {
        if matches!(verdict.outcome, Outcome::Broken(_)) {
            verdict.outcome = Outcome::Undecided(open.clone());
        }
    }
}
