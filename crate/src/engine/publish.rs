//! Out: what is new goes to each own relay, in the order blocks, headers, letterboxes, root, record.
//!
//! One task for each relay. Every step may be repeated: a task that was cut off begins again, and pushes only
//! what the relay says it lacks.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::{Stream, StreamExt, stream};

use crate::keys::Id;
use crate::net::keep::{self, Pinned};
use crate::net::{CallError, RelayAddr, exchange, records};
use crate::store::Write;

use super::Error;
use super::api::{Direction, Event, FileProgress, TransferState, WaitingFor};
use super::kept::Kept;
use super::published::Newest;
use super::relays::{Keep, Unfinished};
use super::session::Session;

/// The wait after the first failure at a relay; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// A relay that is back is noticed at once; this is for one that answers but fails.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Chunks asked about in one round trip: what one `have` takes.
const ASKED_AT_ONCE: usize = keep::MAX_CIDS;

/// Blocks read ahead of the push.
const READ_AHEAD: usize = 4;

/// Starts the publisher of each own relay, and lists what is still to be pushed.
pub(super) fn start(session: &Rc<Session>) {
    let state = session.state.borrow();
    for share in state.shares.values().filter(|share| !share.delivered && session.gives(&state, share)) {
        session.list_up(share);
    }
    drop(state);
    for relay in &session.relays {
        session.spawn(publisher(session.clone(), relay.clone()));
    }
}

async fn publisher(session: Rc<Session>, relay: RelayAddr) {
    let mut listener = session.publish.listener();
    let mut wait = FIRST_WAIT;
    loop {
        match session.publish_to(&relay).await {
            Ok(()) => {
                wait = FIRST_WAIT;
                listener.rung().await;
            }
            // Whoever paused a share has said so; the others go on.
            Err(Unfinished::Lasting(Error::Cancelled)) => {}
            Err(why) => {
                tracing::debug!(%relay, %why, "publishing waits");
                session.publishing_waits(&why);
                // A lasting refusal is tried again too: a quota may be raised, a conflict be resolved by unlocking.
                if !listener.rung_within(wait).await {
                    wait = LONGEST_WAIT.min(wait * 2);
                }
            }
        }
    }
}

impl Session {
    /// Begins to publish a share that was just sealed, or that it was taken back.
    pub(super) fn publish_share(&self, share: &Kept) {
        if !share.withdrawn {
            self.list_up(share);
        }
        for contact in &share.recipients {
            self.tell_delivery(share, contact);
        }
        self.publish_soon();
    }

    fn list_up(&self, share: &Kept) {
        let id = share.id().to_string();
        let state = if share.paused { TransferState::Paused } else { TransferState::Queued };
        self.transfers.begin(&up_transfer(&id), &id, Direction::Up, share.to_push(), state);
        if !share.paused && !self.online.any_relay() {
            self.transfers.set_state(&up_transfer(&id), TransferState::Waiting, Some(WaitingFor::Relay));
        }
    }

    fn tell_delivery(&self, share: &Kept, contact: &Id) {
        let state = self.stage_of(share, contact);
        let (share, contact) = (share.id().to_string(), contact.to_string());
        self.hub.tell(&Event::Delivery { share, contact, state });
    }

    /// Pushes everything that `relay` lacks, up to the record.
    async fn publish_to(self: &Rc<Self>, relay: &RelayAddr) -> Result<(), Unfinished> {
        if self.is_up_to_date(relay) {
            return Ok(());
        }
        let mut keep = self.net.keep(relay).await?;
        for share in self.shares_not_at(relay) {
            let transfer = up_transfer(&share.id().to_string());
            self.until_cancelled(&transfer, self.push_share(&mut keep, relay, &share)).await?;
        }
        self.compose().await?;
        self.push_root(&mut keep, relay).await
    }

    fn is_up_to_date(&self, relay: &RelayAddr) -> bool {
        self.state.borrow().published.is_current_at(relay) && self.shares_not_at(relay).is_empty()
    }

