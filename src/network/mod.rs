//! The network of a deployment: what is attached to what, what its security groups let through, and what is reachable from the
//! Internet.
//!
//! It reads the model only. Rules ask it about a group, the `exposure` command about everything; so it lies below both. Answers are
//! three-valued: what is not known (a prefix, a priority, a subnet that is declared elsewhere) leaves a question undecided.
//!
//! Facts: [how security groups filter traffic](https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works),
//! [security rules and service tags](https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview),
//! [public addresses by SKU](https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku).

mod addresses;
mod balancers;
mod endpoints;
mod evaluate;
mod fronts;
mod gates;
mod links;
mod listeners;
mod look;
mod ranges;
mod security;
mod services;
mod standing;
#[cfg(test)]
mod tests;
mod topology;

pub use addresses::{Addresses, Tags, bounds};
pub use endpoints::{Endpoint, EndpointKind, Step, endpoints};
pub use evaluate::{Asked, Near, Opening, Piece, Region, doubts, opening, openings};
pub use gates::{Gate, Passage};
pub use links::{Link, Spot};
pub use listeners::{Listener, listeners};
pub use look::{Texts, texts};
pub use ranges::Ranges;
pub use security::{
    Bounds, Protocol, RULE_TYPE, SecurityRule, SecurityRules, Side, describe_ports, parse_ports,
};
pub use standing::Standing;
pub use topology::{Interface, PublicAddress, Subnet, Topology};

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::model::Graph;

/// The network of one deployment. Everything in it is worked out when it is first asked for, and kept.
pub struct Network<'a> {
    graph: &'a Graph<'a>,
    topology: OnceCell<Topology<'a>>,
    balancers: OnceCell<balancers::Balancers>,
    groups: RefCell<FxHashMap<usize, Rc<SecurityRules<'a>>>>,
    machines: OnceCell<Vec<Endpoint>>,
}

impl<'a> Network<'a> {
    /// The network of a deployment; nothing is worked out yet.
    pub fn new(graph: &'a Graph<'a>) -> Self {
        Network {
            graph,
            topology: OnceCell::new(),
            balancers: OnceCell::new(),
            groups: RefCell::new(FxHashMap::default()),
            machines: OnceCell::new(),
        }
    }

    /// The resources.
    pub fn graph(&self) -> &'a Graph<'a> {
        self.graph
    }

    /// What is attached to what.
    pub fn topology(&self) -> &Topology<'a> {
        self.topology.get_or_init(|| Topology::new(self.graph))
    }

    /// The rules of a security group.
    pub fn rules_of(&self, group: usize) -> Rc<SecurityRules<'a>> {
        let known = self.groups.borrow().get(&group).map(Rc::clone);
        known.unwrap_or_else(|| {
            let rules = Rc::new(SecurityRules::of_group(self.graph, group));
            self.groups.borrow_mut().insert(group, Rc::clone(&rules));
            rules
        })
    }

    fn balancers(&self) -> &balancers::Balancers {
        self.balancers.get_or_init(|| balancers::Balancers::new(self.graph))
    }
}
