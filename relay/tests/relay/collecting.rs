//! Walks and collections beside other work, and what they must not be stopped by.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use cid::Cid;
use spinney::net::keep::{Block, PinOutcome};
use spinney_relay::store::{Allotment, Blobs, Disk, Folder, Pins, Store};
use tokio::sync::mpsc;

use crate::{client::ring, sample::Seeded};

const ALLOTMENT: Allotment =
    Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::ZERO };

/// Longer than anything here takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A disk of which one read waits until it is let go.
struct Gated {
    folder: Folder,
    gate: Mutex<Option<Gate>>,
}

struct Gate {
    path: String,
    reached: mpsc::Sender<()>,
    open: std::sync::mpsc::Receiver<()>,
}

impl Gated {
    fn new(folder: &Path) -> Arc<Self> {
        Arc::new(Self { folder: Folder::new(folder.join("blocks")), gate: Mutex::default() })
    }

    /// The next read of this block waits: the first end hears of it, the second lets it go.
    fn hold(&self, cid: &Cid) -> (mpsc::Receiver<()>, std::sync::mpsc::SyncSender<()>) {
        let ((reached, hears), (opens, open)) = (mpsc::channel(1), std::sync::mpsc::sync_channel(1));
        *self.gate.lock().unwrap() = Some(Gate { path: cid.to_string(), reached, open });
        (hears, opens)
    }
}

impl Disk for Gated {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.folder.write(path, bytes)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        self.folder.sync(path)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.folder.rename(from, to)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        self.folder.sync_folder(folder)
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let gate = self.gate.lock().unwrap().take_if(|gate| path.ends_with(&gate.path));
        if let Some(gate) = gate {
            gate.reached.blocking_send(()).unwrap();
            gate.open.recv().unwrap();
        }
        self.folder.read(path)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.folder.remove(path)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.folder.list(folder)
    }
}

fn blocks(list: &[(Cid, Bytes)]) -> Vec<Block> {
    list.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap()).collect()
}

/// A node that is so large that it is a file, over these blocks and some small ones of its own.
fn large_node(seeded: &mut Seeded, below: &[(Cid, Bytes)]) -> Vec<(Cid, Bytes)> {
    let mut all: Vec<_> = (0..600).map(|_| seeded.raw(10)).collect();
    all.extend_from_slice(below);
    let node = seeded.node(&all.iter().map(|(cid, _)| *cid).collect::<Vec<_>>());
    assert!(node.1.len() > 16 << 10);
    all.push(node);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_write_while_a_pin_walks() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Gated::new(folder.path());
    let store = Store::open_over(folder.path(), disk.clone(), ALLOTMENT).await.unwrap();
    let (mallory, ann, mut seeded) = (ring(3).id(), ring(1).id(), Seeded(1));
    let tree = large_node(&mut seeded, &[]);
    let top = tree.last().unwrap().0;
    store.push(&mallory, blocks(&tree)).await.unwrap();
    let (mut reached, open) = disk.hold(&top);
    let pinning = tokio::spawn({
        let store = store.clone();
        async move { store.pin(&mallory, &top, None).await }
    });
    reached.recv().await.unwrap();
    let root = seeded.node(&[]);
    let write = async {
        store.push(&ann, blocks(std::slice::from_ref(&root))).await.unwrap();
        store.pin(&ann, &root.0, None).await.unwrap();
        store.collect().await.unwrap();
    };
    tokio::time::timeout(PATIENCE, write).await.expect("a write does not wait for a walk");
    open.send(()).unwrap();
    // The grace period is over, and the collection came first: the pin says what is to be pushed again.
    assert!(matches!(pinning.await.unwrap().unwrap(), PinOutcome::Missing(_)));
    store.push(&mallory, blocks(&tree)).await.unwrap();
    assert_eq!(store.pin(&mallory, &top, None).await.unwrap(), PinOutcome::Kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_holds_what_another_pin_gave_up_while_it_walked() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Gated::new(folder.path());
    let grace = Duration::from_secs(3600);
    let store =
        Store::open_over(folder.path(), disk.clone(), Allotment { grace, ..ALLOTMENT }).await.unwrap();
    let (ann, mut seeded) = (ring(1).id(), Seeded(1));
    let shared = seeded.tree(3, 20_000);
    let shared_top = shared.last().unwrap().clone();
    let (first, second) =
        (seeded.node(&[shared_top.0]), large_node(&mut seeded, std::slice::from_ref(&shared_top)));
    let top = second.last().unwrap().0;
    for list in [&shared[..], std::slice::from_ref(&first), &second] {
        store.push(&ann, blocks(list)).await.unwrap();
    }
    store.pin(&ann, &first.0, None).await.unwrap();
    let (mut reached, open) = disk.hold(&top);
    let pinning = tokio::spawn({
        let store = store.clone();
        async move { store.pin(&ann, &top, None).await }
    });
    reached.recv().await.unwrap();
    // What the walk would not go below, because the first pin holds it, is let go.
    store.unpin(&ann, &first.0).await.unwrap();
    store.collect().await.unwrap();
    open.send(()).unwrap();
    assert_eq!(pinning.await.unwrap().unwrap(), PinOutcome::Kept);
    store.close().await;
    drop((store, disk));

    let store = Store::open(folder.path(), ALLOTMENT).await.unwrap();
    store.collect().await.unwrap();
    for (cid, bytes) in shared.iter().chain(&second) {
        assert_eq!(store.block(cid).await.unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(store.block(&first.0).await.unwrap(), None);
}

#[tokio::test]
async fn one_identity_with_a_broken_block_does_not_stop_collection_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), ALLOTMENT).await.unwrap();
    let mut seeded = Seeded(1);
    let broken = large_node(&mut seeded, &[]);
    let top = broken.last().unwrap().0;
    let [ann, ben] = [1, 2].map(|seed| ring(seed).id());
    store.push(&ann, blocks(&broken)).await.unwrap();
    store.pin(&ann, &top, None).await.unwrap();
    let other = seeded.tree(3, 20_000);
    let more = seeded.node(&[]);
    store.push(&ann, blocks(std::slice::from_ref(&more))).await.unwrap();
    store.pin(&ann, &more.0, None).await.unwrap();
    store.push(&ben, blocks(&other)).await.unwrap();
    store.pin(&ben, &other.last().unwrap().0, None).await.unwrap();
    for (id, cid) in [(&ann, &more.0), (&ben, &other.last().unwrap().0)] {
        store.unpin(id, cid).await.unwrap();
    }
    let file = files(folder.path()).into_iter().find(|path| path.ends_with(top.to_string())).unwrap();
    std::fs::remove_file(file).unwrap();
    store.collect().await.unwrap();
    for (cid, _) in &other {
        assert_eq!(store.block(cid).await.unwrap(), None, "Ben's is collected");
    }
    assert!(store.block(&more.0).await.unwrap().is_some(), "Ann's stays until her blocks can be read");
}

