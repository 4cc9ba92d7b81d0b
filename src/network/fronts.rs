//! What has a public address of its own: gateways, firewalls, ways in for people, services of the platform.

use crate::model::Resource;
use crate::value::{Reason, ReasonKind, Value};

use super::endpoints::{Endpoint, EndpointKind, Step, address_step, one_version, whole};
use super::links::Link;
use super::look::{Look, look, look_in, name_of, number, why};
use super::security::{Protocol, parse_ports};
use super::services::{Access, SERVICES, ports_of};
use super::topology::{frontends, of_address};
use super::{Addresses, Network, Ranges};

/// What a resource with a public address of its own shows.
struct Front<'s> {
    kind: EndpointKind,
    protocol: Protocol,
    ports: Ranges,
    target_ports: Ranges,
    sources: Addresses,
    steps: Vec<Step>,
    undecided: Vec<Reason>,
    what: &'s str,
}

fn add(network: &Network<'_>, index: usize, front: Front<'_>, found: &mut Vec<Endpoint>) {
    let mut steps = front.steps;
    steps.push(whole(network, index, front.what));
    let conditional = steps.iter().any(|step| network.graph().resource(step.resource).conditional);
    found.push(Endpoint {
        kind: front.kind,
        resource: index,
        name: name_of(network.graph().resource(index)).to_owned(),
        protocols: vec![front.protocol],
        ports: front.ports,
        target_ports: front.target_ports,
        sources: front.sources,
        steps,
        undecided: front.undecided,
        conditional,
    });
}

/// The steps and doubts of a front end's public address; `None` for a private one.
fn public_front(network: &Network<'_>, public: &Link) -> Option<(Vec<Step>, Vec<Reason>)> {
    match public {
        Link::Nothing => None,
        Link::Untold(reasons) => Some((Vec::new(), reasons.clone())),
        Link::To(spot) => {
            let address = of_address(network.graph(), spot.resource);
            Some((address_step(network, &Ok(address)).into_iter().collect(), Vec::new()))
        }
    }
}

/// The listeners of application gateways, through the security group of their subnet.
pub(super) fn gateways(network: &Network<'_>, found: &mut Vec<Endpoint>) {
    let graph = network.graph();
    for &index in graph.of_type("Microsoft.Network/applicationGateways") {
        let resource = graph.resource(index);
        if resource.existing {
            continue;
        }
        let fronts = frontends(graph, index, "frontendIPConfigurations");
        let Some((steps, doubts)) = fronts.iter().find_map(|front| public_front(network, front)) else {
            continue;
        };
        let subnets = look_in(resource, &["properties", "gatewayIPConfigurations"]).items();
        let subnet = subnets.items.first().map_or(Link::Nothing, |item| {
            Link::of(graph, &look(&item.value, &["properties", "subnet", "id"]))
        });
        let ports = frontend_ports(resource);
        for passage in network.passages_into(&subnet, Protocol::Tcp) {
            let region = passage.perhaps.to_ports(&ports).with(&one_version(false));
            if region.is_empty() {
                continue;
            }
            let mut steps = steps.clone();
            steps.extend(passage.labels(network).into_iter().map(|(text, resource, span)| Step {
                text,
                resource,
                span,
            }));
            let sure = passage.surely.to_ports(&ports).with(&one_version(false)) == region;
            let mut undecided = doubts.clone();
            if !sure {
                undecided.extend(passage.reasons.iter().cloned());
            }
            let front = Front {
                kind: EndpointKind::Gateway,
                protocol: Protocol::Tcp,
                ports: region.ports(),
                target_ports: region.ports(),
                sources: region.far(),
                steps,
                undecided,
                what: "application gateway",
            };
            add(network, index, front, found);
        }
    }
}

fn frontend_ports(resource: &Resource) -> Ranges {
    let ports = look_in(resource, &["properties", "frontendPorts"]).items();
    let known = ports.items.iter().filter_map(|item| {
        let port = look(&item.value, &["properties", "port"]).value().and_then(number)?;
        u128::try_from(port).ok().map(|port| (port, port))
    });
    known.collect()
}

/// What NAT rules of firewalls lead to: those of the firewall, and those of its policy.
pub(super) fn firewalls(network: &Network<'_>, found: &mut Vec<Endpoint>) {
    let graph = network.graph();
    for &index in graph.of_type("Microsoft.Network/azureFirewalls") {
        let resource = graph.resource(index);
        if resource.existing {
            continue;
        }
        let own = look_in(resource, &["properties", "natRuleCollections"]).items();
        for collection in own.items {
            let rules = look(&collection.value, &["properties", "rules"]).items();
            let steps = firewall_steps(network, index);
            rules
                .items
                .iter()
                .for_each(|rule| nat_rule(network, index, "protocols", &rule.value, &steps, found));
        }
        let policy = Link::of(graph, &look(&resource.body, &["properties", "firewallPolicy", "id"]));
        let Some(policy) = policy.spot() else { continue };
        for &group in graph.children(policy.resource) {
            let collections = look_in(graph.resource(group), &["properties", "ruleCollections"]).items();
            for collection in collections.items {
                let rules = look(&collection.value, &["rules"]).items();
                let nat = rules.items.iter().filter(|rule| {
                    look(&rule.value, &["ruleType"])
                        .text()
                        .is_some_and(|kind| kind.eq_ignore_ascii_case("NatRule"))
                });
                let mut steps = firewall_steps(network, index);
                steps.push(whole(network, group, "rule collection group"));
                nat.for_each(|rule| nat_rule(network, index, "ipProtocols", &rule.value, &steps, found));
            }
        }
    }
}

