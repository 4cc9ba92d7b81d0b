//! From verdicts to points.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Graph, Resource};
use crate::rules::{Outcome, Rule, RuleSet, Subject, check_all};
use crate::value::{Kind, Target, Value};

use super::table::{ScoreTable, TableControl};
use super::{ENOUGH_POINTS, GOAL, MINIMUM};

/// The projected score of all that was scanned.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    /// One a subscription.
    pub subscriptions: Vec<Subscription>,
    /// Low and high of all of them, weighted by their resources; `None` without a judged resource.
    pub overall: Option<(f64, f64)>,
    /// Points of all controls of the table.
    pub points: f64,
    /// For each control of the table: its name, how many of its recommendations rules judge, and how many it has.
    pub judged: Vec<(String, usize, usize)>,
}

/// A subscription: one that the code names, or else what a root deploys to.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The id that the code names.
    pub id: Option<String>,
    /// The root.
    pub root: Arc<str>,
    /// The parameter file that the root was evaluated with.
    pub parameters: Option<Arc<str>>,
    /// The controls that have resources, in the order of the table.
    pub controls: Vec<Control>,
    /// What to mend first: resources, each with the percentage that it lifts the low end by.
    pub steps: Vec<Step>,
    /// Judged resources; one that several controls judge counts for each.
    pub resources: usize,
}

/// A control in a subscription.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its name.
    pub name: String,
    /// Its highest number of points.
    pub points: f64,
    /// Its resources.
    pub tally: Tally,
    /// The rules that resources break or leave open, with the number of resources, most first.
    pub rules: Vec<(String, usize)>,
}

/// The resources of a control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// No recommendation is broken.
    pub healthy: usize,
    /// One is.
    pub unhealthy: usize,
    /// None is, but one can't be decided.
    pub undecided: usize,
}

/// A resource that breaks something.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its address.
    pub address: Arc<str>,
    /// What it breaks, control by control.
    pub failing: Vec<Failing>,
    /// How many percent the low end gains when all of that is mended.
    pub gain: f64,
}

/// What a resource breaks in a control.
#[derive(Clone, Debug)]
pub struct Failing {
    /// The control.
    pub control: String,
    /// The rules that are broken.
    pub rules: Vec<String>,
}

impl Tally {
    /// All of them.
    pub fn total(self) -> usize {
        self.healthy + self.unhealthy + self.undecided
    }

    /// The points of `points`: where what can't be decided is broken, and where it is not.
    #[allow(clippy::cast_precision_loss)] // numbers of resources are far below 2^52
    pub fn current(self, points: f64) -> (f64, f64) {
        let share = |healthy: usize| match self.total() {
            0 => 0.0,
            total => points * healthy as f64 / total as f64,
        };
        (share(self.healthy), share(self.healthy + self.undecided))
    }
}

impl Control {
    /// How many points more there are when everything is mended, from the low end.
    pub fn potential(&self) -> f64 {
        self.points - self.tally.current(self.points).0
    }
}

impl Subscription {
    /// Points of the controls that have resources.
    pub fn judged_points(&self) -> f64 {
        self.controls.iter().map(|control| control.points).sum()
    }

    /// Low and high, in percent; `None` where no control has resources.
    pub fn score(&self) -> Option<(f64, f64)> {
        let points = self.judged_points();
        if points <= 0.0 {
            return None;
        }
        let (low, high) = self.controls.iter().fold((0.0, 0.0), |(low, high), control| {
            let current = control.tally.current(control.points);
            (low + current.0, high + current.1)
        });
        Some((low / points * 100.0, high / points * 100.0))
    }

    /// Whether enough is judged for the score to say something.
    pub fn is_telling(&self) -> bool {
        self.judged_points() >= ENOUGH_POINTS
    }

    /// How many resources must be mended, in the order of [`Self::steps`], to reach a percentage; `None` if it is reached, or can't be.
    pub fn steps_to(&self, percent: f64) -> Option<usize> {
        let (mut reached, _) = self.score()?;
        if reached >= percent {
            return None;
        }
        for (index, step) in self.steps.iter().enumerate() {
            reached += step.gain;
            if reached + 1e-9 >= percent {
                return Some(index + 1);
            }
        }
        None
    }

    /// The steps to the lowest score that is accepted, and to the goal.
    pub fn path(&self) -> [(f64, Option<usize>); 2] {
        [MINIMUM, GOAL].map(|percent| (percent, self.steps_to(percent)))
    }
}

