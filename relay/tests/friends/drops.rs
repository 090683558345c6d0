//! Drop boxes: people without a profile give files by a link.

use std::time::Duration;

use spinney::engine::api::{Drop, DropBox, Event, FilesQuery, NewFile, ShareQuery, TransferState};
use spinney::engine::{Engine, Error};
use spinney::format::drop_box::Link;
use spinney::format::node::Pointer;
use spinney::format::secret::CodeSecret;
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, cid_of};
use spinney::keys::{Phrase, Ring};
use spinney::net::mailbox::Mail;
use spinney::platform;
use spinney::social::drop_box::Given;

use futures::StreamExt;

use crate::devices::second;
use crate::hostile::{Device, recipient};
use crate::keys::{change_keys, words_of};
use crate::person::{Person, disk, file, noise, open, relay, tell};

const DAY: u64 = 24 * 60 * 60 * 1000;

impl Person {
    /// Makes a box and waits until its owner can be found.
    async fn makes_box(&mut self, bytes: u64) -> DropBox {
        let made = self.engine.make_drop_box(bytes, platform::now_ms() + 7 * DAY, " The wedding ").await;
        let made = made.expect("a box is made");
        assert_eq!(made.name.as_deref(), Some("The wedding"));
        self.published().await;
        made
    }

    async fn drops(&self) -> Vec<Drop> {
        let boxes = self.engine.drop_boxes().await.expect("unlocked");
        boxes.into_iter().flat_map(|made| made.drops).collect()
    }

    /// Waits until exactly so many drops wait for an answer.
    async fn has_drops(&mut self, count: usize) -> Vec<Drop> {
        loop {
            let drops = self.drops().await;
            if drops.len() == count {
                return drops;
            }
            self.something_happens("drop").await;
        }
    }
}

/// A browser in which nobody has a profile, and whose page has no relay.
async fn guest() -> Engine {
    open(&disk(), &[]).await
}

fn files(files: &[(&str, &[u8])]) -> Vec<NewFile> {
    files.iter().map(|(path, bytes)| file(path, bytes)).collect()
}

/// Every file below a folder.
fn stored(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            stored.extend(self::stored(&path))
        } else {
            stored.push(std::fs::read(path).unwrap())
        }
    }
    stored
}

