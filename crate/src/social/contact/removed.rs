//! Devices that a contact removed. `FORMAT.md`, "Pages and notes".

use serde::{Deserialize, Serialize};

use super::Contact;
use super::Device;
use crate::crypto::sign::VerifyingKey;
use crate::keys::Id;

/// How far ahead of my clock a note of removed devices may say that it was written, in milliseconds. A later time counts as
/// this one: a wrong clock, or a thief, must not have the last word for good.
const AHEAD_MS: u64 = 24 * 60 * 60 * 1000;

/// Devices that act for a contact no longer, as its newest note of them says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedDevices {
    /// When that note was written, in milliseconds since 1970.
    time: u64,
    /// All of them, by their keys.
    keys: Vec<Id>,
}

impl RemovedDevices {
    /// What a note of this time says.
    pub fn new(time: u64, keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        Self { time, keys: keys.into_iter().map(Id::from).collect() }
    }

    /// Their keys.
    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.keys.iter()
    }

    /// Whether this device is among them.
    pub fn has(&self, device: &VerifyingKey) -> bool {
        self.keys.iter().any(|key| key.as_bytes() == device.as_bytes())
    }

    /// Takes in at `now`, in milliseconds since 1970, what another note says: the newer one is the whole list. Returns
    /// whether anything changed.
    ///
    /// Idempotent, and alike in any order.
    pub fn take_in(&mut self, mut other: Self, now: u64) -> bool {
        let latest = now.saturating_add(AHEAD_MS);
        other.time = other.time.min(latest);
        self.time = self.time.min(latest);
        let bytes = |keys: &[Id]| keys.iter().map(|key| *key.as_bytes()).collect::<Vec<_>>();
        let is_newer = (other.time, bytes(&other.keys)) > (self.time, bytes(&self.keys));
        if is_newer {
            *self = other;
        }
        is_newer
    }
}

impl Contact {
    /// The devices that act for this contact: those that it certified and did not remove.
    pub fn acting_devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter(|device| !self.removed.has(&device.certificate.device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::limits;
    use crate::social::fixture::{permutations, ring};

    #[test]
    fn the_newest_note_of_removed_devices_is_the_whole_list_in_any_order_of_notes() {
        let [a, b] = [3, 4].map(|seed| ring(seed).identity().verifying_key());
        let notes = [
            RemovedDevices::new(10, [a]),
            RemovedDevices::new(30, [b]),
            RemovedDevices::new(20, [a, b]),
            RemovedDevices::new(30, []),
        ];
        for order in permutations(&notes) {
            let mut removed = RemovedDevices::default();
            for note in order {
                removed.take_in(note.clone(), 40);
                assert!(!removed.take_in(note, 40), "twice is once");
            }
            assert_eq!((removed.has(&a), removed.has(&b)), (false, true));
        }
    }

    #[test]
    fn a_list_from_the_far_future_counts_for_a_day_and_not_for_ever() {
        let a = ring(3).identity().verifying_key();
        let forged = || RemovedDevices::new(limits::MAX_INTEGER, [a]);
        let mut removed = RemovedDevices::default();
        assert!(removed.take_in(forged(), 1_000));
        assert!(!removed.take_in(RemovedDevices::new(2_000, []), 2_000));
        assert!(removed.has(&a));
        assert!(removed.take_in(RemovedDevices::new(1_001 + AHEAD_MS, []), 1_001 + AHEAD_MS));
        assert!(!removed.has(&a));
        // So does one that an earlier build took in as it was.
        let mut before = forged();
        assert!(!before.take_in(RemovedDevices::default(), 2_000));
        assert!(before.take_in(RemovedDevices::new(2_001 + AHEAD_MS, []), 2_001 + AHEAD_MS));
    }
}
