//! Serves `/spinney/records/1`.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use libp2p::PeerId;
use spinney::{
    format::ipns,
    keys::Id,
    net::{
        keep,
        records::{Backend, Change, Refusal},
    },
    platform,
};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    admission::Policy,
    metrics::Metrics,
    rate_limit::RateLimit,
    store::{self, PutOutcome, RecordUpdate, Records},
};

/// Stores the records of admitted identities, and notifies watchers.
pub(crate) struct Service {
    pub(crate) policy: Policy,
    pub(crate) records: Arc<dyn Records>,
    pub(crate) metrics: Arc<Metrics>,
    /// Puts of each device.
    pub(crate) puts: RateLimit<PeerId>,
}

impl Service {
    /// Verifies a record, and stores what is signed of it if it supersedes the stored one.
    pub(crate) async fn store(&self, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if !self.policy.admits(&id).await.map_err(unavailable)? {
            return Err(Refusal::NotAdmitted);
        }
        let (opened, record) = ipns::rewrite(&record, &id.verifying_key()).map_err(|_| Refusal::BadRecord)?;
        let now = platform::now_ms();
        if opened.is_expired(now) {
            return Err(Refusal::BadRecord);
        }
        if opened.is_ahead(now) {
            return Err(Refusal::Ahead);
        }
        match self.records.put(id, &opened, record.into(), replaces).await.map_err(unavailable)? {
            PutOutcome::Done => {
                self.metrics.records_put.add(1);
                Ok(())
            }
            PutOutcome::Conflict(current) => Err(Refusal::Conflict { current }),
            PutOutcome::UnknownRoot => Err(Refusal::UnknownRoot),
        }
    }
}

#[async_trait]
impl Backend for Service {
    async fn put(&self, peer: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if !self.puts.allows(peer) {
            return Err(Refusal::Unavailable);
        }
        if self.policy.is_removed(&id, &peer).await.map_err(unavailable)? {
            return Err(Refusal::Removed);
        }
        self.store(id, record, replaces).await
    }

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal> {
        self.records.newest(&id).await.map_err(unavailable)
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal> {
        self.records.newer(known).await.map_err(unavailable)
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let next = async |mut changes: tokio::sync::broadcast::Receiver<RecordUpdate>| {
            let change = match changes.recv().await {
                Ok(RecordUpdate { id, sequence, record }) => Change::Stored { id, sequence, record },
                Err(RecvError::Lagged(_)) => Change::Missed,
                Err(RecvError::Closed) => return None,
            };
            Some((change, changes))
        };
        stream::unfold(self.records.changes(), next).boxed()
    }
}

/// Logs the error without the identity, because logs name nobody.
fn unavailable(error: store::Error) -> Refusal {
    match error {
        store::Error::Refused(keep::Refusal::Quota { used, quota, .. }) => Refusal::Quota { used, quota },
        store::Error::Refused(keep::Refusal::Full) => Refusal::Full,
        error => {
            tracing::error!(%error, "records cannot be served");
            Refusal::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use spinney::{
        crypto::sign::SigningKey,
        format::{RAW, cid_of},
    };

    use super::*;
    use crate::{Config, config::Admission, limits, store::memory::Memory};

    fn record(key: &SigningKey, root: &[u8], sequence: u64) -> Bytes {
        ipns::sign(key, &cid_of(RAW, root), sequence, platform::now_ms()).into()
    }

    /// The service over a store in memory that has the block `root`.
    fn service(config: Config) -> Service {
        let memory = Arc::new(Memory::with_block(b"root"));
        Service {
            policy: Policy::new(Arc::new(config), memory.clone()),
            records: memory,
            metrics: Arc::default(),
            puts: RateLimit::new(limits::PUTS, limits::PUT_PERIOD),
        }
    }

    #[tokio::test]
    async fn a_record_is_stored_only_under_its_name_with_a_root_and_after_the_last() {
        let (service, peer) = (service(Config::default()), PeerId::random());
        let (ann, ben) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let id: Id = ann.verifying_key().into();
        let mut changes = service.changes();
        let forged = service.put(peer, id, record(&ben, b"root", 1), None).await;
        assert_eq!(forged, Err(Refusal::BadRecord));
        let rootless = service.put(peer, id, record(&ann, b"elsewhere", 1), None).await;
        assert_eq!(rootless, Err(Refusal::UnknownRoot));
        let newest = record(&ann, b"root", 2);
        service.put(peer, id, newest.clone(), None).await.unwrap();
        let older = service.put(peer, id, record(&ann, b"root", 1), None).await;
        assert_eq!(older, Err(Refusal::Conflict { current: 2 }));
        assert_eq!(service.get(id).await.unwrap(), Some((2, newest.clone())));
        assert_eq!(service.newer(&[(id, 1)]).await.unwrap(), [id]);
        assert!(service.newer(&[(id, 2)]).await.unwrap().is_empty());
        let Some(Change::Stored { sequence: 2, record, .. }) = changes.next().await else {
            panic!("no update")
        };
        assert_eq!(record, newest);
    }

    #[tokio::test]
    async fn a_device_that_puts_too_often_and_an_identity_that_is_not_admitted_are_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let id: Id = key.verifying_key().into();
        let (open, peer) = (service(Config::default()), PeerId::random());
        for sequence in 0..u64::from(limits::PUTS) {
            open.put(peer, id, record(&key, b"root", sequence), None).await.unwrap();
        }
        let next = record(&key, b"root", 1000);
        assert_eq!(open.put(peer, id, next.clone(), None).await, Err(Refusal::Unavailable));
        open.put(PeerId::random(), id, next.clone(), None).await.unwrap();
        let listed = service(Config { admission: Some(Admission::List), ..Config::default() });
        assert_eq!(listed.put(peer, id, next, None).await, Err(Refusal::NotAdmitted));
    }

    #[tokio::test]
    async fn what_is_not_signed_is_not_stored_and_a_record_from_far_ahead_is_refused() {
        const DAY: u64 = 24 * 60 * 60;
        let key = SigningKey::from_bytes(&[1; 32]);
        let (id, service): (Id, _) = (key.verifying_key().into(), service(Config::default()));
        let now = platform::now_ms() / 1000;
        let plain = record(&key, b"root", now + 29 * DAY);
        // A signature of version 1 and an unknown field, both of any content.
        let stuffing = [&[0x12, 0x80, 0x20][..], &[7; 4096], &[0x7a, 0x80, 0x20], &[7; 4096]].concat();
        let stuffed = Bytes::from([&stuffing[..], &plain].concat());
        service.put(PeerId::random(), id, stuffed, None).await.unwrap();
        assert_eq!(service.get(id).await.unwrap(), Some((now + 29 * DAY, plain)));
        let ahead = record(&key, b"root", now + 31 * DAY);
        assert_eq!(service.put(PeerId::random(), id, ahead, None).await, Err(Refusal::Ahead));
    }
}
