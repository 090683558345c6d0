//! How far each recipient of a share has come, as far as its author knows.
//!
//! The author sees what a relay keeps. The rest comes from the recipients' receipts, if both sides want
//! receipts. They may arrive twice and in any order, because a recipient never goes back from a stage of a
//! revision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audience::Present;
use crate::{format::note::ReceiptState, keys::Id};

/// How far a recipient has come with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The share is sealed, and on its way to a relay.
    Queued,
    /// A relay keeps all that the recipient needs.
    Kept,
    /// The recipient has all of it.
    Fetched,
    /// The recipient has looked at it.
    Opened,
}

impl From<ReceiptState> for Stage {
    fn from(received: ReceiptState) -> Self {
        match received {
            ReceiptState::Fetched => Self::Fetched,
            ReceiptState::Opened => Self::Opened,
        }
    }
}

/// For each stage, the highest revision with which the recipient reached it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stages {
    kept: Option<u64>,
    fetched: Option<u64>,
    opened: Option<u64>,
}

/// How far the recipients of one share have come, as a row stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress(#[serde(with = "by_id")] BTreeMap<Id, Stages>);

impl Progress {
    /// Records that a relay keeps this revision for all its readers.
    pub fn kept(&mut self, share: &Present<'_>) {
        for reader in share.readers {
            let reached = self.0.entry(*reader).or_default();
            reached.kept = reached.kept.max(Some(share.rev));
        }
    }

    /// Applies a receipt. Returns whether it told anything new.
    ///
    /// A receipt is refused if its sender is no reader, or if its revision does not exist.
    pub fn receive(&mut self, share: &Present<'_>, from: &Id, rev: u64, received: ReceiptState) -> bool {
        if rev > share.rev || !share.readers.contains(from) {
            return false;
        }
        let before = self.0.get(from).copied().unwrap_or_default();
        let mut reached = before;
        match received {
            ReceiptState::Fetched => reached.fetched = reached.fetched.max(Some(rev)),
            ReceiptState::Opened => reached.opened = reached.opened.max(Some(rev)),
        }
        self.0.insert(*from, reached);
        reached != before
    }

    /// Returns how far a recipient has come with the contents, which last changed in revision `since`.
    pub fn of(&self, reader: &Id, since: u64) -> Stage {
        let Stages { kept, fetched, opened } = self.0.get(reader).copied().unwrap_or_default();
        let stages = [(opened, Stage::Opened), (fetched, Stage::Fetched), (kept, Stage::Kept)];
        let reached = stages.into_iter().find(|(rev, _)| rev.is_some_and(|rev| rev >= since));
        reached.map_or(Stage::Queued, |(_, stage)| stage)
    }
}

/// For `#[serde(with = …)]`: a list, because keys of DAG-CBOR maps are text.
mod by_id {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{BTreeMap, Id, Stages};

    pub(super) fn serialize<S: Serializer>(people: &BTreeMap<Id, Stages>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(people)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Id, Stages>, D::Error> {
        Vec::<(Id, Stages)>::deserialize(from).map(|people| people.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{permutations, ring};

    #[test]
    fn receipts_in_any_order_and_twice_end_at_the_furthest() {
        let [ben, cleo] = [ring(2).id(), ring(3).id()];
        let readers = [ben, cleo];
        let receipts = [
            (ben, 0, ReceiptState::Fetched),
            (ben, 0, ReceiptState::Opened),
            (ben, 2, ReceiptState::Fetched),
            (cleo, 1, ReceiptState::Opened),
            (cleo, 1, ReceiptState::Fetched),
        ];
        let share = Present { rev: 2, readers: &readers };
        for order in permutations(&receipts) {
            let mut progress = Progress::default();
            let mut before = [[Stage::Queued; 3]; 2];
            for (from, rev, received) in order.iter().chain(&order) {
                progress.receive(&share, from, *rev, *received);
                let now = readers.map(|reader| [0, 1, 2].map(|since| progress.of(&reader, since)));
                let goes_on =
                    now.iter().flatten().zip(before.iter().flatten()).all(|(now, then)| now >= then);
                assert!(goes_on, "somebody went back in time");
                before = now;
            }
            // Ben has not looked at what the share contains since then.
            assert_eq!(before[0], [Stage::Opened, Stage::Fetched, Stage::Fetched]);
            assert_eq!(before[1], [Stage::Opened, Stage::Opened, Stage::Queued]);
            assert!(
                !progress.receive(&share, &ben, 2, ReceiptState::Fetched),
                "the same twice tells nothing new"
            );
        }
    }

    #[test]
    fn what_a_relay_keeps_is_less_than_what_a_reader_says() {
        let readers = [ring(2).id()];
        let share = Present { rev: 1, readers: &readers };
        let mut progress = Progress::default();
        assert_eq!(progress.of(&readers[0], 1), Stage::Queued);
        progress.receive(&share, &readers[0], 1, ReceiptState::Fetched);
        progress.kept(&share);
        assert_eq!(progress.of(&readers[0], 1), Stage::Fetched);
        progress.kept(&Present { rev: 2, ..share });
        assert_eq!(progress.of(&readers[0], 2), Stage::Kept, "of what was added later less is known");
        let row = serde_ipld_dagcbor::to_vec(&progress).unwrap();
        assert_eq!(serde_ipld_dagcbor::from_slice::<Progress>(&row).unwrap(), progress);
    }

    #[test]
    fn receipts_of_strangers_and_of_the_future_are_refused() {
        let [ben, eve] = [ring(2).id(), ring(4).id()];
        let share = Present { rev: 1, readers: &[ben] };
        let mut progress = Progress::default();
        assert!(!progress.receive(&share, &eve, 1, ReceiptState::Opened));
        assert!(!progress.receive(&share, &ben, 2, ReceiptState::Opened));
        assert_eq!(progress, Progress::default());
    }
}
