//! The evaluation of security groups against one that tries packet by packet.

use proptest::prelude::*;

use super::evaluate::{Asked, Near, openings};
use super::security::{Protocol, SecurityRule, SecurityRules};
use super::{Addresses, Ranges, Region};
use crate::source::{Sources, Span};
use crate::value::{Array, Item, Object, Reason, ReasonKind, Value};

/// Prefixes as they are written, with the probe addresses that lie in them.
const PREFIXES: [(&str, &[u32]); 7] = [
    ("*", &PROBES),
    ("0.0.0.0/0", &PROBES),
    ("Internet", &[0x0808_0808, 0x0808_0909, 0x5000_0001]),
    ("8.8.0.0/16", &[0x0808_0808, 0x0808_0909]),
    ("8.8.8.8", &[0x0808_0808]),
    ("10.0.0.0-10.255.255.255", &[0x0A00_0001]),
    ("VirtualNetwork", &[]),
];
const PROBES: [u32; 4] = [0x0808_0808, 0x0808_0909, 0x5000_0001, 0x0A00_0001];
/// Ports as they are written, with first and last.
const PORTS: [(&str, u16, u16); 6] = [
    ("*", 0, 65_535),
    ("22", 22, 22),
    ("20-25", 20, 25),
    ("23-80", 23, 80),
    ("0-65535", 0, 65_535),
    ("443", 443, 443),
];
const PROBED_PORTS: [u16; 6] = [0, 22, 24, 50, 443, 65_535];
const PROTOCOLS: [&str; 4] = ["*", "Tcp", "udp", "Icmp"];

/// A rule as drawn: which of the lists above, and whether each is known.
#[derive(Clone, Debug)]
struct Drawn {
    allow: bool,
    inbound: bool,
    priority: i64,
    protocol: usize,
    sources: Vec<usize>,
    source_port: usize,
    ports: Vec<usize>,
    /// Which of the fields are not known: access, priority, protocol, sources, ports.
    hidden: [bool; 5],
}

fn drawn(hidden: bool) -> impl Strategy<Value = Drawn> {
    let hides = if hidden { prop::bool::weighted(0.15).boxed() } else { Just(false).boxed() };
    (
        any::<bool>(),
        prop::bool::weighted(0.9),
        0..PROTOCOLS.len(),
        prop::collection::vec(0..PREFIXES.len(), 1..3),
        prop_oneof![4 => Just(0_usize), 1 => 0..PORTS.len()],
        prop::collection::vec(0..PORTS.len(), 1..3),
        prop::array::uniform5(hides),
    )
        .prop_map(|(allow, inbound, protocol, sources, source_port, ports, hidden)| Drawn {
            allow,
            inbound,
            priority: 0,
            protocol,
            sources,
            source_port,
            ports,
            hidden,
        })
}

fn drawn_rules(hidden: bool) -> impl Strategy<Value = Vec<Drawn>> {
    prop::collection::vec(drawn(hidden), 0..6).prop_flat_map(|rules| {
        let places: Vec<i64> = (0..rules.len()).filter_map(|at| i64::try_from(at).ok()).collect();
        (Just(rules), Just(places).prop_shuffle()).prop_map(|(mut rules, places)| {
            for (rule, place) in rules.iter_mut().zip(places) {
                rule.priority = 100 + 10 * place;
            }
            rules
        })
    })
}

fn object(members: Vec<(&str, Value)>) -> Value {
    Value::object(members.into_iter().collect::<Object>())
}

fn unknown() -> Value {
    Value::unknown(Reason::new(ReasonKind::Parameter, "parameter 'x' has no default"))
}

fn list(texts: Vec<&str>) -> Value {
    let items = texts.into_iter().map(|text| Item::from(Value::string(text))).collect();
    Value::array(Array { items, ..Array::default() })
}

fn properties(rule: &Drawn) -> Value {
    let known = |place: usize, value: Value| if rule.hidden[place] { unknown() } else { value };
    object(vec![
        ("access", known(0, Value::string(if rule.allow { "Allow" } else { "deny" }))),
        ("direction", Value::string(if rule.inbound { "Inbound" } else { "Outbound" })),
        ("priority", known(1, Value::int(rule.priority))),
        ("protocol", known(2, Value::string(PROTOCOLS[rule.protocol]))),
        ("sourceAddressPrefixes", known(3, list(rule.sources.iter().map(|at| PREFIXES[*at].0).collect()))),
        ("sourcePortRange", Value::string(PORTS[rule.source_port].0)),
        ("destinationAddressPrefix", Value::string("*")),
        ("destinationPortRanges", known(4, list(rule.ports.iter().map(|at| PORTS[*at].0).collect()))),
    ])
}

/// A packet that comes in.
#[derive(Clone, Copy, Debug)]
struct Packet {
    protocol: Protocol,
    source: u32,
    source_port: u16,
    port: u16,
}

fn packets() -> impl Iterator<Item = Packet> {
    [Protocol::Tcp, Protocol::Udp, Protocol::Icmp].into_iter().flat_map(|protocol| {
        PROBES.into_iter().flat_map(move |source| {
            [22_u16, 5_000].into_iter().flat_map(move |source_port| {
                PROBED_PORTS.into_iter().map(move |port| Packet { protocol, source, source_port, port })
            })
        })
    })
}

