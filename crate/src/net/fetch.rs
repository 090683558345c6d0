//! Blocks from whoever may have them, one after the other.

use bytes::Bytes;
use cid::Cid;
use libp2p::PeerId;

use super::bitswap::AskError;
use super::{ConnectError, Net, Path, Provider};

/// Why no provider gave a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Everybody was asked, and nobody has it.
    #[error("nobody of those asked has the block")]
    NotFound,
    /// Some were not reached or did not answer, so that another try may help.
    #[error("those who may have the block cannot be reached: try again later")]
    Unreachable,
    /// Too much is asked for at once.
    #[error("too many blocks are asked for at once: try again later")]
    Busy,
    /// The network task has ended.
    #[error("the network is stopped")]
    Stopped,
}

impl Net {
    /// Fetches a block from the first provider that gives it; it comes verified.
    ///
    /// Those to whom there is a direct connection are tried first, those to whom there is none last, and those that
    /// sent wrong blocks before last of all; beyond that providers are tried in their order. Ask for many blocks at
    /// once: what is asked of one peer travels together.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    pub async fn fetch(&self, cid: Cid, from: &[Provider]) -> Result<Bytes, FetchError> {
        let mut providers: Vec<_> = from.iter().collect();
        providers.sort_by_key(|provider| {
            let peer = provider.peer();
            (self.exchange.strikes(peer), self.remoteness(provider))
        });
        let mut failure = FetchError::NotFound;
        for provider in providers {
            match self.fetch_from(cid, provider).await {
                Ok(block) => return Ok(block),
                Err(FetchError::Stopped) => return Err(FetchError::Stopped),
                Err(FetchError::NotFound) => {}
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Bytes of blocks that this device served since the start.
    pub fn bytes_served(&self) -> u64 {
        self.exchange.bytes_served()
    }

    /// How many wrong blocks a peer has sent us.
    pub fn strikes(&self, peer: PeerId) -> u32 {
        self.exchange.strikes(peer)
    }

    /// How long the way to a provider is, for comparison: a relay's direct connection is what a device's circuit
    /// begins with.
    fn remoteness(&self, provider: &Provider) -> u8 {
        match (provider, self.control.path_kind(provider.peer())) {
            (Provider::Device { .. }, Some(Path::Direct)) => 0,
            (_, Some(_)) => 1,
            (_, None) => 2,
        }
    }

    async fn fetch_from(&self, cid: Cid, provider: &Provider) -> Result<Bytes, FetchError> {
        self.connect(provider).await.map_err(|error| match error {
            ConnectError::Stopped => FetchError::Stopped,
            ConnectError::Busy | ConnectError::TooManyRelays => FetchError::Busy,
            ConnectError::Unreachable | ConnectError::Stream(_) => FetchError::Unreachable,
        })?;
        self.exchange.ask(provider.peer(), cid).await.map_err(|error| match error {
            AskError::NotThere | AskError::Wrong => FetchError::NotFound,
            AskError::Busy => FetchError::Busy,
            AskError::Silent | AskError::Gone => FetchError::Unreachable,
        })
    }
}
