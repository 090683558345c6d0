//! The archive of the world: its blocks, as a CAR.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;
use spinney::format::{Cid, DAG_CBOR, cbor, cid_of};

/// Makes the world, and collects its blocks.
#[derive(Default)]
pub(crate) struct Maker {
    blocks: BTreeMap<Cid, Vec<u8>>,
    /// The root of Alice, who publishes first.
    pub(crate) root: Option<Cid>,
}

impl Maker {
    /// Adds a block.
    pub(crate) fn block(&mut self, codec: u64, block: Vec<u8>) -> Cid {
        let cid = cid_of(codec, &block);
        self.blocks.insert(cid, block);
        cid
    }

    /// Adds a block of DAG-CBOR.
    pub(crate) fn put(&mut self, block: Vec<u8>) -> Cid {
        self.block(DAG_CBOR, block)
    }

    /// The archive: its root is Alice's, its blocks are sorted by their CIDs.
    pub(crate) fn car(&self) -> Vec<u8> {
        let section = |bytes: &[&[u8]]| {
            let bytes = bytes.concat();
            let mut buffer = unsigned_varint::encode::usize_buffer();
            [unsigned_varint::encode::usize(bytes.len(), &mut buffer), &bytes].concat()
        };
        let roots = Ipld::List(vec![Ipld::Link(self.root.expect("Alice published"))]);
        let header =
            Ipld::Map([("roots".to_owned(), roots), ("version".to_owned(), Ipld::Integer(1))].into());
        let mut car = section(&[&cbor::from_ipld(&header)]);
        for (cid, block) in &self.blocks {
            car.extend(section(&[&cid.to_bytes(), block]));
        }
        car
    }
}
