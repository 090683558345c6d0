//! Invitations: identities that the operator admits, written beside the relay that runs.

use std::path::Path;

use async_trait::async_trait;
use spinney::keys::Id;
use sqlx::{Connection, SqliteConnection};

use super::{Error, Store, beside, today};

/// Whom the operator invited.
#[async_trait]
pub trait Invited: Send + Sync {
    /// Returns whether the operator invited this identity.
    async fn is_invited(&self, id: &Id) -> Result<bool, Error>;
}

#[async_trait]
impl Invited for Store {
    async fn is_invited(&self, id: &Id) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT 1 FROM invited WHERE id = ?").bind(&id.as_bytes()[..]);
        let row: Option<i64> = query.fetch_optional(&self.shared.readers).await?;
        Ok(row.is_some())
    }
}

/// An invitation of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Who is invited.
    pub id: Id,
    /// Bytes that this identity may store, if they are not those of the settings.
    pub quota: Option<u64>,
    /// Day of the invitation, since 1970.
    pub day: u32,
    /// Bytes that are charged to it now.
    pub used: u64,
}

/// The invitations in a data folder. A relay may run on the folder: it sees each change at once.
pub struct Invitations {
    db: SqliteConnection,
}

impl Invitations {
    /// Opens the invitations of a data folder.
    ///
    /// # Errors
    ///
    /// [`Error::NoData`] if no relay has used the folder, and [`Error::Running`] if a relay of an older version runs on
    /// it.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self { db: beside(folder).await? })
    }

    /// Invites identities. Who is invited already gets this quota from now on.
    pub async fn invite(&mut self, ids: &[Id], quota: Option<u64>) -> Result<(), Error> {
        let mut change = self.db.begin_with("BEGIN IMMEDIATE").await?;
        for id in ids {
            sqlx::query(
                "INSERT INTO invited VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET quota = excluded.quota",
            )
            .bind(&id.as_bytes()[..])
            .bind(quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX)))
            .bind(today())
            .execute(&mut *change)
            .await?;
        }
        Ok(change.commit().await?)
    }

    /// Ends an invitation, and returns whether there was one. What the identity has stored stays.
    pub async fn end(&mut self, id: &Id) -> Result<bool, Error> {
        let query = sqlx::query("DELETE FROM invited WHERE id = ?").bind(&id.as_bytes()[..]);
        Ok(query.execute(&mut self.db).await?.rows_affected() > 0)
    }

    /// Lists all invitations, the oldest first.
    pub async fn list(&mut self) -> Result<Vec<Invitation>, Error> {
        let rows: Vec<(Vec<u8>, Option<i64>, u32, i64)> = sqlx::query_as(
            "SELECT id, quota, day, COALESCE(used, 0) FROM invited LEFT JOIN identity USING (id)
             ORDER BY day, id",
        )
        .fetch_all(&mut self.db)
        .await?;
        let invitation = |(id, quota, day, used): (Vec<u8>, Option<i64>, u32, i64)| {
            let id = Id::from_bytes(id[..].try_into().ok()?).ok()?;
            Some(Invitation { id, quota: quota.map(|quota| quota as u64), day, used: used as u64 })
        };
        Ok(rows.into_iter().filter_map(invitation).collect())
    }

    /// Closes the database.
    pub async fn close(self) -> Result<(), Error> {
        Ok(self.db.close().await?)
    }
}
