//! Blocks that others published in clear, sealed on this disk.
//!
//! Nearly every block is sealed by its author. What others share with everybody is not, and would tell who has the disk
//! whom this profile follows. So these blocks are kept in a box under the storage key, as rows are. Who reads the
//! blocks does not notice.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::crypto::boxed;
use crate::keys::Ring;
use crate::store::{BATCH_BLOCKS, BATCH_BYTES, BlockStore, Durability, StoreError};

/// Context of the box.
const LABEL: &str = "storage-block";

/// What a block begins with that is kept in a box. Other blocks may begin so as well: then the box does not open.
const MARK: &[u8; 16] = b"spinney/v1/kept\0";

/// The blocks of one profile.
pub(in crate::engine) struct SealedBlocks {
    store: Rc<dyn BlockStore>,
    key: Zeroizing<[u8; 32]>,
}

impl SealedBlocks {
    pub(in crate::engine) fn new(store: Rc<dyn BlockStore>, ring: &Ring) -> Rc<Self> {
        Rc::new(Self { store, key: Zeroizing::new(*ring.storage_key()) })
    }

    /// Copies every block that `other` lacks, sealed there if it was sealed here.
    pub(in crate::engine) async fn copy_to(&self, other: &Self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.store.blocks(after.as_ref()).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let cids: Vec<Cid> = page.iter().map(|(cid, _)| *cid).collect();
            let have = other.store.have(&cids).await?;
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for cid in cids.iter().zip(have).filter_map(|(cid, is_there)| (!is_there).then_some(cid)) {
                let Some(kept) = self.store.block(cid).await? else { continue };
                let block = self.open(cid, kept.clone());
                let kept = if block == kept { kept } else { other.seal(cid, &block) };
                bytes += kept.len();
                batch.push((*cid, kept));
                if bytes >= BATCH_BYTES || batch.len() >= BATCH_BLOCKS {
                    other.store.put(std::mem::take(&mut batch), Durability::Strict).await?;
                    bytes = 0;
                }
            }
            other.store.put(batch, Durability::Strict).await?;
        }
    }

    /// What is put into the store for a block that its author did not seal: `MARK ‖ box(cid ‖ block)`.
    pub(super) fn seal(&self, cid: &Cid, block: &[u8]) -> Bytes {
        let plain = Zeroizing::new([&cid.to_bytes()[..], block].concat());
        [&MARK[..], &boxed::seal(&self.key, LABEL, &plain)].concat().into()
    }

    /// The block itself, from what the store has under its name.
    pub(super) fn open(&self, cid: &Cid, kept: Bytes) -> Bytes {
        let Some(sealed) = kept.strip_prefix(MARK) else { return kept };
        let Ok(plain) = boxed::open(&self.key, LABEL, sealed) else { return kept };
        // A box that was put under another name is not this block.
        plain.strip_prefix(&cid.to_bytes()[..]).map_or_else(|| kept.clone(), Bytes::copy_from_slice)
    }
}

#[async_trait(?Send)]
impl BlockStore for SealedBlocks {
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        Ok(self.store.block(cid).await?.map(|kept| self.open(cid, kept)))
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        self.store.have(cids).await
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        self.store.blocks(after).await
    }

    async fn used(&self) -> Result<u64, StoreError> {
        self.store.used().await
    }

    async fn put(&self, blocks: Vec<(Cid, Bytes)>, durability: Durability) -> Result<(), StoreError> {
        self.store.put(blocks, durability).await
    }

    async fn discard(&self, cids: Vec<Cid>) -> Result<(), StoreError> {
        self.store.discard(cids).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{RAW, cid_of};
    use crate::keys::Phrase;
    use crate::store::memory::Disk;
    use crate::store::{Databases as _, blocks_of};

    async fn blocks(byte: u8) -> (Rc<dyn BlockStore>, Rc<SealedBlocks>) {
        let store = blocks_of(Disk::new().lead().open("one").await.expect("memory opens"));
        (store.clone(), SealedBlocks::new(store, &Ring::from_phrase(&Phrase::from_bytes([byte; 32]))))
    }

    async fn put(store: &Rc<dyn BlockStore>, cid: Cid, kept: Bytes) {
        store.put(vec![(cid, kept)], Durability::Strict).await.expect("there is room");
    }

    #[tokio::test]
    async fn a_block_is_read_as_it_was_and_lies_sealed() {
        let (store, sealed) = blocks(1).await;
        let block = Bytes::from_static(b"what somebody shared with everybody");
        let cid = cid_of(RAW, &block);
        put(&store, cid, sealed.seal(&cid, &block)).await;
        assert_eq!(sealed.block(&cid).await, Ok(Some(block.clone())));
        let kept = store.block(&cid).await.expect("memory is read").expect("it is there");
        assert!(!kept.windows(8).any(|part| part == &block[..8]));
    }

    #[tokio::test]
    async fn blocks_are_copied_for_another_profile_which_reads_them_and_seals_the_same_ones() {
        let (old_store, old) = blocks(1).await;
        let (new_store, new) = blocks(2).await;
        let [clear, sealed] =
            [&b"sealed by its author"[..], b"shared with everybody"].map(Bytes::from_static);
        let [clear_cid, sealed_cid] = [&clear, &sealed].map(|block| cid_of(RAW, block));
        put(&old_store, clear_cid, clear.clone()).await;
        put(&old_store, sealed_cid, old.seal(&sealed_cid, &sealed)).await;
        for _ in 0..2 {
            old.copy_to(&new).await.expect("there is room");
        }
        assert_eq!(new.block(&clear_cid).await, Ok(Some(clear.clone())));
        assert_eq!(new.block(&sealed_cid).await, Ok(Some(sealed.clone())));
        assert_eq!(new_store.block(&clear_cid).await, Ok(Some(clear)));
        let kept = new_store.block(&sealed_cid).await.expect("memory is read").expect("it is there");
        assert!(!kept.windows(8).any(|part| part == &sealed[..8]));
    }

    #[tokio::test]
    async fn what_is_in_no_box_of_this_profile_and_name_is_given_as_it_is() {
        let (store, sealed) = blocks(1).await;
        let (_, of_another) = blocks(2).await;
        let block = Bytes::from_static(b"some bytes");
        let cid = cid_of(RAW, &block);
        let another = cid_of(RAW, b"other bytes");
        for kept in [
            block.clone(),
            Bytes::from_static(MARK),
            [&MARK[..], b"not a box"].concat().into(),
            of_another.seal(&cid, &block),
            sealed.seal(&another, &block),
        ] {
            store.discard(vec![cid]).await.expect("it can be removed");
            put(&store, cid, kept.clone()).await;
            assert_eq!(sealed.block(&cid).await, Ok(Some(kept)));
        }
    }
}
