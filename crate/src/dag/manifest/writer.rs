//! Makes the nodes of a manifest from files that come sorted by path.

use std::collections::BTreeSet;

use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::{
    crypto::sign::SigningKey,
    format::{
        DecodeError, Value, limits,
        manifest::{Branch, ChunkList, Chunks, Entry, Kind, Listing, Manifest, Part, Preview},
        node::{self, Content, Pointer},
        share_id::{InnerId, ShareId},
    },
};

/// A file to be listed.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its path in the share, as `format::path` allows.
    pub path: String,
    /// True length in bytes.
    pub size: u64,
    /// Media type as the browser named it, or empty.
    pub media_type: String,
    /// Last modified, in milliseconds since 1970.
    pub modified: Option<u64>,
    /// A small JPEG, PNG or WebP picture.
    pub preview: Option<Bytes>,
    /// Its chunks, in order.
    pub chunks: Vec<Pointer>,
}

/// Why a file cannot be in a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Files must come sorted by the bytes of their paths, each path once.
    #[error("{0} comes twice, or after a path that belongs behind it")]
    Order(String),
    /// The path of one file is a folder of another.
    #[error("{0} would be both a file and a folder")]
    FileAndFolder(String),
    /// The file breaks a rule of the format: its path, its number of chunks, or its preview.
    #[error(transparent)]
    Format(#[from] DecodeError),
}

/// Makes the nodes of one manifest.
///
/// Takes files in order, keeps at most one node of each level, and hands out finished blocks by
/// [`take_blocks`](Self::take_blocks). It is deterministic: the same files make the same nodes.
pub struct Writer {
    secret: Zeroizing<[u8; 32]>,
    chunk: u64,
    files: u64,
    size: u64,
    last: String,
    /// Paths of files that are a prefix of the last path, which is included.
    beginnings: Vec<String>,
    entries: Level<Entry>,
    /// Branches to nodes. The lowest level points to nodes of entries, each other level to nodes of branches.
    index: Vec<Level<Branch>>,
    /// Folders without files, sorted.
    folders: Vec<String>,
    album: Option<ShareId>,
    /// What others added, sorted.
    parts: Vec<Part>,
    blocks: Vec<(Cid, Bytes)>,
}

/// Bytes of the paths of folders that one manifest has room for, with three for each: half of its node, so that the
/// other half has room for branches.
const FOLDERS: usize = node::ROOM / 2;

/// Whether these folders fit into one manifest.
pub fn has_room_for(folders: &BTreeSet<String>) -> bool {
    folders.len() <= limits::FOLDERS && weight_of(folders) <= FOLDERS
}

/// Divides the folders that are to be `added` to others into those that fit beside them and those that do not.
pub fn fitting(known: &BTreeSet<String>, added: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut count, mut weight) = (known.len(), weight_of(known));
    added.into_iter().partition(|folder| {
        count += 1;
        weight += weight_of([folder]);
        count <= limits::FOLDERS && weight <= FOLDERS
    })
}

fn weight_of<'a>(folders: impl IntoIterator<Item = &'a String>) -> usize {
    folders.into_iter().map(|path| path.len() + 3).sum()
}

/// The node of one level that is being filled.
struct Level<T> {
    items: Vec<T>,
    weight: usize,
}

impl<T> Level<T> {
    const fn new() -> Self {
        Self { items: Vec::new(), weight: 0 }
    }

    fn fits(&self, weight: usize) -> bool {
        self.items.len() < limits::NODE_ENTRIES && self.weight + weight <= node::ROOM
    }

    fn push(&mut self, item: T, weight: usize) {
        self.items.push(item);
        self.weight += weight;
    }

    fn take(&mut self) -> Vec<T> {
        self.weight = 0;
        std::mem::take(&mut self.items)
    }
}

