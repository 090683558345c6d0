//! Changing one's mind about what was shared, and knowing how far it came.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use spinney::dag::{Source, SourceError};
use spinney::engine::api::{
    Change, Direction, Event, NewFile, ProfileUpdate, Share, Stage, TransferId, TransferState,
};
use spinney_relay::Server;
use spinney_relay::store::{Allotment, Store};

use crate::person::{Person, counter, file, noise, recovered, relay, tell};

impl Person {
    /// Waits until a share is here and as `wanted` says.
    async fn lists(&mut self, id: &str, wanted: impl Fn(&Share) -> bool) -> Share {
        loop {
            if let Ok(share) = self.engine.share(id).await
                && wanted(&share)
            {
                return share;
            }
            self.something_happens("change of a share").await;
        }
    }

    /// Waits until a relay has what there is of a share now.
    async fn kept(&mut self, id: &str) -> Share {
        self.lists(id, |share| share.kept).await
    }

    /// Waits until a share is not here any more.
    async fn loses(&mut self, id: &str) {
        while self.engine.share(id).await.is_ok() {
            self.something_happens("loss of a share").await;
        }
    }

    /// Waits until somebody has come so far with a share.
    async fn hears(&mut self, share: &str, of: &Person, stage: Stage) {
        let id = of.id();
        while !self.stages(share).await.contains(&(id.clone(), stage)) {
            self.something_happens("receipt").await;
        }
    }

    async fn stages(&self, share: &str) -> Vec<(String, Stage)> {
        let deliveries = self.engine.deliveries(share).await.unwrap();
        deliveries.into_iter().map(|delivery| (delivery.contact, delivery.state)).collect()
    }

    async fn wants_receipts(&self) {
        let update = ProfileUpdate { receipts: Some(true), ..ProfileUpdate::default() };
        assert!(self.engine.update_profile(update).await.unwrap().receipts);
    }
}

async fn become_friends(one: &mut Person, other: &mut Person) {
    one.add(&other.me.invite).await;
    other.add(&one.me.invite).await;
}

/// Bytes of blocks that were pushed to a relay, by its own count.
async fn pushed(relay: &Server) -> u64 {
    counter(relay, "keepBytes").await
}

/// Lets a relay that is not running forget at once what nobody has pinned.
async fn forget_the_dropped(folder: &Path) {
    let allotment = Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::ZERO };
    Store::open(folder, allotment).await.unwrap().collect().await.unwrap();
}

