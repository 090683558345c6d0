//! Contacts who ask for what does harm: lists without an end, blocks that are none, and what is not theirs.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use libp2p::PeerId;

use super::Keeping;
use crate::crypto::sign::SigningKey;
use crate::engine::api::RoomTerms;
use crate::engine::mocked::{MockedProfile, Neighbours, OthersBlocks, ring, with_seeds};
use crate::engine::state::{KeepRequest, Room};
use crate::format::keep::{FetchKey, KeepList, Wanted};
use crate::format::{DAG_CBOR, RAW, cbor, cid_of, digest_of, limits};
use crate::keys::{Id, peer_id};
use crate::net::bitswap::Blocks as _;
use crate::net::share::Host as _;
use crate::platform;
use crate::social::keeping::{counted, ledger::Week};
use crate::social::letter::Standing;
use crate::store::memory::Disk;
use crate::store::{BlockStore, Databases as _, Durability, blocks_of};

/// Bytes of a block that is a good part of a room.
const LARGE: usize = 100 << 10;

/// Blocks that are fetched at once, and so may come although one of them used up the room.
const ON_THEIR_WAY: usize = 4;

/// Ben keeps for Ann, and everything that anybody has is at a relay.
struct Ben {
    profile: MockedProfile,
    network: Rc<OthersBlocks>,
    there: Rc<dyn BlockStore>,
    ann: Id,
}

impl Ben {
    async fn new(seed: u64) -> Self {
        Self::on(seed, Rc::new(|| false)).await
    }

    /// With a line that is paid by its amount or not.
    async fn on(seed: u64, is_metered: Rc<dyn Fn() -> bool>) -> Self {
        let there =
            blocks_of(Disk::with_latency(seed + 1_000).lead().open("there").await.expect("memory opens"));
        let network = OthersBlocks::new(&there);
        let neighbours = Neighbours { blocks: network.clone(), is_metered, ..Neighbours::default() };
        let profile = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        let ann = profile.befriend(&ring(2)).await;
        Self { profile, network, there, ann }
    }

    fn keeping(&self) -> &Keeping {
        &self.profile.keeping
    }

    async fn gives(&self, to: Id, bytes: u64, named: bool) {
        let given = self.profile.state.update(move |tx| {
            tx.rooms.insert(to, Room { bytes, named, public: false, metered: false, ends: None });
            Ok(())
        });
        given.await.expect("there is room");
        self.keeping().set_owners();
    }

    /// Somebody's list, of revision `rev`, as it is when it was read.
    async fn is_asked(&self, by: Id, rev: u64, wanted: &[Wanted]) {
        let mut request =
            KeepRequest::new(rev, Standing { time: rev, digest: [0; 32] }, &KeepList::parts(wanted));
        let asked = self.profile.state.update(move |tx| {
            if let Some(before) = tx.keep_requests.get(&by) {
                request.week = before.week;
            }
            tx.keep_requests.insert(by, request);
            Ok(())
        });
        asked.await.expect("there is room");
    }

    /// Looks once through all lists.
    async fn looks(&self) {
        self.keeping().keep_once().await.expect("nothing is broken");
    }

    /// Puts a block where it can be fetched.
    async fn is_there(&self, (cid, block): (Cid, Bytes)) -> Cid {
        self.there.put(vec![(cid, block)], Durability::Strict).await.expect("there is room");
        cid
    }

    fn asked(&self) -> usize {
        self.network.asked.get()
    }

    fn used(&self, by: Id) -> u64 {
        self.profile.state.read(|tables| tables.kept_bytes().get(&by).copied().unwrap_or_default())
    }

    fn is_whole(&self, by: Id, share: &Cid) -> bool {
        self.profile.state.read(|tables| tables.is_kept_whole(&by, share))
    }

    fn missing(&self, by: Id) -> Option<(u64, bool)> {
        let said = self.profile.state.read(|tables| tables.keep_requests.get(&by)?.said);
        said.map(|said| (said.missing, said.full))
    }
}

