//! Bounds the connections that are upgraded and not authenticated yet: in all, and for each network.
//!
//! libp2p's own limit counts all of them together, so that a few clients which never speak Noise would keep everybody
//! else out.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::IpAddr,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm, dummy,
    },
};

use crate::{
    concurrency::{Share, Shares},
    limits, network,
};

/// The connections that are being authenticated.
pub(crate) struct Behaviour {
    pending: HashMap<ConnectionId, Share<IpAddr>>,
    shares: Shares<IpAddr>,
}

/// Why a connection is dropped before it is authenticated.
#[derive(Debug, thiserror::Error)]
#[error("too many connections are being authenticated")]
struct TooMany;

impl Behaviour {
    pub(crate) fn new() -> Self {
        Self { pending: HashMap::new(), shares: Shares::new(limits::PENDING_PER_NETWORK) }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let share = self.shares.take(network::of_multiaddr(remote));
        let share = share.filter(|_| self.pending.len() < limits::PENDING);
        self.pending.insert(connection, share.ok_or_else(|| ConnectionDenied::new(TooMany))?);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.pending.remove(&connection);
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        if let FromSwarm::ListenFailure(failure) = event {
            self.pending.remove(&failure.connection_id);
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}
