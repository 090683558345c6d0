//! Messages on a stream: the length as an unsigned varint, then so many bytes.
//!
//! The length follows <https://github.com/multiformats/unsigned-varint>. One that is not minimal is refused.
//! The caller sets the longest message. Memory is taken as bytes arrive, so an announced length costs
//! nothing.

use bytes::{Bytes, BytesMut};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use unsigned_varint::{decode, encode};

use crate::format::cbor::{self, NotStrict};

/// Messages up to this size go out in one write together with their length: one Yamux frame.
const JOINED: usize = 16 * 1024 - 8;

/// Bytes that are allocated at once. More is allocated only after these have come.
const FIRST_ROOM: usize = 64 * 1024;

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
pub async fn read<R: AsyncRead + Unpin>(stream: &mut R, limit: usize) -> Result<Option<Bytes>, FrameError> {
    let Some(length) = read_length(stream).await? else { return Ok(None) };
    if length > limit {
        return Err(FrameError::TooLong { length, limit });
    }
    let mut message = BytesMut::zeroed(length.min(FIRST_ROOM));
    let mut filled = 0;
    while filled < length {
        if filled == message.len() {
            message.resize(length.min(2 * filled), 0);
        }
        match stream.read(&mut message[filled..]).await? {
            0 => return Err(FrameError::Ended),
            more => filled += more,
        }
    }
    Ok(Some(message.freeze()))
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

async fn read_length<R: AsyncRead + Unpin>(stream: &mut R) -> Result<Option<usize>, FrameError> {
    let mut buffer = encode::usize_buffer();
    for i in 0..buffer.len() {
        if stream.read(&mut buffer[i..=i]).await? == 0 {
            return if i == 0 { Ok(None) } else { Err(FrameError::Ended) };
        }
        if decode::is_last(buffer[i]) {
            let (length, _) = decode::usize(&buffer[..=i]).map_err(|_| FrameError::Length)?;
            // The library drops bits that do not fit, so that a length above all numbers reads as a small one.
            let fits = encode::usize(length, &mut encode::usize_buffer()) == &buffer[..=i];
            return if fits { Ok(Some(length)) } else { Err(FrameError::Length) };
        }
    }
    Err(FrameError::Length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use futures::io::Cursor;

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
