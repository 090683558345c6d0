//! Letting go: of what nobody asks for any more, of what is more than there is room for, and of room that is over.

use std::collections::{BTreeMap, BTreeSet};

use cid::Cid;

use crate::engine::Error;
use crate::engine::state::KeptKey;
use crate::format::digest_of;
use crate::format::keep::Wanted;
use crate::keys::Id;
use crate::social::keeping::MAX_TOTAL;

use super::handle::{Args, Keeping};

impl Keeping {
    /// Ends room that I took back, once the notice is over, and that of people who are no contacts of mine any more.
    pub(super) async fn end_rooms(&self, now: u64) -> Result<(), Error> {
        let state = &self.0.args.state;
        let over: Vec<_> = state.read(|tables| {
            let ended = tables.rooms.keys().filter(|id| tables.room_of(id, now).is_none());
            ended.copied().collect()
        });
        if over.is_empty() {
            return Ok(());
        }
        let ended = state.remove(move |tx| {
            for id in &over {
                tx.rooms.remove(id);
            }
            Ok(())
        });
        ended.await
    }

    /// Lets go of shares that nobody asks for any more or that have no room.
    pub(super) async fn let_go_of_the_rest(&self, now: u64) -> Result<(), Error> {
        let _alone = self.0.changing.lock().await;
        let mut gone = self.0.args.state.read(|tables| {
            let mut wanted = BTreeMap::new();
            for (id, request) in tables.keep_requests.iter() {
                let Some(room) = tables.room_of(id, now) else { continue };
                let all = request.wanted().into_iter().filter(|it| it.fetch.is_some() || room.public);
                wanted.insert(*id, all.map(|it| it.cid()).collect::<BTreeSet<_>>());
            }
            let is_wanted =
                |key: &KeptKey| wanted.get(&key.contact).is_some_and(|all| all.contains(&key.share));
            let keys = tables.kept_runs.keys().filter(|key| !is_wanted(key));
            keys.map(|key| (key.contact, key.share)).collect::<BTreeSet<_>>()
        });
        gone.extend(self.surplus(&gone, now));
        self.let_go_of(gone).await
    }

    /// Lets go of the least wanted share of somebody after the first `wanted` of their list, for one that they want more;
    /// says whether there was one.
    pub(super) async fn make_room(&self, id: &Id, wanted: usize) -> Result<bool, Error> {
        let _alone = self.0.changing.lock().await;
        let least = self.0.args.state.read(|tables| {
            let list = tables.keep_requests.get(id)?.wanted();
            let less_wanted = list.get(wanted..)?.iter().rev().map(Wanted::cid);
            less_wanted.into_iter().find(|share| tables.kept_of(id, share).next().is_some())
        });
        let Some(share) = least else { return Ok(false) };
        self.let_go_of(BTreeSet::from([(*id, share)])).await?;
        Ok(true)
    }

    /// Lets go of these shares. Nothing else may change what is kept meanwhile.
    async fn let_go_of(&self, gone: BTreeSet<(Id, Cid)>) -> Result<(), Error> {
        let Args { state, served, storage, .. } = &self.0.args;
        if gone.is_empty() {
            return Ok(());
        }
        let going = gone.clone();
        let removed = state.remove(move |tx| {
            let is_gone = |key: &KeptKey| going.contains(&(key.contact, key.share));
            let runs: Vec<_> = tx.kept_runs.iter().filter(|(key, _)| is_gone(key)).collect();
            let blocks: Vec<_> = runs.iter().map(|(key, run)| (key.contact, run.blocks.clone())).collect();
            tx.kept_runs.remove_where(|key, _| is_gone(key));
            Ok(blocks)
        });
        for (id, share) in gone {
            served.kept().let_go(id, share);
        }
        for (id, blocks) in removed.await? {
            let mut ledger = self.0.ledger.borrow_mut();
            for (cid, _) in blocks {
                ledger.of(id).let_go(&digest_of(&cid).unwrap_or_default());
            }
        }
        storage.collect().await.map(drop)
    }

    /// Shares that go because they are more than there is room for: of each person the least wanted first.
    fn surplus(&self, gone: &BTreeSet<(Id, Cid)>, now: u64) -> Vec<(Id, Cid)> {
        let state = &self.0.args.state;
        let mut ledger = self.0.ledger.borrow_mut();
        state.read(|tables| {
            let ids: Vec<_> = tables.keep_requests.keys().copied().collect();
            for id in ids {
                ledger.of(id).room = tables.room_of(&id, now).map_or(0, |room| room.bytes);
            }
            let seen = |id: &Id| tables.contacts.get(id).and_then(|it| it.head).map_or(0, |head| head.time);
            let mut surplus = Vec::new();
            for (id, bytes) in ledger.over(MAX_TOTAL, seen) {
                let Some(request) = tables.keep_requests.get(&id) else { continue };
                let mut account = ledger.of(id).clone();
                let target = account.used().saturating_sub(bytes);
                for wanted in request.wanted().iter().rev() {
                    if account.used() <= target {
                        break;
                    }
                    let share = wanted.cid();
                    let mut blocks = tables.kept_of(&id, &share).flat_map(|(_, run)| &run.blocks).peekable();
                    if blocks.peek().is_some() {
                        blocks.for_each(|(cid, _)| {
                            account.let_go(&digest_of(cid).unwrap_or_default());
                        });
                        surplus.push((id, share));
                    }
                }
            }
            surplus.retain(|share| !gone.contains(share));
            surplus
        })
    }
}
