//! The reader's side: walks from the newest page back to where the feed was read before.

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

/// Pages that are read of a feed that was never read: some hundreds of shares, in at most 128 KiB. A new
/// follower does not miss what is older.
const FIRST_PAGES: u64 = 4;

/// Pages that are read of a feed that was read before: thousands of changes, in at most 1 MiB. If its owner
/// wrote more meanwhile, it is read like a new feed.
const MORE_PAGES: u64 = 32;

/// Pages of one's own feed that are restored: a hundred thousand shares and more.
const OWN_PAGES: u64 = 4096;

/// How far a feed was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPosition {
    /// The number of the newest page that was seen.
    pub no: u64,
    /// Its block.
    pub page: Cid,
    /// The time of the newest entry that was ingested.
    pub time: u64,
}

/// The result of a walk.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// The changes of shares that were not read before, oldest first. They may be ingested repeatedly.
    pub changes: Vec<Change>,
    /// How far the feed is read after that.
    pub reading: ReadPosition,
}

/// A change of a share.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It was shared with everybody, or it changed.
    Shared(Box<FeedShare>),
    /// It was taken back.
    Gone(ShareId),
}

/// A public share.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedShare {
    /// The id that it has outside of objects.
    pub id: ShareId,
    /// Its maker: the owner of the feed, or somebody whose share the owner passes on.
    pub maker: Id,
    /// The signed object.
    pub share: PublicShare,
    /// The envelope of that object, which is a block of its own.
    pub object: Bytes,
}

impl Change {
    /// Returns the share that changed.
    pub fn id(&self) -> &ShareId {
        match self {
            Self::Shared(shared) => &shared.id,
            Self::Gone(id) => id,
        }
    }
}

/// A walk back through somebody's feed, from its newest page to where it was read before. It returns what is
/// new.
///
/// If one share on a page does not verify, nothing of the page is ingested.
pub struct Walk {
    owner: Id,
    from: Option<ReadPosition>,
    pages: history::Walk<VerifiedPage>,
}

/// A page with a verified signature, and the verified shares that are new on it.
struct VerifiedPage {
    no: u64,
    older: Vec<Older>,
    /// The time of its newest entry.
    time: u64,
    /// New entries: the time, and the encoding, which decides between two entries of one time.
    changes: Vec<((u64, Vec<u8>), Change)>,
}

impl Pages for Walk {
    fn wanted(&self) -> std::vec::IntoIter<Cid> {
        self.pages.wanted()
    }

    fn add(&mut self, cid: Cid, page: &[u8]) -> Result<(), WalkError> {
        let (owner, from) = (self.owner, self.from);
        self.pages.add(cid, page, |page| VerifiedPage::new(&owner, from, page))
    }

    fn give_up(&mut self, cid: &Cid) {
        self.pages.give_up(cid);
    }
}

impl history::Page for VerifiedPage {
    fn no(&self) -> u64 {
        self.no
    }

    fn older(&self) -> &[Older] {
        &self.older
    }
}

impl Walk {
    /// Starts at the newest page of `owner`'s feed. `from` is how far it was read.
    pub fn new(owner: Id, from: Option<ReadPosition>, newest: Cid) -> Self {
        let most = if from.is_some() { MORE_PAGES } else { FIRST_PAGES };
        let read = from.map(|from| (from.no, from.page));
        Self { owner, from, pages: history::Walk::new(read, newest, most) }
    }

    /// Starts at the newest page of one's own feed, to restore it.
    pub fn back(me: Id, newest: Cid) -> Self {
        Self { owner: me, from: None, pages: history::Walk::new(None, newest, OWN_PAGES) }
    }

    /// Returns what is new, or `None` if there is nothing new, or if pages are still wanted.
    pub fn finish(self) -> Option<News> {
        let (page, pages) = self.pages.finish()?;
        let no = *pages.last_key_value()?.0;
        let times = pages.values().map(|opened| opened.time).chain(self.from.map(|from| from.time));
        let reading = ReadPosition { no, page, time: times.max().unwrap_or_default() };
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

impl VerifiedPage {
    fn new(owner: &Id, from: Option<ReadPosition>, page: &[u8]) -> Result<Self, ReadError> {
        let Page { no, entries, older, .. } =
            signed::open::<Page>(page, Some(&owner.verifying_key()))?.object;
        let time = entries.last().map_or(0, |entry| entry.time);
        let mut changes = Vec::new();
        for entry in entries.into_iter().filter(|entry| from.is_none_or(|from| entry.time > from.time)) {
            let at = (entry.time, entry.to_bytes());
            let change = match entry.says {
                Says::Share { object, .. } => match open_share(&object) {
                    Ok((id, maker, share)) => {
                        Change::Shared(Box::new(FeedShare { id, maker, share, object }))
                    }
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
