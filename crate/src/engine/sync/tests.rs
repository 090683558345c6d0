use std::rc::Rc;

use futures::SinkExt;

use super::mocked::{Author, Syncing};
use crate::engine::Error;
use crate::engine::mocked::{ring, settle, until, with_seeds};
use crate::format::note::Says;
use crate::format::share_id::InnerId;
use crate::platform;
use crate::social::contact::Warning;
use crate::social::fixture::{cid, head};
use crate::social::relation::{Decision, Relation};

fn added() -> Relation {
    Relation::added(platform::now_ms())
}

/// A profile that asks for the root of somebody who has just published, and does not get it yet.
async fn ingesting(seed: u64, relation: Relation) -> (Rc<Author>, Syncing) {
    let author = Author::gated(2);
    author.publish("Ben", &ring(1), []);
    let profile = Syncing::with_contact(seed, &author, relation).await;
    profile.sync.start();
    until("their root is asked for", || author.is_wanted()).await;
    (author, profile)
}

#[tokio::test]
async fn a_name_given_while_a_record_is_ingested_stays_and_everything_else_comes() {
    with_seeds(async |seed| {
        let (author, profile) = ingesting(seed, added()).await;
        let id = author.ring.id();
        let named = profile.state.update(move |tx| {
            tx.contacts.get_mut(&id).ok_or(Error::NotFound("contact"))?.petname = Some("Benny".into());
            Ok(())
        });
        named.await.expect("there is room");
        author.open_gate();
        until("all is ingested", || profile.contact(&id).is_some_and(|contact| contact.head.is_some())).await;
        let contact = profile.contact(&id).expect("they are a contact");
        assert_eq!(contact.petname.as_deref(), Some("Benny"));
        assert_eq!(contact.profile.as_ref().map(|profile| profile.name.as_str()), Some("Ben"));
        assert!(contact.has_letterbox());
        assert_eq!(contact.devices.len(), 1, "their certificate came in the letterbox");
    })
    .await;
}

#[tokio::test]
async fn a_contact_who_is_removed_while_their_record_is_ingested_does_not_come_back() {
    with_seeds(async |seed| {
        let (author, profile) = ingesting(seed, added()).await;
        let id = author.ring.id();
        let removed = profile.state.remove(move |tx| {
            tx.contacts.remove(&id);
            tx.relations.remove(&id);
            Ok(())
        });
        removed.await.expect("removing needs no room");
        author.open_gate();
        settle().await;
        assert_eq!(profile.contact(&id), None);
        assert!(profile.state.live(|live| live.refused.is_empty()));
    })
    .await;
}

#[tokio::test]
async fn who_is_added_while_only_followed_until_then_has_their_letterbox_read_in_the_end() {
    with_seeds(async |seed| {
        let mut following = Relation::default();
        following.decide(Decision::Following, None, platform::now_ms());
        let (author, mut profile) = ingesting(seed, following).await;
        let id = author.ring.id();
        let decided = profile.state.update(move |tx| {
            tx.relations.insert(id, added());
            tx.contacts.get_mut(&id).ok_or(Error::NotFound("contact"))?.forget_head();
            Ok(())
        });
        decided.await.expect("there is room");
        profile.wanted.send(id).await.expect("sync listens");
        author.open_gate();
        until("their letterbox is read", || profile.contact(&id).is_some_and(|it| it.has_letterbox())).await;
    })
    .await;
}

#[tokio::test]
async fn a_fork_that_no_root_joins_is_warned_of_once_its_time_is_over_also_in_the_next_sitting() {
    with_seeds(async |seed| {
        let author = Author::gated(2);
        let profile = Syncing::with_contact(seed, &author, added()).await;
        let id = author.ring.id();
        let seen = profile.state.update(move |tx| {
            let contact = tx.contacts.get_mut(&id).ok_or(Error::NotFound("contact"))?;
            contact.apply_head(head(5, 1), &[], platform::now_ms());
            contact.apply_fork(5, cid(2), platform::now_ms());
            Ok(())
        });
        seen.await.expect("there is room");
        assert_eq!(profile.contact(&id).expect("they are a contact").warning, None);
        profile.sync.start();
        let is_warned = || profile.contact(&id).is_some_and(|it| it.warning == Some(Warning::TwoRoots(5)));
        until("it is warned of", is_warned).await;
    })
    .await;
}

