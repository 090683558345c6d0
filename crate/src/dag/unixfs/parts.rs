//! Which blocks belong to a block: a file's chunks, or a directory's shards, but not the entries of the
//! directory.

use std::ops::Range;

use bytes::Bytes;
use cid::Cid;

use super::{
    hamt::Child,
    node::{Contents, ParsedBlock},
    reader::parse,
};

/// All bytes of the file.
const WHOLE: Range<u64> = 0..u64::MAX;

/// Returns the blocks below this one that a reader of these bytes of the file needs, each with its part of
/// the range, or that are needed to list the directory. A block that is neither, or is malformed, has none.
pub fn parts(cid: &Cid, block: &Bytes, bytes: &Range<u64>) -> Vec<(Cid, Range<u64>)> {
    match parse(cid, block.clone()) {
        Ok(ParsedBlock::File(contents)) => chunks(contents, bytes),
        Ok(ParsedBlock::Shard(shard)) => {
            let shards = shard.children.into_iter().filter_map(|(_, child)| match child {
                Child::Shard(cid) => Some((cid, WHOLE)),
                Child::Entry(_) => None,
            });
            shards.collect()
        }
        Ok(ParsedBlock::Directory(_)) | Err(_) => Vec::new(),
    }
}

fn chunks(contents: Contents, bytes: &Range<u64>) -> Vec<(Cid, Range<u64>)> {
    let mut at = contents.data.len() as u64;
    let mut chunks = Vec::new();
    for part in contents.parts {
        let within = |to: u64| to.saturating_sub(at).min(part.len);
        let within = within(bytes.start)..within(bytes.end);
        if within == (0..part.len) && part.len > 0 {
            chunks.push((part.link.cid, WHOLE));
        } else if !within.is_empty() {
            chunks.push((part.link.cid, within));
        }
        // The sum of all parts is the file's length, so it does not overflow.
        at += part.len;
    }
    chunks
}
