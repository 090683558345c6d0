//! Loans: bytes of an identity's quota for anyone who has a token.
//!
//! A loan holds what is pushed with its token, as an identity does: walks, collections and charges are the same. Its
//! lender is charged what is lent, from the moment of lending, so that a loan can always be filled.

use std::{io, sync::Arc};

use async_trait::async_trait;
use cid::Cid;
use spinney::{
    format::limits::{AFTER_LOAN_MS, LOAN_PINS, LOANS, MAX_INTEGER},
    keys::Id,
    net::keep::{Allowance, Block, Loan, PinOutcome, Refusal, TokenDigest, Weight},
};
use sqlx::SqliteConnection;

use super::{
    Error, Store, begin, now,
    pins::Noted,
    usage::{Holder, Usage, known_owner, owner},
};

/// No row has this number.
const NOBODY: i64 = 0;

/// A loan that somebody opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lent {
    /// Who lends.
    pub lender: Id,
    /// What is used and lent.
    pub allowance: Allowance,
    /// Whether the lender took it back.
    pub is_taken_back: bool,
    /// Whether its time is over.
    pub is_ended: bool,
}

impl Lent {
    /// Whether nothing more fits.
    pub fn is_used_up(&self) -> bool {
        self.allowance.used >= self.allowance.quota
    }
}

/// Who lends what, and what hangs on it.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Loans: Send + Sync {
    /// Lends, or changes what is lent. The bytes are never less than those that are used.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`] if the lender has not so much left, [`Refusal::TooManyLoans`], and [`Refusal::NoLoan`] if another
    /// identity lends with this token.
    async fn lend(&self, id: &Id, loan: &Loan) -> Result<(), Error>;

    /// Takes a loan back: what is not used is the lender's again.
    async fn unlend(&self, id: &Id, token: &TokenDigest) -> Result<(), Error>;

    /// Returns the loan of a token.
    async fn lent(&self, token: &TokenDigest) -> Result<Option<Lent>, Error>;

    /// Returns whether blocks that weigh so much fit into a loan.
    ///
    /// # Errors
    ///
    /// As [`push_lent`](Self::push_lent).
    async fn room_lent(&self, token: &TokenDigest, weight: Weight) -> Result<(), Error>;

    /// Deletes what was pushed to a loan before a time, in milliseconds since 1970, and no pin reaches. Returns whether
    /// there was anything.
    async fn drop_lent(&self, token: &TokenDigest, before: i64) -> Result<bool, Error>;

    /// Stores blocks for a loan, all or none, for the grace period or until a pin reaches them.
    ///
    /// # Errors
    ///
    /// [`Refusal::LoanFull`] or [`Refusal::Full`] if they do not fit, [`Refusal::NoLoan`] or [`Refusal::LoanEnded`].
    ///
    /// # Cancel safety
    ///
    /// The push goes on if the future is dropped.
    async fn push_lent(&self, token: &TokenDigest, blocks: Vec<Block>) -> Result<(), Error>;

    /// Holds every block that `cid` reaches, once all of them are here, until some time after the loan has ended.
    ///
    /// # Errors
    ///
    /// As [`push_lent`](Self::push_lent), and [`Refusal::TooManyPins`].
    ///
    /// # Cancel safety
    ///
    /// The pin goes on if the future is dropped.
    async fn pin_lent(&self, token: &TokenDigest, cid: &Cid) -> Result<PinOutcome, Error>;
}

#[async_trait]
impl Loans for Store {
    async fn lend(&self, id: &Id, loan: &Loan) -> Result<(), Error> {
        let (id, loan) = (*id, *loan);
        let lend = move |store: Self, _| async move { store.try_lend(&id, &loan).await };
        self.with_room((&id).into(), lend).await
    }

    async fn unlend(&self, id: &Id, token: &TokenDigest) -> Result<(), Error> {
        self.name_full(self.try_unlend(id, token).await)
    }

