//! Nothing that a stranger names is dialled before the person said yes, and with "through relays only" no relay of others.

use spinney::engine::Error;
use spinney::engine::api::{
    Asked, Audience, Config, ContactRequest, ContactState, Event, NewShare, ProfileUpdate, TransferState,
};
use spinney::keys::Id;
use spinney::store::{Databases as _, Table};

use crate::door::Door;
use crate::person::{Gone, PASSPHRASE, Person, config, disk, file, friends, open, recovered, relay, tell};

/// Waits until somebody asks, of whom nothing is known but what they wrote.
async fn stranger(person: &mut Person, message: &str) -> ContactRequest {
    loop {
        let requests = person.engine.requests().await.unwrap();
        if let Some(request) = requests.into_iter().find(|it| it.message.as_deref() == Some(message)) {
            return request;
        }
        person.something_happens("request").await;
    }
}

async fn through_relays_only(person: &Person, only: bool) {
    let update = ProfileUpdate { relay_only: Some(only), ..Default::default() };
    person.engine.update_profile(update).await.unwrap();
}

/// Has two people become contacts of each other.
async fn meet(one: &mut Person, other: &mut Person) {
    one.add(&other.me.invite).await;
    other.add(&one.me.invite).await;
    one.stands(&other.id(), ContactState::Mutual).await;
    other.stands(&one.id(), ContactState::Mutual).await;
}

#[tokio::test]
async fn a_relay_that_a_request_names_is_connected_only_if_the_person_asks_who_it_is() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, eves) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut door = Door::before(&eves).await;
        let mut ann = Person::new("Ann", &[&own]).await;
        ann.published().await;
        let (anns, invite) = (ann.id(), ann.me.invite.clone());
        let ann = ann.leave().await;
        let mut eve = Person::with("Eve", door.config()).await;
        eve.engine.add_contact(&invite, Some("who am I?")).await.unwrap();
        eve.has_asked(&anns, Asked::Left).await;
        let eves = eve.id();
        eve.leave().await;
        door.until_inside(0).await;
        let before = door.came();

        let mut ann = ann.back(&[&own]).await;
        let request = stranger(&mut ann, "who am I?").await;
        assert_eq!(request.name, "");
        let host = door.address().split('/').nth(4).map(|port| format!("127.0.0.1:{port}"));
        assert_eq!(request.elsewhere, Vec::from_iter(host));
        // Ben asks later, and it is found out who he is.
        let mut ben = Person::new("Ben", &[&own]).await;
        ben.add(&ann.me.invite).await;
        assert_eq!(ann.is_asked_by("Ben").await.elsewhere, Vec::<String>::new());
        assert_eq!(door.came(), before, "nobody asked who Eve is");

        through_relays_only(&ann, true).await;
        assert_eq!(ann.engine.look_up(&eves).await, Err(Error::RelaysOnly));
        assert_eq!(door.came(), before);
        through_relays_only(&ann, false).await;
        let known = ann.engine.look_up(&eves).await.unwrap();
        assert_eq!((known.name.as_str(), known.elsewhere.len()), ("Eve", 0));
        assert_eq!(door.came(), before + 1);
        assert_eq!(ann.engine.accept(&eves).await.unwrap().name, "Eve");
    })
    .await;
    own.stop().await;
    eves.stop().await;
}

#[tokio::test]
async fn through_relays_only_no_relay_of_a_contact_is_connected() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, bens) = (relay(one.path(), 0).await, relay(two.path(), 0).await);
    tell(async {
        let mut door = Door::before(&bens).await;
        let mut ann = Person::new("Ann", &[&own]).await;
        let mut ben = Person::with("Ben", door.config()).await;
        meet(&mut ann, &mut ben).await;
        through_relays_only(&ann, true).await;
        let share = ben.share("kept elsewhere", &[("a", b"bytes")], &[&ann.id()]).await;
        ben.delivered(&share).await;
        let ben_id = ben.id();
        assert!(ann.engine.contact(&ben_id).await.unwrap().out_of_reach);
        assert!(!ben.engine.contact(&ann.id()).await.unwrap().out_of_reach);
        ben.leave().await;
        // What was open is closed at once.
        door.until_inside(0).await;
        let before = door.came();

        // Not after a reload either, nor when all connections are tried again.
        let mut ann = ann.leave().await.back(&[&own]).await;
        ann.engine.probe().await;
        let mut cleo = Person::new("Cleo", &[&own]).await;
        meet(&mut ann, &mut cleo).await;
        cleo.share("from Cleo", &[("a", b"bytes")], &[&ann.id()]).await;
        ann.received("from Cleo").await;
        assert_eq!(door.came(), before);
        assert!(!ann.titles().await.contains(&"kept elsewhere".to_owned()));

        through_relays_only(&ann, false).await;
        let share = ann.received("kept elsewhere").await;
        assert_eq!(ann.read(&share, "a").await, b"bytes");
        assert!(!ann.engine.contact(&ben_id).await.unwrap().out_of_reach);
        assert!(door.came() > before);
    })
    .await;
    own.stop().await;
    bens.stop().await;
}

