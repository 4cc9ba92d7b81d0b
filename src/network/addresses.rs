//! Sets of addresses and service tags, as a security rule names them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::Ranges;

/// A set of IPv4 and IPv6 addresses, and of service tags whose addresses only Azure knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// IPv4 addresses.
    pub v4: Ranges,
    /// IPv6 addresses.
    pub v6: Ranges,
    /// Service tags.
    pub tags: Tags,
}

/// A set of service tags, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// These.
    Only(BTreeSet<Arc<str>>),
    /// All others.
    AllBut(BTreeSet<Arc<str>>),
}

impl Default for Tags {
    fn default() -> Self {
        Tags::Only(BTreeSet::new())
    }
}

/// Tags for what is inside of a network: `Internet` does not hold them.
const INSIDE: [&str; 2] = ["virtualnetwork", "azureloadbalancer"];

/// The IPv4 ranges that are not routed on the Internet: RFC 6890 and multicast.
const NOT_PUBLIC: [(u32, u32); 11] = [
    (0x0000_0000, 0x00FF_FFFF),
    (0x0A00_0000, 0x0AFF_FFFF),
    (0x6440_0000, 0x647F_FFFF),
    (0x7F00_0000, 0x7FFF_FFFF),
    (0xA9FE_0000, 0xA9FE_FFFF),
    (0xAC10_0000, 0xAC1F_FFFF),
    (0xC000_0000, 0xC000_00FF),
    (0xC000_0200, 0xC000_02FF),
    (0xC0A8_0000, 0xC0A8_FFFF),
    (0xC612_0000, 0xC613_FFFF),
    (0xE000_0000, 0xFFFF_FFFF),
];

/// What one organisation may own at most: more than a /8 of IPv4, or a /12 of IPv6, is the Internet.
const LARGEST_OWN_V4: u128 = 1 << 24;
const LARGEST_OWN_V6: u128 = 1 << 116;

impl Addresses {
    /// No address.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every address and tag.
    pub fn all() -> Self {
        Addresses {
            v4: Ranges::of(0, u128::from(u32::MAX)),
            v6: Ranges::of(0, u128::MAX),
            tags: Tags::AllBut(BTreeSet::new()),
        }
    }

    /// What the service tag `Internet` stands for: the public addresses, and the services that have such.
    pub fn internet() -> Self {
        let reserved =
            NOT_PUBLIC.iter().map(|(first, last)| (u128::from(*first), u128::from(*last))).collect();
        Addresses {
            v4: Ranges::of(0, u128::from(u32::MAX)).without(&reserved),
            v6: Ranges::of(0x2000 << 112, (0x4000 << 112) - 1),
            tags: Tags::AllBut(INSIDE.into_iter().map(Arc::from).collect()),
        }
    }

    /// A service tag.
    pub fn tag(name: &str) -> Self {
        let tags = BTreeSet::from([Arc::from(name.to_ascii_lowercase())]);
        Addresses { tags: Tags::Only(tags), ..Self::default() }
    }

    /// Reads one source or destination: `*`, a service tag, an address, a prefix, a range `first-last`.
    ///
    /// Nobody writes the address `0.0.0.0`, or a length without address, meaning less than everything.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let word = |known: &str| text.eq_ignore_ascii_case(known);
        if text.is_empty() {
            return Self::none();
        }
        if word("*") || word("any") || word("0.0.0.0") || word("/0") {
            return Self::all();
        }
        if word("internet") {
            return Self::internet();
        }
        match bounds(text) {
            Some((true, first, last)) if first == 0 && last == u128::from(u32::MAX) => Self::all(),
            Some((false, 0, u128::MAX)) => Self::all(),
            Some((true, first, last)) => Addresses { v4: Ranges::of(first, last), ..Self::default() },
            Some((false, first, last)) => Addresses { v6: Ranges::of(first, last), ..Self::default() },
            None => Self::tag(text),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && self.tags == Tags::default()
    }

