//! Who keeps for whom is not found out by asking: a relay and one dishonest contact ask every device all that they can,
//! and a classifier looks at the answers.
//!
//! The contact is a reader of the share for whose keepers they look. So they know its blocks and its fetch key, and each
//! device serves them something else if they give room there.

mod classifier;

use std::collections::HashSet;
use std::rc::Rc;
use std::time;

use bytes::Bytes;
use cid::Cid;
use futures::join;
use libp2p::PeerId;
use tokio_util::compat::TokioAsyncReadCompatExt;

use super::served::ServedBlocks;
use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::format::keep::FetchKey;
use crate::format::{DAG_CBOR, RAW, cid_of};
use crate::keys::{Id, peer_id};
use crate::net::bitswap::{Blocks as _, message_for};
use crate::net::share::{self, ANSWER_AFTER, Host as _};
use crate::platform::Instant;
use crate::social::fixture::ring;
use crate::store::memory::Disk;
use crate::store::{BlockStore, Databases as _, Durability, blocks_of};

use classifier::{Member, best_feature, cross_validated};

/// Devices that are asked. Half of them keep for the owner, so chance alone moves the area under the curve by 0.018.
const DEVICES: u64 = 1000;

/// How well anybody may tell them apart.
const BOUND: f64 = 0.55;

/// Blocks of one message of Bitswap.
const WANTS: usize = 1024;

