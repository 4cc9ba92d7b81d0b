//! `plain-listener`: listeners of an application gateway that answer over plain HTTP. `addresses-within`: addresses of a resource that
//! lie outside of its own prefixes.

use crate::network::{Addresses, listeners, texts};

use super::super::format::Segment;
use super::super::resolve::{Found, Trail, Walker};
use super::super::truth::Evidence;
use super::Case;

/// The address at which Azure answers in every network: its DNS and the probes of load balancers.
const PLATFORM: &str = "168.63.129.16";

pub(super) fn plain_listener(case: &mut Case<'_, '_, '_>) {
    let (all, open) = listeners(case.graph(), case.resource);
    let (mut broken, mut reasons) = (false, open);
    for listener in all {
        match (listener.plain, listener.redirects) {
            (Ok(false), _) | (_, Ok(true)) => {}
            (Ok(true), Ok(false)) => {
                broken = true;
                let evidence = evidence(case, listener.index);
                case.broken(vec![evidence], listener.name.unwrap_or("?"));
            }
            (plain, redirects) => {
                reasons.extend(plain.err().into_iter().chain(redirects.err()).flatten());
            }
        }
    }
    if broken {
        return;
    }
    if reasons.is_empty() {
        case.holds();
    } else {
        case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
    }
}

/// The protocol of a listener.
fn evidence(case: &Case<'_, '_, '_>, index: usize) -> Evidence {
    let resource = case.graph().resource(case.resource);
    let key = |name: &'static str| Segment::Key(name.into());
    let path =
        [key("properties"), key("httpListeners"), Segment::At(index), key("properties"), key("protocol")];
    let walker = Walker { resource, record: true };
    match walker.walk(&resource.body, &path, Trail::default()) {
        Found::Value(value, trail) => trail.evidence(case.resource, Some(value.into_owned())),
        _ => Evidence::of_resource(case.resource),
    }
}

pub(super) fn addresses_within(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let [addresses, prefixes] =
        ["addresses", "prefixes"].map(|name| texts(resource, case.word(name).unwrap_or_default()));
    let own =
        prefixes.known.iter().fold(Addresses::parse(PLATFORM), |all, one| all.or(&Addresses::parse(one)));
    let outside: Vec<&str> =
        addresses.known.iter().copied().filter(|one| !own.covers(&Addresses::parse(one))).collect();
    if !outside.is_empty() && prefixes.open.is_empty() {
        let detail = outside.join(", ");
        case.broken(vec![Evidence::of_resource(case.resource)], &detail);
        return;
    }
    let mut reasons = addresses.open;
    if !outside.is_empty() {
        reasons.extend(prefixes.open);
    }
    if reasons.is_empty() {
        case.holds();
    } else {
        case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
    }
}
