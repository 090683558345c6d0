//! Watching: which records are looked for where, and what the sources tell.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::engine::presence::online_contacts;
use crate::engine::state::Kind;
use crate::keys::Id;
use crate::net::{Provider, WatchUpdate};
use crate::platform;
use crate::social::contact::{Contact, Verdict};
use crate::social::root;
use crate::social::share_record::ShareRecord;

use super::handle::{Inner, Sync};
use super::relay_rotation::{RelayRotation, TURN};

/// Watches that go on at devices of people whom I have removed or blocked: with those of contacts as many as a relay
/// carries circuits for each device, but for some that are for fetching.
const LINGERING: usize = 4;

/// How long watches rest after they were compared with the contacts: many changes at once are one.
const REST: Duration = Duration::from_millis(100);

/// A watch that runs.
struct Watch {
    ids: BTreeSet<Id>,
    stop: CancellationToken,
    /// Whether nobody listens to it any more.
    lingers: bool,
}

impl Sync {
    /// Keeps one watch for each relay or device, over exactly the contacts whose records are looked for there.
    pub(super) async fn keep_watching(self) {
        let Inner { state, directory, tasks, sequences, .. } = &*self.0;
        let mut changes = state.watch(&[Kind::contacts, Kind::relations, Kind::account]);
        let mut watches: HashMap<Provider, Watch> = HashMap::new();
        let mut rotation = RelayRotation::default();
        loop {
            let mut wanted = self.watched();
            sequences.retain(&wanted);
            let somebody_waits = rotation.choose(&mut wanted, &directory.relays);
            let mut lingering = 0;
            watches.retain(|provider, watch| {
                let keep = match wanted.get(provider) {
                    // Somebody who was added again is looked for from the beginning.
                    Some(wanted) => *wanted == watch.ids && !watch.lingers,
                    None => lingering < LINGERING && self.lingers(provider, &watch.ids),
                };
                if !keep {
                    watch.stop.cancel();
                } else if !wanted.contains_key(provider) {
                    watch.lingers = true;
                    lingering += 1;
                }
                keep
            });
            for (provider, ids) in wanted {
                watches.entry(provider.clone()).or_insert_with(|| {
                    let stop = tasks.spawn(self.clone().watch(provider, ids.clone()));
                    Watch { ids, stop, lingers: false }
                });
            }
            platform::sleep(REST).await;
            if !somebody_waits {
                changes.changed().await;
            } else if !changes.changed_within(TURN).await {
                rotation.end(&self.watched(), &directory.relays);
            }
        }
    }

    /// Whether a watch goes on, unheard, until its connection is lost or this profile is locked: at the device of a person
    /// whom I have removed or blocked, who must not see at which moment that was.
    fn lingers(&self, provider: &Provider, ids: &BTreeSet<Id>) -> bool {
        matches!(provider, Provider::Device { .. })
            && self.0.state.read(|tables| ids.iter().all(|id| !tables.is_written_to(id)))
    }

    async fn watch(self, provider: Provider, ids: BTreeSet<Id>) {
        let known = {
            let (inner, provider, ids) = (Rc::downgrade(&self.0), provider.clone(), ids.clone());
            move || {
                let Some(inner) = inner.upgrade() else { return Vec::new() };
                inner.state.read(|tables| {
                    let known = ids.iter().filter_map(|id| tables.contacts.get(id));
                    known.map(|contact| (contact.id, inner.known_from(&provider, contact))).collect()
                })
            }
        };
        let mut updates = self.0.records.watch(provider.clone(), Box::new(known));
        // What came while we were away waits until all of it is known, since the newest goes first.
        let mut missed = Some(BTreeMap::new());
        while let Some(update) = updates.next().await {
            match update {
                WatchUpdate::Record { id, record } => match &mut missed {
                    Some(missed) => drop(missed.insert(id, record)),
                    None => self.record_came(&provider, id, record),
                },
                WatchUpdate::Current => {
                    let missed = missed.take().into_iter().flatten();
                    missed.for_each(|(id, record)| self.record_came(&provider, id, record));
                }
                WatchUpdate::Lost(why) => {
                    tracing::debug!(%why, "a watch waits");
                    let before = missed.replace(BTreeMap::new()).into_iter().flatten();
                    before.for_each(|(id, record)| self.record_came(&provider, id, record));
                    // Not connected anew, unless the person is added again.
                    let mut changes = self.0.state.watch(&[Kind::contacts, Kind::relations]);
                    while self.lingers(&provider, &ids) {
                        changes.changed().await;
                    }
                }
            }
        }
    }

