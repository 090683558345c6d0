//! Bringing a folder to what was merged: files are written aside, verified, and put in the place of what was there.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use serde_bytes::ByteArray;

use crate::engine::Error;
use crate::engine::api::{DirectoryError, FileChange, FileStamp, Mode};
use crate::engine::state::{JournalRow, StepKey, StepRow};
use crate::social::folder::{LocalNames, Side, folder_path, has_at_or_within, has_within, original_of};

use super::empty::Emptied;
use super::handle::Folders;
use super::round::{Round, step};
use super::standing::Trouble;

/// Files of which the rows are written together. What was written to the disk and not noted is recognised by its bytes.
const NOTED_AT_ONCE: usize = 64;

/// Bytes of a file of the same folder that are copied at once.
const PIECE: u64 = 1 << 20;

/// What became of the files that were to be taken.
#[derive(Default)]
pub(super) struct Taken {
    /// Whether one changed since it was looked at, so that it was left alone.
    pub(super) is_unsettled: bool,
    /// Whether bytes are missing that nobody has now.
    pub(super) is_waiting: bool,
    /// Files that the system cannot have under any name.
    pub(super) left_out: Vec<String>,
}

/// Rows and lines that are not written yet.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) steps: Vec<(StepKey, Option<StepRow>)>,
    lines: Vec<JournalRow>,
}

/// A file that is to be written, or an empty folder that is to be made.
pub(super) struct Wanted {
    pub(super) path: String,
    pub(super) local: String,
    expected: Option<FileStamp>,
    /// The file of this folder whose bytes it gets, if the share does not have them.
    copied: Option<String>,
}

impl Folders {
    /// Writes and removes files in the folder, as the merge has them.
    pub(super) async fn take(&self, round: &Round) -> Result<Taken, Trouble> {
        let (mut taken, mut notes) = (Taken::default(), Notes::default());
        let done = self.take_all(round, &mut taken, &mut notes).await;
        // What was done before something failed is done.
        self.note(notes).await?;
        done.map(|()| taken)
    }

    async fn take_all(&self, round: &Round, taken: &mut Taken, notes: &mut Notes) -> Result<(), Trouble> {
        let (copies, writes) = self.wanted(round);
        let emptied = Emptied::of(round);
        self.announce(round, copies.iter().chain(&writes)).await?;
        self.announce_emptied(round, &emptied).await?;
        for file in copies {
            self.write(round, file, taken, notes).await?;
        }
        // A file goes before the folder comes that has its name, and the other way round.
        let is_file = |path: &String| folder_path(path).is_none();
        let gone = round.seen.iter().filter(|(path, _)| !round.merged.files.contains_key(*path));
        for (path, seen) in gone.filter(|(path, _)| is_file(path)) {
            match round.directory.remove(&seen.local, seen.stamp).await {
                Ok(()) => {}
                Err(DirectoryError::Changed) => {
                    taken.is_unsettled = true;
                    continue;
                }
                Err(why) => return Err(why.into()),
            }
            notes.steps.push((round.key(path), None));
            self.tell(round, path, FileChange::Deleted, notes);
        }
        self.remove_emptied(round, emptied, notes).await?;
        for file in writes {
            if !is_file(&file.path) {
                self.make_folder(round, file, taken, notes).await?;
                continue;
            }
            self.write(round, file, taken, notes).await?;
            if notes.steps.len() >= NOTED_AT_ONCE {
                self.note(std::mem::take(notes)).await?;
            }
        }
        Ok(())
    }

    /// The files to be written: copies of files of this folder first, because these are overwritten afterwards.
    fn wanted(&self, round: &Round) -> (Vec<Wanted>, Vec<Wanted>) {
        let mut names = LocalNames::default();
        for (path, seen) in &round.seen {
            let bare = |path: &str| folder_path(path).unwrap_or(path).to_owned();
            names.know(&bare(path), &bare(&seen.local));
        }
        let (mut copies, mut writes) = (Vec::new(), Vec::new());
        for (path, origin) in &round.merged.files {
            if round.here.get(path).is_some_and(|known| known.digest == origin.version.digest) {
                continue;
            }
            if let Some(folder) = folder_path(path) {
                let local = names.local(folder) + "/";
                writes.push(Wanted { path: path.clone(), local, expected: None, copied: None });
                continue;
            }
            let known = round.steps.get(path).and_then(|step| step.local.clone());
            let local = match round.seen.get(path) {
                Some(seen) => seen.local.clone(),
                // An empty file of an earlier try has the name already.
                None if round.begun.contains_key(path) => known.unwrap_or_else(|| path.clone()),
                None => names.local(path),
            };
            let expected = round.seen.get(path).map(|seen| seen.stamp);
            let expected = expected.or_else(|| round.begun.get(path).copied());
            let is_shared =
                round.files.tree.get(path).is_some_and(|known| known.digest == origin.version.digest);
            let copied = (!is_shared && origin.side == Side::Here).then(|| origin.path.clone());
            let list = if copied.is_some() { &mut copies } else { &mut writes };
            list.push(Wanted { path: path.clone(), local, expected, copied });
        }
        (copies, writes)
    }

