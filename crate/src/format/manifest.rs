//! The list of a share's files and how to read them.
//!
//! Three kinds of content in sealed nodes: the manifest itself, signed by its maker; further [`Listing`]s below
//! it, for folders that do not fit into one node; and [`ChunkList`]s, for files of many chunks. A [`Preview`] is
//! a node of its own, so that a list of files can be read without them.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::format::error::{DecodeError, Fault, ReadError};
use crate::format::fields::{Build, Extra, Fields, Value, is_rising};
use crate::format::node::{self, Content, Pointer};
use crate::format::share_id::InnerId;
use crate::format::signed::{self, Signed, Verified};
use crate::format::{DAG_CBOR, RAW, limits, path, picture};

const VERSION: u64 = 1;

/// To whom a share is given, as far as its objects say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chosen contacts.
    Contacts,
    /// The author's own devices.
    Own,
    /// Whoever has a link to it.
    Link,
}

impl Value for Kind {
    fn to_ipld(&self) -> Ipld {
        let name = match self {
            Self::Contacts => "contacts",
            Self::Own => "self",
            Self::Link => "link",
        };
        Ipld::String(name.to_owned())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        match String::from_ipld(value)?.as_str() {
            "contacts" => Ok(Self::Contacts),
            "self" => Ok(Self::Own),
            "link" => Ok(Self::Link),
            // An audience that this version does not know must not be shown as one that it does.
            _ => Err(DecodeError::Newer { what: "share" }),
        }
    }
}

/// How a file's chunks are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunks {
    /// The chunks in order, at most [`limits::INLINE_CHUNKS`]; none for an empty file.
    Inline(Vec<Pointer>),
    /// Nodes that each hold a [`ChunkList`]: all full but the last.
    Parts(Vec<Pointer>),
}

/// A file of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where in the share, by the rules of [`path::check`].
    pub path: String,
    /// True length in bytes.
    pub size: u64,
    /// Media type as the author's browser named it; empty if it did not. A claim, never to be trusted.
    pub media_type: String,
    /// Last modified, in milliseconds since 1970.
    pub modified: Option<u64>,
    /// A node with a [`Preview`].
    pub preview: Option<Pointer>,
    /// The content.
    pub chunks: Chunks,
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

impl Value for Entry {
    fn to_ipld(&self) -> Ipld {
        let (chunks, parts) = match &self.chunks {
            Chunks::Inline(list) => (Some(list), None),
            Chunks::Parts(list) => (None, Some(list)),
        };
        Build::new()
            .put("path", &self.path)
            .put("size", &self.size)
            .put("type", &self.media_type)
            .maybe("modified", self.modified.as_ref())
            .maybe("preview", self.preview.as_ref())
            .maybe("chunks", chunks)
            .maybe("parts", parts)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value)?;
        let path: String = fields.take("path")?;
        path::check(&path).map_err(|_| DecodeError::at("path", Fault::Path))?;
        let chunks = if fields.has("parts") {
            if fields.has("chunks") {
                return Err(DecodeError::at("chunks", Fault::Unexpected));
            }
            Chunks::Parts(pointers(&mut fields, "parts", limits::NODE_ENTRIES, DAG_CBOR)?)
        } else {
            Chunks::Inline(pointers(&mut fields, "chunks", limits::INLINE_CHUNKS, RAW)?)
        };
        Ok(Self {
            path,
            size: fields.take("size")?,
            media_type: fields.text("type", limits::TYPE_CHARS)?,
            modified: fields.maybe("modified")?,
            preview: node_pointer(fields.maybe("preview")?, "preview")?,
            chunks,
        })
    }
}

fn pointers(fields: &mut Fields, field: &str, limit: usize, codec: u64) -> Result<Vec<Pointer>, DecodeError> {
    let list = fields.list::<Pointer>(field, limit)?;
    list.into_iter().map(|pointer| pointer.of(codec).map_err(|e| e.within(field))).collect()
}

fn node_pointer(pointer: Option<Pointer>, field: &str) -> Result<Option<Pointer>, DecodeError> {
    pointer.map(|pointer| pointer.of(DAG_CBOR).map_err(|e| e.within(field))).transpose()
}

/// A further node of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Path of the first entry below it.
    pub first: String,
    /// A node with a [`Listing`].
    pub node: Pointer,
}

impl Branch {
    /// What the branch takes of a node's [`node::ROOM`].
    pub fn weight(&self) -> usize {
        self.to_bytes().len() + node::LINK
    }
}

impl Value for Branch {
    fn to_ipld(&self) -> Ipld {
        Build::new().put("first", &self.first).put("node", &self.node).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value)?;
        let first: String = fields.take("first")?;
        path::check(&first).map_err(|_| DecodeError::at("first", Fault::Path))?;
        Ok(Self { first, node: fields.take::<Pointer>("node")?.of(DAG_CBOR).map_err(|e| e.within("node"))? })
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

    fn put(&self, build: Build) -> Build {
        match self {
            Self::Entries(entries) => build.put("entries", entries),
            Self::Index(index) => build.put("index", index),
        }
    }