    /// My shares of which `relay` has not acknowledged everything, the oldest first; paused ones wait.
    fn shares_not_at(&self, relay: &RelayAddr) -> Vec<Kept> {
        let state = self.state.borrow();
        let mine = state.shares.values().filter(|share| self.gives(&state, share) && !share.paused);
        let mut waiting: Vec<_> = mine.filter(|share| !share.is_kept_by(relay)).cloned().collect();
        waiting.sort_by_key(|share| share.created);
        waiting
    }

    async fn push_share(
        self: &Rc<Self>,
        keep: &mut Keep,
        relay: &RelayAddr,
        share: &Kept,
    ) -> Result<(), Unfinished> {
        let id = share.id().to_string();
        let transfer = up_transfer(&id);
        // Where a second relay follows the first, the transfer has ended already and stays so.
        let first = share.kept_by.is_empty();
        if first {
            self.transfers.begin(&transfer, &id, Direction::Up, share.to_push(), TransferState::Active);
        }
        if share.maker.is_none() {
            self.push_files(keep, &transfer, share, first).await?;
        }
        let until = self.state.borrow().links.get(&share.id()).and_then(|link| link.until);
        self.push_and_pin(keep, share.block(), until).await?;
        Ok(self.share_is_at(relay, share).await?)
    }

    /// Pushes those chunks of a share that the relay lacks, and counts them where `first` says so.
    async fn push_files(
        self: &Rc<Self>,
        keep: &mut Keep,
        transfer: &str,
        share: &Kept,
        first: bool,
    ) -> Result<(), Unfinished> {
        let mut files = self.open_contents(share).await?.files();
        let mut asked = Vec::new();
        while let Some(file) = files.next().await {
            let file = file.map_err(Error::from)?;
            let mut done = 0;
            for chunk in file.chunks().await.map_err(Error::from)? {
                done += chunk.bytes;
                let progress = FileProgress { path: file.path().to_owned(), bytes: done, total: file.size() };
                let is_counted_here = share.news.is_none();
                asked.push(Pushed {
                    cid: chunk.cid,
                    bytes: chunk.bytes,
                    is_counted_here,
                    file: first.then_some(progress),
                });
                if asked.len() == ASKED_AT_ONCE {
                    self.push_missing(keep, transfer, std::mem::take(&mut asked)).await?;
                }
            }
        }
        self.push_missing(keep, transfer, asked).await
    }

    /// Pushes those blocks that the relay lacks, and counts what was pushed and what was there.
    async fn push_missing(
        &self,
        keep: &mut Keep,
        transfer: &str,
        blocks: Vec<Pushed>,
    ) -> Result<(), Unfinished> {
        let cids: Vec<_> = blocks.iter().map(|block| block.cid).collect();
        let have = keep.have(&cids).await?;
        let (here, missing): (Vec<_>, Vec<_>) = blocks.into_iter().zip(have).partition(|(_, have)| *have);
        let found = here.iter().filter(|(block, _)| block.file.is_some() && block.is_counted_here);
        let found = found.map(|(block, _)| block.bytes).sum();
        if found > 0 {
            self.transfers.found(transfer, found);
        }
        let unread = RefCell::new(None);
        let missing: Vec<_> = missing.into_iter().map(|(block, _)| block).collect();
        let read = self.blocks(missing.iter().map(|block| block.cid).collect());
        let read = read.scan((), |(), block| {
            std::future::ready(block.map_err(|why| unread.borrow_mut().replace(why)).ok())
        });
        let mut waiting = missing.into_iter();
        let mut counted = keep.progress().blocks;
        keep.push(read, |progress| {
            let acknowledged = usize::try_from(progress.blocks - counted).unwrap_or(usize::MAX);
            counted = progress.blocks;
            for block in waiting.by_ref().take(acknowledged).filter(|block| block.file.is_some()) {
                self.transfers.advance(transfer, block.bytes, block.file);
            }
        })
        .await?;
        unread.into_inner().map_or(Ok(()), |why| Err(Unfinished::Lasting(why)))
    }

