//! `/spinney/records/1`: puts the newest record of an identity to a relay, gets others' records, and watches
//! them.
//!
//! Every message is an unsigned varint with its length, then strict DAG-CBOR: a map with one key. A stream
//! carries any number of requests, which are answered in order:
//!
//! | request | answer |
//! |---|---|
//! | `put {id, record, replaces?}` | `done` |
//! | `get {id}` | `record {id, record}`, or `none` |
//! | `watch {known: [[id, sequence], …]}` | `record` for each name with a newer one, `current`, then one `record` for every newer one as it comes |
//!
//! or by `refused {code, …}`. A watch is the last request of its stream, and runs until the stream is closed.
//!
//! A record replaces another if its sequence is higher, or if it has the same value and a later end of life
//! (the order of IPNS). Putting a record that is held already is `done`, so a retry is harmless. Records
//! travel as the bytes that were signed, and every receiver verifies them.

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
pub use server::{Backend, Change, NAMES_AT_ONCE, serve};

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/records/1");

/// Bytes of one record, as IPNS limits it.
pub const MAX_RECORD: usize = limits::IPNS_RECORD;

/// Names in one watch: more friends than anybody has, in a message of some 200 KiB.
pub const MAX_WATCHED: usize = 4096;

/// The longest request: [`MAX_WATCHED`] names of 34 bytes with sequences of up to 9.
const MAX_REQUEST: usize = MAX_WATCHED * 48;

/// The longest answer: one record with its name and the words around them.
const MAX_ANSWER: usize = MAX_RECORD + 256;

/// Why a request for records failed, and whose fault it is.
pub type Error = exchange::Error<Refusal>;

/// Why a relay refused.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// The relay holds another record than the one to be replaced, or a newer one than the put brings.
    #[error("the relay holds sequence {current}: merge with it and put again")]
    Conflict {
        /// The sequence that the relay holds.
        current: u64,
    },
    /// The record does not verify under the name, or is expired.
    #[error("the record does not hold")]
    BadRecord,
    /// The sequence of the record is more than 30 days ahead of the relay's clock.
    #[error("this record is dated more than 30 days ahead: check the date and time of this device")]
    Ahead,
    /// The identity has not pinned the root that the record names.
    #[error("the relay does not keep the root that the record names: push and pin it first")]
    UnknownRoot,
    /// Another device of the identity removed this one.
    #[error("another device of yours removed this one")]
    Removed,
    /// The relay does not keep records for this identity.
    #[error(
        "this relay keeps records only for people whom its operator invited: send your id to the operator"
    )]
    NotAdmitted,
    /// The record is longer than [`MAX_RECORD`], or the watch than [`MAX_WATCHED`].
    #[error("too large for this relay")]
    TooLarge,
    /// The quota of the identity is used up.
    #[error("{used} of {quota} bytes are used up at the relay: unpin something")]
    Quota {
        /// Bytes charged to the identity.
        used: u64,
        /// The quota in bytes.
        quota: u64,
    },
    /// The relay's own disk is full.
    #[error("the relay has no room: its operator has to make some")]
    Full,
    /// The relay is busy or has a fault of its own.
    #[error("the relay cannot now: try again later")]
    Unavailable,
    /// A refusal that a later version added.
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
