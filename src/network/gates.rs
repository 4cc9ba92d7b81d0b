//! What stands between the Internet and an interface: the security group of its subnet, then its own.

use std::rc::Rc;

use crate::source::Span;
use crate::value::{Reason, ReasonKind};

use super::evaluate::{Asked, Near, Opening, Region, doubts, openings};
use super::links::Link;
use super::look::name_of;
use super::security::{Protocol, SecurityRule, SecurityRules, Side};
use super::topology::{Interface, Subnet};
use super::{Addresses, Network};

/// A security group on the way, or none.
#[derive(Clone, Debug)]
pub enum Gate<'a> {
    /// No security group.
    None,
    /// This one, with its rules.
    Group(usize, Rc<SecurityRules<'a>>),
    /// It can't be told whether there is one, or what it says.
    Untold(Vec<Reason>),
}

/// A way through the gates.
#[derive(Clone, Debug)]
pub struct Passage {
    /// The rules that open it: the group, and the rule's place in it.
    pub rules: Vec<(usize, Option<usize>)>,
    /// What surely gets through.
    pub surely: Region,
    /// What perhaps gets through, with what surely does.
    pub perhaps: Region,
    /// Why the rest is in doubt.
    pub reasons: Vec<Reason>,
}

/// What the near side of a security rule is matched with.
struct NearSide<'n, 'a> {
    network: &'n Network<'a>,
    interface: Option<&'n Interface<'a>>,
    subnet: Option<&'n Subnet>,
    /// The destination that the rules see is the front end's, which is not known.
    floating: bool,
}

/// Beyond so many pairs of rules, those of the first group are taken together.
const MAX_PAIRS: usize = 4_096;

impl<'a> Network<'a> {
    /// The gate of a link to a security group.
    pub fn gate(&self, group: &Link) -> Gate<'a> {
        match group {
            Link::Nothing => Gate::None,
            Link::Untold(reasons) => Gate::Untold(reasons.clone()),
            Link::To(spot) => Gate::Group(spot.resource, self.rules_of(spot.resource)),
        }
    }

    /// The security group of the subnet that a link leads to.
    pub fn group_of_subnet(&self, subnet: &Link) -> Link {
        match subnet {
            Link::Nothing => Link::Nothing,
            Link::Untold(reasons) => Link::Untold(reasons.clone()),
            Link::To(spot) => match self.topology().subnet(spot) {
                Some(subnet) => subnet.group.clone(),
                None => Link::Untold(vec![super::look::elsewhere(self.graph().resource(spot.resource))]),
            },
        }
    }

    /// The gate of the subnet that a link leads to.
    pub fn subnet_gate(&self, subnet: &Link) -> Gate<'a> {
        self.gate(&self.group_of_subnet(subnet))
    }

    /// The ways in from public addresses through the gates of an interface, for one protocol.
    ///
    /// `basic`: whether the public address is of the Basic SKU; without any security group that one is open, a Standard one closed.
    pub fn passages(
        &self,
        interface: &Interface<'a>,
        basic: Option<bool>,
        floating: bool,
        protocol: Protocol,
    ) -> Vec<Passage> {
        let subnet = interface.subnet.spot().and_then(|spot| self.topology().subnet(spot));
        let near = NearSide { network: self, interface: Some(interface), subnet, floating };
        let gates = [self.subnet_gate(&interface.subnet), self.gate(&interface.group)];
        self.through(&gates, &near, basic, protocol)
    }

    /// The ways into a subnet itself, for what has no interface in the model: gateways and such. These are open without a group.
    pub fn passages_into(&self, subnet: &Link, protocol: Protocol) -> Vec<Passage> {
        let found = subnet.spot().and_then(|spot| self.topology().subnet(spot));
        let near = NearSide { network: self, interface: None, subnet: found, floating: false };
        self.through(&[self.subnet_gate(subnet)], &near, Some(true), protocol)
    }

    fn through(
        &self,
        gates: &[Gate<'a>],
        near: &NearSide<'_, 'a>,
        basic: Option<bool>,
        protocol: Protocol,
    ) -> Vec<Passage> {
        let asked = Asked { inbound: true, protocol, near: &|rule| near.matches(rule) };
        let public = Region::all().with(&Addresses::internet());
        let open =
            Passage { rules: Vec::new(), surely: public.clone(), perhaps: public, reasons: Vec::new() };
        let mut passages = vec![open];
        let mut groups = 0;
        for gate in gates {
            match gate {
                Gate::None => {}
                Gate::Untold(reasons) => {
                    groups += 1;
                    for passage in &mut passages {
                        passage.surely = Region::default();
                        passage.reasons.extend(reasons.iter().cloned());
                    }
                }
                Gate::Group(group, rules) => {
                    groups += 1;
                    let opened = openings(rules, &asked);
                    if passages.len().saturating_mul(opened.len()) > MAX_PAIRS {
                        passages = together(passages);
                    }
                    passages = cross(&passages, *group, &opened, rules);
                }
            }
        }
        if groups == 0 {
            match basic {
                Some(true) => {}
                Some(false) => passages.clear(),
                None => {
                    let text = "which SKU the public address has is not known, and with it whether it is open without a security group";
                    for passage in &mut passages {
                        passage.surely = Region::default();
                        passage.reasons.push(Reason::new(ReasonKind::Parameter, text));
                    }
                }
            }
        }
        passages
    }
}

