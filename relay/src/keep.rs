//! Serves `/spinney/keep/1`.

use std::sync::Arc;

use async_trait::async_trait;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    keys::{
        Id,
        device::{self, DeviceError},
    },
    net::keep::{Allowance, Backend, Block, PinOutcome, Refusal},
    platform,
};

use crate::{
    admission::Policy,
    metrics::Metrics,
    store::{self, Blobs, Pins},
};

/// Stores blocks for admitted identities.
pub(crate) struct Service {
    pub(crate) policy: Policy,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) pins: Arc<dyn Pins>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Service {
    /// Refuses an identity that is not admitted, also in a session that began while it was.
    async fn check(&self, id: &Id) -> Result<(), Refusal> {
        if self.policy.admits(id).await.map_err(refusal)? { Ok(()) } else { Err(Refusal::NotAdmitted) }
    }
}

#[async_trait]
impl Backend for Service {
    type Owner = Id;

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Id, Allowance), Refusal> {
        let now = platform::now_ms();
        let id = device::check(certificate, &peer.to_bytes(), now)
            .map_err(|why| Refusal::BadCertificate { now: (why == DeviceError::NotNow).then_some(now) })?;
        self.check(&id).await?;
        let allowance = self.pins.allowance(&id).await.map_err(refusal)?;
        Ok((id, Allowance { now: Some(now), ..allowance }))
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        self.blobs.have(cids).await.map_err(refusal)
    }

    async fn store(&self, owner: &Id, blocks: Vec<Block>) -> Result<(), Refusal> {
        self.check(owner).await?;
        let (count, bytes) = (blocks.len(), blocks.iter().map(|block| block.bytes().len()).sum::<usize>());
        self.pins.push(owner, blocks).await.map_err(refusal)?;
        self.metrics.keep_blocks.add(count as u64);
        self.metrics.keep_bytes.add(bytes as u64);
        Ok(())
    }

    async fn pin(&self, owner: &Id, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal> {
        self.check(owner).await?;
        let pinned = self.pins.pin(owner, cid, until).await.map_err(refusal)?;
        if pinned == PinOutcome::Kept {
            self.metrics.pins.add(1);
        }
        Ok(pinned)
    }

    async fn unpin(&self, owner: &Id, cid: &Cid) -> Result<(), Refusal> {
        self.pins.unpin(owner, cid).await.map_err(refusal)
    }

    async fn pins(&self, owner: &Id, after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        self.pins.pins(owner, after).await.map_err(refusal)
    }
}

/// Passes on a refusal; logs any other error without the identity, because logs name nobody.
fn refusal(error: store::Error) -> Refusal {
    match error {
        store::Error::Refused(refusal) => refusal,
        error => {
            tracing::error!(%error, "blocks cannot be kept");
            Refusal::Unavailable
        }
    }
}
