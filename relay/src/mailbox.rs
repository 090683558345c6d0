//! The relay's part in `/spinney/mailbox/1`.

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
    net::mailbox::{Backend, Digest, Mail, Pass, Price, Refusal, Token, work::MAX_BITS},
    platform,
};
use tokio::sync::{Semaphore, broadcast};

use crate::{
    Config,
    counters::Counters,
    limits,
    network::Network,
    rate::Rate,
    store::{self, Deposited, Store, Taken},
};

/// The mailboxes of those who are admitted.
pub(crate) struct Mailboxes {
    config: Arc<Config>,
    store: Store,
    counters: Arc<Counters>,
    by_peer: Rate<PeerId>,
    by_network: Rate<IpAddr>,
    deposits: Semaphore,
}

impl Mailboxes {
    pub(crate) fn new(config: Arc<Config>, store: Store, counters: Arc<Counters>) -> Self {
        Self {
            config,
            store,
            counters,
            by_peer: Rate::new(limits::DEPOSITS_PER_PEER, limits::DEPOSIT_PERIOD),
            by_network: Rate::new(limits::DEPOSITS_PER_NETWORK, limits::DEPOSIT_PERIOD),
            deposits: Semaphore::new(limits::DEPOSITS_AT_ONCE),
        }
    }

    /// The mailboxes as seen by one who comes from somewhere.
    pub(crate) fn seen_by(&self, peer: PeerId, network: Network) -> Visit<'_> {
        Visit { boxes: self, peer, network }
    }

    /// What work is asked of strangers, which rises as the mailbox fills; an error if it is full.
    async fn bits(&self, to: &Id) -> Result<u32, Refusal> {
        if !self.config.admits(to) {
            return Err(Refusal::NoMailbox);
        }
        let taken = self.store.taken(to).await.map_err(unavailable)?.ok_or(Refusal::NoMailbox)?;
        bits(self.config.work, &taken).ok_or(Refusal::Full)
    }
}

fn bits(least: u32, taken: &Taken) -> Option<u32> {
    let room = taken.room_for_strangers();
    if taken.strangers >= room {
        return None;
    }
    Some((least + limits::WORK_RISE * taken.strangers / room).min(MAX_BITS))
}

/// One visitor, whose deposits count for their device and network.
pub(crate) struct Visit<'a> {
    boxes: &'a Mailboxes,
    peer: PeerId,
    network: Network,
}

#[async_trait]
impl Backend for Visit<'_> {
    type Owner = Id;

    async fn price(&self, to: Id) -> Result<Price, Refusal> {
        Ok(Price { day: store::today(), bits: self.boxes.bits(&to).await? })
    }

    async fn deposit(&self, to: Id, mail: Mail, pass: Pass) -> Result<(), Refusal> {
        let boxes = self.boxes;
        let allowed = boxes.by_peer.allows(self.peer);
        if !allowed || self.network.is_some_and(|network| !boxes.by_network.allows(network)) {
            return Err(Refusal::TooMany);
        }
        let token = match pass {
            Pass::Token(token) if boxes.config.admits(&to) => Some(token),
            Pass::Token(_) => return Err(Refusal::NoMailbox),
            Pass::Work(work) => {
                let asked = boxes.bits(&to).await?;
                // Whoever began before midnight, or while the mailbox was emptier, has worked enough.
                let in_time = work.day <= store::today() && work.day + 1 >= store::today();
                if !in_time || work.bits(&to, &mail.digest()) + 1 < asked {
                    return Err(Refusal::TooLittleWork);
                }
                None
            }
        };
        let _turn = boxes.deposits.acquire().await.expect("the semaphore is never closed");
        match boxes.store.deposit(&to, &mail, token.as_ref()).await.map_err(unavailable)? {
            Deposited::Done => {
                boxes.counters.mail.add(1);
                Ok(())
            }
            Deposited::Full => Err(Refusal::Full),
            Deposited::NoMailbox => Err(Refusal::NoMailbox),
            Deposited::UnknownToken => Err(Refusal::UnknownToken),
            Deposited::UsedToken => Err(Refusal::UsedToken),
        }
    }

    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<Id, Refusal> {
        let id = device::check(certificate, &peer.to_bytes(), platform::now_ms());
        let id = id.map_err(|_| Refusal::BadCertificate)?;
        if !self.boxes.config.admits(&id) {
            return Err(Refusal::NotAdmitted);
        }
        self.boxes.store.open_mailbox(&id).await.map_err(unavailable)?;
        Ok(id)
    }

    async fn expect(&self, owner: &Id, tokens: &[Token]) -> Result<(), Refusal> {
        let fit = self.boxes.store.expect(owner, tokens).await.map_err(unavailable)?;
        if fit { Ok(()) } else { Err(Refusal::TooLarge) }
    }

    async fn forget(&self, owner: &Id, tokens: &[Token]) -> Result<(), Refusal> {
        self.boxes.store.forget(owner, tokens).await.map_err(unavailable)
    }

    async fn discard(&self, owner: &Id, mails: &[Digest]) -> Result<(), Refusal> {
        self.boxes.store.discard(owner, mails).await.map_err(unavailable)
    }

    async fn after(&self, owner: &Id, number: u64) -> Result<Vec<(u64, Bytes)>, Refusal> {
        self.boxes.store.mail_after(owner, number).await.map_err(unavailable)
    }

    fn arrivals(&self, owner: &Id) -> BoxStream<'static, ()> {
        let next = async |(mut arrivals, owner): (broadcast::Receiver<Id>, Id)| {
            loop {
                match arrivals.recv().await {
                    Ok(to) if to != owner => {}
                    // Whoever fell behind looks too.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
            Some(((), (arrivals, owner)))
        };
        stream::unfold((self.boxes.store.mail_arrivals(), *owner), next).boxed()
    }
}

