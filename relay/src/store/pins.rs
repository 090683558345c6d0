//! Pins: each holds the blocks that it reaches over clear links.

use std::{collections::HashSet, io, ops::Range, sync::Arc};

use async_trait::async_trait;
use cid::Cid;
use spinney::{
    keys::Id,
    net::keep::{Allowance, Block, MAX_CIDS, PinOutcome, Refusal, Weight},
};
use sqlx::{QueryBuilder, SqliteConnection};

use super::{
    Error, Store, begin,
    blobs::{IN_ONE_QUERY, push_cids, why},
    loans::{end_of_pin, holding},
    now,
    pin_requests::RequestId,
    usage::{Holder, Usage, allowance, known_owner},
    walk::Purpose,
};

/// Times that a pin walks again, because something else changed what it had found.
const WALKS: usize = 3;

/// What is noted of a pin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Noted {
    /// A pin of a device or a guest, and its end in milliseconds since 1970.
    Pin {
        /// `None`: until it is removed. Pins of loans end with the loan.
        until: Option<u64>,
    },
    /// That a queued request is pinned.
    Request(RequestId),
}

/// Who holds which blocks.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Pins: Send + Sync {
    /// Returns what an identity is charged, and its quota.
    async fn allowance(&self, id: &Id) -> Result<Allowance, Error>;

    /// Returns whether blocks that weigh so much fit. If not, deletes what the identity has unpinned, and looks again.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`] or [`Refusal::Full`] if they do not fit even then.
    async fn room(&self, id: &Id, weight: Weight) -> Result<(), Error>;

    /// Deletes what an identity pushed in this time, in milliseconds since 1970, and no pin reaches. Returns whether
    /// there was anything.
    async fn drop_pushed(&self, id: &Id, time: Range<i64>) -> Result<bool, Error>;

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

    /// Returns for each of at most [`MAX_PROVED`](spinney::net::keep::MAX_PROVED) blocks whether a pin of the identity holds it.
    async fn are_held(&self, id: &Id, cids: &[Cid]) -> Result<Vec<bool>, Error>;
}

#[async_trait]
impl Pins for Store {
    async fn allowance(&self, id: &Id) -> Result<Allowance, Error> {
        allowance(&mut *self.shared.readers.acquire().await?, &self.shared.allotment, id).await
    }

    async fn room(&self, id: &Id, weight: Weight) -> Result<(), Error> {
        let ask = move |store: Self, holder| async move { store.try_room(holder, weight).await };
        self.with_room(id.into(), ask).await
    }

    async fn drop_pushed(&self, id: &Id, time: Range<i64>) -> Result<bool, Error> {
        self.drop_pushed_of(id.into(), time).await
    }

    async fn push(&self, id: &Id, blocks: Vec<Block>) -> Result<(), Error> {
        let blocks: Arc<[Block]> = blocks.into();
        let push = move |store: Self, holder| {
            let blocks = blocks.clone();
            async move { store.try_push(holder, &blocks).await }
        };
        self.with_room(id.into(), push).await
    }

