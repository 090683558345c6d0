//! One device of somebody: what the engine does with `social`, `format` and `dag`, without a network.

mod follow;
mod keeping;
mod merge;
mod publish;
mod shares;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cid::Cid;
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::format::note::{Note, Says};
use spinney::format::profile::{Kem, Profile};
use spinney::format::share_id::ShareId;
use spinney::format::{DAG_CBOR, cid_of, signed};
use spinney::keys::{Id, KEM_EPOCH, Phrase, Ring, device};
use spinney::platform;
use spinney::social::contact::Contact;
use spinney::social::letterbox::{Letterboxes, LinkNote};
use spinney::social::link::{Links, OpenedLink};
use spinney::social::relation::{Decision, Relation};
use spinney::social::root::{self, Parts, Tip};
use spinney::social::share::Recipient;
use spinney::social::vault::{Entry, Heir, KnownContact, Only, Vault, WordsConfirmed};

use crate::relays::address;

pub(crate) use keeping::Keeping;
pub(crate) use shares::Own;

/// A share that was received, and how its author's slots are opened.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) rev: u64,
    pub(crate) header: Cid,
}

pub(crate) struct Person {
    pub(crate) id: Id,
    pub(crate) ring: Ring,
    device: VerifyingKey,
    certificate: Bytes,
    name: String,
    changed: u64,
    relays: Vec<usize>,
    contacts: BTreeMap<Id, Contact>,
    relations: BTreeMap<Id, Relation>,
    pub(crate) own: BTreeMap<ShareId, Own>,
    pub(crate) received: BTreeMap<ShareId, Received>,
    /// The pair secret of each author who left something: what opens slots in their headers.
    pub(crate) pairs: BTreeMap<Id, [u8; 32]>,
    /// Links given out, and links of others that were opened.
    links: Links,
    opened: BTreeMap<ShareId, OpenedLink>,
    pub(crate) keeping: Keeping,
    letterboxes: Letterboxes,
    vault: Vault,
    news: Vec<(Id, Note)>,
    introduced: BTreeSet<Id>,
    blocks: Blocks,
    /// Every revision of a share that any device of theirs made, by its header.
    sealed: Arc<Mutex<BTreeMap<Cid, Own>>>,
    newest: Option<Newest>,
    /// Roots of this device beside which another one published the newest.
    joined: Vec<Tip>,
    /// Roots and headers of theirs that this device knows, or knew.
    known: BTreeSet<Cid>,
    /// The sequence that each relay has.
    at: BTreeMap<usize, u64>,
    /// Headers of which a relay has everything.
    kept: BTreeSet<(usize, Cid)>,
    dirty: bool,
    /// Whether there are other devices of theirs.
    has_devices: bool,
}

/// The blocks of one person: devices of theirs that are connected give them to each other.
#[derive(Clone, Default)]
struct Blocks(Arc<Mutex<BTreeMap<Cid, Bytes>>>);

impl Blocks {
    fn insert(&self, cid: Cid, block: Bytes) {
        self.0.lock().unwrap().insert(cid, block);
    }

    fn extend(&self, blocks: impl IntoIterator<Item = (Cid, Bytes)>) {
        self.0.lock().unwrap().extend(blocks);
    }

    fn get(&self, cid: &Cid) -> Option<Bytes> {
        self.0.lock().unwrap().get(cid).cloned()
    }
}

#[derive(Clone)]
struct Newest {
    tip: Tip,
    record: Bytes,
    parts: Parts,
}

impl Person {
    pub(crate) fn new(number: usize, relays: Vec<usize>, now: u64) -> Self {
        Self::with(Ring::from_phrase(&Phrase::generate()), number, relays, now)
    }