#[tokio::test]
async fn who_is_added_later_gets_everything_and_who_is_taken_off_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        become_friends(&mut ann, &mut cleo).await;
        let share = ann.share("Walk", &[("old.jpg", b"an old picture")], &[&ben.id()]).await;
        ben.received("Walk").await;
        ann.kept(&share.id).await;

        let given = ann.engine.set_audience(&share.id, &[ben.id(), cleo.id()]).await.unwrap();
        assert_eq!(given.recipients.map(|all| all.len()), Some(2));
        let cleos = cleo.received("Walk").await;
        assert_eq!(cleo.read(&cleos, "old.jpg").await, b"an old picture");

        let rest = ann.engine.revoke(&share.id, &[ben.id()]).await.unwrap();
        assert_eq!(rest.recipients, Some(vec![cleo.id()]));
        ann.engine.add_files(&share.id, vec![file("new.jpg", b"a new one")], false).await.unwrap();
        let cleos = cleo.lists(&share.id, |share| share.files == 2).await;
        assert_eq!(cleo.read(&cleos, "new.jpg").await, b"a new one");
        assert_eq!(cleo.read(&cleos, "old.jpg").await, b"an old picture");

        // All that Ann said before this has reached Ben too.
        ann.share("Later", &[("a", b"later")], &[&ben.id()]).await;
        ben.received("Later").await;
        let bens = ben.engine.share(&share.id).await.unwrap();
        assert_eq!(ben.paths(&bens).await, ["old.jpg"]);
        assert_eq!(ben.read(&bens, "old.jpg").await, b"an old picture");
        let contacts = ben.engine.contacts().await.unwrap();
        assert!(contacts.iter().all(|contact| contact.warning.is_none()));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn somebody_who_was_away_gets_the_newest_of_a_share_that_changed_often() {
    let folder = tempfile::tempdir().unwrap();
    tell(async {
        let running = relay(folder.path(), 0).await;
        let mut ann = Person::new("Ann", &[&running]).await;
        let mut ben = Person::new("Ben", &[&running]).await;
        let mut cleo = Person::new("Cleo", &[&running]).await;
        become_friends(&mut ann, &mut ben).await;
        become_friends(&mut ann, &mut cleo).await;
        let (bens, cleos) = (ben.id(), cleo.id());
        let (ben, cleo) = (ben.leave().await, cleo.leave().await);
        let share = ann.share("Walk", &[("1", b"one")], &[&bens, &cleos]).await;
        ann.kept(&share.id).await;
        for path in ["2", "3"] {
            ann.engine.add_files(&share.id, vec![file(path, b"more")], false).await.unwrap();
            ann.kept(&share.id).await;
        }
        ann.engine.revoke(&share.id, std::slice::from_ref(&cleos)).await.unwrap();
        ann.kept(&share.id).await;
        let later = ann.share("Later", &[("a", b"later")], &[&cleos]).await;
        ann.kept(&later.id).await;
        ann.leave().await;
        let port = running.local().port();
        running.stop().await;
        forget_the_dropped(folder.path()).await;

        // Cleo is told of a header that nobody keeps any more, and goes on.
        let running = relay(folder.path(), port).await;
        let (mut ben, mut cleo) = (ben.back(&[&running]).await, cleo.back(&[&running]).await);
        let bens = ben.lists(&share.id, |share| share.files == 3).await;
        assert_eq!(ben.paths(&bens).await, ["1", "2", "3"]);
        cleo.received("Later").await;
        assert_eq!(cleo.titles().await, ["Later"]);
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn added_files_arrive_as_an_update_and_nothing_else_is_pushed_again() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (film, picture) = (noise(4 << 20, 1), noise(100_000, 2));
    // Lists, headers, pages, root and their padding.
    const AROUND: u64 = 100_000;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        let files: [(&str, &[u8]); 2] = [("film.mp4", &film), ("note.txt", b"first")];
        let share = ann.share("Five days", &files, &[&ben.id()]).await;
        ben.received("Five days").await;
        ann.kept(&share.id).await;
        let before = pushed(&relay).await;

        let more = vec![file("sea.jpg", &picture), file("note.txt", b"second")];
        let added = ann.engine.add_files(&share.id, more, false).await.unwrap();
        assert_eq!((added.files, added.size), (3, (4 << 20) + 100_000 + 6));
        assert!(!added.kept);
        ann.kept(&share.id).await;
        let up = ann.ended(&TransferId::up(&share.id), TransferState::Done).await;
        assert_eq!((up.bytes, up.total), (100_006, 100_006));
        let moved = pushed(&relay).await - before;
        assert!((100_000..100_000 + AROUND).contains(&moved), "{moved} bytes were pushed");

        let bens = ben.lists(&share.id, |share| share.files == 3).await;
        ben.wait("update", |event| match event {
            Event::Share { change: Change::Updated, share } if share.files == 3 => Some(()),
            _ => None,
        })
        .await;
        assert_eq!(ben.read(&bens, "note.txt").await, b"second");
        assert!(ben.read(&bens, "sea.jpg").await == picture);
        assert!(ben.read(&bens, "film.mp4").await == film);

        // A person more, and a new key for those who stay, move no file.
        let before = pushed(&relay).await;
        ann.engine.revoke(&share.id, &[ben.id()]).await.unwrap();
        ann.kept(&share.id).await;
        let moved = pushed(&relay).await - before;
        assert!(moved < AROUND, "{moved} bytes were pushed for a header");
        let up = ann.ended(&TransferId::up(&share.id), TransferState::Done).await;
        assert_eq!((up.bytes, up.total), (0, 0));
    })
    .await;
    relay.stop().await;
}

/// A file whose bytes never come.
pub(crate) struct Stuck;

#[async_trait(?Send)]
impl Source for Stuck {
    fn size(&self) -> u64 {
        10
    }

    async fn read(&self, _: u64, _: usize) -> Result<Bytes, SourceError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_tab_that_dies_while_files_are_added_leaves_the_share_as_it_was_and_a_draft() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        let share = ann.share("Walk", &[("old", b"old")], &[&ben.id()]).await;
        ben.received("Walk").await;
        let stuck = NewFile { source: Rc::new(Stuck), ..file("stuck", b"") };
        let engine = ann.engine.clone();
        let id = share.id.clone();
        let adding = tokio::task::spawn_local(async move {
            engine.add_files(&id, vec![file("new", b"new"), stuck], false).await
        });
        let transfer = ann
            .wait("transfer", |event| match event {
                Event::Transfer(t) if t.share == share.id && t.direction == Direction::Add => {
                    Some(t.clone()).filter(|t| t.total == 13)
                }
                _ => None,
            })
            .await;
        assert_eq!(transfer.state, TransferState::Active);
        adding.abort();

