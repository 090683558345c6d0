//! Collection: deletes blocks that nobody holds.

use std::collections::HashSet;

use cid::Cid;
use spinney::keys::Id;
use sqlx::{Connection, SqliteConnection};

use super::{
    Error, Store,
    blobs::{path, why},
    now,
    pins::Below,
};

/// Blocks that one transaction deletes, so that other writers do not wait long.
const AT_ONCE: i64 = 512;

/// A time whose grace period has ended.
const LONG_AGO: i64 = 0;

impl Store {
    /// Deletes what nobody holds; safe to run at any time, and to stop.
    pub async fn collect(&self) -> Result<(), Error> {
        let stale: Vec<i64> = sqlx::query_scalar("SELECT owner FROM identity WHERE stale = 1")
            .fetch_all(&self.shared.readers)
            .await?;
        for owner in stale {
            self.release(owner, now()).await?;
        }
        for owner in self.end_pins().await? {
            // No grace period, because the owner chose the end of the pin.
            self.release(owner, LONG_AGO).await?;
        }
        let before = now().saturating_sub_unsigned(self.allotment().grace.as_millis() as u64);
        {
            let mut writer = self.shared.writer.lock().await;
            let mut db = writer.begin().await?;
            let query = "DELETE FROM hold WHERE why > 0 AND since <= ? RETURNING owner";
            let owners: Vec<i64> = sqlx::query_scalar(query).bind(before).fetch_all(&mut *db).await?;
            for owner in HashSet::<i64>::from_iter(owners) {
                recount(&mut db, owner).await?;
            }
            db.commit().await?;
        }
        self.expire_mail().await?;
        while self.drop_loose().await? {}
        self.empty_trash().await
    }

    /// Deletes what an identity has unpinned, and returns whether that made any room.
    pub(super) async fn make_room(&self, id: &Id) -> Result<bool, Error> {
        let query = sqlx::query_as("SELECT owner, used FROM identity WHERE id = ?").bind(&id.as_bytes()[..]);
        let row: Option<(i64, i64)> = query.fetch_optional(&self.shared.readers).await?;
        let Some((owner, used)) = row else { return Ok(false) };
        self.release(owner, now()).await?;
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let query =
            sqlx::query("DELETE FROM hold WHERE owner = ? AND why = ?").bind(owner).bind(why::UNPINNED);
        query.execute(&mut *db).await?;
        let left = recount(&mut db, owner).await?;
        db.commit().await?;
        Ok(left < used)
    }

    /// Marks blocks that no pin of an identity reaches any more as unpinned at `since`.
    async fn release(&self, owner: i64, since: i64) -> Result<(), Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let pins: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT cid FROM pin JOIN block USING (block) WHERE owner = ?")
                .bind(owner)
                .fetch_all(&mut *db)
                .await?;
        let pins = pins.into_iter().map(|cid| Cid::try_from(cid).map_err(std::io::Error::other));
        let walked = self.walk(&mut db, owner, pins.collect::<Result<_, _>>()?, Below::Walk).await?;
        let reached: HashSet<i64> = walked.nodes.iter().map(|found| found.block).collect();
        let held: Vec<i64> = sqlx::query_scalar("SELECT block FROM hold WHERE owner = ? AND why = ?")
            .bind(owner)
            .bind(why::PINNED)
            .fetch_all(&mut *db)
            .await?;
        for block in held.into_iter().filter(|block| !reached.contains(block)) {
            sqlx::query("UPDATE hold SET why = ?, since = ? WHERE owner = ? AND block = ?")
                .bind(why::UNPINNED)
                .bind(since)
                .bind(owner)
                .bind(block)
                .execute(&mut *db)
                .await?;
        }
        sqlx::query("UPDATE identity SET stale = 0 WHERE owner = ?").bind(owner).execute(&mut *db).await?;
        Ok(db.commit().await?)
    }

    /// Deletes some blocks that nobody holds, and returns whether there may be more.
    async fn drop_loose(&self) -> Result<bool, Error> {
        let mut writer = self.shared.writer.lock().await;
        let mut db = writer.begin().await?;
        let loose: Vec<i64> =
            sqlx::query_scalar("SELECT block FROM loose LIMIT ?").bind(AT_ONCE).fetch_all(&mut *db).await?;
        for block in &loose {
            let gone: Option<(Vec<u8>, bool)> = sqlx::query_as(
                "DELETE FROM block WHERE block = ?1 AND NOT EXISTS (SELECT 1 FROM hold WHERE block = ?1)
                 RETURNING cid, bytes IS NULL",
            )
            .bind(block)
            .fetch_optional(&mut *db)
            .await?;
            if let Some((cid, true)) = gone {
                sqlx::query("INSERT OR IGNORE INTO trash VALUES (?)").bind(cid).execute(&mut *db).await?;
            }
            sqlx::query("DELETE FROM loose WHERE block = ?").bind(block).execute(&mut *db).await?;
        }
        db.commit().await?;
        Ok(!loose.is_empty())
    }

    /// Removes the files of deleted blocks. Nobody can push one again meanwhile, because that needs the writer.
    pub(super) async fn empty_trash(&self) -> Result<(), Error> {
        loop {
            let mut writer = self.shared.writer.lock().await;
            let trash: Vec<Vec<u8>> = sqlx::query_scalar("SELECT cid FROM trash LIMIT ?")
                .bind(AT_ONCE)
                .fetch_all(&mut *writer)
                .await?;
            if trash.is_empty() {
                return Ok(());
            }
            let cids = trash.iter().map(|cid| Cid::try_from(&cid[..]).map_err(std::io::Error::other));
            let paths: Vec<String> = cids.map(|cid| Ok(path(&cid?))).collect::<std::io::Result<_>>()?;
            self.on_disk(move |disk| paths.iter().try_for_each(|path| disk.remove(path))).await?;
            let mut db = writer.begin().await?;
            for cid in trash {
                sqlx::query("DELETE FROM trash WHERE cid = ?").bind(cid).execute(&mut *db).await?;
            }
            db.commit().await?;
        }
    }
}

/// Recounts the bytes that an identity holds.
async fn recount(db: &mut SqliteConnection, owner: i64) -> Result<i64, Error> {
    let query = "UPDATE identity SET used = (
            SELECT COALESCE(SUM(size), 0) FROM hold JOIN block USING (block) WHERE hold.owner = identity.owner
        ) WHERE owner = ? RETURNING used";
    Ok(sqlx::query_scalar(query).bind(owner).fetch_one(db).await?)
}
