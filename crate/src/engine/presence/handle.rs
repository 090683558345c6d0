//! The handle to presence, and its tasks.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::{Either, select};
use libp2p::PeerId;
use lru::LruCache;

use crate::engine::Error;
use crate::engine::directory::devices_of;
use crate::engine::state::{Kind, State, Tables};
use crate::engine::tasks::Tasks;
use crate::keys::Id;
use crate::net::streams::IncomingStream;
use crate::net::{self, Net, records, share};
use crate::platform;

use super::own_record::{MAX_SERVED, OwnRecord};
use super::served::ServedBlocks;

/// Devices that are served although their people are no contacts any more: nobody removes more people in one sitting.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Questions for what is kept that are answered at once: each waits a tenth of a second for its answer.
const MAX_ASKING: usize = 64;

/// What presence may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) state: State,
    pub(in crate::engine) net: Net,
    /// What the network tells unasked.
    pub(in crate::engine) events: mpsc::Receiver<net::Event>,
    pub(in crate::engine) own_record: OwnRecord,
    pub(in crate::engine) served: ServedBlocks,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to presence.
#[derive(Clone)]
pub(in crate::engine) struct Presence(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) state: State,
    pub(super) net: Net,
    own_record: OwnRecord,
    blocks: ServedBlocks,
    tasks: Tasks,
    /// Devices that were given my record in this sitting.
    served: RefCell<LruCache<PeerId, ()>>,
}

impl Presence {
    /// Starts to note who is connected.
    pub(in crate::engine) fn new(args: Args) -> Self {
        let Args { state, net, events, own_record, served: blocks, tasks } = args;
        let served = RefCell::new(LruCache::new(REMEMBERED));
        let presence = Self(Rc::new(Inner { state, net, own_record, blocks, tasks, served }));
        presence.0.tasks.spawn(presence.clone().listen(events));
        presence
    }

    /// Starts to give my newest record to the devices of contacts and to my own, and to allow them direct connections.
    pub(in crate::engine) fn start(&self) -> Result<(), Error> {
        let accepted = self.0.net.streams().accept(records::PROTOCOL).map_err(Error::bug)?;
        let presence = self.clone();
        self.0.tasks.spawn(accepted.for_each_concurrent(
            MAX_SERVED,
            move |IncomingStream { peer, stream, .. }| {
                let presence = presence.clone();
                async move {
                    if !presence.is_served(&peer) {
                        return;
                    }
                    let served = pin!(records::serve(stream, peer, &presence.0.own_record));
                    let removed = pin!(presence.is_removed(&peer));
                    if let Either::Left((Err(why), _)) = select(served, removed).await {
                        tracing::debug!(%peer, %why, "a watch of another device ended");
                    }
                }
            },
        ));
        self.0.tasks.spawn(self.clone().allow_direct());
        let asked = self.0.net.streams().accept(share::PROTOCOL).map_err(Error::bug)?;
        let presence = self.clone();
        self.0.tasks.spawn(asked.for_each_concurrent(
            MAX_ASKING,
            move |IncomingStream { peer, stream, .. }| {
                let presence = presence.clone();
                async move {
                    if let Err(why) = share::serve(stream, peer, presence.0.blocks.kept()).await {
                        tracing::debug!(%peer, %why, "a question for what is kept ended");
                    }
                }
            },
        ));
        Ok(())
    }

    /// Waits until a device is one that its person removed.
    async fn is_removed(&self, peer: &PeerId) {
        let state = &self.0.state;
        let mut changes = state.watch(&[Kind::devices, Kind::contacts]);
        while !state.read(|tables| tables.is_removed_peer(peer)) {
            changes.changed().await;
        }
    }

