//! People who meet: by an invite, by a bare id, or not at all.

use std::collections::BTreeSet;

use spinney::engine::Error;
use spinney::engine::api::{
    Asked, Audience, ContactState, Event, NewShare, ProfileUpdate, SpentInvite, Warning,
};

use crate::person::{PASSPHRASE, Person, file, friends, recovered, relay, tell};

#[tokio::test]
async fn one_link_makes_both_contacts_without_a_question() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let invite = ann.engine.new_invite().await.unwrap();
        let link = format!("https://spinney.example/#/add/{invite}");
        assert_eq!(ben.add(&link).await.name, "Ann");
        let (anns, bens) = (ann.id(), ben.id());
        assert_eq!(ben.stands(&anns, ContactState::Mutual).await.invite, None);
        assert_eq!(ann.stands(&bens, ContactState::Mutual).await.name, "Ben");
        assert_eq!(ann.engine.requests().await.unwrap(), []);
        ann.share("hello", &[("a", b"bytes")], &[&bens]).await;
        ben.received("hello").await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn an_invite_is_good_while_its_maker_is_away_and_survives_both_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        ann.published().await;
        let invite = ann.engine.new_invite().await.unwrap();
        let anns = ann.id();
        let ann = ann.leave().await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&invite).await;
        ben.has_asked(&anns, Asked::Left).await;
        let bens = ben.id();
        let ben = ben.leave().await;

        let mut ann = ann.back(&[&relay]).await;
        ann.stands(&bens, ContactState::Mutual).await;
        assert_eq!(ann.engine.requests().await.unwrap(), []);
        ann.share("while you were away", &[("a", b"bytes")], &[&bens]).await;
        let mut ben = ben.back(&[&relay]).await;
        ben.received("while you were away").await;
        ben.stands(&anns, ContactState::Mutual).await;
    })
    .await;
    relay.stop().await;
}

/// An invite leaves out the id of its relay, so who uses it meets a relay of which nothing but the address is known.
#[tokio::test]
async fn an_invite_leads_to_a_relay_that_only_its_maker_knows_also_when_it_was_away() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (anns, bens) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&anns]).await;
        let mut ben = Person::new("Ben", &[&bens]).await;
        ann.published().await;
        let invite = ann.engine.new_invite().await.unwrap();
        assert!(!invite.contains("12D3Koo") && invite.len() <= 100, "{invite}");
        assert_eq!(ben.add(&invite).await.name, "Ann");
        ben.stands(&ann.id(), ContactState::Mutual).await;
        ann.stands(&ben.id(), ContactState::Mutual).await;
        ann.share("hello", &[("a", b"bytes")], &[&ben.id()]).await;
        ben.received("hello").await;

        let mut carol = Person::new("Carol", &[&bens]).await;
        let invite = ann.engine.new_invite().await.unwrap();
        let id = ann.id();
        let ann = ann.leave().await;
        let port = anns.local().port();
        anns.stop().await;
        let added = carol.engine.add_contact(&invite, None).await.unwrap();
        assert_eq!(added.state, ContactState::Resolving, "her relay is away");
        let anns = relay(one.path(), port).await;
        let mut ann = ann.back(&[&anns]).await;
        carol.stands(&id, ContactState::Mutual).await;
        ann.stands(&carol.id(), ContactState::Mutual).await;
        anns.stop().await;
    })
    .await;
    bens.stop().await;
}

