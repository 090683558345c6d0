//! Changing keys with the 24 words: contacts follow by themselves, and nothing is lost on the way.

use std::pin::pin;
use std::task::Poll;

use futures::future::poll_fn;
use spinney::engine::Error;
use spinney::engine::api::{Acquaintance, Asked, Audience, ContactState, NewShare, ShareQuery, Stay};

use crate::authors::Author;
use crate::hostile::{Device, address, recipient};
use crate::person::{PASSPHRASE, Person, config, file, friends, open_with, recovered, relay, tell};

pub(crate) const NEW: &str = "four other unrelated words";

/// Types the words and a new passphrase.
pub(crate) async fn change_keys(person: &mut Person, words: &str) {
    person.me = person.engine.change_keys(words, NEW).await.expect("these are the words");
}

pub(crate) async fn words_of(person: &Person) -> String {
    person.engine.recovery_phrase(PASSPHRASE).await.unwrap()
}

/// Waits until somebody shows exactly these shares.
pub(crate) async fn shows(person: &mut Person, titles: &[&str]) {
    loop {
        let mut shown = person.titles().await;
        shown.sort();
        if shown == titles {
            return;
        }
        person.something_happens(&format!("{titles:?} but {shown:?}")).await;
    }
}

#[tokio::test]
async fn friends_follow_new_keys_by_themselves_and_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        ben.engine.rename_contact(&old, "Annie").await.unwrap();
        ben.engine.set_circles(&old, &["Family".into()]).await.unwrap();
        ben.engine.mark_verified(&old).await.unwrap();
        anna.engine.mark_verified(&ben_id).await.unwrap();
        let walk = anna.share("walk", &[("a.jpg", b"bytes of a picture")], &[&ben_id]).await;
        anna.delivered(&walk).await;
        let lake = ben.share("lake", &[("b.jpg", b"bytes of another")], &[&old]).await;
        ben.delivered(&lake).await;
        shows(&mut anna, &["lake", "walk"]).await;
        shows(&mut ben, &["lake", "walk"]).await;

        let words = words_of(&anna).await;
        let others = words_of(&ben).await;
        assert_eq!(anna.engine.change_keys(&others, NEW).await.unwrap_err(), Error::WordsOfAnother);
        assert!(matches!(anna.engine.change_keys("abandon", NEW).await, Err(Error::InvalidPhrase(_))));
        assert!(matches!(anna.engine.change_keys(&words, "short").await, Err(Error::InvalidName(_))));
        assert_eq!(anna.engine.current().map(|me| me.summary.id), Some(old.clone()), "nothing has changed");
        change_keys(&mut anna, &words).await;
        assert_ne!(anna.id(), old);
        assert_eq!(anna.me.summary.name, "Anna");
        let profiles = anna.engine.profiles().await.unwrap();
        assert_eq!(
            profiles.into_iter().map(|it| it.id).collect::<Vec<_>>(),
            [anna.id()],
            "one takes the other's place"
        );

        // Ben sees the same person, under the name and in the circle that he gave her, and hears of it.
        let followed = ben.stands(&anna.id(), ContactState::Mutual).await;
        assert_eq!(
            (followed.petname.as_deref(), &followed.circles[..]),
            (Some("Annie"), &["Family".to_owned()][..])
        );
        assert_eq!((followed.verified, followed.warning), (None, None), "the words are to be compared anew");
        assert!(followed.new_keys.as_ref().is_some_and(|keys| keys.was_verified));
        assert_eq!(ben.engine.contact(&old).await.unwrap_err(), Error::NotFound("contact"));
        assert!(ben.engine.requests().await.unwrap().is_empty(), "he is not asked");
        let closed = ben.engine.add_contact(&old, None).await.unwrap_err();
        assert_eq!(closed, Error::Known(Acquaintance::Closed));

        // What they shared is theirs as before, once, and opens.
        let ann = anna.stands(&ben_id, ContactState::Mutual).await;
        assert!(ann.verified.is_some(), "Ben has the keys that he had");
        shows(&mut ben, &["lake", "walk"]).await;
        let id = anna.id();
        let of_anna = async |ben: &mut Person| loop {
            let shares = ben.engine.shares(ShareQuery::default()).await.unwrap();
            if let Some(share) = shares.into_iter().find(|share| share.author == id) {
                return share;
            }
            ben.something_happens("share under new keys").await;
        };
        let again = of_anna(&mut ben).await;
        shows(&mut ben, &["lake", "walk"]).await;
        assert_eq!(ben.read(&again, "a.jpg").await, b"bytes of a picture");
        assert_eq!(anna.read(&lake, "b.jpg").await, b"bytes of another");
        loop {
            let lake = ben.engine.share(&lake.id).await.unwrap();
            if lake.recipients.as_deref() == Some(&[anna.id()]) {
                assert_eq!(lake.former.as_deref(), Some(&[][..]), "nobody was taken off");
                break;
            }
            ben.something_happens("new revision").await;
        }
        let after = anna.share("after", &[("c", b"new")], &[&ben_id]).await;
        assert_eq!(ben.received("after").await.author, anna.id());
        ben.share("back", &[("d", b"newer")], &[&anna.id()]).await;
        anna.received("back").await;
        drop(after);

        // Both have read it, and are not told again.
        assert_eq!(ben.engine.confirm_new_keys(&anna.id()).await.unwrap().new_keys, None);
        assert!(anna.engine.current().unwrap().changed_keys.is_some());
        assert_eq!(anna.engine.confirm_keys().await.unwrap().changed_keys, None);
        let ben = ben.leave().await.back(&[&relay]).await;
        assert_eq!(ben.engine.contact(&anna.id()).await.unwrap().new_keys, None);
        let why = anna.engine.recovery_phrase(NEW).await.unwrap_err();
        assert_eq!(
            why,
            Error::WordsElsewhere,
            "who had the old keystore does not find the words in the new one"
        );
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_was_blocked_stays_blocked_under_other_keys() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        ben.engine.block(&old).await.unwrap();
        let words = words_of(&anna).await;
        change_keys(&mut anna, &words).await;
        anna.has_asked(&ben_id, Asked::Left).await;
        let blocked = ben.stands(&anna.id(), ContactState::Blocked).await;
        assert_eq!(blocked.new_keys, None, "there is nothing to tell");
        assert!(ben.engine.requests().await.unwrap().is_empty());
        ben.engine.unblock(&anna.id()).await.unwrap();
        ben.stands(&anna.id(), ContactState::Mutual).await;
    })
    .await;
    relay.stop().await;
}

