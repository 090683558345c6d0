//! Rows of folders that are kept in step, of their journal, and of earlier revisions.

use std::fmt::{self, Display};
use std::str::FromStr;

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::engine::api::{FileChange, Mode};
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::social::share_record::{Content, ShareRecord};

use super::rows::MalformedKey;
use super::tables::{Rows, Tables};

/// For how long earlier revisions and the journal are kept, in milliseconds.
pub(in crate::engine) const EARLIER_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Earlier revisions of one share that are kept, at most: a file that a program writes each minute must not fill the
/// relay with pins.
const MAX_EARLIER: usize = 2_000;

/// A folder that is kept in step with a share. Its handle is with the browser, under the same id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct FolderRow {
    #[serde(with = "share_id")]
    pub(in crate::engine) share: ShareId,
    /// What it is called on this device.
    pub(in crate::engine) name: String,
    pub(in crate::engine) mode: Mode,
    /// When it was bound, in milliseconds since 1970.
    pub(in crate::engine) added: u64,
    /// When it was last in step; 0 before the first time.
    pub(in crate::engine) at: u64,
    /// The header of the revision with which it was last in step.
    pub(in crate::engine) revision: Option<Cid>,
    /// When every file was last read, whether it had changed or not.
    pub(in crate::engine) whole: u64,
}

/// The id of a share in a row: its text.
mod share_id {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::format::share_id::ShareId;

    pub(super) fn serialize<S: Serializer>(id: &ShareId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ShareId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("no id of a share"))
    }
}

/// The place of a file in a folder: the id of the folder, and the path in its share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct StepKey {
    pub(in crate::engine) folder: String,
    pub(in crate::engine) path: String,
}

impl Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.folder, self.path)
    }
}

impl FromStr for StepKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (folder, path) = text.split_once('/').ok_or(MalformedKey)?;
        Ok(Self { folder: folder.to_owned(), path: path.to_owned() })
    }
}

/// What is known of one file of a folder, or of an empty folder in it: of such a one the paths end with a slash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct StepRow {
    /// Its path on the disk, where that is another than in the share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) local: Option<String>,
    /// Its size and time on the disk when it was read.
    pub(in crate::engine) size: u64,
    pub(in crate::engine) modified: u64,
    /// Which bytes it had then.
    pub(in crate::engine) digest: ByteArray<32>,
    /// Which bytes folder and share both had when they were last in step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) base: Option<ByteArray<32>>,
    /// When it was read.
    pub(in crate::engine) read: u64,
    /// Whether it is being made: an empty file there is none of the person's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::engine) is_making: bool,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct JournalRow {
    pub(in crate::engine) folder: String,
    #[serde(with = "share_id")]
    pub(in crate::engine) share: ShareId,
    pub(in crate::engine) path: String,
    pub(in crate::engine) change: FileChange,
    /// In milliseconds since 1970.
    pub(in crate::engine) at: u64,
    pub(in crate::engine) here: bool,
    pub(in crate::engine) device: String,
    /// Of a conflict: the path of the version that gave way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) copy: Option<String>,
    /// The header of the revision that has the file as it was before.
    pub(in crate::engine) before: Option<Cid>,
    /// Which bytes it has since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) after: Option<ByteArray<32>>,
    /// Whether it was undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::engine) is_undone: bool,
    /// Of a conflict: whether the person has looked at it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::engine) is_settled: bool,
}

/// A revision of a share to oneself that another one replaced. Keepers go on with it for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Earlier {
    /// When it was replaced here, in milliseconds since 1970.
    pub(in crate::engine) at: u64,
    pub(in crate::engine) record: ShareRecord,
}

/// Keeps what `me` shares with their own devices alone as it was before a change. Forgets what is too old, or of a share
/// that is gone.
pub(super) fn note_earlier(me: &Id, before: &Tables, after: &mut Tables, now: u64, is_removal: bool) {
    let mut replaced = Vec::new();
    let mut gone = Vec::new();
    for (id, was, is) in Rows::changes(&before.shares, &after.shares) {
        let Some(was) = was.filter(|was| was.author == *me && was.own_only) else { continue };
        match is {
            None => gone.push(*id),
            Some(is) if is.block() != was.block() && is_other_content(was, is) => replaced.push(was.clone()),
            Some(_) => {}
        }
    }
    if !gone.is_empty() {
        after.earlier.remove_where(|_, earlier| gone.contains(&earlier.record.id()));
    }
    if is_removal || replaced.is_empty() {
        return;
    }
    for record in replaced {
        let id = record.id();
        after.earlier.insert(record.block().to_string(), Earlier { at: now, record });
        let mut all: Vec<(u64, String)> = after
            .earlier
            .iter()
            .filter(|(_, earlier)| earlier.record.id() == id)
            .map(|(header, earlier)| (earlier.at, header.clone()))
            .collect();
        all.sort_unstable();
        for (_, header) in all.iter().take(all.len().saturating_sub(MAX_EARLIER)) {
            after.earlier.remove(header);
        }
    }
    after.earlier.remove_where(|_, earlier| earlier.at + EARLIER_MS < now);
}

fn is_other_content(was: &ShareRecord, is: &ShareRecord) -> bool {
    let manifest = |share: &ShareRecord| match share.content {
        Content::Sealed { manifest: (cid, _), .. } => Some(cid),
        Content::Public { .. } => None,
    };
    manifest(was) != manifest(is)
}
