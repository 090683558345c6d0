//! Shares for everybody, and following what somebody shares.

use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{TryStreamExt, stream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use spinney::dag::{Source, SourceError};
use spinney::engine::api::{
    Audience, Change, Direction, Event, FilesQuery, NewFile, NewShare, Share, TransferState, Warning,
};
use spinney::format::profile::{Kem, Profile};
use spinney::format::public::PublicShare;
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, DAG_PB, cid_of, feed, signed};
use spinney::keys::KEM_EPOCH;
use spinney::net::keep::PinOutcome;
use spinney::net::records;
use spinney::platform;
use spinney::social::letterbox::Letterboxes;
use spinney::social::root::{self, Parts, Tip};
use spinney::social::vault::Vault;
use spinney_relay::Server;

use crate::client::{Client, ring};
use crate::person::{PASSPHRASE, Person, file, noise, recovered, relay, served, tell};

async fn share(person: &Person, title: &str, files: &[(&str, &[u8])]) -> Share {
    let files = files.iter().map(|(path, bytes)| file(path, bytes)).collect();
    let new = NewShare {
        title: title.into(),
        note: Some("for all".into()),
        files,
        audience: Audience::Public,
        keep_location: false,
    };
    person.engine.create_share(new).await.expect("a share is made")
}

async fn removed(person: &mut Person, title: &str) {
    person
        .wait("removal", |event| match event {
            Event::Share { change: Change::Removed, share } if share.title == title => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn everybody_who_has_the_id_of_somebody_reads_what_they_share_with_everybody_while_they_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (small, large) = (noise(3_000, 1), noise((5 << 19) + 7, 2));
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let files: [(&str, &[u8]); 4] =
            [("film/a.mp4", &large), ("film/cut/b", &small), ("empty", b""), ("sea.jpg", &small)];
        let made = share(&ann, "Five days", &files).await;
        assert_eq!((made.audience, made.files, made.kept), ("public", 4, false));
        assert_eq!(made.recipients, Some(Vec::new()));
        ann.delivered(&made).await;
        let id = ann.me.summary.id.clone();
        let transfers = ann.engine.transfers().await.unwrap();
        let transfer = transfers.into_iter().find(|t| t.direction == Direction::Up).unwrap();
        assert_eq!((transfer.bytes, transfer.total), (made.size, made.size));
        assert!(ann.engine.share(&made.id).await.unwrap().kept);
        ann.leave().await;

        let mut ben = Person::new("Ben", &[&relay]).await;
        let before = served(&relay).await;
        ben.add(&id).await;
        let received = ben.received("Five days").await;
        assert_eq!((&received.id, &received.root, received.audience), (&made.id, &made.root, "public"));
        assert_eq!((received.files, received.size, received.author.as_str()), (4, made.size, id.as_str()));
        assert!(
            served(&relay).await - before < 64 << 10,
            "nothing of the files is fetched before somebody looks"
        );

        let listed = ben.engine.files(&received.id, FilesQuery::default()).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|file| (&*file.path, file.size, &*file.media_type)).collect();
        let octets = "application/octet-stream";
        assert_eq!(
            listed,
            [
                ("empty", 0, octets),
                ("film/a.mp4", large.len() as u64, "video/mp4"),
                ("film/cut/b", 3_000, octets),
                ("sea.jpg", 3_000, "image/jpeg"),
            ]
        );
        for (path, bytes) in files {
            assert!(ben.read(&received, path).await == bytes, "{path}");
        }
        let range = ben.engine.read(&received.id, "film/a.mp4", Some((1 << 20, 5))).await.unwrap();
        let range: BytesMut = range.try_collect().await.unwrap();
        assert_eq!(range, large[1 << 20..(1 << 20) + 5]);
        assert!(ben.engine.read(&received.id, "film/c", None).await.is_err());
        let transfer = ben.engine.download(&received.id, None).await.unwrap();
        let done = ben.ended(&transfer, TransferState::Done).await;
        assert_eq!((done.bytes, done.total), (made.size, made.size));
        // Everything is there after a reload, also offline and after tidying up.
        let ben = ben.leave().await.back(&[]).await;
        ben.engine.collect().await.unwrap();
        assert!(ben.read(&received, "film/a.mp4").await == large);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn the_folder_has_the_name_that_other_tools_give_to_the_same_files() {
    /// Path, seed, size.
    type Files = Vec<(String, String, usize)>;
    #[derive(serde::Deserialize)]
    struct Case {
        #[serde(default)]
        names: Option<serde::de::IgnoredAny>,
        #[serde(default)]
        paths: Files,
        cid: String,
    }
    let cases = include_str!("../../../crate/tests/vectors/published/unixfs/folders.json");
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let mut compared = 0;
        for case in cases.iter().filter(|case| case.names.is_none() && !case.paths.is_empty()) {
            let files: Vec<_> =
                case.paths.iter().map(|(path, seed, size)| (path, seeded(seed, *size))).collect();
            let files: Vec<_> = files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
            assert_eq!(share(&ann, "as others have it", &files).await.root, case.cid);
            compared += 1;
        }
        assert!(compared > 0);
    })
    .await;
}

