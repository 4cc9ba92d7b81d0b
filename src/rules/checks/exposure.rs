//! `nsg-exposure`: what a network security group lets in from, or out to, everyone.
//!
//! Rules are asked where they are declared: those inside the group as the group's, those declared beside it as their own. Both
//! know all rules of the group: an earlier deny that covers the case takes it away.

use crate::value::{Kind, Reason, ReasonKind, Value};

use super::super::address::Ports;
use super::super::compare::compare;
use super::super::format::{Literal, Operator, PortRange, Text};
use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::{Case, why};

const RULE_TYPE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";

/// What is asked.
struct Question {
    ports: Option<Vec<PortRange>>,
    protocol: Option<String>,
    /// Only what opens every port counts.
    whole: bool,
    /// `Inbound` or `Outbound`.
    direction: &'static str,
    /// The property that names the other side, and its plural.
    other_side: [&'static str; 2],
    /// The property that names this side, and its plural.
    this_side: [&'static str; 2],
}

const SOURCE: [&str; 2] = ["sourceAddressPrefix", "sourceAddressPrefixes"];
const DESTINATION: [&str; 2] = ["destinationAddressPrefix", "destinationAddressPrefixes"];
const PORT: [&str; 2] = ["destinationPortRange", "destinationPortRanges"];

/// A security rule of the group.
struct Entry<'g> {
    resource: usize,
    walker: Walker<'g>,
    /// Its `properties`.
    properties: &'g Value,
    trail: Trail,
}

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let question = question(case);
    let resource = case.graph().resource(case.resource);
    let group = if resource.resource_type.is(RULE_TYPE) {
        case.graph().parent(case.resource)
    } else {
        Some(case.resource)
    };
    let (entries, open) = entries(case, group);
    let asked = case.resource;
    let mut found = false;
    for entry in entries.iter().filter(|entry| entry.resource == asked) {
        match exposed(entry, &entries, &question) {
            Exposed::No => {}
            Exposed::Yes(ports) => {
                found = true;
                case.broken(question.evidence(entry), &tell(&ports));
            }
            Exposed::Perhaps(reasons) => {
                found = true;
                let evidence = Evidence { reasons, ..entry.trail.clone().evidence(entry.resource, None) };
                case.undecided(vec![evidence]);
            }
        }
    }
    if found {
        return;
    }
    if open.is_empty() || group != Some(case.resource) {
        case.holds();
    } else {
        let reasons = open;
        case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
    }
}

fn question(case: &Case<'_, '_, '_>) -> Question {
    let outbound = case.word("direction") == Some("outbound");
    Question {
        ports: case.ports("ports"),
        protocol: case.word("protocol").filter(|word| *word != "any").map(str::to_owned),
        whole: case.flag("whole"),
        direction: if outbound { "Outbound" } else { "Inbound" },
        other_side: if outbound { DESTINATION } else { SOURCE },
        this_side: if outbound { SOURCE } else { DESTINATION },
    }
}

/// The rules of a group, and why there may be more inside it. Without a group, the rule alone.
fn entries<'g>(case: &Case<'_, 'g, '_>, group: Option<usize>) -> (Vec<Entry<'g>>, Vec<Reason>) {
    let graph = case.graph();
    let (mut entries, mut open) = (Vec::new(), Vec::new());
    let Some(group) = group else {
        entries.extend(beside(case, case.resource));
        return (entries, open);
    };
    inside(case, group, &mut entries, &mut open);
    for &child in graph.children(group) {
        if graph.resource(child).resource_type.is(RULE_TYPE) {
            entries.extend(beside(case, child));
        }
    }
    (entries, open)
}

/// A rule that is a resource of its own.
fn beside<'g>(case: &Case<'_, 'g, '_>, index: usize) -> Option<Entry<'g>> {
    let resource = case.graph().resource(index);
    let walker = Walker { resource, record: true };
    let member = resource.body.as_object()?.get("properties")?;
    let trail = walker.into_member(&Trail::default(), "properties", member);
    Some(Entry { resource: index, walker, properties: &member.value, trail })
}

/// The rules inside a group.
fn inside<'g>(case: &Case<'_, 'g, '_>, group: usize, entries: &mut Vec<Entry<'g>>, open: &mut Vec<Reason>) {
    let resource = case.graph().resource(group);
    let walker = Walker { resource, record: true };
    let Some(properties) = resource.body.as_object().and_then(|body| body.get("properties")) else { return };
    let trail = walker.into_member(&Trail::default(), "properties", properties);
    let Some(object) = properties.value.as_object() else {
        open.extend(why(&properties.value));
        return;
    };
    let Some(rules) = object.get("securityRules") else {
        open.extend(object.open.iter().flat_map(|open| open.reasons.iter().cloned()));
        return;
    };
    let trail = walker.into_member(&trail, "securityRules", rules);
    let Some(array) = rules.value.as_array() else {
        open.extend(why(&rules.value));
        return;
    };
    for (index, item) in array.items.iter().enumerate() {
        let trail = walker.into_item(&trail, index, item);
        match item.value.as_object().and_then(|rule| rule.get("properties")) {
            Some(member) => {
                let trail = walker.into_member(&trail, "properties", member);
                entries.push(Entry { resource: group, walker, properties: &member.value, trail });
            }
            None => open.extend(why(&item.value)),
        }
    }
    open.extend(array.open.iter().flat_map(|open| open.reasons.iter().cloned()));
}

