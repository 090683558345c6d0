//! Subscriptions: where devices want to be told by Web Push.

use async_trait::async_trait;
use libp2p::PeerId;
use spinney::{format::limits::SUBSCRIPTIONS, keys::Id, net::keep::Refusal};

use super::{Error, Store, begin, now, usage::owner};
use crate::limits;

/// Where a device wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The device.
    pub device: PeerId,
    /// The endpoint that its browser gave. A secret of the device.
    pub endpoint: String,
    /// Until when, in milliseconds since 1970.
    pub until: u64,
}

/// Which devices of an identity want to be told by Web Push.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Notes a subscription, in place of the one that its device had.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManySubscriptions`] of this identity, [`Refusal::Full`] of all.
    async fn subscribe(&self, id: &Id, new: &Subscription) -> Result<(), Error>;

    /// Forgets the subscription of a device; with an endpoint, only if that is still its own.
    async fn unsubscribe(&self, id: &Id, device: &PeerId, endpoint: Option<&str>) -> Result<(), Error>;

    /// Returns the subscriptions of an identity that have not ended.
    async fn subscriptions(&self, id: &Id) -> Result<Vec<Subscription>, Error>;
}

#[async_trait]
impl Subscriptions for Store {
    async fn subscribe(&self, id: &Id, new: &Subscription) -> Result<(), Error> {
        self.name_full(self.try_subscribe(id, new).await)
    }

    async fn unsubscribe(&self, id: &Id, device: &PeerId, endpoint: Option<&str>) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "DELETE FROM subscription WHERE owner = (SELECT owner FROM identity WHERE id = ?1) AND device = ?2
             AND (?3 IS NULL OR endpoint = ?3)",
        )
        .bind(&id.as_bytes()[..])
        .bind(device.to_bytes())
        .bind(endpoint)
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    async fn subscriptions(&self, id: &Id) -> Result<Vec<Subscription>, Error> {
        let rows: Vec<(Vec<u8>, String, i64)> = sqlx::query_as(
            "SELECT device, endpoint, until FROM subscription JOIN identity USING (owner) WHERE id = ? AND until > ?",
        )
        .bind(&id.as_bytes()[..])
        .bind(now())
        .fetch_all(&self.shared.readers)
        .await?;
        let rows = rows.into_iter().filter_map(|(device, endpoint, until)| {
            Some(Subscription { device: PeerId::from_bytes(&device).ok()?, endpoint, until: until as u64 })
        });
        Ok(rows.collect())
    }
}

impl Store {
    async fn try_subscribe(&self, id: &Id, new: &Subscription) -> Result<(), Error> {
        let device = new.device.to_bytes();
        let until = i64::try_from(new.until).unwrap_or(i64::MAX);
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let owner = owner(&mut db, id).await?;
        let count = "SELECT COUNT(*) FROM subscription WHERE owner = ? AND device <> ? AND until > ?";
        let count: i64 =
            sqlx::query_scalar(count).bind(owner).bind(&device).bind(now()).fetch_one(&mut *db).await?;
        if count >= SUBSCRIPTIONS as i64 {
            return Err(Refusal::TooManySubscriptions.into());
        }
        let all: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM subscription").fetch_one(&mut *db).await?;
        if all >= limits::SUBSCRIPTIONS as i64 {
            return Err(Refusal::Full.into());
        }
        sqlx::query(
            "INSERT INTO subscription VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET endpoint = excluded.endpoint, until = excluded.until",
        )
        .bind(owner)
        .bind(device)
        .bind(&new.endpoint)
        .bind(until)
        .execute(&mut *db)
        .await?;
        Ok(db.commit().await?)
    }
}
