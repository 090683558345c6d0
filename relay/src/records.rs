//! The relay's part in `/spinney/records/1`.

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
    counters::Counters,
    rate::Rate,
    store::{self, Put, Store, Stored},
};

/// Keeps records of those who are admitted, and tells watchers.
pub(crate) struct Records {
    pub(crate) config: Arc<Config>,
    pub(crate) store: Store,
    pub(crate) counters: Arc<Counters>,
    /// Puts of each device.
    pub(crate) rate: Rate<PeerId>,
}

impl Records {
    /// Verifies a record under its name, and stores it if it comes after the one that stands there.
    pub(crate) async fn take_in(&self, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if !self.config.admits(&id) {
            return Err(Refusal::NotAdmitted);
        }
        let opened = ipns::open(&record, &id.verifying_key()).map_err(|_| Refusal::BadRecord)?;
        if opened.is_expired(platform::now_ms()) {
            return Err(Refusal::BadRecord);
        }
        match self.store.put(id, &opened, record, replaces).await.map_err(|error| unavailable(&error))? {
            Put::Done => {
                self.counters.records_put.add(1);
                Ok(())
            }
            Put::Conflict(current) => Err(Refusal::Conflict { current }),
            Put::UnknownRoot => Err(Refusal::UnknownRoot),
        }
    }
}

#[async_trait]
impl Backend for Records {
    async fn put(&self, peer: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if !self.rate.allows(peer) {
            return Err(Refusal::Unavailable);
        }
        self.take_in(id, record, replaces).await
    }

    async fn get(&self, id: Id) -> Result<Option<Bytes>, Refusal> {
        self.store.record(&id).await.map_err(|error| unavailable(&error))
    }

    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<(Id, u64, Bytes)>, Refusal> {
        let newer = self.store.newer(known).await.map_err(|error| unavailable(&error))?;
        Ok(newer.into_iter().map(|Stored { id, sequence, record }| (id, sequence, record)).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let next = async |mut changes: tokio::sync::broadcast::Receiver<Stored>| {
            let change = match changes.recv().await {
                Ok(Stored { id, sequence, record }) => Change::Stored { id, sequence, record },
                Err(RecvError::Lagged(_)) => Change::Missed,
                Err(RecvError::Closed) => return None,
            };
            Some((change, changes))
        };
        stream::unfold(self.store.changes(), next).boxed()
    }
}

/// What fails here is for our log, without saying for whom.
fn unavailable(error: &store::Error) -> Refusal {
    tracing::error!(%error, "records cannot be served");
    Refusal::Unavailable
}
