//! The network of a client, as limits count it, and how it is known behind a proxy.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use libp2p::{Multiaddr, multiaddr::Protocol};

use crate::Config;

/// Proxies append to this header: each adds the address that it saw.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Headers that only a proxy adds. A request that has one of them does not come from this machine alone.
const OF_PROXIES: [HeaderName; 6] = [
    FORWARDED_FOR,
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
];

/// The first 56 bits of an IPv6 address: providers give a household at least that many networks to choose from.
const HOUSEHOLD: u128 = !0 << (128 - 56);

/// An IPv4 address, or the network of an IPv6 address; `None` is this machine, which limits for one network ignore.
pub(crate) type Network = Option<IpAddr>;

/// Stands for all clients whom a proxy does not name: they share the limits of one network. No client has it.
pub(crate) const UNNAMED: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Returns the network of an address.
pub(crate) fn of(address: IpAddr) -> Network {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => Some(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & HOUSEHOLD))),
        address => Some(address),
    }
}

/// Returns the network of a remote address, as our transport writes it.
pub(crate) fn of_multiaddr(address: &Multiaddr) -> Network {
    match address.iter().next() {
        Some(Protocol::Ip4(address)) => of(address.into()),
        Some(Protocol::Ip6(address)) => of(address.into()),
        _ => Some(UNNAMED),
    }
}

/// The proxies that may name their clients.
pub(crate) struct Proxies {
    trusted: Vec<IpNet>,
    /// Whether a request of this machine may be its own: see [`Config::is_local`].
    local: bool,
    warned: AtomicBool,
}

impl Proxies {
    pub(crate) fn new(config: &Config) -> Self {
        let trusted = config.trusted_proxies.iter().map(|proxy| proxy.0).collect();
        Self { trusted, local: config.is_local(), warned: AtomicBool::new(false) }
    }

    /// Whether an address is that of a proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Returns the address of the client of a request; [`UNNAMED`] if a proxy does not name it.
    ///
    /// Goes back from the last address that the proxies name to the first one that is not a proxy. What stands before
    /// it is the client's own claim.
    pub(crate) fn client(&self, from: IpAddr, head: &HeaderMap) -> IpAddr {
        let from = from.to_canonical();
        if !self.trusts(from) {
            return from;
        }
        if self.local && from.is_loopback() && !OF_PROXIES.iter().any(|name| head.contains_key(name)) {
            return from;
        }
        self.named(head).unwrap_or_else(|| {
            if !self.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    "a proxy does not name its clients: they share the limits of one network. Let it set \
                     X-Forwarded-For, and add proxies in front of it to `trusted_proxies`"
                );
            }
            UNNAMED
        })
    }

    fn named(&self, head: &HeaderMap) -> Option<IpAddr> {
        let mut nearest = None;
        for value in head.get_all(FORWARDED_FOR).iter().rev() {
            for text in value.to_str().ok()?.rsplit(',') {
                let address = address(text)?;
                if !self.trusts(address) {
                    // This machine would have no limit.
                    return Some(address).filter(|address| !address.is_loopback());
                }
                nearest = Some(address);
            }
        }
        // The client is in a network of proxies.
        nearest.filter(|address| !address.is_loopback())
    }
}

/// Reads `ip`, `ip:port`, `[ip]` or `[ip]:port`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(forwarded: &[&str]) -> HeaderMap {
        forwarded.iter().map(|value| (FORWARDED_FOR, value.parse().unwrap())).collect()
    }

    fn ip(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    /// A relay behind proxies on this machine and in 10.1.0.0/16.
    fn behind_proxies() -> Proxies {
        let trusted_proxies = ["127.0.0.0/8", "::1", "10.1.0.0/16"].map(|text| text.parse().unwrap()).into();
        let external = vec!["/dns4/relay.example/tcp/443/wss".parse().unwrap()];
        Proxies::new(&Config { trusted_proxies, external, ..Config::default() })
    }

    #[test]
    fn a_household_is_one_network_and_this_machine_is_none() {
        let of = |address: &str| of(ip(address));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::"));
        assert_eq!(of("2001:db8:1:200::"), of("2001:db8:1:2ff::"));
        assert_ne!(of("2001:db8:1:200::"), of("2001:db8:1:300::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert!(["127.0.0.1", "::1", "::ffff:127.0.0.1"].into_iter().all(|here| of(here).is_none()));
        assert!(of("0.0.0.0").is_some());
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        let proxies = behind_proxies();
        let client = |from: &str, forwarded: &[&str]| proxies.client(ip(from), &head(forwarded));
        assert_eq!(client("127.0.0.1", &["203.0.113.9, 198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(client("::ffff:127.0.0.1", &["203.0.113.9", "198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(
            client("10.1.2.3", &["203.0.113.9, 198.51.100.7, 10.1.9.9", "127.0.0.1"]),
            ip("198.51.100.7")
        );
        assert_eq!(client("10.1.2.3", &["10.1.7.7, 10.1.9.9"]), ip("10.1.7.7"));
        // Nobody else is asked for whom a request is.
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), ip("192.0.2.1"));
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        let proxies = behind_proxies();
        for (text, read) in [
            ("198.51.100.7:5678", "198.51.100.7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:5678", "2001:db8::7"),
            (" 2001:db8::7 ", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(proxies.client(ip("127.0.0.1"), &head(&[text])), ip(read), "{text}");
        }
    }

    #[test]
    fn clients_that_a_proxy_does_not_name_are_one_network() {
        let proxies = behind_proxies();
        for forwarded in [&[][..], &["unknown"], &["198.51.100.7, _hidden"], &[""], &["127.0.0.1"], &["[::1"]]
        {
            let client = proxies.client(ip("127.0.0.1"), &head(forwarded));
            assert_eq!(of(client), Some(UNNAMED), "{forwarded:?}");
        }
        assert!(proxies.warned.load(Ordering::Relaxed));
    }

    #[test]
    fn without_a_proxy_this_machine_has_no_limits_by_network() {
        let local = Proxies::new(&Config::default());
        assert_eq!(of(local.client(ip("127.0.0.1"), &head(&[]))), None);
        // A proxy before it is noticed as soon as it adds any header of its own.
        assert_eq!(local.client(ip("127.0.0.1"), &head(&["198.51.100.7"])), ip("198.51.100.7"));
        let via: HeaderMap = [(header::VIA, "1.1 proxy".parse().unwrap())].into_iter().collect();
        assert_eq!(local.client(ip("127.0.0.1"), &via), UNNAMED);
        let listening = Config { listen: ([0, 0, 0, 0], 4747).into(), ..Config::default() };
        assert_eq!(Proxies::new(&listening).client(ip("127.0.0.1"), &head(&[])), UNNAMED);
    }
}
