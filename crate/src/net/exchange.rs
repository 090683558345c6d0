//! What all requests to a peer share: how they fail, whose fault it is, and answers as a stream.

use futures::{AsyncRead, Stream, stream};
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::Part;
use super::frame::{self, FrameError, Intake};
use crate::format::cbor;

/// Why an exchange with a peer failed. `R` is the refusal type of its protocol.
#[derive(Debug, Error)]
pub enum Error<R: std::error::Error + 'static> {
    /// The peer understood and refused.
    #[error("the peer refused: {0}")]
    Refused(#[source] R),
    /// The peer sent what the protocol forbids. A retry does not help.
    #[error("the peer broke the protocol: {0}")]
    Violation(#[from] Violation),
    /// The stream broke or ended early. A retry is harmless.
    #[error(transparent)]
    Broken(FrameError),
}

/// How a peer broke a protocol.
#[derive(Debug, Error)]
pub enum Violation {
    /// A message is too long or malformed.
    #[error(transparent)]
    Frame(FrameError),
    /// A message is no answer to the request.
    #[error("a message is out of turn")]
    OutOfTurn,
    /// A message covers other items, or more or fewer, than the request.
    #[error("an answer does not fit its question")]
    Unasked,
}

impl<R: std::error::Error + 'static> From<FrameError> for Error<R> {
    fn from(error: FrameError) -> Self {
        if error.is_violation() { Self::Violation(Violation::Frame(error)) } else { Self::Broken(error) }
    }
}

impl<R: std::error::Error + 'static> From<std::io::Error> for Error<R> {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// Receives a message that must come. If the stream ends first, it counts as broken.
pub(super) async fn expect<T, R>(reader: &mut R, limit: usize) -> Result<T, FrameError>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    frame::receive(reader, limit).await?.ok_or(FrameError::Ended)
}

/// Receives the next request of a peer that asks us, and the room that it takes until it is handled. Returns `None` if
/// the peer closes the stream.
pub(super) async fn request<T, R>(
    reader: &mut R,
    limit: usize,
    intake: &Intake,
) -> Result<Option<(T, Part)>, FrameError>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    let Some((message, part)) = frame::take_in(reader, limit, intake).await? else { return Ok(None) };
    Ok(Some((cbor::decode(&message)?, part)))
}

/// Streams the requests of a peer, as [`request`] receives them.
///
/// # Cancel safety
///
/// As that of [`messages`].
pub(super) fn requests<T, R>(
    reader: R,
    limit: usize,
    intake: Intake,
) -> impl Stream<Item = Result<(T, Part), FrameError>>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    stream::unfold(Some((reader, intake)), move |state| async move {
        let (mut reader, intake) = state?;
        match request(&mut reader, limit, &intake).await {
            Ok(request) => request.map(|request| (Ok(request), Some((reader, intake)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Streams the messages. It ends when the peer closes, or after an error.
///
/// # Cancel safety
///
/// A message that was read in part stays in the stream, so `next` may be dropped and called again.
pub(super) fn messages<T, R>(reader: R, limit: usize) -> impl Stream<Item = Result<T, FrameError>>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    stream::unfold(Some(reader), move |reader| async move {
        let mut reader = reader?;
        match frame::receive(&mut reader, limit).await {
            Ok(message) => message.map(|message| (Ok(message), Some(reader))),
            Err(error) => Some((Err(error), None)),
        }
    })
}
