//! Bringing each keeper to what there is: shares first, then the root and its record.

use std::collections::BTreeSet;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use cid::Cid;
use futures::future::{Either, select};

use crate::engine::Error;
use crate::engine::api::{TransferId, TransferState, WaitingFor};
use crate::engine::state::{Kind, Replica, State, Tables, Watcher};
use crate::format::share_id::ShareId;
use crate::net::Backoff;
use crate::net::keep::PinOutcome;
use crate::platform;
use crate::social::publication::Newest;
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Publisher};
use super::keeper::{Keeper, KeeperSession};
use super::unfinished::{Lack, Unfinished};

/// The waits after a failure at a keeper: the first, and the longest. They are for a keeper that answers but fails,
/// because a keeper that is back is noticed at once.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

/// The wait while a keeper has no room for a share. To ask is one round trip, and people watch what they wait for.
const ROOM_WAIT: Duration = Duration::from_secs(15);

/// How far publishing to a keeper came.
enum Published {
    Everything,
    /// All but shares for which the keeper has no room, and those that another device still brings there.
    NotEverything,
}

/// What a keeper's worker is woken by.
struct Wakes {
    pending: Watcher,
    /// Pausing, and what other workers did, make no new root due.
    rows: Watcher,
}

impl Wakes {
    fn new(state: &State) -> Self {
        Self {
            pending: state.watch_pending(),
            rows: state.watch(&[Kind::shares, Kind::publication, Kind::restored]),
        }
    }

    /// Waits for a change; says whether there may be a new root to compose.
    async fn changed(&mut self) -> bool {
        matches!(select(pin!(self.pending.changed()), pin!(self.rows.changed())).await, Either::Left(_))
    }

    /// Waits no longer than `patience`; says whether something has changed.
    async fn changed_within(&mut self, patience: Duration) -> bool {
        matches!(select(pin!(self.changed()), pin!(platform::sleep(patience))).await, Either::Left(_))
    }
}

impl Publisher {
    /// Keeps one keeper up to date, for as long as the profile is unlocked.
    pub(super) async fn replicate_to(self, keeper: Rc<dyn Keeper>) {
        let mut wakes = Wakes::new(&self.0.args.state);
        let mut backoff = Backoff::between(WAITS);
        loop {
            match self.publish_to(&*keeper).await {
                // The share says what lacks. Room is made at the keeper, and a share is brought by another device, without
                // a word to us.
                Ok(Published::NotEverything) => {
                    backoff.reset();
                    wakes.changed_within(ROOM_WAIT).await;
                }
                Ok(Published::Everything) => {
                    backoff.reset();
                    // A root that waits to be gathered is not composed for another reason than that.
                    while !wakes.changed().await && !self.is_behind(keeper.name()) {}
                }
                // A share was paused or revised; the others go on.
                Err(Unfinished::Lasting(Error::Cancelled)) => {}
                Err(why) => {
                    tracing::debug!(keeper = keeper.name(), %why, "publishing waits");
                    self.publishing_waits(keeper.name(), &why, None);
                    // A lasting refusal is tried again too: a quota may be raised, a conflict be resolved by unlocking.
                    if !wakes.changed_within(backoff.wait()).await {
                        backoff.lengthen();
                    }
                }
            }
        }
    }

    /// Pushes everything that a keeper lacks and has room for, up to the record.
    async fn publish_to(&self, keeper: &dyn Keeper) -> Result<Published, Unfinished> {
        let name = keeper.name();
        let Args { state, transfers, directory, .. } = &self.0.args;
        if !state.read(|tables| tables.is_root_due()) && !self.is_behind(name) {
            return Ok(Published::Everything);
        }
        // What is wrong with it would be given the newest sequence; and who was removed has nothing to say.
        if state.read(|tables| tables.is_held_back() || tables.is_removed(directory)) {
            return Ok(Published::Everything);
        }
        let mut session = keeper.open().await?;
        loop {
            let mut too_large = BTreeSet::new();
            // Looked up one by one: each may be paused, revised or removed while another one is pushed.
            while let Some(share) = self.next_share_for(name, &too_large) {
                let push = self.push_share(&mut *session, name, &share);
                match transfers.until_cancelled(&TransferId::up(share.id()), push).await {
                    // A smaller one may have room.
                    Err(why @ Unfinished::NoRoom(_)) => {
                        self.publishing_waits(name, &why, Some(share.id()));
                        too_large.insert(share.id());
                        // A refused push ends the session.
                        session = keeper.open().await?;
                    }
                    pushed => {
                        pushed?;
                        self.share_is_at(name, &share).await?;
                    }
                }
            }
            let is_brought = self.look_for_shares(name, &mut *session).await?;
            self.push_beside_shares(name, &mut *session).await?;
            self.compose().await?;
            let made_room = self.push_root(keeper, &mut *session).await?;
            match (too_large.is_empty(), is_brought) {
                (true, true) => return Ok(Published::Everything),
                (false, _) if made_room => {}
                _ => return Ok(Published::NotEverything),
            }
        }
    }

