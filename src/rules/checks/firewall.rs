//! `firewall-range`: firewall rules of database servers that let everyone, all of Azure, or many addresses in.

use crate::value::Value;

use super::super::address::extent;
use super::super::truth::Evidence;
use super::{Case, why};

/// First and last address, by the spellings of the services.
const NAMES: [[&str; 2]; 2] = [["startIpAddress", "endIpAddress"], ["startIP", "endIP"]];

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let refuse = Refuse::of(case);
    let resource = case.graph().resource(case.resource);
    let Some(properties) = resource.body.as_object().and_then(|body| body.value("properties")) else {
        return;
    };
    let Some(object) = properties.as_object() else {
        case.undecided(vec![Evidence { reasons: why(properties), ..Evidence::of_resource(case.resource) }]);
        return;
    };
    let bounds =
        NAMES.into_iter().find_map(|[first, last]| Some((first, object.get(first)?, object.get(last)?)));
    let Some((name, first, last)) = bounds else {
        let reasons = why(properties);
        if !reasons.is_empty() {
            case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
        }
        return;
    };
    let evidence = Evidence {
        path: format!("properties.{name}"),
        site: first.site.filter(|site| resource.span.contains(*site)),
        value: Some(first.value.clone()),
        ..Evidence::of_resource(case.resource)
    };
    match refused(&first.value, &last.value, refuse) {
        Some(false) => case.holds(),
        Some(true) => {
            case.broken(vec![evidence], &format!("{} – {}", shown(&first.value), shown(&last.value)))
        }
        None => {
            let reasons = [why(&first.value), why(&last.value)].concat();
            case.undecided(vec![Evidence { reasons, ..evidence }]);
        }
    }
}

fn shown(value: &Value) -> String {
    super::super::verdict::shown(Some(value))
}

/// Whether a range is refused, for all combinations of what its ends may be.
fn refused(first: &Value, last: &Value, refuse: Refuse) -> Option<bool> {
    let mut answer = None;
    for first in first.alternatives() {
        for last in last.alternatives() {
            let this = one(first.as_str(), last.as_str(), refuse)?;
            if answer.is_some_and(|before| before != this) {
                return None;
            }
            answer = Some(this);
        }
    }
    answer
}

/// A range of half of all addresses, or more, is a way to let everyone in.
const EVERYONE: u128 = 1 << 31;

/// Which ranges are refused.
#[derive(Clone, Copy)]
struct Refuse {
    /// 0.0.0.0 – 0.0.0.0.
    azure: bool,
    /// Ranges of this many addresses or more.
    from: u128,
    /// And of fewer than this.
    below: u128,
}

impl Refuse {
    fn of(case: &Case<'_, '_, '_>) -> Self {
        let nothing = Self { azure: false, from: u128::MAX, below: u128::MAX };
        match case.word("refuse") {
            Some("azure") => Self { azure: true, ..nothing },
            Some("everyone") => Self { from: EVERYONE, ..nothing },
            Some("wide") => {
                let from = case.whole("addresses").map_or(256, |addresses| addresses as u128);
                let below = if case.flag("everyone") { u128::MAX } else { EVERYONE };
                Self { from, below, ..nothing }
            }
            _ => Self { azure: true, from: EVERYONE, ..nothing },
        }
    }
}

fn one(first: Option<&str>, last: Option<&str>, refuse: Refuse) -> Option<bool> {
    // Whatever the other end is, the range stays small: it begins in the upper half, or ends in the lower.
    let small = |octet: Option<&str>, fits: fn(u8) -> bool| {
        octet.and_then(|text| text.split('.').next()?.parse().ok()).is_some_and(fits)
    };
    if refuse.from >= EVERYONE
        && (small(first, |octet| octet >= 128)
            || (small(last, |octet| octet < 128) && last != Some("0.0.0.0")))
    {
        return Some(false);
    }
    let (first, last) = (first?, last?);
    let azure = first == "0.0.0.0" && last == "0.0.0.0";
    let wide = extent(first, last).is_some_and(|extent| (refuse.from..refuse.below).contains(&extent));
    Some((refuse.azure && azure) || wide)
}
