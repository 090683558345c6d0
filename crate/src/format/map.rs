//! The letterbox map: which page is the newest for whom, without saying for whom.
//!
//! `{v, salt, entries, pages, more?}`. An entry is a label that only its author and its reader can compute,
//! and the sealed digest of the newest page; among them stand random entries that look the same. The pages are
//! listed in the clear, each with a decoy beside it where the entry is one, so that keepers can walk them. More than
//! 256 entries are in blocks of their own, of which a reader fetches one.

use cid::Cid;
use ipld_core::ipld::Ipld;
use zeroize::Zeroizing;

use crate::crypto::{kdf, once};
use crate::format::error::{DecodeError, Fault, check_size};
use crate::format::fields::{Extra, Fields, Form, Plain, Row, Value};
use crate::format::fields::{block, blocks, rising, rising_by};
use crate::format::header::tag_and_key;
use crate::format::object::object;
use crate::format::page::Between;
use crate::format::{DAG_CBOR, Random, cid_from_digest, digest_of, limits};

/// A map with its entries, and each list beside it.
const VERSION: u64 = 1;
/// A map whose entries are in blocks of their own.
const IN_NODES: u64 = 2;

/// Length of a label.
const LABEL: usize = 16;
/// Length of an entry: a label, a digest and the cipher's tag.
pub const ENTRY: usize = LABEL + 32 + once::OVERHEAD;

/// A letterbox map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// Fresh at each rewriting.
    pub salt: [u8; 16],
    /// Entries and filling, sorted; a power of two from 16 to 256 of them, or those of the nodes taken in so far.
    pub entries: Vec<[u8; ENTRY]>,
    /// Where the entries are if there are more than 256, sorted; empty if there are not.
    pub nodes: Vec<Branch>,
    /// Pages, sorted, each once: those that the entries name, older ones that are kept, and decoys.
    pub pages: Vec<Cid>,
    /// Blocks with a [`Pages`] each, where there are more pages than fit here.
    pub more: Vec<Cid>,
}

object! {
    /// A block of 256 entries, and the label with which they begin.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Branch {
        /// The label of its first entry.
        pub first: [u8; LABEL],
        /// The block, an [`Entries`].
        #[check(block)]
        pub cid: Cid,
    }
}

/// One letterbox, as its author knows it.
#[derive(Clone, Copy, Debug)]
pub struct Letterbox<'a> {
    /// X25519 of the two label keys; for a link, what its secret gives.
    pub shared: &'a [u8; 32],
    /// Whose it is and who reads it.
    pub between: Between<'a>,
    /// The newest page in it.
    pub newest: Cid,
}

impl Map {
    /// How many entries a map of this many letterboxes has: what decoy pages are made for.
    pub fn capacity(letterboxes: usize) -> usize {
        if letterboxes > limits::MAP_ENTRIES {
            return letterboxes.next_multiple_of(limits::MAP_ENTRIES);
        }
        letterboxes.next_power_of_two().max(limits::MAP_ENTRIES_MIN)
    }

