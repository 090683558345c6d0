//! One round: looks at a folder, merges it with its share, and brings both to the result.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cid::Cid;
use serde_bytes::ByteArray;

use crate::dag::manifest;
use crate::engine::Error;
use crate::engine::api::{Directory, DirectoryError, FileChange, FileStamp, FolderState, Mode};
use crate::engine::shares::{OwnFiles, maker_of, name_of};
use crate::engine::state::{FolderRow, JournalRow, StepKey, StepRow};
use crate::format::media;
use crate::platform;
use crate::social::folder::{
    Makers, Merged, Side, Tree, Version, empty_folder, folder_path, has_at_or_within, has_within,
    mass_change, merge,
};
use crate::social::share_record::ShareRecord;

use super::handle::Folders;
use super::scan::{Scan, Seen, other_names, scan};
use super::seal::Sealed;
use super::standing::{Outcome, Standing, Trouble};

/// A file that was changed so shortly before or after it was read may have been changed again without another time: some
/// disks count in steps of two seconds.
const TICK_MS: u64 = 2_000;

/// How often every file is read, whether its size and time are others or not.
const WHOLE_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// What one round knows.
pub(super) struct Round {
    pub(super) id: String,
    pub(super) row: FolderRow,
    pub(super) directory: Rc<dyn Directory>,
    pub(super) now: u64,
    pub(super) steps: BTreeMap<String, StepRow>,
    pub(super) seen: BTreeMap<String, Seen>,
    /// Empty files that an earlier round began to make.
    pub(super) begun: BTreeMap<String, FileStamp>,
    pub(super) here: Tree,
    pub(super) merged: Merged,
    /// The header of the revision with which the folder was merged.
    pub(super) before: Cid,
    pub(super) share: ShareRecord,
    pub(super) files: OwnFiles,
    /// The device that made the last revision of the share.
    pub(super) maker: String,
    /// Empty folders of which the share has too many.
    no_room: Vec<String>,
}

impl Folders {
    /// Brings a folder and its share in step. Everything that is nobody's defect is how the folder stands afterwards.
    pub(super) async fn round(&self, id: &str, anyway: bool) -> Result<(Standing, Outcome), Error> {
        let stands = |state| Standing { state, ..Standing::default() };
        let fails = |why: String| Standing { why: Some(why), ..stands(FolderState::Fails) };
        match self.try_round(id, anyway).await {
            Ok(done) => Ok(done),
            Err(Trouble::Directory(why)) => Ok(match why {
                DirectoryError::Gone => (stands(FolderState::Gone), Outcome::Done),
                DirectoryError::Permission => (stands(FolderState::Permission), Outcome::Done),
                DirectoryError::Changed => (stands(FolderState::Busy), Outcome::Again),
                why => (fails(why.to_string()), Outcome::Done),
            }),
            Err(Trouble::Engine(Error::Unreachable(_))) => Ok((stands(FolderState::Waits), Outcome::Done)),
            Err(Trouble::Engine(why)) => Err(why),
        }
    }