    fn with(ring: Ring, number: usize, relays: Vec<usize>, now: u64) -> Self {
        let device = SigningKey::from_bytes(&platform::random()).verifying_key();
        Self {
            id: ring.id(),
            certificate: device::issue(&ring, &device, now).into(),
            ring,
            device,
            name: format!("Somebody {number}"),
            changed: now,
            relays,
            contacts: BTreeMap::new(),
            relations: BTreeMap::new(),
            own: BTreeMap::new(),
            received: BTreeMap::new(),
            pairs: BTreeMap::new(),
            links: Links::default(),
            opened: BTreeMap::new(),
            keeping: Keeping::default(),
            letterboxes: Letterboxes::default(),
            vault: Vault::default(),
            news: Vec::new(),
            introduced: BTreeSet::new(),
            blocks: Blocks::default(),
            sealed: Arc::default(),
            newest: None,
            joined: Vec::new(),
            known: BTreeSet::new(),
            at: BTreeMap::new(),
            kept: BTreeSet::new(),
            dirty: true,
            has_devices: false,
        }
    }

    /// Every public key of this person and this device.
    pub(crate) fn public(&self) -> Vec<[u8; 32]> {
        vec![*self.id.as_bytes(), self.ring.label().public(), *self.device.as_bytes()]
    }

    /// Adds somebody by their invite.
    pub(crate) fn add(&mut self, id: Id, relays: &[usize], now: u64) {
        let hints = relays.iter().copied().map(address).collect();
        self.contacts.entry(id).or_insert_with(|| Contact::new(id, hints, 0, now));
        self.relations.entry(id).or_default().decide(Decision::Added, None, now);
        self.dirty = true;
    }

    /// Removes a contact.
    pub(crate) fn remove(&mut self, id: &Id, now: u64) {
        let relation = self.relations.get_mut(id).expect("they were added");
        relation.decide(Decision::None, None, now);
        if relation.is_forgettable(now) {
            self.relations.remove(id);
        }
        self.contacts.remove(id);
        self.dirty = true;
    }

    /// Blocks a contact, whose keys stay known.
    pub(crate) fn block(&mut self, id: &Id, now: u64) {
        self.relations.entry(*id).or_default().decide(Decision::Blocked, None, now);
        self.dirty = true;
    }

    /// Notes in the vault what was decided until now.
    pub(crate) fn note(&mut self, now: u64) {
        self.write_vault(now);
    }

    pub(crate) fn relays(&self) -> &[usize] {
        &self.relays
    }

    pub(crate) fn rename(&mut self, name: String, now: u64) {
        (self.name, self.changed, self.dirty) = (name, now, true);
    }

    /// Contacts to whom something can be given.
    pub(crate) fn known(&self) -> Vec<Id> {
        self.readers().map(|reader| reader.id).collect()
    }

    /// Those of them who have a letterbox already.
    pub(crate) fn introduced(&self) -> Vec<Id> {
        self.known().into_iter().filter(|id| self.introduced.contains(id)).collect()
    }

    /// Whether the records of somebody are looked at.
    pub(crate) fn follows(&self, id: &Id) -> bool {
        self.relations.get(id).is_some_and(Relation::is_watched)
    }

    fn readers(&self) -> impl Iterator<Item = Recipient> {
        let is_written_to = |id: &Id| self.relations.get(id).is_some_and(Relation::is_written_to);
        self.contacts
            .values()
            .filter(move |contact| is_written_to(&contact.id))
            .filter_map(Contact::recipient)
    }

