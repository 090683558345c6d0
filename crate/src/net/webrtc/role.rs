//! The two roles of becoming connected: whoever dialled the circuit offers, the other answers.

use std::future::poll_fn;

use futures::io::{ReadHalf, WriteHalf};
use futures::stream::{self, BoxStream};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, FutureExt, StreamExt, select_biased};

use super::candidate::{Candidate, Reach};
use super::host::{Ask, Channel, Closed, Connection, Told};
use super::signal::{self, Description, Signal, SignalError};

/// The channel that makes the browser look for candidates at all; nothing is said over it.
pub(super) const INIT: &str = "init";

/// Candidates that each side names: a machine with many networks has some ten for each STUN server.
const MAX_CANDIDATES: usize = 64;

/// Channels that the peer may open before we are done: one for each protocol that it greets us with.
const MAX_EARLY: usize = 32;

/// A peer connection that stands.
#[derive(Debug)]
pub(super) struct Established {
    pub(super) connection: Connection,
    /// Channels that the peer has opened already.
    pub(super) early: Vec<Box<dyn Channel>>,
    /// The channel that the peer opened for its offer, and closes.
    ///
    /// If we closed it at that same moment, Firefox would take its number for used forever, and pass over the next
    /// channel to which the peer's browser gives it.
    pub(super) init: Option<Box<dyn Channel>>,
    /// Bytes of a framed message that the peer and the browsers take.
    pub(super) max_message: usize,
}

/// Why no direct connection came to be.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No way leads from one browser to the other.
    #[error("no direct way to the peer was found")]
    NoWay,
    /// The window that makes connections is gone, or cannot make this one.
    #[error("the page's window makes no connection")]
    Host(#[from] Closed),
    /// The stream broke, or what came over it is no signal.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The peer broke the protocol.
    #[error("peer broke the protocol of connecting: {0}")]
    Violation(#[from] Violation),
}

/// How a peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Something else was due.
    #[error("signal out of turn")]
    OutOfTurn,
    /// It closed the stream where a description was due.
    #[error("no description came")]
    NoDescription,
    /// Its description names addresses inside of our network.
    #[error("description with private addresses")]
    PrivateAddress,
    /// It does not stop naming candidates.
    #[error("more than {MAX_CANDIDATES} candidates")]
    TooManyCandidates,
    /// It opened more channels than it may before the connection stands.
    #[error("more than {MAX_EARLY} early channels")]
    TooManyChannels,
}

/// Offers a connection over a stream that we opened, until it stands.
pub(super) async fn initiate<S>(
    stream: S,
    connection: Connection,
    reach: Reach,
) -> Result<Established, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut talk = Talk::new(stream, connection, reach);
    talk.connection.ask(Ask::Open { label: INIT })?;
    let mut init = talk.opened().await?;
    talk.connection.ask(Ask::Offer)?;
    let sdp = talk.described().await?;
    talk.say(&Signal::Offer(Description::ours(sdp))).await?;
    let Signal::Answer(theirs) = talk.first().await? else { return Err(Violation::OutOfTurn.into()) };
    talk.connection.ask(Ask::Accept { answer: talk.judged(theirs.sdp)? })?;
    let max_message = talk.trickle().await?;
    // Connected are the peers, and soon their channels. The peer may close this one already.
    let _ = poll_fn(|cx| init.poll_room(cx)).await;
    Ok(talk.part(max_message.min(theirs.max_message)).await)
}

/// Answers an offer over a stream that the peer opened, until the connection stands.
pub(super) async fn answer<S>(stream: S, connection: Connection, reach: Reach) -> Result<Established, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut talk = Talk::new(stream, connection, reach);
    let Signal::Offer(theirs) = talk.first().await? else { return Err(Violation::OutOfTurn.into()) };
    talk.connection.ask(Ask::Answer { offer: talk.judged(theirs.sdp)? })?;
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
    /// Candidates that we named and that the peer named.
    named: usize,
    heard: usize,
    early: Vec<Box<dyn Channel>>,
    init: Option<Box<dyn Channel>>,
}