    async fn lent(&self, token: &TokenDigest) -> Result<Option<Lent>, Error> {
        let row: Option<(Vec<u8>, i64, i64, i64, bool)> = sqlx::query_as(
            "SELECT lender.id, holder.used, bytes, until, open
             FROM loan JOIN identity AS holder ON holder.owner = loan.holder
             JOIN identity AS lender ON lender.owner = loan.lender WHERE holder.id = ?",
        )
        .bind(Holder::Loan(*token).key())
        .fetch_optional(&self.shared.readers)
        .await?;
        let Some((lender, used, bytes, until, open)) = row else { return Ok(None) };
        let key = lender[..].try_into().map_err(io::Error::other)?;
        let lender = Id::from_bytes(key).map_err(io::Error::other)?;
        let allowance = Allowance { used: used as u64, quota: bytes as u64, now: None, vapid: None };
        let is_ended = until <= now();
        Ok(Some(Lent { lender, allowance, is_taken_back: !open && !is_ended, is_ended }))
    }

    async fn room_lent(&self, token: &TokenDigest, weight: Weight) -> Result<(), Error> {
        let ask = move |store: Self, holder| async move { store.try_room(holder, weight).await };
        self.with_room(Holder::Loan(*token), ask).await
    }

    async fn drop_lent(&self, token: &TokenDigest, before: i64) -> Result<bool, Error> {
        self.drop_pushed_of(Holder::Loan(*token), i64::MIN..before).await
    }

    async fn push_lent(&self, token: &TokenDigest, blocks: Vec<Block>) -> Result<(), Error> {
        let blocks: Arc<[Block]> = blocks.into();
        let push = move |store: Self, holder| {
            let blocks = blocks.clone();
            async move { store.try_push(holder, &blocks).await }
        };
        self.with_room(Holder::Loan(*token), push).await
    }

    async fn pin_lent(&self, token: &TokenDigest, cid: &Cid) -> Result<PinOutcome, Error> {
        let cid = *cid;
        let pin = move |store: Self, holder| async move {
            store.try_pin(holder, &cid, Noted::Pin { until: None }).await
        };
        self.with_room(Holder::Loan(*token), pin).await
    }
}

impl Store {
    async fn try_lend(&self, id: &Id, loan: &Loan) -> Result<(), Error> {
        // Sums of such numbers stay far below what the database can write.
        let [bytes, until] = [loan.bytes, loan.until].map(|number| number.min(MAX_INTEGER) as i64);
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let lender = owner(&mut db, id).await?;
        let holder = owner(&mut db, Holder::Loan(loan.token)).await?;
        close_ended(&mut db, lender).await?;
        forget_unused(&mut db, lender, holder).await?;
        let before = Usage::of(&mut db, &self.shared.allotment, lender).await?;
        let query = sqlx::query_scalar("SELECT lender FROM loan WHERE holder = ?").bind(holder);
        let known: Option<i64> = query.fetch_optional(&mut *db).await?;
        if known.is_some_and(|other| other != lender) {
            return Err(Refusal::NoLoan.into());
        }
        let others = "SELECT COUNT(*) FROM loan WHERE lender = ? AND holder <> ? AND open = 1";
        let others: i64 = sqlx::query_scalar(others).bind(lender).bind(holder).fetch_one(&mut *db).await?;
        if others >= LOANS as i64 {
            return Err(Refusal::TooManyLoans.into());
        }
        sqlx::query(
            "INSERT INTO loan SELECT owner, ?, MAX(?, used, 1), ?, 1 FROM identity WHERE owner = ?
             ON CONFLICT DO UPDATE SET bytes = excluded.bytes, until = excluded.until, open = 1",
        )
        .bind(lender)
        .bind(bytes)
        .bind(until)
        .bind(holder)
        .execute(&mut *db)
        .await?;
        before.check(&Usage::of(&mut db, &self.shared.allotment, lender).await?)?;
        let query = sqlx::query("UPDATE pin SET until = ? WHERE owner = ?");
        query.bind(until + AFTER_LOAN_MS as i64).bind(holder).execute(&mut *db).await?;
        Ok(db.commit().await?)
    }

