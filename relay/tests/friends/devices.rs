//! One person with several browsers: what is done in one shows in the others, and friends see one person.

use std::path::Path;
use std::time::Duration;

use spinney::engine::api::{ContactState, Event, ShareQuery, TransferId};
use spinney_relay::Server;

use crate::hostile::warned;
use crate::person::{PASSPHRASE, Person, befriend, file, friends, recovered, relay, tell};

/// A second browser of somebody, by their words.
pub(crate) async fn second(person: &Person, relays: &[&Server]) -> Person {
    let words = person.engine.recovery_phrase(PASSPHRASE).await.unwrap();
    let second = recovered(&words, relays).await;
    second.engine.confirm_restored().await.unwrap();
    second
}

/// What a browser shows: people with their standing, names and circles, and shares.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    people: Vec<(String, ContactState, Option<String>, Vec<String>)>,
    shares: Vec<(String, String)>,
}

async fn shown(person: &Person) -> Shown {
    let people = person.engine.contacts().await.unwrap().into_iter();
    let mut people: Vec<_> = people.map(|it| (it.id, it.state, it.petname, it.circles)).collect();
    let shares = person.engine.shares(ShareQuery::default()).await.unwrap().into_iter();
    let mut shares: Vec<_> = shares.map(|share| (share.title, share.id)).collect();
    people.sort_by(|a, b| a.0.cmp(&b.0));
    shares.sort();
    Shown { people, shares }
}

/// Waits until both browsers show the same, and that is so.
async fn alike(one: &mut Person, other: &mut Person, is_so: impl Fn(&Shown) -> bool) {
    loop {
        let (left, right) = (shown(one).await, shown(other).await);
        if left == right && is_so(&left) {
            return;
        }
        let what = format!("likeness: {left:?} and {right:?}");
        tokio::select! {
            () = one.something_happens(&what) => {}
            () = other.something_happens("likeness") => {}
        }
    }
}

fn has_share(title: &'static str) -> impl Fn(&Shown) -> bool {
    move |shown| shown.shares.iter().any(|(known, _)| known == title)
}

