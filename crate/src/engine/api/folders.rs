//! Folders that are kept in step with a share of mine.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::dag::Source;
use crate::engine::Error;

use super::date;

/// In which direction changes go between a folder and its share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Both ways.
    #[default]
    Both,
    /// From the folder into the share alone.
    Out,
    /// From the share into the folder alone.
    In,
}

/// To what a folder is bound.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct FolderBinding {
    /// A share to oneself; a new one where none is named.
    #[cfg_attr(test, tsify(optional))]
    pub share: Option<String>,
    /// The title of a new share; the name of the folder where none is given.
    #[cfg_attr(test, tsify(optional))]
    pub title: Option<String>,
    /// Both ways where nothing is said.
    #[serde(default)]
    #[cfg_attr(test, tsify(optional))]
    pub mode: Mode,
}

/// A folder that is kept in step with a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct BoundFolder {
    /// Its id.
    pub id: String,
    /// What the folder is called on this device.
    pub name: String,
    /// The share.
    pub share: String,
    /// The direction.
    pub mode: Mode,
    /// How it stands.
    pub state: FolderState,
    /// When it was last in step.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: Option<u64>,
    /// Of `asks`: how many files vanished at once. All of them if the folder is empty.
    pub gone: usize,
    /// Of `asks`: how many files changed at once.
    pub changed: usize,
    /// Conflicts that nobody has looked at.
    pub conflicts: usize,
    /// Files whose name on this device is another one, because the system cannot have it or has one that is alike.
    pub renamed: Vec<RenamedFile>,
    /// Files on this device that are left out, because a share cannot have such a path; with a slash behind them, empty
    /// folders, of which a share can have so many only.
    pub left_out: Vec<String>,
    /// Of `fails`: why, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A file with two names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct RenamedFile {
    /// Its path in the share.
    pub path: String,
    /// Its path on this device.
    pub local: String,
}

/// How a folder stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum FolderState {
    /// It was not looked at yet.
    #[default]
    New,
    /// It is looked at, or files move.
    Busy,
    /// It was in step when it was last looked at.
    Step,
    /// Another device has made a change that is not at a relay yet, or two devices made one at once.
    Waits,
    /// The person has to allow again that the folder is read and written.
    Permission,
    /// The folder is gone, or its disk is.
    Gone,
    /// So much vanished or changed at once that the person is asked. `scan` with `anyway` says yes.
    Asks,
    /// Something went wrong, and it is tried again.
    Fails,
}

/// What happened to a file, or to an empty folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum FileChange {
    /// It is new.
    Added,
    /// It has other bytes.
    Changed,
    /// It is gone.
    Deleted,
    /// Two devices changed it at once, and both versions are kept.
    Conflict,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// Its id. Later entries have greater ones.
    pub id: String,
    /// The folder.
    pub folder: String,
    /// The path of the file in the share. That of an empty folder ends with a slash.
    pub path: String,
    /// What happened.
    pub change: FileChange,
    /// When it was noticed here.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: u64,
    /// Whether it was done in the folder on this device.
    pub here: bool,
    /// The name of the device on which it was done; empty if that is not known.
    pub device: String,
    /// Of a conflict: the path of the version that gave way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// Whether it can be undone.
    pub undoable: bool,
}

/// Which lines of the journal are asked for; the newest first.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct JournalQuery {
    /// Only those of one folder.
    #[cfg_attr(test, tsify(optional))]
    pub folder: Option<String>,
    /// Only those whose path has this text.
    #[cfg_attr(test, tsify(optional))]
    pub text: Option<String>,
    /// Only those before this one.
    #[cfg_attr(test, tsify(optional))]
    pub before: Option<String>,
    /// At most so many; 100 where none is given.
    #[cfg_attr(test, tsify(optional))]
    pub limit: Option<usize>,
}

/// A conflict that nobody has looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct FolderConflict {
    /// The path at which two versions met. It has the later one.
    pub path: String,
    /// The path of the other version.
    pub copy: String,
    /// When it was noticed.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: u64,
}

