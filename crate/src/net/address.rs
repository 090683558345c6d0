//! Addresses of relays: our own ones, and those that others name, which are hostile input.

mod host;

use std::fmt;
use std::str::FromStr;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::url;
pub(super) use host::Host;
pub use host::{is_public_ip, is_public_name};

/// Relays that one identity may name. Each costs its followers a connection.
pub const MAX_RELAYS: usize = 4;

/// Characters of one address: a DNS name of 253, a peer id of 59, and the parts between.
pub const MAX_ADDRESS: usize = 400;

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no multiaddress, or is longer than [`MAX_ADDRESS`].
    #[error("not a multiaddress")]
    Malformed,
    /// It is no WebSocket, or does not end in `/p2p/` and the relay's id.
    #[error("relay address is not of the form /dns/HOST/tcp/PORT/wss/p2p/ID")]
    Form,
    /// It is not encrypted.
    #[error("relay address of somebody else must be wss")]
    Insecure,
    /// It would make us connect inside our own network.
    #[error("relay address of somebody else is a private host")]
    PrivateHost,
    /// The list is longer than [`MAX_RELAYS`].
    #[error("more than {MAX_RELAYS} relay addresses")]
    TooMany,
}

/// The address of a relay: a WebSocket and the relay's id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RelayAddr {
    address: Multiaddr,
    peer: PeerId,
}

impl RelayAddr {
    /// Parses an address that we chose: `ws` or `wss`, any host.
    pub fn own(text: &str) -> Result<Self, AddressError> {
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::Malformed);
        }
        let address = Multiaddr::from_str(text).map_err(|_| AddressError::Malformed)?;
        let Some(Protocol::P2p(peer)) = address.iter().last() else { return Err(AddressError::Form) };
        url::of(&address).ok_or(AddressError::Form)?;
        Ok(Self { address, peer })
    }

    /// Parses an address from somebody's profile, invite or link: `wss` and a public host.
    ///
    /// If `loopback_allowed`, because the page itself came from a loopback address, `ws` and loopback hosts
    /// are accepted too. Private hosts never are.
    pub fn others(text: &str, loopback_allowed: bool) -> Result<Self, AddressError> {
        let relay = Self::own(text)?;
        check_others(&relay.address, loopback_allowed)?;
        Ok(relay)
    }

    /// Parses the list from somebody's profile, invite or link. All must be valid, at most [`MAX_RELAYS`].
    pub fn list_of_others<T: AsRef<str>>(
        list: &[T],
        loopback_allowed: bool,
    ) -> Result<Vec<Self>, AddressError> {
        if list.len() > MAX_RELAYS {
            return Err(AddressError::TooMany);
        }
        list.iter().map(|text| Self::others(text.as_ref(), loopback_allowed)).collect()
    }

    /// Returns the relay's id. The connection authenticates it.
    pub fn peer(&self) -> PeerId {
        self.peer
    }

    /// Returns the whole address, with the relay's id.
    pub fn address(&self) -> &Multiaddr {
        &self.address
    }

    /// Returns its host for people: a name or a number, with the port if it is not the usual one.
    pub fn host(&self) -> Option<String> {
        host_of(&self.address)
    }

    /// Returns the address at which we listen through the relay.
    pub(super) fn circuit(&self) -> Multiaddr {
        self.address.clone().with(Protocol::P2pCircuit)
    }

    /// Returns the address of a device that listens through the relay.
    pub(super) fn circuit_to(&self, device: PeerId) -> Multiaddr {
        self.circuit().with(Protocol::P2p(device))
    }
}

/// The address of a relay of somebody else whose id is not known yet, because the code that names it leaves it out.
///
/// A `wss` address is authenticated by the certificate of its host. The id is what the relay has when it is met first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetRelay(Multiaddr);

