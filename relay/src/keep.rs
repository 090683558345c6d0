//! Serves `/spinney/keep/1`.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    crypto::sign::VerifyingKey,
    keys::{
        Id,
        device::{self, DeviceError},
    },
    net::keep::{
        Allowance, Backend, Block, Loan, PinOutcome, Proved, Question, Refusal, Removed, TokenDigest,
        VapidKey, Weight,
    },
    platform,
};

use crate::{
    admission::Policy,
    limits,
    metrics::Metrics,
    rate_limit::RateLimit,
    store::{self, Blobs, Lent, Loans, Pins, Subscription, Subscriptions},
    web_push::{Endpoint, Reach},
};

/// Who pushes and pins in one session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Visitor {
    /// An identity, for itself.
    Identity(Identity),
    /// A peer with the token of a loan, known by its digest.
    Guest(TokenDigest),
}

/// An identity in one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    pub(crate) id: Id,
    /// The device that asks.
    device: PeerId,
    /// When the session began, in milliseconds since 1970.
    began: i64,
    /// When the certificate ends that the device showed.
    until: u64,
}

impl Visitor {
    /// The identity, for what a token is no right to.
    fn identity(&self) -> Result<&Identity, Refusal> {
        match self {
            Self::Identity(identity) => Ok(identity),
            Self::Guest(_) => Err(Refusal::NeedsCertificate),
        }
    }
}

/// Stores blocks for admitted identities, and for those to whom they lend.
pub(crate) struct Service {
    pub(crate) policy: Policy,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) pins: Arc<dyn Pins>,
    pub(crate) loans: Arc<dyn Loans>,
    pub(crate) subscriptions: Arc<dyn Subscriptions>,
    /// How devices are told while they are closed; `None` if they are not.
    pub(crate) push: Option<Pushes>,
    /// The key of this relay, to which proofs are bound.
    pub(crate) key: VerifyingKey,
    pub(crate) proofs: RateLimit<Id>,
    pub(crate) metrics: Arc<Metrics>,
}

/// The key by which push services know this relay, and to which of them it sends.
#[derive(Clone, Copy)]
pub(crate) struct Pushes {
    pub(crate) key: VapidKey,
    pub(crate) reach: Reach,
}

impl Service {
    /// Refuses an identity that is not admitted and a device that was removed, also in a session that began before.
    async fn check(&self, Identity { id, device, .. }: &Identity) -> Result<(), Refusal> {
        if !self.policy.admits(id).await.map_err(refusal)? {
            return Err(Refusal::NotAdmitted);
        }
        match self.policy.is_removed(id, device).await.map_err(refusal)? {
            true => Err(Refusal::Removed),
            false => Ok(()),
        }
    }

    /// Refuses a token of a loan that is over, and of one whose lender is not admitted any more; also in a session that
    /// began before.
    async fn lent(&self, token: &TokenDigest) -> Result<Lent, Refusal> {
        let lent = self.loans.lent(token).await.map_err(refusal)?.ok_or(Refusal::NoLoan)?;
        if lent.is_ended {
            return Err(Refusal::LoanEnded);
        }
        match !lent.is_taken_back && self.policy.admits(&lent.lender).await.map_err(refusal)? {
            true => Ok(lent),
            false => Err(Refusal::NoLoan),
        }
    }

