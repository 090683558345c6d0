//! Proofs that a keeper can deliver blocks: both sides hash them under a key that is made for one question.

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::crypto::sign::VerifyingKey;
use crate::crypto::{KeyedHasher, kdf};
use crate::keys::Id;
use crate::platform;

/// Blocks in one question: 256 MiB at most, which a keeper reads in some seconds.
pub const MAX_PROVED: usize = 256;

/// A question: which blocks are to be hashed, and with what the key is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Fresh for each question, so that no earlier answer fits.
    pub nonce: ByteArray<32>,
    /// The blocks, in the order in which they are hashed; at most [`MAX_PROVED`].
    pub cids: Vec<Cid>,
}

/// What a keeper says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proved {
    /// The hash over all of the blocks.
    Hash([u8; 32]),
    /// These of them are not kept for who asks.
    Missing(Vec<Cid>),
}

impl Question {
    /// A fresh one about these blocks.
    pub fn new(cids: Vec<Cid>) -> Self {
        Self { nonce: ByteArray::new(platform::random()), cids }
    }

    /// Begins the hash that answers it: of blocks that are kept for `owner`, by the device or relay with this key.
    pub fn hasher(&self, owner: &Id, keeper: &VerifyingKey) -> Hasher {
        let both = [owner.as_bytes().as_slice(), keeper.as_bytes()].concat();
        Hasher(KeyedHasher::new(&kdf(self.nonce.as_slice(), "keep/proof", &both)))
    }
}

/// The hash that answers a [`Question`]: BLAKE3 keyed by `kdf(nonce, "keep/proof", owner ‖ keeper)`, of each block in
/// order, each after its length as four bytes, the highest first. FORMAT.md, "On the wire".
#[derive(Debug)]
pub struct Hasher(KeyedHasher);

impl Hasher {
    /// Adds the next block.
    pub fn add(&mut self, block: &[u8]) {
        // No block is so long.
        let len = u32::try_from(block.len()).unwrap_or(u32::MAX);
        self.0.update(&len.to_be_bytes());
        self.0.update(block);
    }

    /// The hash.
    pub fn finish(&self) -> [u8; 32] {
        self.0.finish()
    }
}
