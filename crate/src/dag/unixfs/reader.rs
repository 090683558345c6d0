//! Reads byte ranges of files. Only the blocks of the range are fetched.

use std::{ops::Range, rc::Rc, vec};

use bytes::Bytes;
use cid::Cid;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{
    BLOCK, Directory, Fault, is_unixfs,
    node::{self, Contents, ParsedBlock, Part},
};
use crate::{
    dag::{Fetch, FetchError},
    format::RAW,
};

/// Chunks of one file that are wanted at once: 4 MiB with chunks of the profile, as for sealed files.
const WANTS: usize = 4;

/// Nodes on the way from a file to a chunk, at most. Four of the profile's nodes reach every size that a
/// number holds. Narrow or uneven trees of other tools need a few more.
const DEPTH: usize = 16;

/// Why something cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A block could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A block is malformed. Its maker is at fault.
    #[error("{cid} {fault}")]
    Refused {
        /// The block.
        cid: Cid,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl ReadError {
    pub(super) fn refused(cid: &Cid, fault: Fault) -> Self {
        Self::Refused { cid: *cid, fault }
    }
}

/// The target of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file.
    File(File),
    /// A directory.
    Directory(Directory),
}

/// A file whose first block is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    cid: Cid,
    contents: Contents,
}

impl File {
    /// Its length, as its maker claims. Reading fails if the claim is false.
    pub fn size(&self) -> u64 {
        self.contents.len
    }
}

/// A block that holds bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The block.
    pub cid: Cid,
    /// How many bytes of the file are in it. The blocks below it hold others.
    pub len: u64,
}

impl Node {
    /// Reads the first block of a file or directory.
    pub fn from_block(cid: &Cid, block: Bytes) -> Result<Self, Fault> {
        Ok(match parse(cid, block)? {
            ParsedBlock::File(contents) => Self::File(File { cid: *cid, contents }),
            ParsedBlock::Directory(entries) => Self::Directory(Directory::plain(entries)),
            ParsedBlock::Shard(shard) => Self::Directory(Directory::sharded(*cid, shard)),
        })
    }
}

/// Fetches the first block of a file or directory.
pub async fn open(fetch: &dyn Fetch, cid: &Cid) -> Result<Node, ReadError> {
    Node::from_block(cid, block(fetch, cid).await?).map_err(|fault| ReadError::refused(cid, fault))
}

/// Returns the block at `path` below `root`, or `None` if there is none. Directories may be plain or sharded.
///
/// An empty path is the root itself. Each part of the path fetches at most one block of each level.
pub async fn find(fetch: &dyn Fetch, root: &Cid, path: &str) -> Result<Option<Cid>, ReadError> {
    let mut cid = *root;
    for name in path.split('/').filter(|_| !path.is_empty()) {
        let Node::Directory(directory) = open(fetch, &cid).await? else { return Ok(None) };
        let Some(entry) = directory.find(fetch, name).await? else { return Ok(None) };
        cid = entry.link.cid;
    }
    Ok(Some(cid))
}

/// Streams the bytes of a file in `range`, cut off at its end, in pieces of at most one block.
///
/// Some chunks are fetched ahead of the reader. Every block that is fetched holds a byte of the range, or has
/// one below it.
///
/// # Cancel safety
///
/// Dropping the stream withdraws its wants.
pub fn read(
    fetch: Rc<dyn Fetch>,
    file: &File,
    range: Range<u64>,
) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
    pieces(Rc::clone(&fetch), file, range)
        .map_ok(move |piece| {
            let fetch = Rc::clone(&fetch);
            async move { piece.bytes(&*fetch).await }
        })
        .try_buffered(WANTS)
        .boxed_local()
}

/// Returns the blocks that hold the bytes of a file, in order. Raw blocks are named without being fetched.
pub fn leaves(fetch: Rc<dyn Fetch>, file: &File) -> LocalBoxStream<'static, Result<Leaf, ReadError>> {
    let leaves = pieces(fetch, file, 0..u64::MAX).map_ok(|piece| match piece {
        Piece::Here { of, bytes } => Leaf { cid: of, len: bytes.len() as u64 },
        Piece::There { part, .. } => Leaf { cid: part.link.cid, len: part.len },
    });
    leaves.boxed_local()
}

/// Streams where the bytes of a range are, in order.
fn pieces(
    fetch: Rc<dyn Fetch>,
    file: &File,
    range: Range<u64>,
) -> impl Stream<Item = Result<Piece, ReadError>> + use<> {
    let mut walk = Walk { fetch, range, here: None, way: Vec::new() };
    walk.enter(0, &file.cid, file.contents.clone());
    stream::try_unfold(walk, |mut walk| async move { Ok(walk.next().await?.map(|piece| (piece, walk))) })
}

