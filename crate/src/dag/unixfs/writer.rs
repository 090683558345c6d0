//! Writes files into blocks, in one pass.
//!
//! Reading, hashing and storing overlap, as for sealed files. Memory is bounded by [`READ_AHEAD`] chunks, two
//! batches and one node of each level of a file, for any number and size of files.

use std::cell::RefCell;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, TryStreamExt, stream};

use super::{Block, CHUNK, Chunk, Link, tree::Tree};
use crate::{
    dag::{
        Source, SourceError, WriteError,
        write::{READ_AHEAD, commit_all},
    },
    format::{RAW, cid_of},
    store::StoreError,
};

/// A file to be written.
pub struct Input<'a> {
    /// Its bytes.
    pub source: &'a dyn Source,
    /// The chunks from its beginning that are in the store already. They are not read again.
    pub known: Vec<Cid>,
}

/// Where blocks go.
#[async_trait(?Send)]
pub trait Sink {
    /// Stores a batch, wholly or not at all.
    ///
    /// Batches come one at a time, in the order of files and chunks. No block comes before those that it
    /// links to. Each batch has at most [`BATCH_BYTES`](crate::store::BATCH_BYTES) and one block more.
    async fn commit(&self, batch: Vec<Block>) -> Result<(), StoreError>;
}

/// Cuts, hashes and stores files. Returns the link to each, in order.
///
/// The same bytes give the same links as from any tool that follows the profile. Nodes are made again from
/// known chunks.
///
/// # Cancel safety
///
/// After the future is dropped, the store holds whole batches and nothing else.
pub async fn write(files: Vec<Input<'_>>, sink: &dyn Sink) -> Result<Vec<Link>, WriteError> {
    for (file, input) in files.iter().enumerate() {
        if input.known.len() as u64 > chunks(input.source.size()) {
            return Err(WriteError::Source { file, error: SourceError::Changed });
        }
    }
    let places = files.iter().enumerate().flat_map(|(file, input)| {
        let count = chunks(input.source.size());
        (0..count).map(move |index| Place { chunk: Chunk { file, index }, last: index + 1 == count, input })
    });
    let written = RefCell::new(Vec::with_capacity(files.len()));
    let mut tree = Tree::default();
    let blocks = stream::iter(places)
        .map(Place::read)
        .buffered(READ_AHEAD)
        .map_ok(|(place, read)| {
            let leaf = read.map(|bytes| place.block(bytes));
            let mut blocks = tree.push(place.link(leaf.as_ref()), place.len());
            if place.last {
                let (nodes, link) = std::mem::take(&mut tree).finish();
                blocks.extend(nodes);
                written.borrow_mut().push(link);
            }
            stream::iter(leaf.into_iter().chain(blocks).map(Ok))
        })
        .try_flatten();
    commit_all(blocks, |block| block.bytes.len(), async |batch| sink.commit(batch).await).await?;
    Ok(written.into_inner())
}

/// Returns how many of these chunks, from the first on, are those of a file. Stops at the first that is not.
///
/// # Cancel safety
///
/// Nothing changes, so the future may be dropped at any time.
pub async fn compare(source: &dyn Source, chunks: &[Cid]) -> Result<usize, SourceError> {
    let mut left = source.size();
    for (equal, chunk) in chunks.iter().enumerate() {
        let len = left.min(CHUNK);
        let bytes =
            source.read(source.size() - left, usize::try_from(len).expect("a chunk is small")).await?;
        if cid_of(RAW, &bytes) != *chunk {
            return Ok(equal);
        }
        left -= len;
    }
    Ok(chunks.len())
}

/// Chunks of a file. An empty file has one.
fn chunks(size: u64) -> u64 {
    size.div_ceil(CHUNK).max(1)
}

/// One chunk of one file.
struct Place<'a> {
    chunk: Chunk,
    /// Whether it is the last of its file.
    last: bool,
    input: &'a Input<'a>,
}

impl<'a> Place<'a> {
    /// Reads the chunk, unless it is known.
    async fn read(self) -> Result<(Place<'a>, Option<Bytes>), WriteError> {
        if self.known().is_some() {
            return Ok((self, None));
        }
        let len = usize::try_from(self.len()).expect("a chunk is small");
        let read = match len {
            0 => Ok(Bytes::new()),
            len => self.input.source.read(self.chunk.index * CHUNK, len).await,
        };
        let file = self.chunk.file;
        let bytes = read.map_err(|error| WriteError::Source { file, error })?;
        if bytes.len() != len {
            return Err(WriteError::Source { file, error: SourceError::Changed });
        }
        Ok((self, Some(bytes)))
    }

    fn block(&self, bytes: Bytes) -> Block {
        Block { cid: cid_of(RAW, &bytes), bytes, chunk: Some(self.chunk) }
    }

    /// Returns the link to the chunk, which is in `leaf` or known.
    fn link(&self, leaf: Option<&Block>) -> Link {
        let cid = leaf.map(|block| &block.cid).or_else(|| self.known());
        Link { cid: *cid.expect("a chunk is read if it is not known"), total: self.len() }
    }

    fn known(&self) -> Option<&'a Cid> {
        self.input.known.get(usize::try_from(self.chunk.index).ok()?)
    }

    /// How many bytes of the file are in this chunk.
    fn len(&self) -> u64 {
        (self.input.source.size() - self.chunk.index * CHUNK).min(CHUNK)
    }
}
