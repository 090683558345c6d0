//! Addresses of circuits, and of direct connections that are agreed on over them.

use libp2p::core::ConnectedPoint;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

/// Splits `<relay>/p2p-circuit/webrtc/p2p/<peer>` into the peer and the circuit without `/webrtc`.
pub(super) fn circuit(direct: &Multiaddr) -> Option<(PeerId, Multiaddr)> {
    let mut circuit = direct.clone();
    let Some(Protocol::P2p(peer)) = circuit.pop() else { return None };
    circuit.pop().filter(|part| *part == Protocol::WebRTC)?;
    ends_in_circuit(&circuit).then(|| (peer, circuit.with(Protocol::P2p(peer))))
}

/// The reverse: the address for a direct connection that is negotiated over the circuit.
pub(super) fn direct(circuit: &Multiaddr) -> Option<Multiaddr> {
    let mut relay = circuit.clone();
    let Some(Protocol::P2p(peer)) = relay.pop() else { return None };
    ends_in_circuit(&relay).then(|| relay.with(Protocol::WebRTC).with(Protocol::P2p(peer)))
}

/// Whether a connection was negotiated over a circuit, by either end.
pub(super) fn is_direct(endpoint: &ConnectedPoint) -> bool {
    let (ConnectedPoint::Dialer { address, .. } | ConnectedPoint::Listener { local_addr: address, .. }) =
        endpoint;
    address.iter().any(|part| part == Protocol::WebRTC)
}

/// Whether this is `<relay>/p2p-circuit/webrtc`, with or without our own id.
pub(super) fn is_listener(address: &Multiaddr) -> bool {
    let mut address = address.clone();
    let mut last = address.pop();
    if let Some(Protocol::P2p(_)) = last {
        last = address.pop();
    }
    last == Some(Protocol::WebRTC) && ends_in_circuit(&address)
}

fn ends_in_circuit(address: &Multiaddr) -> bool {
    address.iter().last() == Some(Protocol::P2pCircuit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELAY: &str =
        "/dns/relay.example/tcp/443/wss/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
    const PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

    fn parse(address: &str) -> Multiaddr {
        address.parse().unwrap()
    }

    #[test]
    fn a_circuit_and_the_direct_connection_over_it_name_each_other() {
        let over = parse(&format!("{RELAY}/p2p-circuit/p2p/{PEER}"));
        let direct_over = parse(&format!("{RELAY}/p2p-circuit/webrtc/p2p/{PEER}"));
        assert_eq!(direct(&over), Some(direct_over.clone()));
        assert_eq!(circuit(&direct_over), Some((PEER.parse().unwrap(), over.clone())));
    }

    #[test]
    fn other_addresses_are_neither() {
        for other in [
            "",
            RELAY,
            &format!("{RELAY}/p2p-circuit"),
            &format!("{RELAY}/webrtc/p2p/{PEER}"),
            &format!("{RELAY}/p2p-circuit/webrtc-direct/p2p/{PEER}"),
        ] {
            assert_eq!((circuit(&parse(other)), direct(&parse(other))), (None, None), "{other}");
        }
    }

    #[test]
    fn we_listen_over_circuits_with_and_without_our_id() {
        assert!(is_listener(&parse(&format!("{RELAY}/p2p-circuit/webrtc"))));
        assert!(is_listener(&parse(&format!("{RELAY}/p2p-circuit/webrtc/p2p/{PEER}"))));
        for other in [RELAY, &format!("{RELAY}/p2p-circuit"), &format!("{RELAY}/webrtc"), "/webrtc"] {
            assert!(!is_listener(&parse(other)), "{other}");
        }
    }
}
