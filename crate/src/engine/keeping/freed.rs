//! Looking after what was freed: places are asked for some of it each week, and it comes back where too few have it.

use std::pin::pin;
use std::time::Duration;

use cid::Cid;
use futures::future::select;

use crate::engine::Error;
use crate::engine::api::FreedStage;
use crate::engine::publish::proofs::{HOUR_MS, random_below};
use crate::engine::state::{FreedShare, Kind, Tables};
use crate::format::share_id::ShareId;
use crate::platform::{self, Instant};
use crate::social::keeping::WEEK_MS;
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Keeping};

/// Blocks that each place is asked for in a week: who lost a twentieth is found out 96 times in 100.
const SAMPLE: usize = 64;

/// How often it is looked again although nothing changed.
const LOOK_AGAIN: Duration = Duration::from_secs(60 * 60);

/// How long a place that did not answer all is left alone: relays and friends count how often they are asked within an hour.
const LEFT_ALONE: Duration = Duration::from_secs(60 * 60);

/// For how long it is tried to free what the person wants to be freed, in milliseconds.
const TRIED_MS: u64 = WEEK_MS;

/// Tables by which a share may come back, or go on to be freed.
const WATCHED: [Kind; 6] =
    [Kind::freed, Kind::keepers, Kind::offers, Kind::checks, Kind::shares, Kind::wishes];

impl Keeping {
    /// Goes on freeing what is asked for, and looks after what was freed.
    pub(super) async fn look_after_freed(self) {
        let state = &self.0.args.state;
        let mut changes = state.watch(&WATCHED);
        let mut reached = state.watch_reached();
        loop {
            if let Err(why) = self.look_at_freed().await {
                tracing::debug!(%why, "what was freed is not looked after now");
            }
            select(pin!(changes.changed_within(LOOK_AGAIN)), pin!(reached.changed())).await;
        }
    }

    /// Looks once at every share that was freed or is to be.
    pub(super) async fn look_at_freed(&self) -> Result<(), Error> {
        let _alone = self.0.freeing.lock().await;
        self.0.left_alone.borrow_mut().retain(|_, since| since.elapsed() < LEFT_ALONE);
        let ids: Vec<_> = self.0.args.state.read(|tables| tables.freed.keys().copied().collect());
        for id in ids {
            // Of one whose list cannot be read now, the others know nothing.
            if let Err(why) = self.look_at(id).await {
                tracing::debug!(%why, "a freed share is not looked after now");
            }
        }
        self.go_on_freeing().await
    }

    async fn look_at(&self, id: ShareId) -> Result<(), Error> {
        let Args { state, me, .. } = &self.0.args;
        let now = platform::now_ms();
        let Some((freed, share)) = state.read(|tables| {
            let share = tables.shares.get(&id).filter(|share| tables.is_active(me, share));
            tables.freed.get(&id).map(|freed| (freed.clone(), share.cloned()))
        }) else {
            return Ok(());
        };
        let Some(share) = share else { return self.forget_freed(id).await };
        match freed.stage {
            FreedStage::Asked if now < freed.since.saturating_add(TRIED_MS) => Ok(()),
            FreedStage::Asked => self.forget_freed(id).await,
            FreedStage::Freed => {
                if self.is_well(&share, now) {
                    self.sample_places(&share, &freed, now).await?;
                }
                if self.is_well(&share, now) {
                    return Ok(());
                }
                tracing::warn!(share = %id, "too few places have what was freed here: it is fetched again");
                self.bring_back(&share).await
            }
            FreedStage::Returns => self.bring_back(&share).await,
        }
    }

    /// Whether a freed share is the one that was proven, nobody wants it here, and enough places have it.
    fn is_well(&self, share: &ShareRecord, now: u64) -> bool {
        let is_well = |tables: &Tables| {
            let freed = tables.freed.get(&share.id());
            let suffice = freed.is_some_and(|freed| self.suffice(tables, share, &freed.places, now));
            tables.is_freed(share) && suffice
        };
        self.0.args.state.read(is_well)
    }

    /// Asks places for some blocks, where a week has passed since or something is wrong.
    async fn sample_places(&self, share: &ShareRecord, freed: &FreedShare, now: u64) -> Result<(), Error> {
        let Args { state, fetchers, .. } = &self.0.args;
        for (name, place) in &freed.places {
            let is_short = state.read(|tables| says_that_it_lacks(tables, name, place.checked));
            let wait = if place.fails || is_short { HOUR_MS } else { WEEK_MS };
            if now < place.checked.saturating_add(wait) || self.is_left_alone(name) {
                continue;
            }
            let providers = self.providers_at(name);
            if providers.is_empty() {
                continue;
            }
            let place = fetchers.from(providers);
            let mut has_all = true;
            for cid in self.some_blocks(share).await? {
                match place.delivers(&cid).await {
                    Ok(it) => has_all &= it,
                    Err(why) => {
                        tracing::debug!(%why, "a place does not answer");
                        self.0.left_alone.borrow_mut().insert(name.clone(), Instant::now());
                        break;
                    }
                }
                if !has_all {
                    break;
                }
            }
            if !(has_all && self.is_left_alone(name)) {
                self.note_sample(share.id(), name.clone(), has_all).await?;
            }
        }
        Ok(())
    }

    async fn note_sample(&self, id: ShareId, name: String, has_all: bool) -> Result<(), Error> {
        let background = self.0.args.state.background();
        let noted = background.update(move |tx| {
            if let Some(place) = tx.freed.get_mut(&id).and_then(|freed| freed.places.get_mut(&name)) {
                (place.checked, place.fails) = (platform::now_ms(), !has_all);
            }
            Ok(())
        });
        noted.await
    }

    /// Some of the blocks of a share's files, each once.
    async fn some_blocks(&self, share: &ShareRecord) -> Result<Vec<Cid>, Error> {
        let mut blocks: Vec<_> = self.chunks_of(share).await?.into_iter().map(|chunk| chunk.cid).collect();
        blocks.sort_unstable();
        blocks.dedup();
        let some = blocks.len().min(SAMPLE);
        for at in 0..some {
            let other = at + random_below(blocks.len() - at);
            blocks.swap(at, other);
        }
        blocks.truncate(some);
        Ok(blocks)
    }

    /// Has a share come back into this browser, as a download does; once all of it is here it is as any other.
    async fn bring_back(&self, share: &ShareRecord) -> Result<(), Error> {
        let Args { state, storage, downloads, .. } = &self.0.args;
        let id = share.id();
        if state.read(|tables| tables.wishes.contains(&id.to_string())) {
            return Ok(());
        }
        let cids: Vec<_> = self.chunks_of(share).await?.into_iter().map(|chunk| chunk.cid).collect();
        if storage.blocks().have(&cids).await?.into_iter().all(|is_here| is_here) {
            return self.forget_freed(id).await;
        }
        downloads.download(&id.to_string(), None).await.map(drop)
    }

    /// Whether a place broke off lately, or answered as often as it does.
    pub(super) fn is_left_alone(&self, name: &str) -> bool {
        self.0.left_alone.borrow().contains_key(name)
    }
}

/// Whether a friend has said since a time that something is missing.
fn says_that_it_lacks(tables: &Tables, name: &str, since: u64) -> bool {
    let Ok(id) = name.parse() else { return false };
    let said = tables.keepers.get(&id).and_then(|keeper| keeper.said);
    said.is_some_and(|said| said.missing > 0 && said.at >= since)
}
