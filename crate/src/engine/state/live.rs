//! What is known only while the profile is unlocked, and stands in no row.

use std::collections::{BTreeMap, BTreeSet};

use libp2p::PeerId;

use crate::engine::directory::devices_of;
use crate::keys::Id;
use crate::social::contact::Contact;

/// Who is connected, and what was found out about people.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::engine) struct Live {
    /// Connected peers that are no relays of mine.
    pub(in crate::engine) peers: BTreeSet<PeerId>,
    /// Connected relays of mine.
    pub(in crate::engine) relays: BTreeSet<PeerId>,
    /// Contacts of whom something did not verify.
    pub(in crate::engine) refused: BTreeSet<Id>,
    /// Profiles of people who ask to be added.
    pub(in crate::engine) askers: BTreeMap<Id, Contact>,
}

impl Live {
    /// Whether a relay of mine is connected.
    pub(in crate::engine) fn any_relay(&self) -> bool {
        !self.relays.is_empty()
    }

    /// Whether a device of this contact is connected.
    pub(in crate::engine) fn has(&self, contact: &Contact) -> bool {
        devices_of(contact).any(|device| self.peers.contains(&device))
    }
}
