use proptest::prelude::*;

use super::*;
use crate::format::letter;
use crate::format::share_id::InnerId;
use crate::social::fixture::{NOW, cid, ring};
use crate::social::share::new_key;

fn id(seed: u8) -> Id {
    ring(seed).id()
}

fn person(seed: u8, name: &str) -> Person {
    Person { id: id(seed), name: name.into(), relays: Vec::new(), seq: 1 }
}

fn shown(people: Vec<Person>) -> SeenContacts {
    let standing = Standing { time: NOW, digest: [0; 32] };
    let address = Address { share: InnerId([1; 16]), rev: NOW, header: cid(1) };
    SeenContacts { standing, address, people }
}

fn names(suggestions: &[Suggestion]) -> Vec<(&str, usize)> {
    suggestions.iter().map(|it| (it.person.name.as_str(), it.through.len())).collect()
}

fn introduction(by: u8, time: u64) -> Introduction {
    let secret = Secret::from_bytes([by; 32]);
    let (name, relays, message) = ("Cleo".into(), Vec::new(), None);
    Introduction { time, by: id(by), name, relays, seq: 1, secret, message, answered: 0 }
}

#[test]
fn who_is_shown_by_most_comes_first_then_by_name_and_nobody_whom_i_know() {
    let anna = shown(vec![person(10, "zoe"), person(11, "Yves"), person(12, "Dan"), person(3, "me")]);
    let ben = shown(vec![person(11, "yves"), person(2, "Ben himself")]);
    let cleo = shown(vec![person(12, "Dan")]);
    let [anna_id, ben_id, cleo_id] = [id(1), id(2), id(4)];
    let seen = [(&anna_id, &anna), (&ben_id, &ben), (&cleo_id, &cleo)];
    let known = [id(3)];
    let found = suggest(seen.into_iter(), |id| !known.contains(id));
    assert_eq!(names(&found), [("Dan", 2), ("Yves", 2), ("zoe", 1)]);
    assert_eq!(found[0].through, [anna_id, cleo_id]);
}

#[test]
fn ten_thousand_invented_people_leave_room_for_those_whom_others_show() {
    // Keys need not be real ones to be many.
    let invented = |n: u32| {
        let mut person = person(1, &format!("A{n:05}"));
        let key = crate::crypto::sign::SigningKey::from_bytes(&crate::crypto::sha256(&n.to_be_bytes()));
        person.id = key.verifying_key().into();
        person
    };
    let many = shown((0..10_000).map(invented).collect());
    let few = shown(vec![person(20, "Zoe")]);
    let (liar, friend) = (id(1), id(2));
    let found = suggest([(&liar, &many), (&friend, &few)].into_iter(), |_| true);
    assert_eq!(found.len(), MAX_OF_ONE + 1);
    assert_eq!(found.last().map(|it| it.person.name.as_str()), Some("Zoe"));
}

#[test]
fn a_letter_has_everybody_once_in_as_many_parts_as_are_needed_and_no_more_than_are_read() {
    let shown = |n: u32| {
        let seed = crate::crypto::sha256(&n.to_be_bytes());
        let id = crate::crypto::sign::SigningKey::from_bytes(&seed).verifying_key();
        Shown { id, name: format!("P{n}"), relays: Vec::new(), seq: u64::from(n) }
    };
    for (people, parts) in [(0, 1), (1, 1), (256, 1), (257, 2), (1024, 4), (1200, 4)] {
        let letter = letter((0..people).chain(0..people.min(3)).map(shown).collect());
        assert_eq!(letter.len(), parts, "{people} people");
        let (first, blocks) = letter::seal(&new_key(), letter).unwrap();
        let mut reading = letter::Reading::<Contacts>::new(first);
        for (_, block) in &blocks {
            reading.add(block).unwrap();
        }
        let read: Vec<_> = reading.finish().into_iter().flat_map(|part| part.list).collect();
        assert_eq!(read.len(), people.min(1024) as usize);
    }
    // With the longest names and relays too.
    let longest = |n: u32| {
        let relays = vec!["/".repeat(limits::RELAY_BYTES); limits::SHOWN_RELAYS];
        Shown { name: "🌳".repeat(limits::NAME_CHARS), relays, ..shown(n) }
    };
    assert!(letter::seal(&new_key(), letter((0..1024).map(longest).collect())).is_ok());
}

#[test]
fn a_sequence_is_no_reason_for_another_letter() {
    let of = |seq| {
        let id = ring(5).identity().verifying_key();
        letter(vec![Shown { id, name: "Dan".into(), relays: Vec::new(), seq }])
    };
    let digest = |parts: &[Contacts]| crate::social::letter::digest(parts);
    assert_eq!(digest(&of(1)), digest(&of(2)));
    assert_ne!(digest(&of(1)), digest(&letter(Vec::new())));
}

#[test]
fn an_introduction_is_asked_once_and_what_comes_again_changes_nothing() {
    let first = introduction(1, NOW).after(None, NOW).unwrap();
    assert!(first.waits());
    assert_eq!(introduction(1, NOW).after(Some(&first), NOW), None, "replayed");
    assert_eq!(introduction(2, NOW + 1).after(Some(&first), NOW), None, "another friend's waits first");
    let again = introduction(1, NOW + 1).after(Some(&first), NOW + 1).unwrap();
    let mut answered = again;
    answered.answer();
    assert!(!answered.waits());
    let nagging = introduction(1, NOW + 2).after(Some(&answered), NOW + 2).unwrap();
    assert!(!nagging.waits(), "not within 30 days");
    let later = NOW + 31 * DAY_MS;
    assert!(introduction(1, later).after(Some(&answered), later).unwrap().waits());
}

#[test]
fn one_that_is_over_or_of_a_time_to_come_is_none() {
    assert_eq!(introduction(1, NOW).after(None, NOW + limits::INTRODUCTION_MS), None);
    assert_eq!(introduction(1, NOW + AHEAD_MS + 1).after(None, NOW), None);
    let old = introduction(1, NOW);
    let now = NOW + limits::INTRODUCTION_MS;
    assert!(introduction(2, now).after(Some(&old), now).is_some(), "what is over is in nobody's way");
}

proptest! {
    #[test]
    fn suggestions_are_bounded_sorted_and_name_nobody_twice(
        letters in proptest::collection::vec(proptest::collection::vec(5u8..60, 0..40), 0..4),
    ) {
        let letters: Vec<_> = letters.into_iter().enumerate().map(|(n, people)| {
            let people = people.into_iter().map(|seed| person(seed, &format!("P{seed}"))).collect();
            (id(n as u8 + 1), shown(people))
        }).collect();
        let hidden = id(7);
        let found = suggest(letters.iter().map(|(id, seen)| (id, seen)), |id| *id != hidden);
        let mut ids: Vec<_> = found.iter().map(|it| it.person.id).collect();
        prop_assert!(!ids.contains(&hidden));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
        prop_assert!(found.is_sorted_by_key(|it| Reverse(it.through.len())));
        for it in &found {
            let shows = |by: &Id| {
                let mut of = letters.iter().filter(|(id, _)| id == by);
                of.any(|(_, seen)| seen.people.iter().any(|person| person.id == it.person.id))
            };
            prop_assert!(it.through.iter().all(shows));
        }
    }
}
