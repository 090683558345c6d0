//! A directory in memory, for tests: it can vanish, fill, refuse names, and be written by somebody else at any moment.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Directories, Directory, DirectoryError, DirectoryStore, FileStamp, Found, Replacement};
use crate::dag::{Source, SourceError};
use crate::engine::Error;

/// When the first file is made: long ago, so that no file counts as written just now.
const BEGINNING: u64 = 1_700_000_000_000;

/// Milliseconds between two changes.
const STEP: u64 = 60_000;

/// What somebody does at the moment that a test is about.
type Moment = Box<dyn FnOnce(&MemoryDirectory)>;

/// A directory in memory. Its clones are the same directory.
#[derive(Clone, Default)]
pub struct MemoryDirectory(Rc<Inner>);

#[derive(Default)]
struct Inner {
    files: RefCell<BTreeMap<String, (Bytes, u64)>>,
    folders: RefCell<BTreeSet<String>>,
    changes: Cell<u64>,
    is_gone: Cell<bool>,
    is_locked: Cell<bool>,
    is_read_only: Cell<bool>,
    /// Whether a replacement that is dropped leaves an empty file behind, as a browser does that is killed.
    is_killed: Cell<bool>,
    /// Bytes for which there is room.
    room: Cell<Option<usize>>,
    refused: RefCell<BTreeSet<String>>,
    reads: Cell<usize>,
    /// What happens when a file is read, before one is swapped in, and after one was removed.
    at_read: RefCell<Option<Moment>>,
    at_finish: RefCell<Option<Moment>>,
    at_remove: RefCell<Option<Moment>>,
}

impl MemoryDirectory {
    /// Writes a file, as its person does.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.0.changes.set(self.0.changes.get() + 1);
        let at = BEGINNING + self.0.changes.get() * STEP;
        self.write_at(path, text, at);
    }

    /// The same at a moment, in milliseconds since 1970.
    pub fn write_at(&self, path: &str, text: impl AsRef<[u8]>, at: u64) {
        let bytes = Bytes::copy_from_slice(text.as_ref());
        self.0.folders.borrow_mut().extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
        self.0.files.borrow_mut().insert(path.into(), (bytes, at));
    }

    /// Deletes a file, as its person does.
    pub fn delete(&self, path: &str) {
        self.0.files.borrow_mut().remove(path).expect("the file is there");
    }

    /// Makes a folder, and those above it.
    pub fn make(&self, folder: &str) {
        self.0.folders.borrow_mut().extend(
            folder.match_indices('/').map(|(at, _)| folder[..at].to_owned()).chain([folder.to_owned()]),
        );
    }

    /// Deletes a folder with all that is in it.
    pub fn delete_folder(&self, folder: &str) {
        let within = format!("{folder}/");
        self.0.files.borrow_mut().retain(|path, _| !path.starts_with(&within));
        self.0.folders.borrow_mut().retain(|path| path != folder && !path.starts_with(&within));
    }

    /// Deletes every file and folder.
    pub fn clear(&self) {
        self.0.files.borrow_mut().clear();
        self.0.folders.borrow_mut().clear();
    }

    /// Every folder in which there is nothing.
    pub fn empty_folders(&self) -> Vec<String> {
        let folders = self.0.folders.borrow();
        folders.iter().filter(|folder| !self.has_within(folder)).cloned().collect()
    }

    fn has_within(&self, folder: &str) -> bool {
        let within = format!("{folder}/");
        let is_within = |path: &String| path.starts_with(&within);
        self.0.files.borrow().keys().any(is_within) || self.0.folders.borrow().iter().any(is_within)
    }

    /// Every file, with its text.
    pub fn files(&self) -> Vec<(String, String)> {
        let files = self.0.files.borrow();
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        files.iter().map(|(path, (bytes, _))| (path.clone(), text(bytes))).collect()
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<String> {
        self.0.files.borrow().get(path).map(|(bytes, _)| String::from_utf8_lossy(bytes).into_owned())
    }

    /// Takes the disk out, or puts it in again.
    pub fn set_gone(&self, is_gone: bool) {
        self.0.is_gone.set(is_gone);
    }

    /// Withdraws the permission, or gives it again.
    pub fn set_locked(&self, is_locked: bool) {
        self.0.is_locked.set(is_locked);
    }

    /// Lets it be read only, or written again.
    pub fn set_read_only(&self, is_read_only: bool) {
        self.0.is_read_only.set(is_read_only);
    }

    fn check_write(&self) -> Result<(), DirectoryError> {
        if self.0.is_read_only.get() {
            return Err(DirectoryError::Failed("this folder can only be read".into()));
        }
        Ok(())
    }

    /// Has what is written leave an empty file if it is not finished.
    pub fn set_killed(&self, is_killed: bool) {
        self.0.is_killed.set(is_killed);
    }

    /// Leaves room for this many bytes of new files; for any where nothing is given.
    pub fn set_room(&self, room: Option<usize>) {
        self.0.room.set(room);
    }

    /// Refuses a name from now on.
    pub fn refuse(&self, name: &str) {
        self.0.refused.borrow_mut().insert(name.into());
    }

    /// How many files were opened for reading.
    pub fn reads(&self) -> usize {
        self.0.reads.get()
    }

    /// Has somebody do this when the next file is read.
    pub fn at_read(&self, moment: impl FnOnce(&Self) + 'static) {
        self.0.at_read.replace(Some(Box::new(moment)));
    }

    /// Has somebody do this before the next file is swapped in.
    pub fn at_finish(&self, moment: impl FnOnce(&Self) + 'static) {
        self.0.at_finish.replace(Some(Box::new(moment)));
    }

    /// Has somebody do this after the next file was removed by who keeps the directory in step.
    pub fn at_remove(&self, moment: impl FnOnce(&Self) + 'static) {
        self.0.at_remove.replace(Some(Box::new(moment)));
    }

    fn stamp_of(&self, path: &str) -> Option<FileStamp> {
        let files = self.0.files.borrow();
        files.get(path).map(|(bytes, modified)| FileStamp { size: bytes.len() as u64, modified: *modified })
    }
}

