//! Commands on a disk that is full at each of their commits in turn: each is done, or nothing of it.

use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;

use futures::future::{Either, select};
use futures::{StreamExt, future};

use super::Error;
use super::account::{self, ProfileList};
use super::api::{Audience, Event, NewShare, ProfileUpdate, TransferId, TransferState};
use super::mocked::{Given, MockedProfile, file, for_contacts, new_share, ring, until, with_seeds};
use crate::keys::{Id, Phrase, keystore};
use crate::social::relation::{Decision, Relation};
use crate::social::share_record::ShareRecord;

/// Runs a command, and lets room come back as soon as it says that there is none.
async fn until_there_is_room<T>(profile: &MockedProfile, command: impl Future<Output = T> + Unpin) -> T {
    let mut events = profile.hub.listen();
    let making_room = async {
        while let Some(event) = events.next().await {
            if matches!(event, Event::Quota { needed, .. } if needed > 0) {
                profile.disk.fill_at(None);
                profile.storage.room_may_be_free();
            }
        }
        future::pending::<Infallible>().await
    };
    match select(command, pin!(making_room)).await {
        Either::Left((done, _)) => done,
        Either::Right((never, _)) => match never {},
    }
}

/// Runs a command after what `prepare` did, with the disk full at none of its commits, then at the first, the second and
/// so on. What is run is boxed, because futures of commands are too large for the stack of a test in a debug build.
async fn at_each_commit<T>(
    prepare: impl AsyncFn(u64) -> (MockedProfile, T),
    command: impl AsyncFn(&MockedProfile, &T) -> Result<(), Error>,
) {
    with_seeds(async |seed| {
        let (profile, needed) = Box::pin(prepare(seed)).await;
        profile.disk.fill_at(None);
        Box::pin(command(&profile, &needed)).await.expect("there is room");
        let commits = profile.disk.adding_commits();
        assert!(commits > 0, "it writes something");
        for full in 1..=commits {
            let (profile, needed) = Box::pin(prepare(seed)).await;
            let before = profile.state.snapshot();
            profile.disk.fill_at(Some(full));
            let done = until_there_is_room(&profile, Box::pin(command(&profile, &needed))).await;
            profile.disk.fill_at(None);
            match &done {
                Ok(()) => {}
                Err(Error::Quota) => {
                    assert!(profile.state.snapshot() == before, "seed {seed}, commit {full}: all or nothing");
                }
                Err(why) => panic!("seed {seed}, commit {full}: {why}"),
            }
            let next = profile.opened_anew().await;
            assert!(
                next.state.snapshot() == profile.state.snapshot(),
                "seed {seed}, commit {full}: memory is what the disk has"
            );
            if done.is_err() {
                Box::pin(command(&next, &needed)).await.expect("it can be repeated");
            }
        }
    })
    .await;
}

/// Runs a command that only takes away, on a disk that takes nothing more: it is done, and found so on the disk.
async fn on_a_full_disk<T>(
    prepare: impl AsyncFn(u64) -> (MockedProfile, T),
    command: impl AsyncFn(&MockedProfile, &T) -> Result<(), Error>,
    is_done: impl Fn(&MockedProfile, &T) -> bool,
) {
    with_seeds(async |seed| {
        let (profile, needed) = Box::pin(prepare(seed)).await;
        profile.disk.fill();
        let done = Box::pin(command(&profile, &needed)).await;
        assert_eq!(done, Ok(()), "seed {seed}: it needs no room");
        assert!(is_done(&profile, &needed), "seed {seed}: it is done");
        let next = profile.opened_anew().await;
        assert!(
            next.state.snapshot() == profile.state.snapshot(),
            "seed {seed}: memory is what the disk has"
        );
        next.disk.fill_at(None);
        next.contacts.forget_the_old().await.expect("there is room");
        assert!(is_done(&next, &needed), "seed {seed}: it stays so when there is room again");
    })
    .await;
}

/// A profile with two contacts, the first of whom has a share.
async fn with_share(seed: u64) -> (MockedProfile, (ShareRecord, [Id; 2])) {
    let profile = MockedProfile::alone(seed).await;
    let contacts = [profile.befriend(&ring(3)).await, profile.befriend(&ring(4)).await];
    let share = profile.share(small(for_contacts(&contacts[..1]))).await;
    (profile, (share, contacts))
}

/// A profile that was given a share, of which no file is here, and that has another contact.
async fn with_given(seed: u64) -> (MockedProfile, (String, Id)) {
    let given = Given::new(seed, vec![file("a", 1, 10)]).await;
    given.ingest().await;
    let (id, contact) = (given.id(), given.me.befriend(&ring(3)).await);
    (given.me, (id, contact))
}

fn small(audience: Audience) -> NewShare {
    new_share(vec![file("a", 1, 10)], audience)
}

#[tokio::test]
async fn sharing() {
    let audiences = [
        Audience::Myself,
        Audience::Public,
        Audience::Link { password: None, expires: None },
        for_contacts(&[ring(3).id()]),
    ];
    for audience in audiences {
        at_each_commit(with_share, async |profile, _| {
            profile.shares.create(small(audience.clone())).await.map(drop)
        })
        .await;
    }
}

