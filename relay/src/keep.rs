//! The relay's part in `/spinney/keep/1`.

use std::sync::Arc;

use async_trait::async_trait;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    keys::{Id, device},
    net::keep::{Allowance, Backend, Block, Pinned, Refusal},
    platform,
};

use crate::{
    Config,
    counters::Counters,
    store::{self, Store},
};

/// Keeps blocks for those who are admitted.
pub(crate) struct Keep {
    pub(crate) config: Arc<Config>,
    pub(crate) store: Store,
    pub(crate) counters: Arc<Counters>,
}

#[async_trait]
impl Backend for Keep {
    type Owner = Id;

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Id, Allowance), Refusal> {
        let id = device::check(certificate, &peer.to_bytes(), platform::now_ms());
        let id = id.map_err(|_| Refusal::BadCertificate)?;
        if !self.config.admits(&id) {
            return Err(Refusal::NotAdmitted);
        }
        let used = self.store.used(&id).await.map_err(refusal)?;
        Ok((id, Allowance { used, quota: self.config.quota }))
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        self.store.have(cids).await.map_err(refusal)
    }

    async fn store(&self, owner: &Id, blocks: Vec<Block>) -> Result<(), Refusal> {
        let (count, bytes) = (blocks.len(), blocks.iter().map(|block| block.bytes().len()).sum::<usize>());
        self.store.take_in(owner, blocks).await.map_err(refusal)?;
        self.counters.keep_blocks.add(count as u64);
        self.counters.keep_bytes.add(bytes as u64);
        Ok(())
    }

    async fn pin(&self, owner: &Id, cid: &Cid, until: Option<u64>) -> Result<Pinned, Refusal> {
        let pinned = self.store.pin(owner, cid, until).await.map_err(refusal)?;
        if pinned == Pinned::Kept {
            self.counters.pins.add(1);
        }
        Ok(pinned)
    }

    async fn unpin(&self, owner: &Id, cid: &Cid) -> Result<(), Refusal> {
        self.store.unpin(owner, cid).await.map_err(refusal)
    }

    async fn pins(&self, owner: &Id, after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        self.store.pins(owner, after).await.map_err(refusal)
    }
}

/// What fails here is for our log, without saying for whom.
fn refusal(error: store::Error) -> Refusal {
    match error {
        store::Error::Refused(refusal) => refusal,
        error => {
            tracing::error!(%error, "blocks cannot be kept");
            Refusal::Unavailable
        }
    }
}