#[tokio::test]
async fn what_one_browser_does_the_other_shows_and_friends_see_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut ben) = friends("Ann", "Ben", &relay).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let mut phone = second(&laptop, &[&relay]).await;
        laptop.share("from the laptop", &[("a", b"bytes")], &[&ben.id()]).await;
        alike(&mut laptop, &mut phone, has_share("from the laptop")).await;
        let share = phone.share("from the phone", &[("b", b"more")], &[&ben.id()]).await;
        alike(&mut laptop, &mut phone, has_share("from the phone")).await;
        for title in ["from the laptop", "from the phone"] {
            ben.received(title).await;
        }
        assert_eq!(laptop.read(&share, "b").await, b"more", "the other browser opens it");

        phone.add(&cleo.me.invite).await;
        cleo.add(&laptop.me.invite).await;
        laptop.stands(&cleo.id(), ContactState::Mutual).await;
        alike(&mut laptop, &mut phone, |shown| {
            shown.people.iter().filter(|person| person.1 == ContactState::Mutual).count() == 2
        })
        .await;
        laptop.engine.set_circles(&cleo.id(), &["Family".into()]).await.unwrap();
        phone.engine.rename_contact(&ben.id(), "Benny").await.unwrap();
        let (cleo_id, ben_id) = (cleo.id(), ben.id());
        alike(&mut laptop, &mut phone, |shown| {
            let is_so = |person: &(String, ContactState, Option<String>, Vec<String>)| match &person.0 {
                id if *id == cleo_id => person.3 == ["Family"],
                id => *id == ben_id && person.2.as_deref() == Some("Benny"),
            };
            shown.people.len() == 2 && shown.people.iter().all(is_so)
        })
        .await;

        laptop.engine.block(&cleo.id()).await.unwrap();
        phone.stands(&cleo.id(), ContactState::Blocked).await;
        laptop.engine.remove_share(&share.id).await.unwrap();
        alike(&mut laptop, &mut phone, |shown| !has_share("from the phone")(shown)).await;
        // Roots of both with one sequence are followed by one that names both.
        warned(&mut ben, &laptop.id(), None).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_somebody_gave_and_one_browser_removed_goes_from_the_other_too() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, ben) = friends("Ann", "Ben", &relay).await;
        let mut phone = second(&laptop, &[&relay]).await;
        let share = ben.share("from Ben", &[("a", b"bytes")], &[&laptop.id()]).await;
        ben.share("more from Ben", &[("b", b"bytes")], &[&laptop.id()]).await;
        alike(&mut laptop, &mut phone, |shown| shown.shares.len() == 2).await;
        laptop.engine.remove_share(&share.id).await.unwrap();
        alike(&mut laptop, &mut phone, |shown| !has_share("from Ben")(shown)).await;
        assert_eq!(phone.titles().await, ["more from Ben"]);
        // It does not come back with the next change, at either.
        ben.engine.add_files(&share.id, vec![file("c", b"bytes")], false).await.unwrap();
        ben.share("the last", &[("d", b"bytes")], &[&laptop.id()]).await;
        alike(&mut laptop, &mut phone, |shown| has_share("the last")(shown) && shown.shares.len() == 2).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_both_do_while_no_relay_is_there_is_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut ben) = friends("Ann", "Ben", &one).await;
        let mut cleo = Person::new("Cleo", &[&one]).await;
        befriend(&mut laptop, &mut cleo).await;
        let mut phone = second(&laptop, &[&one]).await;
        alike(&mut laptop, &mut phone, |shown| shown.people.len() == 2).await;
        let (port, ben_id, cleo_id) = (one.local().port(), ben.id(), cleo.id());
        one.stop().await;

        laptop.share("by the laptop", &[("a", b"bytes")], &[&ben_id]).await;
        laptop.engine.rename_contact(&ben_id, "Benny").await.unwrap();
        phone.share("by the phone", &[("b", b"more")], &[&ben_id, &cleo_id]).await;
        phone.engine.remove_contact(&cleo_id).await.unwrap();

        let one = relay(folder.path(), port).await;
        alike(&mut laptop, &mut phone, |shown| {
            has_share("by the laptop")(shown)
                && has_share("by the phone")(shown)
                && shown.people.len() == 1
                && shown.people[0].2.as_deref() == Some("Benny")
        })
        .await;
        for title in ["by the laptop", "by the phone"] {
            let share = ben.received(title).await;
            assert_eq!(share.author, laptop.id());
        }
        // What comes after it arrives too, from either.
        laptop.share("later, by the laptop", &[("c", b"c")], &[&ben_id]).await;
        ben.received("later, by the laptop").await;
        phone.share("later, by the phone", &[("d", b"d")], &[&ben_id]).await;
        ben.received("later, by the phone").await;
        alike(&mut laptop, &mut phone, has_share("later, by the phone")).await;
        one.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_was_away_brings_nobody_back_and_loses_no_share() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(folder.path(), 0).await, relay(other.path(), 0).await);
    let relays = [&one, &other];
    tell(async {
        let mut laptop = Person::new("Ann", &relays).await;
        let mut ben = Person::new("Ben", &relays).await;
        befriend(&mut laptop, &mut ben).await;
        let mut phone = second(&laptop, &relays).await;
        alike(&mut laptop, &mut phone, |shown| shown.people.len() == 1).await;
        let away = laptop.leave().await;

        let album = phone.share("an album", &[("a", b"bytes")], &[]).await;
        phone.delivered(&album).await;
        phone.engine.remove_contact(&ben.id()).await.unwrap();
        let mut laptop = away.back(&relays).await;
        laptop.share("a note", &[("n", b"note")], &[]).await;
        alike(&mut laptop, &mut phone, |shown| {
            shown.people.is_empty() && has_share("an album")(shown) && has_share("a note")(shown)
        })
        .await;
        // The relays still keep what the other browser brought there.
        let kept = laptop
            .wait("kept album", |event| match event {
                Event::Share { share, .. } if share.title == "an album" && share.kept => Some(share.clone()),
                _ => None,
            })
            .await;
        phone.leave().await;
        assert_eq!(laptop.read(&kept, "a").await, b"bytes");
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn of_a_share_that_both_change_at_once_all_files_stay_and_who_was_taken_off_stays_off() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut ben) = friends("Ann", "Ben", &one).await;
        let mut cleo = Person::new("Cleo", &[&one]).await;
        befriend(&mut laptop, &mut cleo).await;
        let mut dora = Person::new("Dora", &[&one]).await;
        befriend(&mut laptop, &mut dora).await;
        let readers = [ben.id(), cleo.id(), dora.id()];
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        let album = laptop.share("an album", &[("first", b"1")], &readers).await;
        laptop.delivered(&album).await;
        let mut phone = second(&laptop, &[&one]).await;
        alike(&mut laptop, &mut phone, has_share("an album")).await;
        cleo.received("an album").await;
        let port = one.local().port();
        one.stop().await;

        let added = vec![file("from the laptop", b"2")];
        laptop.engine.add_files(&album.id, added, false).await.unwrap();
        laptop.engine.revoke(&album.id, &[dora.id()]).await.unwrap();
        let added = vec![file("from the phone", b"3")];
        phone.engine.add_files(&album.id, added, false).await.unwrap();
        phone.engine.revoke(&album.id, &[cleo.id()]).await.unwrap();
        let one = relay(folder.path(), port).await;
        let all = ["first", "from the laptop", "from the phone"];
        for person in [&mut laptop, &mut phone, &mut ben] {
            loop {
                let share = person.engine.share(&album.id).await.unwrap();
                if share.files == 3 && person.paths(&share).await == all {
                    break;
                }
                person.something_happens("whole album").await;
            }
        }
        for person in [&laptop, &phone] {
            let share = person.engine.share(&album.id).await.unwrap();
            assert_eq!(share.recipients, Some(vec![ben.id()]));
        }
        one.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_share_of_which_a_revision_is_not_there_yet_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, ben) = friends("Ann", "Ben", &one).await;
        let album = laptop.share("an album", &[("first", b"1")], &[]).await;
        laptop.delivered(&album).await;
        let mut phone = second(&laptop, &[&one]).await;
        alike(&mut laptop, &mut phone, has_share("an album")).await;
        let port = one.local().port();
        one.stop().await;

        // The phone lists the new files in its vault, and does not bring them to the relay.
        phone.engine.add_files(&album.id, vec![file("second", b"2")], false).await.unwrap();
        let upload = TransferId::up(&album.id);
        phone.engine.pause(&upload).await.unwrap();
        phone.engine.rename_contact(&ben.id(), "Benny").await.unwrap();
        let one = relay(folder.path(), port).await;
        while laptop.engine.contact(&ben.id()).await.unwrap().petname.is_none() {
            laptop.something_happens("name of the friend").await;
        }
        let before = laptop.engine.share(&album.id).await.expect("it does not go meanwhile");
        assert_eq!(laptop.paths(&before).await, ["first"]);
        laptop.engine.rename_contact(&ben.id(), "Ben").await.unwrap();
        phone.engine.resume(&upload).await.unwrap();
        while laptop.engine.share(&album.id).await.unwrap().files < 2 {
            laptop.something_happens("files that the phone added").await;
        }
        one.stop().await;
    })
    .await;
}

