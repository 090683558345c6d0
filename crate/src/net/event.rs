//! Events of the network.

use std::future::poll_fn;
use std::task::Poll;

use futures::channel::mpsc;
use libp2p::core::ConnectedPoint;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::RelayAddr;

/// Events that were not taken yet. Further ones are dropped, and one [`Event::Lagged`] follows.
pub(super) const MAX_EVENTS: usize = 256;

/// A change in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// One of our own relays connected or disconnected, or its reservation began or ended.
    Relay {
        /// The relay.
        relay: RelayAddr,
        /// Whether it is connected.
        connected: bool,
        /// Whether others reach us through it.
        reserved: bool,
    },
    /// The connection to a peer that is not one of our own relays changed.
    Peer {
        /// The peer.
        peer: PeerId,
        /// The best path to it. `None` if it is not connected.
        path: Option<Path>,
    },
    /// Events were lost because the queue was full. Read [`status`](super::Net::status) instead.
    Lagged,
}

/// The path of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// Through a relay.
    Relayed,
    /// Directly.
    Direct,
}

impl Path {
    /// Returns the path of traffic to this address.
    pub(super) fn to(address: &Multiaddr) -> Self {
        let path = |path, part| match part {
            Protocol::P2pCircuit => Self::Relayed,
            // Agreed over the circuit; after that, without it.
            Protocol::WebRTC => Self::Direct,
            _ => path,
        };
        address.iter().fold(Self::Direct, path)
    }

    /// Returns the path of a connection.
    pub(super) fn through(endpoint: &ConnectedPoint) -> Self {
        match endpoint {
            ConnectedPoint::Dialer { address, .. } => Self::to(address),
            // The local address of a circuit names the relay.
            ConnectedPoint::Listener { local_addr, .. } => Self::to(local_addr),
        }
    }
}

/// Sender that never blocks. If the queue is full it drops events, and later sends `Lagged`.
#[derive(Debug)]
pub(super) struct Outbox {
    events: mpsc::Sender<Event>,
    lagged: bool,
}

impl Outbox {
    pub(super) fn new() -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(MAX_EVENTS - 1);
        (Self { events, lagged: false }, receiver)
    }

    pub(super) fn send(&mut self, event: Event) {
        if !self.lagged && self.events.try_send(event).is_err_and(|refused| refused.is_full()) {
            self.lagged = true;
        }
    }

    /// Waits for room to send `Lagged`. If no event was lost, it waits for ever.
    pub(super) async fn catch_up(&mut self) {
        poll_fn(|cx| match self.lagged.then(|| self.events.poll_ready(cx)) {
            Some(Poll::Ready(_)) => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
        // An owner that dropped the receiver wants no events.
        let _ = self.events.try_send(Event::Lagged);
        self.lagged = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, StreamExt};

    #[test]
    fn a_circuit_is_relayed_and_a_direct_connection_agreed_on_over_it_is_not() {
        let relay = "/dns/relay.example/tcp/443/wss/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
        for (address, path) in [
            (relay.to_owned(), Path::Direct),
            (format!("{relay}/p2p-circuit"), Path::Relayed),
            (format!("{relay}/p2p-circuit/webrtc"), Path::Direct),
            ("/webrtc".to_owned(), Path::Direct),
        ] {
            assert_eq!(Path::to(&address.parse().unwrap()), path, "{address}");
        }
    }

    #[test]
    fn an_owner_who_does_not_listen_is_told_once_that_it_missed_something() {
        let (mut outbox, mut events) = Outbox::new();
        let event = Event::Peer { peer: PeerId::random(), path: None };
        assert!(outbox.catch_up().now_or_never().is_none());
        for _ in 0..2 * MAX_EVENTS {
            outbox.send(event.clone());
        }
        assert!(outbox.catch_up().now_or_never().is_none());
        for _ in 0..MAX_EVENTS {
            assert_eq!(events.next().now_or_never().flatten(), Some(event.clone()));
        }
        outbox.catch_up().now_or_never().unwrap();
        outbox.send(event.clone());
        assert_eq!(events.next().now_or_never().flatten(), Some(Event::Lagged));
        assert_eq!(events.next().now_or_never().flatten(), Some(event));
    }
}
