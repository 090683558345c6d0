//! Records: the newest of each identity, replaced in the order of IPNS.

use std::collections::HashMap;

use bytes::Bytes;
use spinney::{format::ipns, keys::Id};
use sqlx::{Connection, QueryBuilder};
use tokio::sync::broadcast;

use super::{Error, Store, blocks::IN_ONE_QUERY};

/// A record that was stored, as told to watchers.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Whose it is.
    pub id: Id,
    /// Its sequence.
    pub sequence: u64,
    /// The record as signed.
    pub record: Bytes,
}

/// What came of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is stored, or was already.
    Done,
    /// Another stands there, of this sequence.
    Conflict(u64),
    /// The root that it names is not here.
    UnknownRoot,
}

impl Store {
    /// Stores a verified record, if the one that stands there is as expected and comes before it.
    pub async fn put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<Put, Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let current: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM record WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .fetch_optional(&mut *db)
            .await?;
        if let Some(current) = &current {
            if *current == bytes {
                return Ok(Put::Done);
            }
            // What stands there was verified when it was put.
            if let Ok(current) = ipns::open(current, &id.verifying_key())
                && (replaces.is_some_and(|replaces| replaces != current.sequence)
                    || !record.supersedes(&current))
            {
                return Ok(Put::Conflict(current.sequence));
            }
        }
        let query = sqlx::query_scalar("SELECT 1 FROM block WHERE cid = ?").bind(record.root.to_bytes());
        let root: Option<i64> = query.fetch_optional(&mut *db).await?;
        if root.is_none() {
            return Ok(Put::UnknownRoot);
        }
        sqlx::query("INSERT OR REPLACE INTO record VALUES (?, ?, ?)")
            .bind(&id.as_bytes()[..])
            .bind(record.sequence as i64)
            .bind(&bytes[..])
            .execute(&mut *db)
            .await?;
        db.commit().await?;
        // While the writer is held, so that watchers hear of records in their order.
        self.shared.changes.send(Stored { id, sequence: record.sequence, record: bytes }).ok();
        Ok(Put::Done)
    }

    /// The newest record of an identity.
    pub async fn record(&self, id: &Id) -> Result<Option<Bytes>, Error> {
        let query = sqlx::query_scalar("SELECT bytes FROM record WHERE id = ?").bind(&id.as_bytes()[..]);
        let bytes: Option<Vec<u8>> = query.fetch_optional(&self.shared.readers).await?;
        Ok(bytes.map(Bytes::from))
    }

    /// The records of those identities whose sequence is higher than the one known.
    pub async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<Stored>, Error> {
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
                    newer.push(Stored { id, sequence: sequence as u64, record: record.into() });
                }
            }
        }
        Ok(newer)
    }

    /// Every record stored from now on.
    pub fn changes(&self) -> broadcast::Receiver<Stored> {
        self.shared.changes.subscribe()
    }
}
