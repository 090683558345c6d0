//! The audience of a share, and how it changes.
//!
//! The author's side is [`Present`]: it turns the share's present readers and the wish into what must be
//! sealed. The reader's side is [`Standing`]: it combines the notes about a share, which may come repeatedly
//! and in any order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::format::{
    limits,
    manifest::{Entry, Listing, Manifest},
    note::{Note, Says},
    share_id::InnerId,
};
use crate::keys::Id;

/// Shares of one author that I keep, and as many that I hide: more than anybody looks through, and few enough that one
/// contact can fill neither this disk nor my vault. The oldest go.
pub const MAX_OF_ONE_AUTHOR: usize = 4096;

/// The present state of one of my shares.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The revision of its header.
    pub rev: u64,
    /// The readers of the header, without me.
    pub readers: &'a [Id],
}

/// What must be sealed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The revision of the new header.
    pub rev: u64,
    /// Whether a reader was removed. Then a new share key is needed, and the manifest is sealed under it, so
    /// that what the removed reader has opens nothing new.
    pub new_key: bool,
    /// The readers of the header, sorted. Exactly these get a note.
    pub readers: Vec<Id>,
}

impl Present<'_> {
    /// Gives the share to exactly these people. Returns `None` if they are its readers already.
    pub fn give_to(&self, wanted: &[Id]) -> Option<Change> {
        let change = self.renew(wanted);
        let is_new = |reader: &Id| !self.readers.contains(reader);
        (change.new_key || change.readers.iter().any(is_new)).then_some(change)
    }

    /// Removes these people. Returns `None` if none of them is a reader.
    pub fn take_from(&self, removed: &[Id]) -> Option<Change> {
        let rest: Vec<_> = self.readers.iter().copied().filter(|reader| !removed.contains(reader)).collect();
        self.give_to(&rest)
    }

    /// Makes a new header. These people are its readers from now on, whether or not they changed.
    pub fn renew(&self, readers: &[Id]) -> Change {
        let wanted: BTreeSet<_> = readers.iter().copied().collect();
        Change {
            rev: self.rev + 1,
            new_key: self.readers.iter().any(|reader| !wanted.contains(reader)),
            readers: wanted.into_iter().collect(),
        }
    }
}

/// The state of a share for its reader. The greatest of all notes counts, so notes may arrive twice and in
/// any order. The higher of two revisions is greater, and at one revision `gone` is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The newest revision that a note named.
    pub rev: u64,
    /// Whether its author or its reader removed it. A later revision may bring it back.
    pub is_gone: bool,
}

impl Standing {
    /// Returns what a note says about a share, or `None` if it is about something else.
    pub fn said(note: &Note) -> Option<(InnerId, Self)> {
        match &note.says {
            Says::Share { share, rev, .. } => Some((*share, Self { rev: *rev, is_gone: false })),
            // If `gone` names no revision, nothing comes after it.
            Says::Gone { share, rev } => {
                Some((*share, Self { rev: rev.unwrap_or(limits::MAX_INTEGER), is_gone: true }))
            }
            _ => None,
        }
    }

    /// Whether this is news to a reader who knows `known`. If both are equal, the first one stays.
    pub fn is_news(self, known: Option<Self>) -> bool {
        known.is_none_or(|known| self > known)
    }
}

/// Returns the notes that are worth ingesting, in order: for each share only the one that counts.
///
/// Nobody has to look for the headers of the others, which may not be kept any more.
pub fn newest(notes: &[Note]) -> impl Iterator<Item = &Note> {
    let mut counts: BTreeMap<InnerId, (Standing, Reverse<usize>)> = BTreeMap::new();
    for (index, note) in notes.iter().enumerate() {
        if let Some((share, standing)) = Standing::said(note) {
            let best = counts.entry(share).or_insert((standing, Reverse(index)));
            *best = (*best).max((standing, Reverse(index)));
        }
    }
    notes.iter().enumerate().filter_map(move |(index, note)| {
        let counting = Standing::said(note).map(|(share, _)| counts[&share].1.0 == index);
        counting.unwrap_or(true).then_some(note)
    })
}

/// Whether two manifests of one share list the same files, even if they are sealed under different keys.
///
/// For long lists, which are in nodes of their own, this is unknown. They count as different.
pub fn is_same_content(before: &Manifest, after: &Manifest) -> bool {
    let (Listing::Entries(before), Listing::Entries(after)) = (&before.listing, &after.listing) else {
        return before.listing == after.listing;
    };
    let is_same = |(a, b): (&Entry, &Entry)| {
        (&a.path, a.size, a.modified, &a.chunks) == (&b.path, b.size, b.modified, &b.chunks)
    };
    before.len() == after.len() && before.iter().zip(after).all(is_same)
}

#[cfg(test)]
mod tests {
    use cid::Cid;

