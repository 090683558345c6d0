//! The author's side: one letterbox for each contact, their pages, and the map with its decoys.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::link::{self, LinkNote};
use crate::{
    crypto::{WeakKey, sign::VerifyingKey},
    format::{
        DAG_CBOR, DecodeError, ReadError, cid_of, limits,
        map::{self, Map},
        note::Note,
        page::{Between, Content, Older, Page},
    },
    keys::{Id, Ring},
    platform,
    social::{history::named, link::Links, share::Recipient, stored},
};

/// Pages that change together, at least. So an observer of the map learns little from a share with one or two
/// friends.
const MIN_CHANGED: usize = 4;

/// The letterbox of one contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letterbox {
    /// Its reader.
    pub reader: Recipient,
    /// The number of its newest page; the first is 1.
    pub no: u64,
    /// The newest page.
    pub page: Cid,
    /// The notes on the newest page, oldest first.
    #[serde(with = "stored::list")]
    pub notes: Vec<Note>,
    /// All earlier pages that are kept, oldest first.
    #[serde(with = "stored::list")]
    pub older: Vec<Older>,
}

/// Every letterbox of an author, with those of links and former contacts, and the decoys.
///
/// Store it together with the blocks that [`write`](Self::write) returns, before anything is published.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Letterboxes {
    #[serde(with = "by_id")]
    pub(super) boxes: BTreeMap<Id, Letterbox>,
    #[serde(default)]
    pub(super) links: link::Letterboxes,
    decoys: Vec<Cid>,
    /// Absent where the map is to be written anew in any case.
    pub(super) map: Option<Cid>,
    /// The highest number of letterboxes so far. The map keeps this size when some are dropped.
    #[serde(default)]
    pub(super) room: usize,
}

/// What has to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterboxUpdate {
    /// New blocks: pages and decoys, further lists of pages, the map. Empty if nothing changed.
    pub blocks: Vec<(Cid, Bytes)>,
    /// The map, for the root.
    pub map: Cid,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A note is for a person who has no letterbox and is not among the readers.
    #[error("there is no letterbox for {0}; wait until its profile is found")]
    NoLetterbox(Id),
    /// A reader's label key is weak.
    #[error("the keys of {0} are weak; ask for another id")]
    Weak(Id),
    /// A note or the number of contacts is above a limit.
    #[error(transparent)]
    Format(#[from] DecodeError),
}

/// Why letterboxes cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The newest page of a letterbox is missing.
    #[error("a letterbox page is missing; try again when a relay that keeps it can be reached")]
    Missing(Cid),
    /// A page of this author does not open.
    #[error("a page of an own letterbox cannot be read: {0}")]
    Refused(#[from] ReadError),
}

impl Letterboxes {
    /// Returns the letterbox for a contact.
    pub fn get(&self, reader: &Id) -> Option<&Letterbox> {
        self.boxes.get(reader)
    }

    /// Returns how many letterboxes there are, of people and of links.
    pub(super) fn len(&self) -> usize {
        self.boxes.len() + self.links.len()
    }

    /// Returns every page that the map names, with decoys: what a relay must keep beside the map.
    pub fn pages(&self) -> impl Iterator<Item = Cid> {
        let real = self.boxes.values().flat_map(|letterbox| {
            let older = letterbox.older.iter().map(|older| older.cid);
            older.filter(|older| *older != letterbox.page).chain([letterbox.page])
        });
        real.chain(self.links.pages()).chain(self.decoys.iter().copied())
    }

