//! Stores blocks in the background while they are read. No reader waits for a transaction, and a transaction stores
//! many blocks.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use bytes::Bytes;
use cid::Cid;

use super::{BATCH_BLOCKS, BATCH_BYTES, BlockStore, Durability, StoreError};
use crate::platform;

/// Blocks that wait to be stored. It is for blocks that can be fetched again: if the store is full, they are skipped.
///
/// At most [`BATCH_BYTES`] wait. A caller with more waits for room.
pub struct WriteBehind {
    store: Rc<dyn BlockStore>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// The blocks that are not stored yet, and the sum of their sizes.
    waiting: HashMap<Cid, Bytes>,
    bytes: usize,
    /// Those that are in no transaction yet.
    next: Vec<Cid>,
    is_storing: bool,
    /// Why the last transaction failed, if no caller knows it yet.
    failure: Option<StoreError>,
    wakers: Vec<Waker>,
}

impl WriteBehind {
    /// Makes an empty queue for `store`.
    pub fn new(store: Rc<dyn BlockStore>) -> Rc<Self> {
        Rc::new(Self { store, state: RefCell::default() })
    }

    /// Returns the bytes of a block that is stored or queued.
    pub async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        let waiting = self.state.borrow().waiting.get(cid).cloned();
        if waiting.is_some() { Ok(waiting) } else { self.store.block(cid).await }
    }

    /// Queues a block, whose bytes the caller has checked against `cid`. Fails if a transaction failed since the last
    /// call.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the block is not queued. Queued blocks are stored even if nobody reads any more.
    pub async fn put(self: &Rc<Self>, cid: Cid, block: Bytes) -> Result<(), StoreError> {
        self.room_for(block.len()).await;
        let mut state = self.state.borrow_mut();
        if let Some(why) = state.failure.take() {
            return Err(why);
        }
        let len = block.len();
        if state.waiting.insert(cid, block).is_none() {
            state.bytes += len;
            state.next.push(cid);
        }
        if !state.is_storing {
            state.is_storing = true;
            platform::spawn(Rc::clone(self).store_all());
        }
        Ok(())
    }

    async fn room_for(&self, len: usize) {
        poll_fn(|cx| {
            let mut state = self.state.borrow_mut();
            if state.bytes == 0 || state.bytes + len <= BATCH_BYTES {
                return Poll::Ready(());
            }
            state.wakers.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    async fn store_all(self: Rc<Self>) {
        while let Some(blocks) = self.next() {
            let cids: Vec<_> = blocks.iter().map(|(cid, _)| *cid).collect();
            let committed = self.store.put(blocks, Durability::Relaxed).await;
            let mut state = self.state.borrow_mut();
            for cid in cids {
                state.bytes -= state.waiting.remove(&cid).map_or(0, |block| block.len());
            }
            if let Err(why) = committed {
                tracing::debug!(%why, "what was read is not stored");
                if why != StoreError::Quota {
                    state.failure = Some(why);
                }
            }
            state.wakers.drain(..).for_each(Waker::wake);
        }
    }

    /// Takes the blocks of the next transaction, if there are any.
    fn next(&self) -> Option<Vec<(Cid, Bytes)>> {
        let mut state = self.state.borrow_mut();
        let many = state.next.len().min(BATCH_BLOCKS);
        let cids: Vec<_> = state.next.drain(..many).collect();
        let blocks = cids.into_iter().filter_map(|cid| Some((cid, state.waiting.get(&cid)?.clone())));
        let blocks: Vec<_> = blocks.collect();
        state.is_storing = !blocks.is_empty();
        state.is_storing.then_some(blocks)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::task::{LocalSet, yield_now};

    use super::*;
    use crate::format::{RAW, cid_of};
    use crate::store::Databases as _;
    use crate::store::memory::Disk;

    fn block(number: u8, len: usize) -> (Cid, Bytes) {
        let bytes = Bytes::from(vec![number; len]);
        (cid_of(RAW, &bytes), bytes)
    }

    async fn behind(disk: Disk) -> (Rc<dyn BlockStore>, Rc<WriteBehind>) {
        let store = crate::store::blocks_of(disk.lead().open("behind").await.unwrap());
        (store.clone(), WriteBehind::new(store))
    }

    #[tokio::test]
    async fn what_is_taken_in_is_there_at_once_and_stored_soon() {
        let stored = async {
            let (store, behind) = behind(Disk::new()).await;
            let blocks: Vec<_> = (0..10).map(|number| block(number, 100)).collect();
            for (cid, bytes) in &blocks {
                behind.put(*cid, bytes.clone()).await.unwrap();
                assert_eq!(behind.block(cid).await.unwrap().as_ref(), Some(bytes));
                assert_eq!(store.block(cid).await.unwrap(), None);
            }
            drop(behind);
            for (cid, bytes) in blocks {
                while store.block(&cid).await.unwrap().is_none() {
                    yield_now().await;
                }
                assert_eq!(store.block(&cid).await.unwrap(), Some(bytes));
            }
        };
        LocalSet::new().run_until(stored).await;
    }

    #[tokio::test]
    async fn who_brings_more_than_may_wait_waits_for_room() {
        let stored = async {
            let (_, behind) = behind(Disk::new()).await;
            let [(first, bytes), (second, more)] = [block(1, BATCH_BYTES), block(2, 1)];
            behind.put(first, bytes).await.unwrap();
            assert!(behind.put(second, more.clone()).now_or_never().is_none());
            behind.put(second, more).await.unwrap();
        };
        LocalSet::new().run_until(stored).await;
    }

    #[tokio::test]
    async fn a_full_store_is_no_failure_and_a_broken_one_is_told_to_who_comes_next() {
        let told = async {
            let (_, behind) = behind(Disk::with_quota(10)).await;
            for number in 0..3 {
                let (cid, bytes) = block(number, BATCH_BYTES);
                behind.put(cid, bytes).await.unwrap();
            }
            let (_, behind) = self::behind(Disk::with_power_for(0)).await;
            let (cid, bytes) = block(0, BATCH_BYTES);
            behind.put(cid, bytes.clone()).await.unwrap();
            assert_eq!(behind.put(cid, bytes).await, Err(StoreError::Closed));
        };
        LocalSet::new().run_until(told).await;
    }
}
