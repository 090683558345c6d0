//! Transfers.

use serde::{Deserialize, Serialize};

/// Which way a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Files into the local store.
    Add,
    /// The store to a keeper.
    Up,
    /// A keeper or peer to the store.
    Down,
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferState {
    /// Will begin by itself.
    Queued,
    /// Bytes are moving, or are asked for.
    Active,
    /// Goes on when what it waits for comes.
    Waiting,
    /// Goes on when asked to.
    Paused,
    /// Everything is there.
    Done,
    /// Ended by an error.
    Failed,
    /// Ended by its person.
    Cancelled,
}

/// What a transfer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitingFor {
    /// A connection to a relay.
    Relay,
    /// Somebody who has the bytes.
    Author,
    /// Room in the browser's store.
    Space,
    /// The passphrase.
    Unlock,
}

/// Progress of one file within a transfer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileProgress {
    /// Relative path.
    pub path: String,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Why a transfer ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code, as in [`Error::code`](crate::engine::Error::code).
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// One upload or download.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// Name of the transfer.
    pub id: String,
    /// The share it belongs to.
    pub share: String,
    /// Which way it goes.
    pub direction: Direction,
    /// Verified bytes written or acknowledged so far.
    pub bytes: u64,
    /// Bytes in all.
    pub total: u64,
    /// Smoothed over the last seconds.
    pub bytes_per_second: f64,
    /// At the present rate; none where there is no rate.
    pub seconds_left: Option<f64>,
    /// Where it stands.
    pub state: TransferState,
    /// What it waits for, in state `waiting`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingFor>,
    /// The files that moved since the last event, at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileProgress>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}