/// The ways that lead through one more group.
fn cross(passages: &[Passage], group: usize, opened: &[Opening], rules: &SecurityRules<'_>) -> Vec<Passage> {
    let mut through = Vec::new();
    for passage in passages {
        for opening in opened {
            let perhaps = passage.perhaps.and(&opening.perhaps);
            if perhaps.is_empty() {
                continue;
            }
            let surely = passage.surely.and(&opening.surely);
            let mut reasons = passage.reasons.clone();
            if surely != perhaps && opening.surely != opening.perhaps {
                reasons.extend(doubts(rules));
            }
            let mut by = passage.rules.clone();
            by.push((group, opening.rule));
            through.push(Passage { rules: by, surely, perhaps, reasons });
        }
    }
    through
}

/// All ways as one.
fn together(passages: Vec<Passage>) -> Vec<Passage> {
    let one = passages.into_iter().reduce(|mut all, more| {
        all.surely.0.extend(more.surely.0);
        all.perhaps.0.extend(more.perhaps.0);
        all.reasons.extend(more.reasons);
        all
    });
    one.into_iter().collect()
}

impl<'a> NearSide<'_, 'a> {
    /// Whether a rule's destination is this interface.
    fn matches(&self, rule: &SecurityRule<'a>) -> Near {
        let side = &rule.destination;
        if side.is_groups() {
            return self.in_groups(side);
        }
        let own = self.addresses();
        let inside = Addresses::tag("VirtualNetwork");
        let surely = |set: &Addresses| {
            set.covers(&inside) || own.as_ref().is_some_and(|own| !self.floating && set.covers(own))
        };
        if surely(&side.addresses.least) {
            return Near::Yes;
        }
        match &own {
            Some(own) if !self.floating && side.addresses.most.and(own).is_empty() => Near::No,
            _ if side.addresses.most.v4.is_empty() && side.addresses.most.v6.is_empty() => Near::No,
            _ => Near::Perhaps,
        }
    }

    fn in_groups(&self, side: &Side<'a>) -> Near {
        let Some(interface) = self.interface else { return Near::No };
        let (own, open) = &interface.application_groups;
        let graph = self.network.graph();
        let spots = side.groups.iter().map(|id| super::links::locate(graph, id));
        let mut unsure = side.groups_open || *open;
        for spot in spots {
            match spot {
                Some(spot) if own.contains(&spot) => return Near::Yes,
                Some(_) => {}
                None => unsure |= !own.is_empty(),
            }
        }
        if unsure { Near::Perhaps } else { Near::No }
    }

    /// The address of the interface, else those of its subnet.
    fn addresses(&self) -> Option<Addresses> {
        let private = self.interface.and_then(|interface| interface.private).map(Addresses::parse);
        private.or_else(|| self.subnet?.prefixes.clone())
    }
}

impl Passage {
    /// The written names of the rules that open it.
    pub fn labels(&self, network: &Network<'_>) -> Vec<(String, usize, Span)> {
        let named = self.rules.iter().filter_map(|(group, rule)| {
            let rules = network.rules_of(*group);
            let rule = rules.rules.get((*rule)?)?;
            let group = name_of(network.graph().resource(*group)).to_owned();
            Some((format!("rule '{}' of '{group}'", rule.label()), rule.resource, rule.span))
        });
        named.collect()
    }
}
