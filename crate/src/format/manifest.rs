//! The list of a share's files and how to read them.
//!
//! Three kinds of content in sealed nodes: the manifest itself, signed by its maker; further [`Listing`]s below
//! it, for folders that do not fit into one node; and [`ChunkList`]s, for files of many chunks. A [`Preview`] is
//! a node of its own, so that a list of files can be read without them.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::crypto::block::Key;
use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::format::error::{DecodeError, Fault, ReadError};
use crate::format::fields::{Extra, Fields, Form, Plain, Value};
use crate::format::fields::{is_picture, maybe, not_empty, relays, rising, rising_by};
use crate::format::node::{self, Content, Pointer};
use crate::format::object::{object, words};
use crate::format::share_id::{InnerId, ShareId};
use crate::format::signed::{self, Verified};
use crate::format::{DAG_CBOR, RAW, cid_from_digest, limits, path};

/// To whom a share is given, as far as its objects say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chosen contacts.
    Contacts,
    /// The author's own devices.
    Own,
    /// Anybody who has a link to it.
    Link,
    /// No share: a [`letter`](super::letter) to one contact.
    Letter,
}

// An audience that this version does not know must not be shown as one that it does.
words!(
    Kind { Contacts = "contacts", Own = "self", Link = "link", Letter = "letter" }
    else DecodeError::Newer { what: "share" }
);

/// How a file's chunks are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunks {
    /// The chunks in order, at most [`limits::INLINE_CHUNKS`]; none for an empty file.
    Inline(Vec<Pointer>),
    /// Nodes that each hold a [`ChunkList`]: all full but the last.
    Parts(Vec<Pointer>),
}

object! {
    /// A file of a share.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        /// Where in the share, by the rules of [`path::check`].
        #[check(safe)]
        pub path: String,
        /// True length in bytes.
        pub size: u64,
        /// Media type as the author's browser named it; empty if it did not. A claim, never to be trusted.
        #[key("type")]
        #[max(limits::TYPE_CHARS)]
        pub media_type: String,
        /// Last modified, in milliseconds since 1970.
        pub modified: Option<u64>,
        /// A node with a [`Preview`].
        #[check(maybe(node::of(DAG_CBOR)))]
        pub preview: Option<Pointer>,
        /// The content.
        #[form(Chunks)]
        pub chunks: Chunks,
    }
}

impl Entry {
    /// What the entry takes of a node's [`node::ROOM`].
    pub fn weight(&self) -> usize {
        self.to_bytes().len() + self.links().len() * node::LINK
    }

    fn links(&self) -> Vec<Cid> {
        let (Chunks::Inline(pointers) | Chunks::Parts(pointers)) = &self.chunks;
        pointers.iter().chain(&self.preview).map(|pointer| pointer.cid).collect()
    }

    /// Checks that there are exactly as many chunks, or nodes of chunks, as the size asks for.
    pub fn check_count(&self, chunk_size: u64) -> Result<(), DecodeError> {
        let chunks = self.size.div_ceil(chunk_size);
        let (field, found, expected) = match &self.chunks {
            Chunks::Inline(list) => ("chunks", list.len(), chunks),
            Chunks::Parts(list) => ("parts", list.len(), chunks.div_ceil(limits::NODE_ENTRIES as u64)),
        };
        if found as u64 == expected { Ok(()) } else { Err(DecodeError::at(field, Fault::Contradiction)) }
    }
}

/// Under `chunks` or `parts`, never both.
impl Form<Self> for Chunks {
    fn put(chunks: &Self, _: &str, map: &mut Extra) {
        match chunks {
            Self::Inline(list) => Plain::put(list, "chunks", map),
            Self::Parts(list) => Plain::put(list, "parts", map),
        }
    }

    fn take(fields: &mut Fields, _: &str, _: usize) -> Result<Self, DecodeError> {
        let parts = fields.has("parts");
        if parts && fields.has("chunks") {
            return Err(DecodeError::at("chunks", Fault::Unexpected));
        }
        let (key, max, codec) = match parts {
            true => ("parts", limits::NODE_ENTRIES, DAG_CBOR),
            false => ("chunks", limits::INLINE_CHUNKS, RAW),
        };
        let list: Vec<Pointer> = Plain::take(fields, key, max)?;
        node::each_of(codec)(&list).map_err(|e| e.within(key))?;
        Ok(if parts { Self::Parts(list) } else { Self::Inline(list) })
    }
}

fn safe(path: &str) -> Result<(), Fault> {
    path::check(path).or(Err(Fault::Path))
}

object! {
    /// A further node of a listing.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Branch {
        /// Path of the first entry below it.
        #[check(safe)]
        pub first: String,
        /// A node with a [`Listing`].
        #[check(node::of(DAG_CBOR))]
        pub node: Pointer,
    }
}

impl Branch {
    /// What the branch takes of a node's [`node::ROOM`].
    pub fn weight(&self) -> usize {
        self.to_bytes().len() + node::LINK
    }
}

/// Files, or nodes that list files: sorted by the bytes of their paths, each path once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The files themselves.
    Entries(Vec<Entry>),
    /// Nodes that list them.
    Index(Vec<Branch>),
}