#[tokio::test]
async fn a_guest_leaves_files_while_the_owner_is_away_and_the_owner_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let film = noise(3 << 20, 3);
    let poem = b"Shall I compare thee to a summer's day? Thou art more lovely and more temperate".repeat(20);
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let made = ann.makes_box(50 << 20).await;
        assert_eq!(
            (made.bytes, made.left, made.ended, made.drops.len()),
            (50 << 20, Some(50 << 20), false, 0)
        );
        let ann = ann.leave().await;

        let otto = guest().await;
        let preview =
            otto.inspect_drop_link(&format!("https://page.example/#/drop/{}", made.link)).await.unwrap();
        assert_eq!((preview.owner.as_str(), preview.own, preview.bytes), (ann.id.as_str(), false, 50 << 20));
        let opened = otto.open_drop_box(&made.link).await.unwrap();
        assert_eq!((opened.name.as_str(), opened.left), ("Ann", 50 << 20));
        let mut events = otto.events();
        let given = files(&[("film.mp4", &film), ("poems/one.txt", &poem), ("empty.txt", b"")]);
        otto.send_drop(&made.link, given, "From Otto").await.expect("it is left");
        let total = (film.len() + poem.len()) as u64;
        // The last event of the transfer has all bytes and no more, and so has each file.
        let mut last = None;
        while let Ok(Some(event)) = tokio::time::timeout(Duration::ZERO, events.next()).await {
            if let Event::Transfer(transfer) = event {
                assert!(transfer.bytes <= total && transfer.total == total);
                last = Some(transfer);
            }
        }
        let last = last.expect("progress is told");
        assert_eq!((last.bytes, last.state), (total, TransferState::Done));
        assert!(last.id.to_string().starts_with("up-drop-"));
        otto.shutdown().await;

        // Neither the relay nor a second guest with the same link sees more than that something is there.
        for bytes in stored(folder.path()) {
            for plain in [&b"Shall I compare"[..], b"poems/one", b"From Otto", b"film.mp4", &film[..64]] {
                assert!(
                    !bytes.windows(plain.len()).any(|at| at == plain),
                    "the relay can read what was left"
                );
            }
        }
        let eve = guest().await;
        assert!(eve.open_drop_box(&made.link).await.unwrap().left < (50 << 20) - total + (2 << 20));
        assert_eq!(eve.open_link(&made.link, "").await.unwrap_err().code(), "invalid-id");
        assert_eq!(eve.drop_boxes().await.unwrap_err(), Error::Locked);
        eve.shutdown().await;

        let mut ann = ann.back(&[&relay]).await;
        let drops = ann.has_drops(1).await;
        let drop = &drops[0];
        assert_eq!((drop.message.as_deref(), drop.files, drop.size), (Some("From Otto"), 3, total));
        assert!(ann.engine.requests().await.unwrap().is_empty(), "nobody asks to be added");
        let left = ann.engine.drop_boxes().await.unwrap()[0].left.unwrap();
        assert!(left < (50 << 20) - total + (2 << 20), "what came is not left any more");

        let listed = ann.engine.drop_files(&drop.id, FilesQuery::default()).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|file| (file.path.as_str(), file.size)).collect();
        let poem_size = poem.len() as u64;
        assert_eq!(listed, [("empty.txt", 0), ("film.mp4", 3 << 20), ("poems/one.txt", poem_size)]);
        let share = ann.engine.accept_drop(&drop.id, "From a box").await.expect("it is taken");
        assert_eq!((share.title.as_str(), share.author.as_str()), ("From a box", ann.me.summary.id.as_str()));
        assert!(ann.drops().await.is_empty());
        // It is hers: also once the relay has nothing but what she published.
        ann.delivered(&share).await;
        assert!(ann.read(&share, "film.mp4").await == film);
        assert!(ann.read(&share, "poems/one.txt").await == poem);
        assert_eq!(ann.read(&share, "empty.txt").await, b"");
        let mut ann = ann.leave().await.back(&[&relay]).await;
        ann.published().await;
        assert!(ann.drops().await.is_empty(), "what was answered does not come again");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_box_that_is_full_or_closed_says_so_and_what_was_declined_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let made = ann.makes_box(2 << 20).await;
        let otto = guest().await;
        let film = noise(8 << 20, 5);
        let full = otto.send_drop(&made.link, files(&[("film.mp4", &film)]), "").await.unwrap_err();
        let Error::DropFull { left } = full else { panic!("{full}") };
        assert!(((2 << 20)..(4 << 20)).contains(&left), "{left}");
        assert!(ann.drops().await.is_empty());
        otto.send_drop(&made.link, files(&[("a.jpg", b"a")]), "").await.expect("that fits");
        let drops = ann.has_drops(1).await;
        assert_eq!(drops[0].message, None);

        let Err(Error::NothingToLend { left }) =
            ann.engine.make_drop_box(1 << 50, platform::now_ms() + DAY, "").await
        else {
            panic!("her relay has less")
        };
        assert!(left < 1 << 50);

        let cut = otto.inspect_drop_link(&made.link[..made.link.len() - 3]).await.unwrap_err();
        assert_eq!(cut, Error::BrokenCode);
        ann.engine.end_drop_box(&made.id).await.unwrap();
        assert!(ann.engine.drop_boxes().await.unwrap()[0].ended);
        // Her relay hears of it at once.
        let closed = loop {
            match otto.open_drop_box(&made.link).await {
                Ok(_) => tokio::task::yield_now().await,
                Err(why) => break why,
            }
        };
        assert_eq!(closed, Error::DropClosed);
        let late = otto.send_drop(&made.link, files(&[("b.jpg", b"b")]), "").await.unwrap_err();
        assert_eq!(late, Error::DropClosed);

        // What came before stays and can be declined.
        let drops = ann.has_drops(1).await;
        ann.engine.decline_drop(&drops[0].id).await.unwrap();
        assert!(ann.drops().await.is_empty());
        assert_eq!(ann.engine.shares(ShareQuery::default()).await.unwrap(), []);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_was_left_before_a_relay_heard_that_the_box_is_closed_is_not_lost_and_the_next_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let made = ann.makes_box(2 << 20).await;
        let port = one.local().port();
        one.stop().await;
        // Her relay does not hear of it, and she leaves.
        ann.engine.end_drop_box(&made.id).await.unwrap();
        let gone = ann.leave().await;
        let one = relay(folder.path(), port).await;
        let otto = guest().await;
        otto.send_drop(&made.link, files(&[("a.jpg", b"a picture")]), "Otto").await.expect("it is taken");
        let mut ann = gone.back(&[&one]).await;
        let drops = ann.has_drops(1).await;
        assert_eq!(drops[0].message.as_deref(), Some("Otto"));
        assert!(ann.engine.drop_boxes().await.unwrap()[0].ended);
        let late = loop {
            match otto.send_drop(&made.link, files(&[("b.jpg", b"more")]), "").await {
                Ok(()) => tokio::task::yield_now().await,
                Err(why) => break why,
            }
        };
        assert_eq!(late, Error::DropClosed);
        one.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_left_in_a_box_of_the_old_keys_comes_to_the_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let made = ann.makes_box(2 << 20).await;
        let otto = guest().await;
        otto.send_drop(&made.link, files(&[("a.jpg", b"before")]), "before").await.unwrap();
        ann.has_drops(1).await;
        let words = words_of(&ann).await;
        change_keys(&mut ann, &words).await;
        assert_eq!(ann.drops().await.len(), 1, "what waits is there still");
        assert!(ann.engine.drop_boxes().await.unwrap()[0].ended, "its link is to be made anew");
        guest().await.send_drop(&made.link, files(&[("b.jpg", b"after")]), "after").await.unwrap();
        let drops = ann.has_drops(2).await;
        assert_eq!(drops[0].message.as_deref(), Some("after"));
        let share = ann.engine.accept_drop(&drops[0].id, "from Otto").await.unwrap();
        assert_eq!(ann.paths(&share).await, ["b.jpg"]);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_request_with_a_forged_proof_shows_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let to = recipient(&mut ann, &relay).await;
        let made = ann.makes_box(2 << 20).await;
        let link: Link = made.link.parse().unwrap();
        let guessed = Link { secret: CodeSecret::from_bytes([9; 16]), ..link };
        let eve = Ring::from_phrase(&Phrase::from_bytes([77; 32]));
        let manifest = Pointer {
            cid: cid_of(DAG_CBOR, b"anything"),
            key: spinney::crypto::block::Key::from_bytes([1; 32]),
        };
        let given = Given {
            link: &guessed,
            manifest,
            share: InnerId([2; 16]),
            files: 1,
            size: 1,
            message: "Open this",
        };
        let mail = Mail::new(given.seal(&eve, &to, platform::now_ms()).unwrap().into()).unwrap();
        let device = Device::of_nobody(&relay).await;
        device.net.deposit(&device.relay, to.id, &mail, None).await.unwrap();

        // Her mail is read in its order.
        guest().await.send_drop(&made.link, files(&[("a.jpg", b"a")]), "From Otto").await.unwrap();
        let drops = ann.has_drops(1).await;
        assert_eq!(drops[0].message.as_deref(), Some("From Otto"));
        assert!(ann.engine.requests().await.unwrap().is_empty());
        assert!(ann.engine.declined().await.unwrap().is_empty());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn two_browsers_of_one_person_have_the_same_boxes_and_take_a_drop_once() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut laptop = Person::new("Ann", &[&relay]).await;
        laptop.published().await;
        let mut phone = second(&laptop, &[&relay]).await;
        let made = laptop.makes_box(20 << 20).await;
        let otto = guest().await;
        for (path, message) in [("a.jpg", "one"), ("b.jpg", "two"), ("c.jpg", "three")] {
            otto.send_drop(&made.link, files(&[(path, path.as_bytes())]), message).await.unwrap();
        }
        let waiting = phone.has_drops(3).await;
        assert_eq!(phone.engine.drop_boxes().await.unwrap()[0].link, made.link);
        laptop.has_drops(3).await;
        let id = |message: &str| {
            waiting.iter().find(|drop| drop.message.as_deref() == Some(message)).unwrap().id.clone()
        };

        let taken = phone.engine.accept_drop(&id("one"), "One").await.unwrap();
        laptop.engine.decline_drop(&id("two")).await.unwrap();
        laptop.has_drops(1).await;
        phone.has_drops(1).await;
        laptop.received("One").await;
        assert_eq!(laptop.read(&taken, "a.jpg").await, b"a.jpg");

        // Both take the same one, and it is one share.
        let three = id("three");
        let (left, right) = tokio::join!(
            laptop.engine.accept_drop(&three, "Three"),
            phone.engine.accept_drop(&three, "Three")
        );
        assert_eq!(left.unwrap().id, right.unwrap().id);
        laptop.has_drops(0).await;
        phone.has_drops(0).await;
        for person in [&mut laptop, &mut phone] {
            person.published().await;
            let mut titles = person.titles().await;
            titles.sort();
            assert_eq!(titles, ["One", "Three"]);
        }
    })
    .await;
    relay.stop().await;
}
