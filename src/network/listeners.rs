//! Listeners of application gateways.

use crate::model::Graph;
use crate::value::Reason;

use super::links::{Link, Spot};
use super::look::{Look, look, look_in};

/// A listener of an application gateway.
#[derive(Clone, Debug)]
pub struct Listener<'a> {
    /// Its place in the gateway's `httpListeners`.
    pub index: usize,
    /// Its name, if it is known.
    pub name: Option<&'a str>,
    /// Whether it takes plain HTTP.
    pub plain: Result<bool, Vec<Reason>>,
    /// Whether all that a routing rule does with its requests is to redirect them.
    pub redirects: Result<bool, Vec<Reason>>,
}

/// The listeners that are known, and why there may be more.
pub fn listeners<'a>(graph: &Graph<'a>, gateway: usize) -> (Vec<Listener<'a>>, Vec<Reason>) {
    let resource = graph.resource(gateway);
    let rules = look_in(resource, &["properties", "requestRoutingRules"]).items();
    let mut doubts = rules.open;
    let mut routed: Vec<(Spot, Result<bool, Vec<Reason>>)> = Vec::new();
    for item in rules.items {
        let redirect = match look(&item.value, &["properties", "redirectConfiguration", "id"]) {
            Look::Absent => Ok(false),
            Look::There(_) => Ok(true),
            Look::Untold(reasons) => Err(reasons),
        };
        match Link::within(graph, gateway, &look(&item.value, &["properties", "httpListener", "id"])) {
            Link::To(spot) => routed.push((spot, redirect)),
            Link::Untold(reasons) => doubts.extend(reasons),
            Link::Nothing => {}
        }
    }
    let found = look_in(resource, &["properties", "httpListeners"]).items();
    let listeners = found.items.iter().enumerate().map(|(index, item)| {
        let name = look(&item.value, &["name"]).text();
        let protocol = look(&item.value, &["properties", "protocol"]);
        let plain = match protocol.text() {
            Some(text) => Ok(text.eq_ignore_ascii_case("Http")),
            None => Err(protocol.reasons()),
        };
        let spot = name.map(|name| Spot::part(gateway, "httpListeners", name));
        let own = routed.iter().filter(|(routed, _)| Some(routed) == spot.as_ref());
        let redirects = own.map(|(_, redirects)| redirects.clone()).reduce(|a, b| match (a, b) {
            (Ok(false), _) | (_, Ok(false)) => Ok(false),
            (Err(reasons), _) | (_, Err(reasons)) => Err(reasons),
            _ => Ok(true),
        });
        let redirects = match redirects {
            None if !doubts.is_empty() => Err(doubts.clone()),
            None => Ok(false),
            Some(answer) => answer,
        };
        Listener { index, name, plain, redirects }
    });
    (listeners.collect(), found.open)
}