/// The bytes that follow from a seed, as the vectors have them.
fn seeded(seed: &str, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    ChaCha20Rng::from_seed(Sha256::digest(seed).into()).fill_bytes(&mut bytes);
    bytes
}

#[tokio::test]
async fn what_its_author_takes_back_is_gone_at_its_readers_and_at_the_relay() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&ann.me.summary.id).await;
        let mistake = share(&ann, "mistake", &[("a", b"oops")]).await;
        share(&ann, "meant", &[("a", b"yes")]).await;
        ben.received("mistake").await;
        ben.received("meant").await;
        ann.delivered(&mistake).await;
        ann.engine.remove_share(&mistake.id).await.unwrap();
        removed(&mut ben, "mistake").await;
        assert_eq!(ben.titles().await, ["meant"]);
        assert_eq!(ann.titles().await, ["meant"]);
        // Who comes later sees no trace of it.
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        cleo.add(&ann.me.summary.id).await;
        let meant = cleo.received("meant").await;
        assert_eq!(cleo.titles().await, ["meant"]);
        assert_eq!(cleo.read(&meant, "a").await, b"yes");
        // What somebody took off their own list stays away.
        ben.engine.remove_share(&meant.id).await.unwrap();
        share(&ann, "more", &[("a", b"and more")]).await;
        ben.received("more").await;
        assert_eq!(ben.titles().await, ["more"]);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn with_the_words_ones_public_shares_come_back_and_the_feed_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&ann.me.summary.id).await;
        let kept = share(&ann, "kept", &[("a", b"old bytes")]).await;
        let mistake = share(&ann, "mistake", &[("a", b"oops")]).await;
        ann.delivered(&kept).await;
        ann.delivered(&mistake).await;
        ben.received("mistake").await;
        ann.engine.remove_share(&mistake.id).await.unwrap();
        removed(&mut ben, "mistake").await;
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        ann.leave().await;

        let mut ann = recovered(&words, &[&relay]).await;
        assert_eq!(ann.titles().await, ["kept"]);
        assert_eq!(ann.read(&kept, "a").await, b"old bytes");
        let after = share(&ann, "after", &[("a", b"new bytes")]).await;
        ann.delivered(&after).await;
        let received = ben.received("after").await;
        assert_eq!(ben.read(&received, "a").await, b"new bytes");
        ann.engine.remove_share(&kept.id).await.unwrap();
        removed(&mut ben, "kept").await;
        assert_eq!(ben.titles().await, ["after"]);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_draft_for_everybody_goes_on_where_its_tab_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (film, note) = (noise(9 << 20, 3), noise(100, 4));
    tell(async {
        let ann = Person::new("Ann", &[&relay]).await;
        let whole = share(&ann, "whole", &[("a/film", &film), ("note", &note)]).await;
        ann.engine.remove_share(&whole.id).await.unwrap();
        let engine = ann.engine.clone();
        let files = vec![file("a/film", &film), stuck("note", note.len() as u64)];
        let new = NewShare {
            title: "film".into(),
            note: None,
            files,
            audience: Audience::Public,
            keep_location: false,
        };
        let making = tokio::task::spawn_local(async move { engine.create_share(new).await });
        loop {
            let transfers = ann.engine.transfers().await.unwrap();
            if transfers
                .iter()
                .any(|t| t.direction == Direction::Add && t.bytes >= 4 << 20 && t.bytes < t.total)
            {
                break;
            }
            tokio::task::yield_now().await;
        }
        making.abort();
        let mut ann = ann.leave().await.back(&[&relay]).await;
        ann.engine.collect().await.unwrap();
        let drafts = ann.engine.drafts().await.unwrap();
        assert_eq!((drafts[0].title.as_str(), drafts[0].missing.last().unwrap().as_str()), ("film", "note"));
        let files = vec![file("a/film", &film), file("note", &note)];
        let made = ann.engine.resume_draft(&drafts[0].id, files, false).await.unwrap().unwrap();
        assert_eq!((made.audience, &made.root), ("public", &whole.root));
        ann.delivered(&made).await;
        assert!(ann.read(&made, "a/film").await == film);
        assert_eq!(ann.engine.drafts().await.unwrap(), []);
    })
    .await;
    relay.stop().await;
}

/// A file that is never read to its end.
fn stuck(path: &str, size: u64) -> NewFile {
    struct Stuck(u64);
    #[async_trait(?Send)]
    impl Source for Stuck {
        fn size(&self) -> u64 {
            self.0
        }
        async fn read(&self, _: u64, _: usize) -> Result<Bytes, SourceError> {
            std::future::pending().await
        }
    }
    NewFile { source: Rc::new(Stuck(size)), ..file(path, b"") }
}

