//! Security rules of a network security group, read from the model. What is not known of a rule is kept as two bounds: what it
//! matches at least, and at most.

use crate::model::Graph;
use crate::source::Span;
use crate::value::{Kind, Reason, ReasonKind, Value};

use super::look::{Look, look, look_in, number};
use super::{Addresses, Ranges};

/// The type of a security rule that stands beside its group.
pub const RULE_TYPE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";
/// Azure takes at most 1,000 rules a group; what is beyond this bound is left undecided.
const MAX_RULES: usize = 2_000;

/// A protocol of security rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
    /// ESP, of IPsec.
    Esp,
    /// AH, of IPsec.
    Ah,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Protocol; 5] =
        [Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::Esp, Protocol::Ah];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Icmp => "ICMP",
            Protocol::Esp => "ESP",
            Protocol::Ah => "AH",
        }
    }
}

/// What a rule matches at least and at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
    /// What it surely matches.
    pub least: T,
    /// What it perhaps matches.
    pub most: T,
}

impl<T: Clone> Bounds<T> {
    /// Known.
    pub fn exact(value: T) -> Self {
        Bounds { least: value.clone(), most: value }
    }
}

/// One side of a rule: prefixes and service tags, or application security groups.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// The addresses; none where the side is application security groups.
    pub addresses: Bounds<Addresses>,
    /// The ids of application security groups.
    pub groups: Vec<&'a Value>,
    /// Why there may be more groups, or other ones.
    pub groups_open: bool,
    /// The properties as written, the singular and the plural, to tell whether two rules name the same.
    written: [Option<&'a Value>; 2],
}

/// A security rule.
#[derive(Clone, Debug)]
pub struct SecurityRule<'a> {
    /// The resource that it is declared in, or is.
    pub resource: usize,
    /// Its place in the group's `securityRules`, where it is declared inside the group.
    pub item: Option<usize>,
    /// Its name, if it is known.
    pub name: Option<&'a str>,
    /// Where it is written.
    pub span: Span,
    /// Its `properties`.
    pub properties: &'a Value,
    /// Whether it allows; else it denies.
    pub allows: Option<bool>,
    /// Whether it is about inbound traffic.
    pub inbound: Option<bool>,
    /// Lower comes first.
    pub priority: Option<i64>,
    /// The protocol: `None` in `Some` is all of them.
    protocol: Option<Option<Protocol>>,
    /// Where traffic comes from.
    pub source: Side<'a>,
    /// Where it goes to.
    pub destination: Side<'a>,
    /// The ports that it comes from.
    pub source_ports: Bounds<Ranges>,
    /// The ports that it goes to.
    pub ports: Bounds<Ranges>,
    /// It may not be deployed.
    pub conditional: bool,
}

/// The rules of a group.
#[derive(Clone, Debug, Default)]
pub struct SecurityRules<'a> {
    /// Those that are here, in the order of their declaration.
    pub rules: Vec<SecurityRule<'a>>,
    /// Why there may be others; empty if there are none.
    pub open: Vec<Reason>,
}

impl<'a> SecurityRules<'a> {
    /// The rules of the group, inside it and beside it.
    pub fn of_group(graph: &Graph<'a>, group: usize) -> Self {
        let mut found = SecurityRules::default();
        let resource = graph.resource(group);
        let inside = look_in(resource, &["properties", "securityRules"]).items();
        found.open = inside.open;
        for (index, item) in inside.items.iter().enumerate() {
            match look(&item.value, &["properties"]) {
                Look::There(properties) if properties.as_object().is_some() => {
                    let span = item.site.or(item.value.origin.span).unwrap_or(resource.header);
                    let name = look(&item.value, &["name"]).text();
                    found.rules.push(SecurityRule::read(group, Some(index), name, span, properties));
                }
                Look::Absent => {}
                other => found.open.extend(other.reasons()),
            }
        }
        for &child in graph.children(group) {
            if graph.resource(child).resource_type.is(RULE_TYPE) {
                found.rules.extend(SecurityRule::of_resource(graph, child));
            }
        }
        if found.rules.len() > MAX_RULES {
            let text = format!("the group has more than {MAX_RULES} rules");
            found.open.push(Reason::new(ReasonKind::Limit, text));
            found.rules.truncate(MAX_RULES);
        }
        found
    }
}