/// Waits until the database of a relay that was stopped is closed, so that its folder can be copied.
async fn closed(folder: &Path) {
    let is_open = || {
        let mut names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.any(|name| name.to_string_lossy().ends_with("-wal"))
    };
    while is_open() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test]
async fn a_relay_that_answers_with_an_old_record_takes_nothing_away() {
    let (folder, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut ben) = friends("Ann", "Ben", &one).await;
        let first = laptop.share("first", &[("a", b"1")], &[&ben.id()]).await;
        laptop.delivered(&first).await;
        let mut phone = second(&laptop, &[&one]).await;
        alike(&mut laptop, &mut phone, has_share("first")).await;
        let port = one.local().port();
        one.stop().await;
        closed(folder.path()).await;
        copy(folder.path(), old.path());
        let one = relay(folder.path(), port).await;
        let later = laptop.share("second", &[("b", b"2")], &[&ben.id()]).await;
        laptop.delivered(&later).await;
        ben.received("second").await;
        alike(&mut laptop, &mut phone, has_share("second")).await;
        one.stop().await;

        // The same relay, as it was before.
        let one = relay(old.path(), port).await;
        phone.engine.rename_contact(&ben.id(), "Benny").await.unwrap();
        alike(&mut laptop, &mut phone, |shown| {
            has_share("second")(shown) && shown.people[0].2.as_deref() == Some("Benny")
        })
        .await;
        assert_eq!(ben.titles().await.len(), 2);
        one.stop().await;
    })
    .await;
}
