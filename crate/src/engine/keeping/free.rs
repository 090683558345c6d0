//! Freeing this browser's space: files of mine go from here once two places, at least one of them a friend, have proven that
//! they can deliver every block.

use std::collections::{BTreeMap, BTreeSet};

use cid::Cid;
use futures::TryStreamExt;

use crate::dag;
use crate::engine::Error;
use crate::engine::api::{FreeableSpace, FreedStage, NotFreed};
use crate::engine::publish::Unfinished;
use crate::engine::publish::proofs::{self, Checked, DAY_MS};
use crate::engine::state::{FreedPlace, FreedShare, Tables, Transaction};
use crate::format::share_id::ShareId;
use crate::net::keep::MAX_PROVED;
use crate::platform::{self, Instant};
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Keeping};
use super::places::{OpenPlace, Place};

#[cfg(test)]
mod tests;

/// How a look at one share ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proving {
    /// Its files may be dropped: the row says so.
    Freed,
    /// Some places have still to prove something, or are not here.
    Waits,
    /// A place lacks something: the share stays.
    Lacks,
}

impl Keeping {
    /// Drops here the files of a share of mine, or of all that can be dropped, as soon as two places have proven that they
    /// deliver them; gives the bytes that became free now. What is not proven yet goes on by itself, for a week.
    ///
    /// # Errors
    ///
    /// `not-found`, and `refused` where this one share cannot leave this browser now.
    pub(in crate::engine) async fn free(&self, share: Option<&str>) -> Result<u64, Error> {
        let state = &self.0.args.state;
        let _alone = self.0.freeing.lock().await;
        self.0.left_alone.borrow_mut().clear();
        let now = platform::now_ms();
        let one = match share {
            Some(share) => Some(state.read(|tables| self.freeable(tables, share, now))?),
            None => None,
        };
        let keeping = self.clone();
        let wanted = state.update(move |tx| {
            let wanted: Vec<_> = match one {
                Some(id) => vec![id],
                None => keeping.all_freeable(tx, now),
            };
            wanted.iter().for_each(|id| ask_to_free(tx, id, now));
            Ok(wanted)
        });
        let mut ends = Vec::new();
        for id in wanted.await? {
            ends.push(self.prove_and_free(id).await?);
        }
        match one {
            Some(_) if ends.contains(&Proving::Lacks) => {
                Err(Error::Refused("not all of it is there where it is kept: it stays here too".into()))
            }
            _ if ends.contains(&Proving::Freed) => self.0.args.storage.collect().await,
            _ => Ok(0),
        }
    }

    /// A share that can leave this browser, by its id as the page names it.
    fn freeable(&self, tables: &Tables, share: &str, now: u64) -> Result<ShareId, Error> {
        let share = tables.share(share)?;
        if share.author != self.0.args.me {
            return Err(Error::NotFound("share of yours"));
        }
        match self.why_not(tables, share, now) {
            Some(why) => Err(Error::Refused(format!("this cannot leave this browser now: {why}"))),
            None => Ok(share.id()),
        }
    }

    fn all_freeable(&self, tables: &Tables, now: u64) -> Vec<ShareId> {
        let mine = tables.shares.values().filter(|share| share.author == self.0.args.me && share.files > 0);
        mine.filter(|share| self.why_not(tables, share, now).is_none()).map(ShareRecord::id).collect()
    }

    /// Goes on with what the person asked for and could not be proven at once.
    pub(super) async fn go_on_freeing(&self) -> Result<(), Error> {
        let state = &self.0.args.state;
        let asked: Vec<_> = state.read(|tables| {
            let asked = tables.freed.iter().filter(|(_, freed)| freed.stage == FreedStage::Asked);
            asked.map(|(id, _)| *id).collect()
        });
        let mut is_any_freed = false;
        for id in asked {
            is_any_freed |= self.prove_and_free(id).await? == Proving::Freed;
        }
        if is_any_freed {
            self.0.args.storage.collect().await?;
        }
        Ok(())
    }