    /// Whether a device is given my newest record, which is public: my own are, those of contacts, and in this sitting
    /// those of people who were contacts. Who was removed or blocked does not see it at that moment. A device that its
    /// own person removed is not.
    ///
    /// Everybody else learns nothing, not even that this is somebody's device.
    fn is_served(&self, peer: &PeerId) -> bool {
        let Inner { state, served, .. } = &*self.0;
        let mut served = served.borrow_mut();
        state.read(|tables| {
            if tables.contact_with(peer).is_some() {
                served.put(*peer, ());
            }
            let is_own = || tables.own_devices().any(|device| device == *peer);
            (served.contains(peer) || is_own()) && !tables.is_removed_peer(peer)
        })
    }

    /// Keeps the list of peers that may learn this device's network address, and whether relays of others may; and of those
    /// that get no block.
    async fn allow_direct(self) {
        let Inner { state, net, blocks, .. } = &*self.0;
        let mut changes = state.watch(&[Kind::contacts, Kind::relations, Kind::account, Kind::devices]);
        loop {
            blocks.refuse(state.read(|tables| tables.removed_peers().collect()));
            let reached = state.read(reached_directly);
            net.allow_visits(reached.is_some()).await;
            match reached {
                Some(peers) => net.allow_direct(peers).await,
                None => net.refuse_direct().await,
            }
            changes.changed().await;
        }
    }

    /// Notes who is connected.
    async fn listen(self, mut events: mpsc::Receiver<net::Event>) {
        while let Some(event) = events.next().await {
            match event {
                net::Event::Relay { relay, connected, .. } => self.relay_changed(relay.peer(), connected),
                net::Event::Peer { peer, path } => self.peer_changed(peer, path.is_some()),
                net::Event::Lagged => self.catch_up().await,
            }
        }
    }

    async fn catch_up(&self) {
        let status = self.0.net.status().await;
        for relay in status.relays {
            self.relay_changed(relay.address.peer(), relay.connected);
        }
        let now: BTreeSet<_> = status.peers.iter().map(|peer| peer.peer).collect();
        let before = self.0.state.live(|live| live.peers.clone());
        before.union(&now).for_each(|peer| self.peer_changed(*peer, now.contains(peer)));
    }

    fn relay_changed(&self, relay: PeerId, connected: bool) {
        let state = &self.0.state;
        state.set_live(|live| match connected {
            true => live.relay_arrives(relay),
            false => drop(live.relays.remove(&relay)),
        });
        if connected {
            state.peers_reached();
        }
        // Those who are to hear of what is new are others now.
        state.publish_soon();
    }

    /// Notes when a device of mine came or went.
    fn see_device(&self, peer: PeerId) {
        let state = self.0.state.background();
        let is_it = |id: &&Id| id.peer_id() == peer.to_bytes();
        let Some(device) = state.read(|tables| tables.devices.keys().find(is_it).copied()) else { return };
        self.0.tasks.spawn(async move {
            let seen = state.update(move |tx| {
                tx.devices_seen.insert(device, platform::now_ms());
                Ok(())
            });
            if let Err(why) = seen.await {
                tracing::debug!(%why, "it is not noted that a device was here");
            }
        });
    }

    fn peer_changed(&self, peer: PeerId, connected: bool) {
        if !connected {
            self.0.blocks.kept().left(&peer);
        }
        let state = &self.0.state;
        let has_changed =
            state.set_live(|live| if connected { live.peers.insert(peer) } else { live.peers.remove(&peer) });
        if has_changed {
            self.see_device(peer);
        }
        if !has_changed || !connected {
            return;
        }
        state.peers_reached();
        let is_known = |tables: &Tables| {
            tables.contact_with(&peer).is_some() || tables.own_devices().any(|device| device == peer)
        };
        if state.read(is_known) {
            // Where no relay can be told, they are.
            state.publish_soon();
        }
    }
}

/// The peers that may learn this device's network address: devices of people whom I added, and mine. `None` where
/// everybody is reached through relays.
fn reached_directly(tables: &Tables) -> Option<HashSet<PeerId>> {
    if tables.account.relay_only {
        return None;
    }
    let added = tables.contacts.values().filter(|contact| tables.is_written_to(&contact.id));
    Some(added.flat_map(devices_of).chain(tables.own_devices()).collect())
}
