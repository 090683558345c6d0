//! Letterboxes: what an author leaves for each contact, and how a contact reads it.
//!
//! An author keeps one [`Letterbox`] for each contact. Its newest page takes notes until it is full. A map
//! names the newest pages by labels that only the two can compute, among decoys. A reader finds its page,
//! opens it, and walks back to where it had read before. Links have letterboxes too, which look the same.

mod link;
mod merge;
mod read;
mod write;

pub use link::LinkNote;
pub use merge::Merged;
pub use read::{News, PageContents, Walk, find, node, open};
pub use write::{Letterbox, LetterboxUpdate, Letterboxes, RestoreError, WriteError};

pub use super::history::{Pages, WalkError};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use cid::Cid;
    use proptest::{collection::vec, prelude::*};

    use super::{Pages as _, *};
    use crate::{
        format::{
            ReadError, Value, limits,
            map::{Map, Pages},
            note::{Note, Says},
            page::Page,
        },
        keys::{Id, Phrase, Ring},
        social::{
            contact::ReadPosition,
            fixture::{note, permutations, recipient, ring},
            link::Links,
            share::Recipient,
        },
    };

    /// An author, with every block that was ever published.
    struct Author {
        ring: Ring,
        state: Letterboxes,
        blocks: BTreeMap<Cid, Bytes>,
        map: Option<Cid>,
    }

    impl Author {
        fn new(seed: u8) -> Self {
            Self { ring: ring(seed), state: Letterboxes::default(), blocks: BTreeMap::new(), map: None }
        }

        fn write(&mut self, readers: &[Recipient], news: &[(Id, Note)]) -> LetterboxUpdate {
            self.write_with(readers, &[], news)
        }

        fn write_with(
            &mut self,
            readers: &[Recipient],
            links: &[LinkNote<'_>],
            news: &[(Id, Note)],
        ) -> LetterboxUpdate {
            let written = self.state.write(&self.ring, readers, links, news).unwrap();
            self.blocks.extend(written.blocks.clone());
            self.map = Some(written.map);
            written
        }

        fn map(&self) -> Map {
            let mut map = Map::decode(&self.blocks[&self.map.unwrap()]).unwrap();
            for node in map.nodes.clone() {
                map.take(&node.cid, &self.blocks[&node.cid]).unwrap();
            }
            map
        }

        /// The letterboxes that the 24 words bring back.
        fn restored(&self, readers: &[Recipient]) -> Result<Letterboxes, RestoreError> {
            self.restored_with(readers, &Links::default())
        }

        fn restored_with(&self, readers: &[Recipient], links: &Links) -> Result<Letterboxes, RestoreError> {
            Letterboxes::restore(&self.ring, readers, links, self.map.unwrap(), &self.map(), &self.blocks)
        }

        fn newest_for(&self, reader: &Ring) -> Option<Cid> {
            find(reader, &self.ring.id(), &self.ring.label().public(), &self.map())
        }

        fn walk<'a>(&self, reader: &'a Ring, from: Option<ReadPosition>) -> Walk<'a> {
            Walk::new(reader, self.ring.id(), from, self.newest_for(reader).unwrap())
        }

        /// What a reader finds who fetches all wanted pages.
        fn read(&self, reader: &Ring, from: Option<ReadPosition>) -> Option<News> {
            let mut walk = self.walk(reader, from);
            while let Some(cid) = walk.wanted().next() {
                walk.add(cid, &self.blocks[&cid]).unwrap();
            }
            walk.finish()
        }
    }

    /// A note of about a kilobyte, so that some thirty fill a page.
    fn long(number: u8) -> Note {
        let mut note = note(number);
        let Says::Share { keepers, .. } = &mut note.says else { panic!("the fixture tells of a share") };
        *keepers = vec!["k".repeat(limits::RELAY_BYTES); limits::RELAYS];
        note
    }

    /// The same, with a number that may exceed 255.
    fn numbered(number: u64) -> Note {
        Note { time: number, ..long(0) }
    }

    #[test]
    fn a_note_reaches_its_reader_and_nobody_else() {
        let [ben, cleo, eve] = [ring(2), ring(3), ring(4)];
        let mut author = Author::new(1);
        author.write(&[recipient(&ben), recipient(&cleo)], &[(ben.id(), note(1))]);
        assert_eq!(author.read(&ben, None).unwrap().notes, [note(1)]);
        assert_eq!(author.read(&cleo, None).unwrap().notes, []);
        assert_eq!(author.newest_for(&eve), None);
        let bens = author.newest_for(&ben).unwrap();
        assert!(open(&cleo, &author.ring.id(), &author.blocks[&bens]).is_err());
    }

    #[test]
    fn the_pair_secret_of_a_page_is_the_one_that_the_author_wraps_with() {
        let (mut author, ben) = (Author::new(1), ring(2));
        author.write(&[recipient(&ben)], &[]);
        assert_eq!(author.read(&ben, None).unwrap().pair, recipient(&ben).pair(&author.ring));
    }

    #[test]
    fn a_reader_gets_each_note_once_and_in_order() {
        let (mut author, ben) = (Author::new(1), ring(2));
        let mut reading = None;
        let mut read = Vec::new();
        for round in 0..60 {
            author.write(&[recipient(&ben)], &[(ben.id(), long(2 * round)), (ben.id(), long(2 * round + 1))]);
            // Sometimes the reader is away.
            if round % 7 == 0 || round > 50 {
                let news = author.read(&ben, reading).unwrap();
                read.extend(news.notes);
                reading = Some(news.reading);
                assert_eq!(author.read(&ben, reading), None, "nothing new, nothing found");
            }
        }
        assert_eq!(read, (0..120).map(long).collect::<Vec<_>>());
        assert!(author.state.get(&ben.id()).unwrap().no >= 4, "the history fills several pages");
    }

    #[test]
    fn pages_may_come_in_any_order_and_twice() {
        let (mut author, ben) = (Author::new(1), ring(2));
        let notes: Vec<_> = (0..110).map(long).collect();
        let news: Vec<_> = notes.iter().map(|note| (ben.id(), note.clone())).collect();
        author.write(&[recipient(&ben)], &news);
        let pages: Vec<_> =
            author.state.get(&ben.id()).map(|l| l.older.iter().map(|older| older.cid)).unwrap().collect();
        assert_eq!(pages.len(), 4);
        for order in permutations(&pages) {
            let mut walk = author.walk(&ben, None);
            let newest = walk.wanted().next().unwrap();
            // Pages that are not wanted yet are ignored, so each is offered again until all were taken.
            for _ in &order {
                for cid in [newest].iter().chain(&order) {
                    walk.add(*cid, &author.blocks[cid]).unwrap();
                }
            }
            assert_eq!(walk.finish().unwrap().notes, notes);
        }
    }

    #[test]
    fn an_unfinished_walk_finds_nothing_and_a_page_that_nobody_keeps_ends_history() {
        let (mut author, ben) = (Author::new(1), ring(2));
        let news: Vec<_> = (0..40).map(|number| (ben.id(), long(number))).collect();
        author.write(&[recipient(&ben)], &news);
        let walk = |gives_up: bool| {
            let mut walk = author.walk(&ben, None);
            let newest = walk.wanted().next().unwrap();
            walk.add(newest, &author.blocks[&newest]).unwrap();
            let older = walk.wanted().next().unwrap();
            if gives_up {
                walk.give_up(&older);
            }
            walk.finish()
        };
        assert_eq!(walk(false), None);
        let on_newest = author.state.get(&ben.id()).unwrap().notes.clone();
        assert_eq!(walk(true).unwrap().notes, on_newest);
    }

    #[test]
    fn a_page_that_is_another_block_or_for_somebody_else_is_refused_without_news() {
        let [ben, cleo] = [ring(2), ring(3)];
        let mut author = Author::new(1);
        author.write(&[recipient(&ben), recipient(&cleo)], &[(ben.id(), note(1))]);
        let newest = author.newest_for(&ben).unwrap();
        let mut walk = author.walk(&ben, None);
        assert_eq!(walk.add(newest, b"junk"), Err(ReadError::AnotherBlock.into()));
        assert_eq!(walk.wanted().next(), Some(newest), "it may come from somebody else");
        assert_eq!(walk.finish(), None);
        let cleos = author.newest_for(&cleo).unwrap();
        let mut walk = Walk::new(&ben, author.ring.id(), None, cleos);
        assert!(matches!(walk.add(cleos, &author.blocks[&cleos]), Err(WalkError::Refused(_))));
    }

    #[test]
    fn a_letterbox_never_goes_back_in_time() {
        let (mut author, ben) = (Author::new(1), ring(2));
        author.write(&[recipient(&ben)], &[(ben.id(), note(0))]);
        let (first_map, first) = (author.map, author.read(&ben, None).unwrap().reading);
        let news: Vec<_> = (1..40).map(|number| (ben.id(), long(number))).collect();
        author.write(&[recipient(&ben)], &news);
        let later = author.read(&ben, None).unwrap().reading;
        assert!(later.no > first.no);
        author.map = first_map;
        let mut walk = author.walk(&ben, Some(later));
        assert_eq!(walk.add(first.page, &author.blocks[&first.page]), Err(WalkError::Older));
        assert_eq!(walk.finish(), None);
    }

    #[test]
    fn without_news_nothing_is_written_and_the_same_news_twice_is_once() {
        let (mut author, ben) = (Author::new(1), ring(2));
        let first = author.write(&[recipient(&ben)], &[(ben.id(), note(1))]);
        let before = author.state.clone();
        for news in [&[][..], &[(ben.id(), note(1))]] {
            let again = author.write(&[recipient(&ben)], news);
            assert_eq!((again.map, again.blocks.len()), (first.map, 0));
        }
        assert_eq!(author.state, before);
    }

    #[test]
    fn a_former_contact_keeps_a_letterbox_without_news() {
        let [ben, cleo] = [ring(2), ring(3)];
        let mut author = Author::new(1);
        author.write(&[recipient(&ben), recipient(&cleo)], &[(ben.id(), note(1))]);
        let reading = author.read(&ben, None).unwrap().reading;
        author.write(&[recipient(&cleo)], &[(cleo.id(), note(2))]);
        assert_eq!(author.newest_for(&ben), Some(reading.page));
        assert_eq!(author.read(&ben, Some(reading)), None);
    }

    #[test]
    fn a_note_for_somebody_without_letterbox_is_refused_and_changes_nothing() {
        let [ben, eve] = [ring(2), ring(4)];
        let mut author = Author::new(1);
        author.write(&[recipient(&ben)], &[]);
        let before = author.state.clone();
        let news = [(ben.id(), note(1)), (eve.id(), note(1))];
        let refused = author.state.write(&author.ring, &[recipient(&ben)], &[], &news);
        assert_eq!(refused, Err(WriteError::NoLetterbox(eve.id())));
        assert_eq!(author.state, before);
    }

    #[test]
    fn decoys_stand_for_every_empty_entry_and_change_with_the_others() {
        let readers: Vec<_> = (2..5).map(|seed| recipient(&ring(seed))).collect();
        let mut author = Author::new(1);
        author.write(&readers[..2], &[]);
        for step in 0..8 {
            let before = author.map().pages;
            let readers = if step == 4 { &readers[..] } else { &readers[..2] };
            author.write(readers, &[(readers[0].id, note(step))]);
            let map = author.map();
            assert_eq!((map.entries.len(), map.pages.len()), (16, 16));
            let changed = map.pages.iter().filter(|page| !before.contains(page)).count();
            assert_eq!(changed, 4, "one share for one friend shows as four pages");
            for page in &map.pages {
                assert_eq!(author.blocks[page].len(), 4096);
                assert!(Page::decode(&author.blocks[page]).is_ok());
            }
        }
    }

    #[test]
    fn more_readers_than_one_block_has_entries_find_their_letterboxes_by_fetching_one_more() {
        let readers: Vec<_> = (0..300u32)
            .map(|number| {
                let mut phrase = [9; 32];
                phrase[..4].copy_from_slice(&number.to_be_bytes());
                Ring::from_phrase(&Phrase::from_bytes(phrase))
            })
            .collect();
        let keys: Vec<_> = readers.iter().map(recipient).collect();
        let mut author = Author::new(1);
        author.write(&keys[..250], &[]);
        assert_eq!(author.map().nodes.len(), 0);
        let news: Vec<_> = readers.iter().map(|reader| (reader.id(), note(1))).collect();
        author.write(&keys, &news);
        let whole = author.map();
        assert_eq!((whole.entries.len(), whole.nodes.len()), (512, 2));
        let map = Map::decode(&author.blocks[&author.map.unwrap()]).unwrap();
        let (id, label) = (author.ring.id(), author.ring.label().public());
        for reader in readers.iter().step_by(10) {
            let mut map = map.clone();
            let node = node(reader, &id, &label, &map).unwrap();
            map.take(&node, &author.blocks[&node]).unwrap();
            assert_eq!(find(reader, &id, &label, &map), author.newest_for(reader));
            assert_eq!(author.read(reader, None).unwrap().notes, [note(1)]);
        }
        let more = map.more.iter().flat_map(|list| Pages::from_bytes(&author.blocks[list]).unwrap().0);
        let listed: Vec<_> = more.chain(map.pages.clone()).collect();
        assert_eq!(listed.len(), 512, "a decoy for each entry that is nobody's");
        assert!(author.state.pages().all(|page| listed.contains(&page)));

        let (first, second) = (&map.nodes[0], &map.nodes[1]);
        assert!(map.clone().take(&first.cid, &author.blocks[&second.cid]).is_err(), "in another's place");
        assert_eq!(node(&ring(4), &id, &label, &Map { nodes: Vec::new(), ..map }), None);
    }

    #[test]
    fn letterboxes_come_back_from_the_map_and_go_on() {
        let [ben, cleo] = [ring(2), ring(3)];
        let readers = [recipient(&ben), recipient(&cleo)];
        let mut author = Author::new(1);
        let news: Vec<_> = (0..100).map(|number| (ben.id(), long(number))).collect();
        author.write(&readers, &news);
        let reading = author.read(&ben, None).unwrap().reading;

        let restored = author.restored(&readers).unwrap();
        let boxes = |state: &Letterboxes| [&ben, &cleo].map(|ring| state.get(&ring.id()).cloned());
        assert_eq!(boxes(&restored), boxes(&author.state));
        assert_eq!(restored.pages().count(), author.state.pages().count());

        author.state = restored;
        author.write(&readers, &[(ben.id(), note(200))]);
        assert_eq!(author.read(&ben, Some(reading)).unwrap().notes, [note(200)]);
    }

    #[test]
    fn letterboxes_do_not_come_back_without_their_newest_pages() {
        let (mut author, ben) = (Author::new(1), ring(2));
        author.write(&[recipient(&ben)], &[]);
        let page = author.newest_for(&ben).unwrap();
        author.blocks.remove(&page);
        assert_eq!(author.restored(&[recipient(&ben)]), Err(RestoreError::Missing(page)));
    }

    #[test]
    fn the_state_of_letterboxes_is_kept_in_a_row() {
        let (mut author, ben) = (Author::new(1), ring(2));
        author.write(&[recipient(&ben)], &[(ben.id(), note(1))]);
        let row = serde_ipld_dagcbor::to_vec(&author.state).unwrap();
        assert_eq!(serde_ipld_dagcbor::from_slice::<Letterboxes>(&row).unwrap(), author.state);
    }

    /// Events between an author and three readers.
    #[derive(Clone, Debug)]
    enum Happening {
        Write { reader: usize, notes: u8 },
        Read { reader: usize },
        LoseAllButTheWords,
    }

    fn happening() -> impl Strategy<Value = Happening> {
        prop_oneof![
            4 => (0..3usize, 1..20u8).prop_map(|(reader, notes)| Happening::Write { reader, notes }),
            3 => (0..3usize).prop_map(|reader| Happening::Read { reader }),
            1 => Just(Happening::LoseAllButTheWords),
        ]
    }

    proptest! {
        // Each case seals hundreds of pages.
        #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 16, ..Default::default() })]

        #[test]
        fn every_reader_gets_every_note_once_after_any_history(history in vec(happening(), 1..24)) {
            let readers = [ring(2), ring(3), ring(4)];
            let keys = readers.each_ref().map(recipient);
            let mut author = Author::new(1);
            author.write(&keys, &[]);
            let (mut left, mut read) = ([const { Vec::new() }; 3], [const { Vec::new() }; 3]);
            let mut reading = [None; 3];
            let mut number = 0;
            let last = (0..3).map(|reader| Happening::Read { reader });
            for happening in history.into_iter().chain(last) {
                match happening {
                    Happening::Write { reader, notes } => {
                        let notes: Vec<_> = (0..notes).map(|_| { number += 1; numbered(number) }).collect();
                        let news: Vec<_> = notes.iter().map(|note| (readers[reader].id(), note.clone())).collect();
                        author.write(&keys, &news);
                        left[reader].extend(notes);
                    }
                    Happening::Read { reader } => {
                        if let Some(news) = author.read(&readers[reader], reading[reader]) {
                            read[reader].extend(news.notes);
                            reading[reader] = Some(news.reading);
                        }
                    }
                    Happening::LoseAllButTheWords => {
                        author.state = author.restored(&keys).unwrap();
                    }
                }
            }
            prop_assert_eq!(read, left);
        }
    }
}
