//! Pin requests: what an identity asks to pin over HTTP, beside the pins of its devices.
//!
//! Each request is a row of its own, and holds what it reaches as a pin does. So devices and requests may hold the same
//! blocks, which are charged once and stay while either needs them.

use std::{collections::BTreeMap, io};

use async_trait::async_trait;
use cid::Cid;
use serde::{Deserialize, Serialize};
use spinney::{
    keys::Id,
    net::keep::{PinOutcome, Refusal},
    platform,
};
use sqlx::{QueryBuilder, SqliteConnection};

use super::{
    Error, Store, begin,
    blobs::push_cids,
    now,
    pins::Noted,
    usage::{known_owner, owner},
};
use crate::limits;

/// Names a pin request. Nobody can guess one.
pub type RequestId = [u8; 16];

/// What is to be pinned, as the client wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The CID of what is pinned with all below it.
    pub cid: String,
    /// The client's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Multiaddrs of peers that have it. The relay dials nobody, so it only gives them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// What else the client noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<BTreeMap<String, String>>,
}

/// A pin request as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRequest {
    /// Its name.
    pub id: RequestId,
    /// When it came, in milliseconds since 1970. No two requests of an identity have the same.
    pub created: i64,
    /// How far it is.
    pub status: PinStatus,
    /// What is to be pinned.
    pub wanted: Wanted,
}

/// How far a pin request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinStatus {
    /// Some blocks are not here yet.
    Queued,
    /// All is here and held.
    Pinned,
    /// The quota of the identity does not suffice.
    NoQuota,
    /// The relay has no room.
    NoRoom,
    /// It reaches more blocks than one pin may.
    TooLarge,
    /// A block cannot be read as what its CID says.
    BadBlock,
    /// The blocks did not come within a day.
    Late,
}

/// Which requests are listed. The default is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one of these blocks, if there are any.
    pub cids: Vec<Cid>,
    /// With such a name.
    pub name: Option<NameFilter>,
    /// Whether those that are queued, pinned or failed are listed.
    pub statuses: Option<[bool; 3]>,
    /// Created before this time, in milliseconds since 1970.
    pub before: Option<i64>,
    /// Created after this time.
    pub after: Option<i64>,
    /// With all of these entries in `meta`.
    pub meta: BTreeMap<String, String>,
    /// At most so many, the newest first.
    pub limit: u32,
}

/// Which names fit.
#[derive(Clone, Debug)]
pub struct NameFilter {
    /// What is looked for.
    pub text: String,
    /// Whether it may stand anywhere in the name.
    pub is_partial: bool,
    /// Whether small and capital letters are the same.
    pub ignores_case: bool,
}

/// What identities ask to pin over HTTP.
///
/// When a method returns, its change is on the disk.
#[async_trait]
pub trait PinRequests: Send + Sync {
    /// Adds a request, which is queued. With `replaces`, deletes that one at the same moment; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManyPins`] of this identity, [`Refusal::Full`].
    async fn request_pin(
        &self,
        id: &Id,
        cid: &Cid,
        wanted: &Wanted,
        replaces: Option<&RequestId>,
    ) -> Result<Option<RequestId>, Error>;

    /// Returns a request of an identity.
    async fn pin_request(&self, id: &Id, request: &RequestId) -> Result<Option<PinRequest>, Error>;

    /// Counts the requests that fit, and returns the newest of them.
    async fn pin_requests(&self, id: &Id, filter: &Filter) -> Result<(u64, Vec<PinRequest>), Error>;

    /// Deletes a request, and returns whether it was there. What only it reached stays for the grace period.
    async fn drop_request(&self, id: &Id, request: &RequestId) -> Result<bool, Error>;

    /// Pins what a queued request names, if all of it is here, and returns whether it did. A request that can never be
    /// pinned fails.
    ///
    /// # Cancel safety
    ///
    /// The pin goes on if the future is dropped.
    async fn try_request(&self, id: &Id, request: &RequestId) -> Result<bool, Error>;

    /// Returns some queued requests after another one, in a lasting order.
    async fn queued_requests(&self, after: Option<RequestId>) -> Result<Vec<(Id, RequestId)>, Error>;
}

#[async_trait]
impl PinRequests for Store {
    async fn request_pin(
        &self,
        id: &Id,
        cid: &Cid,
        wanted: &Wanted,
        replaces: Option<&RequestId>,
    ) -> Result<Option<RequestId>, Error> {
        self.name_full(self.add_request(id, cid, wanted, replaces).await)
    }

