//! Shares by link: for everybody who has it, with a profile or without.

use std::path::Path;
use std::time::Duration;

use bytes::BytesMut;
use futures::TryStreamExt;
use spinney::engine::api::{Audience, Event, FilesQuery, NewShare, Share, ShareQuery};
use spinney::engine::{Engine, Error};
use spinney::format::limits;
use spinney::format::link::Link;
use spinney::keys::Id;
use spinney::platform;
use spinney::store::memory::Disk;
use spinney_relay::store::{Allotment, Blobs, Store};

use crate::person::{PASSPHRASE, Person, file, friends, noise, open, recovered, relay, tell};

/// Milliseconds until a link ends: more than it takes until a relay has it, on a machine that has much else to do.
const UNTIL_THEN: u64 = 10_000;

/// Makes a share by link and waits until a relay has it; gives its link too.
async fn give(
    person: &mut Person,
    title: &str,
    files: &[(&str, &[u8])],
    password: Option<&str>,
    expires: Option<u64>,
) -> (Share, String) {
    let audience = Audience::Link { password: password.map(str::to_owned), expires };
    let files = files.iter().map(|(path, bytes)| file(path, bytes)).collect();
    let new = NewShare { title: title.into(), note: None, files, audience, keep_location: false };
    let share = person.engine.create_share(new).await.expect("a share is made");
    person.delivered(&share).await;
    let links = person.engine.links().await.unwrap();
    let link = links.into_iter().find(|link| link.id == share.id).expect("the link is listed");
    assert_eq!((link.title.as_str(), link.password, link.expires), (title, password.is_some(), expires));
    (share, link.link)
}

async fn read(engine: &Engine, share: &Share, path: &str) -> Vec<u8> {
    let bytes = engine.read(&share.id, path, None).await.expect("the file is there");
    let bytes: BytesMut = bytes.try_collect().await.expect("the file is read");
    bytes.to_vec()
}

/// The code and the message of an error.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, String) {
    let why = result.expect_err("it does not open");
    (why.code(), why.to_string())
}

/// Opens a link, again and again, until that is refused.
async fn opens_no_more(engine: &Engine, link: &str, password: &str) -> (&'static str, String) {
    loop {
        if let Err(why) = engine.open_link(link, password).await {
            return (why.code(), why.to_string());
        }
    }
}

/// Which of these shares a relay that was stopped goes on to keep, if unpinned blocks stay for a time of grace.
async fn kept<const N: usize>(folder: &Path, grace: Duration, shares: [&Share; N]) -> [bool; N] {
    let allotment = Allotment { quota: u64::MAX >> 1, newcomer: None, capacity: u64::MAX >> 1, grace };
    let store = Store::open(folder, allotment).await.unwrap();
    store.collect().await.unwrap();
    let kept = store.have(&shares.map(|share| share.root.parse().unwrap())).await.unwrap();
    store.close().await;
    kept.try_into().unwrap()
}

