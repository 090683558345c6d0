//! Pushing the blocks that a keeper lacks, with exact progress.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;
use futures::{Stream, StreamExt, stream};

use crate::engine::Error;
use crate::engine::api::{Direction, FileProgress, TransferId, TransferState};
use crate::format::share_id::ShareId;
use crate::net::keep::{self, PinOutcome, Weight};
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Publisher};
use super::keeper::KeeperSession;
use super::unfinished::Unfinished;

/// Chunks asked about in one round trip: what one `have` takes.
const ASKED_AT_ONCE: usize = keep::MAX_CIDS;

/// Bytes that a share needs beside its chunks and their lists, and the next root and record after it.
const REST: u64 = 256 << 10;

/// Bytes that a chunk takes in the list of a file: its CID, its key and its length.
const LISTED: u64 = 128;

/// Blocks read ahead of the push.
const READ_AHEAD: usize = 4;

/// The shares that are being pushed, each with the keepers to which it is.
#[derive(Default)]
pub(super) struct Pushing(RefCell<BTreeMap<ShareId, Vec<Push>>>);

struct Push {
    keeper: String,
    is_counted: bool,
}

impl Pushing {
    /// Notes a push until the guard is dropped. Of pushes of one share to several keepers only one is counted.
    fn begin(&self, share: ShareId, keeper: &str, may_count: bool) -> PushGuard<'_> {
        let mut pushing = self.0.borrow_mut();
        let pushes = pushing.entry(share).or_default();
        let is_counted = may_count && !pushes.iter().any(|push| push.is_counted);
        pushes.push(Push { keeper: keeper.to_owned(), is_counted });
        PushGuard { pushing: self, share, keeper: keeper.to_owned(), is_counted }
    }

    /// Whether a share is being pushed to another keeper than this one.
    pub(super) fn is_pushed_elsewhere(&self, share: &ShareId, keeper: &str) -> bool {
        let pushing = self.0.borrow();
        pushing.get(share).is_some_and(|pushes| pushes.iter().any(|push| push.keeper != keeper))
    }
}

struct PushGuard<'a> {
    pushing: &'a Pushing,
    share: ShareId,
    keeper: String,
    is_counted: bool,
}

impl Drop for PushGuard<'_> {
    fn drop(&mut self) {
        let mut pushing = self.pushing.0.borrow_mut();
        if let Some(pushes) = pushing.get_mut(&self.share) {
            pushes.retain(|push| push.keeper != self.keeper);
            if pushes.is_empty() {
                pushing.remove(&self.share);
            }
        }
    }
}

/// A block on its way to a keeper.
struct Pushed {
    cid: Cid,
    /// Bytes of a file in it.
    bytes: u64,
    /// Whether they count if the keeper has them already. Those of an earlier revision do not.
    counts_if_found: bool,
    /// How far its file is once it is there; none where it is not counted.
    file: Option<FileProgress>,
}

impl Pushed {
    fn uncounted(cid: Cid) -> Self {
        Self { cid, bytes: 0, counts_if_found: false, file: None }
    }
}

impl Publisher {
    /// Pushes what a keeper lacks of a share, and has it keep that.
    pub(super) async fn push_share(
        &self,
        session: &mut dyn KeeperSession,
        keeper: &str,
        share: &ShareRecord,
    ) -> Result<(), Unfinished> {
        let Args { state, transfers, .. } = &self.0.args;
        let (id, transfer) = (share.id(), TransferId::up(share.id()));
        let needed = self.ask_for_room(session, share).await?;
        // Where a second keeper follows the first, the transfer has ended already and stays so.
        let push = self.0.pushing.begin(id, keeper, share.kept_by.is_empty());
        if push.is_counted {
            transfers.begin(&transfer, &id, Direction::Up, share.to_push(), TransferState::Active);
        }
        let until = state.read(|tables| tables.links.get(&id).and_then(|link| link.until));
        let pushed = async {
            if share.maker.is_none() {
                self.push_files(session, &transfer, share, push.is_counted).await?;
            }
            self.push_and_pin(session, share.block(), until).await
        };
        let pushed = pushed.await.map_err(|why| why.needing(needed));
        let mut underrated = self.0.underrated.borrow_mut();
        match &pushed {
            Err(Unfinished::NoRoom(_)) => {
                let more = underrated.entry(id).or_insert(REST);
                *more = more.saturating_mul(2);
            }
            _ => drop(underrated.remove(&id)),
        }
        pushed
    }

