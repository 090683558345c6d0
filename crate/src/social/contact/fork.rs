//! Two roots beside each other: devices of one person that will merge, or an identity in two hands. `FORMAT.md`, "Records".

use std::time::Duration;

use cid::Cid;
use serde::{Deserialize, Serialize};

use super::{Contact, Head, Verdict, Warning};
use crate::format::digest_of;

/// How long two devices have to merge what both published, before their friends are warned: they may be on two networks
/// that part and meet again.
pub const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Branches that are remembered at most: as many as a root can join.
const MAX_BRANCHES: usize = 4;

/// A fork that no root has joined yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// When it was seen first, in milliseconds since 1970.
    at: u64,
    /// The highest sequence that two roots have.
    seq: u64,
    /// The newest root of each branch.
    branches: Vec<Cid>,
}

impl Fork {
    /// Takes in a root of a higher sequence; says whether nothing is left beside it.
    ///
    /// Each root that it replaces ends one branch: the one whose newest root that is, or else one that went on
    /// meanwhile to a root which I never saw.
    fn go_on(&mut self, head: &Head, prev: &[[u8; 32]]) -> bool {
        let is_named = |branch: &Cid| digest_of(branch).is_some_and(|digest| prev.contains(&digest));
        let before = self.branches.len();
        self.branches.retain(|branch| !is_named(branch));
        let named = before - self.branches.len();
        let unseen = prev.len().saturating_sub(named).min(self.branches.len());
        self.branches.drain(..unseen);
        self.branches.push(head.root);
        self.branches.len() == 1
    }

    /// How long it may still be joined without a warning.
    fn patience(&self, patience: Duration, now: u64) -> Duration {
        patience.saturating_sub(Duration::from_millis(now.saturating_sub(self.at)))
    }
}

impl Contact {
    /// Records a root whose contents were ingested, and which replaces the roots with the digests `prev`.
    ///
    /// Call it last, so that unfinished work is done again. A root with the sequence of the known one is a fork, of which
    /// the person is warned after a while unless a root joins it. After the warning any higher sequence ends it.
    pub fn apply_head(&mut self, head: Head, prev: &[[u8; 32]], now: u64) -> Verdict {
        let verdict = self.consider(head.seq, &head.root);
        match verdict {
            Verdict::Newer => {
                self.head = Some(head);
                self.claimed = None;
                let is_warned = self.is_forked();
                self.warning.take_if(|warning| matches!(warning, Warning::TwoRoots(_)));
                self.fork.take_if(|fork| is_warned || (head.seq > fork.seq && fork.go_on(&head, prev)));
            }
            Verdict::Fork => self.apply_fork(head.seq, head.root, now),
            Verdict::Known | Verdict::Older => {}
        }
        verdict
    }

    /// Records another root that was signed beside the known one: with its sequence, even if it cannot be fetched, or with a
    /// letterbox or feed that is older than what was read.
    pub fn apply_fork(&mut self, seq: u64, root: Cid, now: u64) {
        let branches = self.head.map(|head| head.root).into_iter().collect();
        let fork = self.fork.get_or_insert(Fork { at: now, seq, branches });
        fork.seq = fork.seq.max(seq);
        if !fork.branches.contains(&root) && fork.branches.len() < MAX_BRANCHES {
            fork.branches.push(root);
        }
    }

    /// Whether there is a fork that no root joined in time.
    pub fn is_forked(&self) -> bool {
        matches!(self.warning, Some(Warning::TwoRoots(_)))
    }

    /// Returns how long a fork of this identity may still be joined without a warning, if there is one.
    pub fn fork_patience(&self, patience: Duration, now: u64) -> Option<Duration> {
        let fork = self.fork.as_ref().filter(|_| self.warning.is_none())?;
        Some(fork.patience(patience, now))
    }

