//! Keeping for others: within the room that I give, the most wanted first.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::future::select;
use futures::{StreamExt, stream};

use crate::dag::{self, FetchError};
use crate::engine::Error;
use crate::engine::directory::devices_of;
use crate::engine::state::{KeptKey, KeptRun, Kind, Said};
use crate::engine::transfer::BlockFetcher;
use crate::format::digest_of;
use crate::format::keep::Wanted;
use crate::format::note::Says;
use crate::keys::Id;
use crate::platform;
use crate::social::keeping::ledger::NoRoom;
use crate::store::{Durability, StoreError};

use super::handle::{Args, Keeping};

/// Blocks of one share that are fetched at once: a friend's line is to stay free for what the friend does.
const AT_ONCE: usize = 4;

/// Levels below a share that are followed, at most, and blocks that wait for it: no share has more.
const MAX_WAITING: usize = 1 << 18;

/// Shares of one contact's list that cannot be had from anybody, after which no more are asked for until it is looked again:
/// a list may name thousands that there never were.
const MAX_GAPS: u64 = 16;

/// How often it is looked again whether what is missing can be had, and whether something has ended.
const LOOK_AGAIN: Duration = Duration::from_secs(300);

/// How long a reached peer has to say more, before what is missing is asked for.
const SETTLE: Duration = Duration::from_millis(200);

/// How often somebody is told what is kept while something is missing, in milliseconds: a note is published.
const TOLD_MS: u64 = 24 * 60 * 60 * 1000;

/// Tables by which there may be something to keep or to let go.
const WATCHED: [Kind; 5] =
    [Kind::rooms, Kind::keep_requests, Kind::relations, Kind::contacts, Kind::kept_runs];

/// Why a share is not kept whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// There is no room for it.
    Room,
    /// Those who may have it are away.
    Blocks,
    /// Nobody has it, or it is nothing of ours. Others on the list may be there.
    Gap,
}

impl Keeping {
    /// Reads from the rows what is kept, and serves it.
    pub(super) fn open_accounts(&self) {
        let Args { state, served, .. } = &self.0.args;
        let mut ledger = self.0.ledger.borrow_mut();
        state.read(|tables| {
            let mut keys: BTreeMap<(Id, Cid), Vec<Cid>> = BTreeMap::new();
            for (key, run) in tables.kept_runs.iter() {
                let account = ledger.of(key.contact);
                for (cid, len) in &run.blocks {
                    account.keep(digest_of(cid).unwrap_or_default(), *len);
                }
                let blocks = run.blocks.iter().map(|(cid, _)| *cid);
                keys.entry((key.contact, key.share)).or_default().extend(blocks);
            }
            for (id, request) in tables.keep_requests.iter() {
                ledger.of(*id).week = request.week;
                for wanted in request.wanted() {
                    if let Some(blocks) = keys.remove(&(*id, wanted.cid())) {
                        served.kept().serve(*id, wanted.cid(), wanted.fetch.as_ref(), blocks);
                    }
                }
            }
        });
    }

    /// Knows the devices of those for whom something is kept, and which of them may name me to their readers.
    pub(super) async fn know_owners(self) {
        let state = &self.0.args.state;
        let mut changes = state.watch(&[Kind::contacts, Kind::rooms, Kind::relations]);
        loop {
            self.set_owners();
            changes.changed().await;
        }
    }

    pub(super) fn set_owners(&self) {
        let Args { state, served, .. } = &self.0.args;
        let (owners, named): (Vec<_>, HashSet<_>) = state.read(|tables| {
            let contacts = tables.rooms.keys().filter_map(|id| tables.contacts.get(id));
            let devices = contacts.flat_map(|contact| devices_of(contact).map(|peer| (peer, contact.id)));
            let rooms = tables.rooms.iter().filter(|(id, room)| room.named && tables.is_written_to(id));
            (devices.collect(), rooms.map(|(id, _)| *id).collect())
        });
        served.kept().set_named(named);
        served.kept().set_owners(owners);
    }