    /// Asks whether a share fits, so that nothing of it is pushed in vain. Returns the bytes that its files need.
    async fn ask_for_room(
        &self,
        session: &mut dyn KeeperSession,
        share: &ShareRecord,
    ) -> Result<u64, Unfinished> {
        // What was passed on lies at the relays of its maker.
        if share.maker.is_some() {
            return Ok(0);
        }
        let rest = self.0.underrated.borrow().get(&share.id()).copied().unwrap_or(REST);
        // Of a revision the keeper has most already, of a new share seldom anything.
        let mut only_missing = share.news.is_some();
        loop {
            let files = self.weigh(session, share, only_missing).await?;
            let bytes = files.bytes.saturating_add(rest).saturating_add(files.blocks * LISTED);
            match session.room(Weight { bytes, ..files }).await {
                Err(Unfinished::NoRoom(_)) if !only_missing => only_missing = true,
                Err(why) => return Err(why.needing(files.bytes)),
                Ok(()) => return Ok(files.bytes),
            }
        }
    }

    /// Weighs the chunks of a share: all, or those that a keeper lacks.
    async fn weigh(
        &self,
        session: &mut dyn KeeperSession,
        share: &ShareRecord,
        only_missing: bool,
    ) -> Result<Weight, Unfinished> {
        let mut weight = Weight::default();
        let mut files = self.0.args.fetchers.open_contents(share).await?.files();
        let mut chunks = Vec::new();
        loop {
            let file = files.next().await.transpose().map_err(Error::from)?;
            let is_last = file.is_none();
            if let Some(file) = file {
                let of_file = file.chunks().await.map_err(Error::from)?;
                chunks.extend(of_file.into_iter().map(|chunk| (chunk.cid, chunk.block)));
            }
            if is_last || chunks.len() >= ASKED_AT_ONCE {
                // Equal chunks are stored once.
                chunks.sort_unstable();
                chunks.dedup();
                let cids: Vec<_> = chunks.iter().map(|(cid, _)| *cid).collect();
                let ask = only_missing && !cids.is_empty();
                let have = if ask { session.have(&cids).await? } else { vec![false; cids.len()] };
                let missing = chunks.drain(..).zip(have).filter(|(_, have)| !have);
                missing.for_each(|((_, block), _)| weight.add(block));
            }
            if is_last {
                return Ok(weight);
            }
        }
    }

    /// Pushes those chunks of a share that the keeper lacks.
    async fn push_files(
        &self,
        session: &mut dyn KeeperSession,
        transfer: &TransferId,
        share: &ShareRecord,
        is_counted: bool,
    ) -> Result<(), Unfinished> {
        let mut files = self.0.args.fetchers.open_contents(share).await?.files();
        let mut asked = Vec::new();
        while let Some(file) = files.next().await {
            let file = file.map_err(Error::from)?;
            let mut done = 0;
            for chunk in file.chunks().await.map_err(Error::from)? {
                done += chunk.bytes;
                let progress = FileProgress { path: file.path().to_owned(), bytes: done, total: file.size() };
                asked.push(Pushed {
                    cid: chunk.cid,
                    bytes: chunk.bytes,
                    counts_if_found: share.news.is_none(),
                    file: is_counted.then_some(progress),
                });
                if asked.len() == ASKED_AT_ONCE {
                    self.push_missing(session, Some(transfer), std::mem::take(&mut asked)).await?;
                }
            }
        }
        self.push_missing(session, Some(transfer), asked).await
    }

