//! Going on with a draft: its files are chosen again, and only what is missing of them is read.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_bytes::ByteBuf;

use crate::dag::{self, Source, SourceError, unixfs};
use crate::engine::Error;
use crate::engine::api::{NewFile, Share};
use crate::engine::state::{Plan, PlannedFile, Run, StoredChunk, Transaction};
use crate::format::node::Pointer;

use super::draft::{self, KnownChunks, Sources};
use super::handle::Shares;
use super::matching::{Candidate, Matches, Matching, Planned};

/// Paths that an error names.
const NAMED: usize = 3;

impl Shares {
    /// Goes on with a draft. Returns the share, or `None` if more files are to be chosen.
    ///
    /// What is stored of a file is compared with its beginning. Where the bytes differ, the file is read anew from there.
    /// With `leave_out` the share is made without the files that are missing and not among these.
    pub(in crate::engine) async fn resume_draft(
        &self,
        id: &str,
        files: Vec<NewFile>,
        leave_out: bool,
    ) -> Result<Option<Share>, Error> {
        if self.is_read(id) {
            return Err(Error::AlreadyExists(
                "the files of this share are read already, maybe in another tab",
            ));
        }
        let (plan, known) = self
            .0
            .state
            .read(|tables| draft::plan_of(tables, id).map(|plan| (plan, draft::known_chunks(tables, id))))?;
        let (share, total) = (plan.onto.clone().unwrap_or_else(|| id.to_owned()), plan.size());
        let resuming = async {
            let (plan, sources) = self.choose_again(id, plan, known, files, leave_out).await?;
            self.read_draft(id, plan, sources).await
        };
        self.run_draft(id, &share, total, resuming).await
    }

    /// Finds the files of a draft among those chosen, and forgets chunks that are not theirs.
    async fn choose_again(
        &self,
        id: &str,
        mut plan: Plan,
        mut known: KnownChunks,
        files: Vec<NewFile>,
        leave_out: bool,
    ) -> Result<(Plan, Sources), Error> {
        let is_any = !files.is_empty();
        let mut chosen = Vec::with_capacity(files.len());
        for file in files {
            let path = draft::checked_path(&file.path)?;
            chosen.push(Some(NewFile { path, ..file }));
        }
        let Matches { found, unclear } = self.matched(&plan, &known, &chosen).await?;
        if !unclear.is_empty() && !leave_out {
            return Err(unclear_files(&plan, &unclear));
        }
        let is_missing = |at: &usize| draft::is_missing(&plan, *at, &known) && !found.contains_key(at);
        let missing: Vec<_> = (0..plan.files.len()).filter(is_missing).collect();
        if is_any && found.is_empty() && !missing.is_empty() && !leave_out {
            return Err(Error::InvalidName("none of these is one of the missing files".into()));
        }
        let mut sources: Sources = vec![None; plan.files.len()];
        let mut changed = BTreeMap::new();
        for (at, place) in found {
            let file = chosen[place].take().expect("a file is found once");
            let stored = known.remove(&at).unwrap_or_default();
            let equal = self.equal_chunks(&plan, &stored, &*file.source).await;
            let equal = equal.map_err(|why| draft::unreadable(file.path.clone(), why))?;
            if equal < stored.len() {
                changed.insert(at, stored[..equal].to_vec());
            }
            let planned = &mut plan.files[at];
            *planned = PlannedFile {
                path: std::mem::take(&mut planned.path),
                size: file.source.size(),
                modified: file.modified,
                media_type: std::mem::take(&mut planned.media_type),
                preview: match file.preview {
                    Some(preview) => Some(ByteBuf::from(preview.to_vec())),
                    None if equal < stored.len() => None,
                    None => planned.preview.take(),
                },
                left_out: false,
            };
            sources[at] = Some(file.source);
        }
        if leave_out {
            missing.into_iter().for_each(|at| plan.files[at].left_out = true);
        }
        if plan.count() == 0 && plan.folders.is_empty() {
            return Err(Error::InvalidName("then nothing is left of this share: discard it instead".into()));
        }
        self.forget_chunks(id, changed).await?;
        Ok((plan, sources))
    }

    /// Which of the files that were chosen is which of the draft.
    async fn matched(
        &self,
        plan: &Plan,
        known: &KnownChunks,
        chosen: &[Option<NewFile>],
    ) -> Result<Matches, Error> {
        let planned = plan.files.iter().enumerate().map(|(at, file)| Planned {
            path: file.path.clone(),
            size: file.size,
            modified: file.modified,
            stored: known.get(&at).map_or(0, Vec::len),
            is_missing: draft::is_missing(plan, at, known),
        });
        let candidates = chosen.iter().flatten().map(|file| Candidate {
            path: file.path.clone(),
            size: file.source.size(),
            modified: file.modified,
        });
        let (planned, candidates) = (planned.collect::<Vec<_>>(), candidates.collect::<Vec<_>>());
        let matching = Matching::new(&planned, &candidates);
        let mut equal = BTreeSet::new();
        for (at, place) in matching.to_compare() {
            let Some(file) = &chosen[place] else { continue };
            let stored = &known[&at];
            let found = self.equal_chunks(plan, stored, &*file.source).await;
            if found.map_err(|why| draft::unreadable(file.path.clone(), why))? == stored.len() {
                equal.insert((at, place));
            }
        }
        Ok(matching.decide(&equal))
    }

    /// How many of these chunks are the beginning of a file.
    async fn equal_chunks(
        &self,
        plan: &Plan,
        stored: &[StoredChunk],
        source: &dyn Source,
    ) -> Result<usize, SourceError> {
        if plan.public {
            let cids: Vec<_> = stored.iter().map(|(cid, _)| *cid).collect();
            return unixfs::compare(source, &cids).await;
        }
        let pointers = stored.iter().cloned().map_while(|(cid, key)| Some(Pointer { cid, key: key? }));
        dag::compare(source, &pointers.collect::<Vec<_>>(), self.0.ring.chunk_secret()).await
    }

    /// Leaves only these chunks in the rows of some files of a draft.
    async fn forget_chunks(&self, id: &str, left: BTreeMap<usize, Vec<StoredChunk>>) -> Result<(), Error> {
        if left.is_empty() {
            return Ok(());
        }
        let (draft, left) = (id.to_owned(), Rc::new(left));
        let forget = move |tx: &mut Transaction| {
            let runs = tx.runs.iter().filter(|(key, _)| key.draft == draft);
            let first: BTreeMap<_, _> = runs.rev().map(|(key, run)| (run.file, key.clone())).collect();
            tx.runs.remove_where(|key, run| key.draft == draft && left.contains_key(&run.file));
            for (file, chunks) in left.iter().filter(|(_, chunks)| !chunks.is_empty()) {
                let Some(key) = first.get(file) else { continue };
                tx.runs.insert(key.clone(), Run { file: *file, chunks: chunks.clone() });
            }
            Ok(())
        };
        self.0.storage.update_when_room(None, Vec::new(), forget).await
    }
}

/// Asks for the whole paths of files that have one name.
fn unclear_files(plan: &Plan, unclear: &BTreeSet<usize>) -> Error {
    let named: Vec<_> = unclear.iter().take(NAMED).map(|at| &*plan.files[*at].path).collect();
    let more = if unclear.len() > NAMED { " and others" } else { "" };
    Error::InvalidName(format!(
        "it is not clear which file is {}{more}: choose the folder that you shared at first",
        named.join(", ")
    ))
}
