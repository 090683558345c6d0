//! The files of large blocks: few operations, each with a guarantee for power cuts.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::PathBuf,
};

use crate::private;

/// Files by relative path, `folder/name`. Blocking; safe to call from many threads.
///
/// Only what was synced survives a power cut: contents by [`sync`](Self::sync), names and removals by
/// [`sync_folder`](Self::sync_folder).
pub trait Disk: Send + Sync {
    /// Makes a file with these bytes, or replaces it; its folder is made if it is missing.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Syncs the contents of a file.
    fn sync(&self, path: &str) -> io::Result<()>;
    /// Renames a file and replaces the file of the new name; the new folder is made if it is missing.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Syncs which names a folder has.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;
    /// The bytes of a file, if it is there.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Removes a file, if it is there.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Bytes that are free, if the system says so.
    fn free(&self) -> io::Result<Option<u64>> {
        Ok(None)
    }
    /// The names in a folder; none if it is not there.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
}

/// A folder of the file system.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Keeps all files under `root`.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Makes a folder so that it survives a power cut.
    fn make(&self, folder: &str) -> io::Result<()> {
        let folder = self.root.join(folder);
        if folder.is_dir() {
            return Ok(());
        }
        private::make_folder(&folder)?;
        for made in folder.ancestors().skip(1).take(3) {
            File::open(made)?.sync_all()?;
        }
        Ok(())
    }
}

/// `None` instead of an error if there is no such file.
fn if_exists<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Disk for Folder {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.make(folder_of(path))?;
        private::create(&self.root.join(path))?.write_all(bytes)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        File::open(self.root.join(path))?.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.make(folder_of(to))?;
        fs::rename(self.root.join(from), self.root.join(to))
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        File::open(self.root.join(folder))?.sync_all()
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        if_exists(fs::read(self.root.join(path)))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        if_exists(fs::remove_file(self.root.join(path))).map(drop)
    }

    #[cfg(unix)]
    fn free(&self) -> io::Result<Option<u64>> {
        let system = rustix::fs::statvfs(&self.root)?;
        Ok(Some(system.f_bavail.saturating_mul(system.f_frsize)))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let Some(entries) = if_exists(fs::read_dir(self.root.join(folder)))? else { return Ok(Vec::new()) };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }
}
