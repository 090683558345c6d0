//! The files of a share, both of a sealed share with a manifest and of a public folder.

use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{CHUNK, ReadError, Reader, Source, SourceError, read, unixfs};
use crate::crypto::block;
use crate::format::{RAW, cid_from_digest, limits, manifest::Entry, media};
use crate::platform;

/// Chunks of one file that are named, at most: as many as a sealed file has, which is 1 TiB in the UnixFS
/// profile.
const CHUNKS: usize = limits::NODE_ENTRIES * limits::NODE_ENTRIES;

/// The longest file of which all bytes are fetched before it is their turn.
const SMALL: u64 = CHUNK / 4;

/// How many of them at once: together they take as much memory as what is fetched ahead of one long file.
pub(super) const SMALL_AT_ONCE: usize = 4 * read::WANTS;

/// The bytes of a file, as they come.
pub type Bytestream = LocalBoxStream<'static, Result<Bytes, ReadError>>;

/// The files of a share.
#[derive(Clone)]
pub enum Contents {
    /// Sealed files, as the manifest lists them.
    Sealed(Rc<Reader>),
    /// Files in a UnixFS folder.
    Public(Rc<unixfs::Folder>),
}

/// A file of a share.
#[derive(Clone)]
pub enum File {
    /// A file of a manifest.
    Sealed(Rc<Reader>, Entry),
    /// A file of a folder.
    Public(Rc<unixfs::Folder>, unixfs::FolderFile),
    /// A folder in which there is nothing. Its path ends in `/`.
    Empty(String),
}

/// A block that holds bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The block.
    pub cid: Cid,
    /// How many bytes of the file it holds.
    pub bytes: u64,
    /// Its length in bytes.
    pub block: u64,
}

impl Contents {
    /// Returns the sum of the files' lengths, if their list says it. The sum is a claim of the share's maker.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Sealed(reader) => Some(reader.manifest().size),
            Self::Public(_) => None,
        }
    }

    /// The file at `path`.
    pub async fn find(&self, path: &str) -> Result<Option<File>, ReadError> {
        Ok(match self {
            Self::Sealed(reader) => {
                reader.find(path).await?.map(|entry| File::Sealed(Rc::clone(reader), entry))
            }
            Self::Public(folder) => {
                folder.find(path).await?.map(|file| File::Public(Rc::clone(folder), file))
            }
        })
    }

    /// Returns up to `limit` files after the one at `after`, or from the first file on.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<File>, ReadError> {
        match self {
            Self::Sealed(reader) => {
                let entries = reader.list(after, limit).await?;
                Ok(entries.into_iter().map(|entry| File::Sealed(Rc::clone(reader), entry)).collect())
            }
            Self::Public(folder) => {
                let files = folder.files(after).take(limit);
                files.map_ok(|file| File::Public(Rc::clone(folder), file)).err_into().try_collect().await
            }
        }
    }

    /// Streams all files, sorted by path: a manifest's by the bytes of the path, a folder's by one name of
    /// the path after the other.
    pub fn files(&self) -> LocalBoxStream<'static, Result<File, ReadError>> {
        match self {
            Self::Sealed(reader) => {
                let of = Rc::clone(reader);
                let entries = Rc::clone(reader).entries();
                entries.map_ok(move |entry| File::Sealed(Rc::clone(&of), entry)).boxed_local()
            }
            Self::Public(folder) => {
                let of = Rc::clone(folder);
                let files = folder.files(None).err_into();
                files.map_ok(move |file| File::Public(Rc::clone(&of), file)).boxed_local()
            }
        }
    }

    /// Streams all files, and the folders in which there is nothing, for who writes them somewhere.
    pub fn files_and_folders(&self) -> LocalBoxStream<'static, Result<File, ReadError>> {
        match self {
            Self::Sealed(reader) => {
                let empty: Vec<_> =
                    reader.manifest().folders().iter().map(|path| format!("{path}/")).collect();
                let empty = empty.into_iter().map(|path| Ok(File::Empty(path)));
                self.files().chain(stream::iter(empty)).boxed_local()
            }
            Self::Public(folder) => {
                let of = Rc::clone(folder);
                let file = move |file: unixfs::FolderFile| match file.path.ends_with('/') {
                    true => File::Empty(file.path),
                    false => File::Public(Rc::clone(&of), file),
                };
                folder.files_and_folders().map_ok(file).err_into().boxed_local()
            }
        }
    }
}

impl File {
    /// The path in the share. It is relative and keeps the rules of
    /// [`path::check`](crate::format::path::check), but for the `/` at the end of a folder.
    pub fn path(&self) -> &str {
        match self {
            Self::Empty(path) => path,
            Self::Sealed(_, entry) => &entry.path,
            Self::Public(_, file) => &file.path,
        }
    }

    /// The length in bytes, as its maker claims. Reading fails if the claim is false.
    pub fn size(&self) -> u64 {
        match self {
            Self::Sealed(_, entry) => entry.size,
            Self::Public(_, file) => file.size,
            Self::Empty(_) => 0,
        }
    }

    /// The media type. It is a claim; UnixFS has none, so there it follows from the name.
    pub fn media_type(&self) -> &str {
        match self {
            Self::Sealed(_, entry) => &entry.media_type,
            Self::Public(_, file) => media::of_name(&file.path),
            Self::Empty(_) => "",
        }
    }

