//! Blocks: which are here, their bytes, and storing new ones.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use spinney::net::keep::Block;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{
    Error, Store, begin,
    disk::Disk,
    loans::holding,
    now,
    usage::{Holder, Usage},
};
use crate::limits;

/// Blocks up to this size are in the database, where many share one sync.
const INLINE: usize = 16 << 10;

/// CIDs in one query: far below SQLite's 32,766 variables, and enough to make the round trip negligible.
pub(super) const IN_ONE_QUERY: usize = 512;

/// The folder of files that are not complete and synced yet.
pub(super) const STAGING: &str = "tmp";

/// Numbers the staged files of this process.
static STAGED: AtomicU64 = AtomicU64::new(0);

/// Why an identity holds a block.
pub(super) mod why {
    /// A pin reaches it.
    pub(in crate::store) const PINNED: i64 = 0;
    /// The identity pushed it and has no pin that reaches it yet.
    pub(in crate::store) const PUSHED: i64 = 1;
    /// A pin reached it until the pin was removed.
    pub(in crate::store) const UNPINNED: i64 = 2;
}

/// Folders of files. A commit syncs each folder that it touches.
pub(super) const FOLDERS: usize = 16;

/// The path of a block's file: in one of [`FOLDERS`], by the end of its hash.
pub(super) fn path(cid: &Cid) -> String {
    format!("{}/{cid}", folder(cid))
}

fn folder(cid: &Cid) -> String {
    format!("{:x}", cid.hash().digest().last().copied().unwrap_or_default() & 0x0f)
}

/// Ends a query with a list of CIDs.
pub(super) fn push_cids<'a>(query: &mut QueryBuilder<Sqlite>, cids: impl IntoIterator<Item = &'a Cid>) {
    query.push(" cid IN (");
    let mut list = query.separated(", ");
    for cid in cids {
        list.push_bind(cid.to_bytes());
    }
    query.push(")");
}

/// The blocks that the relay has, by CID.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Returns for each CID whether its block is here.
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Error>;

    /// Returns the bytes of a block, if it is here.
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Error>;
}

#[async_trait]
impl Blobs for Store {
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Error> {
        let present = present(&mut *self.shared.readers.acquire().await?, cids).await?;
        Ok(cids.iter().map(|cid| present.contains(&cid.to_bytes())).collect())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Error> {
        let query = sqlx::query_scalar("SELECT bytes FROM block WHERE cid = ?").bind(cid.to_bytes());
        let row: Option<Option<Vec<u8>>> = query.fetch_optional(&self.shared.readers).await?;
        match row {
            None => Ok(None),
            Some(Some(bytes)) => Ok(Some(bytes.into())),
            Some(None) => {
                let path = path(cid);
                Ok(self.on_disk(move |disk| disk.read(&path)).await?.map(Bytes::from))
            }
        }
    }
}

impl Store {
    pub(super) async fn try_push(&self, holder: Holder, blocks: &[Block]) -> Result<(), Error> {
        let mut distinct = HashMap::new();
        for block in blocks {
            distinct.insert(*block.cid(), block.bytes().clone());
        }
        let cids: Vec<Cid> = distinct.keys().copied().collect();
        let present = present(&mut *self.shared.readers.acquire().await?, &cids).await?;
        let is_new =
            |(cid, bytes): &(&Cid, &Bytes)| bytes.len() > INLINE && !present.contains(&cid.to_bytes());
        let new = distinct.iter().filter(|(cid, _)| !present.contains(&cid.to_bytes()));
        let bytes: u64 = new.map(|(_, bytes)| bytes.len() as u64 + limits::ITEM).sum();
        // Something that only takes over what is here needs room for rows alone, which the database judges.
        if bytes > 0 {
            self.check_room(bytes).await?;
        }
        let staged: HashMap<Cid, String> =
            distinct.iter().filter(is_new).map(|(cid, _)| (*cid, staging())).collect();
        let files = staged.iter().map(|(cid, path)| (path.clone(), distinct[cid].clone())).collect();
        let result = match self.on_disk_each(files, stage).await {
            Ok(_) => self.commit(holder, &distinct, &staged).await,
            Err(error) => Err(error.into()),
        };
        // Also after a failure: a full disk must not fill further with every try. Published files have been renamed.
        let leftover: Vec<String> = staged.into_values().collect();
        if !leftover.is_empty() {
            self.on_disk(move |disk| leftover.iter().try_for_each(|path| disk.remove(path))).await?;
        }
        result
    }

