use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures::join;

use super::mocked::{MockedKeeper, publishing};
use crate::engine::api::{TransferId, TransferState, WaitingFor};
use crate::engine::mocked::{MockedProfile, settle, until, with_seeds};
use crate::engine::state::Restored;
use crate::format::note::Says;
use crate::format::share_id::InnerId;
use crate::keys::{Phrase, Ring};
use crate::social::share_record::ShareRecord;

/// Two chunks: more than one acknowledgement.
const SIZE: usize = 2 * (512 << 10);

async fn rename(profile: &MockedProfile, name: &str) {
    let name = name.to_owned();
    let renamed = profile.state.update(move |tx| {
        Rc::make_mut(&mut tx.account).name = name;
        Ok(())
    });
    renamed.await.expect("there is room");
}

#[tokio::test]
async fn pausing_stops_the_push_to_every_keeper_and_resuming_finishes_at_both() {
    with_seeds(async |seed| {
        let (a, b) = (MockedKeeper::gated("a"), MockedKeeper::gated("b"));
        let profile = publishing(seed, &[&a, &b]).await;
        let share = profile.share_own(1, SIZE).await;
        let (block, transfer) = (share.block(), TransferId::up(share.id()));
        profile.publisher.start();
        until("both are pushed to", || a.is_pushed_to() && b.is_pushed_to()).await;

        profile.downloads.pause(&transfer).await.expect("it is on its way");
        // Each begins anew with what else there is to publish.
        until("both pushes end", || a.sessions() == 2 && b.sessions() == 2).await;
        a.open_gate();
        b.open_gate();
        until("the rest is published", || !a.records().is_empty() && !b.records().is_empty()).await;
        assert!(!a.has_pinned(&block) && !b.has_pinned(&block), "a paused share waits");

        profile.downloads.resume(&transfer).await.expect("it is paused");
        until("both have it", || a.has_pinned(&block) && b.has_pinned(&block)).await;
        let id = share.id();
        let is_delivered = || {
            profile.state.read(|tables| {
                tables.shares.get(&id).is_some_and(|share| share.delivered && share.kept_by.len() == 2)
            })
        };
        until("it is delivered", is_delivered).await;
        let is_done = || profile.transfers.get(&transfer).is_some_and(|it| it.state == TransferState::Done);
        until("the transfer is done", is_done).await;
    })
    .await;
}

