//! What the parts of `dag` do together, over a store in memory.

use std::{cell::RefCell, collections::BTreeSet, ops::Range, rc::Rc, sync::LazyLock};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::{FutureExt, StreamExt, TryStreamExt};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{
    write::{File, HASHED_AT_ONCE, READ_AHEAD, Sealed, Sink, WriteError},
    *,
};
use crate::{
    crypto::sign::SigningKey,
    format::{
        DAG_CBOR, limits,
        manifest::{Chunks, Entry, Kind},
        node::Pointer,
        share_id::InnerId,
    },
    store::{BATCH_BLOCKS, BATCH_BYTES, Databases, Store, StoreError, Table, Write, memory},
};

const SECRET: [u8; 32] = [7; 32];

/// A file whose bytes follow from their place, so that none is needed in memory; counts what is read of it.
pub(super) struct Pattern {
    size: u64,
    read: RefCell<Vec<Range<u64>>>,
}

impl Pattern {
    pub(super) fn new(size: u64) -> Self {
        Self { size, read: RefCell::default() }
    }

    pub(super) fn bytes(range: Range<u64>) -> Vec<u8> {
        /// A prime, so that no two chunks are alike.
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
        // Answers a little later, as a browser does.
        tokio::task::yield_now().await;
        Ok(Self::bytes(range).into())
    }
}

/// Commits each batch with a row of what it holds, as the engine does.
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
    async fn commit(&self, batch: Vec<Sealed>) -> Result<(), StoreError> {
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

/// Fetches from a store and notes what.
pub(super) struct Counted {
    store: Rc<dyn Store>,
    asked: RefCell<Vec<Cid>>,
}

#[async_trait(?Send)]
impl Fetch for Counted {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.asked.borrow_mut().push(*cid);
        tokio::task::yield_now().await;
        Stored(Rc::clone(&self.store)).block(cid).await
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
        read(Rc::new(Stored(store.clone())), file, CHUNK, range).try_collect().await.unwrap();
    pieces.concat()
}

#[test]
fn a_file_is_filled_to_hide_its_length_but_never_by_a_chunk() {
    let cases = [(0, 0), (1, 1024), (1024, 1024), (1025, 1088), (CHUNK - 1, CHUNK), (CHUNK, CHUNK)];
    for (size, expected) in cases {
        assert_eq!(padded(size, CHUNK), expected, "{size}");
    }
    // Padmé of CHUNK + 1 lies within its second chunk, that of 41 chunks and a byte would be past it.
    assert_eq!(padded(CHUNK + 1, CHUNK), CHUNK + CHUNK / 32);
    assert_eq!(padded(41 * CHUNK - 1, CHUNK), 41 * CHUNK);
}

proptest! {
    // Each case seals up to a megabyte.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(8)))]

    #[test]
    fn the_filled_length_holds_the_file_in_as_many_chunks(size in 0u64..1 << 40) {
        let filled = padded(size, CHUNK);
        prop_assert!(filled >= size);
        prop_assert_eq!(filled.div_ceil(CHUNK), size.div_ceil(CHUNK));
    }

    #[test]
    fn every_range_of_a_file_is_read_back(size in 0u64..3 * CHUNK + 10, from in 0u64..4 * CHUNK, len in 0u64..4 * CHUNK) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = store().await;
            let source = Pattern::new(size);
            let file = entry(size, write_all(&store, &[&source]).await.remove(0));
            let expected = Pattern::bytes(from.min(size)..(from + len).min(size).max(from.min(size)));
            assert!(contents(&store, &file, from..from + len).await == expected);
        });
    }
}

#[tokio::test]
async fn an_empty_file_has_no_chunks_and_reads_as_nothing() {
    let store = store().await;
    let chunks = write_all(&store, &[&Pattern::new(0)]).await.remove(0);
    assert_eq!(chunks, []);
    assert!(contents(&store, &entry(0, chunks), 0..10).await.is_empty());
}

#[tokio::test]
async fn a_sealed_block_is_smaller_than_a_mebibyte_and_does_not_show_the_length() {
    let store = store().await;
    write_all(&store, &[&Pattern::new(CHUNK + 5), &Pattern::new(3)]).await;
    let mut sizes: Vec<_> = store.blocks(None).await.unwrap().into_iter().map(|(_, size)| size).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1024 + 16, CHUNK / 32 + 16, CHUNK + 16]);
    assert!(sizes[2] < 1 << 20);
}

