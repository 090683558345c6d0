//! A disk that forgets what was not synced, and whose power fails after so many operations.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use spinney_relay::store::Disk;

/// The disk; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Lossy(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Operations until the power fails; `None` while it is steady.
    left: Option<u64>,
    files: Vec<Contents>,
    names: HashMap<String, usize>,
    synced_names: HashMap<String, usize>,
}

#[derive(Default)]
struct Contents {
    bytes: Vec<u8>,
    synced: Option<Vec<u8>>,
}

impl Lossy {
    /// Lets the power fail after `operations` more.
    pub(crate) fn fail_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// The power comes back: what was not synced is gone, of contents only a torn half may be left.
    pub(crate) fn power_on(&self) {
        let mut state = self.lock();
        state.left = None;
        state.names = state.synced_names.clone();
        for file in &mut state.files {
            file.bytes = file.synced.clone().unwrap_or_else(|| file.bytes[..file.bytes.len() / 2].to_vec());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// One operation, if there is power.
    fn operate(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        match &mut state.left {
            Some(0) => return Err(io::Error::other("the power failed")),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(state)
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn not_there() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for Lossy {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.operate()?;
        let file = state.files.len();
        state.files.push(Contents { bytes: bytes.to_vec(), synced: None });
        state.names.insert(path.into(), file);
        Ok(())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let mut state = self.operate()?;
        let file = *state.names.get(path).ok_or_else(not_there)?;
        let file = &mut state.files[file];
        file.synced = Some(file.bytes.clone());
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.operate()?;
        let file = state.names.remove(from).ok_or_else(not_there)?;
        state.names.insert(to.into(), file);
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let mut state = self.operate()?;
        let State { names, synced_names, .. } = &mut *state;
        synced_names.retain(|path, _| folder_of(path) != folder);
        let here = names.iter().filter(|(path, _)| folder_of(path) == folder);
        synced_names.extend(here.map(|(path, file)| (path.clone(), *file)));
        Ok(())
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let state = self.operate()?;
        Ok(state.names.get(path).map(|file| state.files[*file].bytes.clone()))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.operate()?.names.remove(path);
        Ok(())
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let state = self.operate()?;
        let here = state.names.keys().filter(|path| folder_of(path) == folder);
        Ok(here.map(|path| path[folder.len() + 1..].to_owned()).collect())
    }
}
