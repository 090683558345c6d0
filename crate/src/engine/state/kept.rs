//! What the tables say of what is kept for contacts, and by them.

use std::collections::{BTreeMap, BTreeSet};

use cid::Cid;
use libp2p::PeerId;

use crate::engine::api::FreedStage;
use crate::keys::Id;
use crate::social::contact::Contact;
use crate::social::keeping::counted;
use crate::social::share_record::ShareRecord;

use super::keeping::{KeptKey, KeptRun, Room};
use super::tables::Tables;

impl Tables {
    /// Whether what is kept for a contact may come over a line that is paid for by what goes over it.
    pub(in crate::engine) fn may_cost(&self, contact: &Id) -> bool {
        self.rooms.get(contact).is_some_and(|room| room.metered)
    }

    /// The room that a contact has here: none where they are no contact of mine any more, or it has ended by `now`.
    pub(in crate::engine) fn room_of(&self, contact: &Id, now: u64) -> Option<&Room> {
        let room = self.rooms.get(contact).filter(|_| self.is_written_to(contact))?;
        Some(room).filter(|room| room.bytes > 0 && room.ends.is_none_or(|ends| now < ends))
    }

    /// Whether the files of a share of mine are not to be here: others have them as they are now, and nobody wants them here.
    pub(in crate::engine) fn is_freed(&self, share: &ShareRecord) -> bool {
        let manifest = share.manifest().map(|manifest| manifest.cid);
        self.freed.get(&share.id()).is_some_and(|freed| {
            freed.stage == FreedStage::Freed
                && Some(freed.manifest) == manifest
                && !self.wishes.contains(&share.id().to_string())
        })
    }

    /// The blocks that are kept for others.
    pub(in crate::engine) fn kept_for_others(&self) -> impl Iterator<Item = &Cid> {
        self.kept_runs.values().flat_map(|run| run.blocks.iter().map(|(cid, _)| cid))
    }

    /// Devices that keep what a contact shares, as that contact names them, whose people are contacts of mine: with these.
    pub(in crate::engine) fn reachable_keepers(&self, of: &Id) -> impl Iterator<Item = (&Contact, PeerId)> {
        let devices = self.named_keepers.get(of).into_iter().flat_map(|named| &named.devices);
        let peers = devices.filter_map(|(device, _)| PeerId::from_bytes(&device.peer_id()).ok());
        peers.filter_map(|peer| {
            let contact = self.contact_with(&peer).filter(|contact| self.is_written_to(&contact.id))?;
            Some((contact, peer))
        })
    }

    /// Bytes that are kept for each contact: a block counts once for each, its length and what a block takes beside that.
    pub(in crate::engine) fn kept_bytes(&self) -> BTreeMap<Id, u64> {
        let mut seen = BTreeSet::new();
        let mut bytes = BTreeMap::new();
        for (key, run) in self.kept_runs.iter() {
            let new = run.blocks.iter().filter(|(cid, _)| seen.insert((key.contact, *cid)));
            *bytes.entry(key.contact).or_default() += new.map(|(_, len)| counted(*len)).sum::<u64>();
        }
        bytes
    }

    /// What is kept of a share for a contact.
    pub(in crate::engine) fn kept_of(
        &self,
        contact: &Id,
        share: &Cid,
    ) -> impl Iterator<Item = (&KeptKey, &KeptRun)> {
        let first = KeptKey { contact: *contact, share: *share, no: 0 };
        self.kept_runs
            .from(&first)
            .take_while(move |(key, _)| key.contact == first.contact && key.share == first.share)
    }

    /// Whether all of a share is kept for a contact.
    pub(in crate::engine) fn is_kept_whole(&self, contact: &Id, share: &Cid) -> bool {
        self.kept_of(contact, share).last().is_some_and(|(_, run)| run.is_last)
    }
}
