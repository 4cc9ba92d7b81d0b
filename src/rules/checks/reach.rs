//! `public-address-unfiltered` and `machine-exposure`: interfaces and machines that the Internet reaches.

use crate::network::{Interface, Link, Ranges, describe_ports};
use crate::value::{Reason, ReasonKind};

use super::super::truth::Evidence;
use super::Case;

/// An interface has a public address that is open unless a security group closes it, and there is no group.
pub(super) fn unfiltered(case: &mut Case<'_, '_, '_>) {
    let network = &case.context.network;
    let own = |interface: &&Interface<'_>| interface.resource == case.resource;
    let (mut open, mut reasons) = (false, Vec::new());
    for interface in network.topology().interfaces.iter().filter(own) {
        let basic = match &interface.public {
            None => continue,
            Some(Ok(address)) => address.basic,
            Some(Err(_)) => None,
        };
        let groups = [interface.group.clone(), network.group_of_subnet(&interface.subnet)];
        let none = groups.iter().all(|group| matches!(group, Link::Nothing));
        if basic == Some(false) || groups.iter().any(|group| matches!(group, Link::To(_))) {
            continue;
        }
        if none && basic == Some(true) {
            open = true;
        } else {
            let untold = groups.into_iter().filter_map(|group| match group {
                Link::Untold(reasons) => Some(reasons),
                _ => None,
            });
            reasons.extend(untold.flatten());
            if let Some(Err(why)) = &interface.public {
                reasons.extend(why.iter().cloned());
            }
            if none && reasons.is_empty() {
                reasons.push(Reason::new(
                    ReasonKind::Parameter,
                    "which SKU the public address has is not known",
                ));
            }
        }
    }
    if open {
        case.broken(vec![Evidence::of_resource(case.resource)], "");
    } else if reasons.is_empty() {
        case.holds();
    } else {
        case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
    }
}

/// A machine can be reached from the Internet on one of these ports.
pub(super) fn machine(case: &mut Case<'_, '_, '_>) {
    let ports: Ranges = case
        .ports("ports")
        .unwrap_or_default()
        .iter()
        .map(|range| (u128::from(range.first), u128::from(range.last)))
        .collect();
    let endpoints = case.context.network.machines().iter().filter(|endpoint| {
        endpoint.resource == case.resource
            && endpoint.sources.is_internet()
            && !endpoint.target_ports.and(&ports).is_empty()
    });
    let (mut open, mut reasons) = (None, Vec::new());
    for endpoint in endpoints {
        if endpoint.undecided.is_empty() {
            open.get_or_insert_with(|| describe_ports(&endpoint.target_ports.and(&ports), 6));
        } else {
            reasons.extend(endpoint.undecided.iter().cloned());
        }
    }
    match open {
        Some(detail) => case.broken(vec![Evidence::of_resource(case.resource)], &detail),
        None if reasons.is_empty() => case.holds(),
        None => case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]),
    }
}
