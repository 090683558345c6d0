//! Calls of the handle to relays: records and keeping. Each call opens its own stream.

use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::{Stream, StreamExt};
use libp2p::StreamProtocol;

use super::backoff::Backoff;
use super::reconnecting::reconnecting;
use super::{ConnectError, Net, Provider, RelayAddr, exchange, keep, records, streams, within};
use crate::keys::Id;

/// How long a relay may take to answer one question.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a relay did not do what it was asked. `R` is the refusal type of the protocol.
#[derive(Debug, thiserror::Error)]
pub enum CallError<R: std::error::Error + 'static> {
    /// The relay cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The relay refused, broke the protocol, or the stream broke.
    #[error(transparent)]
    Exchange(#[from] exchange::Error<R>),
    /// The relay did not answer in time.
    #[error("relay did not answer in time: try again later")]
    Timeout,
}

/// An update of a watch.
#[derive(Debug)]
pub enum WatchUpdate {
    /// A newer record of a watched name. It is not verified.
    Record {
        /// The id that the relay says the record belongs to.
        id: Id,
        /// The signed record.
        record: Bytes,
    },
    /// All that the relay had was sent. What follows is news.
    Current,
    /// The relay was lost, or refuses. The watch asks again after a while.
    Lost(CallError<records::Refusal>),
}

impl Net {
    /// Returns the newest record that a relay holds of an identity. It is not verified.
    pub async fn get_record(
        &self,
        relay: &RelayAddr,
        id: Id,
    ) -> Result<Option<Bytes>, CallError<records::Refusal>> {
        in_time(async {
            let mut stream = self.call(relay, records::PROTOCOL).await?;
            Ok(records::get(&mut stream, id).await?)
        })
        .await
    }

    /// Puts a record to a relay. `replaces` is the sequence that was read before, if there was one.
    ///
    /// Idempotent.
    pub async fn put_record(
        &self,
        relay: &RelayAddr,
        id: Id,
        record: &[u8],
        replaces: Option<u64>,
    ) -> Result<(), CallError<records::Refusal>> {
        in_time(async {
            let mut stream = self.call(relay, records::PROTOCOL).await?;
            Ok(records::put(&mut stream, id, record, replaces).await?)
        })
        .await
    }

