//! A device is removed: it says so, nothing that it does reaches anybody, and nothing that it did meanwhile undoes it.

use spinney::engine::Error;
use spinney::engine::api::{Device, ShareQuery};
use spinney_relay::Server;
use spinney_relay::config::Admission;

use crate::devices::second;
use crate::hostile::warned;
use crate::person::{Person, friends, relay, relay_with, tell};

/// The device that somebody uses.
async fn here(person: &Person) -> Device {
    devices(person).await.into_iter().find(|device| device.here).expect("it is listed")
}

async fn devices(person: &Person) -> Vec<Device> {
    person.engine.devices().await.expect("unlocked")
}

/// Waits until a person's list of other devices is as it should be.
async fn lists(person: &mut Person, what: &str, is_so: impl Fn(&[Device]) -> bool) -> Vec<Device> {
    loop {
        let others: Vec<_> = devices(person).await.into_iter().filter(|device| !device.here).collect();
        if is_so(&others) {
            return others;
        }
        person.something_happens(what).await;
    }
}

async fn is_removed(person: &mut Person, removed: bool) {
    while person.engine.current().expect("unlocked").removed != removed {
        person.something_happens(if removed { "removal" } else { "return" }).await;
    }
}

async fn sees_online(person: &mut Person, friend: &str, online: bool) {
    while person.engine.contact(friend).await.unwrap().online != online {
        person.something_happens("friend who comes or goes").await;
    }
}

async fn two_devices(relay: &Server) -> (Person, Person, Person) {
    let (mut laptop, ben) = friends("Ann", "Ben", relay).await;
    let mut phone = second(&laptop, &[relay]).await;
    lists(&mut laptop, "phone", |others| others.len() == 1).await;
    lists(&mut phone, "laptop", |others| others.len() == 1).await;
    (laptop, phone, ben)
}

#[tokio::test]
async fn a_device_that_is_removed_says_so_and_reaches_nobody_until_that_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        // Here the phone is the first device: only the passphrase of that one is known to these stories.
        let (mut phone, mut laptop, mut ben) = two_devices(&relay).await;
        let phone_id = here(&phone).await.id;
        let mine = here(&laptop).await.id;
        assert!(matches!(laptop.engine.remove_device(&mine).await, Err(Error::Unsupported(_))));
        assert_eq!(laptop.engine.remove_device("12D3KooWnobody").await, Err(Error::NotFound("device")));

        laptop.engine.remove_device(&phone_id).await.unwrap();
        assert!(devices(&laptop).await.iter().all(|device| device.id != phone_id));
        is_removed(&mut phone, true).await;
        phone.share("from the phone", &[("p", b"1")], &[&ben.id()]).await;
        laptop.share("from the laptop", &[("l", b"2")], &[&ben.id()]).await;
        ben.received("from the laptop").await;
        assert_eq!(ben.titles().await, ["from the laptop"]);
        // The relay takes nothing under its key either.
        let away = phone.leave().await;
        let mut phone = away.back(&[&relay]).await;
        assert!(phone.engine.current().unwrap().removed, "it knows that it was");
        let also = phone.share("also from the phone", &[("p", b"3")], &[]).await;
        laptop.share("again from the laptop", &[("l", b"4")], &[&ben.id()]).await;
        ben.received("again from the laptop").await;
        assert!(!phone.engine.share(&also.id).await.unwrap().kept);
        assert!(!laptop.titles().await.contains(&"also from the phone".to_owned()));
        assert_eq!(lists(&mut laptop, "nobody", <[_]>::is_empty).await, [], "it did not list itself again");

        let back = laptop.engine.restore_device(&phone_id).await.unwrap();
        assert_eq!((back.id, back.here), (phone_id, false));
        is_removed(&mut phone, false).await;
        ben.received("from the phone").await;
        laptop.received("also from the phone").await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn friends_do_not_take_a_removed_device_for_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut phone, mut ben) = two_devices(&relay).await;
        // The phone introduces itself to Ben with the first that it publishes.
        phone.share("hello", &[("h", b"1")], &[&ben.id()]).await;
        ben.received("hello").await;
        let ann = laptop.id();
        let away = laptop.leave().await;
        sees_online(&mut ben, &ann, true).await;
        laptop = away.back(&[&relay]).await;
        laptop.engine.remove_device(&here(&phone).await.id).await.unwrap();
        laptop.share("after", &[("a", b"2")], &[&ben.id()]).await;
        ben.received("after").await;
        is_removed(&mut phone, true).await;
        laptop.leave().await;
        sees_online(&mut ben, &ann, false).await;
        warned(&mut ben, &ann, None).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_a_removed_device_did_while_it_did_not_know_undoes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut phone, ben) = two_devices(&one).await;
        let (phone_id, port) = (here(&phone).await.id, one.local().port());
        one.stop().await;
        laptop.engine.remove_device(&phone_id).await.unwrap();
        // Later than the removal.
        phone.engine.rename_device(&phone_id, "My own").await.unwrap();
        phone.engine.rename_contact(&ben.id(), "Benny").await.unwrap();
        let one = relay(folder.path(), port).await;
        is_removed(&mut phone, true).await;
        laptop.engine.rename_contact(&ben.id(), "Ben at last").await.unwrap();
        while phone.engine.contact(&ben.id()).await.unwrap().petname.as_deref() != Some("Ben at last") {
            phone.something_happens("what the laptop named Ben").await;
        }
        assert_eq!(lists(&mut laptop, "nobody", <[_]>::is_empty).await, []);
        assert!(phone.engine.current().unwrap().removed);
        one.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_device_is_shown_as_new_until_the_person_says_that_they_know_it() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut phone, _ben) = two_devices(&relay).await;
        let new = lists(&mut laptop, "phone that is here", |others| others[0].online).await;
        assert!(new[0].new, "nobody was asked");
        let known = lists(&mut phone, "laptop that is here", |others| others[0].online).await;
        assert!(!known[0].new, "it was there before");
        laptop.engine.confirm_device(&new[0].id).await.unwrap();
        assert!(!lists(&mut laptop, "phone", |others| others.len() == 1).await[0].new);

        phone.leave().await;
        let away = lists(&mut laptop, "phone that is away", |others| !others[0].online).await;
        assert!(away[0].last_seen.is_some_and(|seen| seen >= away[0].added));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn devices_tell_each_other_what_a_relay_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let (mut laptop, mut phone, ben) = two_devices(&one).await;
        let port = one.local().port();
        one.stop().await;
        // It still connects people, and keeps nothing new for them.
        let one = relay_with(folder.path(), port, |config| config.admission = Some(Admission::List)).await;
        lists(&mut laptop, "phone that is here", |others| others[0].online).await;
        lists(&mut phone, "laptop that is here", |others| others[0].online).await;

        laptop.engine.rename_contact(&ben.id(), "Benny").await.unwrap();
        while phone.engine.contact(&ben.id()).await.unwrap().petname.as_deref() != Some("Benny") {
            phone.something_happens("name of the friend").await;
        }
        phone.engine.rename_contact(&ben.id(), "Benjamin").await.unwrap();
        while laptop.engine.contact(&ben.id()).await.unwrap().petname.as_deref() != Some("Benjamin") {
            laptop.something_happens("name of the friend").await;
        }
        assert!(phone.engine.shares(ShareQuery::default()).await.unwrap().is_empty());
        one.stop().await;
    })
    .await;
}