/// A block from which others hang, with some bytes of its own.
fn node(links: &[Cid], padding: usize) -> (Cid, Bytes) {
    let links = links.iter().map(|cid| Ipld::Link(*cid)).collect();
    let block =
        Bytes::from(cbor::from_ipld(&Ipld::List(vec![Ipld::List(links), Ipld::Bytes(vec![0; padding])])));
    (cid_of(DAG_CBOR, &block), block)
}

fn raw(byte: u8, len: usize) -> (Cid, Bytes) {
    let block = Bytes::from(vec![byte; len]);
    (cid_of(RAW, &block), block)
}

/// What a list says of a share whose author says that it has one byte.
fn wanted(share: &Cid) -> Wanted {
    let block = digest_of(share).expect("it is SHA-256");
    Wanted { block, size: 1, fetch: Some(FetchKey::from_bytes([7; 32])) }
}

#[tokio::test]
async fn nothing_comes_over_a_line_that_is_paid_by_its_amount_unless_it_may() {
    with_seeds(async |seed| {
        let line = Rc::new(Cell::new(true));
        let seen = line.clone();
        let ben = Ben::on(seed, Rc::new(move || seen.get())).await;
        let share = ben.is_there(node(&[], 0)).await;
        ben.gives(ben.ann, 1 << 20, false).await;
        ben.is_asked(ben.ann, 1, &[wanted(&share)]).await;
        ben.looks().await;
        assert_eq!((ben.asked(), ben.is_whole(ben.ann, &share)), (0, false));
        assert!(ben.keeping().status().metered);
        assert_eq!(ben.missing(ben.ann), Some((1, false)), "its owner hears that it is not here yet");
        let terms = RoomTerms { metered: true, ..RoomTerms::default() };
        ben.keeping().set_room(&ben.ann.to_string(), 1 << 20, terms, 1 << 20).await.expect("there is room");
        ben.looks().await;
        assert!(ben.is_whole(ben.ann, &share), "the person lets it");
        let other = ben.is_there(node(&[], 1)).await;
        ben.gives(ben.ann, 1 << 20, false).await;
        ben.is_asked(ben.ann, 2, &[wanted(&share), wanted(&other)]).await;
        line.set(false);
        ben.looks().await;
        assert!(ben.is_whole(ben.ann, &other), "it is another line");
    })
    .await;
}

#[tokio::test]
async fn blocks_of_zeros_of_a_share_that_claims_one_byte_count_to_the_byte_and_are_fetched_once() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let mut chunks = Vec::new();
        for n in 0..8 {
            chunks.push(ben.is_there(raw(0, LARGE + n)).await);
        }
        let share = ben.is_there(node(&chunks, 0)).await;
        // As much as the root and three of the chunks need, and not a fourth.
        let room = 4 * counted(LARGE as u64);
        ben.gives(ben.ann, room, false).await;
        ben.is_asked(ben.ann, 1, &[wanted(&share)]).await;
        ben.looks().await;
        let (used, asked) = (ben.used(ben.ann), ben.asked());
        assert!(used <= room && used > 3 * counted(LARGE as u64), "{used} of {room}");
        assert!(!ben.is_whole(ben.ann, &share));
        assert_eq!(ben.missing(ben.ann), Some((1, true)), "its owner is told that there is no room");
        assert!(asked <= 1 + 3 + ON_THEIR_WAY, "{asked} blocks were asked for");
        // A week later, when as much may be downloaded again.
        ben.keeping().0.ledger.borrow_mut().of(ben.ann).week = Week::default();
        for _ in 0..10 {
            ben.looks().await;
        }
        assert_eq!((ben.used(ben.ann), ben.asked()), (used, asked), "what has no room is not fetched again");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_changes_all_the_time_downloads_no_more_than_its_room_in_a_week() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let room = 10 * counted(LARGE as u64);
        ben.gives(ben.ann, room, false).await;
        for rev in 1..=30_u64 {
            // Another share each time, so that the one before goes.
            let share = ben.is_there(node(&[], LARGE + usize::try_from(rev).expect("it is small"))).await;
            ben.is_asked(ben.ann, rev, &[wanted(&share)]).await;
            ben.looks().await;
            assert!(ben.used(ben.ann) <= room);
        }
        let asked = ben.asked();
        assert!(asked >= 8, "it begins as any list: {asked}");
        assert!(asked <= 10, "{asked} blocks, each a tenth of the room");
        // Another tab does not begin anew.
        let next = ben.profile.opened_anew().await;
        next.keeping.open_accounts();
        next.keeping.keep_once().await.expect("nothing is broken");
        assert_eq!(ben.asked(), asked);
    })
    .await;
}

