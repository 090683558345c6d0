//! Proofs, both ways: whether a friend can deliver what is kept for me, and answers to friends for whom I keep.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::Duration;

use async_trait::async_trait;
use cid::Cid;
use futures::StreamExt;
use futures::future::select;
use libp2p::PeerId;
use lru::LruCache;

use crate::engine::Error;
use crate::engine::publish::Unfinished;
use crate::engine::publish::proofs::{self, Checked};
use crate::engine::state::{KeptKey, KeptRun, Kind, Tables};
use crate::format::digest_of;
use crate::keys::Id;
use crate::net::keep::{self, Allowance, Friend, Proved, Question, Refusal};
use crate::net::share::key_of;
use crate::net::streams::IncomingStream;
use crate::net::{Net, Provider};
use crate::platform::{self, Instant};

use super::handle::{Args, Keeping};

/// Sessions at once: anybody can open one. Blocks are read for one question after the other.
const AT_ONCE: usize = 64;

/// Questions of one friend that are answered within an hour, with up to 256 MiB to be read for each.
const QUESTIONS: u32 = 32;

/// The period of [`QUESTIONS`].
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Friends whose questions are counted.
const COUNTED: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// How often it is looked whether a friend is to be asked, although nothing changed.
const LOOK_AGAIN: Duration = Duration::from_secs(60 * 60);

/// How long a friend who gave no answer is left alone: this device hashes its own blocks for each question.
const AFTER_FAILURE: Duration = Duration::from_secs(10 * 60);

/// Counts the questions of each friend.
pub(super) struct Questions(LruCache<Id, (Instant, u32)>);

impl Default for Questions {
    fn default() -> Self {
        Self(LruCache::new(COUNTED))
    }
}

impl Questions {
    /// Counts one more; says whether it is answered.
    fn allow(&mut self, id: Id) -> bool {
        let (since, count) = self.0.get_or_insert_mut(id, || (Instant::now(), 0));
        if since.elapsed() >= PERIOD {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        *count <= QUESTIONS
    }
}

impl Keeping {
    /// Answers friends who ask what I can deliver, and asks those who keep what is mine.
    pub(in crate::engine) fn start_proofs(&self, net: &Net) -> Result<(), Error> {
        let tasks = &self.0.args.tasks;
        let accepted = net.streams().accept(keep::PROTOCOL).map_err(Error::bug)?;
        let keeping = self.clone();
        tasks.spawn(accepted.for_each_concurrent(AT_ONCE, move |IncomingStream { peer, stream, .. }| {
            let keeping = keeping.clone();
            async move {
                if let Err(why) = keep::serve_owner(stream, peer, &keeping).await {
                    tracing::debug!(%peer, %why, "a question for a proof ended");
                }
            }
        }));
        tasks.spawn(self.clone().check_friends(net.clone()));
        Ok(())
    }

    /// Asks friends, when they are here, whether they can deliver what they keep for me.
    async fn check_friends(self, net: Net) {
        let state = &self.0.args.state;
        let mut changes = state.watch(&[Kind::keepers, Kind::shares]);
        let mut reached = state.watch_reached();
        let mut failed: BTreeMap<Id, Instant> = BTreeMap::new();
        loop {
            failed.retain(|_, since| since.elapsed() < AFTER_FAILURE);
            let mut due = state.read(|tables| self.to_be_checked(tables));
            due.retain(|(id, _)| !failed.contains_key(id));
            for (id, shares) in due {
                if let Err(why) = self.check_friend(&net, id, shares).await {
                    tracing::debug!(%why, "a friend proves nothing now");
                    failed.insert(id, Instant::now());
                }
            }
            let wait = if failed.is_empty() { LOOK_AGAIN } else { AFTER_FAILURE };
            select(pin!(changes.changed_within(wait)), pin!(reached.changed())).await;
        }
    }

    /// The friends who say that they keep all of what they are asked for, and what that is, where a check is due.
    fn to_be_checked(&self, tables: &Tables) -> Vec<(Id, BTreeSet<Cid>)> {
        let (me, now) = (&self.0.args.me, platform::now_ms());
        let mine = tables.shares.values().filter(|share| share.author == *me && !share.by_other_device);
        let mine: BTreeSet<_> = mine.map(|share| share.block()).collect();
        let whole = tables.keepers.iter().filter(|(_, keeper)| {
            keeper.said.is_some_and(|said| said.rev == keeper.rev && said.missing == 0)
        });
        let asked = whole.map(|(id, keeper)| (*id, keeper.shares.intersection(&mine).copied().collect()));
        asked.filter(|(id, shares)| proofs::is_due(tables, &id.to_string(), shares, now)).collect()
    }

