//! Fetching whole files and keeping them: persisted wishes that go on after a reload, and saving into a folder.

use std::future::ready;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::{Stream, TryStreamExt};

use crate::dag;
use crate::dag::contents::{Contents, File};
use crate::engine::Error;
use crate::engine::api::{Direction, Folder, FreedStage, TransferId, TransferState, WaitingFor};
use crate::engine::progress::Transfers;
use crate::engine::state::{State, Wish};
use crate::engine::storage::Storage;
use crate::engine::tasks::Tasks;
use crate::format::share_id::ShareId;
use crate::net::Backoff;
use crate::platform;

use super::batch::Batch;
use super::fetcher::Fetchers;
use super::patient::Patience;
use super::saving::Saving;

/// The waits after a failure: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What downloads may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) state: State,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) transfers: Transfers,
    /// Hears of every share of which what was wished for is here.
    pub(in crate::engine) fetched: mpsc::Sender<ShareId>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to downloads: what is to be kept in this browser, and what is saved into folders.
#[derive(Clone)]
pub(in crate::engine) struct Downloads(pub(super) Rc<Args>);

impl Downloads {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(args))
    }

    /// Goes on with what was wished for before the profile was locked.
    pub(in crate::engine) fn start(&self) {
        let wishes: Vec<_> = self
            .0
            .state
            .read(|tables| tables.wishes.iter().map(|(share, wish)| (share.clone(), wish.clone())).collect());
        for (share, wish) in wishes {
            if wish.paused {
                let transfer = TransferId::down(&share);
                self.0.transfers.begin(&transfer, &share, Direction::Down, 0, TransferState::Paused);
            } else {
                self.fetch_wish(share, wish);
            }
        }
    }

    /// Fetches and keeps all files of a share, or those named; goes on after a reload.
    pub(in crate::engine) async fn download(
        &self,
        id: &str,
        paths: Option<Vec<String>>,
    ) -> Result<TransferId, Error> {
        let id = id.to_owned();
        let wished = self.0.state.update(move |tx| {
            let share = tx.share(&id)?.id().to_string();
            let paths = match (tx.wishes.get(&share).map(|wish| wish.paths.clone()), paths) {
                (Some(None), _) | (_, None) => None,
                (Some(Some(before)), Some(paths)) => Some(before.into_iter().chain(paths).collect()),
                (None, Some(paths)) => Some(paths.into_iter().collect()),
            };
            let wish = Wish { paths, paused: false };
            tx.wishes.insert(share.clone(), wish.clone());
            if let Some(freed) = share.parse().ok().and_then(|id| tx.freed.get_mut(&id)) {
                (freed.stage, freed.since) = (FreedStage::Returns, platform::now_ms());
            }
            Ok((share, wish))
        });
        let (share, wish) = wished.await?;
        self.fetch_wish(share.clone(), wish);
        Ok(TransferId::down(share))
    }

    /// Fetches files and writes them as they come into a folder in `to` that has the share's title.
    ///
    /// Nothing that is in `to` is replaced. Saving does not go on by itself after the engine ended: the next saving finds
    /// the folder again, and writes what is missing in it.
    pub(in crate::engine) async fn save(
        &self,
        id: &str,
        to: Rc<dyn Folder>,
        paths: Option<Vec<String>>,
    ) -> Result<TransferId, Error> {
        let transfer = TransferId::save(id, platform::now_ms());
        let (waiting, waits) = (self.clone(), transfer.clone());
        let patience = Patience::without_end(move |is_waiting| waiting.tell_waiting(&waits, is_waiting));
        let opened = self.0.fetchers.open_patiently(id, patience).await?;
        let wish = Wish { paths: paths.map(|paths| paths.into_iter().collect()), paused: false };
        let total = wished_bytes(&opened, &wish).await?;
        let title = self.0.state.read(|tables| Ok::<_, Error>(tables.share(id)?.title.clone()))?;
        let saving = Saving::begin(&title, &opened, &*to).await?;
        self.0.transfers.begin(&transfer, &id, Direction::Down, total, TransferState::Active);
        self.0.transfers.saved(&transfer, saving.so_far());
        let (downloads, saved) = (self.clone(), transfer.clone());
        self.0.tasks.spawn(async move {
            let transfers = &downloads.0.transfers;
            let saving = downloads.save_files(&saved, opened, &wish, saving);
            match transfers.until_cancelled(&saved, saving).await {
                Ok(()) => transfers.finish(&saved),
                Err(why) => transfers.fail(&saved, &why),
            }
        });
        Ok(transfer)
    }

    /// Takes back a wish; what was fetched stays until it is collected.
    pub(super) async fn forget_wish(&self, share: &str) -> Result<(), Error> {
        let wish = share.to_owned();
        let forgotten = self.0.state.remove(move |tx| {
            tx.wishes.remove(&wish);
            Ok(())
        });
        forgotten.await?;
        self.0.transfers.cancel(&TransferId::down(share));
        Ok(())
    }

    /// Lets a wish rest, or go on.
    pub(super) async fn pause_wish(&self, share: &str, paused: bool) -> Result<(), Error> {
        let name = share.to_owned();
        let wish = self.0.state.update(move |tx| {
            let wish = tx.wishes.get_mut(&name).ok_or(Error::NotFound("transfer"))?;
            wish.paused = paused;
            Ok(wish.clone())
        });
        let wish = wish.await?;
        if !paused {
            self.fetch_wish(share.to_owned(), wish);
            return Ok(());
        }
        let transfer = TransferId::down(share);
        self.0.transfers.cancel(&transfer);
        self.0.transfers.set_state(&transfer, TransferState::Paused, None);
        Ok(())
    }

    /// Runs a wish in place of an earlier one for the same share.
    fn fetch_wish(&self, share: String, wish: Wish) {
        let transfer = TransferId::down(&share);
        self.0.transfers.cancel(&transfer);
        self.0.transfers.begin(&transfer, &share, Direction::Down, 0, TransferState::Queued);
        let (downloads, id) = (self.clone(), transfer.clone());
        let fetching = async move { downloads.fetch_until_done(&id, &share, &wish).await };
        let fetching = self.0.transfers.until_cancelled(&transfer, fetching);
        let transfers = self.0.transfers.clone();
        self.0.tasks.spawn(async move {
            match fetching.await {
                Ok(()) => transfers.finish(&transfer),
                // What stopped it says what became of it.
                Err(Error::Cancelled) => {}
                Err(why) => transfers.fail(&transfer, &why),
            }
        });
    }

    async fn fetch_until_done(&self, transfer: &TransferId, share: &str, wish: &Wish) -> Result<(), Error> {
        let Args { state, transfers, fetched, .. } = &*self.0;
        let mut reached = state.watch_reached();
        let mut backoff = Backoff::between(WAITS);
        loop {
            let before = transfers.get(transfer).map(|t| t.bytes);
            match self.fetch_once(transfer, share, wish).await {
                Ok(()) => break,
                Err(Error::Unreachable(why)) => {
                    tracing::debug!(why, "a download waits");
                    self.tell_waiting(transfer, true);
                    let was_reached = reached.changed_within(backoff.wait()).await;
                    let moved = transfers.get(transfer).map(|t| t.bytes) != before;
                    if moved || was_reached {
                        backoff.reset();
                    } else {
                        backoff.lengthen();
                    }
                }
                Err(why) => return Err(why),
            }
        }
        let (name, done) = (share.to_owned(), wish.clone());
        let finished = state.remove(move |tx| {
            // A wish for more files came meanwhile: it runs by itself.
            if tx.wishes.get(&name) == Some(&done) {
                tx.wishes.remove(&name);
            }
            Ok(())
        });
        finished.await?;
        if let Ok(share) = share.parse() {
            // Where as many wait, the receipt is left with the next.
            let _ = fetched.clone().try_send(share);
        }
        Ok(())
    }

    /// Says of a transfer that it waits for somebody who has what is missing, or that it goes on.
    fn tell_waiting(&self, transfer: &TransferId, is_waiting: bool) {
        let waiting_for = match self.0.state.live(|live| live.any_relay()) {
            true => WaitingFor::Author,
            false => WaitingFor::Relay,
        };
        let (state, waiting_for) = match is_waiting {
            true => (TransferState::Waiting, Some(waiting_for)),
            false => (TransferState::Active, None),
        };
        self.0.transfers.set_state(transfer, state, waiting_for);
    }

    /// Fetches what is missing of the files wished for; what is here already is counted and left alone.
    async fn fetch_once(&self, transfer: &TransferId, share: &str, wish: &Wish) -> Result<(), Error> {
        let record = self.0.state.read(|tables| tables.share(share).cloned())?;
        let opened = self.0.fetchers.open_contents(&record).await?;
        let total = wished_bytes(&opened, wish).await?;
        self.0.transfers.begin(transfer, &share, Direction::Down, total, TransferState::Active);
        let mut files = wished(&opened, wish);
        let mut batch =
            Batch::new(&self.0.storage, &self.0.transfers, transfer, self.0.fetchers.of_share(&record));
        while let Some(file) = files.try_next().await? {
            batch.add(&file).await?;
        }
        batch.finish().await
    }

    async fn save_files(
        &self,
        transfer: &TransferId,
        opened: Contents,
        wish: &Wish,
        mut saving: Saving,
    ) -> Result<(), Error> {
        let wish = wish.clone();
        let files = opened.files_and_folders().try_filter(move |file| ready(wish.wants(file.path())));
        let mut files = saving.bytes_of(files);
        let saved = async {
            while let Some((file, bytes)) = files.try_next().await? {
                saving.file(&file, bytes, &self.0.transfers, transfer).await?;
            }
            Ok::<_, Error>(())
        };
        let saved = saved.await;
        self.0.transfers.saved(transfer, saving.so_far());
        saved
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
