//! The handle to the storage: putting blocks, and waiting for room.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::future::select;

use crate::platform;
use crate::store::write_behind::WriteBehind;
use crate::store::{BlockStore, Durability, StoreError};

use crate::engine::Error;
use crate::engine::api::{Event, StorageStatus, TransferId, TransferState, WaitingFor};
use crate::engine::events::Hub;
use crate::engine::progress::Transfers;
use crate::engine::state::{State, Transaction};

use super::pins::{Pins, TempPins};
use super::sealed_blocks::SealedBlocks;

/// How often a full store is tried again: room may come from outside of this page.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What the storage may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) state: State,
    pub(in crate::engine) blocks: Rc<SealedBlocks>,
    pub(in crate::engine) transfers: Transfers,
    pub(in crate::engine) hub: Rc<Hub>,
}

/// Handle to the storage.
#[derive(Clone)]
pub(in crate::engine) struct Storage(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) state: State,
    pub(super) blocks: Rc<dyn BlockStore>,
    sealed: Rc<SealedBlocks>,
    behind: Rc<WriteBehind>,
    transfers: Transfers,
    hub: Rc<Hub>,
    pub(super) pins: Pins,
    /// Held by the collection that runs.
    pub(super) collecting: futures::lock::Mutex<()>,
    /// Notified when there may be room again.
    room: tokio::sync::Notify,
}

