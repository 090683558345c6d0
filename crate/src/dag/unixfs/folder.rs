//! A folder as a share has it: all files in it and in its subfolders, by their paths.

use std::{cell::Cell, rc::Rc};

use bytes::Bytes;
use cid::Cid;
use futures::{
    StreamExt, TryFutureExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{
    Directory, Entry, FOLDERS, Fault, Leaf, Node, ReadError,
    reader::{self, find, leaves, open},
};
use crate::{
    dag::Fetch,
    format::{RAW, path},
};

/// Files and folders that are looked at for one list: those of a share of 100,000 files, in some 30 MiB of
/// memory. Without this bound, one block that is linked in many places would make endless lists.
const ENTRIES: usize = 1 << 17;

/// Entries whose first blocks are wanted at once.
const WANTS: usize = 16;

/// A folder that is read by the paths of its files.
///
/// Files are sorted by the names on their paths, so the files of one folder are together. Every path must
/// pass [`path::check`]. A folder with another path is refused when a reader reaches it.
pub struct Folder {
    fetch: Rc<dyn Fetch>,
    root: Cid,
}

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// Its path in the folder.
    pub path: String,
    /// Its length, as its maker claims. Reading fails if the claim is false.
    pub size: u64,
    /// Its first block.
    pub cid: Cid,
}

impl Folder {
    /// Opens the folder at `root`. Nothing of it is fetched yet.
    pub fn new(fetch: Rc<dyn Fetch>, root: Cid) -> Self {
        Self { fetch, root }
    }

    /// The file at `path`.
    pub async fn find(&self, path: &str) -> Result<Option<FolderFile>, ReadError> {
        if path::check(path).is_err() {
            return Ok(None);
        }
        let Some(cid) = find(&*self.fetch, &self.root, path).await? else { return Ok(None) };
        let found = open(&*self.fetch, &cid).await?;
        let Node::File(file) = found else { return Ok(None) };
        Ok(Some(FolderFile { path: path.to_owned(), size: file.size(), cid }))
    }

    /// Streams the files whose paths sort after `after`, or all files.
    ///
    /// If a file is one raw block, nothing of it is fetched; else its first block is.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream withdraws its wants.
    pub fn files(&self, after: Option<&str>) -> LocalBoxStream<'static, Result<FolderFile, ReadError>> {
        self.walk(after, false)
    }

    /// Streams all files, and the folders in which there is nothing: the path of such a folder ends in `/`.
    pub fn files_and_folders(&self) -> LocalBoxStream<'static, Result<FolderFile, ReadError>> {
        self.walk(None, true)
    }

    fn walk(
        &self,
        after: Option<&str>,
        with_empty: bool,
    ) -> LocalBoxStream<'static, Result<FolderFile, ReadError>> {
        let walk = Rc::new(Walk { fetch: Rc::clone(&self.fetch), left: Cell::new(ENTRIES), with_empty });
        let place = Place { path: String::new(), depth: 0, after: after.map(str::to_owned) };
        let root = self.root;
        let files = async move {
            match open(&*walk.fetch, &root).await? {
                Node::Directory(directory) => Ok(walk.below(root, directory, place)),
                Node::File(_) => Err(ReadError::refused(&root, Fault::Kind("a directory"))),
            }
        };
        files.try_flatten_stream().boxed_local()
    }

    /// Returns the blocks that hold the bytes of a file, in order. Raw blocks are named without being
    /// fetched.
    pub fn leaves(&self, file: &FolderFile) -> LocalBoxStream<'static, Result<Leaf, ReadError>> {
        if file.cid.codec() == RAW {
            let leaf = (file.size > 0).then_some(Leaf { cid: file.cid, len: file.size });
            return stream::iter(leaf.map(Ok)).boxed_local();
        }
        let fetch = Rc::clone(&self.fetch);
        self.open(file).map_ok(|file| leaves(fetch, &file)).try_flatten_stream().boxed_local()
    }

    /// Streams up to `len` bytes of a file from `offset` on; see [`read`](reader::read).
    pub fn read(
        &self,
        file: &FolderFile,
        offset: u64,
        len: u64,
    ) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
        let (fetch, range) = (Rc::clone(&self.fetch), offset..offset.saturating_add(len));
        self.open(file).map_ok(|file| reader::read(fetch, &file, range)).try_flatten_stream().boxed_local()
    }

    /// Fetches the first block of a file, and checks the length that its entry claims.
    fn open(&self, file: &FolderFile) -> impl Future<Output = Result<reader::File, ReadError>> + use<> {
        let (fetch, cid, size) = (Rc::clone(&self.fetch), file.cid, file.size);
        async move {
            match open(&*fetch, &cid).await? {
                Node::File(file) if file.size() == size => Ok(file),
                Node::File(_) => Err(ReadError::refused(&cid, Fault::Size)),
                Node::Directory(_) => Err(ReadError::refused(&cid, Fault::Kind("a file"))),
            }
        }
    }
}

