//! The relays of a profile that comes back: what they know of it, and those that did not answer at first.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;

use super::Args;
use crate::engine::Error;
use crate::engine::state::Tables;
use crate::format::{ReadError, ipns};
use crate::net::{Backoff, RelayAddr};
use crate::platform;
use crate::social::root;

/// The waits before relays that were silent are asked again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// A record of mine that relays gave.
pub(super) struct Found {
    pub(super) bytes: Bytes,
    pub(super) record: ipns::Record,
    /// Who has it.
    pub(super) kept_by: Vec<String>,
    /// The addresses of relays that did not answer.
    pub(super) silent: BTreeSet<String>,
}

impl Args {
    /// My newest record at any of my relays.
    pub(super) async fn own_record(&self) -> Result<Found, Error> {
        let (me, relays) = (self.directory.id, &self.directory.relays);
        if relays.is_empty() {
            return Err(Error::Unreachable("this page knows no relay to ask: see its config.json".into()));
        }
        let asked =
            relays.iter().map(|relay| async move { (relay, self.records.get_record(relay, me).await) });
        let mut newest: Option<(Bytes, ipns::Record)> = None;
        let mut has = Vec::new();
        let (mut silent, mut failed, mut refused) = (BTreeSet::new(), None, None);
        for (relay, answer) in join_all(asked).await {
            match answer {
                Ok(Some(bytes)) => {
                    let record = match root::verify_record(&me, &bytes, platform::now_ms()) {
                        Ok(record) => record,
                        Err(why) => {
                            refused = Some(why);
                            continue;
                        }
                    };
                    has.push((relay.peer().to_string(), record.sequence));
                    if newest.as_ref().is_none_or(|(_, known)| record.supersedes(known)) {
                        newest = Some((bytes, record));
                    }
                }
                Ok(None) => {}
                Err(why) => {
                    silent.insert(relay.to_string());
                    failed = Some(why);
                }
            }
        }
        match (newest, failed) {
            (Some((bytes, record)), _) => {
                let newest = has.into_iter().filter(|(_, seq)| *seq == record.sequence);
                let kept_by = newest.map(|(relay, _)| relay).collect();
                Ok(Found { bytes, record, kept_by, silent })
            }
            // A clock that is far behind refuses what is sound.
            (None, _) if matches!(refused, Some(ReadError::Ahead)) => Err(ReadError::Ahead.into()),
            (None, Some(why)) => Err(Error::Unreachable(format!("no relay could be asked: {why}"))),
            (None, None) => Err(Error::NotFound("profile under these words at this page's relays")),
        }
    }

    /// Asks the relays that did not answer when the words were typed, until each has answered.
    ///
    /// What one of them knows that is newer is merged with what is here.
    pub(in crate::engine) async fn ask_silent_relays(self) {
        let mut reached = self.state.watch_reached();
        let mut backoff = Backoff::between(WAITS);
        while self.state.read(Tables::is_held_back) {
            let silent = self.state.read(|tables| tables.restored().map(|it| it.silent.clone()));
            let silent = silent.unwrap_or_default();
            for relay in self.directory.relays.iter().filter(|relay| silent.contains(&relay.to_string())) {
                if let Err(why) = self.ask_again(relay).await {
                    tracing::debug!(%relay, %why, "a relay may know something newer");
                }
            }
            // One that the page no longer names will never answer.
            if let Err(why) = self.forget_silent(|relay| !self.names(relay)).await {
                tracing::warn!(%why, "nothing is published yet");
            }
            if self.state.read(Tables::is_held_back) && !reached.changed_within(backoff.wait()).await {
                backoff.lengthen();
            }
        }
    }

    async fn ask_again(&self, relay: &RelayAddr) -> Result<(), Error> {
        let answer = self.records.get_record(relay, self.directory.id).await;
        let answer = answer.map_err(|why| Error::Unreachable(why.to_string()))?;
        let found = answer.and_then(|bytes| {
            // A relay that gives something else than my record has answered too: it must not hold back publishing.
            let record = root::verify_record(&self.directory.id, &bytes, platform::now_ms())
                .inspect_err(|why| tracing::debug!(%relay, %why, "what a relay gave is no record of mine"))
                .ok()?;
            let kept_by = vec![relay.peer().to_string()];
            Some(Found { bytes, record, kept_by, silent: BTreeSet::new() })
        });
        let is_news = |found: &Found| {
            self.state.read(|tables| {
                let newest = tables.publication.newest.as_ref();
                newest.is_none_or(|newest| {
                    found.record.sequence >= newest.seq && found.record.root != newest.root
                })
            })
        };
        if let Some(found) = found.filter(is_news) {
            self.merge(found).await?;
        }
        let name = relay.to_string();
        self.forget_silent(move |silent| *silent == name).await
    }

    /// Whether the page names this relay.
    fn names(&self, address: &str) -> bool {
        self.directory.relays.iter().any(|relay| relay.to_string() == address)
    }

    /// Waits no longer for relays of which `has_answered` holds.
    async fn forget_silent(&self, has_answered: impl Fn(&String) -> bool) -> Result<(), Error> {
        let silent = self.state.read(|tables| tables.restored().map(|it| it.silent.clone()));
        let answered: Vec<_> = silent.into_iter().flatten().filter(has_answered).collect();
        if answered.is_empty() {
            return Ok(());
        }
        let forgotten = self.state.update(move |tx| {
            if let Some(mut restored) = tx.restored().cloned() {
                restored.silent.retain(|relay| !answered.contains(relay));
                tx.set_restored(Some(restored));
            }
            Ok(())
        });
        forgotten.await?;
        self.state.publish_soon();
        Ok(())
    }
}
