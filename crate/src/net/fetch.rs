//! Fetches blocks from providers, and ranks the providers.

use bytes::Bytes;
use cid::Cid;
use libp2p::PeerId;

use super::bitswap::AskError;
use super::{ConnectError, Net, Path, Provider};

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
            (Provider::Device { .. }, Some(Path::Direct)) => Distance::Direct,
            (Provider::Device { .. }, Some(_)) => Distance::Circuit,
            (Provider::Relay(_), Some(_)) => Distance::Connected,
            (_, None) => Distance::Unconnected,
        };
        Rank { strikes: self.strikes(provider.peer()), distance }
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
        self.connect(provider).await.map_err(|error| match error {
            ConnectError::Stopped => FetchError::Stopped,
            ConnectError::Busy | ConnectError::TooManyRelays => FetchError::Busy,
            ConnectError::Unreachable | ConnectError::OwnRelaysOnly | ConnectError::Stream(_) => {
                FetchError::Unreachable
            }
        })?;
        self.exchange.ask(provider.peer(), cid).await.map_err(|error| match error {
            AskError::NotThere | AskError::Wrong => FetchError::NotFound,
            AskError::Busy => FetchError::Busy,
            AskError::Silent | AskError::Gone => FetchError::Unreachable,
        })
    }
}
