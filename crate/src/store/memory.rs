//! A store that lives as long as its process: for native tests, and where a browser allows nothing else.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::Bound,
    rc::Rc,
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;

use super::{BLOCKS_PAGE, Databases, Store, StoreError, Table, Write};

/// What outlives the engines: the databases by name, and the epoch of who leads them.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    databases: Rc<RefCell<BTreeMap<String, Rc<Database>>>>,
    epoch: Rc<Cell<u64>>,
    /// Bytes of blocks that one database may hold; without it, as many as fit into memory.
    quota: Option<u64>,
}

impl Disk {
    /// An empty disk without a limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty disk on which no database may hold more than `bytes` of blocks.
    pub fn with_quota(bytes: u64) -> Self {
        Self { quota: Some(bytes), ..Self::default() }
    }

    /// Raises the epoch and gives the databases to the caller.
    pub fn lead(&self) -> Memory {
        self.epoch.set(self.epoch.get() + 1);
        Memory { disk: self.clone(), epoch: self.epoch.get() }
    }
}

/// The databases of a [`Disk`], as one leader sees them.
#[derive(Clone, Debug)]
pub struct Memory {
    disk: Disk,
    epoch: u64,
}

#[async_trait(?Send)]
impl Databases for Memory {
    async fn open(&self, name: &str) -> Result<Rc<dyn Store>, StoreError> {
        let database = Rc::clone(self.disk.databases.borrow_mut().entry(name.to_owned()).or_default());
        if database.epoch.get() > self.epoch {
            return Err(StoreError::EpochLost);
        }
        database.epoch.set(self.epoch);
        Ok(Rc::new(Handle { database, epoch: self.epoch, quota: self.disk.quota }))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        if let Some(database) = self.disk.databases.borrow_mut().remove(name) {
            database.closed.set(true);
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Database {
    contents: RefCell<Contents>,
    epoch: Cell<u64>,
    closed: Cell<bool>,
}

/// Rows and blocks of one database.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    blocks: BTreeMap<Cid, Bytes>,
    used: u64,
}

impl Contents {
    /// Does a whole write, or nothing if it would take more than `quota` bytes.
    pub(super) fn apply(&mut self, write: Write, quota: Option<u64>) -> Result<(), StoreError> {
        let (mut freed, mut taken) = (0, 0);
        for (cid, after) in write.touched() {
            freed += self.blocks.get(&cid).map_or(0, |bytes| bytes.len() as u64);
            taken += after.map_or(0, |bytes| bytes.len() as u64);
        }
        let used = self.used - freed + taken;
        if quota.is_some_and(|quota| used > quota && used > self.used) {
            return Err(StoreError::Quota);
        }
        self.used = used;
        for cid in &write.drop_blocks {
            self.blocks.remove(cid);
        }
        self.blocks.extend(write.blocks);
        for (table, key, value) in write.rows {
            match value {
                Some(value) => self.rows.insert((table, key), value),
                None => self.rows.remove(&(table, key)),
            };
        }
        Ok(())
    }
}

struct Handle {
    database: Rc<Database>,
    epoch: u64,
    quota: Option<u64>,
}

impl Handle {
    fn contents(&self) -> Result<std::cell::Ref<'_, Contents>, StoreError> {
        if self.database.closed.get() {
            return Err(StoreError::Closed);
        }
        Ok(self.database.contents.borrow())
    }
}

#[async_trait(?Send)]
impl Store for Handle {
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.contents()?.rows.get(&(table, key.to_vec())).cloned())
    }

    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let contents = self.contents()?;
        let from = contents.rows.range((table, Vec::new())..);
        Ok(from
            .take_while(|((t, _), _)| *t == table)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        Ok(self.contents()?.blocks.get(cid).cloned())
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        let contents = self.contents()?;
        Ok(cids.iter().map(|cid| contents.blocks.contains_key(cid)).collect())
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        let contents = self.contents()?;
        let from = after.map_or(Bound::Unbounded, |cid| Bound::Excluded(*cid));
        let page = contents.blocks.range((from, Bound::Unbounded)).take(BLOCKS_PAGE);
        Ok(page.map(|(cid, bytes)| (*cid, bytes.len() as u64)).collect())
    }

    async fn used(&self) -> Result<u64, StoreError> {
        Ok(self.contents()?.used)
    }

    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        if self.database.closed.get() {
            return Err(StoreError::Closed);
        }
        if self.database.epoch.get() != self.epoch {
            return Err(StoreError::EpochLost);
        }
        self.database.contents.borrow_mut().apply(write, self.quota)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{store::cases, store_cases};

    #[async_trait(?Send)]
    impl cases::Disk for Disk {
        async fn lead(&self) -> Rc<dyn Databases> {
            Rc::new(Disk::lead(self))
        }
    }

    store_cases!(tokio::test, Disk::new());

    #[tokio::test]
    async fn a_full_store_says_so_and_keeps_what_it_had() {
        cases::a_full_store_says_so_and_keeps_what_it_had(&Disk::with_quota(100)).await;
    }
}
