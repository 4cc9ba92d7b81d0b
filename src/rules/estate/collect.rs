//! One pass over all resources.

use rustc_hash::FxHashMap;

use crate::model::{Deployment, Graph, Resource, Scope};
use crate::value::{Kind, Piece, Reason, ReasonKind, Target, Unknown, Value};

use super::super::evaluate::{Context, Frame};
use super::super::format::{Condition, Workload};
use super::super::set::plans;
use super::super::truth::Truth;
use super::policy::{self, Assignments};
use super::{Baseline, Declared, Estate, Owner, Place, PlanState, Protected, Status};

/// The type that declares a plan.
const PRICINGS: &str = "Microsoft.Security/pricings";
/// The type that assigns a policy.
const ASSIGNMENTS: &str = "Microsoft.Authorization/policyAssignments";

/// What a resource of a type is good for.
#[derive(Clone, Copy)]
enum Role {
    /// A plan.
    Pricing,
    /// An assignment of a policy or initiative.
    Assignment,
    /// Something else that shows who owns the baseline.
    Baseline,
    /// A workload of the plan of this number.
    Workload(usize, &'static Workload),
}

/// What is known of each type, by its lower-case name.
fn roles() -> FxHashMap<String, Vec<Role>> {
    let table = plans();
    let mut roles: FxHashMap<String, Vec<Role>> = FxHashMap::default();
    let mut add = |name: &str, role: Role| roles.entry(name.to_ascii_lowercase()).or_default().push(role);
    add(PRICINGS, Role::Pricing);
    add(ASSIGNMENTS, Role::Assignment);
    for name in table.baseline.resources.iter().filter(|name| !name.eq_ignore_ascii_case(PRICINGS)) {
        add(name, Role::Baseline);
    }
    for (number, plan) in table.plans.iter().enumerate() {
        for workload in plan.workloads.iter() {
            workload.types.iter().for_each(|name| add(name, Role::Workload(number, workload)));
        }
    }
    roles
}

pub(super) fn collect<'a>(graphs: &'a [Graph<'a>], baseline: Baseline) -> Estate<'a> {
    let roles = roles();
    let table = plans();
    let plans = table
        .plans
        .iter()
        .map(|plan| PlanState { plan, declared: Vec::new(), elsewhere: Vec::new(), workloads: Vec::new() })
        .collect();
    let mut estate = Estate { graphs, baseline, owner: None, plans, doubts: Vec::new() };
    let mut assignments = Assignments::default();
    for (deployment, graph) in graphs.iter().enumerate() {
        let context = Context::new(graph, false);
        for (index, resource) in graph.deployment().resources.iter().enumerate() {
            if resource.existing || resource.repeats {
                continue;
            }
            let Some(roles) = roles.get(&resource.resource_type.as_str().to_ascii_lowercase()) else {
                continue;
            };
            let place = Place { deployment, resource: index };
            for role in roles {
                match role {
                    Role::Pricing => estate.add_pricing(place, resource),
                    Role::Assignment => {
                        if is_wide(graph.deployment(), resource) {
                            estate.add_owner(Owner::Resource(place));
                        }
                        assignments.places.push(place);
                    }
                    Role::Baseline => estate.add_owner(Owner::Resource(place)),
                    Role::Workload(plan, workload) => {
                        let ask =
                            |condition: &Condition| Frame::of_resource(&context, index).ask(condition).truth;
                        if workload.when.as_ref().is_some_and(|when| ask(when) != Truth::Holds) {
                            continue;
                        }
                        let covered = workload.covered.as_ref().is_some_and(|own| ask(own) == Truth::Holds);
                        estate.plans[*plan].workloads.push(Protected { place, workload, covered });
                    }
                }
            }
        }
        estate.add_modules(deployment, graph.deployment());
    }
    policy::apply(&mut estate, &assignments);
    estate
}

impl Estate<'_> {
    /// A resource says more than a module, a plan more than another resource.
    fn add_owner(&mut self, owner: Owner) {
        let replaces = match (&self.owner, owner) {
            (None, _) => true,
            (Some(Owner::Module(..)), Owner::Resource(_)) => true,
            (Some(Owner::Resource(known)), Owner::Resource(new)) => {
                // Among plans of one deployment the first by name, so that the order of a loop does not matter.
                let rank = |place: Place| {
                    let resource = self.resource(place);
                    (
                        !resource.resource_type.is(PRICINGS),
                        place.deployment,
                        resource.display_name().to_lowercase(),
                    )
                };
                let (known, new) = (rank(*known), rank(new));
                !new.0 && new < known
            }
            _ => false,
        };
        if replaces {
            self.owner = Some(owner);
        }
    }

    fn add_pricing(&mut self, place: Place, resource: &Resource) {
        // As an extension of one resource it says nothing of the subscription.
        if resource.scope.as_ref().is_some_and(|scope| !is_subscription(scope)) {
            return;
        }
        self.add_owner(Owner::Resource(place));
        let names = resource.name.alternatives();
        let known: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        if known.len() < names.len() || known.is_empty() {
            let reasons = match Unknown::because_of([&resource.name]) {
                Some(unknown) => unknown.reasons.to_vec(),
                None => vec![environment("the name of a Defender plan is not known")],
            };
            self.doubt(reasons);
        }
        let mut declared = declared(place, resource);
        if names.len() > 1 {
            declared.status = Status::Unknown(vec![environment("which Defender plan is set is not known")]);
        }
        for name in known {
            let short = name.rsplit('/').next().unwrap_or(name);
            if let Some(state) =
                self.plans.iter_mut().find(|state| state.plan.name.eq_ignore_ascii_case(short))
            {
                state.declared.push(declared.clone());
            }
        }
    }

    fn add_modules(&mut self, deployment: usize, of: &Deployment) {
        let table = plans();
        for module in &of.absent_modules {
            let has = |part: &str| contains_fold(&module.source, part);
            let landing_zone = table.baseline.modules.iter().find(|zone| has(&zone.source));
            if let Some(zone) = landing_zone {
                self.add_owner(Owner::Module(deployment, module.header));
                policy::apply_module(self, deployment, module, zone);
            } else if !table.baseline.workload_modules.iter().any(|source| has(source)) {
                let text = format!("the module {} is not on disk and may set it", module.source);
                self.doubt(vec![Reason::new(ReasonKind::Module, text)]);
            }
        }
        if of.unresolved_modules > 0 && of.absent_modules.is_empty() {
            self.doubt(vec![Reason::new(ReasonKind::Module, "a module that is not on disk may set it")]);
        }
    }

    /// Keeps some reasons, each once.
    pub(super) fn doubt(&mut self, reasons: Vec<Reason>) {
        const ENOUGH: usize = 4;
        for reason in reasons {
            if self.doubts.len() < ENOUGH && !self.doubts.contains(&reason) {
                self.doubts.push(reason);
            }
        }
    }
}

pub(super) fn environment(text: impl Into<std::sync::Arc<str>>) -> Reason {
    Reason::new(ReasonKind::Environment, text)
}

/// What is at a path of property names below a value.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.as_object()?.value(key))
}

