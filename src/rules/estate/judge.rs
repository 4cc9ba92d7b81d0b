//! Rules about the baseline: what must be there once for all that is scanned.

use crate::model::Graph;
use crate::source::Span;
use crate::value::Reason;

use super::super::evaluate::{Context, Frame};
use super::super::format::{Asked, Condition, Demand, Rule, Text};
use super::super::set::RuleSet;
use super::super::truth::{Evidence, Truth};
use super::super::verdict::{Broken, Outcome, Subject, Undecided, Verdict, fill, place};
use super::{Baseline, Estate, Owner, Place, PlanState, Protected, Status};

/// How many workloads a finding or review note points at.
const SHOWN: usize = 5;

/// A verdict on the estate. It is about a resource of one of the deployments.
#[derive(Clone, Debug)]
pub struct EstateVerdict<'r> {
    /// The index of the deployment.
    pub deployment: usize,
    /// The verdict.
    pub verdict: Verdict<'r>,
}

/// What the rules that are on say of all that is scanned together: of plans whose workloads are there, and of what a baseline must
/// have. Without an owned baseline, what is missing is a [review note](Outcome::Review), or nothing.
pub fn check_estate<'r>(estate: &Estate<'_>, rules: &'r RuleSet) -> Vec<EstateVerdict<'r>> {
    let mut verdicts = Vec::new();
    for rule in rules.of_estate() {
        let told = match (&rule.plan, &rule.subject) {
            (Some(plan), _) if **plan == *"*" => estate.judge_any(rule),
            (Some(plan), _) => estate
                .plans
                .iter()
                .find(|state| state.plan.name == *plan)
                .and_then(|state| estate.judge_plan(state)),
            (None, Asked::Baseline(types)) => estate.judge_baseline(rule, types),
            _ => None,
        };
        if let Some((place, outcome)) = told {
            let verdict = Verdict { rule, subject: Subject::Resource(place.resource), outcome };
            verdicts.push(EstateVerdict { deployment: place.deployment, verdict });
        }
    }
    verdicts
}

type Told = Option<(Place, Outcome)>;

