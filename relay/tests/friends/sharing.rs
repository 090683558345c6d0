//! The main job: friends share, with those who are online and those who are not.

use spinney::engine::api::{ContactState, Event, TransferState};

use crate::person::{Person, noise, recovered, relay, served, tell};

#[tokio::test]
async fn a_friend_fetches_what_was_shared_while_its_author_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let (small, large) = (noise(3_000, 1), noise(3 << 20, 2));
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let known = ann.add(&ben.me.invite).await;
        assert_eq!(known.name, "Ben");
        ann.add(&eve.me.invite).await;
        let share = ann
            .share("Five days", &[("sea.jpg", &small), ("film/a.mp4", &large)], &[&ben.me.summary.id])
            .await;
        ann.delivered(&share).await;
        let ann_invite = ann.me.invite.clone();
        let ann = ann.leave().await;

        ben.add(&ann_invite).await;
        let received = ben.received("Five days").await;
        assert_eq!((received.files, received.size), (2, 3_000 + (3 << 20)));
        assert_eq!(received.id, share.id);
        assert_eq!(received.note.as_deref(), Some("a note"));
        assert_eq!(received.recipients, None, "only the author knows to whom else");
        assert_eq!(ben.paths(&received).await, ["film/a.mp4", "sea.jpg"]);
        assert_eq!(ben.read(&received, "sea.jpg").await, small);
        assert!(ben.read(&received, "film/a.mp4").await == large);

        // Eve holds Ann's newest root, finds her own letterbox there, and nothing in it.
        eve.add(&ann_invite).await;
        eve.wait("letterbox", |event| match event {
            Event::Contact { contact } if contact.state == ContactState::Mutual => Some(()),
            _ => None,
        })
        .await;
        assert_eq!(eve.titles().await, Vec::<String>::new());

        // Everything is there after a reload, also offline.
        let ben = ben.leave().await.back(&[]).await;
        assert_eq!(ben.titles().await, ["Five days"]);
        assert!(ben.read(&received, "film/a.mp4").await == large);
        drop(ann);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_new_share_arrives_at_once_where_both_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        for number in 0..5 {
            let title = format!("share {number}");
            ann.share(&title, &[("a", b"a small file")], &[&ben.me.summary.id]).await;
            let received = ben.received(&title).await;
            assert_eq!(ben.read(&received, "a").await, b"a small file");
        }
        // And back.
        ben.share("thanks", &[("b", b"another")], &[&ann.me.summary.id]).await;
        let received = ann.received("thanks").await;
        assert_eq!(ann.read(&received, "b").await, b"another");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn friends_may_use_two_relays() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let mut ben = Person::new("Ben", &[&other]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        ann.share("across", &[("a", b"bytes")], &[&ben.me.summary.id]).await;
        let received = ben.received("across").await;
        assert_eq!(ben.read(&received, "a").await, b"bytes");
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_download_goes_on_after_a_reload_and_fetches_only_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (noise(4 << 20, 3), noise(2 << 20, 4));
    tell(async {
        let running = relay(folder.path(), 0).await;
        let port = running.local().port();
        let mut ann = Person::new("Ann", &[&running]).await;
        let mut ben = Person::new("Ben", &[&running]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        ann.share("films", &[("1", &first), ("2", &second)], &[&ben.me.summary.id]).await;
        let received = ben.received("films").await;
        ann.leave().await;
        let transfer = ben.engine.download(&received.id, Some(vec!["1".into()])).await.unwrap();
        ben.ended(&transfer, TransferState::Done).await;
        running.stop().await;
        assert_eq!(ben.engine.download(&received.id, None).await.unwrap(), transfer);
        let waiting = ben.ended(&transfer, TransferState::Waiting).await;
        assert_eq!((waiting.bytes, waiting.total), (4 << 20, 6 << 20));
        let gone = ben.leave().await;

        let running = relay(folder.path(), port).await;
        let mut ben = gone.back(&[&running]).await;
        let done = ben.ended(&transfer, TransferState::Done).await;
        assert_eq!((done.bytes, done.total), (6 << 20, 6 << 20));
        let served = served(&running).await;
        assert!((2 << 20..3 << 20).contains(&served), "{served} bytes were served for the missing 2 MiB");
        assert!(ben.read(&received, "1").await == first);
        assert!(ben.read(&received, "2").await == second);
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_download_that_is_cut_off_in_the_middle_fetches_at_most_four_mebibytes_twice() {
    const SIZE: usize = 12 << 20;
    const TWICE: usize = 4 << 20;
    // Headers, lists and seals.
    const AROUND: usize = 64 << 10;
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let film = noise(SIZE, 5);
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        ann.share("film", &[("1", &film)], &[&ben.me.summary.id]).await;
        let received = ben.received("film").await;
        ann.leave().await;
        let before = served(&relay).await;
        let transfer = ben.engine.download(&received.id, None).await.unwrap();
        let fetched = async |ben: &Person| {
            let transfers = ben.engine.transfers().await.unwrap();
            transfers.iter().find(|t| t.id == transfer).map_or(0, |t| t.bytes as usize)
        };
        while fetched(&ben).await < SIZE / 3 {
            tokio::task::yield_now().await;
        }
        assert!(fetched(&ben).await < SIZE, "the download is cut off before its end");
        let mut ben = ben.leave().await.back(&[&relay]).await;
        ben.ended(&transfer, TransferState::Done).await;
        let served = (served(&relay).await - before) as usize;
        assert!(served <= SIZE + AROUND + TWICE, "{served} bytes were served for {SIZE}");
        assert!(ben.read(&received, "1").await == film);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn with_the_words_everything_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        ann.engine.rename_contact(&ben.me.summary.id, "Benny").await.unwrap();
        let share = ann.share("before", &[("a", b"old bytes")], &[&ben.me.summary.id]).await;
        ann.delivered(&share).await;
        let mine = ann.share("only mine", &[("b", b"my bytes")], &[]).await;
        ann.delivered(&mine).await;
        let words = ann.engine.recovery_phrase(crate::person::PASSPHRASE).await.unwrap();
        ben.received("before").await;
        ann.leave().await;

        let mut ann = recovered(&words, &[&relay]).await;
        assert_eq!(ann.me.summary.name, "Ann");
        let mut titles = ann.titles().await;
        titles.sort();
        assert_eq!(titles, ["before", "only mine"]);
        assert_eq!(ann.read(&mine, "b").await, b"my bytes");
        let contacts = ann.engine.contacts().await.unwrap();
        assert_eq!(contacts[0].petname.as_deref(), Some("Benny"));
        // Friends go on hearing from the same person.
        let id = ben.me.summary.id.clone();
        ann.wait("Ben's profile", |event| match event {
            Event::Contact { contact } if contact.id == id && contact.name == "Ben" => Some(()),
            _ => None,
        })
        .await;
        ann.share("after", &[("c", b"new bytes")], &[&id]).await;
        let received = ben.received("after").await;
        assert_eq!(ben.read(&received, "c").await, b"new bytes");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_its_author_removes_is_gone_at_the_friend_too() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        let share = ann.share("mistake", &[("a", b"oops")], &[&ben.me.summary.id]).await;
        ben.received("mistake").await;
        ann.delivered(&share).await;
        ann.engine.remove_share(&share.id).await.unwrap();
        ben.wait("removal", |event| match event {
            Event::Share { change: spinney::engine::api::Change::Removed, share } => Some(share.id.clone()),
            _ => None,
        })
        .await;
        assert_eq!(ben.titles().await, Vec::<String>::new());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn somebody_without_friends_yet_is_found_while_their_tab_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let me = ann
            .wait("publication", |event| match event {
                Event::Profile { me: Some(me) } if me.published => Some(me.clone()),
                _ => None,
            })
            .await;
        ann.leave().await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        assert_eq!(ben.add(&me.invite).await.name, "Ann");
        let mut eve = Person::new("Eve", &[&relay]).await;
        assert_eq!(eve.add(&me.summary.id).await.name, "Ann");
    })
    .await;
    relay.stop().await;
}