        let mut ann = ann.leave().await.back(&[&relay]).await;
        assert_eq!(ann.paths(&share).await, ["old"]);
        let drafts = ann.engine.drafts().await.unwrap();
        assert_eq!((drafts.len(), drafts[0].title.as_str()), (1, "Walk"));
        assert!(drafts[0].missing.contains(&"stuck".to_owned()));
        let again = vec![file("new", b"new"), file("stuck", b"0123456789")];
        let whole = ann.engine.resume_draft(&drafts[0].id, again, false).await.unwrap().unwrap();
        assert_eq!((whole.id.as_str(), whole.files), (share.id.as_str(), 3));
        assert_eq!(ann.engine.drafts().await.unwrap(), []);
        let bens = ben.lists(&share.id, |share| share.files == 3).await;
        assert_eq!(ben.read(&bens, "stuck").await, b"0123456789");
        ann.kept(&share.id).await;

        let folder =
            ann.engine.add_files(&share.id, vec![file("old/inside", b"no")], false).await.unwrap_err();
        assert_eq!(folder.code(), "invalid-name");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_was_withdrawn_is_gone_at_its_readers_and_still_here_and_can_be_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        let share = ann.share("Walk", &[("a", b"some bytes")], &[&ben.id()]).await;
        ben.received("Walk").await;
        ann.kept(&share.id).await;

        for _ in 0..2 {
            let withdrawn = ann.engine.withdraw(&share.id).await.unwrap();
            assert_eq!(withdrawn.recipients, Some(vec![]));
        }
        ben.loses(&share.id).await;
        let mut ann = ann.leave().await.back(&[&relay]).await;
        assert_eq!(ann.read(&share, "a").await, b"some bytes");
        assert_eq!(ann.engine.share(&share.id).await.unwrap().recipients, Some(vec![]));

        ann.engine.set_audience(&share.id, &[ben.id()]).await.unwrap();
        let again = ben.lists(&share.id, |_| true).await;
        assert_eq!(ben.read(&again, "a").await, b"some bytes");
        // And it goes for good.
        ann.kept(&share.id).await;
        ann.engine.remove_share(&share.id).await.unwrap();
        ben.loses(&share.id).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_is_passed_on_names_both_and_needs_neither_to_be_there_and_follows_its_maker() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let mut ben = Person::new("Ben", &[&other]).await;
        let mut cleo = Person::new("Cleo", &[&other]).await;
        become_friends(&mut ann, &mut ben).await;
        become_friends(&mut ben, &mut cleo).await;
        let share = ann.share("Walk", &[("a", b"by Ann")], &[&ben.id()]).await;
        ann.kept(&share.id).await;
        let bens = ben.received("Walk").await;
        let cleo = cleo.leave().await;

        let passed = ben.engine.pass_on(&bens.id, std::slice::from_ref(&cleo.id)).await.unwrap();
        assert_eq!((&passed.author, &passed.made_by), (&ben.id(), &Some(ann.id())));
        assert_ne!(passed.id, share.id);
        ben.kept(&passed.id).await;
        let refused = ben.engine.add_files(&passed.id, vec![file("b", b"by Ben")], false).await.unwrap_err();
        assert_eq!(refused.code(), "unsupported");
        let (ann, ben) = (ann.leave().await, ben.leave().await);

        let mut cleo = cleo.back(&[&other]).await;
        let cleos = cleo.received("Walk").await;
        // Ann's relay is none of hers, and Ann nobody whom she knows.
        let cleos = cleo.engine.look_elsewhere(&cleos.id).await.unwrap();
        assert_eq!((&cleos.author, &cleos.made_by), (&passed.author, &passed.made_by));
        assert_eq!(cleos.made_by_name.as_deref(), Some("Ann"));
        assert_eq!(cleo.read(&cleos, "a").await, b"by Ann");

        let (ann, mut ben) = (ann.back(&[&one]).await, ben.back(&[&other]).await);
        ann.engine.add_files(&share.id, vec![file("c", b"later")], false).await.unwrap();
        ben.lists(&passed.id, |share| share.files == 2).await;
        let cleos = cleo.lists(&cleos.id, |share| share.files == 2).await;
        assert_eq!(cleo.read(&cleos, "c").await, b"later");

