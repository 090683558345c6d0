//! Which sequence of each identity each source of records has told of.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::keys::Id;

/// The highest sequence of each identity that each source named since it is watched.
#[derive(Debug)]
pub struct SequenceTracker<S>(RefCell<HashMap<S, HashMap<Id, u64>>>);

impl<S> Default for SequenceTracker<S> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<S: Clone + Eq + Hash> SequenceTracker<S> {
    /// Notes that `source` has told of a record.
    pub fn add(&self, source: &S, id: Id, sequence: u64) {
        let mut told = self.0.borrow_mut();
        let highest = told.entry(source.clone()).or_default().entry(id).or_default();
        *highest = sequence.max(*highest);
    }

    /// Forgets the identities that are no longer watched at a source.
    pub fn retain(&self, watched: &HashMap<S, BTreeSet<Id>>) {
        self.0.borrow_mut().retain(|source, told| {
            let watched = watched.get(source);
            told.retain(|id, _| watched.is_some_and(|watched| watched.contains(id)));
            !told.is_empty()
        });
    }

    /// The highest sequence that `source` has told of.
    pub fn from(&self, source: &S, id: &Id) -> Option<u64> {
        self.0.borrow().get(source)?.get(id).copied()
    }

    /// Whether a source of which `is_keeper` holds has told of the newest record that any source told of, or of what
    /// is `known`.
    pub fn is_at_keeper(&self, id: &Id, known: u64, is_keeper: impl Fn(&S) -> bool) -> bool {
        let told = self.0.borrow();
        let each = || told.iter().filter_map(|(source, told)| Some((source, *told.get(id)?)));
        let newest = each().map(|(_, sequence)| sequence).fold(known, u64::max);
        each().any(|(source, sequence)| is_keeper(source) && sequence >= newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::ring;

    const RELAY: &str = "relay";
    const DEVICE: &str = "device";

    #[test]
    fn what_only_a_device_told_is_at_no_relay_until_one_tells_as_much() {
        let id = ring(1).id();
        let tracker = SequenceTracker::default();
        let is_at_relay = |known| tracker.is_at_keeper(&id, known, |source| *source == RELAY);
        assert!(!is_at_relay(0), "no source told anything");
        tracker.add(&RELAY, id, 4);
        assert!(is_at_relay(4));
        tracker.add(&DEVICE, id, 5);
        assert!(!is_at_relay(4));
        tracker.add(&RELAY, id, 3);
        assert_eq!(tracker.from(&RELAY, &id), Some(4));
        tracker.add(&RELAY, id, 6);
        assert!(is_at_relay(5));

        tracker.retain(&HashMap::from([(DEVICE, BTreeSet::from([id]))]));
        assert_eq!((tracker.from(&RELAY, &id), tracker.from(&DEVICE, &id)), (None, Some(5)));
        tracker.retain(&HashMap::new());
        assert!(!is_at_relay(5), "a device that left takes back nothing that is known");
    }
}