/// A walk through a folder and its subfolders.
struct Walk {
    fetch: Rc<dyn Fetch>,
    /// How many more entries may be looked at.
    left: Cell<usize>,
    /// Whether folders in which there is nothing are listed too.
    with_empty: bool,
}

/// A folder on the way.
struct Place {
    /// Its path; empty for the outermost.
    path: String,
    /// How many folders are above it.
    depth: usize,
    /// The path after which its files are wanted.
    after: Option<String>,
}

/// What an entry is.
enum Found {
    File(FolderFile),
    Folder(Cid, Directory, Place),
}

impl Walk {
    /// Streams the files in a folder.
    fn below(
        self: Rc<Self>,
        cid: Cid,
        directory: Directory,
        place: Place,
    ) -> LocalBoxStream<'static, Result<FolderFile, ReadError>> {
        let walk = Rc::clone(&self);
        let entries = async move {
            let entries = walk.entries(&cid, &directory, place.after.as_deref()).await?;
            let place = Rc::new(place);
            let found = stream::iter(entries).map(move |entry| {
                let (walk, place) = (Rc::clone(&walk), Rc::clone(&place));
                async move { walk.found(entry, &place).await }
            });
            Ok::<_, ReadError>(found.buffered(WANTS))
        };
        entries
            .try_flatten_stream()
            .map_ok(move |found| match found {
                None => stream::empty().boxed_local(),
                Some(Found::File(file)) => stream::iter([Ok(file)]).boxed_local(),
                Some(Found::Folder(cid, directory, place)) => Rc::clone(&self).below(cid, directory, place),
            })
            .try_flatten()
            .boxed_local()
    }

    /// Returns the entries of a folder, sorted, from the first name of `after` on.
    async fn entries(
        &self,
        cid: &Cid,
        directory: &Directory,
        after: Option<&str>,
    ) -> Result<Vec<Entry>, ReadError> {
        let first = after.and_then(|after| after.split('/').next()).unwrap_or_default();
        let mut wanted = Vec::new();
        let mut entries = directory.entries(Rc::clone(&self.fetch));
        while let Some(entry) = entries.try_next().await? {
            let left = self.left.get().checked_sub(1);
            self.left.set(left.ok_or_else(|| ReadError::refused(cid, Fault::Many))?);
            if *entry.name >= *first {
                wanted.push(entry);
            }
        }
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(wanted)
    }

    /// Returns what an entry of a folder is, or `None` for a file that is not wanted.
    async fn found(&self, entry: Entry, at: &Place) -> Result<Option<Found>, ReadError> {
        let Entry { name, link } = entry;
        // Before the path after which files are wanted, only folders can contain wanted files.
        let way = at.after.as_deref().map(|after| after.split_once('/').unwrap_or((after, "")));
        let rest = way.filter(|(first, _)| *first == name).map(|(_, rest)| rest);
        let is_wanted = rest.is_none();
        let after = rest.filter(|rest| !rest.is_empty()).map(str::to_owned);
        let path = if at.path.is_empty() { name } else { format!("{}/{name}", at.path) };
        path::check(&path).map_err(|_| ReadError::refused(&link.cid, Fault::Name))?;
        let file =
            |size| is_wanted.then(|| Found::File(FolderFile { path: path.clone(), size, cid: link.cid }));
        // If the maker left out the length of a raw block, the file must not show as empty.
        if link.cid.codec() == RAW && link.total > 0 {
            return Ok(file(link.total));
        }
        match open(&*self.fetch, &link.cid).await? {
            Node::File(opened) => Ok(file(opened.size())),
            Node::Directory(_) if at.depth == FOLDERS => Err(ReadError::refused(&link.cid, Fault::Depth)),
            Node::Directory(directory) if self.with_empty && directory.is_empty() => {
                Ok(Some(Found::File(FolderFile { path: path + "/", size: 0, cid: link.cid })))
            }
            Node::Directory(directory) => {
                Ok(Some(Found::Folder(link.cid, directory, Place { path, depth: at.depth + 1, after })))
            }
        }
    }
}
