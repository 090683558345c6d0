//! Which of the records that wait is taken in next: several at once, the newest first.
//!
//! Whoever comes back after a month finds hundreds of them, and sees first what is newest. A record that could not be
//! taken in comes again later, after all that were not tried yet, so that contacts whose things cannot be had keep
//! nobody waiting.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::format::ipns::Record;
use crate::keys::Id;
use crate::platform::Instant;

use super::wake::{Listener, Wake};

/// Records that are taken in at once. Each is a handful of small blocks one after the other, so that so many fill the
/// time of the way there and back; with more, what is newest would wait for what is not.
const AT_ONCE: usize = 32;

/// Of these, those that failed before: a relay that is silent holds each for half a minute.
const AGAIN_AT_ONCE: usize = AT_ONCE / 2;

/// The wait before a record is tried again; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The newest record of each contact that is still to be taken in.
#[derive(Default)]
pub(super) struct Intake {
    waiting: RefCell<BTreeMap<Id, Waiting>>,
    came: Wake,
}

struct Waiting {
    bytes: Bytes,
    record: Record,
    /// Another one of its sequence, which says something else: it comes after this one, for a warning.
    twin: Option<(Bytes, Record)>,
    /// Whether it, or an older one of the same contact, is being taken in.
    is_busy: bool,
    /// Where it failed: how long it then waits, and until when.
    again: Option<(Duration, Instant)>,
}

impl Intake {
    /// Puts a verified record in its place, unless one waits that it does not supersede.
    pub(super) fn offer(&self, id: Id, bytes: Bytes, record: Record) {
        let mut waiting = self.waiting.borrow_mut();
        let (is_busy, twin) = match waiting.get_mut(&id) {
            Some(first) if record.conflicts_with(&first.record) => {
                first.twin.get_or_insert((bytes, record));
                return;
            }
            Some(older) if record.supersedes(&older.record) => {
                // A renewal has the same twin.
                let twin = older.twin.take().filter(|(_, twin)| record.conflicts_with(twin));
                (older.is_busy, twin)
            }
            Some(_) => return,
            None => (false, None),
        };
        waiting.insert(id, Waiting { bytes, record, twin, is_busy, again: None });
        self.came.ring();
    }

    /// The record to take in now; [`done`](Self::done) has to follow.
    pub(super) fn next(&self, now: Instant) -> Option<(Id, Bytes)> {
        let mut waiting = self.waiting.borrow_mut();
        let busy = || waiting.values().filter(|waiting| waiting.is_busy);
        let again = busy().filter(|waiting| waiting.again.is_some()).count();
        if busy().count() >= AT_ONCE {
            return None;
        }
        let due = waiting
            .iter_mut()
            .filter(|(_, waiting)| !waiting.is_busy)
            .filter(|(_, waiting)| waiting.again.is_none_or(|(_, due)| due <= now && again < AGAIN_AT_ONCE));
        let (id, next) =
            due.min_by_key(|(_, waiting)| (waiting.again.is_some(), Reverse(waiting.record.sequence)))?;
        next.is_busy = true;
        Some((*id, next.bytes.clone()))
    }

    /// Ends what [`next`](Self::next) began: a record that is `finished` goes, unless a newer one came meanwhile.
    pub(super) fn done(&self, id: &Id, bytes: &Bytes, finished: bool, now: Instant) {
        let mut all = self.waiting.borrow_mut();
        let Some(waiting) = all.get_mut(id) else { return };
        waiting.is_busy = false;
        if waiting.bytes != *bytes {
            return;
        }
        if finished {
            match waiting.twin.take() {
                Some(twin) => {
                    (waiting.bytes, waiting.record) = twin;
                    waiting.again = None;
                    self.came.ring();
                }
                None => drop(all.remove(id)),
            }
            return;
        }
        if let Some((bytes, record)) = &mut waiting.twin {
            // Of two, that one is the first whose root can be had.
            std::mem::swap(bytes, &mut waiting.bytes);
            std::mem::swap(record, &mut waiting.record);
        }
        let wait = waiting.again.map_or(FIRST_WAIT, |(wait, _)| LONGEST_WAIT.min(wait * 2));
        waiting.again = Some((wait, now + wait));
    }

