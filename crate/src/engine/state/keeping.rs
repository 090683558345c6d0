//! Rows of what friends keep for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::str::FromStr;

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::engine::api::FreedStage;
use crate::format::Value as _;
use crate::format::keep::{KeepList, Wanted};
use crate::keys::Id;
use crate::social::keeping::ledger::Week;
use crate::social::letter::Standing;

use super::rows::MalformedKey;

/// Room that I give to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Room {
    pub(in crate::engine) bytes: u64,
    /// Whether they may name me to those who read what is theirs.
    pub(in crate::engine) named: bool,
    /// Whether shares for everybody are kept too.
    pub(in crate::engine) public: bool,
    /// Whether it is filled over a line too that is paid for by what goes over it.
    #[serde(default)]
    pub(in crate::engine) metered: bool,
    /// When it ends, in milliseconds since 1970, where I took it back.
    pub(in crate::engine) ends: Option<u64>,
}

/// Room that a contact gives me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Offered {
    pub(in crate::engine) bytes: u64,
    pub(in crate::engine) named: bool,
    pub(in crate::engine) public: bool,
    pub(in crate::engine) standing: Standing,
}

/// What a contact asks me to keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct KeepRequest {
    /// The revision of their list.
    pub(in crate::engine) rev: u64,
    pub(in crate::engine) standing: Standing,
    /// The list, as one object: the parts of the letter one after the other.
    list: Vec<ByteBuf>,
    /// What was downloaded for it.
    #[serde(default)]
    pub(in crate::engine) week: Week,
    /// What I said of it last.
    #[serde(default)]
    pub(in crate::engine) said: Option<Said>,
}

impl KeepRequest {
    pub(in crate::engine) fn new(rev: u64, standing: Standing, parts: &[KeepList]) -> Self {
        let list = parts.iter().map(|part| ByteBuf::from(part.to_bytes())).collect();
        Self { rev, standing, list, week: Week::default(), said: None }
    }

    /// The shares, the most wanted first, each once.
    pub(in crate::engine) fn wanted(&self) -> Vec<Wanted> {
        let parts = self.list.iter().filter_map(|part| KeepList::from_bytes(part).ok());
        let mut seen = BTreeSet::new();
        parts.flat_map(|part| part.list).filter(|wanted| seen.insert(wanted.block)).collect()
    }
}

/// What a keeper says of a list, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Said {
    pub(in crate::engine) rev: u64,
    pub(in crate::engine) bytes: u64,
    pub(in crate::engine) missing: u64,
    pub(in crate::engine) full: bool,
    /// In milliseconds since 1970.
    pub(in crate::engine) at: u64,
}

impl Said {
    /// Whether it says the same of the same list.
    pub(in crate::engine) fn is_same(&self, other: &Self) -> bool {
        Self { at: other.at, ..*self } == *other
    }
}

/// A contact who is to keep what is mine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct KeeperRow {
    /// When they were last asked, in milliseconds since 1970.
    pub(in crate::engine) asked: u64,
    /// What they say that they have.
    #[serde(default)]
    pub(in crate::engine) said: Option<Said>,
    /// The note that said it.
    #[serde(default)]
    pub(in crate::engine) standing: Option<Standing>,
    /// The revision of the list that they were left last.
    pub(in crate::engine) rev: u64,
    /// The shares on it, by their blocks.
    pub(in crate::engine) shares: BTreeSet<Cid>,
    /// The bytes of room to which it was cut.
    #[serde(default)]
    pub(in crate::engine) room: u64,
}

/// What a keeper proved last of what it keeps for me.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Check {
    /// When, in milliseconds since 1970.
    pub(in crate::engine) at: u64,
    /// The shares that it can deliver, as far as it was asked for them, by their blocks.
    pub(in crate::engine) proven: BTreeSet<Cid>,
    /// Those of which it lacks something.
    pub(in crate::engine) lacks: BTreeSet<Cid>,
    /// Those for which it was not asked, because they are not here.
    pub(in crate::engine) passed_over: BTreeSet<Cid>,
    /// Where the next question goes on.
    pub(in crate::engine) next: u64,
}

/// A share of mine whose files are to be where others keep them, and not in this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct FreedShare {
    pub(in crate::engine) stage: FreedStage,
    /// The list of its files: of another list nothing was proven.
    pub(in crate::engine) manifest: Cid,
    /// The header below which places are asked for its blocks, while that goes on.
    pub(in crate::engine) header: Cid,
    /// Number of its blocks.
    pub(in crate::engine) blocks: u64,
    /// When it came to this stage, in milliseconds since 1970.
    pub(in crate::engine) since: u64,
    /// Who has it, by the PeerIds of relays and the ids of contacts.
    pub(in crate::engine) places: BTreeMap<String, FreedPlace>,
}

/// What one place has of such a share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct FreedPlace {
    /// How many of the blocks, in the order of their names, it has proven.
    pub(in crate::engine) proven: u64,
    /// When it began to prove them, in milliseconds since 1970.
    pub(in crate::engine) since: u64,
    /// When it was last found to have what it was asked for, or not to have it.
    pub(in crate::engine) checked: u64,
    /// Whether it lacked something then.
    pub(in crate::engine) fails: bool,
}

/// Devices that keep something for a contact, as that contact names them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct NamedKeepers {
    pub(in crate::engine) standing: Standing,
    /// Keys, and relays that are hostile input until checked.
    pub(in crate::engine) devices: Vec<(Id, Vec<String>)>,
}

/// Blocks that are kept below one share of somebody: rows of one share follow each other by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct KeptKey {
    pub(in crate::engine) contact: Id,
    /// The block from which they hang.
    pub(in crate::engine) share: Cid,
    pub(in crate::engine) no: u32,
}

impl Display for KeptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.contact, self.share, self.no)
    }
}

impl FromStr for KeptKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or(MalformedKey);
        let contact = next()?.parse().map_err(|_| MalformedKey)?;
        let share = next()?.parse().map_err(|_| MalformedKey)?;
        Ok(Self { contact, share, no: next()?.parse().map_err(|_| MalformedKey)? })
    }
}

/// Blocks that are kept, with their lengths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct KeptRun {
    pub(in crate::engine) blocks: Vec<(Cid, u64)>,
    /// Whether all of the share is here with them.
    #[serde(default)]
    pub(in crate::engine) is_last: bool,
}
