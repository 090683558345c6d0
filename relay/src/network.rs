//! The network of a client, as limits count it.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};
use libp2p::{Multiaddr, multiaddr::Protocol};

/// Proxies append to this header: the last address is the one that our own proxy saw.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The first half of an IPv6 address: the network of one household, which may choose the second half.
const HOUSEHOLD: u128 = !(u64::MAX as u128);

/// An IPv4 address, or the network of an IPv6 address; `None` is this machine, which limits for one network ignore.
pub(crate) type Network = Option<IpAddr>;

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
        _ => None,
    }
}

/// Returns the address of the client. Only a proxy on this machine may name it in a header.
pub(crate) fn behind(from: IpAddr, head: &HeaderMap) -> IpAddr {
    let named = || {
        let last = head.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    };
    if from.to_canonical().is_loopback() { named().unwrap_or(from) } else { from }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(forwarded: &[&str]) -> HeaderMap {
        forwarded.iter().map(|value| (FORWARDED, value.parse().unwrap())).collect()
    }

    #[test]
    fn a_household_is_one_network_and_this_machine_is_none() {
        let of = |address: &str| of(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert!(["127.0.0.1", "::1", "::ffff:127.0.0.1"].into_iter().all(|here| of(here).is_none()));
    }

    #[test]
    fn only_a_proxy_on_this_machine_names_whom_it_asks_for() {
        let (here, there): (IpAddr, IpAddr) = ("127.0.0.1".parse().unwrap(), "192.0.2.1".parse().unwrap());
        let named: IpAddr = "198.51.100.7".parse().unwrap();
        assert_eq!(behind(here, &head(&["203.0.113.9, 198.51.100.7"])), named);
        assert_eq!(behind(here, &head(&["203.0.113.9", "198.51.100.7"])), named);
        assert_eq!(behind(there, &head(&["198.51.100.7"])), there);
        assert_eq!(behind(here, &head(&["nobody"])), here);
        assert_eq!(behind(here, &head(&[])), here);
    }
}
