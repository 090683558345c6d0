//! What is in a share, whether its files are sealed under a manifest or lie in a folder that everybody may read.

use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, TryStreamExt, stream::LocalBoxStream};

use super::{ReadError, Reader, unixfs};
use crate::format::{limits, manifest::Entry, media};

/// Chunks of one file that are named at most: as many as a sealed file has, which is 1 TiB of the profile's.
const CHUNKS: usize = limits::NODE_ENTRIES * limits::NODE_ENTRIES;

/// The files of a share.
#[derive(Clone)]
pub enum Contents {
    /// Sealed, as the manifest lists them.
    Sealed(Rc<Reader>),
    /// In a UnixFS folder.
    Public(Rc<unixfs::Folder>),
}

/// A file of a share.
#[derive(Clone)]
pub enum File {
    /// Of a manifest.
    Sealed(Rc<Reader>, Entry),
    /// Of a folder.
    Public(Rc<unixfs::Folder>, unixfs::Listed),
}

/// A block with bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The block.
    pub cid: Cid,
    /// Bytes of the file in it.
    pub bytes: u64,
    /// How long it is.
    pub block: u64,
}

impl Contents {
    /// The sum of the files' lengths, where their list says it: the claim of whoever made it.
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

    /// Up to `limit` files that come after the one at `after`, or from the first one on.
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

    /// All files, sorted by path: those of a manifest by its bytes, those of a folder by one name after the other.
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
}

impl File {
    /// Where in the share: relative, by the rules of [`path::check`](crate::format::path::check).
    pub fn path(&self) -> &str {
        match self {
            Self::Sealed(_, entry) => &entry.path,
            Self::Public(_, file) => &file.path,
        }
    }

    /// Its length; reading fails if it is not true.
    pub fn size(&self) -> u64 {
        match self {
            Self::Sealed(_, entry) => entry.size,
            Self::Public(_, file) => file.size,
        }
    }

    /// Its media type: a claim, or what its name says where UnixFS has none.
    pub fn media_type(&self) -> &str {
        match self {
            Self::Sealed(_, entry) => &entry.media_type,
            Self::Public(_, file) => media::of_name(&file.path),
        }
    }

    /// When it was last changed, in milliseconds since 1970.
    pub fn modified(&self) -> Option<u64> {
        match self {
            Self::Sealed(_, entry) => entry.modified,
            Self::Public(..) => None,
        }
    }

    /// A small picture of it.
    pub async fn preview(&self) -> Result<Option<Bytes>, ReadError> {
        match self {
            Self::Sealed(reader, entry) => reader.preview(entry).await,
            Self::Public(..) => Ok(None),
        }
    }

    /// The blocks in which its bytes are, in order: some 100 bytes in memory for each. None of them is fetched, but
    /// the lists of them are.
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
        }
    }

    /// Up to `len` of its bytes from `offset` on, fetched as they are taken.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream withdraws its wants.
    pub fn read(&self, offset: u64, len: u64) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
        match self {
            Self::Sealed(reader, entry) => reader.read(entry, offset, len),
            Self::Public(folder, file) => folder.read(file, offset, len).err_into().boxed_local(),
        }
    }
}
