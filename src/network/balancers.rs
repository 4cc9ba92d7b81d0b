//! Load balancers: which public ports lead to which pool, and to which port there.

use rustc_hash::FxHashMap;

use crate::model::Graph;
use crate::source::Span;
use crate::value::{Reason, Value};

use super::Ranges;
use super::links::{Link, Spot};
use super::look::{Look, look, look_in, number};
use super::security::{Protocol, every_port};
use super::topology::{PublicAddress, of_address, port_range};

/// A rule of a load balancer with a public front end.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    /// The load balancer.
    pub(super) balancer: usize,
    /// What the rule is, for a person: "load balancing rule 'http'".
    pub(super) label: String,
    /// Where it is written.
    pub(super) span: Span,
    /// The public address of its front end.
    pub(super) public: Result<PublicAddress, Vec<Reason>>,
    /// The protocol; `None` for all of them.
    pub(super) protocol: Option<Protocol>,
    /// The ports of the front end; `None` where they are not known.
    pub(super) front: Option<Ranges>,
    /// The port that they lead to; `None` where it is not known. The same as the front end's where all ports are forwarded.
    pub(super) back: Option<Ranges>,
    /// The front end's address is what security groups see as destination.
    pub(super) floating: bool,
}

/// The forwards of all load balancers, by the pool or NAT rule that an interface is a member of.
#[derive(Debug, Default)]
pub(super) struct Balancers {
    pub(super) by_member: FxHashMap<Spot, Vec<Forward>>,
}

const BALANCER: &str = "Microsoft.Network/loadBalancers";
/// The collections of rules, the type of such a rule as a resource of its own, and what to call one.
const KINDS: [(&str, &str); 3] = [
    ("loadBalancingRules", "load balancing rule"),
    ("inboundNatRules", "inbound NAT rule"),
    ("inboundNatPools", "inbound NAT pool"),
];

impl Balancers {
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut balancers = Balancers::default();
        for &index in graph.of_type(BALANCER) {
            let resource = graph.resource(index);
            if resource.existing {
                continue;
            }
            let fronts = frontends(graph, index);
            for (collection, what) in KINDS {
                for item in look_in(resource, &["properties", collection]).items().items {
                    let name = look(&item.value, &["name"]).text().unwrap_or_default();
                    let span = item.site.or(item.value.origin.span).unwrap_or(resource.header);
                    balancers.read(graph, &fronts, index, (collection, what, name), span, &item.value);
                }
            }
            for &child in graph.children(index) {
                let rule = graph.resource(child);
                let Some(kind) = rule.resource_type.as_str().rsplit('/').next() else { continue };
                let known = KINDS.iter().find(|(collection, _)| kind.eq_ignore_ascii_case(collection));
                if let (Some((collection, what)), Some(name)) = (known, rule.short_name()) {
                    balancers.read(graph, &fronts, index, (collection, what, name), rule.header, &rule.body);
                }
            }
        }
        balancers
    }

    fn read(
        &mut self,
        graph: &Graph<'_>,
        fronts: &FxHashMap<Spot, Link>,
        balancer: usize,
        (collection, what, name): (&str, &str, &str),
        span: Span,
        value: &Value,
    ) {
        let Look::There(properties) = look(value, &["properties"]) else { return };
        let own = |path: &[&str]| look(properties, path);
        let public = match Link::within(graph, balancer, &own(&["frontendIPConfiguration", "id"])) {
            Link::Nothing => return,
            Link::Untold(reasons) => Err(reasons),
            Link::To(spot) => match fronts.get(&spot) {
                Some(Link::Nothing) => return,
                Some(Link::To(address)) => Ok(of_address(graph, address.resource)),
                Some(Link::Untold(reasons)) => Err(reasons.clone()),
                None => return,
            },
        };
        let protocol = own(&["protocol"]).text().unwrap_or_default();
        let one = |key: &str| {
            let port = own(&[key]).value().and_then(number)?;
            u128::try_from(port).ok().map(|port| Ranges::of(port, port))
        };
        let range = port_range(properties, "frontendPortRangeStart", "frontendPortRangeEnd");
        let (mut front, mut back) = (range.or_else(|| one("frontendPort")), one("backendPort"));
        // Port 0 with all protocols: everything is forwarded as it comes (HA ports).
        let every = Ranges::of(0, 0);
        if front.as_ref() == Some(&every) {
            (front, back) = (Some(every_port()), Some(every_port()));
        }
        let forward = Forward {
            balancer,
            label: format!("{what} '{name}'"),
            span,
            public,
            protocol: Protocol::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(protocol)),
            front,
            back,
            floating: own(&["enableFloatingIP"]).value().and_then(Value::as_bool) == Some(true),
        };
        let mut members = Vec::new();
        if collection != "loadBalancingRules" {
            members.push(Spot::part(balancer, collection, name));
        }
        let pool = own(&["backendAddressPool", "id"]);
        let pools = own(&["backendAddressPools"]).items();
        let ids = pools.items.iter().map(|item| look(&item.value, &["id"]));
        for id in std::iter::once(pool).chain(ids) {
            if let Link::To(spot) = Link::of(graph, &id) {
                members.push(spot);
            }
        }
        members.sort();
        members.dedup();
        for member in members {
            self.by_member.entry(member).or_default().push(forward.clone());
        }
    }
}

/// The public addresses of the front ends, by their spot.
fn frontends(graph: &Graph<'_>, index: usize) -> FxHashMap<Spot, Link> {
    let found = look_in(graph.resource(index), &["properties", "frontendIPConfigurations"]).items();
    let fronts = found.items.iter().filter_map(|item| {
        let name = look(&item.value, &["name"]).text()?;
        let public = Link::of(graph, &look(&item.value, &["properties", "publicIPAddress", "id"]));
        Some((Spot::part(index, "frontendIPConfigurations", name), public))
    });
    fronts.collect()
}
