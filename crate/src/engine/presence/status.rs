//! What the device is connected to, as the page shows it.

use std::collections::BTreeMap;

use libp2p::PeerId;

use crate::engine::api::{NetworkStatus, NotDirect, PeerStatus, RelayStatus};
use crate::net::{self, Path};

use super::handle::Presence;

impl Presence {
    /// What the device is connected to.
    pub(in crate::engine) async fn status(&self) -> NetworkStatus {
        let inner = &self.0;
        let status = inner.net.status().await;
        let relays = status.relays.iter().map(|relay| RelayStatus {
            address: relay.address.to_string(),
            connected: relay.connected,
            clock_ahead: inner.state.live(|live| live.clocks.get(&relay.address.peer()).copied()),
        });
        let relays = relays.collect();
        let mut best: BTreeMap<PeerId, &net::PeerStatus> = BTreeMap::new();
        for peer in &status.peers {
            let best = best.entry(peer.peer).or_insert(peer);
            if best.path < peer.path {
                *best = peer;
            }
        }
        let peers = inner.state.read(|tables| {
            let shown = best.into_values().map(|peer| PeerStatus {
                peer: peer.peer.to_string(),
                contact: tables.contact_with(&peer.peer).map(|contact| contact.id.to_string()),
                via: if peer.path == Path::Direct { "direct" } else { "relay" },
                not_direct: peer
                    .obstacle
                    .and_then(|obstacle| NotDirect::because_of(obstacle, tables.account.relay_only)),
                rtt_ms: peer.round_trip.map(|time| time.as_secs_f64() * 1000.0),
            });
            shown.collect()
        });
        NetworkStatus { relays, peers, served: inner.net.bytes_served() }
    }

    /// Checks every connection: after sleep, or when the machine is online again.
    pub(in crate::engine) async fn probe(&self) {
        self.0.net.probe().await;
        self.0.state.peers_reached();
        self.0.state.publish_soon();
    }
}
