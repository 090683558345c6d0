//! What the network tells its owner, unasked.

use std::future::poll_fn;
use std::task::Poll;

use futures::channel::mpsc;
use libp2p::core::ConnectedPoint;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::RelayAddr;

/// Events that nobody has taken yet; beyond that they are replaced by one [`Event::Lagged`].
pub(super) const MAX_EVENTS: usize = 256;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// One of our own relays was reached or lost, or now listens for us or no longer does.
    Relay {
        /// Which one.
        relay: RelayAddr,
        /// Whether it is connected.
        connected: bool,
        /// Whether others reach us through it.
        reserved: bool,
    },
    /// How a peer that is none of our own relays is connected changed.
    Peer {
        /// Who.
        peer: PeerId,
        /// The best path to it; `None` when it is gone.
        path: Option<Path>,
    },
    /// Events were lost because nobody took them: read [`status`](super::Net::status) instead.
    Lagged,
}

/// How a peer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// Through a relay.
    Relayed,
    /// Without anybody between.
    Direct,
}

impl Path {
    /// How what goes to this address gets there.
    pub(super) fn to(address: &Multiaddr) -> Self {
        let path = |path, part| match part {
            Protocol::P2pCircuit => Self::Relayed,
            // Agreed on over the circuit, and then without it.
            Protocol::WebRTC => Self::Direct,
            _ => path,
        };
        address.iter().fold(Self::Direct, path)
    }

    /// How a connection goes.
    pub(super) fn through(endpoint: &ConnectedPoint) -> Self {
        match endpoint {
            ConnectedPoint::Dialer { address, .. } => Self::to(address),
            // Of a circuit it is the local address that names the relay.
            ConnectedPoint::Listener { local_addr, .. } => Self::to(local_addr),
        }
    }
}

/// The sending end, which never waits and tells if it lost something.
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

    /// Waits for room to say that events were lost; for ever if none were.
    pub(super) async fn catch_up(&mut self) {
        poll_fn(|cx| match self.lagged.then(|| self.events.poll_ready(cx)) {
            Some(Poll::Ready(_)) => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
        // An owner who has dropped the receiver wants no events.
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