#[tokio::test]
async fn through_relays_only_stays_so_when_the_words_bring_the_profile_back() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, bens) = (relay(one.path(), 0).await, relay(two.path(), 0).await);
    tell(async {
        let mut door = Door::before(&bens).await;
        let mut ann = Person::new("Ann", &[&own]).await;
        let mut ben = Person::with("Ben", door.config()).await;
        meet(&mut ann, &mut ben).await;
        let bens = ben.id();
        ben.leave().await;
        through_relays_only(&ann, true).await;
        // The choice is at the relay once something is that came later.
        let last = ann.share("last", &[("a", b"bytes")], &[&bens]).await;
        ann.delivered(&last).await;
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        ann.leave().await;
        door.until_inside(0).await;
        let before = door.came();
        let mut ann = recovered(&words, &[&own]).await;
        assert!(ann.me.relay_only);
        let mut cleo = Person::new("Cleo", &[&own]).await;
        meet(&mut ann, &mut cleo).await;
        assert!(ann.engine.contact(&bens).await.unwrap().out_of_reach);
        assert_eq!(door.came(), before);
    })
    .await;
    own.stop().await;
    bens.stop().await;
}

#[tokio::test]
async fn a_relay_of_who_made_what_is_passed_on_is_connected_only_after_a_yes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, makers) = (relay(one.path(), 0).await, relay(two.path(), 0).await);
    tell(async {
        let mut door = Door::before(&makers).await;
        let mut max = Person::with("Max", door.config()).await;
        let mut ben = Person::new("Ben", &[&own]).await;
        let mut ann = Person::new("Ann", &[&own]).await;
        meet(&mut max, &mut ben).await;
        meet(&mut ben, &mut ann).await;
        let share = max.share("Walk", &[("a", b"by Max")], &[&ben.id()]).await;
        max.delivered(&share).await;
        let received = ben.received("Walk").await;
        let ann = ann.leave().await;
        let passed = ben.engine.pass_on(&received.id, std::slice::from_ref(&ann.id)).await.unwrap();
        while !ben.engine.share(&passed.id).await.unwrap().kept {
            ben.something_happens("share that is kept").await;
        }
        ben.leave().await;
        max.leave().await;
        door.until_inside(0).await;
        let before = door.came();

        let mut ann = ann.back(&[&own]).await;
        let share = ann.received("Walk").await;
        assert_eq!((share.files, share.made_by.as_ref(), share.elsewhere.len()), (0, None, 1));
        assert_eq!(
            ann.engine.read(&share.id, "a", None).await.map(drop).map_err(|why| why.code()),
            Err("unreachable")
        );
        assert_eq!(door.came(), before, "nobody said yes");

        let share = ann.engine.look_elsewhere(&share.id).await.unwrap();
        assert_eq!((share.files, share.made_by_name.as_deref(), share.elsewhere.len()), (1, Some("Max"), 0));
        assert_eq!(ann.read(&share, "a").await, b"by Max");
        assert!(door.came() > before);
    })
    .await;
    own.stop().await;
    makers.stop().await;
}

#[tokio::test]
async fn a_link_connects_to_nobody_before_it_is_opened() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, makers) = (relay(one.path(), 0).await, relay(two.path(), 0).await);
    tell(async {
        let mut door = Door::before(&makers).await;
        let mut max = Person::with("Max", door.config()).await;
        let audience = Audience::Link { password: None, expires: None };
        let new = NewShare {
            title: "Walk".into(),
            note: None,
            files: vec![file("a", b"by Max")],
            audience,
            keep_location: false,
        };
        let given = max.engine.create_share(new).await.unwrap();
        max.delivered(&given).await;
        let link = max.engine.links().await.unwrap().remove(0).link;
        let own_preview = max.engine.inspect_link(&link).await.unwrap();
        assert!(own_preview.own && own_preview.relays.is_empty());
        let max_id = max.id();
        max.leave().await;
        door.until_inside(0).await;
        let before = door.came();

        let ann = Person::new("Ann", &[&own]).await;
        let preview = ann.engine.inspect_link(&format!("https://page.example/#/link/{link}")).await.unwrap();
        assert_eq!((&preview.author, preview.own, &preview.share), (&max_id, false, &None));
        assert_eq!(preview.relays.len(), 1);
        assert_eq!(ann.titles().await, Vec::<String>::new());
        through_relays_only(&ann, true).await;
        assert_eq!(ann.engine.open_link(&link, "").await, Err(Error::RelaysOnly));
        through_relays_only(&ann, false).await;
        let guest = open(&disk(), &[&own]).await;
        assert_eq!(guest.inspect_link(&link).await.unwrap(), preview);
        assert_eq!(door.came(), before, "nobody said yes");

        let share = ann.engine.open_link(&link, "").await.unwrap();
        assert_eq!(door.came(), before + 1);
        assert_eq!(ann.engine.inspect_link(&link).await.unwrap().share, Some(share.id));
        assert_eq!(ann.engine.inspect_link("no link").await.map_err(|why| why.code()), Err("invalid-id"));
    })
    .await;
    own.stop().await;
    makers.stop().await;
}

