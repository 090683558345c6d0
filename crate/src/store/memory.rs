//! A store that lives as long as its process: for tests, also of what happens when its disk is full or loses power.
//!
//! Killing a process proves nothing about durability, since the operating system still has what was written.
//! This disk is as cruel as a loss of power may be: of the writes that did not ask for [`Durability::Strict`] any
//! choice is lost, each as a whole, even if later ones were strict.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    ops::Bound,
    rc::Rc,
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::{crypto::boxed, platform};

use super::{BLOCKS_PAGE, Databases, Durability, Store, StoreError, Table, Write};

/// Label of the box around a sealed secret.
const SEALED: &str = "sealed";

/// What outlives the engines: the databases by name, the epoch of who leads them, and the key of the last seal.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    databases: Rc<RefCell<BTreeMap<String, Rc<Database>>>>,
    epoch: Rc<Cell<u64>>,
    seal: Rc<RefCell<Option<SealKey>>>,
    /// Bytes of blocks that one database may hold; without it, as many as fit into memory.
    quota: Option<u64>,
    /// What a loss of power may undo; without it, every write is as good as strict.
    power: Option<Rc<RefCell<Power>>>,
}

#[derive(Debug)]
struct Power {
    /// Every write since the beginning, with the database it went to.
    log: Vec<(String, Write)>,
    /// How many more commits are done before the power goes.
    left: usize,
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

    /// An empty disk that loses its power after `commits` more commits: each later one does nothing and fails with
    /// [`StoreError::Closed`].
    pub fn with_power_for(commits: usize) -> Self {
        let power = Power { log: Vec::new(), left: commits };
        Self { power: Some(Rc::new(RefCell::new(power))), ..Self::default() }
    }

    /// Raises the epoch and gives the databases to the caller.
    pub fn lead(&self) -> Memory {
        self.epoch.set(self.epoch.get() + 1);
        Memory { disk: self.clone(), epoch: self.epoch.get() }
    }

    /// How many commits were done so far on a disk that may lose its power.
    pub fn commits(&self) -> usize {
        self.power.as_ref().map_or(0, |power| power.borrow().log.len())
    }

    /// What is left after the power went, as a disk that has power again.
    ///
    /// `survives` says of each relaxed write, by its number, whether it reached the disk.
    pub fn after_power_loss(&self, mut survives: impl FnMut(usize) -> bool) -> Self {
        let fresh = Self::new();
        let log = self.power.as_ref().map(|power| power.borrow().log.clone()).unwrap_or_default();
        for (number, (name, write)) in log.into_iter().enumerate() {
            let database = fresh.database(&name);
            if write.durability == Durability::Strict || survives(number) {
                database.contents.borrow_mut().apply(write, None).expect("nothing limits it");
            }
        }
        fresh
    }

    fn database(&self, name: &str) -> Rc<Database> {
        Rc::clone(self.databases.borrow_mut().entry(name.to_owned()).or_default())
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
        let database = self.disk.database(name);
        if database.epoch.get() > self.epoch {
            return Err(StoreError::EpochLost);
        }
        database.epoch.set(self.epoch);
        Ok(Rc::new(Handle { name: name.to_owned(), database, leader: self.clone() }))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        if let Some(database) = self.disk.databases.borrow_mut().remove(name) {
            database.closed.set(true);
        }
        if let Some(power) = &self.disk.power {
            power.borrow_mut().log.retain(|(of, _)| of != name);
        }
        Ok(())
    }

    async fn seal(&self, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = Zeroizing::new(platform::random());
        let sealed = boxed::seal(&key, SEALED, secret);
        self.disk.seal.borrow_mut().replace(SealKey(key));
        Ok(sealed)
    }

    async fn unseal(&self, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let key = self.disk.seal.borrow();
        Ok(key.as_ref().and_then(|SealKey(key)| boxed::open(key, SEALED, sealed).ok()))
    }

    async fn forget_seal(&self) -> Result<(), StoreError> {
        self.disk.seal.take();
        Ok(())
    }
}

/// The key of the last seal, which nobody is shown.
struct SealKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

#[derive(Debug, Default)]
struct Database {
    contents: RefCell<Contents>,
    epoch: Cell<u64>,
    closed: Cell<bool>,
}

/// Rows and blocks of one database.
#[derive(Debug, Default)]
struct Contents {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    blocks: BTreeMap<Cid, Bytes>,
    used: u64,
}

impl Contents {
    /// Does a whole write, or nothing if it would take more than `quota` bytes.
    fn apply(&mut self, write: Write, quota: Option<u64>) -> Result<(), StoreError> {
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
    name: String,
    database: Rc<Database>,
    leader: Memory,
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
        if self.database.epoch.get() != self.leader.epoch {
            return Err(StoreError::EpochLost);
        }
        let Disk { quota, power, .. } = &self.leader.disk;
        let Some(power) = power else { return self.database.contents.borrow_mut().apply(write, *quota) };
        let mut power = power.borrow_mut();
        power.left = power.left.checked_sub(1).ok_or(StoreError::Closed)?;
        self.database.contents.borrow_mut().apply(write.clone(), *quota)?;
        power.log.push((self.name.clone(), write));
        Ok(())
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

    mod on_a_disk_that_may_lose_its_power {
        use super::*;

        store_cases!(tokio::test, Disk::with_power_for(usize::MAX));
    }

    #[tokio::test]
    async fn a_full_store_says_so_and_keeps_what_it_had() {
        cases::a_full_store_says_so_and_keeps_what_it_had(&Disk::with_quota(100)).await;
    }

    #[tokio::test]
    async fn a_loss_of_power_takes_relaxed_writes_and_leaves_strict_ones() {
        let disk = Disk::with_power_for(3);
        let store = disk.lead().open("one").await.unwrap();
        store.commit(Write::relaxed().put(Table::State, *b"a", *b"lost")).await.unwrap();
        store.commit(Write::relaxed().put(Table::State, *b"b", *b"lucky")).await.unwrap();
        store.commit(Write::strict().put(Table::State, *b"c", *b"safe")).await.unwrap();
        let cut = store.commit(Write::strict().put(Table::State, *b"d", *b"late")).await;
        assert_eq!(cut, Err(StoreError::Closed));
        let after = disk.after_power_loss(|number| number == 1);
        let rows = after.lead().open("one").await.unwrap().rows(Table::State).await.unwrap();
        assert_eq!(rows, [(b"b".to_vec(), b"lucky".to_vec()), (b"c".to_vec(), b"safe".to_vec())]);
    }
}
