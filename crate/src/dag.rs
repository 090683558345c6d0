//! Files as blocks: cutting, sealing, manifests, ranges, archives.
//!
//! A file is cut into chunks of [`CHUNK`] bytes. Each chunk becomes one sealed block. A [`manifest`] lists a
//! share's files and the chunks of each. Public shares are not sealed: they are [`unixfs`], as other IPFS
//! tools have it. Everything here works with bounded memory, because files and lists are read and written in
//! pieces, at most a few of them ahead.

pub mod car;
pub mod contents;
pub mod manifest;
pub mod path;
pub mod read;
#[cfg(test)]
mod tests;
pub mod unixfs;
pub mod walk;
pub mod write;
pub mod zip;

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;

pub use contents::Contents;
pub use manifest::{Reader, Writer};
pub use read::{ReadError, read};
pub use walk::walk;
pub use write::{File, SealedChunk, Sink, WriteError, compare, write};

use crate::{
    crypto::padding::padme,
    store::{BlockStore, StoreError},
};

/// Bytes of a file in one chunk.
///
/// This is the largest size that the format allows. A browser spends time on each block that it stores, so it
/// stores these half as fast again as blocks of 256 KiB. Smaller chunks would make seeking and resuming
/// cheaper.
pub const CHUNK: u64 = 512 << 10;

/// The least length to which a file is padded, so that short texts do not show how short they are.
const LEAST: u64 = 1 << 10;

/// Returns the length to which a file of `size` bytes is padded with zeros before its last chunk is sealed.
///
/// Padding ends at the end of that chunk at the latest, so it never adds a chunk. An empty file has no chunk
/// and gives 0.
pub fn padded(size: u64, chunk: u64) -> u64 {
    padme(size).max(LEAST).min(size.next_multiple_of(chunk))
}

/// Returns the length of chunk number `index` of a file, with padding. Past the end of the file it is 0.
fn chunk_len(size: u64, chunk: u64, index: u64) -> u64 {
    padded(size, chunk).saturating_sub(index * chunk).min(chunk)
}

/// Bytes to be shared: usually a file, as far as the browser lets us read it.
#[async_trait(?Send)]
pub trait Source {
    /// The length in bytes. It does not change while the source is read.
    fn size(&self) -> u64;

    /// Reads exactly `len` bytes from `offset`. The range lies within the size.
    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError>;
}

/// Why a source could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The source changed since it was chosen.
    #[error("the file changed while it was read: choose it again")]
    Changed,
    /// The browser wants the person's consent first. The text is the browser's.
    #[error("the file may be read only with your permission: {0}")]
    PermissionNeeded(String),
    /// Reading failed for another reason.
    #[error("the file cannot be read: {0}")]
    Failed(String),
}

/// Where blocks come from: the store, then the network.
#[async_trait(?Send)]
pub trait Fetch {
    /// Returns the bytes of a block, checked against its CID.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError>;

    /// Does the same for a block that holds only bytes of a file. The reader need not wait until it is
    /// stored.
    async fn chunk(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.block(cid).await
    }
}

/// Why a block cannot be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No peer that may have the block can be reached, or none of them has it. The text says who was asked.
    #[error("a part of this cannot be had now: {0}")]
    Unreachable(String),
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The blocks of a store, without a network.
#[derive(Clone)]
pub struct StoreFetch(pub Rc<dyn BlockStore>);

#[async_trait(?Send)]
impl Fetch for StoreFetch {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.0
            .block(cid)
            .await?
            .ok_or_else(|| FetchError::Unreachable("it is not in this browser".to_owned()))
    }
}
