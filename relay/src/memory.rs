//! The memory for requests that are coming in, shared by all networks.

use std::{net::IpAddr, sync::Arc};

use spinney::net::{Pool, frame::Intake};

use crate::{limits, network::Network};

/// The memory for requests. Clones share it.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Pool<IpAddr>>);

impl Memory {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Pool::new(limits::READING, limits::READING_PER_NETWORK)))
    }

    /// What a peer of this network may take while it asks.
    pub(crate) fn intake(&self, network: Network) -> Intake {
        Intake { room: self.0.of(network), ..Intake::default() }
    }

    /// The memory itself, as the exchange of blocks takes it.
    pub(crate) fn pool(&self) -> Arc<Pool<IpAddr>> {
        self.0.clone()
    }
}