#[tokio::test]
async fn somebody_without_a_profile_opens_a_link_whose_author_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (small, large) = (noise(3_000, 1), noise(3 << 20, 2));
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let files = [("sea.jpg", &small[..]), ("film/a.mp4", &large)];
        let (given, code) = give(&mut ann, "Five days", &files, Some("Amélie"), None).await;
        assert_eq!((given.audience, given.kept), ("link", false));
        let is_kept = |event: &Event| matches!(event, Event::Share { share, .. } if share.kept).then_some(());
        ann.wait("share that is kept", is_kept).await;
        let own = ann.engine.open_link(&code, "Amélie").await.unwrap();
        assert_eq!(own.id, given.id, "her own link leads Ann to her share");
        ann.leave().await;

        // The page knows no relay of its own, and the disk counts what is written to it.
        let disk = Disk::with_power_for(usize::MAX);
        let guest = open(&disk, &[]).await;
        let before = disk.commits();
        for wrong in ["", "amélie"] {
            assert_eq!(refused(guest.open_link(&code, wrong).await).0, "wrong-passphrase");
        }
        let address = format!("https://spinney.example/app/#/link/{code}\n");
        let share = guest.open_link(&address, "Ame\u{301}lie").await.unwrap();
        assert_eq!((share.id.as_str(), share.audience), (given.id.as_str(), "link"));
        assert_eq!(share.author_name.as_deref(), Some("Ann"));
        assert_eq!(guest.share(&share.id).await.unwrap(), share);
        let listed = guest.files(&share.id, FilesQuery::default()).await.unwrap();
        assert_eq!(listed.iter().map(|file| &file.path).collect::<Vec<_>>(), ["film/a.mp4", "sea.jpg"]);
        assert_eq!(guest.file(&share.id, "sea.jpg").await.unwrap().size, 3_000);
        assert_eq!(read(&guest, &share, "sea.jpg").await, small);
        assert!(read(&guest, &share, "film/a.mp4").await == large);
        let zip: BytesMut = guest.archive(&share.id, None, 0).await.unwrap().try_collect().await.unwrap();
        assert!(zip.len() > 3 << 20);

        assert_eq!(guest.current(), None);
        assert_eq!(guest.profiles().await.unwrap(), []);
        assert_eq!(refused(guest.shares(ShareQuery::default()).await).0, "locked");
        assert_eq!(disk.commits(), before, "nothing was written");
        guest.create_profile("Eve", PASSPHRASE, None).await.unwrap();
        assert_eq!(refused(guest.share(&share.id).await).0, "not-found");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_a_link_led_to_is_passed_on_with_a_way_to_it() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let (ben, mut cleo) = friends("Ben", "Cleo", &other).await;
        let walk = noise(300_000, 3);
        let (_, code) = give(&mut ann, "walk", &[("1", &walk)], None, None).await;
        ann.leave().await;
        let share = ben.engine.open_link(&code, "").await.unwrap();

        // The code leaves out the id of Ann's relay. Ben knows it after a reload, and tells it to Cleo.
        let mut ben = ben.leave().await.back(&[&other]).await;
        let passed = ben.engine.pass_on(&share.id, &[cleo.id()]).await.unwrap();
        ben.delivered(&passed).await;
        ben.leave().await;
        let given = cleo.received("walk").await;
        assert!(
            !given.elsewhere.is_empty(),
            "Cleo is asked before a relay is dialled that she does not know"
        );
        let given = cleo.engine.look_elsewhere(&given.id).await.unwrap();
        assert!(cleo.read(&given, "1").await == walk);
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn who_has_a_profile_keeps_what_a_link_led_to() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    let (first, second) = (noise(300_000, 3), noise(300_000, 4));
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let ben = Person::new("Ben", &[&other]).await;
        let (given, code) = give(&mut ann, "walk", &[("1", &first), ("2", &second)], None, None).await;
        ann.leave().await;
        assert_eq!(refused(ben.engine.open_link(&code, "a password").await).0, "wrong-passphrase");
        let share = ben.engine.open_link(&code, "").await.unwrap();
        assert_eq!(share.id, given.id);
        assert_eq!(ben.engine.open_link(&code, "").await.unwrap(), share, "twice is once");
        assert!(ben.read(&share, "1").await == first);

        let ben = ben.leave().await.back(&[&other]).await;
        assert_eq!(ben.titles().await, ["walk"]);
        assert!(
            ben.read(&share, "2").await == second,
            "Ann is no contact, and her relay is known all the same"
        );
        ben.engine.remove_share(&share.id).await.unwrap();
        assert_eq!(ben.titles().await, Vec::<String>::new());
        ben.engine.open_link(&code, "").await.unwrap();
        assert_eq!(ben.titles().await, ["walk"], "who opens it again has it again");

        // His own relay has his vault once it has what he published after it.
        let mut ben = ben;
        let last = ben.share("mine", &[("3", b"bytes")], &[]).await;
        ben.delivered(&last).await;
        let words = ben.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        ben.leave().await;
        let mut ben = recovered(&words, &[&other]).await;
        let back = ben.received("walk").await;
        assert!(ben.read(&back, "1").await == first, "and so has who lost everything but the words");
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_link_that_was_switched_off_leads_nowhere_and_its_share_stays() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let [off, removed, last] = tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let (given, code) = give(&mut ann, "mistake", &[("a", b"oops")], None, None).await;
        let (other, still) = give(&mut ann, "fine", &[("b", b"good")], None, None).await;
        guest.open_link(&code, "").await.unwrap();
        ann.engine.disable_link(&given.id).await.unwrap();
        assert_eq!(refused(ann.engine.disable_link(&given.id).await).0, "not-found");
        let (reason, says) = opens_no_more(&guest, &code, "").await;
        assert!(reason == "not-found" && says.contains("switched off"), "{reason}: {says}");
        assert_eq!(refused(ann.engine.open_link(&code, "").await).0, "not-found");
        let links = ann.engine.links().await.unwrap();
        assert_eq!(links.iter().map(|link| &link.id).collect::<Vec<_>>(), [&other.id]);
        assert_eq!(guest.open_link(&still, "").await.unwrap().id, other.id);
        assert_eq!(ann.read(&given, "a").await, b"oops");
        assert!(!ann.engine.share(&given.id).await.unwrap().kept);

        let mut ann = ann.leave().await.back(&[&relay]).await;
        let mut titles = ann.titles().await;
        titles.sort();
        assert_eq!(titles, ["fine", "mistake"]);
        assert_eq!(refused(guest.open_link(&code, "").await).0, "not-found");
        ann.engine.remove_share(&other.id).await.unwrap();
        assert_eq!(opens_no_more(&guest, &still, "").await.0, "not-found", "removed with its share");
        // What is published after it comes there after it.
        let (last, _) = give(&mut ann, "last", &[("c", b"fine")], None, None).await;
        ann.leave().await;
        [given, other, last]
    })
    .await;
    relay.stop().await;
    let kept = kept(folder.path(), Duration::ZERO, [&off, &removed, &last]).await;
    assert_eq!(kept, [false, false, true]);
}

