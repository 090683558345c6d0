//! Empty folders on the disk: made, and removed where nothing is to be in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_bytes::ByteArray;

use crate::engine::Error;
use crate::engine::api::{DirectoryError, FileChange};
use crate::engine::state::StepRow;
use crate::social::folder::{empty_folder, folder_path, has_at_or_within};

use super::handle::Folders;
use super::round::{Round, step};
use super::scan::FOLDER_STAMP;
use super::standing::Trouble;
use super::take::{Notes, Taken, Wanted};

/// Folders of which the last file goes in this round, or that go themselves: their paths on the disk, by those in the share.
/// All end with a slash.
pub(super) struct Emptied(BTreeMap<String, String>);

impl Emptied {
    /// The folders around all that goes, unless the merge has them.
    pub(super) fn of(round: &Round) -> Self {
        let mut emptied = BTreeMap::new();
        let gone = round.seen.iter().filter(|(path, _)| !round.merged.files.contains_key(*path));
        for (path, seen) in gone {
            for (shared, local) in folders_around(path).zip(folders_around(&seen.local)) {
                if !has_at_or_within(&round.merged.files, shared) {
                    emptied.insert(shared.to_owned(), local.to_owned());
                }
            }
        }
        Self(emptied)
    }
}

impl Folders {
    /// Notes that folders are about to go, so that the next round takes none that is left for a new one of the person's.
    pub(super) async fn announce_emptied(&self, round: &Round, emptied: &Emptied) -> Result<(), Error> {
        if emptied.0.is_empty() {
            return Ok(());
        }
        let digest = empty_folder().digest;
        let rows: Vec<_> = emptied
            .0
            .iter()
            .map(|(path, local)| {
                let row = step(path, local.clone(), FOLDER_STAMP, digest, round.now);
                (round.key(path), StepRow { base: Some(ByteArray::new(digest)), ..row })
            })
            .collect();
        let announced = self.0.args.state.update(move |tx| {
            for (key, row) in rows {
                tx.steps.insert(key, row);
            }
            Ok(())
        });
        announced.await
    }

    /// Removes folders, the innermost first. One in which there is something stays: what is left out by a rule, or new.
    pub(super) async fn remove_emptied(
        &self,
        round: &Round,
        emptied: Emptied,
        notes: &mut Notes,
    ) -> Result<(), Trouble> {
        let mut stays = BTreeSet::new();
        for (path, local) in emptied.0.iter().rev() {
            if !stays.contains(path) {
                match round.directory.remove_folder(trimmed(local)).await {
                    Ok(()) => {}
                    Err(DirectoryError::Changed) => stays.extend(folders_around(path).map(str::to_owned)),
                    Err(why) => return Err(why.into()),
                }
            }
            notes.steps.push((round.key(path), None));
            if round.seen.contains_key(path) {
                self.tell(round, path, FileChange::Deleted, notes);
            }
        }
        Ok(())
    }

    /// Makes an empty folder.
    pub(super) async fn make_folder(
        &self,
        round: &Round,
        folder: Wanted,
        taken: &mut Taken,
        notes: &mut Notes,
    ) -> Result<(), Trouble> {
        let Wanted { path, local, .. } = folder;
        match round.directory.make_folder(trimmed(&local)).await {
            Ok(()) => {}
            Err(DirectoryError::Changed) => {
                taken.is_unsettled = true;
                return Ok(());
            }
            Err(DirectoryError::Name) => {
                taken.left_out.push(path);
                return Ok(());
            }
            Err(why) => return Err(why.into()),
        }
        let digest = empty_folder().digest;
        let row = step(&path, local, FOLDER_STAMP, digest, round.now);
        notes.steps.push((round.key(&path), Some(StepRow { base: Some(ByteArray::new(digest)), ..row })));
        self.tell(round, &path, FileChange::Added, notes);
        Ok(())
    }
}

/// The folders in which something is, and itself if it is one, the outermost first. All end with a slash.
fn folders_around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..=at])
}

fn trimmed(folder: &str) -> &str {
    folder_path(folder).unwrap_or(folder)
}