/// What fails here is for our log, without saying for whom.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unavailable(error: store::Error) -> Refusal {
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

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    fn mail(number: u32) -> Mail {
        let mut bytes = vec![0; MAIL];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        Mail::new(bytes.into()).unwrap()
    }

    /// Mailboxes of the first three ids, which ask for no work.
    async fn mailboxes(folder: &std::path::Path) -> Mailboxes {
        let config = Config { work: 0, ..Config::default() };
        let store = Store::open(folder, config.allotment()).await.unwrap();
        for seed in 1..=3 {
            store.open_mailbox(&id(seed)).await.unwrap();
        }
        Mailboxes::new(Arc::new(config), store, Arc::default())
    }

    async fn leave(visit: &Visit<'_>, to: Id, mail: Mail) -> Result<(), Refusal> {
        let work = Search::new(visit.price(to).await?, to, mail.digest()).step(1 << 16).unwrap();
        visit.deposit(to, mail, Pass::Work(work)).await
    }

    #[tokio::test]
    async fn ten_thousand_senders_fill_one_mailbox_and_no_other_and_no_friend_is_shut_out() {
        let folder = tempfile::tempdir().unwrap();
        let boxes = mailboxes(folder.path()).await;
        let (mut left, mut full) = (0, 0);
        for number in 0..10_000 {
            match leave(&boxes.seen_by(PeerId::random(), None), id(1), mail(number)).await {
                Ok(()) => left += 1,
                Err(Refusal::Full) => full += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!((left, full), (limits::MAIL_OF_STRANGERS[0], 10_000 - limits::MAIL_OF_STRANGERS[0]));
        let visit = boxes.seen_by(PeerId::random(), None);
        leave(&visit, id(2), mail(0)).await.unwrap();
        boxes.store.expect(&id(1), &[[7; 32]]).await.unwrap();
        visit.deposit(id(1), mail(10_000), Pass::Token([7; 32])).await.unwrap();
        // Without the price asked first, the answer is the same.
        let work = spinney::net::mailbox::Work { day: store::today(), nonce: 0 };
        assert_eq!(visit.deposit(id(1), mail(10_001), Pass::Work(work)).await, Err(Refusal::Full));
    }

    #[tokio::test]
    async fn the_fuller_a_mailbox_the_more_work_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        let boxes = mailboxes(folder.path()).await;
        let mut asked = Vec::new();
        for number in 0..limits::MAIL_OF_STRANGERS[0] {
            let visit = boxes.seen_by(PeerId::random(), None);
            asked.push(visit.price(id(1)).await.unwrap().bits);
            leave(&visit, id(1), mail(number)).await.unwrap();
        }
        assert!(asked.is_sorted() && asked[0] == 0 && asked.ends_with(&[limits::WORK_RISE - 1]), "{asked:?}");
        assert_eq!(boxes.seen_by(PeerId::random(), None).price(id(1)).await, Err(Refusal::Full));
    }

    #[tokio::test]
    async fn a_network_that_leaves_too_much_waits_and_others_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let boxes = mailboxes(folder.path()).await;
        let from = |network: &str| boxes.seen_by(PeerId::random(), Some(network.parse().unwrap()));
        for number in 0..limits::DEPOSITS_PER_NETWORK {
            leave(&from("192.0.2.1"), id(1), mail(number)).await.unwrap();
        }
        assert_eq!(leave(&from("192.0.2.1"), id(2), mail(0)).await, Err(Refusal::TooMany));
        leave(&from("192.0.2.2"), id(2), mail(0)).await.unwrap();
    }

    #[tokio::test]
    async fn a_watcher_hears_of_its_own_mail_alone() {
        let folder = tempfile::tempdir().unwrap();
        let boxes = mailboxes(folder.path()).await;
        let visit = boxes.seen_by(PeerId::random(), None);
        let mut arrivals = visit.arrivals(&id(1));
        leave(&visit, id(2), mail(0)).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), arrivals.next()).await.is_err());
        leave(&visit, id(1), mail(0)).await.unwrap();
        assert_eq!(arrivals.next().await, Some(()));
    }
}