#[tokio::test]
async fn changing_an_audience() {
    at_each_commit(with_share, async |profile, (share, contacts)| {
        let wanted = [contacts[1].to_string()];
        profile.shares.set_audience(&share.id().to_string(), &wanted).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn adding_files() {
    at_each_commit(with_share, async |profile, (share, _)| {
        let added = profile.shares.add_files(&share.id().to_string(), vec![file("b", 2, 10)], false).await;
        assert_eq!(added.as_ref().map(|share| share.files), Ok(2));
        added.map(drop)
    })
    .await;
}

#[tokio::test]
async fn removing_shares() {
    let with_told = async |seed| {
        let (profile, (share, contacts)) = with_share(seed).await;
        let id = share.id().to_string();
        let both = contacts.map(|id| id.to_string());
        profile.shares.set_audience(&id, &both).await.expect("there is room");
        (profile, id)
    };
    at_each_commit(with_told, async |profile, id| {
        profile.shares.remove(id).await?;
        assert_eq!(profile.record(id), None);
        Ok(())
    })
    .await;
    at_each_commit(with_given, async |profile, (id, _)| {
        profile.shares.remove(id).await?;
        assert_eq!(profile.record(id), None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn passing_on() {
    at_each_commit(with_given, async |profile, (id, contact)| {
        profile.shares.pass_on(id, &[contact.to_string()]).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn downloading() {
    at_each_commit(with_given, async |profile, (id, _)| {
        profile.downloads.download(id, None).await?;
        let is_done = || {
            let transfer = profile.transfers.get(&TransferId::down(id));
            transfer.is_some_and(|transfer| transfer.state == TransferState::Done)
        };
        until("it is done", is_done).await;
        let contents = profile.fetchers.open_share(id).await?;
        let file = contents.find("a").await?.expect("it is listed");
        assert_eq!(profile.fetchers.held(&file).await, Ok(file.size()));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn changing_what_i_say_of_myself() {
    let key = keystore::new_recipe().derive("secret").expect("there is memory");
    let keystore = keystore::seal(&Phrase::from_bytes([1; 32]), &key);
    let with_list = async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let list = ProfileList::open(Rc::new(profile.disk.lead())).await.expect("memory opens");
        let account = profile.state.read(|tables| tables.account.clone());
        list.add(&profile.directory.id, &keystore, &account).await.expect("there is room");
        (profile, list)
    };
    at_each_commit(with_list, async |profile, list| {
        let named = ProfileUpdate { name: Some("Ada Lovelace".into()), ..ProfileUpdate::default() };
        account::update(&profile.state, list, &profile.directory.id, named).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn deciding_about_contacts() {
    at_each_commit(with_share, async |profile, (_, contacts)| {
        profile.contacts.rename(&contacts[0].to_string(), "Benny").await.map(drop)
    })
    .await;
    at_each_commit(with_share, async |profile, (_, contacts)| {
        profile.contacts.block(&contacts[0].to_string()).await
    })
    .await;
    at_each_commit(with_share, async |profile, _| profile.contacts.new_invite().await.map(drop)).await;
}

#[tokio::test]
async fn removing_and_unblocking_people_needs_no_room() {
    let is_stranger = |profile: &MockedProfile, id: &Id| {
        let is_unknown = profile.contacts.contact(&id.to_string()) == Err(Error::NotFound("contact"));
        is_unknown && profile.state.read(|tables| tables.decision(id) == Decision::None)
    };
    let with_blocked = async |seed| {
        let (profile, (_, contacts)) = with_share(seed).await;
        profile.contacts.block(&contacts[0].to_string()).await.expect("there is room");
        (profile, contacts[0])
    };
    let with_contact = async |seed| {
        let (profile, (_, contacts)) = with_share(seed).await;
        (profile, contacts[0])
    };
    on_a_full_disk(
        with_contact,
        async |profile, id| profile.contacts.remove(&id.to_string()).await,
        is_stranger,
    )
    .await;
    let with_blocked_stranger = async |seed| {
        let (profile, (_, contacts)) = with_share(seed).await;
        let id = contacts[0];
        let forget = profile.state.update(move |tx| {
            let relation = tx.relations.or_insert_with(id, Relation::default);
            relation.decide(Decision::None, None, 0);
            relation.decide(Decision::Blocked, None, 0);
            Ok(())
        });
        forget.await.expect("there is room");
        (profile, id)
    };
    on_a_full_disk(
        with_blocked_stranger,
        async |profile, id| profile.contacts.unblock(&id.to_string()).await,
        is_stranger,
    )
    .await;
    // A friend comes back with all that belongs to them, and that takes room.
    at_each_commit(with_blocked, async |profile, id| profile.contacts.unblock(&id.to_string()).await).await;
}

#[tokio::test]
async fn removing_shares_and_switching_off_links_needs_no_room() {
    let is_gone = |profile: &MockedProfile, (share, _): &(ShareRecord, [Id; 2])| {
        profile.record(&share.id().to_string()).is_none()
    };
    on_a_full_disk(
        with_share,
        async |profile, (share, _)| profile.shares.remove(&share.id().to_string()).await,
        is_gone,
    )
    .await;
    let with_link = async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let share = profile.share(small(Audience::Link { password: None, expires: None })).await;
        (profile, share.id().to_string())
    };
    on_a_full_disk(
        with_link,
        async |profile, id| profile.shares.disable_link(id).await,
        |profile, _| profile.shares.links().is_empty(),
    )
    .await;
}