    /// Which contacts are looked for at which relay, and at their own devices.
    fn watched(&self) -> HashMap<Provider, BTreeSet<Id>> {
        let Inner { state, directory, .. } = &*self.0;
        let mut watched: HashMap<Provider, BTreeSet<Id>> = HashMap::new();
        state.read(|tables| {
            for contact in tables.contacts.values().filter(|contact| tables.is_watched(&contact.id)) {
                for relay in directory.relays_of(contact) {
                    watched.entry(Provider::Relay(relay)).or_default().insert(contact.id);
                }
            }
            for (device, id) in online_contacts(tables, directory) {
                watched.entry(device).or_default().insert(id);
            }
        });
        watched
    }

    /// Asks for the newest record of somebody of whom more is wanted than was ingested; a watch tells only of newer ones.
    pub(super) async fn look_again(self, id: Id) {
        let Inner { state, directory, records, .. } = &*self.0;
        let relays = state.read(|tables| tables.watched(&id).map(|contact| directory.relays_of(contact)));
        for relay in relays.into_iter().flatten() {
            match records.get_record(&relay, id).await {
                Ok(Some(record)) => self.record_came(&Provider::Relay(relay), id, record),
                Ok(None) => {}
                Err(why) => tracing::debug!(%relay, %why, "a record is awaited"),
            }
        }
    }

    /// Takes note of a record, and of the source that told of it.
    fn record_came(&self, provider: &Provider, id: Id, record: Bytes) {
        let Some(sequence) = self.offer(id, record) else { return };
        self.0.sequences.add(provider, id, sequence);
        self.look_what_is_kept(id);
    }

    /// Queues a record that says something new; gives its sequence, if it verifies.
    fn offer(&self, id: Id, record: Bytes) -> Option<u64> {
        let Inner { state, queue, queued, .. } = &*self.0;
        let opened = root::verify_record(&id, &record, platform::now_ms());
        let opened = opened.inspect_err(|why| tracing::debug!(%why, "a record is passed over")).ok()?;
        let sequence = opened.sequence;
        let verdict = state.read(|tables| Some(tables.watched(&id)?.consider(sequence, &opened.root)))?;
        if !matches!(verdict, Verdict::Known | Verdict::Older) {
            queue.offer(id, record, opened);
            queued.notify_one();
        }
        Some(sequence)
    }

    /// Whether a relay has told of the newest record that any source told of.
    pub(super) fn is_at_relay(&self, id: &Id) -> bool {
        let Inner { state, sequences, .. } = &*self.0;
        let known = state.read(|tables| tables.contacts.get(id).map_or(0, Contact::seq));
        sequences.is_at_keeper(id, known, |provider| matches!(provider, Provider::Relay(_)))
    }

    /// Takes note that shares of somebody are at a relay by now, of which I knew from their device alone.
    pub(super) fn look_what_is_kept(&self, id: Id) {
        let Inner { state, tasks, .. } = &*self.0;
        let is_waiting = move |share: &ShareRecord| share.author == id && share.at_author_only;
        if !state.read(|tables| tables.shares.values().any(is_waiting)) || !self.is_at_relay(&id) {
            return;
        }
        let state = state.clone();
        tasks.spawn(async move {
            let noted = state.update(move |tx| {
                let waiting: Vec<_> =
                    tx.shares.values().filter(|share| is_waiting(share)).map(ShareRecord::id).collect();
                for share in waiting {
                    if let Some(share) = tx.shares.get_mut(&share) {
                        share.at_author_only = false;
                    }
                }
                Ok(())
            });
            if let Err(why) = noted.await {
                tracing::warn!(%why, "it is not noted that a relay has a share");
            }
        });
    }
}

impl Inner {
    /// The sequence above which a record of somebody is news from `provider`.
    ///
    /// Where others may have told of the newest one, it is to tell of that one too: only so it shows if it names another
    /// root there.
    fn known_from(&self, provider: &Provider, contact: &Contact) -> u64 {
        let has_told = self.sequences.from(provider, &contact.id) >= Some(contact.seq());
        let is_alone = contact.devices.is_empty() && self.directory.relays_of(contact).len() == 1;
        match contact.head {
            Some(_) if has_told || is_alone => contact.seq(),
            // Of somebody whose root is not here yet, the record with the lowest sequence allowed is news too.
            _ => contact.seq().saturating_sub(1),
        }
    }
}
