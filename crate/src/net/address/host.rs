//! Tells hosts of the open internet from hosts inside a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

/// Top-level names for local use (RFC 6761, 6762, 8375 and common usage).
const LOCAL_ENDINGS: [&str; 7] = ["local", "localdomain", "lan", "home", "internal", "intranet", "arpa"];

/// The reach of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::net) enum Host {
    /// On the open internet, as far as its name or number shows.
    Public,
    /// This machine.
    Loopback,
    /// Inside a network, or nowhere in particular.
    Private,
}

impl Host {
    /// Classifies the first part of an address. A part that is no host counts as private.
    pub(super) fn of(address: &Multiaddr) -> Self {
        match address.iter().next() {
            Some(Protocol::Ip4(ip)) => v4(ip),
            Some(Protocol::Ip6(ip)) => v6(ip),
            Some(Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name)) => named(&name),
            _ => Self::Private,
        }
    }

    /// Classifies an IP address.
    pub(in crate::net) fn at(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => v4(ip),
            IpAddr::V6(ip) => v6(ip),
        }
    }
}

/// Whether an address is one of the open internet: no loopback, private, link-local, shared or reserved one, also where
/// it stands in an IPv6 address.
pub fn is_public_ip(ip: IpAddr) -> bool {
    Host::at(ip) == Host::Public
}

/// Whether a name may be one of the open internet: it has a dot, is no number, and does not end like a local one.
pub fn is_public_name(name: &str) -> bool {
    named(name) == Host::Public
}

fn v4(ip: Ipv4Addr) -> Host {
    let [a, b, ..] = ip.octets();
    if ip.is_loopback() {
        return Host::Loopback;
    }
    let private = a == 0                              // this network
        || ip.is_private()
        || ip.is_link_local()
        || (a == 100 && (64..128).contains(&b))       // shared by carriers, RFC 6598
        || (a == 192 && b == 0 && ip.octets()[2] == 0) // protocol assignments, RFC 6890
        || (a == 198 && (18..20).contains(&b))        // benchmarks, RFC 2544
        || ip.is_documentation()
        || a >= 224; // multicast, reserved, broadcast
    if private { Host::Private } else { Host::Public }
}

fn v6(ip: Ipv6Addr) -> Host {
    let [a, b, c, .., g, h] = ip.segments();
    let embedded = |high: u16, low: u16| v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    if ip.is_loopback() {
        return Host::Loopback;
    }
    if let Some(ip) = ip.to_ipv4_mapped() {
        return v4(ip);
    }
    match a {
        0x64 if b == 0xff9b => embedded(g, h),           // NAT64, RFC 6052
        0x2002 => embedded(b, c),                        // 6to4, RFC 3056
        0x2001 if b == 0xdb8 || b == 0 => Host::Private, // documentation; Teredo, which embeds as well
        0x2000..=0x3fff => Host::Public,
        // Everything else is local, multicast, or unassigned.
        _ => Host::Private,
    }
}

fn named(name: &str) -> Host {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let mut labels = name.rsplit('.');
    let last = labels.next().unwrap_or_default();
    if last == "localhost" {
        return Host::Loopback;
    }
    // Browsers read a name that ends in a number, also a hexadecimal one, as an IPv4 address.
    let number = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if number || !plain || labels.next().is_none() || LOCAL_ENDINGS.contains(&last) {
        return Host::Private;
    }
    Host::Public
}
