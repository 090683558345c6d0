//! The handle to the state, and how it is opened and closed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::SinkExt;
use futures::channel::{mpsc, oneshot};
use serde_bytes::ByteArray;

use crate::keys::Ring;
use crate::platform;
use crate::store::{RowStore, Table, Write};

use crate::engine::Error;
use crate::engine::api::Me;
use crate::engine::directory::Directory;
use crate::engine::events::Hub;

use super::live::Live;
use super::migrate;
use super::queue::{self, Job};
use super::rows::Account;
use super::sealed::{RowWriter, SealedRows};
use super::tables::{Kind, SingleRows, Tables};
use super::transaction::Transaction;
use super::watch::{ChangeCounts, Watcher};

/// Updates that wait at most. Each is a closure with what it captured: some kilobytes.
const MAX_WAITING: usize = 256;

/// Updates of background work that wait at most, so that a click always finds a place.
const MAX_BACKGROUND: usize = 192;

/// Name of the row in [`Table::State`] that holds the secret key of this device.
const DEVICE: &str = "device";

/// What the state of a profile is made from.
pub(in crate::engine) struct Args {
    pub(in crate::engine) store: Rc<dyn RowStore>,
    pub(in crate::engine) ring: Rc<Ring>,
    /// Which relays are the profile's own.
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) hub: Rc<Hub>,
    /// What a profile says of itself that has no rows yet.
    pub(in crate::engine) fresh: Option<Account>,
}

/// Handle to the state. Dropping the last clone ends its task.
#[derive(Clone)]
pub(in crate::engine) struct State {
    inner: Rc<Inner>,
    queue: mpsc::Sender<Job>,
    is_background: bool,
}

pub(super) struct Inner {
    pub(super) directory: Directory,
    pub(super) store: Rc<dyn RowStore>,
    pub(super) sealed: SealedRows,
    pub(super) hub: Rc<Hub>,
    pub(super) tables: RefCell<Tables>,
    pub(super) live: RefCell<Live>,
    pub(super) watched: ChangeCounts,
    /// The places in the queue. An update takes one until it is answered.
    pub(super) places: tokio::sync::Semaphore,
    /// Those of them that background work may take.
    pub(super) background_places: tokio::sync::Semaphore,
    /// Why no update is taken any more.
    pub(super) ended: RefCell<Option<Error>>,
    pub(super) is_idle: Cell<bool>,
    pub(super) idle: tokio::sync::Notify,
}

/// Has a profile whose rows are to be made here have this key of its device, because others know it already.
pub(in crate::engine) async fn adopt_device(
    store: &Rc<dyn RowStore>,
    ring: &Ring,
    secret: [u8; 32],
) -> Result<(), Error> {
    let mut write = Write::strict();
    RowWriter::new(&SealedRows::new(ring), &mut write).put(Table::State, DEVICE, &ByteArray::new(secret));
    Ok(store.commit(write).await?)
}

impl State {
    /// Reads every row, makes those that are missing, and starts the task.
    ///
    /// # Errors
    ///
    /// `storage-failed` if a row does not open, or if there are none and nothing `fresh` is given.
    pub(in crate::engine) async fn open(args: Args) -> Result<Self, Error> {
        let Args { store, ring, directory, hub, fresh } = args;
        let sealed = SealedRows::new(&ring);
        if let Some(account) = &fresh {
            let mut write = Write::strict();
            RowWriter::new(&sealed, &mut write).put(Table::State, "mine", account);
            store.commit(write).await?;
        }
        migrate::rows(&store, &sealed).await?;
        let opened = sealed.open(&store, &[Table::State, Table::Transfers, Table::Drafts]).await?;
        let absent = SingleRows { account: None, publication: Some(Default::default()) };
        let mut tables = Tables::load(&opened, absent)?;
        tables.give_relations();
        tables.forget_refused_picture();
        tables.forget_old_claims();
        if tables.publication.vault.is_of_version_1() {
            tables.need_root();
        }
        directory.set_own_only(tables.account.relay_only);
        // Each clone of a sender has room for one job, and there are as many clones as `places`.
        let (queue, jobs) = mpsc::channel(0);
        let inner = Rc::new(Inner {
            directory,
            store,
            sealed,
            hub,
            tables: RefCell::new(tables),
            live: RefCell::default(),
            watched: ChangeCounts::default(),
            places: tokio::sync::Semaphore::new(MAX_WAITING),
            background_places: tokio::sync::Semaphore::new(MAX_BACKGROUND),
            ended: RefCell::default(),
            is_idle: Cell::new(true),
            idle: tokio::sync::Notify::new(),
        });
        platform::spawn(queue::run(Rc::downgrade(&inner), jobs));
        Ok(Self { inner, queue, is_background: false })
    }

    /// The same state for background work, which leaves places in the queue for clicks.
    pub(in crate::engine) fn background(&self) -> Self {
        Self { is_background: true, ..self.clone() }
    }

