//! Removing and blocking: what they had stays theirs, and nothing comes after it.

use std::rc::Rc;

use spinney::engine::api::{Audience, ContactState, Direction, Event, NewFile, NewShare, Share};

use crate::changing::Stuck;
use crate::person::{Person, file, friends, relay, tell};

/// Waits until a relay has everything of a share, as it stands now.
async fn kept(person: &mut Person, share: &Share) -> Share {
    loop {
        match person.engine.share(&share.id).await.unwrap() {
            now if now.kept => return now,
            _ => person.something_happens("change of a share").await,
        }
    }
}

#[tokio::test]
async fn who_was_removed_or_blocked_keeps_what_they_had_and_what_comes_later_is_not_sealed_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let mut dan = Person::new("Dan", &[&relay]).await;
        for friend in [&mut cleo, &mut dan] {
            ann.add(&friend.me.invite).await;
            friend.add(&ann.me.invite).await;
        }
        let everybody = [ben.id(), cleo.id(), dan.id()];
        let everybody: Vec<_> = everybody.iter().map(String::as_str).collect();
        let share = ann.share("Walk", &[("old", b"old")], &everybody).await;
        for friend in [&mut ben, &mut cleo, &mut dan] {
            friend.received("Walk").await;
        }
        kept(&mut ann, &share).await;

        ann.engine.remove_contact(&ben.id()).await.unwrap();
        ann.engine.block(&cleo.id()).await.unwrap();
        ann.engine.add_files(&share.id, vec![file("new", b"new")], false).await.unwrap();
        assert_eq!(kept(&mut ann, &share).await.recipients, Some(vec![dan.id()]));
        while dan.engine.share(&share.id).await.unwrap().files < 2 {
            dan.something_happens("change of a share").await;
        }
        for friend in [&mut ben, &mut cleo] {
            let had = friend.engine.share(&share.id).await.unwrap();
            assert_eq!(friend.paths(&had).await, ["old"]);
            assert_eq!(friend.read(&had, "old").await, b"old");
        }
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_was_removed_or_blocked_while_a_draft_waited_gets_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, ben) = friends("Ann", "Ben", &relay).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        ann.add(&cleo.me.invite).await;
        cleo.add(&ann.me.invite).await;
        ann.stands(&cleo.id(), ContactState::Mutual).await;
        let stuck = NewFile { source: Rc::new(Stuck), ..file("stuck", b"") };
        let audience = Audience::Contacts { ids: vec![ben.id(), cleo.id()] };
        let new =
            NewShare { title: "Walk".into(), note: None, files: vec![stuck], audience, keep_location: false };
        let engine = ann.engine.clone();
        let making = tokio::task::spawn_local(async move { engine.create_share(new).await });
        let is_begun = |event: &Event| matches!(event, Event::Transfer(t) if t.direction == Direction::Add);
        ann.wait("transfer", |event| is_begun(event).then_some(())).await;
        making.abort();

        let ann = ann.leave().await.back(&[&relay]).await;
        ann.engine.remove_contact(&ben.id()).await.unwrap();
        ann.engine.block(&cleo.id()).await.unwrap();
        let draft = ann.engine.drafts().await.unwrap().remove(0);
        let whole = ann
            .engine
            .resume_draft(&draft.id, vec![file("stuck", b"0123456789")], false)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(whole.recipients, Some(vec![]));
    })
    .await;
    relay.stop().await;
}
