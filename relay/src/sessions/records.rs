//! The records: puts and watches.

use std::net::IpAddr;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use libp2p::{PeerId, swarm::ConnectionId};
use spinney::{
    keys::Id,
    net::{
        Permit,
        frame::Intake,
        records::{Backend, Change, Refusal},
    },
};

use crate::{
    concurrency::Shares, limits, memory::Memory, network::Network, rate_limit::RateLimit, records::Service,
};

/// How often, and how many at once. Over HTTP the gateway counts.
pub(crate) struct RecordLimits {
    memory: Memory,
    puts: RateLimit<IpAddr>,
    watches_of_connection: Shares<ConnectionId>,
    watches_of_network: Shares<IpAddr>,
}

impl RecordLimits {
    pub(crate) fn new(memory: Memory) -> Self {
        Self {
            memory,
            puts: RateLimit::new(limits::PUTS_PER_NETWORK, limits::PUT_PERIOD),
            watches_of_connection: Shares::new(limits::WATCHES_PER_CONNECTION),
            watches_of_network: Shares::new(limits::WATCHES_PER_NETWORK),
        }
    }
}

/// The backend for one connection.
pub(crate) struct RecordSession<'a> {
    pub(crate) service: &'a Service,
    pub(crate) limits: &'a RecordLimits,
    pub(crate) connection: ConnectionId,
    pub(crate) network: Network,
}

#[async_trait]
impl Backend for RecordSession<'_> {
    async fn put(&self, peer: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        if self.network.is_some_and(|network| !self.limits.puts.allows(network)) {
            return Err(Refusal::Unavailable);
        }
        self.service.put(peer, id, record, replaces).await
    }

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal> {
        self.service.get(id).await
    }

    fn intake(&self) -> Intake {
        self.limits.memory.intake(self.network)
    }

    fn watching(&self) -> Result<Permit, Refusal> {
        let connection = self.limits.watches_of_connection.take(Some(self.connection));
        let network = self.limits.watches_of_network.take(self.network);
        connection.zip(network).map(Permit::new).ok_or(Refusal::Unavailable)
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal> {
        self.service.newer(known).await
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        self.service.changes()
    }
}