/// By the book: in the order of priority, the first that matches; what none matches is denied.
fn by_the_book(rules: &[Drawn], packet: Packet) -> bool {
    let mut ordered: Vec<&Drawn> = rules.iter().filter(|rule| rule.inbound).collect();
    ordered.sort_by_key(|rule| rule.priority);
    let within = |at: usize, port: u16| (PORTS[at].1..=PORTS[at].2).contains(&port);
    let matching = ordered.into_iter().find(|rule| {
        let word = PROTOCOLS[rule.protocol];
        (word == "*" || word.eq_ignore_ascii_case(packet.protocol.as_str()))
            && rule.sources.iter().any(|at| PREFIXES[*at].1.contains(&packet.source))
            && within(rule.source_port, packet.source_port)
            && rule.ports.iter().any(|at| within(*at, packet.port))
    });
    matching.is_some_and(|rule| rule.allow)
}

fn has(region: &Region, packet: Packet) -> bool {
    region.0.iter().any(|piece| {
        piece.ports.has(packet.port.into())
            && piece.source_ports.has(packet.source_port.into())
            && piece.far.v4.has(packet.source.into())
    })
}

/// What is surely and what is perhaps let in.
fn let_in(rules: &[Drawn], packet: Packet) -> (bool, bool) {
    let bodies: Vec<Value> = rules.iter().map(properties).collect();
    let span = Span::new(Sources::new().add_text("a", ""), 0, 0);
    let read = bodies.iter().enumerate().map(|(at, body)| SecurityRule::read(0, Some(at), None, span, body));
    let rules = SecurityRules { rules: read.collect(), open: Vec::new() };
    let asked = Asked { inbound: true, protocol: packet.protocol, near: &|_| Near::Yes };
    let opened = openings(&rules, &asked);
    let any = |region: fn(&super::Opening) -> &Region| opened.iter().any(|one| has(region(one), packet));
    (any(|one| &one.surely), any(|one| &one.perhaps))
}

/// Some of the rules that the drawn ones may turn out to be.
fn resolutions(rules: &[Drawn]) -> Vec<Vec<Drawn>> {
    let mut all = vec![rules.to_vec()];
    for at in 0..rules.len() {
        for (place, hidden) in rules[at].hidden.into_iter().enumerate() {
            if !hidden || all.len() > 64 {
                continue;
            }
            let mut more = Vec::new();
            for one in &all {
                let mut other = |change: &dyn Fn(&mut Drawn)| {
                    let mut changed = one.clone();
                    change(&mut changed[at]);
                    more.push(changed);
                };
                match place {
                    0 => other(&|rule| rule.allow = !rule.allow),
                    1 => {
                        other(&|rule| rule.priority = 101 + i64::try_from(at).unwrap_or(0));
                        other(&|rule| rule.priority = 4_000 + i64::try_from(at).unwrap_or(0));
                    }
                    2 => (0..PROTOCOLS.len()).for_each(|word| other(&|rule| rule.protocol = word)),
                    3 => (0..PREFIXES.len()).for_each(|word| other(&|rule| rule.sources = vec![word])),
                    _ => (0..PORTS.len()).for_each(|word| other(&|rule| rule.ports = vec![word])),
                }
            }
            all.extend(more);
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn known_rules_decide_as_by_the_book(rules in drawn_rules(false)) {
        for packet in packets() {
            let expected = by_the_book(&rules, packet);
            prop_assert_eq!(let_in(&rules, packet), (expected, expected), "{:?}", packet);
        }
    }

    #[test]
    fn what_is_not_known_never_makes_a_wrong_answer(rules in drawn_rules(true)) {
        let resolved = resolutions(&rules);
        for packet in packets() {
            let (surely, perhaps) = let_in(&rules, packet);
            prop_assert!(perhaps || !surely);
            for one in &resolved {
                let allowed = by_the_book(one, packet);
                prop_assert!(!surely || allowed, "surely let in, but not by {one:?}: {packet:?}");
                prop_assert!(perhaps || !allowed, "never let in, but by {one:?}: {packet:?}");
            }
        }
    }
}

#[test]
fn a_rule_of_the_lowest_priority_comes_before_all_that_are_not_known() {
    let body = properties(&Drawn {
        allow: true,
        inbound: true,
        priority: 100,
        protocol: 1,
        sources: vec![0],
        source_port: 0,
        ports: vec![1],
        hidden: [false; 5],
    });
    let span = Span::new(Sources::new().add_text("a", ""), 0, 0);
    let rules = SecurityRules {
        rules: vec![SecurityRule::read(0, None, Some("ssh"), span, &body)],
        open: vec![Reason::new(ReasonKind::Parameter, "parameter 'rules' has no default")],
    };
    let asked = Asked { inbound: true, protocol: Protocol::Tcp, near: &|_| Near::Yes };
    let opened = openings(&rules, &asked);
    let surely = opened.iter().fold(Ranges::empty(), |all, one| all.or(&one.surely.ports()));
    assert_eq!(surely, Ranges::of(22, 22));
    assert!(opened.iter().any(|one| one.perhaps.far() == Addresses::all()));
}