    /// Writes a map: seals an entry for each letterbox and fills with random ones.
    ///
    /// `pages` are all pages that must be kept, decoys too, in any order. `room` is for how many letterboxes the map
    /// looks at least, so that one that is dropped does not show. Returns the map's block, and those that it names: of
    /// entries, and of further pages.
    ///
    /// # Errors
    ///
    /// If there are more letterboxes or pages than one map holds.
    pub fn seal(
        letterboxes: &[Letterbox<'_>],
        room: usize,
        pages: &[Cid],
        random: Random<'_>,
    ) -> Result<(Vec<u8>, Vec<Vec<u8>>), DecodeError> {
        let room = letterboxes.len().max(room);
        if room > limits::LETTERBOXES {
            return Err(DecodeError::at("entries", Fault::TooLong(limits::LETTERBOXES)));
        }
        let mut salt = [0; 16];
        random(&mut salt);
        let mut entries =
            letterboxes.iter().map(|letterbox| entry(letterbox, &salt)).collect::<Result<Vec<_>, _>>()?;
        entries.resize_with(Self::capacity(room), || {
            let mut filling = [0; ENTRY];
            random(&mut filling);
            filling
        });
        entries.sort_unstable();
        let mut blocks = Vec::new();
        let mut nodes = Vec::new();
        if entries.len() > limits::MAP_ENTRIES {
            let all = std::mem::take(&mut entries);
            for entries in all.chunks(limits::MAP_ENTRIES) {
                let block = Entries(entries.to_vec()).to_bytes();
                nodes.push(Branch { first: label_of(&entries[0]), cid: super::cid_of(DAG_CBOR, &block) });
                blocks.push(block);
            }
        }

        let mut pages = pages.to_vec();
        pages.sort_unstable();
        pages.dedup();
        let (here, further) = pages.split_at(pages.len().min(INLINE_PAGES));
        let lists: Vec<_> =
            further.chunks(limits::MAP_PAGES).map(|pages| Pages(pages.to_vec()).to_bytes()).collect();
        let mut more: Vec<_> = lists.iter().map(|list| super::cid_of(DAG_CBOR, list)).collect();
        more.sort_unstable();
        if more.len() > limits::MAP_MORE {
            return Err(DecodeError::at("more", Fault::TooLong(limits::MAP_MORE)));
        }
        blocks.extend(lists);
        let map = Self { salt, entries, nodes, pages: here.to_vec(), more };
        Self::from_ipld(map.to_ipld())?;
        Ok((map.to_bytes(), blocks))
    }

    /// Reads a map.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_size("map", bytes, limits::MAP)?;
        Self::from_bytes(bytes)
    }

    /// The block in which the entry of this reader is, if it has one and the entries are in nodes.
    pub fn node(&self, shared: &[u8; 32], between: Between<'_>) -> Option<Cid> {
        let (label, _) = label_and_key(shared, between, &self.salt);
        let after = self.nodes.partition_point(|node| node.first <= label);
        Some(self.nodes[after.checked_sub(1)?].cid)
    }

    /// Takes in the entries of a block that the map names by `cid`, to be found by [`find`](Self::find).
    pub fn take(&mut self, cid: &Cid, block: &[u8]) -> Result<(), DecodeError> {
        let misplaced = || DecodeError::at("nodes", Fault::Contradiction);
        let at = self.nodes.iter().position(|node| node.cid == *cid).ok_or_else(misplaced)?;
        let Entries(entries) = Entries::decode(block)?;
        let next = self.nodes.get(at + 1).map(|next| next.first);
        let last = entries.last().map(label_of);
        if entries.first().map(label_of) != Some(self.nodes[at].first)
            || next.is_some_and(|next| last >= Some(next))
        {
            return Err(misplaced());
        }
        self.entries.extend(entries);
        Ok(())
    }

    /// The newest page for this reader, if the author has a letterbox for them.
    ///
    /// Where the entries are in nodes, the right [`node`](Self::node) has to be [taken in](Self::take) first.
    ///
    /// `shared` is X25519 of the two label keys, the same for both of them, or what the secret of a link gives.
    pub fn find(&self, shared: &[u8; 32], between: Between<'_>) -> Option<Cid> {
        let (label, key) = label_and_key(shared, between, &self.salt);
        let mine = self.entries.iter().filter(|entry| entry[..LABEL] == label);
        mine.filter_map(|entry| once::open(&key, &entry[LABEL..]).ok())
            .find_map(|digest| Some(cid_from_digest(DAG_CBOR, digest.as_slice().try_into().ok()?)))
    }
}

/// Pages beside a map of 256 entries that keep its block below [`limits::MAP`].
const INLINE_PAGES: usize = 320;