/// What a rule exposes.
enum Exposed {
    No,
    Perhaps(Vec<Reason>),
    Yes(Ports),
}

fn exposed(entry: &Entry<'_>, all: &[Entry<'_>], question: &Question) -> Exposed {
    let asked = [
        entry.is("access", "Allow"),
        entry.is("direction", question.direction),
        question.meets_protocol(entry),
        question.meets_ports(entry),
        entry.everyone(question.other_side),
    ];
    if asked.contains(&Some(false)) {
        return Exposed::No;
    }
    if asked.contains(&None) {
        let names = [
            "access",
            "direction",
            "protocol",
            PORT[0],
            PORT[1],
            question.other_side[0],
            question.other_side[1],
        ];
        return Exposed::Perhaps(entry.reasons(&names));
    }
    let written = entry.ports();
    let mut left = match &question.ports {
        Some(ports) => written.map_or_else(|| Ports::new(ports.clone()), |written| written.overlap(ports)),
        None => written.unwrap_or_else(Ports::all),
    };
    let mut doubts = Vec::new();
    for deny in all {
        match denies(deny, entry, question) {
            Some(true) => left = left.without(&deny.ports().unwrap_or_default()),
            Some(false) => {}
            None => doubts.push(deny),
        }
    }
    if left.is_empty() {
        return Exposed::No;
    }
    match doubts.first() {
        None => Exposed::Yes(left),
        Some(deny) => {
            let mut reasons =
                deny.reasons(&["access", "direction", "priority", "protocol", PORT[0], PORT[1]]);
            reasons.extend(deny.reasons(&[SOURCE[0], SOURCE[1], DESTINATION[0], DESTINATION[1]]));
            if reasons.is_empty() {
                reasons.push(Reason::new(ReasonKind::Error, "the priorities of its rules can't be compared"));
            }
            Exposed::Perhaps(reasons)
        }
    }
}

/// Whether `deny` comes before `entry` and covers all that it lets through, on the ports of `deny`.
fn denies(deny: &Entry<'_>, entry: &Entry<'_>, question: &Question) -> Option<bool> {
    let everything = |names: [&str; 2]| deny.any(names, &Operator::Everyone);
    let covers_protocol = match deny.is("protocol", "*") {
        Some(false) => match (&question.protocol, entry.value("protocol").and_then(Value::as_str)) {
            (Some(protocol), _) => deny.is("protocol", protocol),
            (None, Some(protocol)) if protocol != "*" => deny.is("protocol", protocol),
            _ => Some(false),
        },
        answer => answer,
    };
    let covers_this_side = match everything(question.this_side) {
        Some(false) => Some(deny.same(entry, question.this_side)),
        answer => answer,
    };
    let asked = [
        deny.is("access", "Deny"),
        deny.is("direction", question.direction),
        earlier(deny, entry),
        covers_protocol,
        everything(question.other_side),
        covers_this_side,
        any_source_port(deny),
        deny.any(PORT, &Operator::Exists),
        if deny.ports().is_some() { Some(true) } else { None },
    ];
    if asked.contains(&Some(false)) {
        return Some(false);
    }
    if asked.contains(&None) { None } else { Some(true) }
}

/// Whether a rule looks at no source port.
fn any_source_port(entry: &Entry<'_>) -> Option<bool> {
    const NAMES: [&str; 2] = ["sourcePortRange", "sourcePortRanges"];
    let every = ["*", "0-65535"].map(|text| Literal::Str(Text::Static(text)));
    if NAMES.iter().all(|name| entry.value(name).is_none()) {
        return Some(true);
    }
    let [one, many] = [Operator::In(every.to_vec().into()), Operator::Contains(every[0].clone())];
    match [entry.any(NAMES, &one), entry.any(NAMES, &many)] {
        [Some(true), _] | [_, Some(true)] => Some(true),
        [Some(false), Some(false)] => Some(false),
        _ => None,
    }
}

fn earlier(deny: &Entry<'_>, entry: &Entry<'_>) -> Option<bool> {
    let priority = |entry: &Entry<'_>| entry.value("priority").and_then(Value::as_int);
    Some(priority(deny)? < priority(entry)?)
}