    /// Has the relay keep everything below `cid`, pushing whatever it says is missing; up to a time, if one is given.
    async fn push_and_pin(&self, keep: &mut Keep, cid: Cid, until: Option<u64>) -> Result<(), Unfinished> {
        self.push_missing(keep, "", vec![Pushed::uncounted(cid)]).await?;
        let mut before = Vec::new();
        loop {
            match keep.pin_until(&cid, until).await? {
                Pinned::Kept => return Ok(()),
                Pinned::Missing(missing) if missing == before => {
                    return Err(Unfinished::Passing("the relay does not keep what was pushed to it".into()));
                }
                Pinned::Missing(missing) => {
                    before.clone_from(&missing);
                    self.push_missing(keep, "", missing.into_iter().map(Pushed::uncounted).collect()).await?;
                }
            }
        }
    }

    fn blocks(&self, cids: Vec<Cid>) -> impl Stream<Item = Result<(Cid, Bytes), Error>> + '_ {
        stream::iter(cids)
            .map(move |cid| async move {
                let block = self.store.block(&cid).await?;
                let gone = || Error::Storage("a block of this share is gone from this browser".into());
                Ok((cid, block.ok_or_else(gone)?))
            })
            .buffered(READ_AHEAD)
    }

    /// Notes that a relay has all of a share; the first such relay lets its readers be told.
    async fn share_is_at(&self, relay: &RelayAddr, share: &Kept) -> Result<(), Error> {
        self.announce(share, |kept| {
            kept.kept_by.insert(relay.peer().to_string());
        })
        .await
    }

    /// Tells of shares that no relay has, for whoever is connected to fetch them from here.
    pub(super) async fn announce_unkept(self: &Rc<Self>) -> Result<(), Error> {
        let mut unkept: Vec<_> = {
            let state = self.state.borrow();
            let mine = state.shares.values().filter(|share| self.gives(&state, share) && !share.paused);
            mine.filter(|share| !share.is_announced()).cloned().collect()
        };
        unkept.sort_by_key(|share| share.created);
        for share in unkept {
            self.announce(&share, |_| ()).await?;
        }
        self.compose().await
    }

    /// Tells the readers of a share, unless they were told, and keeps what else `change` notes of it.
    async fn announce(&self, share: &Kept, change: impl FnOnce(&mut Kept)) -> Result<(), Error> {
        let object = self.object_of(share).await?;
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            // It may have been removed meanwhile, or have got another revision, which is to be pushed too.
            let kept = state.shares.get_mut(&share.id()).filter(|kept| kept.block() == share.block());
            let Some(kept) = kept else { return Ok(()) };
            if !kept.is_announced() {
                kept.announced = true;
                state.published.announce(kept, object);
                state.changes += 1;
            }
            change(kept);
            self.put_share(&mut write, kept);
            self.put_published(&mut write, &state.published);
        }
        Ok(self.store.commit(write).await?)
    }

    async fn push_root(&self, keep: &mut Keep, relay: &RelayAddr) -> Result<(), Unfinished> {
        let (newest, replaces, is_there) = {
            let state = self.state.borrow();
            let Some(newest) = state.published.newest() else { return Ok(()) };
            (newest, state.published.seq_at(relay), state.published.has_record(relay))
        };
        if !is_there {
            self.push_and_pin(keep, newest.root, None).await?;
            self.replace_record(relay, &newest, replaces).await?;
            self.root_is_at(relay, newest.seq).await?;
        }
        self.delivered(relay).await?;
        self.unpin_the_rest(keep, newest.root).await
    }

    async fn replace_record(
        &self,
        relay: &RelayAddr,
        newest: &Newest,
        replaces: Option<u64>,
    ) -> Result<(), Unfinished> {
        use records::Refusal::Conflict;
        let put = |replaces| self.net.put_record(relay, self.id, &newest.record, replaces);
        match put(replaces).await {
            // The relay has an older one than it told before, or we never asked: ours is newer all the same.
            Err(CallError::Exchange(exchange::Error::Refused(Conflict { current })))
                if current < newest.seq =>
            {
                Ok(put(Some(current)).await?)
            }
            done => Ok(done?),
        }
    }

    async fn root_is_at(&self, relay: &RelayAddr, seq: u64) -> Result<(), Error> {
        let mut write = Write::strict();
        let first = {
            let mut state = self.state.borrow_mut();
            let first = !state.published.is_anywhere();
            state.published.set_seq_at(relay, seq);
            self.put_published(&mut write, &state.published);
            first
        };
        self.store.commit(write).await?;
        if first {
            self.hub.tell(&Event::Profile { me: Some(self.me()) });
        }
        self.asked.look();
        Ok(())
    }

    /// Ends the transfers of shares of which a relay now has everything that a recipient needs.
    async fn delivered(&self, relay: &RelayAddr) -> Result<(), Error> {
        let delivered: Vec<_> = {
            let state = self.state.borrow();
            if !state.published.is_current_at(relay) {
                return Ok(());
            }
            let mine = state.shares.values().filter(|share| self.gives(&state, share) && !share.delivered);
            mine.filter(|share| share.is_kept_by(relay)).cloned().collect()
        };
        for share in delivered {
            self.deliver(&share).await?;
        }
        Ok(())
    }

    /// Notes that a relay has everything that the recipients of a share need.
    async fn deliver(&self, share: &Kept) -> Result<(), Error> {
        let id = share.id();
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let kept = state.shares.get_mut(&id).filter(|kept| kept.block() == share.block());
            let Some(kept) = kept else { return Ok(()) };
            kept.delivered = true;
            let progress = state.reached.entry(id).or_default();
            progress.kept(&kept.present());
            self.put_progress(&mut write, &id, progress);
            self.put_share(&mut write, kept);
        }
        self.store.commit(write).await?;
        self.transfers.finish(&up_transfer(&id.to_string()));
        for contact in &share.recipients {
            self.tell_delivery(share, contact);
        }
        self.tell_updated(&id);
        Ok(())
    }

    /// Lets the relay forget roots and shares that are no longer current.
    async fn unpin_the_rest(&self, keep: &mut Keep, root: Cid) -> Result<(), Unfinished> {
        let wanted: BTreeSet<_> = {
            let state = self.state.borrow();
            let mine = state.shares.values().filter(|share| self.gives(&state, share));
            mine.map(Kept::block).chain([root]).collect()
        };
        let mut after = None;
        loop {
            let pins = keep.pins(after).await?;
            let Some(last) = pins.last() else { return Ok(()) };
            after = Some(*last);
            for cid in pins.iter().filter(|cid| !wanted.contains(cid)) {
                keep.unpin(cid).await?;
            }
        }
    }

    /// Shows what an unfinished publish waits for.
    fn publishing_waits(&self, why: &Unfinished) {
        let state = self.state.borrow();
        let waiting = state.shares.values().filter(|share| self.gives(&state, share));
        for share in waiting.filter(|share| !share.delivered && !share.paused) {
            let transfer = up_transfer(&share.id().to_string());
            let waiting_for = match why {
                Unfinished::Lasting(Error::Quota) => WaitingFor::Space,
                Unfinished::Lasting(why) => {
                    self.transfers.fail(&transfer, why);
                    continue;
                }
                Unfinished::Passing(_) => WaitingFor::Relay,
            };
            self.transfers.set_state(&transfer, TransferState::Waiting, Some(waiting_for));
        }
    }
}

/// A block on its way to a relay.
struct Pushed {
    cid: Cid,
    /// Bytes of a file in it.
    bytes: u64,
    /// Whether they count also where the relay has them: not those of an earlier revision.
    is_counted_here: bool,
    /// How far its file is once it is there; none where it is not counted.
    file: Option<FileProgress>,
}

impl Pushed {
    fn uncounted(cid: Cid) -> Self {
        Self { cid, bytes: 0, is_counted_here: false, file: None }
    }
}

/// The name of the transfer that pushes a share.
pub(super) fn up_transfer(share: &str) -> String {
    format!("up-{share}")
}
