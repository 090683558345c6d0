//! One block: DAG-PB, with UnixFS's own message in it.
//!
//! Follows <https://ipld.io/specs/codecs/dag-pb/spec/> and <https://specs.ipfs.tech/unixfs/>. Links are
//! written before data, as every tool does, and both orders are read. Otherwise DAG-PB must be exactly as it
//! would be written here, except for the order of names. Times and permissions in the inner message are
//! ignored.

use std::collections::HashSet;

use bytes::{Buf, Bytes};
use cid::Cid;
use prost::{
    Message as _,
    encoding::{self, WireType, encoded_len_varint},
};

use super::{
    BLOCK, Link,
    hamt::{self, Child, Shard},
    is_unixfs,
};
use crate::format::path;

/// Links in one node of a file that is read: eight times the number in the profile, and few enough for a path
/// of such nodes to stay in memory.
const FILE_LINKS: usize = 8 * super::WIDTH;

/// Tags of DAG-PB's node.
const DATA: u32 = 1;
const LINKS: u32 = 2;

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is larger than any block that IPFS tools exchange.
    #[error("is larger than {BLOCK} bytes")]
    TooLarge,
    /// It is not strict DAG-PB, or has no UnixFS in it.
    #[error("is no UnixFS")]
    Malformed,
    /// It links to a block that is not CIDv1, SHA2-256, and raw or DAG-PB.
    #[error("is or links to another kind of block")]
    Foreign,
    /// It is a file where a directory must be, or the reverse, or a symbolic link.
    #[error("is something else than {0}")]
    Kind(&'static str),
    /// Its sizes contradict each other or the bytes.
    #[error("says another size than it has")]
    Size,
    /// It has a name twice, or a name that could leave its folder.
    #[error("has a name twice, or one that is not safe")]
    Name,
    /// It has more links than a node of a file may have.
    #[error("has more than {FILE_LINKS} parts")]
    Wide,
    /// It is a shard that is empty, or has an entry that is not where its name belongs.
    #[error("is not a sound shard")]
    Shard,
    /// It is deeper than any honest block.
    #[error("hangs too deep")]
    Depth,
    /// It has more entries, or chunks of one file, than are looked at.
    #[error("leads to more than a share can have")]
    Many,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name. It is safe as one part of a path, but not always in normal form C.
    pub name: String,
    /// The file or directory.
    pub link: Link,
}

/// A part of a file, to which one link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) link: Link,
    /// How many bytes of the file are in it.
    pub(super) len: u64,
}

/// A node of a file: bytes, then parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) data: Bytes,
    pub(super) parts: Vec<Part>,
    /// How many bytes of the file are in all of it.
    pub(super) len: u64,
}

impl From<Bytes> for Contents {
    fn from(data: Bytes) -> Self {
        Self { len: data.len() as u64, data, parts: Vec::new() }
    }
}

/// A block of DAG-PB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParsedBlock {
    File(Contents),
    Directory(Vec<Entry>),
    Shard(Shard),
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbLink {
    #[prost(bytes = "bytes", optional, tag = "1")]
    hash: Option<Bytes>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(uint64, optional, tag = "3")]
    total: Option<u64>,
}

/// UnixFS's own message, with the fields that are used.
#[derive(Clone, PartialEq, prost::Message)]
struct Data {
    #[prost(enumeration = "Kind", optional, tag = "1")]
    kind: Option<i32>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    data: Option<Bytes>,
    #[prost(uint64, optional, tag = "3")]
    size: Option<u64>,
    #[prost(uint64, repeated, packed = "false", tag = "4")]
    sizes: Vec<u64>,
    #[prost(uint64, optional, tag = "5")]
    hash: Option<u64>,
    #[prost(uint64, optional, tag = "6")]
    fanout: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
enum Kind {
    /// The kind of leaf that files were cut into before raw blocks.
    Raw = 0,
    Directory = 1,
    File = 2,
    Metadata = 3,
    Symlink = 4,
    Shard = 5,
}

impl PbLink {
    fn new(name: &str, link: &Link) -> Self {
        Self { hash: Some(link.cid.to_bytes().into()), name: Some(name.to_owned()), total: Some(link.total) }
    }