    /// How long it is until a record that failed is due, if there is one.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let waiting = self.waiting.borrow();
        let due = waiting.values().filter(|waiting| !waiting.is_busy).filter_map(|waiting| waiting.again);
        due.map(|(_, due)| due.saturating_duration_since(now)).min()
    }

    /// Hears of records that come.
    pub(super) fn listener(&self) -> Listener {
        self.came.listener()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sign::SigningKey;
    use crate::format::{DAG_CBOR, cid_of};

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    fn offer(intake: &Intake, one: u8, sequence: u64) {
        let record = Record { root: cid_of(DAG_CBOR, &sequence.to_be_bytes()), sequence, until: 0, ttl: 0 };
        intake.offer(id(one), sequence.to_be_bytes().to_vec().into(), record);
    }

    fn next(intake: &Intake, now: Instant) -> Option<(Id, u64)> {
        let (id, bytes) = intake.next(now)?;
        Some((id, u64::from_be_bytes(bytes[..].try_into().unwrap())))
    }

    fn done(intake: &Intake, one: u8, sequence: u64, finished: bool, now: Instant) {
        intake.done(&id(one), &sequence.to_be_bytes().to_vec().into(), finished, now);
    }

    #[test]
    fn the_newest_comes_first_each_contact_once_at_a_time_and_only_so_many_at_once() {
        let (intake, now) = (Intake::default(), Instant::now());
        for one in 1..=40 {
            offer(&intake, one, u64::from(one));
        }
        offer(&intake, 3, 100);
        offer(&intake, 3, 2);
        assert_eq!(next(&intake, now), Some((id(3), 100)));
        offer(&intake, 3, 101);
        for one in (9..=40).rev().take(AT_ONCE - 1) {
            assert_eq!(next(&intake, now), Some((id(one), one.into())), "while one of the third is taken in");
        }
        assert_eq!(next(&intake, now), None, "as many as may be");
        done(&intake, 3, 100, true, now);
        assert_eq!(next(&intake, now), Some((id(3), 101)));
        done(&intake, 3, 101, true, now);
        assert_eq!(next(&intake, now), Some((id(9), 9)));
    }

    #[test]
    fn what_failed_comes_later_and_keeps_half_of_the_places_free() {
        let (intake, now) = (Intake::default(), Instant::now());
        for one in 1..=30 {
            offer(&intake, one, 9);
            let (_, sequence) = next(&intake, now).unwrap();
            done(&intake, one, sequence, false, now);
        }
        assert_eq!((next(&intake, now), intake.due_in(now)), (None, Some(FIRST_WAIT)));
        let later = now + FIRST_WAIT;
        offer(&intake, 50, 1);
        assert_eq!(next(&intake, later), Some((id(50), 1)), "what was not tried yet goes before");
        for _ in 0..AGAIN_AT_ONCE {
            assert!(next(&intake, later).is_some());
        }
        assert_eq!(next(&intake, later), None);
        offer(&intake, 30, 10);
        assert_eq!(next(&intake, later), Some((id(30), 10)), "a newer one is tried at once");
    }

    #[test]
    fn another_record_of_the_same_sequence_is_taken_in_after_the_first_whichever_can_be() {
        let (intake, now) = (Intake::default(), Instant::now());
        let record = |value: u8| Record { root: cid_of(DAG_CBOR, &[value]), sequence: 5, until: 0, ttl: 0 };
        let offer = |value: u8| intake.offer(id(1), vec![value].into(), record(value));
        let next = |now| intake.next(now).map(|(_, bytes)| bytes);
        let done = |value: u8, finished, now| intake.done(&id(1), &vec![value].into(), finished, now);
        for value in [1, 2, 1, 2, 3] {
            offer(value);
        }
        assert_eq!(next(now).unwrap(), [1][..]);
        assert_eq!(next(now), None, "one of a contact at a time");
        done(1, false, now);
        let later = now + FIRST_WAIT;
        assert_eq!(next(later).unwrap(), [2][..], "where the first cannot be had");
        done(2, true, later);
        assert_eq!(next(later).unwrap(), [1][..]);
        done(1, true, later);
        assert_eq!((next(later), intake.due_in(later)), (None, None));

        offer(1);
        offer(2);
        intake.offer(id(1), vec![6].into(), Record { sequence: 6, ..record(6) });
        assert_eq!(next(later).unwrap(), [6][..], "a higher one ends it");
        done(6, true, later);
        assert_eq!(next(later), None);
    }

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let (intake, mut now) = (Intake::default(), Instant::now());
        offer(&intake, 1, 1);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert!(next(&intake, now).is_some());
            done(&intake, 1, 1, false, now);
            assert_eq!(intake.due_in(now), Some(Duration::from_secs(seconds)));
            now += Duration::from_secs(seconds);
        }
    }
}
