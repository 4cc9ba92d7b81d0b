//! Addresses and ports as sets.

use super::format::PortRange;
use crate::network::bounds;

/// A set of ports, as ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ports(Vec<PortRange>);

impl Ports {
    /// All ports.
    pub(super) fn all() -> Self {
        Ports(vec![PortRange { first: 0, last: u16::MAX }])
    }

    /// Reads `22`, `20-25`, `*`, or several of them with commas between; `None` if it is none of that.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut ranges = Vec::new();
        for part in text.split(',').map(str::trim) {
            if part == "*" || part.eq_ignore_ascii_case("any") {
                return Some(Self::all());
            }
            ranges.push(PortRange::parse(part)?);
        }
        Some(Ports(ranges))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ports that are in both.
    pub(super) fn overlap(&self, other: &[PortRange]) -> Ports {
        let mut both = Vec::new();
        for ours in &self.0 {
            for theirs in other {
                let (first, last) = (ours.first.max(theirs.first), ours.last.min(theirs.last));
                if first <= last {
                    both.push(PortRange { first, last });
                }
            }
        }
        Ports(both)
    }
}

/// The service tags and words that stand for all addresses, in lower case.
const EVERYONE: [&str; 3] = ["*", "any", "internet"];

/// Whether the text stands for everybody: a service tag, or a prefix or range over all addresses.
pub(super) fn is_everyone(text: &str) -> bool {
    all_addresses(std::iter::once(text))
}

/// Whether these prefixes, ranges and service tags together stand for everybody: `0.0.0.0/1` and `128.0.0.0/1` do.
pub(super) fn all_addresses<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    // Addresses outside of this are of no use on the Internet: "this network", multicast, reserved.
    const FIRST_PUBLIC: u128 = 0x0100_0000;
    const LAST_PUBLIC: u128 = 0xDFFF_FFFF;
    let mut ranges = Vec::new();
    for text in texts {
        let text = text.trim();
        if EVERYONE.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            return true;
        }
        match bounds(text) {
            Some((false, 0, u128::MAX)) => return true,
            Some((true, first, last)) => ranges.push((first, last)),
            _ => {}
        }
    }
    ranges.sort_unstable();
    let mut next = FIRST_PUBLIC;
    for (first, last) in ranges {
        if first <= next && last >= next {
            next = last + 1;
        }
    }
    next > LAST_PUBLIC
}

/// Whether an address, prefix or range lies in one of `prefixes`; `None` if it is none of these.
pub(super) fn lies_within<'p>(text: &str, prefixes: impl IntoIterator<Item = &'p str>) -> Option<bool> {
    let (v4, first, last) = bounds(text.trim())?;
    Some(
        prefixes
            .into_iter()
            .filter_map(bounds)
            .any(|(also_v4, from, to)| v4 == also_v4 && from <= first && last <= to),
    )
}

/// How many addresses lie from the first to the last, if both are IPv4 addresses in this order.
pub(super) fn extent(first: &str, last: &str) -> Option<u128> {
    match bounds(&format!("{first}-{last}"))? {
        (true, first, last) => Some(last - first + 1),
        (false, ..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(text: &str) -> Ports {
        Ports::parse(text).expect("ports")
    }

    #[test]
    fn ports_are_sets() {
        assert_eq!(ports("20-25, 80").overlap(&ports("22").0), ports("22"));
        assert!(ports("80").overlap(&ports("22").0).is_empty());
        assert_eq!(Ports::parse("ssh"), None);
        assert_eq!(Ports::parse("30-20"), None);
    }

    #[test]
    fn everyone_has_many_spellings() {
        for text in
            ["*", "Internet", "INTERNET", "any", "0.0.0.0/0", "1.2.3.4/0", "::/0", "0.0.0.0-255.255.255.255"]
        {
            assert!(is_everyone(text), "{text}");
        }
        for text in
            ["10.0.0.0/8", "VirtualNetwork", "AzureLoadBalancer", "0.0.0.0", "8.8.8.8/32", "", "0.0.0.0/1"]
        {
            assert!(!is_everyone(text), "{text}");
        }
        assert!(all_addresses(["128.0.0.0/1", "0.0.0.0/1"].into_iter()));
        assert!(!all_addresses(["0.0.0.0/1", "192.0.0.0/2"].into_iter()));
    }

    #[test]
    fn an_address_lies_within_a_prefix() {
        assert_eq!(lies_within("10.1.2.3", ["10.0.0.0/8"]), Some(true));
        assert_eq!(lies_within("10.0.0.0/7", ["10.0.0.0/8"]), Some(false));
        assert_eq!(lies_within("10.0.0.1-10.0.0.9", ["192.168.0.0/16", "10.0.0.0/24"]), Some(true));
        assert_eq!(lies_within("fd00::1", ["fd00::/8"]), Some(true));
        assert_eq!(lies_within("VirtualNetwork", ["10.0.0.0/8"]), None);
    }
}