/// What a resource is for a control; a later one is worse.
#[derive(Clone, Debug, Default)]
struct State {
    unhealthy: bool,
    undecided: bool,
    /// The rules that are broken, or else left open.
    rules: Vec<Arc<str>>,
}

/// What counts for what.
struct Counting {
    /// The controls that a rule counts for, by its id.
    controls: FxHashMap<String, Vec<usize>>,
    /// As in [`Projection::judged`].
    judged: Vec<(String, usize, usize)>,
}

/// Which controls a rule counts for.
fn controls_of(table: &ScoreTable, rules: &RuleSet) -> Counting {
    let mut by_policy: FxHashMap<String, Vec<&Rule>> = FxHashMap::default();
    for rule in rules.all() {
        let policies = rule.equivalents.iter().filter(|(peer, _)| **peer == *"azure-policy");
        for policy in policies.flat_map(|(_, ids)| ids.iter()) {
            by_policy.entry(policy.to_ascii_lowercase()).or_default().push(rule);
        }
    }
    let mut controls: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    let mut judged = Vec::new();
    for (number, control) in table.controls.iter().enumerate() {
        let mut with_rules = 0;
        for recommendation in &control.recommendations {
            let named = recommendation.rules.iter().filter_map(|id| rules.get(id));
            let equivalent =
                by_policy.get(&recommendation.policy.to_ascii_lowercase()).into_iter().flatten().copied();
            let mut any = false;
            for rule in
                named.chain(equivalent).filter(|rule| rule.resource_types().iter().all(|name| **name != *"*"))
            {
                // a rule about a plan or a baseline is about no resource
                if rule.is_about_estate() {
                    continue;
                }
                any = true;
                let of_rule = controls.entry(rule.id.to_string()).or_default();
                if !of_rule.contains(&number) {
                    of_rule.push(number);
                }
            }
            with_rules += usize::from(any);
        }
        judged.push((control.name.clone(), with_rules, control.recommendations.len()));
    }
    Counting { controls, judged }
}