    /// Keeps what contacts ask for, and lets go of what is over.
    pub(super) async fn keep_for_others(self) {
        let state = &self.0.args.state;
        let mut changes = state.watch(&WATCHED);
        let mut reached = state.watch_reached();
        loop {
            let is_all = match self.keep_once().await {
                Ok(is_all) => is_all,
                Err(why) => {
                    tracing::debug!(%why, "what is kept for friends waits");
                    false
                }
            };
            if is_all {
                changes.changed_within(LOOK_AGAIN).await;
            } else {
                select(pin!(changes.changed_within(LOOK_AGAIN)), pin!(reached.changed())).await;
                platform::sleep(SETTLE).await;
            }
        }
    }

    /// Looks once through all lists; says whether nothing is missing.
    pub(super) async fn keep_once(&self) -> Result<bool, Error> {
        let now = platform::now_ms();
        self.end_rooms(now).await?;
        self.let_go_of_the_rest(now).await?;
        let mut contacts: Vec<_> = self.0.args.state.read(|tables| {
            let with_room = tables.keep_requests.keys().filter(|id| tables.room_of(id, now).is_some());
            with_room
                .filter_map(|id| Some((tables.contacts.get(id)?.head.map(|head| head.time), *id)))
                .collect()
        });
        // Who was here last comes first.
        contacts.sort_by_key(|(seen, id)| (std::cmp::Reverse(*seen), *id));
        let mut is_all = true;
        for (_, id) in contacts {
            is_all &= self.keep_for(&id).await?;
        }
        Ok(is_all)
    }

    /// Keeps what one contact asks for, and tells them; says whether nothing is missing.
    async fn keep_for(&self, id: &Id) -> Result<bool, Error> {
        let Args { state, fetchers, .. } = &self.0.args;
        let now = platform::now_ms();
        let found = state.read(|tables| {
            let request = tables.keep_requests.get(id)?;
            Some((*tables.room_of(id, now)?, request.wanted(), request.rev))
        });
        let Some((room, wanted, rev)) = found else { return Ok(true) };
        self.0.ledger.borrow_mut().of(*id).room = room.bytes;
        let fetcher = fetchers.of_author(id);
        let (mut missing, mut is_full, mut is_away, mut gaps) = (0, false, false, 0);
        for (no, wanted) in wanted.iter().enumerate() {
            let is_meant = wanted.fetch.is_some() || room.public;
            if !is_meant || state.read(|tables| tables.is_kept_whole(id, &wanted.cid())) {
                continue;
            }
            let lack = match (is_full, is_away || gaps >= MAX_GAPS) {
                (true, _) => Err(Lack::Room),
                (_, true) => Err(Lack::Blocks),
                _ => self.keep_in_place_of_less_wanted(id, (no, wanted), &fetcher).await?,
            };
            match lack {
                Ok(()) => {}
                Err(Lack::Room) => (missing, is_full) = (missing + 1, true),
                Err(Lack::Blocks) => (missing, is_away) = (missing + 1, true),
                Err(Lack::Gap) => (missing, gaps) = (missing + 1, gaps + 1),
            }
        }
        let bytes = self.0.ledger.borrow_mut().of(*id).used();
        self.tell_state(id, Said { rev, bytes, missing, full: is_full, at: platform::now_ms() }).await?;
        // What has no room waits for the person, and not for others.
        Ok(!is_away && gaps == 0)
    }

    /// Tells a contact what is kept: at once where all is, or where there is no room for more; else once a day.
    async fn tell_state(&self, id: &Id, said: Said) -> Result<(), Error> {
        let id = *id;
        let told = self.0.args.state.update(move |tx| {
            let Some(request) = tx.keep_requests.get(&id) else { return Ok(()) };
            let is_news = request.said.is_none_or(|before| !before.is_same(&said));
            let is_due = request.said.is_none_or(|before| before.at.saturating_add(TOLD_MS) <= said.at);
            let is_done = said.missing == 0 || said.full;
            if request.rev != said.rev || !is_news || !(is_done || is_due) {
                return Ok(());
            }
            if let Some(request) = tx.keep_requests.get_mut(&id) {
                request.said = Some(said);
            }
            let Said { rev, bytes, missing, full, .. } = said;
            tx.leave_note(&[id], &Says::KeepState { rev, bytes, missing, full });
            Ok(())
        });
        told.await
    }

