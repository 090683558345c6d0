//! Following somebody to the keys that they changed to after a theft.
//!
//! A profile commits to its heir, whom only the 24 words can make. A contact's commitment is pinned when it is first
//! seen. So who has stolen a seed can say that another identity follows, and nobody who pinned the commitment believes it.
//! `FORMAT.md`, "Changed keys".

use serde::{Deserialize, Serialize};

use super::{
    contact::Contact,
    relation::{Decision, Relation},
    stored,
    vault::Entry,
};
use crate::{
    crypto::digest,
    format::secret::Secret,
    keys::{Id, Ring},
};

/// How often one person changes keys, at most, for whom a closed identity is followed from one to the next.
const MAX_STEPS: usize = 64;

/// An identity that another one follows: nothing is taken from it or sealed to it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The identity that follows it.
    pub by: Id,
}

impl Entry for Closed {
    const PREFIX: &'static str = "closed/";
    type Name = Id;
}

/// A seed of mine that another one follows, as the vault keeps it: for what comes late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The seed.
    #[serde(with = "stored::secret")]
    pub seed: Secret,
}

impl Entry for Former {
    const PREFIX: &'static str = "former/";
    /// Which seed of the phrase it is.
    type Name = u32;
}

/// A seed of mine that another one follows, as its row keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerKeys {
    /// The seed.
    #[serde(with = "stored::secret")]
    pub seed: Secret,
    /// When this browser changed from it, in milliseconds since 1970; 0 where another one did.
    #[serde(default)]
    pub at: u64,
    /// Whether its database is still here, because its last root was not published yet.
    #[serde(default)]
    pub is_here: bool,
    /// Titles of shares whose links ended with it.
    #[serde(default)]
    pub links: Vec<String>,
    /// Whether the person still has to read what follows from the change.
    #[serde(default)]
    pub is_news: bool,
}

impl FormerKeys {
    /// What another device of mine changed from.
    pub fn from_vault(former: Former) -> Self {
        Self { seed: former.seed, at: 0, is_here: false, links: Vec::new(), is_news: false }
    }

    /// The keys of this seed, which open what comes late.
    pub fn ring(&self) -> Ring {
        Ring::from_seed(zeroize::Zeroizing::new(*self.seed.as_bytes()))
    }

    /// The identity of this seed.
    pub fn id(&self) -> Id {
        self.ring().id()
    }
}

/// That a contact changed keys, until the person has read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKeys {
    /// When they were followed here, in milliseconds since 1970.
    pub at: u64,
    /// The name in the profile before.
    pub name: String,
    /// Whether the words of the keys before were compared.
    pub was_verified: bool,
}

/// Whether an identity is the one to which a profile committed. A commitment that nobody fits, or none, fits nobody.
pub fn is_heir(pinned: Option<&[u8; 32]>, heir: &Id) -> bool {
    pinned.is_some_and(|pinned| *pinned == digest("heir", &[heir.as_bytes()]))
}

/// The contact that follows `contact`, whose claim was verified: who they are to me, with nothing that the old key signed.
///
/// It may be found at `relays` or where the old one was. `told` is what the person is to read.
#[must_use]
pub fn heir_of(contact: &Contact, heir: Id, relays: &[String], told: Option<NewKeys>) -> Contact {
    let mut next = Contact::new(heir, contact.relays().to_vec(), 0, contact.added);
    next.apply_hints(relays);
    next.petname.clone_from(&contact.petname);
    next.new_keys = told;
    next
}

/// My relation to the heir: what was decided later, about either of the two.
///
/// The heir asked and finds a letterbox, so that no request is owed. Idempotent.
#[must_use]
pub fn relation_to_heir(old: &Relation, known: Option<&Relation>, now: u64) -> Relation {
    let known = known.cloned().unwrap_or_default();
    let mut next = if known.is_decided_after(old) { known } else { known.decided_as(old) };
    if next.decision() == Decision::Added {
        next.apply_asked(now.max(next.decided()));
    }
    next
}

/// The identity that somebody has now, by what `closed` says of each.
pub fn living(id: &Id, closed: impl Fn(&Id) -> Option<Id>) -> Id {
    let mut living = *id;
    for _ in 0..MAX_STEPS {
        match closed(&living) {
            Some(by) => living = by,
            None => break,
        }
    }
    living
}

#[cfg(test)]
mod tests;
