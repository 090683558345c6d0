//! Changing keys with the 24 words after a theft: contacts follow by themselves, and who has the old keys gets nothing new.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::future::poll_fn;
use spinney::engine::Error;
use spinney::engine::api::{
    Acquaintance, Asked, Audience, ContactState, NewShare, ShareQuery, Stay, Warning,
};
use spinney::format::limits;
use spinney::keys::{Id, Phrase, Ring};
use spinney::net::mailbox::Mail;
use spinney::platform;
use spinney::social::request;
use spinney::social::root::{self, Tip};
use spinney::social::share::Recipient;
use spinney_relay::Server;

use crate::authors::Author;
use crate::hostile::{Device, address, recipient, warned};
use crate::person::{PASSPHRASE, Person, config, file, friends, open_with, recovered, relay, tell};

const NEW: &str = "four other unrelated words";

/// Types the words and a new passphrase.
async fn change_keys(person: &mut Person, words: &str) {
    person.me = person.engine.change_keys(words, NEW).await.expect("these are the words");
}

async fn words_of(person: &Person) -> String {
    person.engine.recovery_phrase(PASSPHRASE).await.unwrap()
}

/// Who has stolen the seed of these words, and not the words.
fn thief(words: &str, relays: &[&Server]) -> Author {
    let phrase = Phrase::from_words(words).unwrap();
    let mut thief = Author::new("Anna".into(), relays.iter().map(|relay| address(relay)).collect());
    thief.ring = Ring::from_seed(phrase.seed(0));
    thief.id = thief.ring.id();
    thief.heir = phrase.heir(0);
    thief
}

/// Waits until somebody shows exactly these shares.
async fn shows(person: &mut Person, titles: &[&str]) {
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
async fn who_was_away_follows_by_the_request_although_a_thief_wrote_the_last_record_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        let friend = recipient(&mut ben, &relay).await;
        let words = words_of(&anna).await;
        let ben = ben.leave().await;

        // A later one is taken by no relay and no reader.
        let mut thief = thief(&words, &[&relay]);
        let device = Device::of(&thief, &relay).await;
        let last = platform::now_ms() / 1000 + limits::SEQUENCE_AHEAD_S;
        thief.tip = Some(Tip { seq: last - 1, root: Default::default() });
        let made = thief.make(&friend, None);
        device.leave(&thief, made).await;

        change_keys(&mut anna, &words).await;
        anna.has_asked(&ben_id, Asked::Left).await;
        let mut ben = ben.back(&[&relay]).await;
        ben.stands(&anna.id(), ContactState::Mutual).await;

        // From now on nothing of the thief comes.
        overwrite(&mut thief, &device, &friend).await;
        let asked = request::ask(&thief.ring, &friend, "It is me", &[], None, None, platform::now_ms());
        deposit(&device, &ben_id, asked.unwrap()).await;
        anna.share("of Anna", &[("a", b"bytes")], &[&ben_id]).await;
        ben.received("of Anna").await;
        let ben = ben.leave().await.back(&[&relay]).await;
        let mut ben = ben;
        let more = anna.share("more", &[("a", b"bytes")], &[&ben_id]).await;
        ben.received("more").await;
        drop(more);
        shows(&mut ben, &["more", "of Anna"]).await;
        assert!(ben.engine.requests().await.unwrap().is_empty());
        assert!(ben.engine.contact(&old).await.is_err());
    })
    .await;
    relay.stop().await;
}

/// Has the thief publish something above what the relay has, as soon as the clock allows one more sequence.
async fn overwrite(thief: &mut Author, device: &Device, friend: &Recipient) {
    loop {
        let record = device.net.get_record(&device.relay, thief.id).await.unwrap().expect("it was published");
        let known = root::verify_record(&thief.id, &record, platform::now_ms()).unwrap();
        thief.tip = Some(Tip { seq: known.sequence, root: known.root });
        let made = thief.make(friend, Some("of the thief"));
        let next = known.sequence + 1;
        if next <= platform::now_ms() / 1000 + limits::SEQUENCE_AHEAD_S {
            return device.leave(thief, made).await;
        }
        platform::sleep(Duration::from_millis(200)).await;
    }
}

async fn deposit(device: &Device, to: &str, mail: Vec<u8>) {
    let (to, mail): (Id, _) = (to.parse().unwrap(), Mail::new(Bytes::from(mail)).unwrap());
    device.net.deposit(&device.relay, to, &mail, None).await.expect("the mailbox takes it");
}

#[tokio::test]
async fn nobody_but_the_words_makes_the_heir_and_another_one_waits_for_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        let friend = recipient(&mut ben, &relay).await;
        let words = words_of(&anna).await;
        let anna = anna.leave().await;

        // The thief names another heir: Ben is warned, takes nothing, and gives nothing.
        let mut thief = thief(&words, &[&relay]);
        thief.heir = [9; 32];
        thief.tip = Some(Tip { seq: platform::now_ms() / 1000 + 1_000, root: Default::default() });
        let device = Device::of(&thief, &relay).await;
        let made = thief.make(&friend, Some("of the thief"));
        device.leave(&thief, made).await;
        let id: Id = old.parse().unwrap();
        warned(&mut ben, &id, Some(Warning::Heir)).await;
        let for_anna = || Audience::Contacts { ids: vec![old.clone()] };
        let new = |audience| NewShare {
            title: "for Anna".into(),
            note: None,
            files: vec![file("a", b"bytes")],
            audience,
            keep_location: false,
        };
        assert_eq!(ben.engine.create_share(new(for_anna())).await.unwrap_err(), Error::Doubted);

        // Somebody else claims to follow Anna: a stranger asks, and Anna stays.
        let mut eve = Author::new("Eve".into(), vec![address(&relay)]);
        let eves = Device::of(&eve, &relay).await;
        let made = eve.make(&friend, None);
        eves.leave(&eve, made).await;
        for from in [&eve.ring, &Ring::from_seed(Phrase::from_words(&words).unwrap().seed(2))] {
            let relays = [address(&relay)];
            let claim = request::ask(from, &friend, "", &relays, None, Some(&id), platform::now_ms());
            deposit(&eves, &ben_id, claim.unwrap()).await;
        }
        ben.is_asked_by("Eve").await;
        while ben.engine.requests().await.unwrap().len() < 2 {
            ben.something_happens("request of a stranger").await;
        }
        assert_eq!(ben.engine.contact(&old).await.unwrap().state, ContactState::Mutual);
        assert_eq!(ben.titles().await, [""; 0], "nothing of the thief was taken");

        // The person goes on with it, knowing better, and the first heir stays pinned.
        assert_eq!(ben.engine.go_on(&old).await.unwrap().warning, None);
        ben.engine.create_share(new(for_anna())).await.expect("nothing is held back any more");
        let mut anna = anna.back(&[&relay]).await;
        change_keys(&mut anna, &words).await;
        ben.stands(&anna.id(), ContactState::Mutual).await;
        assert_eq!(ben.engine.contact(&old).await.unwrap_err(), Error::NotFound("contact"));
        anna.received("for Anna").await;
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
