//! Somebody who publishes, and a profile that syncs with them without a socket.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::{self, LocalBoxStream};

use libp2p::PeerId;

use crate::crypto::sign::SigningKey;
use crate::engine::mocked::{Gate, MockedProfile, Neighbours, profile_of, recipient, relay, ring};
use crate::engine::network::{BlockSource, Known, RecordSource};
use crate::engine::state::State;
use crate::format::note::{Note, Says};
use crate::keys::{Id, Ring};
use crate::net::{
    CallError, ConnectError, Distance, FetchError, Provider, Rank, RelayAddr, UnmetRelay, WatchUpdate,
    records,
};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::publication::{Contents, Publication};
use crate::social::relation::Relation;
use crate::store::memory::Disk;

use super::handle::{Args, Sync};

/// Somebody who publishes at one relay. Their blocks are given once the gate is open.
pub(super) struct Author {
    pub(super) ring: Ring,
    publication: RefCell<Publication>,
    blocks: RefCell<BTreeMap<Cid, Bytes>>,
    gate: Gate,
    record: RefCell<Option<Bytes>>,
    /// Where they are being watched.
    watched: Rc<RefCell<Vec<Provider>>>,
}

/// A watch, which is noticed for as long as it is held.
struct Noticed {
    watched: Rc<RefCell<Vec<Provider>>>,
    provider: Provider,
}

impl Drop for Noticed {
    fn drop(&mut self) {
        self.watched.borrow_mut().retain(|provider| *provider != self.provider);
    }
}

impl Author {
    pub(super) fn gated(seed: u8) -> Rc<Self> {
        let (publication, blocks, record, watched) = Default::default();
        Rc::new(Self { ring: ring(seed), publication, blocks, gate: Gate::closed(), record, watched })
    }

    pub(super) fn open_gate(&self) {
        self.gate.open();
    }

    /// Whether a relay of theirs, or else a device, is being watched.
    pub(super) fn is_watched_at(&self, device: bool) -> bool {
        self.watched.borrow().iter().any(|provider| matches!(provider, Provider::Device { .. }) == device)
    }

    /// Whether a block was asked for.
    pub(super) fn is_wanted(&self) -> bool {
        self.gate.is_reached()
    }

    /// What was published last.
    pub(super) fn published(&self) -> Publication {
        self.publication.borrow().clone()
    }

    /// Goes on as another device of theirs that knows of nothing after this.
    pub(super) fn go_on_from(&self, publication: Publication) {
        self.publication.replace(publication);
    }

    /// Publishes a root with a letterbox for `reader`, in which these notes are new.
    pub(super) fn publish(&self, name: &str, reader: &Ring, says: impl IntoIterator<Item = Says>) {
        let now = platform::now_ms();
        let profile = profile_of(&self.ring, name);
        let device = SigningKey::from_bytes(&[9; 32]).verifying_key();
        let contents = Contents {
            ring: &self.ring,
            device: &device,
            now,
            profile: &profile,
            readers: vec![recipient(reader)],
            notes: says.into_iter().map(|says| (reader.id(), Note { time: now, says })).collect(),
            links: Vec::new(),
            successor: None,
            posts: Vec::new(),
        };
        let composed = self.publication.take().compose(contents, |_| ()).expect("parts made here fit");
        let newest = composed.publication.newest.as_ref().expect("there is a root");
        *self.record.borrow_mut() = Some(newest.record.to_vec().into());
        self.blocks.borrow_mut().extend(composed.blocks);
        self.publication.replace(composed.publication);
    }
}

/// The network between one author and the profile.
#[derive(Clone)]
struct Network(Rc<Author>);

#[async_trait(?Send)]
impl BlockSource for Network {
    async fn fetch_from(&self, cid: Cid, from: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        self.0.gate.pass().await;
        let block = self.0.blocks.borrow().get(&cid).cloned().ok_or(FetchError::NotFound)?;
        Ok((block, from.peer()))
    }

    fn rank(&self, _: &Provider) -> Rank {
        Rank { strikes: 0, distance: Distance::Connected }
    }
}

#[async_trait(?Send)]
impl RecordSource for Network {
    async fn get_record(&self, _: &RelayAddr, _: Id) -> Result<Option<Bytes>, CallError<records::Refusal>> {
        Ok(self.0.record.borrow().clone())
    }

    fn watch(&self, provider: Provider, _: Known) -> LocalBoxStream<'static, WatchUpdate> {
        self.0.watched.borrow_mut().push(provider.clone());
        let noticed = Noticed { watched: self.0.watched.clone(), provider };
        let (id, record) = (self.0.ring.id(), self.0.record.borrow().clone());
        let record = record.map(|record| WatchUpdate::Record { id, record });
        let updates = stream::iter(record.into_iter().chain([WatchUpdate::Current]));
        let held = move |update| {
            let _held = &noticed;
            update
        };
        updates.chain(stream::pending()).map(held).boxed_local()
    }

    async fn meet(&self, _: &UnmetRelay) -> Result<RelayAddr, ConnectError> {
        Err(ConnectError::Unreachable)
    }
}

/// A profile that has one contact, and syncs with them.
pub(super) struct Syncing {
    pub(super) sync: Sync,
    pub(super) state: State,
    /// Asks for somebody's newest record again.
    pub(super) wanted: mpsc::Sender<Id>,
}

impl Syncing {
    /// The profile of the first person, over a store that lets others run in between.
    pub(super) async fn with_contact(seed: u64, author: &Rc<Author>, relation: Relation) -> Self {
        let network = Rc::new(Network(author.clone()));
        let neighbours =
            Neighbours { blocks: network.clone(), records: network.clone(), ..Neighbours::default() };
        let profile = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        let sync = Sync::new(Args {
            ring: profile.ring,
            state: profile.state.clone(),
            directory: profile.directory,
            fetchers: profile.fetchers,
            records: network,
            shares: profile.shares,
            contacts: profile.contacts,
            introductions: profile.introductions,
            keeping: profile.keeping,
            wanted: profile.wanted_ids,
            fork_patience: Duration::from_millis(20),
            tasks: profile.tasks,
        });
        let id = author.ring.id();
        let added = profile.state.update(move |tx| {
            tx.contacts.insert(id, Contact::new(id, vec![relay()], 0, platform::now_ms()));
            tx.relations.insert(id, relation);
            Ok(())
        });
        added.await.expect("there is room");
        Self { sync, state: profile.state, wanted: profile.wanted }
    }

    /// The row of a contact.
    pub(super) fn contact(&self, id: &Id) -> Option<Contact> {
        self.state.read(|tables| tables.contacts.get(id).cloned())
    }
}
