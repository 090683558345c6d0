//! Saving files into a folder: under names that every system can have, and beside everything that was there.
//!
//! A folder into which the same share was saved before is used again. A file that is there with the same bytes is left
//! alone. Next to one with other bytes, which the person may have changed, the file gets another name.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use futures::stream::LocalBoxStream;
use futures::{Stream, StreamExt, TryStreamExt};

use crate::dag::contents::{Bytestream, Contents, File, with_bytes};
use crate::dag::{ReadError, Source};
use crate::engine::Error;
use crate::engine::api::{FileProgress, FileWriter, Folder, Refusal, Saved, SavedName, TransferId};
use crate::engine::events::MAX_FILES_NAMED;
use crate::engine::progress::Transfers;
use crate::format::portable;

/// Numbers that are tried behind a name that is taken. A person who has saved one share a thousand times into one folder
/// has to pick another one.
const MAX_TRIES: u32 = 1_000;

/// Files of a share that are looked for in a folder, to find out whether the share was saved there before. An earlier
/// saving that broke off has the first of them.
const LOOKED_FOR: usize = 256;

/// Files that are compared to find that out, each read as a whole.
const COMPARED: usize = 4;

/// Files that are saved into one folder.
pub(super) struct Saving {
    top: Made,
    names: portable::Names,
    /// The folders below it, by their portable path; `None` if the system did not allow one.
    folders: HashMap<String, Option<Made>>,
    saved: Saved,
}

/// A folder with its path below the first one. A file of the same name may have taken its first name.
#[derive(Clone)]
struct Made {
    path: String,
    folder: Rc<dyn Folder>,
    /// Whether nothing was in it.
    is_new: bool,
}

impl Saving {
    /// Opens the folder in `to` into which this share was saved before, or makes one with this title, with a number if
    /// there is another one.
    ///
    /// # Errors
    ///
    /// The error with which `to` fails. A title is portable before it is tried, so a system that refuses it refuses every name.
    pub(super) async fn begin(title: &str, contents: &Contents, to: &dyn Folder) -> Result<Self, Error> {
        let first = portable::name(title);
        for name in numbered(&first) {
            let (folder, is_new) = match to.folder(&name).await? {
                Some(folder) if folder.is_empty().await? => (folder, true),
                Some(folder) if is_of(&folder, contents).await? => (folder, false),
                Some(_) => continue,
                None => match to.make_folder(&name).await {
                    Ok(folder) => (folder, true),
                    Err(Refusal::Taken) => continue,
                    Err(Refusal::Name) => break,
                    Err(Refusal::Failed(why)) => return Err(why),
                },
            };
            let saved = Saved { folder: name, ..Saved::default() };
            let top = Made { path: String::new(), folder, is_new };
            return Ok(Self { top, names: portable::Names::default(), folders: HashMap::new(), saved });
        }
        Err(Error::InvalidName(format!("no folder {first} can be made here: pick another folder")))
    }

    /// What became of the files so far.
    pub(super) fn so_far(&self) -> Saved {
        self.saved.clone()
    }