/// Every file of a block.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(folder.join("blocks")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[tokio::test]
async fn files_without_a_block_are_swept_when_the_store_opens_and_by_collections() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), ALLOTMENT).await.unwrap();
    let (ann, mut seeded) = (ring(1).id(), Seeded(1));
    let tree = seeded.tree(40, 20_000);
    store.push(&ann, blocks(&tree)).await.unwrap();
    store.pin(&ann, &tree.last().unwrap().0, None).await.unwrap();
    let kept = files(folder.path());
    assert_eq!(kept.len(), 40);
    // As a commit that failed leaves them: named, and without a row.
    let strays: Vec<_> = (0..20).map(|_| seeded.raw(20_000)).collect();
    let leave = || {
        for ((cid, bytes), beside) in strays.iter().zip(kept.iter().cycle()) {
            std::fs::write(beside.parent().unwrap().join(cid.to_string()), bytes).unwrap();
        }
        assert_eq!(files(folder.path()).len(), 60);
    };
    leave();
    for _ in 0..16 {
        store.collect().await.unwrap();
    }
    assert_eq!(files(folder.path()).len(), 40);
    leave();
    store.close().await;
    drop(store);
    let store = Store::open(folder.path(), ALLOTMENT).await.unwrap();
    assert_eq!(files(folder.path()).len(), 40);
    for (cid, bytes) in &tree {
        assert_eq!(store.block(cid).await.unwrap().as_ref(), Some(bytes));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_may_read_the_data_folder_also_of_an_older_relay() {
    use std::os::unix::fs::PermissionsExt;

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for _ in 0..2 {
        let store = Store::open(&folder, ALLOTMENT).await.unwrap();
        store.push(&ring(1).id(), blocks(&Seeded(1).tree(3, 20_000))).await.unwrap();
        for file in ["relay.sqlite", "relay.sqlite-wal"] {
            assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
        }
        for folder in [&folder, &folder.join("blocks")] {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
        store.close().await;
        drop(store);
        for file in files(&folder) {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            assert_eq!(mode(file.parent().unwrap()), 0o700);
        }
        // As a relay before left them.
        for (path, mode) in [("", 0o755), ("blocks", 0o755), ("relay.sqlite", 0o644)] {
            set(&folder.join(path), mode);
        }
        std::fs::remove_file(folder.join("relay.sqlite-wal")).ok();
    }
}
