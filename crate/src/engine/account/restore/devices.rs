//! Following what other devices of the same person publish.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
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
        while let Some(update) = updates.next().await {
            let WatchUpdate::Record { record, .. } = update else { continue };
            let mut record = Some(record);
            let mut backoff = Backoff::between(WAITS);
            // Of shares that another device still brings to the relay, the headers come later.
            while let Some(bytes) = record.take() {
                let _alone = one_at_a_time.lock().await;
                let learned = self.learn(relay, bytes).await;
                drop(_alone);
                if let Err(why) = &learned {
                    tracing::debug!(%relay, %why, "what another device published waits");
                }
                if learned.is_err() || self.state.read(|tables| !tables.awaited.is_empty()) {
                    platform::sleep(backoff.wait()).await;
                    backoff.lengthen();
                    record = self.records.get_record(relay, self.directory.id).await.ok().flatten();
                }
            }
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