impl Estate<'_> {
    /// A plan that is declared as off is the rule's own business; here it is about one that nobody declares.
    fn judge_plan(&self, state: &PlanState) -> Told {
        let uncovered: Vec<&Protected> = state.workloads.iter().filter(|it| !it.covered).collect();
        let whole_subscription = state.plan.workloads.is_empty();
        if whole_subscription && !self.sets_plans() {
            return None;
        }
        let first = uncovered.first().map(|protected| protected.place);
        match self.status(state) {
            Status::Off => None,
            Status::On => {
                let place = state.workloads.first().map(|it| it.place).or_else(|| self.anchor())?;
                (!state.workloads.is_empty() || whole_subscription).then_some((place, Outcome::Holds))
            }
            _ if self.is_external() => None,
            status if self.is_owned() => {
                let place = if whole_subscription { self.anchor()? } else { first? };
                match status {
                    Status::Unknown(reasons) => Some((place, open(reasons))),
                    _ => {
                        let what = self.lacking(state, &uncovered);
                        Some((place, Outcome::Broken(Box::new(self.missing(place, what, &uncovered)))))
                    }
                }
            }
            _ => {
                let place = first?;
                let message = format!(
                    "Not shown here: Microsoft Defender for {} for {}",
                    &*state.plan.title,
                    counted(&uncovered)
                );
                let location = self.header(place);
                Some((place, Outcome::Review(Box::new(self.told(message, location, &uncovered)))))
            }
        }
    }

    /// Whether the code sets plans at all, or is said to be where that is done: the mildest sign of a baseline is too little to ask
    /// for plans that protect no workload in particular.
    fn sets_plans(&self) -> bool {
        self.baseline == Baseline::Owned || self.plans.iter().any(|state| !state.declared.is_empty())
    }

    fn lacking(&self, state: &PlanState, uncovered: &[&Protected]) -> String {
        let plan = format!("Microsoft Defender for {}", &*state.plan.title);
        if uncovered.is_empty() {
            return format!("The baseline does not switch on {plan}");
        }
        format!("The baseline does not switch on {plan}, which {} would need", counted(uncovered))
    }

    /// No plan at all is on.
    fn judge_any(&self, rule: &Rule) -> Told {
        let statuses: Vec<Status> = self.plans.iter().map(|state| self.status(state)).collect();
        let place = self.anchor()?;
        if statuses.contains(&Status::On) {
            return Some((place, Outcome::Holds));
        }
        if !self.is_owned() {
            return None;
        }
        let reasons: Vec<Reason> = statuses
            .into_iter()
            .filter_map(|status| match status {
                Status::Unknown(reasons) => Some(reasons),
                _ => None,
            })
            .flatten()
            .collect();
        if !reasons.is_empty() {
            return Some((place, open(reasons)));
        }
        let graph = &self.graphs[place.deployment];
        let message = fill(&rule.message, graph, place.resource, &Evidence::of_resource(place.resource), "");
        Some((place, Outcome::Broken(Box::new(self.missing(place, message, &[])))))
    }

    /// One resource of these types must be as the rule asks.
    fn judge_baseline(&self, rule: &Rule, types: &[Text]) -> Told {
        if !self.is_owned() {
            return None;
        }
        let Demand::Require(condition) = &rule.demand else { return None };
        let mut reasons: Vec<Reason> = Vec::new();
        for (deployment, graph) in self.graphs.iter().enumerate() {
            if let Some(resource) = self.satisfies(graph, types, condition, &mut reasons) {
                return Some((Place { deployment, resource }, Outcome::Holds));
            }
        }
        let place = self.anchor()?;
        reasons.extend(self.doubts().iter().cloned());
        if let Some(Owner::Module(..)) = self.owner {
            let text = "the landing zone's module is not on disk and may have it";
            reasons.push(Reason::new(crate::value::ReasonKind::Module, text));
        }
        if !reasons.is_empty() {
            return Some((place, open(reasons)));
        }
        let graph = &self.graphs[place.deployment];
        let message = fill(&rule.message, graph, place.resource, &Evidence::of_resource(place.resource), "");
        Some((place, Outcome::Broken(Box::new(self.missing(place, message, &[])))))
    }

    /// The first resource of a deployment that is as asked; why others may be.
    fn satisfies(
        &self,
        graph: &Graph<'_>,
        types: &[Text],
        condition: &Condition,
        reasons: &mut Vec<Reason>,
    ) -> Option<usize> {
        let context = Context::new(graph, true);
        for &index in types.iter().flat_map(|name| graph.of_type(name)) {
            if graph.resource(index).existing {
                continue;
            }
            let answer = Frame::of_resource(&context, index).ask(condition);
            match answer.truth {
                Truth::Holds if !graph.resource(index).conditional => return Some(index),
                Truth::Holds => {
                    let text = format!(
                        "'{}' is deployed only under a condition that is not known",
                        graph.resource(index).display_name()
                    );
                    reasons.push(super::collect::environment(text));
                }
                Truth::Undecided => {
                    reasons.extend(answer.causes.into_iter().flatten().flat_map(|evidence| evidence.reasons));
                }
                Truth::Broken => {}
            }
        }
        None
    }

    /// The resource to point at for what is missing: what shows that the baseline is owned, else the first resource.
    fn anchor(&self) -> Option<Place> {
        if let Some(Owner::Resource(place)) = self.owner {
            return Some(place);
        }
        let within = match self.owner {
            Some(Owner::Module(deployment, _)) => deployment..deployment + 1,
            _ => 0..self.graphs.len(),
        };
        let first = |deployment: usize| {
            let resources = &self.graphs[deployment].deployment().resources;
            let resource = resources.iter().position(|resource| !resource.existing && !resource.repeats)?;
            Some(Place { deployment, resource })
        };
        within.into_iter().find_map(first).or_else(|| (0..self.graphs.len()).find_map(first))
    }

    fn missing(&self, place: Place, message: String, workloads: &[&Protected]) -> Broken {
        let location = match self.owner {
            Some(Owner::Resource(place)) => self.header(place),
            Some(Owner::Module(_, span)) => span,
            None => self.header(place),
        };
        self.told(message, location, workloads)
    }

    fn told(&self, message: String, location: Span, workloads: &[&Protected]) -> Broken {
        let mut related = Vec::new();
        for protected in workloads {
            let span = self.header(protected.place);
            if span != location && related.len() < SHOWN && !related.iter().any(|(_, seen)| *seen == span) {
                let name = self.resource(protected.place).display_name();
                related.push((format!("{} '{name}'", &*protected.workload.called), span));
            }
        }
        Broken { message, property: None, location, value_span: None, value: None, severity: None, related }
    }

    fn header(&self, at: Place) -> Span {
        place(self.resource(at), &Evidence::of_resource(at.resource))
    }
}

fn open(reasons: Vec<Reason>) -> Outcome {
    const ENOUGH: usize = 4;
    let mut kept: Vec<Reason> = Vec::new();
    for reason in reasons {
        if kept.len() < ENOUGH && !kept.contains(&reason) {
            kept.push(reason);
        }
    }
    Outcome::Undecided(Undecided { property: None, reasons: kept })
}

/// "1 key vault", "3 machines", "2 container registries and 1 Kubernetes cluster".
pub(crate) fn counted(workloads: &[&Protected]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for protected in workloads {
        let called = &*protected.workload.called;
        match kinds.iter_mut().find(|(kind, _)| *kind == called) {
            Some((_, number)) => *number += 1,
            None => kinds.push((called, 1)),
        }
    }
    let parts: Vec<String> = kinds.into_iter().map(|(kind, number)| plural(number, kind)).collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

fn plural(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y'), what.split_once(" on ")) {
        (1, ..) => format!("1 {what}"),
        (_, _, Some((noun, rest))) => format!("{number} {noun}s on {rest}"),
        (_, Some(stem), _) => format!("{number} {stem}ies"),
        _ => format!("{number} {what}s"),
    }
}
