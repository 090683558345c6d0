//! Tokens with which people pin over HTTP, written by the operator beside the relay that runs.

use std::{io, path::Path};

use async_trait::async_trait;
use data_encoding::BASE64URL_NOPAD;
use spinney::{crypto::sha256, keys::Id, platform};
use sqlx::{Connection, SqliteConnection};

use super::{Error, Store, beside, today};

/// A row of the list: number, id, name and day.
type Row = (i64, Vec<u8>, String, u32);

/// Whose tokens are whose.
#[async_trait]
pub trait PinTokens: Send + Sync {
    /// Returns the number of a token, and the identity that it pins for; `None` if there is no such token.
    async fn pin_token(&self, token: &[u8; 32]) -> Result<Option<(i64, Id)>, Error>;
}

#[async_trait]
impl PinTokens for Store {
    async fn pin_token(&self, token: &[u8; 32]) -> Result<Option<(i64, Id)>, Error> {
        let query = sqlx::query_as("SELECT number, id FROM pin_token WHERE digest = ?");
        let query = query.bind(sha256(token).to_vec());
        let row: Option<(i64, Vec<u8>)> = query.fetch_optional(&self.shared.readers).await?;
        row.map(|(number, id)| Ok((number, read_id(&id)?))).transpose()
    }
}

/// A token of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinToken {
    /// Its number.
    pub number: i64,
    /// Whom it pins for.
    pub id: Id,
    /// The operator's name for it.
    pub name: String,
    /// Day on which it was made, since 1970.
    pub day: u32,
}

/// The tokens in a data folder. A relay may run on the folder: it sees each change at once.
pub struct Tokens {
    db: SqliteConnection,
}

impl Tokens {
    /// Opens the tokens of a data folder.
    ///
    /// # Errors
    ///
    /// [`Error::NoData`] if no relay has used the folder, and [`Error::Running`] if a relay of an older version runs on
    /// it.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self { db: beside(folder).await? })
    }

    /// Makes a token of 256 bits, and returns its number and its text. Only its hash is kept.
    pub async fn make(&mut self, id: &Id, name: &str) -> Result<(i64, String), Error> {
        let token = platform::random::<32>();
        let query = "INSERT INTO pin_token (digest, id, name, day) VALUES (?, ?, ?, ?) RETURNING number";
        let query = sqlx::query_scalar(query).bind(sha256(&token).to_vec()).bind(&id.as_bytes()[..]);
        let number = query.bind(name).bind(today()).fetch_one(&mut self.db).await?;
        Ok((number, BASE64URL_NOPAD.encode(&token)))
    }

    /// Lists the tokens of an identity, or all of them, in the order in which they were made.
    pub async fn list(&mut self, id: Option<&Id>) -> Result<Vec<PinToken>, Error> {
        let query = "SELECT number, id, name, day FROM pin_token WHERE ?1 IS NULL OR id = ?1 ORDER BY number";
        let query = sqlx::query_as(query).bind(id.map(|id| id.as_bytes().to_vec()));
        let rows: Vec<Row> = query.fetch_all(&mut self.db).await?;
        let read = |(number, id, name, day): Row| Ok(PinToken { number, id: read_id(&id)?, name, day });
        rows.into_iter().map(read).collect()
    }

    /// Ends a token, and returns whether there was one. What was pinned with it stays.
    pub async fn end(&mut self, number: i64) -> Result<bool, Error> {
        let query = sqlx::query("DELETE FROM pin_token WHERE number = ?").bind(number);
        Ok(query.execute(&mut self.db).await?.rows_affected() > 0)
    }

    /// Returns whether the operator invited an identity.
    pub async fn is_invited(&mut self, id: &Id) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT 1 FROM invited WHERE id = ?").bind(&id.as_bytes()[..]);
        let row: Option<i64> = query.fetch_optional(&mut self.db).await?;
        Ok(row.is_some())
    }

    /// Closes the database.
    pub async fn close(self) -> Result<(), Error> {
        Ok(self.db.close().await?)
    }
}

fn read_id(bytes: &[u8]) -> Result<Id, Error> {
    let key = bytes.try_into().map_err(io::Error::other)?;
    Ok(Id::from_bytes(key).map_err(io::Error::other)?)
}