    /// Has every place of a share prove all of it, and notes that it is freed once enough of them have.
    async fn prove_and_free(&self, id: ShareId) -> Result<Proving, Error> {
        let Args { state, storage, .. } = &self.0.args;
        let now = platform::now_ms();
        let found = state.read(|tables| {
            let asked = tables.freed.get(&id).is_some_and(|freed| freed.stage == FreedStage::Asked);
            let share =
                tables.shares.get(&id).filter(|share| asked && self.why_not(tables, share, now).is_none());
            share.map(|share| (share.clone(), self.places_of(tables, share, now)))
        });
        let Some((share, places)) = found else { return Ok(Proving::Waits) };
        let Some(mut blocks) = proofs::blocks_below(storage, share.block()).await? else {
            self.forget_freed(id).await?;
            return Ok(Proving::Lacks);
        };
        blocks.sort_unstable();
        self.begin_round(&share, blocks.len()).await?;
        for place in places {
            let name = place.name();
            if self.is_left_alone(&name) {
                continue;
            }
            let Some(mut open) = self.open_place(&place).await else { continue };
            match self.prove_all(&place, &mut open, id, &blocks).await {
                Ok(true) => {}
                Ok(false) => {
                    self.place_lacks(id, name, share.block()).await?;
                    return Ok(Proving::Lacks);
                }
                // It has answered as often as it does within an hour, or broke off: it goes on where it stopped.
                Err(why) => {
                    tracing::debug!(%why, "a place does not prove all of a share now");
                    self.0.left_alone.borrow_mut().insert(name, Instant::now());
                }
            }
        }
        self.note_freed(id, share.block()).await
    }

    /// Begins to count what places prove, anew where the share has changed since.
    async fn begin_round(&self, share: &ShareRecord, blocks: usize) -> Result<(), Error> {
        let (id, header, manifest) = (share.id(), share.block(), share.manifest());
        let background = self.0.args.state.background();
        let begun = background.update(move |tx| {
            if let (Some(freed), Some(manifest)) = (tx.freed.get_mut(&id), manifest)
                && (freed.header != header || freed.blocks != blocks as u64)
            {
                (freed.header, freed.manifest) = (header, manifest.cid);
                (freed.blocks, freed.places) = (blocks as u64, BTreeMap::new());
            }
            Ok(())
        });
        begun.await
    }

    /// Has a place prove those blocks that it has not proven within a day; says whether it lacks none.
    async fn prove_all(
        &self,
        place: &Place,
        open: &mut OpenPlace,
        id: ShareId,
        blocks: &[Cid],
    ) -> Result<bool, Unfinished> {
        let Args { state, storage, me, .. } = &self.0.args;
        let (name, now) = (place.name(), platform::now_ms());
        let known = state.read(|tables| tables.freed.get(&id)?.places.get(&name).cloned());
        let is_young = |done: &FreedPlace| done.since <= now && now < done.since.saturating_add(DAY_MS);
        let mut done = known.filter(is_young).unwrap_or(FreedPlace { since: now, ..FreedPlace::default() });
        let first = usize::try_from(done.proven).unwrap_or(usize::MAX).min(blocks.len());
        for batch in blocks[first..].chunks(MAX_PROVED) {
            let mut checked = Checked { key: open.key, session: &mut *open.session };
            if !proofs::ask(storage, me, &mut checked, batch.to_vec()).await?.is_empty() {
                return Ok(false);
            }
            done.proven += batch.len() as u64;
            done.checked = platform::now_ms();
            let (name, done) = (name.clone(), done.clone());
            let background = state.background();
            let noted = background.update(move |tx| {
                if let Some(freed) = tx.freed.get_mut(&id) {
                    freed.places.insert(name, done);
                }
                Ok(())
            });
            noted.await?;
        }
        Ok(true)
    }

    /// Notes that a share is freed, if nothing is in the way by now.
    async fn note_freed(&self, id: ShareId, header: Cid) -> Result<Proving, Error> {
        let keeping = self.clone();
        let noted = self.0.args.state.update(move |tx| {
            let now = platform::now_ms();
            let share = tx.shares.get(&id).filter(|share| share.block() == header);
            let (Some(share), Some(freed)) = (share, tx.freed.get(&id)) else { return Ok(Proving::Waits) };
            let is_whole =
                |place: &FreedPlace| place.proven == freed.blocks && now < place.since.saturating_add(DAY_MS);
            let places: BTreeMap<_, _> = freed
                .places
                .iter()
                .filter(|(_, place)| is_whole(place))
                .map(|(name, place)| (name.clone(), place.clone()))
                .collect();
            if keeping.why_not(tx, share, now).is_some() || !keeping.suffice(tx, share, &places, now) {
                return Ok(Proving::Waits);
            }
            let freed = FreedShare { stage: FreedStage::Freed, since: now, places, ..freed.clone() };
            tx.freed.insert(id, freed);
            Ok(Proving::Freed)
        });
        noted.await
    }