    async fn pin_request(&self, id: &Id, request: &RequestId) -> Result<Option<PinRequest>, Error> {
        let query = "SELECT request, created, status, pin FROM pin_request JOIN identity USING (owner)
            WHERE id = ? AND request = ?";
        let query = sqlx::query_as(query).bind(&id.as_bytes()[..]).bind(&request[..]);
        let row: Option<Row> = query.fetch_optional(&self.shared.readers).await?;
        row.map(read).transpose()
    }

    async fn pin_requests(&self, id: &Id, filter: &Filter) -> Result<(u64, Vec<PinRequest>), Error> {
        // The window counts all that fit, before the limit.
        let mut query = QueryBuilder::new(
            "SELECT COUNT(*) OVER (), request, created, status, pin FROM pin_request JOIN identity USING (owner)
             WHERE id = ",
        );
        query.push_bind(id.as_bytes().to_vec());
        if !filter.cids.is_empty() {
            query.push(" AND");
            push_cids(&mut query, &filter.cids);
        }
        if let Some(NameFilter { text, is_partial, ignores_case }) = &filter.name {
            let text = if *ignores_case { text.to_lowercase() } else { text.clone() };
            let column = if *ignores_case { "folded" } else { "name" };
            query.push(format_args!(" AND instr({column}, ")).push_bind(text.clone()).push(") > 0");
            if !is_partial {
                query.push(format_args!(" AND {column} = ")).push_bind(text);
            }
        }
        if let Some(statuses) = filter.statuses {
            query.push(" AND MIN(status, 2) IN (");
            let mut list = query.separated(", ");
            for (status, _) in (0i64..).zip(statuses).filter(|(_, is_listed)| *is_listed) {
                list.push_bind(status);
            }
            query.push(")");
        }
        if let Some(before) = filter.before {
            query.push(" AND created < ").push_bind(before);
        }
        if let Some(after) = filter.after {
            query.push(" AND created > ").push_bind(after);
        }
        for (key, value) in &filter.meta {
            query
                .push(" AND EXISTS (SELECT 1 FROM json_each(pin, '$.meta') WHERE key = ")
                .push_bind(key.clone());
            query.push(" AND value = ").push_bind(value.clone()).push(")");
        }
        query.push(" ORDER BY created DESC LIMIT ").push_bind(i64::from(filter.limit));
        let rows: Vec<(i64, Vec<u8>, i64, i64, String)> =
            query.build_query_as().fetch_all(&self.shared.readers).await?;
        let count = rows.first().map_or(0, |(count, ..)| *count as u64);
        let rows =
            rows.into_iter().map(|(_, request, created, status, pin)| read((request, created, status, pin)));
        Ok((count, rows.collect::<Result<_, _>>()?))
    }

    async fn drop_request(&self, id: &Id, request: &RequestId) -> Result<bool, Error> {
        self.name_full(self.remove_request(id, request).await)
    }

    async fn try_request(&self, id: &Id, request: &RequestId) -> Result<bool, Error> {
        let request = *request;
        let query = "SELECT cid FROM pin_request JOIN identity USING (owner)
            WHERE id = ? AND request = ? AND status = 0";
        let query = sqlx::query_scalar(query).bind(&id.as_bytes()[..]).bind(&request[..]);
        let cid: Option<Vec<u8>> = query.fetch_optional(&self.shared.readers).await?;
        let Some(cid) = cid else { return Ok(false) };
        let cid = Cid::try_from(cid).map_err(io::Error::other)?;
        let pin = move |store: Self, holder| async move {
            store.try_pin(holder, &cid, Noted::Request(request)).await
        };
        let failed = match self.with_room(id.into(), pin).await {
            Ok(PinOutcome::Kept) => return Ok(true),
            // It may go later.
            Ok(PinOutcome::Missing(_)) | Err(Error::Refused(Refusal::Unavailable)) => return Ok(false),
            Err(Error::Refused(Refusal::Quota { .. })) => PinStatus::NoQuota,
            Err(Error::Refused(Refusal::Full)) => PinStatus::NoRoom,
            Err(Error::Refused(Refusal::TooLarge)) => PinStatus::TooLarge,
            Err(Error::Refused(Refusal::BadBlock)) => PinStatus::BadBlock,
            Err(error) => return Err(error),
        };
        let mut writer = self.writer().await?;
        let query = sqlx::query("UPDATE pin_request SET status = ? WHERE request = ? AND status = 0");
        query.bind(failed.code()).bind(&request[..]).execute(&mut *writer).await?;
        Ok(false)
    }

