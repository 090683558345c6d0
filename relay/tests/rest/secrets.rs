//! Who can open what.

use std::collections::BTreeSet;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::executor::block_on;
use spinney::dag::{self, Fetch, FetchError};
use spinney::format::header::Block as Header;
use spinney::format::vault::Bucket;
use spinney::social::{letterbox, share};

use crate::attacker::Kind;
use crate::dice::Dice;
use crate::month::Month;
use crate::person::Received;
use crate::relays::files;
use crate::{MONTH, pair};

/// Others who try to open one thing, beside those who come closest to being able to.
const WHO_TRY: usize = 3;

#[test]
fn everybody_has_exactly_what_was_theirs_and_opens_all_of_it() {
    let Month { people, given, .. } = &*MONTH;
    let (mut opened, mut kept_out) = (0, 0);
    for person in people {
        for (id, given) in given {
            let author = &people[given.author];
            let received = person.received.get(id);
            let is_for_them = |had: &Received| given.headers[&had.header].contains(&person.id);
            assert!(received.is_none_or(is_for_them), "nothing comes to whom it was not given");
            if given.keepers.contains(&person.id) {
                assert!(received.is_some(), "what they had when they parted they keep");
            } else if !person.follows(&author.id) {
                assert!(received.is_none(), "nothing comes from whom they want nothing");
            } else if !given.to.contains(&person.id) {
                // Who was removed keeps what was there until then, if they had seen it.
                assert!(received.is_none() || given.removed.contains(&person.id), "not theirs");
            }
            let is_due = person.follows(&author.id) && given.to.contains(&person.id);
            let Some(received) = received else {
                assert!(!is_due, "it is theirs");
                continue;
            };
            assert!(!is_due || received.rev == author.own[id].rev, "there is a newer one");
            // One that changed again before anybody looked at it is not here any more.
            let Some(header) = MONTH.attacker.blocks.get(&received.header) else {
                assert!(!is_due);
                continue;
            };
            let header = share::open(&author.id, &person.pairs[&author.id], header).unwrap().unwrap();
            assert_eq!(header.id, *id);
            let files = block_on(async {
                files(dag::Reader::open(Rc::new(Blocks), &header.header.manifest, None).await.unwrap()).await
            });
            assert!(files.as_ref() == Some(&given.files));
            // What they have opens nothing that came when it was theirs no longer.
            for later in given.headers.iter().filter(|(_, audience)| !audience.contains(&person.id)) {
                let Some(later) = MONTH.attacker.blocks.get(later.0) else { continue };
                let own = share::open_own(&author.ring, later).unwrap().unwrap();
                if own.header.rev > received.rev {
                    assert!(Header::decode(later).unwrap().open(&header.key, None).is_err());
                    kept_out += 1;
                }
            }
            opened += 1;
        }
    }
    println!("{} shares, opened {opened} times, closed to who had them {kept_out} times", given.len());
    assert!(opened > 10 * people.len() && kept_out > people.len() / 20);
}

#[test]
fn nobody_else_opens_the_header_of_a_share_at_any_time() {
    let Month { people, given, linked, attacker, .. } = &*MONTH;
    let mut dice = Dice(3);
    let to_people =
        given.values().flat_map(|given| given.headers.iter().map(|h| (given.author, h.0, Some(h.1))));
    let by_link = linked.values().map(|linked| (linked.author, &linked.header, None));
    for (author, header, audience) in to_people.chain(by_link) {
        let author = &people[author];
        // One that changed again before it was pushed was never anywhere.
        let Some(block) = attacker.blocks.get(header) else { continue };
        let block = Header::decode(block).unwrap();
        for person in people.iter().filter(|person| person.id != author.id) {
            let from_author = person.pairs.get(&author.id);
            if audience.is_some_and(|audience| audience.contains(&person.id)) {
                assert!(from_author.is_some() || !person.follows(&author.id), "they were told");
                assert!(from_author.is_none_or(|pair| block.open_slot(pair).is_some()));
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

#[test]
fn nobody_else_finds_or_opens_a_letterbox_or_a_vault() {
    let Month { people, friends, attacker, .. } = &*MONTH;
    let mut dice = Dice(4);
    let everybody: Vec<_> = (0..people.len()).collect();
    for (number, (seen, author)) in attacker.seen.iter().zip(people).enumerate() {
        let is = |kind| move |cid: &&Cid| attacker.looks[*cid].0.kind == kind;
        let map = attacker.map(seen);
        let label = author.ring.label().public();
        let mut theirs = BTreeSet::new();
        for (reader, person) in people.iter().enumerate() {
            let found = letterbox::find(&person.ring, &author.id, &label, &map);
            // That of somebody with whom they parted stays.
            assert_eq!(found.is_some(), friends.contains(&pair(number, reader)));
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

/// What was ever at a relay.
struct Blocks;

#[async_trait(?Send)]
impl Fetch for Blocks {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        let block = MONTH.attacker.blocks.get(cid).cloned();
        block.ok_or_else(|| FetchError::Unreachable("no relay had it".into()))
    }
}
