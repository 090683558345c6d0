//! Watches that nobody reads.

use std::{pin::pin, time::Duration};

use futures::StreamExt;
use spinney::{
    crypto::sign::SigningKey,
    keys::Id,
    net::records::{MAX_RECORD, Update, watch},
};
use spinney_relay::store::{Allotment, Store};

use crate::{
    client::Client,
    database::plant,
    relay::{Local, Program},
    sample::Seeded,
};

/// Names that each watch asks about; their records together have 10 MiB.
const NAMES: usize = 1024;

/// Devices, and the watches of each, which is as many as it may have. Nobody reads them to their end: they would hold
/// 400 MiB if each held all of its records.
const DEVICES: u8 = 5;
const WATCHES: usize = 8;

/// Bytes of memory that they may take: for each a window of Yamux of 256 KiB, the names, and one record.
const BOUND: u64 = 64 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watches_that_nobody_reads_hold_no_records() {
    let folder = tempfile::tempdir().unwrap();
    let allotment =
        Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::from_secs(3600) };
    Store::open(folder.path(), allotment).await.unwrap().close().await;
    let ids: Vec<Id> = (0..NAMES as u64)
        .map(|at| {
            let mut seed = [9; 32];
            seed[..8].copy_from_slice(&at.to_be_bytes());
            SigningKey::from_bytes(&seed).verifying_key().into()
        })
        .collect();
    let records = ids.iter().map(|id| (*id, 7, vec![7; MAX_RECORD]));
    plant(folder.path(), &Seeded(1).node(&[]), records).await;

    let program = Program::start(folder.path());
    let mut devices = Vec::new();
    for device in 1..=DEVICES {
        devices.push(Client::connect(&program.address, device).await);
    }
    let known: Vec<_> = ids.iter().map(|id| (*id, 0)).collect();
    let before = program.memory();
    let mut watches = Vec::new();
    for device in &devices {
        for _ in 0..WATCHES {
            let mut updates = Box::pin(watch(device.records().await, known.clone()).await.unwrap());
            // The first record is here, so the relay has looked.
            assert!(matches!(updates.next().await.unwrap().unwrap(), Update::Record { .. }));
            watches.push(updates);
        }
    }
    let taken = program.memory() - before;
    assert!(taken < BOUND, "{} watches took {taken} bytes of memory", watches.len());
}

#[tokio::test]
async fn a_record_that_is_put_while_a_watch_is_sent_comes_once() {
    let relay = Local::start().await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    ann.publish(1, 7).await;
    let mut updates = pin!(watch(ben.records().await, vec![(ann.id(), 0)]).await.unwrap());
    let newest = ann.publish(2, 8).await;
    let mut came = Vec::new();
    while came.last() != Some(&newest) {
        match updates.next().await.unwrap().unwrap() {
            Update::Record { record, .. } => came.push(record.to_vec()),
            Update::Current => {}
        }
    }
    came.dedup();
    assert!(came.len() <= 2, "{} records came", came.len());
}
