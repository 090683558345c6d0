//! The streams of one connection: starts opens as room allows, and hands on accepted streams.

use std::convert::Infallible;
use std::future::{self, Ready};
use std::task::{Context, Poll, ready};

use futures::StreamExt;
use futures::channel::{mpsc, oneshot};
use libp2p::core::UpgradeInfo;
use libp2p::core::upgrade::{InboundUpgrade, OutboundUpgrade};
use libp2p::swarm::handler::{ConnectionEvent, FullyNegotiatedInbound, FullyNegotiatedOutbound};
use libp2p::swarm::{
    ConnectionHandler, ConnectionHandlerEvent, ConnectionId, StreamUpgradeError, SubstreamProtocol,
};
use libp2p::{Multiaddr, PeerId, StreamProtocol};

use super::stream::{Permit, Permits};
use super::{Control, HandlerLink, IncomingStream, Open, OpenError, Stream};

/// The streams of one connection.
#[derive(Debug)]
pub struct Handler {
    control: Control,
    connection: ConnectionId,
    peer: PeerId,
    remote: Multiaddr,
    opens: mpsc::Receiver<Open>,
    outbound: Permits,
    inbound: Permits,
}

/// An open in progress.
#[derive(Debug)]
pub struct PendingOpen {
    reply: oneshot::Sender<Result<Stream, OpenError>>,
    permit: Permit,
}

impl Handler {
    pub(super) fn new(
        control: Control,
        connection: ConnectionId,
        peer: PeerId,
        remote: Multiaddr,
        link: HandlerLink,
    ) -> Self {
        let HandlerLink { opens, outbound, inbound } = link;
        Self { control, connection, peer, remote, opens, outbound, inbound }
    }

    fn accept(&self, stream: libp2p::Stream, protocol: &StreamProtocol) {
        let Some(permit) = self.inbound.take() else {
            tracing::debug!(%protocol, peer = %self.peer, "reset a stream: the peer holds too many");
            return;
        };
        let stream = Stream::new(stream, permit);
        let (peer, connection, remote) = (self.peer, self.connection, self.remote.clone());
        self.control.deliver(protocol, IncomingStream { peer, connection, remote, stream });
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Infallible;
    type ToBehaviour = Infallible;
    type InboundProtocol = Protocols;
    type OutboundProtocol = Protocols;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = PendingOpen;

    fn listen_protocol(&self) -> SubstreamProtocol<Protocols> {
        SubstreamProtocol::new(Protocols(self.control.protocols()), ())
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Protocols, PendingOpen, Self::ToBehaviour>> {
        loop {
            let permit = ready!(self.outbound.poll_take(cx));
            // A permit that is not used is returned at once.
            match ready!(self.opens.poll_next_unpin(cx)) {
                Some(open) if open.reply.is_canceled() => {}
                Some(Open { protocol, reply }) => {
                    let protocol =
                        SubstreamProtocol::new(Protocols(vec![protocol]), PendingOpen { reply, permit });
                    return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
                }
                // The queue ends when the connection closes, which the swarm notices by itself.
                None => return Poll::Pending,
            }
        }
    }

    fn on_behaviour_event(&mut self, event: Infallible) {
        match event {}
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Protocols, Protocols, (), PendingOpen>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound {
                protocol: (stream, name),
                ..
            }) => {
                self.accept(stream, &name);
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound {
                protocol: (stream, _),
                info: PendingOpen { reply, permit },
            }) => {
                // If the caller is gone, the stream is dropped, which resets it.
                let _ = reply.send(Ok(Stream::new(stream, permit)));
            }
            ConnectionEvent::DialUpgradeError(failure) => {
                let error = match failure.error {
                    StreamUpgradeError::NegotiationFailed => OpenError::Unsupported,
                    StreamUpgradeError::Timeout => OpenError::Timeout,
                    StreamUpgradeError::Io(_) => OpenError::Broken,
                    StreamUpgradeError::Apply(never) => match never {},
                };
                let _ = failure.info.reply.send(Err(error));
            }
            _ => {}
        }
    }
}

/// Negotiates the protocol of a stream, and nothing more.
#[derive(Clone, Debug)]
pub struct Protocols(Vec<StreamProtocol>);

impl UpgradeInfo for Protocols {
    type Info = StreamProtocol;
    type InfoIter = std::vec::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone().into_iter()
    }
}

impl<C> InboundUpgrade<C> for Protocols {
    type Output = (C, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: C, protocol: StreamProtocol) -> Self::Future {
        future::ready(Ok((stream, protocol)))
    }
}

impl<C> OutboundUpgrade<C> for Protocols {
    type Output = (C, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_outbound(self, stream: C, protocol: StreamProtocol) -> Self::Future {
        future::ready(Ok((stream, protocol)))
    }
}
