//! Records: the newest of each identity, replaced in the order of IPNS.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use spinney::{format::ipns, keys::Id};
use sqlx::{Connection, QueryBuilder};
use tokio::sync::broadcast;

use super::{Error, Store, blobs::IN_ONE_QUERY};

/// A record that was just stored, for watchers.
#[derive(Clone, Debug)]
pub struct RecordUpdate {
    /// The name of the record.
    pub id: Id,
    /// The sequence of the record.
    pub sequence: u64,
    /// The signed record.
    pub record: Bytes,
}

/// The outcome of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The record is stored, or was stored before.
    Done,
    /// Another record of this sequence is stored, and the new one does not replace it.
    Conflict(u64),
    /// The relay lacks the root that the record names.
    UnknownRoot,
}

/// The newest signed record of each identity.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Records: Send + Sync {
    /// Stores a record whose signature the caller has checked, if it supersedes the stored one.
    ///
    /// With `replaces`, the stored record must have this sequence.
    async fn put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<PutOutcome, Error>;

    /// Returns the newest record of an identity.
    async fn record(&self, id: &Id) -> Result<Option<Bytes>, Error>;

    /// Returns the records of the known identities whose sequence is higher than the known one.
    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<RecordUpdate>, Error>;

    /// Subscribes to every record that is stored from now on.
    fn changes(&self) -> broadcast::Receiver<RecordUpdate>;
}

#[async_trait]
impl Records for Store {
    async fn put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<PutOutcome, Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let current: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM record WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .fetch_optional(&mut *db)
            .await?;
        if let Some(current) = &current {
            if *current == bytes {
                return Ok(PutOutcome::Done);
            }
            // The signature was checked before the record was stored.
            if let Ok(current) = ipns::open(current, &id.verifying_key())
                && (replaces.is_some_and(|replaces| replaces != current.sequence)
                    || !record.supersedes(&current))
            {
                return Ok(PutOutcome::Conflict(current.sequence));
            }
        }
        let query = sqlx::query_scalar("SELECT 1 FROM block WHERE cid = ?").bind(record.root.to_bytes());
        let root: Option<i64> = query.fetch_optional(&mut *db).await?;
        if root.is_none() {
            return Ok(PutOutcome::UnknownRoot);
        }
        sqlx::query("INSERT OR REPLACE INTO record VALUES (?, ?, ?)")
            .bind(&id.as_bytes()[..])
            .bind(record.sequence as i64)
            .bind(&bytes[..])
            .execute(&mut *db)
            .await?;
        db.commit().await?;
        // Sent while the writer is locked, so that watchers receive records in order.
        self.shared.changes.send(RecordUpdate { id, sequence: record.sequence, record: bytes }).ok();
        Ok(PutOutcome::Done)
    }

    async fn record(&self, id: &Id) -> Result<Option<Bytes>, Error> {
        let query = sqlx::query_scalar("SELECT bytes FROM record WHERE id = ?").bind(&id.as_bytes()[..]);
        let bytes: Option<Vec<u8>> = query.fetch_optional(&self.shared.readers).await?;
        Ok(bytes.map(Bytes::from))
    }

    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<RecordUpdate>, Error> {
        let ids: Vec<&Id> = known.keys().collect();
        let mut newer = Vec::new();
        for ids in ids.chunks(IN_ONE_QUERY) {
            let mut query = QueryBuilder::new("SELECT id, sequence, bytes FROM record WHERE id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.as_bytes().to_vec());
            }
            query.push(")");
            let rows =
                query.build_query_as::<(Vec<u8>, i64, Vec<u8>)>().fetch_all(&self.shared.readers).await?;
            for (id, sequence, record) in rows {
                let id = id.try_into().ok().and_then(|id: [u8; 32]| Id::from_bytes(&id).ok());
                let Some(id) = id else { continue };
                if known.get(&id).is_some_and(|known| *known < sequence as u64) {
                    newer.push(RecordUpdate { id, sequence: sequence as u64, record: record.into() });
                }
            }
        }
        Ok(newer)
    }

    fn changes(&self) -> broadcast::Receiver<RecordUpdate> {
        self.shared.changes.subscribe()
    }
}
