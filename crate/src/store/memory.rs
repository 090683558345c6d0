//! A store in memory, for tests. Its disk can be full, or lose power.
//!
//! Killing a process proves nothing about durability, because the operating system still has what was written. This
//! disk does the worst that a loss of power may do: any subset of the writes without [`Durability::Strict`] is lost,
//! each as a whole, even if later writes were strict.
//!
//! A [`Disk`] commits at once, which no browser does: between the call and its end nothing else runs. With
//! [`Disk::with_latency`] other tasks run in between, in an order that follows from a seed.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    ops::Bound,
    rc::Rc,
    task::Poll,
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::{crypto::boxed, platform};

use super::{
    BLOCKS_PAGE, BlockStore, Databases, Durability, RowStore, SealedFor, Store, StoreError, Table, Write,
};

/// Label of the box around a sealed secret.
const SEALED: &str = "sealed";

/// The state that outlives the engines: the databases by name, the leader's epoch, and the keys of the last seals.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    databases: Rc<RefCell<BTreeMap<String, Rc<Database>>>>,
    epoch: Rc<Cell<u64>>,
    seals: Rc<RefCell<BTreeMap<SealedFor, SealKey>>>,
    /// What the present leader leaves to who waits.
    bequest: Rc<RefCell<Option<SealKey>>>,
    /// Bytes of blocks that one database may hold; without it, as many as fit into memory.
    quota: Option<u64>,
    /// The writes that a loss of power may undo. Without it, every write is strict.
    power: Option<Rc<RefCell<Power>>>,
    /// Lets other tasks run before and after each operation.
    latency: Option<Rc<Latency>>,
    /// The commits that find the disk full, counted from 1 among those that add something.
    full: Rc<RefCell<Full>>,
}

/// Which commits find the disk full.
#[derive(Debug, Default)]
struct Full {
    adding: usize,
    at: Option<usize>,
    stays: bool,
}

/// Turns that an operation gives away at most before and after its effect.
const MAX_TURNS: u64 = 4;

/// A sequence of small numbers that follows from a seed (SplitMix64).
#[derive(Debug)]
struct Latency(Cell<u64>);

