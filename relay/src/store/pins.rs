//! Pins: each holds the blocks that it reaches over clear links.

use std::{
    collections::{BTreeSet, HashSet},
    io,
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use spinney::{
    dag::walk,
    format::RAW,
    keys::Id,
    net::keep::{Block, MAX_CIDS, PinOutcome, Refusal},
};
use sqlx::{Connection, QueryBuilder, SqliteConnection};

use super::{
    Error, Store,
    blobs::{IN_ONE_QUERY, charge, owner, path, push_cids, why},
    now,
};

/// Blocks that one pin may newly reach: 64 GiB of the smaller chunks, in some 30 MiB of memory.
const MAX_REACH: usize = 1 << 18;

/// A block on a walk.
pub(super) struct Node {
    pub(super) block: i64,
    size: u64,
    /// Whether the owner of the walk holds it.
    held: bool,
}

/// What the tables say of a block: its number, CID, size, bytes if they are inline, and why it is held.
type Row = (i64, Vec<u8>, i64, Option<Vec<u8>>, Option<i64>);

/// What a walk found.
pub(super) struct Walk {
    pub(super) nodes: Vec<Node>,
    missing: Vec<Cid>,
}

/// Whether a walk continues below blocks that a pin of the owner already reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// No: the owner holds all of that.
    Skip,
    /// Yes.
    Walk,
}

/// Who holds which blocks.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Pins: Send + Sync {
    /// Returns how many bytes of distinct blocks an identity holds.
    async fn used(&self, id: &Id) -> Result<u64, Error>;

    /// Stores blocks for an identity, all or none, for the grace period or until a pin reaches them.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`] or [`Refusal::Full`] if they do not fit even without what the identity has unpinned.
    ///
    /// # Cancel safety
    ///
    /// The push goes on if the future is dropped.
    async fn push(&self, id: &Id, blocks: Vec<Block>) -> Result<(), Error>;

    /// Holds every block that `cid` reaches, once all of them are here.
    ///
    /// The pin ends at `until`, in milliseconds since 1970, or when it is removed. The last `until` counts.
    ///
    /// # Cancel safety
    ///
    /// The pin goes on if the future is dropped.
    async fn pin(&self, id: &Id, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Error>;

    /// Removes a pin. Blocks that only this pin reached stay for the grace period.
    async fn unpin(&self, id: &Id, cid: &Cid) -> Result<(), Error>;

    /// Returns an identity's pins after `after`, sorted by their bytes, at most [`MAX_CIDS`].
    async fn pins(&self, id: &Id, after: Option<Cid>) -> Result<Vec<Cid>, Error>;
}

#[async_trait]
impl Pins for Store {
    async fn used(&self, id: &Id) -> Result<u64, Error> {
        let query = sqlx::query_scalar("SELECT used FROM identity WHERE id = ?").bind(&id.as_bytes()[..]);
        Ok(query.fetch_optional(&self.shared.readers).await?.map_or(0, |used: i64| used as u64))
    }

    async fn push(&self, id: &Id, blocks: Vec<Block>) -> Result<(), Error> {
        let blocks: Arc<[Block]> = blocks.into();
        let push = move |store: Self, id| {
            let blocks = blocks.clone();
            async move { store.try_push(&id, &blocks).await }
        };
        self.with_room(*id, push).await
    }

    async fn pin(&self, id: &Id, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Error> {
        let cid = *cid;
        let pin = move |store: Self, id| async move { store.try_pin(&id, &cid, until).await };
        self.with_room(*id, pin).await
    }

    async fn unpin(&self, id: &Id, cid: &Cid) -> Result<(), Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let owner = owner(&mut db, id).await?;
        let query = "DELETE FROM pin WHERE owner = ? AND block = (SELECT block FROM block WHERE cid = ?)";
        let gone = sqlx::query(query).bind(owner).bind(cid.to_bytes()).execute(&mut *db).await?;
        if gone.rows_affected() > 0 {
            sqlx::query("UPDATE identity SET stale = 1 WHERE owner = ?")
                .bind(owner)
                .execute(&mut *db)
                .await?;
        }
        Ok(db.commit().await?)
    }

    async fn pins(&self, id: &Id, after: Option<Cid>) -> Result<Vec<Cid>, Error> {
        let cids: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT cid FROM pin JOIN block USING (block) JOIN identity USING (owner)
             WHERE id = ? AND cid > ? ORDER BY cid LIMIT ?",
        )
        .bind(&id.as_bytes()[..])
        .bind(after.map(|cid| cid.to_bytes()).unwrap_or_default())
        .bind(MAX_CIDS as i64)
        .fetch_all(&self.shared.readers)
        .await?;
        cids.into_iter().map(|cid| Ok(Cid::try_from(cid).map_err(io::Error::other)?)).collect()
    }
}

