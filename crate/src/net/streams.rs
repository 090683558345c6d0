//! Opens and accepts streams on the connections of a swarm. Many may open at once, and none is lost.
//!
//! A protocol is an async function over a [`Stream`]. [`Control::open`] opens a stream on a given connection.
//! [`Control::accept`] accepts a protocol that others open. [`Control::path`] returns the best connection to
//! a peer. Everything is bounded: an open without room is refused with [`OpenError::Busy`], and an accepted
//! stream without room is reset.
//!
//! Works in a page and natively. Every future here is `Send`.

mod behaviour;
mod handler;
mod path_watcher;
mod stream;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::FutureExt;
use futures::channel::{mpsc, oneshot};
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId, StreamProtocol};

pub use behaviour::Behaviour;
pub use path_watcher::{Change, PathWatcher};
use stream::Permits;
pub use stream::Stream;

use super::Path;

/// Streams that we hold open on one connection. Together with accepted and negotiating ones they stay below
/// 512, at which Yamux closes the whole connection.
pub const MAX_OPEN: usize = 128;

/// Streams of the other side that we hold on one connection. This is twice what a peer like us opens, because
/// a stream that it has dropped may live here for a moment longer.
pub const MAX_ACCEPTED: usize = 2 * MAX_OPEN;

/// Opens that wait for one of [`MAX_OPEN`] on one connection. No protocol of ours needs more.
pub const MAX_WAITING: usize = 1024;

/// Accepted streams of one protocol that were not taken yet. Enough for several connections.
pub const MAX_QUEUED: usize = 512;

/// Why a stream cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The connection is closed, or closed before the stream was ready.
    #[error("connection closed: find another path to the peer")]
    Closed,
    /// Too many opens wait on this connection already.
    #[error("too many streams wait on this connection: try again later")]
    Busy,
    /// The other side does not speak the protocol.
    #[error("peer does not speak the protocol")]
    Unsupported,
    /// The other side did not answer in time.
    #[error("peer did not answer in time")]
    Timeout,
    /// The other side broke the stream while it was negotiated.
    #[error("peer broke the stream")]
    Broken,
}

/// A stream that a peer opened.
#[derive(Debug)]
pub struct IncomingStream {
    /// The peer that opened it. The connection authenticates it.
    pub peer: PeerId,
    /// The connection of the stream.
    pub connection: ConnectionId,
    /// The address of the other end of the connection.
    pub remote: Multiaddr,
    /// The stream itself. Dropping it resets it.
    pub stream: Stream,
}

/// The protocol is accepted already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("protocol is accepted already")]
pub struct AlreadyAccepted;

/// Handle to the streams of a swarm, for its [`Behaviour`] and for all that open or accept.
#[derive(Clone, Debug, Default)]
pub struct Control {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    links: HashMap<ConnectionId, Link>,
    protocols: HashMap<StreamProtocol, mpsc::Sender<IncomingStream>>,
    /// Tasks that wait for a connection to open, and for one to close.
    expected: Listeners,
    feared: Listeners,
    established: u64,
    /// Peers to disconnect, and the swarm's task that does it.
    unwanted: Vec<PeerId>,
    swarm: Option<Waker>,
}

type Listeners = Vec<(PeerId, oneshot::Sender<Infallible>)>;

/// One live connection.
#[derive(Debug)]
struct Link {
    peer: PeerId,
    path: Path,
    /// Grows with every connection, so that the newest is known.
    age: u64,
    opens: mpsc::Sender<Open>,
    outbound: Permits,
    inbound: Permits,
}

/// The handler's end of a [`Link`].
#[derive(Debug)]
pub(super) struct HandlerLink {
    opens: mpsc::Receiver<Open>,
    outbound: Permits,
    inbound: Permits,
}

/// A command to a connection's handler.
#[derive(Debug)]
struct Open {
    protocol: StreamProtocol,
    reply: oneshot::Sender<Result<Stream, OpenError>>,
}

impl Control {
    /// Makes a control without connections. Pass a clone to [`Behaviour::new`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a stream for `protocol` on one connection.
    ///
    /// If [`MAX_OPEN`] streams are held on the connection, it waits for its turn. The protocol is negotiated
    /// before this returns.
    ///
    /// # Cancel safety
    ///
    /// After the future is dropped, the request is withdrawn, or the stream that it made is reset.
    pub async fn open(
        &self,
        connection: ConnectionId,
        protocol: StreamProtocol,
    ) -> Result<Stream, OpenError> {
        let (reply, answer) = oneshot::channel();
        self.ask(connection, Open { protocol, reply })?;
        answer.await.unwrap_or(Err(OpenError::Closed))
    }

    /// Opens a stream on the [`path`](Self::path) to a peer.
    pub async fn open_to(&self, peer: PeerId, protocol: StreamProtocol) -> Result<Stream, OpenError> {
        let connection = self.path(peer).ok_or(OpenError::Closed)?;
        self.open(connection, protocol).await
    }

    /// Accepts a protocol until the receiver is dropped.
    ///
    /// Streams beyond [`MAX_QUEUED`] in the queue, or beyond [`MAX_ACCEPTED`] on one connection, are reset.
    /// Existing connections learn of the protocol the next time they have work to do.
    pub fn accept(
        &self,
        protocol: StreamProtocol,
    ) -> Result<mpsc::Receiver<IncomingStream>, AlreadyAccepted> {
        let mut state = self.state();
        if state.protocols.get(&protocol).is_some_and(|queue| !queue.is_closed()) {
            return Err(AlreadyAccepted);
        }
        let (queue, accepted) = mpsc::channel(MAX_QUEUED - 1); // each channel has room for one more by its sender
        state.protocols.insert(protocol, queue);
        Ok(accepted)
    }