    /// Watches names at a relay or device while the stream is held. After a loss it starts again.
    ///
    /// At each start `known` is asked for the names and the known sequences, at most
    /// [`records::MAX_WATCHED`]. The stream ends only with the network.
    pub fn watch(
        &self,
        provider: Provider,
        known: impl Fn() -> Vec<(Id, u64)> + 'static,
    ) -> impl Stream<Item = WatchUpdate> + 'static {
        let (relay, backoff) = match &provider {
            Provider::Relay(_) => (None, Backoff::default()),
            Provider::Device { relay, .. } | Provider::Keeper { relay, .. } => {
                (Some(relay.peer()).filter(|relay| self.is_own(relay)), Backoff::for_callers())
            }
        };
        let (net, peer) = (self.clone(), provider.peer());
        let open = async move || {
            let stream = net.open(&provider, records::PROTOCOL).await?;
            in_time(async { Ok(records::watch(stream, known()).await?.boxed_local()) }).await
        };
        reconnecting(self.control.clone(), peer, relay, backoff, open).map(|message| match message {
            Ok(records::Update::Record { id, record }) => WatchUpdate::Record { id, record },
            Ok(records::Update::Current) => WatchUpdate::Current,
            Err(lost) => WatchUpdate::Lost(lost),
        })
    }

    /// Opens a session with a keeper, to ask what it has, push and pin.
    ///
    /// Only our own relays see our certificate. At others, only [`have`](keep::Session::have) works.
    pub async fn keep(
        &self,
        relay: &RelayAddr,
    ) -> Result<keep::Session<streams::Stream>, CallError<keep::Refusal>> {
        in_time(async {
            let stream = self.call(relay, keep::PROTOCOL).await?;
            Ok(keep::Session::open(stream, self.certificate_for(relay).as_deref()).await?)
        })
        .await
    }

    /// The same with one of our own relays, which is told of the devices that were removed.
    pub async fn keep_and_tell(
        &self,
        relay: &RelayAddr,
        removed: keep::Removed,
    ) -> Result<keep::Session<streams::Stream>, CallError<keep::Refusal>> {
        in_time(async {
            let stream = self.call(relay, keep::PROTOCOL).await?;
            let certificate = self.certificate_for(relay);
            Ok(keep::Session::open_and_tell(stream, certificate.as_deref(), Some(removed)).await?)
        })
        .await
    }

    /// Opens a session with a keeper at which somebody lends room to who has this token, to push and pin.
    ///
    /// It may be anybody's relay, and no certificate is shown; see
    /// [`open_with_token`](keep::Session::open_with_token).
    pub async fn keep_with_token(
        &self,
        relay: &RelayAddr,
        token: &keep::Token,
    ) -> Result<keep::Session<streams::Stream>, CallError<keep::Refusal>> {
        in_time(async {
            let stream = self.call(relay, keep::PROTOCOL).await?;
            Ok(keep::Session::open_with_token(stream, token).await?)
        })
        .await
    }

    /// Opens a session with a device of a friend that keeps something for us, to ask for proofs; see
    /// [`prove`](keep::Session::prove).
    pub async fn keep_of_friend(
        &self,
        device: &Provider,
    ) -> Result<keep::Session<streams::Stream>, CallError<keep::Refusal>> {
        in_time(async {
            let stream = self.open(device, keep::PROTOCOL).await?;
            Ok(keep::Session::open(stream, None).await?)
        })
        .await
    }

    /// Lends bytes of our quota at one of our own relays to who has this token, until a time in milliseconds since
    /// 1970; see [`lend`](keep::Session::lend).
    pub async fn lend(
        &self,
        relay: &RelayAddr,
        token: &keep::Token,
        bytes: u64,
        until: u64,
    ) -> Result<(), CallError<keep::Refusal>> {
        in_time(async { Ok(self.keep(relay).await?.lend(token, bytes, until).await?) }).await
    }

    /// Takes back what is not used of a loan at one of our own relays; see [`unlend`](keep::Session::unlend).
    pub async fn unlend(
        &self,
        relay: &RelayAddr,
        token: &keep::Token,
    ) -> Result<(), CallError<keep::Refusal>> {
        in_time(async { Ok(self.keep(relay).await?.unlend(token).await?) }).await
    }

    /// Returns the key by which push services know one of our own relays; `None` if it sends no Web Push.
    pub async fn vapid_key(
        &self,
        relay: &RelayAddr,
    ) -> Result<Option<keep::VapidKey>, CallError<keep::Refusal>> {
        Ok(self.keep(relay).await?.allowance().vapid)
    }

    /// Has one of our own relays send Web Pushes to this endpoint; see [`subscribe`](keep::Session::subscribe).
    pub async fn subscribe(&self, relay: &RelayAddr, endpoint: &str) -> Result<(), CallError<keep::Refusal>> {
        in_time(async { Ok(self.keep(relay).await?.subscribe(endpoint).await?) }).await
    }

    /// Has one of our own relays send none to this device any more.
    pub async fn unsubscribe(&self, relay: &RelayAddr) -> Result<(), CallError<keep::Refusal>> {
        in_time(async { Ok(self.keep(relay).await?.unsubscribe().await?) }).await
    }

    /// Asks a relay which of these blocks it has.
    pub async fn have(&self, relay: &RelayAddr, cids: &[Cid]) -> Result<Vec<bool>, CallError<keep::Refusal>> {
        Ok(self.keep(relay).await?.have(cids).await?)
    }

    /// Pushes blocks to one of our own relays. Returns when all of them are synced there.
    ///
    /// A block that the relay has already may be pushed again.
    pub async fn push(
        &self,
        relay: &RelayAddr,
        blocks: impl Stream<Item = (Cid, Bytes)>,
        progress: impl FnMut(keep::Progress),
    ) -> Result<keep::Progress, CallError<keep::Refusal>> {
        Ok(self.keep(relay).await?.push(blocks, progress).await?)
    }

    /// Pins a root or header at one of our own relays, so that it keeps all that hangs from it.
    pub async fn pin(
        &self,
        relay: &RelayAddr,
        root: &Cid,
    ) -> Result<keep::PinOutcome, CallError<keep::Refusal>> {
        Ok(self.keep(relay).await?.pin(root).await?)
    }

    pub(super) async fn call(
        &self,
        relay: &RelayAddr,
        protocol: StreamProtocol,
    ) -> Result<streams::Stream, ConnectError> {
        self.open(&Provider::Relay(relay.clone()), protocol).await
    }
}

pub(super) async fn in_time<T, R: std::error::Error + 'static>(
    call: impl Future<Output = Result<T, CallError<R>>>,
) -> Result<T, CallError<R>> {
    within(PATIENCE, call).await.unwrap_or(Err(CallError::Timeout))
}
