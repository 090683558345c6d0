//! Gives every connection a handler, and keeps the list of live connections.

use std::convert::Infallible;
use std::task::{Context, Poll};

use libp2p::PeerId;
use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::{
    CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm,
};

use super::Control;
use super::handler::Handler;
use crate::net::Path;

/// The part of a swarm that opens and accepts streams; see [`Control`].
#[derive(Debug)]
pub struct Behaviour {
    control: Control,
}

impl Behaviour {
    /// Serves the opens and accepts of `control` and its clones.
    pub fn new(control: Control) -> Self {
        Self { control }
    }

    /// Makes the handler of a connection to `remote`. For a circuit, `via` is the address that names the
    /// relay.
    fn handler(&self, id: ConnectionId, peer: PeerId, remote: &Multiaddr, via: &Multiaddr) -> Handler {
        let link = self.control.connected(id, peer, Path::to(via));
        Handler::new(self.control.clone(), id, peer, remote.clone(), link)
    }
}

impl Drop for Behaviour {
    /// Everybody who waits for a stream learns that the swarm is gone.
    fn drop(&mut self) {
        self.control.end();
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler(connection, peer, remote, local))
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        _role: Endpoint,
        _port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler(connection, peer, remote, remote))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionClosed(closed) => self.control.disconnected(closed.connection_id),
            // Another behaviour may deny a connection after we made its handler.
            FromSwarm::DialFailure(failure) => self.control.disconnected(failure.connection_id),
            FromSwarm::ListenFailure(failure) => self.control.disconnected(failure.connection_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        let unwanted = self.control.poll_unwanted(cx);
        unwanted.map(|peer_id| ToSwarm::CloseConnection { peer_id, connection: CloseConnection::All })
    }
}
