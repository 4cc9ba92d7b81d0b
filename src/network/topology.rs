//! Subnets, interfaces, public addresses and load balancers of a deployment, and what is attached to what.

use rustc_hash::FxHashMap;

use crate::model::{Graph, Resource};
use crate::source::Span;
use crate::value::{Reason, Value};

use super::links::{Link, Spot, locate, of_resource};
use super::look::{Look, elsewhere, look, look_in};
use super::{Addresses, Ranges};

/// A subnet, declared in its network or beside it.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// The resource that it is declared in, or is.
    pub resource: usize,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// Its security group.
    pub group: Link,
    /// Its addresses, if all of its prefixes are known.
    pub prefixes: Option<Addresses>,
    /// Where it is written.
    pub span: Span,
}

/// A public address.
#[derive(Clone, Debug)]
pub struct PublicAddress {
    /// The resource that it is, or is declared in.
    pub resource: usize,
    /// Whether it is of the Basic SKU, which is open unless a security group closes it; a Standard one is closed unless one opens it.
    pub basic: Option<bool>,
    /// Whether it is an IPv6 address.
    pub v6: bool,
}

/// An IP configuration of a network interface.
#[derive(Clone, Debug)]
pub struct Interface<'a> {
    /// The network interface, or the machine or scale set that it is declared in.
    pub resource: usize,
    /// The machines that it belongs to; the resource itself where it is declared inside.
    pub machines: Vec<usize>,
    /// Its security group.
    pub group: Link,
    /// Its subnet.
    pub subnet: Link,
    /// Its own public address.
    pub public: Option<Result<PublicAddress, Vec<Reason>>>,
    /// Its application security groups, and why there may be more.
    pub application_groups: (Vec<Spot>, bool),
    /// Pools and NAT rules of load balancers.
    pub balanced: Vec<Spot>,
    /// Why there may be more of them.
    pub balanced_open: Vec<Reason>,
    /// Its private address, if it is known.
    pub private: Option<&'a str>,
}

/// What is in a deployment's network, and what is attached to what.
#[derive(Debug, Default)]
pub struct Topology<'a> {
    /// Subnets.
    pub subnets: Vec<Subnet>,
    /// IP configurations of interfaces.
    pub interfaces: Vec<Interface<'a>>,
    /// Subnets by their spot.
    by_spot: FxHashMap<Spot, usize>,
    /// Interfaces in each subnet.
    pub in_subnet: FxHashMap<usize, Vec<usize>>,
    /// Subnets of each security group.
    pub group_subnets: FxHashMap<usize, Vec<usize>>,
    /// Interfaces of each security group.
    pub group_interfaces: FxHashMap<usize, Vec<usize>>,
}

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const INTERFACE: &str = "Microsoft.Network/networkInterfaces";
const MACHINE: &str = "Microsoft.Compute/virtualMachines";
const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";

impl<'a> Topology<'a> {
    /// Of a deployment; linear in its resources.
    pub fn new(graph: &Graph<'a>) -> Self {
        let mut topology = Topology::default();
        topology.read_subnets(graph);
        topology.read_interfaces(graph);
        for (index, subnet) in topology.subnets.iter().enumerate() {
            if let Some(group) = subnet.group.spot() {
                topology.group_subnets.entry(group.resource).or_default().push(index);
            }
        }
        for (index, interface) in topology.interfaces.iter().enumerate() {
            if let Some(group) = interface.group.spot() {
                topology.group_interfaces.entry(group.resource).or_default().push(index);
            }
            if let Some(subnet) = interface.subnet.spot().and_then(|spot| topology.by_spot.get(spot)) {
                topology.in_subnet.entry(*subnet).or_default().push(index);
            }
        }
        topology
    }

    /// The subnet at a spot.
    pub fn subnet(&self, spot: &Spot) -> Option<&Subnet> {
        self.by_spot.get(spot).and_then(|index| self.subnets.get(*index))
    }

