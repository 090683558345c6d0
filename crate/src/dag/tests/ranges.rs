//! Files and ranges of them, read back.

use std::collections::BTreeSet;

use futures::{FutureExt, StreamExt};
use proptest::prelude::*;

use super::*;
use crate::format::limits;

proptest! {
    // Each case seals up to a megabyte.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(8)))]

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
        let fetch = Rc::new(StoreFetch(store.clone()));
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
