//! Friends keep for each other: what was shared is there while its author is gone and no relay has it.

use std::path::Path;

use spinney::engine::Error;
use spinney::engine::api::{
    Event, FreedStage, FriendKeeping, GivenRoom, KeepingStatus, ReceivedRoom, RoomTerms, Share,
};
use spinney_relay::Server;

use crate::person::{Person, befriend, noise, relay, served, tell};

/// Room that holds what is shared here many times.
const ROOM: u64 = 64 << 20;

/// Whose friends may hear who keeps.
const NAMED: RoomTerms = RoomTerms { named: true, public: false, metered: false };

/// Bytes that a browser gives to friends in these stories.
const LIMIT: u64 = 1 << 30;

impl Person {
    async fn keeping(&self) -> KeepingStatus {
        self.engine.keeping_status().await.expect("unlocked")
    }

    async fn keeping_with(&self, friend: &str) -> Option<FriendKeeping> {
        self.keeping().await.friends.into_iter().find(|it| it.contact == friend)
    }

    /// Waits until what is kept for a friend is so.
    async fn keeps(&mut self, friend: &str, what: &str, is_so: impl Fn(&GivenRoom) -> bool) -> GivenRoom {
        loop {
            match self.keeping_with(friend).await.and_then(|it| it.given) {
                Some(given) if is_so(&given) => return given,
                _ => self.something_happens(what).await,
            }
        }
    }

    /// Waits until what a friend keeps for me is so.
    async fn is_kept_by(
        &mut self,
        friend: &str,
        what: &str,
        is_so: impl Fn(&ReceivedRoom) -> bool,
    ) -> ReceivedRoom {
        loop {
            match self.keeping_with(friend).await.and_then(|it| it.received) {
                Some(received) if is_so(&received) => return received,
                _ => self.something_happens(what).await,
            }
        }
    }

    async fn gives_room(&self, friend: &str, bytes: u64) {
        self.engine.set_room(friend, bytes, NAMED, LIMIT).await.expect("there is room");
    }

    /// Waits until a friend shows as online, or as away.
    async fn sees_online(&mut self, friend: &str, online: bool) {
        while self.engine.contact(friend).await.expect("a friend").online != online {
            self.something_happens("friend who comes or goes").await;
        }
    }

    async fn trusts(&self, friend: &str) {
        self.engine.mark_verified(friend).await.expect("their words were compared");
    }
}

/// Ann, Ben and Cleo, of whom each two are friends. Ann and Ben have compared their words.
async fn three(relay: &Server) -> (Person, Person, Person) {
    let mut ann = Person::new("Ann", &[relay]).await;
    let mut ben = Person::new("Ben", &[relay]).await;
    let mut cleo = Person::new("Cleo", &[relay]).await;
    befriend(&mut ann, &mut ben).await;
    befriend(&mut ann, &mut cleo).await;
    befriend(&mut ben, &mut cleo).await;
    ann.trusts(&ben.id()).await;
    (ann, ben, cleo)
}

