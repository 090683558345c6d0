//! Changed keys where somebody has stolen the old ones: who has them gets nothing new and makes no heir.

use std::time::Duration;

use bytes::Bytes;
use spinney::engine::Error;
use spinney::engine::api::{Asked, Audience, ContactState, NewShare, Stay, Warning};
use spinney::format::limits;
use spinney::keys::{Id, Phrase, Ring};
use spinney::net::mailbox::Mail;
use spinney::platform;
use spinney::social::request;
use spinney::social::root::{self, Tip};
use spinney::social::share::Recipient;
use spinney_relay::Server;

use crate::authors::Author;
use crate::hostile::{Device, address, recipient, warned};
use crate::keys::{NEW, change_keys, shows, words_of};
use crate::person::{Person, file, friends, open, relay, tell};

/// Who has stolen the seed of these words, and not the words.
fn thief(words: &str, relays: &[&Server]) -> Author {
    let phrase = Phrase::from_words(words).unwrap();
    let mut thief = Author::new("Anna".into(), relays.iter().map(|relay| address(relay)).collect());
    thief.ring = Ring::from_seed(phrase.seed(0));
    thief.id = thief.ring.id();
    thief.heir = phrase.heir(0);
    thief
}

#[tokio::test]
async fn who_was_away_follows_by_the_request_although_a_thief_wrote_the_last_record_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        let friend = recipient(&mut ben, &relay).await;
        let words = words_of(&anna).await;
        let ben = ben.leave().await;

        // A later one is taken by no relay and no reader.
        let mut thief = thief(&words, &[&relay]);
        let device = Device::of(&thief, &relay).await;
        let last = platform::now_ms() / 1000 + limits::SEQUENCE_AHEAD_S;
        thief.tip = Some(Tip { seq: last - 1, root: Default::default() });
        let made = thief.make(&friend, None);
        device.leave(&thief, made).await;

        change_keys(&mut anna, &words).await;
        anna.has_asked(&ben_id, Asked::Left).await;
        let mut ben = ben.back(&[&relay]).await;
        ben.stands(&anna.id(), ContactState::Mutual).await;

        // From now on nothing of the thief comes.
        overwrite(&mut thief, &device, &friend).await;
        let asked = request::ask(&thief.ring, &friend, "It is me", &[], None, None, platform::now_ms());
        deposit(&device, &ben_id, asked.unwrap()).await;
        anna.share("of Anna", &[("a", b"bytes")], &[&ben_id]).await;
        ben.received("of Anna").await;
        let ben = ben.leave().await.back(&[&relay]).await;
        let mut ben = ben;
        let more = anna.share("more", &[("a", b"bytes")], &[&ben_id]).await;
        ben.received("more").await;
        drop(more);
        shows(&mut ben, &["more", "of Anna"]).await;
        assert!(ben.engine.requests().await.unwrap().is_empty());
        assert!(ben.engine.contact(&old).await.is_err());
    })
    .await;
    relay.stop().await;
}

/// Has the thief publish something above what the relay has, as soon as the clock allows one more sequence.
async fn overwrite(thief: &mut Author, device: &Device, friend: &Recipient) {
    loop {
        let record = device.net.get_record(&device.relay, thief.id).await.unwrap().expect("it was published");
        let known = root::verify_record(&thief.id, &record, platform::now_ms()).unwrap();
        thief.tip = Some(Tip { seq: known.sequence, root: known.root });
        let made = thief.make(friend, Some("of the thief"));
        let next = known.sequence + 1;
        if next <= platform::now_ms() / 1000 + limits::SEQUENCE_AHEAD_S {
            return device.leave(thief, made).await;
        }
        platform::sleep(Duration::from_millis(200)).await;
    }
}

async fn deposit(device: &Device, to: &str, mail: Vec<u8>) {
    let (to, mail): (Id, _) = (to.parse().unwrap(), Mail::new(Bytes::from(mail)).unwrap());
    device.net.deposit(&device.relay, to, &mail, None).await.expect("the mailbox takes it");
}

