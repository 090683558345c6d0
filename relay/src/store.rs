//! What a relay keeps: records, mail, blocks, and who holds which of them.
//!
//! Small blocks and everything else are in SQLite (WAL, every commit synced), larger blocks are files. A block
//! is kept as long as somebody holds it: the identity that pushed it for a while, and every identity with a
//! pin that reaches it. What is held counts against that identity's quota, each block once.
//!
//! Whatever a method has returned from is on the disk. Each may be repeated.

mod blocks;
mod collect;
mod disk;
mod mail;
mod pins;
mod records;
mod schema;

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, stream};
use spinney::{keys::Id, net::keep::Refusal};
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Mutex, broadcast};

pub use disk::{Disk, Folder};
pub use mail::{Deposited, Taken, today};
pub use records::{Put, Stored};

/// Connections that only read: more than the cores that serve them.
const READERS: u32 = 4;

/// Time that a reader waits for a connection before it gives up.
const READER_WAIT: Duration = Duration::from_secs(10);

/// New records or mails that a slow watcher may fall behind by before it has to ask for what is newer.
const CHANGES: usize = 256;

/// Files that are written or synced at once.
const DISK_AT_ONCE: usize = 8;

/// What identities may leave, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Allotment {
    /// Bytes of distinct blocks that one identity may hold.
    pub quota: u64,
    /// Bytes that all identities together may hold.
    pub capacity: u64,
    /// How long a block stays that was pushed and not pinned, or unpinned.
    pub grace: Duration,
}

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another relay has the folder open.
    #[error("the data folder is in use by another relay: stop that one, or name another folder")]
    InUse,
    /// A newer relay wrote the database.
    #[error("the database is of version {found}, and this relay knows versions up to {known}: update it")]
    Newer {
        /// Version found.
        found: u32,
        /// Newest version known.
        known: u32,
    },
    /// The asker's fault, or a limit.
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
    disk: Arc<dyn Disk>,
    allotment: Allotment,
    changes: broadcast::Sender<Stored>,
    /// To whom mail has come.
    mail: broadcast::Sender<Id>,
    /// Locked for as long as the store is open.
    _lock: Lock,
}

impl Store {
    /// Opens the store in a folder, which is made if it is missing.
    pub async fn open(folder: &Path, allotment: Allotment) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        Self::open_over(folder, Arc::new(Folder::new(folder.join("blocks"))), allotment).await
    }

    /// Opens the store with its database in a folder and the files of blocks on `disk`.
    pub async fn open_over(folder: &Path, disk: Arc<dyn Disk>, allotment: Allotment) -> Result<Self, Error> {
        let lock = Lock::take(folder)?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("relay.sqlite"))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut writer = SqliteConnection::connect_with(&options).await?;
        schema::migrate(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(READER_WAIT)
            .connect_with(options.read_only(true))
            .await?;
        let (changes, _) = broadcast::channel(CHANGES);
        let (mail, _) = broadcast::channel(CHANGES);
        let store = Self {
            shared: Arc::new(Shared {
                readers,
                writer: Mutex::new(writer),
                disk,
                allotment,
                changes,
                mail,
                _lock: lock,
            }),
        };
        store.clear_leftovers().await?;
        Ok(store)
    }

    /// What identities may leave here.
    pub fn allotment(&self) -> Allotment {
        self.shared.allotment
    }

    /// Waits for what is being written, and closes the database.
    pub async fn close(&self) {
        let mut writer = self.shared.writer.lock().await;
        self.shared.readers.close().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *writer).await {
            tracing::warn!(%error, "the log of the database was not merged into it");
        }
    }

    /// Runs file work where blocking is allowed.
    async fn on_disk<T, F>(&self, work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Disk) -> io::Result<T> + Send + 'static,
    {
        let disk = self.shared.disk.clone();
        tokio::task::spawn_blocking(move || work(&*disk)).await.map_err(io::Error::other)?
    }

    /// Runs the same file work on many things, some at a time: one sync fills the time in which the disk answers
    /// another. Ends only when all of it has ended.
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

/// The right to a data folder, which one process has at a time.
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
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Said aloud: a process that is being started from this one may hold the file for a moment longer.
        self.0.unlock().ok();
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    spinney::platform::now_ms().try_into().expect("the clock is before the year 292277026")
}
