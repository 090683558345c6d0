//! Fetches blocks from providers, and ranks the providers.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::lock::Mutex;
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;
use lru::LruCache;

use super::bitswap::AskError;
use super::streams::OpenError;
use super::{ConnectError, Net, Path, Provider, exchange, share};
use crate::format::keep::FetchKey;
use crate::platform::Instant;

/// Why no provider returned a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Every provider was asked, and none has it.
    #[error("nobody of those asked has the block")]
    NotFound,
    /// Some providers were not reached or did not answer. Another try may help.
    #[error("those who may have the block cannot be reached: try again later")]
    Unreachable,
    /// Too many blocks are asked for at once.
    #[error("too many blocks are asked for at once: try again later")]
    Busy,
    /// The network task has ended.
    #[error("the network is stopped")]
    Stopped,
}

impl From<ConnectError> for FetchError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Stopped => Self::Stopped,
            ConnectError::Busy | ConnectError::TooManyRelays => Self::Busy,
            ConnectError::Unreachable | ConnectError::OwnRelaysOnly | ConnectError::Stream(_) => {
                Self::Unreachable
            }
        }
    }
}

/// For how long a keeper that refused is not asked again for the same share.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// Shares that keepers were asked to open and that are remembered: more than one person looks at in an hour.
const MAX_SESSIONS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// What keepers were shown on the connections to them.
#[derive(Debug)]
pub(super) struct KeptSessions {
    /// Held while one is asked, so that of several blocks that are wanted at once the first one asks.
    asking: Mutex<()>,
    answers: RefCell<LruCache<(PeerId, [u8; 32]), Shown>>,
}

/// What a keeper said to a key.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// It serves what the key stands for, as long as this connection is there.
    Open(ConnectionId),
    /// It refused then.
    Refused(Instant),
}

impl Default for KeptSessions {
    fn default() -> Self {
        Self { asking: Mutex::default(), answers: RefCell::new(LruCache::new(MAX_SESSIONS)) }
    }
}

impl KeptSessions {
    /// Whether nothing is to be asked; an error if it refused lately.
    fn standing(&self, tag: &(PeerId, [u8; 32]), connection: ConnectionId) -> Result<bool, FetchError> {
        match self.answers.borrow_mut().get(tag) {
            Some(Shown::Open(on)) => Ok(*on == connection),
            Some(Shown::Refused(at)) if at.elapsed() < REFUSED_FOR => Err(FetchError::NotFound),
            _ => Ok(false),
        }
    }
}

/// How well a provider can be asked now. The smallest is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Wrong blocks that the peer has sent us.
    pub strikes: u32,
    /// The path to it.
    pub distance: Distance,
}

/// The path to a provider, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// A direct connection to a device.
    Direct,
    /// A connection to a relay.
    Connected,
    /// A circuit to a device: the bytes go through a relay, which is nearer itself.
    Circuit,
    /// No connection yet.
    Unconnected,
}

impl Net {
    /// Fetches a block from the first provider that returns it. The block is verified.
    ///
    /// Providers with a direct connection are tried first, then those with a circuit, then those without a
    /// connection. Providers that sent wrong blocks come last. Otherwise their order is kept. Ask for many
    /// blocks at once, because wants of one peer travel together. The engine's downloader asks several providers
    /// at once instead, through [`fetch_from`](Self::fetch_from).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    pub async fn fetch(&self, cid: Cid, from: &[Provider]) -> Result<Bytes, FetchError> {
        let mut providers: Vec<_> = from.iter().collect();
        providers.sort_by_key(|provider| self.rank(provider));
        let mut failure = FetchError::NotFound;
        for provider in providers {
            match self.fetch_from(cid, provider).await {
                Ok((block, _)) => return Ok(block),
                Err(FetchError::Stopped) => return Err(FetchError::Stopped),
                Err(FetchError::NotFound) => {}
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Returns how many bytes of blocks this device served since the start.
    pub fn bytes_served(&self) -> u64 {
        self.exchange.bytes_served()
    }

    /// Returns how many wrong blocks a peer has sent us.
    pub fn strikes(&self, peer: PeerId) -> u32 {
        self.exchange.strikes(peer)
    }

    /// Ranks a provider. A direct connection to a relay ranks like the start of a circuit to a device.
    pub fn rank(&self, provider: &Provider) -> Rank {
        let distance = match (provider, self.control.path_kind(provider.peer())) {
            (Provider::Device { .. } | Provider::Keeper { .. }, Some(Path::Direct)) => Distance::Direct,
            (Provider::Device { .. } | Provider::Keeper { .. }, Some(_)) => Distance::Circuit,
            (Provider::Relay(_), Some(_)) => Distance::Connected,
            (_, None) => Distance::Unconnected,
        };
        Rank { strikes: self.strikes(provider.peer()), distance }
    }

    /// Shows a key to a device that keeps what it stands for, unless that was done on this connection.
    async fn show_key(
        &self,
        device: PeerId,
        connection: ConnectionId,
        key: &FetchKey,
    ) -> Result<(), FetchError> {
        let (Some(keeper), Some(me)) = (share::key_of(&device), share::key_of(&self.peer)) else {
            return Err(FetchError::NotFound);
        };
        let tag = (device, key.tag(&keeper));
        if self.kept.standing(&tag, connection)? {
            return Ok(());
        }
        let _one_at_a_time = self.kept.asking.lock().await;
        if self.kept.standing(&tag, connection)? {
            return Ok(());
        }
        let stream = match self.control.open(connection, share::PROTOCOL).await {
            Ok(stream) => stream,
            // It keeps nothing for anybody.
            Err(OpenError::Unsupported) => return Err(FetchError::NotFound),
            Err(why) => return Err(ConnectError::from(why).into()),
        };
        let (shown, answer) = match share::open(stream, key, &me, &keeper).await {
            Ok(()) => (Shown::Open(connection), Ok(())),
            Err(exchange::Error::Broken(_)) => return Err(FetchError::Unreachable),
            Err(_) => (Shown::Refused(Instant::now()), Err(FetchError::NotFound)),
        };
        self.kept.answers.borrow_mut().put(tag, shown);
        answer
    }

    /// Fetches a block from one provider. Connects first if necessary. The block is verified.
    ///
    /// Also returns the peer that sent the block: if several requests for a block run at once, the first answer
    /// serves all of them.
    ///
    /// # Errors
    ///
    /// `NotFound` if the peer does not have the block or sends wrong ones, else as [`FetchError`] says.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    pub async fn fetch_from(&self, cid: Cid, provider: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        let connection = self.connect(provider).await?;
        if let Provider::Keeper { device, key, .. } = provider {
            self.show_key(*device, connection, key).await?;
        }
        self.exchange.ask(provider.peer(), cid).await.map_err(|error| match error {
            AskError::NotThere | AskError::Wrong => FetchError::NotFound,
            AskError::Busy => FetchError::Busy,
            AskError::Silent | AskError::Gone => FetchError::Unreachable,
        })
    }
}
