//! What the parts of `dag` do together, over a store in memory.

mod archive;
mod lists;
mod ranges;
mod sealing;
mod walking;

use std::{cell::RefCell, ops::Range, rc::Rc, sync::LazyLock};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::TryStreamExt;
use zeroize::Zeroizing;

use super::{
    write::{File, SealedChunk, Sink},
    *,
};
use crate::{
    crypto::sign::SigningKey,
    format::{
        manifest::{Chunks, Entry, Kind},
        node::Pointer,
        share_id::InnerId,
    },
    store::{Databases, Store, StoreError, Table, Write, memory},
};

const SECRET: [u8; 32] = [7; 32];

/// A file whose bytes follow from their position, so it needs no memory. Counts what is read from it.
pub(super) struct Pattern {
    size: u64,
    read: RefCell<Vec<Range<u64>>>,
}

impl Pattern {
    pub(super) fn new(size: u64) -> Self {
        Self { size, read: RefCell::default() }
    }

    pub(super) fn bytes(range: Range<u64>) -> Vec<u8> {
        /// A prime, so that no two chunks are equal.
        const PERIOD: u64 = 65_521;
        static ONCE: LazyLock<Vec<u8>> = LazyLock::new(|| crate::store::cases::sample(0, PERIOD as usize).1);
        let mut bytes = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let rest = &ONCE[(at % PERIOD) as usize..];
            let piece = &rest[..rest.len().min((range.end - at) as usize)];
            bytes.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        bytes
    }

    pub(super) fn reads(&self) -> usize {
        self.read.borrow().len()
    }
}

#[async_trait(?Send)]
impl Source for Pattern {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let range = offset..offset + len as u64;
        assert!(range.end <= self.size, "{range:?} is past the end of {}", self.size);
        self.read.borrow_mut().push(range.clone());
        // Answer a little later, as a browser does.
        tokio::task::yield_now().await;
        Ok(Self::bytes(range).into())
    }
}

/// Commits each batch with a row that names what is in it, as the engine does.
struct Batches {
    store: Rc<dyn Store>,
    batches: RefCell<Vec<Vec<(usize, u64, u64)>>>,
}

impl Batches {
    fn new(store: &Rc<dyn Store>) -> Self {
        Self { store: Rc::clone(store), batches: RefCell::default() }
    }
}

#[async_trait(?Send)]
impl Sink for Batches {
    async fn commit(&self, batch: Vec<SealedChunk>) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        let mut write = Write::relaxed();
        for chunk in &batch {
            let key = format!("{:05}/{:05}", chunk.file, chunk.index);
            write = write.put(
                Table::Drafts,
                key,
                [&chunk.pointer.cid.to_bytes()[..], chunk.pointer.key.as_bytes()].concat(),
            );
        }
        self.batches
            .borrow_mut()
            .push(batch.iter().map(|chunk| (chunk.file, chunk.index, chunk.len)).collect());
        write.blocks = batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect();
        self.store.commit(write).await
    }
}

/// Fetches from a store and records what was fetched.
pub(super) struct Counted {
    store: Rc<dyn Store>,
    asked: RefCell<Vec<Cid>>,
}

#[async_trait(?Send)]
impl Fetch for Counted {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.asked.borrow_mut().push(*cid);
        tokio::task::yield_now().await;
        StoreFetch(crate::store::blocks_of(Rc::clone(&self.store))).block(cid).await
    }
}

impl Counted {
    pub(super) fn new(store: &Rc<dyn Store>) -> Rc<Self> {
        Rc::new(Self { store: Rc::clone(store), asked: RefCell::default() })
    }

    pub(super) fn take(&self) -> Vec<Cid> {
        self.asked.take()
    }
}

pub(super) async fn store() -> Rc<dyn Store> {
    memory::Disk::new().lead().open("one").await.unwrap()
}

async fn write_all(store: &Rc<dyn Store>, files: &[&Pattern]) -> Vec<Vec<Pointer>> {
    let files = files.iter().map(|source| File { source: *source, known: vec![] }).collect();
    write(files, &SECRET, &Batches::new(store)).await.unwrap()
}

fn entry(size: u64, chunks: Vec<Pointer>) -> Entry {
    let chunks = Chunks::Inline(chunks);
    Entry { path: "a".to_owned(), size, media_type: String::new(), modified: None, preview: None, chunks }
}

fn new_file(path: &str, size: u64, chunks: Vec<Pointer>) -> manifest::NewFile {
    let (media_type, modified, preview) = ("image/jpeg".to_owned(), Some(1), None);
    manifest::NewFile { path: path.to_owned(), size, media_type, modified, preview, chunks }
}

fn writer() -> Writer {
    Writer::new(Zeroizing::new([9; 32]), CHUNK)
}

fn maker() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

/// Finishes a manifest, stores its blocks, and opens it over a fetch that counts.
async fn opened(store: &Rc<dyn Store>, writer: Writer) -> (Rc<Counted>, Rc<Reader>, Pointer) {
    let (pointer, blocks) = writer.finish(&maker(), InnerId([1; 16]), Kind::Contacts).unwrap();
    store.commit(Write { blocks, ..Write::relaxed() }).await.unwrap();
    let fetch = Counted::new(store);
    let reader = Reader::open(fetch.clone(), &pointer, Some(&maker().verifying_key())).await.unwrap();
    (fetch, Rc::new(reader), pointer)
}

async fn contents(store: &Rc<dyn Store>, file: &Entry, range: Range<u64>) -> Vec<u8> {
    let pieces: Vec<Bytes> =
        read(Rc::new(StoreFetch(store.clone())), file, CHUNK, range).try_collect().await.unwrap();
    pieces.concat()
}
