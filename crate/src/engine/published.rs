//! What hangs from my root: kept as it was last published, and made anew where something changed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::format::device::Certificate;
use crate::format::note::{Note, Says};
use crate::format::profile::{Kem, Profile};
use crate::format::share_id::ShareId;
use crate::format::{DAG_CBOR, Value, cid_of, feed, signed};
use crate::keys::{Id, KEM_EPOCH, device};
use crate::net::RelayAddr;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::feed::Feed;
use crate::social::letterbox::Letterboxes;
use crate::social::root::{self, Parts, Tip};
use crate::social::vault::{Hidden, KnownContact, Only, OwnShare, Settings, Vault};
use crate::store::{Table, Write};

use super::Error;
use super::kept::{Content, Kept};
use super::links::posted;
use super::people;
use super::session::{PUBLISHED, Session, State};

/// What was last published, as its row keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Published {
    newest: Option<Newest>,
    pub(super) letterboxes: Letterboxes,
    pub(super) vault: Vault,
    #[serde(default)]
    pub(super) feed: Feed,
    /// Notes that stand on no page yet, encoded.
    news: Vec<(Id, ByteBuf)>,
    /// Entries that stand on no page of the feed yet, encoded.
    #[serde(default)]
    posts: Vec<ByteBuf>,
    /// Whether something of it may have changed since the newest root.
    pub(super) dirty: bool,
    /// How many changes of the state it has taken in.
    #[serde(default)]
    changes: u64,
    /// The sequence that each relay has, by PeerId.
    at: BTreeMap<String, u64>,
    /// Those of them that lack the record as it was renewed since.
    #[serde(default)]
    stale: BTreeSet<String>,
    /// The certificate of this device, and whom it was shown.
    certificate: Option<ByteBuf>,
    introduced: BTreeSet<Id>,
}

/// The newest root and its record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Newest {
    pub(super) seq: u64,
    pub(super) root: Cid,
    pub(super) record: ByteBuf,
    pub(super) parts: [Cid; 3],
    #[serde(default)]
    pub(super) feed: Option<Cid>,
}

impl Published {
    /// What was last published, when so many changes have been made by now.
    pub(super) fn after(self, changes: u64) -> Self {
        Self { dirty: self.dirty || self.changes < changes, ..self }
    }

    pub(super) fn newest(&self) -> Option<Newest> {
        self.newest.clone()
    }

    pub(super) fn root(&self) -> Option<Cid> {
        self.newest.as_ref().map(|newest| newest.root)
    }

    /// The sequence of the newest root, 0 before the first.
    pub(super) fn seq(&self) -> u64 {
        self.newest.as_ref().map_or(0, |newest| newest.seq)
    }

    /// The highest sequence that a relay has, which others can find while this tab is closed; 0 before the first.
    pub(super) fn seq_anywhere(&self) -> u64 {
        self.at.values().copied().max().unwrap_or_default()
    }

    /// The sequence that a relay has, as far as it is known.
    pub(super) fn seq_at(&self, relay: &RelayAddr) -> Option<u64> {
        self.at.get(&relay.peer().to_string()).copied()
    }

    pub(super) fn set_seq_at(&mut self, relay: &RelayAddr, seq: u64) {
        let relay = relay.peer().to_string();
        self.stale.remove(&relay);
        self.at.insert(relay, seq);
    }

    /// Whether a relay has the newest record.
    pub(super) fn has_record(&self, relay: &RelayAddr) -> bool {
        self.seq_at(relay) == Some(self.seq()) && !self.stale.contains(&relay.peer().to_string())
    }

    /// Whether any relay has a root of mine.
    pub(super) fn is_anywhere(&self) -> bool {
        !self.at.is_empty()
    }

    /// Whether a relay has everything that there is to publish.
    pub(super) fn is_current_at(&self, relay: &RelayAddr) -> bool {
        !self.dirty && self.newest.is_some() && self.has_record(relay)
    }

    /// Tells its recipients of a share, or everybody, who verify this `object`.
    pub(super) fn announce(&mut self, share: &Kept, object: Option<Bytes>) {
        if let Some(object) = object {
            return self.post(feed::Says::Share { object, keepers: Vec::new() });
        }
        let keepers = share.maker.iter().flat_map(|maker| maker.relays.clone()).collect();
        let says = Says::Share { share: share.inner(), rev: share.rev, header: share.block(), keepers };
        self.tell(&share.recipients, &says);
    }

    /// Tells whoever was told of a share that it is gone.
    pub(super) fn take_back(&mut self, share: &Kept) {
        match share.content {
            Content::Public { .. } => self.post(feed::Says::Gone(share.id())),
            Content::Sealed { .. } => {
                // What was passed on may be passed on again.
                let rev = share.maker.as_ref().map(|_| share.rev);
                self.tell(&share.recipients, &Says::Gone { share: share.inner(), rev });
            }
        }
    }

