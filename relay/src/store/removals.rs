//! Devices that identities removed.

use async_trait::async_trait;
use libp2p::PeerId;
use spinney::{keys::Id, net::keep::Removed};

use super::{Error, Store, begin, usage::known_owner};

/// Which devices of an identity its other devices removed.
#[async_trait]
pub trait Removals: Send + Sync {
    /// Returns whether a device of this identity was removed.
    async fn is_removed(&self, id: &Id, device: &PeerId) -> Result<bool, Error>;

    /// Notes which devices were removed, unless a list that was changed later is known. When it returns, that is on the
    /// disk.
    ///
    /// Nothing is noted for an identity that has stored nothing: so nobody fills the disk with lists.
    async fn remove(&self, id: &Id, removed: &Removed) -> Result<(), Error>;
}

#[async_trait]
impl Removals for Store {
    async fn is_removed(&self, id: &Id, device: &PeerId) -> Result<bool, Error> {
        let query =
            sqlx::query_scalar("SELECT devices FROM removed JOIN identity USING (owner) WHERE id = ?");
        let devices: Option<Vec<u8>> =
            query.bind(&id.as_bytes()[..]).fetch_optional(&self.shared.readers).await?;
        Ok(devices.is_some_and(|devices| has(&devices, device)))
    }

    async fn remove(&self, id: &Id, removed: &Removed) -> Result<(), Error> {
        let at = i64::try_from(removed.at).unwrap_or(i64::MAX);
        let devices: Vec<u8> = removed.devices.iter().flat_map(Id::as_bytes).copied().collect();
        let known = "SELECT at, devices FROM removed JOIN identity USING (owner) WHERE id = ?";
        let known = sqlx::query_as(known).bind(&id.as_bytes()[..]);
        let known: Option<(i64, Vec<u8>)> = known.fetch_optional(&self.shared.readers).await?;
        // Each session says it, so most times nothing is written.
        if known.is_some_and(|known| known >= (at, devices.clone())) {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(owner) = known_owner(&mut db, id).await? else { return Ok(()) };
        let noted = sqlx::query(
            "INSERT INTO removed VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET at = excluded.at, devices = excluded.devices
             WHERE (excluded.at, excluded.devices) > (at, devices)",
        )
        .bind(owner)
        .bind(at)
        .bind(devices)
        .execute(&mut *db)
        .await?;
        for device in removed.devices.iter().filter(|_| noted.rows_affected() > 0) {
            let query = sqlx::query("DELETE FROM subscription WHERE owner = ? AND device = ?");
            query.bind(owner).bind(device.peer_id()).execute(&mut *db).await?;
        }
        Ok(db.commit().await?)
    }
}

/// Whether a device is among those whose keys these bytes are.
fn has(devices: &[u8], device: &PeerId) -> bool {
    let device = device.to_bytes();
    let keys = devices.as_chunks::<32>().0.iter().filter_map(|key| Id::from_bytes(key).ok());
    keys.map(|key| key.peer_id()).any(|key| key == device)
}