    use super::*;
    use crate::{
        crypto::block::Key,
        format::{
            header::{Header, ShareKey},
            manifest::Kind,
            node::Pointer,
        },
        keys::Ring,
        social::{
            fixture::{NOW, cid, permutations, recipient, ring},
            share::{self, SealedHeader},
        },
    };

    const SHARE: InnerId = InnerId([5; 16]);

    /// An author with one share, and every note that was ever written about it.
    struct Author {
        ring: Ring,
        rev: u64,
        readers: Vec<Id>,
        key: ShareKey,
        newest: SealedHeader,
        headers: Vec<SealedHeader>,
        notes: Vec<(Id, Note)>,
    }

    /// What a person may ask for.
    #[derive(Clone, Debug)]
    enum Wish {
        Exactly(Vec<Id>),
        Without(Id),
        MoreFiles,
        Withdraw,
    }

    impl Author {
        fn new() -> Self {
            let ring = ring(1);
            let key = share::new_key();
            let newest = share::seal(&ring, &key, &header(0), &[]).unwrap();
            let headers = vec![newest.clone()];
            Self { ring, rev: 0, readers: Vec::new(), key, newest, headers, notes: Vec::new() }
        }

        /// Applies the wish. Returns whether anything changed.
        fn grant(&mut self, wish: &Wish) -> bool {
            let present = Present { rev: self.rev, readers: &self.readers };
            let change = match wish {
                Wish::Exactly(readers) => present.give_to(readers),
                Wish::Without(reader) => present.take_from(&[*reader]),
                Wish::MoreFiles => Some(present.renew(&self.readers)),
                Wish::Withdraw => present.give_to(&[]),
            };
            let Some(Change { rev, new_key, readers }) = change else { return false };
            assert!(rev > self.rev, "revisions rise");
            assert_eq!(new_key, self.readers.iter().any(|reader| !readers.contains(reader)));
            if new_key {
                self.key = share::new_key();
            }
            let recipients: Vec<_> =
                people().iter().map(recipient).filter(|recipient| readers.contains(&recipient.id)).collect();
            self.newest = share::seal(&self.ring, &self.key, &header(rev), &recipients).unwrap();
            self.headers.push(self.newest.clone());
            if let Wish::Withdraw = wish {
                let says = Says::Gone { share: SHARE, rev: Some(rev) };
                let gone = self.readers.iter().map(|reader| (*reader, says.clone()));
                self.notes.extend(gone.map(|(reader, says)| (reader, Note { time: NOW + rev, says })));
            }
            let says = Says::Share { share: SHARE, rev, header: self.newest.cid, keepers: Vec::new() };
            let told = readers.iter().map(|reader| (*reader, Note { time: NOW + rev, says: says.clone() }));
            self.notes.extend(told);
            (self.rev, self.readers) = (rev, readers);
            true
        }

        fn notes_for(&self, reader: &Ring) -> Vec<Note> {
            let mine = self.notes.iter().filter(|(to, _)| *to == reader.id());
            mine.map(|(_, note)| note.clone()).collect()
        }

        fn header(&self, cid: &Cid) -> &SealedHeader {
            self.headers.iter().find(|sealed| sealed.cid == *cid).unwrap()
        }
    }

    /// A reader who applies the notes that arrive.
    #[derive(Default)]
    struct Reader {
        standing: Option<Standing>,
        /// The revision that they have.
        has: Option<u64>,
    }

    impl Reader {
        fn ingest(&mut self, reader: &Ring, author: &Author, note: &Note) {
            let (share, standing) = Standing::said(note).unwrap();
            assert_eq!(share, SHARE);
            if !standing.is_news(self.standing) {
                return;
            }
            assert!(self.standing.is_none_or(|before| before.rev <= standing.rev), "went back in time");
            self.standing = Some(standing);
            self.has = match &note.says {
                Says::Share { header, .. } => {
                    let pair = recipient(reader).pair(&author.ring);
                    let opened = share::open(&author.ring.id(), &pair, &author.header(header).block);
                    Some(opened.unwrap().expect("who is told of a header can open it").header.rev)
                }
                _ => None,
            };
        }
    }

    fn people() -> [Ring; 3] {
        [ring(2), ring(3), ring(4)]
    }

    fn header(rev: u64) -> Header {
        Header {
            share: SHARE,
            rev,
            kind: Kind::Contacts,
            created: NOW,
            title: "Walk".into(),
            note: String::new(),
            manifest: Pointer { cid: cid(1), key: Key::from_bytes([6; 32]) },
            adds: None,
            answers: None,
            album: None,
            more: None,
            cover: None,
            order: None,
            until: None,
            extra: Default::default(),
        }
    }