    /// Notes which files are about to be made: browsers make an empty file first, which is none of the person's.
    async fn announce<'a>(
        &self,
        round: &Round,
        wanted: impl Iterator<Item = &'a Wanted>,
    ) -> Result<(), Error> {
        let rows: BTreeMap<StepKey, StepRow> = wanted
            .filter(|file| file.expected.is_none() && folder_path(&file.path).is_none())
            .map(|file| {
                let stamp = FileStamp { size: 0, modified: 0 };
                let row = step(&file.path, file.local.clone(), stamp, [0; 32], round.now);
                let base = round.steps.get(&file.path).and_then(|step| step.base);
                (round.key(&file.path), StepRow { is_making: true, base, ..row })
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let announced = self.0.args.state.update(move |tx| {
            for (key, row) in rows {
                tx.steps.insert(key, row);
            }
            Ok(())
        });
        announced.await
    }

    async fn write(
        &self,
        round: &Round,
        file: Wanted,
        taken: &mut Taken,
        notes: &mut Notes,
    ) -> Result<(), Trouble> {
        let Wanted { path, local, expected, copied } = file;
        let stamp = match self.written(round, &path, &local, expected, copied.as_deref()).await {
            Ok(stamp) => stamp,
            Err(Trouble::Directory(DirectoryError::Changed)) => {
                taken.is_unsettled = true;
                return Ok(());
            }
            Err(Trouble::Directory(DirectoryError::Name)) => {
                taken.left_out.push(path);
                return Ok(());
            }
            Err(Trouble::Engine(Error::Unreachable(_))) => {
                taken.is_waiting = true;
                return Ok(());
            }
            Err(why) => return Err(why),
        };
        let Some(origin) = round.merged.files.get(&path) else { return Ok(()) };
        let digest = origin.version.digest;
        let base = match copied {
            Some(_) => None,
            None => Some(ByteArray::new(digest)),
        };
        let row = StepRow { base, ..step(&path, local, stamp, digest, round.now) };
        notes.steps.push((round.key(&path), Some(row)));
        let change = if round.here.contains_key(&path) { FileChange::Changed } else { FileChange::Added };
        self.tell(round, &path, change, notes);
        Ok(())
    }

    /// Writes one file aside and swaps it in.
    async fn written(
        &self,
        round: &Round,
        path: &str,
        local: &str,
        expected: Option<FileStamp>,
        copied: Option<&str>,
    ) -> Result<FileStamp, Trouble> {
        if round.directory.stamp(local).await? != expected {
            return Err(DirectoryError::Changed.into());
        }
        let Some(from) = copied else {
            let file = round.files.file(path).ok_or(Error::NotFound("file"))?;
            // Nothing is made in the folder before the first bytes are here.
            let mut bytes = file.read(0, file.size()).map_err(Error::from).boxed_local();
            let mut piece = bytes.try_next().await?;
            let mut replacement = round.directory.replace(local).await?;
            while let Some(bytes_of_piece) = piece {
                replacement.write(bytes_of_piece).await?;
                piece = bytes.try_next().await?;
            }
            return Ok(replacement.finish(expected).await?);
        };
        let seen = round.seen.get(from).ok_or(DirectoryError::Changed)?;
        let (stamp, source) = round.directory.open(&seen.local).await?;
        if stamp != seen.stamp {
            return Err(DirectoryError::Changed.into());
        }
        let mut replacement = round.directory.replace(local).await?;
        let mut at = 0;
        while at < stamp.size {
            let len = (stamp.size - at).min(PIECE) as usize;
            let bytes: Bytes = source.read(at, len).await.map_err(|_| DirectoryError::Changed)?;
            at += bytes.len() as u64;
            if bytes.len() != len {
                return Err(DirectoryError::Changed.into());
            }
            replacement.write(bytes).await?;
        }
        Ok(replacement.finish(expected).await?)
    }

    /// Tells the journal what was done on another device.
    pub(super) fn tell(&self, round: &Round, path: &str, change: FileChange, notes: &mut Notes) {
        let is_first = round.row.at == 0;
        let is_told = round.merged.conflicts.iter().any(|it| it.path == path || it.copy == path);
        // In the other direction the change of this folder stays where it is.
        let is_copy = round.row.mode == Mode::In
            && round.merged.files.get(path).is_some_and(|origin| origin.side == Side::Here);
        // That a folder was filled or emptied is told by what is in it.
        let is_rest = match change {
            FileChange::Deleted => has_at_or_within(&round.merged.files, path),
            _ => has_within(&round.seen, path),
        };
        if is_first || is_told || is_copy || is_rest {
            return;
        }
        // Two devices may have met a conflict before it came here.
        let original = original_of(path).filter(|original| round.merged.files.contains_key(original));
        notes.lines.push(match original {
            Some(original) if change == FileChange::Added => JournalRow {
                copy: Some(path.to_owned()),
                ..round.line(&original, FileChange::Conflict, false, &round.maker)
            },
            _ => round.line(path, change, false, &round.maker),
        });
    }

    async fn note(&self, notes: Notes) -> Result<(), Error> {
        let Notes { steps, lines } = notes;
        self.note_steps(steps, lines).await
    }
}

impl Round {
    pub(super) fn key(&self, path: &str) -> StepKey {
        StepKey { folder: self.id.clone(), path: path.to_owned() }
    }
}