    /// Whether all addresses are in it.
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// What is in one or the other.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Addresses { v4: self.v4.or(&other.v4), v6: self.v6.or(&other.v6), tags: self.tags.or(&other.tags) }
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Addresses { v4: self.v4.and(&other.v4), v6: self.v6.and(&other.v6), tags: self.tags.and(&other.tags) }
    }

    /// What is in this and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Addresses {
            v4: self.v4.without(&other.v4),
            v6: self.v6.without(&other.v6),
            tags: self.tags.and(&other.tags.not()),
        }
    }

    /// Whether all of the other is in this.
    pub fn covers(&self, other: &Self) -> bool {
        other.without(self).is_empty()
    }

    /// The public addresses and tags in it.
    #[must_use]
    pub fn public(&self) -> Self {
        self.and(&Self::internet())
    }

    /// Whether it holds more public addresses than one organisation may own: then it is open to strangers.
    pub fn is_internet(&self) -> bool {
        let public = self.public();
        public.v4.extent() > LARGEST_OWN_V4 || public.v6.extent() > LARGEST_OWN_V6
    }

    /// In words for a person: "the Internet", prefixes, tags; at most `most` of them.
    pub fn describe(&self, most: usize) -> String {
        if self.is_all() {
            return "anywhere".to_owned();
        }
        if self.is_internet() {
            let internet = Self::internet();
            let complete = (self.v4.is_empty() || self.v4.covers(&internet.v4))
                && (self.v6.is_empty() || self.v6.covers(&internet.v6));
            return if complete { "the Internet" } else { "most of the Internet" }.to_owned();
        }
        let v4 = self.v4.intervals().iter().map(|(first, last)| {
            let [first, last] = [first, last]
                .map(|number| IpAddr::from(u32::try_from(*number).unwrap_or(u32::MAX).to_be_bytes()));
            spell(first, last)
        });
        let v6 =
            self.v6.intervals().iter().map(|(first, last)| {
                spell(IpAddr::from(first.to_be_bytes()), IpAddr::from(last.to_be_bytes()))
            });
        let tags: Vec<String> = match &self.tags {
            Tags::Only(tags) => tags.iter().map(|tag| spell_tag(tag)).collect(),
            Tags::AllBut(_) => vec!["service tags".to_owned()],
        };
        let mut words: Vec<String> = v4.chain(v6).chain(tags).take(most + 1).collect();
        if words.len() > most {
            words.truncate(most);
            words.push("…".to_owned());
        }
        words.join(", ")
    }
}

impl Tags {
    fn not(&self) -> Self {
        match self {
            Tags::Only(tags) => Tags::AllBut(tags.clone()),
            Tags::AllBut(tags) => Tags::Only(tags.clone()),
        }
    }

    fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Tags::Only(a), Tags::Only(b)) => Tags::Only(
                a.iter()
                    .filter(|tag| among(tag, b))
                    .chain(b.iter().filter(|tag| among(tag, a)))
                    .cloned()
                    .collect(),
            ),
            (Tags::Only(only), Tags::AllBut(but)) | (Tags::AllBut(but), Tags::Only(only)) => {
                Tags::Only(only.iter().filter(|tag| !among(tag, but)).cloned().collect())
            }
            (Tags::AllBut(a), Tags::AllBut(b)) => Tags::AllBut(a.union(b).cloned().collect()),
        }
    }

    fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Tags::Only(a), Tags::Only(b)) => Tags::Only(a.union(b).cloned().collect()),
            (Tags::Only(only), Tags::AllBut(but)) | (Tags::AllBut(but), Tags::Only(only)) => {
                Tags::AllBut(but.iter().filter(|tag| !among(tag, only)).cloned().collect())
            }
            (Tags::AllBut(a), Tags::AllBut(b)) => Tags::AllBut(a.intersection(b).cloned().collect()),
        }
    }
}

/// Whether the tag, or the one that it is a region of (`storage` of `storage.westeurope`), is one of these.
fn among(tag: &str, tags: &BTreeSet<Arc<str>>) -> bool {
    tags.contains(tag) || tag.split_once('.').is_some_and(|(service, _)| tags.contains(service))
}

/// A service tag as Azure spells it, if it is one of those that are met most.
fn spell_tag(tag: &str) -> String {
    const KNOWN: [&str; 14] = [
        "ApiManagement",
        "AppService",
        "AzureActiveDirectory",
        "AzureCloud",
        "AzureDevOps",
        "AzureFrontDoor.Backend",
        "AzureLoadBalancer",
        "AzureMonitor",
        "AzureTrafficManager",
        "EventHub",
        "GatewayManager",
        "Sql",
        "Storage",
        "VirtualNetwork",
    ];
    KNOWN.iter().find(|known| known.eq_ignore_ascii_case(tag)).map_or(tag, |known| known).to_owned()
}

