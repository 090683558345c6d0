//! Kinds of rows that are no objects of `social`: what this browser alone keeps.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::str::FromStr;

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::crypto::block::Key;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::{Id, Phrase};
use crate::platform;
use crate::social::link::OwnLink;

/// What I say of myself, and what this browser knows of my settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Account {
    pub(in crate::engine) name: String,
    pub(in crate::engine) bio: Option<String>,
    pub(in crate::engine) avatar: Option<ByteBuf>,
    /// The commitment to my successor, which only the words can give.
    pub(in crate::engine) heir: ByteArray<32>,
    /// When any of it was last changed, in milliseconds since 1970.
    pub(in crate::engine) changed: u64,
    pub(in crate::engine) words_confirmed: bool,
    /// Whether authors hear how far I came with what they shared, and I hear the same of mine.
    #[serde(default)]
    pub(in crate::engine) receipts: bool,
    /// Whether contacts are reached through relays alone.
    #[serde(default)]
    pub(in crate::engine) relay_only: bool,
    /// Whether contacts may show me to theirs.
    #[serde(default)]
    pub(in crate::engine) may_be_shown: bool,
    /// When that was decided, in milliseconds since 1970; 0 if it never was.
    #[serde(default)]
    pub(in crate::engine) may_be_shown_at: u64,
    /// The identity that this one follows.
    #[serde(default)]
    pub(in crate::engine) predecessor: Option<Id>,
    /// The identity that follows this one: the person changed keys in another browser.
    #[serde(default)]
    pub(in crate::engine) successor: Option<Id>,
}

impl Account {
    /// An account of which nothing is known but the words.
    pub(in crate::engine) fn new(phrase: &Phrase) -> Self {
        Self::of_heir(phrase.heir(0))
    }

    /// An account of which nothing is known but the commitment to its successor.
    pub(in crate::engine) fn of_heir(heir: [u8; 32]) -> Self {
        Self {
            name: String::new(),
            bio: None,
            avatar: None,
            heir: ByteArray::new(heir),
            changed: platform::now_ms(),
            words_confirmed: false,
            receipts: false,
            relay_only: false,
            may_be_shown: false,
            may_be_shown_at: 0,
            predecessor: None,
            successor: None,
        }
    }
}

/// How the words brought this profile back. The row goes when the person has confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Restored {
    /// When the root that was found had been written, in milliseconds since 1970.
    pub(in crate::engine) published: u64,
    /// The addresses of relays of mine that have not answered yet.
    pub(in crate::engine) silent: BTreeSet<String>,
}

/// What one keeper of mine has of my record, by its PeerId.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Replica {
    /// The sequence of the record that it has.
    pub(in crate::engine) seq: u64,
    /// Whether the record was renewed since: same sequence, later end of life.
    #[serde(default)]
    pub(in crate::engine) is_stale: bool,
}

/// A note or a post that waits for the next root: its encoded bytes.
pub(in crate::engine) type Encoded = ByteBuf;

/// The place of a note in the outbox: notes for one contact go out in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct NoteKey {
    pub(in crate::engine) contact: Id,
    pub(in crate::engine) no: u64,
}

impl Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.contact, self.no)
    }
}

impl FromStr for NoteKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (contact, no) = text.split_once('/').ok_or(MalformedKey)?;
        let contact = contact.parse().map_err(|_| MalformedKey)?;
        Ok(Self { contact, no: no.parse().map_err(|_| MalformedKey)? })
    }
}

/// The name of a row is none of its table's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row has a name that its table does not know")]
pub(in crate::engine) struct MalformedKey;

/// A share that is being made: a draft until all of its files are stored.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Plan {
    pub(in crate::engine) inner: ByteArray<16>,
    pub(in crate::engine) title: String,
    pub(in crate::engine) note: String,
    /// The contacts whom it is for; absent where it is for no contacts.
    pub(in crate::engine) recipients: Option<Vec<Id>>,
    /// The link, where it is for everybody who has that.
    #[serde(default)]
    pub(in crate::engine) link: Option<OwnLink>,
    pub(in crate::engine) created: u64,
    pub(in crate::engine) files: Vec<PlannedFile>,
    /// Whether it is for everybody.
    #[serde(default)]
    pub(in crate::engine) public: bool,
    /// The share to which the files come, where it is not a new one.
    #[serde(default)]
    pub(in crate::engine) onto: Option<String>,
    /// Paths of folders in which there is no file.
    #[serde(default)]
    pub(in crate::engine) folders: Vec<String>,
    /// Whether the page left in pictures where they were taken: it must prepare them alike when they are chosen again.
    #[serde(default)]
    pub(in crate::engine) keep_location: bool,
    /// Whether its readers may add to it.
    #[serde(default)]
    pub(in crate::engine) adds: bool,
    /// Whether its readers may answer.
    #[serde(default)]
    pub(in crate::engine) answers: bool,
    /// The album to which it is added.
    #[serde(default)]
    pub(in crate::engine) album: Option<ByteArray<20>>,
}

impl Plan {
    pub(in crate::engine) fn share_id(&self, author: &Id) -> ShareId {
        ShareId::new(author.as_bytes(), InnerId(self.inner.into_array()))
    }

    /// Sum of the files' sizes, in bytes.
    pub(in crate::engine) fn size(&self) -> u64 {
        self.files.iter().filter(|file| !file.left_out).map(|file| file.size).sum()
    }

    /// How many files come into the share.
    pub(in crate::engine) fn count(&self) -> u64 {
        self.files.iter().filter(|file| !file.left_out).count() as u64
    }
}

/// A file of a plan. When it is chosen again, its bytes are compared with its chunks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct PlannedFile {
    pub(in crate::engine) path: String,
    pub(in crate::engine) size: u64,
    pub(in crate::engine) modified: Option<u64>,
    pub(in crate::engine) media_type: String,
    pub(in crate::engine) preview: Option<ByteBuf>,
    /// Whether the person shares the others without it. It keeps its place, by which chunks name their files.
    #[serde(default)]
    pub(in crate::engine) left_out: bool,
}

/// A chunk that is stored, and its key; a chunk that is for everybody has none.
pub(in crate::engine) type StoredChunk = (Cid, Option<Key>);

/// A run of chunks of one file of a draft, in the row of the same commit that stored them.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Run {
    /// The file's place in the plan.
    pub(in crate::engine) file: usize,
    pub(in crate::engine) chunks: Vec<StoredChunk>,
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        let cids = |run: &Self| run.chunks.iter().map(|(cid, _)| *cid).collect::<Vec<_>>();
        self.file == other.file && cids(self) == cids(other)
    }
}

/// The place of a run: runs of one draft follow each other by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct RunKey {
    pub(in crate::engine) draft: String,
    pub(in crate::engine) no: u64,
}

impl Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:020}", self.draft, self.no)
    }
}

impl FromStr for RunKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (draft, no) = text.rsplit_once('/').ok_or(MalformedKey)?;
        Ok(Self { draft: draft.to_owned(), no: no.parse().map_err(|_| MalformedKey)? })
    }
}

/// What a person wants to keep of a share in this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Wish {
    /// All files where none are named.
    pub(in crate::engine) paths: Option<BTreeSet<String>>,
    pub(in crate::engine) paused: bool,
}

impl Wish {
    pub(in crate::engine) fn wants(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.contains(path))
    }
}
