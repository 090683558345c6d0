//! Files and folders as the rest of IPFS has them: the form of public shares.
//!
//! Writes [UnixFS](https://specs.ipfs.tech/unixfs/) in the profile `unixfs-v1-2025` of
//! [IPIP-499](https://specs.ipfs.tech/ipips/ipip-0499/), so the same bytes get the same CIDs as from other
//! tools. Nothing here is sealed. Reads what any tool wrote, in all sizes and shapes, if its blocks are named
//! by CIDv1 and SHA2-256. A stranger made what is read. So every size is checked against the bytes, no block
//! is fetched that brings neither a byte nor an entry that was asked for, and all that is kept in memory is
//! bounded.

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
pub use folder::{Folder, FolderFile};
pub use listing::Directory;
pub use node::{Entry, Fault, links};
pub use parts::parts;
pub use reader::{File, Leaf, Node, ReadError, find, leaves, open, read};
pub use writer::{Input, Sink, compare, write};

use crate::format::{DAG_CBOR, DAG_PB, cid_of, is_kept};

/// Bytes of a file in one chunk, which is one raw block. IPIP-499.
pub const CHUNK: u64 = 1 << 20;

/// Links in one node of a file, at most. IPIP-499.
const WIDTH: usize = 1024;

/// The largest block of a plain directory. A larger one is sharded. IPIP-499.
const DIRECTORY: usize = 256 << 10;

/// The largest block that is read. Bitswap carries this much, so other IPFS tools exchange nothing larger.
const BLOCK: usize = 2 << 20;

/// A link to a block of UnixFS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub cid: Cid,
    /// Bytes of all blocks at and below it, each counted as often as it is linked. It is a hint only, because
    /// anybody may have written it. If it was left out, it reads as 0.
    pub total: u64,
}

/// A new block, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its name.
    pub cid: Cid,
    /// Its bytes.
    pub bytes: Bytes,
    /// The chunk that it is. `None` for a node of files or folders.
    pub chunk: Option<Chunk>,
}

/// Which bytes of which file a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The index of the file.
    pub file: usize,
    /// The number of the chunk in that file.
    pub index: u64,
}

impl Block {
    /// Makes the DAG-PB block with these bytes.
    fn node(bytes: Bytes) -> Self {
        Self { cid: cid_of(DAG_PB, &bytes), bytes, chunk: None }
    }

    /// Makes the link to this block. The blocks below it have `below` bytes.
    fn link(&self, below: u64) -> Link {
        Link { cid: self.cid, total: self.bytes.len() as u64 + below }
    }
}

/// Whether a CID names a kind of block that this module reads: version 1, SHA2-256, raw or DAG-PB.
pub fn is_unixfs(cid: &Cid) -> bool {
    is_kept(cid) && cid.codec() != DAG_CBOR
}