    /// Notes that a place lacks something of a share, which stays here.
    async fn place_lacks(&self, id: ShareId, name: String, header: Cid) -> Result<(), Error> {
        let noted = self.0.args.state.update(move |tx| {
            tx.freed.remove(&id);
            let check = tx.checks.or_insert_with(name, Default::default);
            check.at = platform::now_ms();
            check.proven.remove(&header);
            check.lacks.insert(header);
            Ok(())
        });
        noted.await
    }

    /// Forgets that a share is to be elsewhere: what is here of it stays.
    pub(super) async fn forget_freed(&self, id: ShareId) -> Result<(), Error> {
        let forgotten = self.0.args.state.remove(move |tx| {
            tx.freed.remove(&id);
            Ok(())
        });
        forgotten.await
    }

    /// What could leave this browser, and of every other share of mine why it cannot. Bytes are those of blocks that are
    /// here, each counted once.
    pub(in crate::engine) async fn freeable_space(&self) -> Result<FreeableSpace, Error> {
        let Args { state, me, .. } = &self.0.args;
        let tables = state.snapshot();
        let now = platform::now_ms();
        let mine = tables.shares.values().filter(|it| it.author == *me && !it.withdrawn && it.files > 0);
        let mine = mine.filter(|share| !tables.freed.contains(&share.id()));
        let why = |share: &ShareRecord| self.why_not(&tables, share, now);
        let (no, yes): (Vec<_>, Vec<_>) = mine.map(|it| (it, why(it))).partition(|(_, why)| why.is_some());
        let mut seen: BTreeSet<_> = tables.kept_for_others().copied().collect();
        let mut space = FreeableSpace::default();
        for (share, why) in no {
            if let Some(why) = why {
                let bytes = self.bytes_here(share, &mut seen).await?;
                space.others.push(NotFreed { share: share.id().to_string(), bytes, why });
            }
        }
        for (share, _) in yes {
            space.bytes += self.bytes_here(share, &mut seen).await?;
            space.shares.push(share.id().to_string());
        }
        Ok(space)
    }

    /// Bytes of the blocks of a share's files that are here and were not seen before; none where its list cannot be read.
    async fn bytes_here(&self, share: &ShareRecord, seen: &mut BTreeSet<Cid>) -> Result<u64, Error> {
        let chunks = match self.chunks_of(share).await {
            Err(Error::Storage(why)) => return Err(Error::Storage(why)),
            chunks => chunks.unwrap_or_default(),
        };
        let new: Vec<_> = chunks.into_iter().filter(|chunk| seen.insert(chunk.cid)).collect();
        let cids: Vec<_> = new.iter().map(|chunk| chunk.cid).collect();
        let here = self.0.args.storage.blocks().have(&cids).await?;
        Ok(here.into_iter().zip(new).filter(|(is_here, _)| *is_here).map(|(_, chunk)| chunk.block).sum())
    }

    /// The blocks of a share's files, by its list.
    pub(super) async fn chunks_of(&self, share: &ShareRecord) -> Result<Vec<dag::contents::Chunk>, Error> {
        let mut files = self.0.args.fetchers.open_contents(share).await?.files();
        let mut chunks = Vec::new();
        while let Some(file) = files.try_next().await? {
            chunks.extend(file.chunks().await?);
        }
        Ok(chunks)
    }
}

/// Notes that the person wants the files of a share to leave this browser, where that is not noted.
fn ask_to_free(tx: &mut Transaction, id: &ShareId, now: u64) {
    let share = tx.shares.get(id).map(|share| (share.block(), share.manifest()));
    let Some((header, Some(manifest))) = share else { return };
    let is_new = tx.freed.get(id).is_none_or(|freed| freed.stage != FreedStage::Freed);
    if is_new {
        let (stage, manifest) = (FreedStage::Asked, manifest.cid);
        let before = tx.freed.get(id).filter(|freed| freed.header == header && freed.stage == stage);
        let (blocks, places) = before.map(|it| (it.blocks, it.places.clone())).unwrap_or_default();
        tx.freed.insert(*id, FreedShare { stage, manifest, header, blocks, since: now, places });
    }
}
