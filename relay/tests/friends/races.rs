//! Two things at once, over disks that take their time: neither is lost, and what is gone stays gone.

use std::time::Duration;

use spinney::engine::api::{Event, ProfileUpdate, TransferId, TransferState};
use spinney_relay::Server;

use crate::person::{Person, counter, friends, noise, relay, tell};

/// Waits until a relay has counted so many of something since it started.
async fn until(relay: &Server, name: &str, many: u64) {
    while counter(relay, name).await < many {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_paused_share_goes_to_neither_of_two_relays_until_it_goes_on() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let relays = [relay(folders[0].path(), 0).await, relay(folders[1].path(), 0).await];
    let film = noise(24 << 20, 1);
    tell(async {
        let mut ann = Person::new("Ann", &[&relays[0], &relays[1]]).await;
        for relay in &relays {
            until(relay, "recordsPut", 1).await;
        }
        let share = ann.share("Film", &[("film.mp4", &film)], &[]).await;
        let up = TransferId::up(&share.id);
        ann.wait("first bytes", |event| match event {
            Event::Transfer(t) if t.id == up && t.bytes > 0 => Some(()),
            _ => None,
        })
        .await;
        ann.engine.pause(&up).await.unwrap();

        // Both relays go on with everything else: had one still been taking the film, it would have all of it by then.
        let before = [counter(&relays[0], "recordsPut").await, counter(&relays[1], "recordsPut").await];
        let name = ProfileUpdate { name: Some("Anne".into()), ..ProfileUpdate::default() };
        ann.engine.update_profile(name).await.unwrap();
        for (relay, before) in relays.iter().zip(before) {
            until(relay, "recordsPut", before + 1).await;
            let pushed = counter(relay, "keepBytes").await;
            assert!(pushed < film.len() as u64, "{pushed} bytes were pushed of a share that is paused");
        }

        let before = [counter(&relays[0], "pins").await, counter(&relays[1], "pins").await];
        ann.engine.resume(&up).await.unwrap();
        ann.ended(&up, TransferState::Done).await;
        // A relay pins a header only when it has everything below it.
        for (relay, before) in relays.iter().zip(before) {
            until(relay, "pins", before + 1).await;
        }
    })
    .await;
    for relay in relays {
        relay.stop().await;
    }
}

#[tokio::test]
async fn a_share_that_is_removed_while_its_next_revision_is_fetched_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        ann.add(&cleo.me.invite).await;
        cleo.add(&ann.me.invite).await;
        for round in 0..6 {
            let title = format!("Walk {round}");
            let share = ann.share(&title, &[("a.jpg", b"a")], &[&ben.id()]).await;
            ben.received(&title).await;
            // Another revision is on its way, which Ben ingests sooner or later than he removes what he has.
            let both = [ben.id(), cleo.id()];
            ann.engine.set_audience(&share.id, &both).await.unwrap();
            ann.delivered(&share).await;
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            ben.engine.remove_share(&share.id).await.unwrap();
            let marker = format!("After {round}");
            ann.share(&marker, &[("b.jpg", b"b")], &[&ben.id()]).await;
            ben.received(&marker).await;
            assert!(!ben.titles().await.contains(&title), "round {round}: it came back");
        }
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn of_two_settings_and_of_a_name_and_a_circle_at_once_all_stay() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, ben) = friends("Ann", "Ben", &relay).await;
        let bens = ben.id();
        let receipts = ProfileUpdate { receipts: Some(true), ..ProfileUpdate::default() };
        let relay_only = ProfileUpdate { relay_only: Some(true), ..ProfileUpdate::default() };
        let circles = ["family".to_owned()];
        let (one, other, name, circle) = futures::join!(
            ann.engine.update_profile(receipts),
            ann.engine.update_profile(relay_only),
            ann.engine.rename_contact(&bens, "Benny"),
            ann.engine.set_circles(&bens, &circles),
        );
        one.unwrap();
        other.unwrap();
        name.unwrap();
        circle.unwrap();
        let ann = ann.leave().await.back(&[&relay]).await;
        let me = ann.engine.current().unwrap();
        assert!(me.receipts && me.relay_only);
        let ben = ann.engine.contact(&bens).await.unwrap();
        assert_eq!((ben.petname.as_deref(), ben.circles), (Some("Benny"), vec!["family".to_owned()]));
    })
    .await;
    relay.stop().await;
}
