//! Shares of one's own: made, given to others, taken from some, withdrawn, given by link.

use std::cell::RefCell;
use std::collections::BTreeSet;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use spinney::crypto::block::Key;
use spinney::dag::{self, manifest};
use spinney::format::digest_of;
use spinney::format::header::{Header, ShareKey};
use spinney::format::keep::Wanted;
use spinney::format::link::Link;
use spinney::format::manifest::Kind;
use spinney::format::node::Pointer;
use spinney::format::note::{Note, Says};
use spinney::format::secret::CodeSecret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::keys::Id;
use spinney::keys::link::PasswordKey;
use spinney::platform;
use spinney::social::audience::{Change, Present};
use spinney::social::link::{OpenedLink, OwnLink};
use spinney::social::share::{self, Recipient};
use spinney::social::vault::OwnShare;
use spinney::store::StoreError;

use super::Person;
use crate::relays::address;

/// A share of one's own, as its author keeps it.
#[derive(Clone)]
pub(crate) struct Own {
    pub(crate) rev: u64,
    pub(crate) header: Cid,
    inner: InnerId,
    kind: Kind,
    key: ShareKey,
    pub(crate) recipients: Vec<Id>,
    /// Who was taken off.
    former: BTreeSet<Id>,
    /// Headers of the revisions that it follows.
    seen: BTreeSet<Cid>,
    title: String,
    files: Vec<manifest::NewFile>,
    manifest: Pointer,
}

impl Own {
    /// What the vault keeps of it.
    pub(super) fn kept(&self) -> OwnShare {
        OwnShare {
            share: self.inner,
            rev: self.rev,
            header: self.header,
            key: self.key.clone(),
            recipients: self.recipients.clone(),
            former: self.former.iter().copied().collect(),
            since: 0,
            keepers: Vec::new(),
            from: None,
        }
    }

    /// What keepers are told of it.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            block: digest_of(&self.header).expect("a header has a digest"),
            size: self.files.iter().map(|file| file.size).sum(),
            fetch: Some(self.key.fetch_key()),
        }
    }

    fn told(&self) -> Says {
        Says::Share { share: self.inner, rev: self.rev, header: self.header, keepers: Vec::new() }
    }
}

impl Person {
    pub(crate) async fn share(
        &mut self,
        title: &str,
        files: &[Vec<u8>],
        recipients: Vec<Id>,
        now: u64,
    ) -> ShareId {
        let mut own = self.cut(title, files, Kind::Contacts, now).await;
        own.recipients = recipients;
        self.seal(own, now)
    }

    /// Makes a share by link that ends at a time, if one is given, and with a password unless that is empty.
    pub(crate) async fn share_by_link(
        &mut self,
        title: &str,
        files: &[Vec<u8>],
        password: &str,
        until: Option<u64>,
        now: u64,
    ) -> (ShareId, Link) {
        let own = self.cut(title, files, Kind::Link, now).await;
        let seq_anywhere = self.at.values().copied().max().unwrap_or_default();
        let secret = CodeSecret::from_bytes(platform::random());
        let password = PasswordKey::derive(&secret, password).unwrap();
        let link = OwnLink::new(secret, password, until, seq_anywhere, now);
        let given = link.given(&self.id, self.relays.iter().copied().map(address).collect());
        self.links.keep(ShareId::new(self.id.as_bytes(), own.inner), link);
        (self.seal(own, now), given)
    }

    async fn cut(&mut self, title: &str, files: &[Vec<u8>], kind: Kind, now: u64) -> Own {
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
        Own {
            inner: InnerId(platform::random()),
            rev: 0,
            kind,
            key: share::new_key(),
            recipients: Vec::new(),
            former: BTreeSet::new(),
            seen: BTreeSet::new(),
            header: Cid::default(),
            title: title.into(),
            manifest: Pointer { cid: Cid::default(), key: Key::from_bytes([0; 32]) },
            files: files.collect(),
        }
    }

    fn seal(&mut self, mut own: Own, now: u64) -> ShareId {
        self.seal_manifest(&mut own);
        self.seal_header(&mut own, now);
        let id = ShareId::new(self.id.as_bytes(), own.inner);
        self.own.insert(id, own);
        id
    }

