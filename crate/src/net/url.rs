//! The URL of a WebSocket from its multiaddress.

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

/// Returns `ws://…` or `wss://…`, or `None` if a browser cannot dial the address as a WebSocket.
pub(super) fn of(address: &Multiaddr) -> Option<String> {
    let mut parts = address.iter().peekable();
    let host = match parts.next()? {
        Protocol::Ip4(ip) => ip.to_string(),
        Protocol::Ip6(ip) => format!("[{ip}]"),
        Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) => name.into_owned(),
        _ => return None,
    };
    let Protocol::Tcp(port) = parts.next()? else { return None };
    let tls = parts.next_if_eq(&Protocol::Tls).is_some();
    let (scheme, path) = match parts.next()? {
        Protocol::Ws(path) if tls => ("wss", path),
        Protocol::Ws(path) => ("ws", path),
        Protocol::Wss(path) if !tls => ("wss", path),
        _ => return None,
    };
    match parts.next() {
        None => {}
        Some(Protocol::P2p(_)) if parts.next().is_none() => {}
        // A circuit through that relay, or something newer. It is not for us to dial.
        Some(_) => return None,
    }
    Some(format!("{scheme}://{host}:{port}/{}", path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(address: &str) -> Option<String> {
        of(&address.parse().unwrap())
    }

    #[test]
    fn every_kind_of_host_and_scheme_has_its_url() {
        let id = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
        for (address, expected) in [
            ("/ip4/127.0.0.1/tcp/4001/ws".to_owned(), "ws://127.0.0.1:4001/"),
            ("/ip6/::1/tcp/4001/ws".to_owned(), "ws://[::1]:4001/"),
            ("/dns4/relay.example/tcp/443/wss".to_owned(), "wss://relay.example:443/"),
            (format!("/dns/relay.example/tcp/443/tls/ws/p2p/{id}"), "wss://relay.example:443/"),
            ("/dns6/relay.example/tcp/443/x-parity-wss/%2Fpeer".to_owned(), "wss://relay.example:443/peer"),
        ] {
            assert_eq!(url(&address).as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn what_is_no_websocket_or_goes_on_after_it_is_not_dialled() {
        let id = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
        for address in [
            "/ip4/127.0.0.1/tcp/4001".to_owned(),
            "/ip4/127.0.0.1/udp/4001/quic-v1".to_owned(),
            "/memory/1".to_owned(),
            "/dns/relay.example/tcp/443/tls/wss".to_owned(),
            format!("/dns/relay.example/tcp/443/wss/p2p/{id}/p2p-circuit/p2p/{id}"),
        ] {
            assert_eq!(url(&address), None, "{address}");
        }
    }
}
