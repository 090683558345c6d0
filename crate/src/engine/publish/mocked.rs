//! Keepers in memory.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream::LocalBoxStream;

use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::dag;
use crate::engine::Error;
use crate::engine::api::RelayRoom;
use crate::engine::mocked::{Gate, MockedProfile, Neighbours, ring};
use crate::net::keep::{BLOCK_COST, PinOutcome, Progress, Proved, Question, Weight};
use crate::social::publication::Newest;
use crate::store::memory::Disk;

use super::keeper::{Keeper, KeeperSession};
use super::unfinished::{Lack, Unfinished};

/// A keeper whose pushes wait until [`open_gate`](Self::open_gate), and who may refuse everything.
pub(in crate::engine) struct MockedKeeper(Rc<Inner>);

struct Inner {
    name: String,
    blocks: RefCell<BTreeMap<Cid, Bytes>>,
    pins: RefCell<BTreeSet<Cid>>,
    records: RefCell<Vec<Newest>>,
    gate: Gate,
    pushes: Cell<usize>,
    refuses: Cell<bool>,
    /// Bytes that it may hold, if there is a limit.
    quota: Cell<Option<u64>>,
    sessions: Cell<usize>,
    /// The key to which its proofs are bound.
    key: Cell<VerifyingKey>,
    /// How many more questions it answers.
    answers: Cell<usize>,
}

impl MockedKeeper {
    pub(in crate::engine) fn gated(name: &str) -> Rc<Self> {
        let (blocks, pins, records, pushes, refuses, quota, sessions) = Default::default();
        let (name, gate) = (name.to_owned(), Gate::closed());
        let (key, answers) = (Cell::new(key()), Cell::new(usize::MAX));
        Rc::new(Self(Rc::new(Inner {
            name,
            blocks,
            pins,
            records,
            gate,
            pushes,
            refuses,
            quota,
            sessions,
            key,
            answers,
        })))
    }

    pub(in crate::engine) fn new(name: &str) -> Rc<Self> {
        let keeper = Self::gated(name);
        keeper.open_gate();
        keeper
    }

    pub(in crate::engine) fn refusing(name: &str) -> Rc<Self> {
        let keeper = Self::new(name);
        keeper.0.refuses.set(true);
        keeper
    }

    pub(in crate::engine) fn set_quota(&self, quota: u64) {
        self.0.quota.set(Some(quota));
    }

    /// How many bytes it holds.
    pub(in crate::engine) fn used(&self) -> u64 {
        self.0.used()
    }

    pub(in crate::engine) fn open_gate(&self) {
        self.0.gate.open();
    }

    pub(in crate::engine) fn is_pushed_to(&self) -> bool {
        self.0.pushes.get() > 0
    }

    /// How many sessions were opened, or refused.
    pub(in crate::engine) fn sessions(&self) -> usize {
        self.0.sessions.get()
    }

    pub(in crate::engine) fn has_pinned(&self, cid: &Cid) -> bool {
        self.0.pins.borrow().contains(cid)
    }

    pub(in crate::engine) fn pins(&self) -> usize {
        self.0.pins.borrow().len()
    }

    /// Has it be the device of this key.
    pub(in crate::engine) fn proves_as(&self, key: VerifyingKey) {
        self.0.key.set(key);
    }

    /// Has it answer so many questions more.
    pub(in crate::engine) fn answers(&self, questions: usize) {
        self.0.answers.set(questions);
    }

    /// A block that it has.
    pub(in crate::engine) fn block(&self, cid: &Cid) -> Option<Bytes> {
        self.0.blocks.borrow().get(cid).cloned()
    }

    /// Gets everything that another one has.
    pub(in crate::engine) fn copy(&self, other: &Self) {
        self.0.blocks.borrow_mut().extend(other.0.blocks.borrow().clone());
    }

    /// Loses a block.
    pub(in crate::engine) fn lose(&self, cid: &Cid) {
        self.0.blocks.borrow_mut().remove(cid).expect("it is there");
    }

    /// Sets it back to a day on which nothing was there.
    pub(in crate::engine) fn set_back(&self) {
        self.0.blocks.borrow_mut().clear();
        self.0.pins.borrow_mut().clear();
        self.0.records.borrow_mut().clear();
    }

    /// Every record that was put, in order.
    pub(in crate::engine) fn records(&self) -> Vec<Newest> {
        self.0.records.borrow().clone()
    }
}

impl Inner {
    fn used(&self) -> u64 {
        self.blocks.borrow().values().map(|block| block.len() as u64 + BLOCK_COST).sum()
    }

    /// Drops what no pin reaches.
    fn collect(&self) {
        let mut blocks = self.blocks.borrow_mut();
        let (mut way, mut kept) = (Vec::from_iter(self.pins.borrow().iter().copied()), BTreeMap::new());
        while let Some(cid) = way.pop() {
            if let Some(block) = blocks.remove(&cid) {
                way.extend(dag::walk::links(&cid, &block).expect("blocks of ours have links"));
                kept.insert(cid, block);
            }
        }
        *blocks = kept;
    }

