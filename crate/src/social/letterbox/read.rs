//! The reader's side: finds my page in somebody's map, and walks back to where I had read before.

use cid::Cid;
use zeroize::Zeroizing;

use crate::{
    format::{
        ReadError,
        map::Map,
        note::Note,
        page::{Between, Content, Older, Page},
    },
    keys::{Id, KEM_EPOCH, Ring},
    social::{
        contact::ReadPosition,
        history::{self, Pages, WalkError},
    },
};

/// Pages that one walk opens, at most: some hundred thousand notes. Older ones are dropped, because an author
/// could otherwise keep a reader busy for ever.
const MAX_PAGES: u64 = 1024;

/// A page that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct PageContents {
    /// Its number.
    pub no: u64,
    /// Its notes, oldest first.
    pub notes: Vec<Note>,
    /// Earlier pages, newest first.
    pub older: Vec<Older>,
    /// The pair secret P(author → me), which opens my slots in the author's headers.
    pub pair: Zeroizing<[u8; 32]>,
}

/// Returns the block of a large map that would have my entry. [Take it](Map::take) before [`find`].
pub fn node(ring: &Ring, author: &Id, label: &[u8; 32], map: &Map) -> Option<Cid> {
    let shared = ring.label().shared(label).ok()?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    map.node(&shared, Between::people(&author, &reader))
}

/// Returns the newest page that `author` left for me, or `None` if there is no letterbox for me.
///
/// `label` is the author's label key, from its profile.
pub fn find(ring: &Ring, author: &Id, label: &[u8; 32], map: &Map) -> Option<Cid> {
    let shared = ring.label().shared(label).ok()?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    map.find(&shared, Between::people(&author, &reader))
}

/// Opens a page that `author` left for me.
pub fn open(ring: &Ring, author: &Id, page: &[u8]) -> Result<PageContents, ReadError> {
    let page = Page::decode(page)?;
    let (author, reader) = (author.verifying_key(), ring.identity().verifying_key());
    let pair = page.open_intro(&ring.kem(KEM_EPOCH), Between::people(&author, &reader))?;
    let Content { no, notes, older } = page.open(&pair)?;
    Ok(PageContents { no, notes, older, pair })
}

/// The result of a walk.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Notes that were not read before, oldest first.
    pub notes: Vec<Note>,
    /// The pair secret P(author → me).
    pub pair: Zeroizing<[u8; 32]>,
    /// How far the letterbox is read after these notes are ingested.
    pub reading: ReadPosition,
}

/// A walk back through one letterbox, from its newest page to where it was read before. It returns the notes
/// that are new.
pub struct Walk<'a> {
    ring: &'a Ring,
    author: Id,
    from: Option<ReadPosition>,
    pages: history::Walk<PageContents>,
}

impl Pages for Walk<'_> {
    fn wanted(&self) -> std::vec::IntoIter<Cid> {
        self.pages.wanted()
    }

    fn add(&mut self, cid: Cid, page: &[u8]) -> Result<(), WalkError> {
        let (ring, author) = (self.ring, self.author);
        self.pages.add(cid, page, |page| open(ring, &author, page))
    }

    fn give_up(&mut self, cid: &Cid) {
        self.pages.give_up(cid);
    }
}

impl history::Page for PageContents {
    fn no(&self) -> u64 {
        self.no
    }

    fn older(&self) -> &[Older] {
        &self.older
    }
}

impl<'a> Walk<'a> {
    /// Starts at the newest page. `from` is how far the letterbox was read.
    pub fn new(ring: &'a Ring, author: Id, from: Option<ReadPosition>, newest: Cid) -> Self {
        let read = from.map(|from| (from.no, from.page));
        Self { ring, author, from, pages: history::Walk::new(read, newest, MAX_PAGES) }
    }

    /// Returns the new notes, oldest first, with the pair secret of the newest page, and how far the
    /// letterbox is read then. Returns `None` if there is nothing new, or if pages are still wanted.
    pub fn finish(self) -> Option<News> {
        let (page, pages) = self.pages.finish()?;
        let (&no, newest) = pages.last_key_value()?;
        let reading = ReadPosition { no, page, notes: newest.notes.len() as u64 };
        let pair = newest.pair.clone();
        let from = self.from;
        let notes = pages.into_iter().flat_map(|(no, opened)| {
            let read = from.filter(|from| from.no == no).map_or(0, |from| from.notes);
            opened.notes.into_iter().skip(usize::try_from(read).unwrap_or(usize::MAX))
        });
        Some(News { notes: notes.collect(), pair, reading })
    }
}
