//! Tries whether the words would bring this profile back from its relays: in memory, as a device that exists for the trial
//! alone. Nothing is published, and no row but the time of a success is written.

use std::cell::Cell;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};
use libp2p::identity::Keypair;

use super::restore::{Published, read_map};
use crate::dag::{self, Fetch};
use crate::engine::Error;
use crate::engine::api::{self, TrialFailure};
use crate::engine::directory::Directory;
use crate::engine::network::{BlockSource, RecordSource};
use crate::engine::presence::ServedBlocks;
use crate::engine::state::State;
use crate::engine::storage::Storage;
use crate::format::digest_of;
use crate::format::ipns::Record;
use crate::keys::Ring;
use crate::net::{FetchError, Provider, RelayAddr};
use crate::platform;
use crate::social::publication::Publication;
use crate::social::root;
use crate::social::share;
use crate::social::vault::OwnShare;

/// Shares that are asked for at once: 5 MiB of headers, if all have room for thousands of readers.
const SHARES_AT_ONCE: usize = 16;

/// What a trial may touch.
pub(in crate::engine) struct Trial {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) storage: Storage,
}

impl Trial {
    /// Tries every relay of mine over a network of its own, under a new key. No certificate says whose it is: relays give
    /// records and blocks to anybody who can name them.
    pub(in crate::engine) async fn run(&self) -> Result<Vec<api::Trial>, Error> {
        let device = Keypair::ed25519_from_bytes(platform::random::<32>()).map_err(Error::bug)?;
        // It serves nothing, because it learns of no block; nobody listens to its events.
        let served = ServedBlocks::new(self.storage.blocks().clone());
        let (net, _events) = served.start_net(&device, None)?;
        let tried = self.over(&net, &net).await;
        net.stop().await;
        Ok(tried)
    }

    /// Tries every relay of mine, and notes which of them passed.
    async fn over(&self, records: &dyn RecordSource, blocks: &dyn BlockSource) -> Vec<api::Trial> {
        let relays = &self.directory.relays;
        let tried = join_all(relays.iter().map(|relay| self.at(relay, records, blocks))).await;
        let passed = relays.iter().zip(&tried).filter(|(_, trial)| trial.ok);
        let passed: Vec<_> = passed.map(|(relay, _)| relay.peer().to_string()).collect();
        let now = platform::now_ms();
        let noted = self.state.update(move |tx| {
            for relay in passed {
                tx.passed_trials.insert(relay, now);
            }
            Ok(())
        });
        // What was found is worth showing where it cannot be noted.
        if let Err(why) = noted.await {
            tracing::debug!(%why, "when a trial passed is not noted");
        }
        tried
    }

    async fn at(
        &self,
        relay: &RelayAddr,
        records: &dyn RecordSource,
        blocks: &dyn BlockSource,
    ) -> api::Trial {
        let failed = |reason| api::Trial {
            place: relay.to_string(),
            ok: false,
            reason: Some(reason),
            published: None,
        };
        let bytes = match records.get_record(relay, self.directory.id).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return failed(TrialFailure::Unknown),
            Err(why) => {
                tracing::debug!(%relay, %why, "a trial has no answer");
                return failed(TrialFailure::Unreachable);
            }
        };
        let Ok(record) = root::verify_record(&self.directory.id, &bytes, platform::now_ms()) else {
            return failed(TrialFailure::Unreadable);
        };
        let place = Place { blocks, provider: Provider::Relay(relay.clone()), lacks: Cell::default() };
        match self.restore(&place, &record).await {
            Ok(published) => {
                let reason = self.compare(&record, &published);
                let place = relay.to_string();
                api::Trial { place, ok: reason.is_none(), reason, published: Some(published.root.time) }
            }
            Err(why) => {
                tracing::debug!(%relay, %why, "the words bring nothing back from here");
                failed(match why {
                    Error::Unreachable(_) if place.lacks.get() => TrialFailure::Incomplete,
                    Error::Unreachable(_) => TrialFailure::Unreachable,
                    _ => TrialFailure::Unreadable,
                })
            }
        }
    }

    /// Fetches all that coming back needs, as far as it would fail without.
    async fn restore(&self, place: &Place<'_>, record: &Record) -> Result<Published, Error> {
        let published = Published::read(&self.ring, place, record).await?;
        if published.profile.heir != *self.state.read(|tables| tables.account.heir) {
            return Err(Error::InvalidSignature("the profile names another successor".into()));
        }
        read_map(place, &published.root.letterboxes).await?;
        if let Some(feed) = published.root.feed {
            place.block(&feed).await?;
        }
        // What I passed on may be at relays of its maker alone, and comes back later.
        let shares = published.vault.all::<OwnShare>().filter(|(_, own)| own.from.is_none());
        let shares = stream::iter(shares.map(|(_, own)| own.header).collect::<Vec<_>>());
        let fetched = shares.map(|header| self.restore_share(place, header));
        fetched.buffer_unordered(SHARES_AT_ONCE).try_collect::<()>().await?;
        Ok(published)
    }

    /// Fetches what lists a share.
    async fn restore_share(&self, place: &Place<'_>, header: Cid) -> Result<(), Error> {
        let opened = share::open_own(&self.ring, &place.block(&header).await?)?;
        let unreadable = || Error::InvalidSignature("a header of this profile does not open".into());
        place.block(&opened.ok_or_else(unreadable)?.header.manifest.cid).await?;
        Ok(())
    }

    /// What is worse there than here.
    fn compare(&self, record: &Record, published: &Published) -> Option<TrialFailure> {
        self.state.read(|tables| {
            let here: &Publication = &tables.publication;
            if record.sequence < here.seq() {
                return Some(TrialFailure::Older);
            }
            // Another device that knew this root removed what is lacking.
            let is_known = |root: Cid| {
                root == record.root
                    || digest_of(&root).is_some_and(|root| published.root.prev.contains(&root))
            };
            let is_lacking = !here.root().is_some_and(is_known) && published.vault.lacks(&here.vault);
            is_lacking.then_some(TrialFailure::Lacking)
        })
    }
}

/// The blocks of one place alone, of which nothing is stored.
struct Place<'a> {
    blocks: &'a dyn BlockSource,
    provider: Provider,
    /// Whether it answered that it lacks something.
    lacks: Cell<bool>,
}

#[async_trait(?Send)]
impl Fetch for Place<'_> {
    async fn block(&self, cid: &Cid) -> Result<Bytes, dag::FetchError> {
        let fetched = self.blocks.fetch_from(*cid, &self.provider).await;
        fetched.map(|(block, _)| block).map_err(|why| {
            self.lacks.set(self.lacks.get() || why == FetchError::NotFound);
            dag::FetchError::Unreachable(why.to_string())
        })
    }
}

#[cfg(test)]
mod tests;