/// Burns the disk of a relay: it comes back with its key alone, as its owner has it in a drawer.
async fn burn(running: Server, folder: &Path) -> Server {
    let port = running.local().port();
    running.stop().await;
    let key = std::fs::read(folder.join("key")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::create_dir(folder).unwrap();
    std::fs::write(folder.join("key"), key).unwrap();
    relay(folder, port).await
}

/// Ann shares with Cleo, and Ben keeps it whole.
async fn kept(ann: &mut Person, ben: &mut Person, cleo: &mut Person, film: &[u8]) -> Share {
    let (ann_id, ben_id) = (ann.id(), ben.id());
    let share = ann.share("Yesterday", &[("film.mp4", film), ("a.jpg", b"small")], &[&cleo.id()]).await;
    ann.delivered(&share).await;
    let received = cleo.received("Yesterday").await;
    ben.gives_room(&ann_id, ROOM).await;
    ben.keeps(&ann_id, "share that is kept", |given| given.shares == 1 && given.missing == 0).await;
    let id = share.id.clone();
    ann.is_kept_by(&ben_id, "word of what is kept", |it| it.shares.contains(&id)).await;
    received
}

#[tokio::test]
async fn a_friend_opens_yesterdays_album_from_another_friend_while_its_author_is_gone_and_the_relay_burnt() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    std::fs::create_dir(&data).unwrap();
    let film = noise(3 << 20, 1);
    tell(async {
        let running = relay(&data, 0).await;
        let (mut ann, mut ben, mut cleo) = three(&running).await;
        let received = kept(&mut ann, &mut ben, &mut cleo, &film).await;
        let (ann_id, ben_id) = (ann.id(), ben.id());
        while cleo.keeping_with(&ann_id).await.is_none_or(|it| it.keepers != [ben_id.clone()]) {
            cleo.something_happens("word of who keeps what Ann shares").await;
        }
        ann.leave().await;
        let running = burn(running, &data).await;
        cleo.sees_online(&ben_id, false).await;
        cleo.sees_online(&ben_id, true).await;
        assert!(cleo.read(&received, "film.mp4").await == film, "it comes from Ben");
        assert_eq!(served(&running).await, 0, "the relay has nothing of it");
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_friend_proves_what_is_kept_and_a_relay_that_lost_its_disk_gets_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    std::fs::create_dir(&data).unwrap();
    tell(async {
        let running = relay(&data, 0).await;
        let (mut ann, mut ben, mut cleo) = three(&running).await;
        let ben_id = ben.id();
        let album = kept(&mut ann, &mut ben, &mut cleo, &noise(3 << 20, 6)).await;
        let received = ann.is_kept_by(&ben_id, "proof", |it| !it.proof.shares.is_empty()).await;
        assert_eq!((&received.proof.shares, received.proof.lacks.len()), (&received.shares, 0));
        assert!(received.proof.at.is_some());

        // Ann's relay loses its disk, comes back, and gets everything again.
        let share = received.shares[0].clone();
        let running = burn(running, &data).await;
        for is_kept in [false, true] {
            let is_so = |event: &Event| match event {
                Event::Share { share: told, .. } => told.id == share && told.kept == is_kept,
                _ => false,
            };
            while !is_so(ann.next_event().await) {}
        }
        ann.leave().await;
        ben.leave().await;
        let cleo = cleo.leave().await.back(&[&running]).await;
        assert!(cleo.read(&album, "a.jpg").await == b"small", "the relay has it");
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_freed_film_opens_again_from_a_friend_after_the_relays_disk_is_gone_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    std::fs::create_dir(&data).unwrap();
    let film = noise(3 << 20, 8);
    tell(async {
        let running = relay(&data, 0).await;
        let (mut ann, mut ben, mut cleo) = three(&running).await;
        let ben_id = ben.id();
        kept(&mut ann, &mut ben, &mut cleo, &film).await;
        let share = ann.is_kept_by(&ben_id, "word of what is kept", |it| !it.shares.is_empty()).await;
        let share = ann.engine.share(&share.shares[0]).await.unwrap();
        let before = ann.engine.storage_status().await.unwrap().used;
        let space = ann.engine.freeable_space().await.unwrap();
        assert_eq!(space.shares, std::slice::from_ref(&share.id), "{:?}", space.others);
        let freed = ann.engine.free_space(Some(&share.id)).await.unwrap();
        assert!(freed >= space.bytes);
        let after = ann.engine.storage_status().await.unwrap().used;
        assert!(space.bytes >= 3 << 20 && before - after >= space.bytes, "{before} before, {after} after");
        let freed = ann.keeping().await.freed.remove(0);
        assert_eq!(
            (freed.stage, freed.friends, freed.relays.len()),
            (FreedStage::Freed, vec![ben_id.clone()], 1)
        );
        assert_eq!(ann.paths(&share).await, ["a.jpg", "film.mp4"], "its list is here");

        // The relay's disk burns: nobody but Ben has the film.
        let running = burn(running, &data).await;
        ann.sees_online(&ben_id, false).await;
        ann.sees_online(&ben_id, true).await;
        assert!(ann.read(&share, "film.mp4").await == film, "it comes from Ben");
        while !ann.keeping().await.freed.is_empty() {
            ann.something_happens("share that comes back").await;
        }
        let back = ann.engine.storage_status().await.unwrap().used;
        assert!(back - after >= 3 << 20, "Ben alone is not enough: {after} freed, {back} now");
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_is_shown_and_let_go_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let running = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, mut cleo) = three(&running).await;
        let (ann_id, ben_id) = (ann.id(), ben.id());
        let film = noise(2 << 20, 2);
        kept(&mut ann, &mut ben, &mut cleo, &film).await;
        let given = ben.keeping_with(&ann_id).await.unwrap().given.unwrap();
        // The film, and lists and headers in the sizes of the format.
        assert!(given.used > 2 << 20 && given.used < 3 << 20, "{}", given.used);
        assert_eq!(ben.keeping().await.used, given.used);
        let received = ann.keeping_with(&ben_id).await.unwrap().received.unwrap();
        assert_eq!((received.bytes, received.used, received.chosen), (ROOM, given.used, true));
        let before = ben.engine.storage_status().await.unwrap().used;

        ben.engine.release_room(&ann_id).await.unwrap();
        let KeepingStatus { given, used, friends, .. } = ben.keeping().await;
        assert_eq!((given, used, friends), (0, 0, Vec::new()));
        let after = ben.engine.storage_status().await.unwrap().used;
        assert!(before - after > 2 << 20, "its bytes are free: {before} before, {after} after");
        while ann.keeping_with(&ben_id).await.is_some() {
            ann.something_happens("word that it was let go").await;
        }
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn room_that_is_too_small_keeps_what_fits_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let running = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, _cleo) = three(&running).await;
        let (ann_id, ben_id) = (ann.id(), ben.id());
        let large = ann.share("Large", &[("a", &noise(4 << 20, 3))], &[]).await;
        ann.delivered(&large).await;
        let small = ann.share("Small", &[("b", &noise(100 << 10, 4))], &[]).await;
        ann.delivered(&small).await;
        ben.gives_room(&ann_id, 2 << 20).await;
        let received =
            ann.is_kept_by(&ben_id, "word that it is full", |it| it.full && it.shares.len() == 1).await;
        assert!(received.used <= 2 << 20);
        let given = ben.keeping_with(&ann_id).await.unwrap().given.unwrap();
        assert_eq!((given.shares, given.missing), (1, 0), "she asks for the newest that fits");
        // With more room the rest comes too.
        ben.gives_room(&ann_id, ROOM).await;
        ben.keeps(&ann_id, "rest", |given| given.missing == 0).await;
        ann.is_kept_by(&ben_id, "word of the rest", |it| it.shares.len() == 2 && !it.full).await;
        ann.share("New", &[("c", b"small")], &[]).await;
        let received = ann.keeping_with(&ben_id).await.unwrap().received.unwrap();
        assert!(!received.full, "there is room for it too, before the next list asks for it");
        // And with less it goes again.
        ben.gives_room(&ann_id, 2 << 20).await;
        let given = ben.keeps(&ann_id, "less", |given| given.used <= 2 << 20).await;
        assert_eq!((given.shares, given.missing), (1, 1));
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn room_ends_with_notice_or_with_the_friendship_and_nobody_gives_more_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let running = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, mut cleo) = three(&running).await;
        let (ann_id, cleo_id) = (ann.id(), cleo.id());
        kept(&mut ann, &mut ben, &mut cleo, &noise(1 << 20, 5)).await;
        let too_much = ben.engine.set_room(&cleo_id, LIMIT - ROOM + 1, RoomTerms::default(), LIMIT).await;
        assert!(matches!(too_much, Err(Error::Refused(_))), "{too_much:?}");
        assert_eq!(ben.engine.set_room(&cleo_id, LIMIT - ROOM, RoomTerms::default(), LIMIT).await, Ok(()));
        ben.gives_room(&ann_id, 0).await;
        let given = ben.keeping_with(&ann_id).await.unwrap().given.unwrap();
        assert!(given.ends.is_some() && given.used > 1 << 20, "it stays for the time of the notice");
        ben.engine.remove_contact(&ann_id).await.unwrap();
        while ben.keeping().await.used > 0 {
            ben.something_happens("end of what was kept").await;
        }
        running.stop().await;
    })
    .await;
}