    fn take(fields: &mut Fields) -> Result<Self, DecodeError> {
        let (field, rising, listing) = if fields.has("index") {
            if fields.has("entries") {
                return Err(DecodeError::at("entries", Fault::Unexpected));
            }
            let index: Vec<Branch> = fields.list("index", limits::NODE_ENTRIES)?;
            if index.is_empty() {
                return Err(DecodeError::at("index", Fault::TooFew(1)));
            }
            let firsts: Vec<&str> = index.iter().map(|branch| branch.first.as_str()).collect();
            ("index", is_rising(&firsts), Self::Index(index))
        } else {
            let entries: Vec<Entry> = fields.list("entries", limits::NODE_ENTRIES)?;
            let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
            ("entries", is_rising(&paths), Self::Entries(entries))
        };
        if rising { Ok(listing) } else { Err(DecodeError::at(field, Fault::Order)) }
    }

    fn all_links(&self) -> Vec<Cid> {
        match self {
            Self::Entries(entries) => entries.iter().flat_map(Entry::links).collect(),
            Self::Index(index) => index.iter().map(|branch| branch.node.cid).collect(),
        }
    }
}

impl Value for Listing {
    fn to_ipld(&self) -> Ipld {
        self.put(Build::new().put("v", &VERSION)).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "listing", VERSION)?;
        let listing = Self::take(&mut fields)?;
        // Only a manifest may be empty: a node below it has a first entry by which it was found.
        if listing.first().is_some() {
            Ok(listing)
        } else {
            Err(DecodeError::at("entries", Fault::TooFew(1)))
        }
    }
}

impl Content for Listing {
    fn links(&self) -> Vec<Cid> {
        self.all_links()
    }
}

/// Chunks of one file, in order: 1,024 of them, or fewer in the last list of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkList(pub Vec<Pointer>);

impl Value for ChunkList {
    fn to_ipld(&self) -> Ipld {
        Build::new().put("v", &VERSION).put("chunks", &self.0).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "chunk list", VERSION)?;
        let chunks = pointers(&mut fields, "chunks", limits::NODE_ENTRIES, RAW)?;
        if chunks.is_empty() { Err(DecodeError::at("chunks", Fault::TooFew(1))) } else { Ok(Self(chunks)) }
    }
}

impl Content for ChunkList {
    fn links(&self) -> Vec<Cid> {
        self.0.iter().map(|pointer| pointer.cid).collect()
    }
}

/// A small raster picture of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview(pub Bytes);

impl Value for Preview {
    fn to_ipld(&self) -> Ipld {
        Build::new().put("v", &VERSION).put("picture", &self.0).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "preview", VERSION)?;
        let bytes = fields.bytes("picture", limits::PREVIEW)?;
        match picture::Kind::of(&bytes) {
            Some(_) => Ok(Self(bytes)),
            None => Err(DecodeError::at("picture", Fault::Kind("a JPEG, PNG or WebP picture"))),
        }
    }
}

impl Content for Preview {
    fn links(&self) -> Vec<Cid> {
        Vec::new()
    }
}

/// The root of a share's list of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The share that this was made for; its header must name the same.
    pub share: InnerId,
    /// The audience that this was made for; the header must name the same.
    pub kind: Kind,
    /// How many files there are at and below this node.
    pub files: u64,
    /// The sum of their true lengths, in bytes.
    pub size: u64,
    /// Bytes of plaintext in each chunk but a file's last: a power of two from 64 KiB to 512 KiB.
    pub chunk: u64,
    /// The files, or where they are listed.
    pub listing: Listing,
    /// Keys of a later version.
    pub extra: Extra,
}

impl Value for Manifest {
    fn to_ipld(&self) -> Ipld {
        let build = Build::from(&self.extra)
            .put("v", &VERSION)
            .put("share", &self.share)
            .put("kind", &self.kind)
            .put("files", &self.files)
            .put("size", &self.size)
            .put("chunk", &self.chunk);
        self.listing.put(build).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "manifest", VERSION)?;
        let manifest = Self {
            share: fields.take("share")?,
            kind: fields.take("kind")?,
            files: fields.take("files")?,
            size: fields.take("size")?,
            chunk: fields.take("chunk")?,
            listing: Listing::take(&mut fields)?,
            extra: fields.rest(),
        };
        if !manifest.chunk.is_power_of_two() || !(64 << 10..=512 << 10).contains(&manifest.chunk) {
            return Err(DecodeError::at("chunk", Fault::Range));
        }
        if let Listing::Entries(entries) = &manifest.listing {
            if manifest.files != entries.len() as u64 {
                return Err(DecodeError::at("files", Fault::Contradiction));
            }
            let size = entries.iter().try_fold(0u64, |sum, entry| sum.checked_add(entry.size));
            if size != Some(manifest.size) {
                return Err(DecodeError::at("size", Fault::Contradiction));
            }
        }
        Ok(manifest)
    }
}

impl Signed for Manifest {
    const TYPE: &'static str = "manifest";
    const LIMIT: usize = limits::NODE;
}

impl Manifest {
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
}