    /// Makes the next revision of a share where `wanted` asks for one.
    pub(crate) fn change_audience(
        &mut self,
        id: &ShareId,
        wanted: impl FnOnce(&Present<'_>) -> Option<Change>,
        now: u64,
    ) {
        let own = &self.own[id];
        let present = Present { rev: own.rev, readers: &own.recipients };
        let Some(change) = wanted(&present) else { return };
        // A person who is no contact any more is left out.
        let known = self.known();
        let reachable: Vec<_> = change.readers.into_iter().filter(|reader| known.contains(reader)).collect();
        let change = present.renew(&reachable);
        let mut own = self.own.remove(id).expect("it was just there");
        let gone: Vec<_> = own.recipients.iter().filter(|id| !change.readers.contains(id)).copied().collect();
        own.former.extend(gone);
        own.former.retain(|id| !change.readers.contains(id));
        (own.rev, own.recipients) = (change.rev, change.readers);
        if change.new_key {
            own.key = share::new_key();
            self.seal_manifest(&mut own);
        }
        self.seal_header(&mut own, now);
        self.own.insert(*id, own);
    }

    pub(crate) fn withdraw(&mut self, id: &ShareId, now: u64) {
        let own = self.own.remove(id).expect("it is withdrawn once");
        self.tell(own.recipients, &Says::Gone { share: own.inner, rev: None }, now);
    }

    /// Whether a share has a link that is good.
    pub(crate) fn has_link(&self, id: &ShareId) -> bool {
        self.links.get(id).is_some()
    }

    /// Switches a link off. What it led to stays with its author alone.
    pub(crate) fn switch_off(&mut self, id: &ShareId) {
        self.links.switch_off(id);
        self.own.remove(id);
        self.dirty = true;
    }

    /// Switches off those links whose time is over.
    pub(crate) fn end_links(&mut self, now: u64) {
        self.links.ended(now).iter().for_each(|id| self.switch_off(id));
    }

    pub(crate) fn has_opened(&self, id: &ShareId) -> bool {
        self.opened.contains_key(id)
    }

    /// Remembers a link that led to a share.
    pub(crate) fn keep_opened(&mut self, id: ShareId, link: OpenedLink) {
        self.opened.insert(id, link);
        self.dirty = true;
    }

    /// What the letterboxes of links say: by now a relay has all that they tell of.
    pub(super) fn notes_of_links(&self) -> Vec<(ShareId, OwnLink, Note)> {
        let notes = self
            .links
            .iter()
            .map(|(id, link)| (*id, link.clone(), Note { time: link.created, says: self.own[id].told() }));
        notes.collect()
    }

    /// Whether two revisions were made by devices of which neither knew of the other's.
    pub(super) fn are_forks(one: &Own, other: &Own) -> bool {
        one.header != other.header && !one.seen.contains(&other.header) && !other.seen.contains(&one.header)
    }

    /// Makes one revision of two that were made at the same time. Who was taken off by either is off.
    pub(super) fn join(&mut self, one: Own, other: &Own, now: u64) {
        let id = ShareId::new(self.id.as_bytes(), one.inner);
        let mut own = one;
        own.rev = own.rev.max(other.rev) + 1;
        own.former.extend(&other.former);
        own.seen.extend(&other.seen);
        own.seen.insert(other.header);
        let all: BTreeSet<Id> = own.recipients.iter().chain(&other.recipients).copied().collect();
        own.recipients = all.difference(&own.former).copied().collect();
        own.key = share::new_key();
        self.seal_manifest(&mut own);
        self.seal_header(&mut own, now);
        self.own.insert(id, own);
    }

    fn seal_manifest(&mut self, own: &mut Own) {
        let mut writer = manifest::Writer::new(own.key.manifest_secret(), dag::CHUNK);
        for file in &own.files {
            writer.push(file.clone()).unwrap();
        }
        let (pointer, blocks) = writer.finish(self.ring.identity(), own.inner, own.kind).unwrap();
        self.blocks.extend(blocks);
        own.manifest = pointer;
    }

    fn seal_header(&mut self, own: &mut Own, now: u64) {
        let header = Header {
            share: own.inner,
            rev: own.rev,
            kind: own.kind,
            created: now,
            title: own.title.clone(),
            note: String::new(),
            manifest: own.manifest.clone(),
            adds: None,
            answers: None,
            album: None,
            more: None,
            cover: None,
            order: None,
            until: None,
            extra: Default::default(),
        };
        let recipients: Vec<Recipient> =
            self.readers().filter(|reader| own.recipients.contains(&reader.id)).collect();
        let sealed = match self.links.get(&ShareId::new(self.id.as_bytes(), own.inner)) {
            Some(link) => share::seal_for_link(&self.ring, &own.key, &header, link),
            None => share::seal(&self.ring, &own.key, &header, &recipients),
        };
        let sealed = sealed.unwrap();
        self.blocks.insert(sealed.cid, sealed.block);
        if own.rev > 0 {
            own.seen.insert(own.header);
        }
        own.header = sealed.cid;
        self.known.insert(own.header);
        self.sealed.lock().unwrap().insert(own.header, own.clone());
        self.tell(own.recipients.clone(), &own.told(), now);
    }

    pub(super) fn tell(&mut self, readers: impl IntoIterator<Item = Id>, says: &Says, now: u64) {
        self.news.extend(readers.into_iter().map(|reader| (reader, Note { time: now, says: says.clone() })));
        self.dirty = true;
    }
}

#[derive(Default)]
struct Sink(RefCell<Vec<(Cid, Bytes)>>);

#[async_trait(?Send)]
impl dag::Sink for Sink {
    async fn commit(&self, batch: Vec<dag::SealedChunk>) -> Result<(), StoreError> {
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
