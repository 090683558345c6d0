//! Records: put, got, watched.

use std::pin::pin;

use futures::{StreamExt, stream};
use spinney::{
    format::Cid,
    keys::Id,
    net::{
        frame,
        records::{self, Error, Refusal, Update, get, put, watch},
    },
};
use spinney_relay::config::{Admission, Name};

use crate::{client::Client, relay::Local, sample::Seeded};

/// Pushes a root, so that a record may name it.
async fn root(client: &Client, seed: u64) -> Cid {
    let block = Seeded(seed).node(&[]);
    let cid = block.0;
    client.keep().await.push(stream::iter([block]), |_| ()).await.unwrap();
    cid
}

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
    let (first, second) = (root(&ann, 1).await, root(&ann, 2).await);
    let mut stream = ann.records().await;
    assert_eq!(get(&mut ben.records().await, ann.id()).await.unwrap(), None);
    let newest = ann.record(&second, 20);
    put(&mut stream, ann.id(), &ann.record(&first, 10), None).await.unwrap();
    put(&mut stream, ann.id(), &newest, Some(10)).await.unwrap();
    let older = put(&mut stream, ann.id(), &ann.record(&first, 15), None).await;
    assert_eq!(refused(older), Refusal::Conflict { current: 20 });
    let twin = put(&mut stream, ann.id(), &ann.record(&first, 20), None).await;
    assert_eq!(refused(twin), Refusal::Conflict { current: 20 });
    let unseen = put(&mut stream, ann.id(), &ann.record(&first, 30), Some(10)).await;
    assert_eq!(refused(unseen), Refusal::Conflict { current: 20 });
    assert_eq!(get(&mut ben.records().await, ann.id()).await.unwrap().unwrap(), newest);
}

#[tokio::test]
async fn putting_the_same_record_again_is_harmless() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let record = ann.record(&root(&ann, 1).await, 10);
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
    let mut forged = ann.record(&root(&ann, 1).await, 1);
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(refused(put(&mut stream, ann.id(), &forged, None).await), Refusal::BadRecord);
    let ben = Client::connect(folder.address(), 2).await;
    let others = put(&mut stream, ben.id(), &ann.record(&root(&ann, 1).await, 1), None).await;
    assert_eq!(refused(others), Refusal::BadRecord);

    let relay = Local::with(|config| {
        config.admission = Admission::List;
        config.admitted = vec![Name(ann.id())];
    })
    .await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    let root = root(&ann, 1).await;
    put(&mut ann.records().await, ann.id(), &ann.record(&root, 1), None).await.unwrap();
    let stranger = put(&mut ben.records().await, ben.id(), &ben.record(&root, 1), None).await;
    assert_eq!(refused(stranger), Refusal::NotAdmitted);
}

#[tokio::test]
async fn a_watcher_hears_what_is_newer_and_then_what_comes() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    let root = root(&ann, 1).await;
    let mut stream = ann.records().await;
    let [first, second] = [1, 2].map(|sequence| ann.record(&root, sequence));
    put(&mut stream, ann.id(), &first, None).await.unwrap();

    let mut known: Vec<(Id, u64)> = (0..records::MAX_WATCHED as u64 - 1)
        .map(|at| {
            let mut seed = [7; 32];
            seed[..8].copy_from_slice(&at.to_be_bytes());
            (spinney::crypto::sign::SigningKey::from_bytes(&seed).verifying_key().into(), 0)
        })
        .collect();
    known.push((ann.id(), 0));
    let mut updates = pin!(watch(ben.records().await, known).await.unwrap());
    let mut next = async || updates.next().await.unwrap().unwrap();
    assert_eq!(next().await, Update::Record { id: ann.id(), record: first.into() });
    assert_eq!(next().await, Update::Current);
    put(&mut stream, ann.id(), &second, None).await.unwrap();
    assert_eq!(next().await, Update::Record { id: ann.id(), record: second.into() });
}

#[tokio::test]
async fn records_survive_a_restart() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let record = ann.record(&root(&ann, 1).await, 10);
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