    /// Reads a link that has no second encoding.
    fn read(bytes: Bytes) -> Result<Entry, Fault> {
        let len = bytes.len();
        let link = Self::decode(bytes).map_err(|_| Fault::Malformed)?;
        if link.encoded_len() != len {
            return Err(Fault::Malformed);
        }
        let hash = link.hash.ok_or(Fault::Malformed)?;
        let cid = Cid::try_from(&hash[..]).map_err(|_| Fault::Malformed)?;
        if cid.encoded_len() != hash.len() {
            return Err(Fault::Malformed);
        }
        let (name, total) = (link.name.unwrap_or_default(), link.total.unwrap_or(0));
        Ok(Entry { name, link: Link { cid, total } })
    }
}

/// Returns the links of a DAG-PB block, in order, with or without UnixFS in it.
pub fn links(block: &[u8]) -> Result<Vec<Cid>, Fault> {
    let (links, _) = decode(&Bytes::copy_from_slice(block))?;
    Ok(links.into_iter().map(|entry| entry.link.cid).collect())
}

/// Encodes a node of a file.
pub(super) fn file(parts: &[Part]) -> Bytes {
    let sizes: Vec<_> = parts.iter().map(|part| part.len).collect();
    let size = Some(sizes.iter().sum());
    let links: Vec<_> = parts.iter().map(|part| PbLink::new("", &part.link)).collect();
    encode(&links, &Data { size, sizes, ..Data::of(Kind::File) })
}

/// Encodes a plain directory. Its entries are sorted by the bytes of their names.
pub(super) fn directory(entries: &[Entry]) -> Bytes {
    encode(&named(entries).collect::<Vec<_>>(), &Data::of(Kind::Directory))
}

/// Returns how many bytes [`directory`] needs for these entries.
pub(super) fn directory_len(entries: &[Entry]) -> usize {
    let data = Data::of(Kind::Directory).encoded_len();
    named(entries).map(|link| field_len(link.encoded_len())).sum::<usize>() + field_len(data)
}

/// Encodes a shard: links by names that start with their place, and a bit field of the places.
pub(super) fn shard(links: &[Entry], places: Vec<u8>) -> Bytes {
    let (hash, fanout) = (Some(hamt::MURMUR3), Some(hamt::FANOUT));
    let data = Data { data: Some(places.into()), hash, fanout, ..Data::of(Kind::Shard) };
    encode(&named(links).collect::<Vec<_>>(), &data)
}

fn named(entries: &[Entry]) -> impl Iterator<Item = PbLink> {
    entries.iter().map(|entry| PbLink::new(&entry.name, &entry.link))
}

/// Reads a block of DAG-PB with UnixFS in it.
pub(super) fn parse(block: &Bytes) -> Result<ParsedBlock, Fault> {
    let (links, data) = decode(block)?;
    let data = Data::decode(data.ok_or(Fault::Malformed)?).map_err(|_| Fault::Malformed)?;
    if !links.iter().all(|entry| is_unixfs(&entry.link.cid)) {
        return Err(Fault::Foreign);
    }
    match data.kind.and_then(|kind| Kind::try_from(kind).ok()).ok_or(Fault::Malformed)? {
        Kind::Raw | Kind::File => data.file(links).map(ParsedBlock::File),
        Kind::Directory => entries(links).map(ParsedBlock::Directory),
        Kind::Shard => data.shard(links).map(ParsedBlock::Shard),
        Kind::Metadata | Kind::Symlink => Err(Fault::Kind("a file or directory")),
    }
}

impl Data {
    fn of(kind: Kind) -> Self {
        Self { kind: Some(kind.into()), ..Self::default() }
    }

