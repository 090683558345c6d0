//! The queue of records that wait to be ingested: several at once, the newest first.
//!
//! After a month away hundreds wait, and the newest shows first. A record that failed comes again later, after all that
//! were not tried yet, so that contacts whose blocks cannot be fetched delay no others.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::format::ipns::Record;
use crate::keys::Id;
use crate::platform::Instant;

/// Records that are ingested at once. Each is a few small blocks, fetched one after the other, so this many fill a round
/// trip; with more, the newest would wait for older ones.
const AT_ONCE: usize = 32;

/// How many of them may have failed before: a silent relay holds each for half a minute.
const AGAIN_AT_ONCE: usize = AT_ONCE / 2;

/// The wait before a record is tried again; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The newest record of each contact that is still to be ingested.
#[derive(Debug, Default)]
pub struct IngestQueue {
    waiting: RefCell<BTreeMap<Id, PendingRecord>>,
}

#[derive(Debug)]
struct PendingRecord {
    bytes: Bytes,
    record: Record,
    /// A conflicting record of the same sequence. It comes after this one, for a warning.
    fork: Option<(Bytes, Record)>,
    /// Whether it, or an older one of the same contact, is being ingested.
    is_busy: bool,
    /// If it failed: how long it waits, and until when.
    again: Option<(Duration, Instant)>,
}

impl IngestQueue {
    /// Puts a verified record in its place, unless one waits that it does not supersede.
    pub fn offer(&self, id: Id, bytes: Bytes, record: Record) {
        let mut waiting = self.waiting.borrow_mut();
        let (is_busy, fork) = match waiting.get_mut(&id) {
            Some(first) if record.conflicts_with(&first.record) => {
                first.fork.get_or_insert((bytes, record));
                return;
            }
            Some(older) if record.supersedes(&older.record) => {
                // A renewal has the same fork.
                let fork = older.fork.take().filter(|(_, fork)| record.conflicts_with(fork));
                (older.is_busy, fork)
            }
            Some(_) => return,
            None => (false, None),
        };
        waiting.insert(id, PendingRecord { bytes, record, fork, is_busy, again: None });
    }

    /// The record to ingest now; [`done`](Self::done) has to follow.
    pub fn next(&self, now: Instant) -> Option<(Id, Bytes)> {
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
    pub fn done(&self, id: &Id, bytes: &Bytes, finished: bool, now: Instant) {
        let mut all = self.waiting.borrow_mut();
        let Some(waiting) = all.get_mut(id) else { return };
        waiting.is_busy = false;
        if waiting.bytes != *bytes {
            return;
        }
        if finished {
            match waiting.fork.take() {
                Some(fork) => {
                    (waiting.bytes, waiting.record) = fork;
                    waiting.again = None;
                }
                None => drop(all.remove(id)),
            }
            return;
        }
        if let Some((bytes, record)) = &mut waiting.fork {
            // If two records conflict, accept the first whose root we can fetch.
            std::mem::swap(bytes, &mut waiting.bytes);
            std::mem::swap(record, &mut waiting.record);
        }
        let wait = waiting.again.map_or(FIRST_WAIT, |(wait, _)| LONGEST_WAIT.min(wait * 2));
        waiting.again = Some((wait, now + wait));
    }

    /// How long it is until a record that failed is due, if there is one.
    pub fn due_in(&self, now: Instant) -> Option<Duration> {
        let waiting = self.waiting.borrow();
        let due = waiting.values().filter(|waiting| !waiting.is_busy).filter_map(|waiting| waiting.again);
        due.map(|(_, due)| due.saturating_duration_since(now)).min()
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

    fn offer(queue: &IngestQueue, one: u8, sequence: u64) {
        let record = Record { root: cid_of(DAG_CBOR, &sequence.to_be_bytes()), sequence, until: 0, ttl: 0 };
        queue.offer(id(one), sequence.to_be_bytes().to_vec().into(), record);
    }

    fn next(queue: &IngestQueue, now: Instant) -> Option<(Id, u64)> {
        let (id, bytes) = queue.next(now)?;
        Some((id, u64::from_be_bytes(bytes[..].try_into().unwrap())))
    }

    fn done(queue: &IngestQueue, one: u8, sequence: u64, finished: bool, now: Instant) {
        queue.done(&id(one), &sequence.to_be_bytes().to_vec().into(), finished, now);
    }

    #[test]
    fn the_newest_comes_first_each_contact_once_at_a_time_and_only_so_many_at_once() {
        let (queue, now) = (IngestQueue::default(), Instant::now());
        for one in 1..=40 {
            offer(&queue, one, u64::from(one));
        }
        offer(&queue, 3, 100);
        offer(&queue, 3, 2);
        assert_eq!(next(&queue, now), Some((id(3), 100)));
        offer(&queue, 3, 101);
        for one in (9..=40).rev().take(AT_ONCE - 1) {
            assert_eq!(next(&queue, now), Some((id(one), one.into())), "while one of the third is ingested");
        }
        assert_eq!(next(&queue, now), None, "as many as may be");
        done(&queue, 3, 100, true, now);
        assert_eq!(next(&queue, now), Some((id(3), 101)));
        done(&queue, 3, 101, true, now);
        assert_eq!(next(&queue, now), Some((id(9), 9)));
    }

    #[test]
    fn what_failed_comes_later_and_keeps_half_of_the_places_free() {
        let (queue, now) = (IngestQueue::default(), Instant::now());
        for one in 1..=30 {
            offer(&queue, one, 9);
            let (_, sequence) = next(&queue, now).unwrap();
            done(&queue, one, sequence, false, now);
        }
        assert_eq!((next(&queue, now), queue.due_in(now)), (None, Some(FIRST_WAIT)));
        let later = now + FIRST_WAIT;
        offer(&queue, 50, 1);
        assert_eq!(next(&queue, later), Some((id(50), 1)), "what was not tried yet goes before");
        for _ in 0..AGAIN_AT_ONCE {
            assert!(next(&queue, later).is_some());
        }
        assert_eq!(next(&queue, later), None);
        offer(&queue, 30, 10);
        assert_eq!(next(&queue, later), Some((id(30), 10)), "a newer one is tried at once");
    }

    #[test]
    fn another_record_of_the_same_sequence_is_ingested_after_the_first() {
        let (queue, now) = (IngestQueue::default(), Instant::now());
        let record = |value: u8| Record { root: cid_of(DAG_CBOR, &[value]), sequence: 5, until: 0, ttl: 0 };
        let offer = |value: u8| queue.offer(id(1), vec![value].into(), record(value));
        let next = |now| queue.next(now).map(|(_, bytes)| bytes);
        let done = |value: u8, finished, now| queue.done(&id(1), &vec![value].into(), finished, now);
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
        assert_eq!((next(later), queue.due_in(later)), (None, None));

        offer(1);
        offer(2);
        queue.offer(id(1), vec![6].into(), Record { sequence: 6, ..record(6) });
        assert_eq!(next(later).unwrap(), [6][..], "a higher one ends it");
        done(6, true, later);
        assert_eq!(next(later), None);
    }

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let (queue, mut now) = (IngestQueue::default(), Instant::now());
        offer(&queue, 1, 1);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert!(next(&queue, now).is_some());
            done(&queue, 1, 1, false, now);
            assert_eq!(queue.due_in(now), Some(Duration::from_secs(seconds)));
            now += Duration::from_secs(seconds);
        }
    }
}
