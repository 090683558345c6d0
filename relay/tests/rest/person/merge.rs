//! Several devices of one person: what another one published is merged with what is here.

use bytes::Bytes;
use spinney::format::map::Map;
use spinney::format::profile::Profile;
use spinney::format::{digest_of, limits, signed};
use spinney::keys::{Id, Phrase, Ring};
use spinney::social::contact::Contact;
use spinney::social::letterbox::{Letterboxes, Merged};
use spinney::social::relation::{Decision, Relation, Stance};
use spinney::social::root::{self, Parts, Tip};
use spinney::social::vault::{KnownContact, OwnShare, Vault, buckets_of};
use spinney_relay::store::Records;

use super::{Newest, Own, Person};
use crate::dice::Dice;
use crate::line::Line;

impl Person {
    /// Three devices of one person.
    pub(crate) fn devices(number: usize, relays: &[usize], now: u64) -> [Self; 3] {
        let phrase = Phrase::generate();
        let mut devices =
            [0, 1, 2].map(|_| Self::with(Ring::from_phrase(&phrase), number, relays.to_vec(), now));
        let (blocks, sealed) = (devices[0].blocks.clone(), devices[0].sealed.clone());
        for device in &mut devices {
            (device.blocks, device.sealed, device.has_devices) = (blocks.clone(), sealed.clone(), true);
        }
        devices
    }

    /// Merges what other devices published, as far as the line lets it.
    pub(crate) async fn follow_own(&mut self, line: &Line, dice: &mut Dice, now: u64) {
        for relay in self.relays.clone() {
            if line.loses(dice) {
                continue;
            }
            if let Some(record) = line.relays[relay].record(&self.id).await.unwrap() {
                let seq = self.merge(&record, now);
                self.at.insert(relay, seq);
            }
        }
    }

    /// Merges a root of this person with what is here, as the engine does; returns its sequence.
    fn merge(&mut self, bytes: &Bytes, now: u64) -> u64 {
        let record = root::verify_record(&self.id, bytes, now).unwrap();
        if !self.known.insert(record.root) {
            return record.sequence;
        }
        let block = |cid| self.blocks.get(cid).expect("devices give each other what they have");
        let root = root::open(&self.id, &record, &block(&record.root)).unwrap();
        let profile = signed::open::<Profile>(&block(&root.profile), None).unwrap().object;
        let vault_root = block(&root.vault);
        let buckets: Vec<_> = buckets_of(&vault_root).unwrap().iter().map(block).collect();
        let theirs = Vault::open(&self.ring, (root.vault, &vault_root), &buckets).unwrap();
        let mine = self.newest.take();
        self.write_vault(now);
        self.vault.merge(&theirs);

        let Merged { letterboxes, notes, has_more } = self.merged_letterboxes(&root.letterboxes);
        self.letterboxes = letterboxes;
        let is_renamed = self.changed > profile.time;
        if !is_renamed {
            (self.name, self.changed) = (profile.name, profile.time);
        }
        let is_lower = mine.as_ref().is_some_and(|mine| record.sequence <= mine.tip.seq);
        self.dirty |= has_more || is_renamed || is_lower || !notes.is_empty() || !self.vault.is_sealed();
        self.news.extend(notes);
        let is_replaced = |tip: &Tip| digest_of(&tip.root).is_some_and(|root_| root.prev.contains(&root_));
        self.joined.extend(mine.map(|mine| mine.tip).filter(|tip| !is_replaced(tip)));
        if !self.dirty {
            self.joined.clear();
        }
        self.joined.drain(..self.joined.len().saturating_sub(limits::ROOT_PREV - 1));
        let parts = Parts {
            profile: root.profile,
            letterboxes: root.letterboxes,
            vault: root.vault,
            feed: None,
            successor: None,
        };
        let tip = Tip { seq: record.sequence, root: record.root };
        self.newest = Some(Newest { tip, record: bytes.clone(), parts });
        self.take_in_vault(&theirs, now);
        record.sequence
    }

    fn merged_letterboxes(&self, theirs: &cid::Cid) -> Merged {
        let blocks = self.blocks.0.lock().unwrap();
        let mut map = Map::decode(&blocks[theirs]).unwrap();
        for node in map.nodes.clone() {
            map.take(&node.cid, &blocks[&node.cid]).unwrap();
        }
        let known = self.vault.all::<KnownContact>().filter(|(id, _)| {
            let stance = self.vault.get::<Stance>(id).unwrap_or_default();
            Relation::from_vault(stance, 0, None, Default::default()).is_written_to()
        });
        let readers: Vec<_> = known.filter_map(|(_, known)| known.recipient).collect();
        let theirs = Letterboxes::restore(&self.ring, &readers, &self.links, *theirs, &map, &blocks).unwrap();
        self.letterboxes.merge(&self.ring, theirs, &readers, &self.links, &blocks)
    }

    /// Brings everything here to what the merged vault says.
    fn take_in_vault(&mut self, theirs: &Vault, now: u64) {
        self.relations.clear();
        let mut before = std::mem::take(&mut self.contacts);
        for (id, stance) in self.vault.all::<Stance>().collect::<Vec<_>>() {
            let decided = self.vault.at::<Stance>(&id).map_or(0, |at| at.ms);
            self.relations.insert(id, Relation::from_vault(stance, decided, None, Default::default()));
            if !stance.is_decided() {
                continue;
            }
            let known = self.vault.get::<KnownContact>(&id).expect("people who are added are known");
            let mut contact =
                before.remove(&id).unwrap_or_else(|| Contact::new(id, Vec::new(), 0, known.added));
            contact.apply_known(known, now);
            self.contacts.insert(id, contact);
        }
        let mut forks = Vec::new();
        for (id, their) in theirs.all::<OwnShare>() {
            let their = self.revision(&their);
            self.known.insert(their.header);
            let mine = self.own.get(&id).filter(|mine| Self::are_forks(mine, &their));
            forks.extend(mine.map(|mine| (mine.clone(), their)));
        }
        self.own = self.vault.all::<OwnShare>().map(|(id, own)| (id, self.revision(&own))).collect();
        for (mine, their) in forks {
            self.join(mine, &their, now);
        }
        self.write_vault(now);
    }

    /// A share as the device kept it that sealed this header.
    fn revision(&self, own: &OwnShare) -> Own {
        self.sealed.lock().unwrap()[&own.header].clone()
    }

    /// What was decided about somebody.
    pub(crate) fn decision(&self, id: &Id) -> Decision {
        self.relations.get(id).map_or(Decision::None, Relation::decision)
    }

    /// Whether no contact ever looked like two people for long.
    pub(crate) fn was_never_warned(&self) -> bool {
        self.contacts.values().all(|contact| contact.warning.is_none() && contact.fork.is_none())
    }

    /// What a page shows of this device: names, people, shares. A removal leaves a row at the device that made it, which
    /// shows nowhere.
    pub(crate) fn shown(&self) -> impl PartialEq + std::fmt::Debug {
        let decided = self.relations.iter().map(|(id, it)| (*id, it.decision()));
        let people: Vec<_> = decided.filter(|(_, decision)| *decision != Decision::None).collect();
        let contacts: Vec<_> = self.contacts.keys().copied().collect();
        let shares: Vec<_> =
            self.own.iter().map(|(id, own)| (*id, own.rev, own.header, own.recipients.clone())).collect();
        (self.name.clone(), people, contacts, shares, self.newest.as_ref().map(|newest| newest.tip))
    }
}