/// Projects the score of the deployments of a scan. Which of `rules` are on does not matter: the table says which count.
pub fn project(graphs: &[Graph<'_>], rules: &RuleSet, table: &ScoreTable) -> Projection {
    let Counting { controls, judged } = controls_of(table, rules);
    let ids: Vec<&String> = controls.keys().collect();
    let counted = match rules.clone().only(&ids) {
        Ok(counted) => counted,
        // the ids are of rules that are there
        Err(_) => return Projection::default(),
    };
    let mut subscriptions = Vec::new();
    for graph in graphs {
        for (id, states) in states(graph, &counted, &controls) {
            subscriptions.push(subscription(graph, id, &states, &table.controls));
        }
    }
    subscriptions.retain(|subscription| !subscription.controls.is_empty());
    let overall = overall(&subscriptions);
    Projection { subscriptions, overall, points: table.points(), judged }
}

/// The resources of each subscription by their index and the control's number.
type States = BTreeMap<(usize, usize), State>;

fn states(
    graph: &Graph<'_>,
    rules: &RuleSet,
    controls: &FxHashMap<String, Vec<usize>>,
) -> BTreeMap<Option<String>, States> {
    let mut all: BTreeMap<Option<String>, States> = BTreeMap::new();
    for verdict in check_all(graph, rules) {
        let Subject::Resource(index) = verdict.subject else { continue };
        let Some(numbers) = controls.get(&*verdict.rule.id) else { continue };
        // Defender counts the resource, not its parts
        let whole = whole(graph, index);
        let id = subscription_id(graph.resource(whole)).or_else(|| subscription_id(graph.resource(index)));
        let of_subscription = all.entry(id).or_default();
        for number in numbers {
            let state = of_subscription.entry((whole, *number)).or_default();
            let rule = || Arc::from(&*verdict.rule.id);
            match verdict.outcome {
                Outcome::Broken(_) => {
                    if !state.unhealthy {
                        state.rules.clear();
                    }
                    state.unhealthy = true;
                    if !state.rules.iter().any(|known| **known == *verdict.rule.id) {
                        state.rules.push(rule());
                    }
                }
                Outcome::Undecided(_) if !state.unhealthy => {
                    state.undecided = true;
                    if !state.rules.iter().any(|known| **known == *verdict.rule.id) {
                        state.rules.push(rule());
                    }
                }
                _ => {}
            }
        }
    }
    all
}

fn whole(graph: &Graph<'_>, index: usize) -> usize {
    let mut at = index;
    // types have few segments
    for _ in 0..16 {
        match graph.parent(at) {
            Some(parent) if parent != at => at = parent,
            _ => break,
        }
    }
    at
}

/// The subscription that a resource's scope names.
fn subscription_id(resource: &Resource) -> Option<String> {
    match &resource.scope.as_ref()?.kind {
        Kind::String(text) => {
            let rest = text.strip_prefix("/subscriptions/")?;
            Some(rest.split('/').next()?.to_ascii_lowercase()).filter(|id| !id.is_empty())
        }
        Kind::Reference(reference) => match &reference.target {
            Target::Scope { resource_type, names }
                if resource_type.eq_ignore_ascii_case("Microsoft.Resources/subscriptions") =>
            {
                names.last().and_then(Value::as_str).map(str::to_ascii_lowercase)
            }
            _ => None,
        },
        _ => None,
    }
}

fn subscription(
    graph: &Graph<'_>,
    id: Option<String>,
    states: &States,
    table: &[TableControl],
) -> Subscription {
    let mut tallies = vec![Tally::default(); table.len()];
    let mut rules: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); table.len()];
    for ((_, number), state) in states {
        let tally = &mut tallies[*number];
        match (state.unhealthy, state.undecided) {
            (true, _) => tally.unhealthy += 1,
            (false, true) => tally.undecided += 1,
            (false, false) => tally.healthy += 1,
        }
        for rule in &state.rules {
            *rules[*number].entry(rule).or_default() += 1;
        }
    }
    let mut controls = Vec::new();
    for ((control, tally), rules) in table.iter().zip(&tallies).zip(rules) {
        if tally.total() == 0 || control.points <= 0.0 {
            continue;
        }
        let mut rules: Vec<(String, usize)> =
            rules.into_iter().map(|(rule, number)| (rule.to_owned(), number)).collect();
        rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        controls.push(Control { name: control.name.clone(), points: control.points, tally: *tally, rules });
    }
    let points: f64 = controls.iter().map(|control| control.points).sum();
    let steps = steps(graph, states, table, &tallies, points);
    let deployment = graph.deployment();
    Subscription {
        id,
        root: Arc::clone(&deployment.path),
        parameters: deployment.parameter_file.clone(),
        resources: tallies.iter().map(|tally| tally.total()).sum(),
        controls,
        steps,
    }
}

/// The resources that break something, those first that lift the score most.
fn steps(
    graph: &Graph<'_>,
    states: &States,
    table: &[TableControl],
    tallies: &[Tally],
    points: f64,
) -> Vec<Step> {
    let mut steps: BTreeMap<usize, Step> = BTreeMap::new();
    for ((resource, number), state) in states.iter().filter(|(_, state)| state.unhealthy) {
        let control = &table[*number];
        let total = tallies[*number].total();
        if total == 0 || control.points <= 0.0 || points <= 0.0 {
            continue;
        }
        let step = steps.entry(*resource).or_insert_with(|| Step {
            address: Arc::clone(&graph.resource(*resource).address),
            failing: Vec::new(),
            gain: 0.0,
        });
        #[allow(clippy::cast_precision_loss)] // numbers of resources are far below 2^52
        let share = control.points / total as f64;
        step.gain += share / points * 100.0;
        let rules = state.rules.iter().map(ToString::to_string).collect();
        step.failing.push(Failing { control: control.name.clone(), rules });
    }
    let mut steps: Vec<Step> = steps.into_values().collect();
    // stable: equal gains stay in the order of the code
    steps.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    steps
}

/// The average of the subscriptions, weighted by their resources.
fn overall(subscriptions: &[Subscription]) -> Option<(f64, f64)> {
    let mut weights = 0.0;
    let (mut low, mut high) = (0.0, 0.0);
    for subscription in subscriptions {
        let Some(score) = subscription.score() else { continue };
        #[allow(clippy::cast_precision_loss)] // numbers of resources are far below 2^52
        let weight = subscription.resources as f64;
        weights += weight;
        low += weight * score.0;
        high += weight * score.1;
    }
    (weights > 0.0).then(|| (low / weights, high / weights))
}