impl Listing {
    /// Path of the first entry at or below this listing; `None` only in a manifest without files.
    pub fn first(&self) -> Option<&str> {
        match self {
            Self::Entries(entries) => entries.first().map(|entry| entry.path.as_str()),
            Self::Index(index) => index.first().map(|branch| branch.first.as_str()),
        }
    }

    /// Path of the last entry, or of the first entry of the last node, in this listing.
    pub fn last(&self) -> Option<&str> {
        match self {
            Self::Entries(entries) => entries.last().map(|entry| entry.path.as_str()),
            Self::Index(index) => index.last().map(|branch| branch.first.as_str()),
        }
    }

    /// Checks that this listing, read through `branch`, lies between it and the branch after it.
    pub fn check_under(&self, branch: &Branch, next: Option<&Branch>) -> Result<(), DecodeError> {
        let starts_there = self.first() == Some(branch.first.as_str());
        let ends_before = next.is_none_or(|next| self.last() < Some(next.first.as_str()));
        if starts_there && ends_before { Ok(()) } else { Err(DecodeError::at("first", Fault::Contradiction)) }
    }

    /// Checks that each file in this listing has as many chunks as its size asks for.
    pub fn check_counts(&self, chunk_size: u64) -> Result<(), DecodeError> {
        let Self::Entries(entries) = self else { return Ok(()) };
        let mut all = entries.iter().enumerate();
        all.try_for_each(|(i, entry)| {
            entry.check_count(chunk_size).map_err(|e| e.within(&i.to_string()).within("entries"))
        })
    }

    fn all_links(&self) -> Vec<Cid> {
        match self {
            Self::Entries(entries) => entries.iter().flat_map(Entry::links).collect(),
            Self::Index(index) => index.iter().map(|branch| branch.node.cid).collect(),
        }
    }
}

/// Under `entries` or `index`, never both.
impl Form<Self> for Listing {
    fn put(listing: &Self, _: &str, map: &mut Extra) {
        match listing {
            Self::Entries(entries) => Plain::put(entries, "entries", map),
            Self::Index(index) => Plain::put(index, "index", map),
        }
    }

    fn take(fields: &mut Fields, _: &str, _: usize) -> Result<Self, DecodeError> {
        if !fields.has("index") {
            let entries: Vec<Entry> = Plain::take(fields, "entries", limits::NODE_ENTRIES)?;
            let sorted = rising_by(|entry: &Entry| &entry.path)(&entries);
            return sorted
                .map(|()| Self::Entries(entries))
                .map_err(|fault| DecodeError::at("entries", fault));
        }
        if fields.has("entries") {
            return Err(DecodeError::at("entries", Fault::Unexpected));
        }
        let index: Vec<Branch> = Plain::take(fields, "index", limits::NODE_ENTRIES)?;
        let sound = not_empty(&index).and_then(|()| rising_by(|branch: &Branch| &branch.first)(&index));
        sound.map(|()| Self::Index(index)).map_err(|fault| DecodeError::at("index", fault))
    }
}

impl Value for Listing {
    fn to_ipld(&self) -> Ipld {
        let mut map = Extra::from([("v".to_owned(), Ipld::Integer(1))]);
        Self::put(self, "", &mut map);
        Ipld::Map(map)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let (_, mut fields) = Fields::versioned(value, "listing", 1)?;
        let listing = Self::take(&mut fields, "", usize::MAX)?;
        // Only a manifest may be empty: a node below it has a first entry by which it was found.
        let first = Fault::TooFew(1).unless(listing.first().is_some());
        first.map(|()| listing).map_err(|fault| DecodeError::at("entries", fault))
    }
}

impl Content for Listing {
    fn links(&self) -> Vec<Cid> {
        self.all_links()
    }
}

object! {
    /// Chunks of one file, in order: 1,024 of them, or fewer in the last list of the file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "chunk list")]
    pub struct ChunkList(
        #[key("chunks")]
        #[max(limits::NODE_ENTRIES)]
        #[check(node::each_of(RAW), not_empty)]
        pub Vec<Pointer>
    );
}

impl Content for ChunkList {
    fn links(&self) -> Vec<Cid> {
        self.0.iter().map(|pointer| pointer.cid).collect()
    }
}

object! {
    /// A small raster picture of a file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "preview")]
    pub struct Preview(
        #[key("picture")]
        #[max(limits::PREVIEW)]
        #[check(is_picture(limits::PREVIEW_SIDE))]
        pub Bytes
    );
}

impl Content for Preview {
    fn links(&self) -> Vec<Cid> {
        Vec::new()
    }
}

object! {
    /// What somebody added to an album: a share of theirs, whose manifest this names.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Part {
        /// Who added it, and signed its manifest.
        pub maker: VerifyingKey,
        /// The share that it is at its maker's.
        pub share: InnerId,
        /// SHA-256 of the block of its manifest: no link, because its maker's relays keep it.
        pub block: [u8; 32],
        /// The key of that block's seal.
        pub key: Key,
        /// Relays that keep it: hostile input until checked.
        #[max(limits::PART_KEEPERS)]
        #[check(relays)]
        pub keepers: Vec<String>,
        /// When the author of the album took it in, in milliseconds since 1970; a claim.
        #[key("t")]
        pub added: u64,
    }
}