    fn read_subnets(&mut self, graph: &Graph<'a>) {
        for &network in graph.of_type(NETWORK) {
            let resource = graph.resource(network);
            for item in look_in(resource, &["properties", "subnets"]).items().items {
                let Some(name) = look(&item.value, &["name"]).text() else { continue };
                let span = item.site.or(item.value.origin.span).unwrap_or(resource.header);
                let subnet = subnet(graph, network, Some(name.to_owned()), &item.value, span);
                self.add_subnet(Spot::part(network, "subnets", name), subnet);
            }
        }
        // What is declared comes first, whatever the order of the code: an existing one only says that it is there.
        let (elsewhere, here): (Vec<usize>, Vec<usize>) = graph.of_type(SUBNET).iter().partition(|&&index| {
            let resource = graph.resource(index);
            resource.existing || resource.partial
        });
        for index in here.into_iter().chain(elsewhere) {
            let resource = graph.resource(index);
            // One that is declared as existing may be declared inside its network here.
            let spot = of_resource(graph, index);
            let name = resource.short_name().map(str::to_owned);
            let found = subnet(graph, index, name, &resource.body, resource.header);
            let found = if resource.existing || resource.partial { in_part(found, resource) } else { found };
            let at = self.add_subnet(spot, found);
            self.by_spot.entry(Spot::whole(index)).or_insert(at);
        }
    }

    /// A subnet that is declared in two places is one; what one of them does not say, the other may.
    fn add_subnet(&mut self, spot: Spot, subnet: Subnet) -> usize {
        let at = self.by_spot.get(&spot).copied().unwrap_or(self.subnets.len());
        match self.subnets.get_mut(at) {
            Some(known) => {
                if matches!(known.group, Link::Nothing) && subnet.group.spot().is_some() {
                    known.group = subnet.group;
                }
                known.prefixes = known.prefixes.take().or(subnet.prefixes);
            }
            None => {
                self.by_spot.insert(spot, at);
                self.subnets.push(subnet);
            }
        }
        at
    }

    fn read_interfaces(&mut self, graph: &Graph<'a>) {
        let mut machines: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for &machine in graph.of_type(MACHINE) {
            let resource = graph.resource(machine);
            let profile = &["properties", "networkProfile", "networkInterfaces"];
            for item in look_in(resource, profile).items().items {
                let id = look(&item.value, &["id"]).value();
                if let Some(spot) = id.and_then(|id| locate(graph, id)) {
                    machines.entry(spot.resource).or_default().push(machine);
                }
            }
            let inside = ["properties", "networkProfile", "networkInterfaceConfigurations"];
            self.read_configurations(graph, machine, &inside);
        }
        for &set in graph.of_type(SCALE_SET) {
            let inside =
                ["properties", "virtualMachineProfile", "networkProfile", "networkInterfaceConfigurations"];
            self.read_configurations(graph, set, &inside);
        }
        for &index in graph.of_type(INTERFACE) {
            let resource = graph.resource(index);
            if !resource.existing {
                let owners = machines.remove(&index).unwrap_or_default();
                self.read_interface(graph, index, &owners, &resource.body);
            }
        }
    }

    fn read_configurations(&mut self, graph: &Graph<'a>, index: usize, path: &[&str]) {
        let resource = graph.resource(index);
        if !resource.existing {
            for item in look_in(resource, path).items().items {
                self.read_interface(graph, index, &[index], &item.value);
            }
        }
    }

    fn read_interface(&mut self, graph: &Graph<'a>, resource: usize, machines: &[usize], value: &'a Value) {
        let partial = graph.resource(resource).partial;
        let at = |value: &'a Value, path: &[&str]| match look(value, path) {
            Look::Absent if partial => Look::Untold(vec![elsewhere(graph.resource(resource))]),
            found => found,
        };
        let group = Link::of(graph, &at(value, &["properties", "networkSecurityGroup", "id"]));
        for item in at(value, &["properties", "ipConfigurations"]).items().items {
            let own = |path: &[&str]| look(&item.value, path);
            let mut balanced = Vec::new();
            let mut balanced_open = Vec::new();
            for kind in [
                "loadBalancerBackendAddressPools",
                "loadBalancerInboundNatRules",
                "loadBalancerInboundNatPools",
            ] {
                let found = own(&["properties", kind]).items();
                balanced_open.extend(found.open);
                for member in found.items {
                    match Link::of(graph, &look(&member.value, &["id"])) {
                        Link::To(spot) => balanced.push(spot),
                        Link::Untold(reasons) => balanced_open.extend(reasons),
                        Link::Nothing => {}
                    }
                }
            }
            let groups = own(&["properties", "applicationSecurityGroups"]).items();
            let mut groups_open = !groups.open.is_empty();
            let application_groups = groups
                .items
                .iter()
                .filter_map(|group| {
                    let spot = look(&group.value, &["id"]).value().and_then(|id| locate(graph, id));
                    groups_open |= spot.is_none();
                    spot
                })
                .collect();
            self.interfaces.push(Interface {
                resource,
                machines: machines.to_vec(),
                group: group.clone(),
                subnet: Link::of(graph, &own(&["properties", "subnet", "id"])),
                public: public_address(graph, resource, &item.value),
                application_groups: (application_groups, groups_open),
                balanced,
                balanced_open,
                private: own(&["properties", "privateIPAddress"]).text(),
            });
        }
    }
}