    /// Keeps the share at a place of a list, also in the place of those that are wanted less.
    async fn keep_in_place_of_less_wanted(
        &self,
        id: &Id,
        (no, wanted): (usize, &Wanted),
        fetcher: &Rc<BlockFetcher>,
    ) -> Result<Result<(), Lack>, Error> {
        loop {
            let kept = self.keep_share(id, wanted, fetcher).await?;
            // What cannot come this week, or never, pushes nothing out.
            let left = self.0.ledger.borrow_mut().of(*id).left_of_week(platform::now_ms());
            let may_fit = kept == Err(Lack::Room) && wanted.size <= left;
            if !may_fit || !self.make_room(id, no + 1).await? {
                return Ok(kept);
            }
        }
    }

    /// Keeps one share with everything below it.
    async fn keep_share(
        &self,
        id: &Id,
        wanted: &Wanted,
        fetcher: &Rc<BlockFetcher>,
    ) -> Result<Result<(), Lack>, Error> {
        let share = wanted.cid();
        let (mut had, mut no) = self.0.args.state.read(|tables| {
            let runs: Vec<_> = tables.kept_of(id, &share).collect();
            let had: HashMap<Cid, u64> =
                runs.iter().flat_map(|(_, run)| run.blocks.iter().copied()).collect();
            (had, runs.last().map_or(0, |(key, _)| key.no + 1))
        });
        let (mut todo, mut seen) = (vec![share], HashSet::from([share]));
        while !todo.is_empty() {
            let batch = todo.split_off(todo.len().saturating_sub(AT_ONCE));
            let is_clear = wanted.fetch.is_none();
            let known = &had;
            let obtained =
                stream::iter(batch)
                    .map(|cid| async move {
                        (cid, self.obtain(id, &cid, known.contains_key(&cid), fetcher).await)
                    })
                    .buffered(AT_ONCE);
            let obtained: Vec<_> = obtained.collect().await;
            let (mut new, mut lack) = (Vec::new(), None);
            for (cid, block) in obtained {
                let block = match block? {
                    Ok(block) => block,
                    Err(why) => {
                        lack = Some(why);
                        continue;
                    }
                };
                let Ok(links) = dag::walk::links(&cid, &block) else {
                    // No reader follows it either.
                    tracing::debug!(%cid, "what is to be kept is no block of ours");
                    lack = Some(Lack::Gap);
                    continue;
                };
                todo.extend(links.into_iter().filter(|link| seen.insert(*link)));
                if todo.len() > MAX_WAITING {
                    lack = Some(Lack::Gap);
                }
                if !had.contains_key(&cid) {
                    new.push((cid, block));
                }
            }
            let is_last = todo.is_empty() && lack.is_none();
            if !new.is_empty() || is_last {
                had.extend(new.iter().map(|(cid, block)| (*cid, block.len() as u64)));
                let key = KeptKey { contact: *id, share, no };
                if let Err(why) = self.store_run(key, wanted, new, is_last, is_clear).await? {
                    return Ok(Err(why));
                }
                no += 1;
            }
            if let Some(lack) = lack {
                return Ok(Err(lack));
            }
        }
        Ok(Ok(()))
    }

