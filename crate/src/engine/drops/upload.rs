//! Pushes what a guest leaves to a relay, by the token of the box. A relay that is lost is waited for.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::stream;

use crate::dag;
use crate::engine::Error;
use crate::engine::api::{FileProgress, TransferId, TransferState, WaitingFor};
use crate::engine::progress::Transfers;
use crate::engine::state::PlannedFile;
use crate::format::drop_box::Link;
use crate::keys;
use crate::net::keep::{self, PinOutcome, Session, Weight};
use crate::net::{Backoff, CallError, RelayAddr, exchange, streams};
use crate::platform::{self, Instant};
use crate::store::StoreError;

use super::handle::Drops;

/// The waits for a relay that was lost: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// How long a relay that was lost is waited for before the guest is told.
const PATIENCE: Duration = Duration::from_secs(120);

/// Bytes that the seal of a chunk adds.
const SEAL: u64 = 16;
/// Bytes by which the list of files grows with each file, about.
const LISTED: u64 = 400;

/// Bytes by which it grows with each chunk, about.
const POINTER: u64 = 90;

/// An upload into one box, at the first of its relays that takes it.
pub(super) struct Upload<'a> {
    drops: &'a Drops,
    relay: RelayAddr,
    token: keep::Token,
    /// Taken out while it is used; none after it broke.
    session: RefCell<Option<Session<streams::Stream>>>,
    left: u64,
    counted: Option<Counted<'a>>,
    /// Why it ended, where a sink can say less.
    failure: RefCell<Option<Error>>,
}

/// What is counted as it is acknowledged.
struct Counted<'a> {
    transfer: &'a TransferId,
    /// Paths and sizes.
    files: Vec<(String, u64)>,
    done: RefCell<Vec<u64>>,
}

/// What an acknowledged block adds to which file.
type Part = (usize, u64);