    async fn queued_requests(&self, after: Option<RequestId>) -> Result<Vec<(Id, RequestId)>, Error> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT id, request FROM pin_request JOIN identity USING (owner)
             WHERE status = 0 AND request > ? ORDER BY request LIMIT ?",
        )
        .bind(after.map(|after| after.to_vec()).unwrap_or_default())
        .bind(limits::PIN_REQUESTS_AT_ONCE)
        .fetch_all(&self.shared.readers)
        .await?;
        let read = |(id, request): (Vec<u8>, Vec<u8>)| {
            let id = id[..].try_into().map_err(io::Error::other)?;
            Ok((Id::from_bytes(id).map_err(io::Error::other)?, request_id(&request)?))
        };
        rows.into_iter().map(read).collect()
    }
}

impl Store {
    async fn add_request(
        &self,
        id: &Id,
        cid: &Cid,
        wanted: &Wanted,
        replaces: Option<&RequestId>,
    ) -> Result<Option<RequestId>, Error> {
        let request: RequestId = platform::random();
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let owner = owner(&mut db, id).await?;
        if let Some(replaced) = replaces
            && !drop_request(&mut db, owner, replaced).await?
        {
            return Ok(None);
        }
        let query = "SELECT COUNT(*), COALESCE(MAX(created), 0) FROM pin_request WHERE owner = ?";
        let (count, last): (i64, i64) = sqlx::query_as(query).bind(owner).fetch_one(&mut *db).await?;
        if count >= limits::PIN_REQUESTS {
            return Err(Refusal::TooManyPins.into());
        }
        sqlx::query("INSERT INTO pin_request VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(&request[..])
            .bind(owner)
            .bind(cid.to_bytes())
            .bind(now().max(last + 1))
            .bind(PinStatus::Queued.code())
            .bind(&wanted.name)
            .bind(wanted.name.as_ref().map(|name| name.to_lowercase()))
            .bind(serde_json::to_string(wanted).map_err(io::Error::other)?)
            .execute(&mut *db)
            .await?;
        db.commit().await?;
        Ok(Some(request))
    }

    async fn remove_request(&self, id: &Id, request: &RequestId) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(owner) = known_owner(&mut db, id).await? else { return Ok(false) };
        let is_gone = drop_request(&mut db, owner, request).await?;
        db.commit().await?;
        Ok(is_gone)
    }

    /// Fails the requests whose blocks did not come in time.
    pub(super) async fn end_requests(&self) -> Result<(), Error> {
        // The number is that of [`PinStatus::Late`].
        let late = "UPDATE pin_request SET status = 6 WHERE request IN
            (SELECT request FROM pin_request WHERE status = 0 AND created <= ? LIMIT ?)";
        self.delete_all(late, now().saturating_sub_unsigned(limits::PIN_QUEUED.as_millis() as u64)).await
    }
}

impl PinStatus {
    const ALL: [Self; 7] =
        [Self::Queued, Self::Pinned, Self::NoQuota, Self::NoRoom, Self::TooLarge, Self::BadBlock, Self::Late];

    /// Its number in the table.
    fn code(self) -> i64 {
        self as i64
    }
}

type Row = (Vec<u8>, i64, i64, String);

fn read((request, created, status, pin): Row) -> Result<PinRequest, Error> {
    let known = PinStatus::ALL.into_iter().find(|known| known.code() == status);
    let status = known.ok_or_else(|| io::Error::other("a pin request has no known status"))?;
    let wanted = serde_json::from_str(&pin).map_err(io::Error::other)?;
    Ok(PinRequest { id: request_id(&request)?, created, status, wanted })
}

fn request_id(bytes: &[u8]) -> Result<RequestId, Error> {
    Ok(bytes.try_into().map_err(io::Error::other)?)
}

/// Deletes a request, and returns whether it was there. A trigger has the holds looked through.
async fn drop_request(db: &mut SqliteConnection, owner: i64, request: &RequestId) -> Result<bool, Error> {
    let query = sqlx::query("DELETE FROM pin_request WHERE owner = ? AND request = ?");
    Ok(query.bind(owner).bind(&request[..]).execute(db).await?.rows_affected() > 0)
}
