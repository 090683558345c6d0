//! Somebody with one device: what the engine does with `social`, `format` and `dag`, without a network.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use serde_bytes::ByteBuf;
use spinney::crypto::block::Key;
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::dag::{self, Fetch, FetchError, manifest};
use spinney::format::header::{Header, ShareKey};
use spinney::format::manifest::Kind;
use spinney::format::map::Map;
use spinney::format::node::Pointer;
use spinney::format::note::{Note, Says};
use spinney::format::profile::{Kem, Profile};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{DAG_CBOR, cid_of, signed};
use spinney::keys::{Id, KEM_EPOCH, Phrase, Ring, device};
use spinney::net::keep::Block;
use spinney::platform;
use spinney::social::audience::{self, Standing};
use spinney::social::contact::{Contact, Head, Verdict};
use spinney::social::letterbox::{self, Letterboxes, Pages as _};
use spinney::social::root::{self, Parts, Tip};
use spinney::social::share::{self, Recipient};
use spinney::social::vault::{KnownContact, Only, OwnShare, Settings, Vault};
use spinney::store::StoreError;
use spinney_relay::store::Store;

use crate::dice::Dice;
use crate::line::{Answer, Line, Message};

/// A share of one's own, as its author keeps it.
pub(crate) struct Own {
    pub(crate) inner: InnerId,
    pub(crate) rev: u64,
    pub(crate) key: ShareKey,
    pub(crate) recipients: BTreeSet<Id>,
    pub(crate) header: Cid,
    title: String,
    files: Vec<manifest::NewFile>,
    manifest: Pointer,
}

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
    pub(crate) contacts: BTreeMap<Id, Contact>,
    pub(crate) own: BTreeMap<ShareId, Own>,
    pub(crate) received: BTreeMap<ShareId, Received>,
    /// The pair secret of each author who left something: what opens slots in their headers.
    pub(crate) pairs: BTreeMap<Id, [u8; 32]>,
    letterboxes: Letterboxes,
    vault: Vault,
    news: Vec<(Id, Note)>,
    introduced: BTreeSet<Id>,
    blocks: BTreeMap<Cid, Bytes>,
    newest: Option<Newest>,
    /// The sequence that each relay has.
    at: BTreeMap<usize, u64>,
    dirty: bool,
}

struct Newest {
    tip: Tip,
    record: Bytes,
    parts: Parts,
}

/// Relays that there are.
pub(crate) const RELAYS: usize = 3;

/// The address of a relay, as profiles name it.
fn address(relay: usize) -> String {
    format!("/dns4/relay-{relay}.example/tcp/443/wss")
}

fn relay_of(text: &str) -> usize {
    (0..RELAYS).find(|relay| address(*relay) == text).expect("profiles name relays that there are")
}

