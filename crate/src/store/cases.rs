//! What every store must do, as one list of cases that runs over each of them.
//!
//! [`store_cases!`](crate::store_cases) makes a test of each case, natively over memory and in a browser over
//! IndexedDB.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::{Cid, multihash::Multihash};
use futures::{FutureExt, future::join_all};

use super::{BLOCKS_PAGE, Databases, SealedFor, Store, StoreError, Table, Write};
use crate::crypto;

/// A place for databases that outlives its leaders.
#[async_trait(?Send)]
pub trait Disk {
    /// Leads with a higher epoch than everyone before.
    async fn lead(&self) -> Rc<dyn Databases>;
}

/// Makes one test of each case: `store_cases!(tokio::test, Disk::new())`.
#[macro_export]
macro_rules! store_cases {
    ($attribute:meta, $disk:expr) => {
        $crate::store_cases!(@each $attribute, $disk,
            a_row_that_was_written_is_read_back
            a_removed_row_is_gone
            rows_come_sorted_and_from_their_own_table
            the_last_change_of_a_row_in_a_write_wins
            a_block_that_was_written_is_read_back
            each_of_many_reads_at_once_gets_its_own_block
            an_empty_block_is_kept
            have_answers_in_the_order_asked
            used_counts_each_block_once
            a_block_both_dropped_and_written_stays
            blocks_are_listed_in_pages_without_gaps
            databases_do_not_see_each_other
            a_deleted_database_is_empty_and_its_handles_are_closed
            contents_outlive_their_leader
            an_earlier_leader_can_no_longer_write
            an_earlier_leader_cannot_open_again
            many_writes_at_once_all_arrive
            a_dropped_commit_is_whole_or_nothing
            what_was_sealed_opens_for_later_leaders
            only_the_last_seal_opens_and_only_as_it_was
            a_forgotten_seal_opens_nothing
            each_use_of_a_seal_has_a_key_of_its_own
        );
    };
    (@each $attribute:meta, $disk:expr, $($case:ident)*) => {
        $(
            #[$attribute]
            async fn $case() {
                $crate::store::cases::$case(&$disk).await;
            }
        )*
    };
}

async fn open(disk: &dyn Disk) -> Rc<dyn Store> {
    disk.lead().await.open("one").await.expect("a new database opens")
}

/// A block of `size` bytes that differs with `seed`.
pub fn sample(seed: u64, size: usize) -> (Cid, Vec<u8>) {
    let mut bytes = vec![0; size];
    for (i, piece) in bytes.chunks_mut(32).enumerate() {
        let digest = crypto::sha256(&[seed.to_be_bytes(), (i as u64).to_be_bytes()].concat());
        piece.copy_from_slice(&digest[..piece.len()]);
    }
    let hash = Multihash::wrap(0x12, &crypto::sha256(&bytes)).expect("a digest fits");
    (Cid::new_v1(0x55, hash), bytes)
}

#[expect(missing_docs, reason = "a case is named by its sentence")]
#[expect(clippy::unwrap_used, reason = "these are tests, also where they are built for others")]
mod list {
    use super::*;

    pub async fn a_row_that_was_written_is_read_back(disk: &dyn Disk) {
        let store = open(disk).await;
        for table in Table::ALL {
            assert_eq!(store.row(table, b"k").await, Ok(None));
            store.commit(Write::strict().put(table, *b"k", table.name())).await.unwrap();
        }
        for table in Table::ALL {
            assert_eq!(store.row(table, b"k").await, Ok(Some(table.name().into())));
        }
    }

    pub async fn a_removed_row_is_gone(disk: &dyn Disk) {
        let store = open(disk).await;
        store.commit(Write::strict().put(Table::State, *b"k", *b"v")).await.unwrap();
        store
            .commit(Write::strict().remove(Table::State, *b"k").remove(Table::State, *b"never"))
            .await
            .unwrap();
        assert_eq!(store.row(Table::State, b"k").await, Ok(None));
        assert_eq!(store.rows(Table::State).await, Ok(vec![]));
    }

    pub async fn rows_come_sorted_and_from_their_own_table(disk: &dyn Disk) {
        let store = open(disk).await;
        let keys: [&[u8]; 5] = [b"\xff", b"", b"b\0", b"b", b"a"];
        let mut write = Write::strict().put(Table::Meta, *b"m", *b"").put(Table::Records, *b"r", *b"");
        for key in keys {
            write = write.put(Table::State, key, key);
        }
        store.commit(write).await.unwrap();
        let rows = store.rows(Table::State).await.unwrap();
        let sorted: [&[u8]; 5] = [b"", b"a", b"b", b"b\0", b"\xff"];
        assert_eq!(rows, sorted.map(|key| (key.to_vec(), key.to_vec())));
    }

