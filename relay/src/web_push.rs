//! Web Push: tells the devices of an identity that something was left for it, while none of them is here.
//!
//! A push has no body. The push service learns to which endpoint it goes, and when; nobody learns what came or from whom.
//! The relay tells what it knows anyway: mail came, no device of the identity watches for it, and it still waits. Nothing
//! of when a device was told reaches the disk or the log.

mod client;
mod endpoint;
mod vapid;

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use libp2p::PeerId;
use lru::LruCache;
use spinney::keys::Id;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

pub(crate) use client::Client;
pub(crate) use endpoint::{Endpoint, Reach};
pub(crate) use vapid::{Vapid, contact_of};

use crate::{
    admission::Policy,
    concurrency::{Limit, Permit, Share, Shares},
    limits,
    metrics::Metrics,
    store::{Error, Requests, Subscriptions},
};

/// Pause before a host is asked for again that has all of its connections.
const BUSY: Duration = Duration::from_secs(1);

/// What became of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The push service has it.
    Sent,
    /// The subscription is gone.
    Gone,
    /// To be tried again, after this time if the service says so.
    Later(Option<Duration>),
    /// It does not help to try again.
    Refused,
}

/// Sends a push.
#[async_trait]
pub(crate) trait Push: Send + Sync {
    /// Sends one push to an endpoint.
    async fn push(&self, endpoint: &Endpoint) -> Outcome;
}

/// Which identities have a device that watches for mail. Clones share it.
#[derive(Clone)]
pub(crate) struct Presence(Shares<Id>);

impl Default for Presence {
    fn default() -> Self {
        Self(Shares::new(u32::MAX))
    }
}

impl Presence {
    /// Counts a device as here until the guard is dropped.
    pub(crate) fn enter(&self, id: Id) -> Option<Share<Id>> {
        self.0.take(Some(id))
    }

    fn is_here(&self, id: Id) -> bool {
        self.0.has(id)
    }
}

/// One device of an identity.
type Key = (Id, PeerId);

/// Tells devices.
pub(crate) struct Service {
    parts: Parts,
    /// Devices whose push waits.
    waiting: Mutex<HashSet<Key>>,
    /// When each device may be told again.
    earliest: Mutex<LruCache<Key, Instant>>,
    sending: Limit<u64>,
}

/// What the service works with.
pub(crate) struct Parts {
    pub(crate) policy: Policy,
    pub(crate) requests: Arc<dyn Requests>,
    pub(crate) subscriptions: Arc<dyn Subscriptions>,
    pub(crate) presence: Presence,
    pub(crate) client: Arc<dyn Push>,
    pub(crate) reach: Reach,
    pub(crate) metrics: Arc<Metrics>,
}

impl Service {
    pub(crate) fn new(parts: Parts) -> Self {
        let keys = NonZeroUsize::new(limits::SUBSCRIPTIONS).expect("the bound is not zero");
        Self {
            parts,
            waiting: Mutex::default(),
            earliest: Mutex::new(LruCache::new(keys)),
            sending: Limit::new(limits::WEB_PUSHES, limits::WEB_PUSHES_PER_HOST),
        }
    }

    /// Tells the devices of each identity for which mail comes, until the store is closed.
    pub(crate) async fn run(self: Arc<Self>, mut arrivals: broadcast::Receiver<Id>) {
        let mut telling = JoinSet::new();
        loop {
            tokio::select! {
                arrival = arrivals.recv() => match arrival {
                    Ok(id) => self.notice(id, &mut telling).await,
                    Err(RecvError::Lagged(missed)) => tracing::debug!(missed, "mail came too fast to tell of all"),
                    Err(RecvError::Closed) => return,
                },
                Some(_) = telling.join_next() => {}
            }
        }
    }