    #[test]
    fn only_readers_open_what_comes_in_any_order_of_wishes() {
        let [ben, cleo, dan] = people().map(|ring| ring.id());
        let wishes = [
            Wish::Exactly(vec![ben, cleo]),
            Wish::Exactly(vec![cleo, dan, cleo]),
            Wish::Without(cleo),
            Wish::MoreFiles,
            Wish::Withdraw,
        ];
        for order in permutations(&wishes) {
            let mut author = Author::new();
            for wish in &order {
                let keys_before = author.key.clone();
                let readers_before = author.readers.clone();
                author.grant(wish);
                if !matches!(wish, Wish::MoreFiles) {
                    assert!(!author.grant(wish), "asking twice changes nothing the second time");
                }
                for ring in &people() {
                    let pair = recipient(ring).pair(&author.ring);
                    let opened = share::open(&author.ring.id(), &pair, &author.newest.block).unwrap();
                    assert_eq!(opened.is_some(), author.readers.contains(&ring.id()), "after {wish:?}");
                }
                let has_left = readers_before.iter().any(|reader| !author.readers.contains(reader));
                assert_eq!(
                    author.key != keys_before,
                    has_left,
                    "a key ends with its first reader who leaves"
                );
            }
        }
    }

    #[test]
    fn notes_in_any_order_and_twice_end_at_the_newest() {
        let [ben, cleo, dan] = people();
        let mut author = Author::new();
        for wish in [
            Wish::Exactly(vec![ben.id(), cleo.id()]),
            Wish::MoreFiles,
            Wish::Without(ben.id()),
            Wish::MoreFiles,
            Wish::Withdraw,
            Wish::Exactly(vec![dan.id()]),
        ] {
            assert!(author.grant(&wish));
        }
        // Ben keeps what was there, Cleo has lost the share, Dan got it later.
        for (reader, notes, has) in [(ben, 2, Some(2)), (cleo, 5, None), (dan, 1, Some(6))] {
            assert_eq!(author.notes_for(&reader).len(), notes);
            for order in permutations(&author.notes_for(&reader)) {
                let mut state = Reader::default();
                for note in order.iter().chain(&order) {
                    state.ingest(&reader, &author, note);
                }
                assert_eq!(state.has, has);
                let counting: Vec<_> = newest(&order).collect();
                assert_eq!(counting.len(), 1);
                assert_eq!(Standing::said(counting[0]).map(|(_, standing)| standing), state.standing);
            }
        }
    }

    #[test]
    fn a_share_that_was_taken_back_comes_again_with_a_later_revision_unless_it_is_gone_for_good() {
        let share = |rev| Standing { rev, is_gone: false };
        let gone = |rev| {
            let note = Note { time: NOW, says: Says::Gone { share: SHARE, rev } };
            Standing::said(&note).unwrap().1
        };
        assert!(gone(Some(3)).is_news(Some(share(3))));
        assert!(!share(3).is_news(Some(gone(Some(3)))));
        assert!(share(4).is_news(Some(gone(Some(3)))));
        assert!(!share(4).is_news(Some(gone(None))));
        assert!(!gone(Some(3)).is_news(Some(share(4))));
    }

    #[test]
    fn other_notes_and_other_shares_are_left_alone() {
        let said = |share: u8, rev| {
            let says =
                Says::Share { share: InnerId([share; 16]), rev, header: cid(share), keepers: Vec::new() };
            Note { time: rev, says }
        };
        let ack = Note { time: 0, says: Says::Ack { no: 1 } };
        let notes = [said(1, 0), ack.clone(), said(2, 7), said(1, 1), ack.clone(), said(1, 1)];
        let kept: Vec<_> = newest(&notes).cloned().collect();
        assert_eq!(kept, [ack.clone(), said(2, 7), said(1, 1), ack]);
    }

    #[test]
    fn files_are_the_same_under_another_key_and_others_when_one_was_added() {
        let entry = |path: &str, key: u8| Entry {
            path: path.into(),
            size: 1,
            media_type: String::new(),
            modified: None,
            preview: Some(Pointer { cid: cid(key), key: Key::from_bytes([key; 32]) }),
            chunks: crate::format::manifest::Chunks::Inline(Vec::new()),
        };
        let manifest = |entries: Vec<Entry>| Manifest {
            share: SHARE,
            kind: Kind::Contacts,
            files: entries.len() as u64,
            size: 0,
            chunk: 1,
            listing: Listing::Entries(entries),
            folders: None,
            album: None,
            parts: None,
            extra: Default::default(),
        };
        let before = manifest(vec![entry("a", 1)]);
        assert!(is_same_content(&before, &manifest(vec![entry("a", 2)])));
        assert!(!is_same_content(&before, &manifest(vec![entry("a", 1), entry("b", 1)])));
        assert!(!is_same_content(&before, &manifest(vec![entry("b", 1)])));
    }
}