        ann.engine.withdraw(&share.id).await.unwrap();
        ben.loses(&share.id).await;
        cleo.loses(&cleos.id).await;
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn receipts_are_told_where_both_want_them_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        become_friends(&mut ann, &mut cleo).await;
        ann.wants_receipts().await;
        ben.wants_receipts().await;
        let share = ann.share("Walk", &[("a", b"some bytes")], &[&ben.id(), &cleo.id()]).await;
        ann.kept(&share.id).await;
        ann.hears(&share.id, &ben, Stage::Kept).await;
        for reader in [&mut ben, &mut cleo] {
            let received = reader.received("Walk").await;
            assert!(received.unread);
            let transfer = reader.engine.download(&received.id, None).await.unwrap();
            reader.ended(&transfer, TransferState::Done).await;
        }
        ann.hears(&share.id, &ben, Stage::Fetched).await;
        for reader in [&ben, &cleo] {
            reader.engine.mark_read(&share.id).await.unwrap();
            assert!(!reader.engine.share(&share.id).await.unwrap().unread);
        }
        ann.hears(&share.id, &ben, Stage::Opened).await;
        // Cleo does not tell, and what she says otherwise has come.
        let back = cleo.share("Back", &[("b", b"bytes")], &[&ann.id()]).await;
        ann.received("Back").await;
        ann.hears(&share.id, &cleo, Stage::Kept).await;
        // Nor is she told what others would tell.
        cleo.kept(&back.id).await;
        ann.engine.mark_read(&back.id).await.unwrap();

        // All of it is known after a reload; who reads what changed is asked anew.
        let mut ann = ann.leave().await.back(&[&relay]).await;
        ann.hears(&share.id, &ben, Stage::Opened).await;
        let ben = ben.leave().await;
        let mut ben = ben.back(&[&relay]).await;
        assert!(!ben.engine.share(&share.id).await.unwrap().unread);
        ann.engine.set_audience(&share.id, &[ben.id()]).await.unwrap();
        ann.kept(&share.id).await;
        ann.hears(&share.id, &ben, Stage::Opened).await;
        ann.engine.add_files(&share.id, vec![file("b", b"more")], false).await.unwrap();
        ann.kept(&share.id).await;
        ann.hears(&share.id, &ben, Stage::Kept).await;
        assert!(ben.lists(&share.id, |share| share.files == 2).await.unread);
        ben.engine.mark_read(&share.id).await.unwrap();
        ann.hears(&share.id, &ben, Stage::Opened).await;
        assert_eq!(cleo.stages(&back.id).await, [(ann.id(), Stage::Kept)]);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn with_the_words_what_was_changed_and_passed_on_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        become_friends(&mut ann, &mut ben).await;
        become_friends(&mut ben, &mut cleo).await;
        let anns = ann.share("By Ann", &[("a", b"some bytes")], &[&ben.id()]).await;
        let received = ben.received("By Ann").await;
        let passed = ben.engine.pass_on(&received.id, &[cleo.id()]).await.unwrap();
        let withdrawn = ben.share("Withdrawn", &[("b", b"bytes")], &[&cleo.id()]).await;
        ben.kept(&withdrawn.id).await;
        ben.engine.withdraw(&withdrawn.id).await.unwrap();
        let own = ben.share("By Ben", &[("c", b"bytes")], &[&cleo.id()]).await;
        ben.wants_receipts().await;
        ben.kept(&own.id).await;
        ben.kept(&passed.id).await;
        cleo.received("By Ben").await;
        let words = ben.engine.recovery_phrase(crate::person::PASSPHRASE).await.unwrap();
        ben.leave().await;

        let mut ben = recovered(&words, &[&relay]).await;
        assert!(ben.me.receipts);
        let again = ben.engine.share(&passed.id).await.unwrap();
        assert_eq!((&again.made_by, &again.recipients), (&Some(ann.id()), &Some(vec![cleo.id()])));
        assert_eq!(ben.read(&again, "a").await, b"some bytes");
        assert!(ben.engine.share(&withdrawn.id).await.is_err(), "nobody keeps it");
        ben.lists(&anns.id, |_| true).await;
        ben.engine.set_audience(&own.id, &[]).await.unwrap();
        assert_eq!(ben.kept(&own.id).await.recipients, Some(vec![]));
    })
    .await;
    relay.stop().await;
}
