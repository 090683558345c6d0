//! What makes peer connections: in a browser the page's window, since a worker has none; in tests a script.
//!
//! The face between the transport and the host is two queues for each peer connection: what is asked of it, and what
//! it tells. Data channels come as [`Channel`]s.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::channel::mpsc;

use super::candidate::Candidate;

/// Peer connections that are asked for and not yet made.
const MAX_ASKED: usize = 16;

/// What waits for either side of a peer connection. Both take it at once; whoever lets it overflow hangs, or is
/// flooded by the peer, and the connection is given up.
pub const MAX_WAITING: usize = 1024;

/// Handle to whatever makes peer connections.
#[derive(Clone, Debug)]
pub struct Host(mpsc::Sender<Hosted>);

/// The engine's end of one peer connection; dropping it closes the connection and every channel.
#[derive(Debug)]
pub struct Connection {
    /// What is asked of the host.
    asks: mpsc::Sender<Ask>,
    /// What the host tells.
    told: mpsc::Receiver<Told>,
}

/// The host's end of one peer connection, made as soon as it comes.
#[derive(Debug)]
pub struct Hosted {
    /// What the engine asks, in order; ends when the connection is to be closed.
    pub asks: mpsc::Receiver<Ask>,
    /// Where to tell what happens; to be dropped when the connection is no more.
    pub tell: mpsc::Sender<Told>,
}

/// What is asked of a peer connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Open a channel with this label; answered with [`Told::Opened`].
    Open {
        /// The channel's label.
        label: &'static str,
    },
    /// Make an offer; answered with [`Told::Described`], before any candidate.
    Offer,
    /// Take this offer, and answer it; answered with [`Told::Described`], before any candidate.
    Answer {
        /// The peer's session description.
        offer: String,
    },
    /// Take the answer to our offer.
    Accept {
        /// The peer's session description.
        answer: String,
    },
    /// Try to reach the peer there too; `None` when the peer has no more of them.
    Try(Option<Candidate>),
}

/// What happens to a peer connection.
#[derive(Debug)]
pub enum Told {
    /// Our session description, as the peer is to be told it.
    Described(String),
    /// Somewhere the peer may reach us; `None` when there are no more of them.
    Candidate(Option<Candidate>),
    /// Both ends are connected, or so again.
    Connected {
        /// Bytes that the browsers carry in one message.
        max_message: usize,
    },
    /// Nothing has come for a moment.
    Interrupted,
    /// It will not come to be, or is over.
    Failed,
    /// A channel that was asked for.
    Opened(Box<dyn Channel>),
    /// A channel that the peer opened.
    Incoming {
        /// The label that the peer gave it.
        label: String,
        /// The channel.
        channel: Box<dyn Channel>,
    },
}

/// A data channel: ordered, reliable, of messages. Dropping it closes it; what was sent before still goes out.
pub trait Channel: Send + std::fmt::Debug {
    /// The next message that came; `None` when the channel is closed and every message is taken.
    ///
    /// Nothing comes before the channel is open. Wakes the task that asked last, and beside it the one that last
    /// asked for room.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>>;

    /// Ready when the channel is open and its send buffer has room.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>>;

    /// Sends a message, whether or not there is room.
    fn send(&mut self, message: &[u8]) -> Result<(), Closed>;
}

/// The channel, or the whole peer connection, is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("data channel is closed")]
pub struct Closed;

impl Host {
    /// A host, and what is asked of it.
    pub fn new() -> (Self, mpsc::Receiver<Hosted>) {
        let (hosted, asked) = mpsc::channel(MAX_ASKED);
        (Self(hosted), asked)
    }

    /// A new peer connection; `None` if the host is gone or hangs.
    pub(super) fn connect(&self) -> Option<Connection> {
        let (asks, asked) = mpsc::channel(MAX_WAITING);
        let (tell, told) = mpsc::channel(MAX_WAITING);
        self.0.clone().try_send(Hosted { asks: asked, tell }).ok()?;
        Some(Connection { asks, told })
    }
}

impl Connection {
    pub(super) fn ask(&mut self, ask: Ask) -> Result<(), Closed> {
        self.asks.try_send(ask).map_err(|_| Closed)
    }

    /// What happened next; `None` when the host has let go of it.
    pub(super) fn told(&mut self) -> &mut mpsc::Receiver<Told> {
        &mut self.told
    }
}
