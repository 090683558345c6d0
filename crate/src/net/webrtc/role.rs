//! The two roles of a negotiation: the peer that dialled the circuit offers, the other one answers.

use std::future::poll_fn;

use futures::io::{ReadHalf, WriteHalf};
use futures::stream::{self, BoxStream};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, FutureExt, StreamExt, select_biased};

use super::candidate::{Candidate, Reach};
use super::host::{Channel, Closed, Connection, HostCommand, HostEvent};
use super::signal::{self, Description, Signal, SignalError};

/// A channel that makes the browser gather candidates. Nothing is sent over it.
pub(super) const INIT: &str = "init";

/// Candidates of each side, at most. A machine with many networks has some ten for each STUN server.
const MAX_CANDIDATES: usize = 64;

/// Channels that the peer may open before we are done: one for each protocol that it opens first.
const MAX_EARLY: usize = 32;

/// An open peer connection.
#[derive(Debug)]
pub(super) struct OpenConnection {
    pub(super) connection: Connection,
    /// Channels that the peer has opened already.
    pub(super) early: Vec<Box<dyn Channel>>,
    /// The channel that the peer opened for its offer. The peer closes it.
    ///
    /// If we closed it at the same moment, Firefox would treat its number as used for ever, and would ignore
    /// the next channel that gets this number.
    pub(super) init: Option<Box<dyn Channel>>,
    /// The size of a framed message that the peer and the browsers accept, in bytes.
    pub(super) max_message: usize,
}

/// Why there is no direct connection.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no path between the browsers.
    #[error("no direct way to the peer was found")]
    NoWay,
    /// The window that makes connections is gone, or cannot make this one.
    #[error("the page's window makes no connection")]
    Host(#[from] Closed),
    /// The stream broke, or carried something that is no signal.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The peer broke the protocol.
    #[error("peer broke the protocol of connecting: {0}")]
    Violation(#[from] Violation),
}

/// How a peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// It sent a signal that was not due.
    #[error("signal out of turn")]
    OutOfTurn,
    /// It closed the stream before it sent a description.
    #[error("no description came")]
    NoDescription,
    /// Its description has addresses inside our network.
    #[error("description with private addresses")]
    PrivateAddress,
    /// Its description has sections of audio or video.
    #[error("description with media")]
    Media,
    /// It sent too many candidates.
    #[error("more than {MAX_CANDIDATES} candidates")]
    TooManyCandidates,
    /// It opened too many channels before the connection was ready.
    #[error("more than {MAX_EARLY} early channels")]
    TooManyChannels,
}

/// Offers a connection over a stream that we opened. Returns when it is open.
pub(super) async fn initiate<S>(
    stream: S,
    connection: Connection,
    reach: Reach,
) -> Result<OpenConnection, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut talk = Talk::new(stream, connection, reach);
    talk.connection.send_command(HostCommand::Open { label: INIT })?;
    let mut init = talk.opened().await?;
    talk.connection.send_command(HostCommand::Offer)?;
    let sdp = talk.described().await?;
    talk.say(&Signal::Offer(Description::ours(sdp))).await?;
    let Signal::Answer(theirs) = talk.first().await? else { return Err(Violation::OutOfTurn.into()) };
    talk.connection.send_command(HostCommand::Accept { answer: talk.judged(theirs.sdp)? })?;
    let max_message = talk.trickle().await?;
    // The peers are connected, and soon their channels are. The peer may close this channel already.
    let _ = poll_fn(|cx| init.poll_room(cx)).await;
    Ok(talk.part(max_message.min(theirs.max_message)).await)
}

/// Answers an offer over a stream that the peer opened. Returns when the connection is open.
pub(super) async fn answer<S>(
    stream: S,
    connection: Connection,
    reach: Reach,
) -> Result<OpenConnection, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut talk = Talk::new(stream, connection, reach);
    let Signal::Offer(theirs) = talk.first().await? else { return Err(Violation::OutOfTurn.into()) };
    talk.connection.send_command(HostCommand::Answer { offer: talk.judged(theirs.sdp)? })?;
    let sdp = talk.described().await?;
    talk.say(&Signal::Answer(Description::ours(sdp))).await?;
    let max_message = talk.trickle().await?;
    Ok(talk.part(max_message.min(theirs.max_message)).await)
}

/// One attempt, between the peer on one side and the host on the other.
struct Talk<S> {
    signals: BoxStream<'static, Result<Signal, SignalError>>,
    stream: WriteHalf<S>,
    connection: Connection,
    reach: Reach,
    /// How many candidates each side sent.
    named: usize,
    heard: usize,
    early: Vec<Box<dyn Channel>>,
    init: Option<Box<dyn Channel>>,
}

