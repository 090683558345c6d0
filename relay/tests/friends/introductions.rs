//! Friends who introduce friends: who sees whom, who is suggested, and who asks after an introduction.

use bytes::Bytes;
use spinney::crypto::sha256;
use spinney::crypto::sign::SigningKey;
use spinney::engine::Error;
use spinney::engine::api::{ContactState, Introduction, ProfileUpdate, Suggestion};
use spinney::format::introduction::Shown;
use spinney::format::letter as parts;
use spinney::format::node;
use spinney::format::note::Says;
use spinney::format::secret::Secret;
use spinney::keys::{Id, Phrase, Ring};
use spinney::net::keep::Block;
use spinney::platform;
use spinney::social::introduction::letter;
use spinney::social::letter::{self, Address};
use spinney::social::share::{self, Recipient};
use spinney_relay::Server;

use crate::authors::{Author, Made};
use crate::devices::second;
use crate::hostile::{Device, address, recipient};
use crate::person::{Person, befriend, relay, tell};

impl Person {
    /// Lets contacts show this person to theirs, or not any more.
    async fn may_be_shown(&self, on: bool) {
        let update = ProfileUpdate { may_be_shown: Some(on), ..ProfileUpdate::default() };
        assert_eq!(self.engine.update_profile(update).await.unwrap().may_be_shown, on);
    }

    /// Waits until a contact has agreed to be shown, or not any more.
    async fn may_show(&mut self, id: &str, may: bool) {
        while self.engine.contact(id).await.unwrap().may_be_shown != may {
            self.something_happens("agreement").await;
        }
    }

    async fn suggested(&self) -> Vec<Suggestion> {
        self.engine.suggestions().await.unwrap()
    }

    /// Waits until exactly these people are suggested, by what they are called.
    async fn is_suggested(&mut self, wanted: &[&str]) -> Vec<Suggestion> {
        loop {
            let suggested = self.suggested().await;
            if suggested.iter().map(|it| it.name.as_str()).eq(wanted.iter().copied()) {
                return suggested;
            }
            self.something_happens(&format!("suggestions {wanted:?}, but {suggested:?}")).await;
        }
    }

    /// Waits until somebody is introduced.
    async fn is_introduced_to(&mut self, name: &str) -> Introduction {
        loop {
            let waiting = self.engine.introductions().await.unwrap();
            if let Some(found) = waiting.into_iter().find(|it| it.name == name) {
                return found;
            }
            self.something_happens(&format!("introduction of {name}")).await;
        }
    }
}

/// Ann, with friends Ben and Cleo who do not know each other and may be shown.
async fn three(relay: &Server) -> (Person, Person, Person) {
    let mut ann = Person::new("Ann", &[relay]).await;
    let mut ben = Person::new("Ben", &[relay]).await;
    let mut cleo = Person::new("Cleo", &[relay]).await;
    befriend(&mut ann, &mut ben).await;
    befriend(&mut ann, &mut cleo).await;
    ben.may_be_shown(true).await;
    cleo.may_be_shown(true).await;
    ann.may_show(&ben.id(), true).await;
    ann.may_show(&cleo.id(), true).await;
    (ann, ben, cleo)
}

/// Somebody without an engine who is a friend of this person.
async fn eve(person: &mut Person, relay: &Server) -> (Author, Device, Recipient) {
    let friend = recipient(person, relay).await;
    let mut eve = Author::new("Eve".into(), vec![address(relay)]);
    let device = Device::of(&eve, relay).await;
    let made = eve.make(&friend, None);
    device.leave(&eve, made).await;
    person.add(&eve.id.to_string()).await;
    person.stands(&eve.id.to_string(), ContactState::Mutual).await;
    (eve, device, friend)
}

/// Leaves something that reaches somebody after all that was left before.
async fn reaches(eve: &mut Author, device: &Device, friend: &Recipient, person: &mut Person, title: &str) {
    let made = eve.make(friend, Some(title));
    device.leave(eve, made).await;
    person.received(title).await;
}

fn invented(n: u32) -> Shown {
    let key = SigningKey::from_bytes(&sha256(&n.to_be_bytes())).verifying_key();
    Shown { id: key, name: format!("Nobody {n:05}"), relays: Vec::new(), seq: 1 }
}

