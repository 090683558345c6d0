//! Serves `/spinney/mailbox/1`.

use std::{net::IpAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use libp2p::PeerId;
use spinney::{
    keys::{Id, device},
    net::{
        keep,
        mailbox::{Backend, Digest, Mail, Pass, Price, Refusal, Token, work::MAX_BITS},
    },
    platform,
};
use tokio::sync::{Semaphore, broadcast};

use crate::{
    admission::Policy,
    concurrency::Share,
    limits,
    metrics::Metrics,
    network::Network,
    rate_limit::RateLimit,
    store::{self, DepositOutcome, MailboxUsage, Requests},
    web_push::Presence,
};

/// Serves the mailboxes of admitted identities.
pub(crate) struct Service {
    policy: Policy,
    /// Bits of work for an empty mailbox.
    work: u32,
    requests: Arc<dyn Requests>,
    metrics: Arc<Metrics>,
    by_peer: RateLimit<PeerId>,
    by_network: RateLimit<IpAddr>,
    /// Deposits that wait for the disk.
    deposits: Semaphore,
    /// Who watches for mail.
    presence: Presence,
}

impl Service {
    pub(crate) fn new(
        policy: Policy,
        work: u32,
        requests: Arc<dyn Requests>,
        metrics: Arc<Metrics>,
        presence: Presence,
    ) -> Self {
        Self {
            policy,
            work,
            requests,
            metrics,
            by_peer: RateLimit::new(limits::DEPOSITS_PER_PEER, limits::DEPOSIT_PERIOD),
            by_network: RateLimit::new(limits::DEPOSITS_PER_NETWORK, limits::DEPOSIT_PERIOD),
            deposits: Semaphore::new(limits::CONCURRENT_DEPOSITS),
            presence,
        }
    }

    /// Returns the backend for one peer.
    pub(crate) fn session(&self, peer: PeerId, network: Network) -> Session<'_> {
        Session { service: self, peer, network }
    }

    /// Refuses an identity that is not admitted and a device that was removed, also in a session that began before.
    async fn check(&self, id: &Id, device: &PeerId) -> Result<(), Refusal> {
        if !self.policy.admits(id).await.map_err(unavailable)? {
            return Err(Refusal::NotAdmitted);
        }
        match self.policy.is_removed(id, device).await.map_err(unavailable)? {
            true => Err(Refusal::Removed),
            false => Ok(()),
        }
    }

    /// The bits of work that a stranger pays, which rise as the mailbox fills.
    async fn bits(&self, to: &Id) -> Result<u32, Refusal> {
        if !self.policy.admits(to).await.map_err(unavailable)? {
            return Err(Refusal::NoMailbox);
        }
        let usage = self.requests.usage(to).await.map_err(unavailable)?.ok_or(Refusal::NoMailbox)?;
        bits(self.work, &usage).ok_or(Refusal::Full)
    }
}

fn bits(least: u32, usage: &MailboxUsage) -> Option<u32> {
    let room = usage.room_for_strangers();
    if usage.strangers >= room {
        return None;
    }
    Some((least + limits::WORK_RISE * usage.strangers / room).min(MAX_BITS))
}

/// The backend for one peer, whose deposits count for its device and network.
pub(crate) struct Session<'a> {
    service: &'a Service,
    peer: PeerId,
    network: Network,
}

#[async_trait]
impl Backend for Session<'_> {
    type Owner = Id;

    async fn price(&self, to: Id) -> Result<Price, Refusal> {
        Ok(Price { day: store::today(), bits: self.service.bits(&to).await? })
    }

    async fn deposit(&self, to: Id, mail: Mail, pass: Pass) -> Result<(), Refusal> {
        let service = self.service;
        let allowed = service.by_peer.allows(self.peer);
        if !allowed || self.network.is_some_and(|network| !service.by_network.allows(network)) {
            return Err(Refusal::TooMany);
        }
        let token = match pass {
            Pass::Token(token) if service.policy.admits(&to).await.map_err(unavailable)? => Some(token),
            Pass::Token(_) => return Err(Refusal::NoMailbox),
            Pass::Work(work) => {
                let asked = service.bits(&to).await?;
                // Work from before midnight, or for a price of one bit less, is accepted.
                let is_recent = work.day <= store::today() && work.day + 1 >= store::today();
                if !is_recent || work.bits(&to, &mail.digest()) + 1 < asked {
                    return Err(Refusal::TooLittleWork);
                }
                None
            }
        };
        let _permit = service.deposits.acquire().await.expect("the semaphore is never closed");
        match service.requests.deposit(&to, &mail, token.as_ref()).await.map_err(unavailable)? {
            DepositOutcome::Done => {
                service.metrics.mail.add(1);
                Ok(())
            }
            DepositOutcome::Full => Err(Refusal::Full),
            DepositOutcome::NoMailbox => Err(Refusal::NoMailbox),
            DepositOutcome::UnknownToken => Err(Refusal::UnknownToken),
            DepositOutcome::UsedToken => Err(Refusal::UsedToken),
        }
    }

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<Id, Refusal> {
        let id = device::check(certificate, &peer.to_bytes(), platform::now_ms());
        let id = id.map_err(|_| Refusal::BadCertificate)?;
        self.service.check(&id, &peer).await?;
        self.service.requests.open_mailbox(&id).await.map_err(unavailable)?;
        Ok(id)
    }

    async fn expect(&self, owner: &Id, tokens: &[Token]) -> Result<(), Refusal> {
        self.service.check(owner, &self.peer).await?;
        let fit = self.service.requests.expect(owner, tokens).await.map_err(unavailable)?;
        if fit { Ok(()) } else { Err(Refusal::TooLarge) }
    }

    async fn forget(&self, owner: &Id, tokens: &[Token]) -> Result<(), Refusal> {
        self.service.check(owner, &self.peer).await?;
        self.service.requests.forget(owner, tokens).await.map_err(unavailable)
    }

    async fn discard(&self, owner: &Id, mails: &[Digest]) -> Result<(), Refusal> {
        self.service.check(owner, &self.peer).await?;
        self.service.requests.discard(owner, mails).await.map_err(unavailable)
    }

    async fn after(&self, owner: &Id, number: u64) -> Result<Vec<(u64, Bytes)>, Refusal> {
        self.service.check(owner, &self.peer).await?;
        self.service.requests.mail_after(owner, number).await.map_err(unavailable)
    }

    fn arrivals(&self, owner: &Id) -> BoxStream<'static, ()> {
        // Held for as long as the device watches.
        let here = self.service.presence.enter(*owner);
        let next = async |(mut arrivals, owner, here): (broadcast::Receiver<Id>, Id, Option<Share<Id>>)| {
            loop {
                match arrivals.recv().await {
                    Ok(to) if to != owner => {}
                    // A watcher that fell behind looks too.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
            Some(((), (arrivals, owner, here)))
        };
        stream::unfold((self.service.requests.arrivals(), *owner, here), next).boxed()
    }
}