impl Store {
    /// Tries a change; if the quota does not allow it, deletes what the identity has unpinned and tries again.
    ///
    /// Goes on to its end if the future is dropped.
    async fn with_room<T, F>(
        &self,
        id: Id,
        change: impl Fn(Self, Id) -> F + Send + Sync + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send,
    {
        let store = self.clone();
        let work = tokio::spawn(async move {
            match change(store.clone(), id).await {
                Err(Error::Refused(Refusal::Quota { .. })) if store.make_room(&id).await? => {
                    change(store, id).await
                }
                result => result,
            }
        });
        work.await.map_err(io::Error::other)?
    }

    async fn try_pin(&self, id: &Id, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let owner = owner(&mut db, id).await?;
        let walked = self.walk(&mut db, owner, vec![*cid], Below::Skip).await?;
        if !walked.missing.is_empty() {
            return Ok(PinOutcome::Missing(walked.missing));
        }
        let more = walked.nodes.iter().filter(|found| !found.held);
        charge(&mut db, self, owner, more.map(|found| found.size).sum()).await?;
        for found in walked.nodes {
            sqlx::query(
                "INSERT INTO hold VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET why = excluded.why, since = excluded.since",
            )
            .bind(owner)
            .bind(found.block)
            .bind(why::PINNED)
            .bind(now())
            .execute(&mut *db)
            .await?;
        }
        sqlx::query(
            "INSERT INTO pin SELECT ?, block, ? FROM block WHERE cid = ?
             ON CONFLICT DO UPDATE SET until = excluded.until",
        )
        .bind(owner)
        // A time that is too late for the database never comes.
        .bind(until.and_then(|until| i64::try_from(until).ok()))
        .bind(cid.to_bytes())
        .execute(&mut *db)
        .await?;
        db.commit().await?;
        Ok(PinOutcome::Kept)
    }

    /// Deletes the pins that have ended, and returns their owners.
    pub(super) async fn end_pins(&self) -> Result<Vec<i64>, Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let query = sqlx::query_scalar("DELETE FROM pin WHERE until <= ? RETURNING owner").bind(now());
        let owners: BTreeSet<i64> = query.fetch_all(&mut *db).await?.into_iter().collect();
        for owner in &owners {
            let query = sqlx::query("UPDATE identity SET stale = 1 WHERE owner = ?").bind(owner);
            query.execute(&mut *db).await?;
        }
        db.commit().await?;
        Ok(owners.into_iter().collect())
    }

    /// Walks from some blocks over the clear links of DAG-CBOR, and those of DAG-PB.
    ///
    /// The walk ends when it has found [`MAX_CIDS`] missing blocks.
    pub(super) async fn walk(
        &self,
        db: &mut SqliteConnection,
        owner: i64,
        from: Vec<Cid>,
        below: Below,
    ) -> Result<Walk, Error> {
        let mut seen: HashSet<Cid> = from.iter().copied().collect();
        let mut ahead = from;
        let mut walked = Walk { nodes: Vec::new(), missing: Vec::new() };
        while !ahead.is_empty() && walked.missing.len() < MAX_CIDS {
            let step = ahead.split_off(ahead.len().saturating_sub(IN_ONE_QUERY));
            let mut query =
                QueryBuilder::new("SELECT block.block, cid, size, bytes, why FROM block LEFT JOIN hold ON");
            query.push(" hold.block = block.block AND hold.owner = ").push_bind(owner).push(" WHERE");
            push_cids(&mut query, &step);
            let mut missing: HashSet<Cid> = step.into_iter().collect();
            for (block, cid, size, inline, why) in query.build_query_as::<Row>().fetch_all(&mut *db).await? {
                let cid = Cid::try_from(cid).map_err(io::Error::other)?;
                missing.remove(&cid);
                if below == Below::Skip && why == Some(why::PINNED) {
                    continue;
                }
                if cid.codec() != RAW {
                    for link in self.links(&cid, inline).await? {
                        if seen.insert(link) {
                            ahead.push(link);
                        }
                    }
                }
                if below == Below::Skip && seen.len() > MAX_REACH {
                    return Err(Refusal::TooLarge.into());
                }
                walked.nodes.push(Node { block, size: size as u64, held: why.is_some() });
            }
            walked.missing.extend(missing);
        }
        walked.missing.truncate(MAX_CIDS);
        Ok(walked)
    }

    /// The links of a block to blocks of a kind that the relay keeps.
    async fn links(&self, cid: &Cid, inline: Option<Vec<u8>>) -> Result<Vec<Cid>, Error> {
        let bytes = match inline {
            Some(bytes) => Bytes::from(bytes),
            None => {
                let path = path(cid);
                let bytes = self.on_disk(move |disk| disk.read(&path)).await?;
                bytes.ok_or_else(|| io::Error::other(format!("the file of {cid} is missing")))?.into()
            }
        };
        walk::links(cid, &bytes).map_err(|_| Refusal::BadBlock.into())
    }
}
