//! What the parts of `unixfs` do together, over a store in memory.

mod folders;
mod hostile;
mod vectors;

use std::{cell::RefCell, ops::Range, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{FutureExt, StreamExt, TryStreamExt};
use proptest::prelude::*;

use super::*;
use crate::{
    dag::{
        Fetch, Source, SourceError, StoreFetch, WriteError,
        tests::{Counted, Pattern, store},
        walk::walk,
    },
    format::{RAW, SHA2_256},
    store::{BATCH_BLOCKS, BATCH_BYTES, Store, StoreError, Write, memory},
};

/// Commits each batch, and checks what the contract of a sink promises.
struct Into {
    store: Rc<dyn Store>,
    batches: RefCell<Vec<Vec<Option<Chunk>>>>,
}

impl Into {
    fn new(store: &Rc<dyn Store>) -> Self {
        Self { store: Rc::clone(store), batches: RefCell::default() }
    }
}

#[async_trait(?Send)]
impl Sink for Into {
    async fn commit(&self, batch: Vec<Block>) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        let largest = batch.iter().map(|block| block.bytes.len()).max().unwrap();
        assert!(batch.iter().map(|block| block.bytes.len()).sum::<usize>() < BATCH_BYTES + largest);
        assert!(batch.len() <= BATCH_BLOCKS);
        let mut stored = Vec::new();
        for block in &batch {
            if block.cid.codec() == DAG_PB {
                let links = links(&block.bytes).unwrap();
                let here = self.store.have(&links).await?;
                let sound = links.iter().zip(here).all(|(cid, here)| here || stored.contains(cid));
                assert!(sound, "a block comes before one that it links to");
            }
            stored.push(block.cid);
        }
        self.batches.borrow_mut().push(batch.iter().map(|block| block.chunk).collect());
        keep(&self.store, batch).await
    }
}

async fn keep(store: &Rc<dyn Store>, blocks: Vec<Block>) -> Result<(), StoreError> {
    let blocks = blocks.into_iter().map(|block| (block.cid, block.bytes)).collect();
    store.commit(Write { blocks, ..Write::relaxed() }).await
}

async fn write_all(store: &Rc<dyn Store>, files: &[&dyn Source]) -> Vec<Link> {
    let files = files.iter().map(|source| Input { source: *source, known: vec![] }).collect();
    write(files, &Into::new(store)).await.unwrap()
}

/// Stores the folder of these files and returns the link to it.
async fn write_folder<'a>(
    store: &Rc<dyn Store>,
    files: impl IntoIterator<Item = (&'a str, Link)>,
) -> Result<Link, FolderError> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(path, _)| *path);
    let mut folders = Folders::default();
    for (path, link) in files {
        folders.push(path, link)?;
        keep(store, folders.take_blocks()).await.unwrap();
    }
    let (blocks, link) = folders.finish()?;
    keep(store, blocks).await.unwrap();
    Ok(link)
}

async fn file(fetch: &dyn Fetch, cid: &Cid) -> File {
    match open(fetch, cid).await.unwrap() {
        Node::File(file) => file,
        Node::Directory(_) => panic!("{cid} is a directory"),
    }
}

async fn directory(fetch: &dyn Fetch, cid: &Cid) -> Directory {
    match open(fetch, cid).await.unwrap() {
        Node::File(_) => panic!("{cid} is a file"),
        Node::Directory(directory) => directory,
    }
}

async fn contents(fetch: Rc<dyn Fetch>, cid: &Cid, range: Range<u64>) -> Result<Vec<u8>, ReadError> {
    let file = file(&*fetch, cid).await;
    let pieces: Vec<Bytes> = read(fetch, &file, range).try_collect().await?;
    Ok(pieces.concat())
}

async fn names(fetch: Rc<dyn Fetch>, cid: &Cid) -> Result<Vec<String>, ReadError> {
    let directory = directory(&*fetch, cid).await;
    directory.entries(fetch).map_ok(|entry| entry.name).try_collect().await
}

/// A link to a file of these bytes, which is not stored.
fn leaf(bytes: &[u8]) -> Link {
    Link { cid: cid_of(RAW, bytes), total: bytes.len() as u64 }
}

proptest! {
    // Each case hashes up to three megabytes.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(8)))]

    #[test]
    fn every_range_of_a_file_is_read_back(size in 0u64..3 * CHUNK + 10, from in 0u64..4 * CHUNK, len in 0u64..4 * CHUNK) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = store().await;
            let link = write_all(&store, &[&Pattern::new(size)]).await[0];
            let expected = Pattern::bytes(from.min(size)..(from + len).min(size).max(from.min(size)));
            let read = contents(Rc::new(StoreFetch(store)), &link.cid, from..from + len).await.unwrap();
            assert!(read == expected);
        });
    }
}