#[tokio::test]
async fn many_small_files_share_a_batch_and_large_ones_fill_several() {
    let store = store().await;
    let small: Vec<_> = (0..BATCH_BLOCKS as u64 + 1).map(|size| Pattern::new(size + 1)).collect();
    let large = Pattern::new(BATCH_BYTES as u64 + CHUNK);
    let sources = small.iter().chain([&large]);
    let files: Vec<_> = sources.map(|source| File { source, known: vec![] }).collect();
    let sink = Batches::new(&store);
    write(files, &SECRET, &sink).await.unwrap();
    let batches = sink.batches.take();
    assert_eq!(batches[0].len(), BATCH_BLOCKS);
    assert_eq!(batches.len(), 3);
    let order: Vec<_> = batches.concat();
    assert!(order.is_sorted());
    assert_eq!(
        order.iter().map(|(.., len)| len).sum::<u64>(),
        small.iter().map(|f| f.size).sum::<u64>() + large.size
    );
}

#[tokio::test]
async fn a_file_seals_alike_under_one_secret_and_costs_nothing_again() {
    let store = store().await;
    let source = Pattern::new(2 * CHUNK + 1);
    let first = write_all(&store, &[&source]).await;
    let used = store.used().await;
    assert_eq!(write_all(&store, &[&source]).await, first);
    assert_eq!(store.used().await, used);
    let other =
        write(vec![File { source: &source, known: vec![] }], &[8; 32], &Batches::new(&store)).await.unwrap();
    assert!(first[0].iter().zip(&other[0]).all(|(a, b)| a.cid != b.cid && a.key != b.key));
}

#[tokio::test]
async fn known_chunks_are_not_read_again() {
    let store = store().await;
    let source = Pattern::new(5 * CHUNK + 100);
    let whole = write_all(&store, &[&source]).await.remove(0);
    source.read.take();
    let files = vec![File { source: &source, known: whole[..3].to_vec() }];
    assert_eq!(write(files, &SECRET, &Batches::new(&store)).await.unwrap(), std::slice::from_ref(&whole));
    let missing = [3 * CHUNK..4 * CHUNK, 4 * CHUNK..5 * CHUNK, 5 * CHUNK..source.size];
    assert_eq!(source.read.take(), missing);
    let files = vec![File { source: &source, known: whole.clone() }];
    assert_eq!(write(files, &SECRET, &Batches::new(&store)).await.unwrap(), std::slice::from_ref(&whole));
    assert_eq!(source.reads(), 0);
    let shorter = Pattern::new(CHUNK);
    let files = vec![File { source: &shorter, known: whole }];
    let changed = WriteError::Source { file: 0, error: SourceError::Changed };
    assert_eq!(write(files, &SECRET, &Batches::new(&store)).await, Err(changed));
}

/// Says that it is longer than it is.
struct Cut(Pattern);

#[async_trait(?Send)]
impl Source for Cut {
    fn size(&self) -> u64 {
        self.0.size
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(self.0.read(offset, len).await?.slice(1..))
    }
}

#[tokio::test]
async fn a_file_that_gives_other_than_asked_has_changed() {
    let store = store().await;
    let source = Cut(Pattern::new(10));
    let result = write(vec![File { source: &source, known: vec![] }], &SECRET, &Batches::new(&store)).await;
    assert_eq!(result, Err(WriteError::Source { file: 0, error: SourceError::Changed }));
    assert_eq!(store.used().await, Ok(0));
}

/// Checks at every commit how many chunks were read but are not stored yet.
struct Bounded<'a> {
    source: &'a Pattern,
    committed: RefCell<usize>,
    most: RefCell<usize>,
}

#[async_trait(?Send)]
impl Sink for Bounded<'_> {
    async fn commit(&self, batch: Vec<Sealed>) -> Result<(), StoreError> {
        // A slow store: reading and sealing get as far ahead as they may.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let alive = self.source.reads() - *self.committed.borrow();
        let mut most = self.most.borrow_mut();
        *most = alive.max(*most);
        *self.committed.borrow_mut() += batch.len();
        Ok(())
    }
}

#[tokio::test]
async fn memory_is_bounded_and_reading_goes_on_while_a_batch_is_stored() {
    let source = Pattern::new(100 * CHUNK);
    let sink = Bounded { source: &source, committed: RefCell::default(), most: RefCell::default() };
    write(vec![File { source: &source, known: vec![] }], &SECRET, &sink).await.unwrap();
    let batch = BATCH_BYTES.div_ceil(CHUNK as usize);
    let most = sink.most.take();
    assert!(most <= 2 * batch + HASHED_AT_ONCE + READ_AHEAD, "{most} chunks were alive");
    assert!(most >= 2 * batch, "only {most} chunks were alive: nothing was sealed meanwhile");
}

