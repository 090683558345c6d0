//! Records: put, got, watched.

use std::{collections::HashSet, pin::pin, time::Duration};

use futures::StreamExt;
use spinney::{
    crypto::sign::SigningKey,
    format::ipns,
    keys::Id,
    net::{
        frame,
        records::{self, Error, Refusal, Update, get, put, watch},
    },
    platform,
};
use spinney_relay::{
    config::{Admission, Name},
    store::{Allotment, Store},
};

use crate::{client::Client, database::plant, relay::Local, sample::Seeded};

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_newest_record_stands_and_an_older_one_is_refused_with_what_stands() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    let (first, second) = (ann.root(1).await, ann.root(2).await);
    let mut stream = ann.records().await;
    assert_eq!(get(&mut ben.records().await, ann.id()).await.unwrap(), None);
    let newest = ann.record(&second, 20);
    put(&mut stream, ann.id(), &ann.record(&first, 10), None).await.unwrap();
    put(&mut stream, ann.id(), &newest, Some(10)).await.unwrap();
    let older = put(&mut stream, ann.id(), &ann.record(&first, 15), None).await;
    assert_eq!(refused(older), Refusal::Conflict { current: 20 });
    let fork = put(&mut stream, ann.id(), &ann.record(&first, 20), None).await;
    assert_eq!(refused(fork), Refusal::Conflict { current: 20 });
    let unseen = put(&mut stream, ann.id(), &ann.record(&first, 30), Some(10)).await;
    assert_eq!(refused(unseen), Refusal::Conflict { current: 20 });
    assert_eq!(get(&mut ben.records().await, ann.id()).await.unwrap().unwrap(), newest);
}

#[tokio::test]
async fn putting_the_same_record_again_is_harmless() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let record = ann.record(&ann.root(1).await, 10);
    let mut stream = ann.records().await;
    for replaces in [None, Some(3), None] {
        put(&mut stream, ann.id(), &record, replaces).await.unwrap();
    }
}

#[tokio::test]
async fn a_record_needs_its_root_its_signature_and_an_admitted_identity() {
    let folder = Local::start().await;
    let ann = Client::connect(folder.address(), 1).await;
    let absent = Seeded(9).node(&[]).0;
    let mut stream = ann.records().await;
    assert_eq!(
        refused(put(&mut stream, ann.id(), &ann.record(&absent, 1), None).await),
        Refusal::UnknownRoot
    );
    let mut forged = ann.record(&ann.root(1).await, 1);
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(refused(put(&mut stream, ann.id(), &forged, None).await), Refusal::BadRecord);
    let ben = Client::connect(folder.address(), 2).await;
    let others = put(&mut stream, ben.id(), &ann.record(&ann.root(1).await, 1), None).await;
    assert_eq!(refused(others), Refusal::BadRecord);

    let relay = Local::with(|config| {
        config.admission = Some(Admission::List);
        config.admitted = vec![Name(ann.id())];
    })
    .await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    let root = ann.root(1).await;
    put(&mut ann.records().await, ann.id(), &ann.record(&root, 1), None).await.unwrap();
    let stranger = put(&mut ben.records().await, ben.id(), &ben.record(&root, 1), None).await;
    assert_eq!(refused(stranger), Refusal::NotAdmitted);
}

#[tokio::test]
async fn a_watcher_hears_what_is_newer_and_then_what_comes() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    let root = ann.root(1).await;
    let mut stream = ann.records().await;
    let [first, second] = [1, 2].map(|sequence| ann.record(&root, sequence));
    put(&mut stream, ann.id(), &first, None).await.unwrap();

    let known = vec![(ben.id(), 0), (ann.id(), 0)];
    let mut updates = pin!(watch(ben.records().await, known).await.unwrap());
    let mut next = async || updates.next().await.unwrap().unwrap();
    assert_eq!(next().await, Update::Record { id: ann.id(), record: first.into() });
    assert_eq!(next().await, Update::Current);
    put(&mut stream, ann.id(), &second, None).await.unwrap();
    assert_eq!(next().await, Update::Record { id: ann.id(), record: second.into() });
}

#[tokio::test]
async fn one_watch_of_thousands_brings_the_newer_ones_in_one_answer_and_then_each_as_it_comes() {
    /// One name in so many has published since.
    const ONE_IN: usize = 10;
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<SigningKey> = (0..records::MAX_WATCHED as u64).map(key).collect();
    let root = Seeded(1).node(&[]);
    let allotment =
        Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::from_secs(3600) };
    Store::open(folder.path(), allotment).await.unwrap().close().await;
    let records = keys.iter().map(|key| {
        let record = ipns::sign(key, &root.0, 5, platform::now_ms());
        (key.verifying_key().into(), 5, record)
    });
    plant(folder.path(), &root, records).await;
    let root = root.0;
    let relay = Local::at(folder).await;
    let ben = Client::connect(relay.address(), 2).await;
    let names: Vec<Id> = keys.iter().map(|key| key.verifying_key().into()).collect();
    let known = |at: usize| if at.is_multiple_of(ONE_IN) { 4 } else { 5 };
    let known: Vec<_> = names.iter().enumerate().map(|(at, id)| (*id, known(at))).collect();
    // One request is written; all that comes is read.
    let mut updates = pin!(watch(ben.records().await, known).await.unwrap());
    let mut newer = HashSet::new();
    while let Update::Record { id, record } = updates.next().await.unwrap().unwrap() {
        assert_eq!(ipns::open(&record, &id.verifying_key()).unwrap().sequence, 5);
        assert!(newer.insert(id), "a record comes once");
    }
    assert_eq!(newer, names.iter().step_by(ONE_IN).copied().collect::<HashSet<_>>());

    let mut stream = ben.records().await;
    for at in [0, 1, names.len() - 1] {
        let record = ipns::sign(&keys[at], &root, 6, platform::now_ms());
        put(&mut stream, names[at], &record, Some(5)).await.unwrap();
        let next = updates.next().await.unwrap().unwrap();
        assert_eq!(next, Update::Record { id: names[at], record: record.into() });
    }
}

/// One of thousands of keys.
fn key(at: u64) -> SigningKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&at.to_be_bytes());
    SigningKey::from_bytes(&seed)
}

#[tokio::test]
async fn records_survive_a_restart() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let record = ann.record(&ann.root(1).await, 10);
    put(&mut ann.records().await, ann.id(), &record, None).await.unwrap();
    let before = relay.address().clone();
    let relay = relay.restart().await;
    assert_eq!(relay.address().iter().last(), before.iter().last(), "the relay has another id");
    let ben = Client::connect(relay.address(), 2).await;
    assert_eq!(get(&mut ben.records().await, ann.id()).await.unwrap().unwrap(), record);
}

#[tokio::test]
async fn a_hostile_request_costs_its_stream_and_nobody_elses() {
    let relay = Local::start().await;
    let (ann, mallory) =
        (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 3).await);
    let mut innocent = ann.records().await;
    for frame in
        [vec![0xff; 64], vec![0x80, 0x80, 0x80, 0x80, 0x40], vec![4, 0xff, 0xff, 0xff, 0xff], vec![1, 0xa0]]
    {
        let mut stream = mallory.records().await;
        futures::AsyncWriteExt::write_all(&mut stream, &frame).await.unwrap();
        futures::AsyncWriteExt::flush(&mut stream).await.unwrap();
        let ended = frame::read(&mut stream, 1000).await;
        assert!(matches!(ended, Ok(None) | Err(_)), "it answered {ended:?}");
    }
    assert_eq!(get(&mut innocent, ann.id()).await.unwrap(), None);
}
