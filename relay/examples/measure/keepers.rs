//! What an absent author shared, from friends who keep it, each behind a slow line.

use std::fs;
use std::path::Path;
use std::time::Instant;

use spinney::engine::api::{Config, RoomTerms};
use spinney_relay::Server;

use crate::line::Line;
use crate::person::{Person, befriend, config, noise, relay};
use crate::{over, row};

/// Bytes of the share.
const SIZE: usize = 64 << 20;

/// Bytes a second from each keeper.
const RATE: u64 = 2_000_000;

/// Room that each gives.
const ROOM: u64 = 1 << 30;

/// Whose friends may hear who keeps.
const NAMED: RoomTerms = RoomTerms { named: true, public: false, metered: false };

/// As many as are asked to keep something.
const KEEPERS: [usize; 2] = [1, 2];

/// Measures with one keeper, then with as many as there may be.
pub(crate) async fn measure() {
    let mut first = None;
    for keepers in KEEPERS {
        let seconds = seconds(keepers).await;
        let first = *first.get_or_insert(seconds);
        let line = SIZE as f64 / RATE as f64;
        row(&[
            &format!("64 MiB of an absent author, from friends who keep it, each behind 2 MB/s: {keepers}"),
            &format!("{seconds:.1} s"),
            &format!("{line:.1} s, one such line"),
            &format!("{:.2}, {:.2} times one keeper", line / seconds, first / seconds),
        ]);
    }
}

async fn seconds(keepers: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    fs::create_dir(&data).unwrap();
    let running = relay(&data, 0).await;
    let mut ann = Person::new("Ann", &[&running]).await;
    let mut dan = Person::new("Dan", &[&running]).await;
    befriend(&mut ann, &mut dan).await;
    let mut lines = Vec::new();
    let mut friends = Vec::new();
    for number in 0..keepers {
        let line = Line::to(running.local()).await;
        let relays = vec![over(&line, &running)];
        let mut friend = Person::with(&format!("Keeper {number}"), Config { relays, ..config(&[]) }).await;
        befriend(&mut ann, &mut friend).await;
        befriend(&mut dan, &mut friend).await;
        ann.engine.mark_verified(&friend.id()).await.unwrap();
        lines.push(line);
        friends.push(friend);
    }
    let film = noise(SIZE, 7);
    let share = ann.share("Film", &[("film.mp4", &film)], &[&dan.id()]).await;
    ann.delivered(&share).await;
    let received = dan.received("Film").await;
    for friend in &mut friends {
        friend.engine.set_room(&ann.id(), ROOM, NAMED, ROOM).await.unwrap();
    }
    // Word of all of them has come to the reader before their author closes the tab.
    while keepers_of(&dan, &ann.id()).await < keepers || kept(&ann).await < keepers {
        tokio::select! {
            _ = ann.next_event() => {}
            _ = dan.next_event() => {}
        }
    }
    let ann = ann.leave().await;
    let running = burn(running, &data).await;
    for line in &lines {
        line.set_rate(RATE);
    }
    for friend in &friends {
        while !dan.engine.contact(&friend.id()).await.unwrap().online {
            dan.something_happens("keeper who is back").await;
        }
    }
    let begin = Instant::now();
    assert!(dan.read(&received, "film.mp4").await == film);
    let seconds = begin.elapsed().as_secs_f64();
    for person in friends.into_iter().chain([dan]) {
        person.leave().await;
    }
    drop(ann);
    running.stop().await;
    seconds
}

/// How many friends of the reader keep what somebody shares.
async fn keepers_of(reader: &Person, author: &str) -> usize {
    let friends = reader.engine.keeping_status().await.unwrap().friends;
    friends.iter().find(|it| it.contact == author).map_or(0, |it| it.keepers.len())
}

/// How many friends have said that they keep all.
async fn kept(author: &Person) -> usize {
    let friends = author.engine.keeping_status().await.unwrap().friends;
    friends.iter().filter(|it| it.received.as_ref().is_some_and(|it| !it.shares.is_empty())).count()
}

/// A relay loses its disk, and keeps its key.
async fn burn(running: Server, folder: &Path) -> Server {
    let port = running.local().port();
    running.stop().await;
    let key = fs::read(folder.join("key")).unwrap();
    fs::remove_dir_all(folder).unwrap();
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("key"), key).unwrap();
    relay(folder, port).await
}