/// The next event.
enum TalkEvent {
    Signal(Signal),
    /// The peer closed the stream.
    End,
    Connected {
        max_message: usize,
    },
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Talk<S> {
    fn new(stream: S, connection: Connection, reach: Reach) -> Self {
        let (reader, stream) = stream.split();
        // The stream keeps a signal that arrived in part while something else happens.
        let signals = stream::try_unfold(reader, |mut reader: ReadHalf<S>| async move {
            Ok(signal::receive(&mut reader).await?.map(|signal| (signal, reader)))
        });
        Self {
            signals: signals.boxed(),
            stream,
            connection,
            reach,
            named: 0,
            heard: 0,
            early: Vec::new(),
            init: None,
        }
    }

    async fn say(&mut self, signal: &Signal) -> Result<(), Failure> {
        Ok(signal::send(&mut self.stream, signal).await?)
    }

    /// Returns the peer's first signal.
    async fn first(&mut self) -> Result<Signal, Failure> {
        match self.hear().await? {
            TalkEvent::Signal(signal) => Ok(signal),
            TalkEvent::End => Err(Violation::NoDescription.into()),
            TalkEvent::Connected { .. } => Err(Closed.into()),
        }
    }

    /// Returns the peer's next signal, or that the connection is open. Sends our candidates meanwhile.
    async fn hear(&mut self) -> Result<TalkEvent, Failure> {
        loop {
            select_biased! {
                event = self.connection.events().next() => match event {
                    Some(HostEvent::Candidate(candidate)) => self.name(candidate).await?,
                    Some(HostEvent::Connected { max_message }) => return Ok(TalkEvent::Connected { max_message }),
                    Some(HostEvent::Incoming { label, channel }) => self.keep(&label, channel)?,
                    Some(HostEvent::Interrupted) => {}
                    Some(HostEvent::Failed) => return Err(Failure::NoWay),
                    Some(HostEvent::Described(_) | HostEvent::Opened(_)) | None => return Err(Closed.into()),
                },
                signal = self.signals.next().fuse() => {
                    return Ok(signal.transpose()?.map_or(TalkEvent::End, TalkEvent::Signal));
                }
            }
        }
    }

    /// Exchanges candidates until the connection is open. Returns the size of messages that the browsers
    /// carry.
    async fn trickle(&mut self) -> Result<usize, Failure> {
        loop {
            match self.hear().await {
                Ok(TalkEvent::Connected { max_message }) => return Ok(max_message),
                Ok(TalkEvent::Signal(Signal::Candidate(candidate))) => self.consider(candidate)?,
                Ok(TalkEvent::Signal(_)) => return Err(Violation::OutOfTurn.into()),
                // The side that is connected first closes the stream. The other side needs only moments more.
                Ok(TalkEvent::End) => self.signals = stream::pending().boxed(),
                Err(Failure::Signal(SignalError::Frame(error))) if !error.is_violation() => {
                    self.signals = stream::pending().boxed();
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Sends a candidate of ours to the peer.
    async fn name(&mut self, candidate: Option<Candidate>) -> Result<(), Failure> {
        self.named += 1;
        if self.named <= MAX_CANDIDATES {
            self.say(&Signal::Candidate(candidate)).await?;
        }
        Ok(())
    }

    /// Passes a candidate of the peer to the host.
    fn consider(&mut self, candidate: Option<Candidate>) -> Result<(), Failure> {
        self.heard += 1;
        if self.heard > MAX_CANDIDATES {
            return Err(Violation::TooManyCandidates.into());
        }
        if candidate.as_ref().is_none_or(|candidate| self.reach.covers(candidate)) {
            self.connection.send_command(HostCommand::Try(candidate))?;
        }
        Ok(())
    }

    fn judged(&self, sdp: String) -> Result<String, Violation> {
        if !Reach::has_only_data(&sdp) {
            return Err(Violation::Media);
        }
        if self.reach.covers_all(&sdp) { Ok(sdp) } else { Err(Violation::PrivateAddress) }
    }

    /// Keeps a channel for later.
    fn keep(&mut self, label: &str, channel: Box<dyn Channel>) -> Result<(), Violation> {
        if self.early.len() >= MAX_EARLY {
            return Err(Violation::TooManyChannels);
        }
        if label == INIT {
            self.init = Some(channel);
        } else {
            self.early.push(channel);
        }
        Ok(())
    }

    /// Waits for the channel that was asked for. No other event may come first.
    async fn opened(&mut self) -> Result<Box<dyn Channel>, Failure> {
        match self.connection.events().next().await {
            Some(HostEvent::Opened(channel)) => Ok(channel),
            _ => Err(Closed.into()),
        }
    }

    /// Waits for the description that was asked for. No other event may come first.
    async fn described(&mut self) -> Result<String, Failure> {
        match self.connection.events().next().await {
            Some(HostEvent::Described(sdp)) => Ok(sdp),
            _ => Err(Closed.into()),
        }
    }

    /// Closes the stream.
    async fn part(mut self, max_message: usize) -> OpenConnection {
        // The peer may have closed it already.
        let _ = self.stream.close().await;
        OpenConnection { connection: self.connection, early: self.early, init: self.init, max_message }
    }
}

#[cfg(test)]
mod tests;