impl Storage {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let Args { state, blocks: sealed, transfers, hub } = args;
        let blocks: Rc<dyn BlockStore> = sealed.clone();
        let behind = WriteBehind::new(blocks.clone());
        let (pins, collecting, room) = Default::default();
        Self(Rc::new(Inner { state, blocks, sealed, behind, transfers, hub, pins, collecting, room }))
    }

    /// The blocks that are here.
    pub(in crate::engine) fn blocks(&self) -> &Rc<dyn BlockStore> {
        &self.0.blocks
    }

    /// The bytes of a block that is here, or on its way into the store.
    pub(in crate::engine) async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.behind.block(cid).await?.map(|kept| self.0.sealed.open(cid, kept)))
    }

    /// What is to be kept of a block that somebody else published in clear: this disk is to say nothing of it.
    pub(in crate::engine) fn seal(&self, cid: &Cid, block: &[u8]) -> Bytes {
        self.0.sealed.seal(cid, block)
    }

    /// Keeps a block that can be fetched again, if there is room.
    pub(in crate::engine) async fn cache(&self, cid: Cid, block: Bytes) -> Result<(), StoreError> {
        self.0.pins.until_settled(&[cid]).await;
        match self.0.blocks.put(vec![(cid, block)], Durability::Relaxed).await {
            Err(StoreError::Quota) => Ok(()),
            done => done,
        }
    }

    /// Keeps a block that can be fetched again, behind its reader.
    pub(in crate::engine) async fn cache_behind(&self, cid: Cid, block: Bytes) -> Result<(), StoreError> {
        self.0.behind.put(cid, block).await
    }

    /// Protects blocks from collection for as long as the pins are held.
    pub(in crate::engine) fn pin(&self, cids: impl IntoIterator<Item = Cid>) -> TempPins {
        self.0.pins.pin(cids)
    }

    /// Keeps blocks that no row names yet, and returns when they are durable. Where there is no room, `transfer` waits.
    pub(in crate::engine) async fn put(
        &self,
        transfer: Option<&TransferId>,
        blocks: Vec<(Cid, Bytes)>,
    ) -> Result<TempPins, Error> {
        self.put_as(transfer, blocks, Durability::Strict).await
    }

    /// The same for blocks that can be fetched again.
    pub(in crate::engine) async fn put_fetched(
        &self,
        transfer: Option<&TransferId>,
        blocks: Vec<(Cid, Bytes)>,
    ) -> Result<(), Error> {
        self.put_as(transfer, blocks, Durability::Relaxed).await.map(drop)
    }

    async fn put_as(
        &self,
        transfer: Option<&TransferId>,
        blocks: Vec<(Cid, Bytes)>,
        durability: Durability,
    ) -> Result<TempPins, Error> {
        // Pinned first: what is here already must not go while it is looked at.
        let pins = self.pin_for_put(&blocks).await;
        let needed = blocks.iter().map(|(_, block)| block.len() as u64).sum();
        self.with_room(transfer, needed, || async {
            Ok(self.0.blocks.put(blocks.clone(), durability).await?)
        })
        .await?;
        Ok(pins)
    }

    /// Updates the state with blocks that the update names, as [`State::update_with`] does, as soon as there is room for
    /// them. Meanwhile `transfer` waits.
    ///
    /// `change` may run several times, of which one is committed.
    pub(in crate::engine) async fn update_when_room<T: 'static>(
        &self,
        transfer: Option<&TransferId>,
        blocks: Vec<(Cid, Bytes)>,
        change: impl Fn(&mut Transaction) -> Result<T, Error> + Clone + 'static,
    ) -> Result<T, Error> {
        let _pins = self.pin_for_put(&blocks).await;
        let needed = blocks.iter().map(|(_, block)| block.len() as u64).sum();
        self.with_room(transfer, needed, || self.0.state.update_with(blocks.clone(), change.clone())).await
    }

    /// Protects blocks that are about to be put. Returns when none of them is being discarded: what is put then stays.
    pub(in crate::engine) async fn pin_for_put(&self, blocks: &[(Cid, Bytes)]) -> TempPins {
        let cids: Vec<_> = blocks.iter().map(|(cid, _)| *cid).collect();
        let pins = self.pin(cids.iter().copied());
        self.0.pins.until_settled(&cids).await;
        pins
    }

    /// Tries something until there is room for it: meanwhile the transfer says so, and nothing is lost.
    async fn with_room<T, F: Future<Output = Result<T, Error>>>(
        &self,
        transfer: Option<&TransferId>,
        needed: u64,
        attempt: impl Fn() -> F,
    ) -> Result<T, Error> {
        let inner = &self.0;
        let mut shortage = None;
        loop {
            let room = inner.room.notified();
            match attempt().await {
                Err(Error::Quota) => {
                    let used = inner.blocks.used().await?;
                    shortage.get_or_insert(Shortage { hub: &inner.hub, used }).used = used;
                    inner.hub.emit(&Event::Quota { used, needed: needed.max(1) });
                    if let Some(transfer) = transfer {
                        let waiting = (TransferState::Waiting, Some(WaitingFor::Space));
                        inner.transfers.set_state(transfer, waiting.0, waiting.1);
                    }
                    select(std::pin::pin!(platform::sleep(TRY_AGAIN)), std::pin::pin!(room)).await;
                }
                done => {
                    if let Some(transfer) = transfer.filter(|_| shortage.is_some()) {
                        inner.transfers.set_state(transfer, TransferState::Active, None);
                    }
                    return done;
                }
            }
        }
    }

    /// Lets everybody try again who waits for room.
    pub(in crate::engine) fn room_may_be_free(&self) {
        self.0.room.notify_waiters();
    }

    /// Waits until there may be room again.
    pub(in crate::engine) async fn until_room(&self) {
        let room = self.0.room.notified();
        select(std::pin::pin!(platform::sleep(TRY_AGAIN)), std::pin::pin!(room)).await;
    }

    /// What the profile's store holds.
    pub(in crate::engine) async fn status(&self) -> Result<StorageStatus, Error> {
        let used = self.0.blocks.used().await?;
        let (kept_for_friends, budget_for_friends) = self.0.state.read(|tables| {
            let now = platform::now_ms();
            let rooms = tables.rooms.keys().filter_map(|id| tables.room_of(id, now));
            (tables.kept_bytes().values().sum(), rooms.map(|room| room.bytes).sum())
        });
        Ok(StorageStatus { used, kept_for_friends, budget_for_friends })
    }
}

/// Somebody waits for room. Told as over when they wait no longer, with room or without.
struct Shortage<'a> {
    hub: &'a Hub,
    used: u64,
}

impl Drop for Shortage<'_> {
    fn drop(&mut self) {
        self.hub.emit(&Event::Quota { used: self.used, needed: 0 });
    }
}
