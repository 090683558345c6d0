//! The program is killed in the middle of pushes: all that it acknowledged is there and whole.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use cid::Cid;
use futures::stream;
use spinney::net::keep::PinOutcome;
use spinney_relay::store::{Allotment, Blobs, Pins, Store};

use crate::{client::Client, relay::Program, sample::Seeded};

/// Moments at which the program is killed.
const KILLS: u64 = 50;

/// Each kill comes at most this many milliseconds after something was acknowledged.
const LATEST: u64 = 120;

/// Longer than the first tree takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the client has been told, and by it alone it judges.
#[derive(Default)]
struct Told {
    blocks: Vec<(Cid, Bytes)>,
    pins: Vec<Cid>,
}

/// Pushes and pins trees until the connection breaks.
async fn publish(client: &Client, seeded: &mut Seeded, told: &Mutex<Told>) {
    loop {
        let size = [700, 9_000, 40_000, 300_000][seeded.below(4) as usize];
        let chunks = 1 + seeded.below(24) as usize;
        let tree = seeded.tree(chunks, size);
        let header = tree.last().expect("a tree has a header").0;
        let Some(mut session) = client.try_keep().await else { return };
        let mut logged = 0;
        let push = session.push(stream::iter(tree.clone()), |progress| {
            let until = progress.blocks as usize;
            told.lock().unwrap().blocks.extend_from_slice(&tree[logged..until]);
            logged = until;
        });
        if push.await.is_err() {
            return;
        }
        match session.pin(&header).await {
            Ok(PinOutcome::Kept) => told.lock().unwrap().pins.push(header),
            Ok(PinOutcome::Missing(missing)) => panic!("acknowledged and missing: {missing:?}"),
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_was_acknowledged_survives_fifty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(Mutex::new(Told::default()));
    let mut seeded = Seeded(2026);
    let allotment =
        Allotment { quota: 1 << 40, newcomer: None, capacity: 1 << 40, grace: Duration::from_secs(3600) };
    let mut checked = 0;
    for kill in 0..KILLS {
        let mut program = Program::start(folder.path());
        let client = Client::connect(&program.address, 1).await;
        let id = client.id();
        let moment = Duration::from_millis(seeded.below(LATEST));
        let pinned = told.lock().unwrap().pins.len();
        let (told_here, seed) = (told.clone(), seeded.next());
        let publishing = tokio::spawn(async move { publish(&client, &mut Seeded(seed), &told_here).await });
        // A block is told before the time runs, every other time a whole tree: machines are as slow as they like.
        let is_begun = || {
            let told = told.lock().unwrap();
            told.blocks.len() > checked && (kill % 2 == 0 || told.pins.len() > pinned)
        };
        let begun = async {
            while !is_begun() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, begun).await.expect("something is acknowledged");
        tokio::time::sleep(moment).await;
        program.kill();
        publishing.await.unwrap();

        let store = Store::open(folder.path(), allotment).await.expect("the store opens after a kill");
        let (blocks, pins) = {
            let told = told.lock().unwrap();
            (told.blocks[checked..].to_vec(), told.pins.clone())
        };
        for (cid, bytes) in &blocks {
            let found = store.block(cid).await.unwrap();
            assert!(found.as_ref() == Some(bytes), "kill {kill} after {moment:?} lost {cid}");
        }
        checked += blocks.len();
        let kept = store.pins(&id, None).await.unwrap();
        assert!(pins.iter().all(|pin| kept.contains(pin)), "kill {kill} after {moment:?} lost a pin");
        store.close().await;
    }
    let blocks = told.lock().unwrap().blocks.clone();
    // What came first is still there after all the kills since.
    let store = Store::open(folder.path(), allotment).await.unwrap();
    for (cid, bytes) in &blocks {
        assert_eq!(store.block(cid).await.unwrap().as_ref(), Some(bytes));
    }
}
