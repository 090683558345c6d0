//! A relay whose disk or quota is full: what fits goes through, what was acknowledged stays, and nothing half pushed
//! counts.

use std::{path::Path, process::Command};

use bytes::Bytes;
use cid::Cid;
use futures::stream;
use spinney::net::{
    keep::{BLOCK_COST, PinOutcome, Refusal, Weight},
    records,
};
use tempfile::TempDir;

use crate::{
    client::{Client, push, refused},
    relay::{Local, Program, get},
    sample::Seeded,
};

const MIB: u64 = 1 << 20;

fn weight(blocks: &[(Cid, Bytes)]) -> Weight {
    let mut weight = Weight::default();
    blocks.iter().for_each(|(_, bytes)| weight.add(bytes.len() as u64));
    weight
}

/// A small file system in memory; `None` where this user may mount none.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={bytes}");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        let is_mounted = mount.is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("not tested: this user may not mount a small disk");
        }
        is_mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes so many bytes of the disk, or all that are left.
    fn fill(&self, bytes: u64) -> std::path::PathBuf {
        let file = self.path().join("something else");
        let zeros = vec![0; bytes as usize];
        // Writes as much as fits.
        std::fs::write(&file, zeros).ok();
        file
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(self.path()).status().ok();
    }
}

async fn is_full(program: &Program) -> bool {
    let health: serde_json::Value = serde_json::from_str(&get(program.http(), "/healthz").await.1).unwrap();
    health["disk"]["full"].as_bool().unwrap()
}

#[tokio::test]
async fn a_disk_without_room_is_said_once_and_what_is_small_goes_through() {
    let Some(disk) = SmallDisk::mount(12 * MIB) else { return };
    let log = tempfile::NamedTempFile::new().unwrap();
    let program = Program::logging(&disk.path().join("data"), log.path());
    let ann = Client::connect(&program.address, 1).await;
    let mut seeded = Seeded(1);
    let kept = seeded.tree(2, 300_000);
    push(&ann, &kept).await.unwrap();
    assert_eq!(ann.keep().await.pin(&kept[3].0).await.unwrap(), PinOutcome::Kept);
    assert!(!is_full(&program).await);

    let large = seeded.tree(20, 1 << 20);
    for _ in 0..3 {
        assert_eq!(refused(ann.keep().await.room(weight(&large)).await), Refusal::Full);
        // Who does not ask is told all the same, and nothing of it stays.
        assert_eq!(refused(push(&ann, &large).await), Refusal::Full);
    }
    assert!(is_full(&program).await);
    let small = seeded.tree(1, 1);
    push(&ann, &small).await.expect("a byte has room");
    let mut session = ann.keep().await;
    assert_eq!(session.pin(&small[2].0).await.unwrap(), PinOutcome::Kept);
    let all: Vec<Cid> = kept.iter().chain(&small).map(|(cid, _)| *cid).collect();
    assert_eq!(session.have(&all).await.unwrap(), vec![true; all.len()]);
    assert_eq!(session.have(&[large[0].0]).await.unwrap(), [false]);

    // Another program fills the rest.
    let other = disk.fill(12 * MIB);
    assert_eq!(refused(push(&ann, &seeded.tree(1, 100_000)).await), Refusal::Full);
    let record = ann.record(&small[2].0, 1);
    let put = records::put(&mut ann.records().await, ann.id(), &record, None).await;
    assert!(matches!(put, Ok(()) | Err(records::Error::Refused(records::Refusal::Full))), "{put:?}");
    assert_eq!(ann.keep().await.have(&all).await.unwrap(), vec![true; all.len()]);

    std::fs::remove_file(other).unwrap();
    let more = seeded.tree(1, 100_000);
    let pushed = push(&ann, &more).await;
    assert!(pushed.is_ok(), "{pushed:?}: {}", std::fs::read_to_string(log.path()).unwrap());
    Command::new("mount").args(["-o", "remount,size=64m"]).arg(disk.path()).status().unwrap();
    assert!(!is_full(&program).await, "what was refused would fit now");
    push(&ann, &large).await.unwrap();
    let log = std::fs::read_to_string(log.path()).unwrap();
    assert_eq!(log.matches("there is no room").count(), 1, "{log}");
    assert_eq!(log.matches("there is room again").count(), 1, "{log}");
    assert!(!log.contains("cannot be kept"), "{log}");
}

#[tokio::test]
async fn nothing_that_is_half_pushed_counts_and_small_things_still_fit() {
    let relay = Local::with(|config| config.quota = 3_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut seeded = Seeded(2);
    let (large, small) = (seeded.tree(16, 500_000), seeded.tree(1, 1));
    let before = ann.keep().await.allowance().used;
    assert!(matches!(refused(push(&ann, &large).await), Refusal::Quota { quota: 3_000_000, .. }));
    assert_eq!(ann.keep().await.allowance().used, before, "the refused push left something");
    push(&ann, &small).await.unwrap();
    assert_eq!(ann.keep().await.pin(&small[2].0).await.unwrap(), PinOutcome::Kept);
}

#[tokio::test]
async fn what_an_earlier_session_left_gives_way() {
    let relay = Local::with(|config| config.quota = 3_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut seeded = Seeded(3);
    let (left, next) = (seeded.tree(4, 500_000), seeded.tree(4, 500_000));
    push(&ann, &left[..4]).await.unwrap();
    let mut session = ann.keep().await;
    session.room(weight(&next)).await.expect("what nobody pinned gives way");
    session.push(stream::iter(next.clone()), |_| ()).await.unwrap();
    assert_eq!(session.pin(&next[5].0).await.unwrap(), PinOutcome::Kept);
}

#[tokio::test]
async fn room_is_asked_for_before_anything_is_pushed() {
    let relay = Local::with(|config| config.quota = 1_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut session = ann.keep().await;
    let fits = Weight { bytes: 1_000_000, blocks: 1 };
    session.room(fits).await.unwrap();
    let more = Weight { bytes: 1_000_001, blocks: 1 };
    assert_eq!(refused(session.room(more).await), Refusal::Quota { used: 0, quota: 1_000_000, blocks: None });
    session.room(fits).await.expect("the refusal left the session open");
    let tree = Seeded(4).tree(3, 200_000);
    session.push(stream::iter(tree.clone()), |_| ()).await.unwrap();
    session.pin(&tree[4].0).await.unwrap();
    let used = weight(&tree).bytes;
    assert!(used > 600_000 + BLOCK_COST);
    assert!(matches!(refused(session.room(fits).await), Refusal::Quota { used: found, .. } if found == used));
    // What is no longer wanted makes room.
    session.unpin(&tree[4].0).await.unwrap();
    session.room(fits).await.unwrap();
    let anonymous = ann.keep_as(None).await.unwrap().room(fits).await;
    assert_eq!(refused(anonymous), Refusal::NeedsCertificate);
}
