//! The power fails at any operation on a disk that forgets what was not synced.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use cid::Cid;
use spinney::{
    keys::{Id, Phrase, Ring},
    net::keep::{Block, PinOutcome},
};
use spinney_relay::store::{Allotment, Blobs, Disk, Pins, Store};

use crate::{lossy::Lossy, sample::Seeded};

/// Times that the power fails.
const CUTS: u64 = 60;

/// Each time after at most so many operations.
const LATEST: u64 = 250;

const ALLOTMENT: Allotment =
    Allotment { quota: 1 << 40, newcomer: None, capacity: 1 << 40, grace: Duration::ZERO };

type Blocks = Vec<(Cid, Bytes)>;

/// Takes in, pins, unpins and collects until the power fails; `told` is what was acknowledged and still pinned.
async fn work(store: &Store, id: &Id, seeded: &mut Seeded, told: &mut Vec<Blocks>, all: &mut Blocks) {
    loop {
        let size = [900, 20_000, 30_000][seeded.below(3) as usize];
        let chunks = 1 + seeded.below(12) as usize;
        let tree = seeded.tree(chunks, size);
        let header = tree.last().expect("a tree has a header").0;
        all.extend_from_slice(&tree);
        let blocks = tree.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap());
        if store.push(id, blocks.collect()).await.is_err() {
            return;
        }
        match store.pin(id, &header, None).await {
            Ok(PinOutcome::Kept) => told.push(tree),
            Ok(PinOutcome::Missing(missing)) => panic!("acknowledged and missing: {missing:?}"),
            Err(_) => return,
        }
        if told.len() > 3 && seeded.below(2) == 0 {
            let gone = told.remove(seeded.below(told.len() as u64) as usize);
            let header = gone.last().expect("a tree has a header").0;
            if store.unpin(id, &header).await.is_err() || store.collect().await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test]
async fn all_that_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let id = Ring::from_phrase(&Phrase::from_bytes([1; 32])).id();
    let folder = tempfile::tempdir().unwrap();
    let disk = Lossy::default();
    let mut seeded = Seeded(7);
    let (mut told, mut all) = (Vec::new(), Blocks::new());
    for cut in 0..CUTS {
        let operations = 10 + seeded.below(LATEST);
        let store = Store::open_over(folder.path(), Arc::new(disk.clone()), ALLOTMENT).await.unwrap();
        disk.fail_after(operations);
        work(&store, &id, &mut seeded, &mut told, &mut all).await;
        store.close().await;
        drop(store);
        disk.power_on();

        let store = Store::open_over(folder.path(), Arc::new(disk.clone()), ALLOTMENT).await.unwrap();
        for (cid, bytes) in told.iter().flatten() {
            let found = store.block(cid).await.unwrap();
            assert!(found.as_ref() == Some(bytes), "cut {cut} after {operations} operations lost {cid}");
        }
        // Nothing that it claims to have is torn or absent either, acknowledged or not.
        let cids: Vec<Cid> = all.iter().map(|(cid, _)| *cid).collect();
        for ((cid, bytes), had) in all.iter().zip(store.have(&cids).await.unwrap()) {
            let found = store.block(cid).await.unwrap();
            assert!(
                !had || found.as_ref() == Some(bytes),
                "cut {cut} after {operations} operations tore {cid}"
            );
        }
        store.close().await;
    }
    assert!(told.len() > 3, "hardly anything was acknowledged");
}

#[test]
fn the_lossy_disk_forgets_what_was_not_synced() {
    let disk = Lossy::default();
    for path in ["a/whole", "a/torn", "b/unnamed"] {
        disk.write(path, b"12345678").unwrap();
    }
    disk.sync("a/whole").unwrap();
    disk.sync("b/unnamed").unwrap();
    disk.sync_folder("a").unwrap();
    disk.fail_after(0);
    assert!(disk.read("a/whole").is_err());
    disk.power_on();
    assert_eq!(disk.read("a/whole").unwrap().unwrap(), b"12345678");
    assert_eq!(disk.read("a/torn").unwrap().unwrap(), b"1234");
    assert_eq!(disk.read("b/unnamed").unwrap(), None);
}