    pub async fn the_last_change_of_a_row_in_a_write_wins(disk: &dyn Disk) {
        let store = open(disk).await;
        let write = Write::strict().put(Table::State, *b"k", *b"1").remove(Table::State, *b"k");
        store.commit(write.put(Table::State, *b"k", *b"2")).await.unwrap();
        assert_eq!(store.row(Table::State, b"k").await, Ok(Some(b"2".into())));
    }

    pub async fn a_block_that_was_written_is_read_back(disk: &dyn Disk) {
        let store = open(disk).await;
        let (cid, bytes) = sample(1, 300_000);
        assert_eq!(store.block(&cid).await, Ok(None));
        store.commit(Write::relaxed().block(cid, bytes.clone())).await.unwrap();
        assert_eq!(store.block(&cid).await, Ok(Some(bytes.into())));
    }

    pub async fn each_of_many_reads_at_once_gets_its_own_block(disk: &dyn Disk) {
        let store = open(disk).await;
        let blocks: Vec<_> = (0..40).map(|seed| sample(seed, 1_000 * seed as usize)).collect();
        let here = |seed: usize| !seed.is_multiple_of(3);
        let stored = blocks.iter().enumerate().filter(|(seed, _)| here(*seed));
        let write =
            stored.fold(Write::relaxed(), |write, (_, (cid, bytes))| write.block(*cid, bytes.clone()));
        store.commit(write).await.unwrap();
        // The second time each asks while others' first questions are being answered.
        let twice = async |cid| (store.block(cid).await.unwrap(), store.block(cid).await.unwrap());
        let read = join_all(blocks.iter().map(|(cid, _)| twice(cid))).await;
        for (seed, ((_, bytes), read)) in blocks.into_iter().zip(read).enumerate() {
            let bytes = here(seed).then(|| Bytes::from(bytes));
            assert_eq!(read, (bytes.clone(), bytes));
        }
    }

    pub async fn an_empty_block_is_kept(disk: &dyn Disk) {
        let store = open(disk).await;
        let (cid, bytes) = sample(1, 0);
        store.commit(Write::relaxed().block(cid, bytes)).await.unwrap();
        assert_eq!(store.block(&cid).await.unwrap().as_deref(), Some(&[][..]));
        assert_eq!(store.have(&[cid]).await, Ok(vec![true]));
    }

    pub async fn have_answers_in_the_order_asked(disk: &dyn Disk) {
        let store = open(disk).await;
        let [(a, a_bytes), (b, _), (c, c_bytes)] = [1, 2, 3].map(|seed| sample(seed, 10));
        store.commit(Write::relaxed().block(c, c_bytes).block(a, a_bytes)).await.unwrap();
        assert_eq!(store.have(&[c, b, a, a]).await, Ok(vec![true, false, true, true]));
        assert_eq!(store.have(&[]).await, Ok(vec![]));
    }

    pub async fn used_counts_each_block_once(disk: &dyn Disk) {
        let store = open(disk).await;
        let [(a, a_bytes), (b, b_bytes)] = [1, 2].map(|seed| sample(seed, 1000));
        assert_eq!(store.used().await, Ok(0));
        let twice = Write::relaxed().block(a, a_bytes.clone()).block(a, a_bytes.clone());
        store.commit(twice.block(b, b_bytes)).await.unwrap();
        assert_eq!(store.used().await, Ok(2000));
        store.commit(Write::relaxed().block(a, a_bytes)).await.unwrap();
        assert_eq!(store.used().await, Ok(2000));
        store.commit(Write::relaxed().drop_block(a).drop_block(a)).await.unwrap();
        assert_eq!(store.used().await, Ok(1000));
        store.commit(Write::relaxed().drop_block(a).drop_block(b)).await.unwrap();
        assert_eq!((store.used().await, store.blocks(None).await), (Ok(0), Ok(vec![])));
    }

    pub async fn a_block_both_dropped_and_written_stays(disk: &dyn Disk) {
        let store = open(disk).await;
        let (cid, bytes) = sample(1, 10);
        for _ in 0..2 {
            store.commit(Write::relaxed().block(cid, bytes.clone()).drop_block(cid)).await.unwrap();
            assert_eq!(store.block(&cid).await, Ok(Some(bytes.clone().into())));
            assert_eq!(store.used().await, Ok(10));
        }
    }

