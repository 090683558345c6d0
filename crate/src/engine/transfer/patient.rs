//! Fetching for somebody who saves: what cannot be fetched now is waited for, and asked for again.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;

use crate::dag::{Fetch, FetchError};
use crate::engine::state::State;
use crate::net::Backoff;
use crate::platform::Instant;
use crate::social::share_record::ShareRecord;

use super::fetcher::{BlockFetcher, Fetchers};

/// The waits after a failure: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// How long a save waits for one block: a tunnel, a router that starts again, a friend who opens their laptop. A
/// download that stands still for longer is taken for broken, and then it is better that it says so.
const SAVE: Duration = Duration::from_secs(600);

/// For how long somebody waits, and who hears that they wait.
pub(in crate::engine) struct Patience {
    /// `None` for somebody who can see what is waited for, and end it.
    longest: Option<Duration>,
    /// Hears `true` when something is waited for, and `false` when it has come.
    tell: Box<dyn Fn(bool)>,
}

impl Patience {
    /// That of a download of the browser, which shows no reason.
    pub(in crate::engine) fn of_a_save() -> Self {
        Self { longest: Some(SAVE), tell: Box::new(|_| {}) }
    }

    /// That of a transfer, which waits until it is cancelled.
    pub(super) fn without_end(tell: impl Fn(bool) + 'static) -> Self {
        Self { longest: None, tell: Box::new(tell) }
    }
}

/// Gets blocks of one share, and waits for those that cannot be fetched now.
pub(super) struct PatientFetcher {
    fetchers: Fetchers,
    state: State,
    share: ShareRecord,
    patience: Patience,
}

impl PatientFetcher {
    pub(super) fn new(fetchers: Fetchers, state: State, share: ShareRecord, patience: Patience) -> Self {
        Self { fetchers, state, share, patience }
    }

    async fn patiently(
        &self,
        fetch: impl AsyncFn(Rc<BlockFetcher>) -> Result<Bytes, FetchError>,
    ) -> Result<Bytes, FetchError> {
        let since = Instant::now();
        let mut waits: Option<(_, Backoff)> = None;
        loop {
            // Whom to ask may have changed while it waited.
            let fetched = fetch(self.fetchers.of_share(&self.share)).await;
            let is_too_long = self.patience.longest.is_some_and(|longest| since.elapsed() >= longest);
            match fetched {
                Err(FetchError::Unreachable(why)) if !is_too_long => {
                    tracing::debug!(why, "a save waits");
                    let (reached, backoff) =
                        waits.get_or_insert_with(|| (self.state.watch_reached(), Backoff::between(WAITS)));
                    (self.patience.tell)(true);
                    if reached.changed_within(backoff.wait()).await {
                        backoff.reset();
                    } else {
                        backoff.lengthen();
                    }
                }
                fetched => {
                    if waits.is_some() {
                        (self.patience.tell)(false);
                    }
                    return fetched;
                }
            }
        }
    }
}

#[async_trait(?Send)]
impl Fetch for PatientFetcher {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.patiently(async |fetcher| fetcher.block(cid).await).await
    }

    async fn chunk(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.patiently(async |fetcher| fetcher.chunk(cid).await).await
    }
}
