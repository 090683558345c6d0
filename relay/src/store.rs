//! What a relay stores: records, requests, blocks, and who holds which block.
//!
//! Each part of the relay depends on the trait that it needs: [`Records`], [`Requests`], [`Blobs`], [`Pins`],
//! [`Loans`], [`PinRequests`] or [`Subscriptions`].
//! [`Store`] implements all of them: small blocks and everything else are in SQLite (WAL, every commit synced), larger
//! blocks are files. The store keeps a block while an identity holds it: the identity that pushed it, for the grace
//! period, and every identity with a pin or a pin request that reaches it. A block counts against the quota of each holder,
//! and once against the capacity.

mod blobs;
mod collect;
mod disk;
mod invitations;
mod loans;
#[cfg(test)]
pub(crate) mod memory;
mod migrations;
mod pin_requests;
mod pin_tokens;
mod pins;
mod records;
mod removals;
mod requests;
mod room;
mod subscriptions;
mod sweep;
mod usage;
mod walk;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt, stream};
use spinney::{keys::Id, net::keep::Refusal};
use sqlx::{
    Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Mutex, MutexGuard, Semaphore, broadcast};

pub use blobs::Blobs;
pub use disk::{Disk, Folder};
pub use invitations::{Invitation, Invitations, Invited};
pub use loans::{Lent, Loans};
pub use pin_requests::{Filter, NameFilter, PinRequest, PinRequests, PinStatus, RequestId, Wanted};
pub use pin_tokens::{PinToken, PinTokens, Tokens};
pub use pins::Pins;
pub use records::{PutOutcome, RecordUpdate, Records};
pub use removals::Removals;
pub use requests::{DepositOutcome, MailboxUsage, Requests, today};
pub use room::{Room, RoomStatus};
pub use subscriptions::{Subscription, Subscriptions};
pub use usage::Allotment;

use crate::{limits, private, rate_limit::RateLimit};

/// The file of the database.
const DATABASE: &str = "relay.sqlite";

/// Read-only connections: more than a small server has cores.
const READERS: u32 = 4;

/// Time that a reader waits for a connection before it gives up.
const READER_WAIT: Duration = Duration::from_secs(10);

/// Records or mails that a watcher may fall behind by before it has to ask for what is newer.
const CHANGES: usize = 256;

/// Files that the store writes or syncs at once.
const DISK_AT_ONCE: usize = 8;

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another relay has the folder open.
    #[error("the data folder is in use by another relay: stop that one, or name another folder")]
    InUse,
    /// No relay has used the folder.
    #[error("{} holds no data of a relay: name its folder with --data or --config, or start the relay once", .0.display())]
    NoData(PathBuf),
    /// A relay of another version runs on the folder.
    #[error(
        "the relay that runs has a database of version {found}, and this program knows version {known}: start the relay again with this program"
    )]
    Running {
        /// Version found.
        found: i64,
        /// Version of this program.
        known: i64,
    },
    /// A newer relay wrote the database.
    #[error(
        "the database is of version {found}, and this relay knows versions up to {known}: update the relay"
    )]
    Newer {
        /// Version found.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// The database could not be brought to this relay's version.
    #[error("the database could not be updated: {0}")]
    Migration(sqlx::migrate::MigrateError),
    /// The client's fault, or a limit.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A file could not be read or written.
    #[error("a file of the data folder failed: {0}")]
    Disk(#[from] io::Error),
}

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    readers: SqlitePool,
    /// The one connection that writes; also held while files of blocks appear or go.
    writer: Mutex<SqliteConnection>,
    /// Whether the writer may be of no use, because the disk was full.
    is_writer_stuck: AtomicBool,
    options: SqliteConnectOptions,
    disk: Arc<dyn Disk>,
    allotment: Allotment,
    /// Blocks that the pins of each identity and loan have walked over.
    walked: RateLimit<usage::Holder>,
    /// Walks of many blocks at once.
    long_walks: Semaphore,
    /// What was refused for want of room.
    lack: room::Lack,
    /// Folders of files that were swept, counted on for ever.
    swept: AtomicUsize,
    changes: broadcast::Sender<RecordUpdate>,
    /// The recipients of new mail.
    mail: broadcast::Sender<Id>,
    /// Locked for as long as the store is open.
    lock: Lock,
    is_closed: AtomicBool,
}

impl Store {
    /// Opens the store in a folder, which is made if it is missing.
    pub async fn open(folder: &Path, allotment: Allotment) -> Result<Self, Error> {
        private::claim_folder(folder)?;
        let blocks = folder.join("blocks");
        private::claim_folder(&blocks)?;
        Self::open_over(folder, Arc::new(Folder::new(blocks)), allotment).await
    }

