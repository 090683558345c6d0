//! Following what other devices of the same person publish.

use std::collections::HashMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::{self, Either, select};
use futures::lock::Mutex;
use tokio_util::sync::CancellationToken;

use super::Args;
use super::relays::Found;
use crate::engine::Error;
use crate::engine::state::{Kind, Replica, Tables};
use crate::net::{Backoff, Provider, WatchUpdate};
use crate::platform;
use crate::social::root;

/// The waits before what another device published is tried again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

impl Args {
    /// Merges what other devices of this profile publish, for as long as it is unlocked: as my relays tell of it, and as
    /// those devices themselves do, which works while no relay answers.
    pub(in crate::engine) async fn follow_other_devices(self) {
        let one_at_a_time = Rc::new(Mutex::new(()));
        for relay in self.directory.relays.clone() {
            let (following, alone) = (self.clone(), one_at_a_time.clone());
            self.tasks.spawn(async move { following.follow_at(Provider::Relay(relay), &alone).await });
        }
        let mut changes = self.state.watch(&[Kind::devices]);
        let mut followed: HashMap<Provider, CancellationToken> = HashMap::new();
        loop {
            let devices = self.state.read(|tables| tables.other_devices(&self.directory));
            followed.retain(|device, stop| {
                let stays = devices.contains(device);
                if !stays {
                    stop.cancel();
                }
                stays
            });
            for device in devices {
                followed.entry(device.clone()).or_insert_with(|| {
                    let (following, alone) = (self.clone(), one_at_a_time.clone());
                    self.tasks.spawn(async move { following.follow_at(device, &alone).await })
                });
            }
            changes.changed().await;
        }
    }

    /// Watches my own record at one of my relays or devices.
    async fn follow_at(&self, provider: Provider, one_at_a_time: &Mutex<()>) {
        let (state, me, name) = (self.state.clone(), self.directory.id, provider.peer().to_string());
        // What a device has that is not newer than what is here comes from a relay, or is overtaken.
        let is_relay = matches!(provider, Provider::Relay(_));
        let seq = move |tables: &Tables| match is_relay {
            true => tables.replicas.get(&name).map_or(0, |replica| replica.seq),
            false => tables.publication.seq().saturating_sub(1),
        };
        let known = move || vec![(me, state.read(&seq))];
        let mut updates = self.records.watch(provider.clone(), Box::new(known));
        let (mut backoff, mut is_waiting, mut last) = (Backoff::between(WAITS), false, None);
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
                    match &provider {
                        Provider::Relay(relay) => self.records.get_record(relay, me).await.ok().flatten(),
                        Provider::Device { .. } | Provider::Keeper { .. } => last.clone(),
                    }
                }
            };
            let Some(record) = record else { continue };
            last = Some(record.clone());
            let learned = {
                let _alone = one_at_a_time.lock().await;
                self.learn(&provider, record).await
            };
            if let Err(why) = &learned {
                tracing::debug!(peer = %provider.peer(), %why, "what another device published waits");
            }
            // Of shares that another device still brings to the relay, the headers come later.
            is_waiting = learned.is_err() || self.state.read(|tables| !tables.awaited.is_empty());
        }
    }

    /// Takes in a record of mine that a relay or another device of mine told of.
    async fn learn(&self, provider: &Provider, bytes: Bytes) -> Result<(), Error> {
        let record = root::verify_record(&self.directory.id, &bytes, platform::now_ms())?;
        let (name, root, seq) = (provider.peer().to_string(), record.root, record.sequence);
        let keeper = matches!(provider, Provider::Relay(_)).then_some(name);
        let (is_newest, is_noted, is_whole) = self.state.read(|tables| {
            let noted = keeper.as_ref().map(|keeper| tables.replicas.get(keeper).map(|replica| replica.seq));
            let is_noted = noted.is_none_or(|noted| noted == Some(seq));
            (tables.publication.root() == Some(root), is_noted, tables.awaited.is_empty())
        });
        if let Some(keeper) = keeper.clone().filter(|_| is_newest && !is_noted) {
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
        // Of two devices that tell each other of their roots one merges, or each would merge what the other merged without
        // end: the one whose root has the lower sequence, or the smaller name. The other takes what comes of it.
        let tip = self.state.read(|tables| tables.publication.newest.clone());
        let is_mine_to_merge = tip.is_none_or(|tip| (tip.seq, tip.root) < (seq, root));
        if keeper.is_none() && !is_mine_to_merge {
            return Ok(());
        }
        let kept_by = keeper.into_iter().collect();
        self.merge(Found { bytes, record, kept_by, silent: Default::default() }).await
    }
}