    /// Runs `change` when its turn comes, writes the rows that it touched in one commit, then applies them to memory,
    /// emits the events that follow from them and notifies who watches.
    ///
    /// If `change` or the commit fails, nothing has changed, in memory or on disk. Never waits for room: a full disk is
    /// [`Error::Quota`].
    ///
    /// # Cancel safety
    ///
    /// Before its turn a dropped update does not happen. From then on the state's own task finishes it.
    pub(in crate::engine) async fn update<T: 'static>(
        &self,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error> + 'static,
    ) -> Result<T, Error> {
        self.enqueue(Vec::new(), false, change).await
    }

    /// The same for a change that only takes away: it is committed alone, so that it succeeds on a full disk too.
    pub(in crate::engine) async fn remove<T: 'static>(
        &self,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error> + 'static,
    ) -> Result<T, Error> {
        self.enqueue(Vec::new(), true, change).await
    }

    /// The same with blocks that must be durable before the rows are.
    pub(in crate::engine) async fn update_with<T: 'static>(
        &self,
        blocks: Vec<(Cid, Bytes)>,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error> + 'static,
    ) -> Result<T, Error> {
        self.enqueue(blocks, false, change).await
    }

    async fn enqueue<T: 'static>(
        &self,
        blocks: Vec<(Cid, Bytes)>,
        is_removal: bool,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error> + 'static,
    ) -> Result<T, Error> {
        let inner = &self.inner;
        let _background_place = match self.is_background {
            true => Some(inner.background_places.acquire().await.map_err(|_| inner.why_ended())?),
            false => None,
        };
        let _place = inner.places.acquire().await.map_err(|_| inner.why_ended())?;
        let (answer, answered) = oneshot::channel();
        let job = Job::new(blocks, is_removal, change, answer);
        if self.queue.clone().send(job).await.is_err() {
            return Err(inner.why_ended());
        }
        answered.await.unwrap_or_else(|_| Err(inner.why_ended()))
    }

    /// Looks at what is committed. Nothing of it can be held across an `await`.
    pub(in crate::engine) fn read<T>(&self, look: impl FnOnce(&Tables) -> T) -> T {
        look(&self.inner.tables.borrow())
    }

    /// A copy of what is committed now; later commits do not change it.
    pub(in crate::engine) fn snapshot(&self) -> Tables {
        self.inner.tables.borrow().clone()
    }

    /// Looks at what is known only while the profile is unlocked: who is connected, whose objects were refused.
    pub(in crate::engine) fn live<T>(&self, look: impl FnOnce(&Live) -> T) -> T {
        look(&self.inner.live.borrow())
    }

    /// Changes what is known only while the profile is unlocked; emits the events that follow, and notifies who watches
    /// [`Kind::live`](Watcher).
    pub(in crate::engine) fn set_live<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        self.inner.set_live(change)
    }

    /// Is notified when any of these tables has changed since the last look.
    pub(in crate::engine) fn watch(&self, kinds: &[Kind]) -> Watcher {
        self.inner.watched.watcher(kinds)
    }

    /// Notified when there may be something new to publish.
    pub(in crate::engine) fn watch_pending(&self) -> Watcher {
        self.inner.watched.watcher_of_pending()
    }

    /// Notified when a peer was reached that may have what is waited for.
    pub(in crate::engine) fn watch_reached(&self) -> Watcher {
        self.inner.watched.watcher_of_reached()
    }

    /// Lets publishing look again: of a change that was gathered, or of a relay that came or went.
    pub(in crate::engine) fn publish_soon(&self) {
        self.inner.watched.touch_pending();
    }

    /// Lets everything look again that waits for a peer.
    pub(in crate::engine) fn peers_reached(&self) {
        self.inner.watched.touch_reached();
    }

    /// The unlocked profile, as the page shows it.
    pub(in crate::engine) fn me(&self) -> Me {
        self.read(|tables| tables.me(&self.inner.directory))
    }

    /// The key of this browser profile's device, made at its first unlock.
    pub(in crate::engine) async fn device_secret(&self) -> Result<[u8; 32], Error> {
        let inner = &self.inner;
        let opened = inner.sealed.open(&inner.store, &[Table::State]).await?;
        if let Some(secret) = opened.one::<ByteArray<32>>(Table::State, DEVICE)? {
            return Ok(secret.into_array());
        }
        let secret = ByteArray::new(platform::random());
        let mut write = Write::strict();
        RowWriter::new(&inner.sealed, &mut write).put(Table::State, DEVICE, &secret);
        inner.store.commit(write).await?;
        Ok(secret.into_array())
    }

    /// Refuses new updates, finishes the running commit, and wipes memory.
    pub(in crate::engine) async fn close(&self) {
        self.inner.end(Error::Locked);
        while !self.inner.is_idle.get() {
            self.inner.idle.notified().await;
        }
        self.inner.wipe();
    }
}
