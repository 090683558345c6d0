//! What the relay has done since it started: sums alone, nothing about anybody.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Serialize, Serializer};

/// A number that only rises.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

impl Serialize for Counter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.load(Ordering::Relaxed))
    }
}

/// The counters that `/healthz` shows.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counters {
    /// Connections that were upgraded to libp2p.
    pub(crate) connections: Counter,
    /// Circuits made between two devices.
    pub(crate) circuits: Counter,
    /// Records stored.
    pub(crate) records_put: Counter,
    /// Blocks served by Bitswap.
    pub(crate) bitswap_blocks: Counter,
    /// Their bytes.
    pub(crate) bitswap_bytes: Counter,
    /// Blocks served over HTTP.
    pub(crate) gateway_blocks: Counter,
    /// Their bytes.
    pub(crate) gateway_bytes: Counter,
    /// Blocks received by keep and stored.
    pub(crate) keep_blocks: Counter,
    /// Their bytes.
    pub(crate) keep_bytes: Counter,
    /// Deposits of mail that were acknowledged.
    pub(crate) mail: Counter,
    /// Browsers that were told their address.
    pub(crate) stun: Counter,
    /// Pins made.
    pub(crate) pins: Counter,
}