/// What comes next.
enum Heard {
    Signal(Signal),
    /// The peer says no more.
    End,
    Connected {
        max_message: usize,
    },
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Talk<S> {
    fn new(stream: S, connection: Connection, reach: Reach) -> Self {
        let (reader, stream) = stream.split();
        // A stream keeps what came of a signal in part, while something else happens.
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

    /// The peer's first signal.
    async fn first(&mut self) -> Result<Signal, Failure> {
        match self.hear().await? {
            Heard::Signal(signal) => Ok(signal),
            Heard::End => Err(Violation::NoDescription.into()),
            Heard::Connected { .. } => Err(Closed.into()),
        }
    }

    /// The peer's next signal, or that the connection stands; names our candidates meanwhile.
    async fn hear(&mut self) -> Result<Heard, Failure> {
        loop {
            select_biased! {
                told = self.connection.told().next() => match told {
                    Some(Told::Candidate(candidate)) => self.name(candidate).await?,
                    Some(Told::Connected { max_message }) => return Ok(Heard::Connected { max_message }),
                    Some(Told::Incoming { label, channel }) => self.keep(&label, channel)?,
                    Some(Told::Interrupted) => {}
                    Some(Told::Failed) => return Err(Failure::NoWay),
                    Some(Told::Described(_) | Told::Opened(_)) | None => return Err(Closed.into()),
                },
                signal = self.signals.next().fuse() => {
                    return Ok(signal.transpose()?.map_or(Heard::End, Heard::Signal));
                }
            }
        }
    }

    /// Exchanges candidates until the connection stands; gives the size of messages that the browsers carry.
    async fn trickle(&mut self) -> Result<usize, Failure> {
        loop {
            match self.hear().await {
                Ok(Heard::Connected { max_message }) => return Ok(max_message),
                Ok(Heard::Signal(Signal::Candidate(candidate))) => self.consider(candidate)?,
                Ok(Heard::Signal(_)) => return Err(Violation::OutOfTurn.into()),
                // Whoever is connected first is done with the stream; for the other it is a matter of moments.
                Ok(Heard::End) => self.signals = stream::pending().boxed(),
                Err(Failure::Signal(SignalError::Frame(error))) if !error.is_violation() => {
                    self.signals = stream::pending().boxed();
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Tells the peer where we may be reached.
    async fn name(&mut self, candidate: Option<Candidate>) -> Result<(), Failure> {
        self.named += 1;
        if self.named <= MAX_CANDIDATES {
            self.say(&Signal::Candidate(candidate)).await?;
        }
        Ok(())
    }

    /// Has the host try where the peer says that it may be reached.
    fn consider(&mut self, candidate: Option<Candidate>) -> Result<(), Failure> {
        self.heard += 1;
        if self.heard > MAX_CANDIDATES {
            return Err(Violation::TooManyCandidates.into());
        }
        if candidate.as_ref().is_none_or(|candidate| self.reach.covers(candidate)) {
            self.connection.ask(Ask::Try(candidate))?;
        }
        Ok(())
    }

    fn judged(&self, sdp: String) -> Result<String, Violation> {
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

    /// The channel that was asked for, before anything else happens.
    async fn opened(&mut self) -> Result<Box<dyn Channel>, Failure> {
        match self.connection.told().next().await {
            Some(Told::Opened(channel)) => Ok(channel),
            _ => Err(Closed.into()),
        }
    }

    /// The description that was asked for, before anything else happens.
    async fn described(&mut self) -> Result<String, Failure> {
        match self.connection.told().next().await {
            Some(Told::Described(sdp)) => Ok(sdp),
            _ => Err(Closed.into()),
        }
    }

    /// Takes leave of the stream.
    async fn part(mut self, max_message: usize) -> Established {
        // The peer may be done with it already.
        let _ = self.stream.close().await;
        Established { connection: self.connection, early: self.early, init: self.init, max_message }
    }
}

#[cfg(test)]
mod tests;