impl<'a> SecurityRule<'a> {
    /// The rule that a resource is.
    pub fn of_resource(graph: &Graph<'a>, index: usize) -> Option<Self> {
        let resource = graph.resource(index);
        let properties = look(&resource.body, &["properties"]).value()?;
        let mut rule = Self::read(index, None, resource.short_name(), resource.header, properties);
        rule.conditional = resource.conditional;
        Some(rule)
    }

    pub(super) fn read(
        resource: usize,
        item: Option<usize>,
        name: Option<&'a str>,
        span: Span,
        properties: &'a Value,
    ) -> Self {
        let word = |key: &str, yes: &str, no: &str| {
            let text = look(properties, &[key]).text()?;
            if text.eq_ignore_ascii_case(yes) {
                Some(true)
            } else {
                text.eq_ignore_ascii_case(no).then_some(false)
            }
        };
        SecurityRule {
            resource,
            item,
            name,
            span,
            properties,
            allows: word("access", "Allow", "Deny"),
            inbound: word("direction", "Inbound", "Outbound"),
            priority: look(properties, &["priority"]).value().and_then(number),
            protocol: protocol(&look(properties, &["protocol"])),
            source: Side::read(properties, "source"),
            destination: Side::read(properties, "destination"),
            source_ports: ports(properties, ["sourcePortRange", "sourcePortRanges"], true),
            ports: ports(properties, ["destinationPortRange", "destinationPortRanges"], false),
            conditional: false,
        }
    }

    /// Whether it is about this protocol.
    pub fn is_of(&self, protocol: Protocol) -> Option<bool> {
        self.protocol.map(|own| own.is_none_or(|own| own == protocol))
    }

    /// What to call it.
    pub fn label(&self) -> String {
        match (self.name, self.item) {
            (Some(name), _) => name.to_owned(),
            (None, Some(item)) => format!("securityRules[{item}]"),
            (None, None) => "a security rule".to_owned(),
        }
    }

    /// Why something about it is not known.
    pub fn reasons(&self) -> Vec<Reason> {
        const READ: [&str; 12] = [
            "access",
            "direction",
            "priority",
            "protocol",
            "sourceAddressPrefix",
            "sourceAddressPrefixes",
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            "sourcePortRange",
            "sourcePortRanges",
            "destinationPortRange",
            "destinationPortRanges",
        ];
        let mut reasons: Vec<Reason> = Vec::new();
        for reason in READ.iter().flat_map(|key| look(self.properties, &[key]).reasons()) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}

impl<'a> Side<'a> {
    fn read(properties: &'a Value, side: &str) -> Self {
        let [one, many] = ["AddressPrefix", "AddressPrefixes"].map(|end| format!("{side}{end}"));
        let looks = [look(properties, &[&one]), look(properties, &[&many])];
        let mut addresses = Bounds::exact(Addresses::none());
        for found in &looks {
            join(&mut addresses, prefixes(found));
        }
        let groups = look(properties, &[&format!("{side}ApplicationSecurityGroups")]).items();
        let mut open = !groups.open.is_empty();
        let ids = groups.items.iter().filter_map(|item| {
            let id = look(&item.value, &["id"]).value();
            open |= id.is_none();
            id
        });
        let groups = ids.collect();
        Side { addresses, groups, groups_open: open, written: looks.map(|found| found.value()) }
    }

    /// Whether it is application security groups.
    pub fn is_groups(&self) -> bool {
        self.groups_open || !self.groups.is_empty()
    }

    /// Whether both name the same, known or not.
    pub fn same(&self, other: &Side<'_>) -> bool {
        let equal = |a: &Value, b: &Value| a.equals(b, true) == Some(true);
        let prefixes = self.written.iter().zip(&other.written).all(|pair| match pair {
            (None, None) => true,
            (Some(a), Some(b)) => equal(a, b),
            _ => false,
        });
        let groups = self.groups.len() == other.groups.len()
            && self.groups.iter().all(|a| other.groups.iter().any(|b| equal(a, b)));
        prefixes && groups && !self.groups_open && !other.groups_open
    }
}

fn join(all: &mut Bounds<Addresses>, more: Bounds<Addresses>) {
    *all = Bounds { least: all.least.or(&more.least), most: all.most.or(&more.most) };
}

fn prefixes(found: &Look<'_>) -> Bounds<Addresses> {
    match found {
        Look::Absent => Bounds::exact(Addresses::none()),
        Look::Untold(_) => Bounds { least: Addresses::none(), most: Addresses::all() },
        Look::There(value) => addresses(value),
    }
}

/// The addresses of a prefix, or of an array of them.
fn addresses(value: &Value) -> Bounds<Addresses> {
    match &value.kind {
        Kind::String(text) => {
            let parts = text.split(',').map(Addresses::parse);
            Bounds::exact(parts.fold(Addresses::none(), |all, one| all.or(&one)))
        }
        Kind::Array(array) => {
            let mut all = Bounds::exact(Addresses::none());
            for item in array.values() {
                join(&mut all, addresses(item));
            }
            if array.open.is_some() {
                all.most = Addresses::all();
            }
            all
        }
        Kind::OneOf(choices) => choices
            .iter()
            .map(addresses)
            .reduce(|a, b| Bounds { least: a.least.and(&b.least), most: a.most.or(&b.most) })
            .unwrap_or(Bounds::exact(Addresses::none())),
        Kind::Null => Bounds::exact(Addresses::none()),
        _ => Bounds { least: Addresses::none(), most: Addresses::all() },
    }
}

fn protocol(found: &Look<'_>) -> Option<Option<Protocol>> {
    let text = found.text()?;
    if text == "*" || text.eq_ignore_ascii_case("any") {
        return Some(None);
    }
    Protocol::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(text)).map(Some)
}