    async fn commit(
        &self,
        holder: Holder,
        blocks: &HashMap<Cid, Bytes>,
        staged: &HashMap<Cid, String>,
    ) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let owner = holding(&mut db, holder).await?;
        let before = Usage::of(&mut db, &self.shared.allotment, owner).await?;
        let cids: Vec<Cid> = blocks.keys().copied().collect();
        let present = present(&mut db, &cids).await?;
        let mut files = Vec::new();
        for (cid, bytes) in blocks.iter().filter(|(cid, _)| !present.contains(&cid.to_bytes())) {
            let inline = (bytes.len() <= INLINE).then_some(&bytes[..]);
            if inline.is_none() {
                files.push((*cid, staged.get(cid).cloned(), bytes.clone()));
            }
            sqlx::query("INSERT INTO block (block, cid, size, bytes) SELECT next, ?, ?, ? FROM total")
                .bind(cid.to_bytes())
                .bind(bytes.len() as i64)
                .bind(inline)
                .execute(&mut *db)
                .await?;
        }
        // A repeated push restarts the grace period, unless a pin holds the block.
        for cid in blocks.keys() {
            sqlx::query(
                "INSERT INTO hold SELECT ?, block, ?, ? FROM block WHERE cid = ?
                 ON CONFLICT DO UPDATE SET why = excluded.why, since = excluded.since WHERE why > 0",
            )
            .bind(owner)
            .bind(why::PUSHED)
            .bind(now())
            .bind(cid.to_bytes())
            .execute(&mut *db)
            .await?;
        }
        before.check(&Usage::of(&mut db, &self.shared.allotment, owner).await?)?;
        if !files.is_empty() {
            for (cid, ..) in &files {
                sqlx::query("DELETE FROM trash WHERE cid = ?").bind(cid.to_bytes()).execute(&mut *db).await?;
            }
            let folders: BTreeSet<String> = files.iter().map(|(cid, ..)| folder(cid)).collect();
            self.on_disk(move |disk| publish(disk, files)).await?;
            let sync = |disk: &dyn Disk, folder: String| disk.sync_folder(&folder);
            self.on_disk_each(folders.into_iter().collect(), sync).await?;
        }
        Ok(db.commit().await?)
    }
}

/// A new temporary name.
fn staging() -> String {
    format!("{STAGING}/{}", STAGED.fetch_add(1, Ordering::Relaxed))
}

/// Writes and syncs a file, while the writer is not locked.
fn stage(disk: &dyn Disk, (path, bytes): (String, Bytes)) -> io::Result<()> {
    disk.write(&path, &bytes)?;
    disk.sync(&path)
}

/// Renames staged files to their final names; the caller then syncs the folders.
fn publish(disk: &dyn Disk, files: Vec<(Cid, Option<String>, Bytes)>) -> io::Result<()> {
    files.into_iter().try_for_each(|(cid, staged, bytes)| {
        let staged = match staged {
            Some(staged) => staged,
            // The block was here at the first look and has been collected since.
            None => {
                let path = staging();
                stage(disk, (path.clone(), bytes))?;
                path
            }
        };
        disk.rename(&staged, &path(&cid))
    })
}

/// The CIDs, as bytes, of the blocks that are here.
async fn present(db: &mut SqliteConnection, cids: &[Cid]) -> Result<HashSet<Vec<u8>>, Error> {
    let mut present = HashSet::new();
    for cids in cids.chunks(IN_ONE_QUERY) {
        let mut query = QueryBuilder::new("SELECT cid FROM block WHERE");
        push_cids(&mut query, cids);
        present.extend(query.build_query_scalar::<Vec<u8>>().fetch_all(&mut *db).await?);
    }
    Ok(present)
}
