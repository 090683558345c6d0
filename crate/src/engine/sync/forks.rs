//! Warning of forks: two roots of a contact with one sequence that no root joined in time.

use std::time::Duration;

use crate::engine::state::{Kind, Tables};
use crate::keys::Id;
use crate::net::Backoff;
use crate::platform;

use super::handle::{Inner, Sync};

/// The waits before a warning for which there was no room is tried again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

impl Sync {
    /// Warns of each fork of a contact once its time is over. The time counts from when the fork was seen, also over
    /// reloads, because the row has it.
    pub(super) async fn keep_judging_forks(self) {
        let Inner { state, fork_patience: patience, .. } = &*self.0;
        let mut changes = state.watch(&[Kind::contacts]);
        let mut backoff = Backoff::between(WAITS);
        loop {
            let Some(due_in) = state.read(|tables| first_due(tables, *patience)) else {
                changes.changed().await;
                continue;
            };
            if !due_in.is_zero() {
                changes.changed_within(due_in).await;
                continue;
            }
            let judged = self.judge_forks().await;
            if let Err(why) = &judged {
                tracing::warn!(%why, "the warning of a fork waits");
                platform::sleep(backoff.wait()).await;
                backoff.lengthen();
            } else {
                backoff.reset();
            }
        }
    }

    async fn judge_forks(&self) -> Result<(), crate::engine::Error> {
        let patience = self.0.fork_patience;
        let judged = self.0.state.update(move |tx| {
            let now = platform::now_ms();
            let forked: Vec<Id> =
                tx.contacts.iter().filter(|(_, contact)| contact.fork.is_some()).map(|(id, _)| *id).collect();
            for id in forked {
                if let Some(contact) = tx.contacts.get_mut(&id) {
                    contact.judge_fork(patience, now);
                }
            }
            Ok(())
        });
        judged.await
    }
}

/// When the first fork is due that no root has joined.
fn first_due(tables: &Tables, patience: Duration) -> Option<Duration> {
    let now = platform::now_ms();
    tables.contacts.values().filter_map(|contact| contact.fork_patience(patience, now)).min()
}
