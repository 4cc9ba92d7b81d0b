//! Facts about all that is scanned together.
//!
//! Defender plans, contacts, exports and policy assignments hold for a whole subscription and mostly stand in another root than the
//! workloads that they protect. An [`Estate`] is made once from all deployments, in one pass over their resources: whether the
//! scanned code owns the baseline, which plans are on, off or not known, and which workloads there are. Rules about the baseline
//! are asked of it by [`check_estate`](super::check_estate).

mod collect;
mod judge;
mod policy;

use crate::model::{Deployment, Graph, Resource};
use crate::source::Span;
use crate::value::Reason;

use super::format::{Plan, Workload};

pub(crate) use judge::counted;
pub use judge::{EstateVerdict, check_estate};

/// Who looks after the baseline of the subscriptions: their Defender plans, security contacts, exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// Whoever the code shows: it is owned where the code declares a part of it.
    #[default]
    Auto,
    /// The scanned code: what is missing in it is a finding.
    Owned,
    /// Somebody else: nothing is said of what is missing.
    External,
}

/// A resource of one of the deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The index of the deployment.
    pub deployment: usize,
    /// The index of the resource in it.
    pub resource: usize,
}

/// Whether a plan is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    On,
    /// It is declared, and off.
    Off,
    /// It can't be told, for these reasons.
    Unknown(Vec<Reason>),
    /// Nothing that is scanned sets it.
    Missing,
}

/// A plan as its `Microsoft.Security/pricings` says it.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Where.
    pub place: Place,
    /// On, off or unknown.
    pub status: Status,
    /// The sub-plan, where it is written.
    pub sub_plan: Option<String>,
    /// The extensions that are switched on.
    pub extensions: Vec<String>,
}

/// What else sets a plan: a policy assignment, a landing zone's module.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The index of the deployment.
    pub deployment: usize,
    /// Where it stands.
    pub span: Span,
    /// What it is: "policy assignment 'mdfc'".
    pub what: String,
    /// On, off or unknown.
    pub status: Status,
}

/// A resource that a plan protects.
#[derive(Clone, Copy, Debug)]
pub struct Protected {
    /// Where.
    pub place: Place,
    /// What kind of workload.
    pub workload: &'static Workload,
    /// Whether a setting of its own does what the plan would.
    pub covered: bool,
}

/// A plan, what sets it, and what it protects.
#[derive(Clone, Debug)]
pub struct PlanState {
    /// The plan.
    pub plan: &'static Plan,
    /// Where it is declared.
    pub declared: Vec<Declared>,
    /// What else sets it.
    pub elsewhere: Vec<Elsewhere>,
    /// Its workloads.
    pub workloads: Vec<Protected>,
}

/// What shows that the code owns the baseline.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A resource.
    Resource(Place),
    /// A call of a landing zone's module that is not on disk: of a deployment, at its header.
    Module(usize, Span),
}

/// What all deployments of a scan say together.
pub struct Estate<'a> {
    graphs: &'a [Graph<'a>],
    baseline: Baseline,
    owner: Option<Owner>,
    /// The plans, in the order of the table.
    pub plans: Vec<PlanState>,
    /// Why plans and other parts of a baseline may be set where nothing of it is seen.
    doubts: Vec<Reason>,
}

impl<'a> Estate<'a> {
    /// The estate of all deployments of a scan, by their graphs.
    pub fn new(graphs: &'a [Graph<'a>], baseline: Baseline) -> Self {
        collect::collect(graphs, baseline)
    }

    /// Whether what is missing in the baseline is a finding.
    pub fn is_owned(&self) -> bool {
        match self.baseline {
            Baseline::Owned => true,
            Baseline::External => false,
            Baseline::Auto => self.owner.is_some(),
        }
    }

    /// Whether somebody else looks after the baseline, by the user's word.
    pub fn is_external(&self) -> bool {
        self.baseline == Baseline::External
    }

    /// What shows that the code owns the baseline.
    pub fn owner(&self) -> Option<Owner> {
        self.owner
    }

    /// The graphs of the deployments.
    pub fn graphs(&self) -> &'a [Graph<'a>] {
        self.graphs
    }

    /// A deployment.
    pub fn deployment(&self, index: usize) -> &'a Deployment {
        self.graphs[index].deployment()
    }

    /// A resource.
    pub fn resource(&self, place: Place) -> &'a Resource {
        self.graphs[place.deployment].resource(place.resource)
    }

    /// Whether a plan is on. Where nothing says so, what may hide it leaves it open.
    pub fn status(&self, state: &PlanState) -> Status {
        let all = || {
            let declared = state.declared.iter().map(|declared| &declared.status);
            declared.chain(state.elsewhere.iter().map(|elsewhere| &elsewhere.status))
        };
        if all().any(|status| *status == Status::On) {
            return Status::On;
        }
        let mut reasons: Vec<Reason> = Vec::new();
        for status in all() {
            if let Status::Unknown(more) = status {
                reasons.extend(more.iter().cloned());
            }
        }
        if !reasons.is_empty() {
            return Status::Unknown(reasons);
        }
        if state.declared.iter().any(|declared| declared.status == Status::Off) {
            return Status::Off;
        }
        if !self.doubts.is_empty() {
            return Status::Unknown(self.doubts.clone());
        }
        Status::Missing
    }

    /// Why something of a baseline that is not seen may be there all the same.
    pub(super) fn doubts(&self) -> &[Reason] {
        &self.doubts
    }
}

#[cfg(test)]
mod tests;