/// All ports.
pub(super) fn every_port() -> Ranges {
    Ranges::of(0, u128::from(u16::MAX))
}

/// The ports of a singular and a plural property. Where neither is given: all of them, or none.
fn ports(properties: &Value, names: [&str; 2], all: bool) -> Bounds<Ranges> {
    let found = names.map(|name| look(properties, &[name]));
    if all && found.iter().all(|found| matches!(found, Look::Absent)) {
        return Bounds::exact(every_port());
    }
    found.iter().map(port_bounds).fold(Bounds::exact(Ranges::empty()), |all, more| Bounds {
        least: all.least.or(&more.least),
        most: all.most.or(&more.most),
    })
}

fn port_bounds(found: &Look<'_>) -> Bounds<Ranges> {
    match found {
        Look::Absent => Bounds::exact(Ranges::empty()),
        Look::Untold(_) => unknown_ports(),
        Look::There(value) => port_values(value),
    }
}

fn unknown_ports() -> Bounds<Ranges> {
    Bounds { least: Ranges::empty(), most: every_port() }
}

fn port_values(value: &Value) -> Bounds<Ranges> {
    match &value.kind {
        Kind::String(text) => text
            .split(',')
            .map(|part| parse_ports(part).map_or_else(unknown_ports, Bounds::exact))
            .fold(Bounds::exact(Ranges::empty()), either),
        Kind::Number(number) => match number.as_i64().and_then(|port| u16::try_from(port).ok()) {
            Some(port) => Bounds::exact(Ranges::of(port.into(), port.into())),
            None => unknown_ports(),
        },
        Kind::Array(array) => {
            let mut all = array.values().map(port_values).fold(Bounds::exact(Ranges::empty()), either);
            if array.open.is_some() {
                all.most = every_port();
            }
            all
        }
        Kind::OneOf(choices) => choices
            .iter()
            .map(port_values)
            .reduce(|a, b| Bounds { least: a.least.and(&b.least), most: a.most.or(&b.most) })
            .unwrap_or_else(unknown_ports),
        Kind::Null => Bounds::exact(Ranges::empty()),
        _ => unknown_ports(),
    }
}

fn either(a: Bounds<Ranges>, b: Bounds<Ranges>) -> Bounds<Ranges> {
    Bounds { least: a.least.or(&b.least), most: a.most.or(&b.most) }
}

/// `22`, `20-25` or `*`; `None` if it is none of that.
pub fn parse_ports(text: &str) -> Option<Ranges> {
    let text = text.trim();
    if text == "*" || text.eq_ignore_ascii_case("any") {
        return Some(every_port());
    }
    let port = |text: &str| text.trim().parse::<u16>().ok().map(u128::from);
    match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (port(first)?, port(last)?);
            (first <= last).then(|| Ranges::of(first, last))
        }
        None => port(text).map(|port| Ranges::of(port, port)),
    }
}

/// Ports in words: `22, 80-443`; "all ports".
pub fn describe_ports(ports: &Ranges, most: usize) -> String {
    if Ranges::of(1, u128::from(u16::MAX)).without(ports).is_empty() {
        return "all ports".to_owned();
    }
    let mut words: Vec<String> = ports
        .intervals()
        .iter()
        .take(most)
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    if ports.intervals().len() > most {
        words.push("…".to_owned());
    }
    words.join(", ")
}
