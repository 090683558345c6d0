//! Fetching whole files and keeping them: persisted wishes that go on after a reload, and saving into a folder.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Fuse, FusedFuture, LocalBoxFuture, ready};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, Stream, StreamExt, TryStreamExt, poll, select};
use serde::{Deserialize, Serialize};

use crate::dag::contents::{Chunk, Contents, File};
use crate::dag::{self, FetchError};
use crate::platform;
use crate::store::{BATCH_BLOCKS, StoreError, Table, Write};

use super::api::{Direction, FileProgress, Folder, TransferState, WaitingFor};
use super::getter::Getter;
use super::session::Session;
use super::shares::parse_id;

use super::{Engine, Error};

/// Prefix of wishes in [`Table::Transfers`], followed by the share's id.
const WISH: &str = "down/";

/// Bytes of blocks that are on their way or not stored yet: as much as a reload in the middle may fetch twice, and
/// enough for 40 MB/s over 100 ms.
const WINDOW: u64 = 4 << 20;

/// Blocks likewise, for a window of small files: what one peer is asked for at once.
const WANTS: usize = 256;

/// Parts of the window that are stored in one commit each: meanwhile the others are on their way.
const PARTS: usize = 4;

/// The wait after the first failure; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What somebody wants to have of a share.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Wish {
    /// All files where none are named.
    paths: Option<BTreeSet<String>>,
    paused: bool,
}

impl Wish {
    fn wants(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.contains(path))
    }
}

/// Goes on with what was wished for before the profile was locked.
pub(super) async fn start(session: &Rc<Session>) -> Result<(), Error> {
    for (share, wish) in session.rows.all::<Wish>(Table::Transfers, WISH).await? {
        if wish.paused {
            let transfer = down_transfer(&share);
            session.transfers.begin(&transfer, &share, Direction::Down, 0, TransferState::Paused);
        } else {
            session.fetch_wish(share, wish);
        }
    }
    Ok(())
}

impl Engine {
    /// Fetches and keeps all files of a share, or those named; goes on after a reload.
    pub async fn download(&self, id: &str, paths: Option<Vec<String>>) -> Result<String, Error> {
        let session = self.session()?;
        let share = session.kept(id)?.id().to_string();
        let before: Option<Wish> = session.rows.get(Table::Transfers, &format!("{WISH}{share}")).await?;
        let paths = match (before.map(|wish| wish.paths), paths) {
            (Some(None), _) | (_, None) => None,
            (Some(Some(before)), Some(paths)) => Some(before.into_iter().chain(paths).collect()),
            (None, Some(paths)) => Some(paths.into_iter().collect()),
        };
        session.wish(&share, Wish { paths, paused: false }).await?;
        Ok(down_transfer(&share))
    }

    /// Fetches files and writes them into a folder as they come.
    pub async fn save(
        &self,
        id: &str,
        to: Rc<dyn Folder>,
        paths: Option<Vec<String>>,
    ) -> Result<String, Error> {
        let session = self.reading()?;
        let opened = session.open_share(id).await?;
        let wish = Wish { paths: paths.map(|paths| paths.into_iter().collect()), paused: false };
        let transfer = format!("save-{id}-{}", platform::now_ms());
        let total = wished_bytes(&opened, &wish).await?;
        session.transfers.begin(&transfer, id, Direction::Down, total, TransferState::Active);
        let task = {
            let (session, transfer) = (session.clone(), transfer.clone());
            async move {
                let saving = session.save_files(&transfer, opened, &wish, &*to);
                match session.until_cancelled(&transfer, saving).await {
                    Ok(()) => session.transfers.finish(&transfer),
                    Err(why) => session.transfers.fail(&transfer, &why),
                }
            }
        };
        session.spawn(task);
        Ok(transfer)
    }
}

impl Session {
    async fn wish(self: &Rc<Self>, share: &str, wish: Wish) -> Result<(), Error> {
        self.rows.set(Table::Transfers, &format!("{WISH}{share}"), &wish).await?;
        self.fetch_wish(share.to_owned(), wish);
        Ok(())
    }

    /// Takes back a wish; what was fetched stays until it is collected.
    pub(super) async fn forget_wish(&self, share: &str) -> Result<(), Error> {
        self.cancel_task(&down_transfer(share));
        let mut write = Write::strict();
        self.rows.remove(&mut write, Table::Transfers, &format!("{WISH}{share}"));
        Ok(self.store.commit(write).await?)
    }

    /// Lets a wish rest, or go on.
    pub(super) async fn pause_wish(self: &Rc<Self>, share: &str, paused: bool) -> Result<(), Error> {
        let name = format!("{WISH}{share}");
        let wish: Option<Wish> = self.rows.get(Table::Transfers, &name).await?;
        let wish = Wish { paused, ..wish.ok_or(Error::NotFound("transfer"))? };
        if !paused {
            return self.wish(share, wish).await;
        }
        self.rows.set(Table::Transfers, &name, &wish).await?;
        self.cancel_task(&down_transfer(share));
        self.transfers.set_state(&down_transfer(share), TransferState::Paused, None);
        Ok(())
    }

    /// Runs a wish in place of an earlier one for the same share.
    fn fetch_wish(self: &Rc<Self>, share: String, wish: Wish) {
        let transfer = down_transfer(&share);
        self.cancel_task(&transfer);
        self.transfers.begin(&transfer, &share, Direction::Down, 0, TransferState::Queued);
        let session = self.clone();
        self.spawn(async move {
            let fetching = session.fetch_until_done(&transfer, &share, &wish);
            match session.until_cancelled(&transfer, fetching).await {
                Ok(()) => session.transfers.finish(&transfer),
                // Whoever stopped it says what became of it.
                Err(Error::Cancelled) => {}
                Err(why) => session.transfers.fail(&transfer, &why),
            }
        });
    }