/// First and last address, as numbers, of a prefix, a range or a single address; and whether they are IPv4.
pub fn bounds(text: &str) -> Option<(bool, u128, u128)> {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (true, u128::from(u32::from(address))),
        IpAddr::V6(address) => (false, u128::from(address)),
    };
    if let Some((first, last)) = text.split_once('-') {
        let (v4, first) = number(first.trim().parse().ok()?);
        let (also_v4, last) = number(last.trim().parse().ok()?);
        return (v4 == also_v4 && first <= last).then_some((v4, first, last));
    }
    let net = match text.split_once('/') {
        Some(_) => text.parse::<IpNet>().ok()?.trunc(),
        None => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    let ((v4, first), (_, last)) = (number(net.network()), number(net.broadcast()));
    Some((v4, first, last))
}

/// An interval as a prefix, if it is one.
fn spell(first: IpAddr, last: IpAddr) -> String {
    if first == last {
        return first.to_string();
    }
    let length = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (u32::from(first) ^ u32::from(last)).leading_zeros(),
        (IpAddr::V6(first), IpAddr::V6(last)) => (u128::from(first) ^ u128::from(last)).leading_zeros(),
        _ => 0,
    };
    match IpNet::new(first, u8::try_from(length).unwrap_or(0)) {
        Ok(net) if net.network() == first && net.broadcast() == last => net.to_string(),
        _ => format!("{first}-{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Addresses {
        texts.iter().fold(Addresses::none(), |all, text| all.or(&Addresses::parse(text)))
    }

    #[test]
    fn the_internet_has_many_spellings() {
        for text in [
            "*",
            "Internet",
            "INTERNET",
            "any",
            "0.0.0.0/0",
            "1.2.3.4/0",
            "::/0",
            "0.0.0.0-255.255.255.255",
            "0.0.0.0",
            "/0",
            "0.0.0.0/1",
            "8.0.0.0/7",
            "2000::/3",
        ] {
            assert!(Addresses::parse(text).is_internet(), "{text}");
        }
        for text in [
            "10.0.0.0/8",
            "0.0.0.0/8",
            "VirtualNetwork",
            "AzureLoadBalancer",
            "AzureCloud",
            "8.8.8.8",
            "8.0.0.0/8",
            "2a00::/12",
            "",
            "192.168.0.0-192.168.1.4",
        ] {
            assert!(!Addresses::parse(text).is_internet(), "{text}");
        }
        assert!(all(&["1.0.0.0/8", "2.0.0.0/8"]).is_internet());
    }

    #[test]
    fn tags_are_a_set_of_their_own() {
        let rest = Addresses::all().without(&Addresses::parse("Storage"));
        assert!(!rest.covers(&Addresses::parse("Storage.WestEurope")));
        assert!(rest.covers(&Addresses::parse("Sql")));
        assert!(Addresses::internet().covers(&Addresses::parse("AzureCloud")));
        assert!(!Addresses::internet().covers(&Addresses::parse("VirtualNetwork")));
        assert!(Addresses::all().covers(&Addresses::parse("VirtualNetwork")));
        assert!(Addresses::all().without(&Addresses::all()).is_empty());
    }

    #[test]
    fn sets_are_told_in_words() {
        assert_eq!(
            all(&["10.0.0.0/24", "8.8.8.8", "10.0.1.0-10.0.1.9", "Sql"]).describe(9),
            "8.8.8.8, 10.0.0.0-10.0.1.9, Sql"
        );
        assert_eq!(all(&["10.0.0.0/25", "10.0.0.128/25"]).describe(9), "10.0.0.0/24");
        assert_eq!(Addresses::parse("*").describe(9), "anywhere");
        assert_eq!(
            Addresses::internet().without(&Addresses::parse("8.0.0.0/8")).describe(9),
            "most of the Internet"
        );
        assert_eq!(all(&["1.1.1.1", "2.2.2.2", "3.3.3.3"]).describe(2), "1.1.1.1, 2.2.2.2, …");
    }
}