    fn file(self, links: Vec<Entry>) -> Result<Contents, Fault> {
        if links.len() > FILE_LINKS {
            return Err(Fault::Wide);
        }
        if links.iter().any(|entry| !entry.name.is_empty()) {
            return Err(Fault::Name);
        }
        let data = self.data.unwrap_or_default();
        let sizes = self.sizes.iter().try_fold(data.len() as u64, |sum, size| sum.checked_add(*size));
        let len = self.size.unwrap_or(0);
        if links.len() != self.sizes.len() || sizes != Some(len) {
            return Err(Fault::Size);
        }
        let links = links.into_iter().map(|entry| entry.link);
        let parts = links.zip(self.sizes).map(|(link, len)| Part { link, len }).collect();
        Ok(Contents { data, parts, len })
    }

    fn shard(self, links: Vec<Entry>) -> Result<Shard, Fault> {
        let bits = self.fanout.and_then(hamt::bits_of).ok_or(Fault::Shard)?;
        if self.hash != Some(hamt::MURMUR3) {
            return Err(Fault::Shard);
        }
        let mut children = Vec::with_capacity(links.len());
        for Entry { name, link } in links {
            let (place, name) = hamt::split(&name, bits).ok_or(Fault::Shard)?;
            let child = match name {
                "" => Child::Shard(link.cid),
                name if is_safe(name) => Child::Entry(Entry { name: name.to_owned(), link }),
                _ => return Err(Fault::Name),
            };
            children.push((place, child));
        }
        children.sort_by_key(|(place, _)| *place);
        let places: Vec<_> = children.iter().map(|(place, _)| *place).collect();
        if hamt::places_in(&self.data.unwrap_or_default()) != places {
            return Err(Fault::Shard);
        }
        Ok(Shard { bits, children })
    }
}

/// Checks the links of a plain directory.
fn entries(links: Vec<Entry>) -> Result<Vec<Entry>, Fault> {
    let mut names = HashSet::with_capacity(links.len());
    let sound = links.iter().all(|entry| is_safe(&entry.name) && names.insert(&entry.name));
    if sound { Ok(links) } else { Err(Fault::Name) }
}

/// Whether a name is one part of a path. It need not be in normal form C, because other tools do not
/// normalise.
fn is_safe(name: &str) -> bool {
    !name.contains('/') && path::normalize(name).is_ok()
}

fn encode(links: &[PbLink], data: &Data) -> Bytes {
    let mut block = Vec::new();
    links.iter().for_each(|link| encoding::message::encode(LINKS, link, &mut block));
    encoding::message::encode(DATA, data, &mut block);
    block.into()
}

/// Returns the length of a field of so many bytes in DAG-PB's node. Its tags take one byte each.
fn field_len(len: usize) -> usize {
    1 + encoded_len_varint(len as u64) + len
}

/// Splits DAG-PB into links and data. The data stays a slice of `block`.
fn decode(block: &Bytes) -> Result<(Vec<Entry>, Option<Bytes>), Fault> {
    if block.len() > BLOCK {
        return Err(Fault::TooLarge);
    }
    let malformed = |_| Fault::Malformed;
    let (mut links, mut data, mut len) = (Vec::new(), None, 0);
    // Data may be before the links or after them, not between them.
    let mut closed = false;
    let mut rest = block.clone();
    while rest.has_remaining() {
        let (tag, wire) = encoding::decode_key(&mut rest).map_err(malformed)?;
        let size = encoding::decode_varint(&mut rest).map_err(malformed)?;
        let size = usize::try_from(size).map_err(|_| Fault::Malformed)?;
        if wire != WireType::LengthDelimited || size > rest.len() {
            return Err(Fault::Malformed);
        }
        let field = rest.split_to(size);
        match tag {
            LINKS if !closed => links.push(PbLink::read(field)?),
            DATA if data.is_none() => {
                closed = !links.is_empty();
                data = Some(field);
            }
            _ => return Err(Fault::Malformed),
        }
        len += field_len(size);
    }
    // A length that is encoded longer than necessary.
    if len == block.len() { Ok((links, data)) } else { Err(Fault::Malformed) }
}
