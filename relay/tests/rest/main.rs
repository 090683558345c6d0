//! At rest: what a month of friends leaves at the relays tells nobody who is whose friend, and everybody what was
//! theirs.
//!
//! People of the month have one device each; `devices` has another month, of people with three.
//!
//! Who is whose friend is independent of who uses which relay and of when anybody is there: relays are public in
//! profiles, and the clock is not the attacker's. Who removed or blocked whom counts as a friend still, since they were.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attacker;
mod classifier;
mod devices;
mod dice;
mod guest;
mod line;
mod links;
mod month;
mod person;
mod relays;
mod secrets;

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use spinney::crypto::kdf;
use spinney::keys::Id;

use crate::attacker::{Attacker, Label, Seen, SeenMap};
use crate::dice::Dice;
use crate::month::Month;
use crate::person::Person;

/// What chance gives is 0.50, of 800 friendships among 3,000 pairs within 0.03.
const NOTHING: f64 = 0.55;
/// Of 140 pairs among them, within 0.1.
const NOTHING_OF_FEW: f64 = 0.6;
const ALMOST_EVERYTHING: f64 = 0.95;

static MONTH: LazyLock<Month> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Month::pass(1))
});

#[test]
fn nobody_can_tell_who_is_whose_friend_from_what_the_relays_hold() {
    let area = classifier::area(&MONTH.attacker.seen, &MONTH.friends, &mut Dice(2));
    println!("friends are told from others with an area of {area:.3}");
    assert!(area <= NOTHING, "{area:.3}");
}

#[test]
fn nobody_can_tell_who_parted_with_whom_either() {
    let parted: BTreeSet<_> = MONTH.parted.iter().map(|(a, b)| pair(*a, *b)).collect();
    let area = classifier::area(&MONTH.attacker.seen, &parted, &mut Dice(2));
    println!("{} pairs who parted are told from others with an area of {area:.3}", parted.len());
    assert!(area <= NOTHING_OF_FEW, "{area:.3}");
}

#[test]
fn nobody_can_tell_who_keeps_for_whom() {
    let people = &MONTH.people;
    let number = |id: &Id| people.iter().position(|person| person.id == *id).unwrap();
    let of = |(keeper, person): (usize, &Person)| -> Vec<_> {
        person.keeping.owners().map(|owner| pair(keeper, number(owner))).collect()
    };
    let keeping: BTreeSet<_> = people.iter().enumerate().flat_map(of).collect();
    assert!(keeping.len() > people.len(), "they do keep");
    let area = classifier::area(&MONTH.attacker.seen, &keeping, &mut Dice(2));
    println!("{} pairs of keepers are told from others with an area of {area:.3}", keeping.len());
    assert!(area <= NOTHING_OF_FEW, "{area:.3}");
}

#[test]
fn an_attacker_who_is_told_whose_each_label_is_knows_friends_by_the_same_features() {
    let Month { people, attacker, friends, .. } = &*MONTH;
    let seen = with_labels_of_pairs(&people.iter().collect::<Vec<_>>(), attacker, friends);
    let area = classifier::area(&seen, friends, &mut Dice(2));
    println!("by true labels, with one of {area:.3}");
    assert!(area > ALMOST_EVERYTHING, "{area:.3}");
}

/// What is seen, with each label that is somebody's replaced by a name of the two between whom it is.
fn with_labels_of_pairs(
    people: &[&Person],
    attacker: &Attacker,
    friends: &BTreeSet<(usize, usize)>,
) -> Vec<Seen> {
    let mut seen = attacker.seen.clone();
    for &SeenMap { author: number, ref salt, ref labels } in &attacker.maps {
        let author = &people[number];
        let labels: HashSet<_> = labels.iter().collect();
        let is_friend = |other: usize| friends.contains(&pair(number, other));
        for (reader, person) in people.iter().enumerate().filter(|(other, _)| is_friend(*other)) {
            let shared = author.ring.label().shared(&person.ring.label().public()).unwrap();
            let context = [author.id.as_bytes(), person.id.as_bytes(), &salt[..]].concat();
            let derived = kdf::<48>(&*shared, "letterbox", &context);
            let label: Label = *derived.first_chunk().unwrap();
            if labels.contains(&label) {
                let mut of_pair = [0; 16];
                let (a, b) = pair(number, reader);
                (of_pair[0], of_pair[1]) = (a as u8, b as u8);
                seen[number].labels.remove(&label);
                seen[number].labels.insert(of_pair);
            }
        }
    }
    seen
}

/// Two people, in the order in which pairs are kept.
fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
