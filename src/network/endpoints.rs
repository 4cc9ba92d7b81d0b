//! What is reachable from the Internet, by which way.

use crate::source::Span;
use crate::value::{Reason, ReasonKind};

use super::balancers::Forward;
use super::evaluate::Region;
use super::gates::Passage;
use super::look::name_of;
use super::security::{Protocol, every_port};
use super::topology::{Interface, PublicAddress};
use super::{Addresses, Network, Ranges, fronts};

/// What is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndpointKind {
    /// A network interface with the machine that it belongs to.
    Machine,
    /// An application gateway.
    Gateway,
    /// What lies behind a NAT rule of a firewall.
    Firewall,
    /// A Bastion host or a VPN gateway.
    Access,
    /// A service of the platform.
    Service,
}

/// A step on the way from the Internet.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is: `public IP address 'pip'`.
    pub text: String,
    /// The resource that it belongs to.
    pub resource: usize,
    /// Where it is written.
    pub span: Span,
}

/// Something that can be reached, or perhaps can.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// What kind of thing.
    pub kind: EndpointKind,
    /// The resource that is reached.
    pub resource: usize,
    /// What it is called.
    pub name: String,
    /// The protocols.
    pub protocols: Vec<Protocol>,
    /// The ports on the Internet's side; empty where they are not known.
    pub ports: Ranges,
    /// The ports that they lead to; the same, unless something translates them.
    pub target_ports: Ranges,
    /// Who can reach it; empty where that is not known.
    pub sources: Addresses,
    /// The way.
    pub steps: Vec<Step>,
    /// Why it can't be told whether it is reachable; empty if it surely is.
    pub undecided: Vec<Reason>,
    /// Something on the way is deployed only under a condition.
    pub conditional: bool,
}

/// A way from the Internet to an interface, before the gates.
struct Entry<'f> {
    public: Result<PublicAddress, Vec<Reason>>,
    forward: Option<&'f Forward>,
}

/// All endpoints of a deployment, those on machines first, in the order of the resources.
pub fn endpoints(network: &Network<'_>) -> Vec<Endpoint> {
    let mut found = network.machines().to_vec();
    fronts::gateways(network, &mut found);
    fronts::firewalls(network, &mut found);
    fronts::access(network, &mut found);
    fronts::services(network, &mut found);
    merge(found)
}

/// Neighbours that differ in nothing but the protocol are one.
fn merge(found: Vec<Endpoint>) -> Vec<Endpoint> {
    let mut merged: Vec<Endpoint> = Vec::with_capacity(found.len());
    for endpoint in found {
        let same = |known: &&mut Endpoint| {
            known.resource == endpoint.resource
                && known.ports == endpoint.ports
                && known.target_ports == endpoint.target_ports
                && known.sources == endpoint.sources
                && known.undecided == endpoint.undecided
                && known.steps.iter().map(|step| step.span).eq(endpoint.steps.iter().map(|step| step.span))
        };
        let start =
            merged.iter().rposition(|known| known.resource != endpoint.resource).map_or(0, |at| at + 1);
        match merged.iter_mut().skip(start).find(same) {
            Some(known) => {
                known.protocols.extend(endpoint.protocols);
                known.protocols.sort_unstable();
                known.protocols.dedup();
            }
            None => merged.push(endpoint),
        }
    }
    merged
}

/// The endpoints of one interface.
pub(super) fn of_interface<'a>(network: &Network<'a>, interface: &Interface<'a>, found: &mut Vec<Endpoint>) {
    let direct = interface.public.iter().map(|public| Entry { public: public.clone(), forward: None });
    let forwards = interface
        .balanced
        .iter()
        .filter_map(|member| network.balancers().by_member.get(member))
        .flatten()
        .map(|forward| Entry { public: forward.public.clone(), forward: Some(forward) });
    for entry in direct.chain(forwards) {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let of_other =
                entry.forward.and_then(|forward| forward.protocol).is_some_and(|own| own != protocol);
            if of_other {
                continue;
            }
            let (basic, v6) = match &entry.public {
                Ok(address) => (address.basic, address.v6),
                Err(_) => (None, false),
            };
            let floating = entry.forward.is_some_and(|forward| forward.floating);
            for passage in network.passages(interface, basic, floating, protocol) {
                reached(network, interface, &entry, protocol, v6, &passage, found);
            }
        }
    }
}

