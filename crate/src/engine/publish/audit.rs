//! Finds out whether a keeper still has what it acknowledged, and lets it be pushed again where it does not.
//!
//! A relay may be set back to a copy of an earlier day, or lose its disk. So its pins and its record are looked at whenever
//! it was connected anew, and once a day it proves that it can deliver what it keeps.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use cid::Cid;

use crate::engine::state::Tables;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::platform;

use super::handle::{Args, Publisher};
use super::keeper::{Keeper, KeeperSession};
use super::proofs::{self, Checked};
use super::unfinished::Unfinished;
use super::unpin::{pins_of, pins_row};

/// How often it is looked whether a check is due, while the keeper stays connected.
const LOOK_AGAIN: Duration = Duration::from_secs(60 * 60);

/// What a keeper acknowledged, as this device knows it.
struct Acknowledged {
    /// The sequence of the record that it took.
    seq: Option<u64>,
    /// Shares, with their blocks.
    shares: Vec<(ShareId, Cid)>,
    /// Those of them that can be proven, since all of them was brought from here.
    proven: BTreeSet<Cid>,
    /// Rows of what it pins beside shares.
    beside: BTreeSet<String>,
}

impl Publisher {
    /// Looks at what a keeper has, for as long as the profile is unlocked.
    pub(super) async fn audit(self, keeper: Rc<dyn Keeper>) {
        let state = &self.0.args.state;
        let mut reached = state.watch_reached();
        let (mut looked, arrivals) = (None, || state.live(|live| live.arrivals(keeper.name())));
        loop {
            let arrived = arrivals();
            let audited = async {
                if looked != Some(arrived) && !self.look_at(&*keeper).await? {
                    return Ok(());
                }
                looked = Some(arrived);
                self.check(&*keeper).await
            };
            if let Err(why) = audited.await {
                let why: Unfinished = why;
                tracing::debug!(keeper = keeper.name(), %why, "it is not known whether all is kept");
            }
            // A keeper that was not looked at may be reached by now; one that gives no proof is left alone.
            while reached.changed_within(LOOK_AGAIN).await && looked == Some(arrivals()) {}
        }
    }

    /// Looks at the record and the pins of a keeper; says whether it had nothing that is not known here.
    pub(super) async fn look_at(&self, keeper: &dyn Keeper) -> Result<bool, Unfinished> {
        let Args { state, directory, .. } = &self.0.args;
        let name = keeper.name().to_owned();
        let known = state.read(|tables| acknowledged(tables, &name, &directory.id));
        if known.seq.is_none() && known.shares.is_empty() {
            return Ok(true);
        }
        let seq = keeper.sequence().await?;
        if seq > known.seq {
            // Another device has published; its root tells what is kept now.
            return Ok(false);
        }
        self.look_at_pins(&name, &mut *keeper.open().await?, &known, seq).await?;
        Ok(true)
    }

    /// Has a keeper prove what it keeps, where that is due.
    pub(super) async fn check(&self, keeper: &dyn Keeper) -> Result<(), Unfinished> {
        let Args { state, directory, storage, .. } = &self.0.args;
        let name = keeper.name().to_owned();
        let (shares, before, is_due) = state.read(|tables| {
            let shares = acknowledged(tables, &name, &directory.id).proven;
            let is_due = proofs::is_due(tables, &name, &shares, platform::now_ms());
            (shares, tables.checks.get(&name).cloned(), is_due)
        });
        let Some(key) = keeper.key().filter(|_| is_due) else { return Ok(()) };
        let mut session = keeper.open().await?;
        let mut checked = Checked { key, session: &mut *session };
        let check = proofs::check(storage, &directory.id, &mut checked, shares, before).await?;
        let background = state.background();
        let noted = background.update(move |tx| {
            tx.checks.insert(name, check);
            Ok(())
        });
        Ok(noted.await?)
    }

