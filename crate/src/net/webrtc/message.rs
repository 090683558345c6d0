//! The contents of a data channel: bytes and flags in protobuf, each message behind its length.
//!
//! The framing of <https://github.com/libp2p/specs/blob/master/webrtc/README.md#multiplexing>. One framed
//! message may arrive in several messages of the channel, because js-libp2p sends the length in a message of
//! its own.

use bytes::{Buf, Bytes, BytesMut};
use prost::Message as _;
use unsigned_varint::{decode, encode};

/// The size of a framed message that every peer accepts, in bytes, with its length.
pub(super) const LEAST: usize = 16 * 1024;

/// The size of a framed message that we accept, and send to peers that accept it. It has twice the rate of
/// [`LEAST`]. A slow line still sends it within a tenth of a second, which matters because a message holds up
/// all other channels.
pub(super) const MOST: usize = 64 * 1024;

/// Bytes around the payload: two lengths of at most three bytes, two tags, one flag.
const OVERHEAD: usize = 3 + 3 + 2 + 1;

/// Bytes of a length below [`MOST`].
const LONGEST_LENGTH: usize = 3;

/// A flag: what a peer says about one half of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Flag {
    /// It will send no more.
    Fin = 0,
    /// It will read no more.
    StopSending = 1,
    /// It resets the stream.
    Reset = 2,
    /// It has received everything up to our [`Fin`](Self::Fin).
    FinAck = 3,
}

/// One message, without its length.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Message {
    #[prost(enumeration = "Flag", optional, tag = "1")]
    pub(super) flag: Option<i32>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub(super) data: Option<Bytes>,
}

/// The peer sent bytes that are no message, or a message that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Returns how much payload fits into a framed message of this size.
pub(super) fn payload(message: usize) -> usize {
    message - OVERHEAD
}

/// Encodes a flag with its length.
pub(super) fn flagged(flag: Flag) -> Vec<u8> {
    Message { flag: Some(flag.into()), data: None }.encode_length_delimited_to_vec()
}

/// Encodes payload with its length. At most [`payload`] bytes.
pub(super) fn framed(data: &[u8]) -> Vec<u8> {
    Message { flag: None, data: Some(Bytes::copy_from_slice(data)) }.encode_length_delimited_to_vec()
}

/// Joins the channel's messages into framed ones.
#[derive(Debug, Default)]
pub(super) struct Unframer {
    part: BytesMut,
    whole: Bytes,
}

impl Unframer {
    /// Adds a message of the channel. Call it only after [`next`](Self::next) returned nothing.
    pub(super) fn push(&mut self, bytes: Bytes) {
        debug_assert!(self.whole.is_empty(), "read before more is pushed");
        if self.part.is_empty() {
            self.whole = bytes;
        } else {
            self.part.extend_from_slice(&bytes);
            self.whole = self.part.split().freeze();
        }
    }

    /// Returns the next message, if it is complete. After an error the channel gives nothing more.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Malformed> {
        let (length, rest) = match decode::usize(&self.whole) {
            Ok((length, rest)) => (length, rest.len()),
            Err(decode::Error::Insufficient) if self.whole.len() < LONGEST_LENGTH => return self.keep(),
            Err(_) => return Err(Malformed),
        };
        let prefix = self.whole.len() - rest;
        // The library drops bits that do not fit, so that a length above all numbers reads as a small one.
        if encode::usize(length, &mut encode::usize_buffer()) != &self.whole[..prefix] {
            return Err(Malformed);
        }
        // The length is the peer's: adding to it could wrap, and then everything that follows would be kept.
        if length > MOST.saturating_sub(prefix) {
            return Err(Malformed);
        }
        if rest < length {
            return self.keep();
        }
        self.whole.advance(prefix);
        Message::decode(self.whole.split_to(length)).map(Some).map_err(|_| Malformed)
    }

    fn keep(&mut self) -> Result<Option<Message>, Malformed> {
        self.part.extend_from_slice(&self.whole);
        self.whole.clear();
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(chunks: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<Message>, Malformed> {
        let mut unframer = Unframer::default();
        let mut messages = Vec::new();
        for chunk in chunks {
            unframer.push(chunk.into());
            while let Some(message) = unframer.next()? {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    #[test]
    fn the_bytes_are_those_of_the_specification() {
        assert_eq!(flagged(Flag::Fin), [2, 0x08, 0]);
        assert_eq!(flagged(Flag::FinAck), [2, 0x08, 3]);
        assert_eq!(framed(b"abc"), [5, 0x12, 3, b'a', b'b', b'c']);
    }

    #[test]
    fn messages_come_back_wherever_they_are_cut_or_joined() {
        let stream =
            [framed(b"abc"), flagged(Flag::StopSending), framed(&[7; 1000]), flagged(Flag::Fin)].concat();
        let whole = all([stream.clone()]).unwrap();
        assert_eq!(whole.len(), 4);
        assert_eq!(
            (whole[0].data.as_deref(), whole[1].flag),
            (Some(&b"abc"[..]), Some(Flag::StopSending.into()))
        );
        assert_eq!(all(stream.iter().map(|byte| vec![*byte])).unwrap(), whole);
        for cut in 0..=stream.len() {
            assert_eq!(all([stream[..cut].to_vec(), stream[cut..].to_vec()]).unwrap(), whole, "cut at {cut}");
        }
    }

    #[test]
    fn the_largest_payload_fits_and_one_byte_more_is_refused() {
        for size in [LEAST, MOST] {
            let longest = framed(&vec![7; payload(size)]);
            assert!(longest.len() <= size && longest.len() + OVERHEAD > size, "{} of {size}", longest.len());
        }
        assert_eq!(all([framed(&vec![7; payload(MOST)])]).unwrap().len(), 1);
        assert_eq!(all([framed(&vec![7; MOST])]), Err(Malformed));
    }

    #[test]
    fn an_announced_length_is_refused_before_its_bytes_come() {
        assert_eq!(all([vec![0xff, 0xff, 0x7f]]), Err(Malformed));
        assert_eq!(all([vec![0xff, 0xff, 0xff]]), Err(Malformed));
        assert_eq!(all([vec![0x82, 0x00, 8, 0]]), Err(Malformed), "not minimal");
        assert_eq!(all([vec![2, 0x12, 9]]), Err(Malformed), "not protobuf");
    }

    #[test]
    fn a_length_that_wraps_with_its_prefix_is_refused_and_nothing_is_kept() {
        let mut above = encode::usize(usize::MAX, &mut encode::usize_buffer()).to_vec();
        *above.last_mut().unwrap() = 0x2c;
        assert_eq!(all([above]), Err(Malformed), "above all numbers");
        let mut buffer = encode::usize_buffer();
        for length in [usize::MAX, usize::MAX - 3, usize::MAX / 2] {
            let announced = encode::usize(length, &mut buffer).to_vec();
            assert_eq!(all([announced]), Err(Malformed), "{length}");
        }
    }

    #[test]
    fn unknown_fields_and_flags_are_passed_over() {
        let strange = all([vec![4, 0x08, 9, 0x18, 1]]).unwrap();
        assert_eq!(strange[0].flag.and_then(|flag| Flag::try_from(flag).ok()), None);
    }
}
