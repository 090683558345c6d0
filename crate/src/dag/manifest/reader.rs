//! Lists and finds files of a share. Only the nodes on the way to them are opened.

use std::{cell::RefCell, num::NonZeroUsize, rc::Rc};

use bytes::Bytes;
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    future::LocalBoxFuture,
    stream::{self, LocalBoxStream},
};
use lru::LruCache;

use super::super::{
    Fetch, chunk_len,
    read::{self, ReadError},
};
use crate::{
    crypto::{block, sign::VerifyingKey},
    format::{
        Cid, DecodeError, Fault, limits,
        manifest::{Branch, Entry, Listing, Manifest, Preview},
        node::{self, Pointer},
    },
};

/// Opened nodes that are kept, some 2 MiB, so that going through a list opens each once.
const NODES: NonZeroUsize = NonZeroUsize::new(8).expect("8 is not 0");

/// Entries that a stream of all files looks up at once.
const PAGE: usize = 256;

/// An open manifest with a verified signature.
pub struct Reader {
    fetch: Rc<dyn Fetch>,
    manifest: Manifest,
    maker: VerifyingKey,
    nodes: RefCell<LruCache<Cid, Rc<Listing>>>,
}

impl Reader {
    /// Fetches, opens and checks a manifest. If `maker` is given, that identity must have signed it.
    pub async fn open(
        fetch: Rc<dyn Fetch>,
        pointer: &Pointer,
        maker: Option<&VerifyingKey>,
    ) -> Result<Self, ReadError> {
        let block = fetch.block(&pointer.cid).await?;
        let verified = Manifest::open(pointer, &block, maker)?;
        let nodes = RefCell::new(LruCache::new(NODES));
        Ok(Self { fetch, manifest: verified.object, maker: verified.signer, nodes })
    }

    /// Returns the manifest: its share, and the number of files and bytes. These totals are a claim of its
    /// maker.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Who signed the manifest.
    pub fn maker(&self) -> &VerifyingKey {
        &self.maker
    }

    /// Returns where its blocks come from.
    pub fn fetch(&self) -> Rc<dyn Fetch> {
        Rc::clone(&self.fetch)
    }

    /// The file at `path`.
    pub async fn find(&self, path: &str) -> Result<Option<Entry>, ReadError> {
        let entry = self.from(path, 1).await?.pop();
        Ok(entry.filter(|entry| entry.path == path))
    }

    /// Returns up to `limit` files whose paths sort after `after`, or from the first file on.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<Entry>, ReadError> {
        // The next string after a path is the path with a zero byte, which no path contains.
        let from = after.map_or(String::new(), |after| format!("{after}\0"));
        self.from(&from, limit).await
    }

    /// Returns the chunks of a file, in order. Each takes some 100 bytes of memory.
    pub async fn chunks(&self, file: &Entry) -> Result<Vec<Pointer>, ReadError> {
        let pointers = read::pointers(self.fetch(), file, self.manifest.chunk, 0..u64::MAX);
        pointers.map_ok(|(_, pointer)| pointer).try_collect().await
    }

    /// Bytes of a file in each of its chunks, in order.
    pub fn chunk_sizes(&self, file: &Entry) -> impl Iterator<Item = u64> + use<> {
        let (size, chunk) = (file.size, self.manifest.chunk);
        (0..size.div_ceil(chunk)).map(move |index| chunk.min(size - index * chunk))
    }

    /// Bytes of the block of each chunk of a file, in order.
    pub fn block_sizes(&self, file: &Entry) -> impl Iterator<Item = u64> + use<> {
        let (size, chunk) = (file.size, self.manifest.chunk);
        (0..size.div_ceil(chunk)).map(move |index| chunk_len(size, chunk, index) + block::OVERHEAD as u64)
    }

    /// The preview of a file.
    pub async fn preview(&self, file: &Entry) -> Result<Option<Bytes>, ReadError> {
        let Some(pointer) = &file.preview else { return Ok(None) };
        let Preview(picture) = node::open(pointer, &self.fetch.block(&pointer.cid).await?)?;
        Ok(Some(picture))
    }

    /// Streams up to `len` bytes of a file from `offset` on; see [`read`](read::read).
    pub fn read(
        &self,
        file: &Entry,
        offset: u64,
        len: u64,
    ) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
        read::read(self.fetch(), file, self.manifest.chunk, offset..offset.saturating_add(len))
    }

    /// All files, sorted by path.
    pub fn entries(self: Rc<Self>) -> LocalBoxStream<'static, Result<Entry, ReadError>> {
        let pages = stream::try_unfold((self, None::<String>), |(reader, after)| async move {
            let page = reader.list(after.as_deref(), PAGE).await?;
            let last = page.last().map(|entry| entry.path.clone());
            Ok::<_, ReadError>(last.map(|last| (stream::iter(page).map(Ok), (reader, Some(last)))))
        });
        pages.try_flatten().boxed_local()
    }

    /// Returns up to `limit` files from path `from` on.
    async fn from(&self, from: &str, limit: usize) -> Result<Vec<Entry>, ReadError> {
        let mut found = Vec::new();
        self.collect(&self.manifest.listing, 1, from, limit, &mut found).await?;
        Ok(found)
    }

    /// Adds the entries at and below a listing, until there are `limit`.
    fn collect<'a>(
        &'a self,
        listing: &'a Listing,
        depth: usize,
        from: &'a str,
        limit: usize,
        found: &'a mut Vec<Entry>,
    ) -> LocalBoxFuture<'a, Result<(), ReadError>> {
        async move {
            match listing {
                Listing::Entries(entries) => {
                    let start = entries.partition_point(|entry| entry.path.as_str() < from);
                    for entry in entries.iter().skip(start).take(limit - found.len()) {
                        entry.check_count(self.manifest.chunk)?;
                        found.push(entry.clone());
                    }
                }
                Listing::Index(_) if depth == limits::MANIFEST_DEPTH => {
                    return Err(DecodeError::at("index", Fault::TooLong(limits::MANIFEST_DEPTH)).into());
                }
                Listing::Index(index) => {
                    // The last branch that starts at or before the path, or the first branch if all start
                    // later.
                    let start =
                        index.partition_point(|branch| branch.first.as_str() <= from).saturating_sub(1);
                    for (number, branch) in index.iter().enumerate().skip(start) {
                        if found.len() == limit {
                            break;
                        }
                        let below = self.node(branch, index.get(number + 1)).await?;
                        self.collect(&below, depth + 1, from, limit, found).await?;
                    }
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    /// Opens the node of a branch, and checks that it lies between this branch and the next one.
    async fn node(&self, branch: &Branch, next: Option<&Branch>) -> Result<Rc<Listing>, ReadError> {
        let kept = self.nodes.borrow_mut().get(&branch.node.cid).cloned();
        let listing = match kept {
            Some(listing) => listing,
            None => {
                let block = self.fetch.block(&branch.node.cid).await?;
                let listing = Rc::new(node::open::<Listing>(&branch.node, &block)?);
                self.nodes.borrow_mut().put(branch.node.cid, Rc::clone(&listing));
                listing
            }
        };
        listing.check_under(branch, next)?;
        Ok(listing)
    }
}
