//! Albums to which friends add: who added what shows to all, and nobody changes what somebody else made.

use spinney::engine::Error;
use spinney::engine::api::{Audience, NewShare, Share, ShareQuery};

use crate::devices::second;
use crate::person::{Person, befriend, file, noise, recovered, relay, tell};

impl Person {
    async fn album(&self, title: &str, files: &[(&str, &[u8])], with: &[&Self]) -> Share {
        let new = NewShare {
            title: title.into(),
            note: None,
            files: files.iter().map(|(path, bytes)| file(path, bytes)).collect(),
            audience: Audience::Contacts { ids: with.iter().map(|person| person.id()).collect() },
            keep_location: false,
        };
        self.engine.create_album(new).await.expect("an album is made")
    }

    async fn adds_to(&self, album: &Share, path: &str, bytes: &[u8]) -> Share {
        self.engine.add_to(&album.id, vec![file(path, bytes)], false).await.expect("it may be added")
    }

    async fn additions(&self, album: &Share) -> Vec<Share> {
        let query = ShareQuery { album: Some(album.id.clone()), ..ShareQuery::default() };
        self.engine.shares(query).await.unwrap()
    }

    /// What was added to an album, as this person sees it: by whom, and which files.
    async fn added(&self, album: &Share) -> Vec<(String, Vec<String>)> {
        let mut added = Vec::new();
        for share in self.additions(album).await.into_iter().filter(|share| !share.unlisted) {
            let by = share.made_by.clone().unwrap_or_else(|| share.author.clone());
            added.push((by, self.paths(&share).await));
        }
        added.sort();
        added
    }

    /// Waits until a share shows whether its readers may add to it.
    async fn may_add(&mut self, share: &Share, may: bool) {
        while self.engine.share(&share.id).await.map(|share| share.adds) != Ok(may) {
            self.something_happens("album that is one, or is none").await;
        }
    }

    /// Waits until exactly this is added to an album.
    async fn sees_added(&mut self, album: &Share, wanted: &[(&str, &[&str])]) {
        let mut wanted: Vec<_> = wanted
            .iter()
            .map(|(by, paths)| ((*by).to_owned(), paths.iter().map(ToString::to_string).collect::<Vec<_>>()))
            .collect();
        wanted.sort();
        while self.added(album).await != wanted {
            self.something_happens("addition").await;
        }
    }

    /// The part of an album that somebody made.
    async fn part_of(&self, album: &Share, maker: &str) -> Share {
        let is_it = |share: &Share| share.made_by.as_ref().unwrap_or(&share.author) == maker;
        self.additions(album).await.into_iter().find(is_it).expect("they added something")
    }
}

