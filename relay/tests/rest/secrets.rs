//! Who can open what.

use std::collections::BTreeSet;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cid::Cid;
use futures::TryStreamExt;
use futures::executor::block_on;
use spinney::dag::{self, Fetch, FetchError};
use spinney::format::header::Block as Header;
use spinney::format::map::Map;
use spinney::format::node::Pointer;
use spinney::format::vault::Bucket;
use spinney::social::{letterbox, share};

use crate::MONTH;
use crate::attacker::Kind;
use crate::dice::Dice;
use crate::month::Month;

/// Others who try to open one thing, beside those who come closest to being able to.
const WHO_TRY: usize = 3;

#[test]
fn everybody_has_exactly_what_was_theirs_and_opens_all_of_it() {
    let Month { people, given, .. } = &*MONTH;
    let mut opened = 0;
    for person in people {
        for (id, given) in given {
            let received = person.received.get(id);
            if !given.to.contains(&person.id) {
                // Who was removed keeps what was there until then, if they had seen it.
                assert!(received.is_none() || given.removed.contains(&person.id), "not theirs");
                continue;
            }
            let author = &people[given.author];
            let received = received.expect("it is theirs");
            assert_eq!(received.rev, author.own[id].rev);
            let header = &MONTH.attacker.blocks[&received.header];
            let header = share::open(&author.id, &person.pairs[&author.id], header).unwrap().unwrap();
            assert_eq!(header.id, *id);
            assert!(block_on(files(&header.header.manifest)) == given.files);
            opened += 1;
        }
    }
    println!("{} shares, opened {opened} times", given.len());
    assert!(opened > 10 * people.len());
}

#[test]
fn nobody_else_opens_the_header_of_a_share_at_any_time() {
    let Month { people, given, attacker, .. } = &*MONTH;
    let mut dice = Dice(3);
    for given in given.values() {
        let author = &people[given.author];
        for (header, audience) in &given.headers {
            // One that changed again before it was pushed was never anywhere.
            let Some(block) = attacker.blocks.get(header) else { continue };
            let block = Header::decode(block).unwrap();
            for person in people.iter().filter(|person| person.id != author.id) {
                let from_author = person.pairs.get(&author.id);
                if audience.contains(&person.id) {
                    assert!(block.open_slot(from_author.expect("they were told")).is_some());
                    continue;
                }
                let others: Vec<_> = person.pairs.values().copied().collect();
                let mine = [*person.ring.own_secret()];
                for secret in from_author.into_iter().chain(&mine).chain(&dice.some(&others, WHO_TRY)) {
                    assert!(block.open_slot(secret).is_none());
                }
            }
        }
    }
}

#[test]
fn nobody_else_finds_or_opens_a_letterbox_or_a_vault() {
    let Month { people, attacker, .. } = &*MONTH;
    let mut dice = Dice(4);
    let everybody: Vec<_> = (0..people.len()).collect();
    for (seen, author) in attacker.seen.iter().zip(people) {
        let is = |kind| move |cid: &&Cid| attacker.looks[*cid].0.kind == kind;
        let map = attacker.looks[&seen.root].1.iter().find(is(Kind::Map)).expect("everybody has a map");
        let map = Map::decode(&attacker.blocks[map]).unwrap();
        let label = author.ring.label().public();
        let mut theirs = BTreeSet::new();
        for (reader, person) in people.iter().enumerate() {
            let found = letterbox::find(&person.ring, &author.id, &label, &map);
            assert_eq!(found.is_some(), author.contacts.contains_key(&person.id));
            theirs.extend(found.map(|page| (reader, page)));
        }
        for page in &map.pages {
            for reader in dice.some(&everybody, WHO_TRY) {
                let opened = letterbox::open(&people[reader].ring, &author.id, &attacker.blocks[page]);
                assert_eq!(opened.is_ok(), theirs.contains(&(reader, *page)));
            }
        }
        for bucket in seen.held.iter().filter(is(Kind::Vault)).filter(|cid| attacker.looks[cid].1.is_empty())
        {
            let other = people.iter().find(|other| other.id != author.id).unwrap();
            assert!(Bucket::open(other.ring.vault_key(), &attacker.blocks[bucket]).is_err());
            assert!(Bucket::open(author.ring.vault_key(), &attacker.blocks[bucket]).is_ok());
        }
    }
}

/// Every file of a share, as the blocks of the relays give it.
async fn files(manifest: &Pointer) -> Vec<Vec<u8>> {
    let reader = Rc::new(dag::Reader::open(Rc::new(Blocks), manifest, None).await.unwrap());
    let mut files = Vec::new();
    for entry in reader.list(None, usize::MAX).await.unwrap() {
        let bytes: BytesMut = reader.read(&entry, 0, entry.size).try_collect().await.unwrap();
        files.push(bytes.to_vec());
    }
    files
}

/// What was ever at a relay.
struct Blocks;

#[async_trait(?Send)]
impl Fetch for Blocks {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        let block = MONTH.attacker.blocks.get(cid).cloned();
        block.ok_or_else(|| FetchError::Unreachable("no relay had it".into()))
    }
}
