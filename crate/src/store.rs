//! Blocks and sealed rows: in memory, or in a browser's IndexedDB.
//!
//! A [`Store`] is one database: tables of small rows, and blocks named by their CID. It never sees
//! plaintext of anything private: callers seal rows before they write, and check a block against its CID
//! before they hand it over. Everything that belongs together goes into one [`Write`], which happens
//! wholly or not at all.

use std::{collections::BTreeMap, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

#[cfg(any(test, feature = "testing"))]
pub mod cases;
#[cfg(target_arch = "wasm32")]
pub mod indexed_db;
pub mod memory;
pub mod write_behind;

/// Name of the database that lists this browser's profiles; each profile's own is named by its id.
pub const PROFILES: &str = "profiles";

/// Bytes of blocks that one [`Write`] should carry at most.
///
/// IndexedDB takes a few megabytes in a transaction almost three times as fast as one block; more bring little, and
/// all of them are in memory until the transaction is done.
pub const BATCH_BYTES: usize = 4 << 20;

/// Blocks that one [`Write`] should carry at most, so that small ones do not make a transaction endless.
pub const BATCH_BLOCKS: usize = 256;

/// Entries that [`Store::blocks`] returns at most in one call: some 50 KiB.
pub const BLOCKS_PAGE: usize = 1024;

/// The databases of one engine, under one epoch.
///
/// Whoever leads a namespace raises its epoch first, and takes over each database by opening it. From then on
/// every write of an earlier leader fails with [`StoreError::EpochLost`].
#[async_trait(?Send)]
pub trait Databases {
    /// Opens a database, making or migrating it as needed, and takes it over from earlier leaders.
    ///
    /// Opening twice gives two handles to the same data.
    async fn open(&self, name: &str) -> Result<Rc<dyn Store>, StoreError>;

    /// Deletes a database with all that it holds; open handles to it are closed. Idempotent.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Seals a secret under a new key that stays on this device and that nobody can read out of it.
    ///
    /// What was sealed before opens no more.
    async fn seal(&self, secret: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Opens what the last [`seal`](Self::seal) gave, by this leader or an earlier one; nothing where its key is gone
    /// or it was changed.
    async fn unseal(&self, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Forgets the key of the last [`seal`](Self::seal). Idempotent.
    async fn forget_seal(&self) -> Result<(), StoreError>;
}

/// One database: rows and blocks.
#[async_trait(?Send)]
pub trait Store {
    /// The row of `table` under `key`.
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All rows of `table`, sorted by key.
    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>;

    /// The bytes of a block.
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError>;

    /// Which of these blocks are here, in the order asked, without reading them.
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError>;

    /// The blocks after `after` with their sizes, in an order that stays; at most [`BLOCKS_PAGE`], none at the end.
    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError>;

    /// Bytes of all blocks together, known without walking them.
    async fn used(&self) -> Result<u64, StoreError>;

    /// Writes everything in `write` or nothing. What only removes things needs no room.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the write done wholly or not at all.
    async fn commit(&self, write: Write) -> Result<(), StoreError>;
}

/// What is written together: first `drop_blocks`, then `blocks`, then `rows` in their order.
#[derive(Clone, Debug)]
pub struct Write {
    /// Table, key and the new value, or `None` to remove the row.
    pub rows: Vec<(Table, Vec<u8>, Option<Vec<u8>>)>,
    /// Blocks to keep; one that is already here costs nothing.
    pub blocks: Vec<(Cid, Bytes)>,
    /// Blocks to forget; one that is not here is passed over.
    pub drop_blocks: Vec<Cid>,
    /// What must have happened before the commit returns.
    pub durability: Durability,
}

impl Write {
    /// An empty write that survives a loss of power once committed: keys, state, records, acknowledgements.
    pub fn strict() -> Self {
        Self::new(Durability::Strict)
    }

    /// An empty write that a loss of power may undo: blocks that can be had again.
    pub fn relaxed() -> Self {
        Self::new(Durability::Relaxed)
    }

    fn new(durability: Durability) -> Self {
        Self { rows: Vec::new(), blocks: Vec::new(), drop_blocks: Vec::new(), durability }
    }

    /// Bytes that it adds at most.
    pub fn added(&self) -> u64 {
        let rows = self.rows.iter().filter_map(|(.., value)| value.as_ref()).map(Vec::len);
        rows.chain(self.blocks.iter().map(|(_, block)| block.len())).map(|len| len as u64).sum()
    }

    /// Whether it takes things away and adds nothing, so that it is done on a full disk too.
    pub fn is_removal(&self) -> bool {
        self.blocks.is_empty() && self.rows.iter().all(|(.., value)| value.is_none())
    }

    /// What of it takes things away.
    #[must_use]
    pub fn removal(mut self) -> Self {
        self.blocks.clear();
        self.rows.retain(|(.., value)| value.is_none());
        self
    }

    /// The blocks that this write touches, with what they hold after it.
    fn touched(&self) -> BTreeMap<Cid, Option<&Bytes>> {
        let dropped = self.drop_blocks.iter().map(|cid| (*cid, None));
        dropped.chain(self.blocks.iter().map(|(cid, bytes)| (*cid, Some(bytes)))).collect()
    }

    /// Also sets a row.
    #[must_use]
    pub fn put(mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.rows.push((table, key.into(), Some(value.into())));
        self
    }

    /// Also removes a row.
    #[must_use]
    pub fn remove(mut self, table: Table, key: impl Into<Vec<u8>>) -> Self {
        self.rows.push((table, key.into(), None));
        self
    }

    /// Also keeps a block, whose bytes the caller has checked against `cid`.
    #[must_use]
    pub fn block(mut self, cid: Cid, bytes: impl Into<Bytes>) -> Self {
        self.blocks.push((cid, bytes.into()));
        self
    }

    /// Also forgets a block.
    #[must_use]
    pub fn drop_block(mut self, cid: Cid) -> Self {
        self.drop_blocks.push(cid);
        self
    }
}

/// How sure a committed write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk itself before the commit returns.
    Strict,
    /// With the operating system; a loss of power may undo it, wholly.
    Relaxed,
}

/// The tables of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Of the profile list: who stays signed in.
    Meta,
    /// The profile list: names and pictures in clear, seeds boxed under passphrases.
    Keystore,
    /// Contacts, shares and everything else that is sealed under the storage key.
    State,
    /// Newest IPNS records and roots of others, sealed likewise.
    Records,
    /// Transfers in progress.
    Transfers,
    /// Shares whose files were not all read, with the chunks that were.
    Drafts,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 6] =
        [Self::Meta, Self::Keystore, Self::State, Self::Records, Self::Transfers, Self::Drafts];

    /// The table's name in IndexedDB.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Keystore => "keystore",
            Self::State => "state",
            Self::Records => "records",
            Self::Transfers => "transfers",
            Self::Drafts => "drafts",
        }
    }
}

/// Why a store could not do what was asked. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The browser grants no more room.
    #[error("no room is left: free some space in this browser or on its disk, then go on")]
    Quota,
    /// Another tab leads now.
    #[error("another tab has taken over: this engine must stop")]
    EpochLost,
    /// A newer Spinney wrote this database.
    #[error("a newer version of Spinney wrote this data: reload the page")]
    NewerSchema,
    /// The database was closed or deleted under this handle.
    #[error("the database was closed: open it again")]
    Closed,
    /// The database failed in a way that has no answer.
    #[error("the database failed: {0}")]
    Broken(String),
}

impl StoreError {
    /// The stable code that programs see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Quota => "quota-exceeded",
            Self::EpochLost => "engine-moved",
            Self::NewerSchema => "outdated",
            Self::Closed | Self::Broken(_) => "engine-stopped",
        }
    }
}