#[async_trait(?Send)]
impl Directory for MemoryDirectory {
    async fn check(&self) -> Result<(), DirectoryError> {
        match (self.0.is_gone.get(), self.0.is_locked.get()) {
            (true, _) => Err(DirectoryError::Gone),
            (_, true) => Err(DirectoryError::Permission),
            _ => Ok(()),
        }
    }

    async fn list(&self, folder: &str) -> Result<Vec<Found>, DirectoryError> {
        self.check().await?;
        let within = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut found = Vec::new();
        let folders = self.0.folders.borrow();
        let folders = folders.iter().filter_map(|path| path.strip_prefix(&within));
        found.extend(folders.filter(|name| !name.contains('/')).map(|name| Found::Folder(name.to_owned())));
        for (path, (bytes, modified)) in self.0.files.borrow().iter() {
            let Some(rest) = path.strip_prefix(&within) else { continue };
            if !rest.contains('/') {
                let stamp = FileStamp { size: bytes.len() as u64, modified: *modified };
                found.push(Found::File(rest.to_owned(), stamp));
            }
        }
        Ok(found)
    }

    async fn stamp(&self, path: &str) -> Result<Option<FileStamp>, DirectoryError> {
        self.check().await?;
        Ok(self.stamp_of(path))
    }

    async fn open(&self, path: &str) -> Result<(FileStamp, Rc<dyn Source>), DirectoryError> {
        self.check().await?;
        self.0.reads.set(self.0.reads.get() + 1);
        let stamp = self.stamp_of(path).ok_or(DirectoryError::Changed)?;
        let source = Rc::new(OpenFile { directory: self.clone(), path: path.into(), stamp });
        if let Some(moment) = self.0.at_read.take() {
            moment(self);
        }
        Ok((stamp, source))
    }

    async fn replace(&self, path: &str) -> Result<Box<dyn Replacement>, DirectoryError> {
        self.check().await?;
        self.check_write()?;
        if self.0.refused.borrow().contains(path) {
            return Err(DirectoryError::Name);
        }
        let is_in_file = path.match_indices('/').any(|(at, _)| self.stamp_of(&path[..at]).is_some());
        if is_in_file || self.0.folders.borrow().contains(path) {
            return Err(DirectoryError::Changed);
        }
        let is_new = self.stamp_of(path).is_none();
        if is_new {
            self.write(path, "");
        }
        let aside =
            Aside { directory: self.clone(), path: path.into(), bytes: Vec::new(), is_new, is_done: false };
        Ok(Box::new(aside))
    }

