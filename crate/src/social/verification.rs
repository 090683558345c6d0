//! Whether I compared somebody's six words, and whether their keys are still the same.
//!
//! Each reads the other's words once, on the phone or at a table. The words name the identity, which never
//! changes for a contact. The keys to which secrets are sealed are signed by the identity, and may change. A
//! thief of the identity would change them. So the page shows a change loudly, until the two have compared
//! again.

use serde::{Deserialize, Serialize};

use super::{share::Recipient, vault::Entry};
use crate::{
    crypto::digest,
    keys::{Id, six_words},
};

/// The words that two people compare. Each reads their own aloud and checks the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The words that I read aloud.
    pub mine: [&'static str; 6],
    /// The words that I must hear.
    pub theirs: [&'static str; 6],
}

impl Words {
    /// Returns the words of both.
    pub fn of(me: &Id, them: &Id) -> Self {
        Self { mine: six_words(me), theirs: six_words(them) }
    }
}

/// A comparison of words, as the vault keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// When the words were compared, in milliseconds since 1970.
    pub at: u64,
    /// A digest of the keys at that time.
    #[serde(with = "serde_bytes")]
    keys: [u8; 32],
    /// The sequence of the root that had these keys.
    seq: u64,
    /// The lowest later sequence that had other keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<u64>,
}

impl Entry for Verification {
    const PREFIX: &'static str = "verified/";
    type Name = Id;
}

/// What the page shows about a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationState {
    /// Their words were never compared.
    Never,
    /// Their words were compared at this time, and their keys are still the same.
    Since(u64),
    /// Their words were compared at this time, and their keys are others now. The page shows this loudly.
    KeysChanged(u64),
}

impl Verification {
    /// Records at `now` that their words were compared. `keys` are from the root of sequence `seq`.
    pub fn new(keys: &Recipient, seq: u64, now: u64) -> Self {
        Self { at: now, keys: fingerprint(keys), seq, changed: None }
    }

    /// Whether both are of one comparison.
    pub fn is_same_comparison(&self, other: &Self) -> bool {
        (self.at, self.keys, self.seq) == (other.at, other.keys, other.seq)
    }

    /// Compares the keys in a root of sequence `seq`. Returns whether there is something to tell now.
    ///
    /// It is idempotent, in any order. A root that is older than the comparison changes nothing. Only a new
    /// comparison clears a change, not even the former keys do.
    pub fn observe(&mut self, keys: &Recipient, seq: u64) -> bool {
        if seq <= self.seq || fingerprint(keys) == self.keys {
            return false;
        }
        let is_first = self.changed.is_none();
        self.changed = Some(self.changed.map_or(seq, |changed| changed.min(seq)));
        is_first
    }
}

/// Returns what the page shows about a contact with this verification.
pub fn verified(verification: Option<&Verification>) -> VerificationState {
    match verification {
        None => VerificationState::Never,
        Some(Verification { at, changed: None, .. }) => VerificationState::Since(*at),
        Some(Verification { at, .. }) => VerificationState::KeysChanged(*at),
    }
}

fn fingerprint(Recipient { id, kem, label }: &Recipient) -> [u8; 32] {
    digest("verified", &[id.as_bytes(), &kem.epoch.to_be_bytes(), &kem.key.to_bytes(), label])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, permutations, recipient, ring};

    /// Ben's present keys, and keys that would replace them.
    fn keys() -> [Recipient; 3] {
        let [ben, other] = [recipient(&ring(2)), recipient(&ring(3))];
        let label = Recipient { label: other.label, ..ben.clone() };
        [ben.clone(), label, Recipient { kem: other.kem, ..ben }]
    }

    #[test]
    fn each_reads_the_words_that_the_other_must_hear() {
        let [alice, ben] = [ring(1).id(), ring(2).id()];
        let [at_alice, at_ben] = [Words::of(&alice, &ben), Words::of(&ben, &alice)];
        assert_eq!((at_alice.mine, at_alice.theirs), (at_ben.theirs, at_ben.mine));
        assert_ne!(at_alice.mine, at_alice.theirs);
    }

    #[test]
    fn a_change_of_keys_is_told_once_and_stays_until_the_words_are_compared_again() {
        let [ben, label, kem] = keys();
        assert_eq!(verified(None), VerificationState::Never);
        for changed in [label, kem] {
            let mut known = Verification::new(&ben, 5, NOW);
            assert!(!known.observe(&ben, 6));
            assert_eq!(verified(Some(&known)), VerificationState::Since(NOW));
            assert!(known.observe(&changed, 7) && !known.observe(&changed, 7));
            assert_eq!(verified(Some(&known)), VerificationState::KeysChanged(NOW));
            assert!(!known.observe(&ben, 8), "the former keys do not make it good");
            assert_eq!(verified(Some(&known)), VerificationState::KeysChanged(NOW));
            known = Verification::new(&changed, 8, NOW + 1);
            assert_eq!(verified(Some(&known)), VerificationState::Since(NOW + 1));
            assert!(!known.observe(&ben, 5), "what is older than the comparison says nothing");
        }
    }

    #[test]
    fn keys_seen_in_any_order_and_twice_end_alike() {
        let [ben, label, kem] = keys();
        let history = [(ben.clone(), 7), (label.clone(), 6), (kem, 8), (label, 4)];
        let mut ends = Vec::new();
        for order in permutations(&history) {
            let mut known = Verification::new(&ben, 5, NOW);
            let mut was_changed = false;
            for (keys, seq) in order.iter().chain(&order) {
                known.observe(keys, *seq);
                assert!(!was_changed || known.changed.is_some(), "went back in time");
                was_changed = known.changed.is_some();
            }
            ends.push(known);
        }
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(ends[0].changed, Some(6));
    }
}
