//! Addresses in CIDR notation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::strings::list_of;
use super::{Failure, Function, Invocation, number, string, text, whole};
use crate::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("cidrhost", &[string("prefix"), number("hostnum")], ValueType::String, cidrhost),
    Function::new("cidrnetmask", &[string("prefix")], ValueType::String, |_, values| {
        let network = Network::parse(text(values, 0)?)?;
        if network.bits != 32 {
            return Err("only IPv4 supported".into());
        }
        Ok(Value::string(network.address(network.mask()).to_string()))
    }),
    Function::new(
        "cidrsubnet",
        &[string("prefix"), number("newbits"), number("netnum")],
        ValueType::String,
        cidrsubnet,
    ),
    Function::new("cidrsubnets", &[string("prefix")], ValueType::Array, cidrsubnets).rest(number("newbits")),
];

/// A network: its lowest address as a number of `bits` bits.
#[derive(Clone, Copy)]
struct Network {
    base: u128,
    length: u32,
    /// 32 or 128.
    bits: u32,
}

impl Network {
    fn parse(prefix: &str) -> Result<Self, Failure> {
        let fail = || Failure::from(format!("invalid CIDR expression: invalid CIDR address: {prefix}"));
        let (address, length) = prefix.split_once('/').ok_or_else(fail)?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fail());
        }
        let length: u32 = length.parse().map_err(|_| fail())?;
        let (base, bits) = if address.contains(':') {
            (u128::from(address.parse::<Ipv6Addr>().map_err(|_| fail())?), 128)
        } else {
            (u128::from(u32::from(parse_v4(address).ok_or_else(fail)?)), 32)
        };
        if length > bits {
            return Err(fail());
        }
        let network = Network { base, length, bits };
        Ok(Network { base: base & network.mask(), ..network })
    }

    /// All bits of the prefix.
    fn mask(self) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        all & !self.host_mask()
    }

    /// All bits that hosts have.
    fn host_mask(self) -> u128 {
        let bits = self.bits - self.length;
        if bits >= 128 { u128::MAX } else { (1_u128 << bits) - 1 }
    }

    fn address(self, number: u128) -> IpAddr {
        if self.bits == 32 {
            IpAddr::V4(Ipv4Addr::from(u32::try_from(number & 0xFFFF_FFFF).unwrap_or(0)))
        } else {
            IpAddr::V6(Ipv6Addr::from(number))
        }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(self.base), self.length)
    }

    fn last(self) -> u128 {
        self.base | self.host_mask()
    }
}

/// An IPv4 address; leading zeros are decimal, as Terraform keeps it from older days.
fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u8> = text
        .split('.')
        .map(|part| {
            let valid = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            valid.then(|| part.parse().ok()).flatten()
        })
        .collect::<Option<_>>()?;
    let octets: [u8; 4] = parts.try_into().ok()?;
    Some(Ipv4Addr::from(octets))
}

/// A negative number counts from the end.
fn cidrhost(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let network = Network::parse(text(values, 0)?)?;
    let host = whole(values, 1)?;
    let fail =
        || Failure::from(format!("prefix of {} does not accommodate a host numbered {host}", network.length));
    let magnitude = u128::from(host.unsigned_abs());
    let number = if host < 0 {
        // The last address is -1.
        network.host_mask().checked_sub(magnitude - 1).ok_or_else(fail)?
    } else if magnitude > network.host_mask() {
        return Err(fail());
    } else {
        magnitude
    };
    Ok(Value::string(network.address(network.base | number).to_string()))
}

fn cidrsubnet(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let network = Network::parse(text(values, 0)?)?;
    let (new_bits, number) = (whole(values, 1)?, whole(values, 2)?);
    let extension = u32::try_from(new_bits).map_err(|_| "must extend prefix by at least one bit")?;
    let length = network.length.saturating_add(extension);
    if length > network.bits {
        return Err(format!(
            "insufficient address space to extend prefix of {} by {new_bits}",
            network.length
        )
        .into());
    }
    let fail = || {
        Failure::from(format!(
            "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
        ))
    };
    let number = u128::try_from(number).map_err(|_| fail())?;
    if extension < 128 && number >= 1_u128 << extension {
        return Err(fail());
    }
    let shift = network.bits - length;
    let base = if shift >= 128 { network.base } else { network.base | (number << shift) };
    Ok(Value::string(Network { base, length, ..network }.text()))
}

/// Subnets one after the other, each at the next place that its size allows.
fn cidrsubnets(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let network = Network::parse(text(values, 0)?)?;
    let mut subnets = Vec::new();
    let mut before: Option<Network> = None;
    for index in 1..values.len() {
        let new_bits = whole(values, index)?;
        if new_bits < 1 {
            return Err("must extend prefix by at least one bit".into());
        }
        if new_bits > 32 {
            return Err("may not extend prefix by more than 32 bits".into());
        }
        let length = network.length + u32::try_from(new_bits).unwrap_or(0);
        if length > network.bits {
            return Err(format!("would extend prefix to {length} bits, which is too long").into());
        }
        let next = Network { length, ..network };
        let base = match before {
            None => Some(network.base),
            // The address after the last one, rounded up to the size.
            Some(before) => before.last().checked_add(1).and_then(|after| {
                let size_mask = next.host_mask();
                after.checked_add(size_mask).map(|rounded| rounded & !size_mask)
            }),
        };
        let next = base.map(|base| Network { base, ..next }).filter(|next| next.last() <= network.last());
        let Some(next) = next else {
            let after = before.unwrap_or(network).text();
            return Err(format!(
                "not enough remaining address space for a subnet with a prefix of {length} bits after {after}"
            )
            .into());
        };
        subnets.push(Value::string(next.text()));
        before = Some(next);
    }
    Ok(list_of(subnets))
}
