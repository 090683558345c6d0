//! Records: the newest of each identity, replaced in the order of IPNS.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use spinney::{format::ipns, keys::Id};
use sqlx::{QueryBuilder, SqliteConnection};
use tokio::sync::broadcast;

use super::{
    Error, Store, begin,
    blobs::{IN_ONE_QUERY, why},
    usage::{Usage, known_owner},
};

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
    /// The identity has not pinned the root that the record names.
    UnknownRoot,
}

/// The newest signed record of each identity.
///
/// A record counts to the quota of its identity. It goes when the identity no longer holds its root, and some months
/// after its end of life. When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Records: Send + Sync {
    /// Stores a record if it supersedes the stored one. The caller has checked its signature and written it anew
    /// ([`ipns::rewrite`]).
    ///
    /// With `replaces`, the stored record must have this sequence.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`](spinney::net::keep::Refusal::Quota) or [`Refusal::Full`](spinney::net::keep::Refusal::Full).
    async fn put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<PutOutcome, Error>;

    /// Returns the newest record of an identity and its sequence.
    async fn newest(&self, id: &Id) -> Result<Option<(u64, Bytes)>, Error>;

    /// Returns the newest record of an identity.
    async fn record(&self, id: &Id) -> Result<Option<Bytes>, Error> {
        Ok(self.newest(id).await?.map(|(_, record)| record))
    }

    /// Returns which of the known identities have a record with a higher sequence than the known one.
    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Error>;

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
        self.name_full(self.try_put(id, record, bytes, replaces).await)
    }

    async fn newest(&self, id: &Id) -> Result<Option<(u64, Bytes)>, Error> {
        let query = "SELECT sequence, bytes FROM record JOIN identity USING (owner) WHERE id = ?";
        let query = sqlx::query_as(query).bind(&id.as_bytes()[..]);
        let row: Option<(i64, Vec<u8>)> = query.fetch_optional(&self.shared.readers).await?;
        Ok(row.map(|(sequence, bytes)| (sequence as u64, bytes.into())))
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Error> {
        let mut newer = Vec::new();
        for known in known.chunks(IN_ONE_QUERY) {
            let mut query = QueryBuilder::new(
                "SELECT id, sequence FROM record JOIN identity USING (owner) WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for (id, _) in known {
                list.push_bind(id.as_bytes().to_vec());
            }
            query.push(")");
            let rows: Vec<(Vec<u8>, i64)> = query.build_query_as().fetch_all(&self.shared.readers).await?;
            let sequences: HashMap<Vec<u8>, i64> = rows.into_iter().collect();
            let is_newer = |(id, known): &&(Id, u64)| {
                sequences.get(&id.as_bytes()[..]).is_some_and(|sequence| *known < *sequence as u64)
            };
            newer.extend(known.iter().filter(is_newer).map(|(id, _)| *id));
        }
        Ok(newer)
    }

    fn changes(&self) -> broadcast::Receiver<RecordUpdate> {
        self.shared.changes.subscribe()
    }
}

impl Store {
    async fn try_put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<PutOutcome, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        // Who has no row holds no root.
        let Some(owner) = known_owner(&mut db, &id).await? else { return Ok(PutOutcome::UnknownRoot) };
        let current: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM record WHERE owner = ?")
            .bind(owner)
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
        let Some(root) = pinned(&mut db, owner, &record.root).await? else {
            return Ok(PutOutcome::UnknownRoot);
        };
        let before = Usage::of(&mut db, &self.shared.allotment, owner).await?;
        write(&mut db, owner, root, record, &bytes).await?;
        before.check(&Usage::of(&mut db, &self.shared.allotment, owner).await?)?;
        db.commit().await?;
        // Sent while the writer is locked, so that watchers receive records in order.
        self.shared.changes.send(RecordUpdate { id, sequence: record.sequence, record: bytes }).ok();
        Ok(PutOutcome::Done)
    }

    /// Moves records from before they were charged. Those that would be refused today are dropped.
    pub(super) async fn charge_old_records(&self) -> Result<(), Error> {
        loop {
            let mut writer = self.writer().await?;
            let mut db = begin(&mut writer).await?;
            let rows: Vec<(Vec<u8>, Vec<u8>)> =
                sqlx::query_as("SELECT id, bytes FROM record_uncharged LIMIT ?")
                    .bind(IN_ONE_QUERY as i64)
                    .fetch_all(&mut *db)
                    .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for (key, bytes) in rows {
                if let Some((id, record, bytes)) = sound(&key, &bytes)
                    && let Some(owner) = known_owner(&mut db, &id).await?
                    && let Some(root) = pinned(&mut db, owner, &record.root).await?
                {
                    write(&mut db, owner, root, &record, &bytes).await?;
                }
                sqlx::query("DELETE FROM record_uncharged WHERE id = ?").bind(key).execute(&mut *db).await?;
            }
            db.commit().await?;
        }
    }
}

/// A record from before, as it is stored today.
fn sound(key: &[u8], bytes: &[u8]) -> Option<(Id, ipns::Record, Vec<u8>)> {
    let id = Id::from_bytes(key.try_into().ok()?).ok()?;
    let (record, bytes) = ipns::rewrite(bytes, &id.verifying_key()).ok()?;
    (!record.is_ahead(spinney::platform::now_ms())).then_some((id, record, bytes))
}

/// The number of a block, if a pin of the identity holds it.
async fn pinned(db: &mut SqliteConnection, owner: i64, cid: &Cid) -> Result<Option<i64>, Error> {
    let query = "SELECT block FROM block JOIN hold USING (block) WHERE cid = ? AND owner = ? AND why = ?";
    let query = sqlx::query_scalar(query).bind(cid.to_bytes()).bind(owner).bind(why::PINNED);
    Ok(query.fetch_optional(db).await?)
}

async fn write(
    db: &mut SqliteConnection,
    owner: i64,
    root: i64,
    record: &ipns::Record,
    bytes: &[u8],
) -> Result<(), Error> {
    // An upsert, because a trigger does not see what `REPLACE` deletes.
    sqlx::query(
        "INSERT INTO record VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         root = excluded.root, sequence = excluded.sequence, until = excluded.until, bytes = excluded.bytes",
    )
    .bind(owner)
    .bind(root)
    .bind(record.sequence as i64)
    .bind(i64::try_from(record.until).unwrap_or(i64::MAX))
    .bind(bytes)
    .execute(db)
    .await?;
    Ok(())
}
