//! Large directories: a trie of shards. The hash of a name says where its entry is.
//!
//! Follows <https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory>. A shard that is written has 256 places, so
//! each level uses eight bits of the hash. Shards with other numbers of places are read too.

use std::io::Cursor;

use cid::Cid;

use super::{Block, Entry, Link, node};

/// Multicodec of the hash: the first 64 bits of MurmurHash3 x64-128.
pub(super) const MURMUR3: u64 = 0x22;

/// Places of a shard that is written. IPIP-499.
pub(super) const FANOUT: u64 = 256;

/// Bits of the hash for one of [`FANOUT`] places.
const BITS: u32 = FANOUT.ilog2();

/// Places of a shard that is read, at most, as the specification says.
const MAX_FANOUT: u64 = 1024;

/// A shard that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// Bits of the hash that name one of its places.
    pub(super) bits: u32,
    /// The contents of its places, in rising order, each place once.
    pub(super) children: Vec<(u32, Child)>,
}

/// What is at one place of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Child {
    /// The only entry whose name leads here.
    Entry(Entry),
    /// A shard for several entries.
    Shard(Cid),
}

/// Two names have the same hash in all bits, so a trie cannot hold both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SameHash;

/// Returns the hash of a name. Its highest bits are for the root.
pub(super) fn hash(name: &str) -> u64 {
    let hash = murmur3::murmur3_x64_128(&mut Cursor::new(name), 0).expect("reading memory cannot fail");
    // The first eight bytes of the hash, which the crate returns as the lower half of a number.
    hash as u64
}

/// Returns the place of a hash in the shard `depth` levels below the root, or `None` if no bits are left.
pub(super) fn place(hash: u64, bits: u32, depth: u32) -> Option<u32> {
    let shift = u64::BITS.checked_sub(bits * (depth + 1))?;
    u32::try_from((hash >> shift) & ((1 << bits) - 1)).ok()
}

/// Returns the bits for one of `fanout` places, if a shard may have so many.
pub(super) fn bits_of(fanout: u64) -> Option<u32> {
    let sound = fanout.is_power_of_two() && (8..=MAX_FANOUT).contains(&fanout);
    sound.then(|| fanout.ilog2())
}

/// Reads the place, in hexadecimal, from the start of a link's name.
pub(super) fn split(name: &str, bits: u32) -> Option<(u32, &str)> {
    let (digits, name) = name.split_at_checked(bits.div_ceil(4) as usize)?;
    let place = u32::from_str_radix(digits, 16).ok()?;
    (prefix(place, bits) == digits && place >> bits == 0).then_some((place, name))
}

/// Returns the start of a link's name.
fn prefix(place: u32, bits: u32) -> String {
    format!("{place:0width$X}", width = bits.div_ceil(4) as usize)
}

/// Returns the places in a bit field, in rising order. The last byte is for the first eight places. Leading
/// zeros may be cut off.
pub(super) fn places_in(field: &[u8]) -> Vec<u32> {
    let bytes = (0..).step_by(8).zip(field.iter().rev());
    bytes
        .flat_map(|(at, byte)| (0..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| at + bit))
        .collect()
}

/// Writes entries as a trie. Returns its blocks, the root last, and the link to it.
pub(super) fn write(entries: Vec<Entry>) -> Result<(Vec<Block>, Link), SameHash> {
    let mut hashed: Vec<_> = entries.into_iter().map(|entry| (hash(&entry.name), entry)).collect();
    hashed.sort_by_key(|(hash, _)| *hash);
    let mut blocks = Vec::new();
    let root = write_shard(&hashed, 0, &mut blocks)?;
    Ok((blocks, root))
}

/// Writes the shard of these entries. They are sorted by hash, and equal in the bits of all levels above
/// `depth`.
fn write_shard(entries: &[(u64, Entry)], depth: u32, blocks: &mut Vec<Block>) -> Result<Link, SameHash> {
    let place_of = |(hash, _): &(u64, Entry)| place(*hash, BITS, depth);
    let (mut links, mut field) = (Vec::new(), [0; FANOUT as usize / 8]);
    for together in entries.chunk_by(|a, b| place_of(a) == place_of(b)) {
        let place = place_of(&together[0]).ok_or(SameHash)?;
        let prefix = prefix(place, BITS);
        links.push(match together {
            [(_, entry)] => Entry { name: prefix + &entry.name, link: entry.link },
            several => Entry { name: prefix, link: write_shard(several, depth + 1, blocks)? },
        });
        field[field.len() - 1 - place as usize / 8] |= 1 << (place % 8);
    }
    let used = field.iter().position(|byte| *byte != 0).unwrap_or(field.len());
    let block = Block::node(node::shard(&links, field[used..].to_vec()));
    let link = block.link(links.iter().map(|entry| entry.link.total).sum());
    blocks.push(block);
    Ok(link)
}