#[tokio::test]
async fn whether_friends_can_add_is_switched_later_and_what_they_added_stays() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        let ben_id = ben.id();
        let share = ann.share("Lake", &[("ann.jpg", b"by Ann")], &[&ben_id]).await;
        let bens = ben.received("Lake").await;
        let added = || vec![file("ben.jpg", b"by Ben")];
        assert!(matches!(ben.engine.add_to(&bens.id, added(), false).await, Err(Error::Unsupported(_))));
        assert!(matches!(ben.engine.set_adds(&bens.id, true).await, Err(Error::Unsupported(_))));

        assert!(ann.engine.set_adds(&share.id, true).await.unwrap().adds);
        ben.may_add(&bens, true).await;
        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        let of_ben: &[(&str, &[&str])] = &[(&ben_id, &["ben.jpg"])];
        ann.sees_added(&share, of_ben).await;
        // Her other browser shows the same.
        let mut phone = second(&ann, &[&relay]).await;
        phone.may_add(&share, true).await;
        phone.sees_added(&share, of_ben).await;

        assert!(!phone.engine.set_adds(&share.id, false).await.unwrap().adds);
        ann.may_add(&share, false).await;
        ben.may_add(&bens, false).await;
        assert!(matches!(ben.engine.add_to(&bens.id, added(), false).await, Err(Error::Unsupported(_))));
        for person in [&mut ann, &mut phone, &mut ben] {
            person.sees_added(&bens, of_ben).await;
            assert_eq!(person.paths(&bens).await, ["ann.jpg"]);
        }
        // She can still take out what he added, for everybody.
        let part = ann.part_of(&share, &ben_id).await;
        ann.engine.remove_share(&part.id).await.unwrap();
        phone.sees_added(&share, &[]).await;
        while ben.part_of(&bens, &ben_id).await.in_album {
            ben.something_happens("album without what he added").await;
        }
        let mine = ann.share("mine", &[("a", b"a")], &[]).await;
        assert!(matches!(ann.engine.set_adds(&mine.id, true).await, Err(Error::Unsupported(_))));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_friends_add_shows_to_all_under_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let film = noise(1 << 20, 7);
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let album = ann.album("Lake", &[("ann.jpg", b"by Ann")], &[&ben, &cleo]).await;
        assert!(album.adds);
        let (bens, cleos) = (ben.received("Lake").await, cleo.received("Lake").await);
        assert!(bens.adds && bens.id == album.id);

        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        let (ben_id, cleo_id) = (ben.id(), cleo.id());
        ann.sees_added(&album, &[(&ben_id, &["ben.jpg"])]).await;
        assert!(ann.engine.share(&album.id).await.unwrap().unread, "the album of hers has something new");
        ann.engine.mark_read(&album.id).await.unwrap();
        assert!(!ann.engine.share(&album.id).await.unwrap().unread);
        // Cleo does not know Ben, and reads what he made from the album of Ann.
        cleo.sees_added(&cleos, &[(&ben_id, &["ben.jpg"])]).await;
        let part = cleo.part_of(&cleos, &ben_id).await;
        assert_eq!(part.made_by_name.as_deref(), Some("Ben"));
        assert_eq!(cleo.read(&part, "ben.jpg").await, b"by Ben");
        assert!(cleo.engine.share(&album.id).await.unwrap().unread, "there is something new in it");

        // Ben sees that it is in the album now.
        while !ben.part_of(&bens, &ben_id).await.in_album {
            ben.something_happens("album with what was added").await;
        }

        let added = cleo.adds_to(&cleos, "film.mp4", &film).await;
        assert!(!added.in_album, "Ann has not taken it in yet");
        let all: &[(&str, &[&str])] = &[(&ben_id, &["ben.jpg"]), (&cleo_id, &["film.mp4"])];
        ann.sees_added(&album, all).await;
        ben.sees_added(&bens, all).await;
        // What Ben adds once more comes to what he added before, also where the others were away.
        let cleo = cleo.leave().await;
        ben.adds_to(&bens, "ben too.jpg", b"more by Ben").await;
        let more: &[(&str, &[&str])] = &[(&ben_id, &["ben too.jpg", "ben.jpg"]), (&cleo_id, &["film.mp4"])];
        ann.sees_added(&album, more).await;
        let mut cleo = cleo.back(&[&relay]).await;
        cleo.sees_added(&cleos, more).await;
        assert!(ben.read(&ben.part_of(&bens, &cleo_id).await, "film.mp4").await == film);

        // The files of the album itself are Ann's alone, and each person changes what is theirs alone.
        assert_eq!(ben.paths(&bens).await, ["ann.jpg"]);
        let part = ben.part_of(&bens, &cleo_id).await;
        assert!(ben.engine.add_files(&part.id, vec![file("x", b"x")], false).await.is_err());
        assert!(ben.engine.pass_on(&part.id, &[ann.id()]).await.is_err());
        let mine = ben.part_of(&bens, &ben_id).await;
        assert!(ben.engine.set_audience(&mine.id, &[ann.id()]).await.is_err());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_is_hidden_or_taken_back_goes_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let album = ann.album("Lake", &[("ann.jpg", b"by Ann")], &[&ben, &cleo]).await;
        let (bens, cleos) = (ben.received("Lake").await, cleo.received("Lake").await);
        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        cleo.adds_to(&cleos, "cleo.jpg", b"by Cleo").await;
        let (ben_id, cleo_id) = (ben.id(), cleo.id());
        ann.sees_added(&album, &[(&ben_id, &["ben.jpg"]), (&cleo_id, &["cleo.jpg"])]).await;
        ben.sees_added(&bens, &[(&ben_id, &["ben.jpg"]), (&cleo_id, &["cleo.jpg"])]).await;

        let hidden = ann.part_of(&album, &cleo_id).await;
        ann.engine.remove_share(&hidden.id).await.unwrap();
        ben.sees_added(&bens, &[(&ben_id, &["ben.jpg"])]).await;
        // What Cleo made stays hers, and does not come back with what she adds to it.
        cleo.adds_to(&cleos, "again.jpg", b"again").await;

        let taken_back = ben.part_of(&bens, &ben_id).await;
        ben.engine.remove_share(&taken_back.id).await.unwrap();
        ann.sees_added(&album, &[]).await;
        cleo.sees_added(&cleos, &[(&cleo_id, &["again.jpg", "cleo.jpg"])]).await;

        // When the album goes, what hangs from it goes as well.
        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        cleo.sees_added(&cleos, &[(&ben_id, &["ben.jpg"]), (&cleo_id, &["again.jpg", "cleo.jpg"])]).await;
        ann.engine.remove_share(&album.id).await.unwrap();
        cleo.sees_added(&cleos, &[(&cleo_id, &["again.jpg", "cleo.jpg"])]).await;
        assert!(cleo.engine.share(&album.id).await.is_err());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn somebody_who_was_taken_off_adds_nothing_that_others_see() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut eve).await;
        let album = ann.album("Lake", &[("ann.jpg", b"by Ann")], &[&ben, &eve]).await;
        let (bens, eves) = (ben.received("Lake").await, eve.received("Lake").await);
        ann.engine.revoke(&album.id, &[eve.id()]).await.unwrap();
        eve.adds_to(&eves, "eve.jpg", b"by Eve").await;
        let (ben_id, eve_id) = (ben.id(), eve.id());
        ann.sees_added(&album, &[(&eve_id, &["eve.jpg"])]).await;
        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        ben.sees_added(&bens, &[(&ben_id, &["ben.jpg"])]).await;
        ann.sees_added(&album, &[(&ben_id, &["ben.jpg"]), (&eve_id, &["eve.jpg"])]).await;

        // All that Ann has said until now has reached Ben.
        ann.share("Later", &[("a", b"later")], &[&ben_id]).await;
        ben.received("Later").await;
        assert_eq!(ben.added(&bens).await, [(ben_id.clone(), vec!["ben.jpg".to_owned()])]);
        // Who was never given the album has nothing to add to.
        let walk = ann.share("Walk", &[("a", b"a")], &[&ben_id]).await;
        let bens_walk = ben.received("Walk").await;
        assert_eq!(bens_walk.id, walk.id);
        let refused = ben.engine.add_to(&walk.id, vec![file("b", b"b")], false).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "only who shared this can add to it: share the files with them instead"
        );
        assert!(eve.engine.add_to(&walk.id, vec![file("b", b"b")], false).await.is_err());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn additions_wait_for_the_author_and_come_to_friends_at_other_relays() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let mut ben = Person::new("Ben", &[&other]).await;
        let mut cleo = Person::new("Cleo", &[&one]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let words = ann.engine.recovery_phrase(crate::person::PASSPHRASE).await.unwrap();
        let album = ann.album("Lake", &[("ann.jpg", b"by Ann")], &[&ben, &cleo]).await;
        ann.delivered(&album).await;
        let bens = ben.received("Lake").await;
        let mut cleos = cleo.received("Lake").await;
        let ann = ann.leave().await;
        let added = ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        ben.delivered(&added).await;
        assert_eq!(cleo.added(&cleos).await, [], "only Ann takes it in");
        ben.leave().await;
        drop(ann);

        // At another browser of hers, while Ben is away.
        let mut ann = recovered(&words, &[&one]).await;
        let ben_id = added.author.clone();
        ann.sees_added(&album, &[(&ben_id, &["ben.jpg"])]).await;
        // Ben's relay is one that Cleo does not know: she is asked before it is.
        let part = loop {
            match cleo.additions(&cleos).await.pop() {
                Some(part) => break part,
                None => cleo.something_happens("addition").await,
            }
        };
        assert!(part.unlisted && part.elsewhere.len() == 1, "{part:?}");
        let part = cleo.engine.look_elsewhere(&part.id).await.unwrap();
        assert!(!part.unlisted && part.elsewhere.is_empty());
        cleos = cleo.engine.share(&cleos.id).await.unwrap();
        cleo.sees_added(&cleos, &[(&ben_id, &["ben.jpg"])]).await;
        assert_eq!(cleo.read(&part, "ben.jpg").await, b"by Ben");
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn two_browsers_of_an_author_that_take_in_the_same_come_to_rest() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let album = ann.album("Lake", &[("ann.jpg", b"by Ann")], &[&ben, &cleo]).await;
        ann.delivered(&album).await;
        let mut other = second(&ann, &[&relay]).await;
        let (bens, cleos) = (ben.received("Lake").await, cleo.received("Lake").await);
        // Both browsers hear of both at once.
        ben.adds_to(&bens, "ben.jpg", b"by Ben").await;
        cleo.adds_to(&cleos, "cleo.jpg", b"by Cleo").await;
        let (ben_id, cleo_id) = (ben.id(), cleo.id());
        let all: &[(&str, &[&str])] = &[(&ben_id, &["ben.jpg"]), (&cleo_id, &["cleo.jpg"])];
        for person in [&mut ann, &mut other] {
            person.sees_added(&album, all).await;
        }
        ben.sees_added(&bens, all).await;
        cleo.sees_added(&cleos, all).await;
        // All have one revision in the end, however both browsers took turns.
        let file_of = async |person: &Person| person.engine.share(&album.id).await.unwrap().root;
        loop {
            let (one, two) = (file_of(&ann).await, file_of(&other).await);
            if one == two && file_of(&ben).await == one && file_of(&cleo).await == one {
                break;
            }
            tokio::select! {
                () = ann.something_happens("the album at rest") => {}
                () = other.something_happens("the album at rest") => {}
                () = ben.something_happens("the album at rest") => {}
                () = cleo.something_happens("the album at rest") => {}
            }
        }
        assert_eq!(ann.engine.share(&album.id).await.unwrap().recipients.map(|all| all.len()), Some(2));
    })
    .await;
    relay.stop().await;
}