    async fn remove(&self, path: &str, expected: FileStamp) -> Result<(), DirectoryError> {
        self.check().await?;
        self.check_write()?;
        if self.stamp_of(path) != Some(expected) {
            return Err(DirectoryError::Changed);
        }
        self.delete(path);
        if let Some(moment) = self.0.at_remove.take() {
            moment(self);
        }
        Ok(())
    }

    async fn make_folder(&self, path: &str) -> Result<(), DirectoryError> {
        self.check().await?;
        if self.0.refused.borrow().contains(path) {
            return Err(DirectoryError::Name);
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        if ends.into_iter().any(|end| self.stamp_of(&path[..end]).is_some()) {
            return Err(DirectoryError::Changed);
        }
        self.make(path);
        Ok(())
    }

    async fn remove_folder(&self, path: &str) -> Result<(), DirectoryError> {
        self.check().await?;
        if self.has_within(path) || self.stamp_of(path).is_some() {
            return Err(DirectoryError::Changed);
        }
        self.0.folders.borrow_mut().remove(path);
        Ok(())
    }
}

/// A file that is read as it is now: it fails if it is not what was opened.
struct OpenFile {
    directory: MemoryDirectory,
    path: String,
    stamp: FileStamp,
}

#[async_trait(?Send)]
impl Source for OpenFile {
    fn size(&self) -> u64 {
        self.stamp.size
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let files = self.directory.0.files.borrow();
        let (bytes, _) = files.get(&self.path).ok_or(SourceError::Changed)?;
        let offset = usize::try_from(offset).map_err(|_| SourceError::Changed)?;
        let end = (offset + len).min(bytes.len());
        if offset > end { Err(SourceError::Changed) } else { Ok(bytes.slice(offset..end)) }
    }
}

/// A file that is written aside.
struct Aside {
    directory: MemoryDirectory,
    path: String,
    bytes: Vec<u8>,
    is_new: bool,
    is_done: bool,
}

#[async_trait(?Send)]
impl Replacement for Aside {
    async fn write(&mut self, bytes: Bytes) -> Result<(), DirectoryError> {
        self.directory.check().await?;
        let room = &self.directory.0.room;
        if let Some(left) = room.get() {
            let left = left.checked_sub(bytes.len()).ok_or(DirectoryError::Full)?;
            room.set(Some(left));
        }
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(mut self: Box<Self>, expected: Option<FileStamp>) -> Result<FileStamp, DirectoryError> {
        if let Some(moment) = self.directory.0.at_finish.take() {
            moment(&self.directory);
        }
        self.directory.check().await?;
        let now = self.directory.stamp_of(&self.path);
        let is_ours = self.is_new && now.is_some_and(|now| now.size == 0);
        if now != expected && !(expected.is_none() && is_ours) {
            self.is_new = false;
            return Err(DirectoryError::Changed);
        }
        self.is_done = true;
        self.directory.write(&self.path, &self.bytes);
        self.directory.stamp_of(&self.path).ok_or(DirectoryError::Gone)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.is_done && self.is_new && !self.directory.0.is_killed.get() {
            self.directory.0.files.borrow_mut().remove(&self.path);
        }
    }
}

/// Directories that are remembered in memory, by their ids.
#[derive(Clone, Default)]
pub struct MemoryDirectories(Rc<RefCell<BTreeMap<String, MemoryDirectory>>>);

impl MemoryDirectories {
    /// Remembers a directory.
    pub fn keep(&self, id: &str, directory: &MemoryDirectory) {
        self.0.borrow_mut().insert(id.into(), directory.clone());
    }

    /// As an engine is configured with it.
    pub fn store(&self) -> DirectoryStore {
        DirectoryStore::new(Rc::new(self.clone()))
    }
}

#[async_trait(?Send)]
impl Directories for MemoryDirectories {
    async fn open(&self, id: &str) -> Result<Option<Rc<dyn Directory>>, Error> {
        Ok(self.0.borrow().get(id).map(|directory| Rc::new(directory.clone()) as Rc<dyn Directory>))
    }

    async fn forget(&self, id: &str) -> Result<(), Error> {
        self.0.borrow_mut().remove(id);
        Ok(())
    }
}
