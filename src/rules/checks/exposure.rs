//! `nsg-exposure`: what a network security group lets in from, or out to, the other side.
//!
//! Rules are asked where they are declared: those inside the group as the group's, those declared beside it as their own. Both
//! know all rules of the group: an earlier deny that covers the case takes it away, and so does another group on the only ways in.

use std::rc::Rc;

use crate::network::{
    Addresses, Asked, Near, Opening, Protocol, RULE_TYPE, Ranges, Region, SecurityRule, SecurityRules, Side,
    Standing, describe_ports, opening,
};
use crate::value::{Reason, ReasonKind, Value};

use super::super::resolve::{Trail, Walker};
use super::super::truth::Evidence;
use super::Case;

/// How many ranges of ports, and how many machines, a message names.
const MOST: usize = 6;
const MOST_MACHINES: usize = 3;

/// Whom the other side is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Strangers: more public addresses than one organisation has.
    Everyone,
    /// Public addresses, but fewer.
    Public,
    /// A wide range of private addresses.
    Private,
}

/// What is asked.
struct Question {
    ports: Ranges,
    /// Whether any port counts, or only these.
    any_port: bool,
    protocols: Vec<Protocol>,
    /// Only what opens every port counts.
    whole: bool,
    inbound: bool,
    others: Others,
}

/// A private range that is wider than a /25 is more than a handful of machines.
const WIDE_PRIVATE: u128 = 1 << 7;
/// RFC 1918.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const SOURCE: [&str; 2] = ["sourceAddressPrefix", "sourceAddressPrefixes"];
const DESTINATION: [&str; 2] = ["destinationAddressPrefix", "destinationAddressPrefixes"];
const PORT: [&str; 2] = ["destinationPortRange", "destinationPortRanges"];

/// What a rule exposes.
enum Exposed {
    No,
    Perhaps(Vec<Reason>),
    Yes(Ranges),
}

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let question = question(case);
    let asked = case.resource;
    let own = case.graph().resource(asked).resource_type.is(RULE_TYPE);
    let group = if own { case.graph().parent(asked) } else { Some(asked) };
    let rules = match group {
        Some(group) => case.context.network.rules_of(group),
        None => Rc::new(SecurityRules {
            rules: SecurityRule::of_resource(case.graph(), asked).into_iter().collect(),
            open: Vec::new(),
        }),
    };
    let mut found = false;
    for (index, rule) in rules.rules.iter().enumerate().filter(|(_, rule)| rule.resource == asked) {
        match question.exposed(&rules, index) {
            Exposed::No => {}
            Exposed::Perhaps(reasons) => {
                found = true;
                let evidence = Evidence { reasons, ..trail(case, rule).evidence(asked, None) };
                case.undecided(vec![evidence]);
            }
            Exposed::Yes(ports) => found |= tell(case, &question, group, index, rule, &ports),
        }
    }
    if found {
        return;
    }
    if rules.open.is_empty() || own {
        case.holds();
    } else {
        let evidence = Evidence { reasons: rules.open.clone(), ..Evidence::of_resource(asked) };
        case.undecided(vec![evidence]);
    }
}

/// A finding, with what it means for the network; none where the way is closed elsewhere.
fn tell(
    case: &mut Case<'_, '_, '_>,
    question: &Question,
    group: Option<usize>,
    index: usize,
    rule: &SecurityRule<'_>,
    ports: &Ranges,
) -> bool {
    let detail = describe_ports(ports, MOST);
    let evidence = question.evidence(case, rule);
    let (mut note, mut milder) = (String::new(), false);
    let network = &case.context.network;
    if let Some(group) = group.filter(|_| question.inbound && question.others == Others::Everyone) {
        match network.standing(group, index, &question.protocols, ports) {
            Standing::Closed => return false,
            Standing::Attached => {}
            Standing::Unattached if declared_elsewhere(case, group) => {}
            Standing::Unattached => {
                note.push_str("; nothing here is attached to the group");
                milder = true;
            }
            Standing::Reached(endpoints) => {
                let mut names: Vec<String> =
                    endpoints.iter().map(|endpoint| format!("'{}'", endpoint.name)).collect();
                names.dedup();
                let more = if names.len() > MOST_MACHINES { " and others" } else { "" };
                names.truncate(MOST_MACHINES);
                note = format!("; {}{more} can be reached through it", names.join(", "));
            }
        }
    }
    case.broken_with(evidence, &detail, &note, milder);
    true
}

/// What is attached to such a group shows only where it is declared.
fn declared_elsewhere(case: &Case<'_, '_, '_>, group: usize) -> bool {
    let group = case.graph().resource(group);
    group.existing || group.partial
}

fn question(case: &Case<'_, '_, '_>) -> Question {
    let every = Ranges::of(0, u128::from(u16::MAX));
    let asked = case.ports("ports");
    let whole = case.flag("whole");
    let ports = asked.as_ref().map(|ports| {
        ports.iter().map(|range| (u128::from(range.first), u128::from(range.last))).collect::<Ranges>()
    });
    let protocols = match case.word("protocol") {
        Some("tcp") => vec![Protocol::Tcp],
        Some("udp") => vec![Protocol::Udp],
        // Only TCP and UDP have ports.
        _ if whole || asked.is_some() => vec![Protocol::Tcp, Protocol::Udp],
        _ => Protocol::ALL.to_vec(),
    };
    Question {
        any_port: ports.is_none(),
        ports: ports.unwrap_or(every),
        protocols,
        whole,
        inbound: case.word("direction") != Some("outbound"),
        others: match case.word("from") {
            Some("public") => Others::Public,
            Some("private") => Others::Private,
            _ => Others::Everyone,
        },
    }
}

