//! The journal: what happened to files, and which conflicts nobody has looked at.

use crate::engine::Error;
use crate::engine::api::{FileChange, FolderConflict, JournalEntry, JournalQuery};
use crate::engine::state::{JournalRow, StepKey, StepRow, Tables, Transaction};
use crate::format::text;
use crate::platform;

use super::handle::Folders;

/// Lines of the journal, at most: the oldest go first.
const MAX_LINES: usize = 20_000;

/// Lines that are listed at once where nobody says otherwise.
const DEFAULT_LINES: usize = 100;

/// Numbers of lines in one millisecond: a line is named by its time, so that later ones have greater numbers.
const PER_MS: u64 = 1_000;

/// Adds lines to the journal.
pub(super) fn add(tx: &mut Transaction, lines: Vec<JournalRow>) {
    let last = tx.journal.keys().next_back().map_or(0, |last| last + 1);
    let first = last.max(platform::now_ms() * PER_MS);
    for (number, line) in (first..).zip(lines) {
        tx.journal.insert(number, line);
    }
    let surplus = tx.journal.len().saturating_sub(MAX_LINES);
    let first = tx.journal.keys().nth(surplus).copied();
    if let Some(first) = first.filter(|_| surplus > 0) {
        tx.journal.remove_where(|number, _| *number < first);
    }
}

impl Folders {
    /// Notes how files of a folder stand, or are gone, with what the journal is to say of it.
    pub(super) async fn note_steps(
        &self,
        steps: Vec<(StepKey, Option<StepRow>)>,
        lines: Vec<JournalRow>,
    ) -> Result<(), Error> {
        if steps.is_empty() && lines.is_empty() {
            return Ok(());
        }
        let noted = self.0.args.state.update(move |tx| {
            for (key, row) in steps {
                match row {
                    Some(row) => _ = tx.steps.insert(key, row),
                    None => _ = tx.steps.remove(&key),
                }
            }
            add(tx, lines);
            Ok(())
        });
        noted.await
    }

    /// Lines of the journal, the newest first.
    pub(in crate::engine) fn journal(&self, query: &JournalQuery) -> Result<Vec<JournalEntry>, Error> {
        let before = query.before.as_deref().map(number).transpose()?;
        let text = query.text.as_deref().unwrap_or_default().to_lowercase();
        Ok(self.0.args.state.read(|tables| {
            let lines = tables.journal.iter().rev();
            let lines = lines
                .filter(|(number, _)| before.is_none_or(|before| **number < before))
                .filter(|(_, line)| query.folder.as_ref().is_none_or(|folder| line.folder == *folder))
                .filter(|(_, line)| line.path.to_lowercase().contains(&text));
            let lines = lines.take(query.limit.unwrap_or(DEFAULT_LINES));
            lines.map(|(number, line)| shown(tables, *number, line)).collect()
        }))
    }

    /// Conflicts of a folder that nobody has looked at, the newest first.
    pub(in crate::engine) fn conflicts(&self, id: &str) -> Result<Vec<FolderConflict>, Error> {
        self.0.args.state.read(|tables| {
            if !tables.folders.contains(&id.to_owned()) {
                return Err(Error::NotFound("folder"));
            }
            let lines = tables.journal.iter().rev().map(|(_, line)| line).filter(|line| is_open(id, line));
            Ok(lines
                .filter_map(|line| {
                    Some(FolderConflict { path: line.path.clone(), copy: line.copy.clone()?, at: line.at })
                })
                .collect())
        })
    }

    /// Notes that the person has looked at the conflicts at this path. Idempotent.
    pub(in crate::engine) async fn settle(&self, id: &str, path: &str) -> Result<(), Error> {
        let (id, path) = (id.to_owned(), path.to_owned());
        let settled = self.0.args.state.update(move |tx| {
            let open: Vec<u64> = tx
                .journal
                .iter()
                .filter(|(_, line)| is_open(&id, line) && line.path == path)
                .map(|(number, _)| *number)
                .collect();
            for number in open {
                if let Some(line) = tx.journal.get_mut(&number) {
                    line.is_settled = true;
                }
            }
            Ok(())
        });
        settled.await
    }
}

/// The number of the line of this id.
pub(super) fn number(id: &str) -> Result<u64, Error> {
    id.parse().map_err(|_| Error::NotFound("line of the journal"))
}

fn is_open(folder: &str, line: &JournalRow) -> bool {
    line.folder == folder && line.change == FileChange::Conflict && !line.is_settled
}

fn shown(tables: &Tables, number: u64, line: &JournalRow) -> JournalEntry {
    JournalEntry {
        id: number.to_string(),
        folder: line.folder.clone(),
        path: line.path.clone(),
        change: line.change,
        at: line.at,
        here: line.here,
        device: text::shown(&line.device),
        copy: line.copy.clone(),
        undoable: is_undoable(tables, line),
    }
}

/// Whether the share and the version before are here still.
pub(super) fn is_undoable(tables: &Tables, line: &JournalRow) -> bool {
    let Some(share) = tables.shares.get(&line.share) else { return false };
    let has_before = || {
        line.before
            .is_some_and(|header| header == share.block() || tables.earlier.contains(&header.to_string()))
    };
    !line.is_undone
        && match line.change {
            FileChange::Added => true,
            FileChange::Changed | FileChange::Deleted => has_before(),
            // Both versions are there: the person chooses.
            FileChange::Conflict => false,
        }
}
