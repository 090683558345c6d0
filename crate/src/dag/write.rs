//! Writes files into sealed blocks, in one pass.
//!
//! Reading, sealing, hashing and storing overlap. Some chunks are read ahead, some blocks are hashed while
//! the next one is sealed, and a full batch is committed while the next one is made. Memory is bounded by
//! [`READ_AHEAD`] chunks, [`HASHED_AT_ONCE`] blocks and two batches, for any number and size of files.

use std::cell::RefCell;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{CHUNK, Source, SourceError, chunk_len};
use crate::{
    crypto::block,
    format::{RAW, cid_from_digest, node::Pointer},
    platform,
    store::{BATCH_BLOCKS, BATCH_BYTES, StoreError},
};

/// Chunks that are read ahead, so that nothing waits for the file to answer.
pub const READ_AHEAD: usize = 4;

/// Blocks that are hashed at once. A browser hashes in threads of its own.
pub const HASHED_AT_ONCE: usize = 3;

/// A file to be written.
pub struct File<'a> {
    /// Its bytes.
    pub source: &'a dyn Source,
    /// The chunks from its beginning that are in the store already, under the same secret. They are not read
    /// again.
    pub known: Vec<Pointer>,
}

/// A sealed chunk.
#[derive(Clone, Debug)]
pub struct SealedChunk {
    /// The index of its file.
    pub file: usize,
    /// Its number in that file.
    pub index: u64,
    /// How many bytes of the file it holds.
    pub len: u64,
    /// How to find and open it.
    pub pointer: Pointer,
    /// The block itself.
    pub block: Bytes,
}

/// Where sealed chunks go.
#[async_trait(?Send)]
pub trait Sink {
    /// Stores a batch, wholly or not at all.
    ///
    /// Batches come one at a time, in the order of files and chunks, so what is stored of a file is always
    /// its beginning. Each has at most [`BATCH_BYTES`] and one chunk more.
    async fn commit(&self, batch: Vec<SealedChunk>) -> Result<(), StoreError>;
}

/// Why files could not be written. What was committed before stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A file could not be read.
    #[error("{error}")]
    Source {
        /// The index of the file.
        file: usize,
        /// What happened.
        error: SourceError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cuts, seals and stores files. Returns the chunks of each file in order, with those that were known
/// already.
///
/// `secret` is the author's chunk secret, or a random one for a share that must not be linkable to others.
/// The same bytes under the same secret give the same blocks.
///
/// # Cancel safety
///
/// After the future is dropped, the store holds whole batches and nothing else.
pub async fn write(
    files: Vec<File<'_>>,
    secret: &[u8; 32],
    sink: &dyn Sink,
) -> Result<Vec<Vec<Pointer>>, WriteError> {
    let mut written = Vec::with_capacity(files.len());
    let mut sources = Vec::with_capacity(files.len());
    for (file, File { source, known }) in files.into_iter().enumerate() {
        let (size, first) = (source.size(), known.len() as u64);
        if first > size.div_ceil(CHUNK) {
            return Err(WriteError::Source { file, error: SourceError::Changed });
        }
        sources.push((source, first..size.div_ceil(CHUNK)));
        written.push(known);
    }
    let places = sources.iter().enumerate().flat_map(|(file, (source, missing))| {
        missing.clone().map(move |index| Place { file, index, source: *source })
    });
    let sealed = stream::iter(places)
        .map(Place::read)
        .buffered(READ_AHEAD)
        .map_ok(|(place, plaintext)| async move { Ok(place.seal(secret, plaintext).await) })
        .try_buffered(HASHED_AT_ONCE);
    let written = RefCell::new(written);
    commit_all(
        sealed,
        |sealed| sealed.block.len(),
        async |batch: Vec<SealedChunk>| {
            let pointers: Vec<_> = batch.iter().map(|sealed| (sealed.file, sealed.pointer.clone())).collect();
            sink.commit(batch).await?;
            for (file, pointer) in pointers {
                written.borrow_mut()[file].push(pointer);
            }
            Ok(())
        },
    )
    .await?;
    Ok(written.into_inner())
}

/// Gathers blocks into batches of one transaction each, and commits a batch while the next one is made.
pub(super) async fn commit_all<T>(
    made: impl Stream<Item = Result<T, WriteError>>,
    len: fn(&T) -> usize,
    commit: impl AsyncFn(Vec<T>) -> Result<(), StoreError>,
) -> Result<(), WriteError> {
    let mut batches = batches(made, len);
    let mut next = batches.try_next().await?;
    while let Some(batch) = next {
        let (committed, made) = futures::join!(commit(batch), batches.try_next());
        committed?;
        next = made?;
    }
    Ok(())
}

/// Returns how many of these chunks, from the first on, are those of a file. Stops at the first that is not.
///
/// `secret` is the one under which the chunks were sealed. The file is read that far, and nothing is stored.
///
/// # Cancel safety
///
/// Nothing changes, so the future may be dropped at any time.
pub async fn compare(
    source: &dyn Source,
    chunks: &[Pointer],
    secret: &[u8; 32],
) -> Result<usize, SourceError> {
    let count = source.size().div_ceil(CHUNK).min(chunks.len() as u64);
    let places = (0..count).map(|index| Place { file: 0, index, source });
    let read = stream::iter(places).map(Place::read).buffered(READ_AHEAD);
    let sealed = read.map_ok(|(place, plaintext)| async move { Ok(place.seal(secret, plaintext).await) });
    let mut sealed = Box::pin(sealed.try_buffered(HASHED_AT_ONCE));
    let mut equal = 0;
    for chunk in chunks {
        match sealed.try_next().await {
            Ok(Some(sealed)) if sealed.pointer.cid == chunk.cid => equal += 1,
            Ok(_) => break,
            Err(WriteError::Source { error, .. }) => return Err(error),
            Err(WriteError::Store(_)) => unreachable!("nothing is stored"),
        }
    }
    Ok(equal)
}

/// One chunk of one file.
struct Place<'a> {
    file: usize,
    index: u64,
    source: &'a dyn Source,
}