    /// Pushes those blocks that the keeper lacks, and counts what was pushed and what was there.
    async fn push_missing(
        &self,
        session: &mut dyn KeeperSession,
        transfer: Option<&TransferId>,
        blocks: Vec<Pushed>,
    ) -> Result<(), Unfinished> {
        let transfers = &self.0.args.transfers;
        let cids: Vec<_> = blocks.iter().map(|block| block.cid).collect();
        let have = session.have(&cids).await?;
        let (found, missing): (Vec<_>, Vec<_>) = blocks.into_iter().zip(have).partition(|(_, have)| *have);
        let found = found.iter().filter(|(block, _)| block.file.is_some() && block.counts_if_found);
        let found_bytes = found.map(|(block, _)| block.bytes).sum();
        if let Some(transfer) = transfer.filter(|_| found_bytes > 0) {
            transfers.found(transfer, found_bytes);
        }
        let unread = RefCell::new(None);
        let missing: Vec<_> = missing.into_iter().map(|(block, _)| block).collect();
        let read = self.blocks(missing.iter().map(|block| block.cid).collect());
        let read = read.scan((), |(), block| {
            std::future::ready(block.map_err(|why| unread.borrow_mut().replace(why)).ok())
        });
        let mut waiting = missing.into_iter();
        let mut counted = session.progress().blocks;
        let mut count = |progress: keep::Progress| {
            let acknowledged = usize::try_from(progress.blocks - counted).unwrap_or(usize::MAX);
            counted = progress.blocks;
            for block in waiting.by_ref().take(acknowledged).filter(|block| block.file.is_some()) {
                if let Some(transfer) = transfer {
                    transfers.advance(transfer, block.bytes, block.file);
                }
            }
        };
        session.push(read.boxed_local(), &mut count).await?;
        unread.into_inner().map_or(Ok(()), Err)
    }

    /// Has the keeper keep everything below `cid`, pushing all that it says is missing; up to a time, if one is given.
    pub(super) async fn push_and_pin(
        &self,
        session: &mut dyn KeeperSession,
        cid: Cid,
        until: Option<u64>,
    ) -> Result<(), Unfinished> {
        self.push_missing(session, None, vec![Pushed::uncounted(cid)]).await?;
        let mut before = Vec::new();
        loop {
            match session.pin_until(&cid, until).await? {
                PinOutcome::Kept => return Ok(()),
                PinOutcome::Missing(missing) if missing == before => {
                    return Err(Unfinished::Passing("the keeper does not keep what was pushed to it".into()));
                }
                PinOutcome::Missing(missing) => {
                    before.clone_from(&missing);
                    self.push_missing(session, None, missing.into_iter().map(Pushed::uncounted).collect())
                        .await?;
                }
            }
        }
    }

    fn blocks(&self, cids: Vec<Cid>) -> impl Stream<Item = Result<(Cid, Bytes), Unfinished>> + '_ {
        let storage = &self.0.args.storage;
        stream::iter(cids)
            .map(move |cid| async move {
                match storage.block(&cid).await? {
                    Some(block) => Ok((cid, block)),
                    None => Ok((cid, self.block_elsewhere(&cid).await?)),
                }
            })
            .buffered(READ_AHEAD)
    }

    /// A block that is not here: of a share that was freed, another place has it.
    async fn block_elsewhere(&self, cid: &Cid) -> Result<Bytes, Unfinished> {
        let Args { fetchers, state, .. } = &self.0.args;
        match fetchers.of_mine().fetch(cid).await {
            Ok(block) => Ok(block),
            Err(why) if state.read(|tables| !tables.freed.is_empty()) => {
                Err(Unfinished::Passing(why.to_string()))
            }
            Err(_) => Err(Error::Storage("a block of this share is gone from this browser".into()).into()),
        }
    }
}
