//! A disk that can be cut at every step and then forgets what was not written strictly.
//!
//! Killing a process proves nothing about durability, since the operating system still has what was written.
//! This one is as cruel as a loss of power may be: of the writes that did not ask for [`Durability::Strict`] any
//! choice is lost, each as a whole, even if later ones were strict.

use std::{cell::RefCell, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;

use super::{Databases, Durability, Store, StoreError, Table, Write, memory};

/// A disk whose power can be cut.
#[derive(Clone, Debug, Default)]
pub struct Disk(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    disk: memory::Disk,
    /// Every write since the beginning, with the database it went to.
    log: Vec<(String, Write)>,
    /// How many more commits are done before the power goes; `None` is never.
    left: Option<usize>,
}

impl Disk {
    /// An empty disk with power.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `commits` more commits through; each later one does nothing and fails with [`StoreError::Closed`].
    pub fn cut_after(&self, commits: usize) {
        self.0.borrow_mut().left = Some(commits);
    }

    /// How many commits were done so far: the number of places to cut at.
    pub fn commits(&self) -> usize {
        self.0.borrow().log.len()
    }

    /// What is left after a loss of power, as a disk that has power again.
    ///
    /// `survives` says of each relaxed write, by its number, whether it reached the disk.
    pub async fn after_power_loss(&self, mut survives: impl FnMut(usize) -> bool) -> Self {
        let log = self.0.borrow().log.clone();
        let fresh = Self::new();
        let databases = fresh.lead();
        for (number, (name, write)) in log.into_iter().enumerate() {
            let store = databases.open(&name).await.expect("memory opens");
            if write.durability == Durability::Strict || survives(number) {
                store.commit(write).await.expect("memory has room");
            }
        }
        fresh
    }

    /// Raises the epoch and gives the databases to the caller.
    pub fn lead(&self) -> Forgetful {
        Forgetful { state: Rc::clone(&self.0), databases: self.0.borrow().disk.lead() }
    }
}

/// The databases of a [`Disk`], as one leader sees them.
#[derive(Clone, Debug)]
pub struct Forgetful {
    state: Rc<RefCell<State>>,
    databases: memory::Memory,
}

#[async_trait(?Send)]
impl Databases for Forgetful {
    async fn open(&self, name: &str) -> Result<Rc<dyn Store>, StoreError> {
        let inner = self.databases.open(name).await?;
        Ok(Rc::new(Handle { state: Rc::clone(&self.state), name: name.to_owned(), inner }))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.state.borrow_mut().log.retain(|(of, _)| of != name);
        self.databases.delete(name).await
    }
}

struct Handle {
    state: Rc<RefCell<State>>,
    name: String,
    inner: Rc<dyn Store>,
}

#[async_trait(?Send)]
impl Store for Handle {
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.row(table, key).await
    }

    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.inner.rows(table).await
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        self.inner.block(cid).await
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        self.inner.have(cids).await
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        self.inner.blocks(after).await
    }

    async fn used(&self) -> Result<u64, StoreError> {
        self.inner.used().await
    }

    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        match &mut self.state.borrow_mut().left {
            Some(0) => return Err(StoreError::Closed),
            Some(left) => *left -= 1,
            None => {}
        }
        self.inner.commit(write.clone()).await?;
        self.state.borrow_mut().log.push((self.name.clone(), write));
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

    #[tokio::test]
    async fn a_loss_of_power_takes_relaxed_writes_and_leaves_strict_ones() {
        let disk = Disk::new();
        let store = disk.lead().open("one").await.unwrap();
        store.commit(Write::relaxed().put(Table::State, *b"a", *b"lost")).await.unwrap();
        store.commit(Write::relaxed().put(Table::State, *b"b", *b"lucky")).await.unwrap();
        store.commit(Write::strict().put(Table::State, *b"c", *b"safe")).await.unwrap();
        disk.cut_after(0);
        let cut = store.commit(Write::strict().put(Table::State, *b"d", *b"late")).await;
        assert_eq!(cut, Err(StoreError::Closed));
        let after = disk.after_power_loss(|number| number == 1).await;
        let rows = after.lead().open("one").await.unwrap().rows(Table::State).await.unwrap();
        assert_eq!(rows, [(b"b".to_vec(), b"lucky".to_vec()), (b"c".to_vec(), b"safe".to_vec())]);
    }
}