    /// Returns the best live connection to a peer: direct before relayed, then the newest.
    pub fn path(&self, peer: PeerId) -> Option<ConnectionId> {
        self.state().best(peer, |_| true).map(|(connection, _)| connection)
    }

    /// Returns the newest live connection to a peer through a relay.
    pub fn circuit(&self, peer: PeerId) -> Option<ConnectionId> {
        self.state().best(peer, |path| path == Path::Relayed).map(|(connection, _)| connection)
    }

    /// Returns how the [`path`](Self::path) to a peer goes.
    pub(super) fn path_kind(&self, peer: PeerId) -> Option<Path> {
        self.state().best(peer, |_| true).map(|(_, path)| path)
    }

    /// Whether any stream lives on a connection to the peer.
    pub fn is_used(&self, peer: PeerId) -> bool {
        let state = self.state();
        state
            .links
            .values()
            .any(|link| link.peer == peer && (link.outbound.are_used() || link.inbound.are_used()))
    }

    /// Whether bytes came over a connection within so much time. Over a slow line they come although nothing else does,
    /// because everything waits behind them.
    pub(super) fn is_moving(&self, connection: ConnectionId, time: Duration) -> bool {
        let state = self.state();
        let link = state.links.get(&connection);
        link.is_some_and(|link| link.outbound.moved_within(time) || link.inbound.moved_within(time))
    }

    /// Ends when the next connection to a peer opens, counted from this call.
    pub fn next_connection(&self, peer: PeerId) -> impl Future<Output = ()> + Send + use<> {
        listen(&mut self.state().expected, peer)
    }

    /// Ends when a connection to a peer closes, counted from this call.
    fn next_loss(&self, peer: PeerId) -> impl Future<Output = ()> + Send + use<> {
        listen(&mut self.state().feared, peer)
    }

    /// Closes all connections to a peer.
    pub fn disconnect(&self, peer: PeerId) {
        let mut state = self.state();
        // At most once for each live connection, so that the list is bounded.
        if state.links.values().any(|link| link.peer == peer) && !state.unwanted.contains(&peer) {
            state.unwanted.push(peer);
        }
        if let Some(swarm) = state.swarm.take() {
            swarm.wake();
        }
    }

    fn poll_unwanted(&self, cx: &Context<'_>) -> Poll<PeerId> {
        let mut state = self.state();
        if let Some(peer) = state.unwanted.pop() {
            return Poll::Ready(peer);
        }
        state.swarm = Some(cx.waker().clone());
        Poll::Pending
    }

    fn ask(&self, connection: ConnectionId, open: Open) -> Result<(), OpenError> {
        let mut state = self.state();
        let link = state.links.get_mut(&connection).ok_or(OpenError::Closed)?;
        link.opens
            .try_send(open)
            .map_err(|refused| if refused.is_full() { OpenError::Busy } else { OpenError::Closed })
    }

    pub(super) fn connected(&self, connection: ConnectionId, peer: PeerId, path: Path) -> HandlerLink {
        let (opens, receiver) = mpsc::channel(MAX_WAITING - 1);
        let (outbound, inbound) = (Permits::new(MAX_OPEN), Permits::new(MAX_ACCEPTED));
        let handler_link =
            HandlerLink { opens: receiver, outbound: outbound.clone(), inbound: inbound.clone() };
        let mut state = self.state();
        state.established += 1;
        let age = state.established;
        let link = Link { peer, path, age, opens, outbound, inbound };
        state.links.insert(connection, link);
        state.expected.retain(|(expected, _)| *expected != peer);
        handler_link
    }

    fn disconnected(&self, connection: ConnectionId) {
        let mut state = self.state();
        if let Some(link) = state.links.remove(&connection) {
            state.feared.retain(|(feared, _)| *feared != link.peer);
        }
    }

    fn end(&self) {
        *self.state() = State::default();
    }

    fn protocols(&self) -> Vec<StreamProtocol> {
        let state = self.state();
        let live = state.protocols.iter().filter(|(_, queue)| !queue.is_closed());
        live.map(|(protocol, _)| protocol.clone()).collect()
    }

    /// Queues an accepted stream. If there is no room, drops it, which resets it.
    fn deliver(&self, protocol: &StreamProtocol, accepted: IncomingStream) {
        let mut state = self.state();
        let Some(queue) = state.protocols.get_mut(protocol) else { return };
        if let Err(refused) = queue.try_send(accepted) {
            tracing::debug!(%protocol, full = refused.is_full(), "reset an accepted stream");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the lock")
    }
}

fn listen(listeners: &mut Listeners, peer: PeerId) -> impl Future<Output = ()> + Send + use<> {
    let (sender, happened) = oneshot::channel();
    listeners.retain(|(_, sender)| !sender.is_canceled());
    listeners.push((peer, sender));
    // Nothing is ever sent. The sender is dropped when it happens, or with the swarm.
    happened.map(|Err(oneshot::Canceled)| ())
}

impl State {
    /// Returns the best of the live connections to a peer with such a path.
    fn best(&self, peer: PeerId, goes: impl Fn(Path) -> bool) -> Option<(ConnectionId, Path)> {
        let links = self.links.iter().filter(|(_, link)| link.peer == peer && !link.opens.is_closed());
        let links = links.filter(|(_, link)| goes(link.path));
        links.max_by_key(|(_, link)| (link.path, link.age)).map(|(id, link)| (*id, link.path))
    }
}