/// Fetches and reads one block.
pub(super) async fn load(fetch: &dyn Fetch, cid: &Cid) -> Result<ParsedBlock, ReadError> {
    parse(cid, block(fetch, cid).await?).map_err(|fault| ReadError::refused(cid, fault))
}

/// Fetches a block, if this module can read its kind.
async fn block(fetch: &dyn Fetch, cid: &Cid) -> Result<Bytes, ReadError> {
    if !is_unixfs(cid) {
        return Err(ReadError::refused(cid, Fault::Foreign));
    }
    Ok(if cid.codec() == RAW { fetch.chunk(cid).await? } else { fetch.block(cid).await? })
}

/// Reads one block as the kind that its CID names.
pub(super) fn parse(cid: &Cid, block: Bytes) -> Result<ParsedBlock, Fault> {
    match cid.codec() {
        _ if !is_unixfs(cid) => Err(Fault::Foreign),
        RAW if block.len() > BLOCK => Err(Fault::TooLarge),
        RAW => Ok(ParsedBlock::File(block.into())),
        _ => node::parse(&block),
    }
}

/// A walk through a file's nodes.
struct Walk {
    fetch: Rc<dyn Fetch>,
    range: Range<u64>,
    /// The bytes of the range in the node that was entered last.
    here: Option<Piece>,
    /// What is still to come of the range, in the nodes from the file to the current position, each with its
    /// offset.
    way: Vec<vec::IntoIter<(u64, Part)>>,
}

/// Some bytes of the range.
enum Piece {
    /// Bytes inside a node.
    Here { of: Cid, bytes: Bytes },
    /// Bytes of a chunk.
    There { part: Part, within: Range<u64> },
}

impl Walk {
    /// Enters a node that starts at byte `at` of the file.
    fn enter(&mut self, mut at: u64, cid: &Cid, contents: Contents) {
        let within = self.within(at, contents.data.len() as u64);
        let bytes = Some(cut(&contents.data, &within)).filter(|bytes| !bytes.is_empty());
        self.here = bytes.map(|bytes| Piece::Here { of: *cid, bytes });
        at += contents.data.len() as u64;
        let mut parts = Vec::new();
        for part in contents.parts {
            if !self.within(at, part.len).is_empty() {
                parts.push((at, part));
            }
            at += part.len;
        }
        self.way.push(parts.into_iter());
    }

    async fn next(&mut self) -> Result<Option<Piece>, ReadError> {
        loop {
            if let Some(piece) = self.here.take() {
                return Ok(Some(piece));
            }
            let Some(parts) = self.way.last_mut() else { return Ok(None) };
            let Some((at, part)) = parts.next() else {
                self.way.pop();
                continue;
            };
            let cid = &part.link.cid;
            if cid.codec() == RAW {
                return Ok(Some(Piece::There { part, within: self.within(at, part.len) }));
            }
            if self.way.len() == DEPTH {
                return Err(ReadError::refused(cid, Fault::Depth));
            }
            match load(&*self.fetch, cid).await? {
                ParsedBlock::File(contents) if contents.len == part.len => self.enter(at, cid, contents),
                ParsedBlock::File(_) => return Err(ReadError::refused(cid, Fault::Size)),
                _ => return Err(ReadError::refused(cid, Fault::Kind("a file"))),
            }
        }
    }

    /// Returns which part of `len` bytes from byte `at` of the file is in the range, counted from `at`.
    fn within(&self, at: u64, len: u64) -> Range<u64> {
        let [start, end] = [self.range.start, self.range.end].map(|to| to.saturating_sub(at).min(len));
        start..end
    }
}

/// Returns the part of a block that lies in a range within it.
fn cut(block: &Bytes, within: &Range<u64>) -> Bytes {
    let at = |to: u64| usize::try_from(to).map_or(block.len(), |to| to.min(block.len()));
    block.slice(at(within.start)..at(within.end).max(at(within.start)))
}

impl Piece {
    async fn bytes(self, fetch: &dyn Fetch) -> Result<Bytes, ReadError> {
        match self {
            Self::Here { bytes, .. } => Ok(bytes),
            Self::There { part, within } => match load(fetch, &part.link.cid).await? {
                ParsedBlock::File(chunk) if chunk.len == part.len => Ok(cut(&chunk.data, &within)),
                _ => Err(ReadError::refused(&part.link.cid, Fault::Size)),
            },
        }
    }
}