    /// Looks which shares of other devices of mine a keeper has by now, and has it keep them; says whether all.
    async fn look_for_shares(
        &self,
        keeper: &str,
        session: &mut dyn KeeperSession,
    ) -> Result<bool, Unfinished> {
        let mut all = true;
        for share in self.brought_to(keeper) {
            let id = share.id();
            let until = self.0.args.state.read(|tables| tables.links.get(&id).and_then(|link| link.until));
            // A keeper that lacks the header has nothing of it.
            let is_there = session.have(&[share.block()]).await? == [true];
            match is_there && session.pin_until(&share.block(), until).await? == PinOutcome::Kept {
                true => self.share_is_at(keeper, &share).await?,
                false => all = false,
            }
        }
        Ok(all)
    }

    /// Shares that another device of mine brings to a keeper, which is not known to have them.
    fn brought_to(&self, keeper: &str) -> Vec<ShareRecord> {
        let Args { state, directory, .. } = &self.0.args;
        state.read(|tables| {
            let mine = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            mine.filter(|share| share.by_other_device && !share.is_kept_by(keeper)).cloned().collect()
        })
    }

    /// Has a keeper keep lists of answers and letters, before their readers are told of them.
    async fn push_beside_shares(
        &self,
        keeper: &str,
        session: &mut dyn KeeperSession,
    ) -> Result<(), Unfinished> {
        for block in self.beside_shares_for(keeper) {
            self.push_and_pin(session, block, None).await?;
            self.note_pin(keeper, &block).await?;
        }
        Ok(())
    }

    /// Those of them that a keeper is not known to have.
    fn beside_shares_for(&self, keeper: &str) -> Vec<Cid> {
        let Args { state, directory, .. } = &self.0.args;
        state.read(|tables| {
            let blocks = tables.beside_shares_here(&directory.id).into_iter();
            blocks.filter(|block| !tables.is_pinned(keeper, block)).collect()
        })
    }

    /// Whether a keeper lacks anything that is ready, but for a root that is still to be composed.
    fn is_behind(&self, keeper: &str) -> bool {
        let has_record = |tables: &Tables| tables.publication.newest.is_none() || tables.has_record(keeper);
        !self.0.args.state.read(has_record)
            || self.next_share_for(keeper, &BTreeSet::new()).is_some()
            || !self.brought_to(keeper).is_empty()
            || !self.beside_shares_for(keeper).is_empty()
            || !self.undelivered(keeper).is_empty()
    }

    /// The oldest share of mine of which a keeper has not acknowledged everything; paused ones wait.
    fn next_share_for(&self, keeper: &str, without: &BTreeSet<ShareId>) -> Option<ShareRecord> {
        let Args { state, directory, .. } = &self.0.args;
        state.read(|tables| {
            let mine = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            let here = mine.filter(|share| !share.paused && !share.by_other_device);
            let waiting = here.filter(|share| !share.is_kept_by(keeper));
            let waiting = waiting.filter(|share| !without.contains(&share.id()));
            waiting.min_by_key(|share| share.created).cloned()
        })
    }

    /// Notes that a keeper has all of a share; the first such keeper lets its readers be told.
    async fn share_is_at(&self, keeper: &str, share: &ShareRecord) -> Result<(), Error> {
        // Also of a share that went meanwhile, so that the keeper lets go of it.
        self.note_pin(keeper, &share.block()).await?;
        let keeper = keeper.to_owned();
        let change = |share: &mut ShareRecord| {
            share.kept_by.insert(keeper);
        };
        self.announce(share, change).await
    }