#[tokio::test]
async fn what_is_stored_after_a_cut_or_a_cancelled_write_is_a_beginning_of_each_file() {
    let sources = [Pattern::new(18 * CHUNK), Pattern::new(10), Pattern::new(3 * CHUNK + 1)];
    let whole = write_all(&store().await, &sources.each_ref()).await;
    let steps = whole.concat().len().div_ceil(BATCH_BYTES / CHUNK as usize) + 1;
    for cut in 0..steps {
        // The power goes at a commit, and takes what was not written strictly; or the caller goes away.
        for lost in [true, false] {
            let disk = memory::Disk::with_power_for(if lost { cut } else { usize::MAX });
            let store = disk.lead().open("one").await.unwrap();
            let files = || sources.iter().map(|source| File { source, known: vec![] }).collect();
            if lost {
                let result = write(files(), &SECRET, &Batches::new(&store)).await;
                assert!(result.is_ok() || result == Err(WriteError::Store(StoreError::Closed)));
            } else {
                let sink = Batches::new(&store);
                let mut writing = Box::pin(write(files(), &SECRET, &sink));
                while disk.commits() < cut && (&mut writing).now_or_never().is_none() {
                    tokio::task::yield_now().await;
                }
            }
            let after = disk.after_power_loss(|number| number % 2 == 0 || !lost);
            let store = after.lead().open("one").await.unwrap();
            let mut known = vec![Vec::new(); sources.len()];
            for (key, value) in store.rows(Table::Drafts).await.unwrap() {
                let key = String::from_utf8(key).unwrap();
                let (file, index) = key.split_once('/').unwrap();
                let (cid, secret) = value.split_at(36);
                let known: &mut Vec<Pointer> = &mut known[file.parse::<usize>().unwrap()];
                if index.parse() == Ok(known.len()) {
                    let (cid, key) = (Cid::try_from(cid).unwrap(), secret.try_into().unwrap());
                    known.push(Pointer { cid, key: crate::crypto::block::Key::from_bytes(key) });
                }
            }
            let cids: Vec<_> = known.concat().iter().map(|pointer| pointer.cid).collect();
            assert!(store.have(&cids).await.unwrap().into_iter().all(|have| have), "a row without its block");
            let files = sources.iter().zip(known).map(|(source, known)| File { source, known }).collect();
            assert_eq!(write(files, &SECRET, &Batches::new(&store)).await.unwrap(), whole);
            let cids: Vec<_> = whole.concat().iter().map(|pointer| pointer.cid).collect();
            assert!(store.have(&cids).await.unwrap().into_iter().all(|have| have));
        }
    }
}

#[tokio::test]
async fn a_range_touches_only_its_chunks_and_lists() {
    let store = store().await;
    // Long enough for three lists of chunks, without as many bytes: all chunks are alike.
    let size = (2 * limits::NODE_ENTRIES as u64 + 10) * CHUNK;
    let chunk = write_all(&store, &[&Pattern::new(CHUNK)]).await.remove(0).remove(0);
    let mut writer = writer();
    writer.push(new_file("film.mp4", size, vec![chunk.clone(); (size / CHUNK) as usize])).unwrap();
    let (fetch, reader, _) = opened(&store, writer).await;
    assert_eq!(fetch.take().len(), 1);
    let file = reader.find("film.mp4").await.unwrap().unwrap();
    let Chunks::Parts(lists) = &file.chunks else { panic!("2,058 chunks do not stand in an entry") };
    assert_eq!((lists.len(), fetch.take().len()), (3, 0));
    let middle = limits::NODE_ENTRIES as u64 * CHUNK;
    let piece: Vec<_> = reader.read(&file, middle + 5, CHUNK).try_collect().await.unwrap();
    assert_eq!(fetch.take(), [lists[1].cid, chunk.cid, chunk.cid]);
    assert!(piece.concat() == [Pattern::bytes(5..CHUNK), Pattern::bytes(0..5)].concat());
    let across: Vec<_> = reader.read(&file, middle - 1, 2).try_collect().await.unwrap();
    assert_eq!(fetch.take(), [lists[0].cid, lists[1].cid, chunk.cid, chunk.cid]);
    assert_eq!(across.concat(), [Pattern::bytes(CHUNK - 1..CHUNK), Pattern::bytes(0..1)].concat());
    assert_eq!(reader.chunks(&file).await.unwrap().len(), 2058);
    assert_eq!(reader.chunk_sizes(&file).sum::<u64>(), size);
}