    async fn try_round(&self, id: &str, anyway: bool) -> Result<(Standing, Outcome), Trouble> {
        let args = &self.0.args;
        let key = id.to_owned();
        let Some(row) = args.state.read(|tables| tables.folders.get(&key).cloned()) else {
            return Err(Error::NotFound("folder").into());
        };
        let (share, is_waiting) = args.state.read(|tables| {
            let is_waiting = tables.forked.contains(&row.share) || tables.awaited.contains(&row.share);
            (tables.shares.get(&row.share).cloned(), is_waiting)
        });
        let Some(share) = share else {
            // The person removed the share; the files in the folder stay.
            self.unbind(id).await?;
            return Ok((Standing::default(), Outcome::Done));
        };
        if is_waiting {
            return Ok((Standing { state: FolderState::Waits, ..Standing::default() }, Outcome::Done));
        }
        let share = args.shares.bindable(&share.id().to_string())?;
        let directory = args.directories.get().open(id).await?.ok_or(DirectoryError::Gone)?;
        let steps: BTreeMap<String, StepRow> = args.state.read(|tables| {
            let steps = tables.steps.iter().filter(|(step, _)| step.folder == id);
            steps.map(|(step, row)| (step.path.clone(), row.clone())).collect()
        });
        let locals = other_names(&steps);
        let shared = |local: &str| locals.get(local).map(|path| (*path).to_owned());
        let is_known_folder = |folder: &str| steps.contains_key(folder) || has_within(&steps, folder);
        let now = platform::now_ms();
        let Scan { files: mut seen, mut left_out, ignored } =
            scan(&*directory, shared, is_known_folder).await?;
        let begun: BTreeMap<String, FileStamp> = seen
            .iter()
            .filter(|(path, seen)| {
                let is_making = steps.get(*path).is_some_and(|step| step.is_making);
                is_making && seen.stamp.size == 0 && folder_path(path).is_none()
            })
            .map(|(path, seen)| (path.clone(), seen.stamp))
            .collect();
        seen.retain(|path, _| !begun.contains_key(path));

        let is_whole = now.saturating_sub(row.whole) > WHOLE_MS;
        let is_known = |path: &String, seen: &Seen| {
            if folder_path(path).is_some() {
                return true;
            }
            let step = steps.get(path).filter(|step| !step.is_making && !is_whole);
            step.is_some_and(|step| {
                (step.size, step.modified) == (seen.stamp.size, seen.stamp.modified)
                    && step.read.abs_diff(step.modified) >= TICK_MS
            })
        };
        let wanted: Vec<_> = seen.iter().filter(|(path, seen)| !is_known(path, seen)).collect();
        let is_same_share = row.at > 0 && row.revision == Some(share.block());
        if is_same_share && wanted.is_empty() && begun.is_empty() && seen.keys().eq(steps.keys()) {
            let has_no_room = |(path, step): &(&String, &StepRow)| {
                row.mode != Mode::In && folder_path(path).is_some() && step.base.is_none()
            };
            left_out.extend(steps.iter().filter(has_no_room).map(|(path, _)| path.clone()));
            let standing =
                Standing { state: FolderState::Step, at: Some(now), left_out, ..Standing::default() };
            return Ok((standing, Outcome::Done));
        }
        let sealed = self.seal(&*directory, wanted).await?;
        let files = args.shares.own_files(&share).await?;

        let is_of_round = |path: &String| !sealed.unsettled.contains(path) && !ignored.has_within(path);
        seen.retain(|path, _| is_of_round(path));
        let digest_here = |path: &String| match sealed.files.get(path) {
            Some(read) => Some(read.digest),
            None if folder_path(path).is_some() => Some(empty_folder().digest),
            None => steps.get(path).map(|step| step.digest.into_array()),
        };
        let here: Tree = seen
            .iter()
            .filter_map(|(path, seen)| {
                Some((path.clone(), Version { digest: digest_here(path)?, modified: seen.stamp.modified }))
            })
            .collect();
        let base: Tree = steps
            .iter()
            .filter(|(path, _)| is_of_round(path))
            .filter_map(|(path, step)| {
                Some((path.clone(), Version { digest: step.base?.into_array(), modified: 0 }))
            })
            .collect();
        let there: Tree = files
            .tree
            .iter()
            .filter(|(path, _)| is_of_round(path))
            .map(|(path, version)| (path.clone(), version.clone()))
            .collect();
        let mass = || {
            let out = (row.mode != Mode::In).then(|| mass_change(&base, &here)).flatten();
            out.or_else(|| (row.mode != Mode::Out).then(|| mass_change(&base, &there)).flatten())
        };
        if !anyway && let Some(mass) = mass() {
            let (gone, changed) = (mass.gone, mass.changed);
            let standing =
                Standing { state: FolderState::Asks, gone, changed, left_out, ..Standing::default() };
            return Ok((standing, Outcome::Done));
        }
        let (mine, maker) =
            args.state.read(|tables| (name_of(tables, &args.device), maker_of(tables, &share)));
        let merged = merge(&base, &here, &there, Makers { here: &mine, there: &maker });
        let mut round = Round {
            id: id.to_owned(),
            row,
            directory,
            now,
            steps,
            seen,
            begun,
            here,
            merged,
            before: share.block(),
            share,
            files,
            maker,
            no_room: Vec::new(),
        };
        if round.row.mode != Mode::In && !self.give(&mut round, &there, &sealed).await? {
            return Ok((Standing { state: FolderState::Busy, ..Standing::default() }, Outcome::Go));
        }
        self.note_in_step(&round, &there, &mine).await?;
        let taken = match round.row.mode {
            Mode::Out => Default::default(),
            Mode::Both | Mode::In => self.take(&round).await?,
        };
        let is_settled = sealed.unsettled.is_empty() && !taken.is_unsettled;
        if is_settled && !taken.is_waiting {
            self.note_done(&round, is_whole).await?;
        }
        let state = if taken.is_waiting { FolderState::Waits } else { FolderState::Step };
        let at = (state == FolderState::Step && is_settled).then_some(now);
        left_out.extend(round.no_room.iter().cloned().chain(taken.left_out));
        let standing = Standing { state, at, left_out, ..Standing::default() };
        Ok((standing, if is_settled { Outcome::Done } else { Outcome::Again }))
    }

