//! Makes folders into blocks: a plain directory if it fits, else a sharded one.

use super::{Block, DIRECTORY, Entry, Link, hamt, node};
use crate::format::path::{self, PathError};

/// Nested folders, at most: more than people make, and few enough to bound the depth of a walk.
pub const DEPTH: usize = 64;

/// Why a folder cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// Files must come sorted by the bytes of their paths, each path once.
    #[error("{0} comes twice, or after a path that belongs behind it")]
    Order(String),
    /// The path of one file is a folder of another.
    #[error("{0} would be both a file and a folder")]
    FileAndFolder(String),
    /// The path breaks a rule.
    #[error("{path}: {error}")]
    Path {
        /// The path.
        path: String,
        /// The rule.
        error: PathError,
    },
    /// More folders inside of each other than [`DEPTH`].
    #[error("{0} lies in more than {DEPTH} folders: move it up")]
    Depth(String),
    /// Two names have the same hash. This happens only if somebody chose them so.
    #[error("a large folder cannot hold both of two names in {0}: rename one")]
    SameHash(String),
}

/// Makes the directories of one folder.
///
/// Takes files sorted by the bytes of their paths, and hands out finished blocks by
/// [`take_blocks`](Self::take_blocks). It keeps the entries of the folders on the way to the last file only.
/// It is deterministic: the same files make the same blocks.
pub struct Folders {
    last: String,
    /// The folders on the way to the last file, the outermost first.
    open: Vec<Folder>,
    blocks: Vec<Block>,
}

struct Folder {
    /// Its path; empty for the outermost.
    path: String,
    entries: Vec<Entry>,
}

impl Default for Folders {
    fn default() -> Self {
        Self { last: String::new(), open: vec![Folder::new(String::new())], blocks: Vec::new() }
    }
}

impl Folder {
    fn new(path: String) -> Self {
        Self { path, entries: Vec::new() }
    }

    /// Returns the prefix of the paths of its entries.
    fn prefix(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("{}/", self.path) }
    }

    /// Whether this is the folder at `path` or holds it.
    fn is_on_way_to(&self, path: &str) -> bool {
        self.path == path || path.starts_with(&self.prefix())
    }
}

impl Folders {
    /// Adds the next file. After an error the folder cannot be finished.
    pub fn push(&mut self, path: &str, link: Link) -> Result<(), FolderError> {
        path::check(path).map_err(|error| FolderError::Path { path: path.to_owned(), error })?;
        if *path <= *self.last {
            return Err(FolderError::Order(path.to_owned()));
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if path.split('/').count() > DEPTH + 1 {
            return Err(FolderError::Depth(path.to_owned()));
        }
        while !self.folder().is_on_way_to(parent) {
            self.close()?;
        }
        while self.folder().path != parent {
            // Skip the slash after the open folder.
            let from = self.folder().prefix().len();
            let end = parent[from..].find('/').map_or(parent.len(), |slash| from + slash);
            self.open.push(Folder::new(parent[..end].to_owned()));
        }
        self.folder().entries.push(Entry { name: name.to_owned(), link });
        path.clone_into(&mut self.last);
        Ok(())
    }

    /// Adds a folder without files, where a file of its path would come.
    pub fn push_empty(&mut self, path: &str) -> Result<(), FolderError> {
        let block = Block::node(node::directory(&[]));
        self.push(path, block.link(0))?;
        self.blocks.push(block);
        Ok(())
    }

    /// Returns the blocks that were finished since the last call. No block comes before those that it links
    /// to.
    pub fn take_blocks(&mut self) -> Vec<Block> {
        std::mem::take(&mut self.blocks)
    }

    /// Finishes the folder. Returns the last blocks and the link to the folder.
    pub fn finish(mut self) -> Result<(Vec<Block>, Link), FolderError> {
        while self.open.len() > 1 {
            self.close()?;
        }
        let link = self.make()?;
        Ok((self.blocks, link))
    }

    fn folder(&mut self) -> &mut Folder {
        self.open.last_mut().expect("the outermost folder stays open")
    }

    /// Finishes the innermost folder and adds it to its parent.
    fn close(&mut self) -> Result<(), FolderError> {
        let path = self.folder().path.clone();
        let link = self.make()?;
        let name = path.rsplit_once('/').map_or(&*path, |(_, name)| name).to_owned();
        self.folder().entries.push(Entry { name, link });
        Ok(())
    }

    /// Removes the innermost folder and makes its blocks.
    fn make(&mut self) -> Result<Link, FolderError> {
        let mut folder = self.open.pop().expect("the outermost folder is made last");
        folder.entries.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(twice) = folder.entries.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(FolderError::FileAndFolder(folder.prefix() + &twice[0].name));
        }
        let Folder { path, entries } = folder;
        if node::directory_len(&entries) > DIRECTORY {
            let (blocks, link) =
                hamt::write(entries).map_err(|hamt::SameHash| FolderError::SameHash(path))?;
            self.blocks.extend(blocks);
            return Ok(link);
        }
        let block = Block::node(node::directory(&entries));
        let link = block.link(entries.iter().map(|entry| entry.link.total).sum());
        self.blocks.push(block);
        Ok(link)
    }
}