    /// Does what takes room of a loan. If the room lacks, deletes what lies there pushed and not pinned for so long that
    /// no guest is at it any more, and tries again: guests do not know each other, and share what is lent.
    async fn with_lent_room<T, F>(
        &self,
        token: &TokenDigest,
        act: impl Fn() -> F + Send + Sync,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, store::Error>> + Send,
    {
        self.lent(token).await?;
        let mut result = act().await;
        if lacks_room(&result) && self.drop_left(token).await {
            result = act().await;
        }
        result.map_err(refusal)
    }

    async fn drop_left(&self, token: &TokenDigest) -> bool {
        let before = store::now().saturating_sub_unsigned(limits::HALF_LEFT.as_millis() as u64);
        self.loans.drop_lent(token, before).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "what guests left unfinished stays for now");
            false
        })
    }

    /// Does what takes room, so that nothing which is half pushed counts: if the room lacks, deletes what sessions before
    /// this one have pushed and not pinned, and tries again; if it lacks still, the same of this session.
    async fn with_room<T, F>(
        &self,
        identity: &Identity,
        act: impl Fn() -> F + Send + Sync,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, store::Error>> + Send,
    {
        self.check(identity).await?;
        let Identity { id, began, .. } = identity;
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
        let (id, until) = device::check_with_end(certificate, &peer.to_bytes(), now)
            .map_err(|why| Refusal::BadCertificate { now: (why == DeviceError::NotNow).then_some(now) })?;
        let identity = Identity { id, device: peer, began: store::now(), until };
        self.check(&identity).await?;
        let allowance = self.pins.allowance(&id).await.map_err(refusal)?;
        let vapid = self.push.map(|push| push.key);
        Ok((Visitor::Identity(identity), Allowance { now: Some(now), vapid, ..allowance }))
    }

    async fn borrow(&self, token: &TokenDigest) -> Result<(Visitor, Allowance), Refusal> {
        let mut lent = self.lent(token).await?;
        if lent.is_used_up() && self.drop_left(token).await {
            lent = self.lent(token).await?;
        }
        let allowance = Allowance { now: Some(platform::now_ms()), ..lent.allowance };
        if lent.is_used_up() {
            return Err(Refusal::LoanFull { used: allowance.used, quota: allowance.quota });
        }
        Ok((Visitor::Guest(*token), allowance))
    }

    async fn remove(&self, owner: &Visitor, removed: Removed) -> Result<(), Refusal> {
        let id = owner.identity()?.id;
        // A wrong clock, or who has stolen the seed, must not have the last word for good.
        let latest = platform::now_ms() + limits::REMOVED_AHEAD.as_millis() as u64;
        let removed = Removed { at: removed.at.min(latest), ..removed };
        self.policy.remove(&id, &removed).await.map_err(refusal)
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        self.blobs.have(cids).await.map_err(refusal)
    }

    async fn room(&self, owner: &Visitor, weight: Weight) -> Result<(), Refusal> {
        match owner {
            Visitor::Identity(owner) => self.with_room(owner, || self.pins.room(&owner.id, weight)).await,
            Visitor::Guest(token) => self.with_lent_room(token, || self.loans.room_lent(token, weight)).await,
        }
    }

    async fn store(&self, owner: &Visitor, blocks: Vec<Block>) -> Result<(), Refusal> {
        let (count, bytes) = (blocks.len(), blocks.iter().map(|block| block.bytes().len()).sum::<usize>());
        match owner {
            Visitor::Identity(owner) => {
                self.with_room(owner, || self.pins.push(&owner.id, blocks.clone())).await?;
            }
            Visitor::Guest(token) => {
                self.with_lent_room(token, || self.loans.push_lent(token, blocks.clone())).await?;
            }
        }
        self.metrics.keep_blocks.add(count as u64);
        self.metrics.keep_bytes.add(bytes as u64);
        Ok(())
    }

    async fn pin(&self, owner: &Visitor, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal> {
        let pinned = match owner {
            Visitor::Identity(owner) => {
                self.with_room(owner, || self.pins.pin(&owner.id, cid, until)).await?
            }
            Visitor::Guest(token) => self.with_lent_room(token, || self.loans.pin_lent(token, cid)).await?,
        };
        if pinned == PinOutcome::Kept {
            self.metrics.pins.add(1);
        }
        Ok(pinned)
    }

    async fn unpin(&self, owner: &Visitor, cid: &Cid) -> Result<(), Refusal> {
        let owner = owner.identity()?;
        self.check(owner).await?;
        self.pins.unpin(&owner.id, cid).await.map_err(refusal)
    }

    async fn pins(&self, owner: &Visitor, after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        self.pins.pins(&owner.identity()?.id, after).await.map_err(refusal)
    }

    async fn lend(&self, owner: &Visitor, loan: &Loan) -> Result<(), Refusal> {
        let owner = owner.identity()?;
        self.with_room(owner, || self.loans.lend(&owner.id, loan)).await
    }

    async fn unlend(&self, owner: &Visitor, token: &TokenDigest) -> Result<(), Refusal> {
        let owner = owner.identity()?;
        self.check(owner).await?;
        self.loans.unlend(&owner.id, token).await.map_err(refusal)
    }

    async fn prove(&self, owner: &Visitor, question: &Question) -> Result<Proved, Refusal> {
        let owner = owner.identity()?;
        self.check(owner).await?;
        if !self.proofs.allows(owner.id) {
            return Err(Refusal::TooOften);
        }
        let held = self.pins.are_held(&owner.id, &question.cids).await.map_err(refusal)?;
        let (mut hasher, mut missing) = (question.hasher(&owner.id, &self.key), Vec::new());
        for (cid, is_held) in question.cids.iter().zip(held) {
            // What lacks in spite of a pin was lost, which its owner is to hear.
            match if is_held {
                self.blobs.block(cid).await.unwrap_or_else(|error| lost(&error))
            } else {
                None
            } {
                Some(block) if missing.is_empty() => hasher.add(&block),
                Some(_) => {}
                None => missing.push(*cid),
            }
        }
        Ok(if missing.is_empty() { Proved::Hash(hasher.finish()) } else { Proved::Missing(missing) })
    }

    async fn subscribe(&self, owner: &Visitor, endpoint: &str) -> Result<(), Refusal> {
        let owner = owner.identity()?;
        self.check(owner).await?;
        let push = self.push.ok_or(Refusal::NoPush)?;
        Endpoint::parse(endpoint, push.reach).ok_or(Refusal::BadEndpoint)?;
        let Identity { id, device, until, .. } = *owner;
        let new = Subscription { device, endpoint: endpoint.to_owned(), until };
        self.subscriptions.subscribe(&id, &new).await.map_err(refusal)
    }

    async fn unsubscribe(&self, owner: &Visitor) -> Result<(), Refusal> {
        let Identity { id, device, .. } = owner.identity()?;
        self.subscriptions.unsubscribe(id, device, None).await.map_err(refusal)
    }
}

/// A block that cannot be read: its owner can push it again.
fn lost(error: &store::Error) -> Option<Bytes> {
    tracing::error!(%error, "a block that is kept cannot be read");
    None
}

fn lacks_room<T>(result: &Result<T, store::Error>) -> bool {
    use Refusal::{Full, LoanFull, Quota};
    matches!(result, Err(store::Error::Refused(Quota { .. } | LoanFull { .. } | Full)))
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