/// Version 2 has `nodes` where version 1 has `entries`.
impl Value for Map {
    fn to_ipld(&self) -> Ipld {
        let mut map = Extra::new();
        if self.nodes.is_empty() {
            Plain::put(&VERSION, "v", &mut map);
            Row::put(&self.entries, "entries", &mut map);
        } else {
            Plain::put(&IN_NODES, "v", &mut map);
            Plain::put(&self.nodes, "nodes", &mut map);
        }
        Plain::put(&self.salt, "salt", &mut map);
        Plain::put(&self.pages, "pages", &mut map);
        Plain::put(&(!self.more.is_empty()).then(|| self.more.clone()), "more", &mut map);
        Ipld::Map(map)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let (version, mut fields) = Fields::versioned(value, "letterboxes", IN_NODES)?;
        let salt = fields.take("salt")?;
        let (mut entries, mut nodes) = (Vec::new(), Vec::new());
        // Keys of the other version are none that a reader does not know.
        let other = if version == IN_NODES { "entries" } else { "nodes" };
        if fields.has(other) {
            return Err(DecodeError::at(other, Fault::Unexpected));
        }
        if version == IN_NODES {
            nodes = Plain::take(&mut fields, "nodes", limits::MAP_NODES)?;
            if nodes.len() < 2 || rising_by(|node: &Branch| &node.first)(&nodes).is_err() {
                return Err(DecodeError::at("nodes", Fault::Order));
            }
        } else {
            entries = Row::take(&mut fields, "entries", limits::MAP_ENTRIES)?;
            if !entries.len().is_power_of_two() || entries.len() < limits::MAP_ENTRIES_MIN {
                return Err(DecodeError::at("entries", Fault::Padding));
            }
        }
        let mut links = |key, max| {
            let links: Option<Vec<Cid>> = Plain::take(&mut fields, key, max)?;
            let found = links.as_deref().unwrap_or_default();
            blocks(found).map_err(|e| e.within(key))?;
            rising(found).map_err(|fault| DecodeError::at(key, fault))?;
            Ok::<_, DecodeError>(links)
        };
        let pages = links("pages", limits::MAP_PAGES)?.ok_or(DecodeError::at("pages", Fault::Missing))?;
        let more = links("more", limits::MAP_MORE)?.unwrap_or_default();
        Ok(Self { salt, entries, nodes, pages, more })
    }
}

object! {
    /// 256 entries of a map that has more: `{v, entries}`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "letterboxes")]
    #[decode("entries", limits::MAP)]
    pub struct Entries(
        #[key("entries")]
        #[max(limits::MAP_ENTRIES)]
        #[form(Row)]
        #[check(is_full)]
        pub Vec<[u8; ENTRY]>
    );
}

fn is_full(entries: &[[u8; ENTRY]]) -> Result<(), Fault> {
    Fault::Padding.unless(entries.len() == limits::MAP_ENTRIES)
}

fn label_of(entry: &[u8; ENTRY]) -> [u8; LABEL] {
    *entry.first_chunk().expect("an entry is longer than its label")
}

object! {
    /// A further list of pages: `{v, pages}`. Only keepers walk it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "pages")]
    #[decode("pages", limits::MAP)]
    pub struct Pages(
        #[key("pages")]
        #[max(limits::MAP_PAGES)]
        #[check(blocks, rising)]
        pub Vec<Cid>
    );
}

fn entry(letterbox: &Letterbox<'_>, salt: &[u8; 16]) -> Result<[u8; ENTRY], DecodeError> {
    let digest = digest_of(&letterbox.newest).filter(|_| letterbox.newest.codec() == DAG_CBOR);
    let digest = digest.ok_or(DecodeError::at("pages", Fault::Kind("links to DAG-CBOR blocks")))?;
    let (label, key) = label_and_key(letterbox.shared, letterbox.between, salt);
    let mut entry = [0; ENTRY];
    entry[..LABEL].copy_from_slice(&label);
    entry[LABEL..].copy_from_slice(&once::seal(&key, &digest));
    Ok(entry)
}

fn label_and_key(
    shared: &[u8; 32],
    between: Between<'_>,
    salt: &[u8; 16],
) -> ([u8; LABEL], Zeroizing<[u8; 32]>) {
    let context = [&between.keys()[..], salt].concat();
    tag_and_key(&kdf(shared, "letterbox", &context))
}