    /// Asks the devices of a friend that are here, one after the other, until one can deliver all: they share what is kept.
    async fn check_friend(&self, net: &Net, id: Id, shares: BTreeSet<Cid>) -> Result<(), Unfinished> {
        let Args { state, storage, me, directory, .. } = &self.0.args;
        let name = id.to_string();
        let is_here = |device: &Provider| state.live(|live| live.peers.contains(&device.peer()));
        let devices = state.read(|tables| tables.contacts.get(&id).map(|contact| directory.devices(contact)));
        let mut seen = BTreeSet::new();
        let here = devices.unwrap_or_default().into_iter().filter(is_here);
        let (mut best, mut failed) = (None, None);
        for device in here.filter(|device| seen.insert(device.peer())) {
            let Some(key) = key_of(&device.peer()) else { continue };
            let before = state.read(|tables| tables.checks.get(&name).cloned());
            let asked = async {
                let mut session = net.keep_of_friend(&device).await?;
                let mut checked = Checked { key, session: &mut session };
                proofs::check(storage, me, &mut checked, shares.clone(), before).await
            };
            match asked.await {
                Ok(check) => {
                    let is_whole = check.lacks.is_empty();
                    best = Some(check);
                    if is_whole {
                        break;
                    }
                }
                Err(why) => failed = Some(why),
            }
        }
        let Some(check) = best else { return failed.map_or(Ok(()), Err) };
        let background = state.background();
        let noted = background.update(move |tx| {
            tx.checks.insert(name, check);
            Ok(())
        });
        Ok(noted.await?)
    }

    /// Whether a block is kept for somebody.
    fn keeps(&self, id: &Id, cid: &Cid) -> bool {
        let ledger = self.0.ledger.borrow();
        digest_of(cid).is_some_and(|digest| ledger.get(id).is_some_and(|account| account.has(&digest)))
    }

