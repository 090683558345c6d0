use super::*;
use crate::{
    format::profile::Profile,
    keys::{Phrase, Ring},
    social::{
        contact::Warning,
        fixture::{NOW, profile, published, recipient, ring},
        request,
    },
};

/// The keys that grow from Anna's words.
fn annas(n: u32) -> Ring {
    Ring::from_seed(phrase().seed(n))
}

fn phrase() -> Phrase {
    Phrase::from_bytes([40; 32])
}

/// Anna as a contact who was seen with the keys of `n`.
fn anna(n: u32) -> Contact {
    let ring = annas(n);
    let mut contact = Contact::new(ring.id(), vec!["/dns/relay".into()], 0, NOW);
    let (cid, block) = published(&ring, &Profile { heir: phrase().heir(n), ..profile(&ring, "Anna") });
    contact.apply_profile(1, cid, &block).unwrap();
    contact.petname = Some("Annie".into());
    contact
}

fn fits(contact: &Contact, heir: &Ring) -> bool {
    is_heir(contact.heir.as_ref(), &heir.id())
}

#[test]
fn the_next_seed_of_the_words_is_the_heir_and_nobody_else() {
    assert!(fits(&anna(0), &annas(1)));
    assert!(!fits(&anna(0), &annas(0)), "not the same key once more");
    assert!(!fits(&anna(0), &annas(2)), "one step only");
    assert!(!fits(&anna(0), &ring(9)), "not who stole the seed");
    assert!(fits(&anna(1), &annas(2)), "who followed once follows again");
    assert!(!fits(&anna(1), &annas(0)), "never back");
}

#[test]
fn a_thief_cannot_pin_an_heir_of_their_own() {
    let mut contact = anna(0);
    let stolen = Profile { heir: digest("heir", &[ring(9).id().as_bytes()]), ..profile(&annas(0), "Anna") };
    let (cid, block) = published(&annas(0), &stolen);
    contact.apply_profile(2, cid, &block).unwrap();
    assert_eq!(contact.warning, Some(Warning::Heir));
    assert!(!fits(&contact, &ring(9)));
    assert!(fits(&contact, &annas(1)), "the true heir is followed all the same");
    assert_eq!(contact.profile_from.map(|(_, seq)| seq), Some(1), "nothing of that profile was taken");
    contact.take_all_the_same();
    contact.apply_profile(3, cid, &block).unwrap();
    assert_eq!(
        (contact.warning, fits(&contact, &ring(9))),
        (None, false),
        "not when the person goes on, either"
    );
    assert!(fits(&contact, &annas(1)));
}

#[test]
fn going_on_takes_one_other_successor_and_warns_of_the_next() {
    let mut contact = anna(0);
    let named = |heir: u8| published(&annas(0), &Profile { heir: [heir; 32], ..profile(&annas(0), "Anna") });
    let (cid, block) = named(1);
    contact.apply_profile(2, cid, &block).unwrap();
    assert!(contact.is_doubted());
    contact.take_all_the_same();
    assert!(!contact.is_doubted());
    contact.apply_profile(3, cid, &block).unwrap();
    assert!(!contact.is_doubted());
    let (cid, block) = named(2);
    contact.apply_profile(4, cid, &block).unwrap();
    assert!(contact.is_doubted());
}

#[test]
fn whose_commitment_is_unknown_or_was_seen_as_two_has_no_heir() {
    assert!(!is_heir(None, &annas(1).id()));
    assert!(!is_heir(Some(&[0; 32]), &annas(1).id()));
}

#[test]
fn a_request_says_whom_its_sender_follows_under_the_senders_signature() {
    let ask = |from: &Ring, predecessor: Option<&Id>| {
        let sealed = request::ask(from, &recipient(&ring(1)), "", &[], None, predecessor, NOW).unwrap();
        request::open(&ring(1), &sealed, NOW).unwrap()
    };
    let old = annas(0).id();
    let claim = ask(&annas(1), Some(&old));
    assert_eq!((claim.from, claim.predecessor), (annas(1).id(), Some(old)));
    assert_eq!(ask(&annas(1), None).predecessor, None);
    // Anybody can name anybody; the signer is who has to fit.
    let forged = ask(&ring(9), Some(&old));
    assert!(!is_heir(anna(0).heir.as_ref(), &forged.from));
}

#[test]
fn the_heir_is_who_the_contact_was_and_takes_nothing_that_the_old_key_signed() {
    let mut old = anna(0);
    old.apply_hints(&["/dns/hint".to_owned()]);
    let told = NewKeys { at: NOW, name: "Anna".into(), was_verified: true };
    let heir = heir_of(&old, annas(1).id(), &["/dns/new".to_owned()], Some(told.clone()));
    assert_eq!((heir.id, heir.petname.as_deref(), heir.added), (annas(1).id(), Some("Annie"), NOW));
    assert_eq!(heir.relays()[0], "/dns/new");
    assert_eq!((heir.heir, heir.recipient(), heir.profile.as_ref()), (None, None, None));
    assert_eq!((heir.seq(), heir.has_letterbox(), heir.devices.len()), (0, false, 0));
    assert_eq!(heir.new_keys, Some(told));
}

#[test]
fn what_was_decided_moves_and_a_block_too() {
    let mut added = Relation::added(NOW);
    added.set_circles(["family"]).unwrap();
    let moved = relation_to_heir(&added, None, NOW + 5);
    assert_eq!(moved.decision(), Decision::Added);
    assert_eq!(moved.circles().collect::<Vec<_>>(), ["family"]);
    assert!(!moved.owes_request(false, NOW + 6), "they asked, and find their letterbox");
    let mut blocked = added.clone();
    blocked.decide(Decision::Blocked, None, NOW + 1);
    let moved = relation_to_heir(&blocked, None, NOW + 5);
    assert_eq!((moved.decision(), moved.before_block()), (Decision::Blocked, Decision::Added));
    assert_eq!(relation_to_heir(&blocked, Some(&moved), NOW + 9), moved, "twice is once");
}

#[test]
fn of_decisions_about_both_keys_the_later_one_counts() {
    let mut blocked = Relation::added(NOW);
    blocked.decide(Decision::Blocked, None, NOW + 3);
    let by_hand = |at| Relation::added(at);
    assert_eq!(relation_to_heir(&blocked, Some(&by_hand(NOW + 2)), NOW + 9).decision(), Decision::Blocked);
    assert_eq!(relation_to_heir(&blocked, Some(&by_hand(NOW + 4)), NOW + 9).decision(), Decision::Added);
}

#[test]
fn a_closed_identity_leads_to_the_last_one_and_a_circle_has_an_end() {
    let id = |n| annas(n).id();
    let chain = |of: &Id| (0..2).find(|n| id(*n) == *of).map(|n| id(n + 1));
    assert_eq!(living(&id(0), chain), id(2));
    assert_eq!(living(&id(2), chain), id(2));
    living(&id(0), |of| Some(if *of == id(0) { id(1) } else { id(0) }));
}