/// What tells one state of a file on a disk from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub modified: u64,
}

/// What a directory has under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file.
    File(String, FileStamp),
    /// A folder.
    Folder(String),
}

/// Why a directory does not do what is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The directory is there no longer.
    #[error("the folder is gone: it was moved or deleted, or its disk is not connected")]
    Gone,
    /// The person has to allow it again.
    #[error("allow this page to use the folder again")]
    Permission,
    /// A file is not what it was when it was looked at.
    #[error("a file changed while it was looked at")]
    Changed,
    /// The system can have no such name.
    #[error("the system can have no file of this name")]
    Name,
    /// Its disk is full.
    #[error("the disk of the folder is full: make room on it")]
    Full,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// A directory on a disk that is kept in step with a share. Paths are relative, with `/` between names.
#[async_trait(?Send)]
pub trait Directory {
    /// Succeeds if the directory is there and may be read and written without a question to the person.
    async fn check(&self) -> Result<(), DirectoryError>;

    /// What is directly in a folder of it; the top is an empty path.
    async fn list(&self, folder: &str) -> Result<Vec<Found>, DirectoryError>;

    /// How a file looks now; `None` if there is none.
    async fn stamp(&self, path: &str) -> Result<Option<FileStamp>, DirectoryError>;

    /// Opens a file for reading.
    async fn open(&self, path: &str) -> Result<(FileStamp, Rc<dyn Source>), DirectoryError>;

    /// Begins to write a file aside. Makes the folders above it.
    async fn replace(&self, path: &str) -> Result<Box<dyn Replacement>, DirectoryError>;

    /// Removes a file that looks so; the folder in which it is stays.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Changed`] if it looks otherwise.
    async fn remove(&self, path: &str, expected: FileStamp) -> Result<(), DirectoryError>;

    /// Makes a folder, and those above it. Idempotent.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Changed`] if a file is there.
    async fn make_folder(&self, path: &str) -> Result<(), DirectoryError>;

    /// Removes a folder in which there is nothing. Idempotent.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Changed`] if something is in it, or if a file is there.
    async fn remove_folder(&self, path: &str) -> Result<(), DirectoryError>;
}

/// A file that is written aside; dropped without being finished, nothing has changed.
#[async_trait(?Send)]
pub trait Replacement {
    /// Appends bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), DirectoryError>;

    /// Puts it in the place of what looks so, or where nothing is; gives how it looks.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Changed`] if something else is there.
    async fn finish(self: Box<Self>, expected: Option<FileStamp>) -> Result<FileStamp, DirectoryError>;
}

/// Where the directories are remembered that a person has chosen. No row can hold a handle of the browser.
#[async_trait(?Send)]
pub trait Directories {
    /// The directory of this id; `None` if it is not remembered.
    async fn open(&self, id: &str) -> Result<Option<Rc<dyn Directory>>, Error>;

    /// Forgets a directory. Idempotent.
    async fn forget(&self, id: &str) -> Result<(), Error>;
}

/// The [`Directories`] of an engine.
#[derive(Clone)]
pub struct DirectoryStore(Rc<dyn Directories>);

impl DirectoryStore {
    /// Remembers directories there.
    pub fn new(store: Rc<dyn Directories>) -> Self {
        Self(store)
    }

    /// The store.
    pub(in crate::engine) fn get(&self) -> &dyn Directories {
        &*self.0
    }
}

impl Default for DirectoryStore {
    fn default() -> Self {
        Self(Rc::new(NoDirectories))
    }
}

impl std::fmt::Debug for DirectoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DirectoryStore")
    }
}

/// Remembers nothing.
struct NoDirectories;

#[async_trait(?Send)]
impl Directories for NoDirectories {
    async fn open(&self, _: &str) -> Result<Option<Rc<dyn Directory>>, Error> {
        Ok(None)
    }

    async fn forget(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }
}
