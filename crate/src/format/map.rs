//! The letterbox map: which page is the newest for whom, without saying for whom.
//!
//! `{v, salt, entries, pages, more?}`. An entry is a label that only its author and its reader can compute,
//! and the sealed digest of the newest page; among them stand random entries that look the same. The pages are
//! listed in the clear, each with a decoy beside it where the entry is one, so that keepers can walk them.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use zeroize::Zeroizing;

use crate::crypto::{kdf, once};
use crate::format::error::{DecodeError, Fault, check_size};
use crate::format::fields::{Build, Fields, Value, is_rising};
use crate::format::header::tag_and_key;
use crate::format::page::Between;
use crate::format::{DAG_CBOR, Random, cid_from_digest, digest_of, limits};

const VERSION: u64 = 1;

/// Length of a label.
const LABEL: usize = 16;
/// Length of an entry: a label, a digest and the cipher's tag.
pub const ENTRY: usize = LABEL + 32 + once::OVERHEAD;

/// A letterbox map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// Fresh at each rewriting.
    pub salt: [u8; 16],
    /// Entries and filling, sorted; a power of two from 16 to 256 of them.
    pub entries: Vec<[u8; ENTRY]>,
    /// Pages, sorted, each once: those that the entries name, older ones that are kept, and decoys.
    pub pages: Vec<Cid>,
    /// Blocks with a [`Pages`] each, where there are more pages than fit here.
    pub more: Vec<Cid>,
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
        letterboxes.next_power_of_two().max(limits::MAP_ENTRIES_MIN)
    }

    /// Writes a map: seals an entry for each letterbox and fills with random ones.
    ///
    /// `pages` are all pages that must be kept, decoys too, in any order. `room` is for how many letterboxes the map
    /// looks at least, so that one that is dropped does not show. Returns the map's block, and before it those of
    /// further lists of pages that it names.
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
        if room > limits::MAP_ENTRIES {
            return Err(DecodeError::at("entries", Fault::TooLong(limits::MAP_ENTRIES)));
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
        let map = Self { salt, entries, pages: here.to_vec(), more };
        Self::from_ipld(map.to_ipld())?;
        Ok((map.to_bytes(), lists))
    }

    /// Reads a map.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_size("map", bytes, limits::MAP)?;
        Self::from_bytes(bytes)
    }

    /// The newest page for this reader, if the author has a letterbox for them.
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

impl Value for Map {
    fn to_ipld(&self) -> Ipld {
        Build::new()
            .put("v", &VERSION)
            .put("salt", &self.salt)
            .put("entries", &Bytes::from(self.entries.concat()))
            .put("pages", &self.pages)
            .maybe("more", (!self.more.is_empty()).then_some(&self.more))
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "letterboxes", VERSION)?;
        let salt = fields.take("salt")?;
        let entries = fields.bytes("entries", limits::MAP_ENTRIES * ENTRY)?;
        let (entries, rest) = entries.as_chunks::<ENTRY>();
        if !rest.is_empty() || !entries.len().is_power_of_two() || entries.len() < limits::MAP_ENTRIES_MIN {
            return Err(DecodeError::at("entries", Fault::Padding));
        }
        if !is_rising(entries) {
            return Err(DecodeError::at("entries", Fault::Order));
        }
        let pages = fields.links("pages", limits::MAP_PAGES)?;
        let more = if fields.has("more") { fields.links("more", limits::MAP_MORE)? } else { Vec::new() };
        Ok(Self { salt, entries: entries.to_vec(), pages, more })
    }
}

/// A further list of pages: `{v, pages}`. Only keepers walk it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages(pub Vec<Cid>);

impl Value for Pages {
    fn to_ipld(&self) -> Ipld {
        Build::new().put("v", &VERSION).put("pages", &self.0).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "pages", VERSION)?;
        Ok(Self(fields.links("pages", limits::MAP_PAGES)?))
    }
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
