//! Following what other devices of the same person publish.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::{self, Either, join_all, select};
use futures::lock::Mutex;

use super::Args;
use super::relays::Found;
use crate::engine::Error;
use crate::engine::state::{Replica, Tables};
use crate::net::{Backoff, Provider, RelayAddr, WatchUpdate};
use crate::platform;
use crate::social::root;

/// The waits before what another device published is tried again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

impl Args {
    /// Merges what other devices of this profile publish, for as long as it is unlocked.
    pub(in crate::engine) async fn follow_other_devices(self) {
        let one_at_a_time = Mutex::new(());
        let relays = self.directory.relays.iter();
        join_all(relays.map(|relay| self.follow_at(relay, &one_at_a_time))).await;
    }

    /// Watches my own record at one of my relays.
    async fn follow_at(&self, relay: &RelayAddr, one_at_a_time: &Mutex<()>) {
        let (state, me, name) = (self.state.clone(), self.directory.id, relay.peer().to_string());
        let seq = move |tables: &Tables| tables.replicas.get(&name).map_or(0, |replica| replica.seq);
        let known = move || vec![(me, state.read(&seq))];
        let mut updates = self.records.watch(Provider::Relay(relay.clone()), Box::new(known));
        let (mut backoff, mut is_waiting) = (Backoff::between(WAITS), false);
        loop {
            // What could not be merged is asked for again, unless something newer comes first.
            let wait = is_waiting.then(|| backoff.wait());
            let wait = async move {
                match wait {
                    Some(wait) => platform::sleep(wait).await,
                    None => future::pending().await,
                }
            };
            let record = match select(updates.next(), pin!(wait)).await {
                Either::Left((None, _)) => return,
                Either::Left((Some(WatchUpdate::Record { record, .. }), _)) => {
                    backoff.reset();
                    Some(record)
                }
                Either::Left((Some(_), _)) => continue,
                Either::Right(_) => {
                    backoff.lengthen();
                    self.records.get_record(relay, me).await.ok().flatten()
                }
            };
            let Some(record) = record else { continue };
            let learned = {
                let _alone = one_at_a_time.lock().await;
                self.learn(relay, record).await
            };
            if let Err(why) = &learned {
                tracing::debug!(%relay, %why, "what another device published waits");
            }
            // Of shares that another device still brings to the relay, the headers come later.
            is_waiting = learned.is_err() || self.state.read(|tables| !tables.awaited.is_empty());
        }
    }

    /// Takes in a record of mine that a relay told of.
    async fn learn(&self, relay: &RelayAddr, bytes: Bytes) -> Result<(), Error> {
        let record = root::verify_record(&self.directory.id, &bytes, platform::now_ms())?;
        let (keeper, root, seq) = (relay.peer().to_string(), record.root, record.sequence);
        let (is_newest, is_noted, is_whole) = self.state.read(|tables| {
            let noted = tables.replicas.get(&keeper).map(|replica| replica.seq);
            (tables.publication.root() == Some(root), noted == Some(seq), tables.awaited.is_empty())
        });
        if is_newest && !is_noted {
            let noted = self.state.update(move |tx| {
                if tx.publication.root() == Some(root) {
                    tx.replicas.insert(keeper, Replica { seq, is_stale: false });
                }
                Ok(())
            });
            return noted.await;
        }
        if is_whole && (is_newest || self.own_record.is_of_this_device(&root)) {
            return Ok(());
        }
        let kept_by = vec![relay.peer().to_string()];
        self.merge(Found { bytes, record, kept_by, silent: Default::default() }).await
    }
}
