//! What is known only while the profile is unlocked, and stands in no row.

use std::collections::{BTreeMap, BTreeSet};

use libp2p::PeerId;

use crate::engine::directory::devices_of;
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;

/// Milliseconds by which two looks at one clock may differ: messages take their time.
const SAME_CLOCK_MS: u64 = 60_000;

/// Who is connected, and what was found out about people.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::engine) struct Live {
    /// Connected peers that are no relays of mine.
    pub(in crate::engine) peers: BTreeSet<PeerId>,
    /// Connected relays of mine.
    pub(in crate::engine) relays: BTreeSet<PeerId>,
    /// How often each of them has become connected.
    arrivals: BTreeMap<PeerId, u64>,
    /// Contacts of whom something did not verify.
    pub(in crate::engine) refused: BTreeSet<Id>,
    /// Milliseconds by which this device's clock is ahead of that of a relay of mine, as the relay has told.
    pub(in crate::engine) clocks: BTreeMap<PeerId, i64>,
    /// Profiles of people who ask to be added.
    pub(in crate::engine) askers: BTreeMap<Id, Contact>,
}

impl Live {
    /// Whether a relay of mine is connected.
    pub(in crate::engine) fn any_relay(&self) -> bool {
        !self.relays.is_empty()
    }

    /// Notes that a relay of mine is connected.
    pub(in crate::engine) fn relay_arrives(&mut self, relay: PeerId) {
        if self.relays.insert(relay) {
            *self.arrivals.entry(relay).or_default() += 1;
        }
    }

    /// How often the relay of this name has become connected.
    pub(in crate::engine) fn arrivals(&self, name: &str) -> u64 {
        let mut known = self.arrivals.iter().filter(|(relay, _)| relay.to_string() == name);
        known.next().map_or(0, |(_, times)| *times)
    }

    /// Notes what the clock of a relay shows now, unless that is known already.
    pub(in crate::engine) fn learn_clock(&mut self, relay: PeerId, now: u64) {
        let ahead = i64::try_from(platform::now_ms()).unwrap_or(i64::MAX).saturating_sub_unsigned(now);
        if self.clocks.get(&relay).is_none_or(|known| known.abs_diff(ahead) > SAME_CLOCK_MS) {
            self.clocks.insert(relay, ahead);
        }
    }

    /// Whether a device of this contact is connected.
    pub(in crate::engine) fn has(&self, contact: &Contact) -> bool {
        devices_of(contact).any(|device| self.peers.contains(&device))
    }
}