impl Writer {
    /// Starts a manifest. Its nodes are sealed under the share's manifest secret, and its chunks have `chunk`
    /// bytes.
    pub fn new(secret: Zeroizing<[u8; 32]>, chunk: u64) -> Self {
        Self {
            secret,
            chunk,
            files: 0,
            size: 0,
            last: String::new(),
            beginnings: Vec::new(),
            entries: Level::new(),
            index: Vec::new(),
            folders: Vec::new(),
            album: None,
            parts: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Lists one more file. Its path must sort after all before it. After an error the writer cannot be used
    /// any more.
    pub fn push(&mut self, file: NewFile) -> Result<(), ListError> {
        self.check_path(&file.path)?;
        let preview = file.preview.map(|picture| self.seal(&Preview(picture))).transpose()?;
        let chunks = self.chunks(&file.chunks)?;
        let NewFile { path, size, media_type, modified, .. } = file;
        self.list(Entry { path, size, media_type, modified, preview, chunks })
    }

    /// Lists a file as another manifest of the same secret had it, so that nothing below its entry is made
    /// again.
    pub fn keep(&mut self, entry: Entry) -> Result<(), ListError> {
        self.check_path(&entry.path)?;
        self.list(entry)
    }

    fn list(&mut self, entry: Entry) -> Result<(), ListError> {
        // Report an error about this file, not about the node that it would be in.
        Entry::from_ipld(entry.to_ipld())?;
        entry.check_count(self.chunk)?;
        self.files += 1;
        self.size += entry.size;
        self.last.clone_from(&entry.path);
        let weight = entry.weight();
        if !self.entries.fits(weight) {
            let full = self.entries.take();
            self.close(&Listing::Entries(full), 0)?;
        }
        self.entries.push(entry, weight);
        Ok(())
    }

    /// Names the folders without files, sorted. They must [have room](has_room_for).
    pub fn folders(&mut self, folders: Vec<String>) {
        self.folders = folders;
    }

    /// Names the album to which this is added.
    pub fn album(&mut self, album: Option<ShareId>) {
        self.album = album;
    }

    /// Names what others added, sorted and at most [`limits::PARTS`].
    pub fn parts(&mut self, parts: Vec<Part>) {
        self.parts = parts;
    }

    /// Returns how many blocks [`take_blocks`](Self::take_blocks) would hand out now.
    pub fn waiting(&self) -> usize {
        self.blocks.len()
    }

    /// Returns the blocks that were finished since the last call. The caller stores them.
    pub fn take_blocks(&mut self) -> Vec<(Cid, Bytes)> {
        std::mem::take(&mut self.blocks)
    }

    /// Signs the manifest as its maker. Returns the pointer to it, and the last blocks.
    pub fn finish(
        mut self,
        maker: &SigningKey,
        share: InnerId,
        kind: Kind,
    ) -> Result<(Pointer, Vec<(Cid, Bytes)>), ListError> {
        let folders = std::mem::take(&mut self.folders);
        let parts = std::mem::take(&mut self.parts);
        let parts_weight: usize = parts.iter().map(Part::weight).sum();
        let room = node::ROOM.saturating_sub(weight_of(&folders) + parts_weight);
        let mut weight = self.entries.weight;
        let mut listing = Listing::Entries(self.entries.take());
        let mut level = 0;
        while level < self.index.len() || weight > room {
            self.close(&listing, level)?;
            weight = self.index[level].weight;
            listing = Listing::Index(self.index[level].take());
            level += 1;
        }
        let (chunk, files, size, album) = (self.chunk, self.files, self.size, self.album);
        let folders = Some(folders).filter(|folders| !folders.is_empty());
        let parts = Some(parts).filter(|parts| !parts.is_empty());
        let extra = Default::default();
        let manifest = Manifest { share, kind, files, size, chunk, listing, folders, album, parts, extra };
        let (pointer, block) = manifest.seal(maker, &self.secret)?;
        self.blocks.push((pointer.cid, block.into()));
        Ok((pointer, self.blocks))
    }

    fn check_path(&mut self, path: &str) -> Result<(), ListError> {
        if self.files > 0 && path <= self.last.as_str() {
            return Err(ListError::Order(path.to_owned()));
        }
        self.beginnings.retain(|beginning| path.starts_with(beginning));
        if let Some(file) = self.beginnings.iter().find(|file| path[file.len()..].starts_with('/')) {
            return Err(ListError::FileAndFolder(file.clone()));
        }
        self.beginnings.push(path.to_owned());
        Ok(())
    }

    fn chunks(&mut self, pointers: &[Pointer]) -> Result<Chunks, DecodeError> {
        if pointers.len() <= limits::INLINE_CHUNKS {
            return Ok(Chunks::Inline(pointers.to_vec()));
        }
        let lists = pointers.chunks(limits::NODE_ENTRIES);
        lists.map(|list| self.seal(&ChunkList(list.to_vec()))).collect::<Result<_, _>>().map(Chunks::Parts)
    }

    /// Seals a full listing and adds its branch to the index above it, at `level`.
    fn close(&mut self, listing: &Listing, level: usize) -> Result<(), DecodeError> {
        let first = listing.first().expect("a listing is closed when it has something").to_owned();
        let branch = Branch { first, node: self.seal(listing)? };
        let weight = branch.weight();
        if self.index.len() == level {
            self.index.push(Level::new());
        }
        if !self.index[level].fits(weight) {
            let full = self.index[level].take();
            self.close(&Listing::Index(full), level + 1)?;
        }
        self.index[level].push(branch, weight);
        Ok(())
    }

    fn seal<T: Content>(&mut self, content: &T) -> Result<Pointer, DecodeError> {
        let (pointer, block) = node::seal(&self.secret, content)?;
        self.blocks.push((pointer.cid, block.into()));
        Ok(pointer)
    }
}
