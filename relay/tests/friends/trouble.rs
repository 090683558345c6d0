//! What goes wrong, and what a person sees of it.

use futures::{StreamExt, TryStreamExt};
use spinney::engine::Error;
use spinney::engine::api::{
    Audience, Direction, Event, NewShare, Stay, TransferId, TransferState, WaitingFor,
};
use spinney::store::memory::Disk;

use crate::person::{PASSPHRASE, Person, file, noise, open, relay, tell};

#[tokio::test]
async fn a_wrong_passphrase_is_one_clear_error_and_the_right_one_opens() {
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let id = ann.me.summary.id.clone();
        ann.engine.lock().await.unwrap();
        assert_eq!(ann.engine.unlock(&id, "wrong", Stay::Open).await, Err(Error::WrongPassphrase));
        assert_eq!(ann.engine.shares(Default::default()).await, Err(Error::Locked));
        let me = ann.engine.unlock(&id, PASSPHRASE, Stay::Open).await.unwrap();
        assert_eq!(me.summary.name, "Ann");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_id_adds_nobody_and_is_said() {
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let code = |typed: String| {
            let engine = ann.engine.clone();
            async move { engine.add_contact(&typed, None).await.map(|_| ()).map_err(|why| why.code()) }
        };
        let me = ann.me.summary.id.clone();
        for typed in ["", "hello", "k51abc", &me[..me.len() - 1], &ann.me.invite[1..]] {
            assert_eq!(code(typed.to_owned()).await, Err("invalid-id"), "{typed}");
        }
        assert_eq!(code(me).await, Err("invalid-id"));
        assert_eq!(code(ann.me.invite.clone()).await, Err("invalid-id"));
        let ben = Person::new("Ben", &[]).await;
        assert_eq!(code(ben.me.invite.clone()).await, Ok(()));
        assert_eq!(code(ben.me.summary.id.clone()).await, Err("already-exists"));
        assert_eq!(ann.engine.contacts().await.unwrap().len(), 1);
        ann.engine.remove_contact(&ben.me.summary.id).await.unwrap();
        assert_eq!(ann.engine.contacts().await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_comes_back_gets_what_waited_for_it() {
    let folder = tempfile::tempdir().unwrap();
    tell(async {
        let running = relay(folder.path(), 0).await;
        let port = running.local().port();
        let mut ann = Person::new("Ann", &[&running]).await;
        let mut ben = Person::new("Ben", &[&running]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        running.stop().await;
        let share = ann.share("patience", &[("a", &noise(1 << 20, 4))], &[&ben.me.summary.id]).await;
        let id = TransferId::up(&share.id);
        let waiting = ann.ended(&id, TransferState::Waiting).await;
        assert_eq!(waiting.waiting_for, Some(WaitingFor::Relay));
        let running = relay(folder.path(), port).await;
        ann.delivered(&share).await;
        ben.received("patience").await;
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_makes_the_transfer_wait_and_loses_nothing() {
    tell(async {
        let disk = Disk::with_quota(3 << 20);
        let engine = open(&disk, &[]).await;
        let mut events = engine.events();
        engine.create_profile("Ann", PASSPHRASE, None).await.unwrap();
        let share = |title: &str, len: usize| NewShare {
            title: title.into(),
            note: None,
            files: vec![file("a", &noise(len, len as u64))],
            audience: Audience::Myself, keep_location: false
        };
        let first = engine.create_share(share("first", 2 << 20)).await.unwrap();
        let second = tokio::task::spawn_local({
            let (engine, new) = (engine.clone(), share("second", (2 << 20) + 1));
            async move { engine.create_share(new).await }
        });
        loop {
            let event = events.next().await.unwrap();
            if matches!(&event, Event::Transfer(t) if t.direction == Direction::Add && t.waiting_for == Some(WaitingFor::Space)) {
                break;
            }
        }
        assert_eq!(engine.shares(Default::default()).await.unwrap(), [engine.share(&first.id).await.unwrap()]);
        engine.remove_share(&first.id).await.unwrap();
        assert!(engine.collect().await.unwrap() > 0);
        let second = second.await.unwrap().unwrap();
        assert_eq!(second.title, "second");
        let bytes: Vec<_> = engine.read(&second.id, "a", None).await.unwrap().try_collect().await.unwrap();
        assert!(bytes.concat() == noise((2 << 20) + 1, (2 << 20) + 1), "nothing of it was freed");
        loop {
            if let Event::Quota { needed: 0, .. } = events.next().await.unwrap() {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn names_that_cannot_be_are_refused_by_name_and_odd_ones_work() {
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let make = |paths: &[&str]| {
            let files = paths.iter().map(|path| file(path, b"x")).collect();
            ann.engine.create_share(NewShare {
                title: "t".into(),
                note: None,
                files,
                audience: Audience::Myself,
                keep_location: false,
            })
        };
        for bad in ["../x", "/x", "a//b", "a/../b", "a\\b", "a\u{0}b", "", &"x".repeat(300)] {
            assert_eq!(make(&[bad]).await.map_err(|why| why.code()), Err("invalid-name"), "{bad:?}");
        }
        assert_eq!(make(&[]).await.map_err(|why| why.code()), Err("invalid-name"));
        assert_eq!(make(&["a", "a/b"]).await.map_err(|why| why.code()), Err("invalid-name"));
        assert_eq!(make(&["same", "same"]).await.map_err(|why| why.code()), Err("invalid-name"));
        let share = make(&["🌊 sea/…", "empty"]).await.unwrap();
        assert_eq!(ann.paths(&share).await, ["empty", "🌊 sea/…"]);
        assert_eq!(ann.engine.drafts().await.unwrap(), [], "what was refused leaves no draft");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_files_and_an_empty_one_are_shared_and_listed() {
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let mut files: Vec<_> =
            (0..10_000).map(|n| file(&format!("{n:05}"), n.to_string().as_bytes())).collect();
        files.push(file("empty", b""));
        let new = NewShare {
            title: "many".into(),
            note: None,
            files,
            audience: Audience::Myself,
            keep_location: false,
        };
        let share = ann.engine.create_share(new).await.unwrap();
        assert_eq!(share.files, 10_001);
        assert_eq!(ann.read(&share, "07777").await, b"7777");
        assert_eq!(ann.read(&share, "empty").await, b"");
    })
    .await;
}