    /// Makes the next revision of the share, if the merge has other files. Returns false if the share changed meanwhile.
    async fn give(&self, round: &mut Round, there: &Tree, sealed: &Sealed) -> Result<bool, Trouble> {
        let (mut added, mut folders) = (Vec::new(), Vec::new());
        for (path, origin) in &round.merged.files {
            if there.get(path).is_some_and(|known| known.digest == origin.version.digest) {
                continue;
            }
            if let Some(folder) = folder_path(path) {
                folders.push(folder.to_owned());
                continue;
            }
            let file = match origin.side {
                Side::There => round.files.listed_at(&origin.path, path).await?,
                Side::Here => {
                    let seen = round.seen.get(&origin.path).ok_or(DirectoryError::Changed)?;
                    let chunks = match sealed.files.get(&origin.path) {
                        Some(read) => read.chunks.clone(),
                        // It was read in an earlier round, whose blocks may be gone.
                        None => self.read_again(round, &origin.path, seen).await?,
                    };
                    manifest::NewFile {
                        path: path.clone(),
                        size: seen.stamp.size,
                        media_type: media::of_name(path).into(),
                        modified: Some(seen.stamp.modified),
                        preview: None,
                        chunks,
                    }
                }
            };
            added.push(file);
        }
        let removed: BTreeSet<String> =
            there.keys().filter(|path| !round.merged.files.contains_key(*path)).cloned().collect();
        let listed = round.files.list.manifest().folders().iter();
        let known = listed.filter(|folder| !removed.contains(&format!("{folder}/"))).cloned().collect();
        let (folders, no_room) = manifest::fitting(&known, folders);
        round.no_room = no_room.into_iter().map(|folder| folder + "/").collect();
        if added.is_empty() && folders.is_empty() && removed.is_empty() {
            return Ok(true);
        }
        let changed = self.0.args.shares.change_files(&round.share, added, &folders, &removed);
        let Some(after) = changed.await? else {
            return Ok(false);
        };
        round.files = self.0.args.shares.own_files(&after).await?;
        round.share = after;
        Ok(true)
    }

    async fn read_again(
        &self,
        round: &Round,
        path: &String,
        seen: &Seen,
    ) -> Result<Vec<crate::format::node::Pointer>, Trouble> {
        let mut read = self.seal(&*round.directory, vec![(path, seen)]).await?;
        Ok(read.files.remove(path).ok_or(DirectoryError::Changed)?.chunks)
    }

    /// Notes what is the same on both sides, and tells the journal what was done here.
    async fn note_in_step(&self, round: &Round, there: &Tree, device: &str) -> Result<(), Error> {
        let mut rows = Vec::new();
        let paths: BTreeSet<&String> = round.steps.keys().chain(round.seen.keys()).collect();
        for path in paths {
            let before = round.steps.get(path);
            let (here, shared) = (round.here.get(path), round.files.tree.get(path));
            let row = match (here, round.seen.get(path)) {
                (Some(here), Some(seen)) => {
                    let is_same = shared.is_some_and(|shared| shared.digest == here.digest);
                    let base = if is_same {
                        Some(here.digest)
                    } else {
                        before.and_then(|it| Some(it.base?.into_array()))
                    };
                    let row = step(path, seen.local.clone(), seen.stamp, here.digest, round.now);
                    let row = StepRow { base: base.map(ByteArray::new), ..row };
                    // That it was looked at again is no news.
                    match before {
                        Some(before)
                            if is_same_but_time(before, &row)
                                && before.read.abs_diff(row.modified) >= TICK_MS =>
                        {
                            continue;
                        }
                        _ => Some(row),
                    }
                }
                _ if round.begun.contains_key(path) => continue,
                // Gone on both sides. What is left out by a new rule stays in the share.
                _ if shared.is_none() => None,
                _ => continue,
            };
            rows.push((StepKey { folder: round.id.clone(), path: path.clone() }, row));
        }
        let lines = self.lines_of_here(round, there, device);
        self.note_steps(rows, lines).await
    }