impl UnmetRelay {
    /// Parses an address without an id, by the rules of [`RelayAddr::others`].
    pub fn others(text: &str, loopback_allowed: bool) -> Result<Self, AddressError> {
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::Malformed);
        }
        let address = Multiaddr::from_str(text).map_err(|_| AddressError::Malformed)?;
        let has_id = address.iter().any(|part| matches!(part, Protocol::P2p(_)));
        url::of(&address).filter(|_| !has_id).ok_or(AddressError::Form)?;
        check_others(&address, loopback_allowed)?;
        Ok(Self(address))
    }

    /// Returns its host for people, as [`RelayAddr::host`] does.
    pub fn host(&self) -> Option<String> {
        host_of(&self.0)
    }

    /// Returns what is dialled.
    pub(super) fn address(&self) -> &Multiaddr {
        &self.0
    }

    /// The same relay with the id that it turned out to have.
    pub fn met(&self, peer: PeerId) -> RelayAddr {
        RelayAddr { address: self.0.clone().with(Protocol::P2p(peer)), peer }
    }
}

fn check_others(address: &Multiaddr, loopback_allowed: bool) -> Result<(), AddressError> {
    match Host::of(address) {
        Host::Loopback if loopback_allowed => Ok(()),
        Host::Loopback | Host::Private => Err(AddressError::PrivateHost),
        Host::Public if is_secure(address) => Ok(()),
        Host::Public => Err(AddressError::Insecure),
    }
}

fn host_of(address: &Multiaddr) -> Option<String> {
    let url = url::of(address)?;
    let host = url.split_once("://")?.1.split('/').next()?;
    let usual = if is_secure(address) { ":443" } else { ":80" };
    Some(host.strip_suffix(usual).unwrap_or(host).to_owned())
}

fn is_secure(address: &Multiaddr) -> bool {
    address.iter().any(|part| matches!(part, Protocol::Wss(_) | Protocol::Tls))
}

