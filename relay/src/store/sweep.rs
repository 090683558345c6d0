//! Sweeping: removes files that belong to no block.
//!
//! A push publishes its files before its transaction commits. If the commit fails, or the process ends between the two,
//! the files stay without rows.

use std::{collections::HashSet, sync::atomic::Ordering};

use cid::Cid;
use sqlx::QueryBuilder;

use super::{
    Error, Store,
    blobs::{FOLDERS, IN_ONE_QUERY, STAGING, push_cids},
};

impl Store {
    /// Removes files that a crash left incomplete or without a block. Nothing is pushed yet.
    pub(super) async fn clear_leftovers(&self) -> Result<(), Error> {
        self.on_disk(|disk| {
            disk.list(STAGING)?.iter().try_for_each(|name| disk.remove(&format!("{STAGING}/{name}")))
        })
        .await?;
        self.empty_trash().await?;
        for _ in 0..FOLDERS {
            self.sweep_next().await?;
        }
        Ok(())
    }

    /// Sweeps one folder of files, the next one each time.
    pub(super) async fn sweep_next(&self) -> Result<(), Error> {
        let folder = format!("{:x}", self.shared.swept.fetch_add(1, Ordering::Relaxed) % FOLDERS);
        let listed = folder.clone();
        let names = self.on_disk(move |disk| disk.list(&listed)).await?;
        // A name that is no CID is not a file of ours.
        let cids: Vec<Cid> = names.iter().filter_map(|name| Cid::try_from(name.as_str()).ok()).collect();
        for cids in cids.chunks(IN_ONE_QUERY) {
            // Files appear and go while the writer is locked, so what has no row now is nobody's.
            let mut writer = self.writer().await?;
            let mut query = QueryBuilder::new("SELECT cid FROM block WHERE bytes IS NULL AND");
            push_cids(&mut query, cids);
            let rows: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&mut *writer).await?;
            let rows: HashSet<Vec<u8>> = rows.into_iter().collect();
            let strays: Vec<String> = cids
                .iter()
                .filter(|cid| !rows.contains(&cid.to_bytes()))
                .map(|cid| format!("{folder}/{cid}"))
                .collect();
            if !strays.is_empty() {
                tracing::info!(count = strays.len(), "files without a block are removed");
                self.on_disk(move |disk| strays.iter().try_for_each(|path| disk.remove(path))).await?;
            }
        }
        Ok(())
    }
}