#[tokio::test]
async fn two_keepers_count_the_bytes_of_one_transfer_once() {
    with_seeds(async |seed| {
        let (a, b) = (MockedKeeper::new("a"), MockedKeeper::new("b"));
        let profile = publishing(seed, &[&a, &b]).await;
        let share = profile.share_own(1, SIZE).await;
        let transfer = TransferId::up(share.id());
        profile.publisher.start();
        let moved = || profile.transfers.get(&transfer).expect("the transfer is listed");
        until("the transfer is done", || {
            assert!(moved().bytes <= moved().total, "more than there is cannot move");
            moved().state == TransferState::Done
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_keeper_that_refuses_keeps_no_other_from_finishing() {
    with_seeds(async |seed| {
        let (refusing, good) = (MockedKeeper::refusing("refusing"), MockedKeeper::new("good"));
        let profile = publishing(seed, &[&refusing, &good]).await;
        let share = profile.share_own(1, SIZE).await;
        let (id, transfer) = (share.id(), TransferId::up(share.id()));
        profile.publisher.start();
        let is_done = || profile.transfers.get(&transfer).is_some_and(|it| it.state == TransferState::Done);
        let is_delivered =
            || profile.state.read(|tables| tables.shares.get(&id).is_some_and(|share| share.delivered));
        until("it is delivered", || refusing.sessions() > 0 && is_done() && is_delivered()).await;
        assert_eq!(profile.transfers.get(&transfer).and_then(|it| it.error), None);
        profile.state.read(|tables| {
            let share = tables.shares.get(&id).expect("the share is here");
            assert!(share.delivered && share.is_kept_by("good") && !share.is_kept_by("refusing"));
            assert!(tables.is_current_at("good") && !tables.is_current_at("refusing"));
        });
        until("only the share and the newest root are pinned", || good.pins() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn what_changes_while_a_root_is_composed_leaves_the_root_due() {
    with_seeds(async |seed| {
        let profile = publishing(seed, &[]).await;
        let somebody = Ring::from_phrase(&Phrase::from_bytes([2; 32])).id();
        let change = profile.state.update(move |tx| {
            tx.leave_note(&[somebody], &Says::Gone { share: InnerId([1; 16]), rev: None });
            Rc::make_mut(&mut tx.account).name = "Ada Lovelace".into();
            Ok(())
        });
        // The first poll of composing takes the snapshot; the change comes after it and is committed before the root.
        let (composed, changed) = join!(profile.publisher.compose(), change);
        composed.and(changed).expect("both are kept");
        let first = profile.state.read(|tables| {
            assert!(tables.is_root_due());
            assert_eq!(tables.outbox.len(), 1, "the note is on no page yet");
            tables.publication.seq()
        });
        assert!(first > 0, "a root was installed all the same");
        profile.publisher.compose().await.expect("there is room");
        profile.state.read(|tables| {
            assert!(!tables.is_root_due() && tables.outbox.is_empty());
            assert!(tables.publication.seq() > first);
        });
    })
    .await;
}

#[tokio::test]
async fn no_sequence_is_given_to_two_roots_however_often_something_changes_meanwhile() {
    with_seeds(async |seed| {
        let (a, b) = (MockedKeeper::new("a"), MockedKeeper::new("b"));
        let profile = publishing(seed, &[&a, &b]).await;
        profile.publisher.start();
        for round in 0..20 {
            let name = format!("Ada {round}");
            let (_, composed) = join!(rename(&profile, &name), profile.publisher.compose());
            composed.expect("there is room");
        }
        let is_current = |keeper: &str| profile.state.read(|tables| tables.is_current_at(keeper));
        until("both keepers have all", || is_current("a") && is_current("b")).await;
        let mut roots = BTreeMap::new();
        for newest in [a.records(), b.records()].concat() {
            let root = *roots.entry(newest.seq).or_insert(newest.root);
            assert_eq!(root, newest.root, "sequence {} names one root", newest.seq);
        }
        assert_eq!(a.records().last().map(|it| it.seq), b.records().last().map(|it| it.seq));
    })
    .await;
}

#[tokio::test]
async fn after_recovery_nothing_is_published_while_a_relay_is_silent() {
    with_seeds(async |seed| {
        let keeper = MockedKeeper::new("a");
        let profile = publishing(seed, &[&keeper]).await;
        let restored = Restored { published: 1, silent: BTreeSet::from(["the other relay".to_owned()]) };
        let held_back = profile.state.update(|tx| {
            tx.set_restored(Some(restored));
            Ok(())
        });
        held_back.await.expect("there is room");
        profile.publisher.start();
        rename(&profile, "Ann").await;
        profile.share_own(1, 10).await;
        settle().await;
        assert!(keeper.records().is_empty() && !keeper.is_pushed_to());

        let let_go = profile.state.update(|tx| {
            tx.set_restored(None);
            Ok(())
        });
        let_go.await.expect("there is room");
        profile.state.publish_soon();
        until("all is published", || !keeper.records().is_empty()).await;
    })
    .await;
}

#[tokio::test]
async fn a_share_without_room_waits_with_the_reason_while_smaller_ones_go_and_goes_on_when_room_is_made() {
    with_seeds(async |seed| {
        let keeper = MockedKeeper::new("a");
        let profile = publishing(seed, &[&keeper]).await;
        profile.publisher.start();
        let old = profile.share_own(1, SIZE).await;
        until("the old one is kept", || keeper.has_pinned(&old.block())).await;
        until("all is published", || profile.state.read(|tables| tables.is_current_at("a"))).await;
        // Half of a large share would fit, and a small one.
        keeper.set_quota(keeper.used() + SIZE as u64 / 2);

        let (large, small) = (profile.share_own(2, SIZE).await, profile.share_own(3, 10).await);
        let of = |share: &ShareRecord| profile.transfers.get(&TransferId::up(share.id()));
        until("the small one goes through", || keeper.has_pinned(&small.block())).await;
        until("the large one says what it waits for", || {
            of(&large).is_some_and(|it| it.waiting_for == Some(WaitingFor::Quota))
        })
        .await;
        let waiting = of(&large).expect("it is listed");
        let room = waiting.room.expect("it says what lacks");
        assert_eq!((waiting.state, waiting.bytes), (TransferState::Waiting, 0), "nothing was pushed in vain");
        assert!(room.needed > 0 && room.used + room.needed > room.quota, "{room:?}");

        let id = old.id();
        let removed = profile.state.update(move |tx| {
            tx.shares.remove(&id);
            Ok(())
        });
        removed.await.expect("there is room");
        profile.state.publish_soon();
        until("the large one goes on", || keeper.has_pinned(&large.block())).await;
        until("it is done", || of(&large).is_some_and(|it| it.state == TransferState::Done)).await;
        assert_eq!(of(&large).and_then(|it| it.room), None);
    })
    .await;
}