impl Part {
    /// The manifest of the part.
    pub fn manifest(&self) -> Pointer {
        Pointer { cid: cid_from_digest(DAG_CBOR, &self.block), key: self.key.clone() }
    }

    /// By which parts are sorted: there is one of each share of each maker.
    pub fn place(&self) -> (&[u8; 32], InnerId) {
        (self.maker.as_bytes(), self.share)
    }

    /// What the part takes of a node's [`node::ROOM`].
    pub fn weight(&self) -> usize {
        self.to_bytes().len()
    }
}

object! {
    /// The root of a share's list of files.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "manifest")]
    #[signed("manifest", limits::NODE)]
    #[check(Self::adds_up)]
    pub struct Manifest {
        /// The share that this was made for; its header must name the same.
        pub share: InnerId,
        /// The audience that this was made for; the header must name the same.
        #[check(is_of_share)]
        pub kind: Kind,
        /// How many files there are at and below this node.
        pub files: u64,
        /// The sum of their true lengths, in bytes.
        pub size: u64,
        /// Bytes of plaintext in each chunk but a file's last: a power of two from 64 KiB to 512 KiB.
        #[check(is_chunk_size)]
        pub chunk: u64,
        /// The files, or where they are listed.
        #[form(Listing)]
        pub listing: Listing,
        /// Paths of folders without files.
        #[max(limits::FOLDERS)]
        #[check(maybe(|paths: &Vec<String>| are_folders(paths)))]
        pub folders: Option<Vec<String>>,
        /// The album to which this was added; the header says the same.
        pub album: Option<ShareId>,
        /// What others added to this.
        #[max(limits::PARTS)]
        #[check(maybe(|parts: &Vec<Part>| are_parts(parts)))]
        pub parts: Option<Vec<Part>>,
        ..extra
    }
}

/// A letter has no manifest.
fn is_of_share(kind: &Kind) -> Result<(), DecodeError> {
    if *kind == Kind::Letter { Err(DecodeError::Newer { what: "share" }) } else { Ok(()) }
}

impl Manifest {
    /// Paths of folders without files, sorted.
    pub fn folders(&self) -> &[String] {
        self.folders.as_deref().unwrap_or_default()
    }

    /// What others added, sorted by maker and share.
    pub fn parts(&self) -> &[Part] {
        self.parts.as_deref().unwrap_or_default()
    }

    /// Signs the manifest as its maker and seals it into a node under the share's manifest secret.
    pub fn seal(&self, maker: &SigningKey, secret: &[u8; 32]) -> Result<(Pointer, Vec<u8>), DecodeError> {
        node::seal_bytes(secret, self.listing.all_links(), &signed::sign(maker, self)?)
    }

    /// Opens a manifest; `maker` where it must be a certain identity's.
    pub fn open(
        pointer: &Pointer,
        block: &[u8],
        maker: Option<&VerifyingKey>,
    ) -> Result<Verified<Self>, ReadError> {
        let (links, plaintext) = node::open_bytes(pointer, block)?;
        let manifest = signed::open::<Self>(&plaintext, maker)?;
        node::check_links(&links, manifest.object.listing.all_links())?;
        Ok(manifest)
    }

    fn adds_up(&self) -> Result<(), DecodeError> {
        self.is_album_or_part()?;
        let Listing::Entries(entries) = &self.listing else { return Ok(()) };
        if self.files != entries.len() as u64 {
            return Err(DecodeError::at("files", Fault::Contradiction));
        }
        let size = entries.iter().try_fold(0u64, |sum, entry| sum.checked_add(entry.size));
        let same = Fault::Contradiction.unless(size == Some(self.size));
        same.map_err(|fault| DecodeError::at("size", fault))?;
        self.listing.check_counts(self.chunk)
    }

    /// What was added to an album is for its author, and nothing is added to it.
    fn is_album_or_part(&self) -> Result<(), DecodeError> {
        if self.album.is_some() && self.kind != Kind::Contacts {
            return Err(DecodeError::at("album", Fault::Contradiction));
        }
        if self.album.is_some() && self.parts.is_some() {
            return Err(DecodeError::at("parts", Fault::Unexpected));
        }
        Ok(())
    }
}

fn are_parts(parts: &[Part]) -> Result<(), Fault> {
    not_empty(parts)?;
    Fault::Order.unless(parts.is_sorted_by(|a, b| a.place() < b.place()))
}

fn are_folders(paths: &[String]) -> Result<(), DecodeError> {
    not_empty(paths).and_then(|()| rising(paths))?;
    let mut all = paths.iter().enumerate();
    all.try_for_each(|(i, path)| safe(path).map_err(|fault| DecodeError::at(i.to_string(), fault)))
}

fn is_chunk_size(bytes: &u64) -> Result<(), Fault> {
    Fault::Range.unless(bytes.is_power_of_two() && (64 << 10..=512 << 10).contains(bytes))
}