    /// A block that is kept for this contact already, or from the network: not what is here for another reason, else its
    /// author would learn what I have.
    async fn obtain(
        &self,
        id: &Id,
        cid: &Cid,
        is_kept: bool,
        fetcher: &Rc<BlockFetcher>,
    ) -> Result<Result<Bytes, Lack>, Error> {
        let Some(digest) = digest_of(cid) else { return Ok(Err(Lack::Blocks)) };
        let is_kept = is_kept || self.0.ledger.borrow_mut().of(*id).has(&digest);
        if is_kept && let Some(block) = self.0.args.storage.block(cid).await? {
            return Ok(Ok(block));
        }
        // Of what was too large before, the length is known: it is not downloaded once more to be found so.
        let len = self.0.too_large.borrow_mut().get(&(*id, *cid)).copied().unwrap_or_default();
        if self.0.ledger.borrow_mut().of(*id).check(len, platform::now_ms()).is_err() {
            return Ok(Err(Lack::Room));
        }
        // It waits for another line, as it waits for somebody who has the block.
        if (self.0.args.is_metered)() && !self.0.args.state.read(|tables| tables.may_cost(id)) {
            return Ok(Err(Lack::Blocks));
        }
        match fetcher.fetch(cid).await {
            Ok(block) => {
                let mut ledger = self.0.ledger.borrow_mut();
                ledger.of(*id).downloaded(block.len() as u64, platform::now_ms());
                Ok(Ok(block))
            }
            Err(FetchError::Store(why)) => Err(why.into()),
            Err(_) if fetcher.is_gone(cid).await => Ok(Err(Lack::Gap)),
            Err(_) => Ok(Err(Lack::Blocks)),
        }
    }

    /// Stores some blocks of a share with the row that counts them.
    async fn store_run(
        &self,
        key: KeptKey,
        wanted: &Wanted,
        blocks: Vec<(Cid, Bytes)>,
        is_last: bool,
        is_clear: bool,
    ) -> Result<Result<(), Lack>, Error> {
        let Args { state, storage, served, .. } = &self.0.args;
        let _alone = self.0.changing.lock().await;
        let now = platform::now_ms();
        let (mut run, mut kept) = (Vec::new(), Vec::new());
        let mut is_full = false;
        {
            let mut ledger = self.0.ledger.borrow_mut();
            let account = ledger.of(key.contact);
            let mut trial = account.clone();
            for (cid, block) in blocks {
                let (digest, len) = (digest_of(&cid).unwrap_or_default(), block.len() as u64);
                let is_new = !trial.has(&digest);
                // What was downloaded is counted by the week already.
                if is_new && matches!(trial.check(len, now), Err(NoRoom::Full | NoRoom::TooMany)) {
                    is_full = true;
                    self.0.too_large.borrow_mut().put((key.contact, cid), len);
                    continue;
                }
                trial.keep(digest, len);
                run.push((cid, len));
                kept.push((cid, if is_clear { storage.seal(&cid, &block) } else { block }));
            }
        }
        if run.is_empty() && is_full {
            return Ok(Err(Lack::Room));
        }
        let _pins = storage.pin_for_put(&kept).await;
        match storage.blocks().put(kept, Durability::Strict).await {
            // This browser's own things come first.
            Err(StoreError::Quota) => return Ok(Err(Lack::Room)),
            done => done?,
        }
        let (row, week) = (
            KeptRun { blocks: run.clone(), is_last: is_last && !is_full },
            self.0.ledger.borrow_mut().of(key.contact).week,
        );
        let background = state.background();
        let is_stored = background.update(move |tx| {
            // It may have been let go meanwhile.
            let is_wanted = |tx: &crate::engine::state::Tables| {
                let request = tx.keep_requests.get(&key.contact);
                tx.room_of(&key.contact, now).is_some()
                    && request.is_some_and(|it| it.wanted().iter().any(|it| it.cid() == key.share))
            };
            if !is_wanted(tx) {
                return Ok(false);
            }
            tx.kept_runs.insert(key, row);
            if let Some(request) = tx.keep_requests.get_mut(&key.contact) {
                request.week = week;
            }
            Ok(true)
        });
        if !is_stored.await? {
            return Ok(Err(Lack::Room));
        }
        let mut ledger = self.0.ledger.borrow_mut();
        for (cid, len) in &run {
            ledger.of(key.contact).keep(digest_of(cid).unwrap_or_default(), *len);
        }
        served.kept().serve(key.contact, key.share, wanted.fetch.as_ref(), run.iter().map(|(cid, _)| *cid));
        Ok(if is_full { Err(Lack::Room) } else { Ok(()) })
    }
}