    /// What was done in the folder, and conflicts.
    fn lines_of_here(&self, round: &Round, there: &Tree, device: &str) -> Vec<JournalRow> {
        let before = Some(round.before);
        let line = |path: &String, change| JournalRow { before, ..round.line(path, change, true, device) };
        let conflicts = round.merged.conflicts.iter().map(|conflict| JournalRow {
            copy: Some(conflict.copy.clone()),
            ..line(&conflict.path, FileChange::Conflict)
        });
        let mut lines: Vec<_> = conflicts.collect();
        if round.row.at == 0 || round.row.mode == Mode::In {
            return lines;
        }
        let in_conflict = round.paths_in_conflict();
        for (path, origin) in round.merged.files.iter().filter(|(path, _)| !in_conflict.contains(*path)) {
            match there.get(path) {
                // That it was emptied is told by what is gone from it.
                None if round.no_room.contains(path) || has_within(there, path) => {}
                None => lines.push(line(path, FileChange::Added)),
                Some(before) if before.digest != origin.version.digest => {
                    lines.push(line(path, FileChange::Changed));
                }
                Some(_) => {}
            }
        }
        let is_gone = |path: &&String| !has_at_or_within(&round.merged.files, path);
        let gone = there.keys().filter(is_gone);
        lines.extend(gone.map(|path| line(path, FileChange::Deleted)));
        lines
    }

    /// Notes that folder and share are in step.
    async fn note_done(&self, round: &Round, is_whole: bool) -> Result<(), Error> {
        let (id, now, revision) = (round.id.clone(), round.now, Some(round.share.block()));
        if round.row.at > 0 && round.row.revision == revision && !is_whole {
            return Ok(());
        }
        let noted = self.0.args.state.update(move |tx| {
            let row = tx.folders.get_mut(&id).ok_or(Error::NotFound("folder"))?;
            (row.at, row.revision) = (now, revision);
            if is_whole {
                row.whole = now;
            }
            Ok(())
        });
        noted.await
    }
}

impl Round {
    /// A line of the journal about a file.
    pub(super) fn line(&self, path: &str, change: FileChange, here: bool, device: &str) -> JournalRow {
        let after = self.merged.files.get(path).map(|origin| ByteArray::new(origin.version.digest));
        JournalRow {
            folder: self.id.clone(),
            share: self.row.share,
            path: path.to_owned(),
            change,
            at: self.now,
            here,
            device: device.to_owned(),
            copy: None,
            before: self.row.revision,
            after,
            is_undone: false,
            is_settled: false,
        }
    }

    /// Paths of which a conflict tells already.
    pub(super) fn paths_in_conflict(&self) -> BTreeSet<String> {
        let conflicts = self.merged.conflicts.iter();
        conflicts.flat_map(|conflict| [conflict.path.clone(), conflict.copy.clone()]).collect()
    }
}

/// The row of a file that has these bytes on the disk.
pub(super) fn step(path: &str, local: String, stamp: FileStamp, digest: [u8; 32], read: u64) -> StepRow {
    StepRow {
        local: (local != path).then_some(local),
        size: stamp.size,
        modified: stamp.modified,
        digest: ByteArray::new(digest),
        base: None,
        read,
        is_making: false,
    }
}

fn is_same_but_time(one: &StepRow, other: &StepRow) -> bool {
    StepRow { read: 0, ..one.clone() } == StepRow { read: 0, ..other.clone() }
}
