//! Serves `/spinney/keep/1`.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    keys::{
        Id,
        device::{self, DeviceError},
    },
    net::keep::{Allowance, Backend, Block, Loan, PinOutcome, Refusal, Removed, TokenDigest, Weight},
    platform,
};

use crate::{
    admission::Policy,
    limits,
    metrics::Metrics,
    store::{self, Blobs, Pins},
};

/// An identity in one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor {
    pub(crate) id: Id,
    /// The device that asks.
    device: PeerId,
    /// When the session began, in milliseconds since 1970.
    began: i64,
}

/// Stores blocks for admitted identities.
pub(crate) struct Service {
    pub(crate) policy: Policy,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) pins: Arc<dyn Pins>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Service {
    /// Refuses an identity that is not admitted and a device that was removed, also in a session that began before.
    async fn check(&self, Visitor { id, device, .. }: &Visitor) -> Result<(), Refusal> {
        if !self.policy.admits(id).await.map_err(refusal)? {
            return Err(Refusal::NotAdmitted);
        }
        match self.policy.is_removed(id, device).await.map_err(refusal)? {
            true => Err(Refusal::Removed),
            false => Ok(()),
        }
    }

    /// Does what takes room, so that nothing which is half pushed counts: if the room lacks, deletes what sessions before
    /// this one have pushed and not pinned, and tries again; if it lacks still, the same of this session.
    async fn with_room<T, F>(
        &self,
        visitor: &Visitor,
        act: impl Fn() -> F + Send + Sync,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, store::Error>> + Send,
    {
        let Visitor { id, began, .. } = visitor;
        let mut result = act().await;
        if lacks_room(&result) && self.drop_pushed(id, i64::MIN..*began).await {
            result = act().await;
        }
        if lacks_room(&result) {
            self.drop_pushed(id, *began..i64::MAX).await;
        }
        result.map_err(refusal)
    }

    async fn drop_pushed(&self, id: &Id, time: Range<i64>) -> bool {
        self.pins.drop_pushed(id, time).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "an unfinished push stays for now");
            false
        })
    }
}

#[async_trait]
impl Backend for Service {
    type Owner = Visitor;

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Visitor, Allowance), Refusal> {
        let now = platform::now_ms();
        let id = device::check(certificate, &peer.to_bytes(), now)
            .map_err(|why| Refusal::BadCertificate { now: (why == DeviceError::NotNow).then_some(now) })?;
        let visitor = Visitor { id, device: peer, began: store::now() };
        self.check(&visitor).await?;
        let allowance = self.pins.allowance(&id).await.map_err(refusal)?;
        Ok((visitor, Allowance { now: Some(now), ..allowance }))
    }

    async fn remove(&self, owner: &Visitor, removed: Removed) -> Result<(), Refusal> {
        // A wrong clock, or who has stolen the seed, must not have the last word for good.
        let latest = platform::now_ms() + limits::REMOVED_AHEAD.as_millis() as u64;
        let removed = Removed { at: removed.at.min(latest), ..removed };
        self.policy.remove(&owner.id, &removed).await.map_err(refusal)
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        self.blobs.have(cids).await.map_err(refusal)
    }

    async fn room(&self, owner: &Visitor, weight: Weight) -> Result<(), Refusal> {
        self.check(owner).await?;
        self.with_room(owner, || self.pins.room(&owner.id, weight)).await
    }

    async fn store(&self, owner: &Visitor, blocks: Vec<Block>) -> Result<(), Refusal> {
        self.check(owner).await?;
        let (count, bytes) = (blocks.len(), blocks.iter().map(|block| block.bytes().len()).sum::<usize>());
        self.with_room(owner, || self.pins.push(&owner.id, blocks.clone())).await?;
        self.metrics.keep_blocks.add(count as u64);
        self.metrics.keep_bytes.add(bytes as u64);
        Ok(())
    }

    async fn pin(&self, owner: &Visitor, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal> {
        self.check(owner).await?;
        let pinned = self.with_room(owner, || self.pins.pin(&owner.id, cid, until)).await?;
        if pinned == PinOutcome::Kept {
            self.metrics.pins.add(1);
        }
        Ok(pinned)
    }

    async fn unpin(&self, owner: &Visitor, cid: &Cid) -> Result<(), Refusal> {
        self.check(owner).await?;
        self.pins.unpin(&owner.id, cid).await.map_err(refusal)
    }

    async fn pins(&self, owner: &Visitor, after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        self.pins.pins(&owner.id, after).await.map_err(refusal)
    }

    async fn lend(&self, _owner: &Visitor, _loan: &Loan) -> Result<(), Refusal> {
        Err(Refusal::Unavailable)
    }

    async fn unlend(&self, _owner: &Visitor, _token: &TokenDigest) -> Result<(), Refusal> {
        Err(Refusal::Unavailable)
    }
}

fn lacks_room<T>(result: &Result<T, store::Error>) -> bool {
    matches!(result, Err(store::Error::Refused(Refusal::Quota { .. } | Refusal::Full)))
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