    /// Warns of a fork that no root joined in time.
    pub fn judge_fork(&mut self, patience: Duration, now: u64) {
        let Some(fork) = &mut self.fork else { return };
        // The clock was ahead when the fork was seen.
        fork.at = fork.at.min(now);
        if fork.patience(patience, now).is_zero() {
            self.warning.get_or_insert(Warning::TwoRoots(fork.seq));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, cid, contact, head, ring};

    /// Milliseconds of [`PATIENCE`].
    const HOUR: u64 = 60 * 60 * 1000;

    fn names(roots: &[u8]) -> Vec<[u8; 32]> {
        roots.iter().map(|root| digest_of(&cid(*root)).unwrap()).collect()
    }

    /// A contact with two roots of sequence 5, and then these, each a minute after the one before.
    fn forked(later: &[(u64, u8, &[u8])]) -> Contact {
        let mut contact = contact(&ring(1));
        assert_eq!(contact.apply_head(head(5, 1), &names(&[9]), NOW), Verdict::Newer);
        assert_eq!(contact.apply_head(head(5, 2), &names(&[9]), NOW), Verdict::Fork);
        for (minute, (seq, root, prev)) in (1..).zip(later) {
            contact.apply_head(head(*seq, *root), &names(prev), NOW + minute * 60_000);
        }
        contact
    }

    fn warning_at(mut contact: Contact, now: u64) -> Option<Warning> {
        contact.judge_fork(PATIENCE, now);
        contact.warning
    }

    #[test]
    fn two_roots_of_one_sequence_warn_after_an_hour_and_a_higher_one_ends_the_warning() {
        let mut contact = forked(&[]);
        assert_eq!(contact.fork_patience(PATIENCE, NOW + HOUR - 1), Some(Duration::from_millis(1)));
        contact.judge_fork(PATIENCE, NOW + HOUR - 1);
        assert_eq!((contact.head, contact.warning), (Some(head(5, 1)), None));
        // Told of once more, it is no younger; nor is it after the row was read again.
        contact.apply_fork(5, cid(2), NOW + HOUR - 1);
        let row = serde_ipld_dagcbor::to_vec(&contact).unwrap();
        let mut contact: Contact = serde_ipld_dagcbor::from_slice(&row).unwrap();
        contact.judge_fork(PATIENCE, NOW + HOUR);
        assert_eq!(contact.warning, Some(Warning::TwoRoots(5)));
        assert_eq!(contact.fork_patience(PATIENCE, NOW + HOUR), None, "there is nothing to wait for");
        assert_eq!(contact.apply_head(head(4, 3), &[], NOW + HOUR), Verdict::Older);
        assert_eq!(contact.warning, Some(Warning::TwoRoots(5)));
        assert_eq!(contact.apply_head(head(6, 4), &names(&[1]), NOW + HOUR), Verdict::Newer);
        assert_eq!((contact.head, contact.warning), (Some(head(6, 4)), None));
        assert_eq!(warning_at(contact, NOW + 9 * HOUR), None);
    }

    #[test]
    fn a_root_that_names_both_ends_a_fork_and_one_that_names_one_does_not() {
        let (one, both, neither): (&[u8], &[u8], &[u8]) = (&[1], &[1, 2], &[]);
        assert_eq!(warning_at(forked(&[(6, 3, both)]), NOW + 2 * HOUR), None);
        for prev in [one, &[2], neither] {
            assert_eq!(warning_at(forked(&[(6, 3, prev)]), NOW + 2 * HOUR), Some(Warning::TwoRoots(5)));
        }
        // One device publishes something more before it hears of the other, or both do.
        assert_eq!(warning_at(forked(&[(6, 3, one), (7, 4, &[3, 2])]), NOW + 2 * HOUR), None);
        assert_eq!(warning_at(forked(&[(6, 3, one), (7, 4, &[3, 20])]), NOW + 2 * HOUR), None);
        assert_eq!(warning_at(forked(&[(7, 3, &[10]), (8, 4, &[3, 20])]), NOW + 2 * HOUR), None);
    }

    #[test]
    fn a_root_that_does_not_go_on_from_what_was_read_is_a_fork_too() {
        let mut contact = contact(&ring(1));
        contact.apply_head(head(5, 1), &names(&[9]), NOW);
        contact.apply_fork(6, cid(2), NOW);
        assert_eq!((contact.head, contact.is_forked()), (Some(head(5, 1)), false));
        let mut joined = contact.clone();
        joined.apply_head(head(7, 3), &names(&[1, 2]), NOW);
        assert_eq!(warning_at(joined, NOW + 2 * HOUR), None);
        contact.judge_fork(PATIENCE, NOW + HOUR);
        assert!(contact.is_forked());
        // Nobody joins them: what comes of the other is taken from then on.
        contact.apply_head(head(6, 2), &names(&[9]), NOW + HOUR);
        assert_eq!((contact.head, contact.warning, contact.fork), (Some(head(6, 2)), None, None));
    }

    #[test]
    fn of_three_roots_of_one_sequence_all_have_to_be_joined() {
        let three = (5, 3, &[9][..]);
        let two_joined = forked(&[three, (6, 4, &[1, 2])]);
        assert_eq!(warning_at(two_joined, NOW + 2 * HOUR), Some(Warning::TwoRoots(5)));
        assert_eq!(warning_at(forked(&[three, (6, 4, &[1, 2]), (7, 5, &[4, 3])]), NOW + 2 * HOUR), None);
        assert_eq!(warning_at(forked(&[three, (6, 4, &[1, 2, 3])]), NOW + 2 * HOUR), None);
    }

    #[test]
    fn a_fork_that_was_seen_under_a_wrong_clock_warns_an_hour_later_too() {
        let mut contact = forked(&[]);
        contact.judge_fork(PATIENCE, NOW - 1000 * HOUR);
        assert_eq!(warning_at(contact.clone(), NOW - 999 * HOUR - 1), None);
        assert_eq!(warning_at(contact, NOW - 999 * HOUR), Some(Warning::TwoRoots(5)));
    }
}
