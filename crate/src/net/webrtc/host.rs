//! The maker of peer connections: in a browser the page's window, because a worker cannot; in tests a script.
//!
//! Transport and host share two queues for each peer connection: commands and events. Data channels arrive as
//! [`Channel`]s.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::channel::mpsc;

use super::candidate::Candidate;

/// Peer connections that were asked for and are not made yet.
const MAX_ASKED: usize = 16;

/// Entries in each queue of a peer connection. Both sides take entries at once. If a queue overflows, its
/// reader hangs, or the peer floods us, so the connection is closed.
pub const MAX_WAITING: usize = 1024;

/// Handle to a host.
#[derive(Clone, Debug)]
pub struct Host(mpsc::Sender<HostConnection>);

/// The engine's end of one peer connection. Dropping it closes the connection and every channel.
#[derive(Debug)]
pub struct Connection {
    /// Commands to the host.
    commands: mpsc::Sender<HostCommand>,
    /// Events of the host.
    events: mpsc::Receiver<HostEvent>,
}

/// The host's end of one peer connection. The host makes the connection as soon as it gets this.
#[derive(Debug)]
pub struct HostConnection {
    /// Commands of the engine, in order. The stream ends when the connection must be closed.
    pub commands: mpsc::Receiver<HostCommand>,
    /// Where to send events. Drop it when the connection has ended.
    pub events: mpsc::Sender<HostEvent>,
}

/// A command to a peer connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostCommand {
    /// Open a channel with this label; answered with [`HostEvent::Opened`].
    Open {
        /// The channel's label.
        label: &'static str,
    },
    /// Make an offer; answered with [`HostEvent::Described`], before any candidate.
    Offer,
    /// Take this offer and answer it. Answered with [`HostEvent::Described`], before any candidate.
    Answer {
        /// The peer's session description.
        offer: String,
    },
    /// Take the answer to our offer.
    Accept {
        /// The peer's session description.
        answer: String,
    },
    /// Try this candidate of the peer, too. `None` if the peer has no more candidates.
    Try(Option<Candidate>),
}

/// An event of a peer connection.
#[derive(Debug)]
pub enum HostEvent {
    /// Our session description, to be sent to the peer.
    Described(String),
    /// A candidate of ours. `None` if there are no more.
    Candidate(Option<Candidate>),
    /// Both ends are connected, for the first time or again.
    Connected {
        /// The largest message, in bytes, that the browsers carry.
        max_message: usize,
    },
    /// Nothing has arrived for a moment.
    Interrupted,
    /// The connection failed or has ended.
    Failed,
    /// A channel that we asked for.
    Opened(Box<dyn Channel>),
    /// A channel that the peer opened.
    Incoming {
        /// The label that the peer gave it.
        label: String,
        /// The channel.
        channel: Box<dyn Channel>,
    },
}

/// A data channel: ordered and reliable, with messages. Dropping it closes it, and what was sent before still
/// goes out.
pub trait Channel: Send + std::fmt::Debug {
    /// Polls for the next message. `None` when the channel is closed and all messages are taken.
    ///
    /// Nothing arrives before the channel is open. It wakes the task that polled here last, and the one that
    /// last polled for room.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>>;

    /// Ready when the channel is open and its send buffer has room.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>>;

    /// Sends a message, even if there is no room.
    fn send(&mut self, message: &[u8]) -> Result<(), Closed>;
}

/// The channel, or the whole peer connection, is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("data channel is closed")]
pub struct Closed;

impl Host {
    /// Makes a host, and the stream of connections that it is asked for.
    pub fn new() -> (Self, mpsc::Receiver<HostConnection>) {
        let (sender, connections) = mpsc::channel(MAX_ASKED);
        (Self(sender), connections)
    }

    /// Makes a peer connection. Returns `None` if the host is gone or hangs.
    pub(super) fn connect(&self) -> Option<Connection> {
        let (commands, command_receiver) = mpsc::channel(MAX_WAITING);
        let (event_sender, events) = mpsc::channel(MAX_WAITING);
        self.0.clone().try_send(HostConnection { commands: command_receiver, events: event_sender }).ok()?;
        Some(Connection { commands, events })
    }
}

impl Connection {
    pub(super) fn send_command(&mut self, command: HostCommand) -> Result<(), Closed> {
        self.commands.try_send(command).map_err(|_| Closed)
    }

    /// Returns the next event. `None` when the host has dropped its end.
    pub(super) fn events(&mut self) -> &mut mpsc::Receiver<HostEvent> {
        &mut self.events
    }
}
