//! The root of everything that an identity publishes, and the record that points to it.

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};

use crate::{
    format::{
        DAG_CBOR, DecodeError, Fault, ReadError, cid_of, digest_of,
        ipns::{self, Record},
        is_block, limits,
        root::Root,
        signed,
    },
    keys::{Id, Ring},
};

/// A record older than this is signed again at unlock, in milliseconds. This is long before its 180 days end,
/// and rare enough that the relay does not learn of each unlock.
pub const RENEW_AFTER_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// Seconds ahead of our clock from which on a sequence of ours counts as accepted by nobody: what readers and relays
/// accept, and a day for clocks that are ahead of ours.
const MAX_ACCEPTED_S: u64 = limits::SEQUENCE_AHEAD_S + 24 * 60 * 60;

/// A published root, which the next one replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// The sequence of the root.
    pub seq: u64,
    /// The CID of the root.
    pub root: Cid,
}

/// The blocks that a root names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The signed profile.
    pub profile: Cid,
    /// The letterbox map.
    pub letterboxes: Cid,
    /// The root block of the vault.
    pub vault: Cid,
    /// The newest page of the feed, if anything was ever shared with everybody.
    pub feed: Option<Cid>,
    /// The identity that follows mine, once I changed keys.
    pub successor: Option<Id>,
}

/// A new root, with the record that points to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The sequence of root and record.
    pub seq: u64,
    /// The CID of the root's block.
    pub cid: Cid,
    /// The root's block.
    pub block: Bytes,
    /// The record. Put it to a relay after everything else.
    pub record: Bytes,
}

/// Makes the root that replaces `tips` at `now`, in milliseconds since 1970. `tips` are all roots that are
/// known to be newest: one, or several after a conflict.
///
/// Its sequence is above every tip's, and at least the unix time in seconds, so that an identity that was
/// restored from its words does not reuse a sequence. A tip that was made while the clock was wrong, and that
/// nobody accepts because it is too far ahead, does not count. The function is deterministic.
///
/// # Errors
///
/// If a part is no DAG-CBOR block, or if no sequence is left.
pub fn next(ring: &Ring, tips: &[Tip], now: u64, parts: Parts) -> Result<Next, DecodeError> {
    let accepted = tips.iter().filter(|tip| tip.seq <= (now / 1000).saturating_add(MAX_ACCEPTED_S));
    let above = accepted.map(|tip| tip.seq.saturating_add(1)).max().unwrap_or(0);
    let seq = above.max(now / 1000);
    let mut newest: Vec<&Tip> = tips.iter().collect();
    newest.sort_by(|a, b| b.seq.cmp(&a.seq).then_with(|| a.root.cmp(&b.root)));
    newest.dedup();
    let mut prev: Vec<_> =
        newest.into_iter().take(limits::ROOT_PREV).filter_map(|tip| digest_of(&tip.root)).collect();
    prev.sort_unstable();
    let Parts { profile, letterboxes, vault, feed, successor } = parts;
    let successor = successor.map(|id| id.verifying_key());
    let extra = Default::default();
    let root = Root { seq, prev, time: now, profile, letterboxes, vault, feed, successor, extra };
    let block = signed::sign(ring.identity(), &root)?;
    let cid = cid_of(DAG_CBOR, &block);
    let record = ipns::sign(ring.identity(), &cid, seq, now).into();
    Ok(Next { seq, cid, block: block.into(), record })
}

/// Signs my record again if it is older than [`RENEW_AFTER_MS`]: with the same sequence and root, and a later
/// end of life.
///
/// Returns `None` also if the record is not mine.
pub fn renew(ring: &Ring, record: &[u8], now: u64) -> Option<Bytes> {
    let known = ipns::open(record, &ring.identity().verifying_key()).ok()?;
    let signed_at = known.until.saturating_sub(limits::RECORD_MS);
    let is_old = now.saturating_sub(signed_at) > RENEW_AFTER_MS;
    is_old.then(|| ipns::sign(ring.identity(), &known.root, known.sequence, now).into())
}

/// Verifies and decodes a record of `id` at `now`, in milliseconds since 1970. An expired record may still be the
/// newest one, so the page shows its age.
///
/// # Errors
///
/// [`ReadError::Ahead`] if its sequence is more than [`limits::SEQUENCE_AHEAD_S`] ahead of `now`.
pub fn verify_record(id: &Id, record: &[u8], now: u64) -> Result<Record, ReadError> {
    let record = ipns::open(record, &id.verifying_key())?;
    if record.is_ahead(now) { Err(ReadError::Ahead) } else { Ok(record) }
}

