//! Which blocks are one thing with a block: of a file its chunks, of a directory its shards, not what is in it.

use std::ops::Range;

use bytes::Bytes;
use cid::Cid;

use super::{
    hamt::Child,
    node::{Contents, Parsed},
    reader::parse,
};

/// All bytes of whatever it is.
const WHOLE: Range<u64> = 0..u64::MAX;

/// The blocks below this one that somebody needs who reads these bytes of the file that begins with it, each with
/// the bytes that are asked of it, or who lists the directory. None for what is neither or is not sound.
pub fn parts(cid: &Cid, block: &Bytes, bytes: &Range<u64>) -> Vec<(Cid, Range<u64>)> {
    match parse(cid, block.clone()) {
        Ok(Parsed::File(contents)) => chunks(contents, bytes),
        Ok(Parsed::Shard(shard)) => {
            let shards = shard.children.into_iter().filter_map(|(_, child)| match child {
                Child::Shard(cid) => Some((cid, WHOLE)),
                Child::Entry(_) => None,
            });
            shards.collect()
        }
        Ok(Parsed::Directory(_)) | Err(_) => Vec::new(),
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
        // The sum of all parts is the file's length, which is a number.
        at += part.len;
    }
    chunks
}
