//! Which devices of mine act for me, and which were removed.

use libp2p::PeerId;

use crate::engine::directory::Directory;
use crate::keys::Id;
use crate::net::Provider;
use crate::net::keep::Removed;
use crate::social::vault::{self, KnownDevice};

use super::live::Live;
use super::tables::Tables;

impl Tables {
    /// The peers of my devices that were not removed, also of this one.
    pub(in crate::engine) fn own_devices(&self) -> impl Iterator<Item = PeerId> {
        let acting = self.devices.iter().filter(|(_, known)| !known.is_removed());
        acting.filter_map(|(id, _)| peer(id))
    }

    /// My other devices as providers, each through the first of my relays; none where this one was removed.
    pub(in crate::engine) fn other_devices(&self, directory: &Directory) -> Vec<Provider> {
        let here = directory.device().and_then(peer);
        let relay = directory.relays.first().filter(|_| !self.is_removed(directory));
        let Some(relay) = relay else { return Vec::new() };
        let others = self.own_devices().filter(|device| Some(*device) != here);
        others.map(|device| Provider::Device { device, relay: relay.clone() }).collect()
    }

    /// Whether my other devices have removed this one: nothing that is done here reaches anybody.
    pub(in crate::engine) fn is_removed(&self, directory: &Directory) -> bool {
        let here = directory.device().and_then(|device| self.devices.get(device));
        here.is_some_and(KnownDevice::is_removed)
    }

    /// The peers that their person removed: I, or a contact.
    pub(in crate::engine) fn removed_peers(&self) -> impl Iterator<Item = PeerId> {
        let mine = self.devices.iter().filter(|(_, known)| known.is_removed()).map(|(id, _)| id);
        mine.chain(self.contacts.values().flat_map(|contact| contact.removed.keys())).filter_map(peer)
    }

    /// Whether a peer is among them.
    pub(in crate::engine) fn is_removed_peer(&self, peer: &PeerId) -> bool {
        self.removed_peers().any(|removed| removed == *peer)
    }

    /// Devices of mine that were removed, as relays are told; nothing where none ever was.
    pub(in crate::engine) fn removed_devices(&self) -> Option<Removed> {
        let at = self.devices.values().map(|known| known.removed.max(known.back)).max().unwrap_or_default();
        let all = self.devices.iter().map(|(id, known)| (*id, known.clone()));
        (at > 0).then(|| Removed { devices: vault::removed_of(all), at })
    }

    /// When another device of mine was last heard of: it was connected, or decided something.
    pub(in crate::engine) fn device_seen(&self, device: &Id) -> Option<u64> {
        let connected = self.devices_seen.get(device).copied();
        connected.max(self.publication.vault.last_decisions().get(device.as_bytes()).copied())
    }
}

impl Live {
    /// Whether this device of mine is connected.
    pub(in crate::engine) fn has_device(&self, device: &Id) -> bool {
        peer(device).is_some_and(|peer| self.peers.contains(&peer))
    }
}

fn peer(device: &Id) -> Option<PeerId> {
    PeerId::from_bytes(&device.peer_id()).ok()
}