/// Logs the error without the identity, because logs name nobody.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn unavailable(error: store::Error) -> Refusal {
    if let store::Error::Refused(keep::Refusal::Full) = error {
        return Refusal::Full;
    }
    tracing::error!(%error, "mail cannot be served");
    Refusal::Unavailable
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use spinney::{
        crypto::sign::SigningKey,
        net::mailbox::{MAIL, work::Search},
    };

    use super::*;
    use crate::store::memory::Memory;

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    fn mail(number: u32) -> Mail {
        let mut bytes = vec![0; MAIL];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        Mail::new(bytes.into()).unwrap()
    }

    /// The service over a store in memory, with mailboxes of the first three ids, which ask for no work.
    async fn service() -> Service {
        let requests = Arc::new(Memory::default());
        for seed in 1..=3 {
            requests.open_mailbox(&id(seed)).await.unwrap();
            requests.keeps_root(&id(seed));
        }
        let policy = Policy::new(Arc::default(), requests.clone());
        Service::new(policy, 0, requests, Arc::default(), Presence::default())
    }

    async fn leave(session: &Session<'_>, to: Id, mail: Mail) -> Result<(), Refusal> {
        let work = Search::new(session.price(to).await?, to, mail.digest()).step(1 << 16).unwrap();
        session.deposit(to, mail, Pass::Work(work)).await
    }

    #[tokio::test]
    async fn ten_thousand_senders_fill_one_mailbox_but_no_other_and_invites_still_pass() {
        let service = service().await;
        let (mut left, mut full) = (0, 0);
        for number in 0..10_000 {
            match leave(&service.session(PeerId::random(), None), id(1), mail(number)).await {
                Ok(()) => left += 1,
                Err(Refusal::Full) => full += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!((left, full), (limits::MAIL_FROM_STRANGERS[0], 10_000 - limits::MAIL_FROM_STRANGERS[0]));
        let session = service.session(PeerId::random(), None);
        leave(&session, id(2), mail(0)).await.unwrap();
        service.requests.expect(&id(1), &[[7; 32]]).await.unwrap();
        session.deposit(id(1), mail(10_000), Pass::Token([7; 32])).await.unwrap();
        // Without the price asked first, the answer is the same.
        let work = spinney::net::mailbox::Work { day: store::today(), nonce: 0 };
        assert_eq!(session.deposit(id(1), mail(10_001), Pass::Work(work)).await, Err(Refusal::Full));
    }

    #[tokio::test]
    async fn the_fuller_a_mailbox_the_more_work_it_takes() {
        let service = service().await;
        let mut asked = Vec::new();
        for number in 0..limits::MAIL_FROM_STRANGERS[0] {
            let session = service.session(PeerId::random(), None);
            asked.push(session.price(id(1)).await.unwrap().bits);
            leave(&session, id(1), mail(number)).await.unwrap();
        }
        assert!(asked.is_sorted() && asked[0] == 0 && asked.ends_with(&[limits::WORK_RISE - 1]), "{asked:?}");
        assert_eq!(service.session(PeerId::random(), None).price(id(1)).await, Err(Refusal::Full));
    }

    #[tokio::test]
    async fn a_network_that_leaves_too_much_waits_and_others_do_not() {
        let service = service().await;
        let from = |network: &str| service.session(PeerId::random(), Some(network.parse().unwrap()));
        for number in 0..limits::DEPOSITS_PER_NETWORK {
            leave(&from("192.0.2.1"), id(1), mail(number)).await.unwrap();
        }
        assert_eq!(leave(&from("192.0.2.1"), id(2), mail(0)).await, Err(Refusal::TooMany));
        leave(&from("192.0.2.2"), id(2), mail(0)).await.unwrap();
    }

    #[tokio::test]
    async fn a_watcher_learns_only_of_its_own_mail() {
        let service = service().await;
        let session = service.session(PeerId::random(), None);
        let mut arrivals = session.arrivals(&id(1));
        leave(&session, id(2), mail(0)).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), arrivals.next()).await.is_err());
        leave(&session, id(1), mail(0)).await.unwrap();
        assert_eq!(arrivals.next().await, Some(()));
    }
}