    /// Returns whether the keeper was told to forget something, which makes room.
    async fn push_root(
        &self,
        keeper: &dyn Keeper,
        session: &mut dyn KeeperSession,
    ) -> Result<bool, Unfinished> {
        let name = keeper.name();
        let (newest, replaces, is_there) = self.0.args.state.read(|tables| {
            let replaces = tables.replicas.get(&name.to_owned()).map(|replica| replica.seq);
            (tables.publication.newest.clone(), replaces, tables.has_record(name))
        });
        let Some(newest) = newest else { return Ok(false) };
        if !is_there {
            self.push_and_pin(session, newest.root, None).await?;
            keeper.replace_record(&newest, replaces).await?;
            self.root_is_at(name, &newest).await?;
        }
        self.deliver(name).await?;
        self.unpin_the_rest(name, session, newest.root).await
    }

    async fn root_is_at(&self, keeper: &str, pushed: &Newest) -> Result<(), Error> {
        let (keeper, seq, record) = (keeper.to_owned(), pushed.seq, pushed.record.clone());
        let noted = self.0.args.state.update(move |tx| {
            // It may have been renewed meanwhile.
            let is_renewed = |newest: &Newest| newest.seq == seq && newest.record != record;
            let is_stale = tx.publication.newest.as_ref().is_some_and(is_renewed);
            tx.replicas.insert(keeper, Replica { seq, is_stale });
            Ok(())
        });
        noted.await
    }

    /// The shares of which a keeper has everything that a recipient needs, and which are not noted as delivered.
    fn undelivered(&self, keeper: &str) -> Vec<(ShareId, Cid)> {
        let Args { state, directory, .. } = &self.0.args;
        state.read(|tables| {
            if !tables.is_current_at(keeper) {
                return Vec::new();
            }
            let mine = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            let kept = mine.filter(|share| !share.delivered && share.is_kept_by(keeper));
            kept.map(|share| (share.id(), share.block())).collect()
        })
    }

    /// Ends the transfers of shares of which a keeper now has everything that a recipient needs.
    async fn deliver(&self, keeper: &str) -> Result<(), Error> {
        let Args { state, transfers, .. } = &self.0.args;
        let undelivered = self.undelivered(keeper);
        if undelivered.is_empty() {
            return Ok(());
        }
        // First, so that nobody sees a share as kept whose transfer still runs.
        undelivered.iter().for_each(|(id, _)| transfers.finish(&TransferId::up(id)));
        let delivered = state.update(move |tx| {
            let tables = &mut **tx;
            for (id, block) in undelivered {
                // Another revision is still to be pushed.
                if tables.shares.get(&id).is_none_or(|share| share.block() != block) {
                    continue;
                }
                let Some(share) = tables.shares.get_mut(&id) else { continue };
                share.delivered = true;
                tables.progress.or_insert_with(id, Default::default).kept(&share.present());
            }
            Ok(())
        });
        delivered.await
    }

    /// Shows what an unfinished publish waits for, of one share or of all that no other keeper has or is getting.
    fn publishing_waits(&self, keeper: &str, why: &Unfinished, of: Option<ShareId>) {
        let Args { state, directory, transfers, .. } = &self.0.args;
        let waiting: Vec<_> = state.read(|tables| {
            let mine = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            let mine = mine.filter(|share| of.is_none_or(|of| share.id() == of));
            let waiting = mine.filter(|share| !share.delivered && !share.paused && !share.by_other_device);
            let waiting = waiting.filter(|share| share.kept_by.is_empty() || share.is_kept_by(keeper));
            waiting.map(ShareRecord::id).collect()
        });
        for id in waiting {
            if self.0.pushing.is_pushed_elsewhere(&id, keeper) {
                continue;
            }
            let transfer = TransferId::up(id);
            let waiting_for = match why {
                Unfinished::Lasting(Error::Quota) => WaitingFor::Space,
                Unfinished::Lasting(why) => {
                    transfers.fail(&transfer, why);
                    continue;
                }
                Unfinished::NoRoom(Lack::Quota(room)) => {
                    transfers.wait_for_quota(&transfer, *room);
                    continue;
                }
                Unfinished::NoRoom(Lack::Disk) => WaitingFor::Disk,
                Unfinished::Passing(_) => WaitingFor::Relay,
            };
            transfers.set_state(&transfer, TransferState::Waiting, Some(waiting_for));
        }
    }
}