/// Adds what a way through the gates makes of an entry: what is surely reachable, and what perhaps is besides.
fn reached<'a>(
    network: &Network<'a>,
    interface: &Interface<'a>,
    entry: &Entry<'_>,
    protocol: Protocol,
    v6: bool,
    passage: &Passage,
    found: &mut Vec<Endpoint>,
) {
    let back = entry.forward.and_then(|forward| forward.back.clone()).unwrap_or_else(every_port);
    let own = |region: &Region| region.to_ports(&back).with(&one_version(v6));
    let (surely, perhaps) = (own(&passage.surely), own(&passage.perhaps));
    if perhaps.is_empty() {
        return;
    }
    let mut unknown = match &entry.public {
        Ok(_) => Vec::new(),
        Err(reasons) => reasons.clone(),
    };
    if entry.forward.is_some_and(|forward| forward.front.is_none() || forward.back.is_none()) {
        let text = "which ports the load balancer forwards is not known";
        unknown.push(Reason::new(ReasonKind::Parameter, text));
    }
    let certain = if unknown.is_empty() { surely } else { Region::default() };
    let rest = perhaps.ports().without(&certain.ports());
    let mut add = |region: &Region, ports: Ranges, undecided: Vec<Reason>| {
        let front = match entry.forward.and_then(|forward| forward.front.clone()) {
            Some(front) if front != every_port() => front,
            _ => ports.clone(),
        };
        let steps = steps(network, interface, entry, passage);
        let conditional = steps.iter().any(|step| network.graph().resource(step.resource).conditional);
        let target = interface.machines.first().copied().unwrap_or(interface.resource);
        found.push(Endpoint {
            kind: EndpointKind::Machine,
            resource: target,
            name: name_of(network.graph().resource(target)).to_owned(),
            protocols: vec![protocol],
            ports: front,
            target_ports: ports.clone(),
            sources: region.to_ports(&ports).far(),
            steps,
            undecided,
            conditional,
        });
    };
    if !certain.is_empty() {
        add(&certain, certain.ports(), Vec::new());
    }
    if !rest.is_empty() {
        unknown.extend(passage.reasons.iter().cloned());
        unknown.dedup();
        if unknown.is_empty() {
            let text = "it can't be told which of the group's rules decides";
            unknown.push(Reason::new(ReasonKind::Error, text));
        }
        add(&perhaps, rest, unknown);
    }
}

/// The addresses of one version of IP.
pub(super) fn one_version(v6: bool) -> Addresses {
    let internet = Addresses::internet();
    if v6 {
        Addresses { v4: Ranges::empty(), ..internet }
    } else {
        Addresses { v6: Ranges::empty(), ..internet }
    }
}

fn steps<'a>(
    network: &Network<'a>,
    interface: &Interface<'a>,
    entry: &Entry<'_>,
    passage: &Passage,
) -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(address_step(network, &entry.public));
    if let Some(forward) = entry.forward {
        let balancer = name_of(network.graph().resource(forward.balancer));
        let text = format!("{} of load balancer '{balancer}'", forward.label);
        steps.push(Step { text, resource: forward.balancer, span: forward.span });
    }
    for (text, resource, span) in passage.labels(network) {
        steps.push(Step { text, resource, span });
    }
    if let Some(subnet) = interface.subnet.spot().and_then(|spot| network.topology().subnet(spot)) {
        let name = subnet.name.as_deref().unwrap_or("?");
        steps.push(Step { text: format!("subnet '{name}'"), resource: subnet.resource, span: subnet.span });
    }
    if !interface.machines.contains(&interface.resource) {
        steps.push(whole(network, interface.resource, "network interface"));
    }
    for machine in &interface.machines {
        let kind = network.graph().resource(*machine).resource_type.as_str();
        let scale_set = kind.to_ascii_lowercase().ends_with("scalesets");
        steps.push(whole(network, *machine, if scale_set { "scale set" } else { "virtual machine" }));
    }
    steps
}

pub(super) fn address_step(
    network: &Network<'_>,
    public: &Result<PublicAddress, Vec<Reason>>,
) -> Option<Step> {
    let address = public.as_ref().ok()?;
    let resource = network.graph().resource(address.resource);
    let own = resource.resource_type.is("Microsoft.Network/publicIPAddresses");
    own.then(|| whole(network, address.resource, "public IP address"))
}

pub(super) fn whole(network: &Network<'_>, index: usize, what: &str) -> Step {
    let resource = network.graph().resource(index);
    Step { text: format!("{what} '{}'", name_of(resource)), resource: index, span: resource.header }
}
