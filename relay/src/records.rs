//! Serves `/spinney/records/1`.

use std::{collections::HashMap, sync::Arc};

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
    net::records::{Backend, Change, Refusal},
    platform,
};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    Config,
    metrics::Metrics,
    rate_limit::RateLimit,
    store::{self, PutOutcome, RecordUpdate, Records},
};

/// Stores the records of admitted identities, and notifies watchers.
pub(crate) struct Service {
    pub(crate) config: Arc<Config>,
    pub(crate) records: Arc<dyn Records>,
    pub(crate) metrics: Arc<Metrics>,
    /// Puts of each device.
    pub(crate) puts: RateLimit<PeerId>,
}

impl Service {
    /// Verifies a record, and stores it if it supersedes the stored one.
    pub(crate) async fn store(&self, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if !self.config.admits(&id) {
            return Err(Refusal::NotAdmitted);
        }
        let opened = ipns::open(&record, &id.verifying_key()).map_err(|_| Refusal::BadRecord)?;
        if opened.is_expired(platform::now_ms()) {
            return Err(Refusal::BadRecord);
        }
        match self.records.put(id, &opened, record, replaces).await.map_err(unavailable)? {
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
        self.store(id, record, replaces).await
    }

    async fn get(&self, id: Id) -> Result<Option<Bytes>, Refusal> {
        self.records.record(&id).await.map_err(unavailable)
    }

    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<(Id, u64, Bytes)>, Refusal> {
        let newer = self.records.newer(known).await.map_err(unavailable)?;
        Ok(newer.into_iter().map(|RecordUpdate { id, sequence, record }| (id, sequence, record)).collect())
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
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unavailable(error: store::Error) -> Refusal {
    tracing::error!(%error, "records cannot be served");
    Refusal::Unavailable
}

#[cfg(test)]
mod tests {
    use spinney::{
        crypto::sign::SigningKey,
        format::{RAW, cid_of},
    };

    use super::*;
    use crate::{config::Admission, limits, store::memory::Memory};

    fn record(key: &SigningKey, root: &[u8], sequence: u64) -> Bytes {
        ipns::sign(key, &cid_of(RAW, root), sequence, platform::now_ms()).into()
    }

    /// The service over a store in memory that has the block `root`.
    fn service(config: Config) -> Service {
        Service {
            config: Arc::new(config),
            records: Arc::new(Memory::with_block(b"root")),
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
        assert_eq!(service.get(id).await.unwrap(), Some(newest.clone()));
        assert_eq!(service.newer(&[(id, 1)].into()).await.unwrap(), [(id, 2, newest.clone())]);
        assert!(service.newer(&[(id, 2)].into()).await.unwrap().is_empty());
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
        let listed = service(Config { admission: Admission::List, ..Config::default() });
        assert_eq!(listed.put(peer, id, next, None).await, Err(Refusal::NotAdmitted));
    }
}
