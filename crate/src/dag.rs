//! Files as blocks: cutting, sealing, manifests, ranges, archives.
//!
//! A file is cut into chunks of [`CHUNK`] bytes, each of which becomes one sealed block; a [`manifest`] lists a
//! share's files and the chunks of each. What is shared with everyone is not sealed, and is [`unixfs`] instead, as
//! other IPFS tools have it. Everything here works with bounded memory: files and lists of any length are read and
//! written in pieces, ahead by small constants.

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
pub use write::{File, Sealed, Sink, WriteError, write};

use crate::{
    crypto::padding::padme,
    store::{Store, StoreError},
};

/// Bytes of a file in one chunk.
///
/// The largest that the format allows: browsers charge for each block that they store, so that these are stored half
/// as fast again as those of 256 KiB. Smaller ones would make seeking and resuming cheaper.
pub const CHUNK: u64 = 512 << 10;

/// The least length to which a file is filled, so that short texts do not show how short they are.
const LEAST: u64 = 1 << 10;

/// The length to which a file of `size` bytes is filled with zeros before its last chunk is sealed.
///
/// At most up to the end of that chunk, so that filling never adds one; 0 for an empty file, which has none.
pub fn padded(size: u64, chunk: u64) -> u64 {
    padme(size).max(LEAST).min(size.next_multiple_of(chunk))
}

/// The length of chunk number `index` of a file, filling included; 0 past its end.
fn chunk_len(size: u64, chunk: u64, index: u64) -> u64 {
    padded(size, chunk).saturating_sub(index * chunk).min(chunk)
}

/// Bytes to be shared: a file, as far as its owner lets us read it.
#[async_trait(?Send)]
pub trait Source {
    /// Its length, which does not change while it is read.
    fn size(&self) -> u64;

    /// Exactly the `len` bytes from `offset`, which lie within the size.
    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError>;
}

/// Why a source could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It is not what it was when it was chosen.
    #[error("the file changed while it was read: choose it again")]
    Changed,
    /// The browser asks for its owner's consent first; the text is the browser's.
    #[error("the file may be read only with your permission: {0}")]
    PermissionNeeded(String),
    /// Reading failed otherwise.
    #[error("the file cannot be read: {0}")]
    Failed(String),
}

/// Where blocks come from: the store, then the network.
#[async_trait(?Send)]
pub trait Fetch {
    /// The bytes of a block, checked against its CID.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError>;

    /// The same of a block that is nothing but bytes of a file: who reads on need not wait until it is stored.
    async fn chunk(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.block(cid).await
    }
}

/// Why a block could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nobody who may have it can be reached, or nobody has it; the text says who was asked.
    #[error("a part of this cannot be had now: {0}")]
    Unreachable(String),
    /// Our own store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The blocks of a store, without a network.
#[derive(Clone)]
pub struct Stored(pub Rc<dyn Store>);

#[async_trait(?Send)]
impl Fetch for Stored {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.0
            .block(cid)
            .await?
            .ok_or_else(|| FetchError::Unreachable("it is not in this browser".to_owned()))
    }
}
