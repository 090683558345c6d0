//! The owner's side: adds entries to the newest page, and starts another page when it is full.

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::subject;
use crate::{
    format::{
        DAG_CBOR, DecodeError, ReadError, cid_of,
        feed::{Entry, Page, Says},
        page::Older,
        share_id::ShareId,
        signed,
    },
    keys::{Id, Ring},
    social::{history::named, stored},
};

/// What writing on needs to know about one's own feed.
///
/// Store it together with the blocks that [`write`](Self::write) returns, before anything is published.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Feed {
    /// The number of the newest page. 0 if there is none.
    no: u64,
    page: Option<Cid>,
    /// The entries on the newest page, oldest first.
    posted: Vec<PageEntry>,
    /// Earlier pages that a later one may name, oldest first.
    #[serde(with = "stored::list")]
    older: Vec<Older>,
    /// The time of the newest entry that any reader may know, where the newest page tells of none.
    #[serde(default)]
    known: u64,
}

/// An entry on the newest page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PageEntry {
    /// The share that it is about.
    subject: Option<ByteArray<20>>,
    #[serde(with = "stored::object")]
    entry: Entry,
}

/// What has to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedUpdate {
    /// New pages, the newest last. Empty if nothing changed.
    pub blocks: Vec<(Cid, Bytes)>,
    /// The newest page, for the root. `None` if nothing was ever on the feed.
    pub page: Option<Cid>,
}

impl PageEntry {
    fn new(entry: Entry) -> Result<Self, ReadError> {
        let subject = subject(&entry.says)?.map(|id| ByteArray::new(*id.as_bytes()));
        Ok(Self { subject, entry })
    }

    fn is_about(&self, share: &ShareId) -> bool {
        self.subject.is_some_and(|subject| *subject == *share.as_bytes())
    }
}

impl Feed {
    /// Adds entries after the present ones, each at its time, or later if the entry before has a later time.
    ///
    /// What they replace is removed from the newest page. Entries on earlier pages stay. An entry that the
    /// newest page has already changes nothing. After an error everything is as it was.
    pub fn write(&mut self, ring: &Ring, news: &[Entry]) -> Result<FeedUpdate, ReadError> {
        let mut next = self.clone();
        let mut blocks = Vec::new();
        let mut is_changed = false;
        for entry in news {
            is_changed |= next.put(ring, entry, is_changed, &mut blocks)?;
        }
        if is_changed {
            next.sign(ring, &mut blocks)?;
        }
        let page = next.page;
        *self = next;
        Ok(FeedUpdate { blocks, page })
    }

    /// Has the next entry come onto a page that is newer than those of `other`, which another device wrote at the same
    /// time: a reader refuses a lower number than it has read.
    pub fn follow(&mut self, other: &Self) {
        if let Some(cid) = self.page {
            self.older.push(Older { no: self.no, cid });
        }
        self.no = self.no.max(other.no) + 1;
        let times = self.posted.iter().chain(&other.posted).map(|posted| posted.entry.time);
        self.known = times.chain([self.known, other.known]).max().unwrap_or_default();
        self.posted.clear();
    }

    /// Whether a page is one of these, as far back as the newest one names them.
    pub fn has(&self, page: &Cid) -> bool {
        self.page == Some(*page) || self.older.iter().any(|older| older.cid == *page)
    }

    /// The shares that the newest page says are gone.
    pub fn gone(&self) -> impl Iterator<Item = ShareId> {
        self.posted.iter().filter_map(|posted| match posted.entry.says {
            Says::Gone(id) => Some(id),
            _ => None,
        })
    }

    /// Adds one entry, on another page if the newest one is full. Returns whether it is new.
    fn put(
        &mut self,
        ring: &Ring,
        entry: &Entry,
        is_changed: bool,
        blocks: &mut Vec<(Cid, Bytes)>,
    ) -> Result<bool, ReadError> {
        let last = self.posted.last().map_or(self.known, |posted| posted.entry.time);
        let time = entry.time.max(last + 1);
        let posted = PageEntry::new(Entry { time, says: entry.says.clone() })?;
        let subject = posted.subject.map(|subject| ShareId::from(subject.into_array()));
        let overtaken = |known: &PageEntry| subject.is_some_and(|subject| known.is_about(&subject));
        if self.posted.iter().any(|known| overtaken(known) && known.entry.says == entry.says) {
            return Ok(false);
        }
        let mut fresh: Vec<_> = self.posted.iter().filter(|known| !overtaken(known)).cloned().collect();
        fresh.push(posted.clone());
        let full = Self { posted: fresh, no: self.no.max(1), ..self.clone() };
        if full.content().fits() {
            *self = full;
            return Ok(true);
        }
        if is_changed {
            self.sign(ring, blocks)?;
        }
        if let Some(cid) = self.page {
            self.older.push(Older { no: self.no, cid });
        }
        self.older = named(&self.older, self.no + 1).into_iter().rev().collect();
        self.no += 1;
        self.posted = vec![posted];
        Ok(true)
    }

    fn sign(&mut self, ring: &Ring, blocks: &mut Vec<(Cid, Bytes)>) -> Result<(), DecodeError> {
        let page = signed::sign(ring.identity(), &self.content())?;
        let cid = cid_of(DAG_CBOR, &page);
        blocks.push((cid, page.into()));
        self.page = Some(cid);
        Ok(())
    }

    fn content(&self) -> Page {
        Page {
            no: self.no,
            entries: self.posted.iter().map(|posted| posted.entry.clone()).collect(),
            older: named(&self.older, self.no),
            extra: Default::default(),
        }
    }

    /// Restores the feed from its newest page, after all but the words was lost. What the next page names
    /// follows from it.
    pub fn restore(id: &Id, newest: Cid, page: &[u8]) -> Result<Self, ReadError> {
        let page = signed::open::<Page>(page, Some(&id.verifying_key()))?.object;
        let posted = page.entries.into_iter().map(PageEntry::new).collect::<Result<_, _>>()?;
        let older = page.older.into_iter().rev().collect();
        Ok(Self { no: page.no, page: Some(newest), posted, older, known: 0 })
    }
}
