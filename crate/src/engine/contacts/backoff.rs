//! When to try again what failed with a person: later each time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::keys::Id;
use crate::net::Backoff;
use crate::platform::Instant;

/// The waits after a failure with somebody: the first, and the longest. The longest is long because the relays of a
/// person may be away for long, and everybody has up to four.
const WAITS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(600));

/// The back-off of each person with whom something failed.
#[derive(Debug, Default)]
pub(super) struct Backoffs(BTreeMap<Id, Backoff>);

impl Backoffs {
    /// Notes a failure at `now`.
    pub(super) fn failed(&mut self, id: Id, now: Instant) {
        self.0.entry(id).or_insert_with(|| Backoff::between(WAITS)).failed(now);
    }

    /// Notes a success.
    pub(super) fn succeeded(&mut self, id: &Id) {
        self.0.remove(id);
    }

    /// Forgets every failure: the network may be back.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets the failures with people for whom nothing is left to do.
    pub(super) fn retain(&mut self, is_needed: impl Fn(&Id) -> bool) {
        self.0.retain(|id, _| is_needed(id));
    }

    /// How long it takes from `now` until this person may be tried; zero if they may be now.
    pub(super) fn wait(&self, id: &Id, now: Instant) -> Duration {
        let due = self.0.get(id).and_then(Backoff::due);
        due.map_or(Duration::ZERO, |due| due.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Phrase, Ring};

    #[test]
    fn waits_double_stay_bounded_and_end_with_a_success() {
        let [ben, eve] = [1, 2].map(|seed| Ring::from_phrase(&Phrase::from_bytes([seed; 32])).id());
        let now = Instant::now();
        let mut backoffs = Backoffs::default();
        assert_eq!(backoffs.wait(&ben, now), Duration::ZERO);
        let (first, longest) = WAITS;
        for longest in [first, first * 2, first * 4] {
            backoffs.failed(ben, now);
            assert!((longest / 2..=longest).contains(&backoffs.wait(&ben, now)), "at most {longest:?}");
        }
        for _ in 0..40 {
            backoffs.failed(ben, now);
        }
        assert!((longest / 2..=longest).contains(&backoffs.wait(&ben, now)));
        assert_eq!(backoffs.wait(&ben, now + longest), Duration::ZERO);
        assert_eq!(backoffs.wait(&eve, now), Duration::ZERO, "each person has a back-off of their own");
        backoffs.succeeded(&ben);
        assert_eq!(backoffs.wait(&ben, now), Duration::ZERO);
    }
}