impl Question {
    fn meets_protocol(&self, entry: &Entry<'_>) -> Option<bool> {
        let Some(protocol) = &self.protocol else {
            // Only TCP and UDP have ports.
            let ported = ["*", "Tcp", "Udp"].map(|word| entry.is("protocol", word));
            return match ported {
                _ if self.ports.is_none() && !self.whole => Some(true),
                _ if ported.contains(&Some(true)) => Some(true),
                _ if ported.contains(&None) => None,
                _ => Some(false),
            };
        };
        match [entry.is("protocol", "*"), entry.is("protocol", protocol)] {
            [Some(false), Some(false)] => Some(false),
            [Some(true), _] | [_, Some(true)] => Some(true),
            _ => None,
        }
    }

    fn meets_ports(&self, entry: &Entry<'_>) -> Option<bool> {
        if self.whole {
            return entry.ports().map(|ports| ports.covers_all());
        }
        match &self.ports {
            Some(ports) => entry.any(PORT, &Operator::IncludesPort(ports.clone().into())),
            None => Some(true),
        }
    }

    /// The properties that decided: the ports that were asked for, and the other side.
    fn evidence(&self, entry: &Entry<'_>) -> Vec<Evidence> {
        let ports = (self.whole || self.ports.is_some()).then_some(PORT);
        let sides = ports.into_iter().chain([self.other_side]);
        let found: Vec<Evidence> = sides.filter_map(|names| entry.evidence(names)).collect();
        if found.is_empty() { vec![entry.trail.clone().evidence(entry.resource, None)] } else { found }
    }
}

impl Entry<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.properties
            .as_object()
            .and_then(|properties| properties.value(name))
            .filter(|value| !value.is_null())
    }

    /// Whether a property is this word.
    fn is(&self, name: &str, word: &str) -> Option<bool> {
        let operator = Operator::Equals(Literal::Str(word.into()));
        match (self.value(name), &self.properties.kind) {
            (Some(value), _) => compare(value, &operator),
            (None, Kind::Object(object)) if object.is_closed() => Some(false),
            _ => None,
        }
    }

    /// Whether the operator is so of one of two properties: the singular and the plural.
    fn any(&self, names: [&str; 2], operator: &Operator) -> Option<bool> {
        let closed = self.properties.as_object().is_some_and(|object| object.is_closed());
        let answers = names.map(|name| match self.value(name) {
            Some(value) => compare(value, operator),
            None if closed => Some(false),
            None => None,
        });
        match answers {
            [Some(true), _] | [_, Some(true)] => Some(true),
            [Some(false), Some(false)] => Some(false),
            _ => None,
        }
    }

    /// Whether a side is everyone. Nobody writes the address `0.0.0.0`, or a length without address, meaning less than that.
    fn everyone(&self, names: [&str; 2]) -> Option<bool> {
        let slip = |value: &Value| value.as_str().is_some_and(|text| matches!(text.trim(), "0.0.0.0" | "/0"));
        let slipped = names
            .iter()
            .filter_map(|name| self.value(name))
            .any(|value| slip(value) || value.as_array().is_some_and(|array| array.values().any(slip)));
        if slipped { Some(true) } else { self.any(names, &Operator::Everyone) }
    }

    /// Whether two rules name the same addresses.
    fn same(&self, other: &Entry<'_>, names: [&str; 2]) -> bool {
        names.into_iter().all(|name| match (self.value(name), other.value(name)) {
            (None, None) => true,
            (Some(a), Some(b)) => a.equals(b, true) == Some(true),
            _ => false,
        })
    }

    /// The destination ports, if all of them are known.
    fn ports(&self) -> Option<Ports> {
        let mut ports = Ports::default();
        for value in PORT.iter().filter_map(|name| self.value(name)) {
            match &value.kind {
                Kind::Array(array) if array.is_closed() => {
                    for item in array.values() {
                        ports.extend(Ports::parse(&text(item)?)?);
                    }
                }
                _ => ports.extend(Ports::parse(&text(value)?)?),
            }
        }
        Some(ports)
    }

    fn reasons(&self, names: &[&str]) -> Vec<Reason> {
        let mut reasons: Vec<Reason> =
            names.iter().filter_map(|name| self.value(name)).flat_map(why).collect();
        if reasons.is_empty() {
            reasons = why(self.properties);
        }
        reasons
    }

    /// The property of these that is written, as evidence.
    fn evidence(&self, names: [&str; 2]) -> Option<Evidence> {
        let object = self.properties.as_object()?;
        let (name, member) = names.into_iter().find_map(|name| Some((name, object.get(name)?)))?;
        let trail = self.walker.into_member(&self.trail, name, member);
        Some(trail.evidence(self.resource, Some(member.value.clone())))
    }
}

fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The ports in words.
fn tell(ports: &Ports) -> String {
    const MOST: usize = 6;
    let mut words: Vec<String> = ports
        .ranges()
        .iter()
        .take(MOST)
        .map(|range| match (range.first, range.last) {
            (0, u16::MAX) => "all ports".to_owned(),
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        })
        .collect();
    if ports.ranges().len() > MOST {
        words.push("…".to_owned());
    }
    words.join(", ")
}
