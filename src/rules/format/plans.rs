//! Reads `plans.yaml`: the Defender plans, what they protect, and what shows that scanned code owns a subscription's baseline.

use super::decode::{Errors, Fields};
use super::node::{Data, Node};
use super::reader::condition;
use super::{Condition, List, RuleError, Text};

/// Everything in `plans.yaml`.
#[derive(Clone, Debug)]
pub struct Plans {
    /// What only whoever looks after a whole subscription declares.
    pub baseline: Ownership,
    /// The plans, in the order in which tables show them.
    pub plans: List<Plan>,
}

/// What shows that the scanned code owns the baseline of its subscriptions.
#[derive(Clone, Debug)]
pub struct Ownership {
    /// ARM types that do so wherever they stand.
    pub resources: List<Text>,
    /// ARM types that do so at a subscription or above.
    pub wide: List<Text>,
    /// Sources of modules that deploy a landing zone, without version.
    pub modules: List<LandingZone>,
    /// Sources of modules that deploy single workloads and no baseline, without version: their absence hides no plan.
    pub workload_modules: List<Text>,
}

/// A module that deploys a landing zone.
#[derive(Clone, Debug)]
pub struct LandingZone {
    /// A part of its source.
    pub source: Text,
    /// The way through its arguments to its Defender settings, in which each plan has a key of its own.
    pub settings: List<Text>,
}

/// A Defender plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name of its `Microsoft.Security/pricings`.
    pub name: Text,
    /// What people call it, after "Defender for".
    pub title: Text,
    /// What it protects; empty for what protects the subscription as a whole.
    pub workloads: List<Workload>,
    /// Built-in policies and initiatives that switch it on where they are assigned.
    pub policies: List<Text>,
    /// The parameter of the landing zones' initiative `Deploy-MDFC-Config` that switches it on.
    pub initiative_parameter: Option<Text>,
    /// Its key in a landing zone module's settings.
    pub module_setting: Option<Text>,
}

/// Resources that a plan protects.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Their ARM types.
    pub types: List<Text>,
    /// What people call one of them.
    pub called: Text,
    /// Which of them it protects.
    pub when: Option<Condition>,
    /// What a single resource sets that does the same for it without the plan.
    pub covered: Option<Condition>,
}

/// Reads the file.
///
/// # Errors
/// Everything that is wrong in it.
pub fn parse_plans(text: &str) -> Result<Plans, Vec<RuleError>> {
    let mut errors = Errors::default();
    let plans = match Node::parse(text, 0) {
        Ok(node) => read(&node, &mut errors),
        Err(error) => return Err(vec![error]),
    };
    match plans {
        Some(plans) if errors.0.is_empty() => Ok(plans),
        _ => Err(errors.0),
    }
}

fn read(node: &Node, errors: &mut Errors) -> Option<Plans> {
    let mut fields = errors.fields("the file", node)?;
    let baseline = fields.require("baseline", errors).and_then(|node| ownership(node, errors));
    let plans = fields.require("plans", errors).map(|node| items(node, errors, plan));
    fields.finish(&["baseline", "plans"], errors);
    Some(Plans { baseline: baseline?, plans: plans? })
}

fn items<T>(
    node: &Node,
    errors: &mut Errors,
    mut read: impl FnMut(&Node, &mut Errors) -> Option<T>,
) -> List<T> {
    let Data::List(nodes) = &node.data else {
        errors.expected("a list", node);
        return List::default();
    };
    nodes.iter().filter_map(|node| read(node, errors)).collect()
}

fn ownership(node: &Node, errors: &mut Errors) -> Option<Ownership> {
    let mut fields = errors.fields("the baseline", node)?;
    let ownership = Ownership {
        resources: texts(&mut fields, "resources", errors),
        wide: texts(&mut fields, "wide", errors),
        modules: fields.take("modules").map(|node| items(node, errors, landing_zone)).unwrap_or_default(),
        workload_modules: texts(&mut fields, "workloadModules", errors),
    };
    fields.finish(&["resources", "wide", "modules", "workloadModules"], errors);
    Some(ownership)
}

fn landing_zone(node: &Node, errors: &mut Errors) -> Option<LandingZone> {
    let mut fields = errors.fields("a module", node)?;
    let source = fields.require("source", errors).and_then(|node| errors.text(node));
    let settings = texts(&mut fields, "settings", errors);
    fields.finish(&["source", "settings"], errors);
    Some(LandingZone { source: source?, settings })
}

fn plan(node: &Node, errors: &mut Errors) -> Option<Plan> {
    let mut fields = errors.fields("a plan", node)?;
    let name = fields.require("name", errors).and_then(|node| errors.text(node));
    let title = fields.require("title", errors).and_then(|node| errors.text(node));
    let workloads = fields.take("workloads").map(|node| items(node, errors, workload)).unwrap_or_default();
    let policies = texts(&mut fields, "policies", errors);
    let initiative_parameter = fields.take("initiativeParameter").and_then(|node| errors.text(node));
    let module_setting = fields.take("moduleSetting").and_then(|node| errors.text(node));
    fields
        .finish(&["name", "title", "workloads", "policies", "initiativeParameter", "moduleSetting"], errors);
    Some(Plan { name: name?, title: title?, workloads, policies, initiative_parameter, module_setting })
}

fn workload(node: &Node, errors: &mut Errors) -> Option<Workload> {
    let mut fields = errors.fields("a workload", node)?;
    let types = texts(&mut fields, "types", errors);
    let called = fields.require("called", errors).and_then(|node| errors.text(node));
    let when = fields.take("when").and_then(|node| condition(node, 0, errors));
    let covered = fields.take("covered").and_then(|node| condition(node, 0, errors));
    fields.finish(&["types", "called", "when", "covered"], errors);
    Some(Workload { types, called: called?, when, covered })
}

fn texts(fields: &mut Fields<'_>, key: &str, errors: &mut Errors) -> List<Text> {
    fields.take(key).map(|node| errors.texts(node).into()).unwrap_or_default()
}
