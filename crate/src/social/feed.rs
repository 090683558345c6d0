//! Feeds: what an identity shared with everybody. Its owner writes it, and anybody reads it.

mod read;
mod write;

pub use read::{Change, FeedShare, News, ReadPosition, Walk};
pub use write::{Feed, FeedUpdate};

pub use super::history::{Pages, WalkError};

use crate::{
    format::{ReadError, feed::Says, public::PublicShare, share_id::ShareId, signed},
    keys::Id,
};

/// Verifies the envelope of a public share. Returns the share with its id and its maker.
fn open_share(object: &[u8]) -> Result<(ShareId, Id, PublicShare), ReadError> {
    let verified = signed::open::<PublicShare>(object, None)?;
    let maker = Id::from(verified.signer);
    Ok((ShareId::new(maker.as_bytes(), verified.object.share), maker, verified.object))
}

/// Returns the share that an entry is about, or `None` for an entry of a later version.
fn subject(says: &Says) -> Result<Option<ShareId>, ReadError> {
    match says {
        Says::Share { object, .. } => match open_share(object) {
            Ok((id, ..)) => Ok(Some(id)),
            Err(why) if why.needs_newer() => Ok(None),
            Err(why) => Err(why),
        },
        Says::Gone(id) => Ok(Some(*id)),
        Says::Other(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use cid::Cid;
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{
        format::{
            DAG_CBOR, DAG_PB, DecodeError, Value, cid_of,
            feed::{Entry, Page},
            limits,
            page::Older,
            share_id::InnerId,
        },
        keys::Ring,
        social::fixture::{NOW, cid, permutations, ring},
    };

    /// An owner, with every block that was ever in the feed.
    struct Owner {
        ring: Ring,
        feed: Feed,
        blocks: BTreeMap<Cid, Bytes>,
    }

    /// A reader's list of a feed, and how far it was read.
    #[derive(Clone, Default, Debug, PartialEq)]
    struct Reader {
        listed: BTreeMap<ShareId, u64>,
        reading: Option<ReadPosition>,
    }

    fn share(number: u8, rev: u64) -> PublicShare {
        PublicShare {
            share: InnerId([number; 16]),
            rev,
            created: NOW,
            title: format!("share {number}"),
            // So long that seven of them fill a page.
            note: "n".repeat(limits::NOTE_CHARS),
            root: cid_of(DAG_PB, &[number]),
            files: 1,
            size: 1,
            extra: Default::default(),
        }
    }

    fn says(ring: &Ring, number: u8, rev: u64) -> Says {
        let object = signed::sign(ring.identity(), &share(number, rev)).unwrap().into();
        Says::Share { object, keepers: Vec::new() }
    }

    fn gone(ring: &Ring, number: u8) -> Says {
        Says::Gone(ShareId::new(ring.id().as_bytes(), InnerId([number; 16])))
    }

    impl Owner {
        fn new() -> Self {
            Self { ring: ring(1), feed: Feed::default(), blocks: BTreeMap::new() }
        }

        fn post(&mut self, says: impl IntoIterator<Item = Says>) -> Cid {
            let entries: Vec<_> = says.into_iter().map(|says| Entry { time: NOW, says }).collect();
            let written = self.feed.write(&self.ring, &entries).unwrap();
            self.blocks.extend(written.blocks);
            written.page.unwrap()
        }

        fn share(&mut self, number: u8, rev: u64) -> Cid {
            self.post([says(&self.ring, number, rev)])
        }

        /// Adds a page that no honest owner writes.
        fn forge(&mut self, page: &Page) -> Cid {
            let block = signed::sign(self.ring.identity(), page).unwrap();
            let cid = cid_of(DAG_CBOR, &block);
            self.blocks.insert(cid, block.into());
            cid
        }

        fn walk(&self, from: Option<ReadPosition>, newest: Cid) -> (Result<Option<News>, WalkError>, usize) {
            let mut walk = Walk::new(self.ring.id(), from, newest);
            let mut fetched = 0;
            while let Some(cid) = walk.wanted().next() {
                fetched += 1;
                if let Err(why) = walk.add(cid, &self.blocks[&cid]) {
                    return (Err(why), fetched);
                }
            }
            (Ok(walk.finish()), fetched)
        }

        fn refused(&self, from: Option<ReadPosition>, newest: Cid) -> WalkError {
            self.walk(from, newest).0.unwrap_err()
        }
    }

    impl Reader {
        fn ingest(&mut self, news: News) {
            for change in news.changes {
                match change {
                    Change::Shared(shared) => {
                        let rev = self.listed.entry(shared.id).or_default();
                        *rev = shared.share.rev.max(*rev);
                    }
                    Change::Gone(id) => {
                        self.listed.remove(&id);
                    }
                }
            }
            self.reading = Some(news.reading);
        }

        fn read(&mut self, owner: &Owner, newest: Cid) -> usize {
            let (news, fetched) = owner.walk(self.reading, newest);
            if let Some(news) = news.unwrap() {
                self.ingest(news);
            }
            fetched
        }

        fn numbers(&self, owner: &Owner) -> Vec<(u8, u64)> {
            let id = |number| ShareId::new(owner.ring.id().as_bytes(), InnerId([number; 16]));
            (0..=255).filter_map(|number| Some((number, *self.listed.get(&id(number))?))).collect()
        }
    }

    fn page(no: u64, entries: Vec<Entry>, older: Vec<Older>) -> Page {
        Page { no, entries, older, extra: Default::default() }
    }

    #[test]
    fn a_share_its_change_and_its_end_reach_every_reader() {
        let (mut owner, mut reader) = (Owner::new(), Reader::default());
        assert_eq!(owner.feed.write(&owner.ring, &[]).unwrap().page, None);
        let newest = owner.post([says(&ring(1), 1, 1), says(&ring(1), 2, 1)]);
        reader.read(&owner, newest);
        assert_eq!(reader.numbers(&owner), [(1, 1), (2, 1)]);
        let newest = owner.share(1, 2);
        reader.read(&owner, newest);
        assert_eq!(reader.numbers(&owner), [(1, 2), (2, 1)]);
        let newest = owner.post([gone(&ring(1), 1)]);
        reader.read(&owner, newest);
        assert_eq!(reader.numbers(&owner), [(2, 1)]);
        assert_eq!(reader.read(&owner, newest), 0, "what was read is not fetched again");
    }

    #[test]
    fn what_was_overtaken_leaves_the_newest_page_and_the_same_again_changes_nothing() {
        let mut owner = Owner::new();
        owner.share(1, 1);
        owner.share(2, 1);
        let newest = owner.share(1, 2);
        let blocks = owner.blocks.len();
        assert_eq!(owner.share(1, 2), newest);
        assert_eq!(owner.blocks.len(), blocks);
        let on_page = signed::open::<Page>(&owner.blocks[&newest], None).unwrap().object.entries;
        assert_eq!(on_page.iter().map(|entry| entry.time).collect::<Vec<_>>(), [NOW + 1, NOW + 2]);
        let newest = owner.post([gone(&owner.ring, 1)]);
        let on_page = signed::open::<Page>(&owner.blocks[&newest], None).unwrap().object.entries;
        assert_eq!(on_page[1].says, gone(&owner.ring, 1), "that it is gone stays to be read");
        assert_eq!(on_page.len(), 2);
    }

    #[test]
    fn pages_may_come_in_any_order_and_twice() {
        let mut owner = Owner::new();
        let mut newest = cid(0);
        for number in 0..28 {
            newest = owner.share(number % 25, u64::from(number / 25) + 1);
        }
        let mut expected = Reader::default();
        expected.read(&owner, newest);
        assert_eq!(expected.listed.len(), 25);
        let pages: Vec<_> = owner.blocks.keys().copied().collect();
        let mut read = Vec::new();
        let mut walk = Walk::new(owner.ring.id(), None, newest);
        while let Some(cid) = walk.wanted().next() {
            walk.add(cid, &owner.blocks[&cid]).unwrap();
            read.push(cid);
        }
        assert_eq!(read.len(), 4);
        for order in permutations(&read) {
            let mut walk = Walk::new(owner.ring.id(), None, newest);
            // A page that is not wanted, or not wanted any more, is ignored.
            for _ in &order {
                for cid in pages.iter().chain(&order) {
                    walk.add(*cid, &owner.blocks[cid]).unwrap();
                }
            }
            let mut reader = Reader::default();
            let news = walk.finish().unwrap();
            reader.ingest(news.clone());
            reader.ingest(news);
            assert_eq!(reader, expected);
        }
    }

    #[test]
    fn of_a_long_feed_only_the_newest_pages_are_read() {
        let mut owner = Owner::new();
        let mut newest = owner.share(0, 1);
        let mut known = Reader::default();
        known.read(&owner, newest);
        for number in 1..=250 {
            newest = owner.share(number, 1);
        }
        let mut new = Reader::default();
        assert_eq!(new.read(&owner, newest), 4);
        let listed = new.numbers(&owner);
        assert!((22..=28).contains(&listed.len()), "{} of seven a page", listed.len());
        assert_eq!(listed.last(), Some(&(250, 1)));
        assert_eq!(
            listed.last().unwrap().0 - listed[0].0 + 1,
            listed.len() as u8,
            "none is left out between"
        );
        // A reader who knew the feed reads on from there, within a larger bound.
        assert_eq!(known.read(&owner, newest), 32);
        assert_eq!(known.numbers(&owner).last(), Some(&(250, 1)));
    }

    #[test]
    fn a_feed_comes_back_from_its_newest_page_and_goes_on() {
        let mut owner = Owner::new();
        let mut reader = Reader::default();
        for number in 0..60 {
            let newest = owner.share(number, 1);
            if number % 9 == 0 {
                reader.read(&owner, newest);
                owner.feed = Feed::restore(&owner.ring.id(), newest, &owner.blocks[&newest]).unwrap();
            }
        }
        let newest = owner.share(60, 1);
        reader.read(&owner, newest);
        assert_eq!(reader.listed.len(), 61);
        assert!(Feed::restore(&ring(2).id(), newest, &owner.blocks[&newest]).is_err());
        let row = serde_ipld_dagcbor::to_vec(&owner.feed).unwrap();
        assert_eq!(serde_ipld_dagcbor::from_slice::<Feed>(&row).unwrap(), owner.feed);
    }

    #[test]
    fn only_the_owners_pages_and_shares_that_somebody_signed_are_taken_in() {
        let mut owner = Owner::new();
        let newest = owner.share(1, 1);
        let mut walk = Walk::new(ring(2).id(), None, newest);
        assert_eq!(walk.add(newest, &owner.blocks[&newest]), Err(ReadError::Signature.into()));
        assert_eq!(walk.finish(), None);
        let mut walk = Walk::new(owner.ring.id(), None, newest);
        assert_eq!(walk.add(newest, b"junk"), Err(ReadError::AnotherBlock.into()));
        assert_eq!(walk.wanted().next(), Some(newest), "it may come from somebody else");

        let Says::Share { mut object, keepers } = says(&ring(2), 3, 1) else { panic!("it is a share") };
        let passed_on =
            Entry { time: NOW, says: Says::Share { object: object.clone(), keepers: keepers.clone() } };
        let newest = owner.forge(&page(1, vec![passed_on], vec![]));
        let news = owner.walk(None, newest).0.unwrap().unwrap();
        let Change::Shared(shared) = &news.changes[0] else { panic!("it is a share") };
        assert_eq!(shared.maker, ring(2).id(), "who made it shows");

        let mut forged = object.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        object = forged.into();
        let entry = Entry { time: NOW, says: Says::Share { object, keepers } };
        let newest = owner.forge(&page(1, vec![entry], vec![]));
        assert_eq!(owner.refused(None, newest), ReadError::Signature.into());
    }

    #[test]
    fn entries_of_a_later_version_are_skipped() {
        let mut owner = Owner::new();
        let other = ipld_core::ipld!({ "k": "song", "t": NOW, "by": "Ann" });
        let song = Entry { time: NOW, says: Says::Other(other) };
        let known = Entry { time: NOW + 1, says: says(&owner.ring, 2, 1) };
        let newest = owner.forge(&page(1, vec![song, known], vec![]));
        assert_eq!(owner.walk(None, newest).0.unwrap().unwrap().changes.len(), 1);
    }

    #[test]
    fn a_hostile_feed_costs_a_few_pages_and_says_what_is_wrong() {
        let mut owner = Owner::new();
        let contradiction = |why: WalkError| {
            assert!(matches!(why, WalkError::Refused(ReadError::Decode(DecodeError::Field { .. }))), "{why}");
        };
        // A page has another number than the one that named it.
        let third = owner.forge(&page(3, vec![], vec![]));
        let newest = owner.forge(&page(9, vec![], vec![Older { no: 8, cid: third }]));
        contradiction(owner.refused(None, newest));
        // Two pages have one number.
        let forks = [1, 2].map(|time| Entry { time, says: gone(&owner.ring, 1) });
        let forks = forks.map(|entry| owner.forge(&page(7, vec![entry], vec![])));
        let eighth = owner.forge(&page(8, vec![], vec![Older { no: 7, cid: forks[0] }]));
        let older = vec![Older { no: 8, cid: eighth }, Older { no: 7, cid: forks[1] }];
        let newest = owner.forge(&page(9, vec![], older));
        contradiction(owner.refused(None, newest));
        // A number falls.
        let first = owner.forge(&page(1, vec![], vec![]));
        let (news, _) = owner.walk(None, eighth);
        let reading = news.unwrap().unwrap().reading;
        assert_eq!(owner.refused(Some(reading), first), WalkError::Older);
        // A page has more than fits.
        let huge = vec![0; limits::FEED_PAGE + 1];
        let cid = cid_of(DAG_CBOR, &huge);
        owner.blocks.insert(cid, huge.into());
        let why = owner.refused(None, cid);
        assert!(matches!(why, WalkError::Refused(ReadError::Decode(DecodeError::TooLarge { .. }))), "{why}");
        // A million pages behind the newest one, and each names more.
        let mut older = Vec::new();
        let mut newest = first;
        for no in 1_000_000..1_000_100 {
            newest = owner.forge(&page(no, vec![], older.iter().rev().take(32).copied().collect()));
            older.push(Older { no, cid: newest });
        }
        let (news, fetched) = owner.walk(None, newest);
        assert_eq!((news.unwrap().unwrap().reading.no, fetched), (1_000_099, 4));
        let reading = ReadPosition { no: 8, page: eighth, time: 0 };
        assert_eq!(owner.walk(Some(reading), newest).1, 32);
    }

    #[test]
    fn at_one_time_which_only_a_broken_writer_makes_the_greater_encoding_counts() {
        let mut owner = Owner::new();
        let entries = [says(&owner.ring, 1, 1), says(&owner.ring, 1, 2)].map(|says| Entry { time: 5, says });
        let greater = entries.iter().map(Value::to_bytes).max().unwrap();
        for order in permutations(&entries) {
            let older = owner.forge(&page(1, vec![order[0].clone()], vec![]));
            let newest = owner.forge(&page(2, vec![order[1].clone()], vec![Older { no: 1, cid: older }]));
            let news = owner.walk(None, newest).0.unwrap().unwrap();
            let [Change::Shared(shared)] = &news.changes[..] else { panic!("one share") };
            let entry = Entry { time: 5, says: says(&owner.ring, 1, shared.share.rev) };
            assert_eq!(entry.to_bytes(), greater);
        }
    }

    /// What may happen between the owner of a feed and two readers.
    #[derive(Clone, Debug)]
    enum Happening {
        Share { number: u8 },
        TakeBack { number: u8 },
        Read { reader: usize },
        LoseAllButTheWords,
    }

    fn happening() -> impl Strategy<Value = Happening> {
        prop_oneof![
            6 => (0..12u8).prop_map(|number| Happening::Share { number }),
            2 => (0..12u8).prop_map(|number| Happening::TakeBack { number }),
            2 => (0..2usize).prop_map(|reader| Happening::Read { reader }),
            1 => Just(Happening::LoseAllButTheWords),
        ]
    }

    proptest! {
        // Each case signs hundreds of objects.
        #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 16, ..Default::default() })]

        #[test]
        fn readers_list_the_current_shares_after_any_history(history in vec(happening(), 1..40)) {
            let mut owner = Owner::new();
            let mut newest = owner.share(200, 1);
            let mut readers = [Reader::default(), Reader::default()];
            let mut stands = BTreeMap::from([(200, 1)]);
            let mut rev = 1;
            let last = (0..2).map(|reader| Happening::Read { reader });
            for happening in history.into_iter().chain(last) {
                match happening {
                    Happening::Share { number } => {
                        rev += 1;
                        newest = owner.share(number, rev);
                        stands.insert(number, rev);
                    }
                    Happening::TakeBack { number } => {
                        newest = owner.post([gone(&owner.ring, number)]);
                        stands.remove(&number);
                    }
                    Happening::Read { reader } => {
                        readers[reader].read(&owner, newest);
                    }
                    Happening::LoseAllButTheWords => {
                        owner.feed = Feed::restore(&owner.ring.id(), newest, &owner.blocks[&newest]).unwrap();
                    }
                }
            }
            let stands: Vec<_> = stands.into_iter().collect();
            for reader in readers {
                prop_assert_eq!(&reader.numbers(&owner), &stands);
            }
        }
    }
}