    /// Puts an entry onto the feed.
    fn post(&mut self, says: feed::Says) {
        let entry = feed::Entry { time: platform::now_ms(), says };
        self.posts.push(ByteBuf::from(entry.to_bytes()));
        self.dirty = true;
    }

    /// Leaves a note for each of these contacts.
    pub(super) fn tell(&mut self, contacts: &[Id], says: &Says) {
        let note = Note { time: platform::now_ms(), says: says.clone() }.to_bytes();
        self.news.extend(contacts.iter().map(|contact| (*contact, ByteBuf::from(note.clone()))));
        self.dirty = true;
    }

    /// What comes back from a relay after everything but the words was lost.
    pub(super) fn restored(
        newest: Newest,
        letterboxes: Letterboxes,
        vault: Vault,
        feed: Feed,
        kept_by: &[String],
    ) -> Self {
        let at = kept_by.iter().map(|relay| (relay.clone(), newest.seq)).collect();
        Self { newest: Some(newest), letterboxes, vault, feed, dirty: true, at, ..Self::default() }
    }
}

/// What comes after the present state.
struct Composed {
    next: Published,
    /// The blocks that are new in it.
    blocks: Vec<(Cid, Bytes)>,
    /// How many of the news and posts it has taken.
    taken: [usize; 2],
}

impl Session {
    pub(super) fn put_published(&self, write: &mut Write, published: &Published) {
        self.rows.put(write, Table::State, PUBLISHED, published);
    }

    /// Makes a new root if anything that hangs from it changed, and stores it before anybody else sees it.
    pub(super) async fn compose(self: &Rc<Self>) -> Result<(), Error> {
        let _one_at_a_time = self.composing.lock().await;
        let (Composed { next, blocks, taken }, changes) = {
            let state = self.state.borrow();
            if state.published.newest.is_some() && !state.published.dirty {
                return Ok(());
            }
            (self.next_root(&state, platform::now_ms())?, state.changes)
        };
        let cids: Vec<_> = blocks.iter().map(|(cid, _)| *cid).collect();
        let mut write = Write { blocks, ..Write::strict() };
        self.put_published(&mut write, &next);
        let _alone = self.tidying.lock().await;
        self.store.commit(write).await?;
        {
            let mut state = self.state.borrow_mut();
            // What was said while this was written stays news.
            let said = state.published.news.split_off(taken[0]);
            let posts = state.published.posts.split_off(taken[1]);
            let at = std::mem::take(&mut state.published.at);
            let dirty = state.changes != changes;
            state.published = Published { dirty, news: said, posts, at, ..next };
        }
        self.own_blocks.learn(&cids);
        self.offer_record();
        Ok(())
    }

    /// Offers my newest record to the devices of contacts, once the blocks below it are served.
    pub(super) fn offer_record(&self) {
        if let Some(newest) = self.state.borrow().published.newest() {
            self.own_record.set(newest.seq, newest.record.into_vec().into());
        }
    }

