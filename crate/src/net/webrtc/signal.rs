//! The messages of two peers over the circuit before they are connected directly.
//!
//! Messages of `/webrtc-signaling/0.0.1`, <https://github.com/libp2p/specs/blob/master/webrtc/webrtc.md>, in
//! protobuf behind their length. A field of our own, which others ignore, says which sizes of messages we
//! accept later.

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use prost::Message as _;

use super::candidate::Candidate;
use super::message;
use crate::net::frame::{self, FrameError};

/// Bytes of one signal. A browser's session description has one or two thousand.
const MAX_SIGNAL: usize = 16 * 1024;

/// A signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// The first signal, from the peer that opened the stream.
    Offer(Description),
    /// The answer to it.
    Answer(Description),
    /// A candidate of its sender. `None` if there are no more.
    Candidate(Option<Candidate>),
}

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) sdp: String,
    /// The size of a framed message that this end accepts, in bytes.
    pub(super) max_message: usize,
}

/// Why a signal cannot be read or sent.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The stream broke, or carried something that is no message.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The peer sent something that is no signal.
    #[error("malformed signal from the peer")]
    Malformed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
enum Kind {
    Offer = 0,
    Answer = 1,
    Candidate = 2,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Wire {
    #[prost(enumeration = "Kind", optional, tag = "1")]
    kind: Option<i32>,
    #[prost(string, optional, tag = "2")]
    data: Option<String>,
    /// Our own field: the size of a framed message that the sender accepts, in bytes, if it is above the
    /// minimum. Its number is far from the specification's own numbers.
    #[prost(uint32, optional, tag = "1024")]
    max_message: Option<u32>,
}

impl Description {
    /// The value of this end.
    pub(super) fn ours(sdp: String) -> Self {
        Self { sdp, max_message: message::MOST }
    }

    fn theirs(sdp: String, max_message: Option<u32>) -> Self {
        let most = max_message.map_or(message::LEAST, |most| usize::try_from(most).unwrap_or(usize::MAX));
        Self { sdp, max_message: most.clamp(message::LEAST, message::MOST) }
    }
}

/// Sends one signal.
pub(super) async fn send<S: AsyncWrite + Unpin>(stream: &mut S, signal: &Signal) -> Result<(), SignalError> {
    frame::write(stream, &signal.to_wire().encode_to_vec()).await?;
    Ok(stream.flush().await.map_err(FrameError::from)?)
}

/// Returns the next signal, or `None` when the peer has closed the stream. It is not cancel-safe, because a
/// signal that arrived in part is lost.
pub(super) async fn receive<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Option<Signal>, SignalError> {
    let Some(bytes) = frame::read(stream, MAX_SIGNAL).await? else { return Ok(None) };
    let wire = Wire::decode(bytes).map_err(|_| SignalError::Malformed)?;
    Signal::from_wire(wire).map(Some).ok_or(SignalError::Malformed)
}

impl Signal {
    fn to_wire(&self) -> Wire {
        let (kind, data, max_message) = match self {
            Self::Offer(end) => (Kind::Offer, end.sdp.clone(), Some(end.max_message)),
            Self::Answer(end) => (Kind::Answer, end.sdp.clone(), Some(end.max_message)),
            Self::Candidate(candidate) => {
                let json = serde_json::to_string(candidate).expect("strings and numbers always become JSON");
                (Kind::Candidate, json, None)
            }
        };
        let max_message = max_message.map(|most| u32::try_from(most).expect("a few KiB"));
        Wire { kind: Some(kind.into()), data: Some(data), max_message }
    }

    fn from_wire(wire: Wire) -> Option<Self> {
        let kind = Kind::try_from(wire.kind.unwrap_or_default()).ok()?;
        let data = wire.data.unwrap_or_default();
        Some(match kind {
            Kind::Offer => Self::Offer(Description::theirs(data, wire.max_message)),
            Kind::Answer => Self::Answer(Description::theirs(data, wire.max_message)),
            Kind::Candidate => {
                let candidate: Option<Candidate> = serde_json::from_str(&data).ok()?;
                // A candidate without a line ends a generation of candidates. There is only one generation.
                Self::Candidate(candidate.filter(|candidate| !candidate.candidate.is_empty()))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use futures::io::Cursor;

    fn back(signal: &Signal) -> Signal {
        let mut bytes = Vec::new();
        block_on(send(&mut bytes, signal)).unwrap();
        block_on(receive(&mut Cursor::new(bytes))).unwrap().unwrap()
    }

    fn read(wire: &Wire) -> Result<Option<Signal>, SignalError> {
        let mut bytes = Vec::new();
        block_on(frame::write(&mut bytes, &wire.encode_to_vec())).unwrap();
        block_on(receive(&mut Cursor::new(bytes)))
    }

    #[test]
    fn signals_come_back_as_they_were_sent() {
        let candidate = Candidate {
            candidate: "candidate:1 1 udp 2 1.2.3.4 5 typ host".into(),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: Some(0),
            username_fragment: None,
        };
        for signal in [
            Signal::Offer(Description::ours("v=0\r\n".into())),
            Signal::Answer(Description::ours("v=0\r\n".into())),
            Signal::Candidate(Some(candidate)),
            Signal::Candidate(None),
        ] {
            assert_eq!(back(&signal), signal);
        }
    }

    #[test]
    fn messages_are_as_large_as_both_ends_take() {
        let of = |max_message| Wire { kind: Some(0), data: Some(String::new()), max_message };
        for (said, taken) in [(None, 16), (Some(1), 16), (Some(32 * 1024), 32), (Some(u32::MAX), 64)] {
            let Some(Signal::Offer(end)) = read(&of(said)).unwrap() else { panic!("an offer") };
            assert_eq!(end.max_message, taken * 1024, "{said:?}");
        }
    }

    #[test]
    fn every_way_of_saying_that_there_are_no_more_candidates_is_understood() {
        for json in ["null", r#"{"candidate":""}"#, r#"{"candidate":"","sdpMid":"0","sdpMLineIndex":0}"#] {
            let wire = Wire { kind: Some(2), data: Some(json.into()), max_message: None };
            assert_eq!(read(&wire).unwrap(), Some(Signal::Candidate(None)), "{json}");
        }
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        for (kind, data) in [(3, "x"), (-1, ""), (2, ""), (2, "{}"), (2, "[1]"), (2, "nul")] {
            let wire = Wire { kind: Some(kind), data: Some(data.into()), max_message: None };
            assert!(matches!(read(&wire), Err(SignalError::Malformed)), "{kind} {data}");
        }
        let long = Wire { kind: Some(0), data: Some("a".repeat(MAX_SIGNAL)), max_message: None };
        assert!(matches!(read(&long), Err(SignalError::Frame(FrameError::TooLong { .. }))));
    }
}