impl Question {
    fn exposed(&self, rules: &SecurityRules<'_>, index: usize) -> Exposed {
        let Some(rule) = rules.rules.get(index) else { return Exposed::No };
        let (mut surely, mut perhaps) = (Ranges::empty(), false);
        for protocol in &self.protocols {
            let near = |other: &SecurityRule<'_>| self.covers(other, rule);
            let asked = Asked { inbound: self.inbound, protocol: *protocol, near: &near };
            let Some(Opening { surely: sure, perhaps: open, .. }) = opening(rules, index, &asked, false)
            else {
                continue;
            };
            let sure = self.of_others(&sure);
            if self.enough(&sure) {
                surely = surely.or(&sure);
            }
            perhaps |= self.enough(&self.of_others(&open));
        }
        if !surely.is_empty() {
            return Exposed::Yes(surely);
        }
        if !perhaps {
            return Exposed::No;
        }
        let mut reasons = rule.reasons();
        for other in rules.rules.iter().filter(|other| other.allows != Some(true)) {
            reasons.extend(
                other.reasons().into_iter().filter(|reason| !reasons.contains(reason)).collect::<Vec<_>>(),
            );
        }
        if reasons.is_empty() {
            reasons.push(Reason::new(ReasonKind::Error, "the priorities of its rules can't be compared"));
        }
        Exposed::Perhaps(reasons)
    }

    fn enough(&self, ports: &Ranges) -> bool {
        if self.whole {
            // 0 is a port that nothing listens at.
            ports.covers(&Ranges::of(1, u128::from(u16::MAX)))
        } else {
            !ports.is_empty()
        }
    }

    /// The ports in question that are open to the others.
    fn of_others(&self, region: &Region) -> Ranges {
        let region = if self.any_port { region.clone() } else { region.to_ports(&self.ports) };
        let pieces = region.0.iter().filter(|piece| self.are_others(&piece.far));
        pieces.fold(Ranges::empty(), |all, piece| all.or(&piece.ports))
    }

    fn are_others(&self, far: &Addresses) -> bool {
        match self.others {
            Others::Everyone => far.is_internet(),
            Others::Public => {
                let public = far.public();
                !far.is_internet() && (!public.v4.is_empty() || !public.v6.is_empty())
            }
            Others::Private => {
                let private =
                    PRIVATE.iter().fold(Addresses::none(), |all, one| all.or(&Addresses::parse(one)));
                !far.is_internet() && far.v4.and(&private.v4).extent() > WIDE_PRIVATE
            }
        }
    }

    /// Whether a rule is about all that `asked` is about on this side.
    fn covers(&self, other: &SecurityRule<'_>, asked: &SecurityRule<'_>) -> Near {
        if (other.resource, other.item) == (asked.resource, asked.item) {
            return Near::Yes;
        }
        let (theirs, own) = (self.this_side(other), self.this_side(asked));
        if theirs.same(own) {
            return Near::Yes;
        }
        match (theirs.is_groups(), own.is_groups()) {
            (true, true) if theirs.groups_open || own.groups_open => Near::Perhaps,
            (true, _) => Near::Part,
            (false, true) if theirs.addresses.least.covers(&Addresses::tag("VirtualNetwork")) => Near::Yes,
            (false, true) => Near::Part,
            (false, false) if theirs.addresses.least.covers(&own.addresses.most) => Near::Yes,
            (false, false) if theirs.addresses.most.and(&own.addresses.most).is_empty() => Near::No,
            (false, false) if theirs.addresses.most == theirs.addresses.least => Near::Part,
            (false, false) => Near::Perhaps,
        }
    }

    fn this_side<'r, 'a>(&self, rule: &'r SecurityRule<'a>) -> &'r Side<'a> {
        if self.inbound { &rule.destination } else { &rule.source }
    }

    /// The properties that decided: the ports that were asked for, and the other side.
    fn evidence(&self, case: &Case<'_, '_, '_>, rule: &SecurityRule<'_>) -> Vec<Evidence> {
        let ports = (self.whole || !self.any_port).then_some(PORT);
        let sides = ports.into_iter().chain([if self.inbound { SOURCE } else { DESTINATION }]);
        let trail = trail(case, rule);
        let walker = Walker { resource: case.graph().resource(rule.resource), record: true };
        let object = rule.properties.as_object();
        let found: Vec<Evidence> = sides
            .filter_map(|names| {
                let (name, member) = names.into_iter().find_map(|name| Some((name, object?.get(name)?)))?;
                let trail = walker.into_member(&trail, name, member);
                Some(trail.evidence(rule.resource, Some(member.value.clone())))
            })
            .collect();
        if found.is_empty() { vec![trail.evidence(rule.resource, None)] } else { found }
    }
}

/// The way to a rule's properties in the resource that it is declared in.
fn trail(case: &Case<'_, '_, '_>, rule: &SecurityRule<'_>) -> Trail {
    let resource = case.graph().resource(rule.resource);
    let walker = Walker { resource, record: true };
    let into = |trail: &Trail, value: &Value, key: &str| {
        value
            .as_object()
            .and_then(|object| object.get(key))
            .map(|member| walker.into_member(trail, key, member))
    };
    let properties = into(&Trail::default(), &resource.body, "properties").unwrap_or_default();
    let Some(index) = rule.item else { return properties };
    let inside = resource.body.as_object().and_then(|body| body.value("properties"));
    let Some(rules) = inside.and_then(Value::as_object).and_then(|body| body.get("securityRules")) else {
        return properties;
    };
    let trail = walker.into_member(&properties, "securityRules", rules);
    let Some(item) = rules.value.as_array().and_then(|array| array.items.get(index)) else { return trail };
    let trail = walker.into_item(&trail, index, item);
    into(&trail, &item.value, "properties").unwrap_or(trail)
}
