//! What a network security group lets through: its rules by ascending priority, the first that matches decides, and what no rule
//! matches is denied (inbound from outside of the network) or allowed (outbound).
//!
//! A rule opens what it allows and what no earlier rule denies. Asked with what each rule matches at least and at most, that gives
//! what is surely open and what is perhaps open; a question in between is undecided.

use crate::value::Reason;

use super::security::{Bounds, Protocol, SecurityRule, SecurityRules, every_port};
use super::{Addresses, Ranges};

/// A part of the traffic: to these ports, from those, and with these addresses on the far side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Destination ports.
    pub ports: Ranges,
    /// Source ports.
    pub source_ports: Ranges,
    /// Where it comes from (outbound: goes to).
    pub far: Addresses,
}

/// A set of traffic of one protocol: disjoint pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region(pub Vec<Piece>);

/// More pieces than that are not told apart.
const MAX_PIECES: usize = 2_048;

impl Piece {
    fn is_empty(&self) -> bool {
        self.ports.is_empty() || self.source_ports.is_empty() || self.far.is_empty()
    }
}

impl Region {
    /// All traffic.
    pub fn all() -> Self {
        Region(vec![Piece { ports: every_port(), source_ports: every_port(), far: Addresses::all() }])
    }

    fn of(piece: Piece) -> Self {
        Region(if piece.is_empty() { Vec::new() } else { vec![piece] })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Region) -> Region {
        let mut both = Vec::new();
        for a in &self.0 {
            for b in &other.0 {
                let piece = Piece {
                    ports: a.ports.and(&b.ports),
                    source_ports: a.source_ports.and(&b.source_ports),
                    far: a.far.and(&b.far),
                };
                if !piece.is_empty() {
                    both.push(piece);
                }
            }
        }
        Region(both)
    }

    /// What is in this and not in the piece; `None` where that has too many pieces.
    fn without(&self, hole: &Piece) -> Option<Region> {
        let mut left = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            let ports = piece.ports.and(&hole.ports);
            if ports.is_empty() {
                left.push(piece.clone());
                continue;
            }
            let source_ports = piece.source_ports.and(&hole.source_ports);
            let rest = [
                Piece { ports: piece.ports.without(&hole.ports), ..piece.clone() },
                Piece {
                    ports: ports.clone(),
                    source_ports: piece.source_ports.without(&hole.source_ports),
                    far: piece.far.clone(),
                },
                Piece { ports, source_ports, far: piece.far.without(&hole.far) },
            ];
            left.extend(rest.into_iter().filter(|piece| !piece.is_empty()));
        }
        (left.len() <= MAX_PIECES).then_some(Region(left))
    }

    /// The part of it to these ports.
    #[must_use]
    pub fn to_ports(&self, ports: &Ranges) -> Region {
        self.and(&Region::of(Piece {
            ports: ports.clone(),
            source_ports: every_port(),
            far: Addresses::all(),
        }))
    }

    /// The part of it from (outbound: to) these addresses.
    #[must_use]
    pub fn with(&self, far: &Addresses) -> Region {
        self.and(&Region::of(Piece { ports: every_port(), source_ports: every_port(), far: far.clone() }))
    }

    /// The ports of it.
    pub fn ports(&self) -> Ranges {
        self.0.iter().fold(Ranges::empty(), |all, piece| all.or(&piece.ports))
    }

    /// The addresses of the far side.
    pub fn far(&self) -> Addresses {
        self.0.iter().fold(Addresses::none(), |all, piece| all.or(&piece.far))
    }
}

/// Whether a rule is about the near side: the interface, or whatever is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// All of it.
    Yes,
    /// None of it.
    No,
    /// It can't be told, or a part of it.
    Perhaps,
    /// A part of it: it takes nothing away, and may add something.
    Part,
}

/// What is asked of a group.
pub struct Asked<'n, 'a> {
    /// Inbound; else outbound.
    pub inbound: bool,
    /// The protocol.
    pub protocol: Protocol,
    /// Whether a rule is about the near side.
    pub near: &'n dyn Fn(&SecurityRule<'a>) -> Near,
}

/// What one rule opens.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The rule, by its place among the group's; `None` for rules that are not known.
    pub rule: Option<usize>,
    /// What it surely opens.
    pub surely: Region,
    /// What it perhaps opens, with what it surely does.
    pub perhaps: Region,
}

