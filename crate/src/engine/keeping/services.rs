//! Pinning services hold what is mine, beside relays and friends.
//!
//! A service is asked to hold each share, and the root, once one of my relays has it: there the service can get it. Each
//! share has one request, which the next revision replaces. A service that fails is asked later and later, and no service
//! more often than [`pace`] allows.

mod calls;
mod look;
mod pace;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use tokio_util::sync::DropGuard;

use crate::engine::Error;
use crate::engine::state::Kind;
use crate::platform;
use crate::social::pinning::Name;

use super::handle::{Args, Keeping};
use pace::Pace;

/// Tables from which it follows what a service is to hold.
const WATCHED: [Kind; 4] = [Kind::shares, Kind::links, Kind::publication, Kind::replicas];

impl Keeping {
    /// Has each service hold what it is to hold, for as long as the profile is unlocked and the service is there.
    pub(super) async fn ask_services(self) {
        let Args { state, tasks, .. } = &self.0.args;
        let mut changes = state.watch(&[Kind::services]);
        let mut asked: BTreeMap<Name, DropGuard> = BTreeMap::new();
        loop {
            let names: BTreeSet<_> = state.read(|tables| tables.services.keys().copied().collect());
            asked.retain(|name, _| names.contains(name));
            if let Err(why) = self.forget_removed_services().await {
                tracing::debug!(%why, "what a removed service held is not forgotten yet");
            }
            for name in names {
                let begin = || tasks.spawn(self.clone().ask_service(name)).drop_guard();
                asked.entry(name).or_insert_with(begin);
            }
            changes.changed().await;
        }
    }

    /// Has one service hold what it is to hold.
    async fn ask_service(self, name: Name) {
        let mut changes = self.0.args.state.watch(&WATCHED);
        let mut pace = Pace::default();
        loop {
            match self.look_at_service(name, &mut pace).await {
                Ok(next) if next.is_hurried_by_changes => {
                    changes.changed_within(next.wait).await;
                }
                Ok(next) => platform::sleep(next.wait).await,
                Err(why) => {
                    tracing::debug!(%why, "a pinning service is not asked");
                    changes.changed().await;
                }
            }
        }
    }

    /// Forgets what services held that were removed, here or at another device of mine.
    async fn forget_removed_services(&self) -> Result<(), Error> {
        let state = &self.0.args.state;
        if state.read(|tables| tables.held.keys().all(|name| tables.services.contains(name))) {
            return Ok(());
        }
        let forgotten = state.remove(|tx| {
            let services = tx.services.clone();
            tx.held.remove_where(|name, _| !services.contains(name));
            Ok(())
        });
        forgotten.await
    }
}