fn subnet<'a>(
    graph: &Graph<'a>,
    resource: usize,
    name: Option<String>,
    value: &'a Value,
    span: Span,
) -> Subnet {
    let one = look(value, &["properties", "addressPrefix"]);
    let many = look(value, &["properties", "addressPrefixes"]);
    let items = many.items();
    let mut known = items.open.is_empty() && one.reasons().is_empty();
    let mut prefixes = Addresses::none();
    for text in one.value().into_iter().chain(items.items.iter().map(|item| &item.value)) {
        match text.as_str() {
            Some(text) => prefixes = prefixes.or(&Addresses::parse(text)),
            None => known = false,
        }
    }
    Subnet {
        resource,
        name,
        group: Link::of(graph, &look(value, &["properties", "networkSecurityGroup", "id"])),
        prefixes: (known && !prefixes.is_empty()).then_some(prefixes),
        span,
    }
}

/// What is absent from a subnet that is declared elsewhere is not known.
fn in_part(subnet: Subnet, resource: &Resource) -> Subnet {
    let group = match subnet.group {
        Link::Nothing => Link::Untold(vec![elsewhere(resource)]),
        group => group,
    };
    Subnet { group, ..subnet }
}

/// The public address of an IP configuration: a resource, or inside a scale set a configuration of its own.
fn public_address(
    graph: &Graph<'_>,
    resource: usize,
    configuration: &Value,
) -> Option<Result<PublicAddress, Vec<Reason>>> {
    let inside = look(configuration, &["properties", "publicIPAddressConfiguration"]);
    if let Some(value) = inside.value().filter(|value| value.as_object().is_some()) {
        let version = look(value, &["properties", "publicIPAddressVersion"]);
        return Some(Ok(PublicAddress {
            resource,
            basic: basic(&look(value, &["sku", "name"])),
            v6: version.text() == Some("IPv6"),
        }));
    }
    match Link::of(graph, &look(configuration, &["properties", "publicIPAddress", "id"])) {
        Link::Nothing => None,
        Link::Untold(reasons) => Some(Err(reasons)),
        Link::To(spot) => Some(Ok(of_address(graph, spot.resource))),
    }
}

/// A public address that is a resource.
pub(super) fn of_address(graph: &Graph<'_>, index: usize) -> PublicAddress {
    let resource = graph.resource(index);
    let version = look(&resource.body, &["properties", "publicIPAddressVersion"]);
    PublicAddress {
        resource: index,
        basic: basic(&look_in(resource, &["sku", "name"])),
        v6: version.text().is_some_and(|text| text.eq_ignore_ascii_case("IPv6")),
    }
}

fn basic(sku: &Look<'_>) -> Option<bool> {
    let text = sku.text()?;
    Some(text.eq_ignore_ascii_case("Basic"))
}

/// The public addresses of the front ends of a resource; `Nothing` is a private one.
pub(super) fn frontends(graph: &Graph<'_>, index: usize, collection: &str) -> Vec<Link> {
    let found = look_in(graph.resource(index), &["properties", collection]).items();
    let public = |item: &Value| Link::of(graph, &look(item, &["properties", "publicIPAddress", "id"]));
    found.items.iter().map(|item| public(&item.value)).collect()
}

/// A port, or a range of them, of two properties.
pub(super) fn port_range(value: &Value, first: &str, last: &str) -> Option<Ranges> {
    let port = |key| look(value, &["properties", key]).value().and_then(super::look::number);
    let (first, last) = (u128::try_from(port(first)?).ok()?, u128::try_from(port(last)?).ok()?);
    Some(Ranges::of(first, last))
}