#[tokio::test]
async fn the_disk_says_nothing_of_contacts_and_of_what_they_share_with_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Bartholomew", &relay).await;
        let update = ProfileUpdate { bio: Some("keeps seventeen goats".into()), ..Default::default() };
        ben.engine.update_profile(update).await.unwrap();
        let text = "a public text that somebody may look for ".repeat(100);
        let files = vec![file("holiday-in-peru.jpg", text.as_bytes())];
        let new = NewShare {
            title: "Everybody may see this".into(),
            note: None,
            files,
            audience: Audience::Public,
            keep_location: false,
        };
        let given = ben.engine.create_share(new).await.unwrap();
        ben.delivered(&given).await;
        let public = ann.received("Everybody may see this").await;
        let download = ann.engine.download(&public.id, None).await.unwrap();
        ann.ended(&download, TransferState::Done).await;
        assert_eq!(ann.read(&public, "holiday-in-peru.jpg").await, text.as_bytes());
        assert_eq!(ann.paths(&public).await, ["holiday-in-peru.jpg"]);
        let link = {
            let audience = Audience::Link { password: None, expires: None };
            let new = NewShare {
                title: "By link".into(),
                note: None,
                files: vec![file("l", b"l")],
                audience,
                keep_location: false,
            };
            let given = ben.engine.create_share(new).await.unwrap();
            ben.delivered(&given).await;
            ben.engine.links().await.unwrap().remove(0).link
        };
        ann.engine.open_link(&link, "").await.unwrap();

        let (bens, at) = (ben.id(), relay.addresses()[0].to_string());
        let gone = ann.leave().await;
        let key: Id = bens.parse().unwrap();
        for text in ["Bartholomew", "seventeen goats", "may see this", "may look for", "in-peru", &bens] {
            assert!(!lies_in_clear(&gone, text.as_bytes()).await, "{text}");
        }
        assert!(!lies_in_clear(&gone, key.as_bytes()).await, "the key of a contact");
        // The test finds what is there: my own profile is public, and names my relay.
        assert!(lies_in_clear(&gone, at.as_bytes()).await);
        // And everything is read from the disk as before.
        let ann = gone.back_with(Config { relays: Vec::new(), ..config(&[]) }).await;
        assert_eq!(ann.read(&public, "holiday-in-peru.jpg").await, text.as_bytes());
    })
    .await;
    relay.stop().await;
}

/// Whether something lies on a disk as it is, in a block or a row.
async fn lies_in_clear(gone: &Gone, text: &[u8]) -> bool {
    let store = gone.disk.lead().open(&gone.id).await.unwrap();
    let mut bytes = Vec::new();
    let mut after = None;
    loop {
        let page = store.blocks(after.as_ref()).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (cid, _) in &page {
            bytes.push(store.block(cid).await.unwrap().expect("it is listed").to_vec());
        }
    }
    for table in Table::ALL {
        for (key, value) in store.rows(table).await.unwrap() {
            bytes.extend([key, value]);
        }
    }
    assert!(!bytes.is_empty());
    bytes.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text))
}

#[tokio::test]
async fn a_choice_is_told_of_every_contact_that_it_puts_out_of_reach() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, bens) = (relay(one.path(), 0).await, relay(two.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&own]).await;
        let mut ben = Person::new("Ben", &[&bens]).await;
        meet(&mut ann, &mut ben).await;
        through_relays_only(&ann, true).await;
        let bens = ben.id();
        ann.wait("contact out of reach", |event| match event {
            Event::Contact { contact } if contact.id == bens && contact.out_of_reach => Some(()),
            _ => None,
        })
        .await;
    })
    .await;
    own.stop().await;
    bens.stop().await;
}