#[tokio::test]
async fn what_is_left_in_the_mailbox_of_the_old_keys_is_read_still() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut anna = Person::new("Anna", &[&relay]).await;
        let (old, address) = (anna.id(), address(&relay));
        let before = recipient(&mut anna, &relay).await;
        let words = words_of(&anna).await;
        change_keys(&mut anna, &words).await;
        assert_ne!(anna.id(), old);
        let asks = async |name: &str| {
            let mut friend = Author::new(name.into(), vec![address.clone()]);
            let device = Device::of(&friend, &relay).await;
            let made = friend.make(&before, None);
            device.leave(&friend, made).await;
            let relays = [address.clone()];
            let asked =
                request::ask(&friend.ring, &before, "It is me", &relays, None, None, platform::now_ms());
            deposit(&device, &old, asked.unwrap()).await;
        };
        asks("Carl").await;
        anna.is_asked_by("Carl").await;
        // Also at the next start, and of what came meanwhile.
        let gone = anna.leave().await;
        asks("Dora").await;
        let engine = open(&gone.disk, &[&relay]).await;
        let me = engine.unlock(&gone.id, NEW, Stay::Open).await.unwrap();
        let mut anna = Person::at(engine, gone.disk, me);
        let dora = anna.is_asked_by("Dora").await;
        assert_eq!(dora.message.as_deref(), Some("It is me"));
        assert_eq!(anna.engine.accept(&dora.id).await.unwrap().name, "Dora");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn nobody_but_the_words_makes_the_heir_and_another_one_waits_for_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (anna, mut ben) = friends("Anna", "Ben", &relay).await;
        let (old, ben_id) = (anna.id(), ben.id());
        let friend = recipient(&mut ben, &relay).await;
        let words = words_of(&anna).await;
        let anna = anna.leave().await;

        // The thief names another heir: Ben is warned, takes nothing, and gives nothing.
        let mut thief = thief(&words, &[&relay]);
        thief.heir = [9; 32];
        thief.tip = Some(Tip { seq: platform::now_ms() / 1000 + 1_000, root: Default::default() });
        let device = Device::of(&thief, &relay).await;
        let made = thief.make(&friend, Some("of the thief"));
        device.leave(&thief, made).await;
        let id: Id = old.parse().unwrap();
        warned(&mut ben, &id, Some(Warning::Heir)).await;
        let for_anna = || Audience::Contacts { ids: vec![old.clone()] };
        let new = |audience| NewShare {
            title: "for Anna".into(),
            note: None,
            files: vec![file("a", b"bytes")],
            audience,
            keep_location: false,
        };
        assert_eq!(ben.engine.create_share(new(for_anna())).await.unwrap_err(), Error::Doubted);

        // Somebody else claims to follow Anna: a stranger asks, and Anna stays.
        let mut eve = Author::new("Eve".into(), vec![address(&relay)]);
        let eves = Device::of(&eve, &relay).await;
        let made = eve.make(&friend, None);
        eves.leave(&eve, made).await;
        for from in [&eve.ring, &Ring::from_seed(Phrase::from_words(&words).unwrap().seed(2))] {
            let relays = [address(&relay)];
            let claim = request::ask(from, &friend, "", &relays, None, Some(&id), platform::now_ms());
            deposit(&eves, &ben_id, claim.unwrap()).await;
        }
        ben.is_asked_by("Eve").await;
        while ben.engine.requests().await.unwrap().len() < 2 {
            ben.something_happens("request of a stranger").await;
        }
        assert_eq!(ben.engine.contact(&old).await.unwrap().state, ContactState::Mutual);
        assert_eq!(ben.titles().await, [""; 0], "nothing of the thief was taken");

        // The person goes on with it, knowing better, and the first heir stays pinned.
        assert_eq!(ben.engine.go_on(&old).await.unwrap().warning, None);
        ben.engine.create_share(new(for_anna())).await.expect("nothing is held back any more");
        let mut anna = anna.back(&[&relay]).await;
        change_keys(&mut anna, &words).await;
        ben.stands(&anna.id(), ContactState::Mutual).await;
        assert_eq!(ben.engine.contact(&old).await.unwrap_err(), Error::NotFound("contact"));
        anna.received("for Anna").await;
    })
    .await;
    relay.stop().await;
}