impl<'a> SecurityRule<'a> {
    /// The traffic that the rule matches.
    fn bounds(&self, asked: &Asked<'_, 'a>) -> Bounds<Piece> {
        let far = if asked.inbound { &self.source } else { &self.destination };
        let piece = |ports: &Ranges, source_ports: &Ranges, far: &Addresses| Piece {
            ports: ports.clone(),
            source_ports: source_ports.clone(),
            far: far.clone(),
        };
        let least = piece(&self.ports.least, &self.source_ports.least, &far.addresses.least);
        let most = piece(&self.ports.most, &self.source_ports.most, &far.addresses.most);
        // ICMP, ESP and AH have no ports; a rule that names some still takes part.
        Bounds { least, most }
    }

    /// Whether it is about this traffic at all, but for the sets in [`Self::bounds`].
    fn concerns(&self, asked: &Asked<'_, 'a>) -> Near {
        let near = (asked.near)(self);
        let direction = self.inbound.map(|inbound| inbound == asked.inbound);
        match (direction, self.is_of(asked.protocol), near) {
            (Some(false), ..) | (_, Some(false), _) | (.., Near::No) => Near::No,
            (None, ..) | (_, None, _) | (.., Near::Perhaps) => Near::Perhaps,
            (.., near) => near,
        }
    }

    /// Whether this comes before the other. The lowest priority that there is comes before all others.
    fn before(&self, other: &SecurityRule<'_>) -> Option<bool> {
        match (self.priority, other.priority) {
            (Some(own), Some(others)) => Some(own < others),
            (Some(FIRST_PRIORITY), None) => Some(true),
            (None, Some(FIRST_PRIORITY)) => Some(false),
            _ => None,
        }
    }
}

/// The lowest priority of a rule.
const FIRST_PRIORITY: i64 = 100;

/// What each rule opens of the traffic that is asked for. Rules that are not known open, and deny, whatever they can.
pub fn openings<'a>(rules: &SecurityRules<'a>, asked: &Asked<'_, 'a>) -> Vec<Opening> {
    let mut found: Vec<Opening> =
        (0..rules.rules.len()).filter_map(|index| opening(rules, index, asked, true)).collect();
    if !rules.open.is_empty() {
        found.push(Opening { rule: None, surely: Region::default(), perhaps: Region::all() });
    }
    found
}

/// What one rule opens; `None` where that is nothing.
///
/// Without `strict`, the rules that are not known are taken for none.
pub fn opening<'a>(
    rules: &SecurityRules<'a>,
    index: usize,
    asked: &Asked<'_, 'a>,
    strict: bool,
) -> Option<Opening> {
    let rule = rules.rules.get(index)?;
    let concerns = rule.concerns(asked);
    if rule.allows == Some(false) || concerns == Near::No {
        return None;
    }
    let bounds = rule.bounds(asked);
    let sure = rule.allows == Some(true) && matches!(concerns, Near::Yes | Near::Part);
    let mut surely = if sure { Region::of(bounds.least) } else { Region::default() };
    let mut perhaps = Region::of(bounds.most);
    for (other_index, other) in rules.rules.iter().enumerate() {
        if other_index == index || other.allows == Some(true) || perhaps.is_empty() {
            continue;
        }
        let (before, concerns) = (other.before(rule), other.concerns(asked));
        if before == Some(false) || matches!(concerns, Near::No | Near::Part) {
            continue;
        }
        let hole = other.bounds(asked);
        if !surely.is_empty() && !hole.most.is_empty() {
            surely = surely.without(&hole.most).unwrap_or_default();
        }
        let certain = before == Some(true)
            && other.allows == Some(false)
            && concerns == Near::Yes
            && !other.conditional;
        if certain && !hole.least.is_empty() {
            perhaps = perhaps.without(&hole.least).unwrap_or(perhaps);
        }
    }
    if strict && !rules.open.is_empty() && rule.priority != Some(FIRST_PRIORITY) {
        surely = Region::default();
    }
    (!perhaps.is_empty()).then_some(Opening { rule: Some(index), surely, perhaps })
}

/// Why what the group lets through is not known: the reasons of the rules that are in doubt.
pub fn doubts(rules: &SecurityRules<'_>) -> Vec<Reason> {
    let mut reasons = rules.open.clone();
    for rule in &rules.rules {
        for reason in rule.reasons() {
            if reasons.len() < 4 && !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    reasons
}
