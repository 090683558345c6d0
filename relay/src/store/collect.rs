//! Collection: deletes what nobody holds, in turns that each delete a bounded number of rows.

use std::{
    collections::{BTreeSet, HashSet},
    io,
    ops::Range,
};

use cid::Cid;
use spinney::net::{
    keep::Refusal,
    mailbox::{MAIL_DAYS, TOKEN_DAYS},
};

use super::{
    Error, Room, Store, begin,
    blobs::{path, why},
    now, today,
    usage::Holder,
    walk::Purpose,
};
use crate::limits;

/// Rows that one transaction deletes, so that other writers do not wait long.
pub(super) const AT_ONCE: i64 = 512;

/// A time whose grace period has ended.
const LONG_AGO: i64 = 0;

impl Store {
    /// Deletes what nobody holds; safe to run at any time, and to stop.
    ///
    /// What cannot be looked through for one identity is logged and left for the next time; the rest goes on.
    pub async fn collect(&self) -> Result<(), Error> {
        let collected = self.name_full(self.try_collect().await);
        // The operator is told, too, when there is room again.
        self.room().await?;
        match collected {
            // It goes on when there is room.
            Err(Error::Refused(Refusal::Full)) => Ok(()),
            collected => collected,
        }
    }

    async fn try_collect(&self) -> Result<(), Error> {
        self.release_stale().await?;
        self.end_pins().await?;
        let before = now().saturating_sub_unsigned(self.allotment().grace.as_millis() as u64);
        let holds = "DELETE FROM hold WHERE (owner, block) IN
            (SELECT owner, block FROM hold WHERE why > 0 AND since <= ? LIMIT ?)";
        self.delete_all(holds, before).await?;
        let records = "DELETE FROM record WHERE owner IN (SELECT owner FROM record WHERE until <= ? LIMIT ?)";
        let ended = now().saturating_sub_unsigned(limits::RECORD_AFTER_END.as_millis() as u64);
        self.delete_all(records, ended).await?;
        let mails = "DELETE FROM mail WHERE mail IN (SELECT mail FROM mail WHERE day < ? LIMIT ?)";
        self.delete_all(mails, today().saturating_sub(MAIL_DAYS).into()).await?;
        let tokens = "DELETE FROM token WHERE (owner, token) IN
            (SELECT owner, token FROM token WHERE day < ? LIMIT ?)";
        self.delete_all(tokens, today().saturating_sub(TOKEN_DAYS).into()).await?;
        let subscriptions = "DELETE FROM subscription WHERE (owner, device) IN
            (SELECT owner, device FROM subscription WHERE until <= ? LIMIT ?)";
        self.delete_all(subscriptions, now()).await?;
        self.end_loans().await?;
        self.end_requests().await?;
        // What is charged nothing holds no block, record or mail.
        let identities = "DELETE FROM identity WHERE owner IN (
            SELECT owner FROM identity WHERE used = 0 AND since < ?
            AND NOT EXISTS (SELECT 1 FROM token WHERE token.owner = identity.owner)
            AND NOT EXISTS (SELECT 1 FROM loan WHERE holder = identity.owner)
            AND NOT EXISTS (SELECT 1 FROM loan WHERE lender = identity.owner)
            AND NOT EXISTS (SELECT 1 FROM pin_request WHERE pin_request.owner = identity.owner)
            AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.owner = identity.owner) LIMIT ?)";
        self.delete_all(identities, today().saturating_sub(limits::EMPTY_DAYS).into()).await?;
        while self.drop_loose().await? {}
        self.empty_trash().await?;
        self.sweep_next().await
    }

    /// Deletes what a holder has unpinned, ends its loans whose time is over, and returns whether that made any room. On a disk that is quite full nothing
    /// can be deleted.
    pub(super) async fn makes_room(&self, holder: Holder) -> bool {
        self.name_full(self.make_room(holder).await).unwrap_or_else(|error| {
            tracing::debug!(%error, "what was unpinned stays for now");
            false
        })
    }

    async fn make_room(&self, holder: Holder) -> Result<bool, Error> {
        let query = sqlx::query_as("SELECT owner, stale FROM identity WHERE id = ?").bind(holder.key());
        let row: Option<(i64, bool)> = query.fetch_optional(&self.shared.readers).await?;
        let Some((owner, stale)) = row else { return Ok(false) };
        let gave_back = self.close_ended_of(owner).await?;
        if stale {
            self.release(owner, now()).await?;
        }
        Ok(self.drop_holds(owner, why::UNPINNED, i64::MIN..i64::MAX).await? || gave_back)
    }

    /// Deletes the holds of an identity that have this reason since a time in a range. Returns whether there were any.
    pub(super) async fn drop_holds(&self, owner: i64, why: i64, since: Range<i64>) -> Result<bool, Error> {
        let query = "DELETE FROM hold WHERE owner = ?1 AND block IN
            (SELECT block FROM hold WHERE owner = ?1 AND why = ?2 AND since >= ?3 AND since < ?4 LIMIT ?5)";
        let mut dropped = false;
        loop {
            let mut writer = self.writer().await?;
            let query = sqlx::query(query).bind(owner).bind(why).bind(since.start).bind(since.end);
            if query.bind(AT_ONCE).execute(&mut *writer).await?.rows_affected() == 0 {
                break;
            }
            dropped = true;
        }
        if dropped {
            // At once, because somebody waits for the room.
            while self.drop_loose().await? {}
            self.empty_trash().await?;
        }
        Ok(dropped)
    }

    /// Looks through the identities that gave up a pin.
    async fn release_stale(&self) -> Result<(), Error> {
        let mut last = i64::MIN;
        loop {
            let query = "SELECT owner FROM identity WHERE stale = 1 AND owner > ? ORDER BY owner LIMIT ?";
            let query = sqlx::query_scalar(query).bind(last).bind(AT_ONCE);
            let stale: Vec<i64> = query.fetch_all(&self.shared.readers).await?;
            let Some(end) = stale.last() else { return Ok(()) };
            last = *end;
            for owner in stale {
                self.release_or_log(owner, now()).await;
            }
        }
    }

    /// Deletes the pins that have ended, and what only they reached.
    async fn end_pins(&self) -> Result<(), Error> {
        loop {
            let owners = {
                let mut writer = self.writer().await?;
                let mut db = begin(&mut writer).await?;
                let query = "DELETE FROM pin WHERE (owner, block) IN
                    (SELECT owner, block FROM pin WHERE until <= ? LIMIT ?) RETURNING owner";
                let query = sqlx::query_scalar(query).bind(now()).bind(AT_ONCE);
                let owners: BTreeSet<i64> = query.fetch_all(&mut *db).await?.into_iter().collect();
                for owner in &owners {
                    let query = "UPDATE identity SET stale = 1, generation = generation + 1 WHERE owner = ?";
                    sqlx::query(query).bind(owner).execute(&mut *db).await?;
                }
                db.commit().await?;
                owners
            };
            if owners.is_empty() {
                return Ok(());
            }
            for owner in owners {
                // No grace period, because the owner chose the end of the pin.
                self.release_or_log(owner, LONG_AGO).await;
            }
        }
    }

    /// Logs an error without the identity, because logs name nobody.
    async fn release_or_log(&self, owner: i64, since: i64) {
        if let Err(error) = self.release(owner, since).await {
            tracing::error!(%error, "the pins of one identity could not be looked through");
        }
    }

    /// Marks blocks that no pin of an identity reaches any more as unpinned at `since`.
    ///
    /// If the identity pins or unpins meanwhile, the rest is left for the next collection.
    async fn release(&self, owner: i64, since: i64) -> Result<(), Error> {
        let readers = &self.shared.readers;
        let query = sqlx::query_scalar("SELECT generation FROM identity WHERE owner = ?").bind(owner);
        let Some(mut generation): Option<i64> = query.fetch_optional(readers).await? else { return Ok(()) };
        let query = "SELECT cid FROM pin JOIN block USING (block) WHERE owner = ?1
            UNION SELECT cid FROM pin_request WHERE owner = ?1 AND status = 1";
        let pins: Vec<Vec<u8>> = sqlx::query_scalar(query).bind(owner).fetch_all(readers).await?;
        let pins = pins.into_iter().map(|cid| Cid::try_from(cid).map_err(io::Error::other));
        let walked = self.walk(Some(owner), pins.collect::<Result<_, _>>()?, Purpose::Release).await?;
        if !walked.missing.is_empty() {
            return Err(io::Error::other("a block that is pinned is missing: check the disk").into());
        }
        let mut reached: HashSet<i64> = walked.blocks.into_iter().collect();
        self.add_queued(owner, &mut reached).await?;
        let query = sqlx::query_scalar("SELECT block FROM hold WHERE owner = ? AND why = ?");
        let held: Vec<i64> = query.bind(owner).bind(why::PINNED).fetch_all(readers).await?;
        let left: Vec<i64> = held.into_iter().filter(|block| !reached.contains(block)).collect();
        for some in left.chunks(AT_ONCE as usize) {
            let mut writer = self.writer().await?;
            let mut db = begin(&mut writer).await?;
            let query = "UPDATE identity SET generation = generation + 1
                WHERE owner = ? AND generation = ? RETURNING generation";
            let query = sqlx::query_scalar(query).bind(owner).bind(generation);
            let Some(next) = query.fetch_optional(&mut *db).await? else { return Ok(()) };
            generation = next;
            for block in some {
                sqlx::query("UPDATE hold SET why = ?, since = ? WHERE owner = ? AND block = ?")
                    .bind(why::UNPINNED)
                    .bind(since)
                    .bind(owner)
                    .bind(block)
                    .execute(&mut *db)
                    .await?;
            }
            db.commit().await?;
        }
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE identity SET stale = 0 WHERE owner = ? AND generation = ?")
            .bind(owner)
            .bind(generation)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// Adds what is here of queued requests, so that one that replaced another keeps what both have.
    async fn add_queued(&self, owner: i64, reached: &mut HashSet<i64>) -> Result<(), Error> {
        let query = sqlx::query_scalar("SELECT cid FROM pin_request WHERE owner = ? AND status = 0");
        let queued: Vec<Vec<u8>> = query.bind(owner).fetch_all(&self.shared.readers).await?;
        for cid in queued {
            let cid = Cid::try_from(cid).map_err(io::Error::other)?;
            match self.walk(Some(owner), vec![cid], Purpose::Release).await {
                Ok(walked) => reached.extend(walked.blocks),
                // It fails when it is tried, so nothing is kept for it.
                Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Runs a query that deletes or ends some rows before a bound, [`AT_ONCE`] of them at a time, until none is left.
    pub(super) async fn delete_all(&self, query: &'static str, bound: i64) -> Result<(), Error> {
        loop {
            let mut writer = self.writer().await?;
            let query = sqlx::query(query).bind(bound).bind(AT_ONCE);
            if query.execute(&mut *writer).await?.rows_affected() == 0 {
                return Ok(());
            }
        }
    }

    /// Deletes some blocks that nobody holds, and returns whether there may be more.
    async fn drop_loose(&self) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
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
            let mut writer = self.writer().await?;
            let trash: Vec<Vec<u8>> = sqlx::query_scalar("SELECT cid FROM trash LIMIT ?")
                .bind(AT_ONCE)
                .fetch_all(&mut *writer)
                .await?;
            if trash.is_empty() {
                return Ok(());
            }
            let cids = trash.iter().map(|cid| Cid::try_from(&cid[..]).map_err(io::Error::other));
            let paths: Vec<String> = cids.map(|cid| Ok(path(&cid?))).collect::<io::Result<_>>()?;
            self.on_disk(move |disk| paths.iter().try_for_each(|path| disk.remove(path))).await?;
            let mut db = begin(&mut writer).await?;
            for cid in trash {
                sqlx::query("DELETE FROM trash WHERE cid = ?").bind(cid).execute(&mut *db).await?;
            }
            db.commit().await?;
        }
    }
}
