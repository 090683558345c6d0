//! Meeting: the relays of people of whom nothing but a code is known, which leaves out the ids of relays.

use std::time::Duration;

use crate::engine::state::{Kind, Tables};
use crate::net::Backoff;

use super::handle::{Inner, Sync};

/// The waits before relays that did not answer are dialled again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

impl Sync {
    /// Meets the relays of people whom I added or follow, and notes their ids, so that they are asked as all others.
    pub(super) async fn keep_meeting(self) {
        let Inner { state, directory, records, .. } = &*self.0;
        let mut changes = state.watch(&[Kind::contacts, Kind::relations, Kind::account]);
        let mut backoff = Backoff::between(WAITS);
        loop {
            let unmet = || state.read(|tables| self.unmet(tables));
            for relay in unmet() {
                directory.meet(&**records, &[relay]).await;
            }
            let noted = state.update({
                let directory = directory.clone();
                move |tx| {
                    let tables = &mut **tx;
                    let completed =
                        |hints: &[String]| Some(directory.completed(hints)).filter(|new| new != hints);
                    let contacts = tables.contacts.values();
                    let found = contacts.filter_map(|contact| Some((contact.id, completed(&contact.hints)?)));
                    for (id, hints) in found.collect::<Vec<_>>() {
                        if let Some(contact) = tables.contacts.get_mut(&id) {
                            contact.hints.clear();
                            contact.apply_hints(&hints);
                        }
                    }
                    Ok(())
                }
            });
            if let Err(why) = noted.await {
                tracing::warn!(%why, "the id of a relay is not noted");
            }
            changes.next_round(unmet().is_empty(), &mut backoff).await;
        }
    }

    fn unmet(&self, tables: &Tables) -> Vec<String> {
        let watched = tables.contacts.values().filter(|contact| tables.is_watched(&contact.id));
        let mut unmet: Vec<_> = watched
            .flat_map(|contact| contact.relays())
            .filter(|text| self.0.directory.is_unmet(text))
            .cloned()
            .collect();
        unmet.sort();
        unmet.dedup();
        unmet
    }
}