    pub async fn blocks_are_listed_in_pages_without_gaps(disk: &dyn Disk) {
        let store = open(disk).await;
        let count = BLOCKS_PAGE + 7;
        let mut write = Write::relaxed();
        write.blocks =
            (0..count).map(|seed| sample(seed as u64, seed % 5)).map(|(c, b)| (c, b.into())).collect();
        let mut all: Vec<_> = write.blocks.iter().map(|(cid, bytes)| (*cid, bytes.len() as u64)).collect();
        // The five kinds of empty blocks are one.
        all.sort_unstable();
        all.dedup();
        store.commit(write).await.unwrap();
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.blocks(after.as_ref()).await.unwrap();
            assert!(page.len() <= BLOCKS_PAGE);
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            listed.extend(page);
        }
        listed.sort_unstable();
        assert_eq!(listed, all);
    }

    pub async fn databases_do_not_see_each_other(disk: &dyn Disk) {
        let databases = disk.lead().await;
        let (one, two) = (databases.open("one").await.unwrap(), databases.open("two").await.unwrap());
        let (cid, bytes) = sample(1, 10);
        one.commit(Write::strict().put(Table::Meta, *b"k", *b"v").block(cid, bytes)).await.unwrap();
        assert_eq!(two.rows(Table::Meta).await, Ok(vec![]));
        assert_eq!(two.have(&[cid]).await, Ok(vec![false]));
        let again = databases.open("one").await.unwrap();
        assert_eq!(again.row(Table::Meta, b"k").await, Ok(Some(b"v".into())));
    }

    pub async fn a_deleted_database_is_empty_and_its_handles_are_closed(disk: &dyn Disk) {
        let databases = disk.lead().await;
        let store = databases.open("one").await.unwrap();
        store.commit(Write::strict().put(Table::Meta, *b"k", *b"v")).await.unwrap();
        databases.delete("one").await.unwrap();
        databases.delete("one").await.unwrap();
        assert_eq!(store.row(Table::Meta, b"k").await, Err(StoreError::Closed));
        assert_eq!(store.commit(Write::strict()).await, Err(StoreError::Closed));
        let fresh = databases.open("one").await.unwrap();
        assert_eq!(fresh.row(Table::Meta, b"k").await, Ok(None));
    }

    pub async fn contents_outlive_their_leader(disk: &dyn Disk) {
        let (cid, bytes) = sample(1, 10);
        let write = Write::strict().put(Table::Keystore, *b"k", *b"v").block(cid, bytes.clone());
        open(disk).await.commit(write).await.unwrap();
        let store = open(disk).await;
        assert_eq!(store.row(Table::Keystore, b"k").await, Ok(Some(b"v".into())));
        assert_eq!(store.block(&cid).await, Ok(Some(bytes.into())));
        assert_eq!(store.used().await, Ok(10));
    }

    pub async fn an_earlier_leader_can_no_longer_write(disk: &dyn Disk) {
        let earlier = open(disk).await;
        earlier.commit(Write::strict().put(Table::State, *b"k", *b"earlier")).await.unwrap();
        let later = open(disk).await;
        let (cid, bytes) = sample(1, 10);
        let robbed = Write::strict().put(Table::State, *b"k", *b"robbed").block(cid, bytes);
        assert_eq!(earlier.commit(robbed).await, Err(StoreError::EpochLost));
        assert_eq!(later.row(Table::State, b"k").await, Ok(Some(b"earlier".into())));
        assert_eq!((later.have(&[cid]).await, later.used().await), (Ok(vec![false]), Ok(0)));
        later.commit(Write::strict().put(Table::State, *b"k", *b"later")).await.unwrap();
    }

    pub async fn an_earlier_leader_cannot_open_again(disk: &dyn Disk) {
        let earlier = disk.lead().await;
        drop(open(disk).await);
        assert_eq!(earlier.open("one").await.err(), Some(StoreError::EpochLost));
    }

    pub async fn many_writes_at_once_all_arrive(disk: &dyn Disk) {
        let store = open(disk).await;
        let samples: Vec<_> = (0..20).map(|seed| sample(seed, 1000)).collect();
        let commits = samples.iter().map(|(cid, bytes)| {
            let write = Write::relaxed().block(*cid, bytes.clone());
            store.commit(write.put(Table::State, cid.to_bytes(), *b"v"))
        });
        for result in join_all(commits).await {
            result.unwrap();
        }
        assert_eq!(store.rows(Table::State).await.unwrap().len(), 20);
        assert_eq!(store.used().await, Ok(20_000));
    }

    pub async fn a_dropped_commit_is_whole_or_nothing(disk: &dyn Disk) {
        let store = open(disk).await;
        for polls in 0..4 {
            let (cid, bytes) = sample(polls, 1000);
            let write = Write::relaxed().block(cid, bytes).put(Table::State, cid.to_bytes(), *b"v");
            let mut commit = store.commit(write).fuse();
            for _ in 0..polls {
                // Whether or not it is ready, it is dropped after so many polls.
                let _ = futures::poll!(&mut commit);
                store.row(Table::Meta, b"k").await.unwrap();
            }
            drop(commit);
            // A later write comes after the rest of the dropped one.
            store.commit(Write::relaxed().put(Table::Meta, *b"k", *b"v")).await.unwrap();
            let row = store.row(Table::State, &cid.to_bytes()).await.unwrap().is_some();
            assert_eq!(store.have(&[cid]).await, Ok(vec![row]), "after {polls} polls");
            let count = store.rows(Table::State).await.unwrap().len() as u64;
            assert_eq!(store.used().await, Ok(1000 * count), "after {polls} polls");
        }
    }

    pub async fn what_was_sealed_opens_for_later_leaders(disk: &dyn Disk) {
        let sealed = disk.lead().await.seal(SealedFor::SignedIn, b"a secret").await.unwrap();
        assert!(!sealed.windows(8).any(|window| window == b"a secret"));
        let later = disk.lead().await;
        for _ in 0..2 {
            assert_eq!(*later.unseal(SealedFor::SignedIn, &sealed).await.unwrap().unwrap(), b"a secret");
        }
    }

    pub async fn only_the_last_seal_opens_and_only_as_it_was(disk: &dyn Disk) {
        let databases = disk.lead().await;
        let before = databases.seal(SealedFor::SignedIn, b"a secret").await.unwrap();
        let last = databases.seal(SealedFor::SignedIn, b"a secret").await.unwrap();
        assert_eq!(databases.unseal(SealedFor::SignedIn, &before).await, Ok(None));
        for at in 0..last.len() {
            let mut changed = last.clone();
            changed[at] ^= 1;
            assert_eq!(databases.unseal(SealedFor::SignedIn, &changed).await, Ok(None), "byte {at}");
            assert_eq!(databases.unseal(SealedFor::SignedIn, &last[..at]).await, Ok(None), "cut at {at}");
        }
        assert_eq!(*databases.unseal(SealedFor::SignedIn, &last).await.unwrap().unwrap(), b"a secret");
    }

    pub async fn a_forgotten_seal_opens_nothing(disk: &dyn Disk) {
        let databases = disk.lead().await;
        assert_eq!(databases.unseal(SealedFor::SignedIn, &[7; 64]).await, Ok(None));
        databases.forget_seal(SealedFor::SignedIn).await.unwrap();
        let sealed = databases.seal(SealedFor::SignedIn, b"a secret").await.unwrap();
        databases.forget_seal(SealedFor::SignedIn).await.unwrap();
        databases.forget_seal(SealedFor::SignedIn).await.unwrap();
        assert_eq!(databases.unseal(SealedFor::SignedIn, &sealed).await, Ok(None));
        let again = databases.seal(SealedFor::SignedIn, b"another").await.unwrap();
        assert_eq!(*databases.unseal(SealedFor::SignedIn, &again).await.unwrap().unwrap(), b"another");
    }

    pub async fn each_use_of_a_seal_has_a_key_of_its_own(disk: &dyn Disk) {
        let databases = disk.lead().await;
        let waiting = databases.seal(SealedFor::Waiting, b"one").await.unwrap();
        let signed_in = databases.seal(SealedFor::SignedIn, b"another").await.unwrap();
        assert_eq!(*databases.unseal(SealedFor::Waiting, &waiting).await.unwrap().unwrap(), b"one");
        assert_eq!(databases.unseal(SealedFor::Waiting, &signed_in).await, Ok(None));
        databases.forget_seal(SealedFor::SignedIn).await.unwrap();
        assert_eq!(databases.unseal(SealedFor::SignedIn, &signed_in).await, Ok(None));
        assert_eq!(*databases.unseal(SealedFor::Waiting, &waiting).await.unwrap().unwrap(), b"one");
    }

    /// For a disk with room for 100 bytes.
    pub async fn a_full_store_says_so_and_keeps_what_it_had(disk: &dyn Disk) {
        let store = open(disk).await;
        let [(a, a_bytes), (b, b_bytes)] = [1, 2].map(|seed| sample(seed, 60));
        store.commit(Write::relaxed().block(a, a_bytes.clone())).await.unwrap();
        let full = Write::relaxed().block(b, b_bytes.clone()).put(Table::State, *b"k", *b"v");
        assert_eq!(store.commit(full.clone()).await, Err(StoreError::Quota));
        assert_eq!(store.block(&a).await, Ok(Some(a_bytes.into())));
        assert_eq!((store.row(Table::State, b"k").await, store.used().await), (Ok(None), Ok(60)));
        store.commit(Write::relaxed().drop_block(a)).await.unwrap();
        store.commit(full).await.unwrap();
        assert_eq!(store.block(&b).await, Ok(Some(b_bytes.into())));
    }
}

pub use list::*;