    /// Forgets what a keeper acknowledged and does not pin any more, so that it is pushed again.
    async fn look_at_pins(
        &self,
        name: &str,
        session: &mut dyn KeeperSession,
        known: &Acknowledged,
        seq: Option<u64>,
    ) -> Result<(), Unfinished> {
        let state = &self.0.args.state;
        let pinned = pins_of(session).await?;
        let lost: Vec<_> =
            known.shares.iter().filter(|(_, block)| !pinned.contains(block)).copied().collect();
        let rows: BTreeSet<_> = pinned.iter().map(|cid| pins_row(name, cid)).collect();
        let beside: Vec<_> = known.beside.difference(&rows).cloned().collect();
        let is_set_back = seq < known.seq;
        if lost.is_empty() && beside.is_empty() && !is_set_back {
            return Ok(());
        }
        tracing::warn!(keeper = name, shares = lost.len(), "a keeper lost what it acknowledged");
        let name = name.to_owned();
        let forgotten = state.update(move |tx| {
            for (id, block) in lost {
                let Some(share) = tx.shares.get_mut(&id).filter(|share| share.block() == block) else {
                    continue;
                };
                share.kept_by.remove(&name);
                share.delivered &= !share.kept_by.is_empty();
                if let Some(place) = tx.freed.get_mut(&id).and_then(|freed| freed.places.get_mut(&name)) {
                    place.fails = true;
                }
            }
            tx.checks.remove(&name);
            tx.pinned.remove_where(|row, _| beside.contains(row));
            if is_set_back {
                tx.replicas.remove(&name);
            }
            Ok(())
        });
        forgotten.await?;
        state.publish_soon();
        Ok(())
    }
}

/// What a keeper is known to have.
fn acknowledged(tables: &Tables, name: &String, me: &Id) -> Acknowledged {
    let mine = tables.shares.values().filter(|share| tables.is_active(me, share) && share.is_kept_by(name));
    let mine: Vec<_> = mine.collect();
    let proven = mine.iter().filter(|share| share.maker.is_none() && !share.by_other_device);
    let prefix = pins_row(name, "");
    Acknowledged {
        seq: tables.replicas.get(name).map(|replica| replica.seq),
        proven: proven.map(|share| share.block()).collect(),
        shares: mine.iter().map(|share| (share.id(), share.block())).collect(),
        beside: tables.pinned.keys().filter(|row| row.starts_with(&prefix)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::mocked::{MockedKeeper, publishing};
    use super::*;
    use crate::engine::mocked::{MockedProfile, until, with_seeds};
    use crate::social::share_record::ShareRecord;

    const SIZE: usize = 2 * (512 << 10);

    /// A profile with a share that a keeper has.
    async fn published(seed: u64, keeper: &Rc<MockedKeeper>) -> (MockedProfile, ShareRecord) {
        let profile = publishing(seed, &[keeper]).await;
        let share = profile.share_own(1, SIZE).await;
        profile.publisher.start();
        let id = share.id();
        let is_delivered =
            || profile.state.read(|tables| tables.shares.get(&id).is_some_and(|it| it.delivered));
        until("it is published", is_delivered).await;
        (profile, share)
    }

    #[tokio::test]
    async fn a_relay_that_was_set_back_gets_everything_again() {
        with_seeds(async |seed| {
            let keeper = MockedKeeper::new("a");
            let (profile, share) = published(seed, &keeper).await;
            let (record, pins) = (keeper.records().pop().unwrap(), keeper.pins());
            keeper.set_back();
            assert!(profile.publisher.look_at(&*keeper).await.unwrap());
            until("it has all of it", || keeper.pins() == pins && keeper.records() == [record.clone()]).await;
            assert!(keeper.has_pinned(&share.block()));
            let id = share.id();
            let is_delivered = || profile.state.read(|tables| tables.shares.get(&id).unwrap().delivered);
            until("it is known to have it", is_delivered).await;
        })
        .await;
    }

    #[tokio::test]
    async fn a_relay_that_lost_a_block_is_found_out_and_one_that_has_all_proves_it() {
        with_seeds(async |seed| {
            let keeper = MockedKeeper::new("a");
            let (profile, share) = published(seed, &keeper).await;
            let check = async || {
                profile.publisher.check(&*keeper).await.unwrap();
                profile.state.read(|tables| tables.checks.get(&"a".to_owned()).cloned()).unwrap()
            };
            let first = check().await;
            assert_eq!((first.proven, first.lacks), (BTreeSet::from([share.block()]), BTreeSet::new()));
            let sessions = keeper.sessions();
            assert_eq!(check().await.at, first.at);
            assert_eq!(keeper.sessions(), sessions, "it is not asked twice in a day");

            // A day later.
            let forget = profile.state.update(|tx| {
                tx.checks.remove_where(|_, _| true);
                Ok(())
            });
            forget.await.unwrap();
            keeper.lose(&share.manifest().unwrap().cid);
            let second = check().await;
            assert_eq!((second.proven, second.lacks), (BTreeSet::new(), BTreeSet::from([share.block()])));
        })
        .await;
    }
}