    /// Signs the record anew where it is older than a week, so that no relay or contact takes it for abandoned.
    pub(super) async fn renew_record(&self) -> Result<(), Error> {
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            let Some(newest) = &mut state.published.newest else { return Ok(()) };
            let Some(renewed) = root::renew(&self.ring, &newest.record, platform::now_ms()) else {
                return Ok(());
            };
            newest.record = ByteBuf::from(renewed.to_vec());
            state.published.stale = state.published.at.keys().cloned().collect();
            self.put_published(&mut write, &state.published);
        }
        Ok(self.store.commit(write).await?)
    }

    /// The next state.
    fn next_root(&self, state: &State, now: u64) -> Result<Composed, Error> {
        let mut next = state.published.clone();
        let taken = [next.news.len(), next.posts.len()];
        self.certify(&mut next, now);
        self.write_vault(state, &mut next.vault, now);
        let added = state.contacts.values().filter(|contact| state.people.is_written_to(&contact.id));
        let readers: Vec<_> = added.filter_map(Contact::recipient).collect();
        let strangers: Vec<_> =
            readers.iter().map(|reader| reader.id).filter(|id| next.introduced.insert(*id)).collect();
        let certificates = next.certificate.iter().map(|bytes| Bytes::from(bytes.to_vec())).collect();
        next.tell(&strangers, &Says::Devices { certificates });
        // The letterbox of whoever was removed or blocked stays without news.
        let reader_ids: BTreeSet<_> = readers.iter().map(|reader| reader.id).collect();
        let is_reader = |id: &Id| reader_ids.contains(id);
        let news: Vec<_> = next
            .news
            .iter()
            .filter(|(reader, _)| is_reader(reader))
            .map(|(reader, note)| Ok((*reader, Note::from_bytes(note)?)))
            .collect::<Result<_, crate::format::DecodeError>>()
            .map_err(Error::bug)?;

        let profile = signed::sign(self.ring.identity(), &self.profile(state)).map_err(Error::bug)?;
        let profile = (cid_of(DAG_CBOR, &profile), Bytes::from(profile));
        let notes = state.notes_of_links();
        let written =
            next.letterboxes.write(&self.ring, &readers, &posted(&notes), &news).map_err(Error::bug)?;
        let sealed = next.vault.seal(&self.ring).map_err(Error::bug)?;
        let posts = next.posts.iter().map(|entry| feed::Entry::from_bytes(entry));
        let posts = posts.collect::<Result<Vec<_>, _>>().map_err(Error::bug)?;
        let feed = next.feed.write(&self.ring, &posts).map_err(Error::bug)?;
        next.news.clear();
        next.posts.clear();
        next.dirty = false;
        next.changes = state.changes;
        let parts =
            Parts { profile: profile.0, letterboxes: written.map, vault: sealed.root, feed: feed.page };
        let parts_now = [parts.profile, parts.letterboxes, parts.vault];
        if next.newest.as_ref().is_some_and(|it| it.parts == parts_now && it.feed == parts.feed) {
            return Ok(Composed { next, blocks: Vec::new(), taken });
        }
        let tips: Vec<_> =
            next.newest.iter().map(|newest| Tip { seq: newest.seq, root: newest.root }).collect();
        let root = root::next(&self.ring, &tips, now, parts).map_err(Error::bug)?;
        let record = ByteBuf::from(root.record.to_vec());
        next.newest =
            Some(Newest { seq: root.seq, root: root.cid, record, parts: parts_now, feed: parts.feed });
        let mut blocks = vec![profile];
        blocks.extend(written.blocks);
        blocks.extend(sealed.blocks);
        blocks.extend(feed.blocks);
        blocks.push((root.cid, root.block));
        Ok(Composed { next, blocks, taken })
    }

    /// What I publish of myself. The same as long as I change nothing.
    fn profile(&self, state: &State) -> Profile {
        let mine = &state.mine;
        Profile {
            name: mine.name.clone(),
            bio: mine.bio.clone(),
            avatar: mine.avatar.as_ref().map(|avatar| Bytes::from(avatar.to_vec())),
            kem: Kem { epoch: KEM_EPOCH, key: self.ring.kem(KEM_EPOCH).public() },
            label: self.ring.label().public(),
            relays: self.relays.iter().take(crate::format::limits::RELAYS).map(ToString::to_string).collect(),
            heir: mine.heir.into_array(),
            predecessor: None,
            time: mine.changed,
            extra: Default::default(),
        }
    }

    /// Renews the certificate of this device where it is due; everybody is shown the new one.
    fn certify(&self, next: &mut Published, now: u64) {
        let known = next.certificate.as_ref().and_then(|bytes| signed::open::<Certificate>(bytes, None).ok());
        if known.is_none_or(|known| device::is_due(&known.object, now)) {
            next.certificate = Some(ByteBuf::from(self.certificate()));
            next.introduced.clear();
        }
    }

    /// Brings the vault to what is so now.
    fn write_vault(&self, state: &State, vault: &mut Vault, now: u64) {
        let device = *self.device_key().as_bytes();
        let settings = Settings {
            heir: state.mine.heir.into_array(),
            words_confirmed: state.mine.words_confirmed,
            receipts: state.mine.receipts,
            relay_only: state.mine.relay_only,
        };
        vault.set(&Only, Some(&settings), now, &device);
        let gone: Vec<_> = vault
            .all::<KnownContact>()
            .map(|(id, _)| id)
            .filter(|id| !state.contacts.contains_key(id))
            .collect();
        for id in gone {
            vault.set::<KnownContact>(&id, None, now, &device);
        }
        for contact in state.contacts.values() {
            let known = contact.known();
            // A sequence alone is no reason to publish: it goes along with the next change.
            let before = vault.get::<KnownContact>(&contact.id);
            if before.is_none_or(|before| KnownContact { seq: known.seq, ..before } != known) {
                vault.set(&contact.id, Some(&known), now, &device);
            }
        }
        state.people.write_vault(vault, now, &device);
        people::bring(vault, state.links.iter(), now, &device);
        people::bring(vault, state.opened.iter(), now, &device);
        let mine = |id: &ShareId| state.shares.get(id).is_some_and(|share: &Kept| self.gives(state, share));
        let gone: Vec<_> = vault.all::<OwnShare>().map(|(id, _)| id).filter(|id| !mine(id)).collect();
        for id in gone {
            vault.set::<OwnShare>(&id, None, now, &device);
        }
        for (id, rev) in &state.hidden {
            vault.set(id, Some(&Hidden { rev: *rev }), now, &device);
        }
        for share in state.shares.values().filter(|share| self.gives(state, share)) {
            if let Some(own) = share.own() {
                vault.set(&share.id(), Some(&own), now, &device);
            }
        }
    }
}
