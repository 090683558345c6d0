//! Many chunks in one run: asked for within a window, stored while others come.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use futures::future::{Fuse, FusedFuture, LocalBoxFuture, ready};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, poll, select};

use crate::dag::FetchError;
use crate::dag::contents::{Chunk, File};
use crate::engine::Error;
use crate::engine::api::{FileProgress, TransferId};
use crate::engine::progress::Transfers;
use crate::engine::storage::Storage;
use crate::store::BATCH_BLOCKS;

use super::fetcher::BlockFetcher;

/// Bytes of blocks that are on their way or not stored yet: as much as a reload in the middle may fetch twice, and
/// enough for 40 MB/s over 100 ms.
const WINDOW: u64 = 4 << 20;

/// Blocks likewise, for a window of small files: what one peer is asked for at once.
const WANTS: usize = 256;

/// Parts of the window that are stored in one commit each: meanwhile the others are on their way.
const PARTS: usize = 4;

/// Fetches missing chunks of many files in one run, never more of them than the window allows, and stores some while
/// others come.
pub(super) struct Batch<'a> {
    storage: &'a Storage,
    transfers: &'a Transfers,
    transfer: &'a TransferId,
    fetcher: Rc<BlockFetcher>,
    /// Of which it is not known yet whether they are here.
    listed: Vec<Listed>,
    missing: VecDeque<Listed>,
    asked: FuturesUnordered<LocalBoxFuture<'static, Result<(Listed, Bytes), FetchError>>>,
    arrived: Vec<(Listed, Bytes)>,
    storing: Fuse<LocalBoxFuture<'a, Result<Vec<Listed>, Error>>>,
    /// Bytes of blocks that were asked for and are not stored yet, and those of them that wait to be.
    open: u64,
    waiting: u64,
    done: BTreeMap<Rc<str>, u64>,
}

/// A chunk, with the path and the size of its file.
struct Listed {
    chunk: Chunk,
    path: Rc<str>,
    total: u64,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        storage: &'a Storage,
        transfers: &'a Transfers,
        transfer: &'a TransferId,
        fetcher: Rc<BlockFetcher>,
    ) -> Self {
        Self {
            storage,
            transfers,
            transfer,
            fetcher,
            listed: Vec::new(),
            missing: VecDeque::new(),
            asked: FuturesUnordered::new(),
            arrived: Vec::new(),
            storing: Fuse::terminated(),
            open: 0,
            waiting: 0,
            done: BTreeMap::new(),
        }
    }

    /// Lists the chunks of a file; looks which are missing, and fetches them, once there are many.
    pub(super) async fn add(&mut self, file: &File) -> Result<(), Error> {
        let (path, total) = (Rc::from(file.path()), file.size());
        for chunk in file.chunks().await? {
            self.listed.push(Listed { chunk, path: Rc::clone(&path), total });
            if self.listed.len() == BATCH_BLOCKS {
                self.look().await?;
            }
            while self.missing.len() >= BATCH_BLOCKS {
                self.step().await?;
            }
        }
        Ok(())
    }

    /// Looks which of the listed chunks are missing.
    async fn look(&mut self) -> Result<(), Error> {
        let cids: Vec<_> = self.listed.iter().map(|listed| listed.chunk.cid).collect();
        let have = self.storage.blocks().have(&cids).await?;
        let mut found = 0;
        for (listed, have) in self.listed.drain(..).zip(have) {
            if have {
                found += listed.chunk.bytes;
                *self.done.entry(listed.path).or_default() += listed.chunk.bytes;
            } else {
                self.missing.push_back(listed);
            }
        }
        if found > 0 {
            self.transfers.found(self.transfer, found);
        }
        Ok(())
    }

    /// Fetches all that is still missing.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        self.look().await?;
        while !(self.missing.is_empty() && self.asked.is_empty()) {
            self.step().await?;
        }
        self.store_all().await
    }

    /// Asks for as much as the window allows and takes in what comes first; what came before a failure is kept.
    async fn step(&mut self) -> Result<(), Error> {
        self.ask().await;
        let many = self.waiting >= WINDOW / PARTS as u64 || self.arrived.len() >= WANTS / PARTS;
        if self.storing.is_terminated() && !self.arrived.is_empty() && (many || self.asked.is_empty()) {
            self.store();
        }
        let failure = select! {
            got = self.asked.select_next_some() => self.take(got).err(),
            stored = &mut self.storing => return self.stored(stored),
        };
        if let Some(why) = failure {
            while let Some(Some(got)) = self.asked.next().now_or_never() {
                // They all failed with the first, or came before it.
                let _ = self.take(got);
            }
            self.store_all().await?;
            return Err(why.into());
        }
        Ok(())
    }

    async fn ask(&mut self) {
        while let Some(next) = self.missing.front()
            && (self.open == 0 || self.open + next.chunk.block <= WINDOW)
            && self.asked.len() + self.arrived.len() < WANTS
        {
            let missing = self.missing.pop_front().expect("it was looked at");
            self.open += missing.chunk.block;
            let fetcher = self.fetcher.clone();
            let asking = async move { fetcher.fetch(&missing.chunk.cid).await.map(|block| (missing, block)) };
            let mut asking = asking.boxed_local();
            // What is wanted is asked for now, not only when all that has come is taken.
            if let Poll::Ready(got) = poll!(&mut asking) {
                asking = ready(got).boxed_local();
            }
            self.asked.push(asking);
        }
    }

    fn take(&mut self, got: Result<(Listed, Bytes), FetchError>) -> Result<(), FetchError> {
        let (missing, block) = got?;
        let block = self.fetcher.kept(&missing.chunk.cid, &block);
        self.waiting += missing.chunk.block;
        self.arrived.push((missing, block));
        Ok(())
    }

    /// Begins to store what has arrived.
    fn store(&mut self) {
        let (arrived, blocks) = self
            .arrived
            .drain(..)
            .map(|(missing, block)| {
                let cid = missing.chunk.cid;
                (missing, (cid, block))
            })
            .unzip();
        self.waiting = 0;
        let (storage, transfer) = (self.storage, self.transfer);
        let storing = async move {
            storage.put_fetched(Some(transfer), blocks).await?;
            Ok(arrived)
        };
        self.storing = storing.boxed_local().fuse();
    }

    /// Counts what is stored now.
    fn stored(&mut self, stored: Result<Vec<Listed>, Error>) -> Result<(), Error> {
        for Listed { chunk, path, total } in stored? {
            self.open -= chunk.block;
            let done = self.done.entry(path.clone()).or_default();
            *done += chunk.bytes;
            let progress = FileProgress { path: path.to_string(), bytes: *done, total };
            self.transfers.advance(self.transfer, chunk.bytes, Some(progress));
        }
        Ok(())
    }

    /// Stores everything that has arrived.
    async fn store_all(&mut self) -> Result<(), Error> {
        loop {
            if !self.storing.is_terminated() {
                let stored = (&mut self.storing).await;
                self.stored(stored)?;
            }
            if self.arrived.is_empty() {
                return Ok(());
            }
            self.store();
        }
    }
}
