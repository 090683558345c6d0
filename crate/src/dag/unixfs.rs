//! Files and folders as the rest of IPFS knows them: what is shared with everyone.
//!
//! Writes [UnixFS](https://specs.ipfs.tech/unixfs/) in the profile `unixfs-v1-2025` of
//! [IPIP-499](https://specs.ipfs.tech/ipips/ipip-0499/), so that the same bytes get the same CIDs as from other tools,
//! and nothing here is sealed. Reads what any tool wrote, of whatever sizes and shape, as long as its blocks are
//! named by CIDv1 and SHA2-256. What is read is a stranger's: every size is checked against what is there, no block
//! is fetched that does not bring a byte or an entry that was asked for, and all that is kept is bounded.

mod directory;
mod folder;
mod hamt;
mod listing;
mod node;
mod parts;
mod reader;
#[cfg(test)]
mod tests;
mod tree;
mod writer;

use bytes::Bytes;
use cid::Cid;

pub use directory::{DEPTH as FOLDERS, FolderError, Folders};
pub use folder::{Folder, Listed};
pub use listing::Directory;
pub use node::{Entry, Fault, links};
pub use parts::parts;
pub use reader::{File, Leaf, Node, ReadError, find, leaves, open, read};
pub use writer::{Input, Sink, write};

use crate::format::{DAG_CBOR, DAG_PB, cid_of, is_kept};

/// Bytes of a file in one chunk, which is one raw block. IPIP-499.
pub const CHUNK: u64 = 1 << 20;

/// Links in one node of a file at most. IPIP-499.
const WIDTH: usize = 1024;

/// The largest block of a plain directory; one that would be larger is sharded. IPIP-499.
const DIRECTORY: usize = 256 << 10;

/// The largest block that is read: what Bitswap carries, hence the largest that IPFS tools exchange.
const BLOCK: usize = 2 << 20;

/// A block of UnixFS as others link to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub cid: Cid,
    /// Bytes of all blocks at and below it, each counted as often as it is linked. Whoever reads must take it for
    /// a hint: anybody may have written it, or left it out, which reads as 0.
    pub total: u64,
}

/// A block that was made, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its name.
    pub cid: Cid,
    /// Its bytes.
    pub bytes: Bytes,
    /// What it is a chunk of; `None` for what holds chunks and files together.
    pub chunk: Option<Chunk>,
}

/// Which bytes of which file a block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which of the files.
    pub file: usize,
    /// Its number in that file.
    pub index: u64,
}

impl Block {
    /// The block of DAG-PB with these bytes.
    fn node(bytes: Bytes) -> Self {
        Self { cid: cid_of(DAG_PB, &bytes), bytes, chunk: None }
    }

    /// The link to this block, below which are blocks of `below` bytes.
    fn link(&self, below: u64) -> Link {
        Link { cid: self.cid, total: self.bytes.len() as u64 + below }
    }
}

/// Whether a CID names a kind of block that UnixFS is made of here: version 1, SHA2-256, raw or DAG-PB.
pub fn is_unixfs(cid: &Cid) -> bool {
    is_kept(cid) && cid.codec() != DAG_CBOR
}