    /// Opens the store with its database in a folder and the files of blocks on `disk`.
    pub async fn open_over(folder: &Path, disk: Arc<dyn Disk>, allotment: Allotment) -> Result<Self, Error> {
        let lock = Lock::take(folder)?;
        // Before SQLite opens it: closing a file gives up the locks that this process has on it.
        private::claim_file(&folder.join(DATABASE))?;
        let options = database(folder);
        let mut writer = SqliteConnection::connect_with(&options).await?;
        migrations::run(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(READER_WAIT)
            .connect_with(options.clone().read_only(true))
            .await?;
        let (changes, _) = broadcast::channel(CHANGES);
        let (mail, _) = broadcast::channel(CHANGES);
        let store = Self {
            shared: Arc::new(Shared {
                readers,
                writer: Mutex::new(writer),
                is_writer_stuck: AtomicBool::new(false),
                options,
                disk,
                allotment,
                walked: RateLimit::new(limits::WALKED, limits::WALK_PERIOD),
                long_walks: Semaphore::new(limits::LONG_WALKS),
                lack: room::Lack::default(),
                swept: AtomicUsize::new(0),
                changes,
                mail,
                lock,
                is_closed: AtomicBool::new(false),
            }),
        };
        store.charge_old_records().await?;
        store.clear_leftovers().await?;
        Ok(store)
    }

    /// Returns the limits of this store.
    pub fn allotment(&self) -> Allotment {
        self.shared.allotment
    }

    /// Waits until nobody else writes.
    async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, Error> {
        let mut writer = self.shared.writer.lock().await;
        if self.shared.is_closed.load(Ordering::Relaxed) {
            return Err(sqlx::Error::PoolClosed.into());
        }
        // On a full disk SQLite ends a transaction by itself. sqlx cannot end it once more, counts it for ever, and
        // refuses every other one.
        if self.shared.is_writer_stuck.load(Ordering::Relaxed) {
            *writer = SqliteConnection::connect_with(&self.shared.options).await?;
            self.shared.is_writer_stuck.store(false, Ordering::Relaxed);
        }
        Ok(writer)
    }

    /// Waits for the running write, closes the database, and gives the data folder free.
    ///
    /// Who still has a clone can write no more, so another relay may use the folder at once.
    pub async fn close(&self) {
        let mut writer = self.shared.writer.lock().await;
        self.shared.readers.close().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *writer).await {
            tracing::warn!(%error, "the log of the database was not merged into it");
        }
        self.shared.is_closed.store(true, Ordering::Relaxed);
        self.shared.lock.release();
    }

    /// Runs file work on a thread that may block.
    async fn on_disk<T, F>(&self, work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Disk) -> io::Result<T> + Send + 'static,
    {
        let disk = self.shared.disk.clone();
        tokio::task::spawn_blocking(move || work(&*disk)).await.map_err(io::Error::other)?
    }

    /// Runs the same file work on many items, some at a time, because syncs overlap. Returns when all have ended.
    async fn on_disk_each<T, R>(
        &self,
        things: Vec<T>,
        work: fn(&dyn Disk, T) -> io::Result<R>,
    ) -> io::Result<Vec<R>>
    where
        T: Send + 'static,
        R: Send + 'static,
    {
        let works = things.into_iter().map(|thing| self.on_disk(move |disk| work(disk, thing)));
        let done: Vec<io::Result<R>> = stream::iter(works).buffered(DISK_AT_ONCE).collect().await;
        done.into_iter().collect()
    }
}

/// Begins a write. Immediately, because a write of the operator's program between a read and a write would fail ours.
async fn begin(db: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, Error> {
    Ok(db.begin_with("BEGIN IMMEDIATE").await?)
}

/// How to connect to the database of a data folder. SQLite gives the permissions of the file to its log.
fn database(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE))
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

/// Opens the database of a data folder for the operator's program, beside a relay that may run.
///
/// # Errors
///
/// [`Error::NoData`] if no relay has used the folder, and [`Error::Running`] if a relay of an older version runs on it.
async fn beside(folder: &Path) -> Result<SqliteConnection, Error> {
    if !folder.join(DATABASE).is_file() {
        return Err(Error::NoData(folder.into()));
    }
    let mut db = SqliteConnection::connect_with(&database(folder)).await?;
    match Lock::take(folder) {
        // No relay runs, so the database may be of an older one.
        Ok(_lock) => migrations::run(&mut db).await?,
        Err(Error::InUse) => migrations::check(&mut db).await?,
        Err(error) => return Err(error),
    }
    Ok(db)
}

/// Locks the data folder, so that one process uses it at a time.
struct Lock(File);

impl Lock {
    fn take(folder: &Path) -> Result<Self, Error> {
        let file = File::create(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Unlocks explicitly, because a child process that is just starting may hold the file a moment longer.
    fn release(&self) {
        self.0.unlock().ok();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.release();
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    spinney::platform::now_ms().try_into().expect("the clock is before the year 292277026")
}