#[tokio::test]
async fn thousands_of_shares_that_there_never_were_cost_a_few_questions_and_keep_nobody_waiting() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let cleo = ben.profile.befriend(&ring(3)).await;
        let share = ben.is_there(node(&[], 1_000)).await;
        // She has one that is lost, and one that is there.
        let lost = wanted(&node(&[], 999).0);
        let mut invented: Vec<_> = (0..limits::KEEP_LIST * limits::LETTER_NODES)
            .map(|n| wanted(&cid_of(DAG_CBOR, &n.to_le_bytes())))
            .collect();
        // And one thing that is there and no block of ours.
        let garbage = Bytes::from_static(b"\xff no object");
        invented[1] = wanted(&ben.is_there((cid_of(DAG_CBOR, &garbage), garbage)).await);
        for id in [ben.ann, cleo] {
            ben.gives(id, 64 << 20, false).await;
        }
        ben.is_asked(ben.ann, 1, &invented).await;
        ben.is_asked(cleo, 1, &[lost, wanted(&share)]).await;
        ben.looks().await;
        assert!(ben.is_whole(cleo, &share), "what is behind a gap is kept");
        assert!(ben.asked() < 50, "{} questions", ben.asked());
        assert_eq!((ben.used(ben.ann), ben.missing(cleo)), (0, Some((1, false))));
    })
    .await;
}

#[tokio::test]
async fn a_share_that_never_ends_takes_its_room_and_no_more() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let mut share = ben.is_there(node(&[], LARGE)).await;
        for _ in 0..30 {
            share = ben.is_there(node(&[share], LARGE)).await;
        }
        let room = 5 * counted(LARGE as u64 + 100);
        ben.gives(ben.ann, room, false).await;
        ben.is_asked(ben.ann, 1, &[wanted(&share)]).await;
        for _ in 0..5 {
            ben.looks().await;
        }
        assert!(ben.used(ben.ann) <= room && ben.asked() <= 5 + 1, "{} were asked for", ben.asked());
        assert_eq!(ben.missing(ben.ann), Some((1, true)));
    })
    .await;
}

#[tokio::test]
async fn a_newer_share_takes_the_place_of_the_oldest_of_its_owner() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let cleo = ben.profile.befriend(&ring(3)).await;
        let mut shares = Vec::new();
        for n in 0..4 {
            shares.push(ben.is_there(node(&[], LARGE + n)).await);
        }
        let true_size = |share: &Cid| Wanted { size: LARGE as u64, ..wanted(share) };
        let newest_first = |shares: &[Cid]| shares.iter().rev().map(true_size).collect::<Vec<_>>();
        for id in [ben.ann, cleo] {
            ben.gives(id, 2 * counted(LARGE as u64 + 100), false).await;
            ben.is_asked(id, 1, &newest_first(&shares[..2])).await;
        }
        ben.looks().await;
        let kept = |by: Id| shares.iter().map(|share| ben.is_whole(by, share)).collect::<Vec<_>>();
        assert_eq!(kept(ben.ann), [true, true, false, false]);

        ben.is_asked(ben.ann, 2, &newest_first(&shares[..3])).await;
        ben.looks().await;
        assert_eq!(kept(ben.ann), [true, true, false, false], "enough was downloaded for her this week");
        ben.keeping().0.ledger.borrow_mut().of(ben.ann).week = Week::default();
        ben.looks().await;
        assert_eq!(kept(ben.ann), [false, true, true, false]);
        assert_eq!(ben.missing(ben.ann), Some((1, true)), "she is told");
        assert_eq!(kept(cleo), [true, true, false, false], "what is Cleo's stays");
        let asked = ben.asked();
        ben.looks().await;
        assert_eq!(ben.asked(), asked, "what had to go is not fetched again");

        // One that says that it is larger than all the room.
        let too_large = Wanted { size: 1 << 20, ..wanted(&ben.is_there(node(&[], 3 * LARGE)).await) };
        ben.is_asked(ben.ann, 3, &[&[too_large], &newest_first(&shares[..3])[..]].concat()).await;
        ben.keeping().0.ledger.borrow_mut().of(ben.ann).week = Week::default();
        ben.looks().await;
        assert_eq!(kept(ben.ann), [false, true, true, false], "it pushes nothing out");
    })
    .await;
}