fn declared(place: Place, resource: &Resource) -> Declared {
    let properties = at(&resource.body, &["properties"]);
    let member = |name: &str| properties.and_then(|properties| at(properties, &[name]));
    let status = match member("pricingTier") {
        Some(tier) if tier.is_unknown() || tier.as_reference().is_some() => {
            let unknown = Unknown::because_of([tier]);
            Status::Unknown(unknown.map_or_else(
                || vec![environment("its tier is known only after deployment")],
                |unknown| unknown.reasons.to_vec(),
            ))
        }
        Some(tier) if tier.as_str().is_some_and(|tier| tier.eq_ignore_ascii_case("Standard")) => {
            if resource.conditional {
                Status::Unknown(vec![environment("it is deployed only under a condition that is not known")])
            } else {
                Status::On
            }
        }
        None if properties
            .is_none_or(|properties| properties.as_object().is_none_or(|it| !it.is_closed())) =>
        {
            Status::Unknown(vec![environment("its tier is not known")])
        }
        _ => Status::Off,
    };
    let items = member("extensions").and_then(Value::as_array).map(|array| array.values());
    let extensions = items
        .into_iter()
        .flatten()
        .filter(|extension| at(extension, &["isEnabled"]).is_some_and(is_true))
        .filter_map(|extension| at(extension, &["name"])?.as_str().map(str::to_owned))
        .collect();
    let sub_plan = member("subPlan").and_then(Value::as_str).map(str::to_owned);
    Declared { place, status, sub_plan, extensions }
}

/// `true`, or the text of it, which Defender's extensions take.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Whether a scope is a subscription: known, or by the form of its id.
fn is_subscription(scope: &Value) -> bool {
    match &scope.kind {
        Kind::Reference(reference) => {
            let name = reference.target.resource_type();
            name.eq_ignore_ascii_case("Microsoft.Resources/subscriptions")
        }
        Kind::String(text) => is_wide_id(text),
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref() {
            Some([Piece::Text(start), Piece::Hole(_)]) => start.eq_ignore_ascii_case("/subscriptions/"),
            _ => false,
        },
        _ => false,
    }
}

fn is_wide_id(text: &str) -> bool {
    let folded = text.to_ascii_lowercase();
    folded.starts_with("/providers/microsoft.management/")
        || folded
            .strip_prefix("/subscriptions/")
            .is_some_and(|rest| !rest.trim_end_matches('/').contains('/'))
}

/// Whether a resource is deployed to, or extends, a subscription, a management group or the tenant.
fn is_wide(deployment: &Deployment, resource: &Resource) -> bool {
    let Some(scope) = &resource.scope else {
        return matches!(
            deployment.scope,
            Some(Scope::Subscription | Scope::ManagementGroup | Scope::Tenant)
        );
    };
    match &scope.kind {
        Kind::Reference(reference) => {
            let wide = [
                "Microsoft.Resources/subscriptions",
                "Microsoft.Management/managementGroups",
                "Microsoft.Resources/tenants",
                "Microsoft.Subscription/aliases",
            ];
            let name = match &reference.target {
                Target::Declared { resource_type, .. }
                | Target::Id { resource_type, .. }
                | Target::Scope { resource_type, .. } => resource_type,
            };
            wide.iter().any(|wide| name.eq_ignore_ascii_case(wide))
        }
        Kind::String(text) => is_wide_id(text),
        _ => is_subscription(scope),
    }
}

/// Whether `text` holds `part`, without regard to case.
pub(super) fn contains_fold(text: &str, part: &str) -> bool {
    text.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
}
