//! Reads a CAR of version 1 that is in memory, and serves its blocks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use ipld_core::ipld::Ipld;
use spinney::dag::{Fetch, FetchError};
use spinney::format::{Cid, cbor, is_block};
use unsigned_varint::decode;

use crate::given::Refusal;

/// The blocks of an archive, each checked against its CID.
#[derive(Default)]
pub(crate) struct Blocks(BTreeMap<Cid, Bytes>);

impl Blocks {
    /// Reads an archive.
    ///
    /// # Errors
    ///
    /// If it is no CAR, or a block is another than its CID names.
    pub(crate) fn read(car: &[u8]) -> Result<Self, Refusal> {
        let unusable = |why: &str| Refusal::Unusable(format!("the CAR {why}"));
        let (header, mut rest) = section(car).ok_or_else(|| unusable("has no header"))?;
        match cbor::to_ipld(header) {
            Ok(Ipld::Map(header)) if header.get("version") == Some(&Ipld::Integer(1)) => {}
            _ => return Err(unusable("is not of version 1")),
        }
        let mut blocks = BTreeMap::new();
        while !rest.is_empty() {
            let (mut block, behind) = section(rest).ok_or_else(|| unusable("is cut short"))?;
            let cid = Cid::read_bytes(&mut block).map_err(|_| unusable("has a block without a CID"))?;
            if !is_block(&cid, block) {
                return Err(Refusal::of("block", format!("{cid} is another block in the CAR")));
            }
            blocks.insert(cid, Bytes::copy_from_slice(block));
            rest = behind;
        }
        Ok(Self(blocks))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A block that must be there.
    ///
    /// # Errors
    ///
    /// If it is not.
    pub(crate) fn get(&self, cid: &Cid) -> Result<Bytes, Refusal> {
        self.find(cid).ok_or_else(|| Refusal::Unusable(format!("the CAR lacks {cid}")))
    }

    /// A block, if it is there.
    pub(crate) fn find(&self, cid: &Cid) -> Option<Bytes> {
        self.0.get(cid).cloned()
    }
}

/// The first section of an archive, and what is behind it.
fn section(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = decode::usize(bytes).ok()?;
    rest.split_at_checked(length)
}

#[async_trait(?Send)]
impl Fetch for Blocks {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.find(cid).ok_or_else(|| FetchError::Unreachable(format!("{cid} is not in the CAR")))
    }
}