    /// Makes a new root where anything that hangs from it changed.
    fn compose(&mut self, now: u64) {
        if !self.dirty {
            return;
        }
        self.write_vault(now);
        let readers: Vec<_> = self.readers().collect();
        let strangers: Vec<Id> =
            readers.iter().map(|reader| reader.id).filter(|id| self.introduced.insert(*id)).collect();
        let certificates = vec![self.certificate.clone()];
        self.tell(strangers, &Says::Devices { certificates, removed: None }, now);
        // The letterbox of a person who was removed or blocked stays without news.
        let is_reader = |id: &Id| readers.iter().any(|reader| reader.id == *id);
        let news: Vec<_> = self.news.drain(..).filter(|(id, _)| is_reader(id)).collect();
        let profile = signed::sign(self.ring.identity(), &self.profile()).unwrap();
        let profile_cid = cid_of(DAG_CBOR, &profile);
        self.blocks.insert(profile_cid, profile.into());
        let notes = self.notes_of_links();
        let posted: Vec<_> = notes
            .iter()
            .map(|(share, link, note)| LinkNote { share: *share, link, note: Some(note) })
            .collect();
        let written = self.letterboxes.write(&self.ring, &readers, &posted, &news).unwrap();
        let sealed = self.vault.seal(&self.ring).unwrap();
        let (letterboxes, vault) = (written.map, sealed.root);
        let parts = Parts { profile: profile_cid, letterboxes, vault, feed: None, successor: None };
        self.blocks.extend(written.blocks);
        self.blocks.extend(sealed.blocks);
        self.dirty = false;
        if self.joined.is_empty() && self.newest.as_ref().is_some_and(|newest| newest.parts == parts) {
            return;
        }
        let tips: Vec<_> = self.newest.iter().map(|newest| newest.tip).chain(self.joined.drain(..)).collect();
        let next = root::next(&self.ring, &tips, now, parts).unwrap();
        self.blocks.insert(next.cid, next.block);
        let tip = Tip { seq: next.seq, root: next.cid };
        self.known.insert(tip.root);
        self.newest = Some(Newest { tip, record: next.record, parts });
    }

    fn write_vault(&mut self, now: u64) {
        let device = *self.device.as_bytes();
        self.vault.set(&Only, Some(&Heir([7; 32])), now, &device);
        self.vault.set(&Only, Some(&WordsConfirmed(true)), now, &device);
        let known = self.contacts.values().map(|contact| {
            let known = contact.known();
            // A sequence alone is no reason to publish.
            let before = self.vault.get::<KnownContact>(&contact.id);
            let before = before.filter(|before| KnownContact { seq: known.seq, ..before.clone() } == known);
            (contact.id, before.unwrap_or(known))
        });
        let known: BTreeMap<_, _> = known.collect();
        let own: BTreeMap<_, _> = self.own.iter().map(|(id, own)| (*id, own.kept())).collect();
        let stances: BTreeMap<_, _> = self
            .relations
            .iter()
            .map(|(id, relation)| (*id, relation.stance(self.contacts.contains_key(id))))
            .collect();
        bring(&mut self.vault, &known, now, &device);
        for (id, stance) in &stances {
            let decided = self.relations[id].decided();
            self.vault.set(id, Some(stance), decided, &device);
        }
        bring(&mut self.vault, self.links.iter(), now, &device);
        bring(&mut self.vault, &self.opened, now, &device);
        bring(&mut self.vault, &own, now, &device);
    }

    fn profile(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            bio: None,
            avatar: None,
            kem: Kem { epoch: KEM_EPOCH, key: self.ring.kem(KEM_EPOCH).public() },
            label: self.ring.label().public(),
            relays: self.relays.iter().copied().map(address).collect(),
            heir: [7; 32],
            predecessor: None,
            time: self.changed,
            extra: Default::default(),
        }
    }
}

/// Has the vault hold exactly these of their kind.
fn bring<'a, T: Entry + 'a>(
    vault: &mut Vault,
    entries: impl IntoIterator<Item = (&'a T::Name, &'a T)>,
    now: u64,
    device: &[u8; 32],
) where
    T::Name: Ord + 'a,
{
    let entries: BTreeMap<_, _> = entries.into_iter().collect();
    let gone: Vec<_> =
        vault.all::<T>().map(|(name, _)| name).filter(|name| !entries.contains_key(name)).collect();
    for name in gone {
        vault.set::<T>(&name, None, now, device);
    }
    for (name, entry) in entries {
        vault.set(name, Some(entry), now, device);
    }
}