#[tokio::test]
async fn who_comes_second_with_an_invite_is_told_and_waits_as_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let (anns, bens, eves) = (ann.id(), ben.id(), eve.id());
        let invite = ann.engine.new_invite().await.unwrap();
        ben.add(&invite).await;
        ann.stands(&bens, ContactState::Mutual).await;
        eve.add(&invite).await;
        let asked = eve.has_asked(&anns, Asked::Left).await;
        assert_eq!((asked.state, asked.invite), (ContactState::Requested, Some(SpentInvite::Used)));
        let request = ann.is_asked_by("Eve").await;
        assert_eq!((request.id.clone(), request.invite), (eves.clone(), Some(SpentInvite::Used)));
        ann.engine.accept(&eves).await.unwrap();
        let mutual = eve.stands(&anns, ContactState::Mutual).await;
        assert_eq!((mutual.invite, mutual.request), (None, None));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_bare_id_leaves_a_request_with_a_message_that_is_accepted() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        // Ben's relay knows nothing of Ann, so that her invite has to say where she is.
        let mut ann = Person::new("Ann", &[&one]).await;
        let mut ben = Person::new("Ben", &[&other, &one]).await;
        ann.published().await;
        let (anns, bens) = (ann.id(), ben.id());
        let added = ben.engine.add_contact(&anns, Some("  from the lake\u{202e} ")).await.unwrap();
        assert!(matches!(added.state, ContactState::Resolving | ContactState::Requested));
        let request = ann.is_asked_by("Ben").await;
        assert_eq!(request.message.as_deref(), Some("from the lake"));
        assert_eq!((request.id.clone(), request.invite), (bens.clone(), None));
        assert_eq!(ann.engine.contacts().await.unwrap(), []);
        let accepted = ann.engine.accept(&bens).await.unwrap();
        assert_eq!(accepted.name, "Ben", "it was known while they asked");
        ann.stands(&bens, ContactState::Mutual).await;
        ben.stands(&anns, ContactState::Mutual).await;
        ann.is_asked_by_nobody().await;
        assert_eq!(ann.engine.accept(&bens).await, Err(Error::NotFound("request")));
        ben.share("thanks", &[("a", b"bytes")], &[&anns]).await;
        ann.received("thanks").await;
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn who_is_declined_learns_nothing_and_is_not_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let (anns, eves) = (ann.id(), eve.id());
        eve.add(&ann.me.invite).await;
        let before = eve.has_asked(&anns, Asked::Left).await;
        ann.is_asked_by("Eve").await;
        ann.engine.decline(&eves).await.unwrap();
        assert_eq!(ann.engine.requests().await.unwrap(), []);
        assert_eq!(ann.engine.decline(&eves).await, Err(Error::NotFound("request")));

        // She asks anew; a friend's request that comes later shows that hers was read.
        eve.engine.remove_contact(&anns).await.unwrap();
        eve.add(&ann.me.invite).await;
        let after = eve.has_asked(&anns, Asked::Left).await;
        assert_eq!((after.state, after.request), (before.state, before.request));
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&ann.me.invite).await;
        ann.is_asked_by("Ben").await;
        assert_eq!(ann.engine.requests().await.unwrap().len(), 1);
        let ann = ann.leave().await.back(&[&relay]).await;
        assert_eq!(ann.engine.requests().await.unwrap().len(), 1, "also after a reload");
        assert_eq!(ann.engine.contacts().await.unwrap(), []);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_is_blocked_gets_and_brings_nothing_until_they_are_unblocked() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut eve) = friends("Ann", "Eve", &relay).await;
        let (anns, eves) = (ann.id(), eve.id());
        ann.share("before", &[("a", b"bytes")], &[&eves]).await;
        eve.received("before").await;
        ann.engine.block(&eves).await.unwrap();
        ann.engine.block(&eves).await.expect("again is harmless");
        let blocked = ann.engine.contact(&eves).await.unwrap();
        assert_eq!((blocked.state, blocked.online), (ContactState::Blocked, false));
        let with_eve = ann.try_share("not for Eve", &[&eves]).await;
        assert_eq!(with_eve, Err("invalid-id"));
        assert_eq!(
            ann.engine.add_contact(&eves, None).await.map_err(|why| why.code()),
            Err("already-exists")
        );

        // Ben's news, which come after hers, show that hers were not taken in.
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&ann.me.invite).await;
        ann.add(&ben.me.invite).await;
        eve.share("from Eve", &[("a", b"bytes")], &[&anns]).await;
        ben.stands(&anns, ContactState::Mutual).await;
        ben.share("from Ben", &[("a", b"bytes")], &[&anns]).await;
        ann.received("from Ben").await;
        assert!(!ann.titles().await.contains(&"from Eve".to_owned()));
        assert_eq!(eve.engine.contact(&anns).await.unwrap().state, ContactState::Mutual, "she is not told");

        let mut ann = ann.leave().await.back(&[&relay]).await;
        assert_eq!(ann.engine.contact(&eves).await.unwrap().state, ContactState::Blocked);
        ann.engine.unblock(&eves).await.unwrap();
        assert_eq!(ann.engine.unblock(&eves).await, Err(Error::NotFound("blocked person")));
        assert_eq!(ann.engine.contact(&eves).await.unwrap().state, ContactState::Mutual, "as before");
        ann.received("from Eve").await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_only_asks_is_blocked_too_and_asks_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let (anns, eves) = (ann.id(), eve.id());
        assert_eq!(ann.engine.block(&eves).await, Err(Error::NotFound("contact")));
        eve.add(&ann.me.invite).await;
        ann.is_asked_by("Eve").await;
        ann.engine.block(&eves).await.unwrap();
        assert_eq!(ann.engine.requests().await.unwrap(), []);
        let blocked = ann.engine.contact(&eves).await.unwrap();
        assert_eq!((blocked.name.as_str(), blocked.state), ("Eve", ContactState::Blocked));

        eve.engine.remove_contact(&anns).await.unwrap();
        let invite = ann.engine.new_invite().await.unwrap();
        eve.add(&invite).await;
        eve.has_asked(&anns, Asked::Left).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ben.add(&ann.me.invite).await;
        ann.is_asked_by("Ben").await;
        assert_eq!(ann.engine.requests().await.unwrap().len(), 1);
        assert_eq!(ann.engine.contact(&eves).await.unwrap().state, ContactState::Blocked);
        assert_eq!(eve.engine.contact(&anns).await.unwrap().state, ContactState::Requested);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn requests_survive_a_closed_tab_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    tell(async {
        let running = relay(folder.path(), 0).await;
        let port = running.local().port();
        let mut ann = Person::new("Ann", &[&running]).await;
        ann.published().await;
        let mut ben = Person::new("Ben", &[&running]).await;
        ben.published().await;
        let (anns, bens) = (ann.id(), ben.id());
        // The relay goes before anything can be left, and comes back when the tab was closed and opened again.
        running.stop().await;
        ben.engine.add_contact(&ann.me.invite, Some("hello")).await.unwrap();
        let ben = ben.leave().await;
        let running = relay(folder.path(), port).await;
        let mut ben = ben.back(&[&running]).await;
        ben.has_asked(&anns, Asked::Left).await;
        let request = ann.is_asked_by("Ben").await;
        assert_eq!(request.message.as_deref(), Some("hello"));
        let mut ann = ann.leave().await.back(&[&running]).await;
        assert_eq!(ann.is_asked_by("Ben").await, request);
        ann.engine.accept(&bens).await.unwrap();
        ben.stands(&anns, ContactState::Mutual).await;
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn words_are_compared_once_and_differ_for_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, ben) = friends("Ann", "Ben", &relay).await;
        let (anns, bens) = (ann.id(), ben.id());
        let (of_ann, of_ben) =
            (ann.engine.verify_words(&bens).await.unwrap(), ben.engine.verify_words(&anns).await.unwrap());
        assert_eq!((of_ann.mine, of_ann.theirs), (of_ben.theirs, of_ben.mine));
        assert_ne!(of_ann.mine, of_ann.theirs);
        assert_eq!(ann.engine.verify_words(&anns).await, Err(Error::NotFound("contact")));
        assert_eq!(ann.engine.contact(&bens).await.unwrap().verified, None);
        let verified = ann.engine.mark_verified(&bens).await.unwrap();
        assert!(verified.verified.is_some() && verified.warning.is_none());
        // A profile with the same keys is no reason to warn.
        let update = ProfileUpdate { name: Some("Benjamin".into()), ..Default::default() };
        ben.engine.update_profile(update).await.unwrap();
        ann.wait("name", |event| match event {
            Event::Contact { contact } if contact.name == "Benjamin" => Some(()),
            _ => None,
        })
        .await;
        let ann = ann.leave().await.back(&[&relay]).await;
        let later = ann.engine.contact(&bens).await.unwrap();
        assert_eq!((later.verified, later.warning), (verified.verified, None::<Warning>));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn whom_i_know_and_what_i_decided_comes_back_with_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, ben) = friends("Ann", "Ben", &relay).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let dan = Person::new("Dan", &[&relay]).await;
        let [bens, eves, cleos, dans] = [&ben, &eve, &cleo, &dan].map(Person::id);
        ann.engine.set_circles(&bens, &["family".into(), " climbing".into()]).await.unwrap();
        let verified = ann.engine.mark_verified(&bens).await.unwrap().verified;
        eve.add(&ann.me.invite).await;
        ann.is_asked_by("Eve").await;
        ann.engine.block(&eves).await.unwrap();
        ann.engine.follow(&dan.me.invite).await.unwrap();
        let unused = ann.engine.new_invite().await.unwrap();
        cleo.engine.add_contact(&ann.me.invite, Some("cleo here")).await.unwrap();
        ann.is_asked_by("Cleo").await;
        // What was decided last is at the relay once something that came after it is.
        let last = ann.share("last", &[("a", b"bytes")], &[&bens]).await;
        ann.delivered(&last).await;
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        let anns = ann.id();
        ann.leave().await;

        let mut ann = recovered(&words, &[&relay]).await;
        assert_eq!(ann.id(), anns);
        let friend = ann.stands(&bens, ContactState::Mutual).await;
        assert_eq!(
            (friend.circles.as_slice(), friend.verified),
            (&["climbing".into(), "family".into()][..], verified)
        );
        assert_eq!(ann.engine.contact(&eves).await.unwrap().state, ContactState::Blocked);
        assert_eq!(ann.stands(&dans, ContactState::Following).await.name, "Dan");
        assert_eq!(ann.is_asked_by("Cleo").await.message.as_deref(), Some("cleo here"));
        let mut finn = Person::new("Finn", &[&relay]).await;
        finn.add(&unused).await;
        finn.stands(&anns, ContactState::Mutual).await;
        ann.engine.accept(&cleos).await.unwrap();
        cleo.stands(&anns, ContactState::Mutual).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_follower_sees_nothing_private_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, ben) = friends("Ann", "Ben", &relay).await;
        let mut eve = Person::new("Eve", &[&relay]).await;
        let (anns, bens, eves) = (ann.id(), ben.id(), eve.id());
        eve.engine.follow(&anns).await.unwrap();
        eve.stands(&anns, ContactState::Following).await;
        assert_eq!(eve.engine.follow(&anns).await.map_err(|why| why.code()), Err("already-exists"));
        assert_eq!(eve.try_share("for whom I follow", &[&anns]).await, Err("invalid-id"));
        let share = ann.share("private", &[("a", b"bytes")], &[&bens]).await;
        ann.delivered(&share).await;
        let update = ProfileUpdate { name: Some("Anna".into()), ..Default::default() };
        ann.engine.update_profile(update).await.unwrap();
        eve.wait("news", |event| match event {
            Event::Contact { contact } if contact.name == "Anna" => Some(()),
            _ => None,
        })
        .await;
        assert_eq!(eve.titles().await, Vec::<String>::new());
        assert_eq!(ann.engine.requests().await.unwrap(), []);
        assert_eq!(ann.engine.contacts().await.unwrap().len(), 1);

        // Ann adds her; as long as Eve only follows there is no letterbox for Ann, and hers is not looked for.
        ann.add(&eve.me.invite).await;
        ann.has_asked(&eves, Asked::Left).await;
        ann.share("for Eve", &[("a", b"bytes")], &[&eves]).await;
        eve.is_asked_by("Anna").await;
        assert_eq!(eve.engine.contact(&anns).await.unwrap().state, ContactState::Following);
        eve.add(&anns).await;
        eve.received("for Eve").await;
        ann.stands(&eves, ContactState::Mutual).await;
        eve.is_asked_by_nobody().await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_said_and_changes_nothing() {
    tell(async {
        let ann = Person::new("Ann", &[]).await;
        let ben = Person::new("Ben", &[]).await;
        let bens = ben.id();
        let long = "x".repeat(501);
        let too_long = ann.engine.add_contact(&bens, Some(&long)).await;
        assert_eq!(too_long.map_err(|why| why.code()), Err("invalid-name"));
        let mut invite = ben.engine.new_invite().await.unwrap();
        invite.replace_range(9..10, if &invite[9..10] == "A" { "B" } else { "A" });
        assert_eq!(ann.engine.add_contact(&invite, None).await.map_err(|why| why.code()), Err("invalid-id"));
        assert_eq!(ann.engine.contacts().await.unwrap(), []);
        for unknown in [bens.as_str(), "k51", ""] {
            let code = |result: Result<(), Error>| result.map_err(|why| why.code());
            for result in [
                code(ann.engine.accept(unknown).await.map(drop)),
                code(ann.engine.decline(unknown).await),
                code(ann.engine.block(unknown).await),
                code(ann.engine.unblock(unknown).await),
                code(ann.engine.set_circles(unknown, &[]).await.map(drop)),
                code(ann.engine.verify_words(unknown).await.map(drop)),
                code(ann.engine.mark_verified(unknown).await.map(drop)),
            ] {
                assert_eq!(result, Err("not-found"), "{unknown}");
            }
        }
        ann.engine.add_contact(&bens, None).await.unwrap();
        assert_eq!(ann.engine.mark_verified(&bens).await.map_err(|why| why.code()), Err("unreachable"));
        let circles = ann.engine.set_circles(&bens, &[" ".into()]).await;
        assert_eq!(circles.map_err(|why| why.code()), Err("invalid-name"));
        let codes: BTreeSet<_> =
            [ann.engine.new_invite().await.unwrap(), ann.engine.new_invite().await.unwrap()].into();
        assert_eq!(codes.len(), 2, "each invite is another");
    })
    .await;
}

impl Person {
    async fn try_share(&self, title: &str, with: &[&str]) -> Result<(), &'static str> {
        let ids = with.iter().map(ToString::to_string).collect();
        let files = vec![file("a", b"bytes")];
        let new = NewShare {
            title: title.into(),
            note: None,
            files,
            audience: Audience::Contacts { ids },
            keep_location: false,
        };
        self.engine.create_share(new).await.map(drop).map_err(|why| why.code())
    }
}