#[tokio::test]
async fn a_root_of_a_device_that_does_not_know_what_was_read_waits_for_the_one_that_joins_both() {
    with_seeds(async |seed| {
        let author = Author::gated(2);
        let id = author.ring.id();
        author.open_gate();
        author.publish("Ben", &ring(1), []);
        let before = author.published();
        // More than one page of notes.
        author.publish("Ben", &ring(1), gone(2_000));
        let read = author.published();
        let mut profile = Syncing::with_contact(seed, &author, added()).await;
        profile.sync.start();
        let head =
            |profile: &Syncing| profile.contact(&id).and_then(|contact| contact.head).map(|it| it.root);
        until("all is read", || head(&profile) == read.root()).await;

        author.go_on_from(before);
        for name in ["Benjamin", "Benny"] {
            author.publish(name, &ring(1), []);
        }
        assert!(author.published().seq() > read.seq());
        profile.wanted.send(id).await.expect("sync listens");
        until("it is noted", || profile.contact(&id).is_some_and(|contact| contact.fork.is_some())).await;
        assert_eq!(head(&profile), read.root());
        // Nobody joins them in time: from then on it is as true as the other.
        until("it is warned of", || profile.contact(&id).is_some_and(|contact| contact.is_forked())).await;
        assert!(profile.state.live(|live| live.refused.is_empty()), "nothing is wrong with it");
        profile.wanted.send(id).await.expect("sync listens");
        until("it is taken", || head(&profile) == author.published().root()).await;
        assert!(profile.contact(&id).is_some_and(|contact| !contact.is_forked()));
    })
    .await;
}

/// Notes that so many shares are gone of which nobody has heard.
fn gone(count: u32) -> impl Iterator<Item = Says> {
    (0..count).map(|number| {
        let mut share = InnerId([7; 16]);
        share.0[..4].copy_from_slice(&number.to_be_bytes());
        Says::Gone { share, rev: None }
    })
}

#[tokio::test]
async fn notes_that_shares_are_gone_which_i_never_saw_leave_nothing_behind() {
    with_seeds(async |seed| {
        let author = Author::gated(2);
        author.publish("Ben", &ring(1), gone(300));
        let profile = Syncing::with_contact(seed, &author, added()).await;
        let before = profile.state.read(|tables| tables.hidden.clone());
        author.open_gate();
        profile.sync.start();
        let id = author.ring.id();
        until("all is ingested", || profile.contact(&id).is_some_and(|contact| contact.head.is_some())).await;
        assert!(profile.contact(&id).is_some_and(|contact| contact.has_letterbox()));
        assert!(profile.state.read(|tables| tables.hidden == before), "nothing is hidden");
    })
    .await;
}

#[tokio::test]
async fn who_is_blocked_does_not_see_the_end_of_the_watch_at_their_device() {
    with_seeds(async |seed| {
        let (author, profile) = ingesting(seed, added()).await;
        let id = author.ring.id();
        author.open_gate();
        until("their device is watched", || author.is_watched_at(true)).await;
        let blocked = profile.state.update(move |tx| {
            let relation = tx.relations.get_mut(&id).ok_or(Error::NotFound("contact"))?;
            relation.decide(Decision::Blocked, None, platform::now_ms());
            Ok(())
        });
        blocked.await.expect("there is room");
        until("their relay is watched no more", || !author.is_watched_at(false)).await;
        settle().await;
        assert!(author.is_watched_at(true));
        // Added again, they are looked for as anybody is.
        let again = profile.state.update(move |tx| {
            tx.relations.insert(id, added());
            Ok(())
        });
        again.await.expect("there is room");
        until("their relay is watched", || author.is_watched_at(false)).await;
        assert!(author.is_watched_at(true));
    })
    .await;
}
