//! What it means for the rest of the network that a security rule opens something.

use super::endpoints::{Endpoint, of_interface};
use super::security::Protocol;
use super::{Addresses, Network, Ranges};

/// Where a security group stands with what one of its rules opens.
#[derive(Clone, Debug)]
pub enum Standing<'n> {
    /// Nothing in the deployment is attached to the group.
    Unattached,
    /// Something is attached, and another group closes to all of it what the rule opens.
    Closed,
    /// Something is attached; nothing shows that it can be reached from the Internet, or that it cannot.
    Attached,
    /// These can surely be reached through the rule.
    Reached(Vec<&'n Endpoint>),
}

/// Groups with more interfaces behind them are not asked for each.
const MAX_INTERFACES: usize = 64;

impl<'a> Network<'a> {
    /// What can be reached on machines, worked out once.
    pub fn machines(&self) -> &[Endpoint] {
        self.machines.get_or_init(|| {
            let mut found = Vec::new();
            for interface in &self.topology().interfaces {
                of_interface(self, interface, &mut found);
            }
            found
        })
    }

    /// Where the group stands with what its rule at `rule` opens on these ports.
    pub fn standing(
        &self,
        group: usize,
        rule: usize,
        protocols: &[Protocol],
        ports: &Ranges,
    ) -> Standing<'_> {
        let topology = self.topology();
        let list = |table: &rustc_hash::FxHashMap<usize, Vec<usize>>, key: usize| {
            table.get(&key).cloned().unwrap_or_default()
        };
        let subnets = list(&topology.group_subnets, group);
        let mut interfaces = list(&topology.group_interfaces, group);
        if subnets.is_empty() && interfaces.is_empty() {
            return Standing::Unattached;
        }
        interfaces.extend(subnets.iter().flat_map(|subnet| list(&topology.in_subnet, *subnet)));
        let rules = self.rules_of(group);
        let Some(own) = rules.rules.get(rule) else { return Standing::Attached };
        let reached: Vec<&Endpoint> = self
            .machines()
            .iter()
            .filter(|endpoint| {
                endpoint.undecided.is_empty()
                    && endpoint.protocols.iter().any(|protocol| protocols.contains(protocol))
                    && !endpoint.target_ports.and(ports).is_empty()
                    && endpoint.sources.is_internet()
                    && endpoint
                        .steps
                        .iter()
                        .any(|step| (step.resource, step.span) == (own.resource, own.span))
            })
            .collect();
        if !reached.is_empty() {
            return Standing::Reached(reached);
        }
        if interfaces.is_empty() || interfaces.len() > MAX_INTERFACES {
            return Standing::Attached;
        }
        let opens = interfaces.iter().filter_map(|index| topology.interfaces.get(*index)).any(|interface| {
            protocols.iter().any(|protocol| {
                self.passages(interface, Some(true), false, *protocol).iter().any(|passage| {
                    passage.rules.contains(&(group, Some(rule)))
                        && !passage.perhaps.to_ports(ports).with(&Addresses::internet()).is_empty()
                })
            })
        });
        if opens { Standing::Attached } else { Standing::Closed }
    }
}