impl<'a> Upload<'a> {
    /// Opens a session at the first relay of the box that takes its token.
    ///
    /// # Errors
    ///
    /// `drop-closed` or `drop-full` if a relay says so, `unreachable` if none can be asked.
    pub(super) async fn open(drops: &'a Drops, link: &Link) -> Result<Self, Error> {
        let token = keys::drop_box::token(&link.secret);
        let mut last: Option<Error> = None;
        for relay in drops.relays(link)? {
            match drops.0.net.keep_with_token(&relay, &token).await {
                Ok(session) => {
                    let allowance = session.allowance();
                    let left = allowance.quota.saturating_sub(allowance.used);
                    let (session, failure) = (RefCell::new(Some(session)), RefCell::default());
                    return Ok(Self { drops, relay, token, session, left, counted: None, failure });
                }
                Err(why) => {
                    let why = failed(why);
                    // That one relay is away tells less than what another one says.
                    if last.is_none() || !matches!(why, Error::Unreachable(_)) {
                        last = Some(why);
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| Error::bug("a box has a relay")))
    }

    /// Bytes that are left in the box, as its relay counts.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The same upload, counted by a transfer.
    pub(super) fn for_transfer(self, transfer: &'a TransferId, files: &[PlannedFile]) -> Self {
        let done = RefCell::new(vec![0; files.len()]);
        let files = files.iter().map(|file| (file.path.clone(), file.size)).collect();
        Self { counted: Some(Counted { transfer, files, done }), ..self }
    }

    /// Asks whether these files fit, before any of them is read.
    pub(super) async fn check_room(&self, files: &[PlannedFile]) -> Result<(), Error> {
        let mut weight = Weight::default();
        for file in files {
            let (chunks, listed) =
                (file.size.div_ceil(dag::CHUNK), file.preview.as_ref().map_or(0, |it| it.len()));
            weight.bytes += dag::padded(file.size, dag::CHUNK) + chunks * (SEAL + keep::BLOCK_COST + POINTER);
            weight.bytes += LISTED + listed as u64;
            weight.blocks += chunks;
        }
        let Some(mut session) = self.session.take() else { return Ok(()) };
        let fits = session.room(weight).await;
        self.session.replace(Some(session));
        match fits {
            Ok(()) => Ok(()),
            Err(why @ keep::Error::Refused(_)) => Err(failed(why.into())),
            // Whether it fits is seen while it is pushed.
            Err(why) => {
                tracing::debug!(%why, "a relay did not say whether a drop fits");
                self.session.replace(None);
                Ok(())
            }
        }
    }

    /// Pushes blocks, and returns once all of them are synced at the relay.
    pub(super) async fn push(&self, blocks: Vec<(Cid, Bytes)>) -> Result<(), Error> {
        self.push_parts(blocks, &[]).await
    }

    /// Has the relay keep what hangs from this block until 30 days after the end of the box.
    pub(super) async fn pin(&self, manifest: &Cid) -> Result<(), Error> {
        let pinned = self.patiently(async |session| session.pin_until(manifest, None).await).await?;
        match pinned {
            PinOutcome::Kept => Ok(()),
            PinOutcome::Missing(_) => Err(Error::Unreachable(
                "the relay has let go of a part of this, because it took too long: send it again".into(),
            )),
        }
    }

    /// Why the upload ended, if it was the relay.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.take()
    }

    async fn push_parts(&self, blocks: Vec<(Cid, Bytes)>, parts: &[Part]) -> Result<(), Error> {
        // What was acknowledged stays with the relay, also if the session breaks.
        let acknowledged = Cell::new(0);
        self.patiently(async |session| {
            let (before, first) = (session.progress().blocks, acknowledged.get());
            let rest = stream::iter(blocks[first..].iter().cloned());
            let count = |progress: keep::Progress| {
                let now = first + usize::try_from(progress.blocks - before).expect("a batch is small");
                for part in parts.get(acknowledged.replace(now)..now).unwrap_or_default() {
                    self.advance(*part);
                }
            };
            session.push(rest, count).await.map(drop)
        })
        .await
    }

    fn advance(&self, (file, len): Part) {
        let Some(Counted { transfer, files, done }) = &self.counted else { return };
        let mut done = done.borrow_mut();
        done[file] += len;
        let (path, total) = files[file].clone();
        let progress = FileProgress { path, bytes: done[file], total };
        drop(done);
        self.transfers().advance(transfer, len, Some(progress));
    }

    fn transfers(&self) -> &Transfers {
        &self.drops.0.transfers
    }

    fn set_state(&self, state: TransferState, waiting_for: Option<WaitingFor>) {
        if let Some(counted) = &self.counted {
            self.transfers().set_state(counted.transfer, state, waiting_for);
        }
    }

    /// Does something with the relay, once more with another session if it is lost meanwhile.
    async fn patiently<T>(
        &self,
        work: impl AsyncFn(&mut Session<streams::Stream>) -> Result<T, keep::Error>,
    ) -> Result<T, Error> {
        let (mut backoff, mut lost) = (Backoff::between(WAITS), None);
        loop {
            let why = match self.take_session().await {
                Ok(mut session) => {
                    self.set_state(TransferState::Active, None);
                    match work(&mut session).await {
                        Ok(done) => {
                            self.session.replace(Some(session));
                            return Ok(done);
                        }
                        Err(why) => failed(why.into()),
                    }
                }
                Err(why) => failed(why),
            };
            let since = *lost.get_or_insert_with(Instant::now);
            if !matches!(why, Error::Unreachable(_)) || since.elapsed() >= PATIENCE {
                return Err(why);
            }
            tracing::debug!(%why, "a drop waits for its relay");
            self.set_state(TransferState::Waiting, Some(WaitingFor::Relay));
            platform::sleep(backoff.wait()).await;
            backoff.lengthen();
        }
    }

    async fn take_session(&self) -> Result<Session<streams::Stream>, CallError<keep::Refusal>> {
        let open = self.session.take();
        match open {
            Some(session) => Ok(session),
            None => self.drops.0.net.keep_with_token(&self.relay, &self.token).await,
        }
    }
}

#[async_trait(?Send)]
impl dag::Sink for Upload<'_> {
    async fn commit(&self, batch: Vec<dag::SealedChunk>) -> Result<(), StoreError> {
        let parts: Vec<_> = batch.iter().map(|chunk| (chunk.file, chunk.len)).collect();
        let blocks = batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect();
        self.push_parts(blocks, &parts).await.map_err(|why| {
            self.failure.replace(Some(why.clone()));
            why.into()
        })
    }
}

/// What a relay's answer means for a guest.
fn failed(why: CallError<keep::Refusal>) -> Error {
    use keep::Refusal::{Full, LoanEnded, LoanFull, NoLoan, TooManyPins, Unavailable};
    match why {
        CallError::Exchange(exchange::Error::Refused(why)) => match why {
            NoLoan | LoanEnded => Error::DropClosed,
            LoanFull { used, quota } => Error::DropFull { left: quota.saturating_sub(used) },
            TooManyPins => Error::DropFull { left: 0 },
            Full => Error::Refused("the relay of this box is full: tell whose box it is".into()),
            why @ Unavailable => Error::Unreachable(why.to_string()),
            why => Error::Refused(why.to_string()),
        },
        why => Error::Unreachable(why.to_string()),
    }
}
