//! The reader's side: finding my page in somebody's map, and walking back to where I had read before.

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
        contact::Reading,
        history::{self, Pages, WalkError},
    },
};

/// Pages that one walk opens at most: some hundred thousand notes. What is older is dropped, since an author
/// could otherwise keep a reader busy for ever.
const MAX_PAGES: u64 = 1024;

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

/// A way back through one letterbox, from its newest page to where it had been read before. Ends with the notes that
/// are new.
pub struct Walk<'a> {
    ring: &'a Ring,
    author: Id,
    from: Option<Reading>,
    pages: history::Walk<Opened>,
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

impl history::Page for Opened {
    fn no(&self) -> u64 {
        self.no
    }

    fn older(&self) -> &[Older] {
        &self.older
    }
}

impl<'a> Walk<'a> {
    /// Begins at the newest page; `from` is how far the letterbox had been read.
    pub fn new(ring: &'a Ring, author: Id, from: Option<Reading>, newest: Cid) -> Self {
        let read = from.map(|from| (from.no, from.page));
        Self { ring, author, from, pages: history::Walk::new(read, newest, MAX_PAGES) }
    }

    /// The notes that are new, oldest first, with the pair secret of the newest page and how far has now been
    /// read; `None` if there is nothing new, or if pages are still wanted.
    pub fn finish(self) -> Option<News> {
        let (page, pages) = self.pages.finish()?;
        let (&no, newest) = pages.last_key_value()?;
        let reading = Reading { no, page, notes: newest.notes.len() as u64 };
        let pair = newest.pair.clone();
        let from = self.from;
        let notes = pages.into_iter().flat_map(|(no, opened)| {
            let read = from.filter(|from| from.no == no).map_or(0, |from| from.notes);
            opened.notes.into_iter().skip(usize::try_from(read).unwrap_or(usize::MAX))
        });
        Some(News { notes: notes.collect(), pair, reading })
    }
}
