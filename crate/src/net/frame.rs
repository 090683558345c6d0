//! Messages on a stream: the length as an unsigned varint, then so many bytes.
//!
//! The length follows <https://github.com/multiformats/unsigned-varint>. One that is not minimal is refused.
//! The caller sets the longest message. Memory is taken as bytes arrive, so an announced length costs
//! nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, FutureExt, pin_mut};
use serde::Serialize;
use serde::de::DeserializeOwned;
use unsigned_varint::{decode, encode};

use super::{Part, Room, within};
use crate::format::cbor::{self, NotStrict};
use crate::platform::Instant;

/// Messages up to this size go out in one write together with their length: one Yamux frame.
const JOINED: usize = 16 * 1024 - 8;

/// Bytes that are allocated at once. More is allocated only after these have come.
const FIRST_ROOM: usize = 64 * 1024;

/// Time for a message that has begun, beside what its bytes earn at [`LEAST_RATE`].
const MESSAGE: Duration = Duration::from_secs(30);

/// Bytes in a second that a peer must send of a long message: less than any line has on which sharing makes sense.
const LEAST_RATE: usize = 8 * 1024;

/// Messages up to this size take no room, so that short requests pass while long ones wait.
pub const FREE: usize = 8 * 1024;

/// Why a message cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The peer announced more than the protocol allows.
    #[error("message of {length} bytes from the peer is over the limit of {limit}")]
    TooLong {
        /// Bytes announced.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The peer sent a length that is not a minimal varint.
    #[error("malformed length from the peer")]
    Length,
    /// The peer sent a message that does not decode.
    #[error("malformed message from the peer: {0}")]
    Malformed(#[from] NotStrict),
    /// The peer ended the stream instead of sending a message.
    #[error("peer ended the stream where a message was due")]
    Ended,
    /// The peer began a message and did not finish it in time, or was silent for too long.
    #[error("peer took too long over a message")]
    Late,
    /// The stream broke.
    #[error("stream broke: {0}")]
    Io(#[from] std::io::Error),
}

impl FrameError {
    /// Whether the peer broke the protocol. Otherwise the connection failed.
    pub fn is_violation(&self) -> bool {
        matches!(self, Self::TooLong { .. } | Self::Length | Self::Malformed(_))
    }
}

/// Reads one message of at most `limit` bytes. Returns `None` if the peer closed the stream before it.
///
/// Waits for ever until a message begins. A message that has begun must come in time.
pub async fn read<R: AsyncRead + Unpin>(stream: &mut R, limit: usize) -> Result<Option<Bytes>, FrameError> {
    let Some(first) = read_first(stream).await? else { return Ok(None) };
    let (message, _) = read_rest(stream, first, limit, &Room::default()).await?;
    Ok(Some(message))
}

/// Reads one message of a peer that asks us, as [`read`] does. The part of the room is for the message: hold it until
/// the message is handled.
pub async fn take_in<R: AsyncRead + Unpin>(
    stream: &mut R,
    limit: usize,
    intake: &Intake,
) -> Result<Option<(Bytes, Part)>, FrameError> {
    let Some(first) = in_time(intake.idle, read_first(stream)).await? else { return Ok(None) };
    read_rest(stream, first, limit, &intake.room).await.map(Some)
}

/// What a peer that asks us may take.
#[derive(Clone, Debug)]
pub struct Intake {
    /// How long it may be silent between messages.
    pub idle: Duration,
    /// Memory for messages above [`FREE`] that come in or are not handled yet.
    pub room: Room,
}

impl Default for Intake {
    /// Two minutes of silence, and memory without a bound: for what few peers may ask.
    fn default() -> Self {
        Self { idle: Duration::from_secs(120), room: Room::default() }
    }
}

async fn read_rest<R: AsyncRead + Unpin>(
    stream: &mut R,
    first: u8,
    limit: usize,
    room: &Room,
) -> Result<(Bytes, Part), FrameError> {
    let length = in_time(MESSAGE, read_length(stream, first)).await?;
    if length > limit {
        return Err(FrameError::TooLong { length, limit });
    }
    let (start, filled) = (Instant::now(), AtomicUsize::new(0));
    let body = read_body(stream, length, room, &filled);
    pin_mut!(body);
    if let Some(done) = body.as_mut().now_or_never() {
        return done;
    }
    loop {
        // What has come extends the time, so that a pause of ours is no fault of the peer.
        let earned = Duration::from_secs((filled.load(Ordering::Relaxed) / LEAST_RATE) as u64);
        let left = (MESSAGE + earned).saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(FrameError::Late);
        }
        if let Some(done) = within(left, body.as_mut()).await {
            return done;
        }
    }
}

async fn read_body<R: AsyncRead + Unpin>(
    stream: &mut R,
    length: usize,
    room: &Room,
    filled: &AtomicUsize,
) -> Result<(Bytes, Part), FrameError> {
    let mut part = Part::default();
    let mut message = BytesMut::new();
    let mut at = 0;
    while at < length {
        if at == message.len() {
            let size = length.min(FIRST_ROOM.max(2 * at));
            if length > FREE {
                part.join(room.take(size - at).await);
            }
            message.resize(size, 0);
        }
        match stream.read(&mut message[at..]).await? {
            0 => return Err(FrameError::Ended),
            more => at += more,
        }
        filled.store(at, Ordering::Relaxed);
    }
    Ok((message.freeze(), part))
}

/// Fails if the work takes too long. Work that is ready at once costs no timer.
async fn in_time<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, FrameError>>,
) -> Result<T, FrameError> {
    pin_mut!(work);
    if let Some(done) = work.as_mut().now_or_never() {
        return done;
    }
    within(patience, work).await.unwrap_or(Err(FrameError::Late))
}