    async fn pin(&self, id: &Id, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Error> {
        let cid = *cid;
        let pin =
            move |store: Self, holder| async move { store.try_pin(holder, &cid, Noted::Pin { until }).await };
        self.with_room(id.into(), pin).await
    }

    async fn unpin(&self, id: &Id, cid: &Cid) -> Result<(), Error> {
        self.name_full(self.try_unpin(id, cid).await)
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

    async fn are_held(&self, id: &Id, cids: &[Cid]) -> Result<Vec<bool>, Error> {
        let mut db = self.shared.readers.acquire().await?;
        let Some(owner) = known_owner(&mut db, id).await? else { return Ok(vec![false; cids.len()]) };
        let mut query = QueryBuilder::new("SELECT cid FROM block JOIN hold USING (block) WHERE owner = ");
        query.push_bind(owner).push(" AND why = ").push_bind(why::PINNED).push(" AND");
        push_cids(&mut query, cids);
        let held: HashSet<Vec<u8>> =
            query.build_query_scalar().fetch_all(&mut *db).await?.into_iter().collect();
        Ok(cids.iter().map(|cid| held.contains(&cid.to_bytes())).collect())
    }
}

impl Store {
    /// Tries a change; if there is no room for it, deletes what the holder has unpinned and tries again.
    ///
    /// Goes on to its end if the future is dropped.
    pub(super) async fn with_room<T, F>(
        &self,
        holder: Holder,
        change: impl Fn(Self, Holder) -> F + Send + Sync + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send,
    {
        let store = self.clone();
        let work = tokio::spawn(async move {
            let result = store.name_full(change(store.clone(), holder).await);
            match &result {
                Err(Error::Refused(why)) if lacks_room(why) && store.makes_room(holder).await => {
                    store.name_full(change(store.clone(), holder).await)
                }
                _ => result,
            }
        });
        work.await.map_err(io::Error::other)?
    }

    pub(super) async fn drop_pushed_of(&self, holder: Holder, time: Range<i64>) -> Result<bool, Error> {
        let Some(owner) = known_owner(&mut *self.shared.readers.acquire().await?, holder).await? else {
            return Ok(false);
        };
        self.name_full(self.drop_holds(owner, why::PUSHED, time).await)
    }

    pub(super) async fn try_room(&self, holder: Holder, weight: Weight) -> Result<(), Error> {
        let mut db = self.shared.readers.acquire().await?;
        let before = Usage::of_holder(&mut db, &self.shared.allotment, holder).await?;
        drop(db);
        match before.check(&before.with(weight)) {
            // The capacity is looked at with the disk, for the operator to hear of it.
            Ok(()) | Err(Refusal::Full) => self.check_room(weight.bytes).await,
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn try_unpin(&self, id: &Id, cid: &Cid) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(owner) = known_owner(&mut db, id).await? else { return Ok(()) };
        let query = "DELETE FROM pin WHERE owner = ? AND block = (SELECT block FROM block WHERE cid = ?)";
        let gone = sqlx::query(query).bind(owner).bind(cid.to_bytes()).execute(&mut *db).await?;
        if gone.rows_affected() > 0 {
            let query = "UPDATE identity SET stale = 1, generation = generation + 1 WHERE owner = ?";
            sqlx::query(query).bind(owner).execute(&mut *db).await?;
        }
        Ok(db.commit().await?)
    }

    pub(super) async fn try_pin(&self, holder: Holder, cid: &Cid, noted: Noted) -> Result<PinOutcome, Error> {
        for _ in 0..WALKS {
            let standing = standing(&mut *self.shared.readers.acquire().await?, holder).await?;
            let owner = standing.map(|(owner, _)| owner);
            let walked = self.walk(owner, vec![*cid], Purpose::Pin(holder)).await?;
            if !walked.missing.is_empty() {
                return Ok(PinOutcome::Missing(walked.missing));
            }
            if self.commit_pin(holder, standing, &walked.blocks, cid, noted).await? {
                return Ok(PinOutcome::Kept);
            }
        }
        Err(Refusal::Unavailable.into())
    }

    /// Holds the blocks that a walk found, and notes it; returns `false` if the walk is out of date.
    ///
    /// It is out of date if the identity's pins changed since, or if a block was collected that nobody held. So it is if
    /// the pin request is gone.
    async fn commit_pin(
        &self,
        holder: Holder,
        walked_at: Option<(i64, i64)>,
        blocks: &[i64],
        cid: &Cid,
        noted: Noted,
    ) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        if standing(&mut db, holder).await? != walked_at {
            return Ok(false);
        }
        let owner = holding(&mut db, holder).await?;
        let before = Usage::of(&mut db, &self.shared.allotment, owner).await?;
        for blocks in blocks.chunks(IN_ONE_QUERY) {
            let mut query = QueryBuilder::new("INSERT INTO hold SELECT ");
            query.push_bind(owner).push(", block, ").push_bind(why::PINNED).push(", ").push_bind(now());
            query.push(" FROM block WHERE block IN (");
            let mut list = query.separated(", ");
            for block in blocks {
                list.push_bind(*block);
            }
            query.push(") ON CONFLICT DO UPDATE SET why = excluded.why, since = excluded.since");
            if query.build().execute(&mut *db).await?.rows_affected() < blocks.len() as u64 {
                return Ok(false);
            }
        }
        before.check(&Usage::of(&mut db, &self.shared.allotment, owner).await?)?;
        let pinned = match noted {
            Noted::Pin { until } => {
                let until = match holder {
                    // A time that is too late for the database never comes.
                    Holder::Identity(_) => until.and_then(|until| i64::try_from(until).ok()),
                    Holder::Loan(_) => Some(end_of_pin(&mut db, owner, cid).await?),
                };
                sqlx::query(
                    "INSERT INTO pin SELECT ?, block, ? FROM block WHERE cid = ?
                     ON CONFLICT DO UPDATE SET until = excluded.until",
                )
                .bind(owner)
                .bind(until)
                .bind(cid.to_bytes())
            }
            Noted::Request(request) => sqlx::query(
                "UPDATE pin_request SET status = 1 WHERE owner = ? AND request = ? AND status = 0
                 AND EXISTS (SELECT 1 FROM block WHERE cid = ?)",
            )
            .bind(owner)
            .bind(request.to_vec())
            .bind(cid.to_bytes()),
        };
        if pinned.execute(&mut *db).await?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE identity SET generation = generation + 1 WHERE owner = ?")
            .bind(owner)
            .execute(&mut *db)
            .await?;
        db.commit().await?;
        Ok(true)
    }
}

/// Whether it is room that lacks, so that it may be made.
fn lacks_room(why: &Refusal) -> bool {
    matches!(why, Refusal::Quota { .. } | Refusal::LoanFull { .. } | Refusal::Full)
}

/// The row number of a holder and its generation, which says whether a walk is out of date.
async fn standing(db: &mut SqliteConnection, holder: Holder) -> Result<Option<(i64, i64)>, Error> {
    let query = sqlx::query_as("SELECT owner, generation FROM identity WHERE id = ?").bind(holder.key());
    Ok(query.fetch_optional(db).await?)
}
