//! The reader's side: finding my page in somebody's map, and walking back to where I had read before.

use std::collections::{BTreeMap, BTreeSet};

use cid::Cid;
use zeroize::Zeroizing;

use crate::{
    format::{
        DecodeError, Fault, ReadError, is_block,
        map::Map,
        note::Note,
        page::{Between, Content, Older, Page},
    },
    keys::{Id, KEM_EPOCH, Ring},
    social::contact::Reading,
};

/// Pages that one walk opens at most: some hundred thousand notes. What is older is dropped, since an author
/// could otherwise keep a reader busy for ever.
const MAX_PAGES: usize = 1024;

/// A page that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Its number.
    pub no: u64,
    /// Its notes, oldest first.
    pub notes: Vec<Note>,
    /// Earlier pages, newest first.
    pub older: Vec<Older>,
    /// The pair secret P(author → me), which opens my slots in the author's headers.
    pub pair: Zeroizing<[u8; 32]>,
}

/// The block of a large map in which my entry would be: to be [taken in](Map::take) before [`find`].
pub fn node(ring: &Ring, author: &Id, label: &[u8; 32], map: &Map) -> Option<Cid> {
    let shared = ring.label().shared(label).ok()?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    map.node(&shared, Between::people(&author, &reader))
}

/// The newest page that `author` left for me; `None` if there is no letterbox of mine.
///
/// `label` is the author's label key, from its profile.
pub fn find(ring: &Ring, author: &Id, label: &[u8; 32], map: &Map) -> Option<Cid> {
    let shared = ring.label().shared(label).ok()?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    map.find(&shared, Between::people(&author, &reader))
}

/// Opens a page that `author` left for me.
pub fn open(ring: &Ring, author: &Id, page: &[u8]) -> Result<Opened, ReadError> {
    let page = Page::decode(page)?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    let pair = page.open_intro(&ring.kem(KEM_EPOCH), Between::people(&author, &reader))?;
    let Content { no, notes, older } = page.open(&pair)?;
    Ok(Opened { no, notes, older, pair })
}

/// What a walk found.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Notes that had not been read before, oldest first.
    pub notes: Vec<Note>,
    /// The pair secret P(author → me).
    pub pair: Zeroizing<[u8; 32]>,
    /// How far the letterbox has been read when the notes have been taken in.
    pub reading: Reading,
}

/// Why a page is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// It does not open, or breaks a rule.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// The newest page has a lower number than one that was read before.
    #[error("the letterbox is older than what was read before")]
    Older,
}

/// A way back through one letterbox, from its newest page to where it had been read before.
///
/// Says which pages it wants, takes them in any order and as often as they come, and ends with the notes that
/// are new. Does nothing by itself: dropping it half-way loses nothing, a new walk starts where the last one
/// that was finished ended.
pub struct Walk<'a> {
    ring: &'a Ring,
    author: Id,
    from: Option<Reading>,
    newest: Cid,
    /// Pages to fetch, with the numbers that they must have; the newest one's is not known yet.
    wanted: BTreeMap<Cid, Option<u64>>,
    seen: BTreeSet<Cid>,
    pages: BTreeMap<u64, (Cid, Opened)>,
}

impl<'a> Walk<'a> {
    /// Begins at the newest page; `from` is how far the letterbox had been read.
    pub fn new(ring: &'a Ring, author: Id, from: Option<Reading>, newest: Cid) -> Self {
        let is_read = from.is_some_and(|from| from.page == newest);
        let wanted = if is_read { BTreeMap::new() } else { BTreeMap::from([(newest, None)]) };
        Self { ring, author, from, newest, wanted, seen: BTreeSet::new(), pages: BTreeMap::new() }
    }

    /// The pages that are wanted now; none = the walk is over.
    pub fn wanted(&self) -> impl Iterator<Item = Cid> + use<> {
        self.wanted.keys().copied().collect::<Vec<_>>().into_iter()
    }

    /// Takes in a page that was wanted. Another one, or the same once more, changes nothing.
    ///
    /// Bytes that are another block are still wanted, from somebody else. After any other error the page counts
    /// as one that nobody keeps; a newest page that is refused ends the walk without news.
    pub fn add(&mut self, cid: Cid, page: &[u8]) -> Result<(), WalkError> {
        if !self.wanted.contains_key(&cid) {
            return Ok(());
        }
        if !is_block(&cid, page) {
            return Err(ReadError::AnotherBlock.into());
        }
        let number = self.wanted.remove(&cid).flatten();
        self.seen.insert(cid);
        let opened = open(self.ring, &self.author, page)?;
        if number.is_some_and(|number| number != opened.no) {
            return Err(ReadError::from(DecodeError::at("no", Fault::Contradiction)).into());
        }
        if self.from.is_some_and(|from| opened.no < from.no) {
            return Err(WalkError::Older);
        }
        let room = MAX_PAGES.saturating_sub(self.seen.len() + self.wanted.len());
        let from = self.from;
        let unread = opened.older.iter().filter(|older| match from {
            // The page that was the newest then may have got more notes since, and with them another name.
            Some(from) => older.no > from.no || (older.no == from.no && older.cid != from.page),
            None => true,
        });
        let new = unread.filter(|older| !self.seen.contains(&older.cid)).take(room);
        let new: Vec<_> = new.map(|older| (older.cid, Some(older.no))).collect();
        self.wanted.extend(new);
        self.pages.insert(opened.no, (cid, opened));
        Ok(())
    }

    /// Gives up a page that nobody keeps any more: the end of history, not an error.
    pub fn give_up(&mut self, cid: &Cid) {
        if self.wanted.remove(cid).is_some() {
            self.seen.insert(*cid);
        }
    }

    /// The notes that are new, oldest first, with the pair secret of the newest page and how far has now been
    /// read; `None` if there is nothing new, or if pages are still wanted.
    pub fn finish(self) -> Option<News> {
        let (&no, (page, newest)) = self.pages.last_key_value()?;
        if *page != self.newest || !self.wanted.is_empty() {
            return None;
        }
        let reading = Reading { no, page: *page, notes: newest.notes.len() as u64 };
        let pair = newest.pair.clone();
        let from = self.from;
        let notes = self.pages.into_iter().flat_map(|(no, (_, opened))| {
            let read = from.filter(|from| from.no == no).map_or(0, |from| from.notes);
            opened.notes.into_iter().skip(usize::try_from(read).unwrap_or(usize::MAX))
        });
        Some(News { notes: notes.collect(), pair, reading })
    }
}
