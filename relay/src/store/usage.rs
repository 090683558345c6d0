//! What identities and the disk are charged, and how much that may be.
//!
//! The database counts, by the triggers of migrations 4 and 7. This is where counts meet limits.

use std::time::Duration;

use spinney::{
    keys::Id,
    net::keep::{Allowance, Refusal, TokenDigest, Weight},
};
use sqlx::SqliteConnection;

use super::{Error, loans::holding, today};
use crate::limits;

/// How many bytes identities may store, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Allotment {
    /// Charged bytes of what one identity may hold.
    pub quota: u64,
    /// Charged bytes that an identity may hold on its first day, and as many more with each day, up to `quota`. `None`
    /// is all of `quota` from the start.
    pub newcomer: Option<u64>,
    /// Charged bytes on the disk, each block once.
    pub capacity: u64,
    /// How long a block stays after it was pushed or unpinned.
    pub grace: Duration,
}

impl Allotment {
    /// The quota of an identity that came on a day since 1970, with what its invitation says.
    fn quota_of(&self, since: u32, is_invited: bool, granted: Option<i64>) -> u64 {
        if is_invited {
            return granted.map_or(self.quota, |granted| granted as u64);
        }
        let days = u64::from(today().saturating_sub(since)) + 1;
        self.newcomer.map_or(self.quota, |each| each.saturating_mul(days).min(self.quota))
    }
}

/// Who holds blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// An identity, for itself.
    Identity(Id),
    /// The loan of the token with this digest.
    Loan(TokenDigest),
}

impl Holder {
    /// Its name in the table of identities. That of a loan is longer than a public key.
    pub(super) fn key(&self) -> Vec<u8> {
        match self {
            Self::Identity(id) => id.as_bytes().to_vec(),
            Self::Loan(token) => [&b"loan"[..], token].concat(),
        }
    }
}

impl From<&Id> for Holder {
    fn from(id: &Id) -> Self {
        Self::Identity(*id)
    }
}

/// What is charged to a holder and to the disk, at one moment of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    used: u64,
    blocks: u64,
    quota: u64,
    stored: u64,
    capacity: u64,
    is_loan: bool,
}

impl Usage {
    /// Reads what is charged to a holder.
    pub(super) async fn of(
        db: &mut SqliteConnection,
        allotment: &Allotment,
        owner: i64,
    ) -> Result<Self, Error> {
        let (used, blocks, stored, since, invited, quota, lent): (
            i64,
            i64,
            i64,
            u32,
            bool,
            Option<i64>,
            Option<i64>,
        ) = sqlx::query_as(
            "SELECT used, blocks, stored, since, invited.id IS NOT NULL, quota, loan.bytes FROM total, identity
             LEFT JOIN invited USING (id) LEFT JOIN loan ON loan.holder = owner WHERE owner = ?",
        )
        .bind(owner)
        .fetch_one(db)
        .await?;
        Ok(Self {
            used: used as u64,
            blocks: blocks as u64,
            quota: lent.map_or_else(|| allotment.quota_of(since, invited, quota), |lent| lent as u64),
            stored: stored as u64,
            capacity: allotment.capacity,
            is_loan: lent.is_some(),
        })
    }

    /// Reads what is charged to a holder, which may have stored nothing yet.
    pub(super) async fn of_holder(
        db: &mut SqliteConnection,
        allotment: &Allotment,
        holder: Holder,
    ) -> Result<Self, Error> {
        let id = match holder {
            Holder::Loan(_) => {
                let owner = holding(db, holder).await?;
                return Self::of(db, allotment, owner).await;
            }
            Holder::Identity(id) => id,
        };
        if let Some(owner) = known_owner(db, &id).await? {
            return Self::of(db, allotment, owner).await;
        }
        let quota = allowance(db, allotment, &id).await?.quota;
        let stored: i64 = sqlx::query_scalar("SELECT stored FROM total").fetch_one(db).await?;
        let (stored, capacity) = (stored as u64, allotment.capacity);
        Ok(Self { used: 0, blocks: 0, quota, stored, capacity, is_loan: false })
    }

    /// Returns what would be charged after a push.
    pub(super) fn with(self, weight: Weight) -> Self {
        Self {
            used: self.used.saturating_add(weight.bytes),
            blocks: self.blocks.saturating_add(weight.blocks),
            stored: self.stored.saturating_add(weight.bytes),
            ..self
        }
    }

    /// Checks what a change of the same transaction has made of this. Only growth is refused.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`], [`Refusal::LoanFull`] or [`Refusal::Full`]; the caller then rolls the transaction back.
    pub(super) fn check(&self, after: &Self) -> Result<(), Refusal> {
        let Self { used, quota, is_loan, .. } = *self;
        let too_many = after.blocks > self.blocks && after.blocks > limits::BLOCKS_PER_IDENTITY;
        let too_much = after.used > used && after.used > quota;
        if is_loan && (too_many || too_much) {
            return Err(Refusal::LoanFull { used, quota });
        }
        if too_many {
            return Err(Refusal::Quota { used, quota, blocks: Some(limits::BLOCKS_PER_IDENTITY) });
        }
        if too_much {
            return Err(Refusal::Quota { used, quota, blocks: None });
        }
        if after.stored > self.stored && after.stored > self.capacity {
            return Err(Refusal::Full);
        }
        Ok(())
    }
}

/// Returns what an identity uses of its quota.
pub(super) async fn allowance(
    db: &mut SqliteConnection,
    allotment: &Allotment,
    id: &Id,
) -> Result<Allowance, Error> {
    let key = &id.as_bytes()[..];
    let query = sqlx::query_as("SELECT used, since FROM identity WHERE id = ?").bind(key);
    let row: Option<(i64, u32)> = query.fetch_optional(&mut *db).await?;
    let query = sqlx::query_scalar("SELECT quota FROM invited WHERE id = ?").bind(key);
    let invited: Option<Option<i64>> = query.fetch_optional(db).await?;
    let (used, since) = row.unwrap_or((0, today()));
    let quota = allotment.quota_of(since, invited.is_some(), invited.flatten());
    Ok(Allowance { used: used as u64, quota, now: None, vapid: None })
}

/// The row number of a holder; inserts the row if it is missing.
pub(super) async fn owner(db: &mut SqliteConnection, holder: impl Into<Holder>) -> Result<i64, Error> {
    let holder = holder.into();
    if let Some(owner) = known_owner(db, holder).await? {
        return Ok(owner);
    }
    let query = "INSERT INTO identity (id, since) VALUES (?, ?) RETURNING owner";
    Ok(sqlx::query_scalar(query).bind(holder.key()).bind(today()).fetch_one(db).await?)
}

/// The row number of a holder, if it has one.
pub(super) async fn known_owner(
    db: &mut SqliteConnection,
    holder: impl Into<Holder>,
) -> Result<Option<i64>, Error> {
    let query = sqlx::query_scalar("SELECT owner FROM identity WHERE id = ?").bind(holder.into().key());
    Ok(query.fetch_optional(db).await?)
}
