//! Blocks to push: the same for the same seed.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use spinney::format::{DAG_CBOR, RAW, cbor, cid_of};

/// A small generator of numbers, so that a failure can be repeated from its seed (SplitMix64).
pub(crate) struct Seeded(pub u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A block of ciphertext.
    pub(crate) fn raw(&mut self, size: usize) -> (Cid, Bytes) {
        let mut bytes = vec![0; size];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        (cid_of(RAW, &bytes), bytes.into())
    }

    /// A block with clear links, as a sealed node has, and a number that makes it unlike all others.
    pub(crate) fn node(&mut self, links: &[Cid]) -> (Cid, Bytes) {
        let links = links.iter().copied().map(Ipld::Link).collect();
        let unique = Ipld::Integer(i128::from(self.next() >> 11));
        let node = Ipld::Map([("links".into(), Ipld::List(links)), ("unique".into(), unique)].into());
        let bytes = cbor::from_ipld(&node);
        (cid_of(DAG_CBOR, &bytes), bytes.into())
    }

    /// A header over a node over chunks, the root of the tree last.
    pub(crate) fn tree(&mut self, chunks: usize, size: usize) -> Vec<(Cid, Bytes)> {
        let mut blocks: Vec<_> = (0..chunks).map(|_| self.raw(size)).collect();
        let node = self.node(&blocks.iter().map(|(cid, _)| *cid).collect::<Vec<_>>());
        let header = self.node(&[node.0]);
        blocks.extend([node, header]);
        blocks
    }
}