/// Never answers, and counts how many wants are open.
#[derive(Default)]
struct Silent(RefCell<BTreeSet<Cid>>);

#[async_trait(?Send)]
impl Fetch for Silent {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.0.borrow_mut().insert(*cid);
        std::future::pending().await
    }
}

#[tokio::test]
async fn several_chunks_are_wanted_at_once_and_not_more() {
    let store = store().await;
    let source = Pattern::new(40 * CHUNK);
    let file = entry(source.size, write_all(&store, &[&source]).await.remove(0));
    let fetch = Rc::new(Silent::default());
    let mut reading = read(fetch.clone(), &file, CHUNK, 0..source.size);
    assert!(reading.next().now_or_never().is_none());
    assert_eq!(fetch.0.borrow().len(), read::WANTS);
}

#[tokio::test]
async fn a_chunk_that_is_not_what_the_entry_says_is_refused() {
    let store = store().await;
    let [long, short] = [Pattern::new(CHUNK), Pattern::new(CHUNK / 2)];
    let chunks = write_all(&store, &[&long, &short]).await.concat();
    let read = async |size, chunks: &[Pointer]| {
        let fetch = Rc::new(Stored(store.clone()));
        read(fetch, &entry(size, chunks.to_vec()), CHUNK, 0..size).try_collect::<Vec<_>>().await.is_ok()
    };
    assert!(read(CHUNK, &chunks[..1]).await);
    // A shorter chunk, bytes where filling should be, too few and too many chunks, another chunk's key.
    assert!(!read(CHUNK, &chunks[1..]).await);
    assert!(!read(CHUNK - 1, &chunks[..1]).await);
    assert!(!read(CHUNK + 1, &chunks[..1]).await);
    assert!(!read(CHUNK, &chunks).await);
    assert!(!read(CHUNK, &[Pointer { cid: chunks[0].cid, key: chunks[1].key.clone() }]).await);
}

#[tokio::test]
async fn ten_thousand_files_are_listed_and_found_without_reading_all_nodes() {
    let store = store().await;
    let chunk = write_all(&store, &[&Pattern::new(5)]).await.remove(0);
    let mut writer = writer();
    let paths: Vec<_> = (0..12_000).map(|n| format!("Fotos/{:02}/IMG_{n:05}.jpg", n / 500)).collect();
    for path in &paths {
        writer.push(new_file(path, 5, chunk.clone())).unwrap();
        if writer.waiting() > 3 {
            store.commit(Write { blocks: writer.take_blocks(), ..Write::relaxed() }).await.unwrap();
        }
    }
    let (fetch, reader, _) = opened(&store, writer).await;
    assert_eq!((reader.manifest().files, reader.manifest().size), (12_000, 60_000));
    assert_eq!(fetch.take().len(), 1);
    for path in [&paths[0], &paths[7_777], &paths[11_999]] {
        assert_eq!(reader.find(path).await.unwrap().unwrap().path, *path);
        assert!(fetch.take().len() <= 2);
    }
    assert_eq!(reader.find("Fotos/07/IMG_03500").await.unwrap(), None);
    assert_eq!(reader.find("").await.unwrap(), None);
    fetch.take();
    let page = reader.list(Some(&paths[6_000]), 100).await.unwrap();
    assert!(page.iter().map(|entry| &entry.path).eq(&paths[6_001..6_101]));
    assert!(fetch.take().len() <= 2);
    assert_eq!(reader.list(Some(paths.last().unwrap()), 100).await.unwrap(), []);
    assert_eq!(reader.list(None, 0).await.unwrap(), []);
    fetch.take();
    let all: Vec<_> = reader.entries().map_ok(|entry| entry.path).try_collect().await.unwrap();
    assert_eq!(all, paths);
    let asked = fetch.take();
    assert_eq!(asked.len(), asked.iter().collect::<BTreeSet<_>>().len(), "a node was opened twice");
}