impl Person {
    pub(crate) fn new(number: usize, relays: Vec<usize>, now: u64) -> Self {
        let ring = Ring::from_phrase(&Phrase::generate());
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
            own: BTreeMap::new(),
            received: BTreeMap::new(),
            pairs: BTreeMap::new(),
            letterboxes: Letterboxes::default(),
            vault: Vault::default(),
            news: Vec::new(),
            introduced: BTreeSet::new(),
            blocks: BTreeMap::new(),
            newest: None,
            at: BTreeMap::new(),
            dirty: true,
        }
    }

    /// Every public key of this person and their device.
    pub(crate) fn public(&self) -> [[u8; 32]; 3] {
        [*self.id.as_bytes(), self.ring.label().public(), *self.device.as_bytes()]
    }

    /// Adds somebody by their invite.
    pub(crate) fn add(&mut self, id: Id, relays: &[usize], now: u64) {
        let hints = relays.iter().copied().map(address).collect();
        self.contacts.entry(id).or_insert_with(|| Contact::new(id, hints, 0, now));
        self.dirty = true;
    }

    pub(crate) fn relays(&self) -> &[usize] {
        &self.relays
    }

    pub(crate) fn rename(&mut self, name: String, now: u64) {
        (self.name, self.changed, self.dirty) = (name, now, true);
    }

    /// Contacts to whom something can be given.
    pub(crate) fn known(&self) -> Vec<Id> {
        self.contacts.values().filter(|contact| contact.recipient().is_some()).map(|c| c.id).collect()
    }

    pub(crate) async fn share(
        &mut self,
        title: &str,
        files: &[Vec<u8>],
        recipients: BTreeSet<Id>,
        now: u64,
    ) -> ShareId {
        let sink = Sink::default();
        let sources: Vec<_> = files.iter().map(|bytes| InMemory(Bytes::copy_from_slice(bytes))).collect();
        let sources = sources.iter().map(|source| dag::File { source, known: Vec::new() });
        let chunks = dag::write(sources.collect(), self.ring.chunk_secret(), &sink).await.unwrap();
        self.blocks.extend(sink.0.into_inner());
        let files = chunks.into_iter().zip(files).enumerate().map(|(number, (chunks, bytes))| {
            let path = format!("{number:03}.jpg");
            let (size, media_type) = (bytes.len() as u64, "image/jpeg".into());
            manifest::NewFile { path, size, media_type, modified: Some(now), preview: None, chunks }
        });
        let mut own = Own {
            inner: InnerId(platform::random()),
            rev: 0,
            key: share::new_key(),
            recipients,
            header: Cid::default(),
            title: title.into(),
            manifest: Pointer { cid: Cid::default(), key: Key::from_bytes([0; 32]) },
            files: files.collect(),
        };
        self.seal_manifest(&mut own);
        self.seal_header(&mut own, now);
        let id = ShareId::new(self.id.as_bytes(), own.inner);
        self.own.insert(id, own);
        id
    }

    /// Gives a share to others too: the key stays.
    pub(crate) fn give(&mut self, id: &ShareId, more: &[Id], now: u64) {
        let mut own = self.own.remove(id).unwrap();
        own.rev += 1;
        own.recipients.extend(more);
        self.seal_header(&mut own, now);
        self.own.insert(*id, own);
    }

    /// Gives a share to somebody no longer: a new key, and the manifest sealed anew.
    pub(crate) fn take_from(&mut self, id: &ShareId, one: &Id, now: u64) {
        let mut own = self.own.remove(id).unwrap();
        own.rev += 1;
        own.recipients.remove(one);
        own.key = share::new_key();
        self.seal_manifest(&mut own);
        self.seal_header(&mut own, now);
        self.own.insert(*id, own);
    }

    pub(crate) fn withdraw(&mut self, id: &ShareId, now: u64) {
        let own = self.own.remove(id).unwrap();
        self.tell(&own.recipients, &Says::Gone { share: own.inner, rev: None }, now);
    }

    fn seal_manifest(&mut self, own: &mut Own) {
        let mut writer = manifest::Writer::new(own.key.manifest_secret(), dag::CHUNK);
        for file in &own.files {
            writer.push(file.clone()).unwrap();
        }
        let (pointer, blocks) = writer.finish(self.ring.identity(), own.inner, Kind::Contacts).unwrap();
        self.blocks.extend(blocks);
        own.manifest = pointer;
    }

    fn seal_header(&mut self, own: &mut Own, now: u64) {
        let header = Header {
            share: own.inner,
            rev: own.rev,
            kind: Kind::Contacts,
            created: now,
            title: own.title.clone(),
            note: String::new(),
            manifest: own.manifest.clone(),
            extra: Default::default(),
        };
        let recipients = own.recipients.iter().filter_map(|id| self.contacts.get(id)?.recipient());
        let recipients: Vec<Recipient> = recipients.collect();
        let sealed = share::seal(&self.ring, &own.key, &header, &recipients).unwrap();
        self.blocks.insert(sealed.cid, sealed.block);
        own.header = sealed.cid;
        let says = Says::Share { share: own.inner, rev: own.rev, header: own.header, keepers: Vec::new() };
        self.tell(&own.recipients.clone(), &says, now);
    }

    fn tell(&mut self, readers: &BTreeSet<Id>, says: &Says, now: u64) {
        self.news.extend(readers.iter().map(|reader| (*reader, Note { time: now, says: says.clone() })));
        self.dirty = true;
    }

    /// Makes a new root where anything that hangs from it changed.
    fn compose(&mut self, now: u64) {
        if !self.dirty {
            return;
        }
        self.write_vault(now);
        let readers: Vec<_> = self.contacts.values().filter_map(Contact::recipient).collect();
        let strangers: BTreeSet<Id> =
            readers.iter().map(|reader| reader.id).filter(|id| self.introduced.insert(*id)).collect();
        let certificates = vec![self.certificate.clone()];
        self.tell(&strangers, &Says::Devices { certificates }, now);
        let news: Vec<_> = self
            .news
            .drain(..)
            .filter(|(id, _)| readers.iter().any(|r| r.id == *id) || self.letterboxes.get(id).is_some())
            .collect();
        let profile = signed::sign(self.ring.identity(), &self.profile()).unwrap();
        let profile_cid = cid_of(DAG_CBOR, &profile);
        self.blocks.insert(profile_cid, profile.into());
        let written = self.letterboxes.write(&self.ring, &readers, &[], &news).unwrap();
        let sealed = self.vault.seal(&self.ring).unwrap();
        let parts = Parts { profile: profile_cid, letterboxes: written.map, vault: sealed.root, feed: None };
        self.blocks.extend(written.blocks);
        self.blocks.extend(sealed.blocks);
        self.dirty = false;
        if self.newest.as_ref().is_some_and(|newest| newest.parts == parts) {
            return;
        }
        let tips: Vec<_> = self.newest.iter().map(|newest| newest.tip).collect();
        let next = root::next(&self.ring, &tips, now, parts).unwrap();
        self.blocks.insert(next.cid, next.block);
        let tip = Tip { seq: next.seq, root: next.cid };
        self.newest = Some(Newest { tip, record: next.record, parts });
    }

    fn write_vault(&mut self, now: u64) {
        let device = *self.device.as_bytes();
        let settings = Settings { heir: [7; 32], words_confirmed: true, receipts: false, relay_only: false };
        self.vault.set(&Only, Some(&settings), now, &device);
        let gone: Vec<_> = self.vault.all::<KnownContact>().map(|(id, _)| id).collect();
        for id in gone.iter().filter(|id| !self.contacts.contains_key(id)) {
            self.vault.set::<KnownContact>(id, None, now, &device);
        }
        for contact in self.contacts.values() {
            let known = contact.known();
            let before = self.vault.get::<KnownContact>(&contact.id);
            if before.is_none_or(|before| KnownContact { seq: known.seq, ..before } != known) {
                self.vault.set(&contact.id, Some(&known), now, &device);
            }
        }
        let gone: Vec<_> = self.vault.all::<OwnShare>().map(|(id, _)| id).collect();
        for id in gone.iter().filter(|id| !self.own.contains_key(id)) {
            self.vault.set::<OwnShare>(id, None, now, &device);
        }
        for (id, own) in &self.own {
            let recipients = own.recipients.iter().copied().collect();
            let Own { inner: share, rev, header, ref key, .. } = *own;
            let kept = OwnShare {
                share,
                rev,
                header,
                key: key.clone(),
                recipients,
                since: 0,
                keepers: Vec::new(),
                from: None,
            };
            self.vault.set(id, Some(&kept), now, &device);
        }
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

    /// Pushes what is new to each own relay, as far as the line lets it.
    pub(crate) async fn publish(&mut self, line: &mut Line, dice: &mut Dice, now: u64) {
        for relay in self.relays.clone() {
            // Whoever is cut off begins again the next time.
            let _ = self.publish_to(relay, line, dice, now).await;
        }
    }

    /// `None` if it was cut off on the way.
    async fn publish_to(&mut self, relay: usize, line: &mut Line, dice: &mut Dice, now: u64) -> Option<()> {
        let seq = self.newest.as_ref().map(|newest| newest.tip.seq);
        if !self.dirty && self.at.get(&relay).copied() == seq {
            return Some(());
        }
        let headers: Vec<_> = self.own.values().map(|own| own.header).collect();
        for header in &headers {
            self.push_and_pin(relay, line, dice, *header).await?;
        }
        self.compose(now);
        let Newest { tip, record, .. } = self.newest.as_ref().unwrap();
        let (tip, record) = (*tip, record.clone());
        self.push_and_pin(relay, line, dice, tip.root).await?;
        let mut replaces = self.at.get(&relay).copied();
        loop {
            let message = Message::Record { record: record.clone(), replaces };
            match line.say(dice, relay, &self.id, message).await? {
                Answer::Conflict(current) if current < tip.seq => replaces = Some(current),
                Answer::Conflict(current) => panic!("{current} stands where {} comes", tip.seq),
                _ => break,
            }
        }
        self.at.insert(relay, tip.seq);
        let pins = line.relays[relay].pins(&self.id, None).await.unwrap();
        for cid in pins.into_iter().filter(|cid| *cid != tip.root && !headers.contains(cid)) {
            line.say(dice, relay, &self.id, Message::Unpin(cid)).await?;
        }
        Some(())
    }

    async fn push_and_pin(&self, relay: usize, line: &mut Line, dice: &mut Dice, cid: Cid) -> Option<()> {
        loop {
            let Answer::Missing(missing) = line.say(dice, relay, &self.id, Message::Pin(cid)).await? else {
                return Some(());
            };
            let blocks = missing.iter().map(|cid| Block::new(*cid, self.blocks[cid].clone()).unwrap());
            line.say(dice, relay, &self.id, Message::Blocks(blocks.collect())).await?;
        }
    }

    /// Takes in whatever contacts published, in any order; says whose shares were new.
    pub(crate) async fn look(&mut self, line: &Line, dice: &mut Dice, now: u64) -> Vec<Id> {
        let mut records = Vec::new();
        for (relay, store) in line.relays.iter().enumerate() {
            let watched = self.contacts.values().filter(|c| c.relays().iter().any(|r| relay_of(r) == relay));
            let known = watched.map(|c| (c.id, c.head.map_or(0, |_| c.seq()))).collect();
            records.extend(store.newer(&known).await.unwrap());
        }
        // Each record twice, and as late or early as chance has it.
        records.extend(records.clone());
        dice.shuffle(&mut records);
        let mut new = Vec::new();
        for stored in records {
            let known = self.received.len();
            if self.take_in(&stored.id, &stored.record, line, dice, now).await.is_some()
                && self.received.len() > known
            {
                new.push(stored.id);
            }
        }
        new
    }

    /// `None` where something could not be had: it is looked at again the next time.
    async fn take_in(
        &mut self,
        id: &Id,
        record: &[u8],
        line: &Line,
        dice: &mut Dice,
        now: u64,
    ) -> Option<()> {
        let record = root::verify_record(id, record).unwrap();
        let mut contact = self.contacts.get(id)?.clone();
        if contact.consider(record.sequence, &record.root) != Verdict::Newer {
            return Some(());
        }
        let stores = contact.relays().iter().map(|address| line.relays[relay_of(address)].clone());
        let relays = Rc::new(Relays(stores.collect()));
        if line.loses(dice) {
            return None;
        }
        let root = root::open(id, &record, &relays.get(&record.root).await?).unwrap();
        let head = Head::of(record.root, &root);
        let profile = relays.get(&head.profile).await?;
        let was_known = contact.recipient();
        contact.apply_profile(head.seq, head.profile, &profile).unwrap();
        self.dirty |= contact.recipient() != was_known;
        if line.loses(dice) {
            return None;
        }
        let map = Map::decode(&relays.get(&head.letterboxes).await?).unwrap();
        let label = contact.recipient().unwrap().label;
        if let Some(newest) = letterbox::find(&self.ring, id, &label, &map) {
            let mut walk = letterbox::Walk::new(&self.ring, *id, contact.reading, newest);
            while let Some(cid) = walk.wanted().next() {
                walk.add(cid, &relays.get(&cid).await?).unwrap();
            }
            if let Some(news) = walk.finish() {
                self.pairs.insert(*id, *news.pair);
                for note in audience::newest(&news.notes) {
                    self.take_in_note(&mut contact, &relays, note, &news.pair, now).await;
                }
                contact.reading = Some(news.reading);
            }
        }
        contact.apply_head(head);
        self.contacts.insert(*id, contact);
        Some(())
    }

    async fn take_in_note(
        &mut self,
        contact: &mut Contact,
        relays: &Rc<Relays>,
        note: &Note,
        pair: &[u8; 32],
        now: u64,
    ) {
        let author = contact.id;
        match &note.says {
            Says::Share { share, header, .. } => {
                let id = ShareId::new(author.as_bytes(), *share);
                // Of a share that was taken from me, or changed since, the header is gone.
                let Some(block) = relays.get(header).await else { return };
                let opened = share::open(&author, pair, &block).unwrap().expect("it was left for me");
                let known = self.received.get(&id).map(|had| Standing { rev: had.rev, is_gone: false });
                if !(Standing { rev: opened.header.rev, is_gone: false }).is_news(known) {
                    return;
                }
                let pointer = &opened.header.manifest;
                let maker = author.verifying_key();
                let reader = dag::Reader::open(relays.clone(), pointer, Some(&maker)).await;
                // Else it changed between the two.
                let Ok(reader) = reader else { return };
                share::check_manifest(&opened, &author, reader.manifest(), &author).unwrap();
                self.received.insert(id, Received { rev: opened.header.rev, header: *header });
            }
            Says::Gone { share, .. } => {
                self.received.remove(&ShareId::new(author.as_bytes(), *share));
            }
            Says::Devices { certificates } => {
                let certificates = certificates.iter().map(|bytes| ByteBuf::from(bytes.to_vec()));
                contact.apply_devices(certificates, now);
            }
            _ => {}
        }
    }
}

/// The relays that somebody names, as where blocks come from.
struct Relays(Vec<Store>);

impl Relays {
    async fn get(&self, cid: &Cid) -> Option<Bytes> {
        for store in &self.0 {
            if let Some(block) = store.block(cid).await.unwrap() {
                return Some(block);
            }
        }
        None
    }
}

#[async_trait(?Send)]
impl Fetch for Relays {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.get(cid).await.ok_or_else(|| FetchError::Unreachable("no relay has it".into()))
    }
}

#[derive(Default)]
struct Sink(RefCell<Vec<(Cid, Bytes)>>);

#[async_trait(?Send)]
impl dag::Sink for Sink {
    async fn commit(&self, batch: Vec<dag::Sealed>) -> Result<(), StoreError> {
        self.0.borrow_mut().extend(batch.into_iter().map(|sealed| (sealed.pointer.cid, sealed.block)));
        Ok(())
    }
}

struct InMemory(Bytes);

#[async_trait(?Send)]
impl dag::Source for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, dag::SourceError> {
        let offset = usize::try_from(offset).expect("it is in memory");
        Ok(self.0.slice(offset..offset + len))
    }
}