impl fmt::Display for RelayAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl fmt::Debug for RelayAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    fn others(start: &str) -> Result<RelayAddr, AddressError> {
        RelayAddr::others(&format!("{start}/p2p/{ID}"), false)
    }

    #[test]
    fn a_secure_public_relay_of_somebody_else_is_taken() {
        for start in [
            "/dns/relay.example.org/tcp/443/wss",
            "/dns4/relay.example.org/tcp/443/tls/ws",
            "/ip4/1.2.3.4/tcp/1/wss",
        ] {
            let relay = others(start).unwrap();
            assert_eq!(relay.peer().to_base58(), ID);
            assert_eq!(relay.to_string(), format!("{start}/p2p/{ID}"));
        }
    }

    #[test]
    fn hosts_inside_of_our_network_are_refused_however_they_are_written() {
        for host in [
            "ip4/127.0.0.1",
            "ip4/10.1.2.3",
            "ip4/192.168.1.1",
            "ip4/172.16.0.1",
            "ip4/169.254.169.254",
            "ip4/100.64.0.1",
            "ip4/0.0.0.0",
            "ip4/255.255.255.255",
            "ip4/224.0.0.1",
            "ip6/::1",
            "ip6/::",
            "ip6/fe80::1",
            "ip6/fd00::1",
            "ip6/ff02::1",
            "ip6/::ffff:127.0.0.1",
            "ip6/64:ff9b::10.0.0.1",
            "ip6/2002:7f00:1::1",
            "dns/localhost",
            "dns/localhost.",
            "dns/a.LOCALHOST",
            "dns/router.local",
            "dns/nas.lan",
            "dns/intranet",
            "dns/box.home.arpa",
            "dns/db.internal",
            "dns/127.1",
            "dns/0x7f000001",
            "dns/2130706433",
            "dns/10.0.0.0x1",
            "dns/127.0.0.1.",
        ] {
            assert_eq!(others(&format!("/{host}/tcp/443/wss")), Err(AddressError::PrivateHost), "{host}");
        }
    }

    #[test]
    fn a_page_on_loopback_reaches_relays_on_loopback_but_none_in_its_network() {
        let on_loopback = |start: &str| RelayAddr::others(&format!("{start}/p2p/{ID}"), true);
        for start in ["/ip4/127.0.0.1/tcp/4001/ws", "/ip6/::1/tcp/4001/ws", "/dns/localhost/tcp/4001/ws"] {
            assert!(on_loopback(start).is_ok(), "{start}");
        }
        assert_eq!(on_loopback("/ip4/192.168.1.1/tcp/4001/ws"), Err(AddressError::PrivateHost));
        assert_eq!(on_loopback("/dns/relay.example.org/tcp/80/ws"), Err(AddressError::Insecure));
    }

    #[test]
    fn what_is_no_relay_is_refused() {
        assert_eq!(others("/dns/relay.example.org/tcp/80/ws"), Err(AddressError::Insecure));
        for start in
            ["/dns/relay.example.org/tcp/443", "/dns/relay.example.org/udp/443/quic-v1", "/memory/1", ""]
        {
            assert_eq!(others(start), Err(AddressError::Form), "{start}");
        }
        assert_eq!(RelayAddr::own("/dns/relay.example.org/tcp/443/wss"), Err(AddressError::Form));
        assert_eq!(RelayAddr::own("wss://relay.example.org"), Err(AddressError::Malformed));
        assert_eq!(RelayAddr::own(&"/".repeat(MAX_ADDRESS + 1)), Err(AddressError::Malformed));
        let through = format!("/dns/relay.example.org/tcp/443/wss/p2p/{ID}/p2p-circuit/p2p/{ID}");
        assert_eq!(RelayAddr::own(&through), Err(AddressError::Form));
    }

    #[test]
    fn a_relay_without_its_id_is_taken_by_the_same_rules_and_has_the_id_with_which_it_is_met() {
        let unmet = UnmetRelay::others("/dns/relay.example.org/tcp/443/wss", false).unwrap();
        let met = unmet.met(ID.parse().unwrap());
        assert_eq!(Ok(met), others("/dns/relay.example.org/tcp/443/wss"));
        assert_eq!(unmet.host().as_deref(), Some("relay.example.org"));
        let refused = |start: &str, on_loopback| UnmetRelay::others(start, on_loopback).err();
        assert_eq!(refused("/dns/relay.example.org/tcp/80/ws", true), Some(AddressError::Insecure));
        assert_eq!(refused("/ip4/10.1.2.3/tcp/443/wss", true), Some(AddressError::PrivateHost));
        assert_eq!(refused("/ip4/127.0.0.1/tcp/4001/ws", false), Some(AddressError::PrivateHost));
        assert_eq!(refused("/ip4/127.0.0.1/tcp/4001/ws", true), None);
        let whole = format!("/dns/relay.example.org/tcp/443/wss/p2p/{ID}");
        assert_eq!(refused(&whole, false), Some(AddressError::Form));
    }

    #[test]
    fn a_host_is_shown_without_its_usual_port() {
        let host = |start: &str| RelayAddr::own(&format!("{start}/p2p/{ID}")).unwrap().host().unwrap();
        assert_eq!(host("/dns4/relay.example.org/tcp/443/wss"), "relay.example.org");
        assert_eq!(host("/dns4/relay.example.org/tcp/8443/wss"), "relay.example.org:8443");
        assert_eq!(host("/ip4/127.0.0.1/tcp/4001/ws"), "127.0.0.1:4001");
        assert_eq!(host("/ip6/::1/tcp/80/ws"), "[::1]");
    }

    #[test]
    fn a_list_is_taken_whole_or_not_at_all() {
        let good = format!("/dns/relay.example.org/tcp/443/wss/p2p/{ID}");
        assert_eq!(RelayAddr::list_of_others(&[&good; 4], false).unwrap().len(), 4);
        assert_eq!(RelayAddr::list_of_others(&[&good; 5], false), Err(AddressError::TooMany));
        assert_eq!(RelayAddr::list_of_others(&[&good, "x"], false), Err(AddressError::Malformed));
    }
}
