//! Dials and listens for `<relay>/p2p-circuit/webrtc`, over streams of open circuits.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use libp2p::core::transport::{self, DialOpts, ListenerId, TransportError, TransportEvent};
use libp2p::{Multiaddr, PeerId};

use super::attempts::{AttemptRefusal, Attempts, Obstacle};
use super::behaviour::Circuit;
use super::muxer::Muxer;
use super::role::{self, Failure};
use super::{Direct, PROTOCOL, address};
use crate::net::streams::{Control, IncomingStream, OpenError, Stream};
use crate::net::within;

/// From the first signal to a connection. Browsers need a second or two if there is a path.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a peer cannot be reached directly.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The peer must not learn our network address, or too many attempts are in progress.
    #[error(transparent)]
    Refused(#[from] AttemptRefusal),
    /// There is no circuit to the peer for the negotiation.
    #[error("no circuit to the peer")]
    NoCircuit,
    /// The peer does not speak the protocol, or refuses.
    #[error("cannot ask the peer for a direct connection: {0}")]
    Stream(#[from] OpenError),
    /// It was tried in vain.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The attempt took too long.
    #[error("no direct connection within {} seconds", PATIENCE.as_secs())]
    Timeout,
}

impl DialError {
    /// Returns the obstacle that this error shows, if any.
    fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Refused(_) | Self::NoCircuit => None,
            Self::Stream(_) | Self::Failure(Failure::Signal(_) | Failure::Violation(_)) => {
                Some(Obstacle::Declined)
            }
            Self::Failure(Failure::Host(_)) => Some(Obstacle::NoHost),
            Self::Failure(Failure::NoWay) | Self::Timeout => Some(Obstacle::NoWay),
        }
    }
}

/// Direct connections between browsers. The circuit over which each is negotiated authenticates it.
#[derive(Debug)]
pub struct Transport {
    direct: Option<Direct>,
    control: Control,
    attempts: Attempts,
    circuits: mpsc::Sender<Circuit>,
    offers: Option<mpsc::Receiver<IncomingStream>>,
    listeners: HashMap<ListenerId, Multiaddr>,
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

type Connecting = BoxFuture<'static, Result<(PeerId, Muxer), DialError>>;
type Event = TransportEvent<Connecting, DialError>;

impl Transport {
    pub(super) fn new(
        direct: Option<Direct>,
        control: Control,
        attempts: Attempts,
        circuits: mpsc::Sender<Circuit>,
    ) -> Self {
        // Without a host we do not speak the protocol.
        let offers = direct.as_ref().and_then(|_| control.accept(PROTOCOL).ok());
        let (listeners, events) = (HashMap::new(), VecDeque::new());
        Self { direct, control, attempts, circuits, offers, listeners, events, waker: None }
    }

    fn push(&mut self, event: Event) {
        self.events.push_back(event);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Handles an offer. Returns `None` if we do not want it, and its stream is reset.
    fn answer(&self, offer: IncomingStream) -> Option<Event> {
        let IncomingStream { peer, stream, .. } = offer;
        let direct = self.direct.clone()?;
        let (listener_id, local_addr) = self.listeners.iter().next()?;
        let attempt = match self.attempts.answer(peer) {
            Ok(attempt) => attempt,
            Err(refused) => {
                tracing::debug!(%peer, %refused, "offer refused");
                return None;
            }
        };
        let upgrade = async move {
            let _attempt = attempt;
            let connection = direct.host.connect().ok_or(Failure::from(super::host::Closed))?;
            Ok(role::answer(stream, connection, direct.reach).await?)
        };
        Some(TransportEvent::Incoming {
            listener_id: *listener_id,
            upgrade: connecting(self.attempts.clone(), peer, upgrade),
            local_addr: local_addr.clone(),
            // The browser does not tell the peer's address. Identify sends what is here to the peer, as an
            // address of its own. js-libp2p aborts if the address has neither a number nor a name.
            send_back_addr: Multiaddr::empty(),
        })
    }
}

/// Returns a circuit to the peer: an open one, or a new one.
async fn circuit(
    control: &Control,
    mut circuits: mpsc::Sender<Circuit>,
    to: Circuit,
) -> Result<Stream, DialError> {
    let peer = to.peer;
    let connection = match control.circuit(peer) {
        Some(connection) => connection,
        None => {
            let made = control.next_connection(peer);
            circuits.try_send(to).map_err(|_| DialError::NoCircuit)?;
            made.await;
            control.circuit(peer).ok_or(DialError::NoCircuit)?
        }
    };
    Ok(control.open(connection, PROTOCOL).await?)
}

/// Runs the attempt with a time limit, and records the result.
fn connecting(
    attempts: Attempts,
    peer: PeerId,
    attempt: impl Future<Output = Result<role::OpenConnection, DialError>> + Send + 'static,
) -> Connecting {
    async move {
        let established = within(PATIENCE, attempt).await.unwrap_or(Err(DialError::Timeout));
        match &established {
            Ok(_) => attempts.note(peer, None),
            Err(why) => why.obstacle().into_iter().for_each(|it| attempts.note(peer, Some(it))),
        }
        Ok((peer, Muxer::new(established?)))
    }
    .boxed()
}

impl transport::Transport for Transport {
    type Output = (PeerId, Muxer);
    type Error = DialError;
    type ListenerUpgrade = Connecting;
    type Dial = Connecting;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<DialError>> {
        if self.direct.is_none() || !address::is_listener(&address) {
            return Err(TransportError::MultiaddrNotSupported(address));
        }
        self.listeners.insert(id, address.clone());
        self.push(TransportEvent::NewAddress { listener_id: id, listen_addr: address });
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        let Some(address) = self.listeners.remove(&id) else { return false };
        self.push(TransportEvent::AddressExpired { listener_id: id, listen_addr: address });
        self.push(TransportEvent::ListenerClosed { listener_id: id, reason: Ok(()) });
        true
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Connecting, TransportError<DialError>> {
        let (Some(direct), Some((peer, circuit_address))) = (self.direct.clone(), address::circuit(&address))
        else {
            return Err(TransportError::MultiaddrNotSupported(address));
        };
        let (control, attempts, circuits) =
            (self.control.clone(), self.attempts.clone(), self.circuits.clone());
        let noted = attempts.clone();
        let attempt = async move {
            let _attempt = attempts.initiate(peer)?;
            let stream = circuit(&control, circuits, Circuit { peer, address: circuit_address }).await?;
            let connection = direct.host.connect().ok_or(Failure::from(super::host::Closed))?;
            Ok(role::initiate(stream, connection, direct.reach).await?)
        };
        Ok(connecting(noted, peer, attempt))
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Event> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(event);
        }
        while let Some(Poll::Ready(Some(offer))) =
            self.offers.as_mut().map(|offers| offers.poll_next_unpin(cx))
        {
            if let Some(event) = self.answer(offer) {
                return Poll::Ready(event);
            }
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
