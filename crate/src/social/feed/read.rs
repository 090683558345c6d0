//! The reader's side: from the newest page back to where the feed had been read before.

use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};

use super::open_share;
use crate::{
    format::{
        ReadError, Value,
        feed::{Page, Says},
        page::Older,
        public::PublicShare,
        share_id::ShareId,
        signed,
    },
    keys::Id,
    social::history::{self, Pages, WalkError},
};

/// Pages that are read of a feed of which nothing had been: some hundreds of shares, in at most 128 KiB. What is older
/// is history, of which whoever begins to follow somebody has not missed anything.
const FIRST_PAGES: u64 = 4;

/// Pages that are read of a feed that had been read before: thousands of changes, in at most 1 MiB. Whoever wrote more
/// in the meantime is read as somebody new.
const MORE_PAGES: u64 = 32;

/// Pages of one's own feed that come back: a hundred thousand shares and more.
const OWN_PAGES: u64 = 4096;

/// How far a feed has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The number of the newest page that I have seen.
    pub no: u64,
    /// Its block.
    pub page: Cid,
    /// The time of the newest entry that I have taken in.
    pub time: u64,
}

/// What a walk found.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// What became of each share that had not been read before, oldest first. To be taken in as often as it comes.
    pub changes: Vec<Change>,
    /// How far the feed has been read when that has been taken in.
    pub reading: Reading,
}

/// What became of a share.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It was given to everybody, or changed.
    Shared(Box<Shared>),
    /// It was taken back.
    Gone(ShareId),
}

/// A share for everybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Its id outside of objects.
    pub id: ShareId,
    /// Who made it: the owner of the feed, or somebody whose share they pass on.
    pub maker: Id,
    /// What it is.
    pub share: PublicShare,
    /// The envelope of that, which is a block of its own.
    pub object: Bytes,
}

impl Change {
    /// The share of which this tells.
    pub fn id(&self) -> &ShareId {
        match self {
            Self::Shared(shared) => &shared.id,
            Self::Gone(id) => id,
        }
    }
}

/// A way back through somebody's feed, from its newest page to where it had been read before. Ends with what is new.
///
/// Of a page on which one share does not verify nothing is taken in.
pub struct Walk {
    owner: Id,
    from: Option<Reading>,
    pages: history::Walk<Opened>,
}

/// A page whose signature was checked, and those of what is new on it.
struct Opened {
    no: u64,
    older: Vec<Older>,
    /// The time of its newest entry.
    time: u64,
    /// What is new: when, and the entry's encoding, which decides where two stand at one time.
    changes: Vec<((u64, Vec<u8>), Change)>,
}

impl Pages for Walk {
    fn wanted(&self) -> std::vec::IntoIter<Cid> {
        self.pages.wanted()
    }

    fn add(&mut self, cid: Cid, page: &[u8]) -> Result<(), WalkError> {
        let (owner, from) = (self.owner, self.from);
        self.pages.add(cid, page, |page| Opened::new(&owner, from, page))
    }

    fn give_up(&mut self, cid: &Cid) {
        self.pages.give_up(cid);
    }
}

impl history::Page for Opened {
    fn no(&self) -> u64 {
        self.no
    }

    fn older(&self) -> &[Older] {
        &self.older
    }
}

impl Walk {
    /// Begins at the newest page of what `owner` shared; `from` is how far the feed had been read.
    pub fn new(owner: Id, from: Option<Reading>, newest: Cid) -> Self {
        let most = if from.is_some() { MORE_PAGES } else { FIRST_PAGES };
        let read = from.map(|from| (from.no, from.page));
        Self { owner, from, pages: history::Walk::new(read, newest, most) }
    }

    /// Begins at the newest page of a feed of one's own that is to come back.
    pub fn back(me: Id, newest: Cid) -> Self {
        Self { owner: me, from: None, pages: history::Walk::new(None, newest, OWN_PAGES) }
    }

    /// What is new; `None` if nothing is, or if pages are still wanted.
    pub fn finish(self) -> Option<News> {
        let (page, pages) = self.pages.finish()?;
        let no = *pages.last_key_value()?.0;
        let times = pages.values().map(|opened| opened.time).chain(self.from.map(|from| from.time));
        let reading = Reading { no, page, time: times.max().unwrap_or_default() };
        let mut newest: BTreeMap<ShareId, ((u64, Vec<u8>), Change)> = BTreeMap::new();
        for (at, change) in pages.into_values().flat_map(|opened| opened.changes) {
            let id = *change.id();
            if newest.get(&id).is_none_or(|(known, _)| at > *known) {
                newest.insert(id, (at, change));
            }
        }
        let mut changes: Vec<_> = newest.into_values().collect();
        changes.sort_by(|(a, _), (b, _)| a.cmp(b));
        Some(News { changes: changes.into_iter().map(|(_, change)| change).collect(), reading })
    }
}

impl Opened {
    fn new(owner: &Id, from: Option<Reading>, page: &[u8]) -> Result<Self, ReadError> {
        let Page { no, entries, older, .. } =
            signed::open::<Page>(page, Some(&owner.verifying_key()))?.object;
        let time = entries.last().map_or(0, |entry| entry.time);
        let mut changes = Vec::new();
        for entry in entries.into_iter().filter(|entry| from.is_none_or(|from| entry.time > from.time)) {
            let at = (entry.time, entry.to_bytes());
            let change = match entry.says {
                Says::Share { object, .. } => match open_share(&object) {
                    Ok((id, maker, share)) => Change::Shared(Box::new(Shared { id, maker, share, object })),
                    Err(why) if why.needs_newer() => continue,
                    Err(why) => return Err(why),
                },
                Says::Gone(id) => Change::Gone(id),
                Says::Other(_) => continue,
            };
            changes.push((at, change));
        }
        Ok(Self { no, older, time, changes })
    }
}