impl<'a> Place<'a> {
    /// Reads the chunk, and pads it if it is the last one.
    async fn read(self) -> Result<(Place<'a>, Bytes), WriteError> {
        let len = usize::try_from(self.len()).expect("a chunk is small");
        let filled =
            usize::try_from(chunk_len(self.source.size(), CHUNK, self.index)).expect("a chunk is small");
        let file = self.file;
        let read = self.source.read(self.index * CHUNK, len).await;
        let mut bytes = read.map_err(|error| WriteError::Source { file, error })?;
        if bytes.len() != len {
            return Err(WriteError::Source { file, error: SourceError::Changed });
        }
        if filled > len {
            let mut longer = BytesMut::from(bytes);
            longer.resize(filled, 0);
            bytes = longer.freeze();
        }
        Ok((self, bytes))
    }

    async fn seal(self, secret: &[u8; 32], plaintext: Bytes) -> SealedChunk {
        let (key, sealed) = block::seal(secret, &plaintext);
        drop(plaintext);
        let pointer = Pointer { cid: cid_from_digest(RAW, &platform::sha256(&sealed).await), key };
        SealedChunk { file: self.file, index: self.index, len: self.len(), pointer, block: sealed.into() }
    }

    /// How many bytes of the file are in this chunk.
    fn len(&self) -> u64 {
        (self.source.size() - self.index * CHUNK).min(CHUNK)
    }
}

/// Splits what was made into transactions.
fn batches<'a, T: 'a>(
    made: impl Stream<Item = Result<T, WriteError>> + 'a,
    len: fn(&T) -> usize,
) -> LocalBoxStream<'a, Result<Vec<T>, WriteError>> {
    let batches = stream::try_unfold(Box::pin(made), move |mut made| async move {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES && batch.len() < BATCH_BLOCKS {
            let Some(next) = made.try_next().await? else { break };
            bytes += len(&next);
            batch.push(next);
        }
        Ok(if batch.is_empty() { None } else { Some((batch, made)) })
    });
    batches.boxed_local()
}