#[tokio::test]
async fn a_range_touches_only_its_own_chunks() {
    let store = store().await;
    let link = write_all(&store, &[&Pattern::new(10 * CHUNK)]).await[0];
    let fetch = Counted::new(&store);
    for (range, blocks) in [
        (0..1, 1),
        (CHUNK - 1..CHUNK, 1),
        (CHUNK..2 * CHUNK, 1),
        (CHUNK - 1..CHUNK + 1, 2),
        (3 * CHUNK + 7..6 * CHUNK, 3),
        (10 * CHUNK - 1..u64::MAX, 1),
        (5..5, 0),
        (10 * CHUNK..11 * CHUNK, 0),
    ] {
        let file = file(&*fetch, &link.cid).await;
        fetch.take();
        let pieces: Vec<Bytes> = read(fetch.clone(), &file, range.clone()).try_collect().await.unwrap();
        assert_eq!(pieces.concat(), Pattern::bytes(range.start..range.end.min(10 * CHUNK).max(range.start)));
        assert_eq!(fetch.take().len(), blocks, "{range:?}");
    }
}

#[tokio::test]
async fn files_large_and_small_come_in_their_order_and_links_say_what_is_below() {
    let store = store().await;
    let files = [0, 5, 2 * CHUNK, 3 * CHUNK + 1, 7].map(Pattern::new);
    let sink = Into::new(&store);
    let inputs = files.iter().map(|source| Input { source, known: vec![] }).collect();
    let links = write(inputs, &sink).await.unwrap();
    let chunks: Vec<_> = sink.batches.take().concat().into_iter().flatten().collect();
    let expected = [1, 1, 2, 4, 1].into_iter().enumerate();
    let expected = expected.flat_map(|(file, count)| (0..count).map(move |index| Chunk { file, index }));
    assert_eq!(chunks, expected.collect::<Vec<_>>());
    for (file, link) in files.iter().zip(&links) {
        let size = contents(Rc::new(StoreFetch(store.clone())), &link.cid, 0..u64::MAX).await.unwrap().len();
        assert_eq!(size as u64, file.size());
    }
    assert_eq!(links[1].total, 5);
    let node = store.block(&links[3].cid).await.unwrap().unwrap();
    assert_eq!(links[3].total, 3 * CHUNK + 1 + node.len() as u64);
}

#[tokio::test]
async fn chunks_that_are_known_are_not_read_again() {
    let store = store().await;
    let whole = write_all(&store, &[&Pattern::new(5 * CHUNK + 9)]).await;
    let known = links(&store.block(&whole[0].cid).await.unwrap().unwrap()).unwrap();
    for count in 0..=known.len() {
        let source = Pattern::new(5 * CHUNK + 9);
        let input = Input { source: &source, known: known[..count].to_vec() };
        assert_eq!(write(vec![input], &Into::new(&store)).await.unwrap(), whole);
        assert_eq!(source.reads(), known.len() - count);
    }
    let shorter = Pattern::new(5 * CHUNK);
    let refused = write(vec![Input { source: &shorter, known }], &Into::new(&store)).await;
    assert_eq!(refused, Err(WriteError::Source { file: 0, error: SourceError::Changed }));
}

#[tokio::test]
async fn a_file_that_gets_shorter_and_a_full_store_stop_the_writing() {
    struct Shrinking;
    #[async_trait(?Send)]
    impl Source for Shrinking {
        fn size(&self) -> u64 {
            CHUNK + 1
        }
        async fn read(&self, _: u64, _: usize) -> Result<Bytes, SourceError> {
            Ok(Bytes::from_static(b"less"))
        }
    }
    let store = store().await;
    let inputs = |source| vec![Input { source, known: vec![] }];
    let changed = write(inputs(&Shrinking), &Into::new(&store)).await;
    assert_eq!(changed, Err(WriteError::Source { file: 0, error: SourceError::Changed }));
    let disk = memory::Disk::with_quota(CHUNK);
    let small = crate::store::Databases::open(&disk.lead(), "one").await.unwrap();
    let full = write(inputs(&Pattern::new(9 * CHUNK)), &Into::new(&small)).await;
    assert_eq!(full, Err(WriteError::Store(StoreError::Quota)));
}

