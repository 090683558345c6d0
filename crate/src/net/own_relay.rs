//! One of our own relays. It is kept connected and listened through.

use libp2p::core::transport::ListenerId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{Multiaddr, PeerId, Swarm};

use super::RelayAddr;
use super::backoff::Backoff;
use super::event::Event;
use super::swarm::Behaviour;
use crate::platform::Instant;

/// The state of the relay, and when to try again.
#[derive(Debug)]
pub(super) struct OwnRelay {
    pub(super) address: RelayAddr,
    pub(super) reserved: bool,
    connection: Backoff,
    dialling: bool,
    reservation: Backoff,
    listener: Option<ListenerId>,
}

impl OwnRelay {
    pub(super) fn new(address: RelayAddr) -> Self {
        Self {
            address,
            reserved: false,
            connection: Backoff::default(),
            dialling: false,
            reservation: Backoff::default(),
            listener: None,
        }
    }

    /// Starts all that is missing and due. Returns when the next step is due, if that is known.
    pub(super) fn tend(&mut self, swarm: &mut Swarm<Behaviour>, now: Instant) -> Option<Instant> {
        if !swarm.is_connected(&self.address.peer()) {
            if self.dialling {
                return None;
            }
            if self.connection.is_due(now) {
                self.dialling = dial(swarm, self.address.peer(), self.address.address().clone());
                if !self.dialling {
                    self.connection.failed(now);
                }
            }
            return self.connection.due();
        }
        if self.listener.is_none() && self.reservation.is_due(now) {
            match swarm.listen_on(self.address.circuit()) {
                Ok(listener) => self.listener = Some(listener),
                Err(error) => {
                    tracing::warn!(relay = %self.address, %error, "cannot ask for a reservation");
                    self.reservation.failed(now);
                }
            }
        }
        self.reservation.due()
    }

    pub(super) fn connected(&mut self, now: Instant) {
        self.dialling = false;
        self.connection.stands(now);
        self.reservation.reset();
    }

    /// Records that the last connection to it closed, or that an attempt failed.
    pub(super) fn disconnected(&mut self, now: Instant) {
        self.dialling = false;
        self.reserved = false;
        self.connection.failed(now);
    }

    /// Records that it answered a request for a reservation.
    pub(super) fn reserved(&mut self, now: Instant) {
        self.reserved = true;
        self.reservation.stands(now);
    }

    /// Handles the end of a listener. If it listened through this relay, returns true and asks for another
    /// one later.
    pub(super) fn listener_closed(&mut self, listener: ListenerId, now: Instant) -> bool {
        let ours = self.listener == Some(listener);
        if ours {
            self.listener = None;
            self.reserved = false;
            self.reservation.failed(now);
        }
        ours
    }

    pub(super) fn event(&self, connected: bool) -> Event {
        Event::Relay { relay: self.address.clone(), connected, reserved: self.reserved }
    }

    /// Makes all that is missing due at once.
    pub(super) fn hurry(&mut self) {
        self.connection.reset();
        self.reservation.reset();
    }
}

/// Whether a dial is in progress.
pub(super) fn dial(swarm: &mut Swarm<Behaviour>, peer: PeerId, address: Multiaddr) -> bool {
    use libp2p::swarm::DialError::DialPeerConditionFalse;
    match swarm.dial(DialOpts::peer_id(peer).addresses(vec![address]).build()) {
        Ok(()) | Err(DialPeerConditionFalse(_)) => true,
        Err(error) => {
            tracing::debug!(%peer, %error, "cannot dial");
            false
        }
    }
}