#[tokio::test]
async fn what_is_here_for_another_reason_is_neither_kept_nor_served_for_who_names_it() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let cleo = ben.profile.befriend(&ring(3)).await;
        let (me, served) = (SigningKey::from_bytes(&[6; 32]).verifying_key(), &ben.keeping().0.args.served);
        served.kept().set_device(me);
        // Cleo's share is kept, and something that was given to Ben is here. Nobody gives Ann any of it.
        let of_cleo = ben.is_there(node(&[], 1_000)).await;
        for id in [ben.ann, cleo] {
            ben.gives(id, 64 << 20, true).await;
        }
        ben.is_asked(cleo, 1, &[Wanted { fetch: Some(FetchKey::from_bytes([8; 32])), ..wanted(&of_cleo) }])
            .await;
        ben.looks().await;
        assert!(ben.is_whole(cleo, &of_cleo));
        let given = node(&[], 2_000);
        let of_ben = given.0;
        ben.profile.storage.blocks().put(vec![given], Durability::Strict).await.expect("there is room");
        ben.there.discard(vec![of_cleo]).await.expect("memory is written");

        ben.is_asked(ben.ann, 1, &[wanted(&of_cleo), wanted(&of_ben)]).await;
        ben.looks().await;
        assert_eq!((ben.used(ben.ann), ben.asked() > 1), (0, true), "it is asked for as if it was not here");
        let key = SigningKey::from_bytes(&[5; 32]).verifying_key();
        let ann = PeerId::from_bytes(&peer_id(&key)).expect("it is well formed");
        served.kept().set_owners([(ann, ben.ann)]);
        let fetch = FetchKey::from_bytes([7; 32]);
        assert!(!served.kept().open(ann, &key, &fetch.tag(&me), &fetch.proof(&key, &me)));
        for cid in [of_cleo, of_ben] {
            assert!(!served.allowed(ann, cid).await, "she does not learn that it is here");
        }
    })
    .await;
}

#[tokio::test]
async fn readers_are_let_in_by_keepers_who_agreed_to_be_named_and_by_nobody_else() {
    with_seeds(async |seed| {
        let ben = Ben::new(seed).await;
        let me = SigningKey::from_bytes(&[6; 32]).verifying_key();
        let served = &ben.keeping().0.args.served;
        served.kept().set_device(me);
        let share = ben.is_there(node(&[], 1_000)).await;
        ben.gives(ben.ann, 64 << 20, false).await;
        ben.is_asked(ben.ann, platform::now_ms(), &[wanted(&share)]).await;
        ben.looks().await;
        assert!(ben.is_whole(ben.ann, &share));
        let (key, fetch) = (SigningKey::from_bytes(&[5; 32]).verifying_key(), FetchKey::from_bytes([7; 32]));
        let reader = PeerId::from_bytes(&peer_id(&key)).expect("it is well formed");
        let opens = || served.kept().open(reader, &key, &fetch.tag(&me), &fetch.proof(&key, &me));
        assert!(!opens() && !served.allowed(reader, share).await, "Ben did not agree");
        ben.gives(ben.ann, 64 << 20, true).await;
        assert!(opens() && served.allowed(reader, share).await);
        ben.gives(ben.ann, 64 << 20, false).await;
        assert!(!opens() && !served.allowed(reader, share).await, "Ben agrees no more");
    })
    .await;
}
