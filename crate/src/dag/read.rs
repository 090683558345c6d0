//! Reads byte ranges of files. Only the chunks of the range are fetched, several at once, and they are
//! returned in order.

use std::{ops::Range, rc::Rc};

use bytes::Bytes;
use cid::Cid;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{Fetch, FetchError, chunk_len, unixfs};
use crate::{
    crypto::block,
    format::{
        DecodeError, Fault, ReadError as FormatError, limits,
        manifest::{ChunkList, Chunks, Entry},
        node::{self, Pointer},
    },
};

/// Chunks of one file that are wanted at once: 4 MiB, which 80 MB/s deliver in 50 ms.
pub const WANTS: usize = 8;

/// Chunk references in each list but a file's last one.
const LIST: u64 = limits::NODE_ENTRIES as u64;

/// Why a part of a share cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A block could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A block is not what the maker of the share says it is.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A UnixFS block is malformed.
    #[error("{cid} {fault}")]
    Refused {
        /// The block.
        cid: Cid,
        /// What is wrong with it.
        fault: unixfs::Fault,
    },
}

impl From<unixfs::ReadError> for ReadError {
    fn from(error: unixfs::ReadError) -> Self {
        match error {
            unixfs::ReadError::Fetch(error) => Self::Fetch(error),
            unixfs::ReadError::Refused { cid, fault } => Self::Refused { cid, fault },
        }
    }
}

impl From<DecodeError> for ReadError {
    fn from(error: DecodeError) -> Self {
        Self::Format(error.into())
    }
}

/// Streams the bytes of a file in `range`, cut off at its end, in pieces of at most one chunk.
///
/// `chunk` is the manifest's chunk size. Up to [`WANTS`] chunks are fetched ahead of the reader.
///
/// # Cancel safety
///
/// Dropping the stream withdraws its wants.
pub fn read(
    fetch: Rc<dyn Fetch>,
    file: &Entry,
    chunk: u64,
    range: Range<u64>,
) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
    let size = file.size;
    let range = range.start..range.end.min(size);
    if range.is_empty() {
        return stream::empty().boxed_local();
    }
    let chunks = range.start / chunk..range.end.div_ceil(chunk);
    pointers(Rc::clone(&fetch), file, chunk, chunks)
        .map_ok(move |(index, pointer)| {
            let (fetch, range) = (Rc::clone(&fetch), range.clone());
            async move {
                let sealed = fetch.chunk(&pointer.cid).await?;
                let plaintext = open(&pointer, &sealed, size, chunk, index)?;
                let within =
                    |at: u64| usize::try_from(at.saturating_sub(index * chunk).min(chunk)).expect("small");
                Ok(plaintext.slice(within(range.start)..within(range.end)))
            }
        })
        .try_buffered(WANTS)
        .boxed_local()
}

/// Streams the pointers of a file's chunks with their numbers, as far as they lie in `chunks`. Lists are
/// fetched one at a time.
pub fn pointers(
    fetch: Rc<dyn Fetch>,
    file: &Entry,
    chunk: u64,
    chunks: Range<u64>,
) -> LocalBoxStream<'static, Result<(u64, Pointer), ReadError>> {
    if let Err(error) = file.check_count(chunk) {
        return stream::iter([Err(error.into())]).boxed_local();
    }
    let count = file.size.div_ceil(chunk);
    let chunks = chunks.start..chunks.end.min(count);
    match &file.chunks {
        Chunks::Inline(list) => stream::iter(numbered(list.clone(), 0, chunks)).map(Ok).boxed_local(),
        Chunks::Parts(parts) => {
            let touched = chunks.start / LIST..chunks.end.div_ceil(LIST);
            let parts: Vec<_> = (0..).zip(parts.clone()).filter(|(part, _)| touched.contains(part)).collect();
            stream::iter(parts)
                .then(move |(part, pointer)| {
                    let (fetch, first) = (Rc::clone(&fetch), part * LIST);
                    async move {
                        list(&*fetch, &pointer, (count - first).min(LIST)).await.map(|list| (first, list))
                    }
                })
                .map_ok(move |(first, list)| stream::iter(numbered(list, first, chunks.clone())).map(Ok))
                .try_flatten()
                .boxed_local()
        }
    }
}

/// Fetches and opens a list of chunks. It must have `len` entries.
async fn list(fetch: &dyn Fetch, pointer: &Pointer, len: u64) -> Result<Vec<Pointer>, ReadError> {
    let ChunkList(list) = node::open(pointer, &fetch.block(&pointer.cid).await?)?;
    if list.len() as u64 == len {
        Ok(list)
    } else {
        Err(DecodeError::at("chunks", Fault::Contradiction).into())
    }
}

/// Numbers the pointers of a list from `first` on, and drops those outside of `chunks`.
fn numbered(list: Vec<Pointer>, first: u64, chunks: Range<u64>) -> impl Iterator<Item = (u64, Pointer)> {
    (first..).zip(list).filter(move |(index, _)| chunks.contains(index))
}

/// Opens chunk number `index` of a file of `size` bytes, and removes the padding of the last chunk.
pub fn open(pointer: &Pointer, sealed: &[u8], size: u64, chunk: u64, index: u64) -> Result<Bytes, ReadError> {
    let mut plaintext = block::open(&pointer.key, sealed).map_err(FormatError::from)?;
    let filled = chunk_len(size, chunk, index);
    let len = usize::try_from(size.saturating_sub(index * chunk).min(chunk)).expect("a chunk is small");
    if plaintext.len() as u64 != filled || plaintext[len..].iter().any(|&byte| byte != 0) {
        return Err(DecodeError::at("chunk", Fault::Frame).into());
    }
    plaintext.truncate(len);
    Ok(plaintext.into())
}
