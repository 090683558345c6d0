//! Saving files into a new folder: under names that every system can have, and beside nothing that was there.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use futures::TryStreamExt;

use crate::dag::contents::File;
use crate::engine::Error;
use crate::engine::api::{FileProgress, FileWriter, Folder, Refusal, Saved, SavedName, TransferId};
use crate::engine::events::MAX_FILES_NAMED;
use crate::engine::progress::Transfers;
use crate::format::portable;

/// Numbers that are tried behind a name that is taken. A person who has saved one share a thousand times into one folder
/// has to pick another one.
const MAX_TRIES: u32 = 1_000;

/// Files that are saved into one new folder.
pub(super) struct Saving {
    top: Rc<dyn Folder>,
    names: portable::Names,
    /// The folders that were made, by their portable path; `None` if the system did not allow one.
    folders: HashMap<String, Option<Made>>,
    saved: Saved,
}

/// A folder that was made, with its path below the new folder. A file that came meanwhile may have taken its first name.
#[derive(Clone)]
struct Made {
    path: String,
    folder: Rc<dyn Folder>,
}

impl Saving {
    /// Makes a folder with this title in `to`, with a number if there is one.
    ///
    /// # Errors
    ///
    /// The error with which `to` fails. A title is portable before it is tried, so a system that refuses it refuses every name.
    pub(super) async fn begin(title: &str, to: &dyn Folder) -> Result<Self, Error> {
        let first = portable::name(title);
        let made = free(&first, async |name| to.make_folder(&name).await).await;
        let (name, top) = match made {
            Ok(made) => made,
            Err(Refusal::Failed(why)) => return Err(why),
            Err(Refusal::Name | Refusal::Taken) => {
                return Err(Error::InvalidName(format!(
                    "no folder {first} can be made here: pick another folder"
                )));
            }
        };
        let saved = Saved { folder: name, ..Saved::default() };
        Ok(Self { top, names: portable::Names::default(), folders: HashMap::new(), saved })
    }

    /// What became of the files so far.
    pub(super) fn so_far(&self) -> Saved {
        self.saved.clone()
    }

    /// Fetches a file and writes it as its bytes come. If the system does not allow it, the file is left out.
    pub(super) async fn file(
        &mut self,
        file: &File,
        transfers: &Transfers,
        transfer: &TransferId,
    ) -> Result<(), Error> {
        let portable = self.names.file(file.path());
        let made = match self.make(&portable).await {
            Ok(made) => made,
            Err(Refusal::Failed(why)) => return Err(why),
            Err(Refusal::Name | Refusal::Taken) => None,
        };
        let Some((path, mut writer)) = made else {
            self.leave_out(file, transfers, transfer);
            return Ok(());
        };
        let mut bytes = file.read(0, file.size());
        let mut done = 0;
        while let Some(piece) = bytes.try_next().await? {
            let len = piece.len() as u64;
            writer.write(piece).await?;
            done += len;
            let progress = FileProgress { path: file.path().to_owned(), bytes: done, total: file.size() };
            transfers.advance(transfer, len, Some(progress));
        }
        match writer.close().await {
            Ok(()) if path == file.path() => {}
            Ok(()) => {
                self.saved.renamed += 1;
                self.tell(file, Some(path));
            }
            Err(Refusal::Failed(why)) => return Err(why),
            Err(Refusal::Name | Refusal::Taken) => {
                self.saved.left_out += 1;
                self.tell(file, None);
            }
        }
        Ok(())
    }

    /// Makes a file of this portable path; gives the path that it has, or `None` if a folder above was not allowed.
    async fn make(&mut self, portable: &str) -> Result<Option<(String, Box<dyn FileWriter>)>, Refusal> {
        let (parent, name) = portable.rsplit_once('/').unwrap_or(("", portable));
        let Some(Made { path, folder }) = self.folder(parent).await? else { return Ok(None) };
        let (name, writer) = free(name, async |name| folder.make_file(&name).await).await?;
        Ok(Some((below(&path, &name), writer)))
    }

    /// Makes a folder of this portable path, and those above, the first time that it is asked for.
    async fn folder(&mut self, portable: &str) -> Result<Option<Made>, Refusal> {
        let mut at = Made { path: String::new(), folder: Rc::clone(&self.top) };
        let ends = portable.match_indices('/').map(|(end, _)| end);
        let ends: Vec<_> = ends.chain((!portable.is_empty()).then_some(portable.len())).collect();
        for end in ends {
            let own = &portable[..end];
            if let Some(known) = self.folders.get(own) {
                let Some(known) = known else { return Ok(None) };
                at = known.clone();
                continue;
            }
            let name = own.rsplit('/').next().unwrap_or(own);
            let made = match free(name, async |name| at.folder.make_folder(&name).await).await {
                Ok((name, folder)) => Some(Made { path: below(&at.path, &name), folder }),
                Err(Refusal::Failed(why)) => return Err(Refusal::Failed(why)),
                Err(Refusal::Name | Refusal::Taken) => None,
            };
            self.folders.insert(own.to_owned(), made.clone());
            let Some(made) = made else { return Ok(None) };
            at = made;
        }
        Ok(Some(at))
    }

    fn leave_out(&mut self, file: &File, transfers: &Transfers, transfer: &TransferId) {
        self.saved.left_out += 1;
        self.tell(file, None);
        // Nothing more of it is to come.
        transfers.found(transfer, file.size());
    }

    fn tell(&mut self, file: &File, saved_as: Option<String>) {
        if self.saved.names.len() < MAX_FILES_NAMED {
            self.saved.names.push(SavedName { path: file.path().to_owned(), saved_as });
        }
    }
}

/// Makes something under the first name that is free: this one, or this one with a number. Gives that name.
async fn free<T>(
    name: &str,
    make: impl AsyncFn(String) -> Result<T, Refusal>,
) -> Result<(String, T), Refusal> {
    let numbered = (2..=MAX_TRIES).map(|number| portable::numbered(name, number));
    for name in std::iter::once(name.to_owned()).chain(numbered) {
        match make(name.clone()).await {
            Ok(made) => return Ok((name, made)),
            Err(Refusal::Taken) => {}
            Err(refused) => return Err(refused),
        }
    }
    Err(Refusal::Taken)
}

fn below(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}
