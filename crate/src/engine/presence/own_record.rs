//! My newest record, for devices of contacts that are online: they watch it as they watch a relay.
//!
//! What one of us publishes the other hears at once, also while no relay can be reached.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;
use libp2p::PeerId;

use crate::engine::directory::{Directory, devices_of};
use crate::engine::state::Tables;
use crate::keys::Id;
use crate::net::Provider;
use crate::net::records::{Backend, Change, Refusal};
use crate::social::contact::Contact;
use crate::social::publication::Newest;

/// Devices of contacts that are watched at once, those last heard of first: a relay carries 32 circuits for each
/// device, and some of them are for fetching.
const MAX_WATCHED: usize = 24;

/// Devices served at once: every one that may watch us too, and one more of each.
pub(super) const MAX_SERVED: usize = 2 * MAX_WATCHED;

/// Roots that are remembered as those of this engine: more than are on their way to a relay and back.
const MAX_ROOTS: usize = 256;

/// My newest record, for the devices of contacts.
#[derive(Clone)]
pub(in crate::engine) struct OwnRecord(Arc<Mutex<Shelf>>);

struct Shelf {
    id: Id,
    newest: Option<(u64, Bytes)>,
    /// The newest roots of this engine, the newest last.
    roots: VecDeque<Cid>,
    watchers: Vec<mpsc::Sender<Change>>,
}

impl OwnRecord {
    pub(in crate::engine) fn new(id: Id) -> Self {
        Self(Arc::new(Mutex::new(Shelf { id, newest: None, roots: VecDeque::new(), watchers: Vec::new() })))
    }

    /// Tells everybody who watches, unless it is what stands there.
    pub(in crate::engine) fn set(&self, published: &Newest) {
        let mut shelf = self.shelf();
        let newest = Some((published.seq, Bytes::from(published.record.to_vec())));
        if shelf.newest == newest {
            return;
        }
        if shelf.roots.len() == MAX_ROOTS {
            shelf.roots.pop_front();
        }
        shelf.roots.push_back(published.root);
        shelf.newest = newest;
        // Where there is no room, an earlier ring waits to be heard, which will see the same.
        shelf.watchers.retain_mut(|watcher| {
            let _ = watcher.try_send(Change::Missed);
            !watcher.is_closed()
        });
    }

    /// Whether this engine published a root. Another device of mine published what it did not.
    pub(in crate::engine) fn is_of_this_device(&self, root: &Cid) -> bool {
        self.shelf().roots.contains(root)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().expect("nothing panics while it holds the lock")
    }
}

#[async_trait]
impl Backend for OwnRecord {
    async fn put(&self, _: PeerId, _: Id, _: Bytes, _: Option<u64>) -> Result<(), Refusal> {
        Err(Refusal::NotAdmitted)
    }

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal> {
        let shelf = self.shelf();
        Ok(shelf.newest.clone().filter(|_| id == shelf.id))
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal> {
        let shelf = self.shelf();
        let is_newer = |(id, known): &&(Id, u64)| {
            *id == shelf.id && shelf.newest.as_ref().is_some_and(|(seq, _)| known < seq)
        };
        Ok(known.iter().filter(is_newer).map(|(id, _)| *id).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let (watcher, changes) = mpsc::channel(0);
        self.shelf().watchers.push(watcher);
        changes.boxed()
    }
}

/// Devices of contacts that may be online, as sources of records: device by device, those last heard of first.
pub(in crate::engine) fn online_contacts(tables: &Tables, directory: &Directory) -> Vec<(Provider, Id)> {
    let added = tables.contacts.values().filter(|contact| tables.is_written_to(&contact.id));
    let mut contacts: Vec<&Contact> = added.collect();
    contacts.sort_by_key(|contact| std::cmp::Reverse(contact.head.map(|head| head.time)));
    let devices = contacts.into_iter().flat_map(|contact| {
        // A device listens through each of its relays; one that works is enough.
        let relay = directory.relays_of(contact).into_iter().next();
        devices_of(contact)
            .filter_map(move |device| Some((Provider::Device { device, relay: relay.clone()? }, contact.id)))
    });
    devices.take(MAX_WATCHED).collect()
}
