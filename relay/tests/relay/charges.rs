//! What is charged to whom: tiny blocks, records, pins of what is here already, newcomers.

use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::stream;
use spinney::{
    crypto::sign::SigningKey,
    format::{ipns, limits},
    keys::Id,
    net::{
        keep::{BLOCK_COST, Block, PinOutcome, Refusal},
        mailbox::{MAIL, Mail},
        records,
    },
    platform,
};
use spinney_relay::store::{Allotment, Blobs, DepositOutcome, Pins, PutOutcome, Records, Requests, Store};
use tempfile::TempDir;

use crate::{
    client::{Client, push, refused, ring},
    database,
    relay::Local,
    sample::Seeded,
};

fn blocks(list: &[(Cid, Bytes)]) -> Vec<Block> {
    list.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap()).collect()
}

/// A store without a grace period.
async fn store(folder: &TempDir) -> Store {
    let allotment = Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::ZERO };
    Store::open(folder.path(), allotment).await.unwrap()
}

#[tokio::test]
async fn tiny_blocks_are_charged_what_they_cost() {
    let relay = Local::with(|config| config.quota = 300_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut seeded = Seeded(1);
    let tiny: Vec<_> = (0..500).map(|_| seeded.raw(4)).collect();
    let mut session = ann.keep().await;
    session.push(stream::iter(tiny), |_| ()).await.unwrap();
    assert_eq!(ann.keep().await.allowance().used, 500 * (4 + BLOCK_COST));
    let more: Vec<_> = (0..500).map(|_| seeded.raw(4)).collect();
    // In one session, because another one may have what this one left unpinned.
    let refusal = refused(session.push(stream::iter(more), |_| ()).await);
    assert!(matches!(refusal, Refusal::Quota { quota: 300_000, blocks: None, .. }), "{refusal:?}");
    let says = "of 300000 bytes are used up, 512 of them for each block: unpin something";
    assert!(refusal.to_string().ends_with(says), "{refusal}");
}

#[tokio::test]
async fn an_identity_has_so_many_blocks_and_no_more() {
    const BLOCKS: u64 = 1 << 20;
    let folder = tempfile::tempdir().unwrap();
    let (id, mut seeded) = (ring(1).id(), Seeded(1));
    let (first, second) = (seeded.raw(4), seeded.raw(4));
    let opened = store(&folder).await;
    opened.push(&id, blocks(&[first])).await.unwrap();
    opened.close().await;
    drop(opened);
    database::run(folder.path(), "UPDATE identity SET blocks = 1048576").await;
    let opened = store(&folder).await;
    match opened.push(&id, blocks(&[second])).await {
        Err(spinney_relay::store::Error::Refused(refusal @ Refusal::Quota { blocks: Some(BLOCKS), .. })) => {
            assert_eq!(refusal.to_string(), "all of 1048576 blocks are used up: unpin something");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pins_of_what_is_here_already_take_nothing_of_the_capacity() {
    let relay = Local::with(|config| config.capacity = 1_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let tree = Seeded(1).tree(9, 90_000);
    let top = tree.last().unwrap().0;
    push(&ann, &tree).await.unwrap();
    assert_eq!(ann.keep().await.pin(&top).await.unwrap(), PinOutcome::Kept);
    for seed in 10..21 {
        let mallory = Client::connect(relay.address(), seed).await;
        assert_eq!(mallory.keep().await.pin(&top).await.unwrap(), PinOutcome::Kept);
    }
    let ben = Client::connect(relay.address(), 2).await;
    push(&ben, &[Seeded(2).raw(90_000)]).await.expect("there is room on the disk");
    // What is on the disk fills it.
    assert_eq!(refused(push(&ben, &[Seeded(3).raw(200_000)]).await), Refusal::Full);
}

#[tokio::test]
async fn room_that_was_collected_can_be_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let allotment = Allotment { quota: 1 << 30, newcomer: None, capacity: 100_000, grace: Duration::ZERO };
    let store = Store::open(folder.path(), allotment).await.unwrap();
    let (id, mut seeded) = (ring(1).id(), Seeded(1));
    for _ in 0..5 {
        store.push(&id, blocks(&[seeded.raw(90_000)])).await.unwrap();
        assert!(store.push(&id, blocks(&[seeded.raw(90_000)])).await.is_err());
        store.collect().await.unwrap();
    }
    assert_eq!(database::number(folder.path(), "SELECT stored FROM total").await, 0);
}

#[tokio::test]
async fn a_newcomer_has_little_room_and_more_with_each_day() {
    let relay = Local::with(|config| config.newcomer = 50_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let (first, second) = (Seeded(1).raw(40_000), Seeded(2).raw(100_000));
    push(&ann, &[first]).await.unwrap();
    assert_eq!(ann.keep().await.allowance().quota, 50_000);
    assert!(matches!(
        refused(push(&ann, std::slice::from_ref(&second)).await),
        Refusal::Quota { quota: 50_000, .. }
    ));
    drop(ann);
    let Local { running, folder } = relay;
    running.stop().await;
    database::run(folder.path(), "UPDATE identity SET since = since - 2").await;
    let relay = Local::at_with(folder, |config| config.newcomer = 50_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    assert_eq!(ann.keep().await.allowance().quota, 150_000);
    push(&ann, &[second]).await.unwrap();
}

#[tokio::test]
async fn a_record_names_a_root_that_its_own_identity_pinned() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let root = Seeded(1).node(&[]);
    push(&ann, std::slice::from_ref(&root)).await.unwrap();
    let mut stream = ann.records().await;
    let record = ann.record(&root.0, 1);
    let unpinned = records::put(&mut stream, ann.id(), &record, None).await;
    assert!(matches!(unpinned, Err(records::Error::Refused(records::Refusal::UnknownRoot))), "{unpinned:?}");
    ann.keep().await.pin(&root.0).await.unwrap();
    records::put(&mut stream, ann.id(), &record, None).await.unwrap();
    // The names of all the world may not point to it.
    for seed in 0..100 {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let record = ipns::sign(&key, &root.0, 1, platform::now_ms());
        let answer = records::put(&mut stream, key.verifying_key().into(), &record, None).await;
        assert!(matches!(answer, Err(records::Error::Refused(records::Refusal::UnknownRoot))), "{answer:?}");
    }
    assert_eq!(relay.counter("recordsPut").await, 1);
    assert_eq!(database::number(relay.folder.path(), "SELECT COUNT(*) FROM record").await, 1);
}

#[tokio::test]
async fn a_record_from_a_clock_that_is_far_ahead_is_refused_with_what_to_do() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let root = ann.root(1).await;
    let now = platform::now_ms() / 1000;
    let mut stream = ann.records().await;
    let ahead = ann.record(&root, now + limits::SEQUENCE_AHEAD_S + 3600);
    match records::put(&mut stream, ann.id(), &ahead, None).await {
        Err(records::Error::Refused(refusal @ records::Refusal::Ahead)) => {
            assert!(refusal.to_string().contains("check the date and time"), "{refusal}");
        }
        other => panic!("{other:?}"),
    }
    records::put(&mut stream, ann.id(), &ann.record(&root, now), None).await.unwrap();
}

/// Pushes and pins a root of `ring(seed)`, and puts a record that was signed at `now`.
async fn publish(store: &Store, seed: u8, root: &(Cid, Bytes), now: u64) -> (Id, Bytes) {
    let ring = ring(seed);
    store.push(&ring.id(), blocks(std::slice::from_ref(root))).await.unwrap();
    store.pin(&ring.id(), &root.0, None).await.unwrap();
    let record = Bytes::from(ipns::sign(ring.identity(), &root.0, 7, now));
    let opened = ipns::open(&record, &ring.id().verifying_key()).unwrap();
    assert_eq!(store.put(ring.id(), &opened, record.clone(), None).await.unwrap(), PutOutcome::Done);
    (ring.id(), record)
}

#[tokio::test]
async fn a_record_is_charged_and_goes_with_its_root_or_long_after_its_end() {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (now, root) = (platform::now_ms(), Seeded(1).node(&[]));
    let (ann, record) = publish(&store, 1, &root, now).await;
    let (ben, ended) = publish(&store, 2, &root, now - limits::RECORD_MS - DAY).await;
    let (cat, _) = publish(&store, 3, &root, now - 2 * limits::RECORD_MS - DAY).await;
    let block = root.1.len() as u64 + BLOCK_COST;
    let used = block + record.len() as u64 + BLOCK_COST;
    assert_eq!(store.allowance(&ann).await.unwrap().used, used);
    store.collect().await.unwrap();
    assert_eq!(store.record(&ann).await.unwrap(), Some(record));
    assert_eq!(store.record(&ben).await.unwrap(), Some(ended), "it ended yesterday");
    assert_eq!(store.record(&cat).await.unwrap(), None, "it ended half a year ago");
    assert_eq!(store.allowance(&cat).await.unwrap().used, block);

    store.unpin(&ann, &root.0).await.unwrap();
    store.collect().await.unwrap();
    assert_eq!(store.record(&ann).await.unwrap(), None);
    assert_eq!(store.allowance(&ann).await.unwrap().used, 0);
    assert!(store.block(&root.0).await.unwrap().is_some(), "others hold the root");
}

#[tokio::test]
async fn identities_that_hold_nothing_are_forgotten_after_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let opened = store(&folder).await;
    let (empty, expecting, publishing) = (ring(1).id(), ring(2).id(), ring(3).id());
    for id in [&empty, &expecting] {
        opened.open_mailbox(id).await.unwrap();
    }
    opened.expect(&expecting, &[[7; 32]]).await.unwrap();
    publish(&opened, 3, &Seeded(1).node(&[]), platform::now_ms()).await;
    let identities = "SELECT COUNT(*) FROM identity";
    opened.collect().await.unwrap();
    assert_eq!(database::number(folder.path(), identities).await, 3, "a mailbox was just opened");
    opened.close().await;
    drop(opened);
    database::run(folder.path(), "UPDATE identity SET since = since - 2").await;
    let opened = store(&folder).await;
    opened.collect().await.unwrap();
    assert_eq!(database::number(folder.path(), identities).await, 2);
    for (id, is_there) in [(&empty, false), (&expecting, true), (&publishing, true)] {
        assert_eq!(opened.usage(id).await.unwrap().is_some(), is_there);
    }
    // Who comes again has a mailbox again.
    opened.open_mailbox(&empty).await.unwrap();
    let mail = Mail::new(Seeded(4).raw(MAIL).1).unwrap();
    assert_eq!(opened.deposit(&empty, &mail, None).await.unwrap(), DepositOutcome::Done);
    assert_eq!(opened.allowance(&empty).await.unwrap().used, MAIL as u64 + BLOCK_COST);
}