/// A device by a number, and its key.
fn device(number: u64) -> (PeerId, VerifyingKey) {
    let mut seed = [3; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let key = SigningKey::from_bytes(&seed).verifying_key();
    (PeerId::from_bytes(&peer_id(&key)).expect("it is well formed"), key)
}

/// Numbers that look like nothing and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The share for whose keepers somebody looks: Ann's.
struct Share {
    owner: Id,
    key: FetchKey,
    /// Header, manifest and chunks.
    blocks: Vec<(Cid, Bytes)>,
    store: Rc<dyn BlockStore>,
    empty: Rc<dyn BlockStore>,
}

impl Share {
    async fn new() -> Self {
        let block = |n: u8| {
            let bytes = Bytes::from(vec![n; 100 * usize::from(n + 1)]);
            (cid_of(if n < 2 { DAG_CBOR } else { RAW }, &bytes), bytes)
        };
        let blocks: Vec<_> = (0..4).map(block).collect();
        let store = async |number| {
            let disk = Disk::new().lead().open(number).await.expect("memory opens");
            blocks_of(disk)
        };
        let (full, empty) = (store("one").await, store("another").await);
        full.put(blocks.clone(), Durability::Strict).await.expect("there is room");
        Self { owner: ring(1).id(), key: FetchKey::from_bytes([7; 32]), blocks, store: full, empty }
    }

    fn header(&self) -> Cid {
        self.blocks[0].0
    }
}

/// Those who ask: the relay, and Cleo.
struct Askers {
    relay: (PeerId, VerifyingKey),
    cleo: (PeerId, VerifyingKey),
    /// A block that Cleo gave out to be kept.
    of_cleo: Cid,
}

impl Askers {
    fn new() -> Self {
        Self { relay: device(1), cleo: device(2), of_cleo: cid_of(RAW, b"a part of something of Cleo's") }
    }
}

/// A device that keeps things of some people. `named` says whether its person agreed that they say so.
fn keeper(
    number: u64,
    is_it: bool,
    named: bool,
    share: &Share,
    askers: &Askers,
) -> (ServedBlocks, VerifyingKey) {
    let mut dice = Dice(number);
    let (_, me) = device(1000 + number);
    // Who keeps it has it, and so do some who do not: they were given it.
    let has = is_it || dice.below(2) == 0;
    let served = ServedBlocks::new(if has { &share.store } else { &share.empty }.clone());
    served.kept().set_device(me);
    let mine = (0..dice.below(16)).map(|_| cid_of(RAW, &dice.below(u64::MAX).to_le_bytes()));
    served.learn(&mine.collect::<Vec<_>>());
    let mut may_name = HashSet::new();
    let mut keep = |of: u8, share: Cid, key: &FetchKey, blocks: Vec<Cid>| {
        served.kept().serve(ring(of).id(), share, Some(key), blocks);
        if named {
            may_name.insert(ring(of).id());
        }
    };
    for _ in 0..dice.below(8) {
        let seed: [u8; 32] = std::array::from_fn(|_| u8::try_from(dice.below(256)).expect("it is below"));
        let blocks: Vec<_> =
            (0..=dice.below(32)).map(|n| cid_of(RAW, &[&seed[..], &n.to_le_bytes()].concat())).collect();
        keep(3, blocks[0], &FetchKey::from_bytes(seed), blocks);
    }
    if dice.below(2) == 0 {
        keep(2, askers.of_cleo, &FetchKey::from_bytes([8; 32]), vec![askers.of_cleo]);
        served.kept().set_owners([(askers.cleo.0, ring(2).id())]);
    }
    if is_it {
        // Some have all of it, and some not yet.
        let kept = 1 + usize::try_from(dice.below(4)).expect("it is below");
        let blocks = share.blocks.iter().take(kept.max(2)).map(|(cid, _)| *cid);
        keep(1, share.header(), &share.key, blocks.collect());
    }
    served.kept().set_named(may_name);
    (served, me)
}

/// Shows a key to a device; whether it opens, and after how many milliseconds.
async fn open(
    served: &ServedBlocks,
    (peer, shown): (PeerId, &VerifyingKey),
    key: &FetchKey,
    of: &VerifyingKey,
) -> [f64; 2] {
    let (near, far) = tokio::io::duplex(4096);
    let begin = Instant::now();
    let (answer, done) =
        join!(share::open(near.compat(), key, shown, of), share::serve(far.compat(), peer, served.kept()));
    done.expect("the question keeps to the protocol");
    [f64::from(u8::from(answer.is_ok())), begin.elapsed().as_secs_f64() * 1000.0]
}

/// All that the two find out of one device.
async fn answers(served: &ServedBlocks, me: &VerifyingKey, share: &Share, askers: &Askers) -> Vec<f64> {
    let mut answers = Vec::new();
    for (peer, asker) in [&askers.relay, &askers.cleo] {
        let other = FetchKey::from_bytes([9; 32]);
        let elsewhere = device(5).1;
        let tries = [
            // A key of nothing, the right one, what was heard from somebody else, and what is meant for another keeper.
            (&other, asker, me),
            (&share.key, asker, me),
            (&share.key, &askers.cleo.1, me),
            (&share.key, asker, &elsewhere),
        ];
        for (key, shown, of) in tries {
            answers.extend(open(served, (*peer, shown), key, of).await);
        }
        let asked = share.blocks.iter().map(|(cid, _)| *cid).chain([askers.of_cleo, share.header()]);
        for cid in asked {
            for for_block in [false, true] {
                let begin = Instant::now();
                let message = message_for(served.clone(), *peer, cid, for_block).await;
                answers.push(message.len() as f64);
                answers.push(f64::from(message.iter().map(|byte| u32::from(*byte)).sum::<u32>()));
                answers.push(begin.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    answers
}

async fn ask_everybody(named: bool) -> Vec<Member> {
    let (share, askers) = (Share::new().await, Askers::new());
    let mut members = Vec::new();
    for number in 0..DEVICES {
        let is_it = number % 2 == 0;
        let (served, me) = keeper(number, is_it, named, &share, &askers);
        members.push(Member { features: answers(&served, &me, &share, &askers).await, is_it });
    }
    members
}

#[tokio::test(start_paused = true)]
async fn a_relay_and_a_dishonest_contact_do_not_find_out_who_keeps_for_whom_by_asking() {
    let members = ask_everybody(false).await;
    let (best, together) = (best_feature(&members), cross_validated(&members));
    assert!(best <= BOUND && together <= BOUND, "one answer {best}, all of them {together}");
    let late = members.iter().flat_map(|member| &member.features[..8]).skip(1).step_by(2);
    assert!(late.into_iter().all(|ms| *ms == ANSWER_AFTER.as_secs_f64() * 1000.0), "each answer is as late");
}

#[tokio::test(start_paused = true)]
async fn keepers_who_agreed_to_be_named_are_found_by_the_readers() {
    let members = ask_everybody(true).await;
    let (best, together) = (best_feature(&members), cross_validated(&members));
    assert!(best > 0.99 && together > 0.99, "one answer {best}, all of them {together}");
}

#[tokio::test]
async fn a_device_that_keeps_much_takes_no_longer_over_a_message_of_wants_than_one_that_keeps_nothing() {
    let (share, (cleo, _)) = (Share::new().await, device(2));
    let nothing = ServedBlocks::new(share.empty.clone());
    let much = ServedBlocks::new(share.store.clone());
    much.kept().set_device(device(3).1);
    for n in 0..4096_u32 {
        let cid = cid_of(DAG_CBOR, &n.to_le_bytes());
        much.kept().serve(share.owner, cid, (n > 0).then_some(&share.key), [cid, share.header()]);
    }
    // What a reader shows changes nothing: the keeper is not named.
    assert!(!much.kept().open(cleo, &device(2).1, &share.key.tag(&device(3).1), &[0; 32]));
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..21 {
        for (device, took) in [&nothing, &much].into_iter().zip(&mut took) {
            let begin = time::Instant::now();
            for _ in 0..WANTS {
                assert!(!device.allowed(cleo, share.header()).await);
            }
            took.push(begin.elapsed());
        }
    }
    let [nothing, much] = took.map(|mut took| {
        took.sort();
        took[took.len() / 2]
    });
    assert!(
        much < nothing + time::Duration::from_millis(2),
        "{much:?} and {nothing:?}: a line is not as even as 2 ms over a thousand wants"
    );
}
