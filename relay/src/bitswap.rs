//! What the relay serves by Bitswap: every block that it keeps, to anybody who can name it.

use std::sync::Arc;

use bytes::Bytes;
use libp2p::PeerId;
use spinney::{format::Cid, net::bitswap::Blocks};

use crate::{counters::Counters, store::Store, tap::Tap};

/// The blocks of the store, counted as they are served.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) store: Store,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tap: Tap,
}

impl Blocks for Kept {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        // What is kept is public or sealed: whoever knows its name may have it.
        true
    }

    async fn has(&self, cid: Cid) -> bool {
        match self.store.have(&[cid]).await {
            Ok(have) => have == [true],
            Err(error) => {
                tracing::warn!(%error, "a block could not be looked up");
                false
            }
        }
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        let block = self.store.block(&cid).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a block could not be read");
            None
        })?;
        self.counters.bitswap_blocks.add(1);
        self.counters.bitswap_bytes.add(block.len() as u64);
        if let Err(error) = self.tap.copy(&block) {
            tracing::error!(%error, "the tap failed");
        }
        Some(block)
    }
}
