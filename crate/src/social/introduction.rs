//! Whom my contacts show me, and whom they introduce to me. Everything in it is their claim.
//!
//! A contact shows only people who agreed, and a dishonest one may show anybody: nobody who is shown is dialled or added
//! before the person says so.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::format::introduction::{Contacts, Shown};
use crate::format::limits;
use crate::format::secret::Secret;
use crate::keys::{self, Id};

use super::letter::{Address, Standing};
use super::stored;
use super::vault::Entry;

/// Suggestions, at most: more than anybody looks through.
pub const MAX_SUGGESTIONS: usize = 500;

/// Of these, people whom one contact alone shows: so one who invents a thousand does not fill the list.
pub const MAX_OF_ONE: usize = 100;

/// Introductions that wait, at most, and of those by one contact.
pub const MAX_INTRODUCED: usize = 64;

/// Introductions by one contact that wait, at most.
pub const MAX_BY_ONE: usize = 16;

/// How far the clock of who introduces may be ahead of mine, in milliseconds: a day.
const AHEAD_MS: u64 = DAY_MS;

/// For this time after I answered an introduction, nobody is introduced to me again, in milliseconds: 30 days.
const QUIET_MS: u64 = 30 * DAY_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Whether a contact may be shown to my other contacts, as they said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// By which it is compared with what they say else.
    pub standing: Standing,
    /// Whether I may show them.
    pub on: bool,
}

/// Somebody whom a contact shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is.
    pub id: Id,
    /// What the contact says that they are called.
    pub name: String,
    /// Relays where to look. Hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence that the contact knows. It counts for the first look alone.
    pub seq: u64,
}

impl From<Shown> for Person {
    fn from(shown: Shown) -> Self {
        let Shown { id, name, relays, seq } = shown;
        Self { id: id.into(), name, relays, seq }
    }
}

/// The letter of a contact that counts, with whom they show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenContacts {
    /// By which its note is compared with others.
    pub standing: Standing,
    /// Which letter.
    pub address: Address,
    /// Whom they show.
    pub people: Vec<Person>,
}

impl SeenContacts {
    /// What the parts of a letter say.
    pub fn new(standing: Standing, address: Address, parts: Vec<Contacts>) -> Self {
        let people = parts.into_iter().flat_map(|part| part.list).map(Person::from).collect();
        Self { standing, address, people }
    }
}

/// The letter with these people, in any order: its parts.
pub fn letter(mut people: Vec<Shown>) -> Vec<Contacts> {
    people.sort_unstable_by_key(|shown| *shown.id.as_bytes());
    people.dedup_by_key(|shown| *shown.id.as_bytes());
    people.truncate(limits::LETTER_NODES * limits::SHOWN);
    if people.is_empty() {
        return vec![Contacts { list: Vec::new(), more: None }];
    }
    people.chunks(limits::SHOWN).map(|list| Contacts { list: list.to_vec(), more: None }).collect()
}

/// Somebody whom I may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// As the first contact shows them.
    pub person: Person,
    /// Who shows them, in the order of their ids.
    pub through: Vec<Id>,
}

/// Those whom contacts show and who `may` be suggested: who is shown by most comes first, then by name.
pub fn suggest<'a>(
    seen: impl Iterator<Item = (&'a Id, &'a SeenContacts)>,
    may: impl Fn(&Id) -> bool,
) -> Vec<Suggestion> {
    let mut found: BTreeMap<&Id, (&Person, Vec<Id>)> = BTreeMap::new();
    for (by, letter) in seen {
        for person in letter.people.iter().filter(|person| person.id != *by && may(&person.id)) {
            found.entry(&person.id).or_insert((person, Vec::new())).1.push(*by);
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_cached_key(|(person, through)| {
        (Reverse(through.len()), person.name.to_lowercase(), person.id)
    });
    let mut of_one: BTreeMap<Id, usize> = BTreeMap::new();
    let found = found.into_iter().filter(|(_, through)| match through.as_slice() {
        [alone] => {
            let count = of_one.entry(*alone).or_default();
            *count += 1;
            *count <= MAX_OF_ONE
        }
        _ => true,
    });
    let found = found.take(MAX_SUGGESTIONS);
    found.map(|(person, through)| Suggestion { person: person.clone(), through }).collect()
}

/// Somebody whom a contact introduces to me, as the vault keeps it. All of it rises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// When the contact wrote it, in milliseconds since 1970; their claim.
    pub time: u64,
    /// Who introduces them.
    pub by: Id,
    /// What the contact says that they are called.
    pub name: String,
    /// Relays where to look. Hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence that the contact knows. It counts for the first look alone.
    pub seq: u64,
    /// What both were told.
    #[serde(with = "stored::secret")]
    pub secret: Secret,
    /// What the contact writes to both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The time of the newest one that I answered; 0 if I answered none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub answered: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(time: &u64) -> bool {
    *time == 0
}

impl Entry for Introduction {
    const PREFIX: &'static str = "introduced/";
    /// Who is introduced.
    type Name = Id;
}

impl Introduction {
    /// Whether it is over at `now`, in milliseconds since 1970.
    pub fn is_over(&self, now: u64) -> bool {
        self.time.saturating_add(limits::INTRODUCTION_MS) <= now
    }

    /// When it is over, in milliseconds since 1970.
    pub fn until(&self) -> u64 {
        self.time.saturating_add(limits::INTRODUCTION_MS)
    }

    /// Whether it waits for my answer.
    pub fn waits(&self) -> bool {
        self.answered == 0 || self.time > self.answered.saturating_add(QUIET_MS)
    }

    /// Notes that I answered it.
    pub fn answer(&mut self) {
        self.answered = self.answered.max(self.time);
    }

    /// What my relays are to expect.
    pub fn token(&self) -> [u8; 32] {
        keys::introduction::token(&self.secret)
    }

    /// Whether a request of `from` to `to` proves that its sender accepted it.
    pub fn is_accepted_by(&self, from: &Id, to: &Id, proof: &[u8; 32]) -> bool {
        keys::introduction::is_proof(&self.secret, from, to, proof)
    }

    /// What becomes of `known`, an introduction of the same person, when this one comes at `now`. Returns `None` if
    /// nothing changes: this one is over, from the future, known, or another friend's still waits.
    #[must_use]
    pub fn after(self, known: Option<&Self>, now: u64) -> Option<Self> {
        if self.is_over(now) || self.time > now.saturating_add(AHEAD_MS) {
            return None;
        }
        let Some(known) = known.filter(|known| !known.is_over(now)) else { return Some(self) };
        if self.time <= known.time || (known.waits() && known.by != self.by) {
            return None;
        }
        Some(Self { answered: known.answered, ..self })
    }
}

#[cfg(test)]
mod tests;