    async fn notice(self: &Arc<Self>, id: Id, telling: &mut JoinSet<()>) {
        let subscriptions = self.parts.subscriptions.subscriptions(&id).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "subscriptions cannot be read");
            Vec::new()
        });
        for device in subscriptions.into_iter().map(|subscription| subscription.device) {
            let Some(waiting) = Waiting::begin(self, (id, device)) else { continue };
            telling.spawn(async move {
                if let Err(error) = waiting.tell().await {
                    tracing::warn!(%error, "a device is not told");
                }
            });
        }
    }

    /// Waits for one of the connections.
    async fn permit(&self, endpoint: &Endpoint) -> Permit<u64> {
        let mut host = DefaultHasher::new();
        endpoint.host().hash(&mut host);
        let host = host.finish();
        loop {
            match self.sending.try_acquire(Some(host)) {
                Some(permit) => return permit,
                None => sleep(BUSY).await,
            }
        }
    }

    fn earliest(&self, key: &Key) -> Instant {
        let earliest = self.earliest.lock().expect("nothing panics while it holds the lock");
        earliest.peek(key).copied().unwrap_or_else(Instant::now)
    }

    fn not_before(&self, key: Key, wait: Duration) {
        let mut earliest = self.earliest.lock().expect("nothing panics while it holds the lock");
        earliest.put(key, Instant::now() + wait);
    }
}

/// A device whose push waits: what comes meanwhile is told with it.
struct Waiting {
    service: Arc<Service>,
    key: Key,
}

impl Waiting {
    /// `None` if the device waits already, or too many do.
    fn begin(service: &Arc<Service>, key: Key) -> Option<Self> {
        let mut waiting = service.waiting.lock().expect("nothing panics while it holds the lock");
        let is_new = waiting.len() < limits::WEB_PUSHES_WAITING && waiting.insert(key);
        is_new.then(|| Self { service: service.clone(), key })
    }

    /// Tells the device, as soon as it may be told and a push service takes it.
    async fn tell(self) -> Result<(), Error> {
        let (id, device) = self.key;
        let Parts { policy, subscriptions, presence, client, reach, metrics, .. } = &self.service.parts;
        for attempt in 0..limits::WEB_PUSH_ATTEMPTS {
            sleep_until(self.service.earliest(&self.key)).await;
            if presence.is_here(id) {
                sleep(limits::WEB_PUSH_LINGER).await;
            }
            if presence.is_here(id) || !self.mail_waits().await? || !policy.admits(&id).await? {
                return Ok(());
            }
            let all = subscriptions.subscriptions(&id).await?;
            let Some(subscription) = all.into_iter().find(|one| one.device == device) else { return Ok(()) };
            let Some(endpoint) = Endpoint::parse(&subscription.endpoint, *reach) else { return Ok(()) };
            let permit = self.service.permit(&endpoint).await;
            self.service.not_before(self.key, limits::WEB_PUSH_EVERY);
            let outcome = client.push(&endpoint).await;
            drop(permit);
            match outcome {
                Outcome::Sent => {
                    metrics.web_pushes.add(1);
                    return Ok(());
                }
                Outcome::Gone => {
                    return subscriptions.unsubscribe(&id, &device, Some(&subscription.endpoint)).await;
                }
                Outcome::Refused => return Ok(()),
                Outcome::Later(after) => {
                    let wait = after.unwrap_or_default().max(limits::WEB_PUSH_EVERY * (1 << attempt));
                    self.service.not_before(self.key, wait.min(limits::WEB_PUSH_RETRY));
                }
            }
        }
        Ok(())
    }

    /// Whether mail is there that no device has taken in. Who looked meanwhile needs no push.
    async fn mail_waits(&self) -> Result<bool, Error> {
        let usage = self.service.parts.requests.usage(&self.key.0).await?;
        Ok(usage.is_some_and(|usage| usage.strangers + usage.invited > 0))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiting = self.service.waiting.lock().expect("nothing panics while it holds the lock");
        waiting.remove(&self.key);
    }
}

#[cfg(test)]
mod tests;