#[tokio::test]
async fn files_come_to_a_link_that_was_given_and_withdrawing_switches_it_off() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let ben = Person::new("Ben", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let (first, second) = (noise(30_000, 7), noise(40_000, 8));
        let (given, code) = give(&mut ann, "walk", &[("1", &first)], Some("Amélie"), None).await;
        guest.open_link(&code, "Amélie").await.unwrap();
        ben.engine.open_link(&code, "Amélie").await.unwrap();

        let grown = ann.engine.add_files(&given.id, vec![file("2", &second)], false).await.unwrap();
        assert_eq!((grown.id.as_str(), grown.audience, grown.files), (given.id.as_str(), "link", 2));
        let links = ann.engine.links().await.unwrap();
        assert_eq!(links.iter().map(|link| link.link.as_str()).collect::<Vec<_>>(), [code.as_str()]);
        // Nothing is kept for longer than it takes until the relay has it.
        for engine in [&guest, &ben.engine] {
            while engine.open_link(&code, "Amélie").await.unwrap().files < 2 {}
            assert!(read(engine, &grown, "2").await == second);
            assert!(read(engine, &grown, "1").await == first);
            assert_eq!(refused(engine.open_link(&code, "").await).0, "wrong-passphrase");
        }

        let withdrawn = ann.engine.withdraw(&given.id).await.unwrap();
        assert!(!withdrawn.kept);
        assert_eq!(ann.engine.links().await.unwrap(), []);
        assert_eq!(opens_no_more(&guest, &code, "Amélie").await.0, "not-found");
        // What is added afterwards is for nobody but her.
        ann.engine.add_files(&given.id, vec![file("3", b"a thought")], false).await.unwrap();
        assert_eq!(ann.engine.links().await.unwrap(), []);
        assert_eq!(refused(guest.open_link(&code, "Amélie").await).0, "not-found");
        assert!(ann.read(&given, "2").await == second);
        // Ben keeps what he read.
        assert!(read(&ben.engine, &grown, "1").await == first);
        assert_eq!(ben.engine.share(&given.id).await.unwrap().files, 2);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_link_ends_at_its_time_while_its_author_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let past = Audience::Link { password: None, expires: Some(platform::now_ms()) };
        let new = NewShare { title: "late".into(), note: None, files: vec![file("a", b"a")], audience: past, keep_location: false };
        assert_eq!(refused(ann.engine.create_share(new).await).0, "invalid-name");

        let end = platform::now_ms() + UNTIL_THEN;
        let (given, code) = give(&mut ann, "a while", &[("a", b"bytes")], None, Some(end)).await;
        assert!(guest.open_link(&code, "").await.is_ok() || platform::now_ms() >= end);
        while !matches!(ann.next_event().await, Event::Share { share, .. } if share.id == given.id && !share.kept) {}
        assert!(platform::now_ms() >= end);
        assert_eq!(ann.engine.links().await.unwrap(), []);
        let (code_says, says) = refused(guest.open_link(&code, "").await);
        assert!(code_says == "not-found" && says.contains("ended"), "{code_says}: {says}");
        // Who does not believe what the link says of its end finds nothing either.
        let endless = Link { until: None, ..code.parse().unwrap() };
        assert_eq!(opens_no_more(&guest, &endless.to_string(), "").await.0, "not-found");
        assert_eq!(ann.read(&given, "a").await, b"bytes");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_lets_go_at_the_end_though_the_author_never_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (ends, lasts, end) = tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let end = platform::now_ms() + UNTIL_THEN;
        let (ends, _) = give(&mut ann, "a while", &[("a", b"bytes")], None, Some(end)).await;
        let (lasts, _) = give(&mut ann, "for good", &[("b", b"more bytes")], None, None).await;
        ann.leave().await;
        (ends, lasts, end)
    })
    .await;
    relay.stop().await;
    tokio::time::sleep(Duration::from_millis(end.saturating_sub(platform::now_ms()) + 1)).await;
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(kept(folder.path(), day, [&ends, &lasts]).await, [false, true]);
}