/// A root of Eve's with a letter to her friend, which shows these people.
fn with_letter(eve: &mut Author, friend: &Recipient, rev: u64, people: Vec<Shown>) -> Made {
    let sealed = letter::seal(&eve.ring, letter::new_id(), rev, letter(people), friend).unwrap();
    let Address { share, rev, header } = sealed.address;
    eve.says = vec![Says::Contacts { share, rev, header }];
    let mut made = eve.make(friend, None);
    made.blocks.extend(sealed.blocks.into_iter().map(|(cid, bytes)| Block::new(cid, bytes).unwrap()));
    made.pins.insert(0, header);
    made
}

fn introduction(id: &Id, name: &str, secret: [u8; 32]) -> Says {
    Says::Introduction {
        id: id.verifying_key(),
        name: name.into(),
        relays: Vec::new(),
        seq: 1,
        secret: Secret::from_bytes(secret),
        message: None,
    }
}

#[tokio::test]
async fn who_agreed_is_suggested_to_whom_i_chose_until_they_are_dismissed_or_agree_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, mut cleo) = three(&relay).await;
        // Dan is a friend of Ann's too, and did not agree.
        let mut dan = Person::new("Dan", &[&relay]).await;
        befriend(&mut ann, &mut dan).await;
        assert!(ben.suggested().await.is_empty(), "nobody is shown before Ann chose that");
        assert!(ann.engine.set_visibility(&ben.id(), true).await.unwrap().sees_mine);
        let suggested = ben.is_suggested(&["Cleo"]).await;
        assert_eq!((&suggested[0].id, &suggested[0].through), (&cleo.id(), &vec![ann.id()]));
        assert!(cleo.suggested().await.is_empty(), "Ann shows hers to Ben alone");

        ben.engine.dismiss(&cleo.id()).await.unwrap();
        assert!(ben.suggested().await.is_empty());
        let mut phone = second(&ben, &[&relay]).await;
        while phone.engine.contacts().await.unwrap().is_empty() {
            phone.something_happens("contacts").await;
        }
        ben.engine.undo_dismiss(&cleo.id()).await.unwrap();
        ben.is_suggested(&["Cleo"]).await;
        phone.is_suggested(&["Cleo"]).await;
        let unknown = ben.engine.dismiss(&dan.id()).await;
        assert_eq!(unknown, Err(Error::NotFound("suggestion")));

        // Once he adds her, nobody is suggested; she is found where Ann said.
        ben.engine.add_contact(&cleo.id(), None).await.unwrap();
        assert!(ben.suggested().await.is_empty());
        let request = cleo.is_asked_by("Ben").await;
        assert_eq!(request.introduced_by, None);
        ben.engine.remove_contact(&cleo.id()).await.unwrap();
        ben.is_suggested(&["Cleo"]).await;

        // Ann shows hers no more: they are gone at once.
        ann.engine.set_visibility(&ben.id(), false).await.unwrap();
        ben.is_suggested(&[]).await;
        phone.is_suggested(&[]).await;
        // Who agrees no more is shown to nobody who sees hers later.
        cleo.may_be_shown(false).await;
        ann.may_show(&cleo.id(), false).await;
        dan.may_be_shown(true).await;
        ann.may_show(&dan.id(), true).await;
        ann.engine.set_visibility(&ben.id(), true).await.unwrap();
        ben.is_suggested(&["Dan"]).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_agrees_no_more_goes_from_the_letters_and_those_change_seldom() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, cleo) = three(&relay).await;
        ann.engine.set_visibility(&ben.id(), true).await.unwrap();
        ben.is_suggested(&["Cleo"]).await;
        cleo.may_be_shown(false).await;
        ann.may_show(&cleo.id(), false).await;
        // Something that comes after all of that: the letter waits for its ten minutes.
        ann.share("For Ben", &[("b", b"b")], &[&ben.id()]).await;
        ben.received("For Ben").await;
        assert_eq!(ben.suggested().await.len(), 1, "a relay does not see when somebody agreed");
        // A new sitting leaves what is due.
        let mut ann = ann.leave().await.back(&[&relay]).await;
        ben.is_suggested(&[]).await;
        ann.stands(&ben.id(), ContactState::Mutual).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn two_friends_who_are_introduced_become_friends_in_either_order() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, mut ben, mut cleo) = three(&relay).await;
        let same = ann.engine.introduce(&ben.id(), &ben.id(), None).await;
        assert!(matches!(same, Err(Error::Refused(_))));
        ann.engine.introduce(&ben.id(), &cleo.id(), Some("You both climb")).await.unwrap();
        let (to_ben, to_cleo) = (ben.is_introduced_to("Cleo").await, cleo.is_introduced_to("Ben").await);
        assert_eq!((&to_ben.id, &to_ben.by), (&cleo.id(), &ann.id()));
        assert_eq!(to_cleo.message.as_deref(), Some("You both climb"));

        // She accepts first. He is asked, once, and nothing was added by itself.
        cleo.engine.accept_introduction(&ben.id()).await.unwrap();
        assert!(cleo.engine.introductions().await.unwrap().is_empty());
        let request = ben.is_asked_by("Cleo").await;
        assert_eq!(request.introduced_by, Some(ann.id()));
        assert!(ben.engine.introductions().await.unwrap().is_empty(), "it is one question");
        assert!(ben.engine.contact(&cleo.id()).await.is_err());
        ben.engine.accept(&cleo.id()).await.unwrap();
        ben.stands(&cleo.id(), ContactState::Mutual).await;
        cleo.stands(&ben.id(), ContactState::Mutual).await;
        assert!(ben.engine.requests().await.unwrap().is_empty());
        assert_eq!(ben.engine.contact(&cleo.id()).await.unwrap().verified, None);
        // Who are friends are not introduced again.
        ann.engine.introduce(&ben.id(), &cleo.id(), None).await.unwrap();
        ann.share("For both", &[("b", b"b")], &[&ben.id(), &cleo.id()]).await;
        ben.received("For both").await;
        cleo.received("For both").await;
        assert!(ben.engine.introductions().await.unwrap().is_empty());
        assert!(cleo.engine.introductions().await.unwrap().is_empty());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_request_that_comes_before_the_introduction_is_known_by_it_and_no_is_said_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, mut ben, mut cleo) = three(&relay).await;
        // The relay has his newest root, as new as Ann knows it.
        let own = ben.share("For himself", &[("b", b"b")], &[]).await;
        ben.delivered(&own).await;
        let ben_id = ben.id();
        let ben_away = ben.leave().await;
        ann.engine.introduce(&ben_id, &cleo.id(), None).await.unwrap();
        cleo.is_introduced_to("Ben").await;
        cleo.engine.accept_introduction(&ben_id).await.unwrap();
        cleo.has_asked(&ben_id, spinney::engine::api::Asked::Left).await;
        let mut ben = ben_away.back(&[&relay]).await;
        let mut phone = second(&ben, &[&relay]).await;
        for browser in [&mut ben, &mut phone] {
            loop {
                let request = browser.is_asked_by("Cleo").await;
                if request.introduced_by == Some(ann.id()) {
                    break;
                }
                browser.something_happens("introduction").await;
            }
        }
        ben.engine.decline(&cleo.id()).await.unwrap();
        phone.is_asked_by_nobody().await;
        assert!(ben.engine.introductions().await.unwrap().is_empty());
        assert_eq!(cleo.engine.contact(&ben_id).await.unwrap().state, ContactState::Requested);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn nobody_is_introduced_who_did_not_agree_and_who_says_no_is_asked_once() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben, cleo) = three(&relay).await;
        cleo.may_be_shown(false).await;
        ann.may_show(&cleo.id(), false).await;
        let refused = ann.engine.introduce(&ben.id(), &cleo.id(), None).await;
        assert_eq!(refused, Err(Error::NotAgreed { name: "Cleo".into() }));
        cleo.may_be_shown(true).await;
        ann.may_show(&cleo.id(), true).await;
        ann.engine.introduce(&ben.id(), &cleo.id(), None).await.unwrap();
        ben.is_introduced_to("Cleo").await;
        ben.engine.decline_introduction(&cleo.id()).await.unwrap();
        ann.engine.introduce(&ben.id(), &cleo.id(), None).await.unwrap();
        ann.share("For Ben", &[("b", b"b")], &[&ben.id()]).await;
        ben.received("For Ben").await;
        assert!(ben.engine.introductions().await.unwrap().is_empty());
        assert!(ben.engine.contact(&cleo.id()).await.is_err());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn introductions_that_are_forged_replayed_to_oneself_or_to_somebody_blocked_ask_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let mut mallory = Person::new("Mallory", &[&relay]).await;
        befriend(&mut ben, &mut mallory).await;
        ben.engine.block(&mallory.id()).await.unwrap();
        let (mut eve, device, friend) = eve(&mut ben, &relay).await;
        let id = |text: &str| text.parse::<Id>().unwrap();
        let (ben_id, eve_id) = (id(&ben.id()), eve.id);
        eve.says = vec![
            introduction(&ben_id, "himself", [1; 32]),
            introduction(&eve_id, "herself", [2; 32]),
            introduction(&id(&mallory.id()), "Mallory", [3; 32]),
        ];
        reaches(&mut eve, &device, &friend, &mut ben, "first").await;
        assert!(ben.engine.introductions().await.unwrap().is_empty());

        // She introduces Cleo, who knows nothing of it: nothing that Cleo asks is an answer to that.
        eve.says = vec![introduction(&id(&cleo.id()), "Cleo", [4; 32])];
        reaches(&mut eve, &device, &friend, &mut ben, "second").await;
        ben.is_introduced_to("Cleo").await;
        cleo.add(&ben.me.invite).await;
        assert_eq!(ben.is_asked_by("Cleo").await.introduced_by, None);
        ben.engine.decline_introduction(&cleo.id()).await.unwrap();
        eve.says = vec![introduction(&id(&cleo.id()), "Cleo", [4; 32])];
        reaches(&mut eve, &device, &friend, &mut ben, "third").await;
        assert!(ben.engine.introductions().await.unwrap().is_empty(), "it was answered");

        // More than anybody answers: sixteen of hers wait.
        let stranger = || Ring::from_phrase(&Phrase::generate()).id();
        eve.says = (0..40).map(|n| introduction(&stranger(), &format!("P{n}"), [5; 32])).collect();
        reaches(&mut eve, &device, &friend, &mut ben, "fourth").await;
        assert_eq!(ben.engine.introductions().await.unwrap().len(), 16);
        ben.engine.block(&eve_id.to_string()).await.unwrap();
        assert!(ben.engine.introductions().await.unwrap().is_empty(), "nothing of somebody blocked is asked");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn thousands_of_invented_people_hide_nobody_and_letters_that_are_too_large_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, mut ben, cleo) = three(&relay).await;
        ann.engine.set_visibility(&ben.id(), true).await.unwrap();
        ben.is_suggested(&["Cleo"]).await;
        let (mut eve, device, friend) = eve(&mut ben, &relay).await;

        // As many as a letter holds, of ten thousand; the same letter changed again and again.
        let now = platform::now_ms();
        for n in 0..5 {
            let made = with_letter(&mut eve, &friend, now + n, (0..10_000).map(invented).collect());
            device.leave(&eve, made).await;
        }
        while ben.suggested().await.len() != 101 {
            ben.something_happens("a hundred of hers, and Cleo").await;
        }
        assert!(ben.suggested().await.iter().any(|it| it.id == cleo.id()));
        let reaches_relays = ben.engine.network_status().await.unwrap().relays.len();
        assert_eq!(reaches_relays, 1, "nobody's relay is asked");

        // A fifth node: all of that letter is refused, and what else she says is read.
        let key = share::new_key();
        let (mut blocks, mut more) = (Vec::new(), None);
        for n in (0..5u32).rev() {
            let mut part = letter(vec![invented(20_000)]).remove(0);
            part.list[0].name = format!("Too much {n}");
            parts::Part::set_more(&mut part, more);
            let (pointer, block) = node::seal(&key.manifest_secret(), &part).unwrap();
            blocks.push(Block::new(pointer.cid, Bytes::from(block)).unwrap());
            more = Some(pointer);
        }
        let sealed = letter::seal(&eve.ring, letter::new_id(), now + 9, letter(Vec::new()), &friend).unwrap();
        let (_, header) = sealed.blocks.last().unwrap();
        let pair = eve.ring.pair_secret(&friend.id, &friend.kem.key.to_bytes(), friend.kem.epoch);
        let opened = share::open(&eve.id, &pair, header).unwrap().unwrap();
        let header = spinney::format::header::Header { manifest: more.unwrap(), ..opened.header };
        let header = share::seal(&eve.ring, &key, &header, std::slice::from_ref(&friend)).unwrap();
        let Address { share, rev, .. } = sealed.address;
        eve.says = vec![Says::Contacts { share, rev, header: header.cid }];
        let mut made = eve.make(&friend, Some("beside it"));
        made.blocks.extend(blocks);
        made.blocks.push(Block::new(header.cid, header.block).unwrap());
        made.pins.insert(0, header.cid);
        device.leave(&eve, made).await;
        ben.received("beside it").await;
        crate::hostile::warned(&mut ben, &eve.id, Some(spinney::engine::api::Warning::Refused)).await;
        assert!(ben.suggested().await.iter().all(|it| !it.name.starts_with("Too much")));
        // Blocked, she shows nobody.
        ben.engine.block(&eve.id.to_string()).await.unwrap();
        ben.is_suggested(&["Cleo"]).await;
    })
    .await;
    relay.stop().await;
}