    /// Files with their bytes. Nothing is fetched ahead if some of it may be there already.
    pub(super) fn bytes_of(
        &self,
        files: impl Stream<Item = Result<File, ReadError>> + 'static,
    ) -> LocalBoxStream<'static, Result<(File, Bytestream), ReadError>> {
        if self.top.is_new {
            return with_bytes(files).boxed_local();
        }
        let read = |file: File| {
            let bytes = file.read(0, file.size());
            (file, bytes)
        };
        files.map_ok(read).boxed_local()
    }

    /// Fetches a file and writes it as its bytes come; makes a folder if the path ends in `/`. What is there already is left
    /// alone. What the system does not allow is left out.
    pub(super) async fn file(
        &mut self,
        file: &File,
        mut bytes: Bytestream,
        transfers: &Transfers,
        transfer: &TransferId,
    ) -> Result<(), Error> {
        if let Some(folder) = file.path().strip_suffix('/') {
            let portable = self.names.folder(folder);
            match self.folder(&portable).await? {
                Some(made) if made.path == folder => {}
                Some(made) => self.rename(file, made.path),
                None => self.leave_out(file),
            }
            return Ok(());
        }
        let portable = self.names.file(file.path());
        let (path, mut writer) = match self.place(file, &portable).await? {
            Place::Free(path, writer) => (path, writer),
            Place::Same(path) => {
                self.saved.already += 1;
                if path != file.path() {
                    self.rename(file, path);
                }
                transfers.found(transfer, file.size());
                return Ok(());
            }
            Place::Refused => {
                self.leave_out(file);
                // Nothing more of it is to come.
                transfers.found(transfer, file.size());
                return Ok(());
            }
        };
        let mut done = 0;
        while let Some(piece) = bytes.try_next().await? {
            let len = piece.len() as u64;
            writer.write(piece).await?;
            done += len;
            let progress = FileProgress { path: file.path().to_owned(), bytes: done, total: file.size() };
            transfers.advance(transfer, len, Some(progress));
        }
        match writer.close().await {
            Ok(()) => {
                self.saved.written += 1;
                if path != file.path() {
                    self.rename(file, path);
                }
            }
            Err(Refusal::Failed(why)) => return Err(why),
            Err(Refusal::Name | Refusal::Taken) => self.leave_out(file),
        }
        Ok(())
    }

    /// Finds out where a file with this portable path is, or makes it.
    async fn place(&mut self, file: &File, portable: &str) -> Result<Place, Error> {
        let (parent, name) = portable.rsplit_once('/').unwrap_or(("", portable));
        let Some(parent) = self.folder(parent).await? else { return Ok(Place::Refused) };
        for name in numbered(name) {
            if !parent.is_new
                && let Some(there) = parent.folder.file(&name).await?
            {
                if file.equals(&*there).await? {
                    return Ok(Place::Same(below(&parent.path, &name)));
                }
                continue;
            }
            match parent.folder.make_file(&name).await {
                Ok(writer) => return Ok(Place::Free(below(&parent.path, &name), writer)),
                Err(Refusal::Taken) => {}
                Err(Refusal::Name) => break,
                Err(Refusal::Failed(why)) => return Err(why),
            }
        }
        Ok(Place::Refused)
    }

    /// Opens or makes a folder of this portable path, and those above, the first time that it is asked for.
    async fn folder(&mut self, portable: &str) -> Result<Option<Made>, Error> {
        let mut at = self.top.clone();
        let ends = portable.match_indices('/').map(|(end, _)| end);
        let ends: Vec<_> = ends.chain((!portable.is_empty()).then_some(portable.len())).collect();
        for end in ends {
            let own = &portable[..end];
            if let Some(known) = self.folders.get(own) {
                let Some(known) = known else { return Ok(None) };
                at = known.clone();
                continue;
            }
            let made = at.enter(own.rsplit('/').next().unwrap_or(own)).await?;
            self.folders.insert(own.to_owned(), made.clone());
            let Some(made) = made else { return Ok(None) };
            at = made;
        }
        Ok(Some(at))
    }

    fn rename(&mut self, file: &File, path: String) {
        self.saved.renamed += 1;
        self.tell(file, Some(path));
    }

    fn leave_out(&mut self, file: &File) {
        self.saved.left_out += 1;
        self.tell(file, None);
    }

    fn tell(&mut self, file: &File, saved_as: Option<String>) {
        if self.saved.names.len() < MAX_FILES_NAMED {
            self.saved.names.push(SavedName { path: file.path().to_owned(), saved_as });
        }
    }
}

/// Where a file is saved.
enum Place {
    /// It is there already, at this path.
    Same(String),
    /// It is to be written to this path.
    Free(String, Box<dyn FileWriter>),
    /// The system allows no such file.
    Refused,
}

impl Made {
    /// Opens the folder of this name in it, or makes it, with a number if the name is taken; `None` if the system does not
    /// allow it.
    async fn enter(&self, name: &str) -> Result<Option<Self>, Error> {
        for name in numbered(name) {
            let there = if self.is_new { None } else { self.folder.folder(&name).await? };
            let is_new = there.is_none();
            let folder = match there {
                Some(there) => there,
                None => match self.folder.make_folder(&name).await {
                    Ok(made) => made,
                    Err(Refusal::Taken) => continue,
                    Err(Refusal::Name) => return Ok(None),
                    Err(Refusal::Failed(why)) => return Err(why),
                },
            };
            return Ok(Some(Self { path: below(&self.path, &name), folder, is_new }));
        }
        Ok(None)
    }
}

/// Whether a share was saved into this folder before: one of its files is there, with the same bytes.
async fn is_of(folder: &Rc<dyn Folder>, contents: &Contents) -> Result<bool, Error> {
    let mut names = portable::Names::default();
    let mut files = contents.files().take(LOOKED_FOR);
    let mut compared = 0;
    while let Some(file) = files.try_next().await?
        && compared < COMPARED
    {
        if file.path().ends_with('/') {
            continue;
        }
        let portable = names.file(file.path());
        // Every empty file equals every other.
        if file.size() == 0 {
            continue;
        }
        let Some(there) = find(folder, &portable).await? else { continue };
        if file.equals(&*there).await? {
            return Ok(true);
        }
        compared += 1;
    }
    Ok(false)
}

/// The file of this path below a folder.
async fn find(folder: &Rc<dyn Folder>, path: &str) -> Result<Option<Box<dyn Source>>, Error> {
    let mut folder = Rc::clone(folder);
    let mut rest = path;
    while let Some((first, below)) = rest.split_once('/') {
        let Some(inner) = folder.folder(first).await? else { return Ok(None) };
        (folder, rest) = (inner, below);
    }
    folder.file(rest).await
}

/// A name, and the same with each number that is tried behind it.
fn numbered(name: &str) -> impl Iterator<Item = String> {
    let more = (2..=MAX_TRIES).map(|number| portable::numbered(name, number));
    std::iter::once(name.to_owned()).chain(more)
}

fn below(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}