#[tokio::test]
async fn a_large_file_is_read_ahead_by_a_few_chunks_only() {
    /// Never finishes its first batch.
    struct Stuck;
    #[async_trait(?Send)]
    impl Sink for Stuck {
        async fn commit(&self, _: Vec<Block>) -> Result<(), StoreError> {
            std::future::pending().await
        }
    }
    let source = Pattern::new(1 << 40);
    let mut writing = Box::pin(write(vec![Input { source: &source, known: vec![] }], &Stuck));
    for _ in 0..100 {
        assert!(writing.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    // Two batches of four, and the chunks that are read ahead.
    assert!((8..=12).contains(&source.reads()), "{}", source.reads());
}

#[tokio::test]
async fn a_path_is_found_through_folders_and_nowhere_else() {
    let store = store().await;
    let links = write_all(&store, &[&Pattern::new(3), &Pattern::new(4)]).await;
    let files = [("a/b/c.txt", links[0]), ("a-b", links[1]), ("a/b.txt", links[1])];
    let root = write_folder(&store, files).await.unwrap();
    let fetch = StoreFetch(store);
    for (path, link) in files {
        assert_eq!(find(&fetch, &root.cid, path).await.unwrap(), Some(link.cid), "{path}");
    }
    for path in ["b", "a/c", "a/b/c.txt/d", "A-b", "a/", "/a-b", "a//b.txt", ".", "a/.."] {
        assert_eq!(find(&fetch, &root.cid, path).await.unwrap(), None, "{path}");
    }
    assert_eq!(find(&fetch, &root.cid, "").await.unwrap(), Some(root.cid));
    let fetch = Rc::new(fetch);
    assert_eq!(names(fetch.clone(), &root.cid).await.unwrap(), ["a", "a-b"]);
    let folder = find(&*fetch, &root.cid, "a").await.unwrap().unwrap();
    assert_eq!(names(fetch, &folder).await.unwrap(), ["b", "b.txt"]);
}

#[tokio::test]
async fn one_name_of_many_is_found_by_few_blocks_and_all_are_listed() {
    let store = store().await;
    let name = |i: usize| format!("{i:017}");
    let paths: Vec<_> = (0..20_000).map(name).collect();
    let root = write_folder(&store, paths.iter().map(|path| (&**path, leaf(path.as_bytes())))).await.unwrap();
    let fetch = Counted::new(&store);
    let directory = directory(&*fetch, &root.cid).await;
    for i in [0, 77, 9_999, 19_999] {
        fetch.take();
        let entry = directory.find(&*fetch, &name(i)).await.unwrap().unwrap();
        assert_eq!(entry.link, leaf(name(i).as_bytes()));
        assert!(fetch.take().len() <= 3);
    }
    assert_eq!(directory.find(&*fetch, &name(20_000)).await.unwrap(), None);
    let mut listed = names(fetch.clone(), &root.cid).await.unwrap();
    listed.sort();
    assert_eq!(listed, paths);
    fetch.take();
    let first: Vec<_> = directory.entries(fetch.clone()).take(1).try_collect().await.unwrap();
    assert!(first.len() == 1 && fetch.take().len() <= 32, "one entry costs all shards");
}

#[tokio::test]
async fn a_folder_is_refused_that_no_tree_can_hold() {
    let store = store().await;
    let refused = |files: &[&str]| {
        let mut folders = Folders::default();
        let pushed = files.iter().try_for_each(|path| folders.push(path, leaf(b"x")));
        pushed.and_then(|()| folders.finish()).unwrap_err()
    };
    assert_eq!(refused(&["b", "a"]), FolderError::Order("a".into()));
    assert_eq!(refused(&["a", "a"]), FolderError::Order("a".into()));
    assert_eq!(refused(&["x/a", "x/a/b"]), FolderError::FileAndFolder("x/a".into()));
    // Another folder sorts between the file and the folder.
    assert_eq!(refused(&["a", "a-b", "a/b"]), FolderError::FileAndFolder("a".into()));
    assert!(matches!(refused(&["../a"]), FolderError::Path { .. }));
    let deep = |folders| vec!["d"; folders].join("/") + "/f";
    assert_eq!(refused(&[&deep(FOLDERS + 1)]), FolderError::Depth(deep(FOLDERS + 1)));
    let root = write_folder(&store, [(&*deep(FOLDERS), leaf(b"x"))]).await.unwrap();
    let found = find(&StoreFetch(store.clone()), &root.cid, &deep(FOLDERS)).await.unwrap();
    assert_eq!(found, Some(leaf(b"x").cid));
    // In a small folder two names may have the same hash.
    let twins = ["f/92EJtj_UVJ8ynzGQ", "f/lLWDBjwOwslSKg'L"];
    assert_eq!(hamt::hash(&twins[0][2..]), hamt::hash(&twins[1][2..]));
    assert!(write_folder(&store, twins.map(|path| (path, leaf(b"x")))).await.is_ok());
    let more: Vec<_> = (0..5000).map(|i| format!("f/{i:017}")).collect();
    let all = more.iter().map(|path| &**path).chain(twins).map(|path| (path, leaf(b"x")));
    assert_eq!(write_folder(&store, all).await, Err(FolderError::SameHash("f".into())));
}

#[tokio::test]
async fn every_block_is_what_its_name_says_and_is_walked_to() {
    let store = store().await;
    let large = write_all(&store, &[&Pattern::new(3 * CHUNK)]).await[0];
    let paths: Vec<_> = (0..5000).map(|i| format!("many/{i:017}")).collect();
    let files = paths.iter().map(|path| (&**path, large)).chain([("large", large)]);
    let root = write_folder(&store, files).await.unwrap();
    let walked: Vec<_> =
        walk(Rc::new(StoreFetch(store.clone())), vec![root.cid]).try_collect().await.unwrap();
    assert_eq!(walked.last(), Some(&root.cid));
    let stored = store.blocks(None).await.unwrap();
    assert!(stored.len() == walked.len() && stored.iter().all(|(cid, _)| walked.contains(cid)));
    for (cid, size) in stored {
        let bytes = store.block(&cid).await.unwrap().unwrap();
        assert!(cid == cid_of(cid.codec(), &bytes) && is_unixfs(&cid) && size <= CHUNK);
    }
}