    /// Makes sure that every reader has a letterbox, adds the news to them, and writes the map.
    ///
    /// A note that the newest page has already is not added again. Letterboxes of former readers stay while
    /// there is room, so the map does not show that a reader is gone. `links` are all valid links. The
    /// letterboxes of other links are dropped, which does not show either. Without news, new readers and
    /// changed links, nothing is written. After an error everything is as it was.
    pub fn write(
        &mut self,
        ring: &Ring,
        readers: &[Recipient],
        links: &[LinkNote<'_>],
        news: &[(Id, Note)],
    ) -> Result<LetterboxUpdate, WriteError> {
        let mut next = self.clone();
        let written = next.try_write(ring, readers, links, news)?;
        *self = next;
        Ok(written)
    }

    fn try_write(
        &mut self,
        ring: &Ring,
        readers: &[Recipient],
        links: &[LinkNote<'_>],
        news: &[(Id, Note)],
    ) -> Result<LetterboxUpdate, WriteError> {
        let mut blocks = Blocks::default();
        let mut changed = BTreeSet::new();
        for reader in readers {
            let pen = Pen::new(ring, reader);
            match self.boxes.get_mut(&reader.id) {
                Some(letterbox) if letterbox.reader == *reader => continue,
                Some(letterbox) => letterbox.readdress(&pen, reader, &mut blocks)?,
                None => {
                    self.boxes.insert(reader.id, Letterbox::new(&pen, reader, &mut blocks)?);
                }
            }
            changed.insert(reader.id);
        }
        for (reader, notes) in by_reader(news) {
            let letterbox = self.boxes.get_mut(&reader).ok_or(WriteError::NoLetterbox(reader))?;
            let pen = Pen::new(ring, &letterbox.reader);
            if letterbox.put(&pen, notes, &mut blocks)? {
                changed.insert(reader);
            }
        }
        let dropped = self.links.keep_only(links);
        let posted = self.links.write(links, &mut blocks)?;
        if let (Some(map), true) = (self.map, changed.is_empty() && dropped == 0 && posted == 0) {
            return Ok(LetterboxUpdate { blocks: Vec::new(), map });
        }
        self.forget_former(readers, limits::LETTERBOXES);
        self.room = self.room.max(self.len());
        self.renew_decoys(changed.len() + posted, &mut blocks);
        let map = self.write_map(ring, links, &mut blocks)?;
        Ok(LetterboxUpdate { blocks: blocks.0, map })
    }

    /// Drops letterboxes of former readers, as many as there is no room for.
    pub(super) fn forget_former(&mut self, readers: &[Recipient], room: usize) {
        let surplus = self.len().saturating_sub(room);
        let is_former = |id: &&Id| readers.iter().all(|reader| reader.id != **id);
        let former: Vec<Id> = self.boxes.keys().filter(is_former).take(surplus).copied().collect();
        former.iter().for_each(|id| {
            self.boxes.remove(id);
        });
    }

    /// Keeps one decoy for each entry of the map that belongs to nobody, and renews some of them, so that the
    /// number of changed pages is a power of two.
    fn renew_decoys(&mut self, changed: usize, blocks: &mut Blocks) {
        let count = Map::capacity(self.room) - self.len();
        self.decoys.truncate(count);
        let kept = self.decoys.len();
        self.decoys.resize_with(count, || blocks.add(Page::decoy(&mut fill)));
        let shown = changed + count - kept;
        let due = shown.next_power_of_two().max(MIN_CHANGED) - shown;
        // The oldest ones go first and new ones come last, so that each gets its turn.
        let due = due.min(kept);
        self.decoys.drain(..due);
        self.decoys.resize_with(count, || blocks.add(Page::decoy(&mut fill)));
    }

    fn write_map(
        &mut self,
        ring: &Ring,
        links: &[LinkNote<'_>],
        blocks: &mut Blocks,
    ) -> Result<Cid, WriteError> {
        let author = ring.identity().verifying_key();
        let people: Vec<(Zeroizing<[u8; 32]>, VerifyingKey, Cid)> = self
            .boxes
            .values()
            .map(|letterbox| {
                let Recipient { id, label, .. } = &letterbox.reader;
                let shared = ring.label().shared(label).map_err(|WeakKey| WriteError::Weak(*id))?;
                Ok((shared, id.verifying_key(), letterbox.page))
            })
            .collect::<Result<_, WriteError>>()?;
        let links = self.links.newest(links);
        let people = people.iter().map(|(shared, reader, newest)| map::Letterbox {
            shared,
            between: Between::people(&author, reader),
            newest: *newest,
        });
        let links = links.iter().map(|(shared, newest)| map::Letterbox {
            shared,
            between: Between::link(&author),
            newest: *newest,
        });
        let entries: Vec<map::Letterbox<'_>> = people.chain(links).collect();
        let pages: Vec<Cid> = self.pages().collect();
        let (block, lists) = Map::seal(&entries, self.room, &pages, &mut fill)?;
        lists.into_iter().for_each(|list| {
            blocks.add(list);
        });
        let map = blocks.add(block);
        self.map = Some(map);
        Ok(map)
    }

    /// Restores the letterboxes from a published map, after all but the words was lost.
    ///
    /// `readers` are the contacts that the vault knows, `links` the links, `blocks` what the map names.
    /// Letterboxes of former contacts become decoys. A missing older page is the end of that history.
    pub fn restore(
        ring: &Ring,
        readers: &[Recipient],
        links: &Links,
        map: Cid,
        content: &Map,
        blocks: &BTreeMap<Cid, Bytes>,
    ) -> Result<Self, RestoreError> {
        let author = ring.identity().verifying_key();
        let mut boxes = BTreeMap::new();
        for reader in readers {
            let id = reader.id.verifying_key();
            let between = Between::people(&author, &id);
            let shared = ring.label().shared(&reader.label).ok();
            let Some(page) = shared.and_then(|shared| content.find(&shared, between)) else { continue };
            boxes.insert(reader.id, Letterbox::restore(ring, reader, page, blocks)?);
        }
        let links = link::Letterboxes::restore(&author, links, content, blocks);
        let (decoys, room) = (Vec::new(), content.entries.len());
        let mut restored = Self { boxes, links, decoys, map: Some(map), room };
        let real: BTreeSet<Cid> = restored.pages().collect();
        restored.decoys = content.pages.iter().copied().filter(|page| !real.contains(page)).collect();
        Ok(restored)
    }
}

impl Letterbox {
    fn new(pen: &Pen, reader: &Recipient, blocks: &mut Blocks) -> Result<Self, DecodeError> {
        let page = pen.seal(&Content { no: 1, notes: Vec::new(), older: Vec::new() }, blocks)?;
        Ok(Self { reader: reader.clone(), no: 1, page, notes: Vec::new(), older: Vec::new() })
    }

    /// Seals the newest page for new keys of the same reader. Earlier pages keep the old keys.
    fn readdress(&mut self, pen: &Pen, reader: &Recipient, blocks: &mut Blocks) -> Result<(), DecodeError> {
        self.reader = reader.clone();
        self.page = pen.seal(&self.content(), blocks)?;
        Ok(())
    }

    /// Adds notes after the present ones, on further pages if one is full. Returns whether any note was new.
    fn put(&mut self, pen: &Pen, notes: Vec<&Note>, blocks: &mut Blocks) -> Result<bool, DecodeError> {
        let mut is_changed = false;
        for note in notes {
            if self.notes.contains(note) {
                continue;
            }
            self.notes.push(note.clone());
            if !self.content().fits() {
                let note = self.notes.pop().expect("it was just pushed");
                self.turn(pen, is_changed, blocks)?;
                self.notes.push(note);
            }
            is_changed = true;
        }
        if is_changed {
            self.page = pen.seal(&self.content(), blocks)?;
        }
        Ok(is_changed)
    }

    /// Starts a new page. The full one is sealed again if it got notes just now.
    fn turn(&mut self, pen: &Pen, is_changed: bool, blocks: &mut Blocks) -> Result<(), DecodeError> {
        if is_changed {
            self.page = pen.seal(&self.content(), blocks)?;
        }
        self.older.push(Older { no: self.no, cid: self.page });
        self.no += 1;
        self.notes.clear();
        Ok(())
    }

    fn content(&self) -> Content {
        Content { no: self.no, notes: self.notes.clone(), older: named(&self.older, self.no) }
    }

    fn restore(
        ring: &Ring,
        reader: &Recipient,
        page: Cid,
        blocks: &BTreeMap<Cid, Bytes>,
    ) -> Result<Self, RestoreError> {
        let pair = reader.pair(ring);
        let open = |block: &Bytes| Page::decode(block).map_err(ReadError::from)?.open(&pair);
        let newest = open(blocks.get(&page).ok_or(RestoreError::Missing(page))?)?;
        let mut older: BTreeMap<u64, Cid> = BTreeMap::new();
        let mut next = newest.older.clone();
        while let Some(Older { no, cid }) = next.pop() {
            let Some(block) = blocks.get(&cid).filter(|_| !older.contains_key(&no)) else { continue };
            older.insert(no, cid);
            next.extend(open(block)?.older);
        }
        let older = older.into_iter().map(|(no, cid)| Older { no, cid }).collect();
        Ok(Self { reader: reader.clone(), no: newest.no, page, notes: newest.notes, older })
    }
}

/// For `#[serde(with = …)]`: a list, because keys of DAG-CBOR maps are text.
mod by_id {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{BTreeMap, Id, Letterbox};

    pub(super) fn serialize<S: Serializer>(
        boxes: &BTreeMap<Id, Letterbox>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(boxes.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Id, Letterbox>, D::Error> {
        let boxes = Vec::<Letterbox>::deserialize(from)?;
        Ok(boxes.into_iter().map(|letterbox| (letterbox.reader.id, letterbox)).collect())
    }
}

/// Sorts news by reader. The notes of each keep their order.
fn by_reader(news: &[(Id, Note)]) -> BTreeMap<Id, Vec<&Note>> {
    let mut sorted = BTreeMap::<Id, Vec<&Note>>::new();
    for (reader, note) in news {
        sorted.entry(*reader).or_default().push(note);
    }
    sorted
}

/// Seals pages from one author to one reader.
struct Pen {
    author: VerifyingKey,
    reader: Recipient,
    pair: Zeroizing<[u8; 32]>,
}

impl Pen {
    fn new(ring: &Ring, reader: &Recipient) -> Self {
        Self { author: ring.identity().verifying_key(), pair: reader.pair(ring), reader: reader.clone() }
    }

    fn seal(&self, content: &Content, blocks: &mut Blocks) -> Result<Cid, DecodeError> {
        let reader = self.reader.id.verifying_key();
        let between = Between::people(&self.author, &reader);
        let page = Page::seal(content, &self.pair, between, &self.reader.kem.key, &mut fill)?;
        Ok(blocks.add(page))
    }
}

/// Blocks that were made, with their CIDs.
#[derive(Default)]
pub(super) struct Blocks(Vec<(Cid, Bytes)>);

impl Blocks {
    pub(super) fn add(&mut self, block: Vec<u8>) -> Cid {
        let cid = cid_of(DAG_CBOR, &block);
        self.0.push((cid, block.into()));
        cid
    }
}

pub(super) fn fill(bytes: &mut [u8]) {
    platform::fill_random(bytes);
}
