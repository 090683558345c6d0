//! Cutting, sealing and storing.

use futures::FutureExt;
use proptest::prelude::*;

use super::*;
use crate::{
    dag::write::{HASHED_AT_ONCE, READ_AHEAD, WriteError},
    store::{BATCH_BLOCKS, BATCH_BYTES},
};

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
    #[test]
    fn the_filled_length_holds_the_file_in_as_many_chunks(size in 0u64..1 << 40) {
        let filled = padded(size, CHUNK);
        prop_assert!(filled >= size);
        prop_assert_eq!(filled.div_ceil(CHUNK), size.div_ceil(CHUNK));
    }
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
    async fn commit(&self, batch: Vec<SealedChunk>) -> Result<(), StoreError> {
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