impl Latency {
    fn next(&self) -> u64 {
        let seed = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    async fn pass(&self) {
        for _ in 0..self.next() % MAX_TURNS {
            let mut waited = false;
            poll_fn(|cx| {
                if std::mem::replace(&mut waited, true) {
                    return Poll::Ready(());
                }
                cx.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }
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

    /// An empty disk whose every operation lets other tasks run, as often as follows from `seed`: before its effect
    /// and after it.
    pub fn with_latency(seed: u64) -> Self {
        Self { latency: Some(Rc::new(Latency(Cell::new(seed)))), ..Self::default() }
    }

    /// The same disk with latency beside what it does already.
    #[must_use]
    pub fn and_latency(self, seed: u64) -> Self {
        Self { latency: Some(Rc::new(Latency(Cell::new(seed)))), ..self }
    }

    /// Has the `nth` commit from now on that adds anything fail with [`StoreError::Quota`]; `None` ends that.
    pub fn fill_at(&self, nth: Option<usize>) {
        *self.full.borrow_mut() = Full { adding: 0, at: nth, stays: false };
    }

    /// Has every commit from now on that adds anything fail with [`StoreError::Quota`], until the next
    /// [`fill_at`](Self::fill_at).
    pub fn fill(&self) {
        *self.full.borrow_mut() = Full { adding: 0, at: Some(1), stays: true };
    }

    /// How many commits that add something were tried since the last [`fill_at`](Self::fill_at).
    pub fn adding_commits(&self) -> usize {
        self.full.borrow().adding
    }

    async fn pass(&self) {
        if let Some(latency) = &self.latency {
            latency.pass().await;
        }
    }

    /// Whether this commit finds the disk full.
    fn is_full_for(&self, write: &Write) -> bool {
        if write.is_removal() {
            return false;
        }
        let mut full = self.full.borrow_mut();
        full.adding += 1;
        full.at.is_some_and(|at| full.adding == at || full.stays && full.adding > at)
    }

    /// Raises the epoch and gives the databases to the caller.
    pub fn lead(&self) -> Memory {
        self.epoch.set(self.epoch.get() + 1);
        Memory { disk: self.clone(), epoch: self.epoch.get(), inherited: None }
    }

    /// Waits for the lead, with what the present leader leaves.
    pub fn heir(&self) -> Heir {
        Heir { disk: self.clone(), key: self.bequest.borrow().clone() }
    }

    /// How many commits were done so far on a disk that may lose its power.
    pub fn commits(&self) -> usize {
        self.power.as_ref().map_or(0, |power| power.borrow().log.len())
    }

    /// What is left after the power went, as a disk that has power again.
    ///
    /// `survives` says of each relaxed write, by its number, whether it reached the disk.
    pub fn after_power_loss(&self, mut survives: impl FnMut(usize) -> bool) -> Self {
        let fresh = Self { seals: self.seals.clone(), ..Self::default() };
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

/// Who leads a [`Disk`] next.
pub struct Heir {
    disk: Disk,
    key: Option<SealKey>,
}

impl Heir {
    /// As [`Disk::lead`], with what was left.
    pub fn lead(self) -> Memory {
        Memory { inherited: self.key, ..self.disk.lead() }
    }
}

/// The databases of a [`Disk`], as one leader sees them.
#[derive(Clone, Debug)]
pub struct Memory {
    disk: Disk,
    epoch: u64,
    inherited: Option<SealKey>,
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

    async fn seal(&self, purpose: SealedFor, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = Zeroizing::new(platform::random());
        let sealed = boxed::seal(&key, SEALED, secret);
        self.disk.seals.borrow_mut().insert(purpose, SealKey(key));
        Ok(sealed)
    }

    async fn unseal(
        &self,
        purpose: SealedFor,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let keys = self.disk.seals.borrow();
        Ok(keys.get(&purpose).and_then(|SealKey(key)| boxed::open(key, SEALED, sealed).ok()))
    }

    async fn forget_seal(&self, purpose: SealedFor) -> Result<(), StoreError> {
        self.disk.seals.borrow_mut().remove(&purpose);
        Ok(())
    }

    async fn bequeath(&self, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = Zeroizing::new(platform::random());
        let sealed = boxed::seal(&key, SEALED, secret);
        self.disk.bequest.borrow_mut().replace(SealKey(key));
        Ok(sealed)
    }

    async fn inherit(&self, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.inherited.as_ref().and_then(|SealKey(key)| boxed::open(key, SEALED, sealed).ok()))
    }

    fn disinherit(&self) {
        self.disk.bequest.take();
    }
}

/// The key of a seal. It is never returned.
#[derive(Clone)]
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
impl BlockStore for Handle {
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        self.leader.disk.pass().await;
        Ok(self.contents()?.blocks.get(cid).cloned())
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        self.leader.disk.pass().await;
        let contents = self.contents()?;
        Ok(cids.iter().map(|cid| contents.blocks.contains_key(cid)).collect())
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        self.leader.disk.pass().await;
        let contents = self.contents()?;
        let from = after.map_or(Bound::Unbounded, |cid| Bound::Excluded(*cid));
        let page = contents.blocks.range((from, Bound::Unbounded)).take(BLOCKS_PAGE);
        Ok(page.map(|(cid, bytes)| (*cid, bytes.len() as u64)).collect())
    }

    async fn used(&self) -> Result<u64, StoreError> {
        Ok(self.contents()?.used)
    }

    async fn put(&self, blocks: Vec<(Cid, Bytes)>, durability: Durability) -> Result<(), StoreError> {
        self.commit(Write { blocks, durability, ..Write::relaxed() }).await
    }

    async fn discard(&self, drop_blocks: Vec<Cid>) -> Result<(), StoreError> {
        self.commit(Write { drop_blocks, ..Write::relaxed() }).await
    }
}

#[async_trait(?Send)]
impl RowStore for Handle {
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.leader.disk.pass().await;
        Ok(self.contents()?.rows.get(&(table, key.to_vec())).cloned())
    }

    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.leader.disk.pass().await;
        let contents = self.contents()?;
        let from = contents.rows.range((table, Vec::new())..);
        Ok(from
            .take_while(|((t, _), _)| *t == table)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        let disk = &self.leader.disk;
        disk.pass().await;
        self.apply(write)?;
        disk.pass().await;
        Ok(())
    }
}

impl Handle {
    fn apply(&self, write: Write) -> Result<(), StoreError> {
        if self.database.closed.get() {
            return Err(StoreError::Closed);
        }
        if self.database.epoch.get() != self.leader.epoch {
            return Err(StoreError::EpochLost);
        }
        let disk = &self.leader.disk;
        if disk.is_full_for(&write) {
            return Err(StoreError::Quota);
        }
        let Some(power) = &disk.power else {
            return self.database.contents.borrow_mut().apply(write, disk.quota);
        };
        let mut power = power.borrow_mut();
        power.left = power.left.checked_sub(1).ok_or(StoreError::Closed)?;
        self.database.contents.borrow_mut().apply(write.clone(), disk.quota)?;
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

    mod on_a_disk_that_takes_its_time {
        use super::*;

        store_cases!(tokio::test, Disk::with_latency(7));
    }

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
