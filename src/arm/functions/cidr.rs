//! Networks in CIDR notation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::table::{Answer, Call, Function, Stop};
use crate::value::{Object, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("parseCidr", (1, 1), ValueType::Object, parse_cidr),
    Function::new("cidrSubnet", (3, 3), ValueType::String, cidr_subnet),
    Function::new("cidrHost", (2, 2), ValueType::String, cidr_host),
];

/// A network's address as a number, its prefix, and whether it is IPv6.
struct Network {
    address: u128,
    prefix: u8,
    v6: bool,
}

impl Network {
    fn bits(&self) -> u8 {
        if self.v6 { 128 } else { 32 }
    }

    /// How many bits of the address are free below the prefix `prefix`.
    fn free_bits(&self, prefix: u8) -> u32 {
        u32::from(self.bits() - prefix)
    }

    fn mask(bits: u32) -> u128 {
        1_u128.checked_shl(bits).map_or(u128::MAX, |value| value - 1)
    }

    fn last(&self) -> u128 {
        self.address | Self::mask(self.free_bits(self.prefix))
    }

    fn show(&self, address: u128) -> String {
        if self.v6 {
            return Ipv6Addr::from(address).to_string();
        }
        Ipv4Addr::from(u32::try_from(address & 0xffff_ffff).unwrap_or(0)).to_string()
    }

    /// The first address for a host: the one after the network's own, where there is one.
    fn first_host(&self) -> u128 {
        if self.free_bits(self.prefix) > 1 || self.v6 { self.address.saturating_add(1) } else { self.address }
    }

    fn last_host(&self) -> u128 {
        if !self.v6 && self.free_bits(self.prefix) > 1 { self.last() - 1 } else { self.last() }
    }
}

/// Host bits are cleared, as ARM does.
fn network(call: &Call<'_>, index: usize) -> Result<Network, Stop> {
    let text = call.text(index)?;
    let Ok(parsed) = text.trim().parse::<IpNet>() else {
        return call.wrong("the text is no network in CIDR notation");
    };
    let parsed = parsed.trunc();
    Ok(match parsed.network() {
        IpAddr::V4(address) => {
            Network { address: u32::from(address).into(), prefix: parsed.prefix_len(), v6: false }
        }
        IpAddr::V6(address) => Network { address: address.into(), prefix: parsed.prefix_len(), v6: true },
    })
}

/// An IPv6 network has no broadcast address, and its first usable one is its own.
fn parse_cidr(call: &Call<'_>) -> Answer {
    let network = network(call, 0)?;
    let netmask =
        Network::mask(u32::from(network.bits())) & !Network::mask(network.free_bits(network.prefix));
    let first = if network.v6 { network.address } else { network.first_host() };
    let mut object = Object::new();
    object.insert("network", Value::string(network.show(network.address)));
    object.insert("netmask", Value::string(network.show(netmask)));
    if !network.v6 {
        object.insert("broadcast", Value::string(network.show(network.last())));
    }
    object.insert("firstUsable", Value::string(network.show(first)));
    object.insert("lastUsable", Value::string(network.show(network.last_host())));
    object.insert("cidr", Value::int(network.prefix.into()));
    Ok(Value::object(object))
}

fn cidr_subnet(call: &Call<'_>) -> Answer {
    let network = network(call, 0)?;
    let (prefix, index) = (call.int(1)?, call.int(2)?);
    let Some(prefix) =
        u8::try_from(prefix).ok().filter(|prefix| (network.prefix..=network.bits()).contains(prefix))
    else {
        return call.wrong(&format!("the prefix must be between {} and {}", network.prefix, network.bits()));
    };
    let subnets = Network::mask(u32::from(prefix - network.prefix));
    let Some(index) = u128::try_from(index).ok().filter(|index| *index <= subnets) else {
        return call.wrong(&format!("the network has no subnet {index} of that size"));
    };
    let offset = index.checked_shl(network.free_bits(prefix)).unwrap_or(0);
    Ok(Value::string(format!("{}/{prefix}", network.show(network.address | offset))))
}

/// From 0, the first usable address.
fn cidr_host(call: &Call<'_>) -> Answer {
    let network = network(call, 0)?;
    let index = call.int(1)?;
    let host = u128::try_from(index).ok().and_then(|index| network.first_host().checked_add(index));
    match host.filter(|host| *host <= network.last_host()) {
        Some(host) => Ok(Value::string(network.show(host))),
        None => call.wrong(&format!("the network has no host {index}")),
    }
}