#[tokio::test]
async fn links_come_back_with_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let (given, code) = give(&mut ann, "walk", &[("a", b"bytes")], Some("Amélie"), None).await;
        let (off, off_code) = give(&mut ann, "mistake", &[("b", b"oops")], None, None).await;
        ann.engine.disable_link(&off.id).await.unwrap();
        opens_no_more(&guest, &off_code, "").await;
        let links = ann.engine.links().await.unwrap();
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        ann.leave().await;

        let mut ann = recovered(&words, &[&relay]).await;
        assert_eq!(ann.engine.links().await.unwrap(), links);
        assert_eq!(ann.titles().await, ["walk"], "what no relay keeps any more cannot come back");
        give(&mut ann, "another", &[("c", b"more")], None, None).await;
        assert_eq!(guest.open_link(&code, "Amélie").await.unwrap().id, given.id);
        ann.engine.disable_link(&given.id).await.unwrap();
        let mut outcome = guest.open_link(&code, "Amélie").await;
        while outcome.is_ok() {
            outcome = guest.open_link(&code, "Amélie").await;
        }
        assert_eq!(refused(outcome).0, "not-found");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_link_that_is_mistyped_or_hostile_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let (_, code) = give(&mut ann, "walk", &[("a", b"bytes")], None, None).await;
        let guest = open(&Disk::new(), &[]).await;
        let again = "copy it again";
        for (mistyped, advice) in [
            ("", again),
            ("https://spinney.example/#/link/", again),
            (&code[1..], again),
            (&code[..40], again),
            (&ann.me.invite, "no link to a share"),
        ] {
            let (reason, says) = refused(guest.open_link(mistyped, "").await);
            assert!(reason == "invalid-id" && says.contains(advice), "{mistyped}: {reason}: {says}");
        }
        let link: Link = code.parse().unwrap();
        let inside =
            Link { relays: vec![link.relays[0].replace("127.0.0.1", "192.168.0.1")], ..link.clone() };
        assert_eq!(refused(guest.open_link(&inside.to_string(), "").await).0, "unreachable");
        let ben = Person::new("Ben", &[&relay]).await;
        let another = Link { id: ben.me.summary.id.parse::<Id>().unwrap().verifying_key(), ..link };
        assert!(guest.open_link(&another.to_string(), "").await.is_err());
        assert_eq!(guest.current(), None);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_forged_sequence_in_a_link_refuses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let (given, code) = give(&mut ann, "Walk", &[("a", b"bytes")], None, None).await;
        let link: Link = code.parse().unwrap();
        let forged = Link { seq: limits::MAX_INTEGER, ..link };
        let guest = open(&Disk::new(), &[]).await;
        let share = guest.open_link(&forged.to_string(), "").await.unwrap();
        assert_eq!(share.id, given.id);

        // Where the share is not found, a later sequence says that relays may be behind.
        ann.engine.disable_link(&given.id).await.unwrap();
        assert_eq!(opens_no_more(&guest, &forged.to_string(), "").await.0, "unreachable");
        assert_eq!(refused(guest.open_link(&code, "").await).0, "not-found");
    })
    .await;
    relay.stop().await;
}