    async fn fetch_until_done(
        self: &Rc<Self>,
        transfer: &str,
        share: &str,
        wish: &Wish,
    ) -> Result<(), Error> {
        let mut reached = self.reached.listener();
        let mut wait = FIRST_WAIT;
        loop {
            let before = self.transfers.get(transfer).map(|t| t.bytes);
            match self.fetch_once(transfer, share, wish).await {
                Ok(()) => break,
                Err(Error::Unreachable(why)) => {
                    tracing::debug!(why, "a download waits");
                    let waiting_for =
                        if self.online.any_relay() { WaitingFor::Author } else { WaitingFor::Relay };
                    self.transfers.set_state(transfer, TransferState::Waiting, Some(waiting_for));
                    let was_reached = reached.rung_within(wait).await;
                    let moved = self.transfers.get(transfer).map(|t| t.bytes) != before;
                    wait = if moved || was_reached { FIRST_WAIT } else { LONGEST_WAIT.min(wait * 2) };
                }
                Err(why) => return Err(why),
            }
        }
        let mut write = Write::strict();
        self.rows.remove(&mut write, Table::Transfers, &format!("{WISH}{share}"));
        self.store.commit(write).await?;
        self.look_for_whole(&parse_id(share)?).await
    }

    /// Fetches what is missing of the files wished for; what is here already is counted and left alone.
    async fn fetch_once(self: &Rc<Self>, transfer: &str, share: &str, wish: &Wish) -> Result<(), Error> {
        let kept = self.kept(share)?;
        let opened = self.open_share(share).await?;
        let total = wished_bytes(&opened, wish).await?;
        self.transfers.begin(transfer, share, Direction::Down, total, TransferState::Active);
        let getter = self.getter_of(&kept);
        let mut files = wished(&opened, wish);
        let mut batch = Batch::new(self, transfer, getter);
        while let Some(file) = files.try_next().await? {
            batch.add(&file).await?;
        }
        batch.finish().await
    }

    async fn save_files(
        self: &Rc<Self>,
        transfer: &str,
        opened: Contents,
        wish: &Wish,
        to: &dyn Folder,
    ) -> Result<(), Error> {
        let mut files = wished(&opened, wish);
        while let Some(file) = files.try_next().await? {
            // Lists of files have no path that could leave the folder.
            let segments: Vec<_> = file.path().split('/').collect();
            let mut saved = to.create(&segments).await?;
            let mut bytes = file.read(0, file.size());
            let mut done = 0;
            while let Some(piece) = bytes.try_next().await? {
                let len = piece.len() as u64;
                saved.write(piece).await?;
                done += len;
                let progress = FileProgress { path: file.path().to_owned(), bytes: done, total: file.size() };
                self.transfers.advance(transfer, len, Some(progress));
            }
            saved.close().await?;
        }
        Ok(())
    }
}

/// Fetches missing chunks of many files in one run, never more of them than the window allows, and stores some while
/// others come.
struct Batch<'a> {
    session: &'a Rc<Session>,
    transfer: &'a str,
    getter: Rc<Getter>,
    /// Of which it is not known yet whether they are here.
    listed: Vec<Listed>,
    missing: VecDeque<Listed>,
    asked: FuturesUnordered<LocalBoxFuture<'static, Result<(Listed, Bytes), FetchError>>>,
    arrived: Vec<(Listed, Bytes)>,
    storing: Fuse<LocalBoxFuture<'a, Result<Vec<Listed>, StoreError>>>,
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
    fn new(session: &'a Rc<Session>, transfer: &'a str, getter: Rc<Getter>) -> Self {
        Self {
            session,
            transfer,
            getter,
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
    async fn add(&mut self, file: &File) -> Result<(), Error> {
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
        let have = self.session.store.have(&cids).await?;
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
            self.session.transfers.found(self.transfer, found);
        }
        Ok(())
    }

    /// Fetches all that is still missing.
    async fn finish(mut self) -> Result<(), Error> {
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
            let getter = self.getter.clone();
            let asking = async move { getter.fetch(&missing.chunk.cid).await.map(|block| (missing, block)) };
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
        let (session, transfer) = (self.session, self.transfer);
        let storing = async move {
            session.commit_with_room(transfer, Write { blocks, ..Write::relaxed() }).await?;
            Ok(arrived)
        };
        self.storing = storing.boxed_local().fuse();
    }

    /// Counts what is stored now.
    fn stored(&mut self, stored: Result<Vec<Listed>, StoreError>) -> Result<(), Error> {
        for Listed { chunk, path, total } in stored? {
            self.open -= chunk.block;
            let done = self.done.entry(path.clone()).or_default();
            *done += chunk.bytes;
            let progress = FileProgress { path: path.to_string(), bytes: *done, total };
            self.session.transfers.advance(self.transfer, chunk.bytes, Some(progress));
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

/// The files of a share that are wished for.
fn wished<'a>(
    opened: &Contents,
    wish: &'a Wish,
) -> impl Stream<Item = Result<File, dag::ReadError>> + Unpin + use<'a> {
    opened.files().try_filter(|file| ready(wish.wants(file.path())))
}

async fn wished_bytes(opened: &Contents, wish: &Wish) -> Result<u64, Error> {
    match opened.size() {
        Some(size) if wish.paths.is_none() => Ok(size),
        // What somebody claims of a folder is not believed.
        _ => {
            let files = wished(opened, wish);
            let size = files.try_fold(0u64, |sum, file| ready(Ok(sum.saturating_add(file.size()))));
            Ok(size.await?)
        }
    }
}

/// The name of the transfer that downloads a share.
pub(super) fn down_transfer(share: &str) -> String {
    format!("down-{share}")
}
