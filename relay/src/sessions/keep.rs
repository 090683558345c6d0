//! Keeping: sessions are cheap until blocks move, and only then take one of the few places.

use std::{net::IpAddr, sync::Mutex};

use async_trait::async_trait;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    keys::Id,
    net::{
        Permit, Pool,
        frame::Intake,
        keep::{
            Allowance, Backend, Block, Loan, PinOutcome, Proved, Question, Refusal, Removed, TokenDigest,
            Weight,
        },
    },
};

use crate::{
    concurrency::{Limit, Share, Shares},
    keep::{Service, Visitor},
    limits,
    memory::Memory,
    network::Network,
};

/// How many sessions there may be, and how many of them may push.
pub(crate) struct KeepLimits {
    anonymous: Limit<IpAddr>,
    of_identity: Shares<Id>,
    of_loan: Shares<TokenDigest>,
    of_loan_and_network: Shares<(TokenDigest, IpAddr)>,
    of_network: Shares<IpAddr>,
    pushes: Pool<IpAddr>,
    memory: Memory,
}

impl KeepLimits {
    pub(crate) fn new(memory: Memory) -> Self {
        Self {
            memory,
            anonymous: Limit::new(limits::KEEP_ANONYMOUS, limits::KEEP_ANONYMOUS_PER_NETWORK),
            of_identity: Shares::new(limits::KEEP_PER_IDENTITY),
            of_loan: Shares::new(limits::KEEP_PER_LOAN),
            of_loan_and_network: Shares::new(limits::KEEP_PER_LOAN_OF_NETWORK),
            of_network: Shares::new(limits::KEEP_PER_NETWORK),
            pushes: Pool::new(limits::PUSHES, limits::PUSHES_PER_NETWORK),
        }
    }
}

/// The backend for one session.
pub(crate) struct KeepSession<'a> {
    service: &'a Service,
    limits: &'a KeepLimits,
    network: Network,
    /// Held until the session shows a certificate or token.
    anonymous: Mutex<Option<crate::concurrency::Permit<IpAddr>>>,
}

/// An identity or guest, with their part of the limits.
pub(crate) struct Owner {
    visitor: Visitor,
    _shares: (Shared, Share<IpAddr>),
}

/// A part of the limits of an identity or a loan.
enum Shared {
    Identity { _share: Share<Id> },
    Loan { _shares: (Share<TokenDigest>, Share<(TokenDigest, IpAddr)>) },
}

impl<'a> KeepSession<'a> {
    /// Begins a session without a certificate; `None` if there are too many of them.
    pub(crate) fn begin(service: &'a Service, limits: &'a KeepLimits, network: Network) -> Option<Self> {
        let anonymous = Mutex::new(Some(limits.anonymous.try_acquire(network)?));
        Some(Self { service, limits, network, anonymous })
    }

    /// Counts a session that has shown who it is for, and no longer as one of nobody.
    fn count(&self, visitor: Visitor) -> Result<Owner, Refusal> {
        let of_network = self.limits.of_network.take(self.network);
        let shares = self.share(&visitor).zip(of_network);
        let owner = Owner { visitor, _shares: shares.ok_or(Refusal::Unavailable)? };
        self.anonymous.lock().expect("nothing panics while it holds the lock").take();
        Ok(owner)
    }

    fn share(&self, visitor: &Visitor) -> Option<Shared> {
        match visitor {
            Visitor::Identity(identity) => {
                Some(Shared::Identity { _share: self.limits.of_identity.take(Some(identity.id))? })
            }
            Visitor::Guest(token) => {
                let of_network = self.network.map(|network| (*token, network));
                let of_network = self.limits.of_loan_and_network.take(of_network)?;
                Some(Shared::Loan { _shares: (self.limits.of_loan.take(Some(*token))?, of_network) })
            }
        }
    }
}

#[async_trait]
impl Backend for KeepSession<'_> {
    type Owner = Owner;

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Owner, Allowance), Refusal> {
        let (visitor, allowance) = self.service.admit(peer, certificate).await?;
        Ok((self.count(visitor)?, allowance))
    }

    async fn borrow(&self, token: &TokenDigest) -> Result<(Owner, Allowance), Refusal> {
        let (visitor, allowance) = self.service.borrow(token).await?;
        Ok((self.count(visitor)?, allowance))
    }

    async fn remove(&self, owner: &Owner, removed: Removed) -> Result<(), Refusal> {
        self.service.remove(&owner.visitor, removed).await
    }

    fn intake(&self) -> Intake {
        self.limits.memory.intake(self.network)
    }

    async fn pushing(&self, _: &Owner) -> Permit {
        Permit::new(self.limits.pushes.of(self.network).take(1).await)
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        self.service.have(cids).await
    }

    async fn room(&self, owner: &Owner, weight: Weight) -> Result<(), Refusal> {
        self.service.room(&owner.visitor, weight).await
    }

    async fn store(&self, owner: &Owner, blocks: Vec<Block>) -> Result<(), Refusal> {
        self.service.store(&owner.visitor, blocks).await
    }

    async fn pin(&self, owner: &Owner, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal> {
        self.service.pin(&owner.visitor, cid, until).await
    }

    async fn unpin(&self, owner: &Owner, cid: &Cid) -> Result<(), Refusal> {
        self.service.unpin(&owner.visitor, cid).await
    }

    async fn pins(&self, owner: &Owner, after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        self.service.pins(&owner.visitor, after).await
    }

    async fn lend(&self, owner: &Owner, loan: &Loan) -> Result<(), Refusal> {
        self.service.lend(&owner.visitor, loan).await
    }

    async fn unlend(&self, owner: &Owner, token: &TokenDigest) -> Result<(), Refusal> {
        self.service.unlend(&owner.visitor, token).await
    }

    async fn prove(&self, owner: &Owner, question: &Question) -> Result<Proved, Refusal> {
        self.service.prove(&owner.visitor, question).await
    }

    async fn subscribe(&self, owner: &Owner, endpoint: &str) -> Result<(), Refusal> {
        self.service.subscribe(&owner.visitor, endpoint).await
    }

    async fn unsubscribe(&self, owner: &Owner) -> Result<(), Refusal> {
        self.service.unsubscribe(&owner.visitor).await
    }
}
