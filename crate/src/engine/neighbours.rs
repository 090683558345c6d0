//! Contacts that are here at the same time: their devices and this one watch each other for their newest records.
//!
//! The watch holds the connection, hence a contact is online for as long as both are here; and what one publishes
//! the other hears at once, whatever becomes of the relays.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;
use libp2p::PeerId;

use crate::keys::Id;
use crate::net::Provider;
use crate::net::records::{self, Backend, Change, Refusal};
use crate::net::streams::Accepted;
use crate::social::contact::Contact;

use super::Error;
use super::network::devices_of;
use super::session::Session;

/// Devices of contacts that are watched at once, those last heard of first: a relay carries 32 circuits for each
/// device, and some of them are for fetching.
const MAX_WATCHED: usize = 24;

/// Devices served at once: every one that may watch us too, and one more of each.
const MAX_SERVED: usize = 2 * MAX_WATCHED;

/// My newest record, for the devices of contacts.
#[derive(Clone)]
pub(super) struct OwnRecord(Arc<Mutex<Shelf>>);

struct Shelf {
    id: Id,
    newest: Option<(u64, Bytes)>,
    watchers: Vec<mpsc::Sender<Change>>,
}

impl OwnRecord {
    pub(super) fn new(id: Id) -> Self {
        Self(Arc::new(Mutex::new(Shelf { id, newest: None, watchers: Vec::new() })))
    }

    /// Tells everybody who watches, unless it is what stands there.
    pub(super) fn set(&self, seq: u64, record: Bytes) {
        let mut shelf = self.shelf();
        let newest = Some((seq, record));
        if shelf.newest == newest {
            return;
        }
        shelf.newest = newest;
        // Where there is no room, an earlier ring waits to be heard, which will see the same.
        shelf.watchers.retain_mut(|watcher| {
            let _ = watcher.try_send(Change::Missed);
            !watcher.is_closed()
        });
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

    async fn get(&self, id: Id) -> Result<Option<Bytes>, Refusal> {
        let shelf = self.shelf();
        Ok(shelf.newest.clone().filter(|_| id == shelf.id).map(|(_, record)| record))
    }

    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<(Id, u64, Bytes)>, Refusal> {
        let shelf = self.shelf();
        let newest =
            shelf.newest.clone().filter(|(seq, _)| known.get(&shelf.id).is_some_and(|known| known < seq));
        Ok(newest.into_iter().map(|(seq, record)| (shelf.id, seq, record)).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let (watcher, changes) = mpsc::channel(0);
        self.shelf().watchers.push(watcher);
        changes.boxed()
    }
}

/// Serves my newest record to the devices of contacts, to as many at once as [`MAX_SERVED`].
pub(super) fn start(session: &Rc<Session>) -> Result<(), Error> {
    let accepted = session.net.streams().accept(records::PROTOCOL).map_err(Error::bug)?;
    let serving = session.clone();
    session.spawn(accepted.for_each_concurrent(MAX_SERVED, move |Accepted { peer, stream, .. }| {
        let session = serving.clone();
        async move {
            // Whoever is no contact learns nothing, not even that this is somebody's device.
            if session.state.borrow().contact_with(&peer).is_none() {
                return;
            }
            if let Err(why) = records::serve(stream, peer, &session.own_record).await {
                tracing::debug!(%peer, %why, "a contact's watch ended");
            }
        }
    }));
    session.spawn(tell_neighbours(session.clone()));
    Ok(())
}

/// While no relay can be told of what is new, tells those who are here.
async fn tell_neighbours(session: Rc<Session>) {
    let mut news = session.publish.listener();
    loop {
        let is_due = !session.online.any_relay() && session.is_anybody_here();
        if is_due && let Err(why) = session.announce_unkept().await {
            tracing::debug!(%why, "neighbours are not told");
        }
        news.rung().await;
    }
}

impl Session {
    /// Whoever of my contacts may be here, as somebody to watch: device by device, those last heard of first.
    pub(super) fn neighbours(&self) -> Vec<(Provider, Id)> {
        let state = self.state.borrow();
        let added = state.contacts.values().filter(|contact| state.people.is_written_to(&contact.id));
        let mut contacts: Vec<&Contact> = added.collect();
        contacts.sort_by_key(|contact| std::cmp::Reverse(contact.head.map(|head| head.time)));
        let devices = contacts.into_iter().flat_map(|contact| {
            // A device listens through each of its relays; one that works is enough.
            let relay = self.relays_of(contact).into_iter().next();
            devices_of(contact).filter_map(move |device| {
                Some((Provider::Device { device, relay: relay.clone()? }, contact.id))
            })
        });
        devices.take(MAX_WATCHED).collect()
    }
}