/// Writes one message. [`flush`](AsyncWriteExt::flush) the stream after the last one.
pub async fn write<W: AsyncWrite + Unpin>(stream: &mut W, message: &[u8]) -> Result<(), FrameError> {
    let mut buffer = encode::usize_buffer();
    let length = encode::usize(message.len(), &mut buffer);
    if message.len() <= JOINED {
        return Ok(stream.write_all(&[length, message].concat()).await?);
    }
    stream.write_all(length).await?;
    Ok(stream.write_all(message).await?)
}

/// Reads one DAG-CBOR message of at most `limit` bytes. Returns `None` if the peer closed the stream before
/// it.
pub async fn receive<T, R>(stream: &mut R, limit: usize) -> Result<Option<T>, FrameError>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    let Some(message) = read(stream, limit).await? else { return Ok(None) };
    Ok(Some(cbor::decode(&message)?))
}

/// Writes one DAG-CBOR message and flushes.
pub async fn send<T, W>(stream: &mut W, message: &T) -> Result<(), FrameError>
where
    T: Serialize,
    W: AsyncWrite + Unpin,
{
    write(stream, &cbor::encode(message)).await?;
    Ok(stream.flush().await?)
}

/// Reads the first byte of a message, or `None` at the end of the stream.
async fn read_first<R: AsyncRead + Unpin>(stream: &mut R) -> Result<Option<u8>, FrameError> {
    let mut first = [0];
    Ok((stream.read(&mut first).await? != 0).then_some(first[0]))
}

