//! Blocks and sealed rows: in memory, or in a browser's IndexedDB.
//!
//! A [`Store`] is one database: a [`RowStore`] of small rows and a [`BlockStore`] of blocks, each named by its CID. It
//! never sees plaintext of anything private, because callers seal rows before they write them. Callers also check a
//! block against its CID before they write it. One [`Write`] holds all that belongs together, and is atomic.

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

/// Name of the database that lists this browser's profiles. The database of a profile has the profile's id as its name.
pub const PROFILES: &str = "profiles";

/// Bytes of blocks that one [`Write`] should carry at most.
///
/// IndexedDB writes a few megabytes in one transaction almost three times as fast as one block in each. More bytes
/// gain little, and all of them are in memory until the transaction is done.
pub const BATCH_BYTES: usize = 4 << 20;

/// Blocks that one [`Write`] should carry at most, because a transaction of many small blocks takes long.
pub const BATCH_BLOCKS: usize = 256;

/// Entries that [`BlockStore::blocks`] returns at most in one call: some 50 KiB.
pub const BLOCKS_PAGE: usize = 1024;

/// What a secret is sealed for. Each has a key of its own, so that forgetting one leaves the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SealedFor {
    /// The profile that stays signed in.
    SignedIn,
    /// The profile that waits for a name and a passphrase.
    Waiting,
}

/// The databases of one engine, under one epoch.
///
/// A new leader of a namespace raises its epoch first. It takes over each database by opening it. From then on every
/// write of an earlier leader fails with [`StoreError::EpochLost`].
#[async_trait(?Send)]
pub trait Databases {
    /// Opens a database, and takes it over from earlier leaders. Creates or migrates it first if needed.
    ///
    /// Opening twice gives two handles to the same data.
    async fn open(&self, name: &str) -> Result<Rc<dyn Store>, StoreError>;

    /// Deletes a database, and closes open handles to it. Idempotent.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Seals a secret under a new key that stays on this device and that nobody can read out of it.
    ///
    /// A secret that was sealed before for the same use can no longer be opened.
    async fn seal(&self, purpose: SealedFor, secret: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Opens the result of the last [`seal`](Self::seal) for this use, by this leader or an earlier one. Returns `None` if the key
    /// is gone or the bytes were changed.
    async fn unseal(
        &self,
        purpose: SealedFor,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Forgets the key of the last [`seal`](Self::seal) for this use. Idempotent.
    async fn forget_seal(&self, purpose: SealedFor) -> Result<(), StoreError>;

    /// Seals a secret under a new key that is in memory alone, and that only leaders get who wait already while this one
    /// leads.
    async fn bequeath(&self, secret: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Opens the last result of [`bequeath`](Self::bequeath) by the leader before this one. Returns `None` if this one did
    /// not wait then, or the bytes were changed.
    async fn inherit(&self, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Forgets the key of the last [`bequeath`](Self::bequeath), and tells those who wait. Idempotent.
    fn disinherit(&self);
}

/// The blocks of one database.
///
/// One contract binds it to [`RowStore`]: a block is durable before the row that names it. A caller either puts the
/// block first, with [`Durability::Strict`], or commits both in one [`Write`].
#[async_trait(?Send)]
pub trait BlockStore {
    /// Returns the bytes of a block.
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError>;

    /// Returns for each of the blocks, in order, whether it is stored. Does not read the blocks.
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError>;

    /// Returns the blocks after `after` with their sizes, in a stable order: at most [`BLOCKS_PAGE`], none at the end.
    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError>;

    /// Returns the sum of the sizes of all blocks, in bytes. Does not walk them.
    async fn used(&self) -> Result<u64, StoreError>;

    /// Stores all of the blocks or none. The caller has checked their bytes against their CIDs. A block that is stored
    /// already costs nothing.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, all of the blocks are stored or none.
    async fn put(&self, blocks: Vec<(Cid, Bytes)>, durability: Durability) -> Result<(), StoreError>;

    /// Removes blocks, and skips a block that is not stored. Needs no room.
    async fn discard(&self, cids: Vec<Cid>) -> Result<(), StoreError>;
}

/// The rows of one database.
#[async_trait(?Send)]
pub trait RowStore {
    /// Returns the row of `table` under `key`.
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Returns all rows of `table`, sorted by key.
    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>;

    /// Writes everything in `write` or nothing: its blocks, then its rows. A write that only removes needs no room.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the whole write is done or nothing of it.
    async fn commit(&self, write: Write) -> Result<(), StoreError>;
}

/// One database: rows and blocks.
pub trait Store: BlockStore + RowStore {}

impl<S: BlockStore + RowStore> Store for S {}

/// The rows of a database.
pub fn rows_of(store: Rc<dyn Store>) -> Rc<dyn RowStore> {
    store
}

/// The blocks of a database.
pub fn blocks_of(store: Rc<dyn Store>) -> Rc<dyn BlockStore> {
    store
}

/// An atomic write: first `drop_blocks`, then `blocks`, then `rows` in their order.
#[derive(Clone, Debug)]
pub struct Write {
    /// Table, key and the new value, or `None` to remove the row.
    pub rows: Vec<(Table, Vec<u8>, Option<Vec<u8>>)>,
    /// Blocks to store. A block that is stored already costs nothing.
    pub blocks: Vec<(Cid, Bytes)>,
    /// Blocks to remove. A block that is not stored is skipped.
    pub drop_blocks: Vec<Cid>,
    /// What must have happened before the commit returns.
    pub durability: Durability,
}

impl Write {
    /// An empty write that survives a loss of power once committed: keys, state, records, acknowledgements.
    pub fn strict() -> Self {
        Self::new(Durability::Strict)
    }

    /// An empty write that a loss of power may undo: for blocks that can be fetched again.
    pub fn relaxed() -> Self {
        Self::new(Durability::Relaxed)
    }

    fn new(durability: Durability) -> Self {
        Self { rows: Vec::new(), blocks: Vec::new(), drop_blocks: Vec::new(), durability }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.blocks.is_empty() && self.drop_blocks.is_empty()
    }

    /// Returns how many bytes it adds at most.
    pub fn added(&self) -> u64 {
        let rows = self.rows.iter().filter_map(|(.., value)| value.as_ref()).map(Vec::len);
        rows.chain(self.blocks.iter().map(|(_, block)| block.len())).map(|len| len as u64).sum()
    }

    /// Whether it only removes. Such a write is done on a full disk too.
    pub fn is_removal(&self) -> bool {
        self.blocks.is_empty() && self.rows.iter().all(|(.., value)| value.is_none())
    }

    /// Returns the blocks that this write touches, with their bytes after it.
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

    /// Also stores a block. The caller has checked its bytes against `cid`.
    #[must_use]
    pub fn block(mut self, cid: Cid, bytes: impl Into<Bytes>) -> Self {
        self.blocks.push((cid, bytes.into()));
        self
    }

    /// Also removes a block.
    #[must_use]
    pub fn drop_block(mut self, cid: Cid) -> Self {
        self.drop_blocks.push(cid);
        self
    }
}

/// How durable a committed write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk itself before the commit returns.
    Strict,
    /// The operating system has it. A loss of power may undo the whole write.
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
    /// Newest IPNS records and roots of others, sealed under the same key.
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

/// Why a store could not do an operation. Nothing was changed.
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
    /// The database failed for a reason that the caller cannot mend.
    #[error("the database failed: {0}")]
    Broken(String),
}
