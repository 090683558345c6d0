//! `/spinney/records/1`: leaves the newest record of an identity with a relay, asks for others', and watches.
//!
//! Every message is an unsigned varint with its length, then strict DAG-CBOR: a map with one key. A stream
//! carries any number of requests, answered in their order:
//!
//! | request | answer |
//! |---|---|
//! | `put {id, record, replaces?}` | `done` |
//! | `get {id}` | `record {id, record}`, or `none` |
//! | `watch {known: [[id, sequence], …]}` | `record` for each name with a newer one, `current`, then one `record` for every newer one as it comes |
//!
//! or by `refused {code, …}`. A watch is the last request of its stream and runs until the stream is closed.
//!
//! A record replaces another if its sequence is higher, or if it is the same value with a later end of life
//! (the order of IPNS). Putting what is held already is `done`, so a retry is harmless. Records move as the
//! bytes that were signed: whoever receives one verifies it.

mod client;
mod server;

use bytes::Bytes;
use libp2p::StreamProtocol;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use thiserror::Error;

use super::exchange;
use crate::{format::limits, keys::Id};

pub use client::{Update, get, put, watch};
pub use server::{Backend, Change, serve};

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/records/1");

/// Bytes of one record, as IPNS limits it.
pub const MAX_RECORD: usize = limits::IPNS_RECORD;

/// Names in one watch: more friends than anybody has, in a message of some 200 KiB.
pub const MAX_WATCHED: usize = 4096;

/// Longest request: [`MAX_WATCHED`] names of 34 bytes with sequences of up to 9.
const MAX_REQUEST: usize = MAX_WATCHED * 48;

/// Longest answer: one record with its name and the words around them.
const MAX_ANSWER: usize = MAX_RECORD + 256;

/// Why a request for records failed, by whose fault.
pub type Error = exchange::Error<Refusal>;

/// Why a relay declined.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// Another record stands where the put named one to replace, or a newer one than the put brings.
    #[error("the relay holds sequence {current}: merge with it and put again")]
    Conflict {
        /// The sequence that the relay holds.
        current: u64,
    },
    /// The record does not verify under the name, or is out of date.
    #[error("the record does not hold")]
    BadRecord,
    /// The relay does not hold the root that the record names, or it does not decode.
    #[error("the relay lacks the root that the record names: push and pin it first")]
    UnknownRoot,
    /// The relay does not keep records for this identity.
    #[error("this relay does not keep records for you: ask its operator")]
    NotAdmitted,
    /// The record is longer than [`MAX_RECORD`], or the watch than [`MAX_WATCHED`].
    #[error("too large for this relay")]
    TooLarge,
    /// The relay is busy or in trouble of its own.
    #[error("the relay cannot now: try again later")]
    Unavailable,
    /// A refusal that a later version brought.
    #[error("refused for a reason that needs a newer Spinney")]
    #[serde(other)]
    Other,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Request {
    Put {
        id: Id,
        record: ByteBuf,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<u64>,
    },
    Get {
        id: Id,
    },
    Watch {
        known: Vec<(Id, u64)>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Done,
    Record { id: Id, record: ByteBuf },
    None,
    Current,
    Refused(Refusal),
}

impl Answer {
    fn record(id: Id, record: &Bytes) -> Self {
        Self::Record { id, record: ByteBuf::from(record.to_vec()) }
    }
}

#[cfg(test)]
mod tests;