async fn read_length<R: AsyncRead + Unpin>(stream: &mut R, first: u8) -> Result<usize, FrameError> {
    let mut buffer = encode::usize_buffer();
    buffer[0] = first;
    for i in 0..buffer.len() {
        if i > 0 && stream.read(&mut buffer[i..=i]).await? == 0 {
            return Err(FrameError::Ended);
        }
        if decode::is_last(buffer[i]) {
            let (length, _) = decode::usize(&buffer[..=i]).map_err(|_| FrameError::Length)?;
            // The library drops bits that do not fit, so that a length above all numbers reads as a small one.
            let fits = encode::usize(length, &mut encode::usize_buffer()) == &buffer[..=i];
            return if fits { Ok(length) } else { Err(FrameError::Length) };
        }
    }
    Err(FrameError::Length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use futures::io::Cursor;
    use std::sync::Arc;
    use tokio::sync::Semaphore;
    use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

    fn pipe() -> (Compat<tokio::io::DuplexStream>, Compat<tokio::io::DuplexStream>) {
        let (near, far) = tokio::io::duplex(64 * 1024);
        (near.compat(), far.compat())
    }

    fn written(message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        block_on(write(&mut out, message)).unwrap();
        out
    }

    #[test]
    fn a_length_above_all_numbers_is_refused_and_not_cut() {
        let mut above = encode::usize(usize::MAX, &mut encode::usize_buffer()).to_vec();
        *above.last_mut().unwrap() = 0x2c;
        let read = block_on(read(&mut Cursor::new(above), 64));
        assert!(matches!(read, Err(FrameError::Length)), "{read:?}");
    }

    #[test]
    fn a_message_of_any_length_comes_back_and_then_the_end() {
        for length in [0, 1, 127, 128, JOINED, JOINED + 1, FIRST_ROOM, 5 * FIRST_ROOM + 3] {
            let message = vec![7; length];
            let mut stream = Cursor::new(written(&message));
            assert_eq!(block_on(read(&mut stream, length)).unwrap().unwrap(), message);
            assert!(block_on(read(&mut stream, length)).unwrap().is_none());
        }
    }

    #[test]
    fn a_message_over_the_limit_is_refused_before_it_is_read() {
        let mut stream = Cursor::new(written(&[7; 100]));
        let error = block_on(read(&mut stream, 99)).unwrap_err();
        assert!(matches!(error, FrameError::TooLong { length: 100, limit: 99 }) && error.is_violation());
        assert_eq!(stream.position(), 1);
    }

    #[test]
    fn a_cut_message_is_told_from_a_clean_end() {
        let whole = written(&[7; 300]);
        for cut in 1..whole.len() {
            let error = block_on(read(&mut Cursor::new(&whole[..cut]), 300)).unwrap_err();
            assert!(matches!(error, FrameError::Ended), "cut at {cut}: {error}");
        }
    }

    #[test]
    fn a_length_that_is_not_minimal_or_never_ends_is_refused() {
        for bad in [&[0x81, 0x00][..], &[0xff; 20]] {
            let error = block_on(read(&mut Cursor::new(bad), 1000)).unwrap_err();
            assert!(matches!(error, FrameError::Length), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_must_come_in_time_once_it_has_begun() {
        let (mut near, mut far) = pipe();
        // Nothing has begun, so any pause is fine.
        let first = async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            far.write_all(&written(&[7; 300])).await.unwrap();
        };
        let (read_first, ()) = tokio::join!(read(&mut near, 300), first);
        assert_eq!(read_first.unwrap().unwrap(), [7; 300][..]);
        far.write_all(&written(&[7; 300])[..200]).await.unwrap();
        assert!(matches!(read(&mut near, 300).await.unwrap_err(), FrameError::Late));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_asks_nothing_for_long_is_given_up() {
        let (mut near, _far) = pipe();
        let intake = Intake { idle: Duration::from_secs(5), ..Intake::default() };
        assert!(matches!(take_in(&mut near, 300, &intake).await.unwrap_err(), FrameError::Late));
    }

    #[tokio::test(start_paused = true)]
    async fn long_messages_wait_for_room_and_short_ones_pass() {
        let memory = Arc::new(Semaphore::new(100_000));
        let intake = Intake { room: Room::new([memory.clone()]), ..Intake::default() };
        let (mut near, mut far) = pipe();
        let long = written(&[7; 90_000]);
        let (sent, held) = tokio::join!(far.write_all(&long), take_in(&mut near, 100_000, &intake));
        sent.unwrap();
        let (_, part) = held.unwrap().unwrap();
        assert_eq!(memory.available_permits(), 10_000);
        far.write_all(&written(&[7; FREE])).await.unwrap();
        assert!(take_in(&mut near, 100_000, &intake).await.unwrap().is_some());
        far.write_all(&written(&[7; 20_000])).await.unwrap();
        let mut next = Box::pin(take_in(&mut near, 100_000, &intake));
        assert!(futures::poll!(&mut next).is_pending());
        drop(part);
        assert!(next.await.unwrap().is_some());
        assert_eq!(memory.available_permits(), 100_000);
    }

    #[test]
    fn values_travel_as_dag_cbor() {
        let mut out = Vec::new();
        block_on(send(&mut out, &("have", 3u8))).unwrap();
        let back: (String, u8) = block_on(receive(&mut Cursor::new(&out), 100)).unwrap().unwrap();
        assert_eq!(back, ("have".to_owned(), 3));
        let error = block_on(receive::<u8, _>(&mut Cursor::new(&out), 100)).unwrap_err();
        assert!(matches!(error, FrameError::Malformed(_)));
    }
}