/// Begins to change keys and drops that after some steps, as a tab does that dies.
async fn die_within(person: &Person, words: &str, steps: usize) -> bool {
    let mut changing = pin!(person.engine.change_keys(words, NEW));
    let mut left = steps;
    poll_fn(|context| {
        if changing.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(false) } else { Poll::Pending }
    })
    .await
}

#[tokio::test]
async fn a_tab_that_dies_in_the_middle_leaves_the_old_keys_or_the_new_ones_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        let share = anna.share("walk", &[("a.jpg", b"bytes of a picture")], &[&ben_id]).await;
        anna.delivered(&share).await;
        ben.received("walk").await;
        let words = words_of(&anna).await;
        let mut was_old = 0;
        for steps in (1..).step_by(3) {
            let is_done = die_within(&anna, &words, steps).await;
            let disk = anna.leave().await.disk;
            let engine = open_with(&disk, config(&[&relay])).await;
            let listed = engine.profiles().await.unwrap();
            assert_eq!(listed.len(), 1, "there is one of her after {steps} steps");
            let id = listed[0].id.clone();
            let passphrase = if id == old { PASSPHRASE } else { NEW };
            let me = engine.unlock(&id, passphrase, Stay::Open).await.expect("it opens");
            anna = Person::at(engine, disk, me);
            assert_eq!(anna.engine.contact(&ben_id).await.unwrap().name, "Ben");
            if id != old {
                break;
            }
            assert!(!is_done);
            was_old += 1;
            assert_eq!(anna.titles().await, ["walk"]);
        }
        assert!(was_old > 1, "it died before the change too");
        shows(&mut anna, &["walk"]).await;
        ben.stands(&anna.id(), ContactState::Mutual).await;
        // And in the middle of what follows.
        let id = anna.id();
        let disk = anna.leave().await.disk;
        let engine = open_with(&disk, config(&[&relay])).await;
        let me = engine.unlock(&id, NEW, Stay::Open).await.unwrap();
        let mut anna = Person::at(engine, disk, me);
        anna.stands(&ben_id, ContactState::Mutual).await;
        shows(&mut anna, &["walk"]).await;
        let shared = loop {
            let shares = ben.engine.shares(ShareQuery::default()).await.unwrap();
            if let Some(share) = shares.into_iter().find(|share| share.author == id) {
                break share;
            }
            ben.something_happens("share under new keys").await;
        };
        assert_eq!(ben.read(&shared, "a.jpg").await, b"bytes of a picture");
        shows(&mut ben, &["walk"]).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn the_words_bring_back_the_new_keys_and_another_browser_learns_that_it_has_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let ben_id = ben.id();
        let words = words_of(&anna).await;
        let audience = Audience::Link { password: None, expires: None };
        let (title, files) = ("by link".to_owned(), vec![file("a", b"bytes")]);
        let new = NewShare { title, note: None, files, audience, keep_location: false };
        let by_link = anna.engine.create_share(new).await.unwrap();
        anna.delivered(&by_link).await;
        let mut phone = recovered(&words, &[&relay]).await;
        phone.engine.confirm_restored().await.unwrap();
        assert!(!phone.me.old_keys);

        change_keys(&mut anna, &words).await;
        let changed = anna.me.changed_keys.clone().expect("she is told what follows");
        assert_eq!(changed.links, ["by link"], "which links are to be made anew");
        assert!(anna.engine.links().await.unwrap().is_empty());
        ben.stands(&anna.id(), ContactState::Mutual).await;
        anna.stands(&ben_id, ContactState::Mutual).await;
        while !phone.engine.current().unwrap().old_keys {
            phone.something_happens("last root of the old keys").await;
        }

        let share = anna.share("after", &[("a", b"bytes")], &[&ben_id]).await;
        anna.delivered(&share).await;
        let mut again = recovered(&words, &[&relay]).await;
        assert_eq!(again.id(), anna.id());
        again.stands(&ben_id, ContactState::Mutual).await;
        assert!(again.titles().await.contains(&"after".to_owned()));
        again.engine.confirm_restored().await.unwrap();

        // One step more, from there: Ben follows again.
        let second = again.id();
        let words = again.engine.recovery_phrase("another passphrase").await.unwrap();
        change_keys(&mut again, &words).await;
        assert_ne!(again.id(), second);
        ben.stands(&again.id(), ContactState::Mutual).await;
        assert_eq!(ben.engine.contacts().await.unwrap().len(), 1, "she is one person");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_only_follows_hears_of_new_keys_by_the_last_root_of_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut anna = Person::new("Anna", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let old = anna.id();
        let new = |title: &str, audience| NewShare {
            title: title.into(),
            note: None,
            files: vec![file("a.txt", b"for everybody")],
            audience,
            keep_location: false,
        };
        let share = anna.engine.create_share(new("to all", Audience::Public)).await.unwrap();
        anna.delivered(&share).await;
        anna.engine.create_share(new("mine", Audience::Myself)).await.unwrap();
        cleo.engine.follow(&old).await.unwrap();
        cleo.received("to all").await;
        let words = words_of(&anna).await;
        change_keys(&mut anna, &words).await;

        cleo.stands(&anna.id(), ContactState::Following).await;
        assert_eq!(cleo.engine.contact(&old).await.unwrap_err(), Error::NotFound("contact"));
        let again = loop {
            let shares = cleo.engine.shares(ShareQuery::default()).await.unwrap();
            match &shares[..] {
                [share] if share.author == anna.id() => break share.clone(),
                _ => cleo.something_happens("share under new keys").await,
            }
        };
        assert_eq!(cleo.read(&again, "a.txt").await, b"for everybody");
        shows(&mut anna, &["mine", "to all"]).await;
        let mine = anna.engine.shares(ShareQuery::default()).await.unwrap();
        let mine = mine.into_iter().find(|share| share.title == "mine").unwrap();
        assert_eq!(
            (mine.author.clone(), anna.read(&mine, "a.txt").await),
            (anna.id(), b"for everybody".to_vec())
        );
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_a_friend_left_for_the_old_keys_comes_to_the_new_ones_while_the_friend_has_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut anna = Person::new("Anna", &[&relay]).await;
        let for_anna = recipient(&mut anna, &relay).await;
        let words = words_of(&anna).await;
        // He has no page open, and what he published says nothing of other keys.
        let mut ben = Author::new("Ben".into(), vec![address(&relay)]);
        let device = Device::of(&ben, &relay).await;
        let made = ben.make(&for_anna, Some("before"));
        device.leave(&ben, made).await;
        anna.add(&ben.id.to_string()).await;
        anna.received("before").await;
        change_keys(&mut anna, &words).await;

        let made = ben.make(&for_anna, Some("late"));
        device.leave(&ben, made).await;
        let late = anna.received("late").await;
        assert_eq!(anna.read(&late, "news.jpg").await.len(), 1024);
        // In another browser that has the new keys alone, too.
        anna.published().await;
        let mut again = recovered(&words, &[&relay]).await;
        assert_eq!(again.id(), anna.id());
        again.received("late").await;

        // What he leaves for the new ones comes from there on.
        let for_new = recipient(&mut anna, &relay).await;
        let made = ben.make(&for_new, Some("for the new keys"));
        device.leave(&ben, made).await;
        anna.received("for the new keys").await;
        shows(&mut anna, &["before", "for the new keys", "late"]).await;
    })
    .await;
    relay.stop().await;
}
