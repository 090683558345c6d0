//! Serves Bitswap: every block of the store, to everybody who knows its CID.

use std::sync::Arc;

use bytes::Bytes;
use libp2p::PeerId;
use spinney::{format::Cid, net::bitswap::Blocks};

use crate::{metrics::Metrics, store::Blobs, tap::Tap};

/// Serves the blocks of the store, and counts them.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tap: Tap,
}

impl Blocks for Service {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        // Every block is public or sealed, so no peer is refused.
        true
    }

    async fn has(&self, cid: Cid) -> bool {
        match self.blobs.have(&[cid]).await {
            Ok(have) => have == [true],
            Err(error) => {
                tracing::warn!(%error, "a block could not be looked up");
                false
            }
        }
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        let block = self.blobs.block(&cid).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a block could not be read");
            None
        })?;
        self.metrics.bitswap_blocks.add(1);
        self.metrics.bitswap_bytes.add(block.len() as u64);
        if let Err(error) = self.tap.copy(&block) {
            tracing::error!(%error, "the tap failed");
        }
        Some(block)
    }
}