    /// When it was last changed, in milliseconds since 1970.
    pub fn modified(&self) -> Option<u64> {
        match self {
            Self::Sealed(_, entry) => entry.modified,
            Self::Public(..) | Self::Empty(_) => None,
        }
    }

    /// A small picture of it.
    pub async fn preview(&self) -> Result<Option<Bytes>, ReadError> {
        match self {
            Self::Sealed(reader, entry) => reader.preview(entry).await,
            Self::Public(..) | Self::Empty(_) => Ok(None),
        }
    }

    /// Returns the blocks that hold its bytes, in order. Each takes some 100 bytes of memory. The blocks are
    /// not fetched, only the lists of them.
    pub async fn chunks(&self) -> Result<Vec<Chunk>, ReadError> {
        match self {
            Self::Sealed(reader, entry) => {
                let sizes = reader.chunk_sizes(entry).zip(reader.block_sizes(entry));
                let chunks = reader.chunks(entry).await?.into_iter().zip(sizes);
                Ok(chunks.map(|(chunk, (bytes, block))| Chunk { cid: chunk.cid, bytes, block }).collect())
            }
            Self::Public(folder, file) => {
                let chunk = |leaf: unixfs::Leaf| Chunk { cid: leaf.cid, bytes: leaf.len, block: leaf.len };
                let chunks: Vec<_> = folder.leaves(file).take(CHUNKS + 1).map_ok(chunk).try_collect().await?;
                if chunks.len() > CHUNKS {
                    return Err(ReadError::Refused { cid: file.cid, fault: unixfs::Fault::Many });
                }
                Ok(chunks)
            }
            Self::Empty(_) => Ok(Vec::new()),
        }
    }

    /// Whether a file outside has exactly these bytes.
    ///
    /// Its chunks are sealed and hashed as the maker of the share did. So no chunk is fetched, but for one that its
    /// maker did not cut as we do. A file that cannot be read has other bytes.
    pub async fn equals(&self, other: &dyn Source) -> Result<bool, ReadError> {
        if other.size() != self.size() {
            return Ok(false);
        }
        let compared = match self {
            Self::Sealed(reader, entry) => {
                let chunks = reader.chunks(entry).await?.into_iter().zip(reader.chunk_sizes(entry));
                let filled = reader.block_sizes(entry).map(|block| block - block::OVERHEAD as u64);
                let mut at = 0;
                let mut all = Ok(true);
                for ((pointer, len), filled) in chunks.zip(filled) {
                    let same = same_chunk(other, at, len, pointer.cid, |bytes| {
                        let mut plaintext = bytes.to_vec();
                        plaintext.resize(filled as usize, 0);
                        block::reseal(&pointer.key, &plaintext).into()
                    });
                    all = same.await;
                    if all != Ok(true) {
                        break;
                    }
                    at += len;
                }
                all
            }
            Self::Public(folder, file) => {
                let mut leaves = folder.leaves(file);
                let mut at = 0;
                loop {
                    let Some(leaf) = leaves.try_next().await? else { break Ok(at == self.size()) };
                    let same = if leaf.cid.codec() == RAW {
                        same_chunk(other, at, leaf.len, leaf.cid, |bytes| bytes).await
                    } else {
                        let own: Vec<_> = folder.read(file, at, leaf.len).try_collect().await?;
                        read_exactly(other, at, leaf.len).await.map(|bytes| bytes == own.concat())
                    };
                    if same != Ok(true) {
                        break same;
                    }
                    at += leaf.len;
                }
            }
            Self::Empty(_) => Ok(false),
        };
        Ok(compared.unwrap_or(false))
    }

    /// Streams up to `len` of its bytes from `offset` on. Blocks are fetched as the stream is read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream withdraws its wants.
    pub fn read(&self, offset: u64, len: u64) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
        match self {
            Self::Sealed(reader, entry) => reader.read(entry, offset, len),
            Self::Public(folder, file) => folder.read(file, offset, len).err_into().boxed_local(),
            Self::Empty(_) => stream::empty().boxed_local(),
        }
    }
}

/// Streams files with their bytes, in order, for who reads all of them.
///
/// Small files are fetched ahead: in a folder of thousands, the reader would else wait once for each until an answer has
/// come from far away.
pub fn with_bytes(
    files: impl Stream<Item = Result<File, ReadError>> + 'static,
) -> impl Stream<Item = Result<(File, Bytestream), ReadError>> {
    let read = |file: File| async move {
        let bytes = file.read(0, file.size());
        if file.size() > SMALL {
            return Ok((file, bytes));
        }
        let pieces: Vec<_> = bytes.map_ok(Ok).try_collect().await?;
        Ok((file, stream::iter(pieces).boxed_local()))
    };
    files.map_ok(read).try_buffered(SMALL_AT_ONCE)
}

/// Whether these bytes of a file outside are in the block of this name, which `sealed` makes of them.
async fn same_chunk(
    other: &dyn Source,
    at: u64,
    len: u64,
    cid: Cid,
    sealed: impl FnOnce(Bytes) -> Bytes,
) -> Result<bool, SourceError> {
    let block = sealed(read_exactly(other, at, len).await?);
    Ok(cid_from_digest(cid.codec(), &platform::sha256(&block).await) == cid)
}

async fn read_exactly(other: &dyn Source, at: u64, len: u64) -> Result<Bytes, SourceError> {
    let len = usize::try_from(len).map_err(|_| SourceError::Changed)?;
    let bytes = other.read(at, len).await?;
    if bytes.len() == len { Ok(bytes) } else { Err(SourceError::Changed) }
}