#[tokio::test]
async fn a_manifest_is_deterministic_and_may_be_empty() {
    let store = store().await;
    let (_, reader, one) = opened(&store, writer()).await;
    assert_eq!(reader.list(None, 10).await.unwrap(), []);
    let (_, _, two) = opened(&store, writer()).await;
    assert_eq!(one, two);
    let stranger = SigningKey::from_bytes(&[4; 32]).verifying_key();
    assert!(Reader::open(Rc::new(Stored(store)), &one, Some(&stranger)).await.is_err());
}

#[tokio::test]
async fn files_must_come_in_order_and_not_be_folders_too() {
    let push = |paths: &[&str]| {
        let mut writer = writer();
        paths.iter().try_for_each(|path| writer.push(new_file(path, 0, vec![])))
    };
    assert_eq!(push(&["a", "a-b", "a.jpg", "b", "b c/d"]), Ok(()));
    assert!(matches!(push(&["b", "a"]), Err(manifest::ListError::Order(_))));
    assert!(matches!(push(&["a", "a"]), Err(manifest::ListError::Order(_))));
    assert_eq!(push(&["a", "a-b", "a/b"]), Err(manifest::ListError::FileAndFolder("a".to_owned())));
    assert!(matches!(push(&["../a"]), Err(manifest::ListError::Format(_))));
    let mut writer = writer();
    assert!(matches!(writer.push(new_file("a", 1, vec![])), Err(manifest::ListError::Format(_))));
}

#[tokio::test]
async fn an_archive_of_a_share_is_read_by_another_library() {
    let store = store().await;
    let sources = [Pattern::new(2 * CHUNK + 5), Pattern::new(0), Pattern::new(70)];
    let chunks = write_all(&store, &sources.each_ref()).await;
    let mut writer = writer();
    let paths = ["a/film.mp4", "b/empty", "b/note.txt"];
    for ((path, source), chunks) in paths.into_iter().zip(&sources).zip(chunks) {
        writer.push(new_file(path, source.size, chunks)).unwrap();
    }
    let (fetch, reader, _) = opened(&store, writer).await;
    let mut pieces = zip::archive(reader.clone(), reader.clone().entries());
    fetch.take();
    assert!(pieces.try_next().await.unwrap().is_some());
    assert_eq!(fetch.take(), [], "nothing is fetched before it is needed");
    drop(pieces);
    let pieces: Vec<_> = zip::archive(reader.clone(), reader.clone().entries()).try_collect().await.unwrap();
    let bytes = pieces.concat();
    let known = paths.into_iter().zip(&sources).map(|(path, source)| (path, source.size, Some(1)));
    assert_eq!(bytes.len() as u64, zip::length(known));
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for (path, source) in paths.into_iter().zip(&sources) {
        let mut contents = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(path).unwrap(), &mut contents).unwrap();
        assert!(contents == Pattern::bytes(0..source.size));
    }
}

#[tokio::test]
async fn a_walk_names_every_block_once_and_none_before_those_below_it() {
    let store = store().await;
    let sources = [Pattern::new(80 * CHUNK), Pattern::new(7)];
    let mut chunks = write_all(&store, &sources.each_ref()).await;
    let mut writer = writer();
    writer.push(new_file("film.mp4", sources[0].size, chunks.remove(0))).unwrap();
    for number in 0..2_000 {
        writer.push(new_file(&format!("note {number:04}"), 7, chunks[0].clone())).unwrap();
    }
    let (fetch, _, root) = opened(&store, writer).await;
    let found: Vec<Cid> = walk(fetch.clone(), vec![root.cid, root.cid]).try_collect().await.unwrap();
    let all: BTreeSet<_> = store.blocks(None).await.unwrap().into_iter().map(|(cid, _)| cid).collect();
    assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), all);
    assert_eq!((found.len(), found.last()), (all.len(), Some(&root.cid)));
    for (place, cid) in found.iter().enumerate() {
        let block = store.block(cid).await.unwrap().unwrap();
        for link in walk::links(cid, &block).unwrap() {
            assert!(found[..place].contains(&link));
        }
    }
    // Without one of the nodes, all but what hangs from it alone is still named.
    let gone = *found.iter().rev().find(|cid| cid.codec() == DAG_CBOR && **cid != root.cid).unwrap();
    store.commit(Write::relaxed().drop_block(gone)).await.unwrap();
    let partly: Vec<_> = walk(fetch, vec![root.cid]).collect().await;
    let errors: Vec<_> = partly.iter().filter_map(|found| found.as_ref().err()).collect();
    assert!(matches!(errors[..], [walk::WalkError { cid, .. }] if *cid == gone));
    assert!(partly.contains(&Ok(root.cid)));
}
