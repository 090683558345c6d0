//! What the peer is connected to, as the page shows it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc;
use libp2p::PeerId;

use crate::keys::peer_id;
use crate::net::{self, Path};
use crate::platform;
use crate::social::contact::Contact;

use super::api::{Event, NetworkStatus, NotDirect, PeerStatus, RelayStatus};
use super::session::{Session, State};
use super::{Engine, Error};

/// Who is connected now.
#[derive(Default)]
pub(super) struct Online {
    peers: RefCell<BTreeSet<PeerId>>,
    relays: RefCell<BTreeSet<PeerId>>,
    told: Cell<bool>,
}

impl Online {
    /// Whether an own relay is connected.
    pub(super) fn any_relay(&self) -> bool {
        !self.relays.borrow().is_empty()
    }

    /// Whether a device of this contact is connected.
    pub(super) fn has(&self, contact: &Contact) -> bool {
        let peers = self.peers.borrow();
        devices_of(contact).any(|device| peers.contains(&device))
    }
}

/// The peers that a contact certified as devices.
pub(super) fn devices_of(contact: &Contact) -> impl Iterator<Item = PeerId> {
    let now = platform::now_ms();
    let valid = contact.devices.iter().filter(move |device| device.certificate.is_valid_at(now));
    valid.filter_map(|device| PeerId::from_bytes(&peer_id(&device.certificate.device)).ok())
}

/// Keeps what is known of connections, and lets those who wait for one go on.
pub(super) async fn listen(session: Rc<Session>, mut events: mpsc::Receiver<net::Event>) {
    while let Some(event) = events.next().await {
        match event {
            net::Event::Relay { relay, connected, .. } => session.relay_changed(relay.peer(), connected),
            net::Event::Peer { peer, path } => session.peer_changed(peer, path.is_some()),
            net::Event::Lagged => {
                let status = session.net.status().await;
                for relay in status.relays {
                    session.relay_changed(relay.address.peer(), relay.connected);
                }
                let now: BTreeSet<_> = status.peers.iter().map(|peer| peer.peer).collect();
                let before = session.online.peers.borrow().clone();
                before.union(&now).for_each(|peer| session.peer_changed(*peer, now.contains(peer)));
            }
        }
    }
}

impl State {
    /// The contact who certified this device.
    pub(super) fn contact_with(&self, device: &PeerId) -> Option<&Contact> {
        self.contacts.values().find(|contact| devices_of(contact).any(|of| of == *device))
    }
}

impl Session {
    /// Whoever may learn this device's network address: nobody who is only followed, or blocked, and nobody at all
    /// where everybody is reached through relays.
    pub(super) fn reached_directly(&self) -> HashSet<PeerId> {
        let state = self.state.borrow();
        if state.mine.relay_only {
            return HashSet::new();
        }
        let added = state.contacts.values().filter(|contact| state.people.is_written_to(&contact.id));
        added.flat_map(devices_of).collect()
    }

    fn relay_changed(&self, relay: PeerId, connected: bool) {
        let mut relays = self.online.relays.borrow_mut();
        if connected {
            relays.insert(relay)
        } else {
            relays.remove(&relay)
        };
        let any = !relays.is_empty();
        drop(relays);
        if self.online.told.replace(any) != any {
            self.hub.tell(&Event::Network { connected: any });
        }
        if connected {
            self.reached.ring();
            self.asked.try_again();
        }
        // Whoever is to hear of what is new is another one now.
        self.publish_soon();
    }

    fn peer_changed(&self, peer: PeerId, connected: bool) {
        let mut peers = self.online.peers.borrow_mut();
        let changed = if connected { peers.insert(peer) } else { peers.remove(&peer) };
        drop(peers);
        if !changed {
            return;
        }
        if connected {
            self.reached.ring();
        }
        let state = self.state.borrow();
        if let Some(contact) = state.contact_with(&peer) {
            self.hub.tell(&Event::Contact { contact: self.shown_contact(contact) });
            if connected {
                // Where no relay can be told, they are.
                self.publish_soon();
            }
        }
    }

    /// Whether a device of any contact is connected.
    pub(super) fn is_anybody_here(&self) -> bool {
        self.state.borrow().contacts.values().any(|contact| self.online.has(contact))
    }
}

impl Engine {
    /// What the engine is connected to; nothing while no profile is unlocked.
    pub async fn network_status(&self) -> Result<NetworkStatus, Error> {
        let Ok(session) = self.session() else {
            let relays = self.0.config.relays.iter().cloned();
            let relays = relays.map(|address| RelayStatus { address, connected: false }).collect();
            return Ok(NetworkStatus { relays, peers: Vec::new(), served: 0 });
        };
        let status = session.net.status().await;
        let state = session.state.borrow();
        let relay_only = state.mine.relay_only;
        let relays = status.relays.iter();
        let relays =
            relays.map(|r| RelayStatus { address: r.address.to_string(), connected: r.connected }).collect();
        let mut best: BTreeMap<PeerId, &net::PeerStatus> = BTreeMap::new();
        for peer in &status.peers {
            let best = best.entry(peer.peer).or_insert(peer);
            if best.path < peer.path {
                *best = peer;
            }
        }
        let peers = best.into_values().map(|peer| PeerStatus {
            peer: peer.peer.to_string(),
            contact: state.contact_with(&peer.peer).map(|contact| contact.id.to_string()),
            via: if peer.path == Path::Direct { "direct" } else { "relay" },
            not_direct: peer.obstacle.and_then(|obstacle| NotDirect::because_of(obstacle, relay_only)),
            rtt_ms: peer.round_trip.map(|time| time.as_secs_f64() * 1000.0),
        });
        Ok(NetworkStatus { relays, peers: peers.collect(), served: session.net.bytes_served() })
    }

    /// Looks at every connection again: after sleep, or when the machine is online again.
    pub async fn probe(&self) {
        if let Ok(session) = self.session() {
            session.net.probe().await;
            session.reached.ring();
            session.publish_soon();
        }
    }
}