    async fn try_unlend(&self, id: &Id, token: &TokenDigest) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(lender) = known_owner(&mut db, id).await? else { return Ok(()) };
        sqlx::query(
            "UPDATE loan SET open = 0, bytes = (SELECT used FROM identity WHERE owner = holder)
             WHERE lender = ? AND holder = (SELECT owner FROM identity WHERE id = ?)",
        )
        .bind(lender)
        .bind(Holder::Loan(*token).key())
        .execute(&mut *db)
        .await?;
        forget_unused(&mut db, lender, NOBODY).await?;
        Ok(db.commit().await?)
    }

    /// Closes the loans of one lender whose time is over, and returns whether that gave bytes back.
    pub(super) async fn close_ended_of(&self, lender: i64) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        close_ended(&mut writer, lender).await
    }

    /// Closes all loans whose time is over, and forgets those of which nothing is left.
    pub(super) async fn end_loans(&self) -> Result<(), Error> {
        let over = "UPDATE loan SET open = 0, bytes = (SELECT used FROM identity WHERE owner = holder)
            WHERE holder IN (SELECT holder FROM loan WHERE open = 1 AND until <= ? LIMIT ?)";
        self.delete_all(over, now()).await?;
        // Also what was taken back long before its time would have been over.
        let unused = "DELETE FROM loan WHERE holder IN
            (SELECT holder FROM loan WHERE open = 0 AND bytes = 0 AND until <= ? LIMIT ?)";
        self.delete_all(unused, i64::MAX).await
    }
}

async fn close_ended(db: &mut SqliteConnection, lender: i64) -> Result<bool, Error> {
    let closed = sqlx::query(
        "UPDATE loan SET open = 0, bytes = (SELECT used FROM identity WHERE owner = holder)
         WHERE lender = ? AND open = 1 AND until <= ?",
    );
    Ok(closed.bind(lender).bind(now()).execute(db).await?.rows_affected() > 0)
}

/// Forgets the closed loans of a lender of which nothing is left, but for one, with the rows of their holders: who lends
/// and takes back all day leaves nothing behind.
async fn forget_unused(db: &mut SqliteConnection, lender: i64, except: i64) -> Result<(), Error> {
    let query =
        "DELETE FROM loan WHERE lender = ? AND holder <> ? AND open = 0 AND bytes = 0 RETURNING holder";
    let gone: Vec<i64> = sqlx::query_scalar(query).bind(lender).bind(except).fetch_all(&mut *db).await?;
    for holder in gone {
        sqlx::query("DELETE FROM identity WHERE owner = ? AND used = 0")
            .bind(holder)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// Returns the row of who is to hold more: inserts that of an identity; that of a loan must be open.
pub(super) async fn holding(db: &mut SqliteConnection, holder: Holder) -> Result<i64, Error> {
    let Holder::Loan(_) = holder else { return owner(db, holder).await };
    let query = "SELECT holder, until FROM loan JOIN identity ON owner = holder WHERE id = ? AND open = 1";
    let row: Option<(i64, i64)> = sqlx::query_as(query).bind(holder.key()).fetch_optional(db).await?;
    match row {
        None => Err(Refusal::NoLoan.into()),
        Some((_, until)) if until <= now() => Err(Refusal::LoanEnded.into()),
        Some((holder, _)) => Ok(holder),
    }
}

/// Returns until when a pin of a loan lasts that is to come.
///
/// # Errors
///
/// [`Refusal::TooManyPins`] if it is not there yet and would be one too many.
pub(super) async fn end_of_pin(db: &mut SqliteConnection, holder: i64, cid: &Cid) -> Result<i64, Error> {
    let query = sqlx::query_as(
        "SELECT until, (SELECT COUNT(*) FROM pin WHERE owner = holder AND block IS NOT
             (SELECT block FROM block WHERE cid = ?))
         FROM loan WHERE holder = ?",
    );
    let (until, others): (i64, i64) = query.bind(cid.to_bytes()).bind(holder).fetch_one(db).await?;
    match others < LOAN_PINS as i64 {
        true => Ok(until + AFTER_LOAN_MS as i64),
        false => Err(Refusal::TooManyPins.into()),
    }
}
