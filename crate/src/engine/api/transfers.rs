//! Transfers.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

/// Name of a transfer. As text it is `add-<share>`, `up-<share>`, `down-<share>` or `save-<share>-<began>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransferId {
    /// Files of a draft or share into the local store.
    Add(String),
    /// A share to its keepers.
    Up(String),
    /// A share into the local store.
    Down(String),
    /// A share into a folder of the person's; one share may be saved several times at once.
    Save {
        /// The share.
        share: String,
        /// When it began, milliseconds since 1970.
        began: u64,
    },
}

impl TransferId {
    /// The transfer that adds files to a share or draft.
    pub fn add(share: impl Display) -> Self {
        Self::Add(share.to_string())
    }

    /// The transfer that brings a share to its keepers.
    pub fn up(share: impl Display) -> Self {
        Self::Up(share.to_string())
    }

    /// The transfer that fetches a share.
    pub fn down(share: impl Display) -> Self {
        Self::Down(share.to_string())
    }

    /// The transfer that saves a share to a folder, begun at `began`, in milliseconds since 1970.
    pub fn save(share: impl Display, began: u64) -> Self {
        Self::Save { share: share.to_string(), began }
    }

    /// Id of the share, or of the draft that becomes it.
    pub fn share(&self) -> &str {
        match self {
            Self::Add(share) | Self::Up(share) | Self::Down(share) | Self::Save { share, .. } => share,
        }
    }

    /// Which way it goes.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Add(_) => Direction::Add,
            Self::Up(_) => Direction::Up,
            Self::Down(_) | Self::Save { .. } => Direction::Down,
        }
    }
}

impl Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(share) => write!(f, "add-{share}"),
            Self::Up(share) => write!(f, "up-{share}"),
            Self::Down(share) => write!(f, "down-{share}"),
            Self::Save { share, began } => write!(f, "save-{share}-{began}"),
        }
    }
}

/// The text names no transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no id of a transfer")]
pub struct InvalidTransferId;

impl FromStr for TransferId {
    type Err = InvalidTransferId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once('-').ok_or(InvalidTransferId)?;
        let id = match kind {
            "add" => Self::add(rest),
            "up" => Self::up(rest),
            "down" => Self::down(rest),
            "save" => {
                let (share, began) = rest.rsplit_once('-').ok_or(InvalidTransferId)?;
                Self::save(share, began.parse().map_err(|_| InvalidTransferId)?)
            }
            _ => return Err(InvalidTransferId),
        };
        // One transfer has one text: `save-x-07` is none.
        if id.share().is_empty() || id.to_string() != text { Err(InvalidTransferId) } else { Ok(id) }
    }
}

impl Serialize for TransferId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TransferId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Which way a transfer goes: files into the store, the store to a keeper, a keeper or peer to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
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
#[cfg_attr(test, derive(tsify::Tsify))]
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

/// What a transfer waits for: a relay, somebody who has the bytes, room in the browser's store, an unlocked profile, room
/// in what the relay keeps for this profile, room on the relay's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
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
    /// Room in what the relay keeps for this profile: something has to be removed, or the operator to give more.
    Quota,
    /// Room on the relay's disk, which its operator has to make.
    Disk,
}

/// What the relay keeps for this profile, and what a share needs beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct RelayRoom {
    /// Bytes used.
    pub used: u64,
    /// Bytes that may be used.
    pub quota: u64,
    /// Bytes that the share adds.
    pub needed: u64,
}

/// Progress of one file within a transfer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
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
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Failure {
    /// Its stable code.
    #[cfg_attr(test, tsify(type = "Code"))]
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// Where a share was saved, and which of its files have another name there, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// The folder named after the share, in the one that was picked.
    pub folder: String,
    /// Number of files that were there already, with the same bytes, because the share was saved before.
    pub already: u64,
    /// Number of files that were written.
    pub written: u64,
    /// Number of files that have another name than in the share: theirs is not possible on every system, or was taken.
    pub renamed: u64,
    /// Number of files that were left out, because the system does not allow them.
    pub left_out: u64,
    /// The first of both, at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, tsify(optional))]
    pub names: Vec<SavedName>,
}

/// A file that has another name where it was saved, or was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SavedName {
    /// Its path in the share.
    pub path: String,
    /// Its path in the folder; none if it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_as: Option<String>,
}

/// One upload or download.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// Name of the transfer.
    #[cfg_attr(test, tsify(type = "string"))]
    pub id: TransferId,
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
    /// What is used at the relay and what is needed, where it waits for `quota`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RelayRoom>,
    /// The files that moved since the last event, at most 64; what lasts is in `Shares.files()`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, tsify(optional))]
    pub files: Vec<FileProgress>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// What became of it in a folder, if it is saved into one; complete when the transfer has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<Saved>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let texts = ["add-abc", "up-abc", "down-abc", "save-abc-1700000000000", "save-a-b-7"];
        for text in texts {
            assert_eq!(text.parse::<TransferId>().unwrap().to_string(), text);
        }
        assert_eq!("save-a-b-7".parse(), Ok(TransferId::save("a-b", 7)));
    }

    #[test]
    fn other_text_is_no_id() {
        for text in
            ["", "add", "add-", "keep-abc", "save-abc", "save--7", "save-abc-07", "save-abc-x", "ADD-abc"]
        {
            assert_eq!(text.parse::<TransferId>(), Err(InvalidTransferId), "{text:?}");
        }
    }
}