/// Verifies and decodes the root that a verified record of `id` points to.
pub fn open(id: &Id, record: &Record, block: &[u8]) -> Result<Root, ReadError> {
    if !is_block(&record.root, block) {
        return Err(ReadError::AnotherBlock);
    }
    let root = signed::open::<Root>(block, Some(&id.verifying_key()))?.object;
    if root.seq != record.sequence {
        return Err(DecodeError::at("seq", Fault::Contradiction).into());
    }
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, cid, next, ring};

    const DAY: u64 = 24 * 60 * 60 * 1000;

    fn tip(next: &Next) -> Tip {
        Tip { seq: next.seq, root: next.cid }
    }

    #[test]
    fn record_and_root_say_the_same_and_open_for_their_identity_alone() {
        let (ring, other) = (ring(1), ring(2));
        let made = next(&ring, &[], NOW);
        let record = verify_record(&ring.id(), &made.record, NOW).unwrap();
        assert_eq!((record.sequence, record.root), (made.seq, made.cid));
        let root = open(&ring.id(), &record, &made.block).unwrap();
        assert_eq!((root.seq, root.prev.len(), root.time), (made.seq, 0, NOW));
        assert_eq!(verify_record(&other.id(), &made.record, NOW), Err(ReadError::Signature));
        assert_eq!(open(&other.id(), &record, &made.block), Err(ReadError::Signature));
        assert_eq!(open(&ring.id(), &record, b"junk"), Err(ReadError::AnotherBlock));
        let lying = Record { sequence: made.seq + 1, ..record };
        assert!(matches!(open(&ring.id(), &lying, &made.block), Err(ReadError::Decode(_))));
    }

    #[test]
    fn sequences_follow_the_clock_and_rise_also_when_it_goes_back() {
        let ring = ring(1);
        let first = next(&ring, &[], NOW);
        assert_eq!(first.seq, NOW / 1000);
        let second = next(&ring, &[tip(&first)], NOW);
        assert_eq!(second.seq, first.seq + 1);
        let third = next(&ring, &[tip(&second)], NOW - DAY);
        assert_eq!(third.seq, second.seq + 1);
        assert_eq!(next(&ring, &[tip(&third)], NOW + DAY).seq, (NOW + DAY) / 1000);
    }

    #[test]
    fn a_record_from_further_ahead_than_clocks_differ_is_refused_and_does_not_bind_its_author() {
        let ring = ring(1);
        let at = |days: u64| next(&ring, &[], NOW + days * DAY);
        assert!(verify_record(&ring.id(), &at(30).record, NOW).is_ok());
        let wrong_clock = at(365);
        assert_eq!(verify_record(&ring.id(), &wrong_clock.record, NOW), Err(ReadError::Ahead));
        // Once the clock is right again, the next record is accepted.
        let corrected = next(&ring, &[tip(&wrong_clock), tip(&at(1))], NOW);
        assert_eq!(corrected.seq, (NOW + DAY) / 1000 + 1);
        assert!(verify_record(&ring.id(), &corrected.record, NOW).is_ok());
    }

    #[test]
    fn a_root_names_every_tip_that_it_replaces_in_one_way() {
        let ring = ring(1);
        let tips = [Tip { seq: 5, root: cid(9) }, Tip { seq: 6, root: cid(8) }, Tip { seq: 5, root: cid(9) }];
        let made = next(&ring, &tips, NOW);
        let reversed: Vec<_> = tips.iter().rev().copied().collect();
        assert_eq!(next(&ring, &reversed, NOW), made);
        let root =
            open(&ring.id(), &verify_record(&ring.id(), &made.record, NOW).unwrap(), &made.block).unwrap();
        let mut digests = [cid(8), cid(9)].map(|cid| digest_of(&cid).unwrap());
        digests.sort_unstable();
        assert_eq!(root.prev, digests);
    }

    #[test]
    fn a_record_is_renewed_after_a_week_and_lives_longer_then() {
        let ring = ring(1);
        let made = next(&ring, &[], NOW);
        assert_eq!(renew(&ring, &made.record, NOW + 7 * DAY), None);
        let renewed = renew(&ring, &made.record, NOW + 7 * DAY + 1).unwrap();
        let [before, after] =
            [&made.record, &renewed].map(|record| verify_record(&ring.id(), record, NOW).unwrap());
        assert_eq!((after.sequence, after.root), (before.sequence, before.root));
        assert!(after.supersedes(&before) && !before.supersedes(&after));
        assert_eq!(renew(&crate::social::fixture::ring(2), &made.record, NOW + 30 * DAY), None);
    }
}