    fn check(&self, more: u64) -> Result<(), Unfinished> {
        match (self.used(), self.quota.get()) {
            (used, Some(quota)) if used + more > quota => {
                Err(Unfinished::NoRoom(Lack::Quota(RelayRoom { used, quota, needed: 0 })))
            }
            _ => Ok(()),
        }
    }
}

#[async_trait(?Send)]
impl Keeper for MockedKeeper {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn key(&self) -> Option<VerifyingKey> {
        Some(self.0.key.get())
    }

    async fn sequence(&self) -> Result<Option<u64>, Unfinished> {
        Ok(self.0.records.borrow().last().map(|record| record.seq))
    }

    async fn open(&self) -> Result<Box<dyn KeeperSession>, Unfinished> {
        self.0.sessions.set(self.0.sessions.get() + 1);
        if self.0.refuses.get() {
            return Err(Unfinished::Lasting(Error::Refused("this keeper does not keep for you".into())));
        }
        Ok(Box::new(MockedSession { keeper: self.0.clone(), progress: Progress::default() }))
    }

    async fn replace_record(&self, newest: &Newest, replaces: Option<u64>) -> Result<(), Unfinished> {
        let mut records = self.0.records.borrow_mut();
        let current = records.last().map(|record| record.seq);
        if current.is_some() && current != replaces {
            return Err(Unfinished::Passing("another device published".into()));
        }
        assert!(self.0.pins.borrow().contains(&newest.root), "a record names what is kept already");
        records.push(newest.clone());
        Ok(())
    }
}

struct MockedSession {
    keeper: Rc<Inner>,
    progress: Progress,
}

/// Counts a push for as long as it runs.
struct Running<'a>(&'a Cell<usize>);

impl<'a> Running<'a> {
    fn new(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[async_trait(?Send)]
impl KeeperSession for MockedSession {
    async fn have(&mut self, cids: &[Cid]) -> Result<Vec<bool>, Unfinished> {
        let blocks = self.keeper.blocks.borrow();
        Ok(cids.iter().map(|cid| blocks.contains_key(cid)).collect())
    }

    async fn room(&mut self, weight: Weight) -> Result<(), Unfinished> {
        self.keeper.check(weight.bytes)
    }

    async fn push(
        &mut self,
        mut blocks: LocalBoxStream<'_, (Cid, Bytes)>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Unfinished> {
        let keeper = self.keeper.clone();
        let _running = Running::new(&keeper.pushes);
        while let Some((cid, block)) = blocks.next().await {
            keeper.gate.pass().await;
            let is_new = !keeper.blocks.borrow().contains_key(&cid);
            if is_new && let Err(why) = keeper.check(block.len() as u64 + BLOCK_COST) {
                keeper.collect();
                return Err(why);
            }
            self.progress.blocks += 1;
            self.progress.bytes += block.len() as u64;
            keeper.blocks.borrow_mut().insert(cid, block);
            progress(self.progress);
        }
        Ok(())
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    async fn pin_until(&mut self, cid: &Cid, _: Option<u64>) -> Result<PinOutcome, Unfinished> {
        let blocks = self.keeper.blocks.borrow();
        let (mut way, mut missing) = (vec![*cid], Vec::new());
        while let Some(cid) = way.pop() {
            match blocks.get(&cid) {
                Some(block) => way.extend(dag::walk::links(&cid, block).expect("blocks of ours have links")),
                None => missing.push(cid),
            }
        }
        if missing.is_empty() {
            self.keeper.pins.borrow_mut().insert(*cid);
            return Ok(PinOutcome::Kept);
        }
        Ok(PinOutcome::Missing(missing))
    }

    async fn prove(&mut self, question: &Question) -> Result<Proved, Unfinished> {
        let left = self.keeper.answers.get().checked_sub(1);
        self.keeper.answers.set(left.ok_or_else(|| Unfinished::Passing("asked too often".into()))?);
        let blocks = self.keeper.blocks.borrow();
        let missing: Vec<_> = question.cids.iter().filter(|cid| !blocks.contains_key(cid)).copied().collect();
        if !missing.is_empty() {
            return Ok(Proved::Missing(missing));
        }
        let mut hasher = question.hasher(&ring(1).id(), &self.keeper.key.get());
        question.cids.iter().for_each(|cid| hasher.add(&blocks[cid]));
        Ok(Proved::Hash(hasher.finish()))
    }

    async fn unpin(&mut self, cid: &Cid) -> Result<(), Unfinished> {
        self.keeper.pins.borrow_mut().remove(cid);
        self.keeper.collect();
        Ok(())
    }

    async fn pins(&mut self, after: Option<Cid>) -> Result<Vec<Cid>, Unfinished> {
        let pins = self.keeper.pins.borrow();
        Ok(pins.iter().filter(|cid| after.is_none_or(|after| **cid > after)).copied().collect())
    }
}

/// The key of every such keeper.
fn key() -> VerifyingKey {
    SigningKey::from_bytes(&[9; 32]).verifying_key()
}

/// A profile that publishes to these keepers.
pub(super) async fn publishing(seed: u64, keepers: &[&Rc<MockedKeeper>]) -> MockedProfile {
    let keepers = keepers.iter().map(|keeper| -> Rc<dyn Keeper> { Rc::clone(keeper) as _ }).collect();
    let neighbours = Neighbours { keepers, ..Neighbours::default() };
    MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await
}