    /// Notes that blocks are gone from the disk although they are kept for somebody, so that they are fetched again.
    async fn are_lost(&self, id: Id, lost: BTreeSet<Cid>) -> Result<(), Error> {
        let _alone = self.0.changing.lock().await;
        let background = self.0.args.state.background();
        let noted = background.update(move |tx| {
            let has_lost = |run: &KeptRun| run.blocks.iter().any(|(block, _)| lost.contains(block));
            let with = tx.kept_runs.iter().filter(|(key, run)| key.contact == id && has_lost(run));
            let shares: BTreeSet<_> = with.map(|(key, _)| key.share).collect();
            let theirs = |key: &KeptKey| key.contact == id && shares.contains(&key.share);
            let runs = tx.kept_runs.iter().filter(|(key, run)| theirs(key) && (run.is_last || has_lost(run)));
            let mut gone = Vec::new();
            for key in runs.map(|(key, _)| *key).collect::<Vec<_>>() {
                if let Some(run) = tx.kept_runs.get_mut(&key) {
                    gone.extend(run.blocks.extract_if(.., |(block, _)| lost.contains(block)));
                    run.is_last = false;
                }
            }
            Ok(gone)
        });
        for (cid, _) in noted.await? {
            self.0.ledger.borrow_mut().of(id).let_go(&digest_of(&cid).unwrap_or_default());
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl Friend for Keeping {
    fn allowance(&self, peer: &PeerId) -> Allowance {
        let Args { state, served, .. } = &self.0.args;
        let (mut ledger, now) = (self.0.ledger.borrow_mut(), platform::now_ms());
        let of = |id: Id| {
            let quota = state.read(|tables| tables.room_of(&id, now).map_or(0, |room| room.bytes));
            Allowance { used: ledger.of(id).used(), quota, ..Allowance::default() }
        };
        served
            .kept()
            .owners(peer)
            .into_iter()
            .map(of)
            .max_by_key(|allowance| allowance.used)
            .unwrap_or_default()
    }

    async fn prove(&self, peer: &PeerId, question: &Question) -> Result<Proved, Refusal> {
        let Args { storage, served, device, .. } = &self.0.args;
        // Somebody may say of another one's device that it is theirs: it asks for what is kept for its own person.
        let owners = served.kept().owners(peer).into_iter();
        let Some(id) = owners.max_by_key(|id| question.cids.iter().filter(|cid| self.keeps(id, cid)).count())
        else {
            return Ok(Proved::Missing(question.cids.clone()));
        };
        if !self.0.questions.borrow_mut().allow(id) {
            return Err(Refusal::TooOften);
        }
        let unavailable = |why: Error| {
            tracing::debug!(%why, "what is kept cannot be read");
            Refusal::Unavailable
        };
        let _one = self.0.proving.lock().await;
        let (mut hasher, mut missing, mut lost) = (question.hasher(&id, device), Vec::new(), BTreeSet::new());
        for cid in &question.cids {
            // What is here for another reason is not kept for this friend, who is not to learn of it.
            if !self.keeps(&id, cid) {
                missing.push(*cid);
                continue;
            }
            match storage.block(cid).await.map_err(|why| unavailable(why.into()))? {
                Some(block) => hasher.add(&block),
                None => {
                    missing.push(*cid);
                    lost.insert(*cid);
                }
            }
        }
        if !lost.is_empty() {
            self.are_lost(id, lost).await.map_err(unavailable)?;
        }
        Ok(if missing.is_empty() { Proved::Hash(hasher.finish()) } else { Proved::Missing(missing) })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::engine::mocked::{MockedProfile, Neighbours, ring, with_seeds};
    use crate::format::{RAW, cid_of};
    use crate::store::Durability;
    use crate::store::memory::Disk;

    #[tokio::test]
    async fn a_friend_is_answered_of_what_is_kept_for_them_and_what_was_lost_is_to_be_fetched_again() {
        with_seeds(async |seed| {
            let profile = MockedProfile::open(&Disk::with_latency(seed), 1, Neighbours::default()).await;
            let keeping = &profile.keeping;
            let (ann, ben) = (PeerId::random(), PeerId::random());
            let id = ring(2).id();
            let block = |text: &'static [u8]| (cid_of(RAW, text), Bytes::from_static(text));
            let (hers, mine) = ([block(b"one"), block(b"and another")], block(b"my own"));
            let all = [hers.to_vec(), vec![mine.clone()]].concat();
            let _pins = profile.storage.pin_for_put(&all).await;
            profile.storage.blocks().put(all, Durability::Strict).await.unwrap();
            let key = |no| KeptKey { contact: id, share: hers[0].0, no };
            let run = |(cid, block): &(Cid, Bytes), is_last| KeptRun {
                blocks: vec![(*cid, block.len() as u64)],
                is_last,
            };
            let rows = [(key(0), run(&hers[0], false)), (key(1), run(&hers[1], true))];
            let noted = profile.state.update(move |tx| {
                for (key, run) in rows {
                    tx.kept_runs.insert(key, run);
                }
                Ok(())
            });
            noted.await.unwrap();
            keeping.open_accounts();
            keeping.0.args.served.kept().set_owners([(ann, id)]);
            let used = keeping.0.ledger.borrow_mut().of(id).used();

            let question = Question::new(hers.iter().map(|(cid, _)| *cid).collect());
            let mut hasher = question.hasher(&id, &keeping.0.args.device);
            hers.iter().for_each(|(_, block)| hasher.add(block));
            assert_eq!(keeping.prove(&ann, &question).await, Ok(Proved::Hash(hasher.finish())));
            let asked = Question::new(vec![mine.0]);
            assert_eq!(
                keeping.prove(&ann, &asked).await,
                Ok(Proved::Missing(vec![mine.0])),
                "it is not kept for her"
            );
            assert_eq!(keeping.prove(&ben, &question).await, Ok(Proved::Missing(question.cids.clone())));

            profile.storage.blocks().discard(vec![hers[0].0]).await.unwrap();
            assert_eq!(keeping.prove(&ann, &question).await, Ok(Proved::Missing(vec![hers[0].0])));
            assert!(!profile.state.read(|tables| tables.is_kept_whole(&id, &hers[0].0)));
            assert!(keeping.0.ledger.borrow_mut().of(id).used() < used, "the room is free for it");

            for _ in 3..QUESTIONS {
                assert!(keeping.prove(&ann, &question).await.is_ok());
            }
            assert_eq!(keeping.prove(&ann, &question).await, Err(Refusal::TooOften));
        })
        .await;
    }
}