fn firewall_steps(network: &Network<'_>, index: usize) -> Vec<Step> {
    let fronts = frontends(network.graph(), index, "ipConfigurations");
    fronts
        .iter()
        .filter_map(|front| public_front(network, front))
        .flat_map(|(steps, _)| steps)
        .take(1)
        .collect()
}

fn nat_rule(
    network: &Network<'_>,
    firewall: usize,
    protocols: &str,
    rule: &Value,
    steps: &[Step],
    found: &mut Vec<Endpoint>,
) {
    let list = |key: &str| look(rule, &[key]).items();
    let mut undecided = Vec::new();
    let mut ports = Ranges::empty();
    for item in list("destinationPorts").items {
        match item.value.as_str().and_then(parse_ports) {
            Some(known) => ports = ports.or(&known),
            None => undecided.extend(why(&item.value)),
        }
    }
    let mut sources = Addresses::none();
    let from = list("sourceAddresses");
    for item in from.items {
        match item.value.as_str() {
            Some(text) => sources = sources.or(&Addresses::parse(text)),
            None => undecided.extend(why(&item.value)),
        }
    }
    undecided.extend(from.open);
    let groups = list("sourceIpGroups");
    if !groups.items.is_empty() {
        let text = "the addresses of its IP groups are not followed";
        undecided.push(Reason::new(ReasonKind::Unsupported, text));
    }
    let sources = sources.public();
    if sources.is_empty() && undecided.is_empty() {
        return;
    }
    let translated =
        look(rule, &["translatedPort"]).value().and_then(number).and_then(|port| u128::try_from(port).ok());
    let name = look(rule, &["name"]).text().unwrap_or("?");
    let to = look(rule, &["translatedAddress"]);
    let to = to.text().or_else(|| look(rule, &["translatedFqdn"]).text()).unwrap_or("?");
    let mut steps = steps.to_vec();
    let resource = network.graph().resource(firewall);
    let span = rule.origin.span.unwrap_or(resource.header);
    steps.push(Step { text: format!("NAT rule '{name}' to {to}"), resource: firewall, span });
    let words = list(protocols);
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let meant = words.items.iter().filter_map(|item| item.value.as_str());
        let any = meant
            .clone()
            .any(|word| word.eq_ignore_ascii_case(protocol.as_str()) || word.eq_ignore_ascii_case("any"));
        if any {
            let front = Front {
                kind: EndpointKind::Firewall,
                protocol,
                ports: ports.clone(),
                target_ports: translated.map_or_else(|| ports.clone(), |port| Ranges::of(port, port)),
                sources: sources.clone(),
                steps: steps.clone(),
                undecided: undecided.clone(),
                what: "firewall",
            };
            add(network, firewall, front, found);
        }
    }
}

/// Ways in for people and other networks: Bastion hosts and VPN gateways.
pub(super) fn access(network: &Network<'_>, found: &mut Vec<Endpoint>) {
    const KINDS: [(&str, &str, &str, Protocol); 2] = [
        ("Microsoft.Network/bastionHosts", "Bastion host", "443", Protocol::Tcp),
        ("Microsoft.Network/virtualNetworkGateways", "virtual network gateway", "500,4500", Protocol::Udp),
    ];
    for (kind, what, ports, protocol) in KINDS {
        for &index in network.graph().of_type(kind) {
            let resource = network.graph().resource(index);
            let express = look(&resource.body, &["properties", "gatewayType"]).text() == Some("ExpressRoute");
            if resource.existing || express {
                continue;
            }
            let fronts = frontends(network.graph(), index, "ipConfigurations");
            let Some((steps, undecided)) = fronts.iter().find_map(|front| public_front(network, front))
            else {
                continue;
            };
            let ports: Ranges =
                ports.split(',').filter_map(parse_ports).fold(Ranges::empty(), |all, one| all.or(&one));
            let front = Front {
                kind: EndpointKind::Access,
                protocol,
                ports: ports.clone(),
                target_ports: ports,
                sources: Addresses::internet(),
                steps,
                undecided,
                what,
            };
            add(network, index, front, found);
        }
    }
}

/// Services of the platform that are public.
pub(super) fn services(network: &Network<'_>, found: &mut Vec<Endpoint>) {
    let graph = network.graph();
    for service in SERVICES {
        for &index in graph.of_type(service.resource_type) {
            let resource = graph.resource(index);
            if resource.existing || resource.repeats {
                continue;
            }
            let (sources, said, undecided) = match service.access(graph, index) {
                Access::Closed => continue,
                Access::From(sources, said) => (sources.and(&Addresses::internet()), said, Vec::new()),
                Access::Untold(reasons) => (Addresses::none(), Vec::new(), reasons),
            };
            if sources.is_empty() && undecided.is_empty() {
                continue;
            }
            let words = ports_of(service, &resource.body);
            let ports: Ranges =
                words.split(',').filter_map(parse_ports).fold(Ranges::empty(), |all, one| all.or(&one));
            let steps = said.iter().filter_map(|path| {
                let segments: Vec<&str> = path.split('.').collect();
                let Look::There(value) = look(&resource.body, &segments) else { return None };
                let span = value.origin.span.unwrap_or(resource.header);
                let text = match (value.as_str(), value.as_bool()) {
                    (Some(text), _) => format!("{path} is {text}"),
                    (None, Some(flag)) => format!("{path} is {flag}"),
                    _ => format!("{path} is set"),
                };
                Some(Step { text, resource: index, span })
            });
            let front = Front {
                kind: EndpointKind::Service,
                protocol: Protocol::Tcp,
                ports: ports.clone(),
                target_ports: ports,
                sources,
                steps: steps.collect(),
                undecided,
                what: service.what,
            };
            add(network, index, front, found);
        }
    }
}