#[tokio::test]
async fn a_hostile_feed_marks_its_owner_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut ann = Person::new("Ann", &[&relay]).await;
        let eve = Client::connect(&relay.addresses()[0], 5).await;
        // A page that somebody else has signed.
        let entry = feed::Entry { time: 1, says: feed::Says::Gone([1; 20].into()) };
        let page = feed::Page { no: 1, entries: vec![entry], older: Vec::new(), extra: Default::default() };
        publish(&eve, &relay, signed::sign(ring(6).identity(), &page).unwrap()).await;
        let eves = eve.id().to_string();
        ben.add(&eves).await;
        ben.wait("warning", |event| match event {
            Event::Contact { contact } if contact.id == eves => {
                contact.warning.filter(|it| *it == Warning::Refused)
            }
            _ => None,
        })
        .await;
        ben.add(&ann.me.summary.id).await;
        let made = share(&ann, "honest", &[("a", b"bytes")]).await;
        ann.delivered(&made).await;
        let received = ben.received("honest").await;
        assert_eq!(ben.read(&received, "a").await, b"bytes");
        let contacts = ben.engine.contacts().await.unwrap();
        assert_eq!(contacts.iter().filter(|contact| contact.warning.is_some()).count(), 1);
        // Once the feed is sound, it is read.
        let page = feed::Page {
            no: 2,
            entries: vec![shared(&eve, "folder that is none")],
            older: Vec::new(),
            extra: Default::default(),
        };
        publish(&eve, &relay, signed::sign(ring(5).identity(), &page).unwrap()).await;
        let received = ben.received("folder that is none").await;
        let why = ben.engine.files(&received.id, FilesQuery::default()).await.unwrap_err();
        assert_eq!(why.code(), "invalid-signature");
        assert_eq!(ben.titles().await.len(), 2);
    })
    .await;
    relay.stop().await;
}

/// A share that claims much and whose folder is none.
fn shared(by: &Client, title: &str) -> feed::Entry {
    let share = PublicShare {
        share: InnerId([7; 16]),
        rev: 0,
        created: 1,
        title: title.into(),
        note: String::new(),
        root: cid_of(DAG_PB, NO_FOLDER),
        files: 1 << 50,
        size: 1 << 50,
        extra: Default::default(),
    };
    assert_eq!(by.id(), ring(5).id());
    let object = signed::sign(ring(5).identity(), &share).unwrap().into();
    feed::Entry { time: 1, says: feed::Says::Share { object, keepers: Vec::new() } }
}

/// DAG-PB with nothing of UnixFS in it.
const NO_FOLDER: &[u8] = &[0x0a, 0x00];

/// Publishes a root with this page of a feed.
async fn publish(who: &Client, relay: &Server, page: Vec<u8>) {
    let ring = ring(5);
    let profile = Profile {
        name: "Eve".into(),
        bio: None,
        avatar: None,
        kem: Kem { epoch: KEM_EPOCH, key: ring.kem(KEM_EPOCH).public() },
        label: ring.label().public(),
        relays: vec![relay.addresses()[0].to_string()],
        heir: [7; 32],
        predecessor: None,
        time: 1,
        extra: Default::default(),
    };
    let profile = signed::sign(ring.identity(), &profile).unwrap();
    let letterboxes = Letterboxes::default().write(&ring, &[], &[], &[]).unwrap();
    let vault = Vault::default().seal(&ring).unwrap();
    let parts = Parts {
        profile: cid_of(DAG_CBOR, &profile),
        letterboxes: letterboxes.map,
        vault: vault.root,
        feed: Some(cid_of(DAG_CBOR, &page)),
        successor: None,
    };
    // Past what the clock gives, so that each is newer than the last.
    static AHEAD: AtomicU64 = AtomicU64::new(60 * 60);
    let seq = platform::now_ms() / 1000 + AHEAD.fetch_add(1, Ordering::Relaxed);
    let before = Tip { seq, root: parts.profile };
    let root = root::next(&ring, &[before], platform::now_ms(), parts).unwrap();
    let mut blocks = letterboxes.blocks;
    blocks.extend(vault.blocks);
    blocks.extend([(parts.profile, profile.into()), (cid_of(DAG_CBOR, &page), page.into())]);
    blocks.extend([(cid_of(DAG_PB, NO_FOLDER), Bytes::from_static(NO_FOLDER)), (root.cid, root.block)]);
    let mut session = who.keep().await;
    session.push(stream::iter(blocks), |_| ()).await.unwrap();
    assert_eq!(session.pin(&root.cid).await.unwrap(), PinOutcome::Kept);
    records::put(&mut who.records().await, who.id(), &root.record, None).await.unwrap();
}
